"""The stiffest truss of a volume, whose stresses stay within a limit also under a second, rare load.

K(a) = sum_e (a_e E / l_e) b_e b_e^T      K u = f for each load      compliance f . u      stress_e = E b_e . u / l_e
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from examples.drawing import BLACK, GREY, VERMILION, panels, save
from linad.check import FunctionReport, check_gradients
from linad.optimize import Bounds, LinearConstraint, NonlinearConstraint, minimize

MODULUS = 210e9  # Pa, steel
LOAD = 100e3  # N
LEAST = 1e-5  # m^2: 0.1 square centimetres


@dataclass(frozen=True, slots=True)
class Structure:
    nodes: Any  # m
    bars: Any  # pairs of nodes
    lengths: Any
    B: Any  # elongation of each bar by each free displacement
    loads: Any  # columns of forces on free displacements

    def displacements(self, areas: Any) -> Any:
        """One factorization for both loads, and for all derivatives."""
        K = self.B.T @ ((areas * MODULUS / self.lengths)[:, None] * self.B)
        return np.linalg.solve(K, self.loads)

    def compliance(self, areas: Any) -> Any:
        """Of the first load, in J."""
        return self.loads[:, 0] @ self.displacements(areas)[:, 0]

    def stresses(self, areas: Any) -> Any:
        """Bar by load, in Pa."""
        return MODULUS / self.lengths[:, None] * (self.B @ self.displacements(areas))


def cantilever(columns: int, rows: int) -> Structure:
    """Nodes a metre apart, held at the left; loads at the right: downwards at its foot, rarely leftwards at its top."""
    nodes = np.array([(x, y) for x in range(columns) for y in range(rows)], float)
    near = [(i, j) for i, j in combinations(range(len(nodes)), 2) if np.max(abs(nodes[i] - nodes[j])) == 1]
    held = nodes[:, 0] == 0
    bars = np.array([(i, j) for i, j in near if not (held[i] and held[j])])
    spans = nodes[bars[:, 1]] - nodes[bars[:, 0]]
    lengths = np.hypot(*spans.T)
    B = np.zeros((len(bars), len(nodes), 2))
    for sign, end in ((-1, 0), (1, 1)):
        B[np.arange(len(bars)), bars[:, end]] = sign * spans / lengths[:, None]
    loads = np.zeros((len(nodes), 2, 2))
    loads[-rows, 1, 0] = -LOAD
    loads[-1, 0, 1] = -LOAD
    return Structure(nodes, bars, lengths, B[:, ~held].reshape(len(bars), -1), loads[~held].reshape(-1, 2))


@dataclass(frozen=True, slots=True)
class Sizing:
    areas: Any
    stresses: Any
    compliance: float
    evaluations: int


def solve(structure: Structure, volume: float, limit: float = np.inf) -> Sizing:
    """The stiffest areas of a volume in m^3, with stresses below a limit in Pa; from equal areas."""
    equal = np.full(len(structure.lengths), volume / np.sum(structure.lengths))
    scale = structure.compliance(equal)  # unknowns and costs of the size of one
    constraints = [LinearConstraint(structure.lengths * equal, -np.inf, volume)]
    if np.isfinite(limit):
        constraints.append(
            NonlinearConstraint(lambda z: np.ravel(structure.stresses(z * equal)) / limit, -1, 1)
        )
    found = minimize(
        lambda z: structure.compliance(z * equal) / scale,
        np.ones(len(equal)),
        method="SLSQP",
        bounds=Bounds(LEAST / equal[0], np.inf),
        constraints=constraints,
        options={"ftol": 1e-10, "maxiter": 500},
    )
    if not found.success:
        raise RuntimeError(f"truss: {found.message}")
    areas = found.x * equal
    return Sizing(areas, structure.stresses(areas), float(structure.compliance(areas)), found.nfev)


def verify() -> FunctionReport:
    structure = cantilever(3, 2)

    def answers(z: Any) -> tuple[Any, Any]:
        return structure.compliance(z * 1e-3), structure.stresses(z * 1e-3) / 1e6

    return check_gradients(answers, np.linspace(1, 2, len(structure.lengths)), order=1)


def draw(structure: Structure, sizings: dict[str, Sizing], limit: float) -> Any:
    from matplotlib.collections import LineCollection

    def fill(*grid: Any) -> None:
        for (title, sizing), axes in zip(sizings.items(), grid, strict=True):
            worst = np.max(abs(sizing.stresses), 1) / 1e6
            lines = axes.add_collection(
                LineCollection(
                    structure.nodes[structure.bars],
                    linewidths=np.maximum(sizing.areas * 3500, 0.3),
                    array=np.where(sizing.areas > 2 * LEAST, worst, np.nan),
                    cmap="cividis_r",
                    clim=(0, 1.001 * limit / 1e6),
                    capstyle="round",
                )
            )
            lines.cmap.set_bad(GREY)
            lines.cmap.set_over(VERMILION)
            held = structure.nodes[structure.nodes[:, 0] == 0]
            axes.plot(*held.T, "s", color=BLACK, ms=5)
            axes.set(title=title, aspect="equal", xticks=[], yticks=[], xlim=(-0.3, 4.9), ylim=(-1.0, 2.2))
            axes.spines[:].set_visible(False)
            axes.text(
                0,
                -0.85,
                f"compliance {sizing.compliance:.0f} J\nlargest stress {np.max(worst):.0f} MPa",
                fontsize=8,
            )
        corner = structure.nodes[-1]
        foot = np.array([corner[0], 0])
        grid[0].annotate(
            "", foot - np.array([0, 0.75]), foot, arrowprops={"arrowstyle": "-|>", "color": BLACK}
        )
        grid[0].annotate(
            "",
            corner,
            corner + np.array([0.75, 0]),
            arrowprops={"arrowstyle": "-|>", "color": BLACK, "ls": "--"},
        )
        bar = grid[0].figure.colorbar(lines, ax=list(grid), shrink=0.7, pad=0.01, extend="max")
        bar.set_label("larger stress (MPa)")

    return panels(fill, 1, 3, size=(9.6, 2.1))


def main() -> None:
    print(verify().sentence)
    structure, volume, limit = cantilever(5, 3), 0.02, 235e6
    equal = np.full(len(structure.lengths), volume / np.sum(structure.lengths))
    sizings = {
        "Equal areas": Sizing(equal, structure.stresses(equal), float(structure.compliance(equal)), 0),
        "Stiffest": solve(structure, volume),
        f"Stiffest within {limit / 1e6:.0f} MPa": solve(structure, volume, limit),
    }
    for title, sizing in sizings.items():
        print(f"{title}: {sizing.compliance:.1f} J, {np.max(abs(sizing.stresses)) / 1e6:.1f} MPa")
    save(draw(structure, sizings, limit), __file__)


if __name__ == "__main__":
    main()
