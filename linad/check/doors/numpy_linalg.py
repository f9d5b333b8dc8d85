"""The calls of numpy.linalg."""

from __future__ import annotations

from functools import partial

from linad.check.doors.case import cases
from linad.check.doors.choices import completed, pairs, singular, vectors

_of = partial(cases, "numpy.linalg")
_ALL = "it is one number of all entries: see the row with axis"
_JOINED = "its axes are joined to one: a batch would be summed over"
_VECTORS = "two vectors, in NumPy too"
_WHOLE = "axes of one tensor, in NumPy too"

CASES = (
    # systems and determinants
    *_of("solve(A, b)", no_batch="of stacks, NumPy takes b for a matrix: see the row with one"),
    *_of(
        """
        solve(A, B); inv(A); det(A); slogdet(A)
        """,
    ),
    *_of("tensorsolve(A, b)", "tensorinv(A, ind=1)", no_batch=_WHOLE),
    *_of("lstsq(F, D)", "lstsq(W, B)", no_batch="NumPy takes one matrix"),
    *_of("pinv(F)", "pinv(W)", "pinv(S, hermitian=True)"),
    # factorizations
    *_of("cholesky(S)", "cholesky(S, upper=True)"),
    *_of(
        """
        qr(A); qr(F); qr(W); qr(F, mode='r')
        """,
    ),
    *_of("qr(F, mode='complete')", up_to=completed),
    *_of(
        """
        svd(G); svd(M); svd(V); svd(M, full_matrices=False); svd(V, full_matrices=False)
        svd(H, hermitian=True)
        """,
        up_to=singular,
    ),
    *_of("svd(M, compute_uv=False)", "svdvals(M)"),
    *_of("eig(N)", up_to=pairs),
    *_of("eigh(H)", "eigh(H, UPLO='U')", up_to=vectors),
    *_of("eigvals(N)", "eigvalsh(H)", "eigvalsh(H, UPLO='U')"),
    # norms and condition numbers
    *_of(
        """
        norm(b); norm(b, 1); norm(b, np.inf); norm(b, 3); norm(A)
        """,
        no_batch=_ALL,
    ),
    *_of(
        """
        norm(A, axis=-1); norm(A, axis=(-2, -1)); norm(A, 'nuc', axis=(-2, -1)); norm(G, 2, axis=(-2, -1))
        norm(G, -2, axis=(-2, -1)); norm(A, 1, axis=(-2, -1)); norm(A, np.inf, axis=(-2, -1))
        vector_norm(b, axis=-1); vector_norm(b, axis=-1, ord=3); matrix_norm(A); matrix_norm(A, ord='nuc')
        matrix_norm(G, ord=2); cond(G); cond(G, -2); cond(A, 'fro'); cond(A, 1)
        """,
    ),
    # products
    *_of(
        """
        matrix_power(A, 3); matrix_power(A, -2); matmul(A, B); cross(b, c); vecdot(b, c)
        """,
    ),
    *_of("multi_dot([E, A, B])", no_batch="NumPy takes one matrix each"),
    *_of("outer(b, c)", no_batch=_VECTORS),
    *_of("tensordot(A, B, axes=1)", no_batch=_WHOLE),
    *_of("trace(A)", "diagonal(A)", "matrix_transpose(B)"),
)
