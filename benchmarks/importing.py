"""How long imports take beyond numpy and scipy.linalg: in fresh processes that take turns, with bytecode at hand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.ratios import Spread
from benchmarks.targets import IMPORT_SECONDS

FIRST = "linad, and a first gradient"
STATEMENTS = {
    "linad": "import linad",
    FIRST: (
        "import linad; A = numpy.eye(3)\n"
        "linad.grad(lambda A: numpy.sum(numpy.linalg.solve(A, numpy.sin(A))))(A)"
    ),
    "autograd": "import autograd.numpy, autograd.scipy.linalg",
    "jax": "import jax.numpy, jax.scipy.linalg",
    "torch": "import torch",
    "pytensor": "import pytensor.tensor",
}
ROUNDS = 11
_TIMED = """
import numpy, scipy.linalg
from benchmarks.clock import now
start = now()
{}
print(now() - start)
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """Seconds by name."""

    seconds: dict[str, Spread]

    @property
    def met(self) -> bool:
        return self.seconds["linad"].median <= IMPORT_SECONDS

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"met": self.met, "target": IMPORT_SECONDS}


def imported(names: Sequence[str], rounds: int = ROUNDS) -> Imported:
    """Time the imports of those that are installed, in turn."""
    taken: dict[str, list[float]] = {name: [] for name in names}
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for i in range(rounds + 1):
        for name in names:
            command = [sys.executable, "-c", _TIMED.format(STATEMENTS[name])]
            said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            if i:  # the first may compile
                taken[name].append(float(said.stdout.split()[-1]))
    return Imported({name: Spread.of(times) for name, times in taken.items()})


def lines(row: Imported) -> Iterator[str]:
    yield "import, beyond numpy and scipy.linalg"
    for name, spread in row.seconds.items():
        text = f"    {name:28} {spread.median:6.3f} s  ({spread.low:.3f} to {spread.high:.3f})"
        if name == "linad":
            distance = spread.median / IMPORT_SECONDS
            verdict = "met" if row.met else f"MISSED, {distance:.2f} x the target"
            text += f"   target {IMPORT_SECONDS:.2f} {verdict}"
        yield text
