"""Which place holds a value of a block program, from when to when."""

from __future__ import annotations

from collections.abc import Sequence

from linad.derive.blocks.homes import apart, zone_of
from linad.derive.symbolic.algebra.words import Symbol
from linad.derive.symbolic.blocks.program import Again, BlockProgram, reads
from linad.derive.symbolic.programs.program import Sylvester, Term, Terms
from linad.kernels.programs import Place
from linad.kernels.triangles import FULL

Letters = tuple[str, str]
END = 10**6  # after all steps


def home_buffer(name: str) -> str:
    """The buffer of the vectors of an input."""
    return f"d{name}"


class Places:
    """The values of a program: where they are, where they should be, when they are read last.

    Attributes
    ----------
    of
        The place of each value that was made; at first of the inputs.
    wanted
        The place where a value must be for what follows.
    zones, shapes
        What entries of a value count, and its dimensions by letters.
    last
        The number of the last step that reads a value.
    """

    def __init__(self, program: BlockProgram, symbols: Sequence[Symbol], homes: dict[str, str]) -> None:
        self._partition, self._homes = program.partition, homes
        self._symbols = {s.name: s for s in symbols}
        self.of: dict[str, Place] = {}
        self.wanted: dict[str, Place] = {}
        self.zones: dict[str, str] = {}
        self.shapes: dict[str, Letters] = {}
        self.last: dict[str, int] = {}
        for block, value in program.inputs.items():
            self.of[value] = self.home(block)
            self._known(value, block)
        for block, value in program.outputs.items():
            self.wanted[value] = self.home(block)
            self._known(value, block)
        for i, step in enumerate(program.steps):
            self.last |= dict.fromkeys(reads(step), i)
            if isinstance(step, Again):
                for symbol, value in (*step.given.items(), *step.found.items()):
                    block = self._partition.diagonal_block(symbol, step.part)
                    self.wanted.setdefault(value, self.home(block))
                    self._known(value, block)
        self.last |= dict.fromkeys(program.outputs.values(), END)
        for i, step in reversed(list(enumerate(program.steps))):
            self._stages(i, step)

    def _known(self, value: str, block: str) -> None:
        symbol = self._partition.algebra.symbols[block]
        self.zones.setdefault(value, zone_of(symbol))
        self.shapes.setdefault(value, (symbol.rows, symbol.columns))

    def _stages(self, i: int, step: Terms | Sylvester | Again) -> None:
        """A value that is only a stage of another one is made in the place of that."""
        if isinstance(step, Sylvester):
            stages = [step.value]
        elif isinstance(step, Terms):
            stages = [t.value for t in step.terms if t.op == "" and self.in_place(t)]
        else:
            return
        for value in stages:
            if step.result in self.wanted and self.last[value] == i:
                self.wanted.setdefault(value, self.wanted[step.result])

    def home(self, block: str) -> Place:
        """The place of the vectors of a block."""
        name, i, j = self._partition.where[block]
        home = self._homes[name]
        own, there = self._symbols[name], self._symbols[home]
        if own.structure.diagonal:
            return Place(home_buffer(home), i)
        if (own.rows, own.columns) != (there.rows, there.columns):
            _, i, j = self._partition.where[self._partition.diagonal_block(home, 1)]
        return Place(home_buffer(home), i, j)

    def diagonal(self, name: str) -> bool:
        """Whether a matrix is kept by its bands."""
        return self._symbols[name].structure.diagonal

    def in_place(self, t: Term) -> bool:
        """Whether a term can overwrite its value: only triangles and diagonals are beside it."""
        symbols = [self._partition.algebra.symbols[a.name] for a in (*t.left, *t.right)]
        whole = not symbols or self.zones.get(t.value, FULL) == FULL
        return whole and all((s.structure.triangle and s.square) or s.structure.diagonal for s in symbols)

    def free(self, place: Place, zone: str, now: int, but: str = "") -> bool:
        """Whether nothing in a zone of a place is needed any more."""
        return not any(
            self.of[v] == place and v != but and not apart(self.zones.get(v, FULL), zone)
            for v in self.of
            if self.last.get(v, -1) >= now
        )
