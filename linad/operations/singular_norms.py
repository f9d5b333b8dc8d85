"""Norms by singular values: their sum, the largest, the smallest.

nuclear     n = sum(s)      dn = Re<W, dA>   W = U V^H, the polar factor: smooth at ties, to any order
spectral    n = s_0         dn = Re<W, dA>   W = U diag(w) V^H, w equal shares of the singular values that tie
Undefined   the smallest at zero. Sum and largest are convex: at zeros and at ties these are subgradients, at 0 it is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.errstate import report
from linad.core.forward import Deferred
from linad.core.kinds import Sample, custom, reading
from linad.core.space import conj, shape_of
from linad.kernels import svd as kernels
from linad.operations.clusters import numbers
from linad.operations.contractions import matmul
from linad.operations.elementwise import real
from linad.operations.polar import polar
from linad.operations.reductions import sum as total
from linad.operations.shape import reshape
from linad.operations.svd import svd, svd_factors

_null_isometry = reading(
    "null_isometry",
    kernels.null_isometry,
    of=lambda A: svd_factors(A, "numpy", False),
    last=0,
    domain=("graded",),
    samples=tuple(Sample((shape,), (shape[-2:],)) for shape in [(3, 3), (4, 2), (2, 3, 2)]),
)
_shares = reading(
    "shares_of_extreme",
    kernels.shares,
    of=lambda A: svd(A, svd_factors(A, "numpy", False))[1],
    last=0,
    domain=("graded",),
    samples=tuple(Sample((shape,), (3, "largest")) for shape in [(3, 3), (2, 3, 2)]),
)


def _product(W: Any, dA: Any) -> Any:
    """Re<W, dA> of each matrix."""
    axes = tuple(range(len(shape_of(W)) - 2, len(shape_of(W))))
    product = total(conj(W) * dA, axes, False)
    return real(product) if product.dtype.kind == "c" else product


def _times(g: Any, W: Any) -> Any:
    return reshape(g, (*shape_of(g), 1, 1)) * W


def _isometry(A: Any, F: Any) -> Any:
    """The polar factor, without its part at singular values that are zero."""
    m, n = shape_of(A)[-2:]
    return polar(A, m < n, F)[0] - _null_isometry(F, shape_of(A))


_SAMPLES = ((3, 3), (4, 2), (2, 4), (2, 3, 2), (1, 1))

nuclear = custom(
    "nuclear_norm",
    lambda A, F: np.sum(F.s, axis=-1),
    lambda tangents, out, A, F: _product(_isometry(A, F), tangents[0]),
    lambda g, out, wanted, A, F: [_times(g, _isometry(A, F))],
    last=1,
    domain=("graded",),
    samples=tuple(Sample((shape,)) for shape in (*_SAMPLES, (0, 0), (2, 0))),
)


def _vectors(A: Any, F: Any, extreme: str, seen: Any = True) -> Any:
    """U diag(w) V^H with equal shares of the singular values that tie."""
    U, s, Vh = svd(A, F)
    if extreme == "smallest":
        _require_nonzero(A, s, seen)
    w = _shares(s, max(shape_of(A)[-2:]), extreme)
    return matmul(U * reshape(w, (*shape_of(w)[:-1], 1, shape_of(w)[-1])), Vh)


def _require_nonzero(A: Any, s: Any, seen: Any) -> None:
    """Report a smallest singular value that is zero, and whose derivative is asked for: ``seen``."""
    plain = numbers(s)
    if plain is not None:
        zero = (plain <= kernels.rounding(plain, shape_of(A)))[..., -1] & seen
        if zero.any():
            where = tuple(int(i) for i in np.argwhere(zero)[0])
            element = f" of matrix {where} in the batch" if where else ""
            report(
                "degenerate",
                "norm",
                f"the smallest singular value{element} is zero, and has no derivative.",
                "The largest and the sum have subgradients there: norm(A, 2), norm(A, 'nuc').",
            )


def _nonzero(g: Any) -> Any:
    plain = numbers(g)
    return True if plain is None else plain != 0


def _tangent(tangents: Sequence[Any], out: Any, A: Any, F: Any, extreme: str) -> tuple[Any]:
    return (Deferred(partial(_moved, tangents[0], A, F, extreme)),)


def _moved(dA: Any, A: Any, F: Any, extreme: str) -> Any:
    return _product(_vectors(A, F, extreme), dA)


extreme_singular_value = custom(
    "extreme_singular_value",
    lambda A, F, extreme: (F.s[..., 0 if extreme == "largest" else -1],),
    _tangent,
    lambda g, out, wanted, A, F, extreme: [_times(g[0], _vectors(A, F, extreme, _nonzero(g[0])))],
    last=1,
    outputs=1,
    domain=("graded",),
    samples=tuple(
        Sample((shape,), (extreme,), f"{'x'.join(map(str, shape))}-{extreme}")
        for shape in _SAMPLES
        for extreme in ("largest", "smallest")
    ),
)


def _extreme(A: Any, extreme: str) -> tuple[Any]:
    return extreme_singular_value(A, svd_factors(A, "numpy", False), extreme)


def nuclear_norm(A: Any) -> Any:
    """The sum of the singular values of matrices in the last two axes."""
    return nuclear(A, svd_factors(A, "numpy", False))


def largest(A: Any) -> Any:
    """The largest singular value; of none, 0."""
    return _extreme(A, "largest")[0] if 0 not in shape_of(A)[-2:] else nuclear_norm(A)


def smallest(A: Any) -> Any:
    """The smallest singular value.

    Raises
    ------
    ValueError
        where there is none.
    """
    if 0 in shape_of(A)[-2:]:
        raise ValueError("zero-size array to reduction operation minimum which has no identity")
    return _extreme(A, "smallest")[0]


nuclear.primitive.entry = nuclear_norm  # type: ignore[attr-defined]  # functions of primitives carry them
extreme_singular_value.primitive.entry = _extreme  # type: ignore[attr-defined]
