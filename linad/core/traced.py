"""The traced array: a value that a derivative is being taken through.

Three tracers share this class: :class:`linad.core.reverse.Record` remembers the operation that made it,
:class:`linad.core.forward.Dual` carries its tangent, :class:`linad.core.graph.Expression` is a node of an
explicit graph. Operators, methods and attributes that compute are attached where the operations are declared
(:func:`attach`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from linad.core.level import Level
from linad.errors import ArgumentError, ConversionError, NoRuleError

if TYPE_CHECKING:
    from linad.core.primitive import Primitive

# NumPy's functions and ufuncs, each with linad's function of the same signature: how plain NumPy calls arrive.
overrides: dict[Any, Callable[..., Any]] = {}
# What to write instead, for NumPy functions without a rule.
replacements: dict[Any, str] = {}

# Doors that take long to import, each opened when something is asked for that no open one has; the last is the next.
waiting: list[Callable[[], Any]] = []


def open_door() -> bool:
    """Open the next of the doors that nobody has opened yet; whether there was one."""
    try:
        opening = waiting[-1]
    except IndexError:
        return False
    opening()
    with suppress(ValueError):  # another thread was as quick
        waiting.remove(opening)
    return True


def override(key: Any) -> Any:
    """linad's function for one of NumPy's, or for a ufunc's method, whichever door it is behind; None without."""
    found = overrides.get(key)
    while found is None and open_door():
        found = overrides.get(key)
    return found


