"""numpy.linalg over random batches and dtypes: results and errors are NumPy's, rules adjoint."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.numpy.sameness import INEXACT, assert_same_or_refused, numbers

BATCH = hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=2)

# Functions of matrices that are square, and far from singular; of eigenvectors what no phase changes.
SQUARE: dict[str, Callable[[Any], Any]] = {
    "inv": np.linalg.inv, "det": np.linalg.det, "slogdet": lambda A: np.linalg.slogdet(A)[1],
    "sign of slogdet": lambda A: np.linalg.slogdet(A).sign * 1.0, "pinv": np.linalg.pinv,
    "qr": lambda A: np.linalg.qr(A).R,
    "svdvals": np.linalg.svdvals, "svd": lambda A: np.linalg.svd(A, compute_uv=False), "cond": np.linalg.cond,
    "norm": lambda A: np.linalg.norm(A, axis=(-2, -1)), "nuc": lambda A: np.linalg.matrix_norm(A, ord="nuc"),
    "vector_norm": lambda A: np.linalg.vector_norm(A, axis=-1, ord=3),
    "matrix_power": lambda A: np.linalg.matrix_power(A, -2),
    "matrix_transpose": np.linalg.matrix_transpose, "diagonal": lambda A: np.linalg.diagonal(A, offset=1),
    "trace": lambda A: np.linalg.trace(A, offset=-1), "eigvals": lambda A: np.sum(np.linalg.eigvals(A + 0j) ** 2, -1),
    "eig": lambda A: np.prod(np.linalg.eig(A + 0j).eigenvalues, axis=-1),
    "cholesky": lambda A: np.linalg.cholesky(A @ np.conj(A).mT),
    "eigvalsh": lambda A: np.linalg.eigvalsh(A + np.conj(A).mT),
    "eigh": lambda A: np.abs(np.linalg.eigh(A + np.conj(A).mT).eigenvectors) ** 2,
    "cond by rows": lambda A: np.linalg.cond(A, np.inf), "cond by fro": lambda A: np.linalg.cond(A, "fro"),
    "spectral norm": lambda A: np.linalg.norm(A, -2, axis=(-1, -2), keepdims=True),
    "kept norms": lambda A: np.linalg.matrix_norm(A, keepdims=True) + np.linalg.vector_norm(A, keepdims=True),
    "pinv of part": lambda A: np.linalg.pinv(A[..., :1], rcond=1e-3),
    "pinv of hermitian": lambda A: np.linalg.pinv(A + np.conj(A).mT, hermitian=True),
    "whole qr": lambda A: np.linalg.qr(A, mode="complete").R, "r": lambda A: np.linalg.qr(A[..., :2], mode="r"),
    "whole svd": lambda A: np.linalg.svd(A[..., :2], full_matrices=True).S,
    "svd of hermitian": lambda A: np.linalg.svd(A + np.conj(A).mT, compute_uv=False, hermitian=True),
    "upper cholesky": lambda A: np.linalg.cholesky(A @ np.conj(A).mT, upper=True),
    "upper eigvalsh": lambda A: np.linalg.eigvalsh(A + np.conj(A).mT, "U"),
    "upper eigh": lambda A: np.linalg.eigh(A + np.conj(A).mT, UPLO="U").eigenvalues,
    "rank": lambda A: np.linalg.matrix_rank(A, rtol=1e-3) * A,
    "tensorinv": lambda A: np.linalg.tensorinv(A, ind=A.ndim // 2),
}  # fmt: skip


def _matrices(batch: tuple[int, ...], n: int, dtype: Any) -> Any:
    """Matrices with a diagonal that outweighs their rows, and with eigenvalues and singular values apart."""
    return np.asarray(
        numbers((*batch, n, n), dtype, 1) / (4 * max(n, 1)) + np.diag(np.arange(1, n + 1))
    ).astype(dtype)


@pytest.mark.parametrize("name", SQUARE)
@given(batch=BATCH, n=st.integers(0, 3), dtype=INEXACT)
@settings(max_examples=12)
def test_functions_of_square_matrices_are_numpys(name: str, batch: Any, n: int, dtype: Any) -> None:
    assert_same_or_refused(SQUARE[name], _matrices(batch, n, dtype), condition=100)


@given(
    hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, min_side=0, max_side=2),
    st.integers(0, 3), st.integers(0, 2), INEXACT, INEXACT,
)  # fmt: skip
@settings(max_examples=40)
def test_systems_are_solved_as_numpys(shapes: Any, n: int, k: int, a: Any, b: Any) -> None:
    left, right = shapes.input_shapes
    A, B = _matrices(left, n, a), numbers((*right, n, k), b, 2)
    assert_same_or_refused(np.linalg.solve, A, B, condition=100)
    assert_same_or_refused(lambda A: np.linalg.solve(A, np.ones(n)), A, condition=100)
    if A.ndim == 2:
        assert_same_or_refused(
            lambda A, B: np.linalg.lstsq(A, B[..., :1].reshape(-1)[:n])[0], A, B, condition=100
        )
        assert_same_or_refused(
            lambda A, B: np.linalg.tensorsolve(A, B[..., 0].reshape(-1)[:n]), A, B, condition=100
        )


@given(st.lists(st.integers(1, 3), min_size=3, max_size=5), INEXACT)
@settings(max_examples=20)
def test_chains_of_products_are_numpys(sizes: list[int], dtype: Any) -> None:
    chain = [numbers(shape, dtype, i) for i, shape in enumerate(pairwise(sizes))]
    assert_same_or_refused(lambda *A: np.linalg.multi_dot(A), *chain, condition=10)
    assert_same_or_refused(np.linalg.outer, chain[0][0], chain[1][0])
    assert_same_or_refused(lambda A, B: np.linalg.tensordot(A, B, axes=1), *chain[:2])
    assert_same_or_refused(lambda A: np.linalg.vecdot(A, A, axis=0), chain[0])
    assert_same_or_refused(np.linalg.matmul, *chain[:2])
