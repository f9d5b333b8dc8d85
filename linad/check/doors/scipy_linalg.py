"""The calls of scipy.linalg, and of what linad.linalg adds."""

from __future__ import annotations

from functools import partial

from linad.check.doors.case import cases
from linad.check.doors.choices import (
    completed,
    completed_rows,
    homogeneous_pairs,
    lower,
    pairs,
    projector,
    singular,
    upper,
    vectors,
)

_of = partial(cases, "scipy.linalg")
_VECTOR = "a vector as right-hand side has no batch in SciPy: see the row with a matrix"
_ONE = "SciPy takes one matrix"
_REAL = "SciPy takes real numbers"

CASES = (
    # systems
    *_of("solve(A, b)", no_batch=_VECTOR),
    *_of(
        """
        solve(A, B); solve(np.triu(T), B); solve(A, B, assume_a='general'); solve(A, B, assume_a='banded')
        solve(T, B, assume_a='tridiagonal'); solve(T, B, assume_a='diagonal')
        solve(T, B, assume_a='upper triangular'); solve(T, B, assume_a='lower triangular')
        solve(S, B, assume_a='pos'); solve(S, B, assume_a='pos', lower=True); solve(K, B, assume_a='her')
        solve(K, B, assume_a='her', lower=True); solve(C, B, assume_a='sym')
        solve(C, B, assume_a='sym', lower=True)
        """,
    ),
    *_of(
        "solve(A, B, transposed=True)",
        "solve(S, B, assume_a='pos', transposed=True)",
        "solve(T, B, assume_a='upper triangular', transposed=True)",
        no_complex="SciPy solves no transposed system of complex matrices",
    ),
    *_of("solve_triangular(T, b)", no_batch=_VECTOR),
    *_of(
        """
        solve_triangular(T, B); solve_triangular(T, B, lower=True); solve_triangular(T, B, trans=1)
        solve_triangular(T, B, trans='C', lower=True); solve_triangular(T, B, unit_diagonal=True); inv(A)
        det(A)
        """,
    ),
    # LU, Cholesky, LDL
    *_of(
        """
        lu(A); lu(F); lu(W); lu(A, permute_l=True); lu(A, p_indices=True)
        """,
    ),
    *_of("lu_factor(A)", "lu_factor(F)", "lu_factor(W)"),
    *_of(
        "lu_solve((T, np.array([1, 2, 2])), B)",
        "lu_solve((T, np.array([1, 2, 2])), B, trans=1)",
        "lu_solve((T, np.array([1, 2, 2])), B, trans=2)",
    ),
    *_of("cholesky(S)", "cholesky(S, lower=True)"),
    *_of("cho_factor(S)", up_to=upper),
    *_of("cho_factor(S, lower=True)", up_to=lower),
    *_of("cho_solve((T, True), B)", "cho_solve((T, False), B)"),
    *_of("ldl(K)", "ldl(K, lower=False)", "ldl(C, hermitian=False)"),
    # orthogonal factors
    *_of(
        """
        qr(A); qr(F, mode='economic'); qr(W, mode='economic'); qr(F, mode='r')
        qr(F, mode='economic', pivoting=True); qr(W, pivoting=True); rq(A); rq(W, mode='economic')
        rq(F, mode='economic'); rq(W, mode='r'); qr_multiply(F, B, mode='left'); qr_multiply(A, E)
        qr_multiply(A, E, conjugate=True, pivoting=True); polar(G); polar(G, side='left'); polar(M); polar(V)
        polar(V, side='left')
        """,
    ),
    *_of("qr(F)", "qr(F, pivoting=True)", up_to=completed),
    *_of("rq(W)", up_to=completed_rows),
    *_of("orthogonal_procrustes(A, G)"),
    *_of("orth(M)", "null_space(V)", up_to=projector),
    *_of("subspace_angles(M[:, :2], D)", no_batch=_ONE),
    # singular values, least squares, norms
    *_of(
        """
        svd(G); svd(M); svd(V); svd(M, full_matrices=False); svd(V, full_matrices=False)
        """,
        up_to=singular,
    ),
    *_of("svd(M, compute_uv=False)", "svdvals(M)", "svdvals(V)"),
    *_of(
        """
        lstsq(F, D); lstsq(W, B); lstsq(F, D, lapack_driver='gelsy'); pinv(F); pinv(W); pinvh(S)
        """,
    ),
    *_of(
        """
        norm(b); norm(b, 1); norm(b, np.inf); norm(b, 3); norm(A, 'nuc'); norm(A, 2); norm(A, 1)
        """,
        no_batch="it is the norm of all entries: see the row with axis",
    ),
    *_of(
        """
        norm(A, axis=(-2, -1)); norm(A, 'fro', axis=(-2, -1)); norm(A, 'nuc', axis=(-2, -1))
        norm(G, 2, axis=(-2, -1)); norm(G, -2, axis=(-2, -1)); norm(A, 1, axis=(-2, -1))
        norm(A, np.inf, axis=(-2, -1))
        """,
    ),
    # eigenvalues
    *_of(
        """
        eigh(H); eigh(H, lower=False); eigh(H, driver='ev'); eigh(H, driver='evd'); eigh(H, driver='evx')
        eigh(H, subset_by_index=[0, 1]); eigh(H, subset_by_value=[0, 2.5]); eigh(H, S); eigh(H, S, type=2)
        eigh(H, S, type=3); eigh(H, S, driver='gv'); eigh(H, S, driver='gvx', subset_by_index=[1, 2])
        """,
        up_to=vectors,
    ),
    *_of(
        """
        eigh(H, eigvals_only=True); eigvalsh(H); eigvalsh(H, S); eigvalsh(H, subset_by_index=[1, 2])
        """,
    ),
    *_of(
        """
        eig(N); eig(N, left=True); eig(N, left=True, right=False); eig(N, P); eig(N, P, left=True)
        """,
        up_to=pairs,
    ),
    *_of("eig(N, homogeneous_eigvals=True)", up_to=homogeneous_pairs),
    *_of("eigvals(N)", "eigvals(N, P)"),
    *_of(
        "eigh_tridiagonal(b, e)",
        "eigh_tridiagonal(b, e, lapack_driver='stev')",
        "eigh_tridiagonal(b, e, select='i', select_range=(0, 1))",
        up_to=vectors,
        no_complex=_REAL,
    ),
    *_of(
        "eigvalsh_tridiagonal(b, e)",
        "eigvalsh_tridiagonal(b, e, select='v', select_range=(-9, 9))",
        no_complex=_REAL,
    ),
    *_of(
        "eig_banded(E)",
        "eig_banded(E, lower=True)",
        "eig_banded(E, select='i', select_range=(0, 1))",
        up_to=vectors,
    ),
    *_of("eigvals_banded(E)", "eigvals_banded(E, lower=True)"),
    # made of vectors and blocks
    *_of(
        """
        block_diag(A, E); khatri_rao(A, E); toeplitz(b); toeplitz(b, c); circulant(b); companion(a)
        fiedler(t); fiedler_companion(a); leslie(b, e); convolution_matrix(b, 4)
        convolution_matrix(b, 4, mode='same')
        """,
    ),
    *_of("hankel(b)", "hankel(b, c)", no_batch="SciPy joins the vectors of a batch, and is to change that"),
    *_of("diagsvd(b, 3, 4)"),
)

_own = partial(cases, "linad.linalg")
OWN = (
    *_own(
        """
        factor(A).solve(B); factor(A).solve_adjoint(B); factor(A).inv(); factor(A).diag_inv(); factor(A).det()
        factor(A).slogdet(); factor(A).logdet()
        """,
    ),
    *_own("factor(A).inv_quad(b)", no_batch=_VECTOR),
    *_own(
        """
        factor(S, assume_a='pos').solve(B); factor(S, assume_a='pos').inv()
        factor(S, assume_a='pos').logdet(); factor(S, assume_a='pos').det()
        """,
    ),
    *_own("spectral(np.exp, H)", "hermitian(A)", "hermitian(A, lower=False)"),
)
