"""Rules and guards as single steps of a program that is to be replayed.

What a rule learns from numbers while it is recorded would be frozen. A rule of operations alone is recorded operation
by operation; any other is recorded as one step that runs the rule again, on the numbers of the day. A guard, which
looks at numbers and may warn or raise, is a step without result; what code depends on is a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial, wraps
from typing import Any

import numpy as np

from linad.core.expression import Expression, Tape, taping
from linad.core.forward import Deferred, force
from linad.core.primitive import Primitive
from linad.core.traced import Array
from linad.errors import SymbolError

LOOK = "look"  # the kind of steps that are kept for what they say
_Parts = Sequence[Any]
Rule = Callable[[_Parts, _Parts, _Parts], _Parts]
_forced = Primitive("force", "rule", force)


class Unrecorded(BaseException):
    """What no program replays was met: the function itself runs on such data. No code of a user catches this."""


class Steps:
    """The steps of a primitive's rules, by what was asked of them: equal steps of a program are one object."""

    __slots__ = ("_made", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._made: dict[Hashable, Primitive] = {}

    def taped(self, mode: str, key: Hashable, run: Rule, *args: _Parts) -> list[Any] | None:
        """What ``run(values, outputs, vectors)`` gives, as nodes of the tape that is recorded; None where none is."""
        flat = tuple([x for part in args for x in part])
        tape = _tape_of(flat)
        if tape is None:
            return None
        i = len(args[0])
        j = i + len(args[1])
        step = self._made.get((mode, key, i, j))
        if step is None:
            step = self._made[mode, key, i, j] = Primitive(
                f"{self._name}_{mode}", "rule", lambda *x: tuple(run(x[:i], x[i:j], x[j:])), outputs=0
            )
            step.rule = self._name, mode  # by which programs know it
        found = step.numeric(*[x.value if isinstance(x, Array) else x for x in flat])
        whole = Expression(found, step, flat, tape)
        return [_part(whole, i, part, tape, mode == "tangent") for i, part in enumerate(found)]


def _tape_of(operands: _Parts) -> Tape | None:
    """The tape to which all that is traced among operands belongs; None where there is no such tape."""
    tape = taping.get()
    if tape is None:
        return None
    traced = [x for x in operands if isinstance(x, Array)]
    return tape if traced and all(x.level is tape for x in traced) else None


def _part(whole: Expression, i: int, part: Any, tape: Tape, late: bool) -> Any:
    if part is None:
        return None
    node = Expression(part, None, (whole, i), tape)
    if late and type(part) is not Deferred:  # on other numbers it may be
        return _forced.call(node)
    return Deferred(partial(_forced.call, node)) if type(part) is Deferred else node


def look(guard: Callable[..., None]) -> Callable[..., None]:
    """Declare a guard: it looks at numbers, gives nothing, and may warn or raise."""
    step = Primitive(guard.__name__.lstrip("_"), LOOK, guard)

    @wraps(guard)
    def looking(*args: Any) -> None:
        tape = taping.get()
        if tape is None:
            guard(*args)
            return
        args = _peeled(args, tape)
        guard(*_peeled(args, None))
        if _any_node(args):
            Expression(None, step, args, tape)

    looking.looks = True  # type: ignore[attr-defined]  # functions take attributes; mypy does not know
    return looking


def outcome(of: Callable[..., Any], *args: Any) -> Any:
    """What a function of numbers says, on which code depends: a condition of a program that is replayed."""
    if _any_symbol(args):
        raise SymbolError(
            getattr(of, "__name__", "outcome").strip("_<>"),
            "what follows depends on numbers, which are not known before data is bound.",
            "Bind data: linad.function([a], c)(data).",
        )
    tape = taping.get()
    plain = _peeled(args, None)
    said = of(*plain)
    if tape is not None:
        args = _peeled(args, tape)
        if _any_node(args):
            name = getattr(of, "__name__", "outcome").strip("_<>")
            step = Primitive(f"{name}_as_recorded", "discrete", lambda *x: bool(np.array_equal(of(*x), said)))
            step.rule = of, said
            tape.guards.append((Expression(True, step, args, tape), True))
    return said


def exceptional(of: Callable[..., Any], *args: Any) -> bool:
    """Whether numbers are of a kind that is seldom met. It is not replayed: the function itself runs on them.

    Of symbols, which have no numbers yet, nothing is known: False.
    """
    if not any([isinstance(x, Array) for x in args]):
        return bool(of(*args))
    if _any_symbol(args):
        return False
    said = bool(outcome(of, *args))
    tape = taping.get()
    if said and tape is not None and _any_node(_peeled(args, tape)):
        raise Unrecorded
    return said


def steady(of: Callable[..., Any], *args: Any) -> None:
    """Make what a function of numbers says, such as a shape, a condition of the program that is recorded, if any."""
    if taping.get() is not None and not _any_symbol(args):
        outcome(of, *args)


def _any_symbol(x: Any) -> bool:
    if type(x) in (tuple, list):
        return any(map(_any_symbol, x))
    while isinstance(x, Array):
        if x.explicit and not isinstance(x.level, Tape):
            return True
        x = x.value
    return False


def _peeled(x: Any, tape: Tape | None) -> Any:
    """What is traced, down to the nodes of the tape; without one, down to plain values."""
    if type(x) in (tuple, list):
        return type(x)([_peeled(part, tape) for part in x])
    while isinstance(x, Array) and (tape is None or x.level is not tape):
        x = x.value
    return x


def _any_node(x: Any) -> bool:
    return any(map(_any_node, x)) if type(x) in (tuple, list) else isinstance(x, Array)
