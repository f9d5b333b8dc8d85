"""The recording tracer: nodes of explicit graphs.

An :class:`Expression` holds the primitive and the arguments, and either a value (a function recorded on data)
or only a shape and dtype (symbols). Every result of an expression is recorded, discrete ones too; asking one
for its truth value records a guard.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, Self

import numpy as np

from linad.core.errstate import state
from linad.core.level import Level, floor
from linad.core.primitive import Primitive
from linad.core.site import Site, taped_site, user_site
from linad.core.space import Lettered, Space, Unknown, shape_of
from linad.core.traced import Array
from linad.core.writing import write
from linad.errors import SymbolError


class Recording(Level):
    """The level of a recorded function: what was recorded, and the truth values that were asked for."""

    nodes: list[Expression]
    guards: list[tuple[Expression, bool]]

    def __new__(cls, transform: str) -> Self:
        self = super().__new__(cls, transform)
        self.nodes, self.guards = [], []
        return self


class Tape(Recording):
    """A recording that is to be replayed on other data: its values are numbers, and no block stops it."""

    failed = False  # whether an operation raised an error
    blocks: dict[
        int, tuple[dict[str, str], dict[str, Any]]
    ]  # what errstate blocks of the function say, by node

    _outside: tuple[dict[str, str], Any]

    def __new__(cls, transform: str) -> Self:
        self = super().__new__(cls, transform)
        self.blocks = {}
        self._outside = state(), np.geterr()
        return self

    def note_blocks(self, index: int) -> None:
        """Remember the blocks in which a node is made, linad's and NumPy's, if any."""
        own, numpy = state(), np.geterr()
        if own is not self._outside[0] or numpy != self._outside[1]:
            self.blocks[index] = own, {k: v for k, v in numpy.items() if v != self._outside[1][k]}


# The tape of the function that is being recorded for replay in this context.
taping: ContextVar[Tape | None] = ContextVar("linad_tape", default=None)


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
        self.memo = None
        if isinstance(level, Tape):
            self.site = taped_site()
            level.note_blocks(self.index)
        else:
            self.site = user_site()
        if isinstance(level, Recording):
            level.nodes.append(self)

    def apply_values(self, primitive: Primitive, args: tuple[Any, ...], values: list[Any]) -> Any:
        level = self.level
        try:
            out = (
                outline(primitive, values)
                if any([isinstance(v, (Space, Unknown)) for v in values])
                else primitive.call(*values)
            )
        except Exception:
            if isinstance(level, Tape):
                level.failed = True
            raise
        if level <= floor.get() and not isinstance(out, (Space, Unknown)) and not isinstance(level, Tape):
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

    @property
    def ndim(self) -> int:
        return len(self.value.letters) if isinstance(self.value, Lettered) else super().ndim

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


def outline(primitive: Primitive, values: Sequence[Any]) -> Any:
    """The shapes and dtypes of what a primitive gives, found by running it on ones."""
    unknown = [v for v in values if isinstance(v, Unknown)]
    if unknown and all(isinstance(v, Lettered) for v in unknown):
        return _lettered(primitive, values)
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


def _lettered(primitive: Primitive, values: Sequence[Any]) -> Any:
    """The letters of what a primitive gives: those whose sizes come out, whichever letter has the larger one."""
    if primitive.kind == "aid":
        return Unknown(primitive.name)
    letters = list(dict.fromkeys(n for v in values if isinstance(v, Lettered) for n in v.letters))
    sizes = [2 * i + 5 for i in range(len(letters))]
    found = []
    for order in (sizes, sizes[::-1]):
        known = dict(zip(letters, order, strict=True))
        spaces = [
            Space(tuple(known[n] for n in v.letters), np.dtype(float)) if isinstance(v, Lettered) else v
            for v in values
        ]
        try:
            out = outline(primitive, spaces)
        except (ValueError, IndexError, ArithmeticError):  # of these sizes; data may have others that fit
            return Unknown(primitive.name)
        names = {size: n for n, size in known.items()}
        parts = out if isinstance(out, tuple) else (out,)
        found.append([tuple(names.get(n) for n in shape_of(part)) for part in parts])
    whole = [
        Lettered(primitive.name, one) if one == two and None not in one else Unknown(primitive.name)
        for one, two in zip(*found, strict=True)
    ]
    return tuple(whole) if primitive.outputs is not None else whole[0]


def _sample(space: Space) -> Any:
    """An array that most operations accept: ones; zeros for indices; for matrices dominant diagonals, all different."""
    if space.dtype.kind in "iu":
        return np.zeros(space.shape, space.dtype)[()]  # an index that every axis has
    ones = np.ones(space.shape, space.dtype)
    if len(space.shape) >= 2:
        m, n = space.shape[-2:]
        ones = ones + max(m, n) * np.eye(m, n, dtype=space.dtype) * np.arange(1, n + 1)
    return ones.astype(space.dtype)[()]
