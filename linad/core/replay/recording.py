"""A function recorded on data for replay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.boundary import held
from linad.core.expression import Expression, Tape, taping
from linad.core.kinds.steps import Unrecorded
from linad.core.replay.captured import content
from linad.core.replay.program import Program, program
from linad.core.space import Space, dtype_of, shape_of
from linad.core.traced import Array
from linad.errors import ClosureError, ReplayError

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_MOST = 10_000  # objects that are looked through
# Numbers of other types (an int, a bool) choose sizes and branches: they are part of what is compiled.
_DYNAMIC = (np.ndarray, np.floating, np.complexfloating, float, complex)


def is_dynamic(x: Any) -> bool:
    """Whether a leaf of the arguments is data, which may differ between calls of one program."""
    return isinstance(x, _DYNAMIC) and (not isinstance(x, np.ndarray) or x.dtype.kind in "biufc")


def record(f: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Program:
    """The program of a function at data: what it computes from the leaves of its arguments that are data."""
    tape = Tape("compile")
    inputs: list[Expression] = []

    def enter(_: str, part: Any) -> Any:
        if not is_dynamic(part):
            return part
        x = Expression(held(part), None, (), tape, f"x{len(inputs)}")
        inputs.append(x)
        return x

    args, kwargs = tree.map_leaves(enter, (tuple(args), kwargs))
    token = taping.set(tape)
    try:
        outputs = f(*args, **kwargs)
    finally:
        taping.reset(token)
        tape.close()
    if tape.failed:  # and the function went on: whether it does is a matter of numbers
        raise Unrecorded
    _alone(tape, outputs)
    _whole(tape, outputs)
    found = program(tape, inputs, outputs)
    for node in tape.nodes:
        node.value = _outline(node.value)
    tape.nodes = []
    return found


def _alone(tape: Tape, outputs: Any) -> None:
    """Refuse what is traced by a derivative around the compiled function, which a program would freeze."""
    met = [a for node in tape.nodes for a in node.args]
    met += [part for _, part in tree.leaves(outputs)]
    if any(isinstance(x, Array) and x.level is not tape for x in met):
        raise ClosureError("compile", "the function closes over a traced array.", "Pass it as an argument.")


def _whole(tape: Tape, outputs: Any) -> None:
    """Refuse a result that is no array and holds traced ones: a function, such as a pullback, or an object."""
    for path, part in tree.leaves(outputs):
        if not isinstance(part, (Array, np.ndarray, np.generic, *_PLAIN)) and _holds(part, tape):
            raise ReplayError(
                "compile",
                f"the function returns a {type(part).__name__}{path and f' at {path}'} that holds traced arrays, "
                "which end with the recording.",
                "Return what it gives, not itself: of a pullback, pullback(cotangent).",
                "Compile it by itself: linad.compile(pullback).",
            )


def _holds(x: Any, tape: Tape) -> bool:
    """Whether something traced on a tape is found in an object, in what it closes over, or deeper inside."""
    stack, seen = [x], {id(x)}
    while stack and len(seen) < _MOST:
        x = stack.pop()
        while isinstance(x, Array):
            if x.level is tape:
                return True
            x = x.value
        for part in _inside(x):
            if id(part) not in seen and not isinstance(part, (np.ndarray, *_PLAIN)):
                seen.add(id(part))
                stack.append(part)
    return False


def _inside(x: Any) -> Iterator[Any]:
    if isinstance(x, (list, tuple, set, frozenset)):
        yield from x
    elif isinstance(x, dict):
        yield from x.values()
    elif not isinstance(x, (type, ModuleType)):
        for cell in getattr(x, "__closure__", None) or ():
            yield content(cell)
        names = ("__self__", "__func__", "__defaults__", "func", "args", "keywords", "__dict__")
        yield from [getattr(x, name, None) for name in names]


def _outline(value: Any) -> Any:
    """What is kept of a value: its shape and dtype."""
    if isinstance(value, (np.ndarray, np.generic, float, complex, int, Array)):
        return Space(shape_of(value), dtype_of(value))
    return type(value).__name__
