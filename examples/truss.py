"""A truss of least compliance: areas of bars within a volume, stresses within a limit, under two loads.

    K(a) = sum_e (a_e E / l_e) b_e b_e^T      K u = f for each load      compliance = f . u      stress_e = E b_e . u / l_e
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from examples.drawing import GREY, panels, save
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
        return np.sum(self.loads * self.displacements(areas))

    def stresses(self, areas: Any) -> Any:
        """Bar by load, in Pa."""
        return MODULUS / self.lengths[:, None] * (self.B @ self.displacements(areas))


def cantilever(columns: int, rows: int) -> Structure:
    """Nodes a metre apart, held at the left; a load downwards at the right end's foot, one to the left at its top."""
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
            NonlinearConstraint(lambda z: np.ravel(structure.stresses(z * equal) / limit), -1, 1)
        )
    found = minimize(
        lambda z: structure.compliance(z * equal) / scale,
        np.ones(len(equal)),
        method="SLSQP",
        bounds=Bounds(LEAST / equal[0], np.inf),
        constraints=constraints,
        options={"ftol": 1e-10, "maxiter": 500},
    )
    areas = found.x * equal
    return Sizing(areas, structure.stresses(areas), float(structure.compliance(areas)), found.nfev)
