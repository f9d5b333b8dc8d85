"""Dimensions while a text is read: letters where they are declared, else whatever makes the operations fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.calculus.nodes import Shape

LETTERS = ("m", "n", "k", "p", "q", "r", "s", "t", "u", "v", "w")


class Dimension:
    """One dimension: joined with others that must be equal."""

    __slots__ = ("letter", "same")

    def __init__(self, letter: str | None = None) -> None:
        self.letter, self.same = letter, self

    def root(self) -> Dimension:
        top = self
        while top.same is not top:
            top = top.same
        return top

    def __str__(self) -> str:
        return self.root().letter or "?"


def join(a: Dimension, b: Dimension) -> bool:
    """Make two dimensions equal; false if both have letters, and different ones."""
    a, b = a.root(), b.root()
    if a is b:
        return True
    if a.letter and b.letter:
        return a.letter == b.letter
    if b.letter:
        a, b = b, a
    b.same = a
    return True


class Kind(NamedTuple):
    """What a part of an expression is: its dimensions, and whether it is a row."""

    dimensions: tuple[Dimension, ...] = ()
    row: bool = False

    @property
    def rank(self) -> int:
        return len(self.dimensions)

    @property
    def words(self) -> str:
        """For messages: a scalar, a row of length n, an m-by-n matrix."""
        d = [str(dimension) for dimension in self.dimensions]
        known = all(letter != "?" for letter in d)
        if not d:
            return "a scalar"
        if len(d) == 1:
            return ("a row" if self.row else "a vector") + (f" of length {d[0]}" if known else "")
        if len(d) == 2:
            return f"a matrix of shape ({d[0]}, {d[1]})" if known else "a matrix"
        return f"a tensor of {len(d)} axes"


@dataclass(frozen=True, slots=True)
class Declared:
    """A symbol: what it is, and whether it is symmetric."""

    kind: Kind
    symmetric: bool = False


_GREEK = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda lamda mu nu xi omicron pi rho sigma tau upsilon phi chi
psi omega
"""
GREEK = frozenset(_GREEK.split())
WORDS = {"scalar": 0, "vector": 1, "matrix": 2, "symmetric": 2, "hermitian": 2}
_UNKNOWN = {word for structure in structures for word in structure.split()} - WORDS.keys()


def guessed(name: str, rank: int | None = None) -> Declared:
    """By its first letter: capital a matrix, Greek a scalar, else a vector."""
    greek = "\N{GREEK SMALL LETTER ALPHA}" <= name[0] <= "\N{GREEK SMALL LETTER OMEGA}"
    if rank is None:
        rank = 2 if name[0].isupper() else 0 if greek or name.split("_")[0] in GREEK else 1
    return Declared(Kind(tuple(Dimension() for _ in range(rank))))


def declared(text: str, letters: dict[str, Dimension]) -> Declared | str:
    """What a declaration says, such as ``n n symmetric``; or what is wrong with it."""
    words = text.split()
    given = [word for word in words if word not in WORDS]
    structure = [word for word in words if word in WORDS]
    if words[: len(given)] != given or len(structure) > 1:
        return "dimensions come first, then at most one of " + ", ".join(WORDS)
    if strange := [word for word in given if word in _UNKNOWN]:
        return f"{strange[0]} is a structure that expressions do not know; they know {', '.join(WORDS)}"
    if strange := [word for word in given if not word.isidentifier()]:
        return f"{strange[0]} is no letter of a dimension"
    rank = WORDS[structure[0]] if structure else len(given)
    if structure and given and len(given) != rank:
        return f"a {structure[0]} has {rank} dimensions"
    if not words:
        return "it is empty: write scalar, or dimensions such as 'm n'"
    dimensions = [letters.setdefault(letter, Dimension(letter)) for letter in given]
    dimensions = dimensions or [Dimension() for _ in range(rank)]
    symmetric = structure in (["symmetric"], ["hermitian"])
    if symmetric and not join(*dimensions):
        return "a symmetric matrix is square"
    return Declared(Kind(tuple(dimensions)), symmetric)


def name_all(dimensions: Iterable[Dimension]) -> None:
    """Give letters to the dimensions that have none, in order."""
    roots = list(dict.fromkeys(dimension.root() for dimension in dimensions))
    taken = {root.letter for root in roots}
    unnamed = [root for root in roots if root.letter is None]
    letters = [*(LETTERS[1:] if len(unnamed) == 1 else LETTERS), *(f"n{i}" for i in range(len(roots)))]
    free = (letter for letter in letters if letter not in taken)
    for root in unnamed:
        root.letter = next(free)


def shape(dimensions: Sequence[Dimension]) -> Shape:
    return tuple(str(dimension) for dimension in dimensions)


def turned(kind: Kind) -> Kind:
    """The transpose."""
    return kind._replace(row=not kind.row) if kind.rank == 1 else Kind(kind.dimensions[::-1])
