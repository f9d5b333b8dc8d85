"""What stands in the source of a program in the place of a call of an operation: shorter, or quicker.

core knows no operation: whoever declares one says how it is lowered, in general and in quick programs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from linad.core.kinds.steps import LOOK
from linad.core.primitive import Primitive, primitives

# From what is known of the arguments (constants, or shape and dtype) and their texts: an expression and the names in
# it, or None where the general call serves.
Lowering = Callable[[Sequence[Any], Sequence[str]], tuple[str, dict[str, Any]] | None]

FRESH: set[str] = set()  # operations whose results share memory with nothing
_lowerings: dict[str, Lowering] = {}
templates: dict[Hashable, Any] = {}


def lowers(name: str, lowering: Lowering, fresh: bool = False) -> None:
    """Say how calls of an operation are written."""
    _lowerings[name] = lowering
    if fresh:
        FRESH.add(name)


def lowered(name: str, values: Sequence[Any], texts: Sequence[str]) -> tuple[str, dict[str, Any]] | None:
    lowering = _lowerings.get(name)
    return None if lowering is None else lowering(values, texts)


def quickens(key: Hashable) -> Callable[[Any], Any]:
    """Declare how a step is written in quick programs: see :mod:`linad.core.replay.quick`.

    The key is the name of an operation, (name, "tangent" or "cotangent") for its rule as a step, or the function of a
    look or of a condition.
    """

    def declare(template: Any) -> Any:
        templates[key] = template
        return template

    return declare


def key_of(primitive: Primitive) -> Hashable:
    """The key by which a template knows a step; None of steps that no template can know."""
    if primitives.get(primitive.name) is primitive:
        return primitive.name
    if primitive.kind == LOOK:
        return primitive.numeric
    if (
        primitive.kind == "discrete" and type(primitive.rule) is tuple
    ):  # a condition: a function, and what it said
        return primitive.rule[0]  # type: ignore[no-any-return]  # as above
    return primitive.rule if type(primitive.rule) is tuple else None


def template_of(primitive: Primitive) -> Any:
    """The template of a step; None where it has none."""
    return templates.get(key_of(primitive))
