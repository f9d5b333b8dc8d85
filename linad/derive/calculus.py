"""Matrix calculus: formulas from text, their gradients as formulas again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from linad.core.expression import Expression
from linad.core.symbols import BoundFunction, function
from linad.core.traced import Array, innermost
from linad.derive import factors  # noqa: F401  # enters the factorizations
from linad.derive.computing import graph_of
from linad.derive.symbolic.calculus.argument import argument_latex, argument_text
from linad.derive.symbolic.calculus.derivation import derivation
from linad.derive.symbolic.calculus.differentiate import backward
from linad.derive.symbolic.calculus.jacobian import jacobian
from linad.derive.symbolic.calculus.nodes import ONE, Node, NumberError
from linad.derive.symbolic.calculus.nodes import symbol as node_of
from linad.derive.symbolic.calculus.reading import Reading, read, tells_sizes
from linad.derive.symbolic.calculus.rebuilding import tidy
from linad.derive.symbolic.calculus.sharing import shared
from linad.derive.symbolic.calculus.source import UnwritableError, source
from linad.derive.symbolic.calculus.styles import STYLES
from linad.derive.symbolic.calculus.tokens import SPELLINGS, as_python_reads
from linad.derive.symbolic.calculus.writing import write
from linad.derive.symbolic.parsing.tokens import EquationError
from linad.errors import ArgumentError, DerivationError, DtypeError, OptionError
from linad.operations.hermitian import hermitian_part, require_hermitian

_TESTS = ("gY", "gZ", "gW", "gV", "gU")  # names of test tensors: an expression that has one takes the next


class Formula:
    """An expression of matrix calculus: it prints, runs on arrays, and is differentiated.

    ``str(formula)`` is its text, and a call with data, in the order of ``names`` or by name, its value: plain or
    traced arrays.

    Attributes
    ----------
    names
        The symbols, in the order in which data is given.
    shapes
        For each its dimensions by letters; ``()`` a scalar.
    shape
        The dimensions of the value.
    expression
        The graph, of the kind that :func:`linad.symbol` makes.
    """

    kind = "value"

    def __init__(self, node: Node, symbols: Sequence[Node], spelling: str) -> None:
        self.node, self.symbols, self.spelling = node, tuple(symbols), spelling
        self.names: tuple[str, ...] = tuple(s.data[0] for s in symbols)
        self.shapes: dict[str, tuple[str, ...]] = {s.data[0]: s.shape for s in symbols}
        self.shape = node.shape

    # -- written -------------------------------------------------------------------------------------------------

    def text(self, spelling: str | None = None) -> str:
        """In a spelling, ``"python"`` or ``"matrixcalculus"``; by default that in which it was read."""
        own = _spelling(spelling or self.spelling)
        text = write(self.node, STYLES[own])
        return (
            text
            if tells_sizes(text, self.node, self.symbols, own)
            else write(self.node, STYLES[own], sized=True)
        )

    __str__ = text

    def __repr__(self) -> str:
        return self.text()

    def steps(self, spelling: str | None = None) -> str:
        """In lines: what is long and occurs several times has a name, t0, t1, ..., and is written once."""
        style = STYLES[_spelling(spelling or self.spelling)]
        found = shared(self.node, self.names)
        lines = []
        for node, name in found.items():
            lines.append(f"{name} = {write(node, style, {x: t for x, t in found.items() if x != node})}")
        return "\n".join([*lines, write(self.node, style, found)])

    def latex(self) -> str:
        """In LaTeX's mathematics, without delimiters. The product of entries is a circled dot."""
        return write(self.node, STYLES["latex"])

    def source(self, name: str | None = None) -> str:
        """A Python function that needs NumPy alone; inverses are solves, and what occurs twice is computed once."""
        own = name or self.kind
        if not own.isidentifier():
            raise OptionError(self.kind, f"name={own!r} cannot name a function.")
        try:
            return source(own, self.symbols, [self.node])
        except UnwritableError as error:
            raise DerivationError("source", str(error)) from None

    # -- computed ------------------------------------------------------------------------------------------------

    @cached_property
    def _graph(self) -> tuple[list[Expression], Any]:
        return graph_of(self.node, self.symbols)

    @property
    def inputs(self) -> list[Expression]:
        """The symbols of the graph."""
        return self._graph[0]

    @property
    def expression(self) -> Any:
        return self._graph[1]

    @cached_property
    def _function(self) -> BoundFunction:
        return function(self.inputs, self.expression)

    def __call__(self, *data: Any, **named: Any) -> Any:
        strange = [name for name in named if name not in self.names[len(data) :]]
        missing = [name for name in self.names[len(data) :] if name not in named]
        if strange or missing or len(data) > len(self.names):
            fact = f"data is for {', '.join(self.names)}, each once"
            if missing:
                fact += f": {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
            elif strange:
                fact += f": {', '.join(strange)} {'is' if len(strange) == 1 else 'are'} not"
            raise ArgumentError(self.kind, f"{fact}.")
        values = [*data, *(named[name] for name in self.names[len(data) :])]
        for i, (symbol, x) in enumerate(zip(self.symbols, values, strict=True)):
            self._check(symbol, innermost(x))
            if symbol.data[1] and isinstance(x, Array):
                values[i] = hermitian_part(x)  # it moves within symmetric matrices
        return self._function(*values)

    def _check(self, symbol: Node, x: Any) -> None:
        """Whether plain data is what a symbol is declared to be."""
        name, symmetric = symbol.data
        if not isinstance(x, (list, tuple, complex, np.ndarray, np.generic)):
            return
        if np.iscomplexobj(x):
            raise DtypeError(self.kind, f"the data for {name} is complex; expressions are of real arrays.")
        if symmetric and np.ndim(x) == 2 and np.shape(x)[0] == np.shape(x)[1]:
            require_hermitian(np.asarray(x), f"{self.kind}, {name}", conjugate=False)

    # -- differentiated ------------------------------------------------------------------------------------------

    def gradient(self, wrt: str) -> Gradient:
        """The gradient with respect to a symbol."""
        if not isinstance(wrt, str) or as_python_reads(wrt) not in self.names:
            raise OptionError(
                "gradient", f"{wrt!r} is not among the symbols: {', '.join(self.names) or 'none'}."
            )
        return Gradient(self, as_python_reads(wrt))


