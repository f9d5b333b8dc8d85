"""Wrong functions of numbers: variants of a sine, a square and an absolute value."""

from typing import Any

import numpy as np

from linad.core.constants import stop_gradient
from linad.core.kinds import Sample, custom, elementwise
from linad.core.space import conj
from linad.core.traced import innermost
from linad.operations.elementwise import absolute, cos, exp, maximum
from linad.operations.reductions import max as largest

ROWS = (Sample(((2, 3),)), Sample(((),)), Sample(((0, 2),)))


def sine(name: str, derivative: Any = lambda x, y: cos(x), **declared: Any) -> Any:
    return elementwise(name, np.sin, derivative, samples=ROWS, **declared)


def scaled_sine(name: str, factor: float, where: Any = lambda x: True) -> Any:
    """A derivative with a factor at some operands only: ``where`` sees the innermost value."""
    return sine(name, lambda x, y: cos(x) * (factor if where(innermost(x)) else 1.0))


def of_dtype(name: str) -> Any:
    return lambda x: getattr(x, "dtype", None) == name


def out_of_order(x: Any) -> bool:
    return isinstance(x, np.ndarray) and not x.flags.c_contiguous


def conjugated_sine(name: str) -> Any:
    return sine(name, lambda x, y: conj(cos(x)))


def sine_by_a_norm(name: str) -> Any:
    """It divides and multiplies by the largest entry; of nothing there is none."""

    def derivative(x: Any, y: Any) -> Any:
        size = maximum(largest(absolute(x), None, False), 1.0)
        return cos(x) * size / size

    return sine(name, derivative)


def frozen_sine(name: str) -> Any:
    return sine(name, lambda x, y: np.cos(innermost(x)) + 0 * x)


def forgetful_sine(name: str) -> Any:
    calls: list[None] = []

    def derivative(x: Any, y: Any) -> Any:
        calls.append(None)
        return cos(x) * (1 + 1e-15 * (len(calls) % 7))

    return sine(name, derivative)


def random_sine(name: str) -> Any:
    rng = np.random.default_rng(0)
    return sine(name, lambda x, y: cos(x) * (1 + 1e-15 * rng.integers(0, 9)))


def constant_at_second_order(name: str) -> Any:
    return elementwise(name, np.exp, lambda x, y: stop_gradient(y), samples=ROWS)


def constant_at_third_order(name: str) -> Any:
    inner = elementwise(f"{name} of the derivative", np.exp, lambda x, y: stop_gradient(y) + 0 * x)
    return elementwise(name, np.exp, lambda x, y: inner(x), samples=ROWS)


def exponential(name: str) -> Any:
    return elementwise(name, np.exp, lambda x, y: exp(x), samples=ROWS)


def modulus(name: str, other: float = 0.5) -> Any:
    """dy = (conj(x) dx + x conj(dx)) / 2 y."""
    return elementwise(
        name,
        np.abs,
        lambda x, y: x / y,
        nonholomorphic=(lambda x, y: 0.5 * conj(x) / y, lambda x, y: other * x / y),
        domain=("nonzero",),
        samples=ROWS,
    )


def shifted_when_traced(name: str) -> Any:
    declared = sine(name)
    declared.primitive.entry = lambda x: declared(x) + (0 if innermost(x) is x else 1e-3)
    return declared


def sine_in_another_form(name: str, change: Any) -> Any:
    """The cotangent leaves the rule in another shape or dtype."""
    declared = sine(name)
    pull = declared.primitive.pull
    declared.primitive.pull = lambda *args: [change(g) for g in pull(*args)]
    return declared


def sine_by_modes(name: str, frozen: tuple[str, str] | None = None) -> Any:
    """Sine by both rules; a rule, ``push`` or ``pull``, takes its factor for a constant under a tracer of a kind."""

    def factor(rule: str, x: Any) -> Any:
        return stop_gradient(cos(x)) if (rule, type(x).__name__) == frozen else cos(x)

    return custom(
        name,
        np.sin,
        lambda tangents, y, x: tangents[0] * factor("push", x),
        lambda g, y, wanted, x: [g * conj(factor("pull", x))],
        samples=ROWS,
    )
