"""Solving with Toeplitz matrices by Levinson's recursion, O(n^2) operations for each right side.

T is given by v = (c[0], ..., c[n - 1], r[n - 1], ..., r[1]): T[i, j] = v[(i - j) mod (2 n - 1)].
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels.counters import count

Array = np.ndarray[Any, Any]


def reflected(length: int) -> Array:
    """The places of v from which those of the transpose are taken."""
    return -np.arange(length) % max(length, 1)


def solve(v: Array, B: Array, trans: str) -> Array:
    """op(T)^-1 B, where op is named by N or H; batches broadcast, in double precision.

    Raises
    ------
    numpy.linalg.LinAlgError
        where T, or one of its leading blocks, is singular.
    """
    n = B.shape[-2]
    if trans == "H":
        v = v[..., reflected(v.shape[-1])].conj()
    batch = np.broadcast_shapes(v.shape[:-1], B.shape[:-2])
    X = np.empty((*batch, *B.shape[-2:]), np.result_type(v, B, np.float64))
    if X.size == 0:
        return X
    v, B = np.broadcast_to(v, (*batch, v.shape[-1])), np.broadcast_to(B, X.shape)
    for i in np.ndindex(batch):
        c, r = v[i][:n], np.concatenate((v[i][:1], v[i][: n - 1 : -1]))
        X[i] = scipy.linalg.solve_toeplitz((c, r), B[i], check_finite=False)
    count("levinson", prod(batch) * B.shape[-1])
    return X