class Array:
    """A traced array. It looks like the NumPy array behind it, and is never changed in place."""

    __slots__ = ("__weakref__", "level", "memo", "value")

    explicit = False  # whether discrete results are recorded too
    value: Any
    level: Level
    memo: dict[Any, Any] | None  # made when first asked for: few arrays have one

    # -- the engine's side ------------------------------------------------------------------------------------------

    def apply(self, primitive: Primitive, args: tuple[Any, ...]) -> Any:
        """The result of an operation; if an argument has a higher level than this one, that decides."""
        level = self.level
        values = []
        for a in args:
            if isinstance(a, Array):
                if a.level is level:
                    a = a.value
                elif a.level > level:
                    return a.apply(primitive, args)
            values.append(a)
        return self.apply_values(primitive, args, values)

    def apply_values(self, primitive: Primitive, args: tuple[Any, ...], values: list[Any]) -> Any:
        """The result, from the arguments and from those of this level replaced by their values."""
        raise NotImplementedError

    def apply1(self, primitive: Primitive) -> Any:
        """As :meth:`apply`, for the one operand of an elementwise operation."""
        return self.apply(primitive, (self,))

    def apply_both(self, primitive: Primitive, y: Any) -> Any:
        """As :meth:`apply`, for two operands of this level."""
        return self.apply(primitive, (self, y))

    def apply_left(self, primitive: Primitive, y: Any) -> Any:
        """As :meth:`apply`, for two operands of which this one, the left, has the higher level."""
        return self.apply(primitive, (self, y))

    def apply_right(self, primitive: Primitive, x: Any) -> Any:
        """As :meth:`apply`, for two operands of which this one, the right, has the higher level."""
        return self.apply(primitive, (x, self))

    # -- what the plain array answers without a derivative ----------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        value = self.value
        while isinstance(value, Array):
            value = value.value
        return getattr(value, "shape", ())

    @property
    def dtype(self) -> np.dtype[Any]:
        value = self.value
        while isinstance(value, Array):
            value = value.value
        dtype = getattr(value, "dtype", None)
        return np.dtype(type(value)) if dtype is None else dtype

    @property
    def ndim(self) -> int:
        value = self.value
        while isinstance(value, Array):
            value = value.value
        return len(getattr(value, "shape", ()))

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        read = type(self).__getitem__  # type: ignore[index]  # attached with the operators
        return (read(self, i) for i in range(len(self)))

    def __contains__(self, item: Any) -> bool:
        return bool((self == item).any())

    def __bool__(self) -> bool:
        return bool(self.value)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"traced({self.value!r})"

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)

    def __copy__(self) -> Array:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Array:
        return self

    # -- what would lose the derivative ------------------------------------------------------------------------------

    def __float__(self) -> NoReturn:
        raise _conversion(
            "float(x)", "math.f(x) is numpy.f(x); nd[i] = x is numpy.stack or linad.numpy.index_set"
        )

    def __int__(self) -> NoReturn:
        raise _conversion("int(x)", "numpy.floor(x) and numpy.rint(x) keep it an array")

    def __complex__(self) -> NoReturn:
        raise _conversion("complex(x)", "x + 0j is complex and differentiable")

    def __index__(self) -> NoReturn:
        raise _conversion("x as an index", "an index is discrete: take it from linad.value(x)")

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise _conversion(
            "numpy.asarray(x), numpy.array([x, y]) or writing x into a plain array",
            "numpy.stack([x, y]) and linad.numpy.array([x, y]) join traced arrays; A.dot(x) is A @ x; what is "
            "scipy.linalg's or scipy.stats' is of linad.linalg and linad.stats; "
            "plain[i] = x is linad.numpy.index_set(plain, i, x)",
        )

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise _conversion("pickle", "pickle linad.value(x)")

    def item(self, *args: Any) -> NoReturn:
        raise _conversion("x.item()", "x[0] or x.reshape(()) stays differentiable")

    def tolist(self) -> NoReturn:
        raise _conversion("x.tolist()", "list(x) gives traced items")

    def tobytes(self, order: str = "C") -> NoReturn:
        raise _conversion("x.tobytes()", "linad.value(x).tobytes()")

    # -- NumPy's protocols --------------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        key = ufunc if method == "__call__" else (ufunc, method)
        function = overrides.get(key) or override(key)
        if function is None:
            raise no_rule(ufunc, "" if method == "__call__" else method)
        if options.get("out") is not None:
            return function(*inputs, **{**options, "out": _single(options["out"])})
        return function(*inputs, **options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        own = overrides.get(function) or override(function)
        if own is None:
            raise no_rule(function)
        return own(*args, **options)


def _single(out: Any) -> Any:
    return out[0] if isinstance(out, tuple) and len(out) == 1 else out


def _conversion(what: str, remedy: str) -> ConversionError:
    return ConversionError(
        what,
        "the result could not carry the derivative of a traced array.",
        f"{remedy}.",
        "For a constant, say so: linad.value(x) is the plain array.",
    )


def module_of(ufunc: np.ufunc) -> str:
    """Where a ufunc comes from, which it does not say."""
    return "numpy" if getattr(np, ufunc.__name__, None) is ufunc else "scipy.special"


def no_rule(function: Any, method: str = "") -> NoRuleError:
    """The error for a NumPy or SciPy function that linad does not differentiate."""
    hint = replacements.get((function, method) if method else function)
    if isinstance(function, np.ufunc):
        module = module_of(function)
        if function.__name__.endswith(" (vectorized)"):
            module, hint = "numpy.frompyfunc", replacements.get(np.frompyfunc)
        elif function.__name__.startswith("_"):  # as scipy.special.lambertw's
            hint = f"A function of {module} calls it: take that one from {module.replace('scipy', 'linad')}."
    else:
        module = getattr(function, "__module__", None) or type(function).__module__
    name = f"{module}.{function.__name__}" + (f".{method}" if method else "")
    return NoRuleError(
        name,
        "linad has no derivative rule for it.",
        hint or "Write it with operations that have one, or declare it: linad.core.kinds.",
        "If it is constant here, pass linad.value(x).",
    )


def attach(**functions: Any) -> None:
    """Give traced arrays operators, methods and properties."""
    for name, function in functions.items():
        setattr(Array, name, function)


PYTHON = frozenset((bool, int, float, complex))  # Python's numbers, which are weak
# Types of plain operands that are taken as they are.
PLAIN: frozenset[type] = frozenset(
    [bool, int, float, complex, np.ndarray, np.bool_]
    + [np.dtype(code).type for code in np.typecodes["AllInteger"] + np.typecodes["AllFloat"]]
)


def operand(x: Any, where: str) -> Any:
    """A plain or traced operand of an operation; lists become arrays; what is no array of numbers is refused."""
    if isinstance(x, Array) or (type(x) in PLAIN and (type(x) is not np.ndarray or x.dtype.kind in "biufc")):
        return x
    if isinstance(x, (list, tuple)):
        if any(isinstance(part, Array) for part in flatten(x)):
            raise ArgumentError(
                where,
                f"an operand is a {type(x).__name__} with traced arrays inside.",
                "Join them first: numpy.stack([...]), numpy.concatenate([...]) or linad.numpy.array([...]).",
            )
        return operand(np.asarray(x), where)
    if isinstance(x, (np.matrix, np.ma.MaskedArray)):
        raise ArgumentError(
            where,
            f"an operand is a numpy {type(x).__name__}, whose arithmetic differs from an array's.",
            "Pass numpy.asarray(x)" + (", or x.filled(value)." if isinstance(x, np.ma.MaskedArray) else "."),
        )
    if isinstance(x, np.ndarray) and x.dtype.kind in "biufc":
        return x.view(np.ndarray)
    if isinstance(x, (np.ndarray, np.generic)):
        raise ArgumentError(
            where,
            f"an operand is an array of dtype {x.dtype}, not of numbers.",
            "Convert it first: x.astype(float).",
        )
    raise ArgumentError(
        where, f"an operand is of type {type(x).__name__}, not a number or an array of numbers."
    )


def flatten(x: Any) -> Iterator[Any]:
    """The items of nested lists and tuples."""
    stack = [x]
    while stack:
        part = stack.pop()
        if isinstance(part, (list, tuple)):
            stack.extend(reversed(part))
        else:
            yield part


def innermost(x: Any) -> Any:
    """The plain value behind a traced array; anything else as it is."""
    while isinstance(x, Array):
        x = x.value
    return x


def sealed(x: Any) -> Any:
    """A constant that may be a view of what records hold: nobody shall write through it."""
    if type(x) is tuple:
        return tuple([sealed(part) for part in x])
    if isinstance(x, np.ndarray) and x.base is not None:
        x.flags.writeable = False
    return x


def memo_of(x: Array) -> dict[Any, Any]:
    """The memo of the innermost traced array, which all levels above it share."""
    while isinstance(x.value, Array):
        x = x.value
    if x.memo is None:
        x.memo = {}
    return x.memo
