"""Algebraic Riccati equations, in continuous and in discrete time.

Equation    E^H X A + A^H X E - K^H G K + Q = 0,     G = R,              G K = B^H X E + S^H
            A^H X A - E^H X E - K^H G K + Q = 0,     G = R + B^H X B,    G K = B^H X A + S^H
            X Hermitian and stabilising; Q and R Hermitian; E the identity and S zero where they are absent
Undefined   where SciPy finds no X: an eigenvalue of the closed loop is on the edge of what is stable

With N = A - B K the residuals are N^H X E + E^H X N + W and N^H X N - E^H X E + W, W = Q + K^H R K - S K - K^H S^H.
At K they are stationary in it, so it is held fixed where they are differentiated. With M = E^-1 N, Y = E^H X E the
linearised equation is M^H dY + dY M = right, or M^H dY M - dY = right: a Sylvester or a Stein equation, by one Schur
form of the closed loop M. Higher derivatives pass through K and M, which are functions of the arguments and of X.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from linad.core.kinds import PART, Sample, aid, composition, joint_aid
from linad.kernels.riccati import Loop
from linad.operations.contractions import H, matmul
from linad.operations.hermitian import hermitian_part
from linad.operations.residuals import ByResidual
from linad.operations.solve import solve_by
from linad.operations.stein import stein
from linad.operations.sylvester import sylvester

Args = Sequence[Any]

# The numbers of the closed loop: computed once for a call, and shared by all orders and modes.
closed_loop = joint_aid("riccati_loop", lambda *args: Loop(args[:-2], *args[-2:]))
_cost_factors = aid("riccati_cost_factors", lambda loop: loop.cost_factors, untried=PART)
_descriptor_factors = aid(
    "riccati_descriptor_factors",
    lambda loop: loop.descriptor_factors,
    untried=PART,
)
_form = aid("riccati_form", lambda loop: loop.form, untried=PART)


def _parts(args: Args) -> tuple[Any, ...]:
    """A, B, Q, R, E, S with None where absent, the loop, and whether time is discrete."""
    *operands, loop, in_steps = args
    A, B, Q, R, *rest = operands
    return (A, B, hermitian_part(Q), hermitian_part(R), *(rest or (None, None)), loop, in_steps)


def _times(X: Any, E: Any) -> Any:
    return X if E is None else matmul(X, E)


def _gain(args: Args, X: Any) -> Any:
    A, B, _, R, E, S, loop, in_steps = _parts(args)
    BX = matmul(H(B), X)
    right = matmul(BX, A) if in_steps else _times(BX, E)
    right = right if S is None else right + H(S)
    return solve_by(R + matmul(BX, B) if in_steps else R, _cost_factors(loop), right)


def _residual_at(args: Args, X: Any, K: Any) -> Any:
    A, B, Q, R, E, S, _, in_steps = _parts(args)
    N, XE = A - matmul(B, K), _times(X, E)
    W = Q + matmul(H(K), matmul(R, K))
    if S is not None:
        SK = matmul(S, K)
        W = W - SK - H(SK)
    if in_steps:
        return matmul(H(N), matmul(X, N)) - (XE if E is None else matmul(H(E), XE)) + W
    change = matmul(H(N), XE)
    return change + H(change) + W


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    X = hermitian_part(outputs[0])
    return (_residual_at(args, X, _gain(args, X)),)


def _with_the_gain_fixed(args: Args, outputs: Args) -> Callable[[Args], tuple[Any, ...]]:
    K = _gain(args, outputs[0])
    return lambda moved: (_residual_at(moved, outputs[0], K),)


def _solver(args: Args, outputs: Args, right: Args, back: bool) -> tuple[Any, ...]:
    A, B, _, _, E, _, loop, in_steps = _parts(args)
    M = A - matmul(B, _gain(args, outputs[0]))
    M = M if E is None else solve_by(E, _descriptor_factors(loop), M)
    form, Y = _form(loop), hermitian_part(right[0])
    Y = _between(E, loop, Y, "N") if back else Y
    letters = "NH" if back else "HN"
    Y = stein(M, M, -Y, form, form, letters) if in_steps else sylvester(M, M, Y, form, form, letters)
    return (hermitian_part(Y if back else _between(E, loop, Y, "H")),)


def _between(E: Any, loop: Any, Y: Any, trans: str) -> Any:
    """op(E)^-1 Y op(E)^-H."""
    if E is None:
        return Y
    factors = _descriptor_factors(loop)
    return H(solve_by(E, factors, H(solve_by(E, factors, Y, trans)), trans))


def _declared(name: str, operands: int) -> Callable[..., Any]:
    def shapes(m: int, n: int, batch: tuple[int, ...] = ()) -> tuple[tuple[int, ...], ...]:
        return ((*batch, m, m), (m, n), (m, m), (n, n), (*batch, m, m), (m, n))[:operands]

    return composition(
        name,
        lambda *args: args[operands].X,
        rule=lambda: ByResidual(_residual, _solver, _with_the_gain_fixed),
        last=operands,
        domain=("damped", "full rank", "definite", "definite", "stable", "unit")[:operands],
        samples=tuple(
            Sample(sizes, (in_steps,), f"{label}-{'steps' if in_steps else 'time'}")
            for label, sizes, in_steps in [
                ("2x1", shapes(2, 1), False),
                ("2x1", shapes(2, 1), True),
                ("batch", shapes(2, 2, (2,)), operands == 4),
                ("1x1", shapes(1, 1), operands > 4),
            ]
        ),
    )


riccati = _declared("riccati", 4)
generalized_riccati = _declared("generalized_riccati", 6)


def solve_riccati(A: Any, B: Any, Q: Any, R: Any, in_steps: bool, balanced: bool = True) -> Any:
    """The stabilising X for matrices in the last two axes; batches broadcast. ``in_steps``: time is discrete."""
    loop = closed_loop(A, B, Q, R, in_steps, balanced)
    return riccati(A, B, Q, R, loop, in_steps)


def solve_generalized_riccati(
    A: Any, B: Any, Q: Any, R: Any, E: Any, S: Any, in_steps: bool, balanced: bool = True
) -> Any:
    """The same with E and S."""
    loop = closed_loop(A, B, Q, R, E, S, in_steps, balanced)
    return generalized_riccati(A, B, Q, R, E, S, loop, in_steps)


riccati.primitive.entry = solve_riccati  # type: ignore[attr-defined]  # functions of primitives carry them
generalized_riccati.primitive.entry = solve_generalized_riccati  # type: ignore[attr-defined]  # the same
