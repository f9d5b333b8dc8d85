"""The table of laws: every claim that is made of every operation, in the order of the reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from linad.check.conduct import (
    a_derivative_has_the_form_of_its_variable,
    a_discrete_result_is_plain_or_recorded,
    any_subset_gives_the_same_numbers,
    integers_are_promoted,
    numbers_are_arrays_without_axes,
    twice_gives_identical_bits,
    what_was_lent_is_left_alone,
)
from linad.check.design import DESIGNS
from linad.check.equations import (
    a_batch_is_a_loop,
    acts_on_matrices,
    has_batch,
    has_kernel,
    the_kernel_agrees_with_the_program,
    the_tangent_solves_the_linearised_equation,
)
from linad.check.finding import Finding, Law
from linad.check.first_order import (
    a_replay_is_a_call,
    the_cotangent_is_the_adjoint,
    the_tangent_agrees_with_differences,
    the_traced_value_is_the_plain_one,
)
from linad.check.higher_order import (
    forward_over_forward_is_right,
    forward_over_reverse_is_right,
    reverse_over_forward_is_right,
    reverse_over_reverse_is_right,
    third_order_is_right,
)
from linad.check.numbers import no_integers
from linad.check.points import MAIN, Point
from linad.core.primitive import Primitive

# -- of which operations ------------------------------------------------------


def differentiable(primitive: Primitive) -> bool | str:
    if primitive.push is None:
        return "discrete: it has no derivative"
    return True if primitive.samples else primitive.untried or "it declares no samples"


def locally_constant(primitive: Primitive) -> bool | str:
    if primitive.push is not None:
        return "it has a derivative"
    return bool(primitive.samples) or primitive.untried or "its operands or results are no arrays of numbers"


def has_parts(primitive: Primitive) -> bool | str:
    several = any(len(sample.shapes) > 1 for sample in primitive.samples) or primitive.outputs is not None
    return _if(several, "one operand, one output", primitive)


def takes_numbers(primitive: Primitive) -> bool | str:
    return _if(primitive.kind == "elementwise", "it takes arrays", primitive)


def has_batches(primitive: Primitive) -> bool | str:
    return _if(acts_on_matrices(primitive), "it has no batch of matrices", primitive)


def has_equation(primitive: Primitive) -> bool | str:
    return _if(primitive.kind == "composition", "no equation defines it", primitive)


def has_two_programs(primitive: Primitive) -> bool | str:
    two = primitive.kind == "composition" and bool(primitive.samples) and has_kernel(primitive)
    return _if(two, "its rule has one program", primitive)


def _if(condition: bool, reason: str, primitive: Primitive) -> bool | str:
    """Whether a law that is for some of the differentiable operations is for this one."""
    answer = differentiable(primitive)
    return answer if condition or isinstance(answer, str) else reason


# -- at which points ----------------------------------------------------------


def at_numbers(point: Point) -> bool:
    return point.dtype in MAIN and point.whole and all(shape == () for shape in point.sample.shapes)


def with_all_traced(point: Point) -> bool:
    return point.whole


def in_double_precision(point: Point) -> bool:
    return point.dtype in MAIN


def in_real_double_precision(point: Point) -> bool:
    return point.dtype == "float64"


def in_whole_numbers(point: Point) -> bool:
    operands = range(len(point.sample.shapes))
    return in_real_double_precision(point) and all(
        point.domain(i).integer is not no_integers for i in operands
    )


def of_several_parts(point: Point) -> bool:
    return len(point.sample.shapes) > 1 or point.primitive.outputs is not None


LAWS = (
    Law(
        "value",
        "the traced value is the plain one, in every mode",
        the_traced_value_is_the_plain_one,
        differentiable,
    ),
    Law(
        "replay",
        "a recorded graph is a call, on other inputs too",
        a_replay_is_a_call,
        differentiable,
    ),
    Law(
        "differences",
        "the tangent agrees with finite differences",
        the_tangent_agrees_with_differences,
        differentiable,
    ),
    Law("adjoint", "the cotangent is the adjoint", the_cotangent_is_the_adjoint, differentiable),
    Law(
        "equation",
        "the tangent solves the linearised equation",
        the_tangent_solves_the_linearised_equation,
        has_equation,
        with_all_traced,
    ),
    Law(
        "forward-forward",
        "second order, forward over forward",
        forward_over_forward_is_right,
        differentiable,
        order=2,
    ),
    Law(
        "forward-reverse",
        "second order, forward over reverse",
        forward_over_reverse_is_right,
        differentiable,
        order=2,
    ),
    Law(
        "reverse-forward",
        "second order, reverse over forward",
        reverse_over_forward_is_right,
        differentiable,
        order=2,
    ),
    Law(
        "reverse-reverse",
        "second order, reverse over reverse",
        reverse_over_reverse_is_right,
        differentiable,
        order=2,
    ),
    Law(
        "third",
        "third order, forward over reverse over forward",
        third_order_is_right,
        differentiable,
        in_double_precision,
        order=3,
    ),
    Law(
        "subset",
        "any subset of operands, tangents and cotangents",
        any_subset_gives_the_same_numbers,
        has_parts,
        of_several_parts,
    ),
    Law("batch", "a batch is a loop", a_batch_is_a_loop, has_batches, has_batch),
    Law(
        "kernel",
        "the kernel agrees with the program",
        the_kernel_agrees_with_the_program,
        has_two_programs,
        with_all_traced,
    ),
    Law(
        "form",
        "derivatives have the shape and dtype of their variable",
        a_derivative_has_the_form_of_its_variable,
        differentiable,
    ),
    Law(
        "integers",
        "integers are promoted",
        integers_are_promoted,
        differentiable,
        in_whole_numbers,
    ),
    Law(
        "numbers",
        "Python's numbers are arrays without axes",
        numbers_are_arrays_without_axes,
        takes_numbers,
        at_numbers,
    ),
    Law(
        "lent",
        "inputs keep their bits, results are fresh",
        what_was_lent_is_left_alone,
        differentiable,
    ),
    Law("twice", "twice gives identical bits", twice_gives_identical_bits, differentiable),
    Law(
        "discrete",
        "a discrete result is plain, or recorded",
        a_discrete_result_is_plain_or_recorded,
        locally_constant,
    ),
)
BY_NAME = {law.name: law for law in LAWS}


def reason_against(law: Law, primitive: Primitive) -> str:
    """Why a law does not speak of an operation; empty if it does."""
    answer = law.applies(primitive)
    return answer if isinstance(answer, str) else ""


def chosen(patterns: Iterable[str] = (), order: int | None = None) -> tuple[Law, ...]:
    """The laws whose names match one of the shell patterns, or all; up to an order of derivatives."""
    some = tuple(patterns)
    return tuple(
        law
        for law in LAWS
        if (order is None or law.order <= order)
        and (not some or any(fnmatchcase(law.name, pattern) for pattern in some))
    )


def points_of(primitive: Primitive, design: str = "covering", seed: int = 0) -> list[Point]:
    return list(DESIGNS[design](primitive, seed))


def findings_of(
    primitive: Primitive, points: Iterable[Point], laws: Sequence[Law] = LAWS
) -> Iterator[Finding]:
    """Every applicable law at every point; laws at one point share what is computed there."""
    own = [law for law in laws if not reason_against(law, primitive)]
    for point in points:
        for law in own:
            if law.at(point):
                yield law(point)
