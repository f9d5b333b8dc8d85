"""Plain calls: what a function of linad costs on plain arrays, beside the original that it calls.

``python -m benchmarks.plain`` prints a line for each function: its time, the ratio, and the difference in microseconds,
the median over rounds in which both take turns. The target is one microsecond.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from linad.check.doors import NAMESPACES

TARGET = 1.0  # microseconds
_RNG = np.random.default_rng(0)
_A = _RNG.normal(size=(4, 4)) + 4 * np.eye(4)
_S = _A @ _A.T
_b = _RNG.normal(size=4)
CALLS: dict[str, list[tuple[str, tuple[Any, ...], dict[str, Any]]]] = {
    "numpy": [
        ("sin", (_b,), {}),
        ("add", (_b, _b), {}),
        ("multiply", (_b, 2.0), {}),
        ("sum", (_b,), {}),
        ("sum", (_A,), {"axis": 0}),
        ("max", (_b,), {}),
        ("dot", (_b, _b), {}),
        ("matmul", (_A, _b), {}),
        ("einsum", ("ij,j->i", _A, _b), {}),
        ("where", (_b > 0, _b, 0.0), {}),
        ("concatenate", ([_b, _b],), {}),
        ("stack", ([_b, _b, _b, _b],), {}),
        ("reshape", (_A, (2, 8)), {}),
        ("transpose", (_A,), {}),
    ],
    "numpy.linalg": [
        ("solve", (_A, _b), {}),
        ("inv", (_A,), {}),
        ("slogdet", (_A,), {}),
        ("eigh", (_S,), {}),
        ("norm", (_b,), {}),
    ],
    "numpy.fft": [("fft", (_b,), {})],
    "scipy.linalg": [
        ("solve", (_A, _b), {}),
        ("solve", (_S, _b), {"assume_a": "pos"}),
        ("solve_triangular", (_A, _b), {"lower": True}),
        ("cholesky", (_S,), {"lower": True}),
        ("cho_solve", ((_S, True), _b), {}),
        ("lu_factor", (_A,), {}),
        ("qr", (_A,), {"mode": "economic"}),
        ("svdvals", (_A,), {}),
        ("eigh", (_S,), {}),
    ],
}


def seconds(run: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], times: int) -> float:
    """Of one call; the loop of ``times`` calls costs both sides the same."""
    start = time.perf_counter()
    for _ in range(times):
        run(*args, **options)
    return (time.perf_counter() - start) / times


def compared(ours: Any, original: Any, args: Any, options: Any, rounds: int = 101) -> tuple[float, float]:
    """The median time of the original, and of the difference, in microseconds."""
    times = max(1, int(5e-4 / seconds(original, args, options, 20)))
    theirs, more = [], []
    gc.collect()
    for _ in range(rounds):
        own = seconds(ours, args, options, times)
        theirs.append(seconds(original, args, options, times))
        more.append(own - theirs[-1])
    return 1e6 * statistics.median(theirs), 1e6 * statistics.median(more)


def report() -> bool:
    """Print every function; whether all are within the target."""
    worst = 0.0
    for namespace, calls in CALLS.items():
        mirror, originals = import_module(NAMESPACES[namespace]), import_module(namespace)
        for name, args, options in calls:
            theirs, more = compared(getattr(mirror, name), getattr(originals, name), args, options)
            worst = max(worst, more)
            said = ", ".join([*(type(x).__name__ for x in args), *options])
            print(
                f"{f'{namespace}.{name}({said})':64} {theirs:8.2f} us   ratio {1 + more / theirs:5.2f}   "
                f"more {more:5.2f} us{'' if more <= TARGET else '   above the target'}"
            )
    print(f"worst {worst:.2f} us, target {TARGET:.2f} us")
    return worst <= TARGET


if __name__ == "__main__":
    sys.exit(0 if report() else 1)
