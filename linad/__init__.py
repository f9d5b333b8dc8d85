"""Differentiable linear algebra for people who write NumPy and SciPy.

>>> import numpy as np
>>> import linad as ln
>>> ln.grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
array([1., 1.])
"""

from importlib import import_module
from typing import Any

from linad import linalg, numpy
from linad.core import kinds
from linad.core.constants import checkpoint, stop_gradient, value
from linad.core.errstate import errstate, geterr
from linad.core.geometry import directional_derivative, projection
from linad.core.graph import graph
from linad.core.jacobians import hessian, jacfwd, jacobian, jacrev
from linad.core.level import no_recording
from linad.core.replay import compile
from linad.core.symbols import function, gradient, symbol
from linad.core.traced import Array, waiting
from linad.core.transforms import grad, hvp, jvp, linearize, value_and_grad, vjp
from linad.core.variable import variable
from linad.kernels.counters import counters
from linad.linalg import det, lu, solve

__all__ = [
    "Array",
    "__version__",
    "checkpoint",
    "compile",
    "counters",
    "det",
    "directional_derivative",
    "errstate",
    "function",
    "geterr",
    "grad",
    "gradient",
    "graph",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "kinds",
    "linalg",
    "linearize",
    "lu",
    "no_recording",
    "numpy",
    "projection",
    "solve",
    "stop_gradient",
    "symbol",
    "value",
    "value_and_grad",
    "variable",
    "vjp",
]


def _rule(name: str) -> kinds.Rule:
    """The derived rule of an equation; the door of derivation opens when the first is asked for."""
    from linad.derive.catalogue import rule

    return rule(name)


kinds.rules_come_from(_rule)


def _special() -> Any:
    """The door of scipy.special, which takes as long to import as the rest of linad."""
    return import_module("linad.special")


waiting.append(_special)


def __getattr__(name: str) -> Any:
    """The version is looked up when it is asked for: the look-up costs a sixth of the import."""
    if name == "special":
        return _special()
    if name in ("stats", "optimize"):
        return import_module(f"linad.{name}")
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("linad")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "0+unknown"
