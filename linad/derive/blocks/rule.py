"""A rule by blocks: its recursive programs, what they cost, and kernels that run them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from linad.derive.blocks.blocked import Blocked
from linad.derive.blocks.kernel import BlockKernel
from linad.derive.symbolic.blocks.derivation import derive_blocks, strip
from linad.derive.symbolic.blocks.flops import flops
from linad.derive.symbolic.blocks.program import BlockProgram, adjoint
from linad.derive.symbolic.deriving.tangents import UnderivableError
from linad.errors import DerivationError

if TYPE_CHECKING:
    from linad.derive.rule import Rule

_lock = threading.RLock()


class RuleByBlocks:
    """The recursive programs of a rule, each derived when it is first asked for."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._kernels: dict[tuple[str, tuple[str, ...]], BlockKernel | None] = {}

    def program(self, mode: str) -> BlockProgram:
        """The recursive program of a mode, ``tangent`` or ``cotangent``, on named blocks.

        Raises
        ------
        DerivationError
            Where the equation is not that of its blocks again.
        """
        return self._programs(mode)[0]

    def flops(self, mode: str) -> str:
        """The operations of the recursion, as text in the dimensions; leading terms."""
        return flops(*self._programs(mode)).text()

    def _programs(self, mode: str) -> tuple[BlockProgram, BlockProgram | None]:
        """The program, and that of the first part, where only it is a problem of the same form."""
        rule, first = self._rule, None
        try:
            program = derive_blocks(rule.inputs, rule.outputs, rule.expressions)
            if not program.partition.cut.halves:
                parts = program.partition.first_parts()
                inputs, outputs = (
                    [parts[s.name] for s in own if s.name in parts] for own in (rule.inputs, rule.outputs)
                )
                equation = strip(rule.inputs, rule.outputs, rule.expressions).equation
                first = derive_blocks(inputs, outputs, [equation])
        except UnderivableError as error:
            raise DerivationError(
                rule.name,
                f"no recursion by blocks: {error}.",
                "The closed form serves at every size: rule.text(mode).",
            ) from error
        if mode == "tangent":
            return program, first
        return adjoint(program), first and adjoint(first)

    def kernel(self, mode: str, wanted: Sequence[str] | None = None) -> BlockKernel | None:
        """What runs the program on plain arrays; None where there is none, or no memory plan for it."""
        rule = self._rule
        vectors = (
            s.name for s in (rule.outputs if mode == "tangent" else rule.inputs) if not s.structure.fixed
        )
        key = mode, tuple(vectors if wanted is None else wanted)
        with _lock:
            if key not in self._kernels:
                self._kernels[key] = self._made(*key)
            return self._kernels[key]

    def _made(self, mode: str, wanted: tuple[str, ...]) -> BlockKernel | None:
        rule = self._rule
        try:
            blocked = Blocked(rule.name, mode, rule.inputs, rule.outputs, rule.expressions, wanted)
        except UnderivableError:
            return None
        return BlockKernel(blocked, rule.inputs, rule.outputs)

    def tangent(self) -> Callable[..., tuple[Any, ...] | None]:
        """Tangents by the kernel, which is made when it is first used; None where it declines, or there is none."""
        return self._later("tangent", None)

    def cotangent(self, wanted: Sequence[str]) -> Callable[..., tuple[Any, ...] | None]:
        """Cotangents likewise."""
        return self._later("cotangent", wanted)

    def _later(self, mode: str, wanted: Sequence[str] | None) -> Callable[..., tuple[Any, ...] | None]:
        def run(
            operands: Sequence[Any], outputs: Sequence[Any], vectors: Sequence[Any]
        ) -> tuple[Any, ...] | None:
            kernel = self.kernel(mode, wanted)
            return None if kernel is None else kernel(operands, outputs, vectors)

        return run
