"""Bases of the linear part of structures in real coordinates, and directions that a matrix sends to zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.space import Space, Unknown, shape_of
from linad.derive.own_kernels import own_axes
from linad.derive.patterns import Array, blocks_of, pattern_basis
from linad.derive.symbolic.algebra.structures import FREE
from linad.derive.symbolic.algebra.words import Symbol
from linad.errors import StructureError


def matrix(symbol: Symbol, x: Array) -> Array:
    """One matrix as the oracle wants it."""
    if symbol.structure.diagonal:
        return np.diag(x)
    return np.eye(len(x))[x].T if x.ndim == 1 else x


def basis_of(where: str, symbol: Symbol, Y: Any) -> Array:
    """The linear part of a structure: a row of real coordinates for each matrix of an orthonormal basis."""
    structure, own = symbol.structure, own_axes(symbol, Y)
    shape = shape_of(Y)[len(shape_of(Y)) - own :]
    is_complex = Y.dtype.kind == "c"
    if structure.diagonal:
        return np.eye(
            shape[0] if structure.real else shape[0] * (1 + is_complex), shape[0] * (1 + is_complex)
        )
    curved = structure.adjoint_is_inverse or structure.unit_columns
    pattern = FREE if curved else structure.pattern
    blocks = None
    if pattern.blocks:
        every = [np.asarray(blocks_of(pattern, X)) for X in np.reshape(Y, (-1, *shape))]
        blocks = every[0]
        if any(not np.array_equal(other, blocks) for other in every):
            raise StructureError(
                where,
                f"the matrices of the batch {symbol.name} have blocks at different places.",
                "Loop over them.",
            )
    rows = [
        np.concatenate([B.real.ravel(), B.imag.ravel()]) if is_complex else B.ravel()
        for B in pattern_basis(pattern, (shape[0], shape[1]), is_complex, blocks)
    ]
    return np.array(rows).reshape(len(rows), shape[0] * shape[1] * (1 + is_complex))


def block_diagonal(blocks: Sequence[Array]) -> Array:
    whole = np.zeros((sum(len(B) for B in blocks), sum(B.shape[1] for B in blocks)))
    i = j = 0
    for B in blocks:
        whole[i : i + B.shape[0], j : j + B.shape[1]] = B
        i, j = i + B.shape[0], j + B.shape[1]
    return whole


def null_projector(J: Array) -> Array:
    """The projector on the directions that J sends to zero, for each matrix of a batch."""
    if isinstance(J, (Space, Unknown)):
        return np.zeros((*J.shape[:-2], J.shape[-1], J.shape[-1]))
    _, s, Vh = np.linalg.svd(J)
    n = J.shape[-1]
    sizes = np.zeros((*s.shape[:-1], n), s.dtype)
    sizes[..., : s.shape[-1]] = s
    zero = sizes <= 1e4 * np.finfo(s.dtype).eps * np.max(s, axis=-1, keepdims=True, initial=0)
    return np.asarray(Vh.swapaxes(-1, -2) * zero[..., None, :] @ Vh)
