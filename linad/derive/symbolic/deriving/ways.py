"""How a group of equations is solved for its unknowns: the ways that there are, tried on each choice of sides.

by entries      a diagonal core, index pair by index pair
by congruence   triangles beside one Hermitian coefficient
by a turn       triangular forms
by products     one unknown that is left, in an equation of Sylvester, of Stein, or both
by coupling     several unknowns of several equations, at once or one after the other

Where none serves, symbols are introduced for sums beside the unknowns, and all are tried again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Rational
from linad.derive.symbolic.algebra.structures import Structure, structures
from linad.derive.symbolic.algebra.words import Algebra, Expression, Symbol
from linad.derive.symbolic.deriving.cores import Gauge, scales_freely, solve_core
from linad.derive.symbolic.deriving.coupled import coupled, one_sided
from linad.derive.symbolic.deriving.identities import holds
from linad.derive.symbolic.deriving.introduced import Introduced, introduced
from linad.derive.symbolic.deriving.isolation import Choice, isolate
from linad.derive.symbolic.deriving.moves import Congruence, congruence, eliminate
from linad.derive.symbolic.deriving.outputs import from_equation, from_projection, may_be_singular
from linad.derive.symbolic.deriving.products import solver, unknown_of
from linad.derive.symbolic.deriving.substitution import substituted_for
from linad.derive.symbolic.deriving.tangents import (
    UnderivableError,
    linearise,
    tangent_of,
    unknown_text,
)
from linad.derive.symbolic.deriving.turning import turning
from linad.derive.symbolic.programs.auxiliaries import Assembled, Made
from linad.derive.symbolic.programs.program import (
    Instruction,
    Kernel,
    Kernels,
    Term,
    Terms,
    composed,
)
from linad.derive.symbolic.writing.text import instruction_text

State = tuple[int, int, dict[str, str], dict[str, str], dict[str, Structure]]


class Ways:
    """What is known so far, and the instructions; ``names`` are those of all outputs."""

    def __init__(
        self, algebra: Algebra, names: Collection[str], equations: Sequence[Expression], spare: bool
    ) -> None:
        self.algebra, self.names, self.equations, self.spare = algebra, names, equations, spare
        self.values: dict[str, str] = {}  # where the tangent of a symbol is
        self.known: dict[str, Structure] = {}  # symbols whose tangents lie in the pattern of a structure
        self.instructions: list[Instruction] = []
        self.auxiliaries: list[Made] = []
        self.gauge: dict[str, str] = {}
        self.choices: list[Choice] = []
        self.assumptions: list[str] = []

    def learn(self, symbol: Symbol, value: str) -> None:
        self.values[symbol.name] = value
        structure = symbol.structure
        if not structure.multiplicative or structure.triangle:
            self.known[symbol.name] = structure

    def solve(self, equations: Sequence[Expression], unknown: Sequence[Symbol]) -> None:
        try:
            self._solve_as_they_are(equations, unknown, self.equations)
        except UnderivableError as refusal:
            names = {symbol.name for symbol in unknown}
            found = introduced(self.algebra, equations, names, self._introductions())
            if found is None:
                raise
            state = self._state()
            self._introduce(found)
            context = [*found.equations, *[e for e in self.equations if e not in equations]]
            try:
                self._solve_as_they_are(found.equations, unknown, context)
            except UnderivableError:
                self._restore(state)
                raise refusal from None

    def _introductions(self) -> int:
        return sum(isinstance(made, Assembled) for made in self.auxiliaries)

    def _introduce(self, found: Introduced) -> None:
        """New symbols become known, with their tangents."""
        for symbol, made in zip(found.symbols, found.made, strict=True):
            terms = linearise(self.algebra, dict(made.blocks[0][0]))
            moving = tuple(replace(t, value=self.values[t.value]) for t in terms if t.value in self.values)
            self.algebra.symbols[symbol.name] = symbol
            self.auxiliaries.append(made)
            if moving:
                self.instructions.append(Terms(f"d{symbol.name}", moving))
                self.learn(symbol, f"d{symbol.name}")

    def _state(self) -> State:
        counts = len(self.instructions), len(self.auxiliaries)
        return *counts, dict(self.gauge), dict(self.values), dict(self.known)

    def _restore(self, state: State) -> None:
        instructions, auxiliaries, self.gauge, self.values, self.known = state
        del self.instructions[instructions:], self.auxiliaries[auxiliaries:]

    def _solve_as_they_are(
        self, equations: Sequence[Expression], unknown: Sequence[Symbol], context: Sequence[Expression]
    ) -> None:
        choices = isolate(self.algebra, equations, self.names, unknown, context)
        ways = [self._by_entries]
        if choices[0].cost:
            one = len(equations) == 1
            ways = [self._by_congruence, self._by_turn, self._by_products if one else self._by_coupling]
        refusals: list[UnderivableError] = []
        for choice in choices:
            for way in ways:
                state = self._state()
                try:
                    way(choice)
                except UnderivableError as error:
                    refusals.append(error)
                    self._restore(state)
                    continue
                self.choices.append(choice)
                return
        raise refusals[len(ways) - 1]  # of the best choice, by the last way

    def _middle(self, rest: Sequence[Term]) -> str:
        """A value for the right-hand side of an isolated equation."""
        count = sum(i.result[:1] == "M" and i.result[1:].isdigit() for i in self.instructions)
        name = f"M{count + 1}"
        terms = tuple(replace(t, value=self.values[t.value]) for t in rest if t.value in self.values)
        self.instructions.append(Terms(name, terms))
        return name

    def _by_entries(self, choice: Choice) -> None:
        """A diagonal core, entry by entry."""
        if choice.cost:
            raise UnderivableError(_left_over(choice))
        cores = [e.core for e in choice.equations]
        rests = [e.rest for e in choice.equations]
        middles = [self._middle(rest) for rest in rests]
        self._entries(choice, cores, rests, middles)
        self._outputs(choice)

    def _entries(
        self,
        choice: Choice,
        cores: Sequence[Sequence[Term]],
        rests: Sequence[Sequence[Term]],
        middles: Sequence[str],
    ) -> None:
        patterns = {u.name: u.pattern for u in choice.unknowns}
        for u in choice.unknowns:
            if u.symbol.structure.unit_columns and not scales_freely(u.name, cores, self.algebra.real):
                raise UnderivableError(f"the equations fix the lengths of the columns of {u.symbol.name}")
        solution = solve_core(patterns, cores, self.algebra.real)
        for condition in solution.conditions:
            if not holds(self.algebra, condition, rests, self.known, choice.rules):
                structures_ = ", ".join(f"{u.symbol.name} {u.symbol.structure.name}" for u in choice.unknowns)
                raise UnderivableError(
                    f"{condition.fact}: the structures ({structures_}) do not fit the equation"
                )
        free = [self._free(gauge, choice) for gauge in solution.gauge]
        for u in choice.unknowns:
            parts = [(kernel, middles[e], op) for (e, op), kernel in solution.kernels[u.name].items()]
            for name, gauge in zip(free, solution.gauge, strict=True):
                parts += [(kernel, f"d{name}", op) for op, kernel in gauge.kernels.get(u.name, {}).items()]
            self.instructions.append(Kernels(u.name, tuple(parts)))

    def _free(self, gauge: Gauge, choice: Choice) -> str:
        """An input for what the equations leave free."""
        name = f"gauge_{len(self.gauge) + 1}"
        symbol = choice.unknowns[0].symbol
        first = (
            next(u.symbol for u in choice.unknowns if u.name in gauge.kernels) if gauge.kernels else symbol
        )
        size = first.columns if first.rows != first.columns and not first.structure.wide else first.rows
        self.algebra.symbols[name] = Symbol(name, size, size, structures["general"])
        self.gauge[name] = gauge.fact
        for u in choice.unknowns:
            self.gauge[name] = self.gauge[name].replace(u.name, unknown_text(u))
        return name

    def _by_congruence(self, choice: Choice) -> None:
        """Triangular unknowns with one Hermitian coefficient: S = D S' D^-1 with its Cholesky factor, or an inverse."""
        found: Congruence = congruence(self.algebra, choice)
        self.algebra.symbols[found.factor.name] = found.factor
        if found.auxiliary not in self.auxiliaries:
            self.auxiliaries.append(found.auxiliary)
        middle = self._middle(found.rest)
        self._entries(found.choice, [found.core], [found.rest], [middle])
        for u in choice.unknowns:
            i = next(i for i, instruction in enumerate(self.instructions) if instruction.result == u.name)
            inner = f"T_{u.symbol.name}"
            self.instructions[i] = replace(self.instructions[i], result=inner)
            term = Term(Fraction(1), found.around, inner, "", self.algebra.inverse(found.around))
            self.instructions.insert(i + 1, Terms(u.name, (term,)))
        self._outputs(choice)

    def _by_turn(self, choice: Choice) -> None:
        """A triangular form under unitary similarity."""
        middle = self._middle(choice.equations[0].rest)
        name = f"V_{choice.unknowns[0].symbol.name}"
        found = turning(self.algebra, choice, middle, name)
        basis, half = found.basis, Rational.number(Fraction(1, 2))
        whole = Kernel(*[Rational.number(1)] * 3)
        parts = [(whole, name, "")]
        if basis.pattern.on == "imaginary":
            on = Kernel(Rational.number(0), half, Rational.number(0))
            moves = {"": on, "H": Kernel(on.below, -half, on.above)}
            free = self._free(
                Gauge(f"the imaginary part of the diagonal of {basis.name}", {basis.name: moves}), choice
            )
            parts += [(kernel, f"d{free}", op) for op, kernel in moves.items()]
        self.instructions += [*found.turn, Kernels(basis.name, tuple(parts))]
        self.instructions += [*tangent_of(self.algebra, basis), *found.form]
        self.learn(basis.symbol, f"d{basis.symbol.name}")
        self.learn(found.triangle.symbol, f"d{found.triangle.symbol.name}")

    def _by_coupling(self, choice: Choice) -> None:
        """Several unknowns at once, by the matrix of their coefficients; or one after the other."""
        middles = [self._middle(e.rest) for e in choice.equations]
        try:
            if not one_sided(choice):
                self.instructions += substituted_for(self.algebra, choice, middles)
                self._outputs(choice)
                return
            found = coupled(self.algebra, choice, middles, self._introductions())
        except UnderivableError as error:
            raise UnderivableError(f"{error}: {_left_over(choice)}") from error
        self.algebra.symbols |= {symbol.name: symbol for symbol in found.symbols}
        self.auxiliaries += found.made
        self.instructions += found.instructions
        self._outputs(choice)

    def _by_products(self, choice: Choice) -> None:
        """What stands alone is eliminated by its symmetry; the other unknown solves an equation of two products."""
        (equation,) = choice.equations
        alone, core, rest = eliminate(self.algebra, choice.unknowns, equation, self.known)
        middle = self._middle(rest)
        try:
            name, op = unknown_of(core)
            if op:  # it stands with an operation everywhere: the equation is turned
                core = tuple(composed(op, t, self.algebra) for t in core)
                turned = f"{middle}_turned"
                self.instructions.append(Terms(turned, (Term(Fraction(1), (), middle, op, ()),)))
                middle = turned
            unknown = next(u for u in choice.unknowns if u.name == name)
            instruction, conditions = solver(self.algebra, unknown, core, middle)
        except UnderivableError as error:
            raise UnderivableError(f"{error}: {_left_over(choice)}") from error
        for condition in conditions:
            if not holds(self.algebra, condition, [rest], self.known, choice.rules):
                raise UnderivableError(f"{condition.fact}: {_left_over(choice)}")
        self.instructions.append(instruction)
        if alone is not None:
            value, c, others = alone
            whole = self._middle(equation.rest)
            terms = [Term(1 / c, (), whole, "", ())]
            terms += [replace(t, coefficient=-t.coefficient / c) for t in others]
            self.instructions.append(Terms(value, tuple(terms)))
        self._outputs(choice)

    # -- outputs -------------------------------------------------------------------------------------------------

    def _outputs(self, choice: Choice) -> None:
        later = []
        for u in choice.unknowns:
            remainder = self.spare and choice.cost == 0 and may_be_singular(u, choice)
            if u.side == "":
                self.learn(u.symbol, u.name)
            elif u.symbol.square and not remainder:
                self.instructions += tangent_of(self.algebra, u)
                self.learn(u.symbol, f"d{u.symbol.name}")
            else:
                later.append(u)
        if len([u for u in later if not u.symbol.square]) > 1:
            inputs = sorted({t.value for e in choice.equations for t in e.rest})
            self.assumptions.append(f"the tangents of {', '.join(inputs)} keep the rank")
            for u in later:
                self.instructions += from_projection(self.algebra, u, choice, self.values)
        else:
            for u in later:
                self.instructions += from_equation(self.algebra, u, choice, self.values)
        for u in later:
            self.learn(u.symbol, f"d{u.symbol.name}")


def _left_over(choice: Choice) -> str:
    texts = [instruction_text(Terms("", e.core)).removeprefix(" = ") + " = M" for e in choice.equations]
    return f"matrices are left beside the unknowns in {' and '.join(texts)}"
