"""What BLAS must know of a matrix in memory, checked: pointers see no shapes.

A matrix is seen in Fortran order: unit stride along the first axis, the columns a leading dimension apart. In C order
it is its transpose that is seen so; it is called flipped. An input in another layout is copied, an output is refused.
"""

from __future__ import annotations

from ctypes import c_void_p
from typing import Any

import numpy as np
from numpy import ndarray

from linad.kernels.pointers import KINDS, Kind, pointer

Array = np.ndarray[Any, Any]

# (address, leading dimension, flipped, rows, columns, flags, the array): a plain tuple, as each call makes some.
# Rows and columns are the matrix's own, flipped or not; the array is held because the address dies with it.
Matrix = tuple[c_void_p, int, bool, int, int, int, Array]

_C, _FORTRAN, _OWNER, _ALIGNED, _WRITEABLE = 0x1, 0x2, 0x4, 0x100, 0x400  # NumPy's NPY_ARRAY_* flags
_IN_FORTRAN_ORDER, _IN_C_ORDER = _FORTRAN | _ALIGNED, _C | _ALIGNED
_PATIENCE = 10_000  # steps of numpy.shares_memory


def kind_of(X: Any, what: str) -> Kind:
    """The type of an operand, by which the others must go; the operand is not checked any further."""
    try:
        return KINDS[X.dtype]
    except (AttributeError, KeyError, TypeError):
        raise _unknown(X, what) from None


def matrix(X: Array, kind: Kind, what: str) -> Matrix:
    """An input."""
    if type(X) is not ndarray or (X.dtype is not kind.dtype and KINDS.get(X.dtype) is not kind):
        raise _of_another_kind(X, kind, what)
    try:
        m, n = X.shape
    except ValueError:
        raise _not_a_matrix(X, what) from None
    flags = X.flags.num
    if flags & _IN_FORTRAN_ORDER == _IN_FORTRAN_ORDER:
        return pointer(X), m or 1, False, m, n, flags, X
    if flags & _IN_C_ORDER == _IN_C_ORDER:
        return pointer(X), n or 1, True, m, n, flags, X
    return _strided(X, kind.size) or relaid(X, False)


def output(X: Array, kind: Kind, what: str) -> Matrix:
    """An operand that is written to."""
    if type(X) is not ndarray or (X.dtype is not kind.dtype and KINDS.get(X.dtype) is not kind):
        raise _of_another_kind(X, kind, what)
    try:
        m, n = X.shape
    except ValueError:
        raise _not_a_matrix(X, what) from None
    flags = X.flags.num
    if not flags & _WRITEABLE:
        raise ValueError(f"{what} is overwritten, and read-only.")
    if flags & _IN_FORTRAN_ORDER == _IN_FORTRAN_ORDER:
        return pointer(X), m or 1, False, m, n, flags, X
    if flags & _IN_C_ORDER == _IN_C_ORDER:
        return pointer(X), n or 1, True, m, n, flags, X
    found = _strided(X, kind.size)
    if found is None:
        raise ValueError(
            f"{what} is overwritten, and not a block that BLAS can write to: shape {X.shape}, strides {X.strides} "
            f"bytes, items of {kind.size} bytes{'' if flags & _ALIGNED else ', not aligned'}.\n"
            "  - One axis must have unit stride, and the other a stride that spans it.\n"
            "  - numpy.asfortranarray(A) copies any other array."
        )
    return found


def fortran_output(X: Array, kind: Kind, what: str) -> Matrix:
    """An operand that is written to, in Fortran order."""
    found = output(X, kind, what)
    if found[2]:
        raise ValueError(
            f"{what} is overwritten, and must be in Fortran order: shape {X.shape}, strides {X.strides} bytes.\n"
            "  - numpy.asfortranarray(A) copies it."
        )
    return found


def fortran(X: Array, kind: Kind, what: str) -> Matrix:
    """An input in Fortran order, copied if need be."""
    found = matrix(X, kind, what)
    return relaid(X, False) if found[2] else found


def relaid(X: Array, flipped: bool) -> Matrix:
    """A copy, in C order if flipped, else in Fortran order."""
    m, n = X.shape
    X = np.array(X, order="C" if flipped else "F")
    return pointer(X), (n if flipped else m) or 1, flipped, m, n, X.flags.num, X


