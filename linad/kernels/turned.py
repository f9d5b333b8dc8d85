"""The factors of a matrix, for its transpose, conjugate or adjoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.kernels.definite import Definite
from linad.kernels.lu import Factors

Array = np.ndarray[Any, Any]
_BITS = {"N": 0, "T": 1, "C": 2, "H": 3}
_NAMES = "NTCH"


class Turned:
    """Answers as the factors of op(A) would, from those of A."""

    __slots__ = ("dtype", "of", "op", "shape", "singular")

    def __init__(self, of: Factors | Definite, op: str) -> None:
        self.of, self.op = of, op
        self.shape, self.dtype, self.singular = of.shape, of.dtype, of.singular

    def require_regular(self, where: str) -> None:
        """Raise LinAlgError where a matrix is exactly singular."""
        self.of.require_regular(where)

    @property
    def diagonal(self) -> Array:
        """Numbers whose product is the determinant, but for its sign."""
        d = self.of.diagonal
        return d.conj() if self.op in "CH" else d

    def slogdet(self) -> tuple[Array, Array]:
        """The signs of the determinants, and the logarithms of their absolute values."""
        sign, logabs = self.of.slogdet()
        return (sign.conj() if self.op in "CH" else sign), logabs

    @property
    def exchanges(self) -> Array:
        return self.of.exchanges

    @property
    def spread(self) -> float:
        return self.of.spread

    def apply(self, B: Array, trans: str) -> Array:
        """trans(op(A))^-1 B."""
        total = _NAMES[_BITS[self.op] ^ _BITS[trans]]
        if total == "C":
            return self.of.apply(B.conj(), "N").conj()
        return self.of.apply(B, total)

    def inverse(self) -> Array:
        """op(A)^-1 = op(A^-1)."""
        return np.ascontiguousarray(turned(self.of.inverse(), self.op))

    def inverse_adjoint(self) -> Array:
        """op(A)^-H, in memory of its own."""
        return np.array(turned(self.of.inverse_adjoint(), self.op), order="C")


def turned(A: Array, op: str) -> Array:
    """op(A)."""
    A = A.swapaxes(-1, -2) if op in "TH" else A
    return A.conj() if op in "CH" else A
