"""Eigenvalues and eigenvectors of general matrices.

Equation    A V = V diag(w)         columns of V of length one
Undefined   at defective matrices; V where eigenvalues are equal; single equal eigenvalues

Phases are LAPACK's: a cost must not depend on them. Left eigenvectors W, with A^H W = W diag(w)^*, are those of A^H.
The factors are an aid: computed once for a traced A.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.errstate import report
from linad.core.forward import Deferred
from linad.core.kinds import Derived, Sample, aid, composition, reading, steady
from linad.core.kinds.custom import hang
from linad.core.kinds.derived import Args
from linad.core.space import conj
from linad.errors import DegenerateError
from linad.kernels import eigen as kernels
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import real
from linad.operations.guards import no_gauge
from linad.operations.solve import lu_factors
from linad.operations.ties import numbers, require_constant, ties, undetermined

SHAPES = ((3, 3), (2, 3, 3), (2, 2), (1, 1), (0, 0))
_DEFECTIVE = 0.1  # a condition number of an eigenvalue, in units of 1 / sqrt(eps), if it has a neighbour
_NEIGHBOUR = 1e-3  # how near that is, relative to the largest eigenvalue


conditions = aid(
    "eigenvalue_conditions",
    lambda V: kernels.conditions(V, lu_factors(V)),
    domain=("regular",),
    samples=tuple(Sample((shape,)) for shape in SHAPES),
)


def require_simple(where: str, w: Any, V: Any, seen: Any) -> None:
    """Report a defective matrix: eigenvectors of eigenvalues that a cost sees are parallel to rounding.

    The condition number of an eigenvalue is the length of its row of V^-1, for columns of length one.
    """
    w, V, seen = numbers(w), numbers(V), numbers(seen)
    if w is None or V is None or V.size == 0:
        return
    if not np.isfinite(w).all():
        raise DegenerateError(  # whatever errstate says: there are no numbers to go on with
            where,
            "an eigenvalue is infinite or undetermined, since B is singular: it has no derivative.",
            "Exchange A and B: the reciprocals are finite where A is regular.",
        )
    eps = float(np.finfo(V.dtype).eps)
    condition = conditions(V)
    far = condition > _DEFECTIVE / np.sqrt(eps)
    if seen is not None:
        far = far & (seen != 0)
    if not far.any():
        return
    gaps = np.abs(w[..., :, None] - w[..., None, :]) + np.where(np.eye(w.shape[-1], dtype=bool), np.inf, 0)
    near = np.min(gaps, axis=-1) <= _NEIGHBOUR * np.max(np.abs(w), axis=-1, keepdims=True, initial=0)
    for what in (far & near, far):
        if not what.any():
            continue
        *at, i = (int(k) for k in np.argwhere(what)[0])
        element = f" of matrix {tuple(at)} in the batch" if at else ""
        number = float(condition[(*at, i)])
        if what is not far or not np.isfinite(number):
            report(
                "degenerate",
                where,
                f"eigenvalue {i}{element} is defective to rounding: its condition number is {number:.1e}, and it "
                "has no derivative.",
                "Functions that depend smoothly on A there: trace, det, solve, expm.",
                'linad.errstate(degenerate="warn") continues with what the eigenvectors give.',
            )
        elif number > 1 / np.sqrt(eps):
            report(
                "conditioning",
                where,
                f"half of the digits are lost: the condition number of eigenvalue {i}{element} is {number:.1e}.",
            )
        return


def guarded(rule: Any, inputs: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any]) -> None:
    w, V, (gw, gV) = *outputs, cotangents
    require_simple(rule.name, w, V, gw if gV is None else None)
    if gw is not None:
        require_constant(rule.name, w, gw)
    no_gauge(rule, inputs, outputs, cotangents)


class Eigen(Derived):
    """The derived rule. Equal eigenvalues have no tangents of their own; their sums have cotangents."""

    __slots__ = ()

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        program = super().tangent(present)

        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            w, V = outputs
            try:
                with self._remembering(args, outputs):
                    require_simple("eig", w, V, None)
            except DegenerateError as error:
                return Deferred(partial(_raise, error)), Deferred(partial(_raise, error))
            dw, dV = program(args, outputs, tangents)
            tied = ties(w)
            if tied is not None:
                *at, i, j = (int(k) for k in np.argwhere(tied & ~np.eye(tied.shape[-1], dtype=bool))[0])
                dw = Deferred(partial(_undetermined, tuple(at), i, j, dw))
            return _real_of_real(dw, w), _real_of_real(dV, V)

        return run


def _undetermined(at: tuple[int, ...], i: int, j: int, dw: Any) -> Any:
    undetermined("eig", at, i, j)
    return dw.force() if isinstance(dw, Deferred) else dw


def _raise(error: Exception) -> Any:
    raise error


def kept(memos: Any, **matrices: Any) -> Sequence[tuple[Any, Any]]:
    """Matrices that programs solve with, and the memos of their factors; none while a graph is recorded."""
    if not isinstance(memos, dict):
        return []
    return [(M, memos.setdefault(name, {})) for name, M in matrices.items()]


def _real_of_real(t: Any, x: Any) -> Any:
    """Real eigenvalues of real matrices move along the real axis."""
    return t if isinstance(t, Deferred) or x.dtype.kind == "c" or t.dtype.kind != "c" else real(t)


def invariants(w: Any, V: Any) -> tuple[Any, Any]:
    """The eigenvalues, and V diag(w) V^H, which neither phases nor the order change."""
    return w, matmul(V * w.reshape((*w.shape[:-1], 1, w.shape[-1])), H(V))


eig_factors = aid(
    "eig_factors",
    kernels.general,
    domain=("apart",),
    samples=tuple(Sample((shape,), (False,)) for shape in SHAPES),
)

eig_by = composition(
    "eig",
    lambda A, factors: (factors.w, factors.V),
    rule=lambda: Eigen(
        "eig",
        values=lambda args, outputs: (args[:1], outputs),
        outputs=(0, 1),
        before=guarded,
        kept=lambda args, outputs: kept(getattr(args[1], "memos", None), V=outputs[1]),
    ),
    last=1,
    outputs=2,
    invariants=invariants,
    domain=("apart",),
    samples=tuple(Sample((shape,), (False,)) for shape in SHAPES),
)


def eig(A: Any, scipys: bool = True) -> Any:
    """w and V of square matrices in the last two axes, as SciPy or as NumPy computes them."""
    factors = eig_factors(A, scipys)
    w, V = eig_by(A, factors)
    steady(np.iscomplexobj, w)  # real or not by numbers
    if isinstance(factors, kernels.General):
        hang(factors.memos.setdefault("V", {}), V)
    return w, V


eig_by.primitive.entry = eig  # type: ignore[attr-defined]  # functions of primitives carry them

factors_of_both = aid(
    "factors_of_both",
    kernels.both,
    domain=("apart",),
    samples=tuple(Sample((shape,), (True,)) for shape in SHAPES),
)
_part = reading(
    "part_of_both",
    lambda factors, i: factors[i],
    of=lambda A: factors_of_both(A, True),
    domain=("apart",),
    samples=tuple(Sample((shape,), (0,)) for shape in SHAPES),
)


def both(A: Any, left: Any, right: Any) -> tuple[Any, Any, Any]:
    """Eigenvalues, left and right eigenvectors, those at least that are asked for, as SciPy computes them."""
    if not left:
        w, V = eig(A)
        return w, None, V
    factors = factors_of_both(A, bool(right))
    conjugate, W = eig_by(H(A), _part(factors, 0))
    if not right:
        return conj(conjugate), W, None
    w, V = eig_by(A, _part(factors, 1))
    return w, W, V
