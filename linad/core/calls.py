"""A derivative call: which arguments are traced and how results go back into the containers of the arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, update_wrapper
from types import FunctionType
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.boundary import (
    NATIVE,
    admit,
    check_output,
    fit_vector,
    give_back,
    give_out,
    held,
    is_discrete,
)
from linad.core.level import Level
from linad.core.reverse import Record, leaf, walk_back
from linad.core.traced import Array
from linad.errors import (
    ArgumentError,
    OutputError,
)

Function = Callable[..., Any]
Argnums = int | Sequence[int]


def check_callable(where: str, f: Any) -> None:
    if not callable(f):
        raise ArgumentError(where, f"the first argument must be a function, not {type(f).__name__}.")


def named_after(f: Function, derivative: Function) -> Function:
    """As ``functools.wraps``, which takes ten times as long: a derivative is made anew in each call of an outer one."""
    if type(f) is not FunctionType or f.__dict__:
        return update_wrapper(derivative, f)
    derivative.__name__, derivative.__qualname__ = f.__name__, f.__qualname__
    derivative.__module__, derivative.__doc__ = f.__module__, f.__doc__
    derivative.__annotations__ = f.__annotations__
    derivative.__wrapped__ = f  # type: ignore[attr-defined]  # functions take attributes; mypy does not know
    return derivative


def check_sequences(where: str, primals: Any, tangents: Any) -> None:
    """Primals and tangents are sequences of one length."""
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, (tuple, list)):
            raise ArgumentError(
                where,
                f"{name} must be a tuple with one entry for each argument, not {type(given).__name__}.",
                f"For one argument: {where}(f, (x,), (v,)).",
            )
    if len(primals) != len(tangents):
        raise ArgumentError(where, f"{len(tangents)} tangents for {len(primals)} primals.")


def positions(where: str, argnums: Argnums, count: int) -> tuple[int, ...]:
    """The positions that ``argnums`` names, non-negative and each once."""
    if type(argnums) is int and 0 <= argnums < count:
        return (argnums,)
    if type(argnums) is tuple:
        return _checked_positions(where, argnums, count)
    if not isinstance(argnums, (int, np.integer, tuple, list)):
        raise ArgumentError(where, f"argnums must be an integer or a tuple of them, not {argnums!r}.")
    return _checked_positions(
        where, argnums if isinstance(argnums, (int, np.integer)) else tuple(argnums), count
    )


@lru_cache(maxsize=1024)
def _checked_positions(where: str, argnums: int | tuple[int, ...], count: int) -> tuple[int, ...]:
    several = (argnums,) if isinstance(argnums, (int, np.integer)) else tuple(argnums)
    result = []
    for i in several:
        if not isinstance(i, (int, np.integer)) or not -count <= i < count:
            raise ArgumentError(
                where, f"argnums={argnums} does not fit a call with {count} positional arguments."
            )
        result.append(int(i) % count)
    if len(set(result)) != len(result):
        raise ArgumentError(where, f"argnums={argnums} names an argument twice.")
    return tuple(result)


_ndarray = np.ndarray
_BARE = frozenset((np.ndarray, float, np.float64))  # arguments that are their own only leaf


def enter(
    where: str, args: tuple[Any, ...], argnums: Argnums, level: Level
) -> tuple[list[Any], list[Record]]:
    """The arguments with those at ``argnums`` traced, and the records of their leaves in order."""
    traced: list[Any] = list(args)
    leaves: list[Record] = []
    for i in positions(where, argnums, len(args)):
        x = args[i]
        if type(x) is _ndarray and x.dtype in NATIVE:  # what admit and held would do: the usual case
            x = traced[i] = Record(x.copy("K"), None, (), (), (), level, None)
            leaves.append(x)
        elif type(x) in _BARE or isinstance(x, Array):
            x = traced[i] = leaf(held(admit(where, f"argument {i}", x)), level)
            leaves.append(x)
        else:

            def trace(path: str, part: Any) -> Record:
                record = leaf(held(admit(where, path, part)), level)
                leaves.append(record)
                return record

            traced[i] = tree.map_leaves(trace, x, f"argument {i}")
    return traced, leaves


def run(
    where: str,
    f: Function,
    args: tuple[Any, ...],
    argnums: Argnums,
    kwargs: dict[str, Any],
    own: bool = False,
) -> tuple[Level, list[Any], list[Record], Any]:
    """Call a function with the arguments at ``argnums`` traced: the level, the arguments, their leaves, the output.

    ``own``: the arguments come back in containers that the function has not seen.
    """
    level = Level(where)
    try:
        traced, leaves = enter(where, args, argnums, level)
        entered = [_own(x) for x in traced] if own else traced
        out = f(*traced, **kwargs)
    finally:
        level.close()
    return level, entered, leaves, out


def arrange(args: Sequence[Any], argnums: Argnums, take: Callable[[], Any]) -> Any:
    """Something for each leaf of the arguments at ``argnums``, in their containers; a tuple if several are named."""
    if not isinstance(argnums, (tuple, list)):
        x = args[argnums]  # type: ignore[index]  # an integer, of Python or of NumPy
        return (
            take() if type(x) in _BARE or isinstance(x, Array) else tree.map_leaves(lambda _, __: take(), x)
        )
    return tuple(
        [
            take() if type(args[i]) in _BARE else tree.map_leaves(lambda _, __: take(), args[i])
            for i in argnums
        ]
    )


def leave(
    args: Sequence[Any],
    argnums: Argnums,
    leaves: list[Record],
    found: dict[int, tuple[Record, Any]],
    other: Any,
    fresh: bool = False,
) -> Any:
    """Gradients in the containers of the arguments; none shares memory with another, an argument, or ``other``.

    ``fresh``: records live on, so nothing of theirs is given away.
    """
    given = {id(x.value) for x in leaves}
    if type(other) is _ndarray:
        given.add(id(other))
    elif type(other) not in _BARE:
        given.update(id(part) for _, part in tree.leaves(other))
    gradients = []
    for record in leaves:
        entry = found.get(record.index)
        g = None if entry is None else entry[1]
        if fresh and type(g) is _ndarray:
            g = g.copy()
        gradients.append(give_back(g, record.value, given))
    if type(argnums) is tuple:
        if _BARE.issuperset(map(type, args)):
            return tuple(gradients)
    elif type(argnums) is int and (type(args[argnums]) in _BARE or isinstance(args[argnums], Array)):
        return gradients[0]
    return arrange(args, argnums, iter(gradients).__next__)


def without_aux(where: str, out: Any) -> tuple[Any, Any]:
    """The two parts of what a function returns under ``has_aux``."""
    if not isinstance(out, tuple) or len(out) != 2:
        raise OutputError(where, "with has_aux=True the function must return a pair (value, aux).")
    return out


def recorded(
    where: str, f: Function, primals: tuple[Any, ...], has_aux: bool
) -> tuple[Level, list[Any], list[Record], Any, Any]:
    """A function recorded: level, arguments in containers of our own, their leaves, output, aux."""
    check_callable(where, f)
    level, traced, leaves, out = run(where, f, primals, tuple(range(len(primals))), {}, own=True)
    aux = None
    if has_aux:
        out, aux = without_aux(where, out)
        aux = give_out(aux, level)
    for path, part in tree.leaves(out):
        check_output(where, path, part, level)
    if out is None:
        check_output(where, "", None, level)
    return level, traced, leaves, _own(out), aux


def _own(x: Any) -> Any:
    """The same containers anew: the user may go on changing his."""
    return x if isinstance(x, Array) else tree.map_leaves(lambda _, part: part, x)


def pull_back(where: str, out: Any, cotangent: Any, level: Level) -> dict[int, tuple[Record, Any]]:
    """Walk back from outputs in containers, with a cotangent from the user."""
    if cotangent is None:
        raise ArgumentError(
            where, "the cotangent is None; it must have the containers and shapes of the output."
        )
    seeds = []
    for path, part, c in tree.pair(where, "the cotangent", out, cotangent):
        c = fit_vector(where, f"the cotangent{path}", c, part)
        if c is not None and isinstance(part, Record) and part.level is level:
            seeds.append((part, c))
    return walk_back(seeds)


def pairs(where: str, primals: Sequence[Any], tangents: Sequence[Any], what: str) -> Any:
    """Each leaf of the primals with its tangent, its argument's position, and its name for messages."""
    for i, (primal, t) in enumerate(zip(primals, tangents, strict=True)):
        for path, part, counterpart in tree.pair(where, f"{what} {i}", primal, t):
            yield i, f"{what} {i}{path}", part, counterpart


def tangents_of(
    out: Any,
    level: Level,
    of: Callable[[Any], Any],
    seen: set[int],
    where: str = "pushforward",
    fresh: bool = False,
) -> Any:
    """The tangents of outputs in their containers; those of discrete outputs are None.

    ``fresh``: copied, for constants of the user's may be among them.
    """

    def tangent(path: str, part: Any) -> Any:
        part = check_output(where, path, part, level)
        if is_discrete(part):
            return None
        own = isinstance(part, Array) and part.level is level
        t = of(part) if own else None
        if fresh and isinstance(t, np.ndarray):
            t = t.copy()
        return give_back(t, part.value if own else part, seen)

    if out is None:
        check_output(where, "", None, level)
    return tree.map_leaves(tangent, out)
