"""Derived cotangents are those of PyTorch and JAX, at the factors that these compute, to rounding.

What differs by convention is one function each: the conjugate of JAX, the gauge of singular and eigenvectors, the
triangle that is read of a Hermitian matrix, the field of a real matrix with complex eigenvalues, diagonals as vectors.
"""

import numpy as np
import pytest

from linad.derive import derive
from linad.derive.catalogue import ENTRIES, rule
from linad.derive.draws import draws
from linad.derive.oracle import Oracle
from linad.derive.symbolic.algebra.words import Algebra
from linad.derive.symbolic.parsing.parse import parse_equation
from tests.derive.cases import apart

pytestmark = pytest.mark.slow

# -- the operations, with the names that linad's rules have for their matrices --------------------------------------


def of_torch():
    """Operations by name, and how one is pulled back."""
    torch = pytest.importorskip("torch")
    la, triangular = torch.linalg, torch.linalg.solve_triangular

    def cholesky_then_solve(A, B):
        L = la.cholesky(A)
        return {"L": L, "X": torch.cholesky_solve(B, L)}

    def lu_then_solve(A, B):
        P, L, U = la.lu(A)
        Y = triangular(L, P.mT @ B, upper=False, unitriangular=True)
        return {"P": P, "L": L, "U": U, "X": triangular(U, Y, upper=True)}

    def svd(A):
        U, s, Vh = la.svd(A, full_matrices=False)
        return {"U": U, "s": s, "V": Vh.mH}

    operations = {
        "solve": lambda A, B: {"X": la.solve(A, B)},
        "solve-triangular": lambda T, B: {"X": triangular(T, B, upper=False)},
        "inv": lambda A: {"X": la.inv(A)},
        "lu": lambda A: dict(zip("PLU", la.lu(A), strict=True)),
        "lu-then-solve": lu_then_solve,
        "cholesky": lambda A: {"L": la.cholesky(A)},
        "cholesky-then-solve": cholesky_then_solve,
        "qr": lambda A: dict(zip("QR", la.qr(A), strict=True)),
        "eigh": lambda A: dict(zip("wV", la.eigh(A), strict=True)),
        "eig": lambda A: dict(zip("wV", la.eig(A), strict=True)),
        "svd": svd,
        "det": lambda A: {"value": la.det(A)},
        "logabsdet": lambda A: {"value": la.slogdet(A).logabsdet},
    }

    def pulled(function, arguments):
        arguments = [torch.tensor(X, requires_grad=True) for X in arguments]
        outputs = function(*arguments)

        def pullback(gY):
            given = [torch.tensor(g) for g in gY.values()]
            return [
                g.resolve_conj().numpy()
                for g in torch.autograd.grad([outputs[n] for n in gY], arguments, given)
            ]

        return {name: Y.detach().resolve_conj().numpy() for name, Y in outputs.items()}, pullback

    return operations, pulled


def of_jax():
    """Operations by name, and how one is pulled back."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    la, lax, scipy = jax.numpy.linalg, jax.lax.linalg, jax.scipy.linalg
    triangular = scipy.solve_triangular

    def cholesky_then_solve(A, B):
        L = la.cholesky(A)
        return {"L": L, "X": scipy.cho_solve((L, True), B)}

    def lu_then_solve(A, B):
        P, L, U = scipy.lu(A)
        Y = triangular(L, P.T @ B, lower=True, unit_diagonal=True)
        return {"P": P, "L": L, "U": U, "X": triangular(U, Y)}

    def eig(A):
        return dict(
            zip("wV", lax.eig(A, compute_left_eigenvectors=False, enable_eigvec_derivs=True), strict=True)
        )

    def svd(A):
        U, s, Vh = la.svd(A, full_matrices=False)
        return {"U": U, "s": s, "V": Vh.conj().T}

    operations = {
        "solve": lambda A, B: {"X": la.solve(A, B)},
        "solve-triangular": lambda T, B: {"X": triangular(T, B, lower=True)},
        "inv": lambda A: {"X": la.inv(A)},
        "lu": lambda A: dict(zip("PLU", scipy.lu(A), strict=True)),
        "lu-then-solve": lu_then_solve,
        "cholesky": lambda A: {"L": la.cholesky(A)},
        "cholesky-then-solve": cholesky_then_solve,
        "qr": lambda A: dict(zip("QR", la.qr(A), strict=True)),
        "eigh": lambda A: dict(zip("wV", la.eigh(A), strict=True)),
        "eig": eig,
        "svd": svd,
        "det": lambda A: {"value": la.det(A)},
        "logabsdet": lambda A: {"value": la.slogdet(A)[1]},
    }

    def pulled(function, arguments):
        outputs, pull = jax.vjp(function, *map(jax.numpy.asarray, arguments))

        def pullback(gY):
            given = {n: conjugate(gY[n]) if n in gY else np.zeros_like(Y) for n, Y in outputs.items()}
            return [conjugate(np.asarray(g)) for g in pull(given)]

        return {name: np.asarray(Y) for name, Y in outputs.items()}, pullback

    return operations, pulled


PEERS = {"torch": of_torch, "jax": of_jax}

# -- what differs by convention ------------------------------------------------------------------------------------


def conjugate(g):
    """JAX's cotangents are the conjugates: dz = Re tr(g^T dX), not Re tr(g^H dX)."""
    return np.conj(g)


