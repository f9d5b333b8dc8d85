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
FACTOR = 10.0  # plain factorizations: their recursion goes column by column, in Python
VECTORS = 2.0  # decompositions


def problems() -> dict[str, tuple[Callable[..., Any], tuple[Any, ...], float]]:
    """Functions, arguments at which matrices are regular, and targets."""
    rng = np.random.default_rng(0)
    ab, b = rng.normal(size=(2 * WIDTH + 1, N)), rng.normal(size=N)
    ab[WIDTH] += 20
    apart = ab[WIDTH:, :300] + np.multiply.outer(np.arange(WIDTH + 1) == 0, 5.0 * np.arange(300))
    c = rng.normal(size=1000)
    c[0] = 100
    return {
        "solve_banded": (lambda ab, b: la.solve_banded((WIDTH, WIDTH), ab, b), (ab, b), TARGET),
        "solveh_banded": (lambda ab, b: la.solveh_banded(ab, b, lower=True), (ab[WIDTH:], b), TARGET),
        "cholesky_banded": (lambda ab: la.cholesky_banded(ab, lower=True), (ab[WIDTH:],), FACTOR),
        "eig_banded, n = 300": (lambda ab: la.eig_banded(ab, lower=True)[1] ** 2, (apart,), VECTORS),
        "solve_toeplitz, n = 1000": (la.solve_toeplitz, (c, rng.normal(size=1000)), TARGET),
    }


def report(seconds: float) -> bool:
    """Print every ratio, and the peak of memory in storages; whether all targets are met."""
    met = True
    for name, (f, args, target) in problems().items():
        both = ln.value_and_grad(lambda *x, f=f: np.sum(f(*x) ** 2), argnums=tuple(range(len(args))))
        timings = alternate(
            {"plain": lambda f=f, x=args: f(*x), "both": lambda g=both, x=args: g(*x)}, seconds=seconds
        )
        tracemalloc.start()
        both(*args)
        peak = tracemalloc.get_traced_memory()[1] / sum(x.nbytes for x in args)
        tracemalloc.stop()
        ratio = timings["both"].median / timings["plain"].median
        met &= ratio <= target
        print(
            f"{name:26} plain {timings['plain'].median * 1e3:7.2f} ms  value and gradients {ratio:5.2f}   "
            f"target {target}: {'met' if ratio <= target else 'missed'}   peak memory {peak:4.1f} x the arguments"
        )
    return met


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.banded", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="time spent on each row")
    sys.exit(0 if report(parser.parse_args().seconds) else 1)
