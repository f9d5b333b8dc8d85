"""The laws are tried on wrong rules: each mutant is caught by the law meant for it, its twin by none."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from linad.check.laws import BY_NAME, findings_of, points_of, reason_against
from linad.core import primitive as registry
from linad.core.constants import stop_gradient
from linad.core.kinds import ByHand, Sample, composition, custom, discrete, elementwise, linear, multilinear
from linad.core.space import conj
from linad.core.traced import Array, innermost
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import cos
from linad.operations.shape import broadcast_to, tril

SQUARE = (Sample(((2, 2), (2, 2))), Sample(((3, 2, 2), (2, 2))))


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test declares is taken out of the tables after it."""
    tables = (registry.primitives, registry.table)
    before = [dict(table) for table in tables]
    yield
    for table, saved in zip(tables, before, strict=True):
        table.clear()
        table.update(saved)


def caught_by(declared: Callable[..., Any], law: str) -> list[str]:
    """The points at which a law fails for an operation."""
    primitive = declared.primitive
    assert reason_against(BY_NAME[law], primitive) == ""
    findings = [BY_NAME[law](point) for point in points_of(primitive) if BY_NAME[law].at(point)]
    return [finding.point.name for finding in findings if finding.holds is False]


def failing(declared: Callable[..., Any]) -> list[str]:
    primitive = declared.primitive
    return [str(f) for f in findings_of(primitive, points_of(primitive)) if not f.holds]


# -- elementwise --------------------------------------------------------------


def wrong_sign() -> Any:
    return elementwise("mutant", np.sin, lambda x, y: -cos(x))


def factor_of_a_thousandth() -> Any:
    return elementwise("mutant", np.sin, lambda x, y: 1.001 * cos(x))


def wrong_in_single_precision() -> Any:
    def derivative(x: Any, y: Any) -> Any:
        return cos(x) * (1.001 if getattr(x, "dtype", None) == np.float32 else 1.0)

    return elementwise("mutant", np.sin, derivative)


def wrong_at_second_order() -> Any:
    return elementwise("mutant", np.exp, lambda x, y: stop_gradient(y))


def wrong_at_third_order() -> Any:
    inner = elementwise("mutant of the derivative", np.exp, lambda x, y: stop_gradient(y) + 0 * x)
    return elementwise("mutant", np.exp, lambda x, y: inner(x))


def reads_a_number() -> Any:
    def derivative(x: Any, y: Any) -> Any:
        return np.cos(innermost(x)) + 0 * x

    return elementwise("mutant", np.sin, derivative)


def depends_on_history() -> Any:
    calls: list[None] = []

    def derivative(x: Any, y: Any) -> Any:
        calls.append(None)
        return cos(x) * (1 + 1e-15 * (len(calls) % 7))

    return elementwise("mutant", np.sin, derivative)


def wrong_for_python_numbers() -> Any:
    def derivative(x: Any, y: Any) -> Any:
        return 2 * cos(x) if type(innermost(x)) is float else cos(x)

    return elementwise("mutant", np.sin, derivative)


def another_value_when_traced() -> Any:
    declared = elementwise("mutant", np.sin, lambda x, y: cos(x))
    declared.primitive.entry = lambda x: declared(x) + (1e-3 if isinstance(x, Array) else 0)
    return declared


# -- products and sums --------------------------------------------------------


def missing_conjugate() -> Any:
    def adjoint(g: Any, i: int, A: Any, B: Any) -> Any:
        return g * (A if i else B)

    return multilinear("mutant", np.multiply, adjoint, samples=(Sample(((3,), (3,))),))


def missing_sum_over_what_was_broadcast() -> Any:
    """The cotangent of a row that served twice is that of its last use."""
    return linear(
        "mutant",
        lambda x: np.broadcast_to(x, (2, 3)),
        lambda g, space: g[-1],
        samples=(Sample(((3,),)),),
    )


def mean_for_a_sum() -> Any:
    def adjoint(g: Any, space: Any) -> Any:
        return broadcast_to(g, space.shape) / 3

    return linear("mutant", lambda x: np.sum(x), adjoint, samples=(Sample(((3,),)),))


def dropped_term() -> Any:
    def push(tangents: Any, out: Any, A: Any, B: Any) -> Any:
        dA, dB = tangents
        return matmul(A, dB) if dB is not None else matmul(dA, B)

    def pull(g: Any, out: Any, wanted: Any, A: Any, B: Any) -> Any:
        return [matmul(H(A), g) if i else matmul(g, H(B)) for i in wanted]

    return custom("mutant", np.matmul, push, pull, last=2, samples=SQUARE[:1])


# -- absent ones --------------------------------------------------------------


def _pair(absent: Any) -> Any:
    """x y and x + y; an absent cotangent or tangent is taken for ``absent``."""

    def push(tangents: Any, out: Any, x: Any, y: Any) -> Any:
        dx, dy = (absent if t is None else t for t in tangents)
        return dx * y + x * dy, dx + dy

    def pull(g: Any, out: Any, wanted: Any, x: Any, y: Any) -> Any:
        p, q = (absent if c is None else c for c in g)
        return [p * conj(x if i else y) + q for i in wanted]

    return custom(
        "mutant",
        lambda x, y: (x * y, x + y),
        push,
        pull,
        last=2,
        outputs=2,
        samples=(Sample(((2,), (2,))),),
    )


def absent_is_one() -> Any:
    return _pair(1.0)


# -- borrowed arrays ----------------------------------------------------------


