"""Every public attribute of numpy.ndarray answers on a traced array as on a plain one, or is refused by name."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import linad as ln
from linad.core.traced import innermost
from linad.errors import ConversionError, InPlaceError, LinadError, NoRuleError

A = np.array([[2.0, -1.0, 0.5], [0.25, 3.0, 0.0]])
Z = A + 1j * A[::-1]
Call = Callable[[Any], Any]

SAME: dict[str, list[Call]] = {
    "T": [lambda a: a.T],
    "all": [lambda a: a.all(), lambda a: a.all(1), lambda a: a.all(axis=0, keepdims=True, where=a > -2)],
    "any": [lambda a: a.any(), lambda a: a.any(-1), lambda a: a.any(axis=0, where=[True, False, True])],
    "argmax": [lambda a: a.argmax(), lambda a: a.argmax(1), lambda a: a.argmax(axis=0, keepdims=True)],
    "argmin": [lambda a: a.argmin(), lambda a: a.argmin(axis=1)],
    "argsort": [
        lambda a: a.argsort(),
        lambda a: a.argsort(axis=0, kind="stable"),
        lambda a: a.argsort(axis=None),
    ],
    "astype": [lambda a: a.astype("c16"), lambda a: a.astype(np.float32, copy=False)],
    "clip": [lambda a: a.clip(0, 1), lambda a: a.clip(max=0.5), lambda a: a.clip(np.zeros(3))],
    "compress": [lambda a: a.compress([True, False], axis=0), lambda a: a.compress([False, True, True])],
    "conj": [lambda a: a.conj()],
    "conjugate": [lambda a: a.conjugate()],
    "copy": [lambda a: a.copy(), lambda a: a.copy("F")],
    "cumprod": [lambda a: a.cumprod(), lambda a: a.cumprod(0), lambda a: a.cumprod(axis=1, dtype="c16")],
    "cumsum": [lambda a: a.cumsum(), lambda a: a.cumsum(1)],
    "device": [lambda a: a.device],
    "diagonal": [lambda a: a.diagonal(), lambda a: a.diagonal(1, 1, 0)],
    "dot": [lambda a: a.dot([1.0, 2.0, 3.0]), lambda a: a.dot(a.T), lambda a: a.dot(2)],
    "dtype": [lambda a: a.dtype],
    "flat": [lambda a: list(a.flat)],
    "flatten": [lambda a: a.flatten(), lambda a: a.flatten("F")],
    "imag": [lambda a: a.imag],
    "itemsize": [lambda a: a.itemsize],
    "mT": [lambda a: a.mT],
    "max": [lambda a: a.max(), lambda a: a.max(0), lambda a: a.max(axis=1, keepdims=True, initial=1.0)],
    "mean": [lambda a: a.mean(), lambda a: a.mean(0), lambda a: a.mean(axis=(0, 1), where=a > 0)],
    "min": [
        lambda a: a.min(),
        lambda a: a.min(0),
        lambda a: a.min(axis=1, where=[True, False, True], initial=0),
    ],
    "nbytes": [lambda a: a.nbytes],
    "ndim": [lambda a: a.ndim],
    "nonzero": [lambda a: a.nonzero(), lambda a: a[(a > 0).nonzero()]],
    "prod": [lambda a: a.prod(), lambda a: a.prod(1), lambda a: a.prod(axis=0, keepdims=True, initial=2.0)],
    "ravel": [lambda a: a.ravel(), lambda a: a.ravel("F"), lambda a: a.ravel(order="A")],
    "real": [lambda a: a.real],
    "repeat": [lambda a: a.repeat(2), lambda a: a.repeat([1, 0, 3], axis=1)],
    "reshape": [lambda a: a.reshape(3, 2), lambda a: a.reshape((-1,), order="F"), lambda a: a.reshape([6])],
    "round": [lambda a: a.round(), lambda a: a.round(1)],
    "searchsorted": [lambda a: a[1].searchsorted(0.5), lambda a: a[1].searchsorted([0.5, 2], side="right")],
    "shape": [lambda a: a.shape],
    "size": [lambda a: a.size],
    "squeeze": [lambda a: a[None].squeeze(), lambda a: a[:, None].squeeze(1)],
    "std": [lambda a: a.std(), lambda a: a.std(0), lambda a: a.std(axis=1, ddof=1, keepdims=True)],
    "sum": [lambda a: a.sum(), lambda a: a.sum(0), lambda a: a.sum(axis=1, where=a > 0, initial=1.0)],
    "swapaxes": [lambda a: a.swapaxes(0, 1)],
    "take": [
        lambda a: a.take([0, 5]),
        lambda a: a.take(-1, axis=1),
        lambda a: a.take([7], axis=0, mode="wrap"),
    ],
    "to_device": [lambda a: a.to_device("cpu")],
    "trace": [lambda a: a.trace(), lambda a: a.trace(-1, 1, 0), lambda a: a.trace(dtype="c16")],
    "transpose": [lambda a: a.transpose(), lambda a: a.transpose(1, 0), lambda a: a.transpose([0, 1])],
    "var": [lambda a: a.var(), lambda a: a.var(0, ddof=1), lambda a: a.var(axis=1, mean=0.5)],
    "view": [lambda a: a.view(), lambda a: a.view(a.dtype)],
}
WRITES = {
    "byteswap": lambda a: a.byteswap(),
    "fill": lambda a: a.fill(1.0),
    "partition": lambda a: a.partition(1),
    "put": lambda a: a.put([0], 1.0),
    "resize": lambda a: a.resize((3, 2)),
    "setfield": lambda a: a.setfield(1.0, float),
    "setflags": lambda a: a.setflags(write=True),
    "sort": lambda a: a.sort(),
}
LOSES = {
    "base": lambda a: a.base,
    "ctypes": lambda a: a.ctypes,
    "data": lambda a: a.data,
    "flags": lambda a: a.flags,
    "item": lambda a: a.item(0),
    "strides": lambda a: a.strides,
    "tobytes": lambda a: a.tobytes(),
    "tolist": lambda a: a.tolist(),
}
HAS_NO_DERIVATIVE = {
    "dump": lambda a: a.dump("file"),
    "dumps": lambda a: a.dumps(),
    "getfield": lambda a: a.getfield("f4"),
    "tofile": lambda a: a.tofile("file"),
}
REFUSED = [
    *[(name, call, InPlaceError) for name, call in WRITES.items()],
    *[(name, call, ConversionError) for name, call in LOSES.items()],
    *[(name, call, NoRuleError) for name, call in HAS_NO_DERIVATIVE.items()],
]
AS_THE_FUNCTION: dict[str, tuple[Call, Call]] = {
    "argpartition": (lambda a: a.argpartition(1, axis=0), lambda a: np.argpartition(a, 1, axis=0)),
    "choose": (lambda a: a.choose([a, a]), lambda a: np.choose(a, [a, a])),
}
ONLY_REAL = {
    "all", "any", "argmax", "argmin", "argsort", "astype", "clip", "max", "mean", "min", "nonzero", "searchsorted",
    "sum",
}  # fmt: skip


def test_the_tables_hold_every_public_attribute() -> None:
    names = {name for name in dir(np.ndarray) if not name.startswith("_")}
    assert names == {*SAME, *AS_THE_FUNCTION, *(name for name, _, _ in REFUSED)}


def _parts(out: Any) -> list[Any]:
    return list(out) if isinstance(out, (list, tuple)) else [out]


@pytest.mark.parametrize("X", [A, Z], ids=["real", "complex"])
@pytest.mark.parametrize("name", SAME)
def test_an_attribute_answers_as_numpys(name: str, X: Any) -> None:
    if name in ONLY_REAL and X is Z:
        X = A.astype(np.float32)  # their options compare numbers, or drop imaginary parts
    for call in SAME[name]:
        found: list[Any] = []
        ln.vjp(lambda a, call=call, found=found: (found.append(call(a)), a)[1], X)
        for expected, part in zip(_parts(call(X)), _parts(found[0]), strict=True):
            value = innermost(part)
            assert (np.shape(value), getattr(value, "dtype", type(value))) == (
                np.shape(expected),
                getattr(expected, "dtype", type(expected)),
            )
            if isinstance(expected, (np.ndarray, np.number)):
                np.testing.assert_allclose(value, expected, rtol=20 * np.finfo(np.float32).eps)
            else:
                assert value == expected


@pytest.mark.parametrize(("name", "call", "kind"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_what_cannot_be_right_is_refused_by_name(name: str, call: Call, kind: type[LinadError]) -> None:
    with pytest.raises(kind) as caught:
        ln.vjp(call, A)
    assert f"x.{name}" in str(caught.value)
    assert "\n  - " in str(caught.value)


@pytest.mark.parametrize("name", AS_THE_FUNCTION)
def test_a_method_does_what_the_function_does(name: str) -> None:
    def outcome(call: Call) -> str:
        try:
            return repr(ln.vjp(lambda a: np.sum(call(a)) + 0 * a[0, 0], A)[0])
        except (LinadError, TypeError) as error:
            return f"{type(error)} {error}"

    method, function = AS_THE_FUNCTION[name]
    assert outcome(method) == outcome(function)


@pytest.mark.parametrize("name", ["shape", "dtype", "T", "mT", "real", "imag", "flat", "strides"])
def test_an_attribute_is_not_set(name: str) -> None:
    with pytest.raises(InPlaceError, match=rf"x\.{name} = "):
        ln.vjp(lambda a: setattr(a, name, 1), A)


@pytest.mark.parametrize("symbol", ["iand", "ior", "ixor", "ilshift", "irshift"])
def test_bits_of_floating_point_numbers_are_a_type_error(symbol: str) -> None:
    with pytest.raises(TypeError):
        ln.vjp(lambda a: getattr(operator, symbol)(a, 1), A)
