"""Products: matmul, dot, inner, outer, vdot, vecdot, tensordot, einsum, kron."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out, ufunc_door
from linad.core.space import conj
from linad.core.traced import Array
from linad.numpy.axes import as_operand, several, single, with_dtype
from linad.numpy.shapes import moveaxis
from linad.numpy.subscripts import explicit
from linad.operations import contractions, reductions
from linad.operations.shape import reshape, stack, transpose


def _cores(name: str, signature: str, *pairs: tuple[Any, int]) -> list[Any]:
    """Operands with at least the axes that a product works on."""
    operands = [as_operand(x, f"numpy.{name}") for x, _ in pairs]
    for i, (x, (_, least)) in enumerate(zip(operands, pairs, strict=True)):
        if x.ndim < least:
            raise ValueError(
                f"{name}: Input operand {i} does not have enough dimensions "
                f"(has {x.ndim}, gufunc core with signature {signature} requires {least})"
            )
    return operands


def _fitting(name: str, i: int, have: int, want: int) -> None:
    if have != want:
        raise ValueError(
            f"{name}: Input operand 1 has a mismatch in its core dimension {i} "
            f"(size {have} is different from {want})"
        )


def _matmul(a: Any, b: Any) -> Any:
    a, b = _cores("matmul", "(n?,k),(k,m?)->(n?,m?)", (a, 1), (b, 1))
    return contractions.matmul(a, b)


def _vecdot(a: Any, b: Any) -> Any:
    a, b = _cores("vecdot", "(n),(n)->()", (a, 1), (b, 1))
    _fitting("vecdot", 0, b.shape[-1], a.shape[-1])
    return reductions.sum(conj(a) * b, (max(a.ndim, b.ndim) - 1,), False)


def _matvec(A: Any, x: Any) -> Any:
    A, x = _cores("matvec", "(m,n),(n)->(m)", (A, 2), (x, 1))
    _fitting("matvec", 0, x.shape[-1], A.shape[-1])
    return contractions.matmul(A, reshape(x, (*x.shape, 1)))[..., 0]


def _vecmat(x: Any, A: Any) -> Any:
    x, A = _cores("vecmat", "(n),(n,m)->(m)", (x, 1), (A, 2))
    _fitting("vecmat", 0, A.shape[-2], x.shape[-1])
    return contractions.matmul(reshape(conj(x), (*x.shape[:-1], 1, x.shape[-1])), A)[..., 0, :]


matmul = ufunc_door(np.matmul, _matmul)
vecdot = ufunc_door(np.vecdot, _vecdot)
matvec = ufunc_door(np.matvec, _matvec)
vecmat = ufunc_door(np.vecmat, _vecmat)


def _aligned(a: Any, b: Any, i: int, j: int) -> None:
    if a.shape[i] != b.shape[j]:
        raise ValueError(
            f"shapes {a.shape} and {b.shape} not aligned: "
            f"{a.shape[i]} (dim {i % a.ndim}) != {b.shape[j]} (dim {j % b.ndim})"
        )


@door(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """The product summed over the last axis of a and the last but one of b."""
    refuse_out("dot", out)
    a, b = as_operand(a, "numpy.dot"), as_operand(b, "numpy.dot")
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    j = max(b.ndim - 2, 0)
    _aligned(a, b, -1, j)
    if b.ndim <= 2 and a.ndim <= 2:
        return contractions.matmul(a, b)
    return tensordot(a, b, (a.ndim - 1, j))


@door(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """The product summed over both last axes, without a conjugate."""
    a, b = as_operand(a, "numpy.inner"), as_operand(b, "numpy.inner")
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    _aligned(a, b, -1, -1)
    if a.ndim == b.ndim == 1:
        return contractions.matmul(a, b)
    return tensordot(a, b, (a.ndim - 1, b.ndim - 1))


@door(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """The products of every entry of a with every entry of b."""
    refuse_out("outer", out)
    a, b = as_operand(a, "numpy.outer"), as_operand(b, "numpy.outer")
    return reshape(a, (a.size, 1)) * reshape(b, (1, b.size))


@door(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """The product of all entries, those of a conjugated, summed."""
    a, b = as_operand(a, "numpy.vdot"), as_operand(b, "numpy.vdot")
    if a.size != b.size:
        raise ValueError(f"cannot reshape array of size {b.size} into shape ({a.size},)")
    return contractions.matmul(conj(reshape(a, (a.size,))), reshape(b, (b.size,)))


def _summed(axes: Any, a: Any, b: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes of each factor that a tensordot sums over."""
    if np.iterable(axes):
        left, right = axes
        left = tuple(left) if np.iterable(left) else (left,)
        right = tuple(right) if np.iterable(right) else (right,)
    else:
        left, right = tuple(range(-axes, 0)), tuple(range(axes))
    if len(set(left)) != len(left) or len(set(right)) != len(right):
        raise ValueError("duplicate axes are not allowed in tensordot")
    # compared from the first pair on: an axis that is not there is an IndexError only where the pairs before it fit
    if len(left) != len(right) or any(a.shape[i] != b.shape[j] for i, j in zip(left, right, strict=True)):
        raise ValueError(f"shape-mismatch for sum: axes {left} of {a.shape}, axes {right} of {b.shape}")
    return tuple([single(i, a.ndim) for i in left]), tuple([single(j, b.ndim) for j in right])


