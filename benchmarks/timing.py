"""Timing by alternation: every contestant in turn, many rounds, medians; correctness first."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds a call of one contestant: the median over rounds, and the spread between the quartiles."""

    name: str
    median: float
    spread: float


def alternate(
    contestants: dict[str, Callable[[], Any]], *, seconds: float = 1.0, rounds: int = 31
) -> dict[str, Timing]:
    """Time functions in turn, in rounds of equal length, with the collector in the state that users have it in."""
    repeats = {}
    for name, run in contestants.items():
        run()
        start = time.perf_counter()
        run()
        once = max(time.perf_counter() - start, 1e-7)
        repeats[name] = max(1, int(seconds / rounds / len(contestants) / once))
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    gc.collect()
    for _ in range(rounds):
        for name, run in contestants.items():
            n = repeats[name]
            start = time.perf_counter()
            for _ in range(n):
                run()
            taken[name].append((time.perf_counter() - start) / n)
    result = {}
    for name, times in taken.items():
        low, _, high = statistics.quantiles(times, n=4)
        result[name] = Timing(name, statistics.median(times), high - low)
    return result


def assert_same(name: str, ours: Sequence[Any], theirs: Sequence[Any]) -> None:
    """Refuse to time what does not agree."""
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-9, atol=1e-9, err_msg=name)
