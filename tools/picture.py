"""The picture of README.md, docs/picture.svg, drawn from what it shows: python tools/picture.py.

At the left the derivation of LU as the command prints it; at the right the gradient of a cost of L and U by linad, by
hand, and as if L were free; below how many calls of scipy.linalg are differentiated, from docs/checking-peers.md.
It brings its own dark card, so that it can be seen on light and on dark pages.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tree, not an installed copy

import numpy as np

from examples import lu_cost
from linad.derive.catalogue import rule

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs" / "picture.svg"
WIDTH, HEIGHT = 1240, 456
CARD, PANEL, WORDS, QUIET = "#101726", "#182234", "#e6ebf4", "#93a1b8"
SKY, ORANGE = "#56b4e9", "#e69f00"  # of the palette of Okabe and Ito
BLUE, WHITE, RED = np.array([[33, 102, 172], [247, 247, 247], [178, 24, 43]])  # of minus one, zero and one
PEERS = {"linad": SKY, "JAX": QUIET, "autograd": QUIET}
STEPS = ("1", "2", "3", "4")
STYLE = f"""
text {{ font: 15px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: {WORDS} }}
.code {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }}
.quiet {{ fill: {QUIET} }} .sky {{ fill: {SKY} }} .orange {{ fill: {ORANGE} }}
"""


def text(x: float, y: float, words: str, kind: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}" xml:space="preserve">{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, colour: str, round_by: float = 0) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round_by:g}" fill="{colour}"/>'
    )


def derivation() -> Iterator[str]:
    """What ``linad derive lu`` prints: the equation, the first steps and the cotangent."""
    told = rule("lu").derivation().splitlines()
    yield from told[:3]
    step = ""
    for line in told[3:]:
        step = line.split()[0] if re.match(r" +\d", line) else step
        if not line:
            break
        if step in STEPS:
            yield line
    yield "  ..."
    start = next(i for i, line in enumerate(told) if line.startswith("cotangent"))
    yield from told[start : told.index("", start)]


def terminal(x: float, y: float, width: float, height: float) -> Iterator[str]:
    yield box(x, y, width, height, PANEL, 8)
    yield text(x + 20, y + 34, "$ linad derive lu", "code sky")
    for i, line in enumerate(derivation()):
        kind = "code orange" if "gA =" in line else "code quiet" if line.startswith("cotangent") else "code"
        yield text(x + 20, y + 64 + 22 * i, line, kind)


def colour(value: float) -> str:
    """From blue by white to red."""
    mixed = WHITE + abs(value) * ((RED if value > 0 else BLUE) - WHITE)
    return "#" + "".join(f"{round(part):02x}" for part in mixed)


def heat(x: float, y: float, size: float, A: Any) -> Iterator[str]:
    """A matrix of numbers between minus one and one."""
    cell = round(size / len(A))
    yield '<g shape-rendering="crispEdges">'
    for (i, j), value in np.ndenumerate(A):
        yield box(x + j * cell, y + i * cell, cell, cell, colour(value))
    yield "</g>"


def gradients(x: float, y: float, width: float) -> Iterator[str]:
    yield text(x, y, "The gradient of a cost of L and U, by the entries of A")
    study = lu_cost.solve(8, 2)
    limit = np.max(abs(study.gradient))
    by_hand = lu_cost.by_hand(study.A)
    gap = np.max(abs(by_hand - study.gradient)) / limit
    size, between = 8 * ((width - 60) // 24), 34
    for i, (A, name, what, kind) in enumerate(
        [
            (study.gradient, "linad", f"within {10.0 ** np.ceil(np.log10(gap)):.0e}", "sky"),
            (by_hand, "by hand", "five lines of algebra", "quiet"),
            (lu_cost.as_if_free(study.A), "as if L were free", "not the gradient", "orange"),
        ]
    ):
        left = x + i * (size + between)
        yield from heat(left, y + 18, size, A / limit)
        yield text(left, y + 18 + size + 22, name)
        yield text(left, y + 18 + size + 42, what, kind)


def coverage() -> dict[str, int]:
    """From docs/checking-peers.md: the calls of scipy.linalg, all of them and those that each library has right."""
    page = (ROOT / "docs" / "checking-peers.md").read_text(encoding="utf-8")
    head, row = re.findall(r"^\| (?:calls of |`scipy\.linalg` ).*$", page, re.MULTILINE)
    names, numbers = ([cell.strip() for cell in line.strip("|").split("|")] for line in (head, row))
    return dict(zip(names[1:], map(int, numbers[1:]), strict=True))


def bars(x: float, y: float, width: float) -> Iterator[str]:
    counts = coverage()
    yield text(x, y, f"Of {counts['tried']} calls of scipy.linalg, gradients that are right")
    for i, (name, fill) in enumerate(PEERS.items()):
        top, long = y + 16 + 28 * i, (width - 140) * counts[name] / counts["tried"]
        yield text(x, top + 15, name, "" if name == "linad" else "quiet")
        yield box(x + 80, top, long, 20, fill, 2)
        yield text(x + 90 + long, top + 15, str(counts[name]), "" if name == "linad" else "quiet")


def picture() -> str:
    words = (
        "The derivation of LU's derivative as linad prints it; the gradient of a cost of the factors by linad, by hand "
        "and by a wrong formula; the number of scipy.linalg's calls that linad, JAX and autograd differentiate"
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{words}">',
        f"<style>{STYLE}</style>",
        box(0, 0, WIDTH, HEIGHT, CARD, 14),
        *terminal(24, 24, 590, HEIGHT - 48),
        *gradients(650, 48, 560),
        *bars(650, 336, 560),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PLACE.write_text(picture(), encoding="utf-8")
    print(f"drawn in {PLACE}")
