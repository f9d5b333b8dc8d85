"""Explicit graphs: the recording tracer, symbols, functions of symbols, and their gradients.

An :class:`Expression` is a node. It holds the primitive and the arguments, and either a value (a function recorded on data) or only
a shape and dtype (symbols). Every result of an expression is recorded, discrete ones too; asking one for its truth
value records a guard. Evaluating a graph calls the same operations again, so a bound graph can be differentiated like any
function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.boundary import admit, held
from linad.core.forward import ancestors
from linad.core.level import Level, floor
from linad.core.primitive import Primitive
from linad.core.site import Site, user_site
from linad.core.space import Space, is_complex, shape_of
from linad.core.traced import Array, innermost
from linad.core.transforms import vjp
from linad.errors import ArgumentError, DtypeError, SymbolError


class Unknown:
    """The value of a symbol without a shape."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def shape(self) -> tuple[int, ...]:
        raise SymbolError(
            self.name,
            "its shape is not known before data is bound.",
            f"Declare it: linad.symbol({self.name!r}, shape=(3,)).",
        )

    @property
    def dtype(self) -> np.dtype[Any]:
        raise SymbolError(
            self.name, "its dtype is not known before data is bound.", "Declare the shape and dtype."
        )


class Recording(Level):
    """The level of a recorded function: what was recorded, and the truth values that were asked for."""

    nodes: list[Expression]
    guards: list[tuple[Expression, bool]]

    def __new__(cls, transform: str) -> Recording:
        self = super().__new__(cls, transform)
        self.nodes, self.guards = [], []
        return self  # type: ignore[return-value]  # Level.__new__ makes an instance of cls


class Expression(Array):
    """A node of an explicit graph."""

    __slots__ = ("args", "index", "name", "primitive", "site")

    explicit = True
    primitive: Primitive | None
    args: tuple[Any, ...]
    index: int
    name: str | None
    site: Site | None

    def __init__(
        self,
        value: Any,
        primitive: Primitive | None,
        args: tuple[Any, ...],
        level: Level,
        name: str | None = None,
    ) -> None:
        self.index = level.tick()
        self.value, self.primitive, self.args, self.level, self.name = value, primitive, args, level, name
        self.site = user_site()
        if isinstance(level, Recording):
            level.nodes.append(self)

    def apply(self, primitive: Primitive, args: tuple[Any, ...]) -> Any:
        level = self.level
        values = [a.value if isinstance(a, Array) and a.level is level else a for a in args]
        out = (
            outline(primitive, values)
            if any(isinstance(v, (Space, Unknown)) for v in values)
            else primitive.call(*values)
        )
        if level <= floor.get() and not isinstance(out, (Space, Unknown)):
            return out
        whole = Expression(out, primitive, args, level)
        if primitive.outputs is None:
            return whole
        if isinstance(out, Unknown):
            raise SymbolError(
                primitive.name,
                "the number of its outputs is not known before data is bound.",
                "Declare the shapes of the symbols.",
            )
        return tuple([Expression(part, None, (whole, i), level) for i, part in enumerate(out)])

    def __bool__(self) -> bool:
        if isinstance(self.value, (Space, Unknown)):
            raise SymbolError(
                str(self),
                "its truth value is not known before data is bound.",
                "Choose by numpy.where(condition, x, y).",
            )
        outcome = bool(self.value)
        if isinstance(self.level, Recording):
            self.level.guards.append((self, outcome))
        return outcome

    def __repr__(self) -> str:
        return write(self)

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(write(self), spec)


SYMBOLS = Level("symbol")


def symbol(name: str, shape: tuple[int, ...] | None = None, dtype: Any = float) -> Expression:
    """A symbol: an array whose data is bound later, by :func:`function`.

    Without a shape it allows arithmetic and printing.

    Examples
    --------
    >>> import linad as ln
    >>> a, b = ln.symbol("a"), ln.symbol("b")
    >>> 2 * a + b
    2*a + b
    """
    if not isinstance(name, str) or not name:
        raise ArgumentError("symbol", f"the name must be a string of at least one letter, not {name!r}.")
    space: Any = Unknown(name)
    if shape is not None:
        space = Space((shape,) if isinstance(shape, int) else tuple(int(n) for n in shape), np.dtype(dtype))
        if space.dtype.kind not in "fc":
            raise ArgumentError("symbol", f"dtype {space.dtype} is discrete; a symbol is real or complex.")
    return Expression(space, None, (), SYMBOLS, name)


