"""Matrix products.

Large ones run in SciPy's BLAS, as the factorizations do: two libraries in turn would fight for the cores.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.kernels.blas import gemm, gemv
from linad.kernels.pointers import KINDS

Array = np.ndarray[Any, Any]

# Below these numbers of multiplications, OpenBLAS runs in one thread; there NumPy's call is quicker, and does no harm.
SMALL = 64**3
_SMALL_FOR_VECTORS = 96**2


def is_small(A: tuple[int, ...], B: tuple[int, ...]) -> bool:
    """Whether NumPy's ``dot`` is the quickest product of vectors or matrices of these shapes, and does no harm."""
    m, n = A[0] if len(A) == 2 else 1, B[1] if len(B) == 2 else 1
    return m * n * A[-1] < (_SMALL_FOR_VECTORS if m == 1 or n == 1 else SMALL)


def matmul(A: Array, B: Array) -> Array:
    """A B, as ``numpy.matmul``."""
    if A.ndim == 2 and B.ndim == 2:
        m, n = A.shape[0], B.shape[1]
        if m <= 1 and n <= 1:
            return np.matmul(A, B)
        if is_small(A.shape, B.shape):
            return A.dot(B)
        dtype = A.dtype
        if (
            type(A) is type(B) is np.ndarray
            and B.dtype == dtype
            and dtype in KINDS
            and A.shape[1] == B.shape[0]
        ):
            C = np.empty((m, n), dtype)
            if n == 1:
                gemv(A, B[:, 0], C[:, 0])
            elif m == 1:
                gemv(B, A[0], C[0], trans="T")
            else:
                gemm(A, B, C)
            return C
    elif A.ndim > 1 and B.ndim > 1 and A.shape[-1] == 1 == B.shape[-2]:  # many outer products
        return np.multiply(A, B)
    return np.matmul(A, B)


def product(A: Array, B: Array, trans_a: str = "N", trans_b: str = "N") -> Array:
    """op(A) op(B) of two matrices of one of LAPACK's types, N or H."""
    n = B.shape[trans_b == "N"]
    if A.size * n < SMALL:
        return (A if trans_a == "N" else adjoint(A)).dot(B if trans_b == "N" else adjoint(B))
    C = np.empty((A.shape[trans_a != "N"], n), A.dtype)
    gemm(A, B, C, 1, 0, trans_a, trans_b)
    return C


def adjoint(A: Array) -> Array:
    """A^H of a matrix; of a real one a view."""
    return A.T.conj() if A.dtype.kind == "c" else A.T


def matmul_adjoint(g: Array, i: int, A: Array, B: Array) -> Array:
    """The cotangent of A, or of B where i is 1, from that of A B, before it is summed over broadcast axes."""
    other = A if i else B
    if other.dtype.kind == "c":
        other = other.conj()
    a, b = A.ndim, B.ndim
    if a == 1 and b == 1:
        return g * other
    if b == 1:  # a matrix times a vector
        return matmul(other.swapaxes(-1, -2), g[..., None])[..., 0] if i else outer(g, other)
    if a == 1:  # a vector times a matrix
        return outer(other, g) if i else matmul(g[..., None, :], other.swapaxes(-1, -2))[..., 0, :]
    other = other.swapaxes(-1, -2)
    return matmul(other, g) if i else matmul(g, other)


def outer(x: Array, y: Array) -> Array:
    """The matrices x y^T of vectors in the last axis."""
    if x.ndim == 1 and y.ndim == 1 and x.size * y.size < SMALL:
        return x.reshape(-1, 1).dot(y.reshape(1, -1))
    return np.einsum("...i,...j->...ij", x, y)  # quicker than numpy.multiply where rows are short
