"""Band matrices by diagonals, and solving with them; gradients live in the storage, and cost what the storage costs.

Equation    op(A) X = B             A of l diagonals below the main one and u above it, A[i, j] = ab[u + i - j, j]
Tangent     dX = op(A)^-1 (dB - op(dA) X)
Cotangent   gB = op(A)^-H gX,   gab = the diagonals of -gB X^H, or where op is H of -X gB^H
Undefined   where A is singular

No n x n matrix is formed. Corners of the storage that stand for no entry are not read, and have the gradient zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linad.core.kinds import PART, ByHand, Sample, aid, bilinear, composition, discrete, linear
from linad.core.space import shape_of
from linad.kernels import banded as kernels
from linad.operations.elementwise import real, where
from linad.operations.indexing import index
from linad.operations.shape import concatenate

Args = Sequence[Any]
_ADJOINT = {"N": "H", "H": "N"}
_SHAPES = (  # of A and B, with l; u is 1
    ((3, 4), (4, 2), 1),
    ((4, 5), (5, 1), 2),
    ((2, 3), (3, 2), 0),
    ((2, 3, 4), (4, 2), 1),
    ((3, 4), (2, 4, 1), 1),
    ((3, 1), (1, 2), 1),
    ((3, 0), (0, 2), 1),
)


def _samples(*shapes: tuple[tuple[int, ...], tuple[int, ...], int]) -> tuple[Sample, ...]:
    return tuple(
        Sample((a, b), (below, 1), f"{'x'.join(map(str, a))}-{'x'.join(map(str, b))}")
        for a, b, below in shapes
    )


banded_adjoint = linear(
    "banded_adjoint",
    kernels.adjoint,
    lambda g, space, below, above: banded_adjoint(g, above, below),
    samples=(Sample(((3, 4),), (1, 1)), Sample(((2, 3, 4),), (0, 2)), Sample(((4, 2),), (2, 1))),
)
banded_times = bilinear(
    "banded_times",
    kernels.times,
    left=lambda g, X, below, above: banded_outer(g, X, below, above),
    right=lambda g, ab, below, above: banded_times(banded_adjoint(ab, below, above), g, above, below),
    samples=_samples(*_SHAPES),
)
banded_outer = bilinear(
    "banded_outer",
    kernels.outer,
    left=lambda g, X, below, above: banded_times(g, X, below, above),
    right=lambda g, Y, below, above: banded_times(banded_adjoint(g, below, above), Y, above, below),
    samples=(
        Sample(((4, 2), (4, 2)), (1, 1)),
        Sample(((2, 4, 1), (4, 1)), (0, 2)),
        Sample(((2, 3), (2, 3)), (2, 1)),
        Sample(((0, 2), (0, 2)), (1, 1)),
    ),
)


# -- solving --------------------------------------------------------------------------------------------------------

_BANDED = tuple(
    Sample((a,), (below, 1), f"{'x'.join(map(str, a))}-{below}")
    for a, below in dict.fromkeys((a, below) for a, _, below in _SHAPES)
)
banded_lu = aid("banded_lu", kernels.factor, domain=("band",), samples=_BANDED)


def _numeric(ab: Any, B: Any, factors: kernels.Factors, below: int, above: int, trans: str) -> Any:
    return factors.apply(B, trans)


def _op(ab: Any, X: Any, below: int, above: int, trans: str) -> Any:
    if trans == "N":
        return banded_times(ab, X, below, above)
    return banded_times(banded_adjoint(ab, below, above), X, above, below)


def _tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    ab, _, factors, below, above, trans = args
    dA, right = tangents
    if dA is not None:
        change = _op(dA, outputs[0], below, above, trans)
        right = -change if right is None else right - change
    return (apply_banded(ab, right, factors, below, above, trans),)


def _cotangent(args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]) -> tuple[Any, ...]:
    ab, _, factors, below, above, trans = args
    gB = apply_banded(ab, cotangents[0], factors, below, above, _ADJOINT[trans])
    left, right = (gB, outputs[0]) if trans == "N" else (outputs[0], gB)
    return (-banded_outer(left, right, below, above) if wanted[0] else None), gB


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    ab, B, _, below, above, trans = args
    return (_op(ab, outputs[0], below, above, trans) - B,)


apply_banded = composition(
    "apply_banded",
    _numeric,
    rule=lambda: ByHand(_tangent, _cotangent, _residual),
    last=2,
    domain=("band", "real"),
    samples=tuple(
        Sample(sample.shapes, (*sample.parameters, trans), f"{sample.name}-{trans}")
        for sample in _samples(*_SHAPES)
        for trans in "NH"
    ),
)


def solve_banded(ab: Any, B: Any, below: int, above: int, trans: str = "N") -> Any:
    """op(A)^-1 B for matrices B; the factors of A are computed once for a traced ``ab``."""
    return apply_banded(ab, B, banded_lu(ab, below, above), below, above, trans)


apply_banded.primitive.entry = solve_banded  # type: ignore[attr-defined]  # functions of primitives carry them


# -- Hermitian storage ----------------------------------------------------------------------------------------------


def lower_triangle(ab: Any, lower: bool) -> Any:
    """The lower triangle of a Hermitian matrix, from the triangle that is stored."""
    return ab if lower else banded_adjoint(ab, 0, shape_of(ab)[-2] - 1)


def stored(ab: Any) -> Any:
    """What is read of the storage of a lower triangle: no corners, and of the diagonal the real part."""
    return real_diagonal(where(kernels.inside(0, shape_of(ab)), ab, 0))


def hermitian_band(ab: Any) -> Any:
    """All diagonals of a Hermitian matrix from those of its lower triangle; the diagonal's real part counts."""
    k, axis = shape_of(ab)[-2] - 1, len(shape_of(ab)) - 2
    above = index(banded_adjoint(ab, k, 0), (..., slice(0, k), slice(None)))
    return concatenate(axis, above, real_diagonal(ab))


# -- solving with what is factored already --------------------------------------------------------------------------

banded_definite = discrete("banded_definite", lambda C: kernels.definite(C, True), untried=PART)
banded_triangle = aid(
    "banded_triangle",
    lambda cb: kernels.triangular(cb, True),
    domain=("lower band",),
    samples=(Sample(((2, 4),)), Sample(((2, 3, 5),)), Sample(((2, 0),))),
)


def solve_definite(ab: Any, C: Any, B: Any) -> Any:
    """A^-1 B by the Cholesky factor C, held fixed; A and C by their lower triangles."""
    k = shape_of(ab)[-2] - 1
    return apply_banded(hermitian_band(ab), B, banded_definite(C), k, k, "N")


def solve_by_triangles(cb: Any, B: Any) -> Any:
    """(L L^H)^-1 B, by two triangular solves; both are differentiated in L."""
    k, triangle = shape_of(cb)[-2] - 1, banded_triangle(cb)
    half = apply_banded(cb, B, triangle, k, 0, "N")
    return apply_banded(cb, half, triangle, k, 0, "H")


def real_diagonal(ab: Any) -> Any:
    """A lower triangle with the real part of its diagonal."""
    axis = len(shape_of(ab)) - 2
    diagonal = index(ab, (..., slice(0, 1), slice(None)))
    rest = index(ab, (..., slice(1, None), slice(None)))
    return concatenate(axis, real(diagonal), rest)
