"""Operations by equations and structures, each with values that solve its equations."""

from fractions import Fraction

import numpy as np
from scipy.linalg import lu, solve_sylvester

from linad.derive.members import members
from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.algebra.words import Atom, Symbol


def symbols(text):
    """``L n n unit lower; U n k upper``."""
    parts = [part.split(maxsplit=3) for part in text.split(";") if part.strip()]
    return [Symbol(name, rows, columns, structures[structure]) for name, rows, columns, structure in parts]


def expression(text):
    """``P L U - A``; V.H is the adjoint, V.T the transpose, A^-1 the inverse, I the identity."""
    signed = text.replace(" - ", " + -").split(" + ")
    return {word_of(word.removeprefix("-")): Fraction(-1 if word.startswith("-") else 1) for word in signed}


def word_of(text):
    atoms = []
    for factor in text.split():
        name, _, op = factor.replace("^-1", "").partition(".")
        atoms.append(Atom(name, op, "^-1" in factor))
    return () if text == "I" else tuple(atoms)


def draw(structure, shape, rng, is_complex):
    return members[structure].random(shape, rng, is_complex)


def positive_qr(A):
    """QR with a positive diagonal of R."""
    Q, R = np.linalg.qr(A)
    phases = np.diagonal(R) / abs(np.diagonal(R))
    return Q * phases, R / phases[:, None]


def lu_of(m, n, seed, kind):
    A = draw("general", (m, n), seed, kind)
    P, L, U = lu(A)
    return {"A": A, "P": P, "L": L, "U": U}


def lu_of_product(rng, kind):
    A, B = (draw("general", (4, 4), rng, kind) for _ in "AB")
    P, L, U = lu(A @ B)
    return {"A": A, "B": B, "P": P, "L": L, "U": U}


def cholesky(rng, kind):
    S = draw("positive definite", (4, 4), rng, kind)
    return {"S": S, "L": np.linalg.cholesky(S)}


def cholesky_of_product(rng, kind):
    A = draw("general", (4, 4), rng, kind)
    return {"A": A, "L": np.linalg.cholesky(A @ A.conj().T)}


def cholesky_then_solve(rng, kind):
    B = draw("general", (4, 3), rng, kind)
    values = cholesky(rng, kind)
    return {**values, "B": B, "X": np.linalg.solve(values["S"], B)}


def ldl(rng, kind):
    L, D = draw("unit lower", (4, 4), rng, kind), draw("real diagonal", (4, 4), rng, kind)
    return {"S": L @ D @ L.conj().T, "L": L, "D": D}


def ldl_transposed(rng, kind):
    L, D = draw("unit lower", (4, 4), rng, kind), draw("diagonal", (4, 4), rng, kind)
    return {"Z": L @ D @ L.T, "L": L, "D": D}


def qr(m, n, rng, kind):
    A = draw("general", (m, n), rng, kind)
    Q, R = positive_qr(A)
    return {"A": A, "Q": Q, "R": R}


def qr_of_quotient(rng, kind):
    A, B = (draw("general", (4, 4), rng, kind) for _ in "AB")
    Q, R = positive_qr(np.linalg.solve(A, B))
    return {"A": A, "B": B, "Q": Q, "R": R}


def eigh(rng, kind):
    V, w = draw("unitary", (4, 4), rng, kind), draw("real diagonal", (4, 4), rng, kind)
    return {"A": V @ w @ V.conj().T, "V": V, "w": w}


def svd(m, n, rng, kind):
    U, V = draw("unitary", (m, n), rng, kind), draw("unitary", (n, n), rng, kind)
    s = abs(draw("real diagonal", (n, n), rng, kind))
    return {"A": U @ s @ V.conj().T, "U": U, "s": s, "V": V}


def solve(name, structure, rng, kind):
    A, B = draw(structure, (4, 4), rng, kind), draw("general", (4, 3), rng, kind)
    return {name: A, "B": B, "X": np.linalg.solve(A, B)}


def product_with_unitary(m, n, rng, kind):
    Q, B = draw("unitary", (m, n), rng, kind), draw("general", (n, 3), rng, kind)
    return {"Q": Q, "B": B, "X": Q @ B}


def svd_with_phases(rng, kind):
    U, s, V = (draw(name, (4, 4), rng, kind) for name in ("unitary", "diagonal", "unitary"))
    return {"A": U @ s @ V.conj().T, "U": U, "s": s, "V": V}


def inverse(rng, kind):
    A = draw("general", (4, 4), rng, kind)
    return {"A": A, "X": np.linalg.inv(A)}


