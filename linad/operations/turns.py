"""Forms under unitary similarity, T = Z^H A Z with a pattern, and the turn S = Z^H dZ that keeps it.

Equation    A = Z T Z^H, Z^H Z = I, T = allowed(T)
Tangent     dZ = Z S,  dT = allowed(M + T S - S T)     M = Z^H dA Z,  S = turn(M, T)
Cotangent   gA = Z (G + N) Z^H                         G = allowed(gT),  N = turn^*(Z^H gZ + T^H G - G T^H, T)

A turn is an operation of its own, linear in M, whose derivatives it gives itself:

Equation    others(M - (S T - T S)) = 0                S skew-Hermitian: turn
            skew(G - (N T^H - T^H N)) = 0              N among the others: turn^*, the adjoint of turn
Tangent     dS = turn(dM + dT S - S dT, T),            dN = turn^*(dG + dT^H N - N dT^H, T)
Cotangent   gM = turn^*(gS, T) =: N,  gG = turn(gN, T) =: S,  and in both gT = allowed(S N - N S)

``allowed`` projects on the entries that a form may have, ``others`` on the rest, ``skew`` on the turns of the basis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.forward import Deferred
from linad.core.kinds import PART, ByHand, Sample, composition, discrete, linear, look
from linad.core.space import conj, shape_of
from linad.core.traced import innermost
from linad.errors import DegenerateError
from linad.kernels import turns as kernels
from linad.kernels.hessenberg import Beneath
from linad.kernels.schur import Quasi
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import real
from linad.operations.reductions import sum as total
from linad.operations.shape import diagonal, from_diagonal, reshape
from linad.operations.ties import numbers

Args = Sequence[Any]
_ADJOINT = {"N": "H", "H": "N"}

pattern_of = discrete("pattern_of", lambda factors: factors.pattern, untried=PART)
allowed = linear(
    "allowed",
    lambda X, pattern: pattern.allowed(X),
    lambda g, space, pattern: allowed(g, pattern),
    samples=tuple(
        Sample((shape,), (pattern,), f"{'x'.join(map(str, shape))}-{name}")
        for name, pattern in [
            ("triangular", Quasi()),
            ("blocks", Quasi(np.array([False, True]))),
            ("beneath", Beneath()),
        ]
        for shape in [(3, 3), (2, 3, 3)]
    ),
)


# -- the turn -------------------------------------------------------------------------------------------------------


def _numeric(where: str, undefined: str, M: Any, T: Any, pattern: Any, trans: str) -> Any:
    found = kernels.turn(M, T, pattern, trans)
    if found.missing is not None:
        _report(where, undefined, found.missing)
    elif found.growth > 1 / np.sqrt(np.finfo(found.X.dtype).eps):
        report(
            "conditioning",
            where,
            f"half of the digits are lost: the basis turns {found.growth:.1e} times as far as A moves, relatively.",
        )
    return found.X


def _report(where: str, undefined: str, entry: tuple[int, ...]) -> None:
    *batch, i, j = entry
    element = f" of matrix {tuple(batch)} in the batch" if batch else ""
    report(
        "degenerate",
        where,
        undefined.format(i=i, j=j, element=element),
        "Functions that depend smoothly on A there: trace, det, solve.",
        'linad.errstate(degenerate="warn") continues with these terms dropped.',
    )


@look
def require_smooth(where: str, undefined: str, T: Any, gT: Any, pattern: Any) -> None:
    """Report a cost that sees an entry of T which has a kink, or depends on a basis that is not determined."""
    T, gT = numbers(T), numbers(gT)
    if T is None or gT is None or not asked("degenerate"):
        return
    entry = kernels.kink(T, gT, innermost(pattern))
    if entry is not None:
        _report(where, undefined, entry)


def declared_turn(where: str, undefined: str, name: str, **declared: Any) -> Callable[..., Any]:
    """turn(M, T, pattern, trans); ``undefined`` says what has no derivative at entry i, j of an element."""

    def tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
        _, T, pattern, trans = args
        right, dT = tangents
        if dT is not None:
            X, dT = outputs[0], allowed(dT, pattern)
            change = matmul(dT, X) - matmul(X, dT) if trans == "N" else matmul(H(dT), X) - matmul(X, H(dT))
            right = change if right is None else right + change
        return (turn(right, T, pattern, trans),)

    def cotangent(args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]) -> tuple[Any, ...]:
        _, T, pattern, trans = args
        Y = turn(cotangents[0], T, pattern, _ADJOINT[trans])
        if not wanted[1]:
            return Y, None
        S, N = (outputs[0], Y) if trans == "N" else (Y, outputs[0])
        return Y, allowed(matmul(S, N) - matmul(N, S), pattern)

    turn = composition(
        name,
        partial(_numeric, where, undefined),
        rule=lambda: ByHand(tangent, cotangent, _turn_residual),
        last=2,
        **declared,
    )
    return turn


def _turn_residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    M, T, pattern, trans = args
    T, X = allowed(T, pattern), outputs[0]
    if trans == "N":
        left = M - (matmul(X, T) - matmul(T, X))
        return left - allowed(left, pattern), X + H(X)
    left = M - (matmul(X, H(T)) - matmul(H(T), X))
    return pattern.turning(shape_of(left)[-1]) * (left - H(left)), allowed(X, pattern)


def turn_samples(name: str, pattern: Any, shapes: Sequence[tuple[int, ...]]) -> tuple[Sample, ...]:
    """Samples of a turn with a pattern."""
    return tuple(
        Sample((shape, shape), (pattern, trans), f"{'x'.join(map(str, shape))}-{name}-{trans}")
        for shape in shapes
        for trans in "NH"
    )


# -- the form -------------------------------------------------------------------------------------------------------


def declared_form(
    name: str, turn: Callable[..., Any], guard: Callable[..., None], **declared: Any
) -> Callable[..., tuple[Any, Any]]:
    """T and Z, given the factors. ``guard(T, W, G, gZ, pattern)`` sees the cotangents that the rule sees."""
    return composition(
        name,
        lambda A, factors: (factors.T, factors.Z),
        rule=lambda: ByHand(partial(_tangent, turn), partial(_cotangent, turn, guard), _residual),
        last=1,
        outputs=2,
        invariants=form_invariants,
        **declared,
    )


def _tangent(turn: Callable[..., Any], args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    try:
        return _tangents(turn, args, outputs, tangents)
    except DegenerateError:  # raised again when a tangent is used
        return tuple([Deferred(partial(_late, i, turn, args, outputs, tangents)) for i in range(2)])


def _late(i: int, *rest: Any) -> Any:
    return _tangents(*rest)[i]


def _tangents(turn: Callable[..., Any], args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    T, Z = outputs
    pattern = pattern_of(args[1])
    M = matmul(H(Z), matmul(tangents[0], Z))
    S = turn(M, T, pattern, "N")
    return allowed(M + matmul(T, S) - matmul(S, T), pattern), matmul(Z, S)


def _cotangent(
    turn: Callable[..., Any],
    guard: Callable[..., None],
    args: Args,
    outputs: Args,
    cotangents: Args,
    wanted: tuple[bool, ...],
) -> tuple[Any, ...]:
    (T, Z), (gT, gZ) = outputs, cotangents
    pattern = pattern_of(args[1])
    W = G = None
    if gZ is not None:
        W = matmul(H(Z), gZ)
    if gT is not None:
        G = allowed(gT, pattern)
        change = matmul(H(T), G) - matmul(G, H(T))
        W = change if W is None else W + change
    guard(T, W, G, gZ, pattern)
    N = turn(W, T, pattern, "H")
    N = N if G is None else G + N
    return (matmul(Z, matmul(N, H(Z))),)


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    (T, Z), A = outputs, args[0]
    return matmul(Z, matmul(T, H(Z))) - A, matmul(H(Z), Z) - np.eye(shape_of(Z)[-1])


def form_invariants(T: Any, Z: Any) -> tuple[Any, ...]:
    """What phases of the columns of Z do not change, nor quarter turns in a block [a b; c a]: LAPACK may take either.

    d is constant in a block; b^2 - c^2 changes its sign in a quarter turn, as the difference of two projectors does.
    """
    n, d = shape_of(T)[-1], diagonal(T, 0)
    above, below = (real(x * conj(x)) for x in (diagonal(T, 1), diagonal(T, -1)))
    s = (above - below) * above * below
    e = total(from_diagonal(s, 1, (n, n)) - from_diagonal(s, -1, (n, n)), (len(shape_of(d)),), False)
    rows, columns = (reshape(d, (*shape_of(d)[:-1], *shape)) for shape in ((n, 1), (1, n)))
    weights = reshape(d + e, (*shape_of(d)[:-1], 1, n))
    return d, matmul(Z * weights, H(Z)), matmul(Z, matmul((1 + rows + 0.5 * columns) * T, H(Z)))
