"""Balancing by LAPACK's gebal: T^-1 A T with T a permutation times powers of two."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels.counters import count

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Balancing:
    """What balances each matrix of a batch: T[perm] = diag(scaling)."""

    scaling: Array
    perm: Array
    T: Array


def balance(A: Array, permute: bool, scale: bool) -> Balancing:
    """The balancing of square matrices in the last two axes."""
    n, batch = A.shape[-1], A.shape[:-2]
    kind = scipy.linalg.matrix_balance(np.eye(1, dtype=A.dtype))[1].dtype
    scaling = np.ones((*batch, n), float if n else A.dtype)  # as SciPy has it
    perm, T = np.empty((*batch, n), int), np.zeros(A.shape, kind)
    for i in np.ndindex(batch if n else (0,)):
        scaling[i], perm[i] = scipy.linalg.matrix_balance(A[i], permute, scale, separate=True)[1]
        T[(*i, perm[i], np.arange(n))] = scaling[i]
    count("gebal", prod(batch))
    return Balancing(scaling, perm, T)