def _strided(X: Array, size: int) -> Matrix | None:
    """A block of a larger array; None if BLAS cannot see it. X is not empty."""
    (m, n), (down, along), flags = X.shape, X.strides, X.flags.num
    if not flags & _ALIGNED:
        return None
    if (down == size or m == 1) and (n == 1 or (along >= m * size and along % size == 0)):
        return pointer(X), m if n == 1 else along // size, False, m, n, flags, X
    if (along == size or n == 1) and (m == 1 or (down >= n * size and down % size == 0)):
        return pointer(X), n if m == 1 else down // size, True, m, n, flags, X
    return None


def _unknown(X: Any, what: str) -> TypeError:
    if type(X) is not ndarray:  # a subclass could tell anything about its shape
        return TypeError(f"{what} must be a numpy.ndarray, not {type(X).__name__}.")
    return TypeError(
        f"{what} has dtype {X.dtype.str}; BLAS knows float32, float64, complex64 and complex128 in native byte order."
    )


def _of_another_kind(X: Any, kind: Kind, what: str) -> TypeError:
    if type(X) is not ndarray or X.dtype not in KINDS:
        return _unknown(X, what)
    return TypeError(f"{what} has dtype {X.dtype}, and another operand {kind.dtype}.")


def _not_a_matrix(X: Array, what: str) -> ValueError:
    return ValueError(f"{what} must be a matrix; its shape is {X.shape}.")


def vector(x: Array, kind: Kind, what: str) -> tuple[Matrix, int]:
    """An input vector, as a column or a row, and its stride in items; copied where BLAS cannot express that."""
    flags = _flags_of_vector(x, kind, what)
    found = _line(x, kind.size, flags)
    if found is None:
        x = x.copy()
        found = (pointer(x), x.size or 1, False, x.size, 1, x.flags.num, x), 1
    return found


def output_vector(x: Array, kind: Kind, what: str) -> tuple[Matrix, int]:
    """A vector that is written to."""
    flags = _flags_of_vector(x, kind, what)
    if not flags & _WRITEABLE:
        raise ValueError(f"{what} is overwritten, and read-only.")
    found = _line(x, kind.size, flags)
    if found is None:
        raise ValueError(f"{what} is overwritten, and not aligned, or of a stride of {x.strides[0]} bytes.")
    return found


def _flags_of_vector(x: Array, kind: Kind, what: str) -> int:
    if type(x) is not ndarray or (x.dtype is not kind.dtype and KINDS.get(x.dtype) is not kind):
        raise _of_another_kind(x, kind, what)
    if x.ndim != 1:
        raise ValueError(f"{what} must be a vector; its shape is {x.shape}.")
    return x.flags.num


def _line(x: Array, size: int, flags: int) -> tuple[Matrix, int] | None:
    """A vector from its lowest address on, and its stride in items; None if BLAS cannot express it."""
    n = x.size
    if flags & _IN_C_ORDER == _IN_C_ORDER:
        return (pointer(x), n or 1, False, n, 1, flags, x), 1
    step, rest = divmod(x.strides[0], size)
    if rest != 0 or step == 0 or not flags & _ALIGNED:
        return None
    start = pointer(x)
    if step < 0:
        start = c_void_p((start.value or 0) + (n - 1) * step * size)
    return (start, abs(step), False, 1, n, flags, x), step


def apart(written: Matrix, read: Matrix, kind: Kind, what: str) -> None:
    """Raise where a matrix that is written to shares memory with another operand."""
    if written[5] & read[5] & _OWNER and written[6] is not read[6]:  # each has memory of its own
        return
    one, other, size = written, read, kind.size
    distance = (other[0].value or 0) - (one[0].value or 0)
    if distance < 0:
        one, other, distance = read, written, -distance
    _, ld, flipped, rows, columns, _, X = one
    if flipped:
        rows, columns = columns, rows
    if distance >= ((columns - 1) * ld + rows) * size or rows == 0 or columns == 0:
        return
    _, other_ld, flipped, other_rows, other_columns, _, Y = other
    if flipped:
        other_rows, other_columns = other_columns, other_rows
    if other_rows == 0 or other_columns == 0:
        return
    if columns > 1 and other_columns > 1 and ld != other_ld:
        meet = _meet(X, Y)
    else:  # the other begins among the columns of the one: at an item, or it goes on into the next column
        column, row = divmod(distance, ld * size)
        meet = columns == 1 or row < rows * size
        meet = meet or (row + other_rows * size > ld * size and column + 1 < columns)
    if meet:
        raise ValueError(f"{what} share memory.\n  - Copy one of them first.")


def _meet(X: Array, Y: Array) -> bool:
    try:
        return bool(np.shares_memory(X, Y, max_work=_PATIENCE))  # type: ignore[arg-type]  # the stub knows 0 and -1
    except np.exceptions.TooHardError:
        return True