def gauge_invariant(rule, values, gY):
    """The cotangents of costs that do not see the phases, which everyone fixes differently."""
    symbols = (*rule.inputs, *rule.outputs)
    equations = [parse_equation(text, Algebra(symbols)) for text in rule.equations]
    whole, gY = matrices(rule, values), matrices(rule, gY)
    gY = Oracle(rule.inputs, rule.outputs, equations, whole).modulo_gauge(gY)
    diagonal = {s.name for s in rule.outputs if s.structure.diagonal}
    return {n: np.diagonal(g).copy() if n in diagonal else g for n, g in gY.items()}


def matrices(rule, values):
    """Rules take diagonal matrices as vectors, the oracle as matrices."""
    diagonal = {s.name for s in (*rule.inputs, *rule.outputs) if s.structure.diagonal}
    return {n: np.diag(X) if n in diagonal else X for n, X in values.items()}


def hermitian(rule, name, g):
    """A function that reads one triangle has a gradient only up to what is skew: Hermitian parts agree."""
    symbol = next(s for s in rule.inputs if s.name == name)
    return (g + g.conj().T) / 2 if symbol.structure.self_adjoint else g


def of_field(X, g):
    """The gradient of a real matrix is real, also where its eigenvalues are not."""
    return g if np.iscomplexobj(X) else np.real(g)


# -- cases ---------------------------------------------------------------------------------------------------------

DECLARED = {
    "lu-then-solve": (
        {"A": "n n", "B": "n k"},
        {"P": "n n permutation", "L": "n n unit lower", "U": "n n upper", "X": "n k"},
        ("P @ L @ U = A", "A @ X = B"),
    ),
    "qr-wide": ({"A": "m n"}, {"Q": "m m unitary", "R": "m n positive upper"}, ("Q @ R = A",)),
    "eig": ({"A": "n n"}, {"w": "n n diagonal", "V": "n n unit columns"}, ("A @ V = V @ w",)),
    "svd-wide": (
        {"A": "m n"},
        {"U": "m m unitary", "s": "m m positive diagonal", "V": "n m unitary"},
        ("U @ s @ V.H = A",),
    ),
}
SQUARE, TALL, WIDE = (4, 4), (6, 4), (4, 6)
SHAPES = {"lu": (SQUARE, TALL, WIDE), "qr": (SQUARE, TALL, WIDE), "svd": (SQUARE, TALL, WIDE)}
NAMES = ("solve", "solve-triangular", "inv", "lu", "lu-then-solve", "cholesky", "cholesky-then-solve")
NAMES += ("qr", "eigh", "eig", "svd")


def rule_of(name, shape):
    m, n = shape
    name += "-tall" if m > n else "-wide" if m < n else ""
    return rule(name) if name in ENTRIES else derive(*DECLARED[name], name=name.replace("-", "_"))


def draw(name, symbol, shape, rng, is_complex):
    """An input: by its structure, with singular values apart where they are divided by."""
    if name == "svd":
        r = min(shape)
        U, V = (draws["unitary"]((k, r), rng, is_complex) for k in shape)
        return U * (1 + np.arange(r) + 0.5 * rng.random(r)) @ V.conj().T
    structure = "positive definite" if "cholesky" in name and symbol == "A" else "general"
    structure = "hermitian" if name == "eigh" else "lower" if symbol == "T" else structure
    return draws[structure]((shape[0], 3) if symbol == "B" else shape, rng, is_complex)


def each(names, shapes=SHAPES):
    return pytest.mark.parametrize(
        ("peer", "name", "shape", "is_complex", "seed"),
        [
            pytest.param(
                *(peer, name, shape, is_complex, seed),
                id=f"{peer}-{name}-{shape[0]}x{shape[1]}-{'complex' if is_complex else 'real'}-{seed}",
            )
            for peer in PEERS
            for name in names
            for shape in shapes.get(name, (SQUARE,))
            for is_complex in (False, True)
            for seed in range(2)
        ],
    )


@each(NAMES)
def test_cotangents_are_those_of_a_peer(peer, name, shape, is_complex, seed):
    operations, pulled = PEERS[peer]()
    rng = np.random.default_rng(seed)
    rule = rule_of(name, shape)
    values = {s.name: draw(name, s.name, shape, rng, is_complex) for s in rule.inputs}
    outputs, pullback = pulled(operations[name], values.values())
    values |= outputs
    gY = {
        s.name: draws["general"](outputs[s.name].shape, rng, np.iscomplexobj(outputs[s.name]))
        for s in rule.outputs
        if not s.structure.fixed
    }
    gY = gauge_invariant(rule, values, gY)
    theirs = dict(zip((s.name for s in rule.inputs), pullback(gY), strict=True))
    theirs = {n: hermitian(rule, n, g) for n, g in theirs.items()}
    ours = {n: of_field(values[n], g) for n, g in rule.vjp(values, gY).items()}
    assert apart(ours, theirs) < 1e-12


@each(("det", "logabsdet"))
def test_the_gradient_of_a_determinant_comes_from_the_diagonal_of_u(peer, name, shape, is_complex, seed):
    operations, pulled = PEERS[peer]()
    A = draws["general"](shape, np.random.default_rng(seed), is_complex)
    values = {"A": A, **pulled(operations["lu"], [A])[0]}
    u = np.diagonal(values["U"])
    value, pullback = pulled(operations[name], [A])
    gU = np.diag((value["value"].conj() if name == "det" else 1) / u.conj())
    ours = rule("lu").vjp(values, {"U": gU})
    assert apart(ours, {"A": pullback({"value": np.ones_like(value["value"])})[0]}) < 1e-12
