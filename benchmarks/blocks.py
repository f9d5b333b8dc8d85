"""Cotangents by blocks, in factorizations: ``python -m benchmarks.blocks``.

The floor is LAPACK's call alone: getrf, potrf. ``blocks`` is the pullback that users call, guards included; ``closed``
the same by the closed form. Each number of BLAS threads is a process of its own. Counts are operations, those of the
floor being one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.linalg import lapack

import linad as ln
import linad.linalg as la
from benchmarks.timing import alternate, assert_same
from linad.derive import closed_forms

TARGET = 3.0
CASES = (("lu", 500), ("lu", 1000), ("lu", 2000), ("cholesky", 400), ("cholesky", 1000))
COUNTS = {"lu": (4 / 3) / (2 / 3), "cholesky": (2 / 3) / (1 / 3)}
CLOSED = {"lu": 4 / (2 / 3), "cholesky": 3 / (1 / 3)}


def problem(name: str, n: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The floor and the pullback, both without arguments."""
    rng = np.random.default_rng(n)
    A = rng.normal(size=(n, n))
    if name == "lu":
        F = np.asfortranarray(A)
        _, pullback = ln.vjp(la.lu, A)
        gL, gU = rng.normal(size=(2, n, n))
        return lambda: lapack.dgetrf(F), lambda: pullback((None, gL, gU))
    A = A @ A.T / n + np.eye(n)
    F = np.asfortranarray(A)
    _, pullback = ln.vjp(np.linalg.cholesky, A)
    gC = rng.normal(size=(n, n))
    return lambda: lapack.dpotrf(F, lower=True), lambda: pullback(gC)


def report(seconds: float) -> bool:
    """Print every ratio, with the threads of this process; whether all targets are met."""
    threads, met = os.environ["OPENBLAS_NUM_THREADS"], True
    for name, n in CASES:
        floor, run = problem(name, n)

        def closed(run: Callable[[], Any] = run) -> Any:
            with closed_forms():
                return run()

        assert_same(name, run(), closed())
        timings = alternate({"floor": floor, "blocks": run, "closed": closed}, seconds=seconds)
        once = timings["floor"].median
        blocks, slow = timings["blocks"].median / once, timings["closed"].median / once
        met &= blocks <= TARGET
        print(
            f"{name:9} n = {n:4}  {threads} threads  floor {once * 1e3:7.2f} ms  blocks {blocks:5.2f}  "
            f"closed {slow:5.2f}  (counts {COUNTS[name]:.2f}, {CLOSED[name]:.2f})   "
            f"target {TARGET}: {'met' if blocks <= TARGET else 'missed'}",
            flush=True,
        )
    return met


def main(seconds: float) -> int:
    """A process for each number of threads."""
    command = [sys.executable, "-m", "benchmarks.blocks", "--here", f"--seconds={seconds}"]
    codes = [
        subprocess.run(command, env=os.environ | {"OPENBLAS_NUM_THREADS": threads}, check=False).returncode
        for threads in "12"
    ]
    return max(codes)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.blocks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="time spent on each row")
    parser.add_argument("--here", action="store_true", help="in this process, with the threads it has")
    chosen = parser.parse_args()
    if chosen.here:
        sys.exit(0 if report(chosen.seconds) else 1)
    sys.exit(main(chosen.seconds))
