"""What BLAS must not be given is refused, by name; what does not overlap is not."""

from itertools import product

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from linad.kernels import blas, lapack, operands, pointers, unitary
from linad.kernels.counters import counters

DOUBLE = pointers.KINDS[np.dtype("d")]


def matrices(*shapes):
    return [np.ones(shape, order="F") for shape in shapes]


# -- operands ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [None, [[1.0]], 1.0, np.float64(1), np.ones((1, 1)).view(np.recarray), np.ma.array([[1.0]])],
    ids=type,
)
def test_what_is_no_array_is_refused(bad):
    A = np.ones((1, 1))
    for operands_ in ((bad, A, A.copy()), (A, bad, A.copy()), (A, A, bad)):
        with pytest.raises(TypeError, match=r"must be a numpy\.ndarray"):
            blas.gemm(*operands_)


@pytest.mark.parametrize("dtype", [">f8", "f4", "D", "g", "i8", "O", "e", "?"])
def test_another_dtype_is_refused(dtype):
    A, bad = np.ones((2, 2)), np.ones((2, 2)).astype(dtype)
    for operands_ in ((bad, A, A.copy()), (A, bad, A.copy()), (A, A, bad)):
        with pytest.raises(TypeError, match="dtype"):
            blas.gemm(*operands_)


def test_a_read_only_output_is_refused():
    A, C = matrices((2, 2), (2, 2))
    C.flags.writeable = False
    for call in (lambda: blas.gemm(A, A, C), lambda: blas.trsm(A, C), lambda: lapack.getrf(C)):
        with pytest.raises(ValueError, match="read-only"):
            call()


@pytest.mark.parametrize(
    "strides", [(16, 64), (-8, 32), (8, -32), (0, 8), (8, 8), (8, 16), (8, 28), (24, 32)], ids=str
)
def test_an_output_in_another_layout_is_refused_and_an_input_is_copied(strides):
    A = as_strided(np.arange(100.0)[50:], (3, 3), strides)
    C = np.empty((3, 3))
    with pytest.raises(ValueError, match="not a block that BLAS can write to"):
        blas.gemm(C, C, A)
    if strides != (8, 28):  # which is not aligned
        blas.gemm(A, np.eye(3), C)
        np.testing.assert_array_equal(C, A)


def test_an_output_in_c_order_is_refused_where_lapack_needs_fortran_order():
    A = np.eye(3) + np.arange(9.0).reshape(3, 3)
    for call in (lapack.getrf, lapack.sytrf, unitary.geqrf, unitary.geqp3, unitary.syevd):
        with pytest.raises(ValueError, match="Fortran order"):
            call(A)


def test_what_is_misaligned_is_copied_or_refused():
    A = np.zeros(73, np.uint8)[1:].view(np.float64).reshape(3, 3)
    A[...] = np.arange(9).reshape(3, 3)
    C = np.empty((3, 3))
    blas.gemm(A, np.eye(3), C)
    np.testing.assert_array_equal(C, A)
    with pytest.raises(ValueError, match="not aligned"):
        blas.gemm(C, C, A)


def test_a_leading_dimension_beyond_32_bits_is_refused():
    A = as_strided(np.ones(4), (2, 2), (8, 8 * 2**31))
    with pytest.raises(ValueError, match="32-bit"):
        blas.trsm(np.eye(2), A)


@pytest.mark.parametrize(
    ("call", "shapes"),
    [
        (blas.gemm, [(2, 3), (4, 2), (2, 2)]),
        (blas.gemm, [(2, 3), (3, 2), (2, 3)]),
        (blas.trsm, [(2, 2), (3, 2)]),
        (blas.trmm, [(2, 3), (2, 2)]),
        (blas.syrk, [(2, 3), (3, 3)]),
        (blas.gemv, [(2, 3), (2,), (2,)]),
        (blas.gemv, [(2, 3), (3,), (2, 1)]),
        (lapack.potrf, [(2, 3)]),
        (lapack.potrs, [(2, 2), (3, 1)]),
        (lapack.trsyl, [(2, 2), (2, 2), (2, 3)]),
        (unitary.orgqr, [(2, 3), (2,)]),
        (unitary.ormqr, [(3, 2), (3,), (3, 1)]),
        (unitary.gesdd, [(2,)]),
    ],
)  # fmt: skip
def test_shapes_that_do_not_fit_are_refused(call, shapes):
    with pytest.raises(ValueError, match=r"\d x \d|shape|square"):
        call(*matrices(*shapes))


