"""BLAS and LAPACK by the C pointers that SciPy exports for this use, in each of the four types.

``scipy.linalg.cython_blas.__pyx_capi__`` and ``cython_lapack.__pyx_capi__`` map the name of a routine to a capsule: a
pointer, with the C signature as its name. A pointer is used where its signature is the expected one, with arguments
``int *`` for Fortran's integers; else (64-bit integers, a routine that is missing) the routine is emulated.

Pointers see no shapes and check nothing: a wrong leading dimension corrupts memory. Only ``blas``, ``lapack`` and
``unitary`` call them, on operands that ``operands`` has checked, and ``bidiagonal``, on arrays that it makes.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.linalg import cython_blas, cython_lapack

from linad.kernels.dtypes import LETTERS
from linad.kernels.emulated import emulated

Array = np.ndarray[Any, Any]
Reference = Any  # what ctypes.byref returns: the address of a constant
Routine = Callable[..., Any]

INT_MAX = 2**31 - 1

# The arguments of each routine: t a character, i an integer or integers, x of the routine's type, r of its real type.
SIGNATURES = {
    "gemm": "ttiiixxixixxi",
    "gemv": "tiixxixixxi",
    "syrk": "ttiixxixxi",
    "herk": "ttiirxirxi",
    "trsm": "ttttiixxixi",
    "trmm": "ttttiixxixi",
    "getrf": "iixiii",
    "getrs": "tiixiixii",
    "getri": "ixiixii",
    "potrf": "tixii",
    "potrs": "tiixixii",
    "potri": "tixii",
    "lauum": "tixii",
    "trtri": "ttixii",
    "trsyl": "ttiiixixixiri",
    "sytrf": "tixiixii",
    "hetrf": "tixiixii",
    "geqrf": "iixixxii",
    "orgqr": "iiixixxii",
    "ormqr": "ttiiixixxixii",
    "geqp3": "iixiixxii",
    "syevd": "ttixixxiiii",
    "gesdd": "tiixixxixixiii",
}
_OF_COMPLEX = {  # what is called otherwise, or has an argument more
    "orgqr": ("ungqr", SIGNATURES["orgqr"]),
    "ormqr": ("unmqr", SIGNATURES["ormqr"]),
    "geqp3": ("geqp3", "iixiixxiri"),
    "syevd": ("heevd", "ttixirxiriiii"),
    "gesdd": ("gesdd", "tiixirxixixirii"),
}
_COMPLEX_ONLY = ("herk", "hetrf")
_C_TYPES = {  # of the arguments, as Cython spells them; a type of the module's own ends in _s, _d, _c or _z
    "char": "t",
    "int": "i",
    "float": "s",
    "double": "d",
    "__pyx_t_float_complex": "c",
    "__pyx_t_double_complex": "z",
}


class Integers(dict[int, Reference]):
    """A reference to each integer: the small ones made once. BLAS and LAPACK only read them."""

    def __missing__(self, value: int) -> Reference:
        if abs(value) > INT_MAX:
            raise ValueError(f"{value} is beyond the 32-bit integers of this BLAS and LAPACK.")
        return ctypes.byref(ctypes.c_int(value))


class Scalars(dict[Any, Reference]):
    """A reference to each number of a type: the common ones made once."""

    def __init__(self, make: Callable[[Any], Reference]) -> None:
        super().__init__((value, make(value)) for value in (0, 1, -1))
        self.make = make

    def __missing__(self, value: Any) -> Reference:
        return self.make(value)


class Flags(dict[Any, Any]):
    """What a flag stands for; another flag raises."""

    def __missing__(self, flag: object) -> Any:
        raise ValueError(f"the flag {flag!r} is none of {', '.join(map(str, self))}.")


INTEGERS = Integers((value, ctypes.byref(ctypes.c_int(value))) for value in range(-1, 513))
CHARACTERS = {letter: ctypes.byref(ctypes.c_char(letter.encode())) for letter in "ACILNRSTUV"}


class Kind:
    """One of the four types: its routines, and what they are given beside matrices."""

    __slots__ = ("complex", "dtype", "letter", "op", "real", "real_dtype", "run", "scalars", "size")

    def __init__(self, letter: str, capsules: Mapping[str, object]) -> None:
        self.letter = letter
        self.dtype = np.dtype(dict(zip(LETTERS, "fdFD", strict=True))[letter])
        self.size = self.dtype.itemsize
        self.complex = letter in "cz"
        self.real_dtype = np.empty(0, self.dtype).real.dtype
        number = ctypes.c_float if letter in "sc" else ctypes.c_double
        self.real = Scalars(lambda value: ctypes.byref(number(value)))
        self.scalars = Scalars(lambda value: _complex_number(value, number)) if self.complex else self.real
        # op(A) where BLAS sees A, and where it sees the transpose of A; None: BLAS cannot conjugate alone
        N, T, C = (CHARACTERS[flag] for flag in "NTC")
        self.op = Flags({"N": (N, T), "T": (T, N), "H": (C, None) if self.complex else (T, N)})
        self.run: dict[str, Routine] = {}
        for routine, signature in SIGNATURES.items():
            if self.complex or routine not in _COMPLEX_ONLY:
                name = routine
                if self.complex:
                    name, signature = _OF_COMPLEX.get(routine, (routine, signature))
                expected = signature.replace("r", "s" if letter in "sc" else "d").replace("x", letter)
                found = _function(capsules.get(letter + name), expected)
                self.run[routine] = found or emulated(routine, letter + name, self.dtype)


def optional(name: str, signature: str) -> Routine | None:
    """A routine of one type that is not emulated; None where SciPy does not export it with this signature."""
    return _function(_capsules().get(name), signature)


def _complex_number(value: Any, number: type[ctypes.c_float | ctypes.c_double]) -> Reference:
    if isinstance(value, str):  # which complex() would read
        raise TypeError(f"a number is needed, not {value!r}.")
    value = complex(value)
    return ctypes.byref((number * 2)(value.real, value.imag))


def _function(capsule: object, signature: str) -> Routine | None:
    """The function of a capsule; None if there is none, or its signature is another."""
    try:
        name = _name_of(capsule)
        if name is None or arguments(name.decode()) != signature:
            return None
        return _TYPE(_pointer_of(capsule, name))
    except ValueError:  # not a capsule
        return None


_TYPE = ctypes.CFUNCTYPE(None)  # whose arguments are not converted: they are references and addresses
_name_of = ctypes.PYFUNCTYPE(ctypes.c_char_p, ctypes.py_object)(("PyCapsule_GetName", ctypes.pythonapi))
_pointer_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)


def arguments(signature: str) -> str | None:
    """The arguments of a C signature: t, i, or the letter of a type; None if another is among them."""
    if not (signature.startswith("void (") and signature.endswith(" *)")):
        return None
    found = [_argument(name) for name in signature[6:-3].split(" *, ")]
    return "".join(found) if all(found) else None


def _argument(name: str) -> str:
    known = _C_TYPES.get(name)
    if known is None and name.startswith("__pyx_t_") and name[-2] == "_" and name[-1] in LETTERS:
        return name[-1]
    return known or ""


# The first field of an array, behind the header that every object has, is the address of its data: this is part of
# NumPy's stable binary interface. Read so, it costs a sixth of `array.ctypes.data`.
_HEADER = object.__basicsize__
_from_address = ctypes.c_void_p.from_address


def _pointer_by_field(X: Array) -> ctypes.c_void_p:
    return _from_address(id(X) + _HEADER)


def _pointer_by_attribute(X: Array) -> ctypes.c_void_p:
    return ctypes.c_void_p(X.ctypes.data)


def _field_holds_the_address() -> bool:
    if sys.implementation.name != "cpython":
        return False
    X = np.arange(6.0).reshape(2, 3)
    return all(_pointer_by_field(Y).value == Y.ctypes.data for Y in (X, X.T, X[1:, 1:], X[:0]))


pointer = (
    _pointer_by_field if _field_holds_the_address() else _pointer_by_attribute
)  # lives no longer than its array


def _capsules() -> dict[str, object]:
    return {**getattr(cython_blas, "__pyx_capi__", {}), **getattr(cython_lapack, "__pyx_capi__", {})}


KINDS = {kind.dtype: kind for kind in (Kind(letter, _capsules()) for letter in LETTERS)}
