"""The table of routines: a pointer where its signature is the expected one, else an emulation."""

import ctypes

import numpy as np
import pytest

from linad.kernels import emulated, pointers


def capsule(name, address=1):
    make = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)(
        ("PyCapsule_New", ctypes.pythonapi)
    )
    return make(address, name, None)


def test_every_routine_is_called_by_pointer_here():
    for kind in pointers.KINDS.values():
        assert not [name for name, routine in kind.run.items() if not isinstance(routine, ctypes._CFuncPtr)]


SIGNATURE = b"void (char *, int *, double *, int *, int *)"


@pytest.mark.parametrize(
    "found",
    [
        None,
        3,
        capsule(None),
        capsule(SIGNATURE.replace(b"int *", b"int64_t *")),
        capsule(SIGNATURE.replace(b"int *", b"__pyx_t_5scipy_6linalg_13cython_lapack_blas_int *")),
        capsule(SIGNATURE.replace(b"double", b"float")),
        capsule(SIGNATURE.replace(b"void", b"int")),
        capsule(SIGNATURE[:-7] + b")"),
        capsule(b"another name"),
    ],
)
def test_another_signature_is_emulated(found):
    kind = pointers.Kind("d", {"dpotrf": found})
    assert kind.run["potrf"].__module__ == emulated.__name__


def test_the_expected_signature_is_called():
    kind = pointers.Kind("d", {"dpotrf": capsule(SIGNATURE)})
    assert isinstance(kind.run["potrf"], ctypes._CFuncPtr)


def test_signatures_are_read():
    assert pointers.arguments("void (char *, int *, __pyx_t_5scipy_6linalg_11cython_blas_d *)") == "tid"
    assert pointers.arguments("void (__pyx_t_float_complex *, __pyx_t_double_complex *, float *)") == "czs"
    assert pointers.arguments("void (long *)") is None
    assert pointers.arguments("int (int *)") is None


@pytest.mark.parametrize("read", [pointers._pointer_by_field, pointers._pointer_by_attribute])
def test_addresses_are_those_of_the_data(read):
    for X in (np.ones((3, 3)), np.ones((3, 3))[1:, 1:], np.ones(5)[::-1]):
        assert read(X).value == X.__array_interface__["data"][0]
