"""The kinds of primitives. The kind gives both modes; a declaration gives what is particular.

=============  ==================================================================================================
elementwise    dy = a dx, or dy = a dx + b conj(dx) where it is not holomorphic; operands broadcast
linear         linear over the reals: the operation is its own tangent; an adjoint is declared
multilinear    linear in each operand: the tangent is the product rule; an adjoint by operand is declared
composition    a defining equation: both rules come from a :class:`Rule`, usually a derived one
custom         both rules are declared
discrete       locally constant: no derivative
aid            discrete, computed once for each traced value and remembered there (a factorization)
=============  ==================================================================================================

Rules are written over operations, not over NumPy, so they can be differentiated again. They look at shapes and dtypes of
their operands, never at numbers: a number read in a rule would be frozen when the computation is replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol

from linad.core.primitive import Primitive, Sample, register
from linad.core.space import (
    REAL_SCALARS,
    Space,
    conj,
    expand,
    fit,
    fit_elementwise,
    fit_tangent,
    is_complex,
    shape_of,
    space_of,
    zeros,
)
from linad.core.traced import Array, innermost, memo_of
from linad.errors import NoRuleError

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
        One for each operand: a function of all operands and the result; 1, -1 and OTHER (the other operand of two) spare
        its call; None refuses.
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
            raise _operand_without_rule(name, i)
        if d.__class__ is int:
            return t if d == 1 else -t
        if d is OTHER:
            a = values[1 - i]
            return t * (conj(a) if back else a)
        if nonholomorphic is not None and is_complex(values[i]):
            a, b = (factor(*values, out) for factor in nonholomorphic)
            return conj(a) * t + b * conj(t) if back else a * t + b * conj(t)
        a = d(*values, out)  # type: ignore[operator]  # neither None nor an integer by now
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

    if nonholomorphic is None and arity <= 2 and None not in derivatives:
        pull = _with_short_cut(pull, derivatives)

    if samples is None:
        samples = UNARY if arity == 1 else BINARY if arity == 2 else ()
    constant = all(isinstance(d, int) for d in derivatives)
    return register(
        Primitive(
            name,
            "elementwise",
            numeric,
            push=push,
            pull=pull,
            last=arity,
            reads=not constant,
            samples=samples,
            **declared,
        )
    )


def _with_short_cut(pull: Callable[..., Any], derivatives: Sequence[Any]) -> Callable[..., Any]:
    """The same rule, spared conjugating, summing and casting where all are real double numbers."""
    if not all(callable(d) for d in derivatives):
        if derivatives != (OTHER, OTHER):
            return pull

        def product(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
            x, y = values
            if type(x) in REAL_SCALARS and type(y) in REAL_SCALARS and type(g) in REAL_SCALARS:
                if len(live) == 2:
                    return g * y, g * x
                return (g * values[1 - live[0]],)
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
        ``adjoint(g, space, *parameters)``, where ``space`` has the operand's shape and dtype. With several operands, a list of
        spaces comes and a list of cotangents goes back.
    first, last
        Operands are ``args[first:last]``; the rest are parameters.
    lazy
        Whether the adjoint takes a lone scalar for a filled array.
    reads
        Whether a parameter may be an array (an index, a mask) that the rules look at, so that records must keep it safe.
    """
    single = last is not None and last - first == 1

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
        _only_operands(name, [i for i, t in enumerate(tangents) if t is not None], first, last)
        operands = [
            zeros(x) if t is None else t
            for x, t in zip(values[first:last], tangents[first:last], strict=True)
        ]
        rest = values[last:] if last is not None else ()
        return fit_tangent(primitive.call(*values[:first], *operands, *rest), out)

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        _only_operands(name, live, first, last)
        if not lazy:
            g = expand(g, shape_of(out))
        rest = values[last:] if last is not None else ()
        parameters = (*values[:first], *rest)
        if single:
            return [fit(adjoint(g, space_of(values[first]), *parameters), values[first])]
        cotangents = adjoint(g, [space_of(x) for x in values[first:last]], *parameters)
        return [fit(cotangents[i - first], values[i]) for i in live]

    if lazy:

        def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:  # type: ignore[no-redef]  # the lazy twin
            _only_operands(name, live, first, last)
            c = adjoint(g, space_of(values[first]), *values[:first], *values[first + 1 :])
            return [fit_elementwise(c, values[first], values[first])]

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
    **declared: Any,
) -> Callable[..., Any]:
    """Declare an operation that is linear in each operand: ``adjoint(g, i, *args)`` is the cotangent of operand ``i``."""

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
        total = None
        for i, t in enumerate(tangents):
            if t is not None:
                _only_operands(name, (i,), first, last)
                term = primitive.call(*values[:i], t, *values[i + 1 :])
                total = term if total is None else total + term
        return None if total is None else fit_tangent(total, out)

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        _only_operands(name, live, first, last)
        g = expand(g, shape_of(out))
        return [fit(adjoint(g, i - first, *values), values[i]) for i in live]

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
        ``tangent(tangents, out, *args)`` gives the tangent of the output, or a tuple of them. ``tangents`` stands beside ``args``,
        None where absent. An entry may be :class:`linad.core.forward.Deferred`.
    cotangent
        ``cotangent(g, out, wanted, *args)`` gives a list beside ``wanted``, the positions of the arguments to serve. With
        several outputs ``g`` is a list, None where absent.
    """

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
        _only_operands(
            name, [i for i, t in enumerate(tangents) if t is not None], primitive.first, primitive.last
        )
        t = tangent(tangents, out, *values)
        return t if primitive.outputs is not None or t is None else fit_tangent(t, out)

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        _only_operands(name, live, primitive.first, primitive.last)
        cotangents = cotangent(expanded(g, out), out, live, *values)
        return [c if c is None else fit(c, values[i]) for i, c in zip(live, cotangents, strict=True)]

    primitive = Primitive(name, "custom", numeric, push=push, pull=pull, **declared)
    return register(primitive)


class Rule(Protocol):
    """What the engine asks of the maker of a composition's rules. Programs are cached by who is present and wanted."""

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        """``program(operands, outputs, tangents)`` gives the tangents of the outputs; entries may be deferred."""
        ...

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        """``program(operands, outputs, cotangents)`` gives the cotangents of the operands, None where not wanted."""
        ...

    def kernel(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]] | None:
        """A numeric function with the signature of the cotangent program, for plain values only; None if there is none."""
        ...

    def residual(self, operands: Sequence[Any], outputs: Sequence[Any]) -> Sequence[Any]:
        """The defining equations, lhs - rhs, over operations."""
        ...