def outline(primitive: Primitive, values: Sequence[Any]) -> Any:
    """The shapes and dtypes of what a primitive gives, found by running it on ones."""
    for v in values:
        if isinstance(v, Unknown):
            return Unknown(primitive.name)
    samples = [_sample(v) if isinstance(v, Space) else v for v in values]
    with np.errstate(all="ignore"):
        out = primitive.call(*samples)
    if primitive.kind == "aid":
        return out  # the factors of the sample serve the outlines of what uses them
    if isinstance(out, tuple):
        return tuple(Space(shape_of(part), np.asarray(part).dtype) for part in out)
    return out if isinstance(out, Array) else Space(shape_of(out), np.asarray(out).dtype)


def _sample(space: Space) -> Any:
    """An array of a space that most operations accept: ones, zeros for indices, and diagonally dominant square matrices."""
    if space.dtype.kind in "iu":
        return np.zeros(space.shape, space.dtype)[()]  # an index that every axis has
    ones = np.ones(space.shape, space.dtype)
    if len(space.shape) >= 2 and space.shape[-1] == space.shape[-2]:
        ones = ones + space.shape[-1] * np.eye(space.shape[-1], dtype=space.dtype)
    return ones[()]


class Graph:
    """A recorded function: its inputs, its nodes in the order of recording, its outputs.

    ``str(graph)`` is a listing; :meth:`dot` and :meth:`mermaid` draw it. Nodes that do not lead to an output are marked dead.
    """

    def __init__(self, inputs: Sequence[Expression], nodes: Sequence[Expression], outputs: Any) -> None:
        self.inputs, self.nodes, self.outputs = list(inputs), list(nodes), outputs
        self.level = self.inputs[0].level if self.inputs else None
        ends = [
            part
            for _, part in tree.leaves(outputs)
            if isinstance(part, Expression) and part.level is self.level
        ]
        self.live = {node.index for node in ancestors(ends)}
        self.names: dict[int, str] = {}
        for node in self.nodes:
            self.names[node.index] = node.name or f"v{len(self.names)}"

    def _argument(self, a: Any) -> str:
        if isinstance(a, Expression) and a.level is self.level:
            return self.names[a.index]
        return constant_text(a)

    def _formula(self, node: Expression) -> str:
        if node.primitive is None:
            return f"{self._argument(node.args[0])}[{node.args[1]}]" if node.args else "input"
        return f"{node.primitive.name}({', '.join(self._argument(a) for a in node.args)})"

    def __str__(self) -> str:
        rows = [
            (self.names[n.index], self._formula(n), _space_text(n.value), n.index in self.live)
            for n in self.nodes
        ]
        widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
        lines = [
            f"{name:{widths[0]}} = {formula:{widths[1]}}  {space:{widths[2]}}".rstrip()
            + ("" if alive else "  # dead")
            for name, formula, space, alive in rows
        ]
        ends = [self._argument(part) for _, part in tree.leaves(self.outputs)]
        return "\n".join([*lines, f"return {', '.join(ends)}"])

    __repr__ = __str__

    def _edges(self) -> list[tuple[str, str]]:
        return [
            (self.names[a.index], self.names[node.index])
            for node in self.nodes
            for a in node.args
            if isinstance(a, Expression) and a.level is self.level
        ]

    def dot(self) -> str:
        """The graph in Graphviz' language; dead nodes are dashed."""
        lines = ["digraph linad {"]
        for node in self.nodes:
            label = f"{self.names[node.index]} = {self._formula(node)}\\n{_space_text(node.value)}".replace(
                '"', "'"
            )
            style = "" if node.index in self.live else ", style=dashed"
            lines.append(f'  {self.names[node.index]} [label="{label}"{style}];')
        lines += [f"  {a} -> {b};" for a, b in self._edges()]
        return "\n".join([*lines, "}"])

    def mermaid(self) -> str:
        """The graph in Mermaid's language; dead nodes are dashed."""
        lines = ["graph TD"]
        for node in self.nodes:
            label = f"{self.names[node.index]} = {self._formula(node)}<br/>{_space_text(node.value)}".replace(
                '"', "'"
            )
            lines.append(f'  {self.names[node.index]}["{label}"]')
        lines += [f"  {a} --> {b}" for a, b in self._edges()]
        dead = [self.names[node.index] for node in self.nodes if node.index not in self.live]
        if dead:
            lines += ["  classDef dead stroke-dasharray: 4", f"  class {','.join(dead)} dead"]
        return "\n".join(lines)


