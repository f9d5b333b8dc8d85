"""Riccati equations: SciPy's solution, and what derivatives need of the loop that it closes, each computed once."""

from __future__ import annotations

from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels import lu
from linad.kernels.counters import count
from linad.kernels.lu import Factors
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
        solver = scipy.linalg.solve_discrete_are if discrete else scipy.linalg.solve_continuous_are
        batch = np.broadcast_shapes(*[x.shape[:-2] for x in operands])
        each = [np.broadcast_to(x, batch + x.shape[-2:]) for x in operands]
        found = [solver(*[x[i] for x in each], balanced=balanced) for i in np.ndindex(batch)]
        count("gges", prod(batch))
        self.X: Array = np.stack(found).reshape(batch + found[0].shape) if batch else found[0]

    @cached_property
    def cost_factors(self) -> Factors:
        """The factors of R, or of R + B^H X B in discrete time."""
        B, R = self.operands[1], self.operands[3].astype(self.X.dtype)
        return lu.factor(R + _adjoint(B) @ self.X @ B if self.discrete else R)

    @cached_property
    def descriptor_factors(self) -> Factors | None:
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


def _adjoint(X: Array) -> Array:
    return X.swapaxes(-1, -2).conj()
