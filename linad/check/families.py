"""Domains that arguments are named to lie in: what ``spd(6)`` draws, and what ``domains={"A": "spd"}`` promises.

Each family is a function of its options that gives a :class:`~linad.check.domains.Domain`; its first line of
documentation says what it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from linad.check import curved
from linad.check.domains import DOMAINS, Array, Domain, Draw, Rng, Shape
from linad.check.matrices import hermitian_part, symmetric_part, unit_numbers, unit_pairs
from linad.check.numbers import decimals

Project = Callable[[Array], Array]


def _integers(draw: Draw) -> Draw:
    def rounded(shape: Shape, rng: Rng) -> Array:
        return np.asarray(np.rint(draw(shape, rng)), np.int64)

    return rounded


def _paired(draw: Draw) -> Draw:
    """Complex numbers of two draws."""

    def pairs(shape: Shape, rng: Rng) -> Array:
        return draw(shape, rng) + 1j * draw(shape, rng)

    return pairs


def _of_numbers(sentence: str, draw: Draw, **more: Any) -> Domain:
    return Domain(sentence, draw, _paired(draw), _integers(draw), **more)


def _subspace(sentence: str, project: Project, name: str = "real", members: Project | None = None) -> Domain:
    """The arrays that a linear projection leaves; members are those of a declared domain, made to lie in it."""
    base, make = DOMAINS[name], members or project
    draws = [
        lambda shape, rng, draw=draw: make(draw(shape, rng))
        for draw in (base.real, base.complex, base.integer)
    ]
    return Domain(sentence, *draws, inside=project, holds=lambda X: curved.close(X, project(X)), cone=True)


def normal() -> Domain:
    """Normal numbers, to three decimals."""
    return _of_numbers(
        normal.__doc__ or "", lambda shape, rng: np.round(rng.standard_normal(shape), 3), cone=True
    )


def uniform(low: float = -2.0, high: float = 2.0) -> Domain:
    """Numbers spread evenly from ``low`` to ``high``."""
    return _of_numbers(uniform.__doc__ or "", lambda shape, rng: decimals(low, high, shape, rng))


def general() -> Domain:
    """Matrices or other arrays without a structure; square matrices are well-conditioned."""
    base, square = DOMAINS["real"], DOMAINS["full rank"]

    def pick(kind: str) -> Draw:
        return lambda shape, rng: getattr(square if len(shape) > 1 else base, kind)(shape, rng)

    return Domain(general.__doc__ or "", pick("real"), pick("complex"), pick("integer"), cone=True)


def integer(low: int = -3, high: int = 3) -> Domain:
    """Whole numbers from ``low`` to ``high``: not differentiated."""

    def draw(shape: Shape, rng: Rng) -> Array:
        return np.asarray(rng.integers(low, high, shape, endpoint=True))

    return Domain(integer.__doc__ or "", draw, draw, draw, holds=lambda x: x.dtype.kind in "iub")


def symmetric() -> Domain:
    """Matrices equal to their transpose, eigenvalues apart."""
    return _subspace(symmetric.__doc__ or "", symmetric_part, "apart")


def hermitian() -> Domain:
    """Matrices equal to their adjoint, eigenvalues apart."""
    return _subspace(hermitian.__doc__ or "", hermitian_part, "hermitian")


def skew() -> Domain:
    """Matrices equal to minus their adjoint."""
    return _subspace(skew.__doc__ or "", lambda X: X - hermitian_part(X))


def spd() -> Domain:
    """Hermitian positive definite matrices."""
    base = DOMAINS["definite"]
    return Domain(
        spd.__doc__ or "",
        base.real,
        base.complex,
        base.integer,
        inside=hermitian_part,
        retract=curved.definite_curve,
        cone=True,
        holds=curved.is_definite,
    )


def lower() -> Domain:
    """Lower triangular matrices, diagonal away from zero."""
    return _subspace(lower.__doc__ or "", np.tril, "triangular")


def upper() -> Domain:
    """Upper triangular matrices, diagonal away from zero."""
    return _subspace(upper.__doc__ or "", np.triu, "triangular")


def _unit(triangle: Callable[..., Array], k: int, sentence: str) -> Domain:
    def members(X: Array) -> Array:
        return np.asarray(triangle(X, k) + np.eye(*X.shape[-2:], dtype=X.dtype))

    base = _subspace(sentence, lambda X: triangle(X, k), "triangular", members)
    return Domain(
        sentence,
        base.real,
        base.complex,
        base.integer,
        inside=base.inside,
        holds=lambda X: curved.close(X, members(X)),
    )


def unit_lower() -> Domain:
    """Lower triangular matrices with ones on the diagonal, which stay."""
    return _unit(np.tril, -1, unit_lower.__doc__ or "")


def unit_upper() -> Domain:
    """Upper triangular matrices with ones on the diagonal, which stay."""
    return _unit(np.triu, 1, unit_upper.__doc__ or "")


def diagonal() -> Domain:
    """Diagonal matrices, away from zero."""
    return _subspace(diagonal.__doc__ or "", lambda X: np.tril(np.triu(X)), "triangular")


def orthonormal() -> Domain:
    """Matrices with orthonormal columns."""

    def draw(numbers: Draw) -> Draw:
        return lambda shape, rng: curved.nearest_orthonormal(numbers(shape, rng), np.zeros(()))

    return Domain(
        orthonormal.__doc__ or "",
        draw(DOMAINS["full rank"].real),
        draw(DOMAINS["full rank"].complex),
        DOMAINS["full rank"].integer,
        project=curved.orthonormal_directions,
        retract=curved.nearest_orthonormal,
        holds=curved.is_orthonormal,
    )


def fixed_rank(rank: int = 1) -> Domain:
    """Matrices of rank ``rank``."""

    def draw(numbers: Draw) -> Draw:
        def product(shape: Shape, rng: Rng) -> Array:
            *batch, m, n = shape
            A, B = numbers((*batch, m, rank), rng), numbers((*batch, rank, n), rng)
            return np.asarray((A + 2 * np.eye(m, rank)) @ (B + 2 * np.eye(rank, n)))

        return product

    return Domain(
        fixed_rank.__doc__ or "",
        draw(unit_numbers),
        draw(unit_pairs),
        _integers(draw(unit_numbers)),
        project=curved.fixed_rank_directions,
        retract=curved.nearest_of_rank,
        cone=True,
        holds=lambda X: X.ndim > 1 and curved.rank_of(X) == rank,
    )


def positive() -> Domain:
    """Numbers above zero; complex, the right half-plane."""
    base = DOMAINS["positive"]
    return Domain(
        positive.__doc__ or "",
        base.real,
        base.complex,
        base.integer,
        retract=curved.positive_curve,
        cone=True,
        holds=lambda x: bool(np.all(np.real(x) > 0)),
    )


def interval(low: float = 0.0, high: float = 1.0) -> Domain:
    """Numbers strictly between ``low`` and ``high``."""
    width = high - low
    return _of_numbers(
        interval.__doc__ or "",
        lambda shape, rng: low + width * decimals(0.1, 0.9, shape, rng),
        retract=partial(curved.interval_curve, low=low, high=high),
        holds=lambda x: x.dtype.kind == "f" and bool(np.all((low < x) & (x < high))),
    )


def simplex() -> Domain:
    """Positive numbers whose sum along the last axis is one."""

    def draw(shape: Shape, rng: Rng) -> Array:
        x = decimals(0.5, 2, shape, rng)
        return np.asarray(x / np.sum(x, axis=-1, keepdims=True))

    return Domain(
        simplex.__doc__ or "",
        draw,
        draw,
        draw,
        project=curved.simplex_directions,
        retract=curved.simplex_curve,
        holds=lambda x: x.ndim > 0 and x.dtype.kind == "f" and curved.is_simplex(x),
    )


FAMILIES: dict[str, Callable[..., Domain]] = {
    family.__name__: family
    for family in (
        normal, uniform, general, integer, symmetric, hermitian, skew, spd, lower, upper, unit_lower, unit_upper,
        diagonal, orthonormal, fixed_rank, positive, interval, simplex,
    )
}  # fmt: skip
SQUARE = {"symmetric", "hermitian", "skew", "spd", "lower", "upper", "unit_lower", "unit_upper", "diagonal"}
