"""Implicit graphs by hand: variables, computation, ``backward``, ``grad``."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from linad.core.boundary import admit, fit_vector, give_back, held
from linad.core.level import Level
from linad.core.reverse import Record, walk_back
from linad.core.traced import Array, attach
from linad.errors import ArgumentError, ClosureError, NoGradientError

VARIABLES = Level("variable")


class Variable(Record):
    """A leaf of an implicit graph; ``backward`` adds to its ``grad``."""

    __slots__ = ("grad",)

    grad: Any


def variable(array: Any) -> Variable:
    """A variable with a copy of an array, for graphs that are recorded while they are computed.

    Operations on variables are recorded; ``y.backward()`` adds the derivatives to ``x.grad`` of every variable
    x that leads to y.

    Examples
    --------
    >>> import linad as ln
    >>> x = ln.variable(2.0)
    >>> y = 2 * x
    >>> z = y * (3 * x + 1)
    >>> z.backward()
    >>> float(x.grad)
    26.0
    """
    if isinstance(array, Array):
        raise ClosureError(
            "variable",
            "the argument is a traced array.",
            "Inside a function that is being differentiated, use the array itself.",
            "For a constant start, pass linad.value(x).",
        )
    if isinstance(array, (list, tuple)):
        array = np.asarray(array)
    value = held(admit("variable", "the argument", array))
    if isinstance(value, np.ndarray) and value is array:
        value = value.copy()
        value.flags.writeable = False
    x = Variable(value, None, (), (), (), VARIABLES, None)
    x.grad = None
    return x


def backward(self: Array, v: Any = None, retain_graph: bool = False) -> None:
    """Add ``J^T v`` to the ``grad`` of every variable that leads here.

    Parameters
    ----------
    v
        The cotangent of this array, of its shape. The default is all ones: the gradient of the sum of the entries.
    retain_graph
        Whether the graph may be walked again. By default what is passed is freed.
    """
    if not isinstance(self, Record) or self.level is not VARIABLES:
        raise ArgumentError(
            "backward",
            f"this array belongs to a call of {self.level.transform}, not to a graph of variables.",
            "Take the derivative with that transform, or start from linad.variable(array).",
        )
    g = 1.0 if v is None else fit_vector("backward", "the cotangent v", v, self.value)
    given = {id(g)}
    for x, total in walk_back([(self, g)], free=not retain_graph).values():
        given.add(id(x.value))
        part = give_back(total, x.value, given)
        x.grad = part if x.grad is None else x.grad + part  # type: ignore[attr-defined]  # leaves of this level are variables


def _no_grad(self: Array) -> NoReturn:
    raise NoGradientError(
        "x.grad",
        "only a variable has one, and this array is the result of an operation.",
        "After x -= step, x is such a result: write x = linad.variable(linad.value(x) - step).",
    )


attach(backward=backward, grad=property(_no_grad))
