"""Norms: numpy.linalg's, but for the length of a vector, which does not overflow.

length   n = s |x / s|, with s the largest modulus, held fixed: so the derivatives are those of |x|
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from linad.core.constants import stop_gradient
from linad.core.dispatch import door
from linad.core.space import conj, is_complex
from linad.core.traced import Array, override
from linad.linalg.arguments import validated
from linad.operations import elementwise, reductions

_BLAS = frozenset("fdFD")


def _length(x: Any) -> Any:
    """The 2-norm of a vector with entries of any size; the subgradient 0 at 0."""
    largest = reductions.max(elementwise.absolute(stop_gradient(x)), None, False)
    usable = elementwise.logical_and(elementwise.isfinite(largest), elementwise.greater(largest, 0))
    scale = elementwise.where(usable, largest, 1)
    x = x / scale
    squares = elementwise.real(conj(x) * x) if is_complex(x) else elementwise.square(x)
    return scale * elementwise.length(reductions.sum(squares, None, False))


@door(scipy.linalg.norm)
def norm(a: Any, ord: Any = None, axis: Any = None, keepdims: Any = False, check_finite: Any = True) -> Any:
    """The norm of vectors or matrices; 0 at 0 is its subgradient, and entries that tie share it equally."""
    a = validated(a, "scipy.linalg.norm", check_finite)
    whole = axis is None and not keepdims and not isinstance(ord, Array)
    if whole and ord in (None, 2) and a.ndim == 1 and a.size and a.dtype.char in _BLAS:
        return _length(a)
    return override(np.linalg.norm)(a, ord, axis, keepdims)  # what plain NumPy calls on traced arrays


__all__ = ["norm"]
