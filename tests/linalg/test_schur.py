"""schur, rsf2csf, cdf2rdf: SciPy's results and errors, derivatives with blocks and sorted, ties, phases."""

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.errors import DegenerateError, DegenerateWarning, GaugeError, IllConditionedWarning, NoRuleError
from linad.operations.sylvester import solve_sylvester
from tests.linalg.drawing import numbers

EPS = np.finfo(float).eps
BOTH = pytest.mark.parametrize("dtype", ["d", "D"])
# The eigenvalue 1 twice with one vector, and with two; a pair twice; a pair in a block that is a rotation.
TIED = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 4.0], [0.0, 0.0, 2.0]])
ALIKE = np.array([[1.0, 0.0, 3.0], [0.0, 1.0, 4.0], [0.0, 0.0, 2.0]])
TWICE = np.kron(np.eye(2), [[1.0, 2.0], [-0.5, 1.0]])
ROTATED = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 3.0]])


def traced(f, *args):
    """What a function gives for traced arguments."""
    seen = []
    ln.vjp(lambda *args: (seen.append(f(*args)), args[0])[1], *args)
    return seen[0]


def aligned(T, Z, reference):
    """T and Z after the quarter turns and signs by which LAPACK's answers at points beside one another may differ."""
    turns = np.rint(ln.value(Z).swapaxes(-1, -2) @ reference)
    return turns.swapaxes(-1, -2) @ T @ turns, Z @ turns


def require_derivatives(f, args, rng):
    """Gradient, tangent and Hessian product of a real cost agree with differences, relative to their sizes."""
    t = tuple(numbers(rng, *x.shape, dtype=x.dtype.char) for x in args)
    everything = tuple(range(len(args)))
    step = 1e-6

    def central(of):
        right, left = (of(*(x + s * d for x, d in zip(args, t, strict=True))) for s in (step, -step))
        return [(np.asarray(a) - b) / (2 * step) for a, b in zip(right, left, strict=True)]

    g = ln.grad(f, everything)(*args)
    (slope,) = central(lambda *x: (f(*x),))
    scale = 1 + max(float(np.max(np.abs(x), initial=0)) for x in g)
    along = sum(np.sum((x.conj() * d).real) for x, d in zip(g, t, strict=True))
    np.testing.assert_allclose(along, slope, atol=1e-7 * scale)
    np.testing.assert_allclose(ln.jvp(f, args, t)[1], slope, atol=1e-7 * scale)
    second = central(ln.grad(f, everything))
    product = ln.hvp(f, args, t)
    for own, other in zip(product if len(args) > 1 else (product,), second, strict=True):
        size = scale + float(np.max(np.abs(other), initial=0))
        np.testing.assert_allclose(own, other, atol=1e-6 * size)


@pytest.mark.parametrize("n", [0, 1, 2, 5])
@pytest.mark.parametrize("batch", [(), (2,)], ids=str)
@pytest.mark.parametrize("dtype", ["d", "D", "f", "F", "e", "g"])
@pytest.mark.parametrize(
    "options",
    [{}, {"output": "complex"}, {"output": "r", "sort": "lhp"}, {"output": "c", "sort": "ouc", "lwork": 100}],
    ids=lambda o: "-".join(map(str, o.values())) or "plain",
)
def test_values_are_scipys(options, dtype, batch, n, rng):
    A = numbers(rng, *batch, n, n, dtype=dtype)
    expected = scipy.linalg.schur(A, **options)
    out = traced(lambda A: la.schur(A, overwrite_a=True, check_finite=False, **options), A)
    assert type(out) is type(expected)
    for own, other in zip(out, expected, strict=True):
        np.testing.assert_array_equal(ln.value(own), other, strict=True)
        assert type(ln.value(own)) is type(other)


def test_a_sort_may_be_a_function(rng):
    A = numbers(rng, 5, 5)

    def sort(x, y=None):
        return x > 0

    out, expected = traced(lambda A: la.schur(A, sort=sort), A), scipy.linalg.schur(A, sort=sort)
    np.testing.assert_array_equal(ln.value(out[0]), expected[0])
    assert out[2] == expected[2]
    assert type(out[2]) is int  # discrete: plain


