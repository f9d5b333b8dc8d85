"""Where a composite function goes wrong: its records are searched for the operation whose own rule fails.

Every operation is tried by itself, at the numbers that reach it: forward mode against differences, reverse
mode against forward mode. An operation that occurs often is tried once for each form of its operands before any is
tried again.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linad.check.domains import DOMAINS, Domain
from linad.check.doubts import doubted
from linad.check.finding import Law
from linad.check.first_order import the_cotangent_is_the_adjoint, the_tangent_agrees_with_differences
from linad.check.function_report import line
from linad.check.function_trial import FunctionTrial
from linad.check.functions import UserFunction
from linad.check.trial import distance, size
from linad.core import tree
from linad.core.calls import recorded
from linad.core.forward import ancestors
from linad.core.primitive import Primitive
from linad.core.reverse import Record
from linad.core.site import Site, position
from linad.core.traced import innermost
from linad.errors import LinadWarning, UndefinedDerivativeError

DATA = (bool, int, float, complex, str, tuple, slice, np.ndarray, np.dtype)
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LinadWarning)  # they were told when the function was tried
        *_, out, _ = recorded("check", lambda *x: subject.plain(x), _values(subject), False)
        ends = [part for _, part in tree.leaves(out) if isinstance(part, Record)]
        for record, primitive in _by_turns(ancestors(ends)):
            found = _failure(record, primitive, subject.seed)
            if found is not None:
                return found
    return None


def _values(subject: UserFunction) -> tuple[Any, ...]:
    return tuple(leaf.value for leaf in subject.leaves)


def _by_turns(records: Sequence[Any]) -> list[tuple[Record, Primitive]]:
    """The records of operations: one of each form first."""
    first: list[tuple[Record, Primitive]] = []
    again: list[tuple[Record, Primitive]] = []
    forms = set()
    for record in records:
        if record.primitive is None:
            continue
        spaces = [(np.shape(x), np.asarray(x).dtype.char) for x in _operands(record, record.primitive)]
        form = (record.primitive.name, *spaces)
        (again if form in forms else first).append((record, record.primitive))
        forms.add(form)
    return [*first, *again][:TRIED]


def _operands(record: Record, primitive: Primitive) -> list[Any]:
    return [innermost(a) for a in record.values[primitive.first : primitive.last]]


def _entry(record: Record, primitive: Primitive) -> Callable[..., Any]:
    """The operation as a function of its operands, with its own parameters; aids, no plain data, are computed anew."""
    last = len(record.values) if primitive.last is None else primitive.last
    before = record.values[: primitive.first]
    after = [a for a in record.values[last:] if a is None or type(a) in DATA]
    entry, invariants = primitive.entry, primitive.invariants

    def call(*operands: Any) -> Any:
        out = entry(*before, *operands, *after)
        return out if invariants is None else invariants(*out)

    call.__qualname__ = primitive.name
    return call


def _reproduced(
    record: Record, primitive: Primitive, operands: Sequence[Any], entry: Callable[..., Any]
) -> bool:
    """Whether the operation by itself gives what it gave in the function: else nothing can be said of it."""
    try:
        again = entry(*operands)
    except (TypeError, ValueError, AttributeError):  # it took something else than data
        return False
    value = record.value if primitive.invariants is None else primitive.invariants(*record.value)
    return distance(value, again) <= 1e-6 * (1 + size(value))


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


def _failure(record: Record, primitive: Primitive, seed: int) -> Culprit | None:
    operands = [np.array(x)[()] for x in _operands(record, primitive)]
    entry = _entry(record, primitive)
    if not _reproduced(record, primitive, operands, entry):
        return None
    domains: dict[str | int, str | Domain] = {
        i: DOMAINS[name] for i, name in enumerate(primitive.domain[: len(operands)])
    }
    trial = FunctionTrial(UserFunction(entry, operands, domains, seed))
    for law in LAWS:
        try:
            finding = law.verdict(primitive, doubted(list(law.gaps(trial)), trial))
        except UndefinedDerivativeError:
            continue  # it was told when the function was tried
        if finding.holds is False:
            return Culprit(primitive.name, law.sentence, line(finding), _place(record.site))
    return None


def _place(site: Site | None) -> str:
    """The user's line, as errors name it."""
    if site is None:
        return ""
    import linecache  # only failures need it

    filename, line = position(site)
    text = linecache.getline(filename, line).strip()
    return f"{filename}, line {line}" + (f": {text}" if text else "")
