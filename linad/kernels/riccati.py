"""Riccati equations: SciPy's solution, and what derivatives need of the loop that it closes, each computed once.

With E, SciPy's own balancing (scipy 1.17) scales the pencil and forgets that E was scaled with it: what it returns
solves another equation. So with E the states are scaled here, and SciPy's balancing is off.
"""

from __future__ import annotations

from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels import lu
from linad.kernels.counters import count
from linad.kernels.lu import AnyFactors
from linad.kernels.schur import Schur, schur

Array = np.ndarray[Any, Any]


class Loop:
    """The stabilising solutions X of a batch of Riccati equations, and on demand the factors of their closed loops.

    With the gain K the closed loop is E^-1 (A - B K): its eigenvalues lie in the left half-plane, or in the unit disc.

    Parameters
    ----------
    operands
        A, B, Q, R, and of generalized equations E and S.
    discrete
        Whether time is.
    balanced
        SciPy's option.
    """

    def __init__(self, operands: tuple[Array, ...], discrete: bool, balanced: bool) -> None:
        self.operands, self.discrete = operands, discrete
        batch = np.broadcast_shapes(*[x.shape[:-2] for x in operands])
        each = [np.broadcast_to(x, batch + x.shape[-2:]) for x in operands]
        found = [_solved([x[i] for x in each], discrete, balanced) for i in np.ndindex(batch)]
        count("gges", prod(batch))
        self.X: Array = np.stack(found).reshape(batch + found[0].shape) if batch else found[0]

    @cached_property
    def cost_factors(self) -> AnyFactors:
        """The factors of R, or of R + B^H X B in discrete time."""
        B, R = self.operands[1], self.operands[3].astype(self.X.dtype)
        return lu.factor(R + _adjoint(B) @ self.X @ B if self.discrete else R)

    @cached_property
    def descriptor_factors(self) -> AnyFactors | None:
        """The factors of E; None without."""
        return lu.factor(self.operands[4].astype(self.X.dtype)) if len(self.operands) > 4 else None

    @cached_property
    def form(self) -> Schur:
        """The Schur form of the closed loop; in discrete time the complex one."""
        A, B = self.operands[:2]
        generalized = len(self.operands) > 4
        E = self.operands[4] if generalized else np.eye(A.shape[-1])
        right = _adjoint(B) @ self.X @ (A if self.discrete else E)
        if generalized:
            right = right + _adjoint(self.operands[5])
        M = A - B @ self.cost_factors.apply(right, "N")
        if self.descriptor_factors is not None:
            M = self.descriptor_factors.apply(M, "N")
        return schur(M, np.result_type(M, np.complex64) if self.discrete else M.dtype, False)


def _solved(operands: list[Array], discrete: bool, balanced: bool) -> Array:
    """SciPy's solution, or its error."""
    solver = scipy.linalg.solve_discrete_are if discrete else scipy.linalg.solve_continuous_are
    d = _scales(operands) if balanced and len(operands) > 4 else None
    if d is None:
        return np.asarray(solver(*operands, balanced=balanced and len(operands) == 4))
    A, B, Q, R, E, S = operands
    similar, congruent = d[:, None] / d, 1 / np.outer(d, d)
    scaled = A * similar, B * d[:, None], Q * congruent, R, E * similar, S / d[:, None]
    return np.asarray(solver(*scaled, balanced=False) / congruent)


def _scales(operands: list[Array]) -> Array | None:
    """Powers of two by which the states are multiplied, from the pencil (Benner, SIAM J. Sci. Comput. 22, 2001).

    None where there is nothing to scale, or where SciPy is going to complain of the operands.
    """
    A, B, Q, R, E, S = operands
    m, n = B.shape
    if any(x.shape != (m, m) for x in (A, Q, E)) or S.shape != (m, n) or R.shape != (n, n):
        return None
    if min(m, n) == 0 or not all(np.isfinite(x).all() for x in operands):
        return None
    a, b, q, r, e, s = (np.abs(x) for x in operands)
    M = np.block(
        [[a + e, np.zeros((m, m)), b], [q, a.T + e.T, s], [s.T, b.T, r]]
    )  # the two matrices of the pencil
    np.fill_diagonal(M, 0)
    exponents = np.log2(scipy.linalg.matrix_balance(M, permute=False, separate=True)[1][0])
    halves = np.round((exponents[m : 2 * m] - exponents[:m]) / 2)
    return 2.0**halves if halves.any() else None


def _adjoint(X: Array) -> Array:
    return X.swapaxes(-1, -2).conj()
