"""Small functions, recorded as they run: value and gradient against autograd and PyTorch.

Each case is one function written three times, with the same numbers. A peer that is not installed is reported absent.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import linad as ln
from benchmarks.timing import Timing, alternate, assert_same

Run = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A function to differentiate, and the targets: the largest ratio to each peer."""

    name: str
    arrays: tuple[Any, ...]
    linad: Callable[..., Any]
    autograd: Callable[..., Any] | None
    torch: Callable[..., Any]
    targets: dict[str, float]


def _chain(x: Any) -> Any:
    y = x
    for _ in range(1000):
        y = y * x
    return y


def cases() -> list[Case]:
    rng = np.random.default_rng(0)
    A, b = rng.normal(size=(4, 4)) + 4 * np.eye(4), rng.normal(size=4)
    x = rng.normal(size=16)
    anp = _peer("autograd.numpy")
    torch = _peer("torch")

    def rosenbrock(x: Any) -> Any:
        return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()

    return [
        Case("chain of 1000 products", (1.0001,), _chain, _chain, _chain, {"autograd": 0.1}),
        Case(
            "solve, n = 4, both gradients",
            (A, b),
            lambda A, b: np.linalg.solve(A, b).sum(),
            lambda A, b: anp.sum(anp.linalg.solve(A, b)),
            lambda A, b: torch.linalg.solve(A, b).sum(),
            {"torch": 0.35},
        ),
        Case("Rosenbrock, n = 16", (x,), rosenbrock, rosenbrock, rosenbrock, {}),
        Case(
            "least squares, 4 x 4",
            (A, b),
            lambda A, b: ((A @ b - b) ** 2).sum(),
            lambda A, b: anp.sum((A @ b - b) ** 2),
            lambda A, b: ((A @ b - b) ** 2).sum(),
            {},
        ),
        Case(
            "sin(x) exp(-x^2), n = 16",
            (x,),
            lambda x: (np.sin(x) * np.exp(-(x**2))).sum(),
            lambda x: anp.sum(anp.sin(x) * anp.exp(-(x**2))),
            lambda x: (torch.sin(x) * torch.exp(-(x**2))).sum(),
            {},
        ),
    ]


def _peer(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def contestants(case: Case) -> dict[str, Run]:
    """The same derivative by linad and by each installed peer; all agree, or this raises."""
    every = tuple(range(len(case.arrays)))
    ours = ln.value_and_grad(case.linad, every)
    runs: dict[str, Run] = {"linad": lambda: ours(*case.arrays)}
    reference = list(ours(*case.arrays)[1])
    autograd, torch = _peer("autograd"), _peer("torch")
    if autograd is not None and case.autograd is not None:
        theirs = autograd.value_and_grad(lambda arrays: case.autograd(*arrays))
        runs["autograd"] = lambda: theirs(case.arrays)
        assert_same(case.name, reference, list(runs["autograd"]()[1]))
    if torch is not None:
        torch.set_num_threads(1)

        tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in case.arrays]

        def run() -> Any:
            value = case.torch(*tensors)
            return value, torch.autograd.grad(value, tensors)

        runs["torch"] = run
        assert_same(case.name, reference, [g.numpy() for g in run()[1]])
    return runs


def report(seconds: float = 3.0) -> bool:
    """Print every ratio; whether all targets are met."""
    met = True
    for case in cases():
        timings = alternate(contestants(case), seconds=seconds)
        print(f"{case.name:32}  linad {timings['linad'].median * 1e6:9.1f} us")
        for peer in ("autograd", "torch"):
            print(f"    / {peer:9} {_row(timings, peer, case.targets.get(peer))}")
            if peer in timings and peer in case.targets:
                met &= timings["linad"].median <= case.targets[peer] * timings[peer].median
    return met


def _row(timings: dict[str, Timing], peer: str, target: float | None) -> str:
    if peer not in timings:
        return "absent"
    theirs = timings[peer]
    ratio = timings["linad"].median / theirs.median
    text = f"{ratio:6.3f}   ({theirs.median * 1e6:9.1f} us, quartiles {theirs.spread * 1e6:.1f} us apart)"
    if target is not None:
        text += f"   target {target:.2f}: {'met' if ratio <= target else 'missed'}"
    return text
