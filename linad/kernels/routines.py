"""LAPACK's and BLAS' routines as SciPy wraps them, by their names without the letter of the type."""

from __future__ import annotations

from typing import Any

from scipy.linalg import blas, lapack

_LETTERS = {"f": "s", "d": "d", "F": "c", "D": "z"}
_COMPLEX = {"orgqr": "ungqr", "ger": "gerc"}
_REAL = {"f": "s", "d": "d", "F": "sc", "D": "dz"}  # of what gives real numbers: nrm2, asum


def known(code: str) -> bool:
    """Whether there are routines for a dtype, told by its character."""
    return code in _LETTERS


def routine(name: str, code: str) -> tuple[str, Any]:
    """The routine for a dtype and its full name; of complex types ungqr for orgqr and gerc for ger."""
    if name in ("nrm2", "asum"):
        full = _REAL[code] + name
    else:
        full = _LETTERS[code] + (_COMPLEX.get(name, name) if code in "FD" else name)
    return full, getattr(lapack, full, None) or getattr(blas, full)
