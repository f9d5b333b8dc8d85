"""The works that are timed, by name; each is a function of the size, and of the batch where there is one."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.works import factorizations, programs, systems
from benchmarks.works.work import Work

__all__ = ["WORKS", "Work"]

WORKS: dict[str, Callable[..., Work]] = {
    "LU": factorizations.lu,
    "Cholesky": factorizations.cholesky,
    "QR": factorizations.qr,
    "eigh": factorizations.eigh,
    "SVD": factorizations.svd,
    "solve": systems.solve,
    "slogdet": systems.slogdet,
    "det": systems.det,
    "inv": systems.inv,
    "likelihood": systems.likelihood,
    "Hessian product": systems.hessian_product,
    "chain": programs.chain,
    "Rosenbrock": programs.rosenbrock,
    "least squares": programs.least_squares,
    "elementwise": programs.elementwise,
}
