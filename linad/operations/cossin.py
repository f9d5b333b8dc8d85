"""Cosine-sine decompositions of unitary matrices.

Equation    X = diag(U1, U2) [C -S; S C] diag(V1, V2)^H      all unitary, C = diag(cos t), S = diag(sin t)
Undefined   bases where two angles are equal, or both at one end; of complex matrices where one is 0 or a right angle

With N = U^H dX X^H U, which is made skew, W = U^H dU and Y = V^H dV the linearised equation times D^H is

    N = W - D Y D^H + [0 -dt; dt 0]

of which the block N12 = -C Y1 S + S Y2 C - dt gives dt, and, beside its adjoint, Y1 and Y2 entry by entry: with
a = N12_ij and b = conj(N12_ji), and the divisor d = sin(ti - tj) sin(ti + tj),

    Y1 = (ci sj a + si cj b) / d,    Y2 = (si cj a + ci sj b) / d

Then W1 = N11 + C Y1 C + S Y2 S and W2 = N22 + S Y1 S + C Y2 C. All of this is linear in dX: the cotangent is what its
transpose sends back. The phases that the j-th columns of the four bases share are held fixed: a cost must not see them.
Of blocks of other sizes the angles alone have derivatives, through cosines and sines: the singular values of two blocks
beside one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.forward import Deferred
from linad.core.kinds import ByHand, aid, composition
from linad.core.space import dtype_of, is_complex, shape_of
from linad.core.transforms import vjp
from linad.kernels import cossin as kernels
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import arctan2, cos, imag, real, sin
from linad.operations.shape import concatenate, diagonal, flip, from_diagonal, reshape
from linad.operations.svd import svd
from linad.operations.ties import numbers

Args = Sequence[Any]
_ROUNDING = 1e3  # of products and sums in a cost, in units of m eps

cossin_factors = aid("cossin_factors", kernels.decompose)


def _moved(args: Args, outputs: Args, dX: Any, bases: bool) -> tuple[Any, ...]:
    """The tangents of the outputs; of the angles alone where ``bases`` is False."""
    X, _, layout, sign = args
    U1, U2, t, V1h, V2h = outputs
    p = layout.p
    K = matmul(dX, H(X))
    K = 0.5 * (K - H(K))
    N12 = matmul(H(U1), matmul(K[..., :p, p:], U2))
    dt = -real(diagonal(N12, 0))
    if not bases:
        return None, None, sign * dt, None, None
    Y1, Y2 = _turns(N12, sign * t)
    rows, columns = _beside(cos(t)), _beside(sign * sin(t))
    C, S = rows[0] * rows[1], columns[0] * columns[1]
    W1 = matmul(H(U1), matmul(K[..., :p, :p], U1)) + C * Y1 + S * Y2
    W2 = matmul(H(U2), matmul(K[..., p:, p:], U2)) + S * Y1 + C * Y2
    return matmul(U1, W1), matmul(U2, W2), sign * dt, -matmul(Y1, V1h), -matmul(Y2, V2h)


def _beside(x: Any) -> tuple[Any, Any]:
    """A vector that varies with the row, and with the column."""
    *batch, r = shape_of(x)
    return reshape(x, (*batch, r, 1)), reshape(x, (*batch, 1, r))


def _turns(N12: Any, t: Any) -> tuple[Any, Any]:
    """Y1 and Y2, skew; on the diagonal a quarter of what the two differ by goes to each side."""
    (ci, cj), (si, sj), (ti, tj) = _beside(cos(t)), _beside(sin(t)), _beside(t)
    own = np.eye(shape_of(t)[-1])
    a, b = N12, H(N12)
    d = sin(ti - tj) * sin(ti + tj) + own
    others = 1 - own
    Y1, Y2 = others * (ci * sj * a + si * cj * b) / d, others * (si * cj * a + ci * sj * b) / d
    if is_complex(N12):
        n = shape_of(t)[-1]
        half = from_diagonal(1j * imag(diagonal(N12, 0)) / sin(2 * t), 0, (n, n))
        Y1, Y2 = Y1 - half, Y2 + half
    return Y1, Y2


def _require_apart(args: Args, t: Any) -> None:
    plain = numbers(t)
    if plain is None or not asked("degenerate"):
        return
    found = kernels.tied(plain, args[2].m, is_complex(args[0]))
    if found is not None:
        *at, i, j = found
        element = f" of matrix {tuple(at)} in the batch" if at else ""
        report(
            "degenerate",
            "cossin",
            f"angles {i} and {j}{element} are equal, or at an end, and leave the bases beside them undetermined.",
            "The angles alone: compute_u=False, compute_vh=False.",
        )


def _no_phase(outputs: Args, cotangents: Args) -> None:
    """Report a cost that depends on the phases which the columns of the four bases share."""
    values = [numbers(x) for x in outputs]
    given = [None if g is None else numbers(g) for g in cotangents]
    if not asked("gauge") or any(x is None for x in values) or not any(g is not None for g in given):
        return
    along, largest = 0.0, 0.0
    for i, (value, g) in enumerate(zip(values, given, strict=True)):
        if g is None or value is None or i == 2:
            continue
        columns = np.einsum("...ij,...ij->...j" if i < 2 else "...ji,...ji->...j", value.conj(), g).imag
        along = along + (columns if i < 2 else -columns)
        largest = max(largest, float(np.max(np.abs(g), initial=0)))
    limit = _ROUNDING * len(values[0]) * float(np.finfo(values[2].dtype).eps) * largest  # type: ignore[arg-type,union-attr]  # there are numbers
    if np.max(np.abs(along), initial=0) > limit:
        report(
            "gauge",
            "cossin",
            "the cost depends on the phases that columns of U1, U2, V1 and V2 share, which cossin leaves open.",
            "Take a function that does not depend on phases: |U|^2, U1 f(C) V1^H.",
            'linad.errstate(gauge="ignore") holds them fixed.',
        )


def _tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    dX = tangents[0]

    def late(i: int) -> Any:
        _require_apart(args, outputs[2])
        return _moved(args, outputs, dX, True)[i]

    dt = _moved(args, outputs, dX, False)[2]
    return tuple([dt if i == 2 else Deferred(partial(late, i)) for i in range(5)])


def _cotangent(args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]) -> tuple[Any, ...]:
    there = [i for i, g in enumerate(cotangents) if g is not None]
    bases = there != [2]
    if bases:
        _require_apart(args, outputs[2])
        if is_complex(args[0]):
            _no_phase(outputs, cotangents)

    def moved(dX: Any) -> tuple[Any, ...]:
        found = _moved(args, outputs, dX, bases)
        return tuple([found[i] for i in there])

    return vjp(moved, args[0])[1](tuple([cotangents[i] for i in there]))


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    X, layout = args[0], args[2]
    U1, U2, t, V1h, V2h = outputs
    D = middle(t, layout, args[3])
    U, Vh = beside(U1, U2), beside(V1h, V2h)
    return (matmul(U, matmul(D, Vh)) - X,)


cossin_parts = composition(
    "cossin",
    lambda X, factors, layout, sign: factors.parts,
    rule=lambda: ByHand(_tangent, _cotangent, _residual),
    last=1,
    outputs=5,
)


def cossin(X: Any, p: int, q: int, swap_sign: bool) -> tuple[Any, ...]:
    """U1, U2, theta, V1^H and V2^H of unitary matrices in the last two axes."""
    layout = kernels.Layout(shape_of(X)[-1], p, q)
    return cossin_parts(X, cossin_factors(X, p, q, swap_sign), layout, -1 if swap_sign else 1)


def angles(X: Any, layout: kernels.Layout) -> Any:
    """The angles of unitary matrices with blocks of any sizes, along unitary matrices to all orders."""
    X = 0.5 * matmul(
        X, 3 * np.eye(layout.m, dtype=dtype_of(X)) - matmul(H(X), X)
    )  # the nearest unitary matrix, to first order
    p, q, r = layout.p, layout.q, layout.angles
    rows, columns = (slice(None, p), slice(p, None)), (slice(None, q), slice(q, None))
    i = int(r not in (p, q))  # the block with cosines, the first or the last, has as many as there are angles
    k = i if r == (p, layout.m - p)[i] else 1 - i
    cosines, sines = X[(..., rows[i], columns[i])], X[(..., rows[k], columns[1 - k])]
    return arctan2(flip(svd(sines)[1], (len(shape_of(X)) - 2,)), svd(cosines)[1])


def middle(t: Any, layout: kernels.Layout, sign: int) -> Any:
    """D of the angles."""
    first, second, left, right = (np.eye(layout.m)[place] for place in layout.places())
    n = layout.angles
    C, S = from_diagonal(cos(t), 0, (n, n)), from_diagonal(sign * sin(t), 0, (n, n))
    above = matmul(first.T, matmul(C, left) - matmul(S, right))
    below = matmul(second.T, matmul(S, left) + matmul(C, right))
    return above + below + layout.constant(sign)


def beside(A: Any, B: Any) -> Any:
    """diag(A, B)."""
    *batch, m, n = shape_of(A)
    k, r = shape_of(B)[-2:]
    axis = len(batch)
    top = concatenate(axis + 1, A, np.zeros((*batch, m, r), dtype_of(B)))
    return concatenate(axis, top, concatenate(axis + 1, np.zeros((*batch, k, n), dtype_of(A)), B))
