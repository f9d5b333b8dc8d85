"""Tangents of outputs that are not square, or may be singular: from the equation, with the other tangents known."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from linad.derive.symbolic.algebra.words import Algebra, Atom, reverses
from linad.derive.symbolic.deriving.isolation import Choice, Isolated
from linad.derive.symbolic.deriving.tangents import UnderivableError, Unknown, occurrences, projection
from linad.derive.symbolic.programs.program import Instruction, Kernels, Term, Terms, composed


def may_be_singular(u: Unknown, choice: Choice) -> bool:
    """Whether a triangular factor may end in a zero, which the equation then spares the rule to divide by.

    That is so where nothing says that its diagonal is not zero, it stands once in one equation, and the other unknowns
    need only what is strictly off the diagonal.
    """
    structure = u.symbol.structure
    if not structure.triangle or structure.pattern.on != "free" or len(choice.equations) > 1:
        return False
    (equation,) = choice.equations
    own = occurrences(equation.terms, u.symbol.name)
    others = [v for v in choice.unknowns if v is not u]
    if len(own) != 1 or own[0].op or not others:
        return False
    if any(a.name == u.symbol.name for a in (*own[0].left, *own[0].right)):
        return False
    return all(v.pattern.on == "zero" and v.symbol.structure.triangle and v.symbol.square for v in others)


def from_equation(
    algebra: Algebra, u: Unknown, choice: Choice, values: Mapping[str, str]
) -> list[Instruction]:
    """The tangent dY that balances the equation."""
    symbol = u.symbol
    (equation,) = choice.equations
    t = _own(algebra, u, equation)
    terms = []
    for other in equation.terms:
        if other.value == symbol.name or algebra.symbols[other.value].structure.fixed:
            continue
        if other.value not in values:
            raise UnderivableError(f"the tangents of {symbol.name} and {other.value} need each other")
        terms.append(_moved(algebra, t, other, values))
    name = f"d{symbol.name}"
    if not symbol.structure.triangle:
        return [Terms(name, tuple(terms))]
    return [  # forbidden entries are exactly zero
        Terms(f"N_{symbol.name}", tuple(terms)),
        Kernels(name, projection(symbol, f"N_{symbol.name}")),
    ]


def from_projection(
    algebra: Algebra, u: Unknown, choice: Choice, values: Mapping[str, str]
) -> list[Instruction]:
    """The tangent Y S + (I - Y Y^H) G of a factor, where the other one is not square either."""
    symbol = u.symbol
    if not symbol.structure.adjoint_is_inverse or len(choice.equations) > 1:
        raise UnderivableError(f"{symbol.name} and another factor are not square, and not orthonormal")
    (equation,) = choice.equations
    t = _own(algebra, u, equation, square=False)
    if (reverses(t.op) != symbol.structure.wide and t.right) or (
        reverses(t.op) == symbol.structure.wide and t.left
    ):
        raise UnderivableError(f"{symbol.name} does not stand on the outside")
    others = {v.symbol.name for v in choice.unknowns if v is not u}
    Y = (Atom(symbol.name),)
    terms = []
    for other in equation.terms:
        if other.value in others:  # (I - Y Y^H) takes it away
            word = other.right[::-1] if reverses(t.op) else other.left
            if word[:1] != (algebra.canonical(Atom(symbol.name, t.op)),):
                raise UnderivableError(f"{symbol.name} does not stand on the outside of {other.value}")
        elif other.value in values:
            terms.append(_moved(algebra, t, other, values))
    G = f"N_{symbol.name}"
    both = (
        (algebra.canonical(Atom(symbol.name, "H")), *Y)
        if symbol.structure.wide
        else (*Y, *algebra.apply("H", Y))
    )
    before, after = ((), both) if symbol.structure.wide else (both, ())
    own = Term(Fraction(1), *(((), u.name, "", Y) if u.side == "L" else (Y, u.name, "", ())))
    return [
        Terms(G, tuple(terms)),
        Terms(
            f"d{symbol.name}",
            (own, Term(Fraction(1), (), G, "", ()), Term(Fraction(-1), before, G, "", after)),
        ),
    ]


def _moved(algebra: Algebra, own: Term, other: Term, values: Mapping[str, str]) -> Term:
    """What another term gives to the tangent of an output, brought to the other side of the equation."""
    inner = Term(
        -other.coefficient / own.coefficient,
        algebra.product(algebra.inverse(own.left), other.left),
        values[other.value],
        other.op,
        algebra.product(other.right, algebra.inverse(own.right)),
    )
    return composed(own.op, inner, algebra)


def _own(algebra: Algebra, u: Unknown, equation: Isolated, square: bool = True) -> Term:
    """The one term of an output's tangent."""
    own = occurrences(equation.terms, u.symbol.name)
    if len(own) != 1:
        raise UnderivableError(f"the tangent of {u.symbol.name} occurs {len(own)} times")
    beside = [algebra.symbols[a.name] for a in (*own[0].left, *own[0].right)]
    if any(not s.structure.invertible or (square and not s.square) for s in beside):
        raise UnderivableError(f"what stands beside the tangent of {u.symbol.name} has no inverse")
    return own[0]
