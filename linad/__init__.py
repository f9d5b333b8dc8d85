"""Differentiable linear algebra for people who write NumPy and SciPy.

>>> import numpy as np
>>> import linad as ln
>>> ln.grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
array([1., 1.])
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from linad import numpy
from linad.core import kinds
from linad.core.constants import checkpoint, stop_gradient, value
from linad.core.errstate import errstate, geterr
from linad.core.geometry import directional_derivative, projection
from linad.core.graph import graph
from linad.core.jacobians import hessian, jacfwd, jacobian, jacrev
from linad.core.level import no_recording
from linad.core.symbols import function, gradient, symbol
from linad.core.traced import Array, waiting
from linad.core.transforms import grad, hvp, jvp, linearize, value_and_grad, vjp
from linad.core.variable import variable
from linad.kernels.counters import counters

if TYPE_CHECKING:
    from linad import linalg
    from linad.core.replay import compile
    from linad.linalg.lu import lu
    from linad.linalg.systems import det, solve

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


def _linalg() -> Any:
    """The door of scipy.linalg, and with it the operations that NumPy has not."""
    import_module("linad.operations.every")
    return import_module("linad.linalg")


def _special() -> Any:
    """The door of scipy.special, which takes as long to import as the rest of linad."""
    return import_module("linad.special")


def _numpy_linalg() -> Any:
    """The door of numpy.linalg: half of the operations."""
    return numpy.linalg


waiting += [_special, _linalg, _numpy_linalg]


def __getattr__(name: str) -> Any:
    """What is opened when it is asked for: doors, and the version, whose look-up costs a sixth of the import."""
    if name == "linalg":
        return _linalg()
    if name in ("det", "lu", "solve"):
        return getattr(_linalg(), name)
    if name == "compile":
        import_module("linad.operations.every")  # tells replay how operations are written
        return import_module("linad.core.replay").compile
    if name in ("special", "stats", "optimize"):
        return import_module(f"linad.{name}")
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("linad")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "optimize", "special", "stats"})
