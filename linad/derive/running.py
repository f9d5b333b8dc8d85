"""The programs of a rule with arrays in their hands: compiled when first asked for, and kept.

A program is Python source over linad's operations (:mod:`linad.derive.vocabulary`), so it runs on plain and on traced
arrays, batched; it stands in tracebacks as it was written.
"""

from __future__ import annotations

import linecache
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from linad.core.space import dtype_of, fit_tangent, shape_of, zeros
from linad.derive.symbolic.algebra.words import Symbol
from linad.derive.symbolic.programs.program import Program
from linad.derive.vocabulary import WORDS
from linad.errors import ArgumentError, ShapeError

if TYPE_CHECKING:
    from linad.derive.rule import Rule

LEAD = {"tangent": "d", "cotangent": "g", "gauge": "g"}  # what the names of vectors begin with
_lock = threading.RLock()
Compiled = tuple[Callable[..., tuple[Any, ...]], list[str]]  # and the names of its parameters


def compiled(name: str, text: str, purpose: str, words: Mapping[str, Any] = WORDS) -> Compiled:
    """The function that a source defines over a vocabulary; its lines stand in tracebacks."""
    filename = f"<linad rule {purpose}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    space = dict(words)
    exec(compile(text, filename, "exec"), space)
    function = space[name]
    return function, list(function.__code__.co_varnames[: function.__code__.co_argcount])


class Running:
    """Runs the programs of a rule."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._made: dict[tuple[Any, ...], tuple[Program, Compiled]] = {}

    def by_name(
        self, mode: str, values: Mapping[str, Any], vectors: Mapping[str, Any], wanted: Sequence[str] | None
    ) -> dict[str, Any]:
        """Vectors by the names of symbols; what nothing reaches is zero."""
        rule = self._rule
        missing = [name for name in rule.algebra.symbols if name not in values]
        if missing:
            raise ArgumentError(rule.name, f"the values of {', '.join(missing)} are missing.")
        self._check_shapes(values)
        program, (function, parameters) = self._program(
            mode, tuple(vectors), None if wanted is None else tuple(wanted)
        )
        given = [values[p] if p in rule.algebra.symbols else vectors[p[1:]] for p in parameters]
        found = dict(zip(program.outputs, function(*given), strict=True))
        asked = rule.whole(mode).outputs if wanted is None else wanted
        if mode == "gauge":
            return found
        return {
            name: _in_space(found[name], values[name]) if name in found else zeros(values[name])
            for name in asked
        }

    def in_order(
        self,
        mode: str,
        given: Sequence[Symbol],
        present: Sequence[bool],
        asked: Sequence[Symbol],
        wanted: Sequence[bool],
    ) -> Callable[..., tuple[Any, ...]]:
        """A program between vectors in the order of symbols; None stands for what is absent or not wanted."""
        there = tuple(s.name for s, here in zip(given, present, strict=True) if here)
        served = tuple(
            s.name for s, here in zip(asked, wanted, strict=True) if here and not s.structure.fixed
        )
        program, (function, parameters) = self._program(mode, there, served)

        def run(operands: Sequence[Any], outputs: Sequence[Any], vectors: Sequence[Any]) -> tuple[Any, ...]:
            values = self.values(operands, outputs)
            for symbol, vector in zip(given, vectors, strict=True):
                values[f"{LEAD[mode]}{symbol.name}"] = vector
            found = dict(zip(program.outputs, function(*[values[p] for p in parameters]), strict=True))
            return tuple(found.get(symbol.name) for symbol in asked)

        return run

    def values(self, operands: Sequence[Any], outputs: Sequence[Any]) -> dict[str, Any]:
        """What the symbols are, by name."""
        values = {symbol.name: x for symbol, x in zip(self._rule.inputs, operands, strict=False)}
        values |= {symbol.name: x for symbol, x in zip(self._rule.outputs, outputs, strict=True)}
        self._check_shapes(values)
        return values

    def _program(
        self, mode: str, present: tuple[str, ...], wanted: tuple[str, ...] | None
    ) -> tuple[Program, Compiled]:
        key = (mode, present, wanted)
        with _lock:
            if key not in self._made:
                rule = self._rule
                program = rule.program(mode, present, wanted)
                purpose = f"{rule.name}: {mode}, {', '.join(present)} to {', '.join(program.outputs)}"
                text = rule.source(mode, present, wanted)
                self._made[key] = program, compiled(f"{rule.name}_{mode}", text, purpose)
            return self._made[key]

    def _check_shapes(self, values: Mapping[str, Any]) -> None:
        """Letters do not say tall or wide; structures do: orthonormal columns, the square of a lower matrix on top."""
        algebra = self._rule.algebra
        for symbol in algebra.symbols.values():
            structure = symbol.structure
            if symbol.square or not (structure.adjoint_is_inverse or structure.triangle):
                continue
            m, n = shape_of(values[symbol.name])[-2:]
            tall = algebra.tall(symbol)
            if m < n if tall else m > n:
                raise ShapeError(
                    self._rule.name,
                    f"{symbol.name} is {structure.name} and has the shape ({m}, {n}); it must be "
                    f"{'at least as tall as wide' if tall else 'at least as wide as tall'}.",
                    "A wide matrix with orthonormal rows is declared so: Q: m n orthonormal rows.",
                )


def _in_space(x: Any, like: Any) -> Any:
    """A vector in the space of a value: real if that is, and of its precision."""
    return fit_tangent(x, like) if dtype_of(like).kind in "fc" else x
