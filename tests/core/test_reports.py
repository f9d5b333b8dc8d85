"""What is reported where a derivative is a matter of choice, and messages that meet a user half-way."""

import numpy as np
import pytest

import linad as ln
from linad import errors


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (np.max, np.array([1.0, 3.0, 3.0])),
        (np.min, np.array([1.0, 1.0])),
        (lambda x: np.sum(np.maximum(x, 2.0)), np.array([2.0, 3.0])),
        (lambda x: np.sum(np.minimum(x, x[::-1])), np.array([2.0, 2.0])),
    ],
    ids=["max", "min", "maximum", "minimum"],
)
class TestTies:
    def test_are_shared_by_default(self, f, x):
        assert np.all(np.isfinite(ln.grad(f)(x)))

    def test_raise_where_it_is_asked(self, f, x):
        with ln.errstate(tie="raise"), pytest.raises(errors.TieError):
            ln.grad(f)(x)

    def test_warn_where_it_is_asked_and_name_the_line(self, f, x):
        with ln.errstate(tie="warn"), pytest.warns(errors.TieWarning) as given:
            ln.grad(f)(x)
        assert given[0].filename == __file__

    def test_are_no_ties_when_nothing_ties(self, f, x):
        with ln.errstate(tie="raise"):
            ln.grad(f)(x + 0.1 + np.arange(len(x)) * 0.3)


@pytest.mark.parametrize("f", [np.maximum, np.minimum])
def test_the_derivative_of_a_nan_extremum_is_nan(f):
    assert np.isnan(ln.grad(lambda x: f(x, 1.0))(np.nan))


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_arctan2_neither_overflows_nor_underflows(size):
    g = ln.grad(lambda y: np.arctan2(y, size))(size)
    assert g == pytest.approx(0.5 / size, rel=1e-14)


def test_arcsinh_of_a_huge_number_has_a_derivative():
    assert ln.grad(np.arcsinh)(1e200) == pytest.approx(1e-200, rel=1e-14)


def test_the_power_zero_is_flat_everywhere():
    assert ln.grad(lambda x: x**0)(np.float64(np.inf)) == 0


def test_a_result_says_that_only_variables_have_gradients():
    x = ln.variable(1.0)
    x *= 2
    with pytest.raises(errors.NoGradientError, match=r"only a variable has one"):
        _ = x.grad
    assert not hasattr(x, "grad")


def test_scipys_functions_are_named_as_scipys():
    from scipy.special import smirnov

    with pytest.raises(errors.NoRuleError, match=r"^scipy\.special\.smirnov"):
        ln.grad(lambda x: smirnov(3, x))(0.3)
