"""Recursive programs from the 2x2 partition of equations: what is derived, what is refused, and closed forms agree."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linad as ln
import linad.linalg as la
from linad.check import check
from linad.core import primitive
from linad.derive import closed_forms, derive
from linad.derive.catalogue import rule as named
from linad.errors import DerivationError
from linad.kernels import programs, triangles

INVERSE = derive({"T": "n n lower"}, {"X": "n n lower"}, "T @ X = I", name="inverse")
ROOT = derive({"T": "n n upper"}, {"R": "n n upper"}, "R @ R = T", name="root")
ELIMINATION = derive({"A": "n n"}, {"L": "n n unit lower", "U": "n n upper"}, "L @ U = A", name="lu")
TRIANGLES = ("lower", "upper", "unit lower", "unit upper")
SOLVES = {
    f"{structure} {equation}": derive(
        {"T": f"n n {structure}", "B": "n k" if equation.endswith("X = B") else "k n"},
        {"X": "n k" if equation.endswith("X = B") else "k n"},
        equation,
        name="solve",
    )
    for structure in TRIANGLES
    for equation in ("T @ X = B", "T.T @ X = B", "T.H @ X = B", "T.conj @ X = B", "X @ T = B", "X @ T.H = B")
}
FACTORED = {
    "lu": (named("lu"), ("unit lower", "upper")),
    "lu-tall": (named("lu-tall"), ("unit lower", "upper")),
    "lu-wide": (named("lu-wide"), ("unit lower", "upper")),
    "ul": (named("ul"), ("unit upper", "lower")),
    "lower-unit-upper": (
        derive({"A": "n n"}, {"L": "n n lower", "U": "n n unit upper"}, "L @ U = A"),
        ("lower", "unit upper"),
    ),
    "ldl": (named("ldl"), ("unit lower", "real diagonal")),
    "ldl-symmetric": (named("ldl-symmetric"), ("unit lower", "diagonal")),
    "ldu": (named("ldu"), ("unit lower", "diagonal", "unit upper")),
    "cholesky": (named("cholesky"), ("positive lower",)),
    "cholesky-upper": (named("cholesky-upper"), ("positive upper",)),
    "cholesky-reversed": (named("cholesky-reversed"), ("positive upper",)),
}


@pytest.fixture
def small(monkeypatch):
    """Every size is large: recursion goes down to blocks of order two."""
    monkeypatch.setattr(programs, "LARGE", 1)
    monkeypatch.setattr(programs, "LEAF", 2)
    monkeypatch.setattr(triangles, "_LEAF", 2)


def draw(rng, *shape, is_complex):
    X = rng.normal(size=shape)
    return X + 1j * rng.normal(size=shape) if is_complex else X


def triangle(rng, structure, n, is_complex):
    """A well-conditioned member; of diagonal ones the vector."""
    d = 1 + rng.random(n)
    if is_complex and not structure.startswith(("positive", "real")):
        d = d * np.exp(0.3j * rng.normal(size=n))
    if structure.endswith("diagonal"):
        return d
    X = 0.4 * draw(rng, n, n, is_complex=is_complex) / max(n, 1) ** 0.5
    X = np.tril(X, -1) if structure.endswith("lower") else np.triu(X, 1)
    return X + (np.eye(n) if structure.startswith("unit") else np.diag(d))


def values_of(name, rng, n, is_complex):
    """Values of the symbols of a factored equation, P as indices."""
    rule, structures = FACTORED[name]
    factors = [triangle(rng, structure, n, is_complex) for structure in structures]
    extra = draw(rng, n + 3, n, is_complex=is_complex)
    if name == "lu-tall":
        factors[0] = np.concatenate([factors[0], extra])
    if name == "lu-wide":
        factors[1] = np.concatenate([factors[1], extra.T], axis=1)
    values = {s.name: X for s, X in zip(rule.outputs[-len(factors) :], factors, strict=True)}
    word = [np.diag(X) if X.ndim == 1 else X for X in factors]
    if name.startswith(("cholesky", "ldl")):
        word.append(factors[0].T if name == "ldl-symmetric" else factors[0].conj().T)
    if name == "cholesky-upper":
        word.reverse()
    A = reduce(np.matmul, word)
    if "P" in (s.name for s in rule.outputs):
        values["P"] = rng.permutation(len(A))
        A[values["P"]] = A.copy()
    return {**values, "A": A}


def apart(rule, mode, values, rng, dtype=None, order="C", absent=()):
    """How far blocks are from the closed form, relative to it; None where the kernel declines."""
    given, asked = (rule.outputs, rule.inputs) if mode == "cotangent" else (rule.inputs, rule.outputs)
    is_complex = any(np.iscomplexobj(x) for x in values.values())
    vectors = {
        s.name: draw(rng, *values[s.name].shape, is_complex=is_complex and not s.structure.real)
        for s in given
        if not s.structure.fixed and s.name not in absent
    }
    closed = (rule.vjp if mode == "cotangent" else rule.jvp)(values, vectors)

    def cast(x):
        if x is None or x.dtype.kind == "i":
            return x
        return np.array(
            x, x.dtype if dtype is None else dtype if x.dtype.kind == "c" else dtype.lower(), order=order
        )

    operands, outputs = ([cast(values[s.name]) for s in own] for own in (rule.inputs, rule.outputs))
    found = rule.blocks.kernel(mode)(operands, outputs, [cast(vectors.get(s.name)) for s in given])
    if found is None:
        return None
    pairs = [(x, closed[s.name]) for s, x in zip(asked, found, strict=True) if x is not None]
    assert [s.name for s in asked if s.name in closed] == [
        s.name for s, x in zip(asked, found, strict=True) if x is not None
    ]
    return max(np.linalg.norm(x - y) / (np.linalg.norm(y) or 1.0) for x, y in pairs)


# -- what is derived -------------------------------------------------------------------------------------------------


def test_the_recursion_of_lu():
    assert named("lu").blocks.program("cotangent").text().splitlines() == [
        "gA_22 = again 2 (gL_22, gU_22)",
        "a2 = gU_12 - L_21^H gA_22",
        "gA_12 = L_11^-H a2",
        "a4 = gL_21 - gA_22 U_12^H",
        "gA_21 = a4 U_11^-H",
        "a6 = gL_11 - gA_12 U_12^H",
        "a7 = gU_11 - L_21^H gA_21",
        "gA_11 = again 1 (a6, a7)",
    ]


def test_the_tangent_of_cholesky_is_the_factorization_differentiated():
    assert named("cholesky").blocks.program("tangent").text().splitlines() == [
        "dL_11 = again 1 (dA_11)",
        "M2 = dA_21 - L_21 dL_11^H",
        "dL_21 = M2 L_11^-H",
        "S4 = dA_22 - dL_21 L_21^H - L_21 dL_21^H",
        "dL_22 = again 2 (S4)",
    ]


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        (named("lu"), "(4/3)*n**3"),  # twice that of the factorization
        (named("lu-tall"), "2*m*n**2 - (2/3)*n**3"),
        (named("lu-wide"), "2*m**2*n - (2/3)*m**3"),
        (named("cholesky"), "(2/3)*n**3"),
        (named("cholesky-upper"), "(2/3)*n**3"),
        (named("ldl"), "(2/3)*n**3"),
        (named("ldu"), "(4/3)*n**3"),
        (INVERSE, "(2/3)*n**3"),
        (ROOT, "(2/3)*n**3"),
        (named("solve-triangular"), "2*k*n**2"),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_counts_of_cotangents(rule, count):
    assert rule.blocks.flops("cotangent") == count


def test_a_triangular_lyapunov_equation_is_that_of_its_blocks():
    rule = derive(
        {"A": "n n lower", "Q": "n n hermitian"},
        {"X": "n n hermitian"},
        "A @ X + X @ A.H = Q",
        name="lyapunov",
    )
    text = rule.blocks.program("tangent").text()
    assert "dX_21 solves A_22 dX_21 + dX_21 A_11^H" in text
    assert text.count("again") == 2


@pytest.mark.parametrize(
    ("inputs", "outputs", "equations", "reason"),
    [
        ({"A": "n n"}, {"Q": "n n unitary", "R": "n n upper"}, "Q @ R = A", "Q is unitary, and its blocks are not"),
        ({"A": "n n"}, {"P": "n n permutation", "L": "n n lower", "U": "n n unit upper"}, "L @ P @ U = A",
         "P is permutation"),
        ({"A": "n n"}, {"X": "n n"}, "A @ X = I", "no matrix has a structure"),
        ({"A": "m n"}, {"Q": "m m unitary", "R": "m n upper"}, "Q @ R = A", "Q is unitary"),  # its first part
        ({"K": "n n hermitian"}, {"L": "n n positive lower"}, "L @ L.H = K^-1", "inverse of K"),
        ({"A": "n n", "B": "n k"}, {"L": "n n unit lower", "U": "n n upper", "X": "n k"},
         ("L @ U = A", "A @ X = B"), "one equation is partitioned, not 2"),
        ({"A": "n n"}, {"L": "n n lower", "G": "n n"}, "L @ G = A", "no equation of blocks gives"),
    ],
)  # fmt: skip
def test_what_is_not_its_own_blocks_is_refused(inputs, outputs, equations, reason):
    rule = derive(inputs, outputs, equations, name="f")
    with pytest.raises(DerivationError, match=reason):
        rule.blocks.program("cotangent")
    assert rule.blocks.kernel("cotangent") is None


# -- blocks and closed forms agree -----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
@pytest.mark.parametrize("mode", ["tangent", "cotangent"])
@pytest.mark.parametrize("name", FACTORED)
def test_factorizations(name, mode, is_complex, order, rng, small):
    rule, structures = FACTORED[name]
    if mode == "tangent" and any(structure.endswith("diagonal") for structure in structures):
        assert rule.blocks.kernel(mode) is None  # there are no steps for it
        return
    assert apart(rule, mode, values_of(name, rng, 9, is_complex), rng, order=order) < 1e-13


@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
@pytest.mark.parametrize("mode", ["tangent", "cotangent"])
@pytest.mark.parametrize("name", SOLVES)
def test_triangular_solves(name, mode, is_complex, rng, small):
    rule = SOLVES[name]
    T = triangle(rng, name.partition(" T")[0].partition(" X")[0], 7, is_complex)
    X = draw(rng, *((7, 3) if name.endswith("X = B") else (3, 7)), is_complex=is_complex)
    B = X if name.endswith("= B") else None
    assert apart(rule, mode, {"T": T, "X": X, "B": B}, rng) < 1e-13


@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
@pytest.mark.parametrize("mode", ["tangent", "cotangent"])
def test_triangular_inverses(mode, is_complex, rng, small):
    T = triangle(rng, "lower", 9, is_complex)
    assert apart(INVERSE, mode, {"T": T, "X": np.linalg.inv(T)}, rng) < 1e-13


@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
def test_triangular_square_roots_have_a_rule_by_blocks_only(is_complex, rng, small):
    R = triangle(rng, "positive upper", 9, is_complex)
    dT, gR = np.triu(draw(rng, 9, 9, is_complex=is_complex)), np.triu(draw(rng, 9, 9, is_complex=is_complex))
    (dR,) = ROOT.blocks.kernel("tangent")([R @ R], [R], [dT])
    (gT,) = ROOT.blocks.kernel("cotangent")([R @ R], [R], [gR])
    np.testing.assert_allclose(R @ dR + dR @ R, dT, rtol=0, atol=1e-13 * np.linalg.norm(dT))
    assert not np.tril(dR, -1).any()
    assert not np.tril(gT, -1).any()
    assert np.vdot(gR, dR).real == pytest.approx(np.vdot(gT, dT).real, rel=1e-12)


@pytest.mark.parametrize("dtype", "fF")
@pytest.mark.parametrize("name", ["lu", "cholesky"])
def test_single_precision(name, dtype, rng, small):
    rule, _ = FACTORED[name]
    values = values_of(name, rng, 9, dtype == "F")
    assert apart(rule, "cotangent", values, rng, dtype) < 1e-5


@pytest.mark.parametrize("absent", ["L", "U"])
@pytest.mark.parametrize("name", ["lu", "lu-tall", "lu-wide"])
def test_absent_cotangents(name, absent, rng, small):
    rule, _ = FACTORED[name]
    assert apart(rule, "cotangent", values_of(name, rng, 9, False), rng, absent=(absent,)) < 1e-13


@pytest.mark.parametrize("wanted", ["T", "B"])
def test_only_what_is_wanted(wanted, rng, small):
    rule = SOLVES["lower T @ X = B"]
    T, X, gX = (
        triangle(rng, "lower", 7, False),
        draw(rng, 7, 3, is_complex=False),
        draw(rng, 7, 3, is_complex=False),
    )
    found = rule.blocks.kernel("cotangent", [wanted])([T, T @ X], [X], [gX])
    closed = rule.vjp({"T": T, "X": X, "B": T @ X}, {"X": gX})
    for symbol, x in zip(rule.inputs, found, strict=True):
        if symbol.name == wanted:
            np.testing.assert_allclose(x, closed[wanted], rtol=0, atol=1e-13)
        else:
            assert x is None


def test_batches_are_loops(rng, small):
    rule = named("cholesky")
    points = [values_of("cholesky", rng, 6, True) for _ in range(6)]
    A, L = (np.stack([p[name] for p in points]).reshape(2, 3, 6, 6) for name in "AL")
    gL = draw(rng, 36, 6, is_complex=True).reshape(2, 3, 6, 6)
    kernel = rule.blocks.kernel("cotangent")
    (gA,) = kernel([A], [L], [gL])
    for i in np.ndindex(2, 3):
        np.testing.assert_array_equal(gA[i], kernel([A[i]], [L[i]], [gL[i]])[0])


def test_arguments_keep_their_bits(rng, small):
    values = values_of("lu", rng, 9, True)
    gL, gU = draw(rng, 9, 9, is_complex=True), draw(rng, 9, 9, is_complex=True)
    arrays = [*values.values(), gL, gU]
    before = [x.copy() for x in arrays]
    for x in arrays:
        x.flags.writeable = False
    P, L, U, A = (values[name] for name in "PLUA")
    named("lu").blocks.kernel("cotangent")([A], [P, L, U], [None, gL, gU])
    for x, y in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(x, y)


def test_what_a_cotangent_has_outside_of_its_triangle_is_not_seen(rng, small):
    values = values_of("lu", rng, 9, False)
    P, L, U, A = (values[name] for name in "PLUA")
    kernel, gL, gU = (
        named("lu").blocks.kernel("cotangent"),
        draw(rng, 9, 9, is_complex=False),
        draw(rng, 9, 9, is_complex=False),
    )
    (whole,) = kernel([A], [P, L, U], [None, gL, gU])
    (inside,) = kernel([A], [P, L, U], [None, np.tril(gL, -1), np.triu(gU)])
    np.testing.assert_array_equal(whole, inside)


# -- what the kernel leaves to the closed form -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lu", "lu-tall", "lu-wide"])
def test_zero_pivots_are_left_to_the_closed_form(name, rng, small):
    values = values_of(name, rng, 5, False)
    values["U"][-1 if name != "lu-wide" else 2, -1 if name != "lu-wide" else 2] = 0
    operands, outputs = ([values[s.name] for s in own] for own in (named(name).inputs, named(name).outputs))
    vectors = [None, *outputs[1:]]
    assert named(name).blocks.kernel("cotangent")(operands, outputs, vectors) is None


def test_the_last_pivot_is_not_divided_by_at_any_size(rng):
    A = rng.normal(size=(N, N))
    A[:, -1] = A[:, 0]  # singular: U ends in zero, or in rounding
    gA = ln.grad(lambda A: np.sum(np.sin(la.lu(A)[1])))(A)
    with closed_forms():
        closed = ln.grad(lambda A: np.sum(np.sin(la.lu(A)[1])))(A)
    assert np.linalg.norm(gA - closed) <= 1e-10 * np.linalg.norm(closed)


def test_vectors_of_another_shape_are_left_to_the_closed_form(rng, small):
    values = values_of("cholesky", rng, 5, False)
    assert (
        named("cholesky").blocks.kernel("cotangent")([values["A"]], [values["L"]], [np.ones((5, 1))]) is None
    )


def test_factors_in_no_order_are_copied_once(rng, small):
    values = values_of("lu", rng, 9, True)
    P, L, U, A = (values[name] for name in "PLUA")
    kernel, g = named("lu").blocks.kernel("cotangent"), draw(rng, 9, 9, is_complex=True)
    turned = [np.flip(np.flip(X).copy()) for X in (L, U)]
    np.testing.assert_allclose(
        kernel([A], [P, *turned], [None, g, g])[0],
        kernel([A], [P, L, U], [None, g, g])[0],
        rtol=0,
        atol=1e-12,
    )


def test_mixed_types_are_left_to_the_closed_form(rng, small):
    values = values_of("cholesky", rng, 5, False)
    kernel = named("cholesky").blocks.kernel("cotangent")
    g = draw(rng, 5, 5, is_complex=False)
    assert kernel([values["A"]], [values["L"].astype(np.float32)], [g.astype(complex)]) is None
    assert kernel([values["A"]], [values["L"][None]], [g]) is None
    assert kernel([values["A"]], [values["L"].astype(int)], [g]) is None


def test_a_root_that_has_no_derivative_is_an_error(small):
    R = np.array([[1.0, 2, 3], [0, -1, 4], [0, 0, 2]])
    with pytest.raises(np.linalg.LinAlgError, match="with the opposite sign"):
        ROOT.blocks.kernel("cotangent")([R @ R], [R], [np.triu(np.ones((3, 3)))])


# -- in operations ---------------------------------------------------------------------------------------------------

N = 130  # above programs.LARGE, and no power of two


def ldl_of(A, lower):
    """Indefinite, with a zero diagonal: many pivots are blocks of order two."""
    lu, D, _ = la.ldl((A + A.T) * (1 - np.eye(N)), lower=lower)
    return np.sum(np.sin(lu)) + np.sum(np.cos(D))


def lu_of(A):
    _, L, U = la.lu(A)
    return np.sum(L * np.cos(np.arange(L.size).reshape(L.shape))) + np.sum(U * U)


@pytest.mark.parametrize(
    ("f", "shape"),
    [
        (lu_of, (N, N)),
        (lu_of, (N + 20, N)),
        (lu_of, (N, N + 20)),
        (lu_of, (2, N, N)),
        (lambda A: np.sum(np.sin(np.linalg.cholesky(A @ A.swapaxes(-1, -2) + N * np.eye(N)))), (N, N)),
        (lambda A: ldl_of(A, lower=True), (N, N)),
        (lambda A: ldl_of(A, lower=False), (N, N)),
        (lambda A: np.sum(np.sin(la.solve_triangular(A + N * np.eye(N), A, lower=True))), (N, N)),
        (lambda A: np.sum(np.sin(la.solve_triangular(A + N * np.eye(N), A, trans="T"))), (N, N)),
    ],
    ids=[
        "lu",
        "lu-tall",
        "lu-wide",
        "lu-batched",
        "cholesky",
        "ldl-lower",
        "ldl-upper",
        "solve-lower",
        "solve-transposed",
    ],
)
def test_gradients_by_blocks_are_those_of_closed_forms(f, shape, rng):
    A = rng.normal(size=shape)
    with ln.counters() as ran:
        by_blocks = ln.grad(f)(A)
    with closed_forms(), ln.counters() as otherwise:
        closed = ln.grad(f)(A)
    assert ran != otherwise  # two ways indeed
    assert np.linalg.norm(by_blocks - closed) <= 1e-12 * np.linalg.norm(closed)


def gram(A):
    return A @ A.conj().swapaxes(-1, -2) + N * np.eye(N)


@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
@pytest.mark.parametrize(
    ("f", "shape"),
    [
        (lambda A: la.lu(A)[1:], (N, N)),
        (lambda A: la.lu(A)[1:], (N + 20, N)),
        (lambda A: la.lu(A)[1:], (N, N + 20)),
        (lambda A: la.lu(A)[1:], (2, N, N)),
        (lambda A: (np.linalg.cholesky(gram(A)),), (N, N)),
        (lambda A: (np.linalg.cholesky(gram(A)),), (2, N, N)),
        (lambda A: (la.cholesky(gram(A)),), (N, N)),
    ],
    ids=["lu", "lu-tall", "lu-wide", "lu-batched", "cholesky", "cholesky-batched", "cholesky-upper"],
)
def test_tangents_by_blocks_are_those_of_closed_forms(f, shape, is_complex, rng):
    A, dA = (draw(rng, *shape, is_complex=is_complex) for _ in range(2))
    with ln.counters() as ran:
        _, by_blocks = ln.jvp(f, (A,), (dA,))
    with closed_forms(), ln.counters() as otherwise:
        _, closed = ln.jvp(f, (A,), (dA,))
    assert ran != otherwise  # two ways indeed
    for one, other in zip(by_blocks, closed, strict=True):
        assert np.linalg.norm(one - other) <= 1e-12 * np.linalg.norm(other)
        np.testing.assert_array_equal(one == 0, other == 0)  # triangles stay triangles


def test_replayed_tangents_run_by_blocks(rng):
    A, B, dA = (gram(rng.normal(size=(N, N))) for _ in range(3))
    push = ln.compile(lambda A, dA: ln.jvp(np.linalg.cholesky, (A,), (dA,))[1])
    small = np.eye(3)
    push(small, small)  # by the closed form, in a step of its own
    push(A, dA)
    np.testing.assert_array_equal(push(B, dA), ln.jvp(np.linalg.cholesky, (B,), (dA,))[1])
    assert push.statistics.replayed == 1
    assert "cholesky_tangent" in push.source


@pytest.mark.parametrize("leaf", [1, 2, 3, 5])
@pytest.mark.parametrize("lower", [True, False], ids=["lower", "upper"])
@pytest.mark.parametrize(
    ("hermitian", "is_complex"),
    [(True, False), (True, True), (False, True)],
    ids=["real", "hermitian", "symmetric"],
)
def test_pivots_of_order_two_are_never_cut(hermitian, is_complex, lower, leaf, rng, small, monkeypatch):
    monkeypatch.setattr(programs, "LEAF", leaf)
    A = draw(rng, 11, 11, is_complex=is_complex)
    A = A + (A.conj().T if hermitian else A.T)
    A[np.arange(11), np.arange(11)] = 0
    (lu, D), pullback = ln.vjp(lambda A: la.ldl(A, lower=lower, hermitian=hermitian)[:2], A)
    assert np.any(np.diagonal(D, 1))
    for g in ((lu, D), (lu, None), (None, D)):
        (by_blocks,) = pullback(g)
        with closed_forms():
            (closed,) = pullback(g)
        assert np.linalg.norm(by_blocks - closed) <= 1e-12 * np.linalg.norm(closed)


def test_a_rule_answers_the_engine_by_blocks(rng):
    A, gL = rng.normal(size=(2, N, N))
    A = A @ A.T + N * np.eye(N)
    rule, L = named("cholesky"), np.linalg.cholesky(A)
    kernel, program = rule.kernel((True,), (True,)), rule.cotangent((True,), (True,))
    (by_blocks,), (closed,) = kernel([A], [L], [gL]), program([A], [L], [gL])
    assert np.linalg.norm(by_blocks - closed) <= 1e-12 * np.linalg.norm(closed)
    (forward,), (expected,) = (
        rule.tangent_kernel((True,))([A], [L], [gL + gL.T]),
        rule.tangent((True,))([A], [L], [gL + gL.T]),
    )
    assert np.linalg.norm(forward - expected) <= 1e-12 * np.linalg.norm(expected)
    assert rule.pays([A])
    assert rule.tangent_pays([A])
    assert not rule.pays([A[:9, :9]])


@pytest.mark.parametrize("n", [5, N], ids=["small", "large"])
def test_operations_of_users_run_by_blocks(n, rng, monkeypatch):
    rule = derive({"S": "n n hermitian"}, {"L": "n n positive lower"}, "L @ L.H = S", name="users_cholesky")
    monkeypatch.setattr(primitive, "primitives", {})  # for this test alone
    monkeypatch.setattr(primitive, "table", {})
    cholesky = ln.kinds.composition("users_cholesky", np.linalg.cholesky, lambda: rule, last=1)
    A = rng.normal(size=(n, n))
    S = A @ A.T + n * np.eye(n)
    g = ln.grad(lambda S: np.sum(np.sin(cholesky(S))))(S)
    expected = ln.grad(lambda S: np.sum(np.sin(np.linalg.cholesky(S))))(S)
    np.testing.assert_allclose(g, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("n", [7, N], ids=["small", "large"])
def test_replays_are_calls(n, rng):
    A, B = rng.normal(size=(2, n, n))
    gradient = ln.compile(ln.grad(lu_of))
    gradient(A)
    np.testing.assert_array_equal(gradient(B), ln.grad(lu_of)(B))


def test_second_derivatives_do_not_meet_kernels(rng):
    A, V = rng.normal(size=(N, N)), rng.normal(size=(N, N))
    C = A @ A.T + N * np.eye(N)

    def f(C):
        return np.sum(np.sin(np.linalg.cholesky(C)))

    _, hvp = ln.jvp(ln.grad(f), (C,), (V + V.T,))
    h = 1e-5
    difference = (ln.grad(f)(C + h * (V + V.T)) - ln.grad(f)(C - h * (V + V.T))) / (2 * h)
    assert np.linalg.norm(hvp - difference) <= 1e-7 * np.linalg.norm(hvp)


def eliminated(A):
    """L and U without exchanges of rows."""
    A = A.copy()
    for k in range(len(A) - 1):
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return np.tril(A, -1) + np.eye(len(A), dtype=A.dtype), np.triu(A)


def backward(T, B):
    """T^-1 B for an upper triangle."""
    X = B.copy()
    for i in reversed(range(len(T))):
        X[i] = (X[i] - T[i, i + 1 :] @ X[i + 1 :]) / T[i, i]
    return X


@pytest.mark.skipif(np.finfo(np.longdouble).eps > 1e-18, reason="there is no precision beyond double's")
@pytest.mark.parametrize("seed", range(3))
def test_where_factors_grow_closed_forms_lose_less(seed, small):
    rng, rule, n = np.random.default_rng(seed), ELIMINATION, 40
    A, gL, gU = rng.normal(size=(3, n, n))
    L, U = (X.astype(float) for X in eliminated(A.astype(np.longdouble)))
    exact_L, exact_U = L.astype(np.longdouble), U.astype(np.longdouble)
    M = np.tril(exact_L.T @ gL, -1) + np.triu(gU @ exact_U.T)
    exact = backward(exact_U, backward(exact_L.T, M).T).T
    closed = rule.vjp({"A": A, "L": L, "U": U}, {"L": gL, "U": gU})["A"]
    (blocks,) = rule.blocks.kernel("cotangent")([A], [L, U], [gL, gU])
    assert np.linalg.norm(closed - exact) < 0.3 * np.linalg.norm(blocks - exact)
    assert np.linalg.norm(blocks - exact) < 1e-9 * np.linalg.norm(exact)


# -- fuzz ------------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    name=st.sampled_from([*FACTORED, *SOLVES]),
    n=st.integers(1, 12),
    leaf=st.integers(1, 4),
    mode=st.sampled_from(["tangent", "cotangent"]),
    is_complex=st.booleans(),
    order=st.sampled_from("CF"),
)
def test_any_size_of_blocks(seed, name, n, leaf, mode, is_complex, order):
    rng = np.random.default_rng(seed)
    if name in FACTORED:
        rule, values = FACTORED[name][0], values_of(name, rng, n, is_complex)
    else:
        rule = SOLVES[name]
        X = draw(rng, *((n, 3) if name.endswith("X = B") else (3, n)), is_complex=is_complex)
        structure = name.partition(" T")[0].partition(" X")[0]
        values = {"T": triangle(rng, structure, n, is_complex), "X": X, "B": X}
    if name in ("ldl", "ldl-symmetric", "ldu"):
        mode = "cotangent"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "LEAF", leaf)
        patch.setattr(triangles, "_LEAF", leaf)
        assert apart(rule, mode, values, rng, order=order) < 1e-12


# -- laws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lu", "cholesky", "solve_triangular", "ldl", "ldl_symmetric"])
def test_laws_hold_where_every_size_is_large(name, small):
    """Kernels agree with programs for every subset of cotangents, batched, in every layout, and are adjoints."""
    found = check([name], laws=["kernel", "adjoint"]).findings
    assert {finding.law for finding in found} == {"kernel", "adjoint"}
    assert not [str(finding) for finding in found if not finding.holds]
