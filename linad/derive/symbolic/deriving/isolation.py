"""Isolation: what stands on both sides of all unknowns is multiplied away, and the core is left.

The side of each unknown is a choice, and so is which of two products a rule replaces: all are tried, and what leaves
the fewest matrices beside the unknowns is kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from linad.derive.symbolic.algebra.words import Algebra, Atom, Expression, Symbol, Word, reverses
from linad.derive.symbolic.deriving.rewriting import Rules, alternatives, rewritten
from linad.derive.symbolic.deriving.tangents import UnderivableError, Unknown, linearise, sides, substituted
from linad.derive.symbolic.programs.program import Term


@dataclass(frozen=True, slots=True)
class Isolated:
    """An equation with its unknowns isolated: prefix core suffix = rest; rest is on the other side, sign included."""

    terms: tuple[Term, ...]  # the differential, values by the names of symbols
    core: tuple[Term, ...]  # values are unknowns
    prefix: Word
    suffix: Word
    rest: tuple[Term, ...]  # with the inverses of prefix and suffix applied


@dataclass(frozen=True, slots=True)
class Choice:
    """Sides for all unknowns, and the equations isolated with them."""

    unknowns: tuple[Unknown, ...]
    rules: Rules
    equations: tuple[Isolated, ...]
    cost: int  # how many matrices that are not diagonal, or have no inverse, are left beside the unknowns


def isolate(
    algebra: Algebra,
    equations: Sequence[Expression],
    outputs: Collection[str],
    unknown: Sequence[Symbol],
    context: Sequence[Expression],
) -> list[Choice]:
    """The choices for some equations, the best ones first; rules come from all equations of the ``context``."""
    choices = []
    for rules in alternatives(algebra, context, outputs):
        for chosen in itertools.product(*[sides(symbol) for symbol in unknown]):
            unknowns = tuple(Unknown(symbol, side) for symbol, side in zip(unknown, chosen, strict=True))
            isolated = [_isolated(algebra, equation, unknowns, rules) for equation in equations]
            if all(isolated):
                found = tuple(e for e in isolated if e is not None)
                cost = sum(
                    not (algebra.structure(a).diagonal and algebra.symbols[a.name].square)
                    for e in found
                    for t in e.core
                    for a in (*t.left, *t.right)
                )
                choices.append(Choice(unknowns, rules, found, cost))
    if not choices:
        raise UnderivableError("the unknowns cannot be isolated: what stands beside them has no inverse")
    return sorted(choices, key=lambda choice: choice.cost)


def _isolated(
    algebra: Algebra, equation: Expression, unknowns: Sequence[Unknown], rules: Rules
) -> Isolated | None:
    by_name = {u.symbol.name: u for u in unknowns}
    terms = linearise(algebra, equation)

    def tidy(t: Term) -> Term:
        return Term(
            t.coefficient,
            rewritten(algebra, t.left, rules),
            t.value,
            t.op,
            rewritten(algebra, t.right, rules),
        )

    own = [tidy(substituted(algebra, t, by_name[t.value])) for t in terms if t.value in by_name]
    prefix, suffix = common(own)
    before = _divided(algebra, prefix, by_name, "left")
    after = _divided(algebra, suffix[::-1], by_name, "right")
    if (before, after) != (len(prefix), len(suffix)):
        if any(u.side for u in unknowns):  # what has no inverse stays beside unknowns that are whole tangents
            return None
        prefix, suffix = prefix[:before], suffix[len(suffix) - after :]
    left, right = algebra.inverse(prefix), algebra.inverse(suffix)
    rest = tuple(
        tidy(
            Term(
                -t.coefficient, algebra.product(left, t.left), t.value, t.op, algebra.product(t.right, right)
            )
        )
        for t in terms
        if t.value not in by_name
    )
    core = tuple(_stripped(t, len(prefix), len(suffix)) for t in own)
    return Isolated(tuple(terms), core, prefix, suffix, rest)


def _divided(algebra: Algebra, word: Word, unknown: Collection[str], side: str) -> int:
    """How many matrices of a word, from its beginning, can be multiplied away from a side."""
    return next((i for i, a in enumerate(word) if not _divides(algebra, a, unknown, side)), len(word))


def _divides(algebra: Algebra, atom: Atom, unknown: Collection[str], side: str) -> bool:
    """Whether a matrix can be multiplied away from a side.

    One that is not square has a one-sided inverse by its structure; what that loses, the tangent of the matrix itself
    must make up for, so it must be unknown.
    """
    symbol = algebra.symbols[atom.name]
    if symbol.square or not symbol.structure.invertible:
        return symbol.structure.invertible
    structured = symbol.structure.adjoint_is_inverse or symbol.structure.triangle
    tall = (algebra.tall(symbol) != reverses(atom.op)) != atom.inverted
    return bool(structured) and atom.name in unknown and tall == (side == "left")


def common(terms: Sequence[Term]) -> tuple[Word, Word]:
    """The longest prefix and suffix that all terms share."""
    return (
        _shared([t.left for t in terms]),
        _shared([t.right[::-1] for t in terms])[::-1],
    )


def _shared(words: Sequence[Word]) -> Word:
    n = 0
    while all(len(word) > n and word[n] == words[0][n] for word in words):
        n += 1
    return words[0][:n]


def _stripped(t: Term, before: int, after: int) -> Term:
    return Term(t.coefficient, t.left[before:], t.value, t.op, t.right[: len(t.right) - after])
