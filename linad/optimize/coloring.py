"""Sparse Jacobians by few products: columns that share no row are moved together.

Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices, IMA Journal of Applied Mathematics 13 (1974).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array

from linad.errors import ShapeError, StructureError
from linad.optimize.recording import Residuals, Vector


def groups(pattern: csr_array) -> Vector:
    """A number for each column; columns of one number have no row in common. The fullest come first."""
    together = (pattern.T @ pattern).tocsr()
    color = np.full(pattern.shape[1], -1)
    for j in np.argsort(-np.diff(pattern.tocsc().indptr), kind="stable"):
        taken = set(color[together.indices[together.indptr[j] : together.indptr[j + 1]]].tolist())
        color[j] = next(k for k in range(len(color)) if k not in taken)
    return color


def jacobian(function: Residuals, sparsity: Any) -> Callable[[Vector], Any]:
    """The Jacobian for SciPy: an array in the cheaper mode, or by groups of columns where a pattern is given."""
    if sparsity is None:
        return function.jacobian
    pattern = csr_array(sparsity if hasattr(sparsity, "tocsr") else np.atleast_2d(sparsity)).astype(bool)
    pattern.eliminate_zeros()
    color = groups(pattern)
    rows, columns = pattern.tocoo().coords
    rng = np.random.default_rng(0)
    probe = rng.uniform(0.5, 1.0, len(color))

    def at(x: Vector) -> csr_array:
        recording = function.recording(x)
        shape = (np.size(recording.value), np.size(x))
        if pattern.shape != shape:
            raise ShapeError(function.where, f"jac_sparsity has shape {pattern.shape}, expected {shape}.")
        packed = np.stack(
            [recording.push((color == k).astype(float)) for k in range(max(color, default=-1) + 1)], -1
        )
        J = csr_array(coo_array((packed[rows, color[columns]], (rows, columns)), shape=shape))
        expected = recording.push(probe)
        # Of an entry outside the pattern neither the sum of its row nor its group's column would be right.
        gap = np.abs(J @ probe - expected)
        if np.any(gap > 1e-10 * (abs(J) @ probe + np.abs(expected))):
            raise StructureError(
                function.where,
                f"the Jacobian has an entry in row {int(np.argmax(gap))} where jac_sparsity has none.",
                "Mark every entry that can be other than zero.",
            )
        return J

    return at
