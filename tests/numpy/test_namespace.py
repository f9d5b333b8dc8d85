"""linad.numpy stands in for numpy: its own names, and every other name of NumPy."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import linad as ln
import linad.numpy as lnp
from linad.core.traced import overrides

MIRRORED = [name for name in lnp.__all__ if name not in ("fft", "linalg", "index_add", "index_set")]
MODULES = [
    (lnp, np, MIRRORED),
    (lnp.fft, np.fft, lnp.fft.__all__),
    (lnp.linalg, np.linalg, lnp.linalg.__all__),
]
PAIRS = [
    pytest.param(getattr(mine, name), getattr(numpys, name), id=f"{numpys.__name__}.{name}")
    for mine, numpys, names in MODULES
    for name in names
]


UNDISPATCHED = (
    np.array, np.asarray, np.asanyarray, np.asarray_chkfinite, np.ascontiguousarray, np.asfortranarray, np.require,
    np.bmat,
)  # fmt: skip


@pytest.mark.parametrize("module", ["numpy", "numpy.fft", "numpy.linalg"])
def test_every_name_of_numpy_is_there(module: str) -> None:
    mine, numpys = (lnp, np) if module == "numpy" else (getattr(lnp, module[6:]), getattr(np, module[6:]))
    missing = [name for name in numpys.__all__ if not hasattr(mine, name)]
    assert missing == []
    assert set(numpys.__all__) <= set(dir(mine))


def test_names_that_are_not_mirrored_are_numpys_own() -> None:
    for name in [
        "pi",
        "newaxis",
        "float64",
        "zeros",
        "eye",
        "arange",
        "random",
        "testing",
        "errstate",
        "finfo",
        "ndarray",
        "inf",
        "e",
        "full",
        "identity",
        "poly1d",
        "polynomial",
        "hanning",
        "hamming",
        "blackman",
        "bartlett",
        "kaiser",
    ]:
        assert getattr(lnp, name) is getattr(np, name)


def test_a_name_that_numpy_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        lnp.no_such_name  # noqa: B018  # the access is the test


def test_star_imports_give_the_mirrored_names() -> None:
    for module in ("linad.numpy", "linad.numpy.fft", "linad.numpy.linalg", "linad.linalg"):
        space: dict[str, Any] = {}
        exec(f"from {module} import *", space)
        assert set(inspect.importlib.import_module(module).__all__) <= set(space)


@pytest.mark.parametrize(("mine", "numpys"), PAIRS)
def test_a_door_is_not_the_original(mine: Any, numpys: Any) -> None:
    assert mine is not numpys
    if numpys not in UNDISPATCHED:
        assert numpys in overrides
    assert mine.__doc__


def _parameters(f: Any) -> list[tuple[str, Any, Any]]:
    return [
        (p.name, p.kind, p.default)
        for p in inspect.signature(f).parameters.values()
        if p.kind != p.VAR_KEYWORD
    ]


def _has_signature(pair: Any) -> bool:
    mine, numpys = pair.values
    if isinstance(numpys, np.ufunc) or not hasattr(mine, "traced"):
        return False
    try:
        return bool(_parameters(numpys))
    except ValueError:  # a function in C that does not tell
        return False


@pytest.mark.parametrize(("mine", "numpys"), [pair for pair in PAIRS if _has_signature(pair)])
def test_the_traced_side_has_numpys_signature(mine: Any, numpys: Any) -> None:
    own, expected = _parameters(mine.traced), _parameters(numpys)
    takes_any = any(p.kind == p.VAR_KEYWORD for p in inspect.signature(numpys).parameters.values())
    assert own[: len(expected)] == expected
    assert takes_any or len(own) == len(expected)


PLAIN: list[Callable[[Any], Any]] = [
    lambda m: m.sum([1, 2]), lambda m: m.sin(0.5), lambda m: m.add([1], np.float32(2)), lambda m: m.sort([3, 1]),
    lambda m: m.where([True, False]), lambda m: m.clip(np.int8(7), 0, 3), lambda m: m.mean(np.eye(2).T),
    lambda m: m.linalg.solve([[2.0]], [1.0]), lambda m: m.fft.fft([1, 2, 3]), lambda m: m.einsum("i,i", [1, 2], [3, 4]),
    lambda m: m.concatenate([[1], [2.5]]), lambda m: m.max([1, 2]), lambda m: m.array([1, 2], ndmin=2, dtype="f4"),
    lambda m: m.asarray([[1, 2]], order="F"), lambda m: m.zeros_like([1, 2]), lambda m: m.linspace(0, 1, retstep=True),
    lambda m: m.split(np.arange(4), 2), lambda m: m.result_type(1, np.float32), lambda m: m.add(1, 2, dtype=complex),
    lambda m: m.exp([1.0, 2.0], where=[True, True], out=np.zeros(2)), lambda m: m.sum([True, False], dtype=np.int8),
]  # fmt: skip


@pytest.mark.parametrize("call", PLAIN, ids=range(len(PLAIN)))
def test_a_plain_call_gives_numpys_result_and_type(call: Callable[[Any], Any]) -> None:
    mine, numpys = call(lnp), call(np)
    assert type(mine) is type(numpys)
    several = isinstance(numpys, (list, tuple))
    for a, b in zip(mine if several else [mine], numpys if several else [numpys], strict=True):
        np.testing.assert_array_equal(a, b, strict=True)


def test_a_plain_matrix_and_masked_array_stay_what_they_are() -> None:
    masked = np.ma.masked_array([1.0, 2.0], mask=[True, False])
    assert isinstance(lnp.sin(masked), np.ma.MaskedArray)


@pytest.mark.parametrize("make", [lnp.array, lnp.asarray, lnp.asanyarray], ids=lambda f: f.__name__)
def test_arrays_are_made_of_nested_lists_with_traced_numbers(make: Any) -> None:
    x = np.array([2.0, 3.0])
    J = ln.jacobian(lambda x: make([[x[0], 1], [x[1] * x[0], x[1]]]))(x)
    np.testing.assert_array_equal(J, [[[1, 0], [0, 0]], [[3, 2], [0, 1]]])


def test_array_casts_and_adds_axes() -> None:
    out = ln.vjp(lambda x: lnp.array([x, 2 * x], dtype=np.float32, ndmin=3), np.ones(2))[0]
    assert (out.shape, out.dtype) == ((1, 2, 2), np.float32)


def test_array_of_ragged_parts_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="shapes"):
        ln.vjp(lambda x: lnp.array([x, x[0]]), np.ones(2))


def test_asarray_leaves_a_traced_array_as_it_is() -> None:
    def f(x: Any) -> Any:
        assert lnp.asarray(x) is x
        return x

    ln.vjp(f, np.ones(2))
