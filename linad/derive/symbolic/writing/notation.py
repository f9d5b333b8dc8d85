"""Programs and steps as one writes them on a board, before it is decided with what: formulas as data.

Kernels that are no projection get names: E is what is left of a kernel when numbers and the entries of diagonal
matrices are taken out of it, for those are products with numbers and with the matrices. So ``s_c/(s_c^2 - s_r^2) o M``
becomes ``E o (M s)`` with ``E = 1/(s_c^2 - s_r^2)``; what differs by a sign, a factor, or an operation has one name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, count

from linad.derive.symbolic.algebra.words import Word, compose
from linad.derive.symbolic.programs.auxiliaries import Assembled, Auxiliary, Made, Place, is_identity
from linad.derive.symbolic.programs.program import (
    Instruction,
    Kernel,
    Kernels,
    Program,
    Term,
    Terms,
    operands,
)
from linad.derive.symbolic.programs.solvers import Products, Turn, words_of
from linad.derive.symbolic.writing.formulas import (
    IDENTITY,
    Factor,
    Factors,
    Formula,
    Group,
    Item,
    Total,
    added,
    around,
    beside,
    bracketed,
    common,
    depth,
    made_total,
    product,
    single,
)
from linad.derive.symbolic.writing.steps import Relation, Step
from linad.derive.symbolic.writing.zones import Core, factored, operated, projection, split, vanishes

_ONE = Fraction(1)
_LETTERS = "EFGJKNWXYZ"


@dataclass(frozen=True, slots=True)
class Definition:
    """A kernel with a name: a quotient of polynomials, and 0 on the diagonal if it is for what is ``off`` it."""

    name: str
    core: Core
    off: bool


class Notation:
    """The names of kernels in programs and steps; those that are equal have one name in all of them."""

    def __init__(self, *sources: Program | Sequence[Step]) -> None:
        self.definitions: list[Definition] = []
        self._taken: set[str] = set()
        self._complex: set[str] = set()
        for source in sources:
            if isinstance(source, Program):
                self._taken |= {*source.inputs, *source.outputs, *(a.name for a in source.auxiliaries)}
                formulas: Iterable[Relation | Instruction | Made] = [
                    *source.auxiliaries,
                    *source.instructions,
                ]
            else:
                formulas = [
                    line.formula for step in source for line in step.lines if line.formula is not None
                ]
            for formula in formulas:
                self._read(formula)

    def _read(self, formula: Relation | Instruction | Made) -> None:
        """Take note of the names that occur."""
        words: list[Word] = []
        if isinstance(formula, Kernels):
            for kernel, _, _ in formula.parts:
                for zone in (kernel.below, kernel.on, kernel.above):
                    names = {name for p in (zone.above, zone.below) for m in p.terms for (name, _), _ in m}
                    self._complex |= {name.removesuffix("_conj") for name in names if name.endswith("_conj")}
                    self._taken |= {name.removesuffix("_conj") for name in names}
        elif isinstance(formula, Terms | Relation):
            terms = formula.terms if isinstance(formula, Terms) else (*formula.left, *formula.right)
            words = [word for t in terms for word in (t.left, t.right)]
        elif isinstance(formula, Auxiliary | Assembled | Place):
            self._taken |= {formula.name, *formula.reads}
        else:
            words = words_of(formula)
        self._taken |= {atom.name for word in words for atom in word}

    # -- programs ------------------------------------------------------------------------------------------------

    def lines(self, program: Program, lead: str = "") -> list[Formula]:
        """A program, a formula for each instruction. Outputs have their own names; sums within products stay there.

        ``lead`` is what the names of the outputs begin with, d or g, if the inputs do not tell it.
        """
        names, extra = _renamed(program, lead)
        uses = Counter([v for i in program.instructions for v in operands(i)] + [*program.outputs.values()])
        within = {
            t.value
            for i in program.instructions
            if isinstance(i, Terms)
            for t in i.terms
            if (t.left or t.right) and not t.op and uses[t.value] == 1 and not t.value.startswith("p")
        }
        sums: dict[str, Total] = {}
        lines = [self.formula(a) for a in program.auxiliaries if not is_identity(a)]
        for instruction in program.instructions:
            if _alias(instruction) is not None:
                continue
            formula = self.formula(instruction, names, sums)
            short = isinstance(instruction, Terms) and len(instruction.terms) > 1 and depth(formula.right) < 2
            if short and instruction.result in within:
                sums[instruction.result] = formula.right
            else:
                lines.append(formula)
        return lines + [Formula(single(name, True), single(value, True)) for name, value in extra]

    def formula(
        self,
        formula: Relation | Instruction | Made,
        names: Mapping[str, str] | None = None,
        sums: Mapping[str, Total] | None = None,
    ) -> Formula:
        """A relation or an instruction; ``names`` are other names of values, ``sums`` stand in the place of values."""
        names, sums = names or {}, sums or {}
        if isinstance(formula, Auxiliary | Assembled | Place):
            return Formula(single(formula.name), made_total(formula))
        if isinstance(formula, Relation):
            left, right = (
                added([product(t, names, sums) for t in side]) for side in (formula.left, formula.right)
            )
            if left and right and all(c < 0 for c, _ in (*left, *right)):
                left, right = (tuple((-c, factors) for c, factors in side) for side in (left, right))
            return Formula(left, right)
        result = Factor(names.get(formula.result, formula.result), value=True)
        left = ((_ONE, (result,)),)
        if isinstance(formula, Terms):
            order = _order(formula)
            terms = sorted(formula.terms, key=lambda t: order(t.value, t.op))
            return Formula(left, added([product(t, names, sums) for t in terms]))
        if isinstance(formula, Kernels):
            return Formula(left, added(self._grouped(formula, names)))
        value = names.get(formula.value, formula.value)
        if isinstance(formula, Turn):
            T = Factor(
                formula.triangle.name, compose(formula.triangle.op, "" if formula.trans == "N" else "H")
            )
            zone = "strict_tril" if formula.trans == "N" else "skew"
            moved: Total = ((_ONE, (result, T)), (-_ONE, (T, result)))
            left, right = (((_ONE, (Group(total, zone),)),) for total in (moved, single(value, True)))
            return Formula(left, right, result.name)
        if isinstance(formula, Products):
            sides = []
            for pair in formula.pairs:
                (c, before), (d, after) = map(bracketed, pair)
                sides.append((c * d, (*before, result, *after)))
        else:
            sides = [*beside(formula.left, result, True), *beside(formula.right, result, False)]
        return Formula(tuple(sides), single(value, True), result.name)

    # -- kernels -------------------------------------------------------------------------------------------------

    def _grouped(self, instruction: Kernels, names: Mapping[str, str]) -> list[Item]:
        """Values under the same projection and kernel side by side, within them those with the same factors."""
        groups: dict[tuple[str, Factor | None], dict[tuple[Factors, Factors], list[Item]]] = {}
        order = _order(instruction)
        for kernel, value, op in sorted(instruction.parts, key=lambda part: order(part[1], part[2])):
            x = Factor(names.get(value, value), op, value=True)
            for function, named, c, left, right in self._pieces(kernel):
                groups.setdefault((function, named), {}).setdefault((left, right), []).append((c, (x,)))
        items: list[Item] = []
        for (function, named), parts in groups.items():
            if not function and named is None:
                items += [item for sides, values in parts.items() for item in around(*sides, values)]
                continue
            outside: tuple[Factors, Factors] = ((), ())
            if len(parts) == 1 and named is None:
                [(outside, inner)] = parts.items()
            else:
                inner = [item for sides, values in parts.items() for item in around(*sides, values)]
            c, total = common(inner)
            items.append((c, (*outside[0], Group(total, function, named), *outside[1])))
        return items

    def _pieces(self, kernel: Kernel) -> Iterator[tuple[str, Factor | None, Fraction, Factors, Factors]]:
        """A kernel as a sum of projections of named kernels, with a number and factors on both sides."""
        found = projection(kernel)
        if found is not None:
            yield found[1], None, Fraction(-1 if found[0] else 1), (), ()
            return
        for function, rational in split(kernel):
            c, left, right, core = factored(rational)
            sides = [tuple(Factor(name, op, power) for name, op, power in side) for side in (left, right)]
            named = None
            if core is not None:
                off = function == "off_diag" or (function.startswith("strict") and vanishes(core))
                sign, named = self._named(core, off)
                c, function = c * sign, "" if function == "off_diag" else function
            yield function, named, c, sides[0], sides[1]

    def _named(self, core: Core, off: bool) -> tuple[int, Factor]:
        """The name of a kernel, with its operation and its sign."""
        for known in self.definitions:
            for op in ("", "T", "C", "H"):
                sign, same = operated(known.core, op, self._complex)
                if same == core and known.off == off:
                    return sign, Factor(known.name, op)
        names = {name for p in core for m in p.terms for (name, _), _ in m}
        if all(name.endswith("_conj") for name in names):
            sign, conjugated = operated(core, "C", {name.removesuffix("_conj") for name in names})
            return sign, replace(self._named(conjugated, off)[1], op="C")
        name = next(name for name in chain(_LETTERS, map("E{}".format, count(1))) if name not in self._taken)
        self._taken.add(name)
        self.definitions.append(Definition(name, core, off))
        return 1, Factor(name)


def _order(instruction: Instruction) -> Callable[[str, str], tuple[int, int]]:
    """The key that brings what is made of one value together, in order of appearance, itself before its adjoint."""
    values = list(dict.fromkeys(operands(instruction)))
    return lambda value, op: (values.index(value), ("", "C", "T", "H").index(op))


def _renamed(program: Program, lead: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The names under which values are shown, and the outputs that remain to be named after another value."""
    source: dict[str, str] = {}
    for instruction in program.instructions:
        found = _alias(instruction)
        if found is not None:
            source[instruction.result] = source.get(found, found)
    lead = next((value.removesuffix(name) for name, value in program.inputs.items()), lead or "g")
    values = {i.result for i in program.instructions} | {*program.inputs.values()}
    names = {value: value for value in program.inputs.values()}
    names |= {made.name: made.name for made in program.auxiliaries}
    names |= {made.name: IDENTITY for made in program.auxiliaries if is_identity(made)}
    extra: list[tuple[str, str]] = []
    for name, value in program.outputs.items():
        origin, own = source.get(value, value), f"{lead}{name}"
        if origin in names or (own in values and own not in (value, origin)):
            extra.append((own, origin))
        else:
            names[origin] = own
    names |= {value: names.get(origin, origin) for value, origin in source.items()}
    return names, [(own, names.get(origin, origin)) for own, origin in extra if own != origin]


def _alias(instruction: Instruction) -> str | None:
    """The value that an instruction only gives another name."""
    if isinstance(instruction, Terms) and len(instruction.terms) == 1:
        t = instruction.terms[0]
        return t.value if t == Term(_ONE, (), t.value, "", ()) else None
    if isinstance(instruction, Kernels) and len(instruction.parts) == 1:
        kernel, value, op = instruction.parts[0]
        return value if kernel.one and not op else None
    return None
