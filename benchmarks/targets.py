"""The targets: which work, at which sizes, against whom, and the ratio that is to be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

BEST = "best peer"
FLOOR = "LAPACK"

VALUE_AND_GRADIENT = "value and gradient"
COTANGENT = "cotangent"  # the pullback alone
REPLAYED = "replayed"  # value and gradient, by what ln.compile made


class Task(NamedTuple):
    """What is timed at once: a work at a size, in a mode, of a batch perhaps."""

    work: str
    size: int
    mode: str = VALUE_AND_GRADIENT
    batch: tuple[int, ...] = ()

    def __str__(self) -> str:
        many = f"{self.batch[0]} x " if self.batch else ""
        return f"{self.work}, {many}n = {self.size}, {self.mode}"


@dataclass(frozen=True, slots=True)
class Target:
    """linad's time over that of ``against``: a peer, the best of those installed, or the bare LAPACK call."""

    work: str
    sizes: Sequence[int]
    against: str
    limit: float
    mode: str = VALUE_AND_GRADIENT
    batch: tuple[int, ...] = ()


TARGETS = (
    Target("LU", (500, 1000, 2000), FLOOR, 3.0, COTANGENT),
    Target("Cholesky", (400, 1000), FLOOR, 3.0, COTANGENT),
    Target("LU", (256, 512, 1024), BEST, 0.40),
    Target("Cholesky", (256, 512, 1024), BEST, 0.40),
    Target("likelihood", (256, 512, 1024), BEST, 0.55),
    Target("slogdet", (256, 512, 1024), BEST, 0.85),
    Target("det", (256, 512, 1024), BEST, 0.85),
    Target("inv", (256, 512, 1024), BEST, 0.85),
    Target("QR", (256, 512, 1024), BEST, 0.70),
    Target("solve", (256, 512, 1024), BEST, 1.0),
    Target("eigh", (256, 512), BEST, 0.90),
    Target("SVD", (256, 512), BEST, 0.90),
    Target("solve", (4,), BEST, 1.1, batch=(1000,)),
    Target("slogdet", (4,), BEST, 1.1, batch=(1000,)),
    Target("LU", (4,), BEST, 1.1, batch=(1000,)),
    Target("Cholesky", (4,), BEST, 1.1, batch=(1000,)),
    Target("solve", (8,), BEST, 1.3, batch=(1000,)),
    Target("slogdet", (8,), BEST, 1.3, batch=(1000,)),
    Target("LU", (8,), BEST, 1.3, batch=(1000,)),
    Target("Cholesky", (8,), BEST, 1.3, batch=(1000,)),
    Target("solve", (4,), "torch", 0.35),
    Target("slogdet", (4,), "torch", 0.35),
    Target("likelihood", (4,), "torch", 0.35),
    Target("LU", (4,), "torch", 0.5),
    Target("Hessian product", (4,), "torch", 0.5),
    Target("QR", (4,), "torch", 0.5),
    Target("eigh", (4,), "torch", 0.5),
    Target("Cholesky", (4,), "torch", 0.5),
    Target("solve", (4, 16), "jax", 0.7, REPLAYED),
    Target("slogdet", (4, 16), "jax", 0.7, REPLAYED),
    Target("likelihood", (4, 16), "jax", 0.7, REPLAYED),
    Target("LU", (4, 16), "jax", 1.0, REPLAYED),
    Target("Hessian product", (4, 16), "jax", 0.7, REPLAYED),
    Target("QR", (4, 16), "jax", 0.7, REPLAYED),
    Target("eigh", (4, 16), "jax", 0.7, REPLAYED),
    Target("Cholesky", (4, 16), "jax", 0.7, REPLAYED),
    Target("solve", (4, 16), "pytensor", 1.2, REPLAYED),
    Target("likelihood", (4, 16), "pytensor", 1.2, REPLAYED),
    Target("Cholesky", (4, 16), "pytensor", 1.2, REPLAYED),
    Target("chain", (1000,), "autograd", 0.1),
    Target("chain", (1000,), "torch", 0.25),
)

# Peak memory of value and gradient beyond the arguments, in the bytes of the arguments.
MEMORY = (
    ("likelihood", 1024, 3.0),
    ("solve", 1024, None),
    ("slogdet", 1024, None),
    ("inv", 1024, None),
    ("LU", 1024, None),
    ("Cholesky", 1024, None),
    ("QR", 1024, None),
    ("eigh", 512, None),
    ("SVD", 512, None),
)

IMPORT_SECONDS = 0.05  # of linad, beyond numpy and scipy.linalg


def tasks() -> dict[Task, list[Target]]:
    """What has to be timed, each once, with the targets that are judged by it."""
    found: dict[Task, list[Target]] = {}
    for target in TARGETS:
        for size in target.sizes:
            found.setdefault(Task(target.work, size, target.mode, target.batch), []).append(target)
    return found
