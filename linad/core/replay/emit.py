"""Programs as readable straight-line Python."""

from __future__ import annotations

import builtins
import keyword
import operator
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.errstate import errstate
from linad.core.expression import Expression
from linad.core.kinds.steps import LOOK
from linad.core.replay.freeing import freed, is_large
from linad.core.replay.lowering import FRESH, lowered
from linad.core.replay.program import Program

_OPERATORS = {
    operator.add: "+",
    operator.sub: "-",
    operator.mul: "*",
    operator.pow: "**",
    operator.truediv: "/",
}
MISS = object()  # what a program gives to data that is not its own


class Emitter:
    """The source of a program, the names that it refers to, and the node of each line."""

    def __init__(self, made: Program, name: str, frozen: dict[int, Any] | None = None) -> None:
        self.program = made
        self.frozen = {} if frozen is None else frozen  # constants by identity: one copy serves all programs
        self.names: dict[str, Any] = {"MISS": MISS, "own": own}
        self._constants: dict[int, str] = {}
        self._of: dict[int, str] = {x.index: str(x.name) for x in made.inputs}
        self._results = 0
        self._fresh: dict[str, bool] = {}  # of results, by name: whether they share memory with nothing
        self.nodes: dict[int, Expression] = {}  # by line
        self._lines = [f"def {name}({', '.join(str(x.name) for x in made.inputs)}):"]
        self._written()
        if is_large([*made.inputs, *made.steps]):
            self._lines, self.nodes = freed(self._lines, self.nodes)
        self.source = "\n".join(self._lines) + "\n"

    def _written(self) -> None:
        for x in self.program.inputs:
            self._guard(x)
        for node in self.program.steps:
            self._stepped(node)
        self._line(f"return {self._output(self.program.outputs, set())}")

    def _stepped(self, node: Expression) -> None:
        text = self._step(node)
        if node.primitive is not None and node.primitive.kind == LOOK:
            self._line(text, node)
            return
        if text.isidentifier():  # another name for the same
            self._of[node.index] = text
        else:
            name = self._of[node.index] = self._new(_is_fresh(node))
            self._line(f"{name} = {text}", node)
        self._guard(node)

    def _new(self, fresh: bool) -> str:
        self._results += 1
        self._fresh[f"v{self._results}"] = fresh
        return f"v{self._results}"

    def _line(self, text: str, node: Expression | None = None) -> None:
        block = None if node is None else self.program.blocks.get(node.index)
        if block is not None:  # an errstate block of the function
            self.names["inside"] = inside
            text = f"with inside({self._constant(block)}): {text}"
        self._lines.append(f"    {text}")
        if node is not None:
            self.nodes[len(self._lines)] = node

    def _guard(self, node: Expression) -> None:
        outcome = self.program.guards.get(node.index)
        if outcome is not None:
            self._line(f"if bool({self._argument(node)}) is not {outcome}: return {self._missed(node)}")

    def _missed(self, node: Expression) -> str:
        """What is given where a truth value is not the one of the program."""
        return "MISS"

    # -- steps ---------------------------------------------------------------------------------------------------

    def _step(self, node: Expression) -> str:
        primitive = node.primitive
        args = [self._argument(a) for a in node.args]
        if primitive is None:
            return f"{args[0]}[{args[1]}]"
        values = [a.value if isinstance(a, Expression) else a for a in node.args]
        found = lowered(primitive.name, values, args)
        if found is None and primitive.numeric in _OPERATORS:
            left, right = (f"({text})" if text.startswith("-") else text for text in args)
            return f"{left} {_OPERATORS[primitive.numeric]} {right}"
        if found is None:
            return f"{self._named(primitive.name, primitive.numeric)}({', '.join(args)})"
        text, names = found
        self.names.update(names)
        return text

    def _named(self, wish: str, x: Any) -> str:
        """A name for a function; two of one name are told apart."""
        stem = re.sub(r"\W", "_", wish)
        stem = f"{stem}_" if keyword.iskeyword(stem) or hasattr(builtins, stem) else stem
        name, number = stem, 1
        while self.names.get(name, x) is not x or re.fullmatch(r"[vxc]\d+", name):
            number += 1
            name = f"{stem}_{number}"
        self.names[name] = x
        return name

    def _argument(self, x: Any) -> str:
        if isinstance(x, Expression):
            return self._of[x.index]
        if type(x) is tuple:
            return _tuple([self._argument(part) for part in x])
        if type(x) is list:
            return "[" + ", ".join(self._argument(part) for part in x) + "]"
        if type(x) is slice:
            return f"slice({', '.join(self._argument(part) for part in (x.start, x.stop, x.step))})"
        if type(x) in (bool, int, str, type(None)) or (type(x) in (float, complex) and np.isfinite(x)):
            return repr(x)
        if x is Ellipsis:
            return "..."
        return self._constant(x)

    def _constant(self, x: Any) -> str:
        """A name for what has no literal. An array is frozen: a copy that nobody can write to."""
        name = self._constants.get(id(x))
        if name is None:
            name = self._constants[id(x)] = f"c{len(self._constants)}"
            self.names[name] = self.frozen.setdefault(id(x), _frozen(x))
            self.names[f"_{name}"] = x  # keeps the identity from being taken by another
        return name

    # -- what is returned ----------------------------------------------------------------------------------------

    def _output(self, out: Any, given: set[str]) -> str:
        parts = tree.children(out)
        if parts is None:
            return self._leaf(out, given)
        texts = [self._output(part, given) for _, part in parts]
        if type(out) is tuple:
            return _tuple(texts)
        if type(out) is list:
            return "[" + ", ".join(texts) + "]"
        if type(out) is dict:
            return "{" + ", ".join(f"{self._argument(k)}: {t}" for k, t in zip(out, texts, strict=True)) + "}"
        self.names["rebuild"] = tree.rebuild
        return f"rebuild({self._constant(_emptied(out))}, [{', '.join(texts)}])"

    def _leaf(self, out: Any, given: set[str]) -> str:
        """An output, which shares memory neither with an argument nor with another output."""
        text = self._argument(out)
        if not isinstance(out, Expression):
            return f"{text}.copy()" if isinstance(out, np.ndarray) else text
        if text in given:
            return f"own({text}, {text})"
        given.add(text)
        if self._fresh.get(text, False):
            return text
        return f"own({', '.join([text, *(str(x.name) for x in self.program.inputs)])})"


def _tuple(texts: Sequence[str]) -> str:
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"


def _is_fresh(node: Expression) -> bool:
    primitive = node.primitive
    return primitive is not None and (primitive.kind == "elementwise" or primitive.name in FRESH)


@contextmanager
def inside(block: tuple[dict[str, str], dict[str, Any]]) -> Iterator[None]:
    """What errstate blocks, linad's and NumPy's, said where a step was recorded."""
    with errstate(**block[0]), np.errstate(**block[1]):
        yield


def own(x: Any, *others: Any) -> Any:
    """The value itself, if it is nobody else's."""
    if type(x) is not np.ndarray:
        return x
    if x.base is None and x.flags.writeable:
        for y in others:
            if x is y:
                return x.copy("K")
        return x
    return x.copy("K")


def _frozen(x: Any) -> Any:
    if isinstance(x, np.ndarray) and x.flags.writeable:
        x = x.copy("K")
        x.flags.writeable = False
    return x


def _emptied(container: Any) -> Any:
    """A container of the same class without what it holds."""
    return tree.map_leaves(lambda _, __: None, container)
