"""Division by gaps, x/d, where a gap may be closed: there x must vanish, else there is no derivative.

A gap is closed where it is rounding of the numbers whose difference it is; ``openness`` tells by how much of the
largest they differ. At closed gaps 0/0 is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.kinds import Sample, custom, discrete
from linad.core.space import conj, shape_of

_ROUNDING = 8.0  # of numbers that an n x n factorization computed, in units of n eps of the largest


def _openness(axes: int, *pairs: Any) -> Any:
    """How open the narrowest of some gaps is, in units of the largest number of which each is a difference."""
    found: Any = np.inf
    for gap, size in zip(pairs[::2], pairs[1::2], strict=True):
        largest = np.max(size, axis=tuple(range(-axes, 0)), keepdims=True, initial=0)
        found = np.minimum(found, np.abs(gap) / np.where(largest == 0, 1, largest))
    return found


openness = discrete(
    "openness",
    _openness,
    first=1,
    domain=("nonzero", "positive"),
    samples=tuple(Sample((shape, shape), (2,)) for shape in [(3, 3), (2, 3, 3), (1, 1)]),
)


def _numeric(x: Any, d: Any, openness: Any, axes: int) -> Any:
    n, eps = max(d.shape[-1], 1), float(np.finfo(np.result_type(d, np.float32)).eps)  # gaps may be integers
    tolerance = _ROUNDING * n * eps
    closed = openness <= tolerance
    if asked("conditioning"):
        _require_digits(x, np.where(closed, 1, openness), eps, axes)
    if not closed.any():
        return x / d
    missing = closed & (np.abs(x) > tolerance * np.max(np.abs(x), initial=0))
    if missing.any():
        _report(tuple(int(i) for i in np.argwhere(missing)[0]), axes)
    return np.where(closed, 0, x / np.where(closed, 1, d))


def _values(where: tuple[int, ...], axes: int) -> str:
    element = f" of matrix {where[:-axes]} in the batch" if len(where) > axes else ""
    if axes == 1:
        return f"value {where[-1]}{element}"
    return f"eigenvalues or singular values {where[-2]} and {where[-1]}{element}"


def _require_digits(x: Any, openness: Any, eps: float, axes: int) -> None:
    """Report gaps so narrow that a quotient loses more than half of its digits."""
    narrow = (openness < eps**0.5) & (x != 0)
    if narrow.any():
        where = tuple(int(i) for i in np.argwhere(narrow)[0])
        ratio = float(np.broadcast_to(openness, narrow.shape)[where])
        report(
            "conditioning",
            "derivative",
            f"{_values(where, axes)} {'is' if axes == 1 else 'differ by'} {ratio:.1e} of the largest: what depends on "
            f"their vectors keeps about {max(0.0, np.log10(ratio / eps)):.0f} of {-np.log10(eps):.0f} digits.",
            "A smooth function of a Hermitian matrix, or the projector of a cluster: linad.linalg.spectral.",
            'linad.errstate(conditioning="ignore") continues without a word.',
        )


def _report(where: tuple[int, ...], axes: int) -> None:
    fact = f"{_values(where, axes)} {'is zero' if axes == 1 else 'are equal'}"
    report(
        "degenerate",
        "derivative",
        f"{fact}, and what depends on their vectors has no derivative.",
        "A smooth function of a Hermitian matrix, or the projector of a cluster: linad.linalg.spectral.",
        "Sums and products over the cluster need no vectors: eigvalsh, svdvals.",
        'linad.errstate(degenerate="warn") continues with these terms dropped.',
    )


def _tangent(tangents: Sequence[Any], out: Any, x: Any, d: Any, openness: Any, axes: int) -> Any:
    dx, dd, *_ = tangents
    right = dx
    if dd is not None:
        right = -out * dd if dx is None else dx - out * dd
    return gap_quotient(right, d, openness, axes)


def _cotangent(
    g: Any, out: Any, wanted: Sequence[int], x: Any, d: Any, openness: Any, axes: int
) -> list[Any]:
    gx = gap_quotient(g, conj(d), openness, axes)
    return [gx if i == 0 else -gx * conj(out) for i in wanted]


gap_quotient = custom(
    "gap_quotient",
    _numeric,
    _tangent,
    _cotangent,
    last=2,
    domain=("real", "nonzero"),
    samples=tuple(
        Sample((shape, shape), (np.ones(shape), axes), f"{'x'.join(map(str, shape))}-{axes}")
        for shape, axes in [((3, 3), 2), ((2, 3, 3), 2), ((1, 1), 2), ((3,), 1), ((2, 3), 1)]
    ),
)


def divided(x: Any, gaps: Sequence[tuple[Any, Any]], axes: int) -> Any:
    """x by a product of gaps, each with the size of the numbers between which it is, in the last ``axes`` axes."""
    shape = shape_of(x)[len(shape_of(x)) - axes :]
    gaps = [(gap + np.zeros(shape), size) for gap, size in gaps]
    d = gaps[0][0]
    for gap, _ in gaps[1:]:
        d = d * gap
    return gap_quotient(x, d, openness(axes, *[part for pair in gaps for part in pair]), axes)
