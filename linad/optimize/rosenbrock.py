"""Rosenbrock's function, which SciPy offers to try optimisers on."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize

from linad.core.traced import Array


def rosen(x: Any) -> Any:
    """scipy.optimize.rosen, of which traced arrays have derivatives.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.optimize import rosen, rosen_der
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> ln.grad(rosen)(x) - rosen_der(x)
    array([0., 0., 0.])
    """
    return _formula(x) if isinstance(x, Array) else scipy.optimize.rosen(x)


def _formula(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0, axis=0)
