"""Curves of differences as a picture. Matplotlib comes with the extra ``plot``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.check.report.curve import Curve
from linad.errors import OptionError

MOST = 8  # curves that an eye can follow


def drawing() -> Any:
    """What draws, asked for before a long run that is to be drawn.

    Raises
    ------
    OptionError
        where matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise OptionError(
            "linad check",
            "--plot draws with matplotlib, which is not installed.",
            "pip install 'linad[plot]'",
        ) from None
    return Figure


def plot(curves: Sequence[Curve], file: str) -> None:
    """Draw error against step; the ending of the file's name decides the format."""
    figure_of = drawing()
    if not curves:
        raise OptionError(
            "linad check",
            "--plot has nothing to draw: no point in double precision of an operation with a derivative.",
            "Name such an operation: linad check --list.",
        )
    figure = figure_of(figsize=(7.5, 5), layout="constrained")
    axes = figure.add_subplot()
    for one in curves[:MOST]:
        (line,) = axes.loglog(one.steps, np.where(one.errors > 0, one.errors, np.nan), ".-", ms=4, lw=1)
        line.set_label(one.point.name)
        axes.axhline(max(one.claimed, np.finfo(float).tiny), color=line.get_color(), lw=0.8, ls="--")
    axes.set_xlabel("step")
    axes.set_ylabel("error of the central difference, relative to 1 + size")
    axes.set_title("Differences against the tangent; dashed, what the extrapolated ones claim")
    axes.grid(alpha=0.25)
    axes.legend(fontsize="small")
    try:
        figure.savefig(file, dpi=150)
    except (OSError, ValueError) as error:
        raise OptionError(
            "linad check", f"--plot {file}: {error}.", "Name a file such as curve.png."
        ) from error
