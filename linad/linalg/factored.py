"""A matrix, factored once: solves, determinants and inverses that share the factorization."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.space import conj, shape_of
from linad.core.traced import Array
from linad.linalg.arguments import square
from linad.operations import determinants as _determinants
from linad.operations.cholesky import cholesky
from linad.operations.contractions import H
from linad.operations.elementwise import exp, log, real
from linad.operations.hermitian import hermitian_part, require_hermitian
from linad.operations.inverse import inv
from linad.operations.reductions import sum as total
from linad.operations.shape import diagonal, reshape
from linad.operations.solve import apply_inverse, lu_factors
from linad.operations.triangular import solve_triangular


def factor(A: Any, assume_a: Any = None) -> Factored:
    """Factor square matrices once, for everything that follows.

    Parameters
    ----------
    A
        Matrices ``(..., n, n)``; a plain one is copied and constant, a traced one differentiable inside its transform.
    assume_a
        ``"pos"`` for Hermitian positive definite matrices, by Cholesky; otherwise LU.

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
    A = square(A, "linad.linalg.factor", True)
    if not isinstance(A, Array):
        A = np.array(A)
    if assume_a in ("pos", "positive definite"):
        return Definite(A)
    if assume_a not in (None, "gen", "general"):
        raise ValueError(
            f"factor: assume_a={assume_a!r} is not one of None, 'gen', 'general', 'pos', 'positive definite'"
        )
    return Factored(A)


class Factored:
    """General matrices with their LU factors."""

    def __init__(self, A: Any) -> None:
        self._A, self._factors = A, lu_factors(A)

    def solve(self, b: Any) -> Any:
        """A^-1 b; b is a vector where it has one axis."""
        return self._applied(b, "N")

    def solve_adjoint(self, b: Any) -> Any:
        """A^-H b."""
        return self._applied(b, "H")

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
        x = conj(b) * self.solve(b)
        return total(x, tuple(range(len(shape_of(x))))[-min(2, len(shape_of(b))) :], False)

    def diag_inv(self) -> Any:
        """The diagonal of A^-1."""
        return diagonal(self.inv(), 0)

    def _applied(self, b: Any, trans: str) -> Any:
        if len(shape_of(b)) == 1:
            x = self._solved(reshape(b, (*shape_of(b), 1)), trans)
            return reshape(x, shape_of(x)[:-1])
        return self._solved(b, trans)

    def _solved(self, B: Any, trans: str) -> Any:
        return apply_inverse(self._A, B, self._factors, trans)


class Definite(Factored):
    """Hermitian positive definite matrices with their Cholesky factors; derivatives are Hermitian."""

    def __init__(self, A: Any) -> None:
        require_hermitian(A, "linad.linalg.factor")
        self._A = hermitian_part(A)
        self._C = cholesky(self._A)

    def _solved(self, B: Any, trans: str) -> Any:
        return solve_triangular(self._C, solve_triangular(self._C, B, True, "N", False), True, "H", False)

    def inv(self) -> Any:
        n = shape_of(self._A)[-1]
        half = solve_triangular(self._C, np.broadcast_to(np.eye(n), shape_of(self._A)), True, "N", False)
        return H(half) @ half

    def slogdet(self) -> tuple[Any, Any]:
        d = real(diagonal(self._C, 0))
        logabs = 2 * total(log(d), (len(shape_of(d)) - 1,), False)
        return np.ones(shape_of(self._A)[:-2])[()], logabs

    def det(self) -> Any:
        return exp(self.logdet())
