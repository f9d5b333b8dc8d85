"""scipy.optimize's names with the derivatives supplied, and answers that are differentiable."""

from scipy.optimize import BFGS, SR1, Bounds, LinearConstraint, NonlinearConstraint, OptimizeResult

from linad.optimize.minimization import minimize, minimize_scalar

__all__ = [
    "BFGS",
    "SR1",
    "Bounds",
    "LinearConstraint",
    "NonlinearConstraint",
    "OptimizeResult",
    "minimize",
    "minimize_scalar",
]
