"""qz, ordqz: SciPy's results and errors, derivatives against differences, singular coefficients, ties, phases."""

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.errors import DegenerateError, GaugeError, NoRuleError
from tests.linalg.drawing import normals as numbers

EPS = np.finfo(float).eps
NAMES = pytest.mark.parametrize("name", ["qz", "ordqz"])


def traced(f, *args):
    """What a function gives for traced arguments."""
    seen = []
    ln.vjp(lambda *args: (seen.append(f(*args)), args[0])[1], *args)
    return seen[0]


def real_pair(rng, n, *batch, dtype="d"):
    """A pair of real matrices with real eigenvalues."""
    P, Q = np.linalg.qr(numbers(rng, 2, *batch, n, n))[0]
    A, B = (
        P @ np.triu(X, 1) @ Q + P @ np.diag(d) @ Q
        for X, d in zip(numbers(rng, 2, n, n), diagonals(n), strict=True)
    )
    return A.astype(dtype), B.astype(dtype)


def diagonals(n):
    return np.arange(n) - 0.5, np.ones(n) + 0.1 * np.arange(n)


@NAMES
@pytest.mark.parametrize("n", [1, 2, 4])
@pytest.mark.parametrize("batch", [(), (2,)], ids=str)
@pytest.mark.parametrize("dtype", ["d", "D", "f", "F"])
@pytest.mark.parametrize("output", ["real", "complex"])
def test_values_are_scipys(name, output, dtype, batch, n, rng):
    if dtype in "df" and output == "real":
        A, B = real_pair(rng, n, *batch, dtype=dtype)
    else:
        A, B = numbers(rng, 2, *batch, n, n, dtype=dtype)
    expected = getattr(scipy.linalg, name)(A, B, output=output)
    out = traced(lambda A, B: getattr(la, name)(A, B, output=output), A, B)
    assert type(out) is type(expected)
    eps = np.finfo(np.result_type(A, np.float32)).eps
    for own, other in zip(out, expected, strict=True):
        assert own.dtype == other.dtype
        np.testing.assert_allclose(ln.value(own), other, atol=300 * eps * np.max(np.abs(other)))


def smooth(rng, n, name, output):
    G = rng.normal(size=(5, n, n))

    def cost(A, B):
        S, T, *_, Q, Z = getattr(la, name)(A, B, output=output)
        if S.dtype.kind != "c":
            return sum(np.sum(g * X * X) for g, X in zip(G, (S, T, Q, Z), strict=False))
        turned = Q[0] * np.conj(Z[-1]) * np.diagonal(S)
        sizes = sum(np.sum(g * np.abs(X) ** 2) for g, X in zip(G, (S, T, Q, Z), strict=False))
        return sizes + np.sum(G[4][0] * np.real(turned)) + np.sum(np.real(np.diagonal(T)) * G[4][0])

    return cost


@NAMES
@pytest.mark.parametrize(("dtype", "output"), [("d", "real"), ("d", "complex"), ("D", "complex")], ids=str)
@pytest.mark.parametrize("n", [1, 4])
def test_derivatives_agree_with_differences(n, name, dtype, output, rng):
    pair = real_pair(rng, n) if output == "real" else tuple(numbers(rng, 2, n, n, dtype=dtype))
    t, cost = tuple(numbers(rng, 2, n, n, dtype=dtype)), smooth(rng, n, name, output)
    if output == "real" and n > 1:
        t = tuple(0.1 * d for d in t)

    def central(of, h=1e-5):
        values = [of(*(x + s * h * d for x, d in zip(pair, t, strict=True))) for s in (-2, -1, 1, 2)]
        return [(w[0] - 8 * w[1] + 8 * w[2] - w[3]) / (12 * h) for w in zip(*values, strict=True)]

    g = ln.grad(cost, (0, 1))(*pair)
    (slope,) = central(lambda *x: (cost(*x),))
    scale = 1 + sum(np.sum(np.abs(x * d)) for x, d in zip(g, t, strict=True))
    along = sum(np.sum((x.conj() * d).real) for x, d in zip(g, t, strict=True))
    np.testing.assert_allclose(along, slope, atol=1e-7 * scale)
    np.testing.assert_allclose(ln.jvp(cost, pair, t)[1], slope, atol=1e-7 * scale)
    for own, other in zip(ln.hvp(cost, pair, t), central(ln.grad(cost, (0, 1))), strict=True):
        np.testing.assert_allclose(own, other, atol=1e-6 * (1 + np.max(np.abs(other))))


