"""What the numbers of a failing derivative have in common: a sign, a factor, a conjugate, a symmetry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from linad.check.finding import Finding, Gap
from linad.check.functions import ANY, UserFunction

SAME = 1e-9


def hints(findings: Sequence[Finding]) -> list[str]:
    """A sentence about what all entries share, if they share it."""
    gaps = [finding.gap for finding in findings if finding.gap is not None]
    pairs = [
        (gap.entry, gap.claimed, gap.reference) for gap in gaps if gap.claimed is not None and gap.reference
    ]
    ratios = np.array([claimed / reference for _, claimed, reference in pairs])
    if len(ratios) < 2:
        return []
    imaginary = np.array(["imaginary part" in entry for entry, *_ in pairs])
    if imaginary.any() and np.allclose(np.where(imaginary, -1, 1) * ratios, 1, rtol=SAME):
        return ["it is the conjugate of the gradient, as JAX and autograd return it: take numpy.conj of it"]
    if np.allclose(ratios, ratios[0], rtol=SAME) and not np.isclose(ratios[0], 1, rtol=SAME):
        ratio = complex(np.mean(ratios))
        return [f"every entry is {ratio.real if not ratio.imag else ratio:.9g} times what it should be"]
    return []


def symmetries(findings: Sequence[Finding], subject: UserFunction) -> Iterator[str]:
    """Of a symmetric matrix that was moved entry by entry, and whose derivative is right on the average of two."""
    for leaf in subject.leaves:
        gaps = {f.gap.entry: f.gap for f in findings if f.gap and f.gap.entry.startswith(f"{leaf.name}[")}
        x = np.asarray(leaf.value)
        if leaf.domain is not ANY or x.dtype.kind != "f" or x.ndim != 2 or not np.array_equal(x, x.T):
            continue
        if _right_in_pairs(leaf.name, len(x), gaps):
            yield (
                f"{leaf.name} is symmetric, and the derivative is right where it stays so: if the function is one of "
                f'symmetric matrices, say domains={{"{leaf.name}": "symmetric"}}'
            )


def _right_in_pairs(name: str, n: int, gaps: dict[str, Gap]) -> bool:
    """Whether each entry and its mirror image are wrong by opposite amounts, if at all."""
    off = np.zeros((n, n))
    for i, j in np.ndindex(n, n):
        gap = gaps.get(f"{name}[{i}, {j}]")
        if gap is None or gap.claimed is None or gap.reference is None:
            return False
        off[i, j] = (gap.claimed - gap.reference).real
    return bool(np.any(off) and np.allclose(off, -off.T, rtol=0, atol=SAME * np.max(np.abs(off))))