def composition(
    name: str,
    numeric: Callable[..., Any],
    rule: Callable[[], Rule],
    *,
    last: int,
    outputs: int | None = None,
    **declared: Any,
) -> Callable[..., Any]:
    """Declare an operation by its defining equation: ``rule()`` gives, once and when first needed, who derives both rules.

    Operands are the first ``last`` arguments. Arguments after them are parameters and aids; programs receive all arguments.
    """
    tangents_by: dict[Hashable, Any] = {}
    cotangents_by: dict[Hashable, Any] = {}
    kernels_by: dict[Hashable, Any] = {}

    def made() -> Rule:
        if primitive.rule is None:
            primitive.rule = rule()
        return primitive.rule  # type: ignore[no-any-return]  # a Rule by now

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
        _only_operands(name, [i for i, t in enumerate(tangents) if t is not None], 0, last)
        present = tuple([t is not None for t in tangents[:last]])
        run = tangents_by.get(present)
        if run is None:
            run = tangents_by[present] = made().tangent(present)
        parts = run(values, out if outputs is not None else (out,), tangents[:last])
        return parts if outputs is not None else fit_tangent(parts[0], out)

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        if live[-1] >= last:
            raise _operand_without_rule(name, live[-1])
        if outputs is None:
            g = expand(g, shape_of(out))
            parts, given, present = (out,), (g,), _ALONE
            traced = isinstance(g, Array) or isinstance(out, Array)
        else:
            parts, given = out, expanded(g, out)
            present = tuple([c is not None for c in g])
            traced = _any_traced(parts) or _any_traced(given)
        key = (present, live)
        if key not in kernels_by:
            wanted = tuple([i in live for i in range(last)])
            kernels_by[key] = made().kernel(present, wanted)
            cotangents_by[key] = made().cotangent(present, wanted)
        run = kernels_by[key]
        if run is None or traced or _any_traced(values):
            run = cotangents_by[key]
        cotangents = run(values, parts, given)
        return [fit(cotangents[i], values[i]) for i in live]

    primitive = Primitive(
        name, "composition", numeric, push=push, pull=pull, last=last, outputs=outputs, **declared
    )
    return register(primitive)


def discrete(name: str, numeric: Callable[..., Any], **declared: Any) -> Callable[..., Any]:
    """Declare an operation whose result is locally constant: plain while differentiating, recorded in explicit graphs."""
    return register(Primitive(name, "discrete", numeric, reads=False, **declared))


def aid(name: str, numeric: Callable[..., Any], **declared: Any) -> Callable[..., Any]:
    """Declare what is computed once for a value and serves its derivatives to any order: a factorization.

    ``numeric(A, *parameters)`` runs on the innermost plain value. The result hangs on the innermost traced array, so that all
    levels share it; from a plain ``A`` nothing is remembered.
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


_ALONE = (True,)  # the only output's cotangent is present


def _any_traced(values: Sequence[Any]) -> bool:
    for x in values:
        if isinstance(x, Array):
            return True
    return False


def expanded(g: Any, out: Any) -> Any:
    """Lazy scalars of one cotangent, or of several, filled to the shapes of their outputs."""
    if isinstance(g, list):
        return [c if c is None else expand(c, shape_of(part)) for c, part in zip(g, out, strict=True)]
    return expand(g, shape_of(out))


def _only_operands(name: str, positions: Sequence[int], first: int, last: int | None) -> None:
    """Raise if a parameter is traced: its derivative is not declared, and must not pass for zero."""
    for i in positions:
        if i < first or (last is not None and i >= last):
            raise _operand_without_rule(name, i)


def _operand_without_rule(name: str, i: int) -> NoRuleError:
    return NoRuleError(
        name,
        f"linad has no derivative with respect to argument {i}.",
        "If it is constant here, pass linad.value(x).",
    )


__all__ = [
    "BINARY",
    "OTHER",
    "UNARY",
    "Rule",
    "Sample",
    "Space",
    "aid",
    "bilinear",
    "composition",
    "custom",
    "discrete",
    "elementwise",
    "innermost",
    "linear",
    "multilinear",
]
