"""BLAS and LAPACK by pointers: right in every layout, in place on blocks, and refused where memory does not serve."""

from itertools import product

import numpy as np
import pytest
import scipy.linalg

from linad.kernels import blas, lapack, pointers, unitary

DTYPES = ["f", "d", "F", "D"]
LAYOUTS = ["F", "C", "F-block", "C-block"]
OP = {"N": lambda X: X, "T": lambda X: X.T, "H": lambda X: X.conj().T}


@pytest.fixture(params=["pointers", "emulated"])
def routines(request, monkeypatch):
    """Each test with the pointers, and with a table in which no pointer is found."""
    if request.param == "emulated":
        for kind in pointers.KINDS.values():
            monkeypatch.setattr(kind, "run", pointers.Kind(kind.letter, {}).run)


@pytest.fixture(params=DTYPES)
def dtype(request):
    return np.dtype(request.param)


def numbers(rng, m, n, dtype):
    X = rng.standard_normal((m, n))
    return (X + 1j * rng.standard_normal((m, n)) if dtype.kind == "c" else X).astype(dtype)


def laid(X, layout):
    """A copy in a layout; a block stands inside a larger array of NaN."""
    if layout.endswith("block"):
        whole = np.full((X.shape[0] + 3, X.shape[1] + 4), np.nan, X.dtype, order=layout[0])
        found = whole[1:-2, 2:-2]
        found[...] = X
        return found
    return np.array(X, order=layout)


def close(found, expected, scale=1.0):
    bound = 100 * max(found.shape) * np.finfo(found.dtype).eps * (scale + np.linalg.norm(expected))
    np.testing.assert_allclose(found, expected, rtol=0, atol=bound)


def surroundings_untouched(X):
    whole = X.base
    if whole is not None and whole.shape != X.shape[::-1]:
        assert np.isnan(whole).sum() == whole.size - X.size


@pytest.mark.usefixtures("routines")
@pytest.mark.parametrize("layouts", list(product(LAYOUTS, LAYOUTS, LAYOUTS)), ids="-".join)
def test_gemm_is_the_product_in_every_layout(layouts, dtype, rng):
    for ta, tb in product("NTH", "NTH"):
        A, B, C = numbers(rng, 3, 5, dtype), numbers(rng, 5, 4, dtype), numbers(rng, 3, 4, dtype)
        expected = -2 * A @ B + 3 * C
        A, B, C = laid(OP[ta](A), layouts[0]), laid(OP[tb](B), layouts[1]), laid(C, layouts[2])
        blas.gemm(A, B, C, -2, 3, ta, tb)
        close(C, expected)
        surroundings_untouched(C)


@pytest.mark.usefixtures("routines")
@pytest.mark.parametrize("layouts", list(product(LAYOUTS, LAYOUTS)), ids="-".join)
@pytest.mark.parametrize("routine", [blas.trsm, blas.trmm])
def test_triangular_routines_in_every_layout(routine, layouts, dtype, rng):
    for side, trans, lower, unit in product("LR", "NTH", (True, False), (True, False)):
        n = 4 if side == "L" else 3
        T = np.tril(numbers(rng, n, n, dtype), -1) + (1 if unit else 3) * np.eye(n, dtype=dtype)
        T = T if lower else T.T
        seen = (
            np.where(T == 0, np.nan, T) if not unit else np.where((T == 0) | np.eye(n, dtype=bool), np.nan, T)
        )
        X = numbers(rng, 4, 3, dtype)
        TX = OP[trans](T) @ X if side == "L" else X @ OP[trans](T)
        B = laid(TX if routine is blas.trsm else X, layouts[1])
        routine(laid(seen.astype(dtype), layouts[0]), B, side, lower, trans, unit, 2)
        close(B, 2 * (X if routine is blas.trsm else TX), 100)
        surroundings_untouched(B)


