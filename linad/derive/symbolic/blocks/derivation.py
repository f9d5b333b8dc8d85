"""From the 2x2 partition of an equation to the recursive program of its tangent.

The equations of the blocks are solved one after the other. One that is the whole equation again, written for diagonal
blocks, with a rest that is known, is solved by the program itself; the rest joins the input that stands alone. One
that has a single unknown block gives it by solves with the blocks beside it, or by a triangular Sylvester equation.
The cotangent program is the adjoint, step by step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from linad.derive.symbolic.algebra.words import (
    Atom,
    Expression,
    Symbol,
    Word,
    add,
)
from linad.derive.symbolic.blocks.partition import Partition, choose_cut, renamed
from linad.derive.symbolic.blocks.program import Again, BlockProgram, Step, simplify
from linad.derive.symbolic.deriving.tangents import UnderivableError, linearise
from linad.derive.symbolic.programs.program import Sylvester, Term, Terms, composed

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Stripped:
    """An equation without the fixed factors on its outside, which are applied to its input beforehand.

    The input stands in it for left^-1 input right^-1.
    """

    equation: Expression
    symbols: tuple[Symbol, ...]
    input: str
    left: Word
    right: Word


def strip(inputs: Sequence[Symbol], outputs: Sequence[Symbol], equations: Sequence[Expression]) -> Stripped:
    """The one equation, its fixed outer factors taken off."""
    if len(equations) != 1:
        raise UnderivableError(f"one equation is partitioned, not {len(equations)}")
    symbols = {s.name: s for s in (*inputs, *outputs)}
    fixed = {name for name, s in symbols.items() if s.structure.fixed}
    alone = _alone(inputs, equations[0])
    left: list[Atom] = []
    right: list[Atom] = []
    equation = dict(equations[0])
    others = [word for word in equation if word != (Atom(alone),)]
    if alone and others and all(others):
        while all(w and w[0] == others[0][0] and w[0].name in fixed for w in others):
            left.append(others[0][0])
            others = [w[1:] for w in others]
        while all(w and w[-1] == others[0][-1] and w[-1].name in fixed for w in others):
            right.insert(0, others[0][-1])
            others = [w[:-1] for w in others]
        kept = [c for word, c in equation.items() if word != (Atom(alone),)]
        equation = {(Atom(alone),): equation[Atom(alone),], **dict(zip(others, kept, strict=True))}
    used = {atom.name for word in equation for atom in word}
    rest = tuple(s for s in (*inputs, *outputs) if s.name in used)
    return Stripped(equation, rest, alone, tuple(left), tuple(right))


def _alone(inputs: Sequence[Symbol], equation: Expression) -> str:
    """The input that is a whole word of an equation and occurs nowhere else; empty if there is none."""
    for symbol in inputs:
        words = [w for w in equation if any(atom.name == symbol.name for atom in w)]
        if words == [(Atom(symbol.name),)]:
            return symbol.name
    return ""


def derive_blocks(
    inputs: Sequence[Symbol], outputs: Sequence[Symbol], equations: Sequence[Expression]
) -> BlockProgram:
    """The recursive tangent program; what cannot be one is refused with the reason."""
    return _Derivation(strip(inputs, outputs, equations), inputs, outputs).run()


class _Derivation:
    def __init__(self, stripped: Stripped, inputs: Sequence[Symbol], outputs: Sequence[Symbol]) -> None:
        self.whole, self.alone = stripped.equation, stripped.input
        names = {s.name for s in stripped.symbols}
        self.inputs = [s for s in inputs if s.name in names]
        self.outputs = [s for s in outputs if s.name in names]
        self.cut = choose_cut([*self.outputs, *self.inputs])
        upper = all(s.structure.triangle == "upper" for s in self.outputs)
        self.partition = Partition([*self.inputs, *self.outputs], self.cut, upper)
        self.algebra = self.partition.algebra
        where = self.partition.where
        own = {s.name for s in self.inputs}
        self.values = {b: f"d{b}" for b in where if where[b][0] in own and not self._fixed(b)}
        self.given = dict(self.values)
        self.pending = [b for b in where if where[b][0] not in own and not self._fixed(b)]
        self.steps: list[Step] = []

    def _fixed(self, block: str) -> bool:
        return self.algebra.symbols[block].structure.fixed

    def run(self) -> BlockProgram:
        remaining = self.partition.equations(self.whole)
        while self.pending:
            for equation in remaining:
                unknown = [b for b in self.pending if any(a.name == b for w in equation for a in w)]
                if unknown and (self._again(equation, unknown) or self._solved(equation, unknown)):
                    self.pending = [b for b in self.pending if b not in unknown]
                    remaining.remove(equation)
                    break
            else:
                raise UnderivableError(
                    f"no equation of blocks gives {', '.join(self.pending)}: each has several unknown blocks, "
                    "or a factor that need not be invertible, beside one"
                )
        if remaining:
            raise UnderivableError(f"{len(remaining)} equations of blocks are left over")
        outputs = {b: self.values[b] for b, (s, _, _) in self.partition.where.items() if b not in self.given}
        outputs = {b: v for b, v in outputs.items() if not self._fixed(b)}
        return simplify(BlockProgram(self.partition, self.given, tuple(self.steps), outputs))

    # -- the ways to solve one ---------------------------------------------------------------------------------------

    def _again(self, equation: Expression, unknown: Sequence[str]) -> bool:
        """The whole equation for the k-th diagonal blocks, with a rest that is known."""
        for k in (1, 2) if self.cut.halves else (1,):
            names = {s.name: self.partition.diagonal_block(s.name, k) for s in (*self.inputs, *self.outputs)}
            if {names[s.name] for s in self.outputs} != set(unknown):
                continue
            same = renamed(self.whole, names, self.algebra)
            rest = add(equation, {word: -c for word, c in same.items()})
            if any(atom.name in unknown for word in rest for atom in word) or (rest and not self.alone):
                continue
            given = {s.name: self.values[names[s.name]] for s in self.inputs if names[s.name] in self.values}
            if rest:
                scale = 1 / self.whole[Atom(self.alone),]
                terms = self._known(linearise(self.algebra, rest), scale)
                start = Term(_ONE, (), given[self.alone], "", ())
                given[self.alone] = self._made("S", (start, *terms))
            found = {s.name: f"d{names[s.name]}" for s in self.outputs}
            self.values |= {names[symbol]: value for symbol, value in found.items()}
            self.steps.append(Again(k, given, found))
            return True
        return False

    def _solved(self, equation: Expression, unknown: Sequence[str]) -> bool:
        """An equation with one unknown block, once, or from both sides."""
        if len(unknown) > 1:
            return False
        terms = linearise(self.algebra, equation)
        own = [t for t in terms if t.value == unknown[0]]
        others = [t for t in terms if t.value != unknown[0]]
        if len(own) == 1:
            return self._isolated(own[0], others)
        if len(own) == 2 and all(t.op == "" and self._triangular(t.left + t.right) for t in own):
            left, right = (t for t in sorted(own, key=lambda t: len(t.left), reverse=True))
            if left.left and not left.right and right.right and not right.left:
                value = self._made("M", tuple(self._known(others, -_ONE)))
                sides = ((left.left, left.coefficient),), ((right.right, right.coefficient),)
                self.steps.append(Sylvester(f"d{unknown[0]}", *sides, value))
                self.values[unknown[0]] = f"d{unknown[0]}"
                return True
        return False

    def _isolated(self, own: Term, others: Sequence[Term]) -> bool:
        if not self._invertible(own.left + own.right):
            return False
        left, right = self.algebra.inverse(own.left), self.algebra.inverse(own.right)
        inside: list[Term] = []
        outside: list[Term] = []  # what stays a sum, and what a solve would only undo
        for t in self._known(others, -1 / own.coefficient):
            whole = replace(
                t, left=self.algebra.product(left, t.left), right=self.algebra.product(t.right, right)
            )
            short = len(whole.left + whole.right) < len(left + t.left + t.right + right)
            (outside if short else inside).append(whole if short else t)
        terms = list(outside)
        if inside:
            value = (
                inside[0].value
                if inside == [Term(_ONE, (), inside[0].value, "", ())]
                else self._made("M", tuple(inside))
            )
            terms.insert(0, Term(_ONE, left, value, "", right))
        if own.op:
            terms = [composed(own.op, t, self.algebra) for t in terms]
        self.values[own.value] = f"d{own.value}"
        self.steps.append(Terms(f"d{own.value}", tuple(terms)))
        return True

    def _known(self, terms: Sequence[Term], scale: Fraction) -> list[Term]:
        """Terms of symbols as terms of their tangents."""
        return [replace(t, coefficient=t.coefficient * scale, value=self.values[t.value]) for t in terms]

    def _made(self, letter: str, terms: tuple[Term, ...]) -> str:
        name = f"{letter}{len(self.steps) + 1}"
        self.steps.append(Terms(name, terms))
        return name

    def _invertible(self, word: Word) -> bool:
        return all(self._square(a) and self._regular(a) for a in word)

    def _regular(self, atom: Atom) -> bool:
        structure = self.algebra.structure(atom)
        return bool(structure.triangle or structure.diagonal or structure.adjoint_is_inverse)

    def _triangular(self, word: Word) -> bool:
        return all(self._square(a) and self.algebra.structure(a).triangle for a in word)

    def _square(self, atom: Atom) -> bool:
        return self.algebra.symbols[atom.name].square
