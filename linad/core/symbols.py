"""Explicit graphs by hand: symbols first, data bound later, gradients that are expressions again.

Evaluating a graph calls the same operations again, so a bound function can be differentiated like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.boundary import admit
from linad.core.expression import Expression
from linad.core.forward import ancestors
from linad.core.level import Level
from linad.core.space import Lettered, Space, Unknown, is_complex, shape_of
from linad.core.traced import innermost
from linad.core.transforms import vjp
from linad.core.writing import write
from linad.errors import ArgumentError, DtypeError, SymbolError

SYMBOLS = Level("symbol")


def symbol(name: str, shape: tuple[int, ...] | str | None = None, dtype: Any = float) -> Expression:
    """A symbol: an array whose data is bound later, by :func:`function`.

    Without a shape it allows arithmetic and printing. Letters, as in ``"m n"``, say that data must have so many
    dimensions, and that those of equal letters are equal.

    Examples
    --------
    >>> import linad as ln
    >>> a, b = ln.symbol("a"), ln.symbol("b")
    >>> 2 * a + b
    2*a + b
    >>> A, x = ln.symbol("A", "m n"), ln.symbol("x", "n")
    >>> A @ x
    A @ x
    """
    if not isinstance(name, str) or not name:
        raise ArgumentError("symbol", f"the name must be a string of at least one letter, not {name!r}.")
    space: Any = Unknown(name)
    if isinstance(shape, str):
        space = Lettered(name, tuple(shape.split()))
    elif shape is not None:
        space = Space((shape,) if isinstance(shape, int) else tuple(int(n) for n in shape), np.dtype(dtype))
        if space.dtype.kind not in "fc":
            raise ArgumentError("symbol", f"dtype {space.dtype} is discrete; a symbol is real or complex.")
    return Expression(space, None, (), SYMBOLS, name)


class BoundFunction:
    """A function of data made of expressions: ``function(inputs, outputs)``."""

    def __init__(self, inputs: Sequence[Expression], outputs: Any) -> None:
        for i, a in enumerate(inputs):
            if not isinstance(a, Expression) or a.primitive is not None or a.args:
                raise ArgumentError(
                    "function", f"input {i} is not a symbol.", "Make one: linad.symbol(name)."
                )
        self.inputs, self.outputs = list(inputs), outputs
        ends = [part for _, part in tree.leaves(outputs) if isinstance(part, Expression)]
        self.nodes: list[Expression] = ancestors(ends)
        known = {a.index for a in inputs}
        free = [
            node
            for node in self.nodes
            if node.primitive is None and not node.args and node.index not in known
        ]
        if free:
            verb = "is" if len(free) == 1 else "are"
            raise SymbolError(
                "function",
                f"the outputs depend on {_names(free)}, which {verb} not among the inputs.",
                "Name every symbol in the first argument.",
            )

    def __call__(self, *data: Any) -> Any:
        if len(data) != len(self.inputs):
            raise ArgumentError(
                "function",
                f"{len(data)} arguments for {len(self.inputs)} symbols ({_names(self.inputs)}).",
            )
        found: dict[int, Any] = {}
        sizes: dict[str, tuple[int, str]] = {}
        for a, x in zip(self.inputs, data, strict=True):
            x = np.asarray(x) if isinstance(x, (list, tuple)) else x
            if not isinstance(innermost(x), Unknown):
                x = admit("function", f"the data for {a.name}", x)
            if isinstance(a.value, Space) and shape_of(x) != a.value.shape:
                raise ArgumentError(
                    "function",
                    f"the data for {a.name} has shape {shape_of(x)}, the symbol has {a.value.shape}.",
                )
            if isinstance(a.value, Space) and is_complex(x) and a.value.dtype.kind != "c":
                raise DtypeError(
                    "function",
                    f"the data for {a.name} is complex, the symbol is real ({a.value.dtype}).",
                    f"Declare it: linad.symbol({a.name!r}, shape, complex).",
                )
            if isinstance(a.value, Lettered) and not isinstance(innermost(x), Unknown):
                a.value.bind("function", shape_of(x), sizes)
            found[a.index] = x
        for node in self.nodes:
            if node.index not in found:
                args = [
                    found[a.index] if isinstance(a, Expression) and a.level is node.level else a
                    for a in node.args
                ]
                found[node.index] = args[0][args[1]] if node.primitive is None else node.primitive.call(*args)
        return tree.map_leaves(lambda _, c: found[c.index] if isinstance(c, Expression) else c, self.outputs)

    def __repr__(self) -> str:
        return f"function({_names(self.inputs)}) -> {self.outputs!r}"


def _names(symbols: Sequence[Expression]) -> str:
    return ", ".join(str(a.name) for a in symbols)


def function(inputs: Sequence[Expression], outputs: Any) -> BoundFunction:
    """A function from symbols and expressions of them; data is bound at the call.

    Examples
    --------
    >>> import linad as ln
    >>> a, b = ln.symbol("a"), ln.symbol("b")
    >>> f = ln.function([a, b], 2 * a + b)
    >>> f(3.0, 4.0)
    10.0
    """
    return BoundFunction([inputs] if isinstance(inputs, Expression) else inputs, outputs)


def gradient(c: Expression, wrt: Any, v: Any = None) -> Any:
    """The gradient of an expression with respect to symbols, as expressions: they bind, print and differentiate again.

    Where the shape of a symbol is not declared the gradient is one node, expanded when data is bound.

    Parameters
    ----------
    c
        The expression.
    wrt
        A symbol, or a list of them: then a list comes back.
    v
        The cotangent of ``c``; by default all ones, as in ``backward``: the gradient of the sum of the entries.

    Examples
    --------
    >>> import linad as ln
    >>> x = ln.symbol("x", shape=())
    >>> ln.gradient(4 * x**3 + x**2 + 3, x)
    1.0*(2*x) + 4.0*(3*x**2)
    """
    if not isinstance(c, Expression):
        raise ArgumentError(
            "gradient",
            f"the first argument must be an expression of symbols, not {type(c).__name__}.",
            "For a function of arrays: linad.grad(f).",
        )
    several = [wrt] if isinstance(wrt, Expression) else list(wrt)
    free = [node for node in ancestors([c]) if node.primitive is None and not node.args]
    bound = BoundFunction(free, c)
    for a in several:
        if not isinstance(a, Expression) or a.primitive is not None or a.args:
            raise ArgumentError("gradient", f"{a} is not a symbol.")
    result = [_gradient(bound, a, v) for a in several]
    return result[0] if isinstance(wrt, Expression) else result


def _gradient(bound: BoundFunction, a: Expression, v: Any) -> Any:
    position = next((i for i, x in enumerate(bound.inputs) if x is a), None)
    if position is None:
        return np.zeros(a.shape, a.dtype)[()] if isinstance(a.value, Space) else 0.0
    if any(isinstance(x.value, Unknown) for x in bound.inputs):
        return Expression(
            Unknown(f"gradient with respect to {a.name}"),
            _Gradient(bound, position, v),  # type: ignore[arg-type]  # it answers to what a node asks of a primitive
            tuple(bound.inputs),
            SYMBOLS,
        )
    return _expand(bound, position, v, bound.inputs)


def _expand(bound: BoundFunction, position: int, v: Any, data: Sequence[Any]) -> Any:
    """The gradient of a bound function at data, which may be symbols."""

    def of(x: Any) -> Any:
        return bound(*data[:position], x, *data[position + 1 :])

    out, pullback = vjp(of, data[position])
    seed = np.ones(shape_of(out)) if v is None else v
    return pullback(seed[()] if isinstance(seed, np.ndarray) and not seed.shape else seed)[0]


class _Gradient:
    """The node of a gradient that is expanded when data is bound."""

    __slots__ = ("bound", "position", "v")
    name, outputs, symbol = "gradient", None, None

    def __init__(self, bound: BoundFunction, position: int, v: Any) -> None:
        self.bound, self.position, self.v = bound, position, v

    def call(self, *data: Any) -> Any:
        return _expand(self.bound, self.position, self.v, data)

    def text(self) -> str:
        return f"gradient({write(self.bound.outputs)}, {self.bound.inputs[self.position].name})"
