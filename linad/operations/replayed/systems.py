"""Small systems in quick programs: getrf once, and getrs, getri and ger on what it leaves.

The guard of ill-conditioned matrices is a look at the pivots; where they differ much the guard itself runs. A matrix
that is exactly singular is left to the operations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.errstate import asked
from linad.core.expression import Expression
from linad.core.replay.lowering import quickens
from linad.core.replay.quick import Late, Quick
from linad.kernels import counters, lu
from linad.kernels.routines import known, routine
from linad.kernels.small import small
from linad.operations import guards
from linad.operations.replayed.products import outer

_INVERTING = ("inv", "slogdet_cotangent", "det_cotangent")  # steps that have use for an inverse
_TRANS = {"N": 0, "T": 1, "H": 2}
_ADJOINT = {"N": "H", "H": "N"}


def code_of(quick: Quick, A: Any) -> str | None:
    """The character of the dtype of a small matrix for which there are routines; None of anything else."""
    space = quick.space(A)
    if space is None or not small(space) or not space.dtype.isnative or not known(space.dtype.char):
        return None
    return str(space.dtype.char)


def call(quick: Quick, name: str, code: str) -> str:
    """The name of a routine. Where somebody counts what LAPACK does the operations run, which count."""
    quick.unsure(f"{quick.named('counting', counters.counting)}()")
    return quick.named(*routine(name, code))


def adjoint(text: str, code: str) -> str:
    return f"{text}.T.conj()" if code in "FD" else f"{text}.T"


# -- LU factors ------------------------------------------------------------------------------------------------------


@quickens("lu_factors")
def factors(quick: Quick, node: Expression) -> Late | None:
    A = node.args[0]
    code, space = code_of(quick, A), quick.space(A)
    if code is None or space is None or space.shape[0] != space.shape[1]:
        return None
    packed = quick.let(f"{call(quick, 'getrf', code)}({quick.text(A)})", "F", False, ("pivots", "info"))
    quick.unsure(f"{packed}_info")
    return Late(lambda: quick.let(made_of(quick, packed), fresh=False), packed=packed, code=code)


def made_of(quick: Quick, packed: str) -> str:
    return f"{quick.named('Factors', lu.of_one)}({packed}, {packed}_pivots)"


def pivots(quick: Quick, packed: str) -> str:
    """The absolute values of what is on the diagonal, a list in ascending order."""
    return quick.once(
        ("pivots", packed),
        lambda: quick.let(f"sorted(map(abs, {packed}.diagonal().tolist()))", fresh=False),
    )


@quickens(guards.enough_digits.__wrapped__)  # type: ignore[attr-defined]  # what wraps() leaves
def digits(quick: Quick, node: Expression) -> str | None:
    where, A, F = node.args
    if quick.part(F, "packed") is None:
        return None
    look(quick, where, A, F)
    return str(where)


def look(quick: Quick, where: str, A: Any, F: Any) -> None:
    """The guard of ill-conditioned matrices runs where the pivots differ much."""
    if not asked("conditioning"):
        return
    packed = quick.part(F, "packed")

    def spread() -> str:
        sizes = pivots(quick, packed)
        least = guards.least_spread(np.dtype(quick.part(F, "code")))
        return quick.let(f"{sizes}[0] > {least!r} * {sizes}[-1]", fresh=False)

    fine = quick.once(("spread", packed), spread)
    guard = quick.named("enough_digits", guards.enough_digits.__wrapped__)  # type: ignore[attr-defined]  # as above
    quick.line(f"if not {fine}: {guard}({where!r}, {quick.text(A)}, {made_of(quick, packed)})")


# -- solving ---------------------------------------------------------------------------------------------------------


def _solved(quick: Quick, F: Any, B: Any, trans: str) -> str | None:
    """op(A)^-1 B, if B is of the dtype of the factors."""
    packed, code, space = quick.part(F, "packed"), quick.part(F, "code"), quick.space(B)
    if packed is None or space is None or space.dtype.char != code or len(space.shape) not in (1, 2):
        return None
    if 0 in space.shape:
        return None
    option = f", {_TRANS[trans]}" if trans != "N" else ""
    return f"{call(quick, 'getrs', code)}({packed}, {packed}_pivots, {quick.text(B)}{option})[0]"


@quickens("apply_inverse")
def applyinverse_of(quick: Quick, node: Expression) -> str | None:
    _, B, F, trans = node.args
    found = _solved(quick, F, B, trans)
    return None if found is None else quick.let(found, _order(node))


def _order(x: Any) -> str:
    """What LAPACK gives is in Fortran's order; vectors are in either."""
    return "F" if len(x.value.shape) == 2 else "C"


@quickens(("apply_inverse", "cotangent"))
def apply_inverse_cotangent(quick: Quick, node: Expression) -> Late | None:
    A, _, F, trans, X, gX = node.args
    space = quick.space(X)
    found = _solved(quick, F, gX, _ADJOINT[trans])
    if found is None or space is None or quick.space(gX).shape != space.shape:  # type: ignore[union-attr]  # it is solved with
        return None
    look(quick, "solve", A, F)
    gB = quick.let(found, "F" if len(space.shape) == 2 else "C")
    left, right = (gB, quick.text(X)) if trans == "N" else (quick.text(X), gB)
    code = quick.part(F, "code")
    if len(space.shape) == 2:
        gA = Late(
            lambda: quick.let(f"{quick.named(*routine('gemm', code))}(-1.0, {left}, {right}, trans_b=2)", "F")
        )
    else:
        gA = outer(quick, -1.0, left, right, code)
    return Late(items=(gA, gB))


# -- inverses ---------------------------------------------------------------------------------------


def inverse_of(quick: Quick, F: Any) -> tuple[str, bool]:
    """The inverse, and whether no other step has use for it."""
    packed = quick.part(F, "packed")
    run = call(quick, "getri", quick.part(F, "code"))
    users = [user.primitive for user in quick.users(F) or [] if user.primitive is not None]
    alone = len([1 for primitive in users if primitive.name in _INVERTING]) == 1
    return quick.once(
        ("inverse", packed), lambda: quick.let(f"{run}({packed}, {packed}_pivots)[0]", "F", alone)
    ), alone


@quickens("inv")
def inv(quick: Quick, node: Expression) -> str | None:
    return None if quick.part(node.args[1], "packed") is None else inverse_of(quick, node.args[1])[0]
