"""Products: matmul, dot, inner, outer, vdot, tensordot, einsum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out, ufunc_door
from linad.core.space import conj
from linad.numpy.axes import as_operand, single
from linad.numpy.subscripts import explicit
from linad.operations import contractions
from linad.operations.shape import reshape, transpose


def _matmul(a: Any, b: Any) -> Any:
    a, b = as_operand(a, "numpy.matmul"), as_operand(b, "numpy.matmul")
    for i, x in enumerate((a, b)):
        if x.ndim == 0:
            raise ValueError(
                f"matmul: Input operand {i} does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1)"
            )
    return contractions.matmul(a, b)


matmul = ufunc_door(np.matmul, _matmul)


@door(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    refuse_out("dot", out)
    a, b = as_operand(a, "numpy.dot"), as_operand(b, "numpy.dot")
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    if b.ndim <= 2 and a.ndim <= 2:
        return contractions.matmul(a, b)
    return tensordot(a, b, (a.ndim - 1, max(b.ndim - 2, 0)))


@door(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    a, b = as_operand(a, "numpy.inner"), as_operand(b, "numpy.inner")
    return a * b if a.ndim == 0 or b.ndim == 0 else tensordot(a, b, (a.ndim - 1, b.ndim - 1))


@door(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    refuse_out("outer", out)
    a, b = as_operand(a, "numpy.outer"), as_operand(b, "numpy.outer")
    return reshape(a, (a.size, 1)) * reshape(b, (1, b.size))


@door(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    a, b = as_operand(a, "numpy.vdot"), as_operand(b, "numpy.vdot")
    return contractions.matmul(conj(reshape(a, (a.size,))), reshape(b, (b.size,)))


@door(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = as_operand(a, "numpy.tensordot"), as_operand(b, "numpy.tensordot")
    if isinstance(axes, (int, np.integer)):
        axes = (tuple(range(a.ndim - axes, a.ndim)), tuple(range(axes)))
    left, right = ((x,) if isinstance(x, (int, np.integer)) else tuple(x) for x in axes)
    left, right = tuple(single(i, a.ndim) for i in left), tuple(single(i, b.ndim) for i in right)
    if [a.shape[i] for i in left] != [b.shape[i] for i in right]:
        raise ValueError("shape-mismatch for sum")
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
    *operands: Any,
    out: Any = None,
    optimize: Any = False,
    dtype: Any = None,
    order: str = "K",
    casting: str = "safe",
) -> Any:
    refuse_out("einsum", out)
    subscripts, arrays = explicit(operands)
    if dtype is not None:
        arrays = [x.astype(dtype) for x in arrays]
    return contractions.einsum(subscripts, *arrays)


__all__ = ["dot", "einsum", "inner", "matmul", "outer", "tensordot", "vdot"]
