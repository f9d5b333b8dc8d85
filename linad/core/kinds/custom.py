"""Operations declared by both rules, and those that have none because they are locally constant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from linad.core.kinds.operands import expanded, only_operands
from linad.core.primitive import Primitive, register
from linad.core.space import fit, fit_tangent
from linad.core.traced import Array, memo_of


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

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
        only_operands(
            name, [i for i, t in enumerate(tangents) if t is not None], primitive.first, primitive.last
        )
        t = tangent(tangents, out, *values)
        return t if primitive.outputs is not None or t is None else fit_tangent(t, out)

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        only_operands(name, live, primitive.first, primitive.last)
        cotangents = cotangent(expanded(g, out), out, live, *values)
        return [c if c is None else fit(c, values[i]) for i, c in zip(live, cotangents, strict=True)]

    primitive = Primitive(name, "custom", numeric, push=push, pull=pull, **declared)
    return register(primitive)


def discrete(name: str, numeric: Callable[..., Any], **declared: Any) -> Callable[..., Any]:
    """Declare a locally constant operation: plain while differentiating, recorded in explicit graphs."""
    return register(Primitive(name, "discrete", numeric, reads=False, **declared))


def aid(name: str, numeric: Callable[..., Any], **declared: Any) -> Callable[..., Any]:
    """Declare what is computed once for a value and serves its derivatives to any order: a factorization.

    ``numeric(A, *parameters)`` runs on the innermost plain value. The result hangs on the innermost traced
    array, so that all levels share it; from a plain ``A`` nothing is remembered.
    """
    primitive = Primitive(name, "aid", numeric, reads=False, **declared)
    compute = primitive.call

    def call(A: Any, *parameters: Any) -> Any:
        if not isinstance(A, Array):
            return numeric(A, *parameters)
        while isinstance(A.value, Array):
            A = A.value
        memo = memo_of(A)
        key = (name, *parameters)
        found = memo.get(key)
        if found is None:
            found = memo[key] = compute(A, *parameters) if A.explicit else numeric(A.value, *parameters)
        return found

    primitive.call = primitive.entry = call
    return register(primitive)


def joint_aid(name: str, numeric: Callable[..., Any], **declared: Any) -> Callable[..., Any]:
    """Declare an aid of several values together: computed at each call, and passed on from there."""
    return register(Primitive(name, "aid", numeric, reads=False, last=None, **declared))
