"""The targets: which work, at which sizes, against whom, and the ratio that is to be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BEST = "best peer"
FLOOR = "LAPACK"


@dataclass(frozen=True, slots=True)
class Target:
    """linad's time over that of ``against``: a peer, the best of those installed, or the bare LAPACK call.

    ``mode`` is ``value and gradient``, ``cotangent`` (the pullback alone) or ``replayed``.
    """

    work: str
    sizes: Sequence[int]
    against: str
    limit: float
    mode: str = "value and gradient"
    batch: tuple[int, ...] = ()


TARGETS = (
    Target("LU", (500, 1000, 2000), FLOOR, 3.0, "cotangent"),
    Target("Cholesky", (400, 1000), FLOOR, 3.0, "cotangent"),
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
    Target("solve", (4, 16), "jax", 0.7, "replayed"),
    Target("slogdet", (4, 16), "jax", 0.7, "replayed"),
    Target("likelihood", (4, 16), "jax", 0.7, "replayed"),
    Target("LU", (4, 16), "jax", 1.0, "replayed"),
    Target("Hessian product", (4, 16), "jax", 0.7, "replayed"),
    Target("QR", (4, 16), "jax", 0.7, "replayed"),
    Target("eigh", (4, 16), "jax", 0.7, "replayed"),
    Target("Cholesky", (4, 16), "jax", 0.7, "replayed"),
    Target("solve", (4, 16), "pytensor", 1.2, "replayed"),
    Target("likelihood", (4, 16), "pytensor", 1.2, "replayed"),
    Target("Cholesky", (4, 16), "pytensor", 1.2, "replayed"),
    Target("chain", (1000,), "autograd", 0.1),
    Target("chain", (1000,), "torch", 0.25),
)
