"""scipy.linalg's names, signatures, defaults and results, differentiable."""

from linad.linalg.systems import solve_triangular

__all__ = ["solve_triangular"]