@pytest.mark.parametrize(
    ("dtype", "options"),
    [("d", {}), ("d", {"sort": "lhp"}), ("d", {"output": "complex"}), ("D", {}), ("D", {"sort": "iuc"})],
    ids=str,
)
@pytest.mark.parametrize("shape", [(1, 1), (2, 5, 5), (8, 8)], ids=str)
def test_derivatives_agree_with_differences(shape, dtype, options, rng):
    A, (G, K) = numbers(rng, *shape, dtype=dtype), numbers(rng, 2, *shape)
    reference = scipy.linalg.schur(A, **options)[1]

    def cost(A):
        T, Z, *_ = la.schur(A, **options)
        if T.dtype.kind == "c":
            T, Z = np.abs(T) ** 2, np.abs(Z) ** 2
        else:
            T, Z = aligned(T, Z, reference)
        return np.sum(G * T + G * T**2) + np.sum(K * Z + G * Z**2)

    require_derivatives(cost, (A,), rng)


def test_tangents_keep_the_blocks(rng):
    A = scipy.linalg.block_diag([[1, 2], [-0.5, 1]], 3, [[-1, 1], [-2, -1]]) + np.triu(numbers(rng, 5, 5), 1)
    A[[0, 3], [0, 3]] = A[[1, 4], [1, 4]] = [1, -1]
    A[[0, 3], [1, 4]] = [2, 1]
    (T, Z), (dT, dZ) = ln.jvp(la.schur, (A,), (numbers(rng, 5, 5),))
    below = np.tril(np.ones((5, 5)), -1) == 1
    blocks = np.flatnonzero(np.diag(T, -1))
    assert len(blocks) == 2
    assert np.all(dT[below & (T == 0)] == 0)
    np.testing.assert_array_equal(np.diag(dT)[blocks], np.diag(dT)[blocks + 1])
    S = Z.T @ dZ
    np.testing.assert_allclose(S, -S.T, atol=100 * EPS * np.max(np.abs(S)))


@BOTH
@pytest.mark.parametrize("n", [60, 130])
def test_large_forms_solve_their_equation_and_are_adjoint(n, dtype, rng):
    A, dA, gT, gZ = numbers(rng, 4, n, n, dtype=dtype)
    (T, Z), (dT, dZ) = ln.jvp(la.schur, (A,), (dA,))
    H = Z.conj().T
    scale = n * EPS * (1 + np.max(np.abs(dZ))) * np.linalg.norm(A)
    np.testing.assert_allclose(dZ @ T @ H + Z @ dT @ H + Z @ T @ dZ.conj().T, dA, atol=10 * scale)
    np.testing.assert_allclose(H @ dZ, -dZ.conj().T @ Z, atol=10 * scale)
    with ln.errstate(gauge="ignore"):
        (gA,) = ln.vjp(la.schur, A)[1]((gT, gZ))
    left, right = np.sum((gT.conj() * dT + gZ.conj() * dZ).real), np.sum((gA.conj() * dA).real)
    assert abs(left - right) < n * scale * np.linalg.norm(gA)


def test_one_form_serves_all_derivatives_and_equations(rng):
    A, C = numbers(rng, 4, 4) + 3 * np.eye(4), numbers(rng, 4, 4)

    def cost(A):
        T, Z = la.schur(A)
        return np.sum(T**2 * C) + np.sum(Z**2 * C) + np.sum(solve_sylvester(A, A, C) ** 2)

    with ln.counters() as ran:
        ln.value_and_grad(cost)(A)
    assert ran["gees"] == 1
    with ln.counters() as ran:
        ln.hvp(cost, (A,), (C,))
    assert ran["gees"] == 1


def test_in_an_explicit_graph_the_number_of_sorted_eigenvalues_is_recorded(rng):
    a = ln.symbol("A", shape=(4, 4))
    f = ln.function([a], la.schur(a, sort="lhp"))
    for _ in range(3):
        A = numbers(rng, 4, 4)
        for own, other in zip(f(A), scipy.linalg.schur(A, sort="lhp"), strict=True):
            np.testing.assert_array_equal(own, other)


