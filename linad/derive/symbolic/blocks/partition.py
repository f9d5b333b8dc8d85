"""The 2x2 partition of an equation: blocks of its matrices, and the equations that blocks of both sides make.

Which blocks a matrix has follows from its pattern: what is zero above the diagonal has no block there, and what is
mirrored there has the mirror image. Diagonal blocks have the structure of the whole, other blocks none. Structures
that blocks do not inherit (orthonormal columns) are refused.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.algebra.words import Algebra, Atom, Expression, Symbol, Word, add, reverses
from linad.derive.symbolic.deriving.tangents import UnderivableError, mirror

Grid = tuple[tuple[Expression, ...], ...]
GENERAL = structures["general"]


@dataclass(frozen=True, slots=True)
class Cut:
    """The letter of a dimension that is cut in two, and the letters of its parts.

    A trapezoidal matrix is cut where its triangle ends: then the first part is its other dimension.
    """

    letter: str
    first: str
    second: str

    @property
    def halves(self) -> bool:
        """Whether both parts are problems of the same form, or the first one only."""
        return self.first.startswith(self.letter)

    def parts(self, letter: str) -> tuple[str, ...]:
        return (self.first, self.second) if letter == self.letter else (letter,)


def choose_cut(symbols: Sequence[Symbol]) -> Cut:
    """Where to cut: a trapezoid at its triangle, else the first structured square matrix in halves."""
    for symbol in symbols:
        if symbol.structure.triangle and not symbol.square:
            short, long = symbol.rows, symbol.columns
            if Algebra.tall(symbol):
                short, long = long, short
            return Cut(long, short, f"{long}2")
    for symbol in symbols:
        if symbol.square and symbol.structure != GENERAL:
            return Cut(symbol.rows, f"{symbol.rows}1", f"{symbol.rows}2")
    raise UnderivableError("no matrix has a structure that its blocks could have")


class Partition:
    """The blocks of all matrices of a problem.

    Attributes
    ----------
    algebra
        The blocks as symbols; what is not cut is its own only block.
    grids
        For each matrix its blocks, as expressions: zero, a block, or its mirror image.
    where
        For each block the matrix that it is of, and its row and column among the blocks from one; zero: not cut.
    mirrored
        Blocks that stand for a second one.
    """

    def __init__(self, symbols: Sequence[Symbol], cut: Cut, upper: bool = False) -> None:
        self.cut = cut
        self.upper = upper  # of mirror images the block above the diagonal is kept
        self.algebra = Algebra(())
        self.grids: dict[str, Grid] = {}
        self.where: dict[str, tuple[str, int, int]] = {}
        self.mirrored: set[str] = set()
        for symbol in symbols:
            self.grids[symbol.name] = self._grid(symbol)

    def _grid(self, symbol: Symbol) -> Grid:
        rows, columns = self.cut.parts(symbol.rows), self.cut.parts(symbol.columns)
        structure = symbol.structure
        if len(rows) == len(columns) == 1:
            return ((self._block(symbol, 0, 0, symbol),),)
        if structure.adjoint_is_inverse or structure.unit_columns or structure.pattern.band:
            raise UnderivableError(f"{symbol.name} is {structure.name}, and its blocks are not")
        square = len(rows) == len(columns)
        pattern, grid = structure.pattern, []
        for i, m in enumerate(rows, 1):
            line: list[Expression] = []
            for j, n in enumerate(columns, 1):
                at = (i if len(rows) > 1 else 0, j if len(columns) > 1 else 0)
                own = structure if m == n else GENERAL
                name = f"{symbol.name}_{''.join(str(k) for k in at if k)}"
                zero = (i > j and pattern.below == "zero") or (i < j and pattern.above == "zero")
                if square and zero:
                    line.append({})
                elif square and i != j and (i > j) == self.upper and (image := mirror(pattern)):
                    mirrored = f"{symbol.name}_{j}{i}"
                    self.mirrored.add(mirrored)
                    line.append({(Atom(mirrored, image[0]),): Fraction(image[1])})
                else:
                    line.append(self._block(Symbol(name, m, n, own), *at, symbol))
            grid.append(tuple(line))
        return tuple(grid)

    def _block(self, block: Symbol, i: int, j: int, whole: Symbol) -> Expression:
        self.algebra.symbols[block.name] = block
        self.where[block.name] = whole.name, i, j
        return {(Atom(block.name),): Fraction(1)}

    def diagonal_block(self, name: str, k: int) -> str:
        """The k-th diagonal block of a matrix, or what it has in its place: a block of rows, or itself."""
        grid = self.grids[name]
        row, column = (k - 1 if len(grid) > 1 else 0), (k - 1 if len(grid[0]) > 1 else 0)
        ((word, _),) = grid[row][column].items()
        return word[0].name

    def first_parts(self) -> dict[str, Symbol]:
        """The matrices with the dimensions of their first diagonal blocks."""
        parts = {name: self.algebra.symbols[self.diagonal_block(name, 1)] for name in self.grids}
        return {name: replace(part, name=name) for name, part in parts.items()}

    # -- equations ---------------------------------------------------------------------------------------------------

    def equations(self, equation: Expression) -> list[Expression]:
        """The equations of the blocks of both sides, without those that are mirror images of others."""
        found: list[Expression] = []
        grids = [self._scaled(self._product(word), c) for word, c in equation.items() if word]
        m, n = len(grids[0]), len(grids[0][0])
        if () in equation:
            grids.append(self._scaled(_identity(m), equation[()]))
        for i, j in sorted(
            itertools.product(range(m), range(n)), key=lambda at: at if self.upper else at[::-1]
        ):
            e = add(*(grid[i][j] for grid in grids))
            if e and not any(self._same(e, other) for other in found):
                found.append(e)
        return found

    def _product(self, word: Word) -> Grid:
        first, *others = map(self._of_atom, word)
        return reduce(self._times, others, first)

    def _of_atom(self, atom: Atom) -> Grid:
        grid = self.grids[atom.name]
        if atom.inverted and len(grid) * len(grid[0]) > 1:
            raise UnderivableError(f"blocks of the inverse of {atom.name} are not inverses of its blocks")
        if atom.inverted:
            ((word, c),) = grid[0][0].items()
            return (({self.algebra.apply(atom.op, self.algebra.inverse(word)): c},),)
        turned = tuple(zip(*grid, strict=True)) if reverses(atom.op) else grid
        return tuple(tuple(self._under(atom.op, e) for e in line) for line in turned)

    def _under(self, op: str, e: Expression) -> Expression:
        return {self.algebra.apply(op, word): c for word, c in e.items()}

    def _times(self, left: Grid, right: Grid) -> Grid:
        return tuple(
            tuple(
                add(*(self._of_two(a, line[j]) for a, line in zip(row, right, strict=True)))
                for j in range(len(right[0]))
            )
            for row in left
        )

    def _of_two(self, left: Expression, right: Expression) -> Expression:
        return add(*({self.algebra.product(v, w): c * d} for v, c in left.items() for w, d in right.items()))

    @staticmethod
    def _scaled(grid: Grid, c: Fraction) -> Grid:
        return tuple(tuple({word: c * d for word, d in e.items()} for e in line) for line in grid)

    def _same(self, e: Expression, other: Expression) -> bool:
        images = [self._under(op, e) for op in ("", "T", "H")]
        return any(image == other or add(image, other) == {} for image in images)


def _identity(n: int) -> Grid:
    return tuple(tuple({(): Fraction(1)} if i == j else {} for j in range(n)) for i in range(n))


def renamed(equation: Mapping[Word, Fraction], names: Mapping[str, str], algebra: Algebra) -> Expression:
    """An equation with other symbols in the place of its own."""
    return {
        algebra.product(tuple(algebra.canonical(Atom(names[a.name], a.op, a.inverted)) for a in word)): c
        for word, c in equation.items()
    }
