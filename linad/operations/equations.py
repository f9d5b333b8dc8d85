"""The defining equations of operations, by name: data, from which rules are derived when they are first needed.

Each matrix is declared by its dimensions, as letters, and its structure. Operations that have a kernel refer to their
entry by name; the others are there to be derived and read.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """The declaration of an operation."""

    inputs: dict[str, str]
    outputs: dict[str, str]
    equations: tuple[str, ...]


_SQUARE, _ANY = {"A": "n n"}, {"A": "m n"}
_HERMITIAN, _DEFINITE = {"A": "n n hermitian"}, {"A": "n n positive definite"}
_LU = {"P": "n n permutation", "L": "n n unit lower", "U": "n n upper"}
_TWO = {"A": "n n", "B": "n n"}
_RIGHT = {"A": "n n", "B": "n k"}


def _svd(m: str, n: str, k: str) -> dict[str, str]:
    return {"U": f"{m} {k} unitary", "s": f"{k} {k} positive diagonal", "V": f"{n} {k} unitary"}


def _svd_adjoint(m: str, n: str, k: str) -> dict[str, str]:
    rows = "unitary" if n == k else "orthonormal rows"
    return {"U": f"{m} {k} unitary", "s": f"{k} {k} positive diagonal", "Vh": f"{k} {n} {rows}"}


ENTRIES: dict[str, Entry] = {
    "matmul": Entry({"A": "m k", "B": "k n"}, {"X": "m n"}, ("X = A @ B",)),
    "solve": Entry(_RIGHT, {"X": "n k"}, ("A @ X = B",)),
    "solve-hermitian": Entry({"A": "n n positive definite", "B": "n k"}, {"X": "n k"}, ("A @ X = B",)),
    "solve-both-sides": Entry({"A": "m m", "B": "n n", "C": "m n"}, {"X": "m n"}, ("A @ X @ B = C",)),
    "solve-triangular": Entry({"T": "n n lower", "B": "n k"}, {"X": "n k"}, ("T @ X = B",)),
    "inv": Entry(_SQUARE, {"X": "n n"}, ("A @ X = I",)),
    "lu": Entry(_SQUARE, _LU, ("P @ L @ U = A",)),
    "lu-tall": Entry(
        _ANY, {"P": "m m permutation", "L": "m n unit lower", "U": "n n upper"}, ("P @ L @ U = A",)
    ),
    "lu-wide": Entry(
        _ANY, {"P": "m m permutation", "L": "m m unit lower", "U": "m n upper"}, ("P @ L @ U = A",)
    ),
    "lu-complete": Entry(_SQUARE, {**_LU, "Q": "n n permutation"}, ("P @ L @ U @ Q = A",)),
    "ldu": Entry(
        _SQUARE, {"L": "n n unit lower", "D": "n n diagonal", "U": "n n unit upper"}, ("L @ D @ U = A",)
    ),
    "ul": Entry(_SQUARE, {"U": "n n unit upper", "L": "n n lower"}, ("U @ L = A",)),
    "cholesky": Entry(_HERMITIAN, {"L": "n n positive lower"}, ("L @ L.H = A",)),
    "cholesky-upper": Entry(_HERMITIAN, {"U": "n n positive upper"}, ("U.H @ U = A",)),
    "cholesky-reversed": Entry(_HERMITIAN, {"U": "n n positive upper"}, ("U @ U.H = A",)),
    "cholesky-of-inverse": Entry(_DEFINITE, {"L": "n n positive lower"}, ("L @ L.H = A^-1",)),
    "ldl": Entry(_HERMITIAN, {"L": "n n unit lower", "D": "n n real diagonal"}, ("L @ D @ L.H = A",)),
    "ldl-symmetric": Entry(
        {"A": "n n symmetric"}, {"L": "n n unit lower", "D": "n n diagonal"}, ("L @ D @ L.T = A",)
    ),
    "whitening": Entry(
        {"K": "n n positive definite", "G": "n n positive definite"},
        {"L": "n n positive lower"},
        ("L @ K @ L.H = G",),
    ),
    "qr": Entry(_SQUARE, {"Q": "n n unitary", "R": "n n positive upper"}, ("Q @ R = A",)),
    "qr-tall": Entry(_ANY, {"Q": "m n unitary", "R": "n n positive upper"}, ("Q @ R = A",)),
    "qr-wide": Entry(_ANY, {"Q": "m m unitary", "R": "m n positive upper"}, ("Q @ R = A",)),
    "qr-pivoted": Entry(
        _ANY,
        {"P": "n n permutation", "Q": "m n unitary", "R": "n n positive upper"},
        ("A @ P = Q @ R",),
    ),
    "lq": Entry(_SQUARE, {"L": "n n positive lower", "Q": "n n unitary"}, ("L @ Q = A",)),
    "lq-wide": Entry(_ANY, {"L": "m m positive lower", "Q": "m n orthonormal rows"}, ("L @ Q = A",)),
    "rq": Entry(_SQUARE, {"R": "n n positive upper", "Q": "n n unitary"}, ("R @ Q = A",)),
    "ql": Entry(_SQUARE, {"Q": "n n unitary", "L": "n n positive lower"}, ("Q @ L = A",)),
    "eigh": Entry(_HERMITIAN, {"w": "n n real diagonal", "V": "n n unitary"}, ("A @ V = V @ w",)),
    "eigh-product": Entry(_HERMITIAN, {"w": "n n real diagonal", "V": "n n unitary"}, ("V @ w @ V.H = A",)),
    "eigh-generalized": Entry(
        {"A": "n n hermitian", "B": "n n positive definite"},
        {"w": "n n real diagonal", "V": "n n"},
        ("A @ V = B @ V @ w", "V.H @ B @ V = I"),
    ),
    "eig": Entry(_SQUARE, {"w": "n n diagonal", "V": "n n unit columns"}, ("A @ V = V @ w",)),
    "eig-generalized": Entry(_TWO, {"w": "n n diagonal", "V": "n n unit columns"}, ("A @ V = B @ V @ w",)),
    "schur": Entry(_SQUARE, {"Z": "n n unitary", "T": "n n upper"}, ("Z @ T @ Z.H = A",)),
    "svd": Entry(_SQUARE, _svd("n", "n", "n"), ("U @ s @ V.H = A",)),
    "svd-tall": Entry(_ANY, _svd("m", "n", "n"), ("U @ s @ V.H = A",)),
    "svd-wide": Entry(_ANY, _svd("m", "n", "m"), ("U @ s @ V.H = A",)),
    "svd-adjoint": Entry(_SQUARE, _svd_adjoint("n", "n", "n"), ("U @ s @ Vh = A",)),
    "svd-tall-adjoint": Entry(_ANY, _svd_adjoint("m", "n", "n"), ("U @ s @ Vh = A",)),
    "svd-wide-adjoint": Entry(_ANY, _svd_adjoint("m", "n", "m"), ("U @ s @ Vh = A",)),
    "svd-low-rank": Entry(_ANY, _svd("m", "n", "k"), ("U @ s @ V.H = A",)),
    "polar": Entry(_SQUARE, {"U": "n n unitary", "P": "n n positive definite"}, ("U @ P = A",)),
    "polar-tall": Entry(_ANY, {"U": "m n unitary", "P": "n n positive definite"}, ("U @ P = A",)),
    "polar-left": Entry(_SQUARE, {"U": "n n unitary", "P": "n n positive definite"}, ("P @ U = A",)),
    "polar-wide": Entry(_ANY, {"U": "m n orthonormal rows", "P": "m m positive definite"}, ("P @ U = A",)),
    "sqrtm": Entry(_SQUARE, {"X": "n n"}, ("X @ X = A",)),
    "sqrtm-positive": Entry(_DEFINITE, {"X": "n n positive definite"}, ("X @ X = A",)),
    "geometric-mean": Entry(
        {"A": "n n positive definite", "B": "n n positive definite"},
        {"X": "n n positive definite"},
        ("X @ A^-1 @ X = B",),
    ),
    "sylvester": Entry({"A": "m m", "B": "n n", "C": "m n"}, {"X": "m n"}, ("A @ X + X @ B = C",)),
    "lyapunov": Entry({"A": "n n", "Q": "n n hermitian"}, {"X": "n n hermitian"}, ("A @ X + X @ A.H = Q",)),
    "stein": Entry({"A": "m m", "B": "n n", "C": "m n"}, {"X": "m n"}, ("X - A @ X @ B = C",)),
    "lyapunov-discrete": Entry(
        {"A": "n n", "Q": "n n hermitian"}, {"X": "n n hermitian"}, ("X - A @ X @ A.H = Q",)
    ),
    "sylvester-generalized": Entry(
        {"A": "m m", "B": "n n", "C": "m m", "D": "n n", "E": "m n"},
        {"X": "m n"},
        ("A @ X @ B + C @ X @ D = E",),
    ),
    "riccati": Entry(
        {"A": "n n", "G": "n n hermitian", "Q": "n n hermitian"},
        {"X": "n n hermitian"},
        ("A.H @ X + X @ A - X @ G @ X + Q = 0",),
    ),
    "lu-of-product": Entry(_TWO, _LU, ("P @ L @ U = A @ B",)),
    "cholesky-of-gram": Entry(_SQUARE, {"L": "n n positive lower"}, ("L @ L.H = A @ A.H",)),
    "qr-of-quotient": Entry(_TWO, {"Q": "n n unitary", "R": "n n positive upper"}, ("Q @ R = A^-1 @ B",)),
    "cholesky-then-solve": Entry(
        {"A": "n n positive definite", "B": "n k"},
        {"L": "n n positive lower", "X": "n k"},
        ("L @ L.H = A", "A @ X = B"),
    ),
    "lu-then-solve": Entry(_RIGHT, {**_LU, "X": "n k"}, ("P @ L @ U = A", "A @ X = B")),
    "least-squares": Entry(
        {"A": "m n", "B": "m k"},
        {"Q": "m n unitary", "R": "n n positive upper", "X": "n k"},
        ("Q @ R = A", "R @ X = Q.H @ B"),
    ),
    "normal-equations": Entry({"A": "m n", "B": "m k"}, {"X": "n k"}, ("A.H @ A @ X = A.H @ B",)),
    "weighted-least-squares": Entry(
        {"A": "m n", "W": "m m positive definite", "B": "m k"},
        {"X": "n k"},
        ("A.H @ W @ A @ X = A.H @ W @ B",),
    ),
    "ridge": Entry(
        {"A": "m n", "D": "n n positive diagonal", "B": "m k"},
        {"X": "n k"},
        ("(A.H @ A + D) @ X = A.H @ B",),
    ),
    "saddle-point": Entry(
        {"P": "n n hermitian", "A": "k n", "F": "n p", "G": "k p"},
        {"X": "n p", "Y": "k p"},
        ("P @ X + A.H @ Y = F", "A @ X = G"),
    ),
    "least-squares-constrained": Entry(
        {"A": "m n", "B": "m p", "C": "k n", "D": "k p"},
        {"X": "n p", "Y": "k p"},
        ("A.H @ A @ X + C.H @ Y = A.H @ B", "C @ X = D"),
    ),
    "least-norm": Entry(
        {"A": "m n", "B": "m k"},
        {"Q": "n m unitary", "R": "m m positive upper", "X": "n k", "Y": "m k"},
        ("Q @ R = A.H", "R.H @ Y = B", "X = Q @ Y"),
    ),
    "pseudo-inverse": Entry(
        _ANY,
        {"Q": "m n unitary", "R": "n n positive upper", "X": "n m"},
        ("Q @ R = A", "R @ X = Q.H"),
    ),
}
