"""Moving entries without changing them: transposing, reshaping, broadcasting, joining, masking, casting."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from linad.core.kinds import Sample, linear
from linad.core.origins import remembering
from linad.core.primitive import table
from linad.core.space import Space, sum_to


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


def _offsets(axis: int, spaces: list[Space]) -> list[tuple[int, int]]:
    """Where each part of a concatenation begins and ends."""
    ends = np.cumsum([0] + [space.shape[axis] for space in spaces]).tolist()
    return list(itertools.pairwise(ends))


def _slab(ndim: int, axis: int, start: int, stop: int) -> tuple[slice, ...]:
    return tuple(slice(start, stop) if i == axis else slice(None) for i in range(ndim))


transpose = linear(
    "transpose",
    lambda x, axes: x.transpose(axes),
    lambda g, space, axes: transpose(g, _inverse(axes)),
    samples=(Sample(((2, 3),), ((1, 0),)), Sample(((2, 3, 1),), ((2, 0, 1),)), Sample(((0, 2),), ((1, 0),))),
)


def _turn(x: Any, axes: tuple[int, ...]) -> str:
    """T where the last two axes are exchanged, and no others."""
    n = len(axes)
    return "T" if n > 1 and axes == (*range(n - 2), n - 1, n - 2) else "N"


transpose = remembering(transpose, _turn)
reshape = linear(
    "reshape",
    lambda x, shape, order="C": np.reshape(x, shape, order=order),
    lambda g, space, shape, order="C": reshape(g, space.shape, order),
    samples=(
        Sample(((2, 3),), ((3, 2),)),
        Sample(((2, 3),), ((6,), "F"), "2x3-by-columns"),
        Sample(((),), ((1, 1),)),
        Sample(((0, 3),), ((3, 0),)),
    ),
)
broadcast_to = linear(
    "broadcast_to",
    np.broadcast_to,
    lambda g, space, shape: sum_to(g, space.shape),
    samples=(
        Sample(((),), ((2, 3),)),
        Sample(((2, 1),), ((2, 3),)),
        Sample(((3,),), ((0, 3),), "3-to-0x3"),
        Sample(((3,),), ((2, 3),), "3-to-2x3"),
    ),
)
astype = linear(
    "astype",
    lambda x, dtype: x.astype(dtype) if hasattr(x, "astype") else dtype.type(x),
    lambda g, space, dtype: g,  # the engine casts it to the dtype of the operand
    samples=(Sample(((3,),), (np.dtype(np.complex128),)), Sample(((),), (np.dtype(np.complex64),))),
)
flip = linear(
    "flip",
    np.flip,
    lambda g, space, axes: flip(g, axes),
    samples=(Sample(((3,),), ((0,),)), Sample(((2, 3),), ((0, 1),)), Sample(((0, 2),), ((1,),))),
)
tril = linear(
    "tril",
    np.tril,
    lambda g, space, k: tril(g, k),
    samples=tuple(Sample(((3, 4),), (k,), f"k={k}") for k in (-1, 0, 2)),
)
triu = linear(
    "triu",
    np.triu,
    lambda g, space, k: triu(g, k),
    samples=tuple(Sample(((2, 4, 3),), (k,), f"k={k}") for k in (-1, 0, 2)),
)
concatenate = linear(
    "concatenate",
    lambda axis, *parts: np.concatenate(parts, axis=axis),
    lambda g, spaces, axis: [
        table["index"](g, _slab(len(spaces[0].shape), axis, start, stop))
        for start, stop in _offsets(axis, spaces)
    ],
    first=1,
    last=None,
    samples=(
        Sample(((2,), (3,)), (0,)),
        Sample(((2, 1), (2, 3), (2, 0)), (1,)),
        Sample(((1, 2), (3, 2)), (0,)),
    ),
)
stack = linear(
    "stack",
    lambda axis, *parts: np.stack(parts, axis=axis),
    lambda g, spaces, axis: [
        table["index"](g, (*[slice(None)] * (axis if axis >= 0 else axis + g.ndim), i))
        for i in range(len(spaces))
    ],
    first=1,
    last=None,
    samples=(
        Sample(((), ()), (0,)),
        Sample(((2,), (2,), (2,)), (0,)),
        Sample(((2, 3), (2, 3)), (-1,)),
        Sample(((0,), (0,)), (1,)),
    ),
)


def _diagonal(x: np.ndarray[Any, Any], offset: int) -> np.ndarray[Any, Any]:
    return np.diagonal(x, offset, -2, -1)


def _from_diagonal(d: np.ndarray[Any, Any], offset: int, shape: tuple[int, int]) -> np.ndarray[Any, Any]:
    """Zero matrices with a diagonal."""
    A = np.zeros(d.shape[:-1] + shape, d.dtype)
    i = np.arange(d.shape[-1])
    A[..., i + max(0, -offset), i + max(0, offset)] = d
    return A


diagonal = linear(
    "diagonal",
    _diagonal,
    lambda g, space, offset: from_diagonal(g, offset, space.shape[-2:]),
    samples=(
        Sample(((3, 3),), (0,)),
        Sample(((2, 4),), (1,)),
        Sample(((2, 3, 2),), (-1,)),
        Sample(((0, 0),), (0,)),
    ),
)
from_diagonal = linear(
    "from_diagonal",
    _from_diagonal,
    lambda g, space, offset, shape: diagonal(g, offset),
    samples=(Sample(((3,),), (0, (3, 3))), Sample(((2, 2),), (1, (2, 4))), Sample(((0,),), (0, (0, 0)))),
)