def writes_into_its_operand() -> Any:
    def numeric(x: Any) -> Any:
        y = np.sin(x)
        if isinstance(x, np.ndarray) and x.flags.writeable:
            x *= 2
        return y

    return elementwise("mutant", numeric, lambda x, y: cos(x), samples=(Sample(((3,),)),))


def writes_into_the_cotangent() -> Any:
    def adjoint(g: Any, space: Any) -> Any:
        if isinstance(g, np.ndarray):
            g *= 2
            return g
        return 2 * g

    return linear("mutant", lambda x: 2 * x, adjoint, samples=(Sample(((3,),)),))


# -- equations ----------------------------------------------------------------


def _product(
    tangent_factor: float = 1.0, kernel_factor: float = 1.0, numeric: Any = np.matmul, lower: bool = False
) -> Any:
    """Y = A B by its equation; with ``lower``, Y = tril(A) + 0 B with a tangent that is not projected."""

    def tangent(args: Any, outputs: Any, tangents: Any) -> Any:
        (A, B), (dA, dB) = args[:2], tangents
        if lower:
            return (dA if dA is not None else 0 * dB,)
        parts = [matmul(dA, B) if dA is not None else None, matmul(A, dB) if dB is not None else None]
        first, *rest = [tangent_factor * part for part in parts if part is not None]
        return (first + rest[0] if rest else first,)

    def cotangent(args: Any, outputs: Any, cotangents: Any, wanted: Any) -> Any:
        A, B = args[:2]
        (g,) = cotangents
        return (tril(g, 0), 0 * g) if lower else (matmul(g, H(B)), matmul(H(A), g))

    def kernel(args: Any, outputs: Any, cotangents: Any, wanted: Any) -> Any:
        return tuple([kernel_factor * part for part in cotangent(args, outputs, cotangents, wanted)])

    def residual(args: Any, outputs: Any) -> Any:
        A, B = args[:2]
        return (tril(A, 0) - tril(outputs[0], 0) if lower else matmul(A, B) - outputs[0],)

    return composition(
        "mutant",
        (lambda A, B: np.tril(A) + 0 * B) if lower else numeric,
        rule=lambda: ByHand(tangent, cotangent, residual, kernel),
        last=2,
        samples=SQUARE[:1] if lower else SQUARE,
    )


def tangent_off_the_equation() -> Any:
    return _product(tangent_factor=1.001)


def tangent_in_a_forbidden_entry() -> Any:
    return _product(lower=True)


def kernel_apart_from_the_program() -> Any:
    return _product(kernel_factor=1.001)


def batch_in_another_order() -> Any:
    return _product(numeric=lambda A, B: np.matmul(A[::-1] if A.ndim == 3 else A, B))


# -- discrete -----------------------------------------------------------------


def discrete_result_stays_traced() -> Any:
    declared = discrete("mutant", np.floor, samples=(Sample(((3,),)),), dtypes="f")
    declared.primitive.entry = lambda x: x * 0 + declared(x)
    return declared


MUTANTS = [
    (wrong_sign, "differences"),
    (factor_of_a_thousandth, "differences"),
    (wrong_in_single_precision, "differences"),
    (wrong_at_second_order, "forward-forward"),
    (wrong_at_second_order, "forward-reverse"),
    (wrong_at_second_order, "reverse-forward"),
    (wrong_at_second_order, "reverse-reverse"),
    (wrong_at_third_order, "third"),
    (reads_a_number, "replay"),
    (depends_on_history, "twice"),
    (wrong_for_python_numbers, "numbers"),
    (another_value_when_traced, "value"),
    (missing_conjugate, "adjoint"),
    (missing_sum_over_what_was_broadcast, "adjoint"),
    (mean_for_a_sum, "adjoint"),
    (dropped_term, "differences"),
    (absent_is_one, "subset"),
    (writes_into_its_operand, "lent"),
    (writes_into_the_cotangent, "lent"),
    (tangent_off_the_equation, "equation"),
    (tangent_in_a_forbidden_entry, "equation"),
    (kernel_apart_from_the_program, "kernel"),
    (batch_in_another_order, "batch"),
    (discrete_result_stays_traced, "discrete"),
]


@pytest.mark.parametrize(("mutant", "law"), MUTANTS, ids=[f"{m.__name__}-{law}" for m, law in MUTANTS])
def test_a_wrong_rule_is_caught(mutant, law):
    assert caught_by(mutant(), law)


def test_single_precision_alone_is_caught_there_alone():
    assert all("float32" in name for name in caught_by(wrong_in_single_precision(), "differences"))


def test_a_missing_conjugate_shows_at_complex_points_alone():
    assert all("complex" in name for name in caught_by(missing_conjugate(), "adjoint"))


def test_first_order_laws_pass_what_is_wrong_at_second_order_only():
    declared = wrong_at_second_order()
    assert not caught_by(declared, "differences")
    assert not caught_by(declared, "adjoint")


RIGHT = {
    "elementwise": lambda: elementwise("twin", np.sin, lambda x, y: cos(x)),
    "pair": lambda: _pair(0.0),
    "product": _product,
    "discrete": lambda: discrete("twin", np.floor, samples=(Sample(((3,),)),), dtypes="f"),
    "sum": lambda: linear(
        "twin", lambda x: np.sum(x), lambda g, space: broadcast_to(g, space.shape), samples=(Sample(((3,),)),)
    ),
}


@pytest.mark.parametrize("twin", RIGHT.values(), ids=RIGHT)
def test_a_right_rule_passes_every_law(twin):
    assert not failing(twin())


def test_a_mutant_is_not_left_in_the_tables():
    assert "mutant" not in registry.primitives
