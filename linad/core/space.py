"""Conventions: what the shape and dtype of a value are, the inner product, and where a cotangent lives.

The cotangent g of an array x is the array with dz = Re sum(conj(g) dx). It has the shape of x and its dtype; a
lone scalar may stand for an array filled with it ("lazy"), until a rule needs the shape. Functions of core that
compute do so by the names in the table of primitives, so that they work on plain and on traced values alike.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from linad.core.primitive import table
from linad.errors import ShapeError, SymbolError

_PYTHON_DTYPES = {
    bool: np.dtype(bool),
    int: np.dtype(np.int64),
    float: np.dtype(np.float64),
    complex: np.dtype(np.complex128),
}
REAL_SCALARS = frozenset((float, np.float64))


class Space:
    """The shape and dtype of a value without its numbers."""

    __slots__ = ("dtype", "shape")

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.shape, self.dtype = shape, dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __repr__(self) -> str:
        return f"Space(shape={self.shape}, dtype={self.dtype})"


class Unknown:
    """The value of a symbol without a shape."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def shape(self) -> tuple[int, ...]:
        raise SymbolError(
            self.name,
            "its shape is not known before data is bound.",
            f"Declare it: linad.symbol({self.name!r}, shape=(3,)).",
        )

    @property
    def dtype(self) -> np.dtype[Any]:
        raise SymbolError(
            self.name, "its dtype is not known before data is bound.", "Declare the shape and dtype."
        )


class Lettered(Unknown):
    """The value of a symbol whose dimensions are letters: equal letters are equal sizes."""

    __slots__ = ("letters",)

    def __init__(self, name: str, letters: tuple[str, ...]) -> None:
        super().__init__(name)
        self.letters = letters

    @property
    def shape(self) -> tuple[int, ...]:
        raise SymbolError(
            self.name,
            f"its shape is ({', '.join(self.letters)}); what these are is not known before data is bound.",
            "Declare the symbols with numbers: linad.symbol(name, shape=(3,)).",
        )

    def bind(self, where: str, shape: tuple[int, ...], sizes: dict[str, tuple[int, str]]) -> None:
        """Note the sizes behind the letters; raise where they contradict the rank, or what was noted before."""
        if len(shape) != len(self.letters):
            said = f"({', '.join(self.letters)})"
            raise ShapeError(where, f"the data for {self.name} has shape {shape}, the symbol has {said}.")
        for letter, n in zip(self.letters, shape, strict=True):
            size, first = sizes.setdefault(letter, (n, self.name))
            if size != n:
                raise ShapeError(
                    where, f"{letter} is {size} in the data for {first}, and {n} in that for {self.name}."
                )


class Pieces:
    """A cotangent that is zero but for pieces of it: what reading an array entry by entry sends back.

    Pieces are gathered and made one array at the end, so that a loop over the entries of an array costs what
    the entries cost, and not an array for each. A sum takes the pieces of the right operand over into the left
    one.
    """

    __slots__ = ("dtype", "parts", "patterns", "rest", "shape")
    __array_ufunc__ = None  # array + pieces is pieces + array

    def __init__(
        self, part: Any, shape: tuple[int, ...], dtype: np.dtype[Any], pattern: tuple[Any, ...]
    ) -> None:
        self.shape, self.dtype = shape, dtype
        self.parts, self.patterns = [part], [pattern]
        self.rest: Any = None

    def __add__(self, other: Any) -> Pieces:
        if type(other) is Pieces:
            self.parts += other.parts
            self.patterns += other.patterns
            other = other.rest
        if other is not None:
            self.rest = other if self.rest is None else self.rest + other
        return self

    __radd__ = __add__

    def whole(self) -> Any:
        """The array."""
        array = table["assemble"](self.shape, tuple(self.patterns), *self.parts)
        return array if self.rest is None else array + self.rest


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape; () for Python's numbers."""
    return () if type(x) is float else getattr(x, "shape", ())


