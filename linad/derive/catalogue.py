"""Operations by name: their defining equations and the structures of their matrices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from linad.derive.declare import derive
from linad.derive.rule import Rule
from linad.errors import OptionError


@dataclass(frozen=True, slots=True)
class Entry:
    """The declaration of an operation."""

    inputs: dict[str, str]
    outputs: dict[str, str]
    equations: tuple[str, ...]


_SQUARE = {"A": "n n"}
_HERMITIAN = {"A": "n n hermitian"}

ENTRIES: dict[str, Entry] = {
    "lu": Entry(
        _SQUARE, {"P": "n n permutation", "L": "n n unit lower", "U": "n n upper"}, ("P @ L @ U = A",)
    ),
    "lu-tall": Entry(
        {"A": "m n"}, {"P": "m m permutation", "L": "m n unit lower", "U": "n n upper"}, ("P @ L @ U = A",)
    ),
    "lu-wide": Entry(
        {"A": "m n"}, {"P": "m m permutation", "L": "m m unit lower", "U": "m n upper"}, ("P @ L @ U = A",)
    ),
    "ldu": Entry(
        _SQUARE, {"L": "n n unit lower", "D": "n n diagonal", "U": "n n unit upper"}, ("L @ D @ U = A",)
    ),
    "ul": Entry(_SQUARE, {"U": "n n unit upper", "L": "n n lower"}, ("U @ L = A",)),
    "cholesky": Entry(_HERMITIAN, {"L": "n n positive lower"}, ("L @ L.H = A",)),
    "ldl": Entry(_HERMITIAN, {"L": "n n unit lower", "D": "n n real diagonal"}, ("L @ D @ L.H = A",)),
    "ldl-symmetric": Entry(
        {"A": "n n symmetric"}, {"L": "n n unit lower", "D": "n n diagonal"}, ("L @ D @ L.T = A",)
    ),
    "qr": Entry(_SQUARE, {"Q": "n n unitary", "R": "n n positive upper"}, ("Q @ R = A",)),
    "qr-tall": Entry({"A": "m n"}, {"Q": "m n unitary", "R": "n n positive upper"}, ("Q @ R = A",)),
    "lq": Entry(_SQUARE, {"L": "n n positive lower", "Q": "n n unitary"}, ("L @ Q = A",)),
    "rq": Entry(_SQUARE, {"R": "n n positive upper", "Q": "n n unitary"}, ("R @ Q = A",)),
    "ql": Entry(_SQUARE, {"Q": "n n unitary", "L": "n n positive lower"}, ("Q @ L = A",)),
    "eigh": Entry(_HERMITIAN, {"w": "n n real diagonal", "V": "n n unitary"}, ("A @ V = V @ w",)),
    "svd": Entry(
        _SQUARE, {"U": "n n unitary", "s": "n n real diagonal", "V": "n n unitary"}, ("U @ s @ V.H = A",)
    ),
    "svd-tall": Entry(
        {"A": "m n"}, {"U": "m n unitary", "s": "n n real diagonal", "V": "n n unitary"}, ("U @ s @ V.H = A",)
    ),
    "solve": Entry({"A": "n n", "B": "n k"}, {"X": "n k"}, ("A @ X = B",)),
    "solve-triangular": Entry({"T": "n n lower", "B": "n k"}, {"X": "n k"}, ("T @ X = B",)),
    "inv": Entry(_SQUARE, {"X": "n n"}, ("A @ X = I",)),
    "sylvester": Entry({"A": "m m", "B": "n n", "C": "m n"}, {"X": "m n"}, ("A @ X + X @ B = C",)),
    "sqrtm": Entry(_SQUARE, {"X": "n n"}, ("X @ X = A",)),
    "lu-of-product": Entry(
        {"A": "n n", "B": "n n"},
        {"P": "n n permutation", "L": "n n unit lower", "U": "n n upper"},
        ("P @ L @ U = A @ B",),
    ),
    "cholesky-of-gram": Entry(_SQUARE, {"L": "n n positive lower"}, ("L @ L.H = A @ A.H",)),
    "qr-of-quotient": Entry(
        {"A": "n n", "B": "n n"}, {"Q": "n n unitary", "R": "n n positive upper"}, ("Q @ R = A^-1 @ B",)
    ),
    "cholesky-then-solve": Entry(
        {"A": "n n hermitian", "B": "n k"},
        {"L": "n n positive lower", "X": "n k"},
        ("L @ L.H = A", "A @ X = B"),
    ),
}


@cache
def rule(name: str) -> Rule:
    """The rule of an operation of the catalogue; derived when it is first asked for something."""
    entry = ENTRIES.get(name)
    if entry is None:
        raise OptionError("derive", f"the catalogue has no {name!r}.", f"It has {', '.join(ENTRIES)}.")
    return derive(entry.inputs, entry.outputs, entry.equations, name=name.replace("-", "_"))
