"""Matrix equations: what a gradient costs, in forward solves: ``python -m benchmarks.equations``.

The forward solve is SciPy's; ``traced`` is linad's, recorded; ``gradient`` goes back from there to every argument.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

import linad as ln
import linad.linalg as la
from benchmarks.timing import Timing, alternate

SIZES = (4, 10, 30, 100)
TARGET = 1.5  # forward solves


def problems(n: int) -> dict[str, tuple[Callable[..., Any], tuple[Any, ...]]]:
    """Functions, and arguments for which there are solutions."""
    rng = np.random.default_rng(n)
    A, B = rng.normal(size=(n, n)) / np.sqrt(n), rng.normal(size=(n, max(1, n // 3)))
    Q, R, shift = np.eye(n), np.eye(B.shape[1]), 2 * np.eye(n)
    return {
        "solve_sylvester": (la.solve_sylvester, (A - shift, A.T - shift, Q)),
        "solve_continuous_lyapunov": (la.solve_continuous_lyapunov, (A - shift, Q)),
        "solve_discrete_lyapunov": (la.solve_discrete_lyapunov, (0.5 * A, Q)),
        "solve_continuous_are": (la.solve_continuous_are, (A, B, Q, R)),
        "solve_discrete_are": (la.solve_discrete_are, (A, B, Q, R)),
    }


def _timed(f: Callable[..., Any], args: tuple[Any, ...], seconds: float) -> dict[str, Timing]:
    X, pullback = ln.vjp(f, *args)
    weights = np.random.default_rng(0).normal(size=X.shape)
    runs = {
        "forward": lambda: f(*args),
        "traced": lambda: ln.vjp(f, *args),
        "gradient": lambda: pullback(weights),
    }
    return alternate(runs, seconds=seconds)


def report(seconds: float) -> bool:
    """Print every ratio; whether all targets are met."""
    met = True
    for name in problems(SIZES[0]):
        for n in SIZES:
            f, args = problems(n)[name]
            timings = _timed(f, args, seconds)
            forward = timings["forward"].median
            traced, gradient = (timings[kind].median / forward for kind in ("traced", "gradient"))
            met &= gradient <= TARGET
            verdict = "met" if gradient <= TARGET else "missed"
            print(
                f"{name:26} n = {n:3}  forward {forward * 1e6:9.1f} us  traced {traced:5.2f}  "
                f"gradient {gradient:5.2f}   target {TARGET}: {verdict}"
            )
    return met


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.equations", description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.5, help="time spent on each row")
    sys.exit(0 if report(parser.parse_args().seconds) else 1)
