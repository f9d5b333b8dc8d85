"""Operations declared by both rules, and those that have none because they are locally constant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from linad.core.expression import taping
from linad.core.kinds.operands import expanded, only_operands
from linad.core.kinds.steps import Steps
from linad.core.primitive import Primitive, register
from linad.core.space import fit, fit_tangent
from linad.core.traced import Array, innermost


def custom(
    name: str,
    numeric: Callable[..., Any],
    tangent: Callable[..., Any],
    cotangent: Callable[..., Any],
    **declared: Any,
) -> Callable[..., Any]:
    """Declare an operation by both of its rules.

    Parameters
    ----------
    tangent
        ``tangent(tangents, out, *args)`` gives the tangent of the output, or a tuple of them. ``tangents``
        stands beside ``args``, None where absent. An entry may be :class:`linad.core.forward.Deferred`.
    cotangent
        ``cotangent(g, out, wanted, *args)`` gives a list beside ``wanted``, the positions of the arguments to
        serve. With several outputs ``g`` is a list, None where absent.
    """

    several = declared.get("outputs") is not None
    steps = Steps(name)

    def moved(values: Sequence[Any], outs: Sequence[Any], tangents: Sequence[Any]) -> Any:
        t = tangent(tangents, outs if several else outs[0], *values)
        return t or [None] * len(outs) if several else (t,)

    def sent(live: Sequence[int], values: Sequence[Any], outs: Sequence[Any], g: Sequence[Any]) -> Any:
        return cotangent(list(g) if several else g[0], outs if several else outs[0], live, *values)

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
        present = tuple([i for i, t in enumerate(tangents) if t is not None])
        only_operands(name, present, primitive.first, primitive.last)
        outs, parts = out if several else (out,), None
        if taping.get() is not None:
            parts = steps.taped("tangent", present, moved, values, outs, tangents)
        if parts is None:
            parts = moved(values, outs, tangents)
        return parts if several or parts[0] is None else fit_tangent(parts[0], out)

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        only_operands(name, live, primitive.first, primitive.last)
        g, cotangents = expanded(g, out), None
        if taping.get() is not None:
            outs, given = (out, g) if several else ((out,), (g,))
            key = (tuple(live), tuple([c is None for c in given]))
            cotangents = steps.taped("cotangent", key, partial(sent, live), values, outs, given)
        if cotangents is None:
            cotangents = cotangent(g, out, live, *values)
        return [c if c is None else fit(c, values[i]) for i, c in zip(live, cotangents, strict=True)]

    primitive = Primitive(name, "custom", numeric, push=push, pull=pull, **declared)
    return register(primitive)


def discrete(name: str, numeric: Callable[..., Any], **declared: Any) -> Callable[..., Any]:
    """Declare a locally constant operation: plain while differentiating, recorded in explicit graphs."""
    return register(Primitive(name, "discrete", numeric, reads=False, **declared))


def reading(
    name: str, numeric: Callable[..., Any], of: Callable[..., Any], **declared: Any
) -> Callable[..., Any]:
    """Declare what is read in factors, a discrete operation. Laws try it on the arrays that ``of`` factors."""
    read = discrete(name, numeric, **declared)
    read.primitive.entry = lambda A, *parameters: read(of(A), *parameters)  # type: ignore[attr-defined]  # functions of primitives carry them
    return read


PART = "it reads what another operation made"  # why nothing is tried on what does
Memo = dict[Any, Any]
_given: ContextVar[dict[int, Memo] | None] = ContextVar("linad_memos", default=None)


@contextmanager
def remembering_aids(kept: Sequence[tuple[Any, Memo]]) -> Iterator[None]:
    """Inside, the aids of values are those of memos: a factor then is not factored by one level after the other.

    A rule that runs on plain values has no traced array to hang an aid on. What its operation hands to all levels,
    an aid of its own, keeps the memos.
    """
    token = _given.set({**(_given.get() or {}), **{id(innermost(x)): memo for x, memo in kept}})
    try:
        yield
    finally:
        _given.reset(token)


def hang(memo: Memo, x: Any) -> None:
    """Keep the aids of a traced value in a memo, which its rule remembers too."""
    if isinstance(x, Array) and not x.explicit:
        while isinstance(x.value, Array):
            x = x.value
        x.memo = memo


def aid(name: str, numeric: Callable[..., Any], **declared: Any) -> Callable[..., Any]:
    """Declare what is computed once for a value and serves its derivatives to any order: a factorization.

    ``numeric(A, *parameters)`` runs on the innermost plain value. The result hangs on the innermost traced
    array, so that all levels share it; from a plain ``A`` nothing is remembered, but where a rule that runs has
    given it a memo (:func:`remembering_aids`).
    """
    primitive = Primitive(name, "aid", numeric, reads=False, **declared)
    compute = primitive.call
    bare = (name,)

    def call(A: Any, *parameters: Any) -> Any:
        given = _given.get()
        key = (name, *parameters) if parameters else bare
        if not isinstance(A, Array):
            memo = None if given is None else given.get(id(A))
            if memo is None:
                return numeric(A, *parameters)
            if key not in memo:
                memo[key] = numeric(A, *parameters)
            return memo[key]
        while isinstance(A.value, Array):
            A = A.value
        memo = None if given is None or A.explicit else given.get(id(A.value))
        if memo is None:
            memo = A.memo
            if memo is None:
                memo = A.memo = {}
        found = memo.get(key)
        if found is None:
            found = memo[key] = compute(A, *parameters) if A.explicit else numeric(A.value, *parameters)
        return found

    primitive.call = primitive.entry = call
    return register(primitive)


def joint_aid(name: str, numeric: Callable[..., Any], **declared: Any) -> Callable[..., Any]:
    """Declare an aid of several values together: computed at each call, and passed on from there."""
    declared.setdefault(
        "untried", "it makes one object of several matrices; operations that take it are tried"
    )
    return register(Primitive(name, "aid", numeric, reads=False, last=None, **declared))
