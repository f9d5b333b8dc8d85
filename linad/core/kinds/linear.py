"""Linear and multilinear operations: the operation is its own tangent; adjoints are declared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.core.kinds.operands import only_operands
from linad.core.primitive import Primitive, register
from linad.core.space import expand, fit, fit_elementwise, fit_tangent, shape_of, space_of, zeros

_PLAIN = frozenset((np.ndarray, np.float64))


def linear(
    name: str,
    numeric: Callable[..., Any],
    adjoint: Callable[..., Any],
    *,
    first: int = 0,
    last: int | None = 1,
    lazy: bool = False,
    reads: bool = False,
    **declared: Any,
) -> Callable[..., Any]:
    """Declare an operation that is linear over the reals in its operands together.

    Parameters
    ----------
    adjoint
        ``adjoint(g, space, *parameters)``, where ``space`` has the operand's shape, ndim and dtype. With several
        operands, a list of spaces comes and a list of cotangents goes back.
    first, last
        Operands are ``args[first:last]``; the rest are parameters.
    lazy
        Whether the adjoint takes a lone scalar for a filled array.
    reads
        Whether a parameter may be an array (an index, a mask) that the rules look at, so that records must keep
        it safe.
    """
    single = last is not None and last - first == 1
    alone = (first,)

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
        only_operands(name, [i for i, t in enumerate(tangents) if t is not None], first, last)
        operands = [
            zeros(x) if t is None else t
            for x, t in zip(values[first:last], tangents[first:last], strict=True)
        ]
        rest = values[last:] if last is not None else ()
        return fit_tangent(primitive.call(*values[:first], *operands, *rest), out)

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        if type(g) is not np.ndarray or not g.ndim:
            g = expand(g, shape_of(out))
        if single:
            if live != alone:
                only_operands(name, live, first, last)
            x = values[first]
            space = x if type(x) is np.ndarray else space_of(x)
            return (fit(adjoint(g, space, *values[:first], *values[first + 1 :]), x),)
        only_operands(name, live, first, last)
        rest = values[last:] if last is not None else ()
        parameters = (*values[:first], *rest)
        cotangents = adjoint(g, [space_of(x) for x in values[first:last]], *parameters)
        return [
            None if cotangents[i - first] is None else fit(cotangents[i - first], values[i]) for i in live
        ]

    if lazy:

        def pull(  # the lazy twin
            values: Sequence[Any], out: Any, g: Any, live: Sequence[int]
        ) -> Sequence[Any]:
            if live != alone:
                only_operands(name, live, first, last)
            x = values[first]
            space = x if type(x) is np.ndarray else space_of(x)
            c = adjoint(g, space, *values[:first], *values[first + 1 :])
            return (c if type(c) is float else fit_elementwise(c, x, x),)  # Python's numbers are weak

    primitive = Primitive(
        name, "linear", numeric, push=push, pull=pull, first=first, last=last, reads=reads, **declared
    )
    return register(primitive)


def multilinear(
    name: str,
    numeric: Callable[..., Any],
    adjoint: Callable[..., Any],
    *,
    first: int = 0,
    last: int | None = 2,
    plain: Callable[..., Any] | None = None,
    **declared: Any,
) -> Callable[..., Any]:
    """Declare an operation that is linear in each operand.

    ``adjoint(g, i, *args)`` is the cotangent of operand ``i``; ``plain`` the same, for plain arrays alone.
    """

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
        total = None
        for i, t in enumerate(tangents):
            if t is not None:
                only_operands(name, (i,), first, last)
                term = primitive.call(*values[:i], t, *values[i + 1 :])
                total = term if total is None else total + term
        return None if total is None else fit_tangent(total, out)

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        if live[0] < first or (last is not None and live[-1] >= last):
            only_operands(name, live, first, last)
        if type(g) is not np.ndarray or not g.ndim:
            g = expand(g, shape_of(out))
        back = adjoint
        if plain is not None and type(g) in _PLAIN and _PLAIN.issuperset(map(type, values)):
            back = plain
        return [fit(back(g, i - first, *values), values[i]) for i in live]

    primitive = Primitive(
        name, "multilinear", numeric, push=push, pull=pull, first=first, last=last, **declared
    )
    return register(primitive)


def bilinear(
    name: str,
    numeric: Callable[..., Any],
    left: Callable[..., Any],
    right: Callable[..., Any],
    **declared: Any,
) -> Callable[..., Any]:
    """Declare a product: ``left(g, B, *parameters)`` and ``right(g, A, *parameters)`` are its adjoints.

    Each is the cotangent of one factor, from the cotangent of the product and the other factor.
    """

    def adjoint(g: Any, i: int, A: Any, B: Any, *parameters: Any) -> Any:
        return right(g, A, *parameters) if i else left(g, B, *parameters)

    return multilinear(name, numeric, adjoint, **declared)
