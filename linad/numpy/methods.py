"""Attributes and methods of traced arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from linad.core.traced import Array, attach, innermost
from linad.errors import ConversionError, InPlaceError, NoRuleError
from linad.numpy import (
    choices,
    elements,
    indexing,
    joining,
    order,
    places,
    products,
    reductions,
    rounding,
    shapes,
    statistics,
)
from linad.numpy.axes import cast
from linad.operations import elementwise as ops


def _setitem(self: Array, key: Any, value: Any) -> NoReturn:
    raise InPlaceError(
        "x[i] = v",
        "a traced array is not changed in place.",
        "x = linad.numpy.index_set(x, i, v) is the array with v at i.",
        "x = linad.numpy.index_add(x, i, v) adds v at i.",
    )


def _delitem(self: Array, key: Any) -> NoReturn:
    raise InPlaceError(
        "del x[i]", "a traced array is not changed in place.", "numpy.concatenate the parts to keep."
    )


def _astype(
    self: Array, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
) -> Any:
    return cast(self, np.dtype(dtype), casting)


def _reshape(self: Array, *dims: Any, order: Any = "C", copy: Any = None) -> Any:
    if not dims:
        raise TypeError("reshape() takes at least 1 argument (0 given)")
    return shapes.reshape(self, dims[0] if len(dims) == 1 else dims, order)


def _transpose(self: Array, *axes: Any) -> Any:
    return shapes.transpose(
        self, axes[0] if len(axes) == 1 and not isinstance(axes[0], (int, np.integer)) else (axes or None)
    )


def _clip(self: Array, min: Any = None, max: Any = None, out: Any = None, **options: Any) -> Any:
    return choices.clip(self, min, max, out, **options)


def _compress(self: Array, condition: Any, axis: Any = None, out: Any = None) -> Any:
    return indexing.compress(condition, self, axis, out)


def _flatten(self: Array, order: Any = "C") -> Any:
    return _copy(shapes.ravel(self, order))


def _copy(self: Array, order: Any = "C") -> Any:
    """The array itself, for it never changes; of a view an array of its own, to which ``+=`` may be applied."""
    view = isinstance(innermost(self), np.ndarray) and innermost(self).base is not None
    return ops.positive(self) if view and self.dtype.kind in "fc" else self


def _view(self: Array, dtype: Any = None, type: Any = None) -> Any:
    if type is None and (dtype is None or dtype is np.ndarray or np.dtype(dtype) == self.dtype):
        return self
    raise NoRuleError(
        "x.view(...)",
        "the bytes of an array have no derivative.",
        "x.astype(dtype) converts; x.real and x.imag are parts.",
    )


def _refused(name: str, remedy: str) -> Callable[..., NoReturn]:
    """A method that would change the array."""

    def method(self: Array, *args: Any, **kwargs: Any) -> NoReturn:
        raise InPlaceError(f"x.{name}(...)", "it would change a traced array in place.", remedy)

    return method


def _discrete(name: str, remedy: str) -> Callable[..., NoReturn]:
    """A method whose result could not carry a derivative."""

    def method(self: Array, *args: Any, **kwargs: Any) -> NoReturn:
        raise NoRuleError(f"x.{name}(...)", "the result is discrete or has no derivative rule.", remedy)

    return method


def _memory(name: str) -> property:
    """An attribute that speaks of memory, which a traced array does not have."""

    def get(self: Array) -> NoReturn:
        raise ConversionError(
            f"x.{name}", "a traced array has no memory of its own.", f"Write linad.value(x).{name}."
        )

    return property(get, _refuse_setting(name))


def _refuse_setting(name: str) -> Callable[..., NoReturn]:
    def setter(self: Array, value: Any) -> NoReturn:
        raise InPlaceError(
            f"x.{name} = ...",
            "a traced array is not changed in place.",
            _INSTEAD.get(name, "Make a new array."),
        )

    return setter


_INSTEAD = {
    "shape": "x.reshape(shape) is a new array.",
    "dtype": "x.astype(dtype) is a new array.",
    "real": "v + 1j * x.imag is a new array.",
    "imag": "x.real + 1j * v is a new array.",
}
attach(
    __getitem__=indexing.getitem,
    __setitem__=_setitem,
    __delitem__=_delitem,
    shape=property(Array.shape.fget, _refuse_setting("shape")),  # type: ignore[attr-defined]  # a property of the class
    dtype=property(Array.dtype.fget, _refuse_setting("dtype")),  # type: ignore[attr-defined]  # a property of the class
    T=property(lambda self: shapes.transpose(self), _refuse_setting("T")),
    mT=property(lambda self: shapes.matrix_transpose(self), _refuse_setting("mT")),
    real=property(lambda self: elements.real(self), _refuse_setting("real")),
    imag=property(lambda self: elements.imag(self), _refuse_setting("imag")),
    flat=property(lambda self: iter(shapes.ravel(self)), _refuse_setting("flat")),
    device=property(lambda self: "cpu"),
    strides=_memory("strides"),
    flags=_memory("flags"),
    data=_memory("data"),
    base=_memory("base"),
    ctypes=_memory("ctypes"),
    conj=ops.conjugate,
    conjugate=ops.conjugate,
    copy=_copy,
    view=_view,
    astype=_astype,
    reshape=_reshape,
    transpose=_transpose,
    flatten=_flatten,
    compress=_compress,
    clip=_clip,
    argpartition=lambda self, *args, **options: np.argpartition(self, *args, **options),
    choose=lambda self, *args, **options: np.choose(self, *args, **options),
    to_device=lambda self, device, /, *, stream=None: self,
)
_DOORS = {
    "ravel": shapes.ravel,
    "swapaxes": shapes.swapaxes,
    "squeeze": shapes.squeeze,
    "diagonal": shapes.diagonal,
    "trace": shapes.trace,
    "dot": products.dot,
    "sum": reductions.sum,
    "prod": reductions.prod,
    "mean": statistics.mean,
    "var": statistics.var,
    "std": statistics.std,
    "max": reductions.max,
    "min": reductions.min,
    "argmax": order.argmax,
    "argmin": order.argmin,
    "argsort": order.argsort,
    "cumsum": reductions.cumsum,
    "cumprod": reductions.cumprod,
    "nonzero": places.nonzero,
    "all": order.all,
    "any": order.any,
    "take": indexing.take,
    "repeat": joining.repeat,
    "searchsorted": choices.searchsorted,
    "round": rounding.round,
}
attach(**{name: door.traced for name, door in _DOORS.items()})  # the side for which a door would look
attach(
    sort=_refused("sort", "numpy.sort(x) is a new array."),
    fill=_refused("fill", "numpy.full_like(x, v) is a new array."),
    put=_refused("put", "linad.numpy.index_set(x, i, v) is a new array."),
    itemset=_refused("itemset", "linad.numpy.index_set(x, i, v) is a new array."),
    resize=_refused("resize", "x.reshape(shape) is a new array."),
    partition=_refused("partition", "numpy.sort(x) is a new array."),
    setflags=_refused("setflags", "A traced array is always read-only."),
    setfield=_refused("setfield", "x.real, x.imag and x + 1j * y are new arrays."),
    byteswap=_refused("byteswap", "linad.value(x).byteswap() is a plain array."),
    getfield=_discrete("getfield", "x.real and x.imag are parts."),
    dump=_discrete("dump", "linad.value(x).dump(file)."),
    dumps=_discrete("dumps", "linad.value(x).dumps()."),
    tofile=_discrete("tofile", "linad.value(x).tofile(file)."),
)
