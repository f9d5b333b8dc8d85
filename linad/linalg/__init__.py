"""scipy.linalg's names, signatures, defaults and results, differentiable.

The names in ``__all__`` have derivatives. Every other name of scipy.linalg passes through, for plain arrays.
"""

from typing import Any

import scipy.linalg as _scipy

from linad.linalg.systems import solve_triangular

__all__ = ["solve_triangular"]


def __getattr__(name: str) -> Any:
    """A name of scipy.linalg that is not mirrored: SciPy's own, guarded against traced arrays."""
    from linad.linalg.refusals import guarded

    return guarded(name, getattr(_scipy, name))


def __dir__() -> list[str]:
    return sorted({*__all__, *_scipy.__all__})
