"""Rules that equations allow: a product for a shorter one, the inverse of an input for solves with its factors.

They come from equations of two words. Which of two products of the same kind is the shorter one is a choice, so there
are alternatives: ``A V`` for ``B V w``, or the other way round.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from linad.derive.symbolic.algebra.words import Algebra, Atom, Expression, Word

Rules = tuple[tuple[Word, Word], ...]
_STEPS = 100  # rules of several equations might go round in a circle


def alternatives(
    algebra: Algebra, equations: Sequence[Expression], outputs: Collection[str]
) -> Iterator[Rules]:
    """All sets of rules, one choice for each equation."""
    choices = [[*_of_equation(algebra, equation, outputs)] or [()] for equation in equations]
    for chosen in itertools.product(*choices):
        yield tuple(rule for rules in chosen for rule in rules)


def rewritten(algebra: Algebra, word: Word, rules: Rules) -> Word:
    """A word to which no rule applies any more; each rule takes inputs away, or inverses of them."""
    i = steps = 0
    while i < len(word) and steps < _STEPS:
        for pattern, replacement in rules:
            if word[i : i + len(pattern)] == pattern:
                word = algebra.product(word[:i], replacement, word[i + len(pattern) :])
                i, steps = -1, steps + 1
                break
        i += 1
    return word


def _of_equation(algebra: Algebra, equation: Expression, outputs: Collection[str]) -> Iterator[Rules]:
    if len(equation) != 2 or sum(equation.values(), Fraction(0)):
        return
    first, second = equation
    pairs = [(first, second), (second, first)]
    inverse = _under_operations(algebra, _inverse_of_input(algebra, pairs, outputs))
    shorter = [pair for pair in pairs if _shortens(*pair, outputs)]
    for pair in shorter:
        yield (*_under_operations(algebra, [pair]), *inverse)
    if not shorter and inverse:
        yield inverse


def _shortens(word: Word, other: Word, outputs: Collection[str]) -> bool:
    """Whether a product with inputs may be replaced: by outputs only, or by outputs and other inputs."""
    inputs, others = ({a.name for a in w if a.name not in outputs} for w in (word, other))
    if len(word) < 2 or not inputs or inputs & others:
        return False
    return not others or any(a.name in outputs for a in word)


def _inverse_of_input(
    algebra: Algebra, pairs: Sequence[tuple[Word, Word]], outputs: Collection[str]
) -> list[tuple[Word, Word]]:
    """What the inverse of the only input is, all matrices being square.

    From l A r = w it is r w^-1 l, from l A^-1 r = w it is l^-1 w r^-1.
    """
    for word, other in pairs:
        inputs = [i for i, atom in enumerate(word) if atom.name not in outputs]
        if len(inputs) != 1 or any(atom.name not in outputs for atom in other):
            continue
        atoms = (*word, *other)
        if not all(algebra.symbols[a.name].square and algebra.structure(a).invertible for a in atoms):
            continue
        (i,) = inputs
        if word[i].inverted:
            replacement = algebra.product(algebra.inverse(word[:i]), other, algebra.inverse(word[i + 1 :]))
            return [((word[i],), replacement)]
        replacement = algebra.product(word[i + 1 :], algebra.inverse(other), word[:i])
        return [(algebra.inverse((word[i],)), replacement)]
    return []


def _under_operations(algebra: Algebra, rules: Sequence[tuple[Word, Word]]) -> Rules:
    """Rules with their transposes, conjugates and adjoints; a rule that repeats itself would never end."""
    found: dict[Word, Word] = {}
    for word, other in rules:
        for op in ("", "T", "C", "H"):
            found.setdefault(algebra.apply(op, word), algebra.apply(op, other))
    return tuple((word, other) for word, other in found.items() if not _contains(other, word))


def _contains(word: Word, part: Sequence[Atom]) -> bool:
    return any(word[i : i + len(part)] == part for i in range(len(word) - len(part) + 1))
