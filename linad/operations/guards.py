"""Guards of rules: what is looked at before they run, on plain numbers, as errstate says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.kinds import look
from linad.core.space import Space, Unknown
from linad.core.traced import Array, innermost
from linad.kernels import condition

_ROUNDING = 1e3  # of products and sums in a cost, in units of n eps
_SPREAD = (
    100.0  # pivots that differ by less than this times the square root of eps are a sign of good condition
)
_HALF = {dtype: float(np.finfo(dtype).eps) ** 0.5 for dtype in map(np.dtype, "fdFD")}  # of the digits


@look
def require_finite(x: Any, error: type[Exception], fact: str) -> None:
    """Refuse numbers that are none, as NumPy or SciPy does, with its own error."""
    plain = innermost(x)
    if isinstance(plain, np.ndarray) and not np.logical_and.reduce(np.isfinite(plain), axis=None):
        raise error(fact)


@look
def no_gauge(rule: Any, inputs: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any]) -> None:
    """Report a cost that depends on phases which the operation leaves open; real problems leave none."""
    if not rule.gauge or not asked("gauge"):
        return
    values = [innermost(x) for x in (*inputs, *outputs)]
    given = {s.name: innermost(c) for s, c in zip(rule.outputs, cotangents, strict=True) if c is not None}
    numbers = [*values, *given.values()]
    if any(isinstance(x, Array) for x in numbers) or not any(np.iscomplexobj(x) for x in numbers):
        return
    names = [symbol.name for symbol in (*rule.inputs, *rule.outputs)]
    along = rule.along_gauge(dict(zip(names, values, strict=True)), given)
    # an output times its cotangent is of one unit for all outputs, however large the matrix is
    terms = [
        (innermost(y), c) for y, c in zip(outputs, map(innermost, cotangents), strict=True) if c is not None
    ]
    largest = max(
        (float(np.max(np.abs(y), initial=0) * np.max(np.abs(c), initial=0)) for y, c in terms), default=0
    )
    for fact, found in zip(rule.gauge, along.values(), strict=False):
        n, eps = max(found.shape[-1:], default=1), float(np.finfo(found.dtype).eps)
        if float(np.max(np.abs(found), initial=0)) > _ROUNDING * max(n, 1) * eps * largest:
            report(
                "gauge",
                rule.name,
                f"the cost depends on {fact}, which {rule.name} leaves open: its cotangent has "
                f"{np.max(np.abs(found)):.1e} there, of {largest:.1e}.",
                "Take a function that does not depend on phases: |V|^2, V f(w) V^H, a projector.",
                'linad.errstate(gauge="ignore") differentiates in the gauge in which diag(V^H dV) is zero.',
            )


@look
def no_tie(where: str, kernel: Callable[..., Any], *values: Any) -> None:
    """Report pivots that tie with other candidates; ``kernel`` tells which do, from plain values."""
    values = tuple(map(innermost, values))
    if any(isinstance(x, (Array, Space, Unknown)) for x in values) or not asked("tie"):
        return
    tied = kernel(*values)
    if tied.any():
        *at, pivot = (int(i) for i in np.argwhere(tied)[0])
        matrix = f" of matrix {tuple(at)} in the batch" if at else ""
        report(
            "tie",
            where,
            f"pivot {pivot}{matrix} ties with another candidate: the permutation is a choice, and the derivative that "
            "of one side, with the permutation held fixed.",
        )


@look
def enough_digits(where: str, A: Any, factors: Any) -> None:
    """Report a matrix so ill-conditioned that what is solved with it loses more than half of its digits.

    The pivots are looked at first, which costs little; where they differ much the condition number is estimated.
    """
    if isinstance(factors, Array) or not asked("conditioning"):
        return
    half = _HALF[factors.dtype]
    if factors.singular is None and factors.spread <= _SPREAD * half:
        report_lost_digits(where, condition.of_factors(innermost(A), factors), half)


def least_spread(dtype: np.dtype[Any]) -> float:
    """What the least pivot must be of the largest one to be a sign of good condition."""
    return _SPREAD * _HALF[dtype]


@look
def enough_digits_of_triangle(where: str, T: Any, lower: bool) -> None:
    """The same for triangular matrices, of which none has a zero on its diagonal."""
    if not asked("conditioning"):
        return
    T = innermost(T)
    if isinstance(T, Array) or T.size == 0:
        return
    half = _HALF[T.dtype]
    d = np.abs(np.diagonal(T, 0, -2, -1))
    if np.any(np.min(d, -1) <= _SPREAD * half * np.max(d, -1)):
        report_lost_digits(where, condition.of_triangular(T, lower), half)


def report_lost_digits(
    where: str,
    reciprocal: Any,
    half: float,
    what: str = "the matrix",
    remedy: str = "Scale rows and columns, or regularise: A + c I.",
) -> None:
    """Report the worst of reciprocal condition numbers, if it is below ``half``, the square root of rounding."""
    reciprocal = np.asarray(reciprocal)
    at = np.unravel_index(np.argmin(reciprocal), reciprocal.shape)
    if reciprocal[at] < half:
        matrix = f"{what.removeprefix('the ')} {tuple(int(i) for i in at)} of the batch" if at else what
        report(
            "conditioning",
            where,
            f"{matrix} has the condition number {1 / max(reciprocal[at], np.finfo(float).tiny):.1e}: derivatives keep "
            f"about {max(0.0, np.log10(reciprocal[at] / half**2)):.0f} of {-np.log10(half**2):.0f} digits.",
            remedy,
            'linad.errstate(conditioning="ignore") continues without a word.',
        )