def graph(f: Callable[..., Any], *args: Any) -> Graph:
    """Record a function on arguments, or take the graph of an expression of symbols.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> def f(x):
    ...     unused = np.cos(x)
    ...     return np.sin(x) * 2
    >>> print(ln.graph(f, 1.0))
    x0 = input             () float64
    v1 = cos(x0)           () float64  # dead
    v2 = sin(x0)           () float64
    v3 = multiply(v2, 2)   () float64
    return v3
    """
    if isinstance(f, Expression):
        nodes = ancestors([f])
        return Graph([node for node in nodes if node.primitive is None and not node.args], nodes, f)
    if not callable(f):
        raise ArgumentError(
            "graph", f"the first argument must be a function or an expression, not {type(f).__name__}."
        )
    level = Recording("graph")
    inputs: list[Expression] = []

    def enter(path: str, part: Any) -> Expression:
        x = Expression(held(admit("graph", path, part)), None, (), level, f"x{len(inputs)}")
        inputs.append(x)
        return x

    try:
        outputs = f(*[tree.map_leaves(enter, x, f"argument {i}") for i, x in enumerate(args)])
    finally:
        level.close()
    recorded = Graph(inputs, level.nodes, outputs)
    level.nodes = []  # the graph holds them now
    return recorded


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
            raise SymbolError(
                "function",
                f"the outputs depend on {', '.join(str(a.name) for a in free)}, which {'is' if len(free) == 1 else 'are'} not among the inputs.",
                "Name every symbol in the first argument.",
            )

    def __call__(self, *data: Any) -> Any:
        if len(data) != len(self.inputs):
            raise ArgumentError(
                "function",
                f"{len(data)} arguments for {len(self.inputs)} symbols ({', '.join(str(a.name) for a in self.inputs)}).",
            )
        found: dict[int, Any] = {}
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
        return f"function({', '.join(str(a.name) for a in self.inputs)}) -> {self.outputs!r}"


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
            _Gradient(bound, position, v),
            tuple(bound.inputs),
            SYMBOLS,
        )  # type: ignore[arg-type]  # it answers to what a node asks of a primitive
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


# -- printing -----------------------------------------------------------------------------------------------------------------

_LONGEST = 2000  # letters of an expression in one line; beyond, its nodes are named
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "**": 4}
_UNARY = 3
_ATOM = 5


def write(c: Expression) -> str:
    """An expression as one writes it; long ones as a listing."""
    texts: dict[int, tuple[str, int]] = {}
    nodes = ancestors([c])
    for node in nodes:
        if node.primitive is None:
            whole = f"{texts[node.args[0].index][0]}[{node.args[1]}]" if node.args else str(node.name)
            texts[node.index] = (whole, _ATOM)
            continue
        args = [
            texts[a.index]
            if isinstance(a, Expression) and a.level is node.level
            else (constant_text(a), _ATOM)
            for a in node.args
        ]
        text, strength = _written(node.primitive, args)
        if len(text) > _LONGEST:
            return str(Graph([n for n in nodes if n.primitive is None and not n.args], nodes, c))
        texts[node.index] = (text, strength)
    return texts[c.index][0]


def _written(primitive: Any, args: list[tuple[str, int]]) -> tuple[str, int]:
    if isinstance(primitive, _Gradient):
        return primitive.text(), _ATOM
    sign = primitive.symbol
    if sign is not None and len(args) == 1:
        text, strength = args[0]
        return sign + (text if strength >= _UNARY else f"({text})"), _UNARY
    if sign is not None and len(args) == 2:
        own = _BINDING[sign]
        (left, a), (right, b) = args
        if left.startswith("-"):
            a = min(a, _UNARY)
        if right.startswith("-"):
            b = 0
        left = left if a > own or (a == own and sign != "**") else f"({left})"
        right = right if b > own or (b == own and sign == "+") else f"({right})"
        space = " " if own == 1 or sign == "@" else ""
        return f"{left}{space}{sign}{space}{right}", own
    return f"{primitive.name}({', '.join(text for text, _ in args)})", _ATOM


def constant_text(a: Any) -> str:
    """A constant in a listing: numbers as they are, arrays by shape."""
    if isinstance(a, np.generic):
        a = a.item()
    if isinstance(a, np.ndarray) and a.size > 4:
        return f"<{_space_text(a)}>"
    if isinstance(a, np.ndarray):
        return repr(a.tolist())
    return repr(a)


def _space_text(value: Any) -> str:
    while isinstance(value, Array):
        value = value.value
    if isinstance(value, Unknown):
        return "?"
    try:
        return f"{shape_of(value)} {np.asarray(value).dtype if not hasattr(value, 'dtype') else value.dtype}"
    except ValueError:
        return type(value).__name__
