"""Eigenvalues and eigenvectors of pairs of matrices.

Equation    A V = B V diag(w)         columns of V of length one     eig_generalized
            A^H W = B^H W diag(w)^*   the same for A^H and B^H: left eigenvectors
Undefined   as for one matrix; and where B is singular, so that an eigenvalue is infinite or undetermined

Homogeneous eigenvalues (alpha, beta), w = alpha / beta, and left eigenvectors that stand alone have scales which no
equation determines. They are LAPACK's, taken as constants, and a cost must not depend on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.kinds import Sample, composition, custom, discrete, look, steady
from linad.core.space import conj, shape_of
from linad.errors import NoRuleError
from linad.kernels import eigen as kernels
from linad.operations.contractions import H
from linad.operations.eig import SHAPES, Eigen, guarded, invariants, kept
from linad.operations.elementwise import real, sqrt
from linad.operations.reductions import sum as total
from linad.operations.shape import stack
from linad.operations.ties import numbers

_ROUNDING = 1e3  # as in guards: of products and sums in a cost, in units of n eps


@look
def _scale_free(out: Any, g: Any) -> None:
    """Report a cost that changes when a column is multiplied by a positive number."""
    out, g = numbers(out), numbers(g)
    if out is None or g is None or out.size == 0 or not asked("gauge"):
        return
    along = np.abs(np.sum((out.conj() * g).real, axis=-2))
    size = np.max(np.abs(g)) * np.max(np.abs(out), axis=-2)
    if (along > _ROUNDING * out.shape[-1] * float(np.finfo(out.dtype).eps) * size).any():
        report(
            "gauge",
            "eig",
            "the cost depends on a scale of homogeneous eigenvalues or left eigenvectors, which is LAPACK's choice.",
            "Quotients do not depend on it: eigenvalues without homogeneous_eigvals=True.",
            "Vectors of length one: left=True, right=True.",
            'linad.errstate(gauge="ignore") takes the scale for a constant.',
        )


def _scaled(X: Any, scale: Any, rows: Any, value: Any) -> tuple[Any]:
    return (X * scale[..., None, :] if value is None else value,)


def _scale(X: Any, Y: Any, rows: Any) -> Any:
    """The constant scale of each column, as a function of X and of Y: what is derived again sees its freedom."""
    *batch, column = np.indices(rows.shape, sparse=True)
    at = (*batch, rows, column)
    return (Y[at] / X[at])[..., None, :]


def _scaled_tangent(
    tangents: Sequence[Any], out: Any, X: Any, scale: Any, rows: Any, value: Any
) -> tuple[Any]:
    return (tangents[0] * _scale(X, out[0], rows),)


def _scaled_cotangent(
    g: Any, out: Any, wanted: Sequence[int], X: Any, scale: Any, rows: Any, value: Any
) -> list[Any]:
    _scale_free(out[0], g[0])
    return [g[0] * conj(_scale(X, out[0], rows))]


scaled_columns = custom(
    "scaled_columns",
    _scaled,
    _scaled_tangent,
    _scaled_cotangent,
    last=1,
    outputs=1,
    invariants=lambda Y: (Y / sqrt(total(real(Y * conj(Y)), (len(shape_of(Y)) - 2,), True)),),
    domain=("nonzero",),
    samples=tuple(
        Sample(
            (shape,),
            (np.arange(1, shape[-1] + 1, dtype=np.float32), np.ones(shape[:-2] + shape[-1:], int), None),
        )
        for shape in ((2, 3), (3, 3), (2, 2, 1), (2, 0))
    ),
)

_memos = discrete(
    "memos_of_pair", lambda A, B: {}, last=2, untried="it is empty"
)  # a fresh dictionary, which all levels share

pair_by = composition(
    "eig_generalized",
    lambda A, B, memos, found=None: kernels.general_pair(A, B) if found is None else found,
    rule=lambda: Eigen(
        "eig-generalized",
        values=lambda args, outputs: (args[:2], outputs),
        inputs=(0, 1),
        outputs=(0, 1),
        before=guarded,
        kept=lambda args, outputs: kept(args[2], B=args[1], V=outputs[1]),
    ),
    last=2,
    outputs=2,
    invariants=invariants,
    domain=("apart", "stable"),
    samples=tuple(Sample((shape, shape)) for shape in SHAPES),
)


def eig_generalized(A: Any, B: Any, found: Any = None) -> tuple[Any, Any]:
    """w and V of A V = B V diag(w) for square matrices in the last two axes; ``found`` are their numbers."""
    w, V = pair_by(A, B, _memos(A, B), found)
    steady(np.iscomplexobj, w)  # real or not by numbers
    return w, V


pair_by.primitive.entry = eig_generalized  # type: ignore[attr-defined]  # functions of primitives carry them


def eig(A: Any, B: Any, left: bool, right: bool, homogeneous: bool) -> tuple[Any, Any, Any]:
    """Eigenvalues, left and right eigenvectors, those at least that are asked for, as one call of SciPy gives them."""
    a, b = numbers(A), numbers(B)
    if a is None or b is None:
        return _recorded(A, B, left, right, homogeneous)
    if 0 in (a.size, b.size):
        w, V = eig_generalized(A, B)
        return stack(-2, w, np.ones(shape_of(w), w.dtype)) if homogeneous else w, V, V
    found = kernels.pencil(a, b, left, right or not left)
    W = V = None
    if left:
        lengths = np.linalg.norm(found.W, axis=-2)
        unit = found.W if right else found.W / lengths[..., None, :]
        conjugate, W = eig_generalized(H(A), H(B), (found.w.conj(), unit))
        if not right:
            (W,) = scaled_columns(W, lengths, np.argmax(np.abs(found.W), axis=-2), found.W)
    if right or not left:
        w, V = eig_generalized(A, B, (found.w, found.V))
    else:
        w = conj(conjugate)
    if homogeneous:
        w = stack(-2, w, np.ones(shape_of(w), found.w.dtype))
        beta = found.pairs[..., 1, :]
        (w,) = scaled_columns(w, beta, np.ones(beta.shape, int), found.pairs)
    return w, W, V


def _recorded(A: Any, B: Any, left: bool, right: bool, homogeneous: bool) -> tuple[Any, Any, Any]:
    """Of a graph without numbers; LAPACK's scales are numbers."""
    if homogeneous or (left and not right):
        raise NoRuleError(
            "scipy.linalg.eig",
            "with b, homogeneous eigenvalues and left eigenvectors alone have scales that are LAPACK's choice, which a "
            "recorded graph does not have.",
            "Eigenvalues are quotients without homogeneous_eigvals=True.",
            "Left eigenvectors are of length one with left=True, right=True.",
        )
    w, V = eig_generalized(A, B)
    return w, eig_generalized(H(A), H(B))[1] if left else None, V
