"""Forward mode: values that carry their tangent, and the walk forward over records.

A dual number keeps nothing of the past: memory does not grow with the length of the computation. Where the same
tangent map is to be applied to many tangents, records are walked forward instead (:func:`walk_forward`).

A tangent may be deferred: computed when it is first needed, or an error that is raised then. So an output that has no
derivative at a point does not disturb a cost that makes no use of it: what is computed from a tangent that does not
exist has none either, and says so when the derivative is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from linad.core import site
from linad.core.level import Level, floor
from linad.core.primitive import Primitive
from linad.core.reverse import Record
from linad.core.space import dtype_of
from linad.core.traced import Array, sealed
from linad.errors import UndefinedDerivativeError


class Deferred:
    """A tangent that is computed, or raises, when it is first used."""

    __slots__ = ("compute", "result")

    def __init__(self, compute: Callable[[], Any]) -> None:
        self.compute: Callable[[], Any] | None = compute
        self.result: Any = None

    def force(self) -> Any:
        """The tangent. An error is raised at every use, not only at the first."""
        if self.compute is not None:
            self.result = self.compute()
            self.compute = None
        return self.result


def _missing(error: Exception) -> Any:
    raise error


def _of_numbers(part: Any, tangent: Deferred) -> Deferred | None:
    """The tangent, for an output that can have one: not for permutations, signs, ranks."""
    return tangent if dtype_of(part).kind in "fc" else None


def force(tangent: Any) -> Any:
    return tangent.force() if type(tangent) is Deferred else tangent


class Dual(Array):
    """A traced array with its tangent; None is the tangent zero."""

    __slots__ = ("tangent",)

    tangent: Any

    def __init__(self, value: Any, tangent: Any, level: Level) -> None:
        level.tick()  # raises when the derivative call has ended
        self.value = value
        self.tangent = tangent
        self.level = level
        self.memo = None

    def apply_values(self, primitive: Primitive, args: tuple[Any, ...], values: list[Any]) -> Any:
        level = self.level
        out = primitive.call(*values)
        if primitive.push is None:
            return out
        if level <= floor.get():
            return sealed(out)
        try:
            tangents = [force(a.tangent) if isinstance(a, Array) and a.level is level else None for a in args]  # type: ignore[attr-defined]  # arrays of one level are of one class
        except UndefinedDerivativeError as error:
            missing = Deferred(partial(_missing, error))
            single = primitive.outputs is None
            tangent: Any = missing if single else [_of_numbers(part, missing) for part in out]
        else:
            tangent = primitive.push(values, out, tangents)
        if primitive.outputs is None:
            return out if tangent is None else Dual(out, tangent, level)
        return tuple(
            [part if t is None else Dual(part, t, level) for part, t in zip(out, tangent, strict=True)]
        )


def walk_forward(records: Sequence[Record], tangents: dict[int, Any]) -> dict[int, Any]:
    """Tangents of records by creation number, from those of the leaves; ``records`` in the order of creation."""
    found = dict(tangents)
    for record in records:
        if record.primitive is None:
            if record.args:
                whole, i = record.args
                parts = found.get(whole.index)
                found[record.index] = None if parts is None else parts[i]
            continue
        level = record.level
        values = [a.value if isinstance(a, Array) and a.level is level else a for a in record.args]
        present = [
            force(found.get(a.index)) if isinstance(a, Record) and a.level is level else None
            for a in record.args
        ]
        if any(t is not None for t in present):
            try:
                found[record.index] = record.primitive.push(values, record.value, present)  # type: ignore[misc]  # recorded: it has one
            except Exception as error:
                site.blame(error, record.site)
                raise
    return found


def ancestors(outputs: Iterable[Array]) -> list[Any]:
    """All records of one level that lead to the outputs, in the order of creation. A loop, no recursion."""
    stack: list[Any] = list(outputs)
    seen: dict[int, Any] = {record.index: record for record in stack}
    while stack:
        record = stack.pop()
        for a in record.args:
            if isinstance(a, Array) and a.level is record.level and a.index not in seen:  # type: ignore[attr-defined]  # one class a level
                seen[a.index] = a  # type: ignore[attr-defined]
                stack.append(a)
    return [seen[index] for index in sorted(seen)]
