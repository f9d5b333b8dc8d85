"""Rules: what is derived from an equation, as programs that run, text, and counts.

A rule is derived when it is first asked for something, once. It answers to the Protocol by which the engine asks for
the programs of a composition (:class:`linad.core.kinds.Rule`), and to users who have arrays in their hands.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from linad.derive.oracle import Oracle
from linad.derive.running import LEAD, Running
from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.words import Algebra, Expression, Symbol
from linad.derive.symbolic.deriving.derivation import Derived, UnderivableError, derive_tangent
from linad.derive.symbolic.deriving.tensor import TestTensor, test_tensor
from linad.derive.symbolic.parsing.parse import EquationError, parse_equation, parse_expression
from linad.derive.symbolic.parsing.tokens import scan
from linad.derive.symbolic.programs.assumptions import assumptions
from linad.derive.symbolic.programs.emit import source
from linad.derive.symbolic.programs.flops import flops
from linad.derive.symbolic.programs.program import Program, adjoint
from linad.derive.symbolic.programs.simplify import simplify
from linad.derive.symbolic.programs.specialise import specialise
from linad.derive.symbolic.writing.text import program_text
from linad.derive.values import evaluate
from linad.errors import DerivationError, OptionError
from linad.kernels.programs import large

if TYPE_CHECKING:
    from linad.derive.blocks.rule import RuleByBlocks

_lock = threading.RLock()
Present = Sequence[str] | Mapping[str, str] | None


class Rule:
    """The derivative rules of an operation that is defined by equations.

    Attributes
    ----------
    inputs, outputs
        The symbols, in the order of arguments and results.
    equations, expressions
        The equations as they were given, and as they were read: each an expression that is zero.
    algebra
        The symbols and what their structures make of products.
    """

    def __init__(
        self, name: str, inputs: Sequence[Symbol], outputs: Sequence[Symbol], equations: Sequence[str]
    ) -> None:
        if not name.isidentifier() or iskeyword(name):
            raise OptionError(
                "derive", f"name={name!r} cannot name a function.", "Take letters, digits and underscores."
            )
        self.name, self.inputs, self.outputs = name, tuple(inputs), tuple(outputs)
        self.equations = tuple(equations)
        self.algebra = Algebra([*inputs, *outputs])
        self._running = Running(self)
        try:
            self.expressions: tuple[Expression, ...] = tuple(
                parse_equation(text, self.algebra) for text in equations
            )
        except EquationError as error:
            raise OptionError(name, str(error)) from error
        occurring = {token.text for text in equations for token in scan(text)}
        for kind, symbols in (("input", self.inputs), ("output", self.outputs)):
            if idle := [symbol.name for symbol in symbols if symbol.name not in occurring]:
                raise OptionError(
                    name,
                    f"the {kind} {idle[0]} occurs in no equation: "
                    + ("nothing depends on it." if kind == "input" else "nothing determines it."),
                    "Leave it out, or write its equation.",
                )

    # -- what is derived -----------------------------------------------------------------------------------------

    @cached_property
    def derived(self) -> Derived:
        """The tangent program as it was found, and what was learned on the way."""
        with _lock:
            try:
                return derive_tangent(self.inputs, self.outputs, self.expressions)
            except UnderivableError as error:
                raise DerivationError(
                    self.name,
                    f"{error}.",
                    "Introduce a symbol for a part of the equation, or give the factors another structure.",
                    "At small sizes the dense oracle serves: rule.oracle(values).",
                ) from error

    @cached_property
    def _tangent_program(self) -> Program:
        return simplify(self.derived.program, self.derived.algebra)

    @cached_property
    def _cotangent_program(self) -> Program:
        return simplify(adjoint(self._tangent_program, self.derived.algebra), self.derived.algebra)

    @cached_property
    def _gauge_program(self) -> Program:
        return simplify(adjoint(self.derived.free, self.derived.algebra), self.derived.algebra)

    @cached_property
    def test_tensor(self) -> TestTensor | None:
        """The second route to the cotangents, for one equation with a diagonal core and square outputs."""
        return test_tensor(self.derived, self.inputs)

    @property
    def gauge(self) -> tuple[str, ...]:
        """What the equation leaves free and the rule sets to zero; imaginary parts in complex problems only."""
        return tuple(self.derived.gauge.values())

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """What the rule assumes of the point, in sentences: where it divides, and what it holds fixed."""
        symbols = (*self.inputs, *self.outputs)
        own = assumptions(self._tangent_program, self.derived.algebra, symbols)
        return (*own, *self.derived.assumptions)

    def program(self, mode: str, present: Present = None, wanted: Sequence[str] | None = None) -> Program:
        """The program of a mode, ``tangent`` or ``cotangent``, for what is present and what is wanted.

        The mode ``gauge`` takes cotangents of the outputs to what they have along the directions that are free.
        ``present`` names what is there. As a mapping it says more of cotangents: ``{"U": "diagonal"}``, or an
        expression of the matrices, ``{"U": "U^-H"}``, which the program then does not take as an argument.
        """
        whole = self.whole(mode, present, wanted)
        more = {name: text for name, text in present.items() if text} if isinstance(present, Mapping) else {}
        if more:
            whole = self._closed[0 if mode == "tangent" else 1]
        given = [name for name in whole.inputs if present is None or name in present]
        asked = [name for name in whole.outputs if wanted is None or name in wanted]
        program, algebra = whole.only(given, asked), self.derived.algebra
        if not more:
            return simplify(program, algebra)
        return specialise(program, algebra, {name: self._said(name, text) for name, text in more.items()})

    def whole(self, mode: str, present: Present = None, wanted: Sequence[str] | None = None) -> Program:
        """The program of a mode for everything; names that have no vectors there are refused."""
        programs = {
            "tangent": self._tangent_program,
            "cotangent": self._cotangent_program,
            "gauge": self._gauge_program,
        }
        whole = programs.get(mode)
        if whole is None:
            raise OptionError(self.name, f"mode={mode!r} is not known.", f"Modes: {', '.join(programs)}.")
        for chosen, possible in ((present, whole.inputs), (wanted, whole.outputs)):
            strange = [name for name in chosen or () if name not in possible]
            if strange:
                raise OptionError(
                    self.name,
                    f"{', '.join(strange)} has no {mode} here: it is discrete or not among the matrices.",
                    f"There are those of {', '.join(possible)}.",
                )
        return whole

    def _said(self, name: str, text: str) -> Expression | None:
        """What is said of a vector: None for diagonal, or an expression."""
        if text == "diagonal":
            return None
        try:
            return parse_expression(text, self.algebra)
        except EquationError as error:
            raise OptionError(self.name, f"of {name}: {error}") from error

    @cached_property
    def _closed(self) -> tuple[Program, Program]:
        """Both programs in the form that divides by all pivots."""
        derived = derive_tangent(self.inputs, self.outputs, self.expressions, spare=False)
        tangent = simplify(derived.program, derived.algebra)
        return tangent, simplify(adjoint(tangent, derived.algebra), derived.algebra)

    def source(self, mode: str, present: Present = None, wanted: Sequence[str] | None = None) -> str:
        """The program as Python, one step a line, the equation on top."""
        program = self.program(mode, present, wanted)
        return source(f"{self.name}_{mode}", program, self.derived.algebra, LEAD[mode], self.equations)

    def text(self, mode: str, present: Present = None, wanted: Sequence[str] | None = None) -> str:
        """The program as one writes it on a board."""
        return program_text(self.program(mode, present, wanted), lead=LEAD[mode])

    def flops(self, mode: str, present: Present = None, wanted: Sequence[str] | None = None) -> str:
        """The operations of a program, as text in the dimensions; leading terms."""
        return self.count(mode, present, wanted).text()

    def count(self, mode: str, present: Present = None, wanted: Sequence[str] | None = None) -> Polynomial:
        """The operations of a program, as a polynomial."""
        return flops(self.program(mode, present, wanted), self.derived.algebra)

    def derivation(self) -> str:
        """The equations, the steps, both programs, what they cost and assume, as text."""
        from linad.derive import writing  # it tries the raw formulas, for which rules are run

        return writing.derivation(self)

    def latex(self) -> str:
        """The same as a LaTeX document."""
        from linad.derive import writing

        return writing.latex(self)

    def __repr__(self) -> str:
        return f"<rule {self.name}: {'; '.join(self.equations)}>"

    @cached_property
    def blocks(self) -> RuleByBlocks:
        """The same rule by blocks: recursive programs from the 2x2 partition of the equation."""
        from linad.derive.blocks.rule import RuleByBlocks  # it runs emitted programs, as rules do

        return RuleByBlocks(self)

    # -- with arrays ---------------------------------------------------------------------------------------------

    def jvp(self, values: Mapping[str, Any], tangents: Mapping[str, Any]) -> dict[str, Any]:
        """Tangents of the outputs at known inputs and outputs, by name; absent tangents are left out."""
        return self._running.by_name("tangent", values, tangents, None)

    def vjp(
        self, values: Mapping[str, Any], cotangents: Mapping[str, Any], wanted: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """Cotangents of the inputs at known inputs and outputs, by name; absent cotangents are left out."""
        return self._running.by_name("cotangent", values, cotangents, wanted)

    def along_gauge(self, values: Mapping[str, Any], cotangents: Mapping[str, Any]) -> dict[str, Any]:
        """What cotangents have along each direction of :attr:`gauge`: zero, if the cost does not see it."""
        self.whole("cotangent", tuple(cotangents))  # which refuses names that have none
        moved = {name: g for name, g in cotangents.items() if name in self._gauge_program.inputs}
        return self._running.by_name("gauge", values, moved, None) if moved else {}

    def oracle(self, values: Mapping[str, Any]) -> Oracle:
        """The linearised equations at values of all matrices, solved densely: for any equation, at small sizes."""
        return Oracle(self.inputs, self.outputs, [e for e in self.expressions if e], values)

    # -- the engine's Protocol -----------------------------------------------------------------------------------

    def tangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...] | None = None
    ) -> Callable[..., tuple[Any, ...]]:
        asked = (True,) * len(self.outputs) if wanted is None else wanted
        return self._running.in_order("tangent", self.inputs, present, self.outputs, asked)

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        return self._running.in_order("cotangent", self.outputs, present, self.inputs, wanted)

    def kernel(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...] | None]:
        """The cotangents by blocks; it declines by None what the program alone serves."""
        return self.blocks.cotangent(
            tuple(s.name for s, here in zip(self.inputs, wanted, strict=True) if here)
        )

    def tangent_kernel(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...] | None]:
        """The tangents by blocks; it declines as the other kernel does."""
        return self.blocks.tangent()

    def tangent_pays(self, operands: Sequence[Any]) -> bool:
        return self.pays(operands)

    def pays(self, operands: Sequence[Any]) -> bool:
        """Whether the kernel is faster than the program."""
        return large(operands[0])

    def residual(self, operands: Sequence[Any], outputs: Sequence[Any]) -> tuple[Any, ...]:
        values = self._running.values(operands, outputs)
        return tuple(
            evaluate(self.algebra, expression, values) for expression in self.expressions if expression
        )
