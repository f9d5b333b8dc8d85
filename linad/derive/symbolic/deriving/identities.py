"""Whether sums of terms vanish: entry by entry at a place, given what is known of the values.

A condition that an entrywise solution leaves over is such a sum. Below the diagonal, terms that are upper triangular
vanish; on it, diagonal matrices on both sides of a term come together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.structures import Structure
from linad.derive.symbolic.algebra.words import Algebra, Atom, Word, compose, reverses
from linad.derive.symbolic.deriving.cores import Condition, Side
from linad.derive.symbolic.deriving.rewriting import Rules, rewritten
from linad.derive.symbolic.deriving.tangents import mirror
from linad.derive.symbolic.programs.program import Term, composed

Known = Mapping[str, Structure]  # values whose tangents lie in the pattern of a structure


def holds(
    algebra: Algebra, condition: Condition, rest: Sequence[Sequence[Term]], known: Known, rules: Rules
) -> bool:
    """Whether a condition on the M holds, where each M is a sum of terms."""
    total: dict[tuple[Word, str, str, Word], Fraction] = {}
    for t in _expanded(algebra, condition, rest):
        tidied = replace(t, left=_tidy(algebra, t.left, rules), right=_tidy(algebra, t.right, rules))
        tidied = own_operation(tidied, known)
        if condition.place == "below" and _triangle(algebra, tidied, known) == "upper":
            continue
        if condition.place == "on":
            if _strict(algebra, tidied, known):
                continue
            tidied = _gathered(algebra, tidied)
        key = (tidied.left, tidied.value, tidied.op, tidied.right)
        total[key] = total.get(key, Fraction(0)) + tidied.coefficient
    return not any(total.values())


def _expanded(algebra: Algebra, condition: Condition, rest: Sequence[Sequence[Term]]) -> list[Term]:
    """The condition times its common denominator, as terms: powers of diagonal entries are words."""
    sides = condition.sides
    terms = []
    for side, value in sides.items():
        weight = value.above * _without(sides, side)
        for monomial, c in weight.terms.items():
            left, right = (_diagonals(monomial, at) for at in "rc")
            for t in rest[side[0]]:
                turned = composed(side[1], t, algebra)
                terms.append(
                    Term(
                        c * turned.coefficient,
                        algebra.product(left, turned.left),
                        turned.value,
                        turned.op,
                        algebra.product(turned.right, right),
                    )
                )
    return terms


def _without(sides: Mapping[Side, object], side: Side) -> Polynomial:
    """The product of the distinct denominators but one's own."""
    own = sides[side].below  # type: ignore[attr-defined]  # Rational
    product = Polynomial.number(1)
    for below in dict.fromkeys(value.below for value in sides.values()):  # type: ignore[attr-defined]
        if below != own:
            product = product * below
    return product


def _diagonals(monomial: tuple[tuple[tuple[str, str], int], ...], at: str) -> Word:
    return tuple(
        Atom(name.removesuffix("_conj"), "C" if name.endswith("_conj") else "")
        for (name, side), power in monomial
        if side == at
        for _ in range(power)
    )


def _tidy(algebra: Algebra, word: Word, rules: Rules) -> Word:
    """Rewritten, and neighbouring diagonal matrices in order: they commute."""
    word = rewritten(algebra, word, rules)
    atoms = list(word)
    for i in range(len(atoms)):
        for j in range(len(atoms) - 1 - i):
            a, b = atoms[j], atoms[j + 1]
            if algebra.structure(a).diagonal and algebra.structure(b).diagonal and b < a:
                atoms[j], atoms[j + 1] = b, a
    return algebra.product(tuple(atoms))


def own_operation(t: Term, known: Known) -> Term:
    """The same term with the value as it is, where an operation only gives it a sign."""
    structure = known.get(t.value)
    mirrored = mirror(structure.pattern) if structure is not None else None
    if structure is not None and structure.real:
        t = replace(t, op={"C": "", "H": "T"}.get(t.op, t.op))
    if mirrored is None:
        return t
    op, sign = mirrored
    other = compose(t.op, op)
    return replace(t, op=other, coefficient=t.coefficient * sign) if other < t.op else t


def _triangle(algebra: Algebra, t: Term, known: Known) -> str:
    """lower, upper or neither: what a whole term is."""
    structure = known.get(t.value)
    pattern = structure.pattern if structure else None
    shapes = []
    if pattern is None or not pattern.plain or (pattern.below != "zero" and pattern.above != "zero"):
        return ""
    own = "diagonal" if pattern.below == pattern.above else "lower" if pattern.above == "zero" else "upper"
    shapes.append({"lower": "upper", "upper": "lower"}.get(own, own) if reverses(t.op) else own)
    for atom in (*t.left, *t.right):
        row = algebra.structure(atom)
        triangle = "diagonal" if row.diagonal else row.triangle
        if not algebra.symbols[atom.name].square:
            return ""
        shapes.append(
            {"lower": "upper", "upper": "lower"}.get(triangle, triangle) if reverses(atom.op) else triangle
        )
    for shape in ("lower", "upper"):
        if all(s in (shape, "diagonal") for s in shapes):
            return shape
    return ""


def _strict(algebra: Algebra, t: Term, known: Known) -> bool:
    """Whether a whole term is triangular with zeros on its diagonal."""
    return bool(_triangle(algebra, t, known)) and known[t.value].pattern.on == "zero"


def _gathered(algebra: Algebra, t: Term) -> Term:
    """On the diagonal: outer diagonal matrices of both sides come together on the left."""
    right = t.right
    moved: Word = ()
    while right and algebra.structure(right[-1]).diagonal:
        moved, right = (right[-1], *moved), right[:-1]
    left = t.left
    outer: Word = ()
    while left and algebra.structure(left[0]).diagonal:
        outer, left = (*outer, left[0]), left[1:]
    return replace(t, left=algebra.product(_tidy(algebra, (*outer, *moved), ()), left), right=right)
