"""The rarer ufuncs, and the methods of all: NumPy's values, limits where they exist, ties in equal shares."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
import linad.numpy as lnp
from linad.core.traced import overrides, replacements
from linad.errors import LinadError, NoRuleError
from tests.numpy.test_properties import _assert_same, _numbers

UFUNCS = [ufunc for name in sorted(np.__all__) if isinstance(ufunc := getattr(np, name), np.ufunc)]
REAL = st.sampled_from([np.float32, np.float64])
OTHER = st.sampled_from([np.int8, np.int32, np.int64, np.uint16, bool, np.float32, np.float64])


def test_every_ufunc_is_differentiated_constant_or_refused_with_a_replacement() -> None:
    assert [u.__name__ for u in UFUNCS if u not in overrides and u not in replacements] == []


@pytest.mark.parametrize("method", ["reduce", "accumulate", "reduceat", "outer"])
def test_every_method_of_every_ufunc_is_decided(method: str) -> None:
    refused = (np.nextafter, np.spacing)
    elementwise = [u for u in UFUNCS if u.signature is None and u not in refused]
    assert [u.__name__ for u in elementwise if (u, method) not in overrides] == []


@pytest.mark.parametrize(
    "ufunc", [u for u in UFUNCS if u in overrides and u.signature is None and u.nout == 1], ids=str
)
def test_at_is_refused_with_the_functional_form(ufunc: Any) -> None:
    second = (1,) if ufunc.nin == 2 else ()
    with pytest.raises(NoRuleError, match="index_set"):
        ln.vjp(lambda x: ufunc.at(x, 0, *second), np.ones(3))


@pytest.mark.parametrize("ufunc", [np.spacing, np.nextafter], ids=lambda u: u.__name__)
def test_the_spacing_of_floating_point_numbers_is_refused(ufunc: Any) -> None:
    with pytest.raises(NoRuleError, match=r"linad\.value"):
        ln.vjp(lambda x: ufunc(x, *[2.0] * (ufunc.nin - 1)), 1.0)


@settings(max_examples=25)
@pytest.mark.parametrize(
    "ufunc", [np.fmax, np.fmin, np.fmod, np.copysign, np.logaddexp2], ids=lambda u: u.__name__
)
@given(
    shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3),
    dtype=REAL, other=OTHER, first=st.booleans(),
)  # fmt: skip
def test_functions_of_two_numbers_broadcast_and_promote_as_numpys(
    ufunc: Any, shapes: Any, dtype: Any, other: Any, first: bool
) -> None:
    x = _numbers(shapes.input_shapes[0], dtype, 1)
    y = _numbers(shapes.input_shapes[1], other, 2)
    _assert_same((lambda x: ufunc(x, y)) if first else (lambda x: ufunc(y, x)), x)


@pytest.mark.parametrize("f", [np.i0, np.sinc, np.frexp, np.modf], ids=lambda f: f.__name__)
@given(
    x=hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        hnp.array_shapes(min_dims=0, max_dims=2, max_side=3),
        elements=st.floats(-40, 40, width=32),
    )
)
def test_functions_of_one_number_have_numpys_values_and_types(f: Any, x: Any) -> None:
    expected, found = f(x), ln.vjp(f, x)[0]
    several = isinstance(expected, tuple)
    for e, y in zip(expected if several else [expected], found if several else [found], strict=True):
        assert (np.shape(e), np.asarray(e).dtype) == (np.shape(y), np.asarray(y).dtype)
        np.testing.assert_allclose(y, e, rtol=4 * np.finfo(x.dtype).eps)


def _nested(f: Callable[..., Any], order: int) -> Callable[..., Any]:
    for _ in range(order):
        f = ln.grad(f)
    return f


@pytest.mark.parametrize("order", range(1, 6))
def test_sinc_has_all_derivatives_at_zero(order: int) -> None:
    # sinc(x) = sum over k of (-1)^k (pi x)^(2 k) / (2 k + 1)!
    expected = 0.0 if order % 2 else (-1) ** (order // 2) * np.pi**order / (order + 1)
    assert _nested(np.sinc, order)(0.0) == pytest.approx(expected, rel=1e-14, abs=0)


@pytest.mark.parametrize(("order", "x"), list(itertools.product([1, 2, 3, 4], [0.3, -1.0, 1.7, 40.2])))
def test_derivatives_of_sinc_join_across_the_change_of_formula(order: int, x: float) -> None:
    t = np.pi * x
    powers = {  # (a, b): a sin(t) + b cos(t)
        1: (-1 / t**2, 1 / t),
        2: (-1 / t + 2 / t**3, -2 / t**2),
        3: (3 / t**2 - 6 / t**4, -1 / t + 6 / t**3),
        4: (1 / t - 12 / t**3 + 24 / t**5, 4 / t**2 - 24 / t**4),
    }[order]
    expected = np.pi**order * (powers[0] * np.sin(t) + powers[1] * np.cos(t))
    cancelled = np.pi**order * max(1, 24 / abs(t) ** 5)  # the largest term of the closed form
    assert _nested(np.sinc, order)(x) == pytest.approx(expected, rel=1e-13, abs=1e-15 * cancelled)


@pytest.mark.parametrize(("order", "at_zero"), [(1, 0.0), (2, 0.5), (3, 0.0), (4, 0.375)])
def test_i0_has_all_derivatives_at_zero(order: int, at_zero: float) -> None:
    assert _nested(np.i0, order)(0.0) == pytest.approx(at_zero, rel=1e-15, abs=0)


@pytest.mark.parametrize("x", [-3.0, 0.25, 30.0])
def test_the_derivative_of_i0_is_i1(x: float) -> None:
    assert ln.grad(np.i0)(x) == pytest.approx(scipy.special.i1(x), rel=1e-15)


@pytest.mark.parametrize("ufunc", [np.fmax, np.fmin], ids=["fmax", "fmin"])
def test_a_number_goes_before_nan_and_ties_share(ufunc: Any) -> None:
    x, y = np.array([1.0, np.nan, 1.0, np.nan]), np.array([np.nan, 2.0, 1.0, np.nan])
    gx, gy = ln.vjp(ufunc, x, y)[1](np.ones(4))
    np.testing.assert_array_equal(gx, [1, 0, 0.5, np.nan])
    np.testing.assert_array_equal(gy, [0, 1, 0.5, np.nan])


def test_copysign_is_kinked_at_zero_as_abs_is() -> None:
    np.testing.assert_array_equal(
        ln.grad(lambda x: np.copysign(x, [-1.0, 1.0, -1.0]).sum())(np.array([0.0, -2.0, 2.0])), [0, -1, -1]
    )


def test_heaviside_is_constant_but_for_its_value_at_the_step() -> None:
    def f(h: Any) -> Any:
        assert type(np.heaviside(ln.variable(np.ones(3)), 0.5)) is np.ndarray
        return np.heaviside(np.array([-1.0, 0.0, 2.0]), h)

    np.testing.assert_array_equal(ln.jacobian(f)(0.5), [0, 1, 0])


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (-np.inf, -np.inf, (0.5, 0.5)),
        (np.inf, 0.0, (1, 0)),
        (0.0, -np.inf, (1, 0)),
        (2.0, 1.0, (2 / 3, 1 / 3)),
    ],
)
def test_logaddexp2_has_its_limits_at_infinity(x: float, y: float, expected: Any) -> None:
    assert ln.grad(np.logaddexp2, argnums=(0, 1))(x, y) == pytest.approx(expected, rel=1e-15)


def test_frexp_scales_the_derivative_by_the_power_of_two() -> None:
    def f(x: Any) -> Any:
        mantissa, exponent = np.frexp(x)
        assert exponent.dtype.kind == "i"
        return np.ldexp(mantissa, exponent) ** 2 + mantissa

    np.testing.assert_array_equal(ln.jacobian(f)(np.float64(3.0)), 6 + 0.25)


# -- methods -------------------------------------------------------------------------------------------------

FOLDED = [
    np.subtract, np.divide, np.float_power, np.fmod, np.remainder, np.copysign, np.heaviside, np.hypot, np.logaddexp,
    np.logaddexp2, np.fmax, np.fmin, np.maximum, np.minimum,
]  # fmt: skip
# np.power and np.arctan2 are compared below with calls one after the other: NumPy 2.4's own reduce of contiguous
# numbers joins the first with the last only, where it runs on wide vectors.


@st.composite
def _slices(draw: st.DrawFn) -> tuple[Any, int]:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
    return _numbers(shape, draw(REAL), draw(st.integers(0, 9))), draw(
        st.integers(-len(shape), len(shape) - 1)
    )


@settings(max_examples=20)
@pytest.mark.parametrize("ufunc", FOLDED, ids=lambda u: u.__name__)
@given(case=_slices(), keepdims=st.booleans(), initial=st.none() | st.floats(0.5, 2), where=st.booleans())
def test_a_reduction_is_numpys(
    ufunc: Any, case: Any, keepdims: bool, initial: float | None, where: bool
) -> None:
    x, axis = case
    options: dict[str, Any] = {"axis": axis, "keepdims": keepdims}
    if initial is not None:
        options["initial"] = initial
        if where:
            options["where"] = x > 1
    _assert_same(lambda x: ufunc.reduce(x, **options), x)


@settings(max_examples=20)
@pytest.mark.parametrize("ufunc", [np.add, np.multiply, *FOLDED], ids=lambda u: u.__name__)
@given(case=_slices())
def test_an_accumulation_is_numpys(ufunc: Any, case: Any) -> None:
    x, axis = case
    _assert_same(lambda x: ufunc.accumulate(x, axis), x)


@settings(max_examples=20)
@pytest.mark.parametrize(
    "ufunc", [np.add, np.multiply, np.maximum, np.subtract, np.hypot], ids=lambda u: u.__name__
)
@given(case=_slices(), data=st.data())
def test_reduction_of_slices_is_numpys(ufunc: Any, case: Any, data: Any) -> None:
    x, axis = case
    places = data.draw(st.lists(st.integers(0, x.shape[axis] - 1), min_size=1, max_size=4))
    _assert_same(lambda x: ufunc.reduceat(x, places, axis), x)


@pytest.mark.parametrize("ufunc", [np.power, np.arctan2], ids=lambda u: u.__name__)
def test_a_reduction_is_the_function_called_again_and_again(ufunc: Any) -> None:
    x = np.array([1.5, 0.5, 2.0, 0.75])
    expected, g = ln.value_and_grad(lambda x: ufunc(ufunc(ufunc(x[0], x[1]), x[2]), x[3]))(x)
    value, found = ln.value_and_grad(ufunc.reduce)(x)
    assert value == expected
    np.testing.assert_array_equal(found, g)


@settings(max_examples=25)
@given(
    x=hnp.arrays(
        np.float64, hnp.array_shapes(max_dims=2, max_side=5), elements=st.sampled_from([0.0, 1.0, 2.0])
    ),
    largest=st.booleans(),
)
def test_running_extrema_share_ties_equally(x: Any, largest: bool) -> None:
    ufunc, f = (np.maximum, np.max) if largest else (np.minimum, np.min)
    J = ln.jacobian(lambda x: ufunc.accumulate(x, axis=0))(x)
    expected = ln.jacobian(lambda x: np.stack([f(x[: i + 1], axis=0) for i in range(len(x))]))(x)
    np.testing.assert_allclose(J, expected, rtol=1e-15)


def test_a_tie_among_running_extrema_is_reported() -> None:
    with ln.errstate(tie="raise"), pytest.raises(LinadError, match="tie with an earlier one"):
        ln.grad(lambda x: np.maximum.accumulate(x).sum())(np.array([1.0, 1.0]))


@pytest.mark.parametrize("method", ["reduce", "accumulate"])
def test_the_extrema_of_complex_numbers_are_refused(method: str) -> None:
    with pytest.raises(NoRuleError, match="no order"):
        ln.vjp(getattr(np.maximum, method), np.ones(2) + 1j)


def test_methods_of_discrete_ufuncs_are_constants() -> None:
    def f(x: Any) -> Any:
        assert type(np.floor_divide.reduce(x)) is np.float64
        assert type(np.logical_xor.accumulate(x)) is np.ndarray
        return x.sum()

    ln.grad(f)(np.array([7.0, 2.0]))


def test_the_door_has_the_new_names() -> None:
    assert lnp.fmax(1.0, np.nan) == 1.0
    assert type(lnp.frexp(3.0)) is type(np.frexp(3.0))
