"""scipy.optimize's names with the derivatives supplied, and answers that are differentiable."""

from typing import NoReturn

from scipy.optimize import (
    BFGS,
    SR1,
    Bounds,
    LinearConstraint,
    NonlinearConstraint,
    OptimizeResult,
    rosen_der,
    rosen_hess,
    rosen_hess_prod,
)

from linad.optimize.fitting import curve_fit
from linad.optimize.information import Information, observed_information
from linad.optimize.least_squares import least_squares
from linad.optimize.minimization import minimize
from linad.optimize.roots import fixed_point, root
from linad.optimize.rosenbrock import rosen
from linad.optimize.scalars import minimize_scalar, newton, root_scalar

__all__ = [
    "BFGS",
    "SR1",
    "Bounds",
    "Information",
    "LinearConstraint",
    "NonlinearConstraint",
    "OptimizeResult",
    "curve_fit",
    "fixed_point",
    "least_squares",
    "minimize",
    "minimize_scalar",
    "newton",
    "observed_information",
    "root",
    "root_scalar",
    "rosen",
    "rosen_der",
    "rosen_hess",
    "rosen_hess_prod",
]


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}; what needs no derivatives is in scipy.optimize."
    )
