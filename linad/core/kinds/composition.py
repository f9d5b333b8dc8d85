"""Operations declared by a defining equation: both rules come from a :class:`Rule`, usually a derived one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np

from linad.core.expression import taping
from linad.core.kinds.operands import expanded, only_operands, operand_without_rule
from linad.core.kinds.steps import Steps
from linad.core.primitive import Primitive, register
from linad.core.space import expand, fit, fit_tangent, shape_of
from linad.core.traced import Array


class Rule(Protocol):
    """What the engine asks of the maker of a composition's rules. Programs are cached by who is present and wanted.

    A rule whose programs are of operations and looks alone may have an attribute ``straight`` that is true: replays
    then go through its operations. Any other is replayed as a whole. One whose kernel is worth asking for some values
    only may have a function ``pays(values)`` that says for which. One with a ``tangent_kernel(present)``, the numeric
    twin of its tangent program, has a ``tangent_pays(values)``.
    """

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
    ) -> Callable[..., tuple[Any, ...] | None] | None:
        """The cotangent program's numeric twin, for plain values only; None if there is none.

        Of a rule with ``pays``, it may decline values by None, which are then the program's.
        """
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
    """Declare an operation by its defining equation.

    ``rule()`` is called once, when a rule is first needed, and gives the :class:`Rule` that supplies both.

    Operands are the first ``last`` arguments. Arguments after them are parameters and aids; programs receive
    all arguments.
    """
    return register(composed(name, numeric, rule, last=last, outputs=outputs, **declared))


def composed(
    name: str,
    numeric: Callable[..., Any],
    rule: Callable[[], Rule],
    *,
    last: int,
    outputs: int | None = None,
    **declared: Any,
) -> Primitive:
    """The primitive of a composition, entered in no table."""
    tangents_by: dict[Hashable, Any] = {}
    cotangents_by: dict[Hashable, tuple[Any, Any, Any]] = {}
    steps = Steps(name)

    def made() -> Rule:
        if primitive.rule is None:
            primitive.rule = rule()
        return primitive.rule  # type: ignore[no-any-return]  # a Rule by now

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
        only_operands(name, [i for i, t in enumerate(tangents) if t is not None], 0, last)
        present = tuple([t is not None for t in tangents[:last]])
        found = tangents_by.get(present)
        if found is None:
            found = tangents_by[present] = _tangent_kernel_and_program(made(), present)
        kernel, program, pays = found
        outs = out if outputs is not None else (out,)
        given = tangents[:last]
        if kernel is not None and not pays(values):
            kernel = None
        parts: Sequence[Any] | None = None
        if taping.get() is not None and not (kernel is None and getattr(made(), "straight", False)):
            parts = steps.taped("tangent", (present, kernel), kernel or program, values, outs, given)
        if parts is None:
            traced = kernel is None or _any_traced(values) or _any_traced(outs) or _any_traced(given)
            parts = (program if traced else kernel)(values, outs, given)
        return parts if outputs is not None else fit_tangent(parts[0], out)

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Sequence[Any]:
        if live[-1] >= last:
            raise operand_without_rule(name, live[-1])
        if outputs is None:
            if type(g) is not _ndarray or not g.ndim:
                g = expand(g, shape_of(out))
            parts: Any = (out,)
            given: Any = (g,)
            present: tuple[bool, ...] = _ALONE
            traced = isinstance(g, Array) or isinstance(out, Array)
        else:
            parts, given = out, expanded(g, out)
            present = tuple([c is not None for c in g])
            traced = _any_traced(parts) or _any_traced(given)
        found = cotangents_by.get((present, live))
        if found is None:
            wanted = tuple([i in live for i in range(last)])
            found = cotangents_by[(present, live)] = _kernel_and_program(made(), present, wanted)
        kernel, program, pays = found
        if pays is not None and not pays(values):
            kernel = None
        cotangents: Sequence[Any] | None = None
        if taping.get() is not None and not (kernel is None and getattr(made(), "straight", False)):
            cotangents = steps.taped(
                "cotangent", (present, live, kernel), kernel or program, values, parts, given
            )
        if cotangents is None:
            run = program if kernel is None or traced or _any_traced(values) else kernel
            cotangents = run(values, parts, given)
        fitted = []
        for i in live:
            c = cotangents[i]
            fitted.append(c if c is None else fit(c, values[i]))
        return fitted

    primitive = Primitive(
        name, "composition", numeric, push=push, pull=pull, last=last, outputs=outputs, **declared
    )
    return primitive


_ndarray = np.ndarray
_ALONE = (True,)  # the only output's cotangent is present


def _kernel_and_program(
    rule: Rule, present: tuple[bool, ...], wanted: tuple[bool, ...]
) -> tuple[Any, Any, Any]:
    """Both, and for which values the kernel is asked; None where that is for all."""
    kernel, program, pays = (
        rule.kernel(present, wanted),
        rule.cotangent(present, wanted),
        getattr(rule, "pays", None),
    )
    if kernel is not None and pays is not None:
        kernel = _or_program(kernel, program)
    return kernel, program, pays


def _tangent_kernel_and_program(rule: Rule, present: tuple[bool, ...]) -> tuple[Any, Any, Any]:
    """The same of tangents."""
    program, twin = rule.tangent(present), getattr(rule, "tangent_kernel", None)
    kernel = None if twin is None else twin(present)
    if kernel is None:
        return None, program, None
    return _or_program(kernel, program), program, rule.tangent_pays  # type: ignore[attr-defined]  # it has both


def _or_program(kernel: Callable[..., Any], program: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel, and the program where it declines."""

    def run(values: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any]) -> Any:
        found = kernel(values, outputs, cotangents)
        return program(values, outputs, cotangents) if found is None else found

    return run


def _any_traced(values: Sequence[Any]) -> bool:
    for x in values:  # noqa: SIM110  # any() with a generator costs three times as much
        if isinstance(x, Array):
            return True
    return False


class ByHand:
    """Both programs of a composition, written out.

    Parameters
    ----------
    tangent
        ``tangent(args, outputs, tangents)``: the tangents of the outputs.
    cotangent
        ``cotangent(args, outputs, cotangents, wanted)``: the cotangents of the operands.
    residual
        ``residual(args, outputs)``: the defining equations, lhs - rhs.
    kernel
        A numeric twin of ``cotangent`` for plain values; with ``pays`` it may decline by None.
    straight, pays
        Whether both programs are of operations and looks alone, and for which values the kernel is asked: see
        :class:`Rule`.
    """

    __slots__ = ("_cotangent", "_kernel", "_residual", "_tangent", "pays", "straight")

    def __init__(
        self,
        tangent: Callable[..., tuple[Any, ...]],
        cotangent: Callable[..., tuple[Any, ...]],
        residual: Callable[..., Sequence[Any]],
        kernel: Callable[..., tuple[Any, ...] | None] | None = None,
        straight: bool = False,
        pays: Callable[[Sequence[Any]], bool] | None = None,
    ) -> None:
        self._tangent, self._cotangent, self._residual, self._kernel = tangent, cotangent, residual, kernel
        self.straight, self.pays = straight, pays

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        return self._tangent

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        return partial(self._cotangent, wanted=wanted)

    def kernel(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...] | None] | None:
        return None if self._kernel is None else partial(self._kernel, wanted=wanted)

    def residual(self, operands: Sequence[Any], outputs: Sequence[Any]) -> Sequence[Any]:
        return self._residual(operands, outputs)
