"""Wrong rules of what is defined by an equation: by hand, derived, with an aid."""

from typing import Any

import numpy as np

from linad.core.kinds import ByHand, Derived, Sample, aid, composition
from linad.kernels import definite
from linad.operations.cholesky import definite_factors
from linad.operations.contractions import H, matmul
from linad.operations.hermitian import DerivedOnHermitian
from linad.operations.shape import tril, triu
from linad.operations.triangular import solve_triangular

SQUARE = (Sample(((2, 2), (2, 2))), Sample(((3, 2, 2), (2, 2))))


def product(
    name: str,
    tangent_factor: float = 1.0,
    kernel_factor: float = 1.0,
    batch_factor: float = 1.0,
    numeric: Any = np.matmul,
) -> Any:
    """Y = A B."""

    def tangent(args: Any, outputs: Any, tangents: Any) -> Any:
        (A, B), (dA, dB) = args[:2], tangents
        parts = [matmul(dA, B)] if dA is not None else []
        parts += [matmul(A, dB)] if dB is not None else []
        first, *rest = [tangent_factor * part for part in parts]
        return (first + rest[0] if rest else first,)

    def cotangent(args: Any, outputs: Any, cotangents: Any, wanted: Any) -> Any:
        A, B = args[:2]
        g = cotangents[0] * (batch_factor if np.ndim(cotangents[0]) > 2 else 1.0)
        return matmul(g, H(B)), matmul(H(A), g)

    def kernel(args: Any, outputs: Any, cotangents: Any, wanted: Any) -> Any:
        return tuple([kernel_factor * part for part in cotangent(args, outputs, cotangents, wanted)])

    def residual(args: Any, outputs: Any) -> Any:
        return (matmul(args[0], args[1]) - outputs[0],)

    rule = ByHand(tangent, cotangent, residual, kernel)
    return composition(name, numeric, rule=lambda: rule, last=2, samples=SQUARE)


def in_another_order(A: Any, B: Any) -> Any:
    return np.matmul(A[::-1] if A.ndim == 3 else A, B)


def lower_part(name: str, push: Any = lambda dA: tril(dA, 0), pull: Any = lambda g: tril(g, 0)) -> Any:
    """Y = tril(A)."""
    rule = ByHand(
        lambda args, outputs, tangents: (push(tangents[0]),),
        lambda args, outputs, cotangents, wanted: (pull(cotangents[0]),),
        lambda args, outputs: (tril(args[0], 0) - tril(outputs[0], 0),),
    )
    return composition(name, np.tril, rule=lambda: rule, last=1, samples=(Sample(((3, 3),)),))


# -- L U without pivots: gA = L^-H (stril(L^H gL) + triu(gU U^H)) U^-H ----------


def projected(left: Any, right: Any) -> Any:
    return tril(left, -1) + triu(right, 0)


def unprojected(left: Any, right: Any) -> Any:
    return left + right


def exchanged(left: Any, right: Any) -> Any:
    return triu(left, 0) + tril(right, -1)


def one_term(left: Any, right: Any) -> Any:
    return triu(right, 0)


def _eliminate(A: Any) -> tuple[Any, Any]:
    L, U = np.eye(A.shape[-1], dtype=A.dtype), A.copy()
    for k in range(len(A) - 1):
        L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
        U[k + 1 :] -= L[k + 1 :, k : k + 1] * U[k]
    return L, np.triu(U)


def lu(name: str, middle: Any = projected) -> Any:
    def tangent(args: Any, outputs: Any, tangents: Any) -> Any:
        L, U = outputs
        S = solve_triangular(L, tangents[0], True, "N", True)
        M = H(solve_triangular(U, H(S), False, "H", False))
        return matmul(L, tril(M, -1)), matmul(triu(M, 0), U)

    def cotangent(args: Any, outputs: Any, cotangents: Any, wanted: Any) -> Any:
        L, U = outputs
        gL, gU = (0 * L if g is None else g for g in cotangents)
        M = middle(matmul(H(L), gL), matmul(gU, H(U)))
        S = solve_triangular(L, M, True, "H", True)
        return (H(solve_triangular(U, H(S), False, "N", False)),)

    def residual(args: Any, outputs: Any) -> Any:
        return (args[0] - matmul(*outputs),)

    return composition(
        name,
        _eliminate,
        rule=lambda: ByHand(tangent, cotangent, residual),
        last=1,
        outputs=2,
        domain=("stable",),
        samples=(Sample(((3, 3),)),),
    )


# -- derived rules, bent ------------------------------------------------------


class Bent(DerivedOnHermitian):
    """The derived rule of a Cholesky factor; what it gives passes through ``forward`` or ``back``."""

    def __init__(self, equation: str, forward: Any, back: Any) -> None:
        super().__init__(equation, values=lambda args, outputs: (args[:1], outputs))
        self.bend = forward, back

    def tangent(self, present: Any) -> Any:
        program = super().tangent(present)
        return lambda *args: tuple(self.bend[0](part) for part in program(*args))

    def cotangent(self, present: Any, wanted: Any) -> Any:
        program = super().cotangent(present, wanted)
        return lambda *args: tuple(self.bend[1](part) for part in program(*args))


def same(x: Any) -> Any:
    return x


def cholesky(
    name: str, equation: str = "cholesky", forward: Any = same, back: Any = same, **aids: Any
) -> Any:
    """The lower factor."""
    declared = composition(
        name,
        lambda A, factors: factors.C,
        rule=lambda: Bent(equation, forward, back),
        last=1,
        domain=("definite",),
        samples=(Sample(((3, 3),)), Sample(((2, 3, 3),))),
    )
    factors_of = aids.get("factors_of", lambda A: definite_factors(A, "lower"))
    declared.primitive.entry = lambda A: declared(A, factors_of(A))
    return declared


def factors_of_the_first() -> Any:
    """An aid that remembers what it has computed by shape, not by matrix."""
    seen: dict[Any, Any] = {}

    def factors_of(A: Any) -> Any:
        found = definite_factors(A, "lower")
        return seen.setdefault((np.shape(A), str(A.dtype)), found)

    return factors_of


def inverse(name: str, factor: float = 1.0) -> Any:
    """A X = I by its derived rule, the tangent with a factor."""

    class Scaled(Derived):
        def tangent(self, present: Any) -> Any:
            program = super().tangent(present)
            return lambda *args: tuple(factor * part for part in program(*args))

    return composition(
        name,
        np.linalg.inv,
        rule=lambda: Scaled("inv"),
        last=1,
        domain=("regular",),
        samples=(Sample(((3, 3),)),),
    )


def factors_by_history(name: str, step: float = 0.0) -> Any:
    """An aid that is computed anew, each time a little different."""
    calls: list[None] = []

    def numeric(A: Any) -> Any:
        calls.append(None)
        return definite.factor(A, "lower").C * (1 + step * len(calls))

    return aid(name, numeric, domain=("definite",), samples=(Sample(((3, 3),)),))