@pytest.mark.parametrize("pivots", [[0, 2], [1, 3], [-1, 2], [2**31 - 1, 1]], ids=str)
@pytest.mark.parametrize("repeated", [1, 200])
def test_pivots_that_leave_the_matrix_are_refused(pivots, repeated):
    n = 2 * repeated
    pivots = np.array([pivots[0]] + [1] * (n - 2) + [n if pivots[1] == 2 else pivots[1] + n - 2], np.intc)
    for call in (lambda A: lapack.getrs(A, pivots, np.ones((n, 1))), lambda A: lapack.getri(A, pivots)):
        with pytest.raises(ValueError, match="pivots"):
            call(np.eye(n, order="F"))


def test_flags_and_numbers_are_checked():
    A, B, C = matrices((2, 2), (2, 2), (2, 2))
    with pytest.raises(ValueError, match="'C' is none of N, T, H"):
        blas.gemm(A, B, C, trans_a="C")
    with pytest.raises(ValueError, match="none of L, R"):
        blas.trsm(A, B, side="l")
    with pytest.raises(ValueError, match="none of N, T"):
        blas.syrk(A, C, trans="H")
    with pytest.raises(ValueError, match="N or H"):
        lapack.trsyl(*(X.astype(complex) for X in (A, B, C)), trans_a="T")
    with pytest.raises(TypeError):
        blas.gemm(A, B, C, alpha=1j)
    with pytest.raises(TypeError, match="number"):
        blas.gemm(*(X.astype(complex) for X in (A, B, C)), alpha="1")


def test_entries_that_are_not_finite_are_refused_where_lapack_may_not_end():
    A = np.full((3, 3), np.nan, order="F")
    with pytest.raises(ValueError, match="infinite"):
        unitary.syevd(A)
    with pytest.raises(ValueError, match="infinite"):
        unitary.gesdd(A)


def test_empty_matrices_return_at_once():
    with counters() as ran:
        C = np.empty((0, 3))
        blas.gemm(np.empty((0, 2)), np.empty((2, 3)), C)
        blas.trsm(np.empty((0, 0)), C)
        assert lapack.potrf(np.empty((0, 0))) == 0
        assert lapack.getrf(np.empty((0, 4)))[1] == 0
        assert unitary.gesdd(np.empty((0, 3)), full_matrices=True)[2].shape == (3, 3)
    assert not ran


def test_where_beta_is_zero_the_output_is_not_read():
    C, y = np.full((2, 2), np.nan), np.full(2, np.nan)
    blas.gemm(np.empty((2, 0)), np.empty((0, 2)), C)
    blas.gemv(np.empty((2, 0)), np.empty(0), y)
    assert not C.any()
    assert not y.any()


def test_counters_name_what_ran():
    A, B, C = matrices((2, 2), (2, 2), (2, 2))
    with counters() as ran:
        blas.gemm(A, B, C)
        blas.gemm(A, B, C)
        blas.trsm(A, B)
        lapack.getrf(A)
    assert ran == {"gemm": 2, "trsm": 1, "getrf": 1}


# -- overlap -------------------------------------------------------------------------------------------------------


def test_an_output_that_is_an_input_is_refused():
    A, B = matrices((2, 2), (2, 2))
    for call in (lambda: blas.gemm(A, B, A), lambda: blas.gemm(B, A, A), lambda: blas.trsm(A, A.T)):
        with pytest.raises(ValueError, match="share memory"):
            call()


def test_blocks_are_refused_exactly_where_they_overlap():
    whole = np.ones((7, 6))
    blocks = [
        whole[i : i + m, j : j + n]
        for i, j, m, n in product((0, 1, 3), (0, 2, 3), (1, 2, 4), (1, 3))
    ]  # fmt: skip
    blocks += [
        X.reshape(-1)[:k].reshape(s) for X in (whole,) for k, s in ((12, (2, 6)), (20, (4, 5)), (9, (9, 1)))
    ]
    blocks += [whole[::2, :3], whole[1::2, :3], whole[1::3, 2:]]
    blocks += [X.T for X in blocks]
    for X, Y in product(blocks, blocks):
        meet = np.shares_memory(X, Y)
        a, b = operands.output(X, DOUBLE, "X"), operands.matrix(Y, DOUBLE, "Y")
        if meet:
            with pytest.raises(ValueError, match="share memory"):
                operands.apart(a, b, DOUBLE, "X and Y")
        else:
            operands.apart(a, b, DOUBLE, "X and Y")


def test_a_block_is_updated_from_blocks_beside_it(rng):
    whole = rng.standard_normal((8, 8))
    expected = whole.copy()
    expected[4:, 4:] -= expected[4:, :4] @ expected[:4, 4:]
    blas.gemm(whole[4:, :4], whole[:4, 4:], whole[4:, 4:], alpha=-1, beta=1)
    np.testing.assert_allclose(whole, expected, rtol=1e-13, atol=1e-13)
