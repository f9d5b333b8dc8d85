"""How cost grows: with the operations that are recorded, and with the number of inputs in either mode."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import linad as ln
from benchmarks.works import WORKS

LENGTHS = (100, 1_000, 10_000, 100_000, 1_000_000)
INPUTS = (1, 10, 100, 1_000)
FLAT = 2.0  # the longest chain's time of an operation in that of the chain of 1,000


@dataclass(frozen=True, slots=True)
class Chain:
    """Value and gradient of a chain of products: microseconds and bytes of an operation."""

    length: int
    microseconds: float
    bytes: float


@dataclass(frozen=True, slots=True)
class Modes:
    """A gradient by both modes, in the time of the plain function."""

    inputs: int
    forward: float
    reverse: float


def median_seconds(run: Callable[[], Any], seconds: float, fewest: int = 3) -> float:
    """Of a call, of the processor's time: as many calls as fit into the seconds."""
    run()
    taken: list[float] = []
    while len(taken) < fewest or sum(taken) < seconds:
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def chain(length: int, seconds: float) -> Chain:
    work = WORKS["chain"](length)
    both = ln.value_and_grad(work.linad)
    once = median_seconds(lambda: both(*work.arrays), seconds)
    tracemalloc.start()
    both(*work.arrays)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Chain(length, 1e6 * once / length, peak / length)


def modes(inputs: int, seconds: float) -> Modes:
    """Of Rosenbrock's function of so many inputs, and one more."""
    work = WORKS["Rosenbrock"](inputs + 1)
    plain, forward, reverse = (
        median_seconds(lambda f=f: f(*work.arrays), seconds)  # type: ignore[misc]
        for f in (work.linad, ln.jacfwd(work.linad), ln.grad(work.linad))
    )
    return Modes(inputs, forward / plain, reverse / plain)


def flat(chains: Sequence[Chain]) -> float:
    """The longest chain's time of an operation, in that of the chain of 1,000."""
    by_length = {row.length: row.microseconds for row in chains}
    return by_length[LENGTHS[-1]] / by_length[1_000]


def lines(chains: Sequence[Chain], both: Sequence[Modes]) -> Iterator[str]:
    yield "reverse mode by recorded operations: value and gradient of a chain of products"
    for row in chains:
        yield f"    {row.length:9,} operations   {row.microseconds:6.2f} us and {row.bytes:6.0f} bytes each"
    if chains:
        verdict = "met" if flat(chains) <= FLAT else "MISSED"
        yield f"    a million / a thousand  {flat(chains):5.2f}   target {FLAT:.2f} {verdict}"
    yield "a gradient by both modes, in times of the plain function"
    for pair in both:
        yield f"    {pair.inputs:9,} inputs   forward {pair.forward:8.1f}   reverse {pair.reverse:8.1f}"
