"""Arrays of every layout and with every defect, inside memory whose other bytes are watched."""

import numpy as np
from numpy.lib.stride_tricks import as_strided

DTYPES = [np.dtype(code) for code in "fdFD"]
ODD_DTYPES = ["e", "g", "G", "i4", "i8", "u1", "?", "O", "U3", "M8[s]", "f8,f8"]
GAP = 40  # bytes around each array, that nothing may change
FAR = 2**13  # bytes, a stride that is large for matrices of this size

DEFECTS = (  # a call computes what is right nevertheless, or raises
    *(
        "read-only",
        "swapped",
        "misaligned",
        "other dtype",
        "odd dtype",
        "wrong shape",
        "empty",
        "no array",
        "subclass",
    ),
    *(
        "reversed",
        "every second",
        "zero stride",
        "overlapping",
        "far",
        "broadcast",
        "shared",
        "pooled",
        "not finite",
    ),
)
DEFECTS_OF_VECTORS = (
    *(
        "read-only",
        "swapped",
        "misaligned",
        "other dtype",
        "odd dtype",
        "wrong shape",
        "no array",
        "zero stride",
    ),
    *("broken stride", "shared", "column", "row"),
)


class Draw:
    """Draws the operands of one call, all of a dtype, and watches their memory."""

    def __init__(self, rng, spoil):
        self.rng, self.spoil = rng, spoil
        self.dtype = DTYPES[rng.integers(4)]
        self.memory, self.drawn = [], []
        self.pool = None

    def pick(self, *choices):
        return choices[self.rng.integers(len(choices))]

    def size(self, largest=90):
        low, high = (20, largest) if self.rng.random() < 0.03 else (0 if self.spoil else 1, 8)
        return int(self.rng.integers(low, high))

    def number(self):
        if self.spoil and self.rng.random() < 0.03:
            return self.pick(None, "1", np.nan, np.inf, [], np.ones(2), 1j, 10**400)
        return self.pick(0, 1, -1, 0.5, np.float32(2), -1.5 + 2j if self.dtype.kind == "c" else True)

    def flag(self, *choices):
        if self.spoil and self.rng.random() < 0.03:
            return self.pick(None, "X", "", "n", 2, (), b"N", "NT")
        return self.pick(*choices)

    def numbers(self, shape, dtype=None):
        dtype = dtype or self.dtype
        found = self.rng.standard_normal(shape)
        return (found + 1j * self.rng.standard_normal(shape) if dtype.kind == "c" else found).astype(dtype)

    def array(self, shape, strides, values=None, offset=0):
        """An array with strides in bytes in watched memory, aligned but for the offset."""
        ends = [step * (n - 1) for n, step in zip(shape, strides, strict=True)] if 0 not in shape else [0]
        low, high = sum(e for e in ends if e < 0), sum(e for e in ends if e > 0) + self.dtype.itemsize
        whole = np.full(high - low + 2 * GAP + 32, 0x3F, np.uint8)
        self.memory.append(whole)
        first = GAP + (-(whole.ctypes.data + GAP - low)) % 16 + offset - low
        found = as_strided(whole[first : first + self.dtype.itemsize].view(self.dtype), shape, strides)
        if 0 not in shape:
            found[...] = self.numbers(shape) if values is None else values
        return found

    def clean(self, m, n, fortran=False, values=None):
        """A matrix that BLAS can write to."""
        size, gap = self.dtype.itemsize, self.pick(0, 0, 1, 5)
        if fortran or self.rng.random() < 0.5:
            return self.array((m, n), (size, size * (max(m, 1) + gap)), values)
        return self.array((m, n), (size * (max(n, 1) + gap), size), values)

    def matrix(self, m, n, fortran=False, values=None):
        """An operand, perhaps with a defect."""
        spoilt = self.spoil and self.rng.random() < 0.5
        found = (
            self.spoilt(self.pick(*DEFECTS), m, n, values) if spoilt else self.clean(m, n, fortran, values)
        )
        self.drawn.append(found)
        return found

    def vector(self, n):
        size = self.dtype.itemsize
        if self.spoil and self.rng.random() < 0.3:
            found = self.spoilt_vector(self.pick(*DEFECTS_OF_VECTORS), n, size)
        else:
            found = self.array((n,), (size * self.pick(1, 1, 2, -1, -3),))
        self.drawn.append(found)
        return found

    def spoilt(self, defect, m, n, values):
        size = self.dtype.itemsize
        rows, columns = size * max(m, 1), size * max(n, 1)
        strides = {
            "reversed": self.pick((-size, rows), (size, -rows), (columns, -size), (-columns, size)),
            "every second": self.pick(
                (2 * size, 2 * rows), (2 * columns, 2 * size), (size, rows + 4), (columns + 4, size)
            ),
            "zero stride": self.pick((0, size), (size, 0), (0, 0)),
            "overlapping": self.pick((size, size), (size, 2 * size), (3 * size, size), (size, 4)),
            "far": self.pick((size, FAR), (FAR, size), (FAR, -size), (size, FAR + 4)),
        }
        if defect in strides:
            return self.array((m, n), strides[defect], values)
        if defect == "broadcast":
            return np.broadcast_to(self.clean(1, n), (m, n))
        if defect == "misaligned":
            return self.array((m, n), (size, rows), values, offset=self.pick(1, 2, 4, 8))
        if defect == "wrong shape":
            return self.numbers(self.pick((m + 1, n), (m, n + 1), (n, m), (1, 1), (m,), (m, n, 1), ()))
        if defect == "empty":
            return self.numbers(self.pick((0, n), (m, 0), (0, 0), (0,)))
        if defect in ("shared", "pooled"):
            return self.pick(*self.drawn) if defect == "shared" and self.drawn else self.pooled(m, n)
        found = self.clean(m, n, values=values)
        if defect == "subclass":
            return found.view(self.pick(np.matrix, np.ma.MaskedArray, np.recarray))
        if defect == "not finite" and found.size:
            found[self.rng.integers(m), self.rng.integers(n)] = self.pick(np.nan, np.inf, -np.inf)
        return self.changed(defect, found)

    def spoilt_vector(self, defect, n, size):
        if defect in ("column", "row", "shared"):
            known = [X for X in self.drawn if isinstance(X, np.ndarray) and X.ndim == 2 and X.size]
            if known:
                X = self.pick(*known)
                return X if defect == "shared" else X[:, -1] if defect == "column" else X[-1]
        strides = {"zero stride": 0, "broken stride": size + self.pick(1, 4)}
        step = strides.get(defect, size)
        found = self.array((n + (defect == "wrong shape"),), (step,), offset=int(defect == "misaligned"))
        return self.changed(defect, found)

    def changed(self, defect, found):
        if defect == "read-only":
            found.flags.writeable = False
        elif defect == "swapped":
            return found.astype(self.dtype.newbyteorder())
        elif defect == "other dtype":
            return self.numbers(found.shape, self.pick(*DTYPES))
        elif defect == "odd dtype":
            return np.zeros(found.shape, self.pick(*ODD_DTYPES))
        elif defect == "no array":
            rest = (
                "A",
                np.float64(2),
                (c for c in "abc"),
                object(),
                memoryview(b"ab"),
                np.ndarray,
                self.dtype,
            )
            return self.pick(None, 1.5, found.tolist(), *rest)
        return found

    def pooled(self, m, n):
        """A block of memory that is common to the operands: they may overlap, or stand side by side."""
        if self.pool is None:
            self.pool = self.clean(160, 20, fortran=self.rng.random() < 0.5)
        i, j = self.rng.integers(8), self.rng.integers(12)
        return self.pool[i : i + m, j : j + n]
