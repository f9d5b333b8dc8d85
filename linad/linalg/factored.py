"""A matrix, factored once: solves, determinants and inverses that share the factorization."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.space import conj, shape_of
from linad.core.traced import Array
from linad.errors import OptionError
from linad.linalg.arguments import square, validated
from linad.linalg.systems import STRUCTURES, factored
from linad.operations import determinants as _determinants
from linad.operations.inverse import inv
from linad.operations.reductions import sum as total
from linad.operations.shape import diagonal
from linad.operations.solve import solve_by


def factor(A: Any, assume_a: Any = None) -> Factored:
    """Factor square matrices once, for everything that follows.

    Parameters
    ----------
    A
        Matrices ``(..., n, n)``; a plain one is copied and constant, a traced one differentiable inside its transform.
    assume_a
        As in :func:`linad.linalg.solve`: ``"pos"`` is factored by Cholesky; derivatives are restricted to the
        structure. Diagonal and triangular matrices, which need no factors, are refused.

    Examples
    --------
    >>> import numpy as np
    >>> import linad.linalg as la
    >>> F = la.factor(np.array([[4.0, 2.0], [2.0, 5.0]]), assume_a="pos")
    >>> F.solve(np.array([8.0, 12.0]))
    array([1., 2.])
    >>> float(F.det())
    16.0
    """
    name = "linad.linalg.factor"
    A = square(A, name, True)
    if not isinstance(A, Array):
        A = np.array(A)
    structure = STRUCTURES.get(assume_a)
    if structure is None or structure in ("diagonal", "upper", "lower"):
        known = ", ".join(
            repr(key) for key, value in STRUCTURES.items() if value not in ("diagonal", "upper", "lower")
        )
        raise OptionError(
            name,
            f"assume_a={assume_a!r} is not one of {known}.",
            "Diagonal and triangular matrices need no factors: linad.linalg.solve(A, b, assume_a=...).",
        )
    return Factored(*factored(A, structure, name))


def _operand(b: Any) -> Any:
    return validated(b, "linad.linalg.factor", True)


class Factored:
    """Square matrices with their factors."""

    def __init__(self, A: Any, factors: Any) -> None:
        self._A, self._factors = A, factors

    def solve(self, b: Any) -> Any:
        """A^-1 b; b is a vector where it has one axis."""
        return solve_by(self._A, self._factors, _operand(b), "N")

    def solve_adjoint(self, b: Any) -> Any:
        """A^-H b."""
        return solve_by(self._A, self._factors, _operand(b), "H")

    def inv(self) -> Any:
        """A^-1."""
        return inv(self._A, self._factors)

    def slogdet(self) -> tuple[Any, Any]:
        """The sign and the logarithm of the absolute value of the determinant."""
        sign, logabs = _determinants.slogdet_by(self._A, self._factors)
        return sign, logabs

    def logdet(self) -> Any:
        """The logarithm of the absolute value of the determinant."""
        return self.slogdet()[1]

    def det(self) -> Any:
        """The determinant."""
        return _determinants.det(self._A, self._factors)

    def inv_quad(self, b: Any) -> Any:
        """b^H A^-1 b; of a matrix b the sum over its columns."""
        b = _operand(b)
        x = conj(b) * self.solve(b)
        return total(x, tuple(range(len(shape_of(x))))[-min(2, len(shape_of(b))) :], False)

    def diag_inv(self) -> Any:
        """The diagonal of A^-1."""
        return diagonal(self.inv(), 0)
