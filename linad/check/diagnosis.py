"""Where a composite function goes wrong: its recorded graph is searched for the operation whose own rule fails.

Every operation of the graph is tried by itself, at the numbers that reach it: forward mode against differences, reverse
mode against forward mode. An operation that occurs often is tried once for each form of its operands before any is
tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from linad.check.finding import Law
from linad.check.first_order import the_cotangent_is_the_adjoint, the_tangent_agrees_with_differences
from linad.check.functions import UserFunction
from linad.check.trial import Trial
from linad.core.expression import Expression
from linad.core.graph import graph
from linad.core.listing import Graph
from linad.core.primitive import Primitive
from linad.core.site import Site, position
from linad.core.traced import innermost

TRIED = 200  # operations in all


@dataclass(frozen=True, slots=True)
class Culprit:
    """An operation whose rule is wrong at the numbers that a function gave it."""

    operation: str
    law: str
    detail: str
    place: str

    def __str__(self) -> str:
        where = f" at {self.place}" if self.place else ""
        return f"the rule of {self.operation}{where} is wrong by itself: {self.law}, {self.detail}"


def culprit(subject: UserFunction) -> Culprit | None:
    """The first operation of a function whose rule fails by itself; None if each holds."""
    recorded = graph(lambda *x: subject.plain(x), *[leaf.value for leaf in subject.leaves])
    for node, primitive in _by_turns(recorded):
        found = _failure(node, primitive, subject.seed)
        if found is not None:
            return found
    return None


def _by_turns(recorded: Graph) -> list[tuple[Expression, Primitive]]:
    """The live operations that have a rule: one of each form first."""
    first: list[tuple[Expression, Primitive]] = []
    again: list[tuple[Expression, Primitive]] = []
    forms = set()
    for node in recorded.nodes:
        primitive = node.primitive
        if primitive is None or primitive.push is None or node.index not in recorded.live:
            continue
        spaces = [(np.shape(x), np.asarray(x).dtype.char) for x in _operands(node, primitive)]
        form = (primitive.name, *spaces)
        (again if form in forms else first).append((node, primitive))
        forms.add(form)
    return [*first, *again][:TRIED]


def _operands(node: Expression, primitive: Primitive) -> list[Any]:
    return [innermost(a) for a in node.args[primitive.first : primitive.last]]


def _entry(node: Expression, primitive: Primitive) -> Callable[..., Any]:
    """The operation as a function of its operands, with its own parameters; aids are computed anew."""
    last = len(node.args) if primitive.last is None else primitive.last
    before, after = node.args[: primitive.first], [a for a in node.args[last:] if not _is_aid(a)]
    parameters = [innermost(a) for a in before], [innermost(a) for a in after]
    entry, invariants = primitive.entry, primitive.invariants

    def call(*operands: Any) -> Any:
        out = entry(*parameters[0], *operands, *parameters[1])
        return out if invariants is None else invariants(*out)

    call.__qualname__ = primitive.name
    return call


def _is_aid(a: Any) -> bool:
    """Whether an argument was computed by an aid, or is made of one."""
    if isinstance(a, Expression) and a.primitive is None and a.args:
        return _is_aid(a.args[0])
    return isinstance(a, Expression) and a.primitive is not None and a.primitive.kind == "aid"


LAWS = (
    Law(
        "differences",
        "its tangent disagrees with differences",
        the_tangent_agrees_with_differences,
        lambda primitive: True,
    ),
    Law(
        "adjoint",
        "its cotangent is not the adjoint of its tangent",
        the_cotangent_is_the_adjoint,
        lambda primitive: True,
    ),
)


def _failure(node: Expression, primitive: Primitive, seed: int) -> Culprit | None:
    operands = [np.array(x)[()] for x in _operands(node, primitive)]
    if not any(np.asarray(x).dtype.kind in "fc" for x in operands):
        return None
    trial = Trial(UserFunction(_entry(node, primitive), operands, seed=seed))
    for law in LAWS:
        finding = law.verdict(primitive, list(law.gaps(trial)))
        if finding.holds is False:
            return Culprit(primitive.name, law.sentence, finding.detail, _place(node.site))
    return None


def _place(site: Site | None) -> str:
    """The user's line, as errors name it."""
    if site is None:
        return ""
    import linecache  # only failures need it

    filename, line = position(site)
    text = linecache.getline(filename, line).strip()
    return f"{filename}, line {line}" + (f": {text}" if text else "")
