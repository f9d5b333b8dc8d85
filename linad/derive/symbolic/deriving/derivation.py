"""From equations and structures to the tangent program.

1 linearise   every word of the equations, atom by atom
2 structure   tangents of multiplicative structures are Y S or S Y, of additive ones unknowns themselves
3 isolate     what stands on both sides of all unknowns is multiplied away
4 split       a diagonal core entry by entry, exactly; else a congruence that makes it one, a Sylvester solve, the
              turn of a triangular form, or one solve with the matrix of all coefficients
5 outputs     Y S or S Y; where Y is not square, or may be singular, from the equation with the other tangents known

Equations are solved one after the other, each for the outputs that are not known yet; together where one alone leaves
another over. Where that fails, symbols are introduced for sums beside the unknowns.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from linad.derive.symbolic.algebra.words import Algebra, Expression, Symbol
from linad.derive.symbolic.deriving.isolation import Choice
from linad.derive.symbolic.deriving.tangents import (
    UnderivableError,
    linearise,
    projected,
)
from linad.derive.symbolic.deriving.ways import Ways
from linad.derive.symbolic.programs.auxiliaries import Made
from linad.derive.symbolic.programs.program import (
    Program,
)

__all__ = ["Derived", "UnderivableError", "derive_tangent", "linearise"]


@dataclass
class Derived:
    """A tangent program and what was learned on the way.

    ``gauge`` names what the equations leave free, by the inputs of ``free``, the program that says how outputs move
    along it. ``choices`` were made for each group of equations that was solved together, with the symbols that were
    ``introduced``.
    """

    algebra: Algebra
    program: Program
    free: Program
    gauge: dict[str, str] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    introduced: list[Made] = field(default_factory=list)


def derive_tangent(
    inputs: Sequence[Symbol],
    outputs: Sequence[Symbol],
    equations: Sequence[Expression],
    spare: bool = True,
) -> Derived:
    """The tangent program of outputs that are defined by equations, each an expression that is zero.

    With ``spare``, factors that may end in a zero pivot are not divided by it; without, programs are shorter where
    cotangents are diagonal.
    """
    for symbol in (*inputs, *outputs):
        if not symbol.structure.pattern.plain:
            fact = f"{symbol.name} is {symbol.structure.name}, whose zones are not those of the diagonal"
            raise UnderivableError(fact)
    position = {symbol.name: i for i, symbol in enumerate((*inputs, *outputs))}

    def order(equation: Expression) -> list[list[int]]:
        return sorted([position[atom.name] for atom in word] for word in equation)

    kept = sorted((e for e in equations if e), key=order)  # without those that hold by themselves
    errors = []
    for most in range(1, len(kept) + 1):
        try:
            return _Derivation(inputs, outputs, kept, spare).run(most)
        except UnderivableError as error:
            errors.append(error)
    raise errors[-1] if errors else UnderivableError("there is no equation")


class _Derivation:
    """One derivation: which equations are solved for which outputs, one group after the other."""

    def __init__(
        self,
        inputs: Sequence[Symbol],
        outputs: Sequence[Symbol],
        equations: Sequence[Expression],
        spare: bool,
    ) -> None:
        self.inputs, self.outputs, self.equations = inputs, outputs, equations
        self.ways = Ways(Algebra([*inputs, *outputs]), {symbol.name for symbol in outputs}, equations, spare)

    def run(self, most: int) -> Derived:
        """Groups of at most ``most`` equations are solved together, large ones first."""
        ways = self.ways
        for symbol in self.inputs:
            if not symbol.structure.fixed:
                instructions = projected(ways.algebra, symbol)
                ways.instructions += instructions
                ways.learn(symbol, instructions[-1].result if instructions else f"d{symbol.name}")
        pending = [symbol for symbol in self.outputs if not symbol.structure.fixed]
        remaining = list(self.equations)
        while pending:
            refusal: UnderivableError | None = None
            for group, unknown in self._groups(remaining, pending, most):
                try:
                    ways.solve(group, unknown)
                except UnderivableError as error:
                    refusal = refusal or error
                    continue
                pending = [symbol for symbol in pending if symbol not in unknown]
                remaining = [equation for equation in remaining if equation not in group]
                break
            else:
                missing = ", ".join(symbol.name for symbol in pending)
                raise refusal or UnderivableError(f"no equation determines the tangents of {missing}")
        if remaining:
            fact = f"{len(remaining)} of the equations are left over: the others determine all outputs"
            raise UnderivableError(fact)
        inputs = {s.name: f"d{s.name}" for s in self.inputs if not s.structure.fixed}
        outputs = {s.name: ways.values[s.name] for s in self.outputs if not s.structure.fixed}
        free = {name: f"d{name}" for name in ways.gauge}
        whole = Program(inputs | free, tuple(ways.instructions), outputs, tuple(ways.auxiliaries))
        program, moves = (whole.only(names, outputs) for names in (inputs, free))
        made = [a for a in ways.auxiliaries if a in program.auxiliaries]
        return Derived(ways.algebra, program, moves, ways.gauge, ways.choices, ways.assumptions, made)

    def _groups(
        self, equations: Sequence[Expression], pending: Sequence[Symbol], most: int
    ) -> Iterator[tuple[list[Expression], list[Symbol]]]:
        for size in range(min(most, len(equations)), 0, -1):
            for group in itertools.combinations(equations, size):
                mentioned = [{atom.name for word in equation for atom in word} for equation in group]
                unknown = [s for s in pending if any(s.name in names for names in mentioned)]
                if all(any(s.name in names for s in unknown) for names in mentioned):
                    yield list(group), unknown
