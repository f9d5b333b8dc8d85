"""LAPACK's and BLAS' routines as SciPy wraps them, by their names without the letter of the type."""

from __future__ import annotations

from typing import Any

from scipy.linalg import blas, lapack

_LETTERS = {"f": "s", "d": "d", "F": "c", "D": "z"}
_COMPLEX = {"orgqr": "ungqr", "ger": "gerc"}
_NORMS = {"f": "snrm2", "d": "dnrm2", "F": "scnrm2", "D": "dznrm2"}


def known(code: str) -> bool:
    """Whether there are routines for a dtype, told by its character."""
    return code in _LETTERS


def routine(name: str, code: str) -> tuple[str, Any]:
    """The routine for a dtype and its full name; of complex types ungqr for orgqr and gerc for ger."""
    full = (
        _NORMS[code]
        if name == "nrm2"
        else _LETTERS[code] + (_COMPLEX.get(name, name) if code in "FD" else name)
    )
    return full, getattr(lapack, full, None) or getattr(blas, full)
