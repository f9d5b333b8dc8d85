"""QR factors of small matrices, and eigenvectors of symmetric ones, in quick programs.

Pivots of R that are far from zero, and eigenvalues that are far apart, leave nothing to report; others are left to the
operations.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from linad.core.errstate import asked
from linad.core.expression import Expression
from linad.core.replay.lowering import quickens
from linad.core.replay.quick import Late, Quick
from linad.kernels import eigen, small
from linad.kernels.eigen import Eigen, Request
from linad.kernels.qr import Factors, least_pivot
from linad.kernels.routines import routine
from linad.operations.qr import is_deficient
from linad.operations.replayed.factors import doubled, mask, mirror, of_type
from linad.operations.replayed.looks import finite
from linad.operations.replayed.systems import adjoint, call, code_of, pivots

_BESIDE = 8  # up to this number they are compared one by one
_FEW = 16  # up to this order differences by a product with a matrix are quicker than by broadcasting


# -- QR --------------------------------------------------------------------------------------------------------------


@quickens("qr_factors")
def qr_factors(quick: Quick, node: Expression) -> Late | None:
    """Of square and tall matrices whose pivots are large enough for every guard."""
    A, pivoting, complete = node.args
    code, space = code_of(quick, A), quick.space(A)
    if code is None or space is None or pivoting or space.shape[0] < space.shape[1]:
        return None
    m, n = space.shape
    if complete and m > n:
        return None
    packed = quick.let(f"{call(quick, 'geqrf', code)}({quick.text(A)})", "F", False, ("tau", "work", "info"))
    sizes = pivots(quick, packed)
    quick.unsure(f"not sum({sizes}) < {quick.named('infinity', math.inf)}")  # then all of R is finite
    head = packed if m == n else f"{packed}[:{n}]"
    R = quick.let(f"{head} * {mask(quick, 'upper', n, code)}", "F")
    entries = quick.once(("flat", R, "F"), lambda: quick.let(f"{R}.T.ravel()", fresh=False))
    largest = f"{quick.named(*routine('nrm2', code))}({entries})"
    far = f"max({least_pivot(m, n, code)!r} * {largest}, {small.PIVOT[code]!r} * {sizes}[-1])"
    quick.unsure(f"not {far} < {sizes}[0]")
    Q = quick.let(f"{quick.named(*routine('orgqr', code))}({packed}, {packed}_tau, overwrite_a=1)[0]", "F")
    made = quick.named("QRFactors", Factors)
    return Late(lambda: quick.let(f"{made}({Q}.copy(), {R}.copy(), None)", fresh=False), Q=Q, R=R, code=code)


@quickens(is_deficient)
def deficient(quick: Quick, node: Expression) -> str | None:
    """It is not, else the program has been left."""
    said = node.primitive.rule[1]  # type: ignore[union-attr]  # a condition, and what it said
    return None if said or quick.part(node.args[0], "R") is None else "True"


@quickens("qr")
def qr(quick: Quick, node: Expression) -> Late | None:
    A, F = node.args
    Q, R, space = quick.part(F, "Q"), quick.part(F, "R"), quick.space(A)
    if Q is None or space is None or F.args[0] is not A:
        return None
    return Late(items=(Q, R))


@quickens(("qr", "cotangent"))
def qr_cotangent(quick: Quick, node: Expression) -> Late | None:
    A, F, _, _, gQ, gR = node.args
    Q, R, code = quick.part(F, "Q"), quick.part(F, "R"), quick.part(F, "code")
    if Q is None or asked("tie") or (gQ is None and gR is None) or not of_type(quick, code, gQ, gR):
        return None
    n = A.value.shape[1]
    right = None if gR is None else f"{R}.dot({adjoint(quick.text(gR), code)})"
    if gQ is None:
        K = f"-{right}"
    else:
        K = f"{adjoint(quick.text(gQ), code)}.dot({Q})"
        K = K if right is None else f"{K} - {right}"
    S = mirror(quick, quick.let(K, fresh=False), n, code)
    X = f"{Q}.dot({S})"
    X = quick.let(f"-{X}" if gQ is None else f"{quick.text(gQ)} - {X}", fresh=False)
    solved = f"{call(quick, 'trtrs', code)}({R}, {adjoint(X, code)}, 0)[0]"
    return Late(items=(quick.let(adjoint(solved, code)),))


# -- eigenvalues and eigenvectors ------------------------------------------------------------------------------------


@quickens("eigh_factors")
def eigh_factors(quick: Quick, node: Expression) -> Late | None:
    """Of real matrices in double precision, by what NumPy itself runs."""
    A, request = node.args
    if eigen.symmetric is None or code_of(quick, A) != "d" or request != Request():
        return None
    quick.unsure(f"not {finite(quick, A)}")  # then it converges
    call(quick, "syevd", "d")
    w = quick.let(f"{quick.named('eigh_lo', eigen.symmetric)}({quick.text(A)})", "C", True, ("vectors",))
    made, n = quick.named("Eigen", Eigen), A.value.shape[0]
    V = f"{w}_vectors"
    return Late(lambda: quick.let(f"{made}({w}, {V}, {n})", fresh=False), w=w, V=V)


@quickens("eigh")
def eigh(quick: Quick, node: Expression) -> Late | None:
    F = node.args[1]
    return None if quick.part(F, "w") is None else Late(items=(quick.part(F, "w"), quick.part(F, "V")))


@quickens(("eigh", "cotangent"))
def eigh_cotangent(quick: Quick, node: Expression) -> Late | None:
    A, F, _, _, gw, gV = node.args
    w, V = quick.part(F, "w"), quick.part(F, "V")
    if w is None or (gw is None and gV is None) or not of_type(quick, "d", gw, gV):
        return None
    n, half = A.value.shape[0], None if gw is None else _half(quick, gw)
    _require_gaps(quick, w, n)
    if gV is None:
        M = quick.let(f"{V} * {half}", fresh=False)
    else:
        M = f"{V}.T.dot({quick.text(gV)})"
        if n > 1:
            M = f"{M} / {_differences(quick, w, n)}"
        M = quick.let(M, fresh=False)
        quick.line(f"{M}.ravel()[::{n + 1}] = {half or 0}")
        M = quick.let(f"{V}.dot({M})", fresh=False)
    X = quick.let(f"{M}.dot({V}.T)", fresh=False)
    return Late(items=(doubled(quick, X, n, "d"),))


def _half(quick: Quick, gw: Any) -> str:
    """Half of a vector; of twice a vector itself."""
    return quick.part(gw, "doubled") or f"(0.5 * {quick.text(gw)})"


def _require_gaps(quick: Quick, w: str, n: int) -> None:
    """Go on where eigenvalues are far apart: then no guard has anything to say."""
    if n == 1:
        return
    found = quick.let(f"{w}.tolist()", fresh=False)
    if n <= _BESIDE:
        each = [f"{found}_{i}" for i in range(n)]
        quick.line(f"{', '.join(each)} = {found}")
        first, last = each[0], each[-1]
        gaps = [f"{y} - {x}" for x, y in pairwise(each)]
        least = f"min({', '.join(gaps)})" if n > 2 else gaps[0]
    else:
        first, last = f"{found}[0]", f"{found}[-1]"
        least = f"min([y - x for x, y in {quick.named('pairwise', pairwise)}({found})])"
    quick.unsure(f"not {least} > {small.GAP['d']!r} * max(-{first}, {last})")


def _differences(quick: Quick, w: str, n: int) -> str:
    """Twice w_j - w_i; on the diagonal something that is not zero."""
    if n <= _FEW:
        return f"{quick.constant(('differences', n), lambda: _places(n))}.dot({w}).reshape({n}, {n})"
    found = quick.let(f"2.0 * ({w} - {w}.reshape({n}, 1))", fresh=False)
    quick.line(f"{found}.ravel()[::{n + 1}] = 1")
    return found


def _places(n: int) -> Any:
    """A matrix that makes the differences, row by row, of n numbers: each is one of them less another, twice."""
    unit = np.eye(n)
    differences = unit[:, None, :] - unit[:, :, None]
    differences[0, range(n), range(n)], differences[n - 1, range(n), range(n)] = -1, 1
    return np.ascontiguousarray(2 * differences.reshape(n, n * n).T)
