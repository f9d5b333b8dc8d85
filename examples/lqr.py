"""A crane that carries loads on ropes of unknown length: weights of its regulator tuned through the Riccati equation.

    P solves A^T P + P A - P B r^-1 B^T P + Q = 0 for a rope of 1 m; the force is -K x, K = r^-1 B^T P.
    X solves (A - B K) X + X (A - B K)^T + W = 0 for each rope: the covariance of the state under gusts.

The weights, Q = diag(exp(logs)) and r = 1, are chosen so that the load moves least, on average over the ropes, within
a budget for the force. Each gradient goes through one Riccati and several Lyapunov equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import linad.linalg as la
from examples.drawing import BLUE, GREY, ORANGE, VERMILION, panels, save
from linad.check import FunctionReport, check_gradients
from linad.optimize import NonlinearConstraint, minimize

ROPES = (0.5, 1.0, 2.0)  # metres
TROLLEY, LOAD, GRAVITY, FRICTION = 2.0, 1.0, 9.81, 0.5
FORCE = np.array([[0.0], [1 / TROLLEY], [0.0], [0.0]])
GUSTS = np.diag([0.0, 0.0, 0.0, 0.05])  # they push the load: its angle is accelerated
START = np.zeros(4)


def plant(rope: float) -> tuple[Any, Any]:
    """Place of the trolley, its speed, angle of the rope, its rate; linear about rest."""
    A = np.array(
        [
            [0, 1, 0, 0],
            [0, -FRICTION / TROLLEY, LOAD * GRAVITY / TROLLEY, 0],
            [0, 0, 0, 1],
            [0, FRICTION / (TROLLEY * rope), -(1 + LOAD / TROLLEY) * GRAVITY / rope, -0.05],
        ]
    )
    B = FORCE.copy()
    B[3] = -1 / (TROLLEY * rope)
    return A, B


def gain(logs: Any) -> Any:
    """Of the regulator that is optimal for a rope of 1 m."""
    A, B = plant(1.0)
    P = la.solve_continuous_are(A, B, np.diag(np.exp(logs)), np.eye(1))
    return B.T @ P


def variances(logs: Any) -> tuple[Any, Any]:
    """Of the load's place and of the force, on average over the ropes."""
    K, load, force = gain(logs), 0.0, 0.0
    for rope in ROPES:
        A, B = plant(rope)
        X = la.solve_continuous_lyapunov(A - B @ K, -GUSTS)
        place = np.array([1.0, 0.0, rope, 0.0])
        load = load + place @ X @ place / len(ROPES)
        force = force + (K @ X @ K.T)[0, 0] / len(ROPES)
    return load, force


@dataclass(frozen=True, slots=True)
class Tuning:
    logs: Any
    load: float  # variances
    force: float
    evaluations: int


def measured(logs: Any, evaluations: int = 0) -> Tuning:
    load, force = variances(logs)
    return Tuning(logs, float(load), float(force), evaluations)


def solve(budget: float, start: Any = START) -> Tuning:
    """The least variance of the load's place with a variance of the force within a budget; start near it."""
    within = NonlinearConstraint(lambda logs: np.log(variances(logs)[1]), -np.inf, np.log(budget))
    found = minimize(
        lambda logs: np.log(variances(logs)[0]),
        start,
        method="SLSQP",
        bounds=[(-6, 6)] * 4,
        constraints=within,
        options={"maxiter": 200, "ftol": 1e-9},
    )
    if not found.success:
        raise RuntimeError(f"lqr: a budget of {budget} was not met: {found.message}")
    return measured(found.x, found.nfev)


def verify() -> FunctionReport:
    return check_gradients(variances, START, order=1)


def swing(logs: Any, rope: float, times: Any) -> Any:
    """The load's place after a push of 0.5 rad/s at its angle."""
    A, B = plant(rope)
    step, x, places = la.expm((A - B @ gain(logs)) * times[1]), np.array([0, 0, 0, 0.5]), []
    for _ in times:
        places.append(x[0] + rope * x[2])
        x = step @ x
    return np.array(places)


def draw(equal: Tuning, tuned: Tuning, tunings: list[Tuning]) -> Any:
    times = np.linspace(0, 15, 301)

    def fill(trade: Any, before: Any, after: Any) -> None:
        load, force = np.sqrt([(t.load, t.force) for t in tunings]).T
        trade.plot(force, 100 * load, "o-", color=BLUE, ms=4)
        for tuning, colour, title in (
            (equal, VERMILION, "equal weights"),
            (tuned, BLUE, "tuned, same force"),
        ):
            trade.plot(np.sqrt(tuning.force), 100 * np.sqrt(tuning.load), "s", color=colour, ms=6)
            above = tuning is equal
            trade.annotate(
                title,
                (np.sqrt(tuning.force), 100 * np.sqrt(tuning.load)),
                (6, 8) if above else (-4, -14),
                textcoords="offset points",
                color=colour,
                fontsize=8,
                ha="left" if above else "right",
            )
        trade.set(title="Under gusts", xlabel="force, rms (N)", ylabel="place of the load, rms (cm)")
        trade.set_ylim(bottom=0)
        for axes, tuning, title in ((before, equal, "Equal weights"), (after, tuned, "Tuned, same force")):
            for rope, colour, dashes in zip(ROPES, (ORANGE, BLUE, VERMILION), ("--", "-", ":"), strict=True):
                axes.plot(
                    times,
                    100 * swing(tuning.logs, rope, times),
                    color=colour,
                    ls=dashes,
                    label=f"{rope:g} m of rope",
                )
            axes.axhline(0, color=GREY, lw=0.6)
            axes.set(title=f"{title}: after a push", xlabel="time (s)", ylim=(-15, 60))
        before.set_ylabel("place of the load (cm)")
        after.legend(fontsize=8, loc="upper right")

    return panels(fill, 1, 3, size=(9.4, 2.9))


def main() -> None:
    print(verify().sentence)
    equal = measured(START)
    tuned = solve(equal.force)
    tunings = [tuned]
    for budget in (0.08, 0.065, 0.05, 0.04, 0.03):
        tunings.append(solve(budget, tunings[-1].logs))
    tunings = [solve(0.2), solve(0.14), *tunings]
    for tuning in (equal, tuned):
        print(f"force {tuning.force**0.5:.3f} N, load {100 * tuning.load**0.5:.2f} cm (rms)")
    save(draw(equal, tuned, tunings), __file__)


if __name__ == "__main__":
    main()
