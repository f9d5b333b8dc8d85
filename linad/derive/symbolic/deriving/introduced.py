"""Symbols that the derivation introduces itself: for sums that stand beside unknowns, and for products like A^H A.

(A + B) X = C becomes K X = C with K = A + B, and A^H A X + X = C becomes K X = C with K = A^H A + I: what stands beside
the unknown is one square matrix, which may have an inverse although its parts have none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from linad.derive.symbolic.algebra.structures import Structure, structures
from linad.derive.symbolic.algebra.words import Algebra, Atom, Expression, Symbol, Word, add
from linad.derive.symbolic.programs.auxiliaries import Assembled

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Introduced:
    """Equations with new symbols in them, and what these are."""

    equations: tuple[Expression, ...]
    symbols: tuple[Symbol, ...]
    made: tuple[Assembled, ...]


@dataclass(slots=True)
class _Item:
    """c K0 Y1 K1 Y2 .. Kn: unknown atoms, and sums of known words between them whose first coefficient is one."""

    c: Fraction
    sums: list[Expression]
    unknown: Word


def introduced(
    algebra: Algebra, equations: Sequence[Expression], unknown: Collection[str], count: int
) -> Introduced | None:
    """The equations with a symbol for each sum that can be had; None if there is none. ``count`` are taken."""
    found = _Introducing(algebra, count)
    rewritten = tuple(found.rewritten(equation, unknown) for equation in equations)
    if not found.made:
        return None
    return Introduced(rewritten, tuple(found.symbols), tuple(found.made))


class _Introducing:
    """The symbols so far."""

    def __init__(self, algebra: Algebra, count: int) -> None:
        self.algebra, self.count = algebra, count
        self.symbols: list[Symbol] = []
        self.made: list[Assembled] = []
        self._known: list[tuple[Expression, Atom]] = []

    def rewritten(self, equation: Expression, unknown: Collection[str]) -> Expression:
        items = [_split(word, c, unknown) for word, c in equation.items()]
        items = _gathered([item for item in items if item.unknown]) + [i for i in items if not i.unknown]
        total: list[Expression] = []
        for item in items:
            words: Expression = {(): item.c}
            for i, known in enumerate(item.sums):
                own = self._atom(known) if item.unknown else None
                if own is not None:
                    c, atom = own
                    known = {(atom,): c}
                after = item.unknown[i : i + 1]
                words = add(*({(*w, *v, *after): c * d} for w, c in words.items() for v, d in known.items()))
            total.append({self._product(word): c for word, c in words.items()})
        return add(*total)

    def _product(self, word: Word) -> Word:
        return Algebra([*self.algebra.symbols.values(), *self.symbols]).product(word)

    def _atom(self, known: Expression) -> tuple[Fraction, Atom] | None:
        """The symbol for a sum, with a number before it; None if it may stay as it is."""
        words = [word for word in known if word]
        if not words or self.algebra.ends(words[0])[0] != self.algebra.ends(words[0])[1]:
            return None
        if len(known) == 1 and all(self.algebra.symbols[atom.name].square for atom in words[0]):
            return None
        for other, atom in self._known:
            for c in (known[words[0]] / d for word, d in other.items() if word == words[0]):
                if known == {word: c * d for word, d in other.items()}:
                    return c, atom
        (rows, columns), structure = self.algebra.ends(words[0]), structure_of(self.algebra, known)
        symbol = Symbol(f"K_{self.count + len(self.symbols) + 1}", rows, columns, structure)
        self.symbols.append(symbol)
        self.made.append(Assembled(symbol.name, ((tuple(known.items()),),)))
        larger = Algebra([*self.algebra.symbols.values(), symbol])
        for op in ("", "H", "T", "C"):
            image = add(*({self.algebra.apply(op, word): c} for word, c in known.items()))
            self._known.append((image, larger.canonical(Atom(symbol.name, op))))
        return _ONE, Atom(symbol.name)


def _split(word: Word, c: Fraction, unknown: Collection[str]) -> _Item:
    sums, atoms, start = list[Expression](), list[Atom](), 0
    for i, atom in enumerate(word):
        if atom.name in unknown:
            sums.append({word[start:i]: _ONE})
            atoms.append(atom)
            start = i + 1
    sums.append({word[start:]: _ONE})
    return _Item(c, sums, tuple(atoms))


def _gathered(items: list[_Item]) -> list[_Item]:
    """Items that differ in one sum only become one, until there are none."""
    for i, a in enumerate(items):
        for j, b in enumerate(items[:i]):
            differ = [k for k, (x, y) in enumerate(zip(a.sums, b.sums, strict=False)) if x != y]
            if a.unknown != b.unknown or len(differ) != 1:
                continue
            (k,) = differ
            total = add(*({w: item.c * d for w, d in item.sums[k].items()} for item in (b, a)))
            rest = [item for at, item in enumerate(items) if at not in (i, j)]
            if not total:
                return _gathered(rest)
            c = next(iter(total.values()))
            sums = [*b.sums[:k], {w: d / c for w, d in total.items()}, *b.sums[k + 1 :]]
            return _gathered([*rest[:j], _Item(c, sums, b.unknown), *rest[j:]])
    return items


def structure_of(algebra: Algebra, known: Expression) -> Structure:
    """What a sum of products is by what its products are."""

    def own(op: str) -> bool:
        return add(*({algebra.apply(op, word): c} for word, c in known.items())) == known

    if own("H"):
        definite = all(c > 0 for c in known.values())
        kinds = {_definite(algebra, word) for word in known}
        return structures["positive definite" if definite and kinds <= {"semi", "definite"} and "definite" in kinds
                          else "hermitian"]  # fmt: skip
    if own("T"):
        return structures["symmetric"]
    for triangle in ("lower", "upper"):
        if all(_triangle(algebra, atom) in (triangle, "diagonal") for word in known for atom in word):
            return structures[triangle]
    return structures["general"]


def _definite(algebra: Algebra, word: Word) -> str:
    """definite or semi: a product that is its own adjoint, W^H W or W^H P W."""
    n = len(word)
    half, middle = word[: n // 2], word[n // 2 : n - n // 2]
    if algebra.apply("H", half) != word[n - n // 2 :]:
        return ""
    if middle and not _positive(algebra.structure(middle[0])):
        return ""
    square = all(algebra.symbols[atom.name].square and algebra.structure(atom).invertible for atom in half)
    sure = all(atom.inverted or regular(algebra.structure(atom)) for atom in word)
    return "definite" if square and sure else "semi"


def _positive(structure: Structure) -> bool:
    return structure.name in ("positive definite", "positive semidefinite", "positive diagonal")


def regular(structure: Structure) -> bool:
    """Whether every member has an inverse."""
    return structure.unit or structure.adjoint_is_inverse or structure.name in (
        "positive definite", "positive diagonal", "positive lower", "positive upper",
    )  # fmt: skip


def _triangle(algebra: Algebra, atom: Atom) -> str:
    structure = algebra.structure(atom)
    triangle = "diagonal" if structure.diagonal else structure.triangle
    turned = {"lower": "upper", "upper": "lower"}.get(triangle, triangle)
    return turned if atom.op in ("T", "H") else triangle
