"""Quick programs: of arrays that are small, steps as direct calls of LAPACK and of NumPy's methods.

What a step is written as, its template says, which whoever declares the operation has declared (:func:`quickens`). A
template makes sure of what the operation would look at by the cheapest test that is never wrong to pass; where it
fails the program gives UNSURE, and the program of the operations themselves runs on the same data: it says what there
is to say. Steps without a template, and those in a block of errstate, are written as they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol

import numpy as np

from linad.core import tree
from linad.core.expression import Expression
from linad.core.kinds.steps import LOOK
from linad.core.replay.emit import Emitter
from linad.core.replay.lowering import template_of
from linad.core.replay.program import Program, nodes_in
from linad.core.space import Space

UNSURE = object()  # what a quick program gives to data on which the operations themselves must look


class Late:
    """A value that is written where somebody asks for it, and what is known of it by then.

    Parts are whatever the templates of its users have use for: the factors of a product, the text of a number. Items
    are those of a tuple: texts, late values, or functions that give one.
    """

    __slots__ = ("items", "make", "parts", "text")

    def __init__(
        self, make: Callable[[], str] | None = None, items: Sequence[Any] = (), **parts: Any
    ) -> None:
        self.make, self.items, self.parts = make, list(items), parts
        self.text: str | None = None  # once it is written


class Template(Protocol):
    """From a program and a step of it: an expression or a name, a late value, or None where the call serves.

    The template of a look writes what it looks at, and gives any text.
    """

    def __call__(self, quick: Quick, node: Expression) -> str | Late | None: ...


class Quick(Emitter):
    """A program, written by templates where there are some; ``pays`` where there was one."""

    def __init__(self, made: Program, name: str, frozen: dict[int, Any]) -> None:
        self.pays = False
        self._late: dict[int, Late] = {}
        self._orders: dict[str, str] = {}  # of arrays in memory, by name: C or F, as far as known
        self._kept: dict[Hashable, str] = {}
        self._altered: set[int] = set()  # nodes whose last bits may differ from those of the operations
        self._used: dict[int, list[Expression]] = {}
        self._current: Expression | None = None
        for node in made.steps:
            for part in nodes_in(node.args):
                self._used.setdefault(part.index, []).append(node)
        self._given_out = {x.index for _, x in tree.leaves(made.outputs) if isinstance(x, Expression)}
        super().__init__(made, name, frozen)

    # -- what templates ask ----------------------------------------------------------------------------------------

    def text(self, x: Any) -> str:
        """The name of a value, or its literal; what is late is written."""
        if isinstance(x, Expression) and x.index not in self._of:
            self._of[x.index] = self.write(self._late[x.index])
        return super()._argument(x)

    def write(self, late: Late) -> str:
        """The name of a late value."""
        if late.text is None:
            late.text = self._let(late.make() if late.make else self._tuple(late))
        return late.text

    def _tuple(self, late: Late) -> str:
        items = [self.item(late, i) for i in range(len(late.items))]
        return f"({''.join([f'{self.write(x) if isinstance(x, Late) else x}, ' for x in items])})"

    def item(self, late: Late, i: int) -> str | Late:
        """An item of a late tuple, a text or late itself."""
        if not isinstance(late.items[i], (str, Late)):
            late.items[i] = late.items[i]()
        found: str | Late = late.items[i]
        return found

    def late(self, x: Any) -> Late | None:
        """A late value, written or not."""
        return self._late.get(x.index) if isinstance(x, Expression) else None

    def part(self, x: Any, name: str) -> Any:
        """What a template said of a value; None where it said nothing."""
        late = self.late(x)
        return None if late is None else late.parts.get(name)

    def space(self, x: Any) -> Space | None:
        """The shape and dtype of an array, of a constant one too; None of all else."""
        if isinstance(x, Expression):
            return x.value if isinstance(x.value, Space) else None
        return Space(x.shape, x.dtype) if type(x) is np.ndarray else None

    def users(self, x: Expression) -> list[Expression] | None:
        """The steps that use a value; None where it is a result, or a truth value that is asked for."""
        if x.index in self._given_out or x.index in self.program.guards:
            return None
        return self._used.get(x.index, [])

    def order(self, text: str) -> str:
        """The order of an array in memory: C, which is what most come in, or F. Only speed hangs on it."""
        return self._orders.get(text, "C")

    def is_fresh(self, text: str) -> bool:
        """Whether an array is one that a step made and nobody else holds."""
        return self._fresh.get(text, False)

    # -- what templates write --------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        """A line of a template. It is in no block of errstate: what is late may be written for a step in one."""
        self._line(text)
        if self._current is not None:
            self.nodes[len(self._lines)] = self._current

    def let(self, expression: str, order: str = "C", fresh: bool = True, beside: Sequence[str] = ()) -> str:
        """A name for what an expression gives; ``fresh``: an array that nobody else holds.

        Of a tuple the first has the name, the others have it with what stands ``beside`` it.
        """
        name = self._new(fresh)
        names = [name, *[f"{name}_{other}" for other in beside]]
        self._orders[name] = order
        self._fresh |= dict.fromkeys(names, fresh)
        self.line(f"{', '.join(names)} = {expression}")
        return name

    def _let(self, text: str) -> str:
        """A name; who knows that an array is nobody else's says so by ``let``."""
        return text if text.isidentifier() else self.let(text, fresh=False)

    def once(self, key: Hashable, make: Callable[[], str]) -> str:
        """A name that is made the first time it is asked for."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
        return found

    def unsure(self, condition: str) -> None:
        """Leave the program where a condition holds; once is enough."""
        if ("unsure", condition) not in self._kept:
            self._kept["unsure", condition] = condition
            self.line(f"if {condition}: return UNSURE")

    def named(self, wish: str, x: Any) -> str:
        """A name for a function."""
        return self._named(wish, x)

    def constant(self, key: Hashable, make: Callable[[], Any]) -> str:
        """A name for a constant that the program needs."""
        return self.once(key, lambda: self._constant(make()))

    # -- the emitter's own -----------------------------------------------------------------------------------------

    def _argument(self, x: Any) -> str:
        return self.text(x)

    def _stepped(self, node: Expression) -> None:
        self._current = node
        if any(part.index in self._altered for part in nodes_in(node.args)):
            self._altered.add(node.index)
        found = self._template(node)
        if found is None:
            super()._stepped(node)
            self._noted(node)
            return
        if node.primitive is not None and node.primitive.kind == LOOK:
            return
        self._altered.add(node.index)
        if isinstance(found, Late):
            self._late[node.index] = found
        else:
            self._of[node.index] = self._let(found)
        self._guard(node)

    def _template(self, node: Expression) -> str | Late | None:
        """What a template makes of a step, or of an item of a late tuple."""
        if node.primitive is None:
            whole = self.late(node.args[0])
            return self.item(whole, node.args[1]) if whole is not None and whole.items else None
        template = template_of(node.primitive)
        if template is None or node.index in self.program.blocks:
            return None
        found: str | Late | None = template(self, node)
        if found is not None and not self.pays:
            self.pays = True
            self.names["UNSURE"] = UNSURE
        return found

    def _noted(self, node: Expression) -> None:
        """Elementwise operations keep the order of their operands."""
        name = self._of.get(node.index)
        if name is not None and node.primitive is not None and node.primitive.kind == "elementwise":
            orders = {self.order(self._of[x.index]) for x in nodes_in(node.args) if x.value.shape}
            self._orders[name] = "F" if orders == {"F"} else "C"

    def _guard(self, node: Expression) -> None:
        outcome = self.program.guards.get(node.index)
        if outcome is None or self._of.get(node.index) != repr(outcome):  # a template may be sure of it
            super()._guard(node)

    def _missed(self, node: Expression) -> str:
        return "UNSURE" if node.index in self._altered else "MISS"

    def _leaf(self, out: Any, given: set[str]) -> str:
        late = self.late(out)
        if late is not None and "number" in late.parts:
            return self.text(out)
        return super()._leaf(out, given)