# -- where there is no derivative -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("A", "cost"),
    [
        (TIED, lambda T, Z: T[0, 0]),
        (TIED, lambda T, Z: T[0, 1]),
        (TIED, lambda T, Z: T[0, 2]),
        (TIED, lambda T, Z: Z[0, 1]),
        (TIED, lambda T, Z: np.trace(T)),
        (TIED, lambda T, Z: np.prod(np.diag(T))),
        (np.eye(2), lambda T, Z: T[0, 0]),
        (np.eye(2), lambda T, Z: T[0, 1]),
        (ROTATED, lambda T, Z: Z[0, 1]),
        (ROTATED, lambda T, Z: T[0, 1]),
        (TWICE, lambda T, Z: T[0, 2]),
        (TWICE, lambda T, Z: T[0, 3]),
        (TWICE, lambda T, Z: T[2, 3]),
        (TIED + 0j, lambda T, Z: np.abs(T[0, 0])),
    ],
)
def test_what_depends_on_the_basis_of_equal_eigenvalues_is_refused(A, cost):
    with pytest.raises(DegenerateError, match=r"schur: eigenvalues \d and \d are equal"):
        ln.grad(lambda A: cost(*la.schur(A)))(A)
    with pytest.raises(DegenerateError, match="are equal"):
        ln.jvp(lambda A: cost(*la.schur(A)), (A,), (np.ones_like(A) - np.tri(len(A), k=-1) * A,))


@pytest.mark.parametrize("output", ["real", "complex"])
@pytest.mark.parametrize(
    ("A", "cost", "gradient"),
    [
        (ALIKE, lambda T, Z: np.trace(T), np.eye(3)),
        (ALIKE, lambda T, Z: np.prod(np.diag(T)), scipy.linalg.inv(ALIKE).T * 2),
        (ALIKE, lambda T, Z: Z[2, :2] @ np.conj(Z[2, :2]), np.zeros((3, 3))),
        (TIED, lambda T, Z: T[2, 2], [[0, 0, 0], [0, 0, 0], [11, 4, 1]]),
        (TWICE, lambda T, Z: np.trace(T), np.eye(4)),
        (np.zeros((2, 2)), lambda T, Z: np.trace(T), np.eye(2)),
    ],
)
def test_what_treats_equal_eigenvalues_alike_has_a_gradient(A, cost, gradient, output):
    g = ln.grad(lambda A: np.real(cost(*la.schur(A, output))))(A)
    np.testing.assert_allclose(g, gradient, atol=100 * EPS)


def test_the_determinant_of_a_rotation_has_a_gradient():
    def cost(A):
        T, _ = la.schur(A)
        return T[0, 0] * T[1, 1] - T[0, 1] * T[1, 0]

    np.testing.assert_allclose(ln.grad(cost)(ROTATED)[:2, :2], [[0, -1], [1, 0]], atol=10 * EPS)


def test_an_element_of_a_batch_is_named(rng):
    A = np.stack([np.diag([1.0, 2.0, 3.0]), TIED])
    with pytest.raises(DegenerateError, match=r"of matrix \(1,\) in the batch"):
        ln.grad(lambda A: np.sum(la.schur(A)[0]))(A)


def test_in_forward_mode_a_cost_that_does_not_use_the_form_does_not_mind():
    assert ln.jvp(lambda A: (la.schur(A), np.sum(A))[1], (TIED,), (np.ones((3, 3)),))[1] == 9


def test_under_errstate_what_is_not_determined_is_dropped():
    with ln.errstate(degenerate="warn"), pytest.warns(DegenerateWarning):
        g = ln.grad(lambda A: la.schur(A)[0][0, 0])(TIED)
    np.testing.assert_allclose(g[0, 0], 1)


def test_half_of_the_digits_lost_is_reported():
    with pytest.warns(IllConditionedWarning, match="half of the digits are lost"):
        ln.grad(lambda A: la.schur(A)[0][0, 0])(np.array([[1.0, 1.0], [0.0, 1 + 1e-10]]))


@pytest.mark.parametrize("part", [0, 1])
def test_a_cost_that_sees_phases_is_reported(part, rng):
    A, G = numbers(rng, 4, 4, dtype="D"), numbers(rng, 4, 4)
    with pytest.raises(GaugeError, match="phases of the columns of Z"):
        ln.grad(lambda A: np.sum(G * la.schur(A)[part].real))(A)
    with ln.errstate(gauge="ignore"):
        ln.grad(lambda A: np.sum(G * la.schur(A)[part].real))(A)


