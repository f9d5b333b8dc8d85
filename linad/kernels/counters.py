"""How often each LAPACK routine ran, in this thread and context."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_counter: ContextVar[Counter[str] | None] = ContextVar("linad_counters", default=None)


@contextmanager
def counters() -> Iterator[Counter[str]]:
    """Count the LAPACK routines that linad runs inside a block, one count for each matrix.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> A, b = np.eye(3) + 1, np.ones(3)
    >>> with ln.counters() as ran:
    ...     g = ln.grad(lambda A: np.sum(np.linalg.solve(A, b)))(A)
    >>> ran["getrf"]
    1
    """
    ran: Counter[str] = Counter()
    token = _counter.set(ran)
    try:
        yield ran
    finally:
        _counter.reset(token)


def counting() -> bool:
    """Whether somebody counts."""
    return _counter.get() is not None


def count(routine: str, times: int = 1) -> None:
    ran = _counter.get()
    if ran is not None:
        ran[routine] += times
