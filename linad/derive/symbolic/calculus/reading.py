"""Text into nodes: which spelling, what each part is, then its value. Nothing is evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linad.derive.symbolic.calculus.building import Building
from linad.derive.symbolic.calculus.dimensions import name_all
from linad.derive.symbolic.calculus.inference import Inference
from linad.derive.symbolic.calculus.nodes import Node, ordered
from linad.derive.symbolic.calculus.products import transpose
from linad.derive.symbolic.calculus.syntax import tree_of
from linad.derive.symbolic.calculus.tokens import scan, spelling_of
from linad.derive.symbolic.parsing.tokens import EquationError, quote


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that was read: its value, the symbols in order of appearance, and its spelling."""

    text: str
    value: Node
    symbols: tuple[Node, ...]
    spelling: str


def read(text: str, declarations: Mapping[str, str], spelling: str | None = None) -> Reading:
    """The value of a text; a row is read as the vector that it is."""
    tokens = scan(text)
    own = spelling_of(text, tokens, spelling)
    known = Inference(text, declarations, own)
    tree = tree_of(text, tokens)
    known.infer(tree)
    for name in known.declared:
        if name not in known.symbols and not known.sizes(name):
            raise EquationError(text, 0, f"{quote(name)} is declared and does not occur.", len(text.rstrip()))
    name_all([d for entry in known.symbols.values() for d in entry.kind.dimensions])
    known.check_filled()
    building = Building(known)
    value = building.build(tree)
    nodes = tuple(building.node(name) for name in known.symbols)
    return Reading(text, transpose(value) if value.is_row else value, nodes, own)


def tells_sizes(text: str, value: Node, symbols: Sequence[Node], spelling: str) -> bool:
    """Whether the text of a value tells the sizes of its constants, so that it can be read again."""
    if not any(x.op == "eye" or (x.number is not None and x.shape) for x in ordered([value])):
        return True
    occurring = {token.text for token in scan(text)}
    said = {
        name: (" ".join(shape) or "scalar") + " symmetric" * symmetric
        for (name, symmetric), shape in ((s.data, s.shape) for s in symbols)
        if name in occurring
    }
    try:
        return read(text, said, spelling).value.shape == value.shape
    except EquationError:
        return False
