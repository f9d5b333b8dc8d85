"""Cosine-sine decompositions."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import dtype_of, retype, shape_of
from linad.core.traced import innermost
from linad.errors import ArgumentError
from linad.kernels.cossin import Layout, departure
from linad.linalg.arguments import lapack_dtype, validated
from linad.linalg.eigen import outputs
from linad.operations import cossin as _cossin
from linad.operations.shape import broadcast_to, concatenate, reshape, stack
from linad.operations.ties import numbers


def _whole(X: Any, p: Any, q: Any) -> tuple[Any, int, int]:
    """The matrix and the sizes of its first block, with SciPy's errors."""
    if p or q:
        X = validated(X, "cossin", True)
        shape = shape_of(X)
        if shape[-1] != shape[-2]:
            raise ValueError(f"Cosine Sine decomposition only supports square matrices, got {shape[-2:]}")
        p, q = (1 if size is None else int(size) for size in (p, q))
        for name, size in (("p", p), ("q", q)):
            if size >= shape[-1] or size <= 0:
                raise ValueError(f"invalid {name}={size}, 0<{name}<{shape[-1]} must hold")
        return X, p, q
    if len(X) != 4:
        raise ValueError(f"When p and q are None, exactly four arrays should be in X, got {len(X)}")
    blocks = [validated(x, "cossin", False) for x in X]
    blocks = [
        x if len(shape_of(x)) > 1 else reshape(x, (1,) * (2 - len(shape_of(x))) + shape_of(x)) for x in blocks
    ]
    scipy.linalg.cossin([innermost(x) for x in blocks])  # for its errors
    batch = np.broadcast_shapes(*[shape_of(x)[:-2] for x in blocks])
    x11, x12, x21, x22 = (broadcast_to(x, (*batch, *shape_of(x)[-2:])) for x in blocks)
    axis = len(batch)
    X = concatenate(axis, concatenate(axis + 1, x11, x12), concatenate(axis + 1, x21, x22))
    return X, *shape_of(x11)[-2:]


@door(scipy.linalg.cossin)
def cossin(
    X: Any, p: Any = None, q: Any = None, separate: Any = False, swap_sign: Any = False, compute_u: Any = True,
    compute_vh: Any = True,
) -> Any:  # fmt: skip
    """``U, CS, Vh`` of a unitary ``X``, or their parts, with derivatives along unitary matrices.

    A cost must not depend on phases that columns of U and V share, nor on the basis of an identity in CS, nor tell
    equal angles apart.
    """
    X, p, q = _whole(X, p, q)
    X = retype(X, lapack_dtype(X))
    plain = numbers(X)
    if plain is not None and departure(plain) > 1:
        raise ArgumentError(
            "cossin", "X is not unitary.", "Of a general matrix: the unitary factor of polar(X)."
        )
    layout, sign = Layout(shape_of(X)[-1], p, q), -1 if swap_sign else 1
    U1, U2, theta, V1h, V2h = _cossin.cossin(X, p, q, bool(swap_sign))
    none = np.empty((*shape_of(X)[:-2], 0, 0), dtype_of(X))
    U1, U2 = (U1, U2) if compute_u else (none, none)
    V1h, V2h = (V1h, V2h) if compute_vh else (none, none)
    if not separate:
        D = retype(_cossin.middle(theta, layout, sign), theta.dtype)
        return outputs((_cossin.beside(U1, U2), D, _cossin.beside(V1h, V2h)), X)
    axis = len(shape_of(X)) - 2
    if axis:
        return [stack(axis, U1, U2), theta, stack(axis, V1h, V2h)]
    return (U1, U2), theta, (V1h, V2h)


__all__ = ["cossin"]
