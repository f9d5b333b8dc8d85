"""Triangular forms under unitary similarity: S T - T S + dT = M with S skew-Hermitian and T triangular, unknown both.

Strictly below the diagonal of an upper T only S T - T S is left, and only the lower triangle of S takes part: a
triangular Sylvester equation. Then dT is what is left of M. A lower T is the adjoint of an upper one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from linad.derive.symbolic.algebra.words import Algebra, Atom
from linad.derive.symbolic.deriving.isolation import Choice
from linad.derive.symbolic.deriving.tangents import UnderivableError, Unknown, projection
from linad.derive.symbolic.programs.program import Instruction, Kernels, Term, Terms, composed
from linad.derive.symbolic.programs.solvers import Turn

_REFUSED = "the core is not that of a triangular form, S T - T S + dT = M"


@dataclass(frozen=True, slots=True)
class Turning:
    """The basis and the triangle, instructions for the turn S, and for dT when S is known."""

    basis: Unknown
    triangle: Unknown
    turn: tuple[Instruction, ...]
    form: tuple[Instruction, ...]


def turning(algebra: Algebra, choice: Choice, middle: str, name: str) -> Turning:
    """How a choice is solved, whose right-hand side is the ``middle``; the turn is under a ``name``."""
    if len(choice.equations) != 1 or len(choice.unknowns) != 2:
        raise UnderivableError(_REFUSED)
    basis, triangle = sorted(choice.unknowns, key=lambda u: not u.symbol.structure.adjoint_is_inverse)
    structure = triangle.symbol.structure
    if not basis.symbol.structure.adjoint_is_inverse or not (basis.symbol.square and triangle.symbol.square):
        raise UnderivableError(_REFUSED)
    if not structure.triangle or structure.pattern.on != "free":
        raise UnderivableError(_REFUSED)
    core = choice.equations[0].core
    own = [t.op for t in core if t.value == triangle.name]
    op = own[0]
    if len(own) != 1 or op not in ("", "H"):
        raise UnderivableError(_REFUSED)
    turned = [_own(composed(op, t, algebra), basis.name) for t in core]
    T = (Atom(triangle.symbol.name),)
    sides = {"R": (T, ()), "L": ((), T)}
    (d,) = (t for t in turned if t.value == triangle.name)
    found = {(t.left, t.right): t.coefficient for t in turned if t.value == basis.name}
    c = found.get(((), T), Fraction(0))
    if (
        len(turned) != 3
        or not c
        or found != {((), T): c, (T, ()): -c}
        or (d.left, d.right) != sides[triangle.side]
    ):
        raise UnderivableError(_REFUSED)
    lower = structure.triangle == "lower"
    M, S, N = Term(Fraction(1), (), middle, op, ()), basis.name, f"N_{triangle.symbol.name}"
    given = composed("H" if lower else "", replace(M, coefficient=1 / c), algebra)
    plain = given == Term(Fraction(1), (), middle, "", ())
    right = middle if plain else f"{middle}_turned"
    turn: tuple[Instruction, ...] = () if plain else (Terms(right, (given,)),)
    turn += (Turn(name, algebra.canonical(Atom(triangle.symbol.name, "H" if lower else "")), "N", right),)
    form = (
        Terms(
            N,
            (
                replace(M, coefficient=1 / d.coefficient),
                Term(-c / d.coefficient, (), S, "", T),
                Term(c / d.coefficient, T, S, "", ()),
            ),
        ),
        Kernels(f"d{triangle.symbol.name}", projection(triangle.symbol, N)),
    )
    return Turning(basis, triangle, turn, form)


def _own(t: Term, skew: str) -> Term:
    """The adjoint of what is skew-Hermitian is its negative."""
    return replace(t, op="", coefficient=-t.coefficient) if t.value == skew and t.op == "H" else t
