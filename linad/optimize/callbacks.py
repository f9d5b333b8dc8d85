"""Users' callbacks: SciPy looks at their signature, and they get unknowns in containers."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from scipy.optimize import OptimizeResult

from linad.optimize.packing import Packing


def told(packing: Packing, callback: Any) -> Any:
    """A callback with x in its containers, of the same signature: SciPy looks at it."""
    if callback is None or packing.plain:
        return callback
    if set(inspect.signature(callback).parameters) == {"intermediate_result"}:

        def by_result(intermediate_result: OptimizeResult) -> Any:
            result = OptimizeResult(intermediate_result)
            result.x = packing.unpack(np.array(result.x))
            return callback(intermediate_result=result)

        return by_result

    def by_point(xk: Any, *state: Any) -> Any:
        return callback(packing.unpack(np.array(xk)), *state)

    return by_point
