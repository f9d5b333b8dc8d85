"""What the figures share: colours that colour-blind readers can tell apart, quiet axes, where figures are saved."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

GALLERY = Path(__file__).parents[1] / "docs" / "gallery"
# Of the palette of Okabe and Ito.
BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION = "#000000", "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00"
GREY = "#8c8c8c"
STYLE = {
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
}


def panels(draw: Callable[..., None], *shape: int, size: tuple[float, float], **options: Any) -> Any:
    """A figure with a grid of axes, drawn by a function of these axes."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size, layout="constrained")
        figure.get_layout_engine().set(w_pad=0.08, h_pad=0.06)  # inches, so that no axis touches an edge
        draw(*np.ravel(figure.subplots(*shape, **options)))
    return figure


def heat(axes: Any, A: Any, title: str, limit: float) -> Any:
    """A matrix in colours from -limit to limit, blue to red, white at zero."""
    image = axes.imshow(A, cmap="RdBu_r", vmin=-limit, vmax=limit)
    axes.set(title=title, xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return image


def key(image: Any, axes: list[Any], label: str) -> None:
    """What the colours of matrices mean, below them."""
    axes[0].figure.colorbar(image, ax=axes, location="bottom", shrink=0.4, pad=0.03).set_label(
        label, fontsize=8
    )


def save(figure: Any, script: str) -> None:
    """Write the figure of a script to docs/gallery, in 255 colours, which keeps it small."""
    from PIL import Image

    place, drawn = GALLERY / f"{Path(script).stem}.png", BytesIO()
    figure.savefig(drawn, dpi=130)
    Image.open(drawn).convert("RGB").quantize(255, dither=Image.Dither.NONE).save(place, optimize=True)
    print(f"drawn in {place}", file=sys.stderr)
