"""Where singular values tie or are zero, to rounding: what has a derivative there, looked at on plain numbers.

With a cluster of equal singular values s_c, U_c and V_c are determined up to one rotation. A cost has a derivative that
its cotangents tell only where gs is constant on the cluster and U_c^H gU_c and V_c^H gV_c are zero off the diagonal.
At a zero singular value, |t| shows what happens: gs must vanish there, and so must the cotangent of the vector that is
divided by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.errstate import report
from linad.core.kinds import exceptional
from linad.core.space import shape_of
from linad.kernels.svd import clusters, rounding
from linad.operations.clusters import numbers
from linad.operations.elementwise import where

Array = np.ndarray[Any, Any]
_ROUNDING = 1e3  # of products and sums in a cost, in units of n eps
_STEEP = 100.0  # how much faster than s itself what a cost sends back may change, relatively
_REMEDIES = (
    "Sums and products over a cluster (a norm, a log-determinant) need no vectors: svdvals.",
    "Norms of matrices of deficient rank have subgradients: norm(A, 'nuc'), norm(A, 2).",
    'linad.errstate(degenerate="warn") continues with these terms dropped.',
)


def _adjoint(A: Array) -> Array:
    return A.swapaxes(-1, -2).conj()


def _is_degenerate(s: Any, shape: tuple[int, ...]) -> bool:
    """Whether singular values of matrices of a shape are zero, or equal, to rounding."""
    tolerance = rounding(s, shape)
    return bool((s <= tolerance).any() or (s[..., :-1] - s[..., 1:] <= tolerance).any())


class Degenerate:
    """The clusters and the zeros among the singular values of matrices, and their vectors, in numbers."""

    def __init__(self, shape: tuple[int, ...], outputs: Sequence[Array], zero: Array, cluster: Array) -> None:
        self.shape, (self.U, self.s, self.Vh) = shape, outputs
        self.zero, self.cluster = zero, cluster
        self.joined = np.diff(cluster, axis=-1) == 0  # with the next one
        self.tied = bool(self.joined.any())
        self.tied_above_zero = bool((self.joined & ~zero[..., 1:]).any())
        self.divided = 2 if shape[-2] < shape[-1] else 0  # U or Vh, which is found by division by s

    @staticmethod
    def at(A: Any, outputs: Sequence[Any]) -> Degenerate | None:
        """What is degenerate at a point; None where nothing is, or where numbers are not known yet."""
        U, s, Vh = [numbers(x) for x in outputs]
        shape = shape_of(A)
        if s is None or U is None or Vh is None:
            exceptional(lambda s: _is_degenerate(s, shape), outputs[1])
            return None
        if not _is_degenerate(s, shape):
            return None
        tolerance = rounding(s, shape)
        return Degenerate(shape, (U, s, Vh), s <= tolerance, clusters(s, tolerance))

    # -- what continues ------------------------------------------------------------------------------------------

    def lifted(self, outputs: Sequence[Any]) -> tuple[Any, ...]:
        """The outputs with exact zeros in s a little above: what is divided by them is zero."""
        U, s, Vh = outputs
        if not (self.s == 0).any():
            return tuple(outputs)
        info = np.finfo(self.s.dtype)
        small = np.maximum(info.eps**2 * np.max(self.s, axis=-1, keepdims=True), info.tiny)
        return U, s + np.where(self.s == 0, small, np.zeros_like(self.s)), Vh

    def kept(self, i: int, x: Any) -> Any:
        """A tangent or cotangent of output i without its entries at zero singular values, which have none."""
        if not self.zero.any() or i not in (1, self.divided):
            return x
        mask = ~(self.zero if i == 1 else self.zero[..., None] if i == 2 else self.zero[..., None, :])
        return where(mask, x, np.zeros((), x.dtype))

    # -- what is reported ----------------------------------------------------------------------------------------

    def before_tangent(self, i: int, dA: Any) -> None:
        """Report a tangent that does not exist: of vectors divided by zero, of a zero singular value that moves."""
        if i == self.divided and self.zero.any():
            self._report_zero(self.zero, "its singular vectors have")
        dA = numbers(dA)
        if i != 1 or not self.zero.any() or not isinstance(dA, np.ndarray):
            return
        # A zero singular value moves with the singular values of what dA does between the null spaces of A^H and A.
        zero = np.broadcast_to(self.zero, dA.shape[:-2] + self.zero.shape[-1:])
        if self.divided:
            U, V, dA = _adjoint(self.Vh), self.U, _adjoint(dA)
        else:
            U, V = self.U, _adjoint(self.Vh)
        moved = dA @ V
        U = U * ~self.zero[..., None, :]
        moved = moved - U @ (_adjoint(U) @ moved)
        size = np.max(np.abs(moved), axis=-2, initial=0)
        self._report_zero(zero & (size > self._rounding(dA) * np.max(np.abs(dA), initial=0)), "it has")

    def before_cotangent(self, cotangents: Sequence[Any]) -> None:
        """Report cotangents that have no derivative."""
        gU, gs, gVh = [None if g is None else numbers(g) for g in cotangents]
        if isinstance(gs, np.ndarray):
            self._report_zero(self.zero & self._seen(np.abs(gs), gs), "it has")
            self._report_tie(self.joined & self._told_apart(gs), "a cost that tells them apart has")
        for i, X, gX in ((0, self.U, gU), (2, _adjoint(self.Vh), None if gVh is None else _adjoint(gVh))):
            if not isinstance(gX, np.ndarray):
                continue
            if i == self.divided:
                size = np.max(np.abs(gX), axis=-2, initial=0)
                self._report_zero(self.zero & self._seen(size, gX), "its singular vectors have")
            if self.tied:
                same = self.cluster[..., :, None] == self.cluster[..., None, :]
                same = same & ~np.eye(same.shape[-1], dtype=bool)
                within = same & self._seen(np.abs(_adjoint(X) @ gX), gX)
                self._report_tie(within.any(axis=-1)[..., :-1], "what depends on their vectors has")

    def _told_apart(self, gs: Array) -> Any:
        """Where neighbours have cotangents that differ by more than the rounding of both explains."""
        least, step = self.s[..., 1:], self.s[..., :-1] - self.s[..., 1:]
        explained = np.minimum(_STEEP * step / np.where(least > 0, least, 1), 1e-2)
        size = np.maximum(np.abs(gs[..., 1:]), np.abs(gs[..., :-1]))
        difference = np.abs(np.diff(gs, axis=-1))
        return (difference > explained * size) & self._seen(difference, gs)

    def _rounding(self, x: Array) -> float:
        return _ROUNDING * max(self.shape[-2:]) * float(np.finfo(x.dtype).eps)

    def _seen(self, size: Array, g: Array) -> Any:
        return size > self._rounding(g) * np.max(np.abs(g), initial=0)

    def _report_zero(self, where: Any, what: str) -> None:
        if where.any():
            *element, i = (int(i) for i in np.argwhere(where)[0])
            report(
                "degenerate",
                "svd",
                f"singular value {i}{_of(element)} is zero, and {what} no derivative.",
                *_REMEDIES,
            )

    def _report_tie(self, where: Any, what: str) -> None:
        if where.any():
            *element, i = (int(i) for i in np.argwhere(where)[0])
            fact = f"singular values {i} and {i + 1}{_of(element)} are equal, and {what} no derivative."
            report("degenerate", "svd", fact, *_REMEDIES)


def _of(element: Sequence[int]) -> str:
    return f" of matrix {tuple(element)} in the batch" if element else ""
