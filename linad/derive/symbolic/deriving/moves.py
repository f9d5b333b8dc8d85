"""What makes a core solvable that has matrices beside its unknowns.

congruence   K = C C^H, S = C S' C^-1 or C^-H S' C^H: unknowns that are triangular stay so, and a Hermitian coefficient
             K goes away
eliminate    an unknown that stands alone and is its own adjoint goes away in the equation minus its adjoint

The unknown that is left then solves an equation of :mod:`linad.derive.symbolic.deriving.products`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.algebra.words import Algebra, Atom, Symbol, Word
from linad.derive.symbolic.deriving.identities import Known, own_operation
from linad.derive.symbolic.deriving.isolation import Choice, Isolated, common
from linad.derive.symbolic.deriving.tangents import UnderivableError, Unknown, mirror
from linad.derive.symbolic.programs.program import Auxiliary, Term, composed


@dataclass(frozen=True, slots=True)
class Congruence:
    """A core after a congruence by the factor of a Hermitian coefficient: S = D S' D^-1 with D ``around``."""

    choice: Choice
    around: Word
    factor: Symbol
    auxiliary: Auxiliary
    core: tuple[Term, ...]
    rest: tuple[Term, ...]


def congruence(algebra: Algebra, choice: Choice) -> Congruence:
    """Factor the only coefficient, if it is positive definite and all unknowns are triangles of one kind."""
    (equation, *others) = choice.equations
    names = {a.name for t in equation.core for a in (*t.left, *t.right) if not algebra.structure(a).diagonal}
    kinds = {_triangle(u) for u in choice.unknowns}
    if others or len(names) != 1 or len(kinds) != 1 or "" in kinds:
        raise UnderivableError("no congruence applies")
    (name,), (kind,) = names, kinds
    symbol = algebra.symbols[name]
    if symbol.structure.name != "positive definite":
        raise UnderivableError(f"{name} would have to be positive definite")
    for factor_kind in ("lower", "upper"):
        try:
            return _by_factor(algebra, choice, symbol, factor_kind, same=factor_kind == kind)
        except UnderivableError:
            continue
    raise UnderivableError("the congruence leaves matrices beside the unknowns")


def _by_factor(algebra: Algebra, choice: Choice, symbol: Symbol, kind: str, same: bool) -> Congruence:
    """By the lower or the upper factor, which is the kind of the unknowns or not."""
    (equation,), name = choice.equations, symbol.name
    letter, function = {"lower": ("C", "cholesky"), "upper": ("B", "cholesky_upper")}[kind]
    factor = Symbol(f"{letter}_{name}", symbol.rows, symbol.columns, structures[f"positive {kind}"])
    larger = Algebra([*algebra.symbols.values(), factor])
    C = (Atom(factor.name),)
    around = C if same else larger.inverse(larger.apply("H", C))

    def factored(word: Word) -> Word:
        parts = []
        for atom in word:
            if atom.name == name:
                both = larger.product(C, larger.apply("H", C))
                both = larger.apply(atom.op, both) if atom.op else both
                parts.append(larger.inverse(both) if atom.inverted else both)
            else:
                parts.append((atom,))
        return larger.product(*parts)

    own = []
    for t in equation.core:
        inner = composed(t.op, Term(t.coefficient, around, t.value, "", larger.inverse(around)), larger)
        left = larger.product(factored(t.left), inner.left)
        own.append(Term(t.coefficient, left, t.value, t.op, larger.product(inner.right, factored(t.right))))
    prefix, suffix = common(own)
    core = tuple(
        replace(t, left=t.left[len(prefix) :], right=t.right[: len(t.right) - len(suffix)]) for t in own
    )
    if any(not larger.structure(a).diagonal for t in core for a in (*t.left, *t.right)):
        raise UnderivableError("the congruence leaves matrices beside the unknowns")
    left, right = larger.inverse(prefix), larger.inverse(suffix)
    rest = tuple(
        replace(t, left=larger.product(left, t.left), right=larger.product(t.right, right))
        for t in equation.rest
    )
    return Congruence(choice, around, factor, Auxiliary(factor.name, function, name), core, rest)


def _triangle(u: Unknown) -> str:
    """lower or upper, where the unknown is a triangle with its diagonal."""
    pattern = u.pattern
    if pattern.on not in ("free", "real"):
        return ""
    return {("free", "zero"): "lower", ("zero", "free"): "upper"}.get((pattern.below, pattern.above), "")


Alone = tuple[str, Fraction, tuple[Term, ...]]  # c T = M - the other terms


def eliminate(
    algebra: Algebra, unknowns: Sequence[Unknown], equation: Isolated, known: Known
) -> tuple[Alone | None, tuple[Term, ...], tuple[Term, ...]]:
    """The unknown that was eliminated, the core without it and its right-hand side."""
    patterns = {u.name: u.symbol.structure for u in unknowns if mirror(u.pattern)}
    core = [own_operation(t, patterns) for t in equation.core]
    if len(unknowns) == 1:
        return None, tuple(core), equation.rest
    for u in unknowns:
        own = [t for t in core if t.value == u.name]
        mirrored = mirror(u.pattern)
        if mirrored is None or len(own) != 1 or own[0].left or own[0].right or own[0].op:
            continue
        op, sign = mirrored
        others = tuple(t for t in core if t.value != u.name)
        return (
            (u.name, own[0].coefficient, others),
            tuple(own_operation(t, patterns) for t in _less(others, op, sign, algebra)),
            tuple(own_operation(t, known) for t in _less(equation.rest, op, sign, algebra)),
        )
    raise UnderivableError("no unknown stands alone")


def _less(terms: Sequence[Term], op: str, sign: int, algebra: Algebra) -> list[Term]:
    """A sum minus, or plus, its image under an operation."""
    images = [composed(op, t, algebra) for t in terms]
    return [*terms, *[replace(t, coefficient=-sign * t.coefficient) for t in images]]
