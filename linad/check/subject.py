"""What laws are tried on: a function, its operands, random vectors. An operation's point, or a user's function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from linad.check.domains import Array, Domain, Rng


class Subject(Protocol):
    """A function with operands on which derivatives can be tried."""

    @property
    def name(self) -> str: ...

    @property
    def traced(self) -> tuple[int, ...]:
        """The operands that derivatives are taken of."""
        ...

    @property
    def invariants(self) -> Callable[..., tuple[Any, ...]] | None:
        """Of the results, what does not depend on phases and signs that the function leaves open."""
        ...

    def call(self, operands: Sequence[Any]) -> Any:
        """The function at operands, plain or traced."""
        ...

    def operands(self) -> list[Array]:
        """Where it is tried."""
        ...

    def domain(self, i: int) -> Domain:
        """The domain of an operand."""
        ...

    def rng(self, purpose: str) -> Rng:
        """Random numbers that depend on the subject and the purpose alone."""
        ...

    def tangents(self, purpose: str, operands: Sequence[Array]) -> list[Array]:
        """Random tangents of the operands."""
        ...
