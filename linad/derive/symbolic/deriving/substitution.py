"""Equations for several unknowns, solved for one after the other by substitution, until one equation has one unknown.

B X + Y = F, X D + C Y = G is X D - C B X = G - C F, an equation of Sylvester, and then Y = F - B X.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from linad.derive.symbolic.algebra.structures import FREE
from linad.derive.symbolic.algebra.words import Algebra, Atom, Word
from linad.derive.symbolic.deriving.introduced import regular
from linad.derive.symbolic.deriving.isolation import Choice
from linad.derive.symbolic.deriving.products import solver, unknown_of
from linad.derive.symbolic.deriving.tangents import UnderivableError
from linad.derive.symbolic.programs.program import Instruction, Term, Terms, composed, nested


@dataclass(slots=True)
class _Equation:
    """core = right, terms in unknowns and in values."""

    core: list[Term]
    right: list[Term]


def substituted_for(algebra: Algebra, choice: Choice, middles: Sequence[str]) -> list[Instruction]:
    """Instructions for all unknowns of a choice, whose right-hand sides are the ``middles``."""
    if any(u.pattern != FREE for u in choice.unknowns):
        raise UnderivableError("unknowns that are coupled must be of no structure")
    one = Fraction(1)
    equations = [
        _Equation(list(e.core), [Term(one, (), middle, "", ())])
        for e, middle in zip(choice.equations, middles, strict=True)
    ]
    solved: list[tuple[str, list[Term]]] = []
    while len(equations) > 1:
        equation, own = _alone(algebra, equations)
        equations.remove(equation)
        terms = _solved(algebra, equation, own)
        solved.append((own.value, terms))
        for other in equations:
            _replace(algebra, other, own.value, terms)
    (last,) = equations
    name, op = unknown_of(last.core)
    core = [composed(op, t, algebra) for t in last.core]
    right = f"N_{name.removeprefix('S_')}"
    unknown = next(u for u in choice.unknowns if u.name == name)
    instruction, _ = solver(algebra, unknown, core, right)
    instructions: list[Instruction] = [
        Terms(right, tuple(composed(op, t, algebra) for t in last.right)),
        instruction,
    ]
    return instructions + [Terms(name, tuple(terms)) for name, terms in reversed(solved)]


def _alone(algebra: Algebra, equations: Sequence[_Equation]) -> tuple[_Equation, Term]:
    """An unknown that stands once in an equation, between matrices that have inverses: as few of them as can be."""
    found = [
        (equation, t)
        for equation in equations
        for t in equation.core
        if sum(other.value == t.value for other in equation.core) == 1
        and all(
            algebra.symbols[a.name].square and algebra.structure(a).invertible for a in (*t.left, *t.right)
        )
    ]
    if not found:
        raise UnderivableError(
            "the coefficients of coupled unknowns stand on both sides, and no unknown stands alone"
        )
    return min(found, key=lambda pair: sum(_doubt(algebra, a) for a in (*pair[1].left, *pair[1].right)))


def _doubt(algebra: Algebra, atom: Atom) -> int:
    """What is divided by should not be singular: least likely what has an inverse always, most what was introduced."""
    if regular(algebra.structure(atom)):
        return 1
    return 100 if atom.name.startswith("K_") else 10


def _solved(algebra: Algebra, equation: _Equation, own: Term) -> list[Term]:
    """The unknown of a term, as a sum of terms."""
    left, right = algebra.inverse(own.left), algebra.inverse(own.right)
    others = [replace(t, coefficient=-t.coefficient) for t in equation.core if t is not own]
    return [
        composed(
            own.op,
            replace(
                t,
                coefficient=t.coefficient / own.coefficient,
                left=algebra.product(left, t.left),
                right=algebra.product(t.right, right),
            ),
            algebra,
        )
        for t in (*equation.right, *others)
    ]


def _replace(algebra: Algebra, equation: _Equation, name: str, terms: Sequence[Term]) -> None:
    """The unknown replaced by what it is; what that has of known values goes to the right-hand side."""
    unknown = {t.value for t in equation.core} | {t.value for t in terms if t.value.startswith("S_")}
    outer = [t for t in equation.core if t.value == name]
    inner = [nested(t, other, algebra) for t in outer for other in terms]
    equation.core = _merged(
        [*[t for t in equation.core if t.value != name], *[t for t in inner if t.value in unknown]]
    )
    moved = [replace(t, coefficient=-t.coefficient) for t in inner if t.value not in unknown]
    equation.right += moved
    if not equation.core:
        raise UnderivableError("one of the equations follows from the others")


def _merged(terms: Sequence[Term]) -> list[Term]:
    """Equal terms added, those that vanish dropped."""
    total: dict[tuple[Word, str, str, Word], Fraction] = {}
    for t in terms:
        key = (t.left, t.value, t.op, t.right)
        total[key] = total.get(key, Fraction(0)) + t.coefficient
    return [Term(c, left, value, op, right) for (left, value, op, right), c in total.items() if c]
