"""Roots of polynomials.

Equation    p_0 r^n + ... + p_n = 0
Tangent     dr = -(dp_0 r^n + ... + dp_n) / p'(r)
Cotangent   gp_k = -sum over the roots of  gr conj(r^(n-k) / p'(r))
Undefined   at roots that are equal

The coefficients may begin or end with zeros: a root at 0 moves when p_n does. No eigenvector is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.errstate import report
from linad.core.forward import Deferred
from linad.core.kinds import Sample, custom, steady
from linad.core.space import conj, dtype_of, shape_of, zeros
from linad.operations.contractions import H, matmul
from linad.operations.shape import reshape
from linad.operations.ties import numbers

_EQUAL = 0.1  # the condition number of a root, in units of 1 / sqrt(eps), that has a neighbour
_NEIGHBOUR = 1e-3  # how near that is, relative to the largest root


def powers(x: Any, count: int) -> Any:
    """The decreasing powers x^(count-1), ..., 1 of each entry of a vector, as rows."""
    exponents = np.arange(count - 1, -1, -1, dtype=np.zeros(0, dtype_of(x)).real.dtype)
    return reshape(x, (-1, 1)) ** exponents


def derivative(p: Any) -> Any:
    """The coefficients of p'."""
    n = shape_of(p)[0] - 1
    return p[:-1] * np.arange(n, 0, -1, dtype=np.zeros(0, dtype_of(p)).real.dtype)


def _numeric(p: Any) -> tuple[Any]:
    return (np.roots(p),)


def require_simple(p: Any, r: Any, seen: Any) -> None:
    """Report roots that are equal to rounding, and those that rounding moves by half of their digits."""
    p, r, seen = numbers(p), numbers(r), numbers(seen)
    if p is None or r is None or r.size == 0:
        return
    eps = float(np.finfo(r.dtype).eps)
    size = np.max(np.abs(r))
    with np.errstate(all="ignore"):
        slope = np.abs(matmul(powers(r, p.size - 1), derivative(p))) * (size if size else 1)
        spread = matmul(powers(np.abs(r), p.size), np.abs(p))
        condition = np.where(slope > 0, spread / np.where(slope > 0, slope, 1), np.inf)
    far = condition > _EQUAL / np.sqrt(eps)
    if seen is not None:
        far &= seen != 0
    if not far.any():
        return
    gaps = np.abs(r[:, None] - r) + np.where(np.eye(r.size, dtype=bool), np.inf, 0)
    for i in np.flatnonzero(far):
        if np.min(gaps[i]) <= _NEIGHBOUR * size:
            report(
                "degenerate",
                "numpy.roots",
                f"root {i}, {r[i]:.6g}, is repeated to rounding: its condition number is {condition[i]:.1e}, and it "
                "has no derivative.",
                "Sums and products of roots are smooth: they are coefficients, as -p[1] / p[0].",
                'linad.errstate(degenerate="warn") divides by p\'(r) all the same.',
            )
            return
    worst = int(np.argmax(np.where(far, condition, 0)))
    if condition[worst] > 1 / np.sqrt(eps):
        report(
            "conditioning",
            "numpy.roots",
            f"half of the digits are lost: the condition number of root {worst} is {condition[worst]:.1e}.",
        )


def _slopes(p: Any, r: Any) -> Any:
    return matmul(powers(r, shape_of(p)[0] - 1), derivative(p))


def _tangent(tangents: Sequence[Any], out: Sequence[Any], p: Any) -> tuple[Any]:
    def moved() -> Any:
        r = out[0]
        require_simple(p, r, None)
        return -matmul(powers(r, shape_of(p)[0]), tangents[0]) / _slopes(p, r)

    return (Deferred(moved) if shape_of(out[0])[0] else zeros(out[0]),)


def _cotangent(g: Sequence[Any], out: Sequence[Any], wanted: Sequence[int], p: Any) -> list[Any]:
    r, gr = out[0], g[0]
    if shape_of(r)[0] == 0:
        return [None]
    require_simple(p, r, gr)
    return [-matmul(H(powers(r, shape_of(p)[0])), gr / conj(_slopes(p, r)))]


polynomial_roots = custom(
    "polynomial_roots",
    _numeric,
    _tangent,
    _cotangent,
    outputs=1,
    domain=("positive",),
    samples=tuple(Sample((shape,)) for shape in [(4,), (3,), (2,), (6,), (1,), (0,)]),
)


def roots(p: Any) -> Any:
    """The roots of the polynomial with these coefficients, of which the first belongs to the highest power."""
    found = polynomial_roots(p)[0]
    steady(np.shape, found)
    steady(np.iscomplexobj, found)  # real or not by numbers
    return found


polynomial_roots.primitive.entry = roots  # type: ignore[attr-defined]  # functions of primitives carry them
