"""Division by gaps, x/d, where a gap may be closed: there x must vanish, else there is no derivative.

A gap is closed where it is rounding of the numbers whose difference it is; ``size`` tells how large they are. At closed
gaps 0/0 is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.constants import stop_gradient
from linad.core.errstate import asked, report
from linad.core.kinds import Sample, custom
from linad.core.space import conj

_ROUNDING = 8.0  # of numbers that an n x n factorization computed, in units of n eps of the largest


def _numeric(x: Any, d: Any, size: Any, axes: int) -> Any:
    n = max(d.shape[-1], 1)
    tolerance = _ROUNDING * n * float(np.finfo(d.dtype).eps)
    gaps = np.abs(d)
    largest = np.max(size, axis=tuple(range(-axes, 0)), keepdims=True, initial=0)
    if asked("conditioning"):
        _require_digits(x, gaps, largest, axes)
    closed = gaps <= tolerance * largest
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


def _require_digits(x: Any, gaps: Any, largest: Any, axes: int) -> None:
    """Report gaps so small that a quotient loses more than half of its digits; closed ones are not meant."""
    eps = float(np.finfo(gaps.dtype).eps)
    closed = _ROUNDING * max(gaps.shape[-1], 1) * eps * largest
    narrow = (gaps < eps**0.5 * largest) & (gaps > closed) & (x != 0)
    if narrow.any():
        where = tuple(int(i) for i in np.argwhere(narrow)[0])
        ratio = float(np.broadcast_to(gaps / np.where(largest == 0, 1, largest), narrow.shape)[where])
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


def _tangent(tangents: Sequence[Any], out: Any, x: Any, d: Any, size: Any, axes: int) -> Any:
    dx, dd, *_ = tangents
    right = dx
    if dd is not None:
        right = -out * dd if dx is None else dx - out * dd
    return gap_quotient(right, d, size, axes)


def _cotangent(g: Any, out: Any, wanted: Sequence[int], x: Any, d: Any, size: Any, axes: int) -> list[Any]:
    gx = gap_quotient(g, conj(d), size, axes)
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


def divided(x: Any, d: Any, size: Any, axes: int) -> Any:
    """x/d with gaps d between numbers as large as ``size``, in matrices or in vectors: the last ``axes`` axes."""
    return gap_quotient(x, d, stop_gradient(size), axes)
