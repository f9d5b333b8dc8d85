"""Operations on Python's numbers: derivatives are IEEE's where Python's own division and power would raise."""

from typing import Any

import numpy as np
import pytest

import linad as ln


@pytest.mark.parametrize(
    ("name", "x"),
    [
        ("log", 0.0),
        ("log2", 0.0),
        ("log10", 0.0),
        ("log1p", -1.0),
        ("sqrt", 0.0),
        ("cbrt", 0.0),
        ("arctanh", 1.0),
    ],
)
@pytest.mark.parametrize("kind", [float, np.float64, np.array], ids=["python", "scalar", "array"])
def test_the_derivative_at_the_end_of_the_domain_is_infinite(name: str, x: float, kind: Any) -> None:
    with np.errstate(all="ignore"):
        assert ln.grad(getattr(np, name))(kind(x)) == np.inf


@pytest.mark.parametrize("kind", [float, np.float64, np.array], ids=["python", "scalar", "array"])
def test_a_root_taken_by_a_power_has_an_infinite_derivative_at_zero(kind: Any) -> None:
    with np.errstate(divide="ignore"):
        assert ln.grad(lambda x: x**0.5)(kind(0.0)) == np.inf


@pytest.mark.parametrize("kind", [float, np.float64], ids=["python", "scalar"])
def test_arctan2_at_the_origin_has_the_derivative_nan(kind: Any) -> None:
    with np.errstate(all="ignore"):
        assert np.isnan(ln.grad(np.arctan2)(kind(0.0), kind(0.0)))


@pytest.mark.parametrize("x", [2.0, 3, 1 + 2j], ids=["float", "int", "complex"])
def test_a_ufunc_makes_numpys_number_of_pythons(x: Any) -> None:
    out = ln.vjp(lambda x: np.multiply(x, 2), x)[0]
    assert isinstance(out, np.generic)


def test_an_operator_keeps_pythons_number_weak() -> None:
    assert ln.vjp(lambda x: 2 * x * np.ones(2, np.float32), 1.5)[0].dtype == np.float32


def test_division_of_pythons_numbers_by_zero_raises_as_pythons_does() -> None:
    with pytest.raises(ZeroDivisionError):
        ln.grad(lambda x: 1 / x)(0.0)