def sylvester(rng, kind):
    A, B, C = (draw("general", (4, 4), rng, kind) for _ in "ABC")
    return {"A": A, "B": B, "C": C, "X": solve_sylvester(A, B, C)}


A_N, A_M, AB = "A n n general", "A m n general", "A n n general; B n n general"
LU = "L n n unit lower; U n n upper"
QR, EIGH = "Q n n unitary; R n n positive upper", "V n n unitary; w n n real diagonal"
SVD = "s n n real diagonal; V n n unitary"

# Name: inputs, outputs, equations, values(rng, is_complex), and the gauge's dimension, real and complex.
CATALOGUE = {
    "lu": (A_N, "P n n permutation;" + LU, ["P L U - A"], lambda *a: lu_of(4, 4, *a), 0, 0),
    "lu-tall": (
        A_M,
        "P m m permutation; L m n unit lower; U n n upper",
        ["P L U - A"],
        lambda *a: lu_of(6, 4, *a),
        0,
        0,
    ),
    "lu-wide": (
        A_M,
        "P m m permutation; L m m unit lower; U m n upper",
        ["P L U - A"],
        lambda *a: lu_of(4, 6, *a),
        0,
        0,
    ),
    "lu-of-product": (AB, "P n n permutation;" + LU, ["P L U - A B"], lu_of_product, 0, 0),
    "cholesky": ("S n n hermitian", "L n n positive lower", ["L L.H - S"], cholesky, 0, 0),
    "cholesky-of-product": (A_N, "L n n positive lower", ["L L.H - A A.H"], cholesky_of_product, 0, 0),
    "cholesky-then-solve": (
        "S n n hermitian; B n k general",
        "L n n positive lower; X n k general",
        ["L L.H - S", "S X - B"],
        cholesky_then_solve,
        0,
        0,
    ),
    "ldl": ("S n n hermitian", "L n n unit lower; D n n real diagonal", ["L D L.H - S"], ldl, 0, 0),
    "ldl-transposed": (
        "Z n n symmetric",
        "L n n unit lower; D n n diagonal",
        ["L D L.T - Z"],
        ldl_transposed,
        0,
        0,
    ),
    "qr": (A_N, QR, ["Q R - A"], lambda *a: qr(4, 4, *a), 0, 0),
    "qr-tall": (
        A_M,
        "Q m n unitary; R n n positive upper",
        ["Q R - A"],
        lambda *a: qr(6, 4, *a),
        0,
        0,
    ),
    "qr-of-quotient": (AB, QR, ["Q R - A^-1 B"], qr_of_quotient, 0, 0),
    "eigh-columns": ("A n n hermitian", EIGH, ["A V - V w"], eigh, 0, 4),
    "eigh-product": ("A n n hermitian", EIGH, ["V w V.H - A"], eigh, 0, 4),
    "svd": (A_N, "U n n unitary;" + SVD, ["U s V.H - A"], lambda *a: svd(4, 4, *a), 0, 4),
    "svd-tall": (A_M, "U m n unitary;" + SVD, ["U s V.H - A"], lambda *a: svd(6, 4, *a), 0, 4),
    "svd-with-phases": (
        A_N,
        "U n n unitary; s n n diagonal; V n n unitary",
        ["U s V.H - A"],
        svd_with_phases,
        0,
        8,
    ),
    "solve": (
        "A n n general; B n k general",
        "X n k general",
        ["A X - B"],
        lambda *a: solve("A", "general", *a),
        0,
        0,
    ),
    "solve-triangular": (
        "L n n lower; B n k general",
        "X n k general",
        ["L X - B"],
        lambda *a: solve("L", "lower", *a),
        0,
        0,
    ),
    "solve-unitary": (
        "Q n n unitary; B n k general",
        "X n k general",
        ["Q.H X - B"],
        lambda *a: product_with_unitary(4, 4, *a),
        0,
        0,
    ),
    "product-with-columns": (
        "Q m n unitary; B n k general",
        "X m k general",
        ["X - Q B"],
        lambda *a: product_with_unitary(6, 4, *a),
        0,
        0,
    ),
    "inv": (A_N, "X n n general", ["A X - I"], inverse, 0, 0),
    "sylvester": (
        AB + "; C n n general",
        "X n n general",
        ["A X + X B - C"],
        sylvester,
        0,
        0,
    ),
}


def problem(name, rng, is_complex):
    """Inputs, outputs, equations and values of an operation, and the dimension of its gauge."""
    inputs, outputs, equations, values, *gauge = CATALOGUE[name]
    return (
        symbols(inputs),
        symbols(outputs),
        [expression(equation) for equation in equations],
        values(rng, is_complex),
        gauge[is_complex],
    )
