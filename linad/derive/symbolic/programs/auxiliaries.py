"""Matrices that a program computes from known ones before it begins.

auxiliary   a function of one matrix, C = cholesky(K)
assembled   a sum of products, K = A^H A + B, or blocks of such sums, K = [A, B; C, 0]
place       columns of the identity, E = [0; I]: E X is zero but for a block that is X, E^H Y is that block of Y
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from linad.derive.symbolic.algebra.words import Word

Sum = tuple[tuple[Word, Fraction], ...]
Sizes = tuple[
    tuple[str, bool], ...
]  # of blocks: those of a matrix, its rows, or where that is said its columns


@dataclass(frozen=True, slots=True)
class Auxiliary:
    """A function of one matrix."""

    name: str
    function: str
    of: str

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.of})


@dataclass(frozen=True, slots=True)
class Assembled:
    """Blocks, each a sum of products, an empty one zero; a single one is the matrix itself and needs no sizes."""

    name: str
    blocks: tuple[tuple[Sum, ...], ...]
    sizes: Sizes = ()

    @property
    def words(self) -> list[Word]:
        return [word for row in self.blocks for block in row for word, _ in block]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset(
            {atom.name for word in self.words for atom in word} | {name for name, _ in self.sizes}
        )


@dataclass(frozen=True, slots=True)
class Place:
    """The columns of the identity that belong to one of several blocks."""

    name: str
    at: int
    sizes: Sizes

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({name for name, _ in self.sizes})


Made = Auxiliary | Assembled | Place


def is_identity(made: Made) -> bool:
    """Whether it is the identity of an order."""
    return isinstance(made, Auxiliary) and made.function == "identity"
