"""A rule by blocks: its recursive program, laid out in memory, and the closed form for diagonal blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from linad.derive.blocks.homes import homes_of, zone_of
from linad.derive.blocks.lowering import lower
from linad.derive.blocks.words import NUMERIC
from linad.derive.running import LEAD, Compiled, compiled
from linad.derive.symbolic.algebra.words import Expression, Symbol
from linad.derive.symbolic.blocks.derivation import derive_blocks, strip
from linad.derive.symbolic.blocks.partition import GENERAL
from linad.derive.symbolic.blocks.program import BlockProgram, adjoint, only
from linad.derive.symbolic.deriving.derivation import UnderivableError, derive_tangent
from linad.derive.symbolic.programs.emit import source
from linad.derive.symbolic.programs.program import Program
from linad.derive.symbolic.programs.program import adjoint as closed_adjoint
from linad.derive.symbolic.programs.simplify import simplify
from linad.kernels import programs as kernels

Symbols = Sequence[Symbol]


class Blocked:
    """One mode of a rule by blocks, for the symbols whose vectors are wanted.

    Attributes
    ----------
    program, lowered
        The recursive program, on named blocks and as steps in memory.
    asked
        The symbols whose vectors it computes: those wanted, and those that it needs for them.
    homes
        For each symbol the input in whose buffer its vectors stand.
    leaf, leaf_program, leaf_zones
        The closed form as a function, the program that it was emitted from, and zones outside of which its arguments
        must be zero.
    """

    def __init__(
        self,
        name: str,
        mode: str,
        inputs: Symbols,
        outputs: Symbols,
        equations: Sequence[Expression],
        wanted: Sequence[str],
    ) -> None:
        self.name, self.mode, self.wanted = name, mode, tuple(wanted)
        self.stripped = strip(inputs, outputs, equations)
        self.equation = self.stripped.equation
        inputs, outputs = ([s for s in own if s in self.stripped.symbols] for own in (inputs, outputs))
        self.inputs, self.outputs = inputs, outputs
        self.program = self._derived(inputs, outputs)
        self.asked = {self.program.partition.where[block][0] for block in self.program.outputs}
        within, partition = None, self.program.partition
        if not partition.cut.halves:  # what is of the same form is square, and the first part
            first = partition.first_parts()
            inputs, outputs = ([first[s.name] for s in own] for own in (inputs, outputs))
            inner = self._derived(inputs, outputs)
            within = lower(inner, [*inputs, *outputs], self._homes(inputs, outputs), None)
        self.homes = self._homes(self.inputs, self.outputs)
        self.lowered = lower(self.program, [*self.inputs, *self.outputs], self.homes, within)
        self.leaf_zones: dict[str, str] = {}
        self.leaf_program, self.leaf = self._closed(inputs, outputs)

    def buffers(self) -> set[str]:
        """The buffers that steps read."""
        steps = [*self.lowered.steps, *(self.lowered.within.steps if self.lowered.within else ())]
        return {operand.place.buffer for step in steps for operand in kernels.operands(step)}

    def _derived(self, inputs: Symbols, outputs: Symbols) -> BlockProgram:
        tangent = derive_blocks(inputs, outputs, [self.equation])
        return only(tangent if self.mode == "tangent" else adjoint(tangent), self.wanted)

    def _homes(self, inputs: Symbols, outputs: Symbols) -> dict[str, str]:
        vectors = [s.name for s in inputs if not s.structure.fixed]
        return homes_of([*inputs, *outputs], vectors, self.stripped.input)

    def _closed(self, inputs: Symbols, outputs: Symbols) -> tuple[Program, Compiled]:
        try:
            derived = derive_tangent(inputs, outputs, [self.equation])
        except UnderivableError:  # what is free in the outputs stays, of solutions that have it by themselves
            free = [replace(s, structure=GENERAL) for s in outputs]
            derived = derive_tangent(inputs, free, [self.equation])
            self.leaf_zones = {s.name: zone_of(s) for s in (*inputs, *outputs)}
        algebra = derived.algebra
        program = simplify(derived.program, algebra)
        if self.mode == "cotangent":
            program = simplify(closed_adjoint(program, algebra), algebra)
        program = simplify(program.only(program.inputs, self.asked), algebra)
        text = source(
            f"{self.name}_leaf", program, algebra, LEAD[self.mode], [f"{self.name}, a diagonal block"]
        )
        return program, compiled(
            f"{self.name}_leaf", text, f"{self.name}: {self.mode} of a diagonal block", NUMERIC
        )