# -- conversions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtypes", ["dd", "ff", "df", "DD", "ll"])
@pytest.mark.parametrize("batches", [((), ()), ((2,), ()), ((2,), (3, 1))], ids=str)
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_complex_forms_are_scipys(n, batches, dtypes, rng):
    T = scipy.linalg.schur(numbers(rng, *batches[0], n, n))[0]
    T = (4 * T).astype(dtypes[0])
    Z = (4 * numbers(rng, *batches[1], n, n)).astype(dtypes[1])
    expected = scipy.linalg.rsf2csf(T, Z)
    out = traced(la.rsf2csf, T, Z)
    assert type(out) is type(expected)
    for own, other in zip(out, expected, strict=True):
        assert own.dtype == other.dtype
        np.testing.assert_allclose(ln.value(own), other, atol=100 * np.finfo(other.dtype).eps)


def test_complex_forms_have_derivatives(rng):
    G = numbers(rng, 4, 2, 6, 6)

    def cost(T, Z):
        T, Z = la.rsf2csf(T, Z)
        return np.sum(T.real * G[0] + (T * T).imag * G[1] + Z.imag * G[2] + (Z * Z).real * G[3])

    require_derivatives(lambda A: cost(*la.schur(A)), (numbers(rng, 2, 6, 6),), rng)
    T, Z = scipy.linalg.schur(numbers(rng, 2, 6, 6))
    moved = np.triu(np.ones((6, 6))) + (np.tril(T, -1) != 0)  # other entries are none of a real form's
    require_derivatives(lambda T, Z: cost(T * moved, Z), (T, Z), rng)


def test_a_matrix_that_is_no_real_form_is_refused(rng):
    with pytest.raises(NoRuleError, match="not quasi-triangular"):
        traced(la.rsf2csf, numbers(rng, 3, 3), np.eye(3))


@pytest.mark.parametrize("dtype", ["d", "f"])
@pytest.mark.parametrize("batch", [(), (3,)], ids=str)
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_real_forms_of_eigenvalues_are_scipys(n, batch, dtype, rng):
    w, v = np.linalg.eig(numbers(rng, *batch, n, n, dtype=dtype))
    for own, other in zip(traced(la.cdf2rdf, w, v), scipy.linalg.cdf2rdf(w, v), strict=True):
        assert own.dtype == other.dtype
        np.testing.assert_allclose(ln.value(own), other, atol=10 * np.finfo(own.dtype).eps)


def test_real_forms_of_eigenvalues_have_derivatives(rng):
    G = numbers(rng, 2, 5, 5)

    def cost(A):
        w, v = la.cdf2rdf(*la.eig(A))
        return np.sum(G[0] * w + G[1] * w**2) + np.sum(np.linalg.inv(v) @ A @ v * G[1])

    require_derivatives(cost, (scipy.linalg.block_diag([[1, 2], [-0.5, 1]], 3, 4, 5.0) + 0.1 * G[0],), rng)


# -- errors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda m, A: m.schur(A[0]),
        lambda m, A: m.schur(A[:2]),
        lambda m, A: m.schur(A, output="x"),
        lambda m, A: m.schur(A, sort="x"),
        lambda m, A: m.schur(A, sort=1),
        lambda m, A: m.schur(A[None][:0]),
        lambda m, A: m.schur(A * np.inf),
        lambda m, A: m.rsf2csf(A[:2], A),
        lambda m, A: m.rsf2csf(A, A[:2, :2]),
        lambda m, A: m.rsf2csf(A[None][:0], A),
        lambda m, A: m.cdf2rdf(A[0, 0], A),
        lambda m, A: m.cdf2rdf(A[0], A[0]),
        lambda m, A: m.cdf2rdf(A, A),
        lambda m, A: m.cdf2rdf(A[0], A[:2]),
        lambda m, A: m.cdf2rdf(A[0, :2], A),
        lambda m, A: m.cdf2rdf(A[0] + np.array([1j, 0, 0]), A),
    ],
)
def test_errors_are_scipys(call, rng):
    A = numbers(rng, 3, 3)
    with np.errstate(invalid="ignore"), pytest.raises(ValueError) as expected:  # noqa: PT011  # compared below
        call(scipy.linalg, A)
    with np.errstate(invalid="ignore"), pytest.raises(ValueError) as own:  # noqa: PT011  # the same
        traced(lambda A: call(la, A), A)
    assert str(own.value) == str(expected.value)


def test_a_workspace_that_is_too_small_is_refused(rng):
    A = numbers(rng, 3, 3)
    with pytest.raises(ValueError, match="lwork=8 is too small"):
        traced(lambda A: la.schur(A, lwork=8), A)
    traced(lambda A: la.schur(A, lwork=9), A)