@pytest.mark.usefixtures("routines")
@pytest.mark.parametrize("layouts", list(product(LAYOUTS, LAYOUTS)), ids="-".join)
@pytest.mark.parametrize(("routine", "adjoint"), [(blas.syrk, "T"), (blas.herk, "H")])
def test_rank_k_updates_touch_one_triangle(routine, adjoint, layouts, dtype, rng):
    for trans, lower in product(("N", adjoint), (True, False)):
        A, C = numbers(rng, 4, 3, dtype), np.full((4, 4), np.nan, dtype)
        found = laid(C, layouts[1])
        routine(laid(A if trans == "N" else OP[adjoint](A), layouts[0]), found, 2, 0, lower, trans)
        part = np.tril if lower else np.triu
        close(part(np.nan_to_num(found)), part(2 * A @ OP[adjoint](A)))
        assert np.isnan(found).sum() == 6


@pytest.mark.usefixtures("routines")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_gemv_takes_vectors_of_any_stride(layout, dtype, rng):
    for trans, x_step, y_step in product("NTH", (1, -1, 2, -3), (1, -1, 2, -3)):
        A = numbers(rng, 3, 4, dtype)
        x, y = numbers(rng, 1, 20, dtype)[0][::x_step][:4], numbers(rng, 1, 20, dtype)[0][::y_step][:3]
        expected = 2 * A @ x - y
        blas.gemv(laid(OP[trans](A), layout), x, y, 2, -1, trans)
        close(y, expected)


@pytest.mark.usefixtures("routines")
def test_gemv_updates_a_column_beside_the_matrix(rng):
    whole = rng.standard_normal((5, 6))
    expected = whole[:, :4] @ whole[:4, 5]
    blas.gemv(whole[:4, :4], whole[:4, 5], whole[:4, 4])
    close(whole[:4, 4], expected[:4])


@pytest.mark.usefixtures("routines")
def test_lu_solves_and_inverts_in_blocks(dtype, rng):
    A, B = numbers(rng, 6, 6, dtype), numbers(rng, 6, 2, dtype)
    LU = laid(A, "F-block")
    pivots, info = lapack.getrf(LU)
    assert info == 0
    for trans in "NTH":
        X = laid(B, "F-block")
        lapack.getrs(laid(LU, "C"), pivots, X, trans)
        close(OP[trans](A) @ X, B, 100)
    assert lapack.getri(LU, pivots) == 0
    close(LU @ A, np.eye(6), 100)
    surroundings_untouched(LU)


@pytest.mark.usefixtures("routines")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("lower", [True, False])
def test_cholesky_in_every_layout(layout, lower, dtype, rng):
    X = numbers(rng, 5, 5, dtype)
    A, part = X @ OP["H"](X) + np.eye(5, dtype=dtype), np.tril if lower else np.triu
    C = laid(np.where(part(np.ones((5, 5))) == 1, A, np.nan).astype(dtype), layout)
    assert lapack.potrf(C, lower) == 0
    assert np.isnan(C).sum() == 10
    factor = part(np.nan_to_num(C))
    close(factor @ OP["H"](factor) if lower else OP["H"](factor) @ factor, A)
    for other in LAYOUTS:
        X = laid(np.ones((5, 2), dtype), other)
        lapack.potrs(C, X, lower)
        close(A @ X, np.ones((5, 2)), np.linalg.norm(A) * np.linalg.norm(X))
    T = laid(C, layout)
    assert lapack.trtri(T, lower) == 0
    close(part(np.nan_to_num(T)) @ factor, np.eye(5), 100)
    assert lapack.potri(C, lower) == 0
    close(part(np.nan_to_num(C)), part(np.linalg.inv(A)), 100)


@pytest.mark.usefixtures("routines")
def test_info_is_the_position_of_the_failure():
    A = np.asfortranarray(np.diag([1.0, 1.0, -1.0]))
    assert lapack.potrf(A) == 3
    A = np.asfortranarray(np.diag([1.0, 0.0, 1.0]))
    assert lapack.trtri(A.copy("F")) == 2
    assert lapack.getrf(A)[1] == 2


