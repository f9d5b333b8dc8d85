"""Cost against size, drawn: ``python -m benchmarks --plots FOLDER``. One thread, medians; needs matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")  # no window: before pyplot is imported

import matplotlib.pyplot as plt
from PIL import Image  # comes with matplotlib

from benchmarks import ratios, scaling
from benchmarks.contestants import LINAD, PEERS
from benchmarks.fleet import fleet
from benchmarks.targets import BEST, FLOOR, Target, Task

SIZES = (4, 16, 64, 256, 1024)
WORKS = ("LU", "Cholesky", "likelihood", "solve", "QR", "eigh")
COLOURS = {  # told apart by those who see few colours, too: Okabe and Ito
    LINAD: "#D55E00",
    "torch": "#0072B2",
    "jax": "#009E73",
    "autograd": "#CC79A7",
    "pytensor": "#E69F00",
    FLOOR: "#777777",
}
STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "font.size": 9,
    "axes.titlesize": 10,
    "figure.facecolor": "white",
    "savefig.dpi": 100,
}


def draw(folder: Path, seconds: float, say: Callable[[str], None]) -> None:
    """Measure, and draw two figures: cost.png and scaling.png."""
    folder.mkdir(parents=True, exist_ok=True)
    with fleet((LINAD, FLOOR, *PEERS), 1) as (workers, _):
        costs: dict[str, list[ratios.Timed]] = {}
        for work in WORKS:
            for size in SIZES:
                target = Target(work, (size,), BEST, 1.0)
                costs.setdefault(work, []).append(
                    ratios.timed(Task(work, size), [target], workers, 1, seconds)
                )
                say("\n".join(list(ratios.lines(costs[work][-1]))[:2]))
        ask = workers[LINAD].ask
        chains = [ask("call", "scaling", "chain", length, seconds) for length in scaling.LENGTHS]
        modes = [ask("call", "scaling", "modes", inputs, seconds) for inputs in scaling.INPUTS]
    with plt.rc_context(STYLE):
        _save(_cost(costs), folder / "cost.png", say)
        _save(_scaling(chains, modes), folder / "scaling.png", say)


def _save(figure: Any, file: Path, say: Callable[[str], None]) -> None:
    figure.savefig(file)
    plt.close(figure)
    with Image.open(file) as picture:  # few colours: a third of the size
        picture.convert("RGB").quantize(64).save(file, optimize=True)
    say(f"{file}: {file.stat().st_size // 1024} KiB")


def _cost(costs: dict[str, list[ratios.Timed]]) -> Any:
    """A panel for each work: microseconds of value and gradient by the order of the matrix."""
    figure, grid = plt.subplots(2, 3, figsize=(9, 5.4), layout="constrained", sharex=True)
    for axes, (work, rows) in zip(grid.flat, costs.items(), strict=True):
        for name, colour in COLOURS.items():
            points = [(row.task.size, 1e6 * row.seconds[name].median) for row in rows if name in row.seconds]
            if points:
                axes.loglog(
                    *zip(*points, strict=True),
                    color=colour,
                    label=name,
                    marker="o",
                    markersize=3,
                    linewidth=2.2 if name == LINAD else 1.3,
                    linestyle=":" if name == FLOOR else "-",
                    zorder=3 if name == LINAD else 2,
                )
        axes.set_title(work)
        axes.set_xticks(SIZES, [str(n) for n in SIZES])
        axes.minorticks_off()
    for axes in grid[-1]:
        axes.set_xlabel("order of the matrix")
    for axes in grid[:, 0]:
        axes.set_ylabel("microseconds")
    handles = {h.get_label(): h for axes in grid.flat for h in axes.get_lines()}
    names = [name for name in COLOURS if name in handles]
    figure.legend(
        [handles[name] for name in names],
        ["LAPACK, without gradient" if name == FLOOR else name for name in names],
        loc="outside upper center",
        ncols=len(names),
        frameon=False,
    )
    return figure


def _scaling(chains: Sequence[scaling.Chain], modes: Sequence[scaling.Modes]) -> Any:
    """Of the length of what is recorded, and of the number of inputs."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    left.semilogx(
        [row.length for row in chains],
        [row.microseconds for row in chains],
        color=COLOURS[LINAD],
        marker="o",
        markersize=3,
        linewidth=2.2,
    )
    left.set_ylim(bottom=0)
    left.set_title("value and gradient of a chain of products")
    left.set_xlabel("recorded operations")
    left.set_ylabel("microseconds an operation")
    for name, colour, values in (
        ("forward, an input at a time", COLOURS["torch"], [row.forward for row in modes]),
        ("reverse", COLOURS[LINAD], [row.reverse for row in modes]),
    ):
        right.loglog(
            [row.inputs for row in modes], values, color=colour, marker="o", markersize=3, label=name
        )
    right.set_title("all derivatives of one function of n inputs")
    right.set_xlabel("inputs")
    right.set_ylabel("in evaluations of the function")
    right.legend(frameon=False)
    return figure
