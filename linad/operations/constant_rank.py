"""Pseudo-inverses, and solutions of least squares, among matrices of one rank that is not full.

Equation    A X A = A,   X A X = X,   A X and X A Hermitian
Tangent     dX = -X dA X + X X^H dA^H (I - A X) + (I - X A) dA^H X^H X
Cotangent   gA = -X^H gX X^H + (I - A X) gX^H X X^H + X^H X gX^H (I - X A)
Undefined   among all matrices: the pseudo-inverse jumps where the rank does

The equation determines dX where dA keeps the rank; its derivation would have to know that. Of other dA the tangent
sees the part that does. X is that of the matrices from which singular values that are zero to rounding were dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.core.errstate import report
from linad.core.forward import Deferred
from linad.core.kinds import ByHand, composition, custom
from linad.core.space import shape_of
from linad.core.transforms import jvp, vjp
from linad.errors import NoRuleError
from linad.kernels.counters import count
from linad.operations.contractions import H, matmul
from linad.operations.rank_guards import JUMPS
from linad.operations.shape import reshape

Args = Sequence[Any]
Kept = Callable[[Any], Any]  # which singular values, along the last axis, are not taken for zero
_ROUNDING = 100.0  # of a singular value that should be zero, in units of max(m, n) eps of the largest


class Cut:
    """The pseudo-inverse of the matrices that remain when singular values are dropped.

    ``clean`` says that these were zero to rounding.
    """

    __slots__ = ("X", "clean", "rank")

    def __init__(self, A: Any, kept: Kept) -> None:
        count("gesdd", int(np.prod(A.shape[:-2], dtype=np.int64)))
        U, s, Vh = np.linalg.svd(A, full_matrices=False)
        keep = kept(s)
        inverse = np.where(keep, 1, 0) / np.where(keep, s, 1)
        self.X = np.matmul(
            Vh.conj().swapaxes(-1, -2) * inverse[..., None, :], U.conj().swapaxes(-1, -2)
        ).astype(A.dtype, copy=False)
        self.rank = np.sum(keep, axis=-1)
        zero = _ROUNDING * max(A.shape[-2:]) * np.finfo(s.dtype).eps * np.max(s, axis=-1, keepdims=True)
        self.clean = bool(np.all(keep | (s <= zero)))

    def hermitian(self) -> Cut:
        """The same with the Hermitian part of a pseudo-inverse that is Hermitian but for rounding."""
        self.X = 0.5 * (self.X + self.X.conj().swapaxes(-1, -2))
        return self


def _complain(cut: Cut) -> None:
    if not cut.clean:
        raise NoRuleError(
            "pinv",
            "singular values that are not zero to rounding were dropped, and linad has no derivative of that.",
            "Lower the threshold: rcond, cond, rtol or atol.",
        )
    report(
        "degenerate",
        "pinv",
        f"the rank is {cut.rank.tolist()}, not full: the pseudo-inverse jumps here and has no derivative.",
        "A ridge is smooth everywhere: solve(A^H A + c I, A^H b) with c > 0.",
        'linad.errstate(degenerate="warn") continues with the formula for matrices of this rank.',
    )


def _tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    A, cut = args
    (X,), dA = outputs, tangents[0]

    def late() -> Any:
        _complain(cut)
        dAh, Xh = H(dA), H(X)
        outside = dAh - matmul(matmul(dAh, A), X)
        beside = dAh - matmul(X, matmul(A, dAh))
        return matmul(matmul(X, Xh), outside) + matmul(beside, matmul(Xh, X)) - matmul(X, matmul(dA, X))

    return (Deferred(late),)


def _cotangent(args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]) -> tuple[Any, ...]:
    A, cut = args
    (X,), gX = outputs, cotangents[0]
    _complain(cut)
    gXh, Xh = H(gX), H(X)
    outside = gXh - matmul(A, matmul(X, gXh))
    beside = gXh - matmul(matmul(gXh, X), A)
    return (matmul(outside, matmul(X, Xh)) + matmul(matmul(Xh, X), beside) - matmul(Xh, matmul(gX, Xh)),)


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    A, X = args[0], outputs[0]
    return matmul(matmul(A, X), A) - A, matmul(matmul(X, A), X) - X


inverse_of_rank = composition(
    "pseudo_inverse_of_rank",
    lambda A, cut: (cut.X,),
    rule=lambda: ByHand(_tangent, _cotangent, _residual),
    last=1,
    outputs=1,
    untried=JUMPS,
)


def _solved(A: Any, B: Any, cut: Cut, vector: bool) -> Any:
    X = matmul(inverse_of_rank(A, cut)[0], B)
    return reshape(X, shape_of(X)[:-1]) if vector else X


def _tangent_of_solved(tangents: Args, out: Any, A: Any, B: Any, cut: Cut, vector: bool) -> tuple[Any, ...]:
    dA, dB, *_ = tangents

    def late() -> Any:
        if dA is None:
            return _solved(A, dB, cut, vector)
        moved = jvp(lambda A: _solved(A, B, cut, vector), (A,), (dA,))[1]
        return moved if dB is None else moved + _solved(A, dB, cut, vector)

    return (Deferred(late),)


def _cotangent_of_solved(
    g: Args, out: Any, wanted: Sequence[int], A: Any, B: Any, cut: Cut, vector: bool
) -> list[Any]:
    cost = [lambda A: _solved(A, B, cut, vector), lambda B: _solved(A, B, cut, vector)]
    return [vjp(cost[i], (A, B)[i])[1](g[0])[0] for i in wanted]


# The product of the pseudo-inverse with B, whose derivative runs when somebody asks for it.
least_squares_of_rank = custom(
    "least_squares_of_rank",
    lambda A, B, cut, vector: (np.matmul(cut.X, B)[..., 0] if vector else np.matmul(cut.X, B),),
    _tangent_of_solved,
    _cotangent_of_solved,
    last=2,
    outputs=1,
    untried=JUMPS,
)
