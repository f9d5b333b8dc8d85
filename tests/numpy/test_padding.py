"""Padding in every mode, by every width: NumPy's entries, and derivatives in the array and in what is put around it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
import linad.numpy as lnp
from linad.errors import ArgumentError, NoRuleError
from tests.numpy.test_properties import _assert_same, _numbers

WIDTHS = st.integers(0, 9)
OPTIONS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "constant": st.fixed_dictionaries({"constant_values": st.sampled_from([0, 2.5, (1, -1)])}),
    "edge": st.just({}),
    "wrap": st.just({}),
    "reflect": st.fixed_dictionaries({"reflect_type": st.sampled_from(["even", "odd"])}),
    "symmetric": st.fixed_dictionaries({"reflect_type": st.sampled_from(["even", "odd"])}),
    "linear_ramp": st.fixed_dictionaries({"end_values": st.sampled_from([0, 2.5, (1, -1)])}),
    **dict.fromkeys(
        ["mean", "median", "maximum", "minimum"],
        st.fixed_dictionaries({"stat_length": st.none() | st.integers(1, 4) | st.just((1, 3))}),
    ),
}


@given(
    st.sampled_from(sorted(OPTIONS)),
    hnp.array_shapes(max_dims=3, max_side=4),
    st.sampled_from([np.float32, np.float64, np.complex128]),
    st.data(),
)
@settings(max_examples=35)
def test_padding_is_numpys(mode: str, shape: tuple[int, ...], dtype: Any, data: Any) -> None:
    options = data.draw(OPTIONS[mode])
    widths = data.draw(
        WIDTHS
        | st.tuples(WIDTHS, WIDTHS)
        | st.tuples(*[st.tuples(WIDTHS, WIDTHS)] * len(shape)).filter(lambda pairs: len(pairs) > 1)
    )
    x = _numbers(shape, dtype, 3)
    x = x.real if mode in ("maximum", "minimum") else x
    _assert_same(lambda x: np.pad(x, widths, mode, **options), x)


@pytest.mark.parametrize("mode", ["constant", "linear_ramp"])
@pytest.mark.parametrize(
    "ends", [0.7, [0.7, -1.2], [[0.7, -1.2], [2.0, 0.1]]], ids=["number", "pair", "every-side"]
)
def test_what_is_put_around_may_be_traced(mode: str, ends: Any, rng: np.random.Generator) -> None:
    x, v = rng.normal(size=(2, 3)), np.array(ends)
    name = "constant_values" if mode == "constant" else "end_values"

    def f(x: Any, v: Any) -> Any:
        return lnp.pad(x, ((1, 2), (0, 3)), mode, **{name: v})

    _assert_same(f, x, v)
    h = 1e-6
    t = np.cos(np.arange(v.size)).reshape(v.shape)
    slope = (f(x, v + h * t) - f(x, v - h * t)) / (2 * h)
    np.testing.assert_allclose(ln.jvp(lambda v: f(x, v), (v,), (t,))[1], slope, atol=1e-9)  # linear: eps / h


def test_ends_of_one_traced_number_and_one_plain_number_join() -> None:
    g = ln.grad(lambda x: lnp.pad(x, 1, constant_values=(x[0], 5.0)).sum())(np.ones(2))
    np.testing.assert_array_equal(g, [2.0, 1.0])


def test_an_empty_padding_is_of_zeros() -> None:
    np.testing.assert_array_equal(ln.vjp(lambda x: np.pad(x, 1, "empty"), np.ones(1))[0], [0.0, 1.0, 0.0])


def test_a_function_as_mode_is_refused_by_name() -> None:
    with pytest.raises(NoRuleError, match=r"numpy\.pad"):
        ln.grad(lambda x: np.pad(x, 1, lambda *_: None).sum())(np.ones(3))


def test_a_traced_width_is_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match="pad_width"):
        ln.grad(lambda x: np.pad(x, x[0]).sum())(np.ones(3))
