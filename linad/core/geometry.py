"""Derivatives along directions of length one, and projections."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core import tree
from linad.core.boundary import (
    admit,
)
from linad.core.calls import Function
from linad.core.primitive import table
from linad.core.space import inner, shape_of
from linad.core.traced import innermost
from linad.core.transforms import jvp
from linad.errors import (
    ArgumentError,
)


def directional_derivative(f: Function, x: Any, direction: Any) -> Any:
    """The derivative of f at x along a direction of length one: ``grad f . l / |l|``.

    Unlike the tangent of :func:`jvp`, it does not depend on the length of ``direction``.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> float(ln.directional_derivative(lambda x: x[0] + 2 * x[1], np.zeros(2), np.array([3.0, 4.0])))
    2.2
    """
    length = _norm("directional_derivative", direction)
    unit = tree.map_leaves(
        lambda _, part: admit("directional_derivative", "direction", part) / length, direction
    )
    return jvp(f, (x,), (unit,))[1]


def projection(a: Any, b: Any) -> tuple[Any, Any]:
    """The projection of a on b: its signed length ``a . b / |b|``, and the vector of that length along b.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> value, vector = ln.projection(np.array([2.0, 1.0]), np.array([3.0, 0.0]))
    >>> float(value), vector
    (2.0, array([2., 0.]))
    """
    a, b = admit("projection", "a", a), admit("projection", "b", b)
    if shape_of(a) != shape_of(b):
        raise ArgumentError("projection", f"a has shape {shape_of(a)}, b has shape {shape_of(b)}.")
    unit = b / _norm("projection", b)
    value = inner(unit, a)
    return value, value * unit


def _norm(where: str, direction: Any) -> Any:
    parts = [admit(where, path or "the direction", part) for path, part in tree.leaves(direction)]
    total = sum(inner(part, part) for part in parts)
    if not np.all(np.asarray(innermost(total)) > 0):
        raise ArgumentError(where, "the direction has length zero.")
    return table["sqrt"](total)
