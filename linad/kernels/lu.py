"""LU factors of matrices, kept to be unpacked, and applied many times: getrf once, getrs for each use."""

from __future__ import annotations

from math import fsum, log, prod
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels import batches
from linad.kernels.batch_factors import BatchFactors
from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type
from linad.kernels.elimination import require_regular
from linad.kernels.lapack import getri
from linad.kernels.small import small
from linad.kernels.small import unpack as unpack_small
from linad.kernels.turning import copied, split

Array = np.ndarray[Any, Any]

_GETRF = {letter: getattr(lapack, f"{letter}getrf") for letter in LETTERS}
_GETRS = {letter: getattr(lapack, f"{letter}getrs") for letter in LETTERS}
_GETRI = {letter: getattr(lapack, f"{letter}getri") for letter in LETTERS}
_TRANS = {"N": 0, "T": 1, "H": 2}
_ROUNDING = 8.0  # of an entry of L that should be one, in units of n eps
_BLOCK = 64  # columns that LAPACK's getri takes at once
_COPIED = 64  # the order from which on the copy in LAPACK's order is made here
_FEW = 16  # up to this number Python's own loop is quicker than NumPy's


class Factors:
    """The LU factors and pivots of each matrix of a batch; immutable.

    ``singular`` is the index of the first pivot that is exactly zero and of its matrix, None where there is none.
    """

    __slots__ = ("_spread", "batch", "dtype", "letter", "pairs", "shape", "singular", "solve")

    def __init__(
        self,
        shape: tuple[int, ...],
        letter: str,
        dtype: np.dtype[Any],
        pairs: list[Any],
        singular: tuple[int, tuple[int, ...]] | None,
    ) -> None:
        self.batch, self.shape, self.dtype, self.pairs = shape[:-2], shape, dtype, pairs
        self.singular = singular
        self.letter, self.solve = letter, _GETRS[letter]
        self._spread: float | None = None

    def apply(self, B: Array, trans: str) -> Array:
        """op(A)^-1 B, where op is named by N, T or H; batches broadcast. A vector B belongs to a single matrix."""
        code = _TRANS[trans]
        if self.singular is not None:
            self.require_regular("solve")
        if not self.batch and B.ndim <= 2 and B.dtype == self.dtype:
            count("getrs", 1, *_sizes(B))
            return _applied(self.solve, self.pairs[0], B, code)
        letter, dtype = lapack_type(np.empty(0, self.dtype), B)
        getrs = _GETRS[letter]
        B = B.astype(dtype, copy=False)
        batch = np.broadcast_shapes(self.batch, B.shape[:-2])
        count("getrs", prod(batch), *_sizes(B))
        if not batch:
            return _applied(getrs, self.pairs[0], B, code)
        X = np.empty(batch + B.shape[-2:], dtype)
        B = np.broadcast_to(B, X.shape)
        which = np.broadcast_to(np.arange(len(self.pairs)).reshape(self.batch), batch)
        for i in np.ndindex(batch):
            X[i] = _applied(getrs, self.pairs[which[i]], B[i], code)
        return X

    def inverse(self) -> Array:
        """A^-1, by getri."""
        if self.singular is not None:
            self.require_regular("inv")
        wrapper = _GETRI[self.letter]
        n = self.shape[-1]
        count("getri", len(self.pairs), n)
        work = max(n, 1) * _BLOCK  # what f2py takes by default makes LAPACK go by single columns
        parts = [pair[0] if n == 0 else wrapper(pair[0], pair[1], work)[0] for pair in self.pairs]
        if not self.batch:
            return np.asarray(parts[0])
        return self._stacked(parts, self.shape, self.dtype)

    def inverse_adjoint(self) -> Array:
        """A^-H, in memory of its own."""
        if self.batch or self.shape[-1] < _COPIED:
            return np.conj(self.inverse().swapaxes(-1, -2), order="C")
        self.require_regular("inv")
        X = np.empty(self.shape, self.dtype)  # LAPACK sees the transpose
        X.T[...] = self.pairs[0][0]
        getri(X.T, self.pairs[0][1] + 1)  # which SciPy counts from zero
        return X if self.dtype.kind == "f" else np.conjugate(X, out=X)

    def require_regular(self, where: str) -> None:
        """Raise LinAlgError where a matrix is exactly singular."""
        require_regular(self.singular, where)

    @property
    def packed(self) -> Array:
        """L below the diagonal and U on and above it: LAPACK's own of a single matrix, not to be written to."""
        if not self.batch:
            return self.pairs[0][0]
        return self._stacked([pair[0] for pair in self.pairs], self.shape, self.dtype)

    @property
    def pivots(self) -> Array:
        """The rows that were exchanged, one after the other."""
        if not self.batch:
            return self.pairs[0][1]
        k = min(self.shape[-2:])
        return self._stacked([pair[1] for pair in self.pairs], (*self.batch, k), np.dtype(np.int32))

    @property
    def perm(self) -> Array:
        """The permutation with A[perm] = L U."""
        m = self.shape[-2]
        orders = [_order(pair[1], m) for pair in self.pairs]
        if not self.batch:
            return orders[0]
        return self._stacked(orders, (*self.batch, m), np.dtype(np.intp))

    @property
    def diagonal(self) -> Array:
        """The pivots of the elimination: the diagonal of U."""
        diagonals = [np.diagonal(pair[0]) for pair in self.pairs]
        return self._stacked(diagonals, (*self.batch, min(self.shape[-2:])), self.dtype)

    @property
    def exchanges(self) -> Array:
        """1 where the permutation is even, -1 where it is odd."""
        signs = [1 - 2 * (np.count_nonzero(pair[1] != np.arange(pair[1].size)) % 2) for pair in self.pairs]
        return self._stacked([np.asarray(sign) for sign in signs], self.batch, np.dtype(float))

    def slogdet(self) -> tuple[Any, Any]:
        """The signs of the determinants, and the logarithms of their absolute values; in double precision."""
        if not self.batch and 0 < self.shape[-1] <= _FEW and self.singular is None and self.letter in "sd":
            packed, pivots, _ = self.pairs[0]
            return sign_of(packed, pivots), np.float64(
                fsum([log(abs(x)) for x in packed.diagonal().tolist()])
            )
        return slogdet_of(self.diagonal, self.exchanges)

    @property
    def spread(self) -> float:
        """The least pivot by the largest one of the same matrix: a bound of no kind, but quick to see."""
        if self._spread is None:
            self._spread = self._found_spread()
        return self._spread

    def _found_spread(self) -> float:
        if 0 in self.shape:
            return 1.0
        if self.batch or self.shape[-1] > _FEW:
            d = np.abs(self.diagonal if self.batch else self.pairs[0][0].diagonal())
            return float((np.minimum.reduce(d, -1) / np.maximum.reduce(d, -1)).min())
        sizes = list(map(abs, self.pairs[0][0].diagonal().tolist()))
        return min(sizes) / max(sizes)

    def _stacked(self, parts: list[Array], shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        whole = np.empty((len(parts), *shape[len(self.batch) :]), dtype)
        for i, part in enumerate(parts):
            whole[i] = part
        return whole.reshape(shape)


AnyFactors = Factors | BatchFactors


def slogdet_of(d: Array, exchanges: Array) -> tuple[Array, Array]:
    """The same from the pivots of the elimination, along the last axis, and the signs of permutations."""
    d = d.astype(np.result_type(d.dtype, np.float64), copy=False)
    size = np.abs(d)
    with np.errstate(divide="ignore", invalid="ignore"):
        logabs = np.sum(np.log(size), axis=-1)
        return exchanges * np.prod(np.where(size > 0, d / size, 0), axis=-1), logabs


def _order(pivots: Array, m: int) -> Array:
    order = list(range(m))
    for i, j in enumerate(pivots.tolist()):
        order[i], order[j] = order[j], order[i]
    return np.array(order, np.intp)


def factor(A: Array) -> AnyFactors:
    """Factor matrices in the last two axes, of any shape; singular ones too."""
    shape = A.shape
    batch = shape[:-2]
    if batch and 0 not in shape and batches.pays(batch, max(shape[-2:])):
        return BatchFactors(A)
    letter, dtype = lapack_type(A)
    getrf = _GETRF[letter]
    singular = None
    if not batch:
        pairs = [_factored(getrf, A, dtype)]
        if pairs[0][2] > 0:
            singular = pairs[0][2] - 1, ()
    else:
        pairs = []
        for i in np.ndindex(batch):
            pairs.append(_factored(getrf, A[i], dtype))
            if pairs[-1][2] > 0 and singular is None:
                singular = pairs[-1][2] - 1, i
    count("getrf", len(pairs), *A.shape[-2:])
    return Factors(shape, letter, dtype, pairs, singular)


def sign_of(packed: Array, pivots: Array) -> Any:
    """The sign of the determinant of one real matrix that is not exactly singular."""
    odd = sum([i != j for i, j in enumerate(pivots.tolist())])
    odd += sum([x < 0 for x in packed.diagonal().tolist()])
    return np.float64(-1.0 if odd % 2 else 1.0)


def of_one(packed: Array, pivots: Array) -> Factors:
    """The factors of one matrix that is not exactly singular, from what getrf gives."""
    letter, dtype = lapack_type(packed)
    return Factors(packed.shape, letter, dtype, [(packed, pivots, 0)], None)


def _factored(getrf: Any, A: Array, dtype: np.dtype[Any]) -> tuple[Array, Array, int]:
    """LAPACK's packed factors, its pivots, and the number of the first zero pivot from one, or zero."""
    if 0 in A.shape:
        return np.zeros(A.shape, dtype), np.zeros(0, np.int32), 0
    own = len(A) >= _COPIED and A.dtype == dtype
    found: tuple[Array, Array, int] = getrf(copied(A, "F"), overwrite_a=True) if own else getrf(A)
    return found


def unpack(factors: AnyFactors) -> tuple[Array, Array]:
    """L, unit lower triangular or trapezoidal, and U."""
    packed = factors.packed
    k = min(packed.shape[-2:])
    if not factors.batch and packed.shape == (k, k) and k > 0 and small(packed):
        return unpack_small(packed)
    if not factors.batch:
        return split(packed)
    L = np.tril(packed[..., :, :k], -1)
    i = np.arange(k)
    L[..., i, i] = 1
    return L, np.triu(packed[..., :k, :])


def ties(L: Array) -> Array:
    """Which pivots had an equal below them: an entry of L of modulus one says so."""
    n = L.shape[-1]
    below = np.abs(np.tril(L, -1)) >= 1 - _ROUNDING * max(n, 1) * np.finfo(L.dtype).eps
    return np.asarray(below.any(axis=-2))


def _sizes(B: Array) -> tuple[int, int]:
    """The order and the number of right sides."""
    return (B.size, 1) if B.ndim == 1 else B.shape[-2:]


def _applied(getrs: Any, pair: tuple[Array, Array, int], B: Array, trans: int) -> Array:
    if B.size == 0:
        return np.zeros_like(B)
    return getrs(pair[0], pair[1], B, trans)[0]
