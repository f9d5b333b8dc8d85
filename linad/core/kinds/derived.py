"""Rules that are derived from the equation of an operation, asked for by name when they are first needed.

core does not know who derives; whoever does announces itself by :func:`rules_come_from`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from linad.core.forward import Deferred
from linad.core.kinds.composition import Rule
from linad.core.kinds.custom import Memo, remembering_aids
from linad.errors import DegenerateError

Args = Sequence[Any]
# The inputs and outputs of a rule, in its order, from the arguments and results of an operation.
Values = Callable[[Args, Args], tuple[Sequence[Any], Sequence[Any]]]

_NOTHING = nullcontext()
_maker: list[Callable[[str], Rule]] = []


def rules_come_from(maker: Callable[[str], Rule]) -> None:
    """Announce the function that gives a rule by the name of its equation."""
    _maker[:] = [maker]


def rule_named(name: str) -> Rule:
    return _maker[0](name)


class Derived:
    """The rule of an operation whose arguments and results are arranged otherwise than the symbols of its equation.

    Parameters
    ----------
    choose
        The name of an equation, or a function of the arguments that gives it: tall, wide or square. Or a rule.
    values
        Inputs and outputs of the equation from arguments and results; discrete ones among the outputs too.
    inputs, outputs
        Where the operands and results stand among the inputs and outputs of the equation.
    before
        Guards: ``before(rule, inputs, outputs, cotangents)``, all in the order of the equation, looks at them first.
    kept
        ``kept(args, outputs)`` gives the values of which programs take aids, each with the memo that keeps these.
    pays
        For which arguments the kernels of the rule are asked first; without it, for none.
    small, fits
        ``small(args, outputs, cotangents)`` gives the cotangents of all operands for plain values in few calls, and
        None where it does not serve or a guard may have something to say; ``fits`` tells for which arguments to ask it.
    """

    __slots__ = (
        "_before",
        "_choose",
        "_fits",
        "_inputs",
        "_kept",
        "_large",
        "_made",
        "_outputs",
        "_small",
        "_values",
        "pays",
    )

    def __init__(
        self,
        choose: str | Rule | Callable[[Args], str],
        *,
        inputs: Sequence[int] = (0,),
        outputs: Sequence[int] = (0,),
        values: Values = lambda args, outputs: (args, outputs),
        before: Callable[[Any, Args, Args, Args], None] | None = None,
        kept: Callable[[Args, Args], Sequence[tuple[Any, Memo]]] | None = None,
        pays: Callable[[Args], bool] | None = None,
        small: Callable[[Args, Args, Args], tuple[Any, ...] | None] | None = None,
        fits: Callable[[Args], bool] = lambda args: False,
    ) -> None:
        self._large, self._small, self._fits = pays, small, fits
        self.pays = pays if small is None else self._asked
        self._choose, self._values, self._before, self._kept = choose, values, before, kept
        self._inputs, self._outputs = tuple(inputs), tuple(outputs)
        self._made: dict[Any, Any] = {}

    @property
    def straight(self) -> bool:
        """Derived programs are of operations alone; what stands before them may not be."""
        looks = self._before is None or getattr(self._before, "looks", False)
        return type(self) is Derived and looks and getattr(self._choose, "straight", True)

    def _rule(self, args: Args) -> Rule:
        chosen = self._choose(args) if callable(self._choose) else self._choose
        return rule_named(chosen) if isinstance(chosen, str) else chosen

    def _remembering(self, args: Args, outputs: Args) -> AbstractContextManager[None]:
        kept = self._kept and self._kept(args, outputs)
        return remembering_aids(kept) if kept else _NOTHING

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        return partial(self._pushed, present, False)

    def tangent_kernel(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]] | None:
        """By blocks, where the rule has that; else the program serves plain values too."""
        return None if self._large is None else partial(self._pushed, present, True)

    def tangent_pays(self, args: Args) -> bool:
        return self._large is not None and self._large(args)

    def _pushed(
        self, present: tuple[bool, ...], plain: bool, args: Args, outputs: Args, tangents: Args
    ) -> tuple[Any, ...]:
        rule = self._rule(args)
        inputs, outs = self._values(args, outputs)
        there = _spread(present, self._inputs, len(inputs), False)
        made = self._made.get((rule, present))
        if made is None:
            kernel = None if self._large is None else rule.tangent_kernel(there)  # type: ignore[attr-defined]  # of rules that are derived
            made = self._made[rule, present] = rule.tangent(there), kernel
        program, kernel = made
        vectors = _spread(tangents, self._inputs, len(inputs), None)
        found = kernel(inputs, outs, vectors) if plain and kernel is not None else None
        if found is None:
            try:
                with self._remembering(args, outputs):
                    found = program(inputs, outs, vectors)
            except (
                DegenerateError
            ):  # of one output perhaps: each is computed when it is used, and may raise then
                alone = partial(_alone, rule, there)
                late = [Deferred(partial(alone, i, inputs, outs, vectors)) for i in range(len(outs))]
                found = tuple(late)
        return tuple([found[i] for i in self._outputs])

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        return partial(self._pulled, present, wanted, False)

    def kernel(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...] | None] | None:
        """For small values, and by blocks, where the rule has one; else the program serves plain values too."""
        blocks = None if self._large is None else partial(self._pulled, present, wanted, True)
        return blocks if self._small is None else partial(self._small_or_blocks, blocks)

    def _asked(self, args: Args) -> bool:
        return self._fits(args) or (self._large is not None and self._large(args))

    def _small_or_blocks(
        self, blocks: Callable[..., tuple[Any, ...]] | None, args: Args, outputs: Args, cotangents: Args
    ) -> tuple[Any, ...] | None:
        found = self._small and self._small(args, outputs, cotangents)
        if found is None and self._large is not None and blocks is not None and self._large(args):
            return blocks(args, outputs, cotangents)
        return found

    def _pulled(
        self,
        present: tuple[bool, ...],
        wanted: tuple[bool, ...],
        plain: bool,
        args: Args,
        outputs: Args,
        cotangents: Args,
    ) -> tuple[Any, ...]:
        rule = self._rule(args)
        inputs, outs = self._values(args, outputs)
        key = (rule, present, wanted)
        made = self._made.get(key)
        if made is None:
            there = _spread(present, self._outputs, len(outs), False)
            asked = _spread(wanted, self._inputs, len(inputs), False)
            kernel = None if self._large is None else rule.kernel(there, asked)
            made = self._made[key] = rule.cotangent(there, asked), kernel
        program, kernel = made
        vectors = _spread(cotangents, self._outputs, len(outs), None)
        with self._remembering(args, outputs):
            if self._before is not None:
                self._before(rule, inputs, outs, vectors)
            found = kernel(inputs, outs, vectors) if plain and kernel is not None else None
            if found is None:
                found = program(inputs, outs, vectors)
        return tuple([found[i] for i in self._inputs])

    def residual(self, args: Args, outputs: Args) -> Sequence[Any]:
        return self._rule(args).residual(*self._values(args, outputs))


def _alone(rule: Any, present: Sequence[bool], i: int, inputs: Args, outs: Args, vectors: Args) -> Any:
    """The tangent of one output."""
    wanted = tuple([k == i for k in range(len(outs))])
    return rule.tangent(present, wanted)(inputs, outs, vectors)[i]


def _spread(parts: Sequence[Any], places: Sequence[int], count: int, absent: Any) -> tuple[Any, ...]:
    """Parts at their places among ``count``."""
    whole = [absent] * count
    for place, part in zip(places, parts, strict=True):
        whole[place] = part
    return tuple(whole)
