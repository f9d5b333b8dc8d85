"""Rules: what is derived from an equation, as programs that run, text, and counts.

A rule is derived when it is first asked for something, once. It answers to the Protocol by which the engine asks for
the programs of a composition (:class:`linad.core.kinds.Rule`), and to users who have arrays in their hands.
"""

from __future__ import annotations

import linecache
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from keyword import iskeyword
from typing import Any

import numpy as np

from linad.core.space import shape_of
from linad.derive.symbolic.derivation import Derived, UnderivableError, derive_tangent
from linad.derive.symbolic.emit import source
from linad.derive.symbolic.flops import flops
from linad.derive.symbolic.parse import EquationError, names, parse_equation
from linad.derive.symbolic.programs import Program, adjoint
from linad.derive.symbolic.simplify import simplify
from linad.derive.symbolic.structures import structures
from linad.derive.symbolic.text import program_text
from linad.derive.symbolic.words import Algebra, Atom, Expression, Symbol, Word
from linad.derive.vocabulary import WORDS
from linad.errors import ArgumentError, DerivationError, OptionError

_lock = threading.RLock()
_TAKEN = re.compile(r"[aMt]\d+[lr]*$|[SN]_|[dgp][A-Z]")  # names of values in programs


class Rule:
    """The derivative rules of an operation that is defined by equations.

    Attributes
    ----------
    inputs, outputs
        The symbols, in the order of arguments and results.
    equations
        The equations as they were given.
    """

    def __init__(
        self, name: str, inputs: Sequence[Symbol], outputs: Sequence[Symbol], equations: Sequence[str]
    ) -> None:
        if not name.isidentifier() or iskeyword(name):
            raise OptionError(
                "derive", f"name={name!r} cannot name a function.", "Take letters, digits and underscores."
            )
        self.name, self.inputs, self.outputs, self.equations = (
            name,
            tuple(inputs),
            tuple(outputs),
            tuple(equations),
        )
        self._algebra = Algebra([*inputs, *outputs])
        self._compiled: dict[tuple[Any, ...], tuple[Callable[..., Any], list[str], Program]] = {}
        try:
            self._expressions: list[Expression] = [parse_equation(text, self._algebra) for text in equations]
        except EquationError as error:
            raise OptionError(name, str(error)) from error

    # -- what is derived -----------------------------------------------------------------------------------------

    @cached_property
    def _derived(self) -> Derived:
        with _lock:
            try:
                return derive_tangent(self.inputs, self.outputs, self._expressions)
            except UnderivableError as error:
                raise DerivationError(
                    self.name,
                    f"{error}.",
                    "Introduce a symbol for a part of the equation, or give the factors another structure.",
                    "At small sizes the dense oracle serves: linad.derive.oracle.",
                ) from error

    @cached_property
    def _tangent_program(self) -> Program:
        return simplify(self._derived.program, self._algebra)

    @cached_property
    def _cotangent_program(self) -> Program:
        return simplify(adjoint(self._tangent_program, self._algebra), self._algebra)

    @property
    def gauge(self) -> tuple[str, ...]:
        """What the equation leaves free and the rule sets to zero."""
        return tuple(self._derived.gauge)

    def program(
        self, mode: str, present: Sequence[str] | None = None, wanted: Sequence[str] | None = None
    ) -> Program:
        """The program of a mode, ``tangent`` or ``cotangent``, for what is present and what is wanted."""
        whole = {"tangent": self._tangent_program, "cotangent": self._cotangent_program}.get(mode)
        if whole is None:
            raise OptionError(self.name, f"mode={mode!r} is not known.", "Modes: tangent, cotangent.")
        given = [name for name in whole.inputs if present is None or name in present]
        asked = [name for name in whole.outputs if wanted is None or name in wanted]
        return simplify(whole.only(given, asked), self._algebra)

    def source(
        self, mode: str, present: Sequence[str] | None = None, wanted: Sequence[str] | None = None
    ) -> str:
        """The program as Python, one step a line, the equation on top."""
        program = self.program(mode, present, wanted)
        lead = "d" if mode == "tangent" else "g"
        return source(f"{self.name}_{mode}", program, self._algebra, lead, self.equations)

    def text(
        self, mode: str, present: Sequence[str] | None = None, wanted: Sequence[str] | None = None
    ) -> str:
        """The program as one writes it on a board."""
        return program_text(self.program(mode, present, wanted))

    def flops(
        self, mode: str, present: Sequence[str] | None = None, wanted: Sequence[str] | None = None
    ) -> str:
        """The operations of a program, as a polynomial of the dimensions; leading terms."""
        return flops(self.program(mode, present, wanted), self._algebra).text()

    def derivation(self) -> str:
        """The equations, the structures, both programs and what they cost, as text."""
        matrices = ", ".join(f"{s.name} {s.structure.name}" for s in (*self.inputs, *self.outputs))
        lines = [*self.equations, matrices]
        for mode in ("tangent", "cotangent"):
            body = self.text(mode).splitlines()
            lines += ["", f"{mode}   {self.flops(mode)} operations", *(f"  {line}" for line in body)]
        if self.gauge:
            lines += ["", f"free, set to zero: {'; '.join(self.gauge)}"]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<rule {self.name}: {'; '.join(self.equations)}>"

    # -- with arrays ---------------------------------------------------------------------------------------------

    def jvp(self, values: Mapping[str, Any], tangents: Mapping[str, Any]) -> dict[str, Any]:
        """Tangents of the outputs at known inputs and outputs, by name; absent tangents are left out."""
        return self._run("tangent", values, tangents, None)

    def vjp(
        self, values: Mapping[str, Any], cotangents: Mapping[str, Any], wanted: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """Cotangents of the inputs at known inputs and outputs, by name; absent cotangents are left out."""
        return self._run("cotangent", values, cotangents, wanted)

    def _run(
        self, mode: str, values: Mapping[str, Any], vectors: Mapping[str, Any], wanted: Sequence[str] | None
    ) -> dict[str, Any]:
        missing = [name for name in self._algebra.symbols if name not in values]
        if missing:
            raise ArgumentError(self.name, f"the values of {', '.join(missing)} are missing.")
        function, parameters, program = self._function(
            mode, tuple(vectors), None if wanted is None else tuple(wanted)
        )
        given = [values[p] if p in self._algebra.symbols else vectors[p[1:]] for p in parameters]
        return dict(zip(program.outputs, function(*given), strict=True))

    def _function(
        self, mode: str, present: tuple[str, ...], wanted: tuple[str, ...] | None
    ) -> tuple[Callable[..., Any], list[str], Program]:
        key = (mode, present, wanted)
        with _lock:
            if key not in self._compiled:
                self._compiled[key] = self._compile(*key)
            return self._compiled[key]

    def _compile(
        self, mode: str, present: tuple[str, ...], wanted: tuple[str, ...] | None
    ) -> tuple[Callable[..., Any], list[str], Program]:
        text = self.source(mode, present, wanted)
        if "solve_sylvester(" in text:
            raise DerivationError(
                self.name,
                "its rule needs a Sylvester solve, for which linad has no operation.",
                "The derivation is there: rule.text().",
            )
        filename = f"<linad rule {self.name}: {mode} of {', '.join(present)}>"
        linecache.cache[filename] = (
            len(text),
            None,
            text.splitlines(True),
            filename,
        )  # so that tracebacks show it
        space = dict(WORDS)
        exec(compile(text, filename, "exec"), space)
        head = text[text.index("(") + 1 : text.index(")")]
        return (
            space[f"{self.name}_{mode}"],
            [p.strip() for p in head.split(",") if p.strip()],
            self.program(mode, present, wanted),
        )

    # -- the engine's Protocol -----------------------------------------------------------------------------------

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        names = tuple(s.name for s, here in zip(self.inputs, present, strict=True) if here)
        function, parameters, program = self._function("tangent", names, None)

        def run(operands: Sequence[Any], outputs: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
            values = self._values(operands, outputs)
            for symbol, t in zip(self.inputs, tangents, strict=False):
                values[f"d{symbol.name}"] = t
            found = dict(zip(program.outputs, function(*[values[p] for p in parameters]), strict=True))
            return tuple(found.get(symbol.name) for symbol in self.outputs)

        return run

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        given = tuple(s.name for s, here in zip(self.outputs, present, strict=True) if here)
        asked = tuple(s.name for s, here in zip(self.inputs, wanted, strict=True) if here)
        function, parameters, program = self._function("cotangent", given, asked)

        def run(
            operands: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any]
        ) -> tuple[Any, ...]:
            values = self._values(operands, outputs)
            for symbol, g in zip(self.outputs, cotangents, strict=True):
                values[f"g{symbol.name}"] = g
            found = dict(zip(program.outputs, function(*[values[p] for p in parameters]), strict=True))
            return tuple(found.get(symbol.name) for symbol in self.inputs)

        return run

    def kernel(self, present: tuple[bool, ...], wanted: tuple[bool, ...]) -> None:
        """Derived rules have programs only; block programs will be their kernels."""

    def residual(self, operands: Sequence[Any], outputs: Sequence[Any]) -> tuple[Any, ...]:
        values = self._values(operands, outputs)
        return tuple(_evaluate(self._algebra, expression, values) for expression in self._expressions)

    def _values(self, operands: Sequence[Any], outputs: Sequence[Any]) -> dict[str, Any]:
        values = {symbol.name: x for symbol, x in zip(self.inputs, operands, strict=False)}
        return values | {symbol.name: x for symbol, x in zip(self.outputs, outputs, strict=True)}


def _evaluate(algebra: Algebra, expression: Expression, values: Mapping[str, Any]) -> Any:
    total: Any = None
    size = next(shape_of(values[a.name])[-1] for word in expression for a in word)
    for word, coefficient in expression.items():
        term = float(coefficient) * _product(algebra, word, values, size)
        total = term if total is None else total + term
    return total


def _product(algebra: Algebra, word: Word, values: Mapping[str, Any], size: int) -> Any:
    result: Any = np.eye(size) if not word else None
    for atom in reversed(word):
        if atom.inverted:
            result = np.eye(size) if result is None else result
            triangle = algebra.structure(atom).triangle or None
            unit = algebra.structure(atom).unit
            result = WORDS["solve_left"](values[atom.name], result, atom.op or "N", triangle, unit)
        else:
            matrix = _matrix(algebra, atom, values)
            result = matrix if result is None else WORDS["mul"](matrix, result)
    return result


def _matrix(algebra: Algebra, atom: Atom, values: Mapping[str, Any]) -> Any:
    x = values[atom.name]
    if algebra.structure(atom).diagonal:
        return WORDS["from_diagonal"](WORDS["conj"](x) if atom.op in ("C", "H") else x)
    return {
        "": lambda: x,
        "T": lambda: WORDS["transpose"](x),
        "H": lambda: WORDS["adjoint"](x),
        "C": lambda: WORDS["conj"](x),
    }[atom.op]()


def derive(
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    equations: str | Sequence[str],
    name: str = "operation",
) -> Rule:
    """Derive the tangent and cotangent rules of an operation from its defining equations.

    Parameters
    ----------
    inputs, outputs
        For each matrix its dimensions by letters and its structure: ``"n n"``, ``"n n unit lower"``,
        ``"m n unitary"``. Diagonal matrices are vectors of their diagonals.
    equations
        As one writes them: ``"P @ L @ U = A"``.
    name
        For messages and sources.

    Examples
    --------
    >>> from linad.derive import derive
    >>> rule = derive({"A": "n n"}, {"L": "n n unit lower", "U": "n n upper"}, "L @ U = A", name="lu")
    >>> print(rule.text("cotangent"))
    a1 = gU U^H
    a2 = L^H gL
    a3 = triu(a1) + strict_tril(a2)
    a4 = L^-H a3 U^-H
    A: a4
    """
    texts = [equations] if isinstance(equations, str) else list(equations)
    return Rule(name, _symbols(name, inputs), _symbols(name, outputs), texts)


def from_text(equation: str, where: str = "", inputs: str = "") -> Rule:
    """A rule from what one types: an equation, ``L: n n lower, K: hermitian``, and the names of the inputs.

    Dimensions that are left out are ``n n``, structures ``general``. Without ``inputs`` they are the matrices that
    stand on the right-hand side only.
    """
    declared: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in where.split(","))):
        name, colon, text = part.partition(":")
        if not colon:
            raise OptionError("derive", f"{part!r} has no colon.", "Write 'L: n n lower, K: hermitian'.")
        text = text.strip()
        declared[name.strip()] = f"n n {text}" if text in structures else text
    left, _, right = equation.partition("=")
    found = names(equation)
    given = [name.strip() for name in inputs.split(",") if name.strip()]
    given = given or [name for name in found if name in names(right) and name not in names(left)]
    unknown = [name for name in (*declared, *given) if name not in found]
    if unknown:
        raise OptionError("derive", f"{', '.join(unknown)} does not occur in {equation!r}.")
    if not given or len(given) == len(found):
        raise OptionError(
            "derive", f"it is not clear which of {', '.join(found)} are given.", "Name them: --inputs A,B."
        )
    return derive(
        {name: declared.get(name, "n n") for name in found if name in given},
        {name: declared.get(name, "n n") for name in found if name not in given},
        equation,
    )


def _symbols(where: str, declared: Mapping[str, str]) -> list[Symbol]:
    symbols = []
    for symbol, text in declared.items():
        if not symbol.isidentifier() or iskeyword(symbol) or symbol in WORDS or _TAKEN.match(symbol):
            raise OptionError(
                where,
                f"a matrix cannot be named {symbol!r}: programs use such names themselves, or it is none.",
                "Take a capital letter, or a word.",
            )
        words = text.split()
        if len(words) < 2:
            raise OptionError(
                where,
                f"{symbol} is declared as {text!r}.",
                "Write two dimensions and a structure: 'n n lower'.",
            )
        structure = " ".join(words[2:]) or "general"
        if structure not in structures:
            raise OptionError(
                where,
                f"{symbol} has the unknown structure {structure!r}.",
                f"Structures: {', '.join(structures)}.",
            )
        symbols.append(Symbol(symbol, words[0], words[1], structures[structure]))
    return symbols
