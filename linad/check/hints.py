"""What the numbers of a failing derivative have in common: a sign, a factor, a conjugate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linad.check.finding import Finding

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
    if np.allclose(ratios, ratios[0], rtol=SAME):
        ratio = complex(np.mean(ratios))
        return [f"every entry is {ratio.real if not ratio.imag else ratio:.9g} times what it should be"]
    return []
