"""Sylvester, Lyapunov, Riccati equations: solutions, derivatives against differences, what is computed once, errors."""

from functools import partial

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.operations.stein import solve_stein
from tests.linalg.drawing import normals as numbers

EPS = np.finfo(float).eps
BOTH = pytest.mark.parametrize("dtype", ["d", "D"])


def definite(rng, n, dtype="d"):
    X = numbers(rng, n, n, dtype=dtype) / np.sqrt(n)
    return X @ X.conj().T + np.eye(n)


def traced(f, *args):
    """What a function gives for traced arguments."""
    seen = []
    ln.vjp(lambda *args: (seen.append(f(*args)), args[0])[1], *args)
    return seen[0]


def problem(name, n, rng, dtype="d", batch=()):
    """A function of linad's with arguments for which a solution exists; of Riccati equations a stabilisable system."""
    A, E = numbers(rng, *batch, n, n, dtype=dtype) / np.sqrt(n), definite(rng, n, dtype)
    Q, R, k = definite(rng, n, dtype), definite(rng, max(1, n // 2), dtype), max(1, n // 2)
    B, S = numbers(rng, n, k, dtype=dtype), 0.1 * numbers(rng, n, k, dtype=dtype)
    shift = 3 * np.eye(n)
    return {
        "sylvester": (la.solve_sylvester, (A + shift, E, Q + A)),
        "lyapunov": (la.solve_continuous_lyapunov, (A - shift, Q)),
        "direct": (lambda a, q: la.solve_discrete_lyapunov(a, q, "direct"), (0.3 * A, Q)),
        "bilinear": (lambda a, q: la.solve_discrete_lyapunov(a, q, method="bilinear"), (0.3 * A, Q)),
        "care": (la.solve_continuous_are, (A, B, Q, R)),
        "care-general": (partial(la.solve_continuous_are, balanced=False), (A, B, Q, R, E, S)),
        "dare": (la.solve_discrete_are, (A, B, Q, R)),
        "dare-general": (partial(la.solve_discrete_are, balanced=False), (A, B, Q, R, E, S)),
    }[name]


NAMES = ["sylvester", "lyapunov", "direct", "bilinear", "care", "care-general", "dare", "dare-general"]
HERMITIAN = {"care": (2, 3), "care-general": (2, 3), "dare": (2, 3), "dare-general": (2, 3)}


def direction(name, args, rng):
    """A random direction of the arguments; Hermitian where these are."""
    t = [numbers(rng, *x.shape, dtype=x.dtype.char) for x in args]
    for i in HERMITIAN.get(name, ()):
        t[i] = t[i] + t[i].conj().T
    return tuple(t)


def require_derivatives(name, f, args, rng, tolerance=1e-7):
    """Gradient, tangent and Hessian product of a real cost agree with differences, relative to their sizes."""
    G, t, every = numbers(rng, *f(*args).shape), direction(name, args, rng), tuple(range(len(args)))

    def cost(*args):
        X = f(*args)
        return np.sum(G * np.real(X)) + np.sum(np.real(X * np.conj(X)))

    def central(of, h=1e-4):
        values = [of(*(x + s * h * d for x, d in zip(args, t, strict=True))) for s in (-2, -1, 1, 2)]
        return [(w[0] - 8 * w[1] + 8 * w[2] - w[3]) / (12 * h) for w in zip(*values, strict=True)]

    g = ln.grad(cost, every)(*args)
    (slope,) = central(lambda *x: (cost(*x),))
    scale = sum(float(np.sum(np.abs(x * d))) for x, d in zip(g, t, strict=True))
    along = sum(np.sum((x.conj() * d).real) for x, d in zip(g, t, strict=True))
    np.testing.assert_allclose(along, slope, atol=tolerance * scale)
    np.testing.assert_allclose(ln.jvp(cost, args, t)[1], slope, atol=tolerance * scale)
    for own, other in zip(ln.hvp(cost, args, t), central(ln.grad(cost, every)), strict=True):
        np.testing.assert_allclose(own, other, atol=tolerance * float(np.max(np.abs(other), initial=1)))


@BOTH
@pytest.mark.parametrize("name", NAMES)
def test_derivatives_agree_with_differences(name, dtype, rng):
    f, args = problem(name, 3, rng, dtype)
    require_derivatives(name, f, args, rng)


@pytest.mark.parametrize("name", ["lyapunov", "bilinear", "care", "dare", "care-general", "dare-general"])
def test_gradients_of_thirty_states_agree_with_differences(name, rng):
    f, args = problem(name, 30, rng)
    require_derivatives(name, f, args, rng)


@BOTH
@pytest.mark.parametrize("name", ["lyapunov", "bilinear", "care", "dare-general"])
def test_a_batch_broadcasts(name, dtype, rng):
    f, args = problem(name, 2, rng, dtype, batch=(2, 1))
    require_derivatives(name, f, args, rng)


@BOTH
@pytest.mark.parametrize("name", NAMES)
def test_values_are_scipys(name, dtype, rng):
    f, args = problem(name, 4, rng, dtype)
    plain = f(*args)
    out = ln.value(traced(f, *args))
    assert out.dtype == plain.dtype
    np.testing.assert_allclose(out, plain, atol=1e3 * EPS * np.max(np.abs(plain)))


@pytest.mark.parametrize("dtypes", ["ff", "fd", "FF", "Fd", "dD", "ld", "ll", "fD"])
@pytest.mark.parametrize("name", ["solve_continuous_lyapunov", "solve_discrete_lyapunov", "solve_sylvester"])
def test_dtypes_are_scipys(name, dtypes, rng):
    a, q = (np.array([[3, 1], [0, 5]], dtype) for dtype in dtypes)
    args = (a, a, q) if name == "solve_sylvester" else (a, q)
    # Integers are traced as floating-point numbers.
    admitted = [x if x.dtype.kind in "fc" else x.astype(float) for x in args]
    expected = getattr(scipy.linalg, name)(*admitted)
    out = ln.value(traced(getattr(la, name), *args))
    assert out.dtype == expected.dtype
    np.testing.assert_allclose(out, expected, atol=100 * np.finfo(out.dtype).eps)


@pytest.mark.parametrize(
    ("name", "dtypes"),
    [
        *[("solve_sylvester", dtypes) for dtypes in ("ddD", "dDd", "Ddd", "dDD", "DdD")],
        ("solve_continuous_lyapunov", "dD"),
        ("solve_discrete_lyapunov", "dD"),
    ],
)
def test_real_and_complex_matrices_together_are_solved_for(name, dtypes, rng):
    """SciPy takes the real Schur form of a real matrix with complex eigenvalues for a triangle."""
    f = getattr(la, name)
    turned = np.array([[0.5, -0.7, 0.1], [0.7, 0.4, 0.2], [0.0, 0.3, 0.6]])
    args = [turned * (1 + 0.3j if dtype == "D" else 1) for dtype in dtypes[:-1]]
    q = rng.normal(size=(3, 3))
    args.append(q + 1j * rng.normal(size=(3, 3)) if dtypes[-1] == "D" else q)
    expected = f(*[x.astype(complex) for x in args])
    np.testing.assert_allclose(ln.value(traced(f, *args)), expected, atol=1e-13)

    def cost(*args):
        return np.sum(np.abs(f(*args)) ** 2)

    wide = ln.grad(cost, tuple(range(len(args))))(*[x.astype(complex) for x in args])
    for x, own, g in zip(args, ln.grad(cost, tuple(range(len(args))))(*args), wide, strict=True):
        assert own.dtype == x.dtype
        np.testing.assert_allclose(own, g if x.dtype.kind == "c" else g.real, atol=1e-12)


@pytest.mark.parametrize("name", ["solve_sylvester", "solve_continuous_lyapunov", "solve_discrete_lyapunov"])
def test_what_is_empty_has_an_empty_solution(name):
    empty = np.zeros((0, 0))
    args = (empty,) * (3 if name == "solve_sylvester" else 2)
    assert ln.value(traced(getattr(la, name), *args)).shape == (0, 0)
    assert ln.grad(lambda a: np.sum(getattr(la, name)(a, *args[1:])))(empty).shape == (0, 0)


def test_riccati_equations_take_numbers_and_vectors(rng):
    a, b = np.array([[4.0, 3.0], [-4.5, -3.5]]), np.array([[1.0], [-1.0]])
    q = np.array([[9.0, 6.0], [6.0, 4.0]])
    g = ln.grad(lambda r: np.sum(la.solve_continuous_are(a, b, q, r)))(1.0)
    h = 1e-5
    right, left = (np.sum(scipy.linalg.solve_continuous_are(a, b, q, 1.0 + s)) for s in (h, -h))
    np.testing.assert_allclose(g, (right - left) / (2 * h), rtol=1e-8)


@pytest.mark.parametrize("given", ["e", "s"])
def test_e_and_s_may_be_given_alone(given, rng):
    f, (A, B, Q, R, E, S) = problem("care-general", 3, rng)
    extra = {"e": E, "s": S}[given]
    out = ln.value(traced(lambda x: f(A, B, Q, R, **{given: x}), extra))
    expected = scipy.linalg.solve_continuous_are(A, B, Q, R, balanced=False, **{given: extra})
    np.testing.assert_allclose(out, expected, atol=1e3 * EPS * np.max(np.abs(expected)))


@pytest.mark.parametrize("discrete", [False, True])
def test_with_e_badly_scaled_states_are_balanced(discrete, rng):
    A, E, B, Q = numbers(rng, 3, 3) / 3, definite(rng, 3), numbers(rng, 3, 2), definite(rng, 3)
    f, d = la.solve_discrete_are if discrete else la.solve_continuous_are, np.array([1.0, 2.0**20, 2.0**-16])
    X = f(A, B, Q, np.eye(2), E, balanced=False)
    scaled = [M * d / d[:, None] for M in (A, E)]
    found = traced(lambda A: f(A, B / d[:, None], Q * np.outer(d, d), np.eye(2), scaled[1]), scaled[0])
    np.testing.assert_allclose(ln.value(found) / np.outer(d, d), X, atol=1e4 * EPS * np.max(np.abs(X)))


@BOTH
@pytest.mark.parametrize("name", HERMITIAN)
def test_gradients_of_hermitian_arguments_are_hermitian(name, dtype, rng):
    f, args = problem(name, 3, rng, dtype)
    C = numbers(rng, 3, 3, dtype=dtype)
    for g in ln.grad(lambda *args: np.sum(np.real(C * f(*args))), (2, 3))(*args):
        np.testing.assert_array_equal(g, g.conj().T)


@BOTH
@pytest.mark.parametrize("name", HERMITIAN)
def test_tangents_are_hermitian_and_adjoint_to_cotangents_in_every_direction(name, dtype, rng):
    f, args = problem(name, 4, rng, dtype)
    t = tuple(numbers(rng, *x.shape, dtype=dtype) for x in args)
    X, dX = ln.jvp(f, args, t)
    np.testing.assert_array_equal(dX, dX.conj().T)
    gX = numbers(rng, *X.shape, dtype=dtype)
    pairs = list(zip(ln.vjp(f, *args)[1](gX), t, strict=True))
    terms = sum(np.sum(np.abs(g * d)) for g, d in pairs)
    found = sum(np.sum((g.conj() * d).real) for g, d in pairs)
    np.testing.assert_allclose(found, np.sum((gX.conj() * dX).real), atol=1e3 * EPS * terms)


@pytest.mark.parametrize(
    ("name", "factored"),
    [("lyapunov", {"gees": 1}), ("direct", {"gees": 1}), ("care", {"gges": 1, "gees": 1, "getrf": 1})]
    + [(name, {"gges": 1, "gees": 1, "getrf": 2}) for name in ("care-general", "dare-general")],
)
def test_one_form_serves_all_derivatives(name, factored, rng):
    f, args = problem(name, 4, rng)
    every = tuple(range(len(args)))
    with ln.counters() as ran:
        ln.hvp(lambda *args: np.sum(f(*args) ** 2), args, direction(name, args, rng))
    assert {routine: ran[routine] for routine in factored} == factored
    with ln.counters() as ran:
        ln.grad(lambda *args: np.sum(f(*args) ** 2), every)(*args)
    assert {routine: ran[routine] for routine in factored} == factored


def test_continuous_equations_with_one_coefficient_share_its_form(rng):
    A, Q = numbers(rng, 4, 4) - 5 * np.eye(4), definite(rng, 4)
    with ln.counters() as ran:
        ln.grad(lambda A: np.trace(la.solve_lyapunov(A, Q) + la.solve_sylvester(A, A, Q)))(A)
    assert ran["gees"] == 1


def test_a_value_alone_needs_no_closed_loop(rng):
    f, args = problem("care", 4, rng)
    with ln.counters() as ran:
        ln.vjp(f, *args)
    assert ran["gees"] == 0


def test_an_explicit_graph_solves_for_other_data(rng):
    f, args = problem("dare", 3, rng)
    a = ln.symbol("A", shape=(3, 3))
    cost = np.sum(f(a, *args[1:]) ** 2)
    gradient = ln.function([a], ln.gradient(cost, a))
    B = 0.5 * args[0].T
    np.testing.assert_allclose(
        gradient(B), ln.grad(lambda A: np.sum(f(A, *args[1:]) ** 2))(B), atol=1e3 * EPS * np.max(np.abs(B))
    )


@pytest.mark.parametrize("trans", ["NN", "HH", "NH", "HN"])
@pytest.mark.parametrize("batches", [((), (), ()), ((2,), (), (3, 1))], ids=str)
@pytest.mark.parametrize("dtypes", ["ddd", "DdD", "FFF", "ffd"])
def test_stein_equations_are_solved(dtypes, batches, trans, rng):
    sizes = (4, 4), (3, 3), (4, 3)
    A, B, C = (
        numbers(rng, *batch, *size, dtype=dtype) / 3
        for batch, size, dtype in zip(batches, sizes, dtypes, strict=True)
    )
    X = solve_stein(A, B, C, trans)
    left, right = (M.conj().swapaxes(-1, -2) if t == "H" else M for M, t in zip((A, B), trans, strict=True))
    assert X.dtype == np.result_type(A, B, C)
    scale = 1 + np.max(np.abs(X)) * np.max(np.linalg.norm(A, 2, (-2, -1))) * np.max(
        np.linalg.norm(B, 2, (-2, -1))
    )
    assert np.max(np.abs(X - left @ X @ right - C)) < 100 * np.finfo(X.dtype).eps * scale


# -- errors -----------------------------------------------------------------------------------------------------------


def test_an_eigenvalue_on_the_unit_circle_is_named():
    with pytest.raises(np.linalg.LinAlgError, match="the product of two eigenvalues is 1"):
        traced(la.solve_discrete_lyapunov, np.diag([1.0, 0.5]), np.eye(2))
    A = np.stack([0.5 * np.eye(2), np.diag([-1.0, 0.5])])
    with pytest.raises(np.linalg.LinAlgError, match=r"equation \(1,\) of the batch"):
        traced(la.solve_discrete_lyapunov, A, np.eye(2))


def test_opposite_eigenvalues_are_named():
    with pytest.raises(np.linalg.LinAlgError, match="no unique solution"):
        traced(la.solve_continuous_lyapunov, np.diag([1.0, -1.0]), np.eye(2))


@pytest.mark.parametrize(
    "call",
    [
        lambda m, A: m.solve_continuous_lyapunov(A, A[:2]),
        lambda m, A: m.solve_continuous_lyapunov(A[:2], A),
        lambda m, A: m.solve_continuous_lyapunov(A, A[:2, :2]),
        lambda m, A: m.solve_continuous_lyapunov(A * np.nan, A),
        lambda m, A: m.solve_continuous_lyapunov(A[None][:0], A),
        lambda m, A: m.solve_discrete_lyapunov(A, A, "other"),
        lambda m, A: m.solve_sylvester(A[:2], A, A),
        lambda m, A: m.solve_sylvester(A[None][:0], A, A),
        lambda m, A: m.solve_continuous_are(A, A, A + A.T, A),
        lambda m, A: m.solve_continuous_are(A, A, A, A + A.T),
        lambda m, A: m.solve_continuous_are(A, A[:2], A + A.T, A + A.T),
        lambda m, A: m.solve_continuous_are(A, A, A + A.T, 0 * A),
        lambda m, A: m.solve_discrete_are(A, A, A + A.T, np.eye(3), e=0 * A),
        lambda m, A: m.solve_discrete_are(A, A, A + A.T, np.eye(3), s=A[:2]),
        lambda m, A: m.solve_discrete_are(A[None][:0], A, A + A.T, np.eye(3)),
    ],
)
def test_errors_are_scipys(call, rng):
    A = numbers(rng, 3, 3)
    with pytest.raises(ValueError) as expected:  # noqa: PT011  # compared below
        call(scipy.linalg, A)
    with pytest.raises(ValueError) as own:  # noqa: PT011  # the same
        traced(lambda A: call(la, A), A)
    assert str(own.value) == str(expected.value)
