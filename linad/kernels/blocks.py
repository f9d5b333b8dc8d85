"""Block upper triangular matrices with one and the same block on the whole diagonal.

    [A H1 .  ]
    [  A  H2 ]        of which a function f has f(A) on its diagonal, and above it what derivatives of f(A) are made of
    [     A  ]

They are kept, multiplied and divided by their blocks: with one block above the diagonal a product costs three products
of the blocks and not eight, and a division has one factorization (Al-Mohy and Higham, 2009).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from linad.kernels.products import matmul

Array = np.ndarray[Any, Any]
Place = tuple[int, int]


class Blocks:
    """``diagonal`` everywhere on the diagonal, ``above[i, j]`` for i < j; what is absent there is zero."""

    __slots__ = ("above", "diagonal", "order")

    def __init__(self, diagonal: Array, above: dict[Place, Array], order: int) -> None:
        self.diagonal, self.above, self.order = diagonal, above, order

    @classmethod
    def bidiagonal(cls, A: Array, matrices: Sequence[Array]) -> Blocks:
        return cls(A, {(i, i + 1): X for i, X in enumerate(matrices)}, len(matrices) + 1)

    @property
    def corner(self) -> Array:
        """The last block of the first row."""
        return self.above[0, self.order - 1]

    def places(self) -> Iterator[Place]:
        """All places above the diagonal, each after those on its left and below it."""
        for distance in range(1, self.order):
            for i in range(self.order - distance):
                yield i, i + distance

    def part(self, i: int, j: int) -> Array | None:
        return self.diagonal if i == j else self.above.get((i, j))

    def __matmul__(self, other: Blocks) -> Blocks:
        above = {}
        for i, j in self.places():
            total = self._sum(other, i, j, range(i, j + 1))
            if total is not None:
                above[i, j] = total
        return Blocks(matmul(self.diagonal, other.diagonal), above, self.order)

    def _sum(self, other: Blocks, i: int, j: int, between: range) -> Array | None:
        """The sum of the products of blocks (i, k) and (k, j)."""
        total = None
        for k in between:
            left, right = self.part(i, k), other.part(k, j)
            if left is not None and right is not None:
                product = matmul(left, right)
                total = product if total is None else total + product
        return total

    def __add__(self, other: Blocks) -> Blocks:
        above = dict(self.above)
        for place, X in other.above.items():
            above[place] = above[place] + X if place in above else X
        return Blocks(self.diagonal + other.diagonal, above, self.order)

    def __mul__(self, number: Any) -> Blocks:
        """Times a number, or one for each matrix of a batch."""
        return Blocks(self.diagonal * number, {k: X * number for k, X in self.above.items()}, self.order)

    def shifted(self, number: float) -> Blocks:
        """Plus a multiple of the identity."""
        identity = np.eye(self.diagonal.shape[-1], dtype=self.diagonal.dtype)
        return Blocks(self.diagonal + number * identity, self.above, self.order)

    def solved(self, right: Blocks, solve: Callable[[Array], Array]) -> Blocks:
        """The inverse of this one times another; ``solve`` applies the inverse of its diagonal block."""
        found = Blocks(solve(right.diagonal), {}, self.order)
        for i, j in self.places():
            known, rest = right.part(i, j), self._sum(found, i, j, range(i + 1, j + 1))
            if rest is not None:
                known = -rest if known is None else known - rest
            if known is not None:
                found.above[i, j] = solve(known)
        return found

    def root(self, diagonal: Array, solve: Callable[[Array], Array]) -> Blocks:
        """The square root with a given root of the diagonal block R; ``solve(F)`` is X of R X + X R = F."""
        found = Blocks(diagonal, {}, self.order)
        for i, j in self.places():
            known, rest = self.part(i, j), found._sum(found, i, j, range(i + 1, j))
            if rest is not None:
                known = -rest if known is None else known - rest
            if known is not None:
                found.above[i, j] = solve(known)
        return found
