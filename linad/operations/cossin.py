"""Cosine-sine decompositions of unitary matrices.

Equation    X = diag(U1, U2) [C -S; S C] diag(V1, V2)^H      all unitary, C = diag(cos t), S = diag(sin t)
Undefined   bases where two angles are equal, or one is at an end where there are others; of complex ones at any end

With N = U^H dX X^H U, which is made skew, W = U^H dU and Y = V^H dV the linearised equation times D^H is

    N = W - D Y D^H + dD D^H          W and Y of the form diag(., .), dD D^H of the form [0 -dt; dt 0]

The block N12 = -C Y1 S + S Y2 C - dt gives dt, and, beside its adjoint, Y1 and Y2 entry by entry: with a = N12_ij and
b = conj(N12_ji), and the divisor d = (si cj)^2 - (ci sj)^2,

    Y1 = (ci sj a + si cj b) / d,    Y2 = (si cj a + ci sj b) / d

Where the blocks have other sizes D has identities beside the angles: labels of their own with an angle of 0 or a right
one and only one row and one column, for which the same holds with zeros for what they lack. Then W = N + D Y D^H. All
is linear in dX: the cotangent is what its transpose sends back. Rotations within an identity, and phases that columns
of U and V share, are open and held fixed: a cost must not see them.
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
from linad.operations.elementwise import cos, imag, real, sin
from linad.operations.shape import concatenate, diagonal, from_diagonal, reshape
from linad.operations.ties import numbers

Args = Sequence[Any]
_ROUNDING = 1e3  # of products and sums in a cost, in units of m eps
_UNITARY = "matrices beside unitary ones, which laws take, have no such form"

cossin_factors = aid("cossin_factors", kernels.decompose, untried=_UNITARY)


def _moved(args: Args, outputs: Args, dX: Any, bases: bool) -> tuple[Any, ...]:
    """The tangents of the outputs; of the angles alone where ``bases`` is False."""
    X, _, layout, sign = args
    U1, U2, t, V1h, V2h = outputs
    above, below, left, right = (x.astype(t.dtype) for x in layout.places)
    U, n = beside(U1, U2), layout.angles
    N = matmul(H(U), matmul(dX, matmul(H(X), U)))
    N = 0.5 * (N - H(N))
    a = matmul(above.T, matmul(N[..., : layout.p, layout.p :], below))
    across = diagonal(a, 0)[..., :n]
    dt = -sign * real(across)
    if not bases:
        return None, None, dt, None, None
    Y1, Y2 = _turns(a, *_cosines(t, layout, sign), layout.apart.astype(t.dtype))
    if is_complex(X):
        size = len(layout.apart)
        half = from_diagonal(_padded(0.5j * imag(across) / (sign * cos(t) * sin(t)), size), 0, (size, size))
        Y1, Y2 = Y1 - half, Y2 + half
    Y1, Y2 = matmul(left, matmul(Y1, left.T)), matmul(right, matmul(Y2, right.T))
    D = middle(t, layout, sign)
    W = N + matmul(D, matmul(beside(Y1, Y2), H(D)))
    p = layout.p
    return matmul(U1, W[..., :p, :p]), matmul(U2, W[..., p:, p:]), dt, -matmul(Y1, V1h), -matmul(Y2, V2h)


def _cosines(t: Any, layout: kernels.Layout, sign: int) -> tuple[Any, Any]:
    """The cosines and signed sines of all labels."""
    batch = shape_of(t)[:-1]
    c, s = (np.broadcast_to(x.astype(t.dtype), (*batch, len(x))) for x in layout.ends)
    return concatenate(len(batch), cos(t), c), sign * concatenate(len(batch), sin(t), s)


def _padded(x: Any, size: int) -> Any:
    """A vector with zeros behind."""
    *batch, n = shape_of(x)
    return concatenate(len(batch), x, np.zeros((*batch, size - n), dtype_of(x)))


def _turns(a: Any, c: Any, s: Any, apart: Any) -> tuple[Any, Any]:
    """Y1 and Y2 by labels, zero where nothing tells these apart."""
    (*batch, n), b = shape_of(c), H(a)
    ci, si = (reshape(x, (*batch, n, 1)) for x in (c, s))
    cj, sj = (reshape(x, (*batch, 1, n)) for x in (c, s))
    x, y = ci * sj, si * cj
    d = (y - x) * (y + x) * apart + (1 - apart)
    return apart * (x * a + y * b) / d, apart * (y * a + x * b) / d


def _require_apart(args: Args, t: Any) -> None:
    plain = numbers(t)
    if plain is None or not asked("degenerate"):
        return
    found = kernels.tied(plain, args[2], is_complex(args[0]))
    if found is not None:
        *at, i, _ = found
        element = f" of matrix {tuple(at)} in the batch" if at else ""
        report(
            "degenerate",
            "cossin",
            f"angle {i}{element} equals another, or is at an end, and leaves the bases beside it undetermined.",
            "The angles alone: compute_u=False, compute_vh=False.",
        )


def _no_rotation(args: Args, outputs: Args, cotangents: Args) -> None:
    """Report a cost that depends on what the decomposition leaves open: rotations within identities, shared phases."""
    U1, U2, _, V1h, V2h = (numbers(x) for x in outputs)
    given = [numbers(g) for g in cotangents if g is not None]
    if not asked("gauge") or U1 is None or any(g is None for g in given):
        return
    layout = args[2]
    bases = (U1, U2, H(V1h), H(V2h))
    seen = [None if g is None else numbers(g) for g in (cotangents[0], cotangents[1], *cotangents[3:])]
    along = np.zeros(layout.apart.shape, U1.dtype)
    for i, (V, g, place) in enumerate(zip(bases, seen, layout.places, strict=True)):
        if g is not None:
            along = along + place.T @ (H(V) @ (g if i < 2 else H(g))) @ place
    open_ = np.abs(along - H(along)) * (1 - layout.apart)
    largest = max(float(np.max(np.abs(g), initial=0)) for g in given if g is not None)
    if np.max(open_, initial=0) > _ROUNDING * layout.m * float(np.finfo(U1.dtype).eps) * largest:
        report(
            "gauge",
            "cossin",
            "the cost depends on phases that columns of U and V share, or on a basis that is open, which cossin leaves "
            "as LAPACK has them.",
            "Take a function that does not depend on them: |U|^2, U1 f(C) V1^H, a projector.",
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
        _no_rotation(args, outputs, cotangents)

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
    untried=_UNITARY,
)


def cossin(X: Any, p: int, q: int, swap_sign: bool) -> tuple[Any, ...]:
    """U1, U2, theta, V1^H and V2^H of unitary matrices in the last two axes."""
    layout = kernels.Layout(shape_of(X)[-1], p, q)
    return cossin_parts(X, cossin_factors(X, p, q, swap_sign), layout, -1 if swap_sign else 1)


def middle(t: Any, layout: kernels.Layout, sign: int) -> Any:
    """D of the angles."""
    above, below, left, right = (x.astype(t.dtype) for x in layout.places)
    c, s = _cosines(t, layout, sign)
    n = (len(layout.apart),) * 2
    C, S = from_diagonal(c, 0, n), from_diagonal(s, 0, n)
    axis = len(shape_of(t)) - 1
    top = concatenate(axis + 1, matmul(above, matmul(C, left.T)), -matmul(above, matmul(S, right.T)))
    bottom = concatenate(axis + 1, matmul(below, matmul(S, left.T)), matmul(below, matmul(C, right.T)))
    return concatenate(axis, top, bottom)


def beside(A: Any, B: Any) -> Any:
    """diag(A, B)."""
    *batch, m, n = shape_of(A)
    k, r = shape_of(B)[-2:]
    axis = len(batch)
    top = concatenate(axis + 1, A, np.zeros((*batch, m, r), dtype_of(B)))
    return concatenate(axis, top, concatenate(axis + 1, np.zeros((*batch, k, n), dtype_of(A)), B))
