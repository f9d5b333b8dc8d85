"""Cotangents by blocks and by closed forms, in factorizations: ``python -m benchmarks.blocks``.

The floor is LAPACK's call alone. Both are the pullback that users call, guards included, and each number of BLAS
threads is a process of its own. Counts are operations, in those of the floor.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

import linad as ln
from benchmarks.fleet import THREADS
from benchmarks.targets import COTANGENT, FLOOR, TARGETS
from benchmarks.timing import alternate, assert_same
from benchmarks.works import WORKS
from linad.derive import closed_forms
from linad.derive.catalogue import rule

EQUATIONS = {
    "LU": ("lu", Fraction(2, 3)),
    "Cholesky": ("cholesky", Fraction(1, 3)),
}  # operations of the floor


def counts(name: str) -> str:
    """Operations by blocks and by the closed form."""
    equation, floor = EQUATIONS[name]
    found = rule(equation)
    cubes = [found.blocks.flops("cotangent"), found.flops("cotangent")]
    return ", ".join(f"{float(Fraction(c.split('*')[0].strip('()')) / floor):.2f}" for c in cubes)


def report(seconds: float) -> bool:
    """Print every ratio, with the threads of this process; whether all targets are met."""
    met = True
    for target in (t for t in TARGETS if t.mode == COTANGENT and t.against == FLOOR):
        for n in target.sizes:
            work = WORKS[target.work](n)
            assert work.factors is not None
            assert work.floor is not None
            factors, pullback = ln.vjp(work.factors, *work.arrays)
            rng = np.random.default_rng(n)
            g = tuple(rng.normal(size=X.shape) for X in factors)

            def blocks(pullback: Callable[[Any], Any] = pullback, g: Any = g) -> Any:
                return pullback(g)

            def closed(blocks: Callable[[], Any] = blocks) -> Any:
                with closed_forms():
                    return blocks()

            assert_same(target.work, blocks(), closed())
            runs = {"floor": work.floor, "blocks": blocks, "closed": closed}
            timings = {name: timing.median for name, timing in alternate(runs, seconds=seconds).items()}
            ratio, slow = (timings[name] / timings["floor"] for name in ("blocks", "closed"))
            met &= ratio <= target.limit
            verdict = "met" if ratio <= target.limit else "missed"
            print(
                f"{target.work:8} n = {n:4}  {os.environ.get(THREADS[0], '?')} threads  "
                f"floor {timings['floor'] * 1e3:7.2f} ms  blocks {ratio:5.2f}  closed {slow:5.2f}  "
                f"(counts {counts(target.work)})   target {target.limit}: {verdict}",
                flush=True,
            )
    return met


def main(seconds: float) -> int:
    """A process for each number of threads."""
    command = [sys.executable, "-m", "benchmarks.blocks", "--here", f"--seconds={seconds}"]
    return max(
        subprocess.run(command, env=os.environ | dict.fromkeys(THREADS, number), check=False).returncode
        for number in "12"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.blocks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="time spent on each row")
    parser.add_argument("--here", action="store_true", help="in this process, with the threads it has")
    chosen = parser.parse_args()
    if chosen.here:
        sys.exit(0 if report(chosen.seconds) else 1)
    sys.exit(main(chosen.seconds))
