"""L and U of small matrices, and Cholesky's factor, in quick programs: the closed forms of linad.kernels.small."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linad.core.errstate import asked
from linad.core.expression import Expression
from linad.core.replay.lowering import quickens
from linad.core.replay.quick import Late, Quick
from linad.kernels import small
from linad.kernels.definite import Definite
from linad.kernels.routines import routine
from linad.operations.replayed.systems import adjoint, call, code_of, pivots


def mask(quick: Quick, name: str, n: int, code: str) -> str:
    """Ones on a triangle, and zeros; or the identity. In Fortran's order, as what LAPACK gives."""
    ones = np.ones((n, n))
    made = {"upper": np.triu(ones), "strict lower": np.tril(ones, -1), "identity": np.eye(n)}[name]
    return quick.constant((name, n, code), lambda: np.asfortranarray(made, np.dtype(code)))


def mirror(quick: Quick, K: str, n: int, code: str) -> str:
    """The Hermitian matrix of a lower triangle, in C order."""
    if code in "FD":
        return quick.let(f"{quick.named('hermitian', small.hermitian)}({K})")
    places = quick.constant(
        ("mirror", n), lambda: np.tril(np.arange(n * n).reshape(n, n)) + np.triu(_turned(n), 1)
    )
    return quick.let(f"{K}.take({places})")


def _turned(n: int) -> Any:
    return np.arange(n * n).reshape(n, n).T


def doubled(quick: Quick, X: str, n: int, code: str) -> str:
    """X + X^H of a matrix in C order: where both are in one order a sum costs a third."""
    if code in "FD":
        return quick.let(f"{X} + {X}.T.conj()")
    places = quick.constant(("turned", n), lambda: np.ascontiguousarray(_turned(n)))
    return quick.let(f"{X} + {X}.take({places})")


# -- L and U ---------------------------------------------------------------------------------------------------------


@quickens("lu")
def lu(quick: Quick, node: Expression) -> Late | None:
    """By masks: pivots that are finite say that all entries are."""
    A, F = node.args
    packed, code = quick.part(F, "packed"), quick.part(F, "code")
    if packed is None:
        return None
    n = A.value.shape[0]

    def part(name: str) -> str:
        quick.unsure(f"not sum({pivots(quick, packed)}) < {quick.named('infinity', math.inf)}")
        zone = f"{packed} * {mask(quick, name, n, code)}"
        return quick.let(zone if name == "upper" else f"{zone} + {mask(quick, 'identity', n, code)}", "F")

    return Late(items=(lambda: part("strict lower"), lambda: part("upper")))


@quickens(("lu", "cotangent"))
def lu_cotangent(quick: Quick, node: Expression) -> Late | None:
    A, F, L, U, gL, gU = node.args
    packed, code = quick.part(F, "packed"), quick.part(F, "code")
    if packed is None or asked("tie") or not of_type(quick, code, gL, gU):
        return None
    n, trtrs, trans = A.value.shape[0], call(quick, "trtrs", code), 2 if code in "FD" else 1
    T = None if gU is None else _upper(quick, gU)
    M = None if gL is None else f"{adjoint(quick.text(L), code)}.dot({quick.text(gL)})"
    if T is not None:
        product = f"{T}.dot({adjoint(quick.text(U), code)})"
        M = f"-{product}" if M is None else f"{M} - {product}"
    if M is None:
        return None
    M = quick.let(M, fresh=False)
    above = quick.constant(("above", n), lambda: np.triu(np.ones((n, n), bool)))
    quick.line(f"{quick.named('putmask', np.putmask)}({M}, {above}, 0)")
    X = adjoint(f"{trtrs}({packed}, {adjoint(M, code)}, 0)[0]", code)
    X = X if T is None else f"{T} + {X}"
    X = quick.let(f"{trtrs}({packed}, {X}, 1, {trans}, 1)[0]", "F", fresh=False)
    laswp = quick.named(*routine("laswp", code))
    return Late(items=(quick.let(f"{laswp}({X}, {packed}_pivots, 0, {n - 1}, 0, -1, 1)", "F"),))


def _upper(quick: Quick, gU: Any) -> str:
    if isinstance(gU, np.ndarray):
        return quick.constant(("triu", id(gU)), lambda: np.triu(gU))
    return quick.let(f"{quick.named('triangle', small.triangle)}({quick.text(gU)})")


def of_type(quick: Quick, code: str, *cotangents: Any) -> bool:
    """Whether cotangents, which may be absent, are arrays of one dtype."""
    spaces = [quick.space(g) for g in cotangents if g is not None]
    return all([space is not None and space.dtype.char == code for space in spaces])


# -- Cholesky's factor -----------------------------------------------------------------------------------------------


@quickens("definite_factors")
def definite_factors(quick: Quick, node: Expression) -> Late | None:
    A, form = node.args
    code = code_of(quick, A)
    if code is None or form != "lower" or A.value.shape[0] != A.value.shape[1]:
        return None
    L = quick.let(f"{call(quick, 'potrf', code)}({quick.text(A)}, 1)", "F", True, ("info",))
    quick.unsure(f"{L}_info")
    return Late(lambda: f"{quick.named('Definite', Definite)}({L})", lower=L, code=code)


@quickens("cholesky")
def cholesky(quick: Quick, node: Expression) -> str | None:
    return quick.part(node.args[1], "lower")


@quickens(("cholesky", "cotangent"))
def cholesky_cotangent(quick: Quick, node: Expression) -> Late | None:
    A, F, _, _, gL = node.args
    L, code = quick.part(F, "lower"), quick.part(F, "code")
    if L is None or not of_type(quick, code, gL):
        return None
    n, trsm, trans = A.value.shape[0], call(quick, "trsm", code), 2 if code in "FD" else 1
    K = quick.let(f"{adjoint(L, code)}.dot({quick.text(gL)})", fresh=False)
    S = mirror(quick, K, n, code)
    if code in "fd":
        S = f"{S}.T"  # itself, in LAPACK's order
    X = quick.let(f"{trsm}(1.0, {L}, {S}, 0, 1, {trans}, 0, 1)", "F", fresh=False)
    X = quick.let(adjoint(f"{trsm}(0.25, {L}, {X}, 1, 1, 0, 0, 1)", code), fresh=False)
    return Late(items=(doubled(quick, X, n, code),))
