"""Equations for several unknowns that none of them determines alone: one solve with the matrix of their coefficients.

H X + A^H Y = F, A X = G is [H, A^H; A, 0] [X; Y] = [F; G]. All coefficients must stand on one side of the unknowns. An
unknown that stands with an operation everywhere is taken with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from linad.derive.symbolic.algebra.structures import FREE, PLACE, Structure, structures
from linad.derive.symbolic.algebra.words import Algebra, Atom, Symbol, Word, add, compose, reverses
from linad.derive.symbolic.deriving.isolation import Choice
from linad.derive.symbolic.deriving.tangents import UnderivableError
from linad.derive.symbolic.programs.auxiliaries import Assembled, Place, Sum
from linad.derive.symbolic.programs.program import Instruction, Term, Terms, composed

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Coupled:
    """Symbols of the matrix and of the places in it, what they are, and the instructions that solve."""

    symbols: tuple[Symbol, ...]
    made: tuple[Assembled | Place, ...]
    instructions: tuple[Instruction, ...]


def coupled(algebra: Algebra, choice: Choice, middles: Sequence[str], count: int) -> Coupled:
    """The solution for all unknowns of a choice, whose right-hand sides are the ``middles``."""
    unknowns = choice.unknowns
    if len(unknowns) != len(choice.equations) or len(unknowns) < 2:
        raise UnderivableError(f"there are {len(choice.equations)} equations for {len(unknowns)} unknowns")
    if any(u.pattern != FREE for u in unknowns):
        raise UnderivableError("unknowns that are coupled must be of no structure")
    own, turns = _turned(choice)
    cores = [
        [composed(turn, t, algebra) for t in e.core] for e, turn in zip(choice.equations, turns, strict=True)
    ]
    left = not any(t.right for core in cores for t in core)
    sizes = tuple((u.symbol.name, reverses(own[u.name]) == left) for u in unknowns)
    letters = [u.shape[columns] for u, (_, columns) in zip(unknowns, sizes, strict=True)]
    order = _ordered(
        algebra, cores, letters, {u.name: letter for u, letter in zip(unknowns, letters, strict=True)}, left
    )
    table = [[_sum(cores[e], u.name, left) for u in unknowns] for e in order]
    blocks = tuple(map(tuple, table if left else zip(*table, strict=True)))
    K = Symbol(f"K_{count + 1}", "+".join(letters), "+".join(letters), _structure(algebra, blocks))
    places = [
        Symbol(f"E_{u.symbol.name}", K.rows, letter, PLACE)
        for u, letter in zip(unknowns, letters, strict=True)
    ]
    larger = Algebra([*algebra.symbols.values(), K, *places])

    def beside(inner: Word, outer: Word = ()) -> tuple[Word, Word]:
        """Words on the side of the coefficients, from the left outwards; mirrored on the right."""
        return ((*outer, *inner), ()) if left else ((), (*larger.apply("H", inner), *outer))

    Z, inverse = f"Z_{unknowns[0].symbol.name}", (Atom(K.name, "", True),)
    terms, ends = [], []
    for u, E, e in zip(unknowns, places, order, strict=True):
        before, after = beside((Atom(E.name),), inverse)
        terms.append(Term(_ONE, before, middles[e], turns[e], after))
        before, after = beside(larger.apply("H", (Atom(E.name),)))
        ends.append(Terms(u.name, (composed(own[u.name], Term(_ONE, before, Z, "", after), larger),)))
    made: list[Assembled | Place] = [Assembled(K.name, blocks, sizes)]
    made += [Place(E.name, i, sizes) for i, E in enumerate(places)]
    return Coupled((K, *places), tuple(made), (Terms(Z, tuple(terms)), *ends))


def _structure(algebra: Algebra, blocks: Sequence[Sequence[Sum]]) -> Structure:
    """Hermitian, where the blocks are."""
    turned = [
        [add(*({algebra.apply("H", word): c} for word, c in block)) for block in column]
        for column in zip(*blocks, strict=True)
    ]
    own = turned == [[dict(block) for block in row] for row in blocks]
    return structures["hermitian" if own else "general"]


def one_sided(choice: Choice) -> bool:
    """Whether all coefficients stand on one side of the unknowns, each with its operation."""
    _, turns = _turned(choice)
    sides = {
        reverses(turn) != bool(t.right)
        for e, turn in zip(choice.equations, turns, strict=True)
        for t in e.core
        if t.left or t.right
    }
    both = any(t.left and t.right for e in choice.equations for t in e.core)
    return len(sides) < 2 and not both


def _turned(choice: Choice) -> tuple[dict[str, str], list[str]]:
    """Operations on unknowns, and on equations, after which each unknown stands as it is everywhere."""
    own: dict[str, str] = {}
    turns: dict[int, str] = {}
    while len(turns) < len(choice.equations):
        e = next(
            (
                i
                for i, e in enumerate(choice.equations)
                if i not in turns and any(t.value in own for t in e.core)
            ),
            next(i for i in range(len(choice.equations)) if i not in turns),
        )
        core = choice.equations[e].core
        turns[e] = next((compose(own[t.value], t.op) for t in core if t.value in own), "")
        for t in core:
            op = compose(turns[e], t.op)
            if own.setdefault(t.value, op) != op:
                raise UnderivableError("an unknown stands beside its own adjoint, transpose or conjugate")
    return own, [turns[i] for i in range(len(choice.equations))]


def _ordered(
    algebra: Algebra, cores: Sequence[Sequence[Term]], letters: Sequence[str], of: dict[str, str], left: bool
) -> list[int]:
    """The equations in the order of the unknowns, so that sizes match; the matrix is square then."""

    def letter(core: Sequence[Term]) -> str:
        word = next((t.left if left else t.right for t in core if t.left or t.right), ())
        return algebra.ends(word)[0 if left else 1] if word else of[core[0].value]

    heights = [letter(core) for core in cores]
    order: list[int] = []
    for wanted in letters:
        found = next((e for e, height in enumerate(heights) if height == wanted and e not in order), None)
        if found is None:
            raise UnderivableError(
                f"the matrix of the coefficients is {'+'.join(heights)} x {'+'.join(letters)}, which is not square"
            )
        order.append(found)
    return order


def _sum(core: Sequence[Term], unknown: str, left: bool) -> Sum:
    """The coefficient of an unknown."""
    total = add(*({t.left if left else t.right: t.coefficient} for t in core if t.value == unknown))
    return tuple(total.items())
