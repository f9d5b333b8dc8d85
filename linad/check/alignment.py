"""Outputs that are determined up to signs or phases: aligned with those at the point before they are differenced.

Of every output with two or more axes each column is turned until its product with the same column at the point is
positive. Derivatives are then those of the parallel gauge, diag(V^H dV) = 0, which are the ones that linad gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.errors import OptionError

Align = Callable[[Any, Any], Any]


def by_phase(out: Any, reference: Any) -> Any:
    """Columns multiplied by numbers of size one; of real ones by signs."""
    return tuple(_turned(y, r) if np.ndim(y) > 1 else y for y, r in zip(out, reference, strict=True))


def _turned(Y: Any, R: Any) -> Any:
    products = np.sum(np.conj(Y) * R, axis=-2, keepdims=True)
    size = np.abs(products)
    return Y * np.where(size > 0, products / np.where(size > 0, size, 1), 1)


ALIGNMENTS: dict[str, Align] = {"sign": by_phase, "phase": by_phase}


def alignment(named: str | Callable[[Any, Any], Any] | None) -> Align | None:
    """The function that a name stands for; a function of an output and the output at the point stands for itself."""
    if named is None or callable(named):
        return named
    if named not in ALIGNMENTS:
        raise OptionError("align", f"there is no alignment {named!r}; there are {', '.join(ALIGNMENTS)}.")
    return ALIGNMENTS[named]
