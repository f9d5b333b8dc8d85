"""Products of matrices as words, sums of them as expressions; equality is syntactic after canonicalisation.

An atom is a symbol with an operation (none, T, C for conjugate, H for adjoint), perhaps inverted. Structures make atoms
canonical: the inverse of a unitary matrix is its adjoint, the adjoint of a Hermitian one itself. In a word, neighbours
that are inverse to each other cancel; for a matrix with orthonormal columns on one side only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from linad.derive.symbolic.algebra.structures import Structure


@dataclass(frozen=True, slots=True)
class Symbol:
    """A matrix: its name, dimensions by letters, and structure. ``tall`` and ``wide`` are relations of the letters."""

    name: str
    rows: str
    columns: str
    structure: Structure

    @property
    def square(self) -> bool:
        return self.rows == self.columns


class Atom(NamedTuple):
    """A symbol with an operation, perhaps inverted."""

    name: str
    op: str = ""
    inverted: bool = False

    def __str__(self) -> str:
        return (
            self.name
            + {"": "", "H": ".H", "T": ".T", "C": ".conj"}[self.op]
            + ("^-1" if self.inverted else "")
        )


Word = tuple[Atom, ...]
Expression = dict[Word, Fraction]

# Operations compose like bits: T is 1, C is 2, H is both.
_BITS = {"": 0, "T": 1, "C": 2, "H": 3}
_OPS = {bits: op for op, bits in _BITS.items()}


def compose(first: str, second: str) -> str:
    """The operation that is one after the other."""
    return _OPS[_BITS[first] ^ _BITS[second]]


def reverses(op: str) -> bool:
    """Whether an operation turns the order of a product around."""
    return op in ("T", "H")


class Algebra:
    """The symbols of a problem, and products of them."""

    def __init__(self, symbols: Iterable[Symbol]) -> None:
        self.symbols: dict[str, Symbol] = {symbol.name: symbol for symbol in symbols}

    @property
    def real(self) -> frozenset[str]:
        """The names of the real matrices."""
        return frozenset(name for name, symbol in self.symbols.items() if symbol.structure.real)

    def structure(self, atom: Atom) -> Structure:
        return self.symbols[atom.name].structure

    def canonical(self, atom: Atom) -> Atom:
        symbol = self.symbols[atom.name]
        structure = symbol.structure
        name, op, inverted = atom
        if inverted and structure.adjoint_is_inverse and symbol.square:
            op, inverted = compose(op, "H"), False
        if structure.real:
            op = {"C": "", "H": "T"}.get(op, op)
        if structure.symmetric:
            op = {"T": "", "H": "C"}.get(op, op)
        if structure.self_adjoint:
            op = {"H": "", "T": "C"}.get(op, op)
        if structure.real:
            op = {"C": ""}.get(op, op)
        return Atom(name, op, inverted)

    def apply(self, op: str, word: Word) -> Word:
        """An operation on a product."""
        atoms = [self.canonical(Atom(a.name, compose(a.op, op), a.inverted)) for a in word]
        return tuple(reversed(atoms)) if reverses(op) else tuple(atoms)

    def inverse(self, word: Word) -> Word:
        """The inverse of a product, of a matrix with orthonormal columns the one-sided one."""
        atoms = []
        for a in reversed(word):
            structure = self.structure(a)
            if structure.adjoint_is_inverse:
                atoms.append(self.canonical(Atom(a.name, compose(a.op, "H"), a.inverted)))
            else:
                atoms.append(self.canonical(Atom(a.name, a.op, not a.inverted)))
        return tuple(atoms)

    def product(self, *words: Word) -> Word:
        """The product, with neighbours that are inverse to each other cancelled."""
        result: list[Atom] = []
        for word in words:
            for atom in word:
                if result and self._cancel(result[-1], atom):
                    result.pop()
                else:
                    result.append(atom)
        return tuple(result)

    def _cancel(self, a: Atom, b: Atom) -> bool:
        if a.name != b.name:
            return False
        symbol = self.symbols[a.name]
        if symbol.structure.adjoint_is_inverse:
            inverse = self.canonical(Atom(b.name, compose(b.op, "H"), b.inverted)) == a
            return inverse and (symbol.square or reverses(a.op))
        if a.op != b.op or a.inverted == b.inverted:
            return False
        if symbol.square:
            return True
        # A one-sided inverse: on the left of a tall matrix, on the right of a wide one.
        tall = self.tall(symbol)
        return a.inverted if tall != reverses(a.op) else b.inverted

    def ends(self, word: Word) -> tuple[str, str]:
        """The letters of the rows and of the columns of a product that is not empty."""
        (rows, _), (_, columns) = (self.shape(atom) for atom in (word[0], word[-1]))
        return rows, columns

    def shape(self, atom: Atom) -> tuple[str, str]:
        """The letters of the rows and of the columns of an atom."""
        symbol = self.symbols[atom.name]
        turned = reverses(atom.op) != atom.inverted
        return (symbol.columns, symbol.rows) if turned else (symbol.rows, symbol.columns)

    @staticmethod
    def tall(symbol: Symbol) -> bool:
        """Whether a non-square symbol has more rows than columns: what is lower or has orthonormal columns."""
        return symbol.structure.triangle != "upper" and not symbol.structure.wide


def add(*expressions: Mapping[Word, Fraction]) -> Expression:
    """The sum of expressions; words with coefficient zero are dropped."""
    total: Expression = {}
    for expression in expressions:
        for word, c in expression.items():
            total[word] = total.get(word, Fraction(0)) + c
    return {word: c for word, c in total.items() if c}