@pytest.mark.usefixtures("routines")
def test_sylvester_solutions_satisfy_the_equation(dtype, rng):
    A, B, C = (
        np.triu(numbers(rng, 4, 4, dtype)),
        np.triu(numbers(rng, 3, 3, dtype)),
        numbers(rng, 4, 3, dtype),
    )
    A += 9 * np.eye(4, dtype=dtype)
    for trans, sign in product("NH", (1, -1)):
        X = laid(C, "F-block")
        scale, info = lapack.trsyl(A, B, X, trans, trans, sign)
        assert info == 0
        close(OP[trans](A) @ X + sign * (X @ OP[trans](B)), scale * C, 100)


@pytest.mark.usefixtures("routines")
@pytest.mark.parametrize("routine", ["sytrf", "hetrf"])
def test_indefinite_factors_are_those_of_scipy(routine, dtype, rng):
    A = numbers(rng, 5, 5, dtype)
    letter = pointers.KINDS[dtype].letter
    wrapper = getattr(scipy.linalg.lapack, letter + (routine if dtype.kind == "c" else "sytrf"))
    for lower in (True, False):
        factor = laid(A + OP["H"](A), "F-block")
        expected, pivots, _ = wrapper(factor, lower=lower, lwork=320)
        found, info = getattr(lapack, routine)(factor, lower)
        assert (found.tolist(), info) == (pivots.tolist(), 0)
        close(factor, expected)


@pytest.mark.usefixtures("routines")
@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (80, 70)], ids=str)
def test_qr_factors_and_applies(shape, dtype, rng):
    m, n = shape
    k = min(shape)
    A = numbers(rng, m, n, dtype)
    QR = laid(A, "F-block")
    tau = unitary.geqrf(QR)
    Q = np.array(QR[:, :k], order="F")
    unitary.orgqr(Q, tau)
    close(Q @ np.triu(QR[:k]), A)
    QR.flags.writeable = False
    for side, trans in product("LR", "NH"):
        C = numbers(rng, m, m, dtype)
        found = laid(C, "F-block")
        unitary.ormqr(QR, tau, found, side, trans)
        full = np.eye(m, dtype=dtype, order="F")
        unitary.ormqr(QR, tau, full)
        close(found, OP[trans](full) @ C if side == "L" else C @ OP[trans](full))
    QR = laid(A, "F")
    perm, tau = unitary.geqp3(QR)
    Q = np.array(QR[:, :k], order="F")
    unitary.orgqr(Q, tau)
    close(Q @ np.triu(QR[:k]), A[:, perm])


@pytest.mark.usefixtures("routines")
def test_eigenvalues_and_vectors(dtype, rng):
    A = numbers(rng, 7, 7, dtype)
    A = A + OP["H"](A)
    for lower in (True, False):
        V = laid(np.tril(A) if lower else np.triu(A), "F-block")
        w, info = unitary.syevd(V, lower)
        assert info == 0
        close(A @ V, V * w, 10)
        for layout in LAYOUTS:
            values, _ = unitary.syevd(laid(np.tril(A) if lower else np.triu(A), layout), lower, vectors=False)
            close(values, w, 10)


@pytest.mark.usefixtures("routines")
@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (40, 3), (5, 5), (3, 0)], ids=str)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_singular_values_and_vectors(shape, layout, dtype, rng):
    A = numbers(rng, *shape, dtype)
    for full in (True, False):
        U, s, Vh, info = unitary.gesdd(laid(A, layout), full)
        assert info == 0
        k = min(shape)
        assert (U.shape[1], len(Vh)) == (shape if full else (k, k))
        close(U[:, :k] * s @ Vh[:k], A)
        close(OP["H"](U) @ U, np.eye(U.shape[1]), 1)
    U, values, Vh, _ = unitary.gesdd(laid(A, layout), vectors=False)
    assert U is None
    assert Vh is None
    close(values, s, 1)
