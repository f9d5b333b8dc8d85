"""Levels: one stamp for each derivative call.

A traced array of level k holds a value whose own levels, if any, are lower. Stamps only ever grow, so a derivative
taken inside another has the higher level, and an operation that meets several levels works on the highest first.
No trace stack is kept: what belongs to which derivative is read off the arrays themselves.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from typing import NoReturn, Self

from linad.errors import LeakedTracerError

_stamps = itertools.count(1).__next__
_creation = itertools.count(1).__next__

# Operations of levels at or below this stamp are not recorded in this context.
floor: ContextVar[int] = ContextVar("linad_recording_floor", default=0)


class Level(int):
    """The stamp of one derivative call; ``tick()`` numbers its records in the order of their creation."""

    transform: str
    tick: Callable[[], int] = _creation  # until it is closed

    def __new__(cls, transform: str) -> Self:
        self = int.__new__(cls, _stamps())
        self.transform = transform
        return self

    @property
    def open(self) -> bool:
        """Whether the call is still running: its arrays may be used."""
        return self.tick is _creation

    def close(self) -> None:
        """From here on, an operation on an array of this level raises."""
        self.tick = _raiser(self.transform)


@cache
def _raiser(transform: str) -> Callable[[], NoReturn]:
    return partial(_leaked, transform)


def _leaked(transform: str) -> NoReturn:
    raise LeakedTracerError(transform)


@contextmanager
def opened(transform: str) -> Iterator[Level]:
    """A level that is closed when the block is left."""
    level = Level(transform)
    try:
        yield level
    finally:
        level.close()


@contextmanager
def no_recording() -> Iterator[None]:
    """Inside the block, results of operations are constants.

    Whatever was traced outside is treated as a plain number inside: nothing is recorded and no derivative flows.
    Derivatives that begin inside the block are taken as usual.

    Examples
    --------
    >>> import linad as ln
    >>> x = ln.variable(2.0)
    >>> with ln.no_recording():
    ...     y = 3 * x
    >>> ln.value(y) is y
    True
    """
    token = floor.set(_stamps())
    try:
        yield
    finally:
        floor.reset(token)
