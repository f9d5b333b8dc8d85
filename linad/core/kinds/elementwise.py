"""Functions of numbers: dy = a dx, or dy = a dx + b conj(dx) where not holomorphic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.core.kinds.operands import operand_without_rule
from linad.core.primitive import Primitive, Pull, Sample, register
from linad.core.space import REAL_SCALARS, conj, fit_elementwise, fit_tangent, is_complex

OTHER = object()  # the derivative that is the other of two operands
Factor = Any  # a derivative: a function of operands and result; 1 or -1; OTHER; None where there is no rule

UNARY = tuple(Sample((shape,)) for shape in [(), (3,), (2, 3), (0, 2), (1, 1)])
BINARY = tuple(
    Sample(shapes)
    for shapes in [((), ()), ((3,), (3,)), ((2, 1), (3,)), ((), (2, 2)), ((2, 0), (1, 1)), ((1, 1), (1,))]
)


def elementwise(
    name: str,
    numeric: Callable[..., Any],
    *derivatives: Factor,
    nonholomorphic: tuple[Callable[..., Any], Callable[..., Any]] | None = None,
    samples: tuple[Sample, ...] | None = None,
    **declared: Any,
) -> Callable[..., Any]:
    """Declare a function of numbers, applied to each element of its broadcast operands.

    Parameters
    ----------
    name
        The name in tables, graphs and messages.
    numeric
        The computation on plain values.
    *derivatives
        One for each operand: a function of all operands and the result; 1, -1 and OTHER (the other operand of
        two) spare its call; None refuses.
    nonholomorphic
        For a complex operand of a unary function: a and b in dy = a dx + b conj(dx).
    samples, declared
        Where laws try it: see :class:`linad.core.primitive.Primitive`.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.core.kinds import elementwise
    >>> cube = elementwise("cube", lambda x: x**3, lambda x, y: 3 * x**2)
    >>> float(ln.grad(cube)(2.0))
    12.0
    """
    arity = len(derivatives)

    def scaled(i: int, t: Any, values: Sequence[Any], out: Any, back: bool) -> Any:
        d = derivatives[i]
        if d is None:
            raise operand_without_rule(name, i)
        if d.__class__ is int:
            return t if d == 1 else -t
        if d is OTHER:
            a = values[1 - i]
            if type(t) is float and t == 1.0 and type(a) is np.ndarray and _is_constant(a):
                return a
            return t * (conj(a) if back else a)
        if nonholomorphic is not None and is_complex(values[i]):
            a, b = (factor(*values, out) for factor in nonholomorphic)
            return conj(a) * t + b * conj(t) if back else a * t + b * conj(t)
        a = d(*values, out)  # neither None nor an integer by now
        if back:
            a = conj(a)
        return a if type(t) is float and t == 1.0 else t * a

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
        total = None
        for i, t in enumerate(tangents):
            if t is not None:
                term = scaled(i, t, values, out, False)
                total = term if total is None else total + term
        return None if total is None else fit_tangent(total, out)

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        return [fit_elementwise(scaled(i, g, values, out, True), values[i], out) for i in live]

    short = nonholomorphic is None and arity <= 2 and None not in derivatives
    if samples is None:
        samples = UNARY if arity == 1 else BINARY if arity == 2 else ()
    constant = all(isinstance(d, int) for d in derivatives)
    return register(
        Primitive(
            name,
            "elementwise",
            numeric,
            push=push,
            pull=_with_short_cut(pull, derivatives) if short else pull,
            last=arity,
            reads=not constant,
            samples=samples,
            **declared,
        )
    )


_ndarray = np.ndarray
_DOUBLE = np.dtype(np.float64)


def _is_constant(a: np.ndarray[Any, Any]) -> bool:
    """Whether real numbers are kept by records alone: a cotangent may be that array, which nobody writes to."""
    return not a.flags.writeable and a.dtype.char in "df"


def _is_lone(x: Any) -> bool:
    """Whether a value is one real double number in an array without axes: products with it are scalars."""
    return type(x) is np.ndarray and x.shape == () and x.dtype.char == "d"


def _with_short_cut(pull: Pull, derivatives: Sequence[Any]) -> Pull:
    """The same rule, spared conjugating, summing and casting where all are real double numbers."""
    if not all(callable(d) for d in derivatives):
        if derivatives != (OTHER, OTHER):
            return pull

        def product(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
            x, y = values
            if (
                type(g) in REAL_SCALARS
                and (type(x) in REAL_SCALARS or _is_lone(x))
                and (type(y) in REAL_SCALARS or _is_lone(y))
            ):
                if len(live) == 2:
                    return g * y, g * x
                return (g * values[1 - live[0]],)
            if type(x) is type(y) is _ndarray and x.dtype == y.dtype == _DOUBLE and x.shape == y.shape:
                if type(g) is float and g == 1.0 and len(live) == 1:
                    other = values[1 - live[0]]
                    if not other.flags.writeable:  # nobody can write to it: a constant that the record keeps
                        return (other,)
                if type(g) is float or (type(g) is _ndarray and g.dtype == _DOUBLE and g.shape == x.shape):
                    return [g * values[1 - i] for i in live]
            return pull(values, out, g, live)

        return product
    if len(derivatives) == 1:
        (only,) = derivatives

        def unary(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
            x = values[0]
            if type(x) in REAL_SCALARS and type(g) in REAL_SCALARS and type(out) in REAL_SCALARS:
                return (g * only(x, out),)
            return pull(values, out, g, live)

        return unary
    left, right = derivatives

    def binary(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        x, y = values
        if type(x) in REAL_SCALARS and type(y) in REAL_SCALARS and type(g) in REAL_SCALARS:
            if len(live) == 2:
                return g * left(x, y, out), g * right(x, y, out)
            return (g * (right if live[0] else left)(x, y, out),)
        return pull(values, out, g, live)

    return binary
