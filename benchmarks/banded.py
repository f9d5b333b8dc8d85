"""Band and Toeplitz systems: what value and gradients cost, in plain solves: ``python -m benchmarks.banded``."""

from __future__ import annotations

import argparse
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

import linad as ln
import linad.linalg as la
from benchmarks.timing import alternate

N, WIDTH = 10_000, 5
TARGET = 4.0  # plain solves


def problems() -> dict[str, tuple[Callable[..., Any], tuple[Any, ...]]]:
    """Functions, and arguments at which matrices are regular."""
    rng = np.random.default_rng(0)
    ab, b = rng.normal(size=(2 * WIDTH + 1, N)), rng.normal(size=N)
    ab[WIDTH] += 20
    c = rng.normal(size=1000)
    c[0] = 100
    return {
        "solve_banded": (lambda ab, b: la.solve_banded((WIDTH, WIDTH), ab, b), (ab, b)),
        "solveh_banded": (lambda ab, b: la.solveh_banded(ab, b, lower=True), (ab[WIDTH:], b)),
        "solve_toeplitz, n = 1000": (la.solve_toeplitz, (c, rng.normal(size=1000))),
    }


def report(seconds: float) -> bool:
    """Print every ratio, and the peak of memory in storages; whether all targets are met."""
    met = True
    for name, (f, args) in problems().items():
        both = ln.value_and_grad(lambda *x, f=f: np.sum(f(*x) ** 2), argnums=tuple(range(len(args))))
        timings = alternate(
            {"plain": lambda f=f, x=args: f(*x), "both": lambda g=both, x=args: g(*x)}, seconds=seconds
        )
        tracemalloc.start()
        both(*args)
        peak = tracemalloc.get_traced_memory()[1] / sum(x.nbytes for x in args)
        tracemalloc.stop()
        ratio = timings["both"].median / timings["plain"].median
        met &= ratio <= TARGET
        print(
            f"{name:26} plain {timings['plain'].median * 1e3:7.2f} ms  value and gradients {ratio:5.2f}   "
            f"target {TARGET}: {'met' if ratio <= TARGET else 'missed'}   peak memory {peak:4.1f} x the arguments"
        )
    return met


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.banded", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="time spent on each row")
    sys.exit(0 if report(parser.parse_args().seconds) else 1)
