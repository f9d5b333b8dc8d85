"""What has no derivative is refused at the call, by name, with what to write instead."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import linad as ln
import linad.numpy as lnp
from linad.core.traced import overrides
from linad.errors import ArgumentError, ConversionError, InPlaceError, LinadError, NoRuleError

A = np.array([[2.0, 1.0], [0.5, 3.0]])

BY_NAME: list[tuple[str, Callable[[Any], Any]]] = [
    (f"numpy.linalg.{name}", lambda x, name=name: getattr(np.linalg, name)(x))
    for name in np.linalg.__all__
    if name not in {*lnp.linalg.__all__, "LinAlgError", "lstsq", "matrix_power", "multi_dot", "tensorsolve", "cross"}
    and getattr(np.linalg, name) not in overrides
] + [
    (f"numpy.{name}", lambda x, name=name: getattr(np, name)(x))
    for name in [
        "spacing", "array_repr", "array_str", "array2string",
    ]
] + [
    ("numpy.copyto", lambda x: np.copyto(np.zeros(2), x)),
    ("numpy.copyto", lambda x: np.full(2, x[0])),
    ("numpy.put", lambda x: np.put(np.zeros(2), [0], x[0])),
    ("numpy.putmask", lambda x: np.putmask(np.zeros(2), [True, False], x[0])),
    ("numpy.shares_memory", lambda x: np.shares_memory(x, x)),
    ("numpy.may_share_memory", lambda x: np.may_share_memory(x, x)),
    ("numpy.nextafter", lambda x: np.nextafter(x, 1)),
    ("numpy.frompyfunc", lambda x: np.frompyfunc(abs, 1, 1)(x)),
    ("numpy.add.at", lambda x: np.add.at(x, 0, 1.0)),
    ("numpy.add.at", lambda x: np.add.at(np.zeros(2), 0, x[0, 0])),
    ("numpy.maximum.accumulate", lambda x: np.maximum.accumulate(x + 0j)),
    ("numpy.add", lambda x: np.add(x, 1, where=[True, False])),
    ("numpy.add", lambda x: np.add(x, 1, signature="dd->d")),
    ("numpy.add", lambda x: np.add(x, 1, dtype=np.int64, casting="unsafe")),
    ("numpy.fill_diagonal", lambda x: np.fill_diagonal(x, 1.0)),
    ("numpy.matmul", lambda x: np.matmul(x, x, axes=[(0, 1), (0, 1), (0, 1)])),
    ("numpy.clip", lambda x: np.clip(x, 0, 1, where=x > 0)),
    ("numpy.max", lambda x: np.max(x + 0j)),
    ("numpy.cov", lambda x: np.cov(x, fweights=x[0])),
    ("numpy.polyadd", lambda x: np.polyadd(np.poly1d([1, 2]), x[0])),
    ("numpy.polyval", lambda x: np.polyval(x[0], np.poly1d([1, 2]))),
    ("numpy.polynomial.polynomial.polyval2d", lambda x: np.polynomial.polynomial.polyval2d(x, x, np.eye(2))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "call"), BY_NAME, ids=[f"{i}-{name}" for i, (name, _) in enumerate(BY_NAME)]
)
def test_a_function_without_a_rule_raises_by_its_name(name: str, call: Callable[[Any], Any]) -> None:
    with pytest.raises((NoRuleError, TypeError)) as caught:
        ln.vjp(call, A)
    assert isinstance(caught.value, LinadError), repr(caught.value)
    assert name in str(caught.value) or "numpy." in str(caught.value)
    assert "\n  - " in str(caught.value)


IN_PLACE: list[tuple[str, Callable[[Any], Any]]] = [
    ("x[i] = v", lambda x: operator.setitem(x, 0, 1.0)),
    ("del x[i]", lambda x: operator.delitem(x, 0)),
    *[
        (f"x.{name}(...)", lambda x, name=name: getattr(x, name)(1))
        for name in [
            "sort",
            "fill",
            "put",
            "resize",
            "partition",
            "setflags",
            "setfield",
            "byteswap",
            "itemset",
        ]
    ],
    *[
        (f"x.{name} = ...", lambda x, name=name: setattr(x, name, 1))
        for name in ["shape", "dtype", "T", "real", "imag", "flat", "strides"]
    ],
    ("numpy.add", lambda x: np.add(x, 1, out=np.empty((2, 2)))),
    ("numpy.add", lambda x: np.add(x, 1, np.empty((2, 2)))),
    ("numpy.add", lambda x: np.add(A, A, out=x)),
    ("numpy.sum", lambda x: np.sum(x, out=np.empty(()))),
    ("numpy.concatenate", lambda x: np.concatenate([x, x], out=np.empty((4, 2)))),
    ("numpy.take", lambda x: np.take(x, 0, out=np.empty(()))),
    ("numpy.add.reduce", lambda x: np.add.reduce(x, out=np.empty(2))),
    ("numpy.add", lambda x: operator.iadd(np.ones((2, 2)), x)),
]


@pytest.mark.parametrize(
    ("name", "call"), IN_PLACE, ids=[f"{i}-{name}" for i, (name, _) in enumerate(IN_PLACE)]
)
def test_writing_raises_by_name(name: str, call: Callable[[Any], Any]) -> None:
    with pytest.raises(InPlaceError) as caught:
        ln.vjp(call, A.copy())
    assert name in str(caught.value)


CONVERSIONS: list[tuple[str, Callable[[Any], Any]]] = [
    ("float", lambda x: float(x[0, 0])),
    ("int", lambda x: int(x[0, 0])),
    ("complex", lambda x: complex(x[0, 0])),
    ("index", lambda x: range(x[0, 0])),
    ("item", lambda x: x.item()),
    ("tolist", lambda x: x.tolist()),
    ("tobytes", lambda x: x.tobytes()),
    ("numpy.array", lambda x: np.array([x[0], x[1]])),
    ("numpy.stack", lambda x: np.vectorize(abs)(x)),
    ("numpy.asarray", lambda x: np.asarray(x)),
    ("A @ x", lambda x: A.dot(x)),
    ("linad.value(x)", lambda x: np.arange(x[0, 0])),
    ("linad.value(x)", lambda x: np.eye(x[0, 0])),
    ("linad.value(x)", lambda x: np.kaiser(5, x[0, 0])),
    ("linad.value(x)", lambda x: np.polynomial.polynomial.polymul(x[0], x[1])),
    ("linad.value(x)", lambda x: np.polynomial.Polynomial([1.0, 2.0])(x)),
    *[
        (f"linad.value(x).{name}", lambda x, name=name: getattr(x, name))
        for name in ["strides", "flags", "data", "base", "ctypes"]
    ],
]


@pytest.mark.parametrize(
    ("remedy", "call"), CONVERSIONS, ids=[f"{i}-{name}" for i, (name, _) in enumerate(CONVERSIONS)]
)
def test_what_would_lose_the_derivative_raises(remedy: str, call: Callable[[Any], Any]) -> None:
    with pytest.raises(ConversionError) as caught:
        ln.vjp(call, A)
    assert remedy in str(caught.value)


def test_writing_a_traced_number_into_a_plain_array_raises_because_of_a_conversion() -> None:
    with pytest.raises(ValueError, match="setting an array element") as caught:  # NumPy's words for its cause
        ln.vjp(lambda x: operator.setitem(np.zeros(2), 0, x[0, 0]), A)
    assert isinstance(caught.value.__cause__, ConversionError)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.astype(int),
        lambda x: np.sum(x, dtype=int),
        lambda x: (x + 0j).astype(float),
        lambda x: x.view("i8"),
    ],
    ids=["astype", "dtype", "complex to real", "view"],
)
def test_a_cast_that_drops_the_derivative_raises(call: Callable[[Any], Any]) -> None:
    with pytest.raises(NoRuleError):
        ln.vjp(call, A)


@pytest.mark.parametrize(
    "other",
    [np.ones(2).view(np.ma.MaskedArray), "word", object(), np.array(["a", "b"])],
    ids=lambda x: type(x).__name__,
)
@pytest.mark.parametrize(
    "call",
    [operator.add, operator.matmul, np.multiply, lambda x, y: y * x],
    ids=["add", "matmul", "ufunc", "reflected"],
)
def test_what_is_no_array_of_numbers_is_refused(other: Any, call: Callable[[Any, Any], Any]) -> None:
    with pytest.raises((ArgumentError, TypeError)):
        ln.vjp(lambda x: call(x, other), A)


def test_in_place_operators_give_new_values_with_the_right_gradient() -> None:
    def f(x: Any) -> Any:
        y = x * 1.0
        y += x
        y *= 3
        y -= 1
        y /= 2
        y **= 2
        y @= np.eye(2)
        return y.sum()

    np.testing.assert_allclose(ln.grad(f)(A), 2 * (3 * A - 0.5) * 3, rtol=1e-14)


def test_in_place_through_a_view_names_the_functional_form() -> None:
    def f(x: Any) -> Any:
        row = (x * 1.0)[0]
        row += 1
        return row.sum()

    with pytest.raises(InPlaceError, match="index_add"):
        ln.grad(f)(A)


def test_in_place_does_not_change_the_dtype_or_the_shape() -> None:
    def add(x: Any, v: Any) -> Any:
        y = x * 1
        y += v
        return y

    assert ln.vjp(lambda x: add(x, np.float64(2)), A.astype(np.float32))[0].dtype == np.float32
    with pytest.raises(TypeError, match="same_kind"):
        ln.vjp(lambda x: add(x, 1j), A)
    with pytest.raises(ValueError, match="broadcast"):
        ln.vjp(lambda x: add(x, np.ones((3, 2, 2))), A)
