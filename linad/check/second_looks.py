"""Differences taken twice: what a second look, at other steps or by a complex one, makes of the first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from linad.check.differences import STEEP, STEEPER, Differences
from linad.check.finding import TRUST
from linad.check.numbers import Array


def _is_steep(found: Differences, finer: Differences) -> Array:
    """Where a look at finer steps is far steeper, and knows it well."""
    return np.asarray(
        (np.abs(finer.estimate) > STEEPER * np.abs(found.estimate))
        & (finer.error < STEEP * np.abs(finer.estimate))
    )


def steeper(found: Differences, finer: Differences) -> Differences:
    """With the entries that are far steeper at steps of a shorter reach."""
    better = _is_steep(found, finer)
    return Differences(
        np.where(better, finer.estimate, found.estimate),
        np.where(better, finer.error, found.error),
        np.where(better, 0, found.bend),
        found.jump,
    )


def widened(found: Differences, quiet: Differences, finest: Differences) -> Differences:
    """With wider errors where noise may be steepness: from looks that allow for sure noise alone, and for none."""
    error = np.maximum(found.error, np.abs(found.estimate - quiet.estimate))
    apart = np.where(_is_steep(found, finest), np.abs(found.estimate - finest.estimate), 0)
    return replace(found, error=np.maximum(error, apart))


def sharpened(found: Differences, exact: Array, rounding: float) -> Differences:
    """With complex steps in the entries where they agree with the real difference."""
    sure = (np.abs(exact - found.estimate) <= TRUST * found.error + rounding) & (found.bend == 0)
    better = sure & (found.error > rounding)
    return Differences(
        np.where(better, exact, found.estimate),
        np.where(better, rounding, found.error),
        found.bend,
        found.jump,
    )