def dtype_of(x: Any) -> np.dtype[Any]:
    """The dtype; NumPy's default for Python's numbers."""
    dtype = getattr(x, "dtype", None)
    return _PYTHON_DTYPES[type(x)] if dtype is None else dtype


def space_of(x: Any) -> Space:
    return Space(shape_of(x), dtype_of(x))


def is_complex(x: Any) -> bool:
    return type(x) not in REAL_SCALARS and dtype_of(x).kind == "c"


def conj(x: Any) -> Any:
    """The complex conjugate; a real value itself."""
    return table["conjugate"](x) if is_complex(x) else x


def expand(x: Any, shape: tuple[int, ...]) -> Any:
    """x broadcast to a shape."""
    if type(x) in REAL_SCALARS and len(shape) > 0 and math.prod(shape) <= _FEW:  # quicker than broadcasting
        if x == 1.0:
            return _ones(shape)
        filled = np.empty(shape)
        filled.fill(x)
        return filled
    return x if shape_of(x) == shape else table["broadcast_to"](x, shape)


_FEW = 64


@lru_cache(maxsize=256)
def _ones(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Ones that nobody can write to."""
    found = np.ones(shape)
    found.flags.writeable = False
    return found


def retype(x: Any, dtype: np.dtype[Any]) -> Any:
    """x in another dtype; the real part where the space is real. Python's numbers are weak and stay."""
    own = dtype_of(x)
    if own == dtype:
        return x
    if type(x) is Pieces:
        x = x.whole()
    if own.kind == "c" and dtype.kind != "c":
        x = table["real"](x)
        own = dtype_of(x)
    return x if own == dtype or type(x) is float else table["astype"](x, dtype)


def sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    """The adjoint of broadcasting: x summed over what was broadcast."""
    own = shape_of(x)
    lead = len(own) - len(shape)
    axes = tuple(range(lead)) + tuple(lead + i for i, n in enumerate(shape) if n == 1 and own[lead + i] != 1)
    if axes:
        x = table["sum"](x, axes, True)
    return table["reshape"](x, shape) if lead else x


def fit(g: Any, like: Any) -> Any:
    """A cotangent made to live in the space of ``like``: summed over broadcast axes, real part, dtype."""
    if type(g) is np.ndarray and type(like) is np.ndarray and g.shape == like.shape and g.dtype == like.dtype:
        return g
    shape = shape_of(like)
    if shape_of(g) != shape:
        g = sum_to(g, shape)
    return retype(g, dtype_of(like))


def fit_elementwise(g: Any, like: Any, out: Any) -> Any:
    """As :func:`fit` for an operand of an elementwise operation with result ``out``; lazy scalars stay lazy."""
    if type(g) in REAL_SCALARS and type(like) in REAL_SCALARS and type(out) in REAL_SCALARS:
        return g
    if (
        type(g) is np.ndarray
        and type(like) is np.ndarray
        and type(out) is np.ndarray
        and g.shape == like.shape == out.shape
        and g.dtype == like.dtype
    ):
        return g
    shape = shape_of(like)
    whole = shape_of(out)
    if shape != whole:
        g = sum_to(expand(g, whole), shape)
    elif shape_of(g) not in ((), shape):
        g = expand(g, shape)
    return retype(g, dtype_of(like))


def fit_tangent(t: Any, out: Any) -> Any:
    """A tangent made to live in the space of the output ``out``."""
    if type(t) is np.ndarray and type(out) is np.ndarray and t.shape == out.shape and t.dtype == out.dtype:
        return t
    if type(t) in REAL_SCALARS and type(out) in REAL_SCALARS:
        return t
    return retype(expand(t, shape_of(out)), dtype_of(out))


def zeros(like: Any) -> Any:
    """Exact zeros in the space of ``like``."""
    shape, dtype = shape_of(like), dtype_of(like)
    return np.zeros(shape, dtype) if shape else dtype.type(0)


def inner(a: Any, b: Any) -> Any:
    """The real inner product Re sum(conj(a) b)."""
    product = conj(a) * b
    return (
        table["real"](table["sum"](product, None, False))
        if is_complex(product)
        else table["sum"](product, None, False)
    )