@door(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The product summed over pairs of axes."""
    a, b = as_operand(a, "numpy.tensordot"), as_operand(b, "numpy.tensordot")
    left, right = _summed(axes, a, b)
    rows = [i for i in range(a.ndim) if i not in left]
    columns = [i for i in range(b.ndim) if i not in right]
    inside = math.prod(a.shape[i] for i in left)
    A = reshape(transpose(a, (*rows, *left)), (math.prod(a.shape[i] for i in rows), inside))
    B = reshape(transpose(b, (*right, *columns)), (inside, math.prod(b.shape[i] for i in columns)))
    return reshape(
        contractions.matmul(A, B), tuple([a.shape[i] for i in rows] + [b.shape[i] for i in columns])
    )


@door(np.einsum)
def einsum(
    *operands: Any, out: Any = None, optimize: Any = False, dtype: Any = None, order: Any = "K", casting:
    Any = "safe"
) -> Any:  # fmt: skip
    """The sum of products over the letters that the output does not name."""
    refuse_out("einsum", out)
    if order not in ("K", "A", "C", "F"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got {order!r})")
    subscripts, arrays = explicit(operands)
    return contractions.einsum(subscripts, *[with_dtype(x, dtype, casting) for x in arrays])


@door(np.einsum_path)
def einsum_path(*operands: Any, optimize: Any = "greedy", einsum_call: bool = False) -> Any:
    """The order in which to contract: it depends on shapes alone."""
    shapes = [np.broadcast_to(0.0, x.shape) if isinstance(x, Array) else x for x in operands]
    return np.einsum_path(*shapes, optimize=optimize, einsum_call=einsum_call)  # type: ignore[arg-type]  # the stub knows False


@door(np.kron)
def kron(a: Any, b: Any) -> Any:
    """The Kronecker product: b times every entry of a, in blocks."""
    a, b = as_operand(a, "numpy.kron"), as_operand(b, "numpy.kron")
    n = max(a.ndim, b.ndim)
    left, right = (1,) * (n - a.ndim) + a.shape, (1,) * (n - b.ndim) + b.shape
    blocks = reshape(a, tuple([m for i in left for m in (i, 1)])) * reshape(
        b, tuple([m for i in right for m in (1, i)])
    )
    return reshape(blocks, tuple([i * j for i, j in zip(left, right, strict=True)]))


def _components(x: Any) -> list[Any]:
    """The components of vectors of 2 or 3; of 2 the third is absent."""
    parts = [x[..., i] for i in range(x.shape[-1])]
    return parts if len(parts) == 3 else [*parts, None]


def _minor(a: Any, b: Any, c: Any, d: Any) -> Any:
    """a b - c d, where a factor may be absent."""
    if a is None or b is None:
        return -(c * d)
    return a * b if c is None or d is None else a * b - c * d


@door(np.cross)
def cross(a: Any, b: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None) -> Any:
    """The cross products of vectors with three components; of two with two only the third component."""
    if axis is not None:
        axisa, axisb, axisc = (axis,) * 3
    a, b = as_operand(a, "numpy.cross"), as_operand(b, "numpy.cross")
    if a.ndim < 1 or b.ndim < 1:
        raise ValueError("At least one array has zero dimension")
    a, b = moveaxis(a, single(axisa, a.ndim), -1), moveaxis(b, single(axisb, b.ndim), -1)
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if a.shape[-1] == 2 or b.shape[-1] == 2:
        message = (
            "Arrays of 2-dimensional vectors are deprecated. Use arrays of 3-dimensional vectors instead. "
            "(deprecated in NumPy 2.0)"
        )
        warnings.warn(message, DeprecationWarning, stacklevel=3)
    (a0, a1, a2), (b0, b1, b2) = _components(a), _components(b)
    if a2 is None and b2 is None:
        return _minor(a0, b1, a1, b0)
    parts = _minor(a1, b2, a2, b1), _minor(a2, b0, a0, b2), _minor(a0, b1, a1, b0)
    return stack(single(axisc, parts[0].ndim + 1), *parts)


@door(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    """The integral along an axis by the trapezoidal rule."""
    y = as_operand(y, "numpy.trapezoid")
    given, axis = axis, single(axis, y.ndim)
    before = [slice(None)] * axis
    if x is not None:
        x = as_operand(x, "numpy.trapezoid")
        along = single(given, x.ndim) if x.ndim > 1 else 0  # as given: x may have more axes than y, or fewer
        ahead = [slice(None)] * along
        dx = x[(*ahead, slice(1, None))] - x[(*ahead, slice(None, -1))]
        if x.ndim == 1:
            dx = reshape(dx, (1,) * axis + dx.shape + (1,) * (y.ndim - axis - 1))
    sums = dx * (y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]) / 2.0
    return reductions.sum(sums, several(given, sums.ndim), False)


__all__ = [
    "cross",
    "dot",
    "einsum",
    "einsum_path",
    "inner",
    "kron",
    "matmul",
    "matvec",
    "outer",
    "tensordot",
    "trapezoid",
    "vdot",
    "vecdot",
    "vecmat",
]  # fmt: skip