@pytest.mark.parametrize("singular", [(0,), (1,), (0, 1)], ids=str)
def test_a_coefficient_may_be_singular(singular, rng):
    """Eigenvalues 0 and infinity, each once."""
    A, B = numbers(rng, 2, 3, 3, dtype="D")
    P, Q = scipy.linalg.qr(A)[0], scipy.linalg.qr(B)[0]
    d, e = np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, -1.0])
    d[0], e[1] = (0 if 0 in singular else d[0]), (0 if 1 in singular else e[1])
    A, B = P @ (np.diag(d) + np.triu(A, 1)) @ Q, P @ (np.diag(e) + np.triu(B, 1)) @ Q
    dA, dB = numbers(rng, 2, 3, 3, dtype="D")
    (S, T, Q, Z), (dS, dT, dQ, dZ) = ln.jvp(lambda A, B: la.qz(A, B, "complex"), (A, B), (dA, dB))
    scale = 1e4 * EPS * (1 + np.max(np.abs([dQ, dZ])))
    for X, dX, M in ((S, dS, dA), (T, dT, dB)):
        H = Z.conj().T
        np.testing.assert_allclose(dQ @ X @ H + Q @ dX @ H + Q @ X @ dZ.conj().T, M, atol=scale)
        assert not np.any(np.tril(dX, -1))


def test_one_factorization_serves_all_derivatives(rng):
    A, B = numbers(rng, 2, 4, 4, dtype="D")
    with ln.counters() as ran:
        ln.hvp(smooth(rng, 4, "qz", "complex"), (A, B), (B, A))
    assert ran["gges"] == 1
    assert ran["gees"] == 0


def test_an_explicit_graph_takes_other_data(rng):
    B = numbers(rng, 3, 3, dtype="D")
    a = ln.symbol("A", shape=(3, 3), dtype=complex)
    f = ln.function([a], la.qz(a, B, "complex"))
    for _ in range(2):
        A = numbers(rng, 3, 3, dtype="D")
        for own, other in zip(f(A), scipy.linalg.qz(A, B, "complex"), strict=True):
            np.testing.assert_allclose(own, other, atol=100 * EPS * np.max(np.abs(other)))


def test_blocks_of_a_real_form_are_refused():
    A = np.array([[0.0, 1.0], [-1.0, 0.0]])
    for f in (la.qz, la.ordqz):
        with pytest.raises(NoRuleError, match="blocks of order two"):
            traced(lambda A, f=f: f(A, np.eye(2)), A)


def test_a_singular_pencil_is_named():
    with pytest.raises(np.linalg.LinAlgError, match="qz: the pencil is singular"):
        traced(lambda A: la.qz(A, np.diag([1.0, 0.0])), np.diag([1.0, 0.0]))


def test_equal_eigenvalues_are_refused(rng):
    with pytest.raises(DegenerateError, match="are equal"):
        ln.grad(lambda A: np.real(la.qz(A, np.diag([1.0, 2.0, 3.0]), "complex")[0][0, 1]))(
            np.diag([1.0, 2.0, 5.0]) + 0j
        )


def test_a_cost_that_sees_phases_is_reported(rng):
    A, B = numbers(rng, 2, 3, 3, dtype="D")
    with pytest.raises(GaugeError, match="phases"):
        ln.grad(lambda A: np.real(la.qz(A, B, "complex")[2][0, 0]))(A)


@pytest.mark.parametrize(
    "call",
    [
        lambda m, A: m.qz(A[:2], A),
        lambda m, A: m.qz(A, A[:2, :2]),
        lambda m, A: m.qz(A, A, output="x"),
        lambda m, A: m.qz(A, A, sort="lhp"),
        lambda m, A: m.qz(A * np.inf, A),
        lambda m, A: m.ordqz(A, A, sort="x"),
        lambda m, A: m.ordqz(A[None][:0], A),
    ],
)
def test_errors_are_scipys(call, rng):
    A = numbers(rng, 3, 3)
    with np.errstate(invalid="ignore"), pytest.raises(ValueError) as expected:  # noqa: PT011  # compared below
        call(scipy.linalg, A)
    with np.errstate(invalid="ignore"), pytest.raises(ValueError) as own:  # noqa: PT011  # the same
        traced(lambda A: call(la, A), A)
    assert str(own.value) == str(expected.value)
