"""QR factors of a matrix that has changed: SciPy's updates, differentiable as functions of the changed matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import shape_of
from linad.linalg.arguments import validated
from linad.linalg.eigen import outputs
from linad.operations.contractions import H, matmul
from linad.operations.qr_updates import updated, updated_factors
from linad.operations.shape import broadcast_to, concatenate, reshape, stack


def _operands(name: str, arrays: tuple[Any, ...], check_finite: Any) -> tuple[Any, ...]:
    return tuple([validated(x, name, check_finite) for x in arrays])


def _batched(name: str, *arrays: Any) -> list[Any]:
    """Arrays, the first axes of which are repeated to a common batch; what follows are two axes each."""
    batch = np.broadcast_shapes(*[shape_of(x)[:-2] for x in arrays])
    if math.prod(batch) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    return [broadcast_to(x, (*batch, *shape_of(x)[-2:])) for x in arrays]


def _result(A: Any, factors: Any, Q: Any, *arrays: Any) -> Any:
    complete = shape_of(Q)[-1] == shape_of(Q)[-2]
    Q1, R1 = updated(A, factors, complete)
    m, k = shape_of(A)[-2], shape_of(R1)[-2]
    if complete and m > k:
        *batch, _, n = shape_of(R1)
        R1 = concatenate(len(batch), R1, np.zeros((*batch, m - k, n), R1.dtype))
    return outputs((Q1, R1), *arrays)


def _at_their_own(function: Any, numbers: tuple[Any, ...], *arrays: Any) -> Any:
    """A batch in which every matrix has its own place: one after the other."""
    cores = [shape_of(x)[-min(len(shape_of(x)), 2) :] for x in arrays]
    leading = [shape_of(x)[: len(shape_of(x)) - len(core)] for x, core in zip(arrays, cores, strict=True)]
    batch = np.broadcast_shapes(*[np.shape(n) for n in numbers], *leading)
    arrays = tuple([broadcast_to(x, batch + core) for x, core in zip(arrays, cores, strict=True)])
    numbers = tuple([np.broadcast_to(n, batch) for n in numbers])
    found = [function([x[i] for x in arrays], [int(n[i]) for n in numbers]) for i in np.ndindex(batch)]
    parts = [reshape(stack(0, *part), batch + shape_of(part[0])) for part in zip(*found, strict=True)]
    return outputs(tuple(parts), arrays[0])


@door(scipy.linalg.qr_update)
def qr_update(Q: Any, R: Any, u: Any, v: Any, overwrite_qruv: Any = False, check_finite: Any = True) -> Any:
    """The QR factors of ``Q R + u v^H``.

    Columns of a square Q beyond those of R stand for any basis of what the others leave: a cost must not depend on it.
    """
    Q, R, u, v = _operands("qr_update", (Q, R, u, v), check_finite)
    factors = updated_factors(Q, R, u, v, "qr_update", (("check_finite", False),))
    if len(shape_of(u)) == 1:
        u, v = (reshape(x, (-1, 1)) for x in (u, v))
    A = matmul(Q, R) + matmul(u, H(v))
    return _result(A, factors, Q, A)


@door(scipy.linalg.qr_insert)
def qr_insert(
    Q: Any, R: Any, u: Any, k: Any, which: Any = "row", rcond: Any = None, overwrite_qru: Any = False,
    check_finite: Any = True,
) -> Any:  # fmt: skip
    """The QR factors of ``Q R`` with rows, or columns, inserted before row or column ``k``."""
    Q, R, u = _operands("qr_insert", (Q, R, u), check_finite)
    if np.ndim(k) > 0:
        return _at_their_own(lambda x, at: qr_insert(*x, *at, which, rcond), (k,), Q, R, u)
    options = (("k", k), ("which", which), ("rcond", rcond), ("check_finite", False))
    factors = updated_factors(Q, R, u, "qr_insert", options)
    A, rows = matmul(Q, R), which == "row"
    if len(shape_of(u)) == 1:
        u = reshape(u, (1, -1) if rows else (-1, 1))
    A, u = _batched("qr_insert", A, u)
    return _result(_spliced(A, u, k, 0, rows), factors, Q, A)


@door(scipy.linalg.qr_delete)
def qr_delete(
    Q: Any,
    R: Any,
    k: Any,
    p: Any = 1,
    which: Any = "row",
    overwrite_qr: Any = False,
    check_finite: Any = True,
) -> Any:
    """The QR factors of ``Q R`` without ``p`` rows, or columns, from row or column ``k`` on."""
    Q, R = _operands("qr_delete", (Q, R), check_finite)
    if np.ndim(k) > 0 or np.ndim(p) > 0:
        return _at_their_own(lambda x, at: qr_delete(*x, *at, which), (k, p), Q, R)
    options = (("k", k), ("p", p), ("which", which), ("check_finite", False))
    factors = updated_factors(Q, R, "qr_delete", options)
    A = matmul(Q, R)
    return _result(_spliced(A, None, k, p, which == "row"), factors, Q, A)


def _spliced(A: Any, u: Any, k: int, p: int, rows: bool) -> Any:
    """A with u in the place of p rows, or columns, from k on."""
    shape = shape_of(A)
    axis = len(shape) - (2 if rows else 1)
    k = k + shape[axis] if k < 0 else k
    before, after = (
        A[(..., part, slice(None)) if rows else (..., part)] for part in (slice(0, k), slice(k + p, None))
    )
    return concatenate(axis, *([before, after] if u is None else [before, u, after]))


__all__ = ["qr_delete", "qr_insert", "qr_update"]
