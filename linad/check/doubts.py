"""Why a failure decides nothing after all: the point has no derivative, or one on a scale that no step resolves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from linad.check.finding import Gap
from linad.check.function_trial import FunctionTrial

HALF = 8  # digits: what is lost beyond is told


def doubted(gaps: Sequence[Gap], trial: FunctionTrial) -> list[Gap]:
    """Gaps of derivatives that linad computed, those that fail for a reason of the point undecided."""
    trial.edge = trial.edge or next((gap.entry for gap in gaps if _is_edge(gap)), "")
    return [replace(gap, reason=_reason(gap, trial)) if gap.holds is False else gap for gap in gaps]


def _reason(gap: Gap, trial: FunctionTrial) -> str:
    if trial.edge and not np.isfinite(gap.error):
        return f"infinite along {trial.edge}, so that its other entries are 0 times infinity"
    # What was compared with a difference was compared at steps that are too long; the rest has lost digits alone.
    if trial.digits_lost > HALF and (gap.own is not None or gap.error <= gap.bound * trial.magnification):
        return f"ill-conditioned: about {trial.digits_lost:.0f} digits are lost"
    return ""


def _is_edge(gap: Gap) -> bool:
    """Whether an infinite derivative was claimed where differences find none: as of a root at 0."""
    if gap.holds is not None or gap.claimed is None or gap.own is None:
        return False
    return not np.isfinite(gap.claimed) and not np.isfinite(gap.own)
