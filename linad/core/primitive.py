"""Primitives: what the engine knows of an operation, and the function that users and rules call.

A primitive's function takes its arguments by position: operands, which may be traced, and parameters, in the order in
which the record keeps them. If none is traced the numeric function runs; else the argument of the highest level
decides (:meth:`linad.core.traced.Array.apply`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, TypeVar

from linad.core.traced import PLAIN, Array, open_door, operand
from linad.errors import OptionError

Numeric = Callable[..., Any]
_Entry = TypeVar("_Entry")
# push(values, out, tangents) gives the tangent of the output: absent tangents are None.
Push = Callable[[Sequence[Any], Any, Sequence[Any]], Any]
# pull(values, out, cotangent, live) gives the cotangents of the arguments at the positions in ``live``.
Pull = Callable[[Sequence[Any], Any, Any, Sequence[int]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Sample:
    """Arguments on which an operation is tried: the shapes of its operands and its parameters.

    ``axes`` tells how many last axes of each operand are one element's of a batch: two, where nothing is said.
    """

    shapes: tuple[tuple[int, ...], ...]
    parameters: tuple[Any, ...] = ()
    label: str = ""
    axes: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return self.label or "-".join("x".join(map(str, shape)) or "scalar" for shape in self.shapes)


class Primitive:
    """One operation, declared once by its kind.

    Attributes
    ----------
    name, kind
        What it is called, and which of the kinds declared it.
    numeric
        The computation on plain values.
    call
        The function that users and rules call.
    push, pull
        The two rules; None where there is no derivative because the result is discrete.
    first, last
        Operands are ``args[first:last]``; everything else is a parameter and has no derivative.
    reads
        Whether a rule looks at the numbers of operands: if so, records keep private copies of plain ones.
    outputs
        The number of outputs; None where the result is one value and not a tuple.
    entry
        What laws call: ``call``, or the function around it that supplies the aids.
    invariants
        Of the results, what does not depend on choices that the operation leaves open, phases and signs; None where it
        leaves none. Laws of values act on it.
    domain, samples, dtypes
        Where the operation is defined and on what it is tried, by operand; ``dtypes`` by kind letters.
    untried
        Why it has no samples.
    """

    __slots__ = (
        "call",
        "domain",
        "dtypes",
        "entry",
        "first",
        "invariants",
        "kind",
        "last",
        "name",
        "numeric",
        "outputs",
        "pull",
        "push",
        "reads",
        "rule",
        "samples",
        "symbol",
        "untried",
    )

    def __init__(
        self,
        name: str,
        kind: str,
        numeric: Numeric,
        *,
        push: Push | None = None,
        pull: Pull | None = None,
        first: int = 0,
        last: int | None = 1,
        reads: bool = True,
        outputs: int | None = None,
        invariants: Callable[..., tuple[Any, ...]] | None = None,
        domain: tuple[str, ...] = (),
        samples: tuple[Sample, ...] = (),
        dtypes: str = "fc",
        symbol: str | None = None,
        untried: str = "",
    ) -> None:
        self.name, self.kind, self.numeric = name, kind, numeric
        self.push, self.pull = push, pull
        self.first, self.last, self.reads, self.outputs = first, last, reads, outputs
        self.invariants = invariants
        self.domain, self.samples, self.dtypes, self.symbol = domain, samples, dtypes, symbol
        self.untried = untried
        self.rule: Any = None
        self.call = self.entry = _bind(self)

    def __repr__(self) -> str:
        return f"<{self.kind} primitive {self.name}>"


class _ByName(dict[str, _Entry]):
    """What operations are called; one that is missing may be declared behind a door that nobody has opened yet."""

    def __missing__(self, name: str) -> _Entry:
        while open_door():
            if name in self:
                return self[name]
        raise KeyError(name)


# Every primitive's function by the primitive's name: emitted code and the conventions look operations up here.
table: dict[str, Callable[..., Any]] = _ByName()
primitives: dict[str, Primitive] = _ByName()


_own: set[str] = set()  # the names of linad's operations, which others may not take


def register(primitive: Primitive) -> Callable[..., Any]:
    """Enter a primitive in the tables and return its function.

    A user who declares a name again, in a notebook say, replaces his own declaration.
    """
    name = primitive.name
    ours = _declaring_module().startswith("linad.")
    if not ours:
        while open_door():  # names that are not there yet are taken, too
            pass
    if name in _own:
        raise OptionError("kinds", f"the name {name!r} belongs to an operation of linad.", "Choose another.")
    if ours:
        _own.add(name)
    call = primitive.call
    call.__name__ = call.__qualname__ = name
    call.primitive = primitive  # type: ignore[attr-defined]  # functions take attributes; mypy does not know
    primitives[name] = primitive
    table[name] = call
    return call


def _declaring_module() -> str:
    """The module that stands outside linad.core in the calls."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("linad.core."):
        if frame.f_code.co_name == "<module>":  # core's own declarations
            break
        frame = frame.f_back
    return "" if frame is None else str(frame.f_globals.get("__name__"))


def _bind(primitive: Primitive) -> Callable[..., Any]:
    """The function of a primitive, specialised to one and to two arguments that are all operands."""
    numeric = primitive.numeric

    if (primitive.first, primitive.last, primitive.kind) == (0, 1, "elementwise"):

        def call(x: Any) -> Any:
            if isinstance(x, Array):
                return x.apply1(primitive)
            return numeric(x)

    elif (primitive.first, primitive.last, primitive.kind) == (0, 2, "elementwise"):

        def call(x: Any, y: Any) -> Any:  # type: ignore[misc]  # one of three signatures
            if isinstance(x, Array):
                if isinstance(y, Array):
                    level = x.level
                    if level is y.level:
                        return x.apply_both(primitive, y)
                    return x.apply_left(primitive, y) if level > y.level else y.apply_right(primitive, x)
                return x.apply_left(primitive, y if type(y) in PLAIN else operand(y, primitive.name))
            if isinstance(y, Array):
                return y.apply_right(primitive, x if type(x) in PLAIN else operand(x, primitive.name))
            return numeric(x, y)

    else:

        def call(*args: Any) -> Any:  # type: ignore[misc]  # one of three signatures
            for arg in args:
                if isinstance(arg, Array):
                    return arg.apply(primitive, args)  # which leaves it to one of a higher level
            return numeric(*args)

    return call
