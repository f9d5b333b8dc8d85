"""Cotangents of Bunch and Kaufman's factors by a block program: cuts are between the blocks of D.

With the blocks of D in the place of its numbers the program is that of L D L^H with a diagonal D. Diagonal blocks, of
which no zone is that of the diagonal, are done as a whole: G = off(L^H gL) D^-H + within(gD), gA = L^-H G L^-1.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from linad.kernels import block_diagonal
from linad.kernels.blas import trsm
from linad.kernels.block_diagonal import bands_of, dense
from linad.kernels.ldl import Factors
from linad.kernels.products import matmul
from linad.kernels.programs import TURNED, BlockProgram, Buffers, run
from linad.kernels.triangles import copy_zone, filled

Array = np.ndarray[Any, Any]


def cotangent(
    program: BlockProgram, F: Factors, glu: Array | None, gD: Array | None, lower: bool, hermitian: bool
) -> Array:
    """The cotangent of A, for each matrix of a batch, from those of lu and D; ^T stands for ^H if not hermitian."""
    gA = np.empty_like(F.lu)
    for i in np.ndindex(F.lu.shape[:-2]):
        of_lu, of_D = (None if g is None else g[i] for g in (glu, gD))
        gA[i] = _of_one(program, F, i, of_lu, of_D, lower, hermitian)
    return gA


def _of_one(
    program: BlockProgram,
    F: Factors,
    i: tuple[int, ...],
    glu: Array | None,
    gD: Array | None,
    lower: bool,
    hermitian: bool,
) -> Array:
    perm, order = F.perm[i], F.order[i]
    divide = F.alone[i].copy()
    divide[:-1] |= F.first[i]
    divide[1:] |= F.first[i]
    turn = slice(None) if lower else slice(None, None, -1)  # upper triangles from the last row and column on

    def turned(X: Array) -> Array:
        return np.ascontiguousarray(X[turn, turn])

    L = turned(F.lu[i][perm])
    own = bands_of(turned(F.D[i]))
    n, dtype = len(L), L.dtype
    W, of_D = np.zeros((n, n), dtype), np.zeros((n, 3), dtype)
    if glu is not None:
        copy_zone(W, turned(glu[perm]), "strict lower")
    if gD is not None:
        of_D[...] = bands_of(turned(gD))
    buffers = {"dA": W, "dD": of_D, "L": L, "D": own, "D^-1": block_diagonal.inverse(own, divide[turn])}
    buffers |= {f"{name}*": X.conj() for name, X in buffers.items() if not name.startswith("d")}
    buffers["within"] = bands_of(turned(F.within[i]))
    cuts = {**program.cuts, "within": program.cuts["D"]}
    run(replace(program, cuts=cuts), buffers, lambda parts: _leaf(parts, hermitian), between=_between_blocks)
    return np.asarray(W[turn, turn][np.ix_(order, order)])


def _between_blocks(buffers: Buffers, cut: int) -> int:
    """A cut that takes no block of D apart."""
    within = buffers["within"]
    if not within[cut, 0]:
        return cut
    return cut + 1 if cut + 1 < len(within) else cut - 1


def _leaf(buffers: Buffers, hermitian: bool) -> None:
    L, W, within = buffers["L"], buffers["dA"], buffers["within"]
    mark = "" if hermitian else "*"  # the adjoint of D^-1 is itself or its conjugate
    G = filled(matmul(L.conj().T, W), "strict lower")
    np.einsum("ii->i", G[1:, :-1])[within[:-1, 2]] = 0
    block_diagonal.multiply(G, buffers[f"D^-1{mark}"], "R")
    G += dense(buffers["dD"] * within)
    trsm(L, G, "L", True, "H", True)
    trsm(buffers[f"L{mark}"], G, "R", True, "N", True)
    W[...] = (G + TURNED["H" if hermitian else "T"](G)) / 2
