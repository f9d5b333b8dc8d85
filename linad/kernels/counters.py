"""How often each LAPACK routine ran, in this thread and context, and how many operations that were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from linad.kernels.flops import FLOPS


class Counts(Counter[str]):
    """Calls by routine, one for each matrix; ``flops`` is the sum of their operations.

    Additions and multiplications of the numbers' own type are counted, leading terms, of products, triangular solves,
    factorizations and inverses by BLAS and LAPACK. NumPy's products of small blocks are not.
    """

    flops = 0.0


_counter: ContextVar[Counts | None] = ContextVar("linad_counters", default=None)


@contextmanager
def counters() -> Iterator[Counts]:
    """Count the LAPACK routines that linad runs inside a block, one count for each matrix.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> A, b = np.eye(3) + 1, np.ones(3)
    >>> with ln.counters() as ran:
    ...     g = ln.grad(lambda A: np.sum(np.linalg.solve(A, b)))(A)
    >>> ran["getrf"], round(ran.flops)  # of it 2/3 n^3
    (1, 54)
    """
    ran = Counts()
    token = _counter.set(ran)
    try:
        yield ran
    finally:
        _counter.reset(token)


def counting() -> bool:
    """Whether somebody counts."""
    return _counter.get() is not None


@contextmanager
def counted() -> Iterator[None]:
    """Inside, nothing is counted: it is what a routine that was counted is made of here."""
    token = _counter.set(None)
    try:
        yield
    finally:
        _counter.reset(token)


def count(routine: str, times: int = 1, *dimensions: int) -> None:
    """Note calls of a routine, with the dimensions that its operations are counted by."""
    ran = _counter.get()
    if ran is not None:
        ran[routine] += times
        if dimensions:
            ran.flops += times * FLOPS[routine](*dimensions)