class Gradient(Formula):
    """The gradient of a formula with respect to a symbol.

    Of a scalar it has the shape of the symbol. Of anything else it is the transposed Jacobian's product with a test
    tensor, one more symbol: ``test`` is its name.

    Attributes
    ----------
    of, wrt, test
        The formula, the symbol's name, and the test tensor's; None for a scalar.
    jacobian
        The derivative as one array, output axes first: by a scalar, or of a vector by a vector; of a scalar the
        gradient. Else None.
    """

    kind = "gradient"

    def __init__(self, of: Formula, wrt: str) -> None:
        self.of, self.wrt = of, wrt
        self._wrt = of.symbols[of.names.index(wrt)]
        free = next(name for name in chain(_TESTS, _numbered()) if name not in of.names)
        self._test = node_of(free, of.shape) if of.shape else None
        self.test: str | None = free if of.shape else None
        try:
            found = backward(of.node, ONE if self._test is None else self._test, self._wrt)
        except NumberError as error:
            raise DerivationError("gradient", str(error)) from None
        symbols = of.symbols if self._test is None else (*of.symbols, self._test)
        super().__init__(tidy(found), symbols, of.spelling)

    @cached_property
    def jacobian(self) -> Formula | None:
        found = jacobian(self.node, self._test, self._wrt)
        return None if found is None else Formula(found, self.of.symbols, self.spelling)

    def derivation(self, style: str = "text") -> str:
        """The test-tensor argument, step by step: as ``"text"``, or as an environment of ``"latex"``."""
        if style not in ("text", "latex"):
            raise OptionError("derivation", f"style={style!r} is neither 'text' nor 'latex'.")
        found = None if self.jacobian is None else self.jacobian.node
        lines = list(derivation(self.of.node, self._test, self._wrt, self.node, found))
        if style == "latex":
            return argument_latex(lines, self._test)
        return argument_text(lines, STYLES[self.spelling])


def _numbered() -> Any:
    return (f"gY{i}" for i in range(10**6))


def _spelling(name: str) -> str:
    if name not in SPELLINGS:
        raise OptionError("spelling", f"{name!r} is none; there are {' and '.join(map(repr, SPELLINGS))}.")
    return name


def _read(where: str, text: str, declarations: Mapping[str, str], spelling: str | None) -> Formula:
    if not isinstance(text, str):
        raise ArgumentError(where, f"the expression is a {type(text).__name__}, not a text.")
    for name, said in declarations.items():
        if not isinstance(said, str):
            raise ArgumentError(
                where, f"{name} is declared by a {type(said).__name__}, not a text such as 'n n'."
            )
    try:
        found: Reading = read(text, declarations, None if spelling is None else _spelling(spelling))
    except (EquationError, NumberError) as error:
        raise DerivationError(where, str(error)) from None
    return Formula(found.value, found.symbols, found.spelling)


def formula(text: str, /, *, spelling: str | None = None, **declarations: str) -> Formula:
    """Read an expression of scalars, vectors, matrices and tensors.

    Parameters
    ----------
    text
        Such as ``"b.T @ inv(S) @ b"`` or ``"b'*inv(S)*b"``.
    spelling
        ``"python"``, with ``@ .T **`` and ``*`` entry by entry, or ``"matrixcalculus"``, with ``' .* ./ .^`` and ``*``
        the product of matrices. By default what the signs in the text tell; where none does, the latter.
    declarations
        What symbols are: ``S="n n symmetric"``, ``c="scalar"``, ``x="n"``, ``T="i j k"``. What is not declared is
        guessed: a capital is a matrix, a Greek letter a scalar, anything else a vector.

    Examples
    --------
    >>> from linad.derive import formula
    >>> f = formula("x'*A*x", A="n n symmetric")
    >>> float(f(x=[1.0, 2.0], A=[[2.0, 0.0], [0.0, 3.0]]))
    14.0
    """
    return _read("formula", text, declarations, spelling)


def gradient(text: str, /, wrt: str, *, spelling: str | None = None, **declarations: str) -> Gradient:
    """The gradient of an expression with respect to a symbol, as a formula. Parameters as of :func:`formula`.

    Examples
    --------
    >>> from linad.derive import gradient
    >>> gradient("b.T @ inv(S) @ b + logdet(S)", "S", S="n n symmetric")
    inv(S) - outer(inv(S) @ b, inv(S) @ b)
    >>> gradient("norm2(A*x - y)^2", "x")
    2*A'*(A*x - y)
    >>> gradient("A*exp(x)", "x").jacobian
    A*diag(exp(x))
    """
    return _read("gradient", text, declarations, spelling).gradient(wrt)
