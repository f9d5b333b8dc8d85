"""The oracle as a rule: for operations of users whose equations give no other, at small sizes, of any order.

Equation    F(X, Y) = 0: the defining equations, and of each output with a curved structure the equation of that
Tangent     c = -J^+ (change of F along dX),  dY = B c,     B a basis of the linear part of the structures of Y
Cotangent   gX = -(what J^+T B^T gY sends back to X through F)
Undefined   where F does not determine Y but for gauge, which is held fixed

J is the derivative of F by c. It is made of products that can be differentiated again, and so are both rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.space import Space, Unknown, conj, shape_of, zeros
from linad.core.traced import innermost
from linad.core.transforms import jvp, vjp
from linad.derive.bases import basis_of, block_diagonal, matrix, null_projector
from linad.derive.oracle import RANK
from linad.derive.own_kernels import own_axes
from linad.derive.rule import Rule
from linad.derive.symbolic.algebra.structures import FREE
from linad.derive.symbolic.algebra.words import Symbol
from linad.derive.vocabulary import identity, real_part
from linad.errors import DerivationError
from linad.operations.contractions import H, matmul
from linad.operations.coordinates import Coordinates
from linad.operations.guards import report_lost_digits
from linad.operations.least_squares import pinv
from linad.operations.reductions import sum as sum_
from linad.operations.shape import broadcast_to, concatenate, transpose

Args = Sequence[Any]
_ROUNDING = 1e3  # of a cotangent along gauge, in units of eps


class Dense:
    """The rules of an operation by dense linear algebra, where its equations are of no form that is solved."""

    __slots__ = ("rule",)
    straight = False  # the gauge, and the places of blocks, are numbers

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def tangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...] | None = None
    ) -> Callable[..., tuple[Any, ...]]:
        places = [i for i, there in enumerate(present) if there]

        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            at = Linear(self.rule, args, outputs)
            along = tuple([at.projected(i, tangents[i]) for i in places])
            change = jvp(at.moving(places), tuple([args[i] for i in places]), along)[1]
            c = matmul(at.inverse, at.equations.pack(change)[..., None])[..., 0]
            found = dict(zip(at.free, at.unknowns.unpack(-matmul(c, at.basis)), strict=True))
            return tuple([found.get(i) for i in range(len(outputs))])

        return run

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        places = [i for i, want in enumerate(wanted) if want]

        def run(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...]:
            at = Linear(self.rule, args, outputs)
            given = [zeros(outputs[i]) if cotangents[i] is None else cotangents[i] for i in at.free]
            q = matmul(at.unknowns.pack(given), at.basis.T)
            at.require_no_gauge(q)
            w = matmul(H(at.inverse), q[..., None])[..., 0]
            sent = vjp(at.moving(places), *[args[i] for i in places])[1](at.equations.unpack(-w))
            found = {i: at.projected(i, g) for i, g in zip(places, sent, strict=True)}
            return tuple([found.get(i) for i in range(len(args))])

        return run

    def kernel(self, present: tuple[bool, ...], wanted: tuple[bool, ...]) -> None:
        """The program serves plain values too."""

    def residual(self, operands: Args, outputs: Args) -> Args:
        return self.rule.residual(operands, outputs)


class Linear:
    """The linearised equations at a point, in real coordinates.

    Attributes
    ----------
    free
        Which outputs vary.
    basis
        A row for each coordinate c: what it is of the outputs.
    inverse
        J^+, but for gauge, which is held fixed.
    """

    def __init__(self, rule: Rule, inputs: Args, outputs: Args) -> None:
        self.rule, self.inputs, self.outputs = rule, inputs, outputs
        self.free = [i for i, s in enumerate(rule.outputs) if not s.structure.fixed]
        moved = [outputs[i] for i in self.free]
        symbols = [rule.outputs[i] for i in self.free]
        own = [own_axes(s, innermost(y)) for s, y in zip(symbols, moved, strict=True)]
        self.unknowns = Coordinates(rule.name, moved, own)
        bases = [basis_of(rule.name, s, innermost(y)) for s, y in zip(symbols, moved, strict=True)]
        self.basis = block_diagonal(bases)
        self._require_determined()
        batch, count = self.unknowns.batch, len(self.basis)
        wide = tuple([broadcast_to(y, (count, *shape_of(y))) for y in moved])  # a copy for each coordinate
        along = Coordinates(rule.name, wide, own).unpack(
            np.broadcast_to(
                self.basis.reshape(count, *[1] * len(batch), -1), (count, *batch, self.unknowns.size)
            )
        )
        left, change = jvp(self._of_outputs, wide, along)
        axes = [2 if len(shape_of(x)) == len(batch) + 3 else 1 for x in left]
        self.equations = Coordinates(rule.name, [Space(x.shape[1:], x.dtype) for x in left], axes)
        J = Coordinates(rule.name, left, axes).pack(change)
        J = transpose(J, (*range(1, len(batch) + 2), 0))
        self.along = null_projector(innermost(J))
        whole = concatenate(len(batch), J, self.along)
        self.inverse = pinv(whole, lambda s: s >= 0)[0][..., :, : self.equations.size]

    def _of_outputs(self, *moved: Any) -> tuple[Any, ...]:
        outputs = list(self.outputs)
        for i, y in zip(self.free, moved, strict=True):
            outputs[i] = y
        curved = [_curve(self.rule.outputs[i], outputs[i]) for i in self.free]
        return (*self.rule.residual(self.inputs, outputs), *[x for x in curved if x is not None])

    def moving(self, places: Sequence[int]) -> Callable[..., tuple[Any, ...]]:
        """The equations as a function of the inputs at some places."""

        def equations(*moved: Any) -> tuple[Any, ...]:
            inputs = list(self.inputs)
            for i, x in zip(places, moved, strict=True):
                inputs[i] = x
            left = self.rule.residual(inputs, self.outputs)
            rest = self._of_outputs(*[self.outputs[i] for i in self.free])[len(left) :]
            return (*left, *rest)

        return equations

    def projected(self, i: int, dX: Any) -> Any:
        """The tangent of an input next to dX."""
        symbol, X = self.rule.inputs[i], self.inputs[i]
        structure = symbol.structure
        if structure.adjoint_is_inverse:
            wide = shape_of(X)[-2] < shape_of(X)[-1]
            S = matmul(dX, H(X)) if wide else matmul(H(X), dX)
            S = 0.5 * (S + H(S))
            return dX - (matmul(S, X) if wide else matmul(X, S))
        if structure.unit_columns:
            return dX - X * real_part(sum_(conj(X) * dX, (len(shape_of(X)) - 2,), True))
        if structure.pattern == FREE:
            return dX
        own = Coordinates(self.rule.name, [X], [own_axes(symbol, innermost(X))])
        basis = basis_of(self.rule.name, symbol, innermost(X))
        return own.unpack(matmul(own.pack([dX]), basis.T @ basis))[0]

    def require_no_gauge(self, q: Any) -> None:
        """Report a cost that depends on what the equations leave open."""
        q = innermost(q)
        if isinstance(q, (Space, Unknown)) or not asked("gauge"):
            return
        seen = float(np.max(np.abs(np.matmul(self.along, q[..., None])), initial=0))
        if seen > _ROUNDING * self.basis.shape[0] * np.finfo(q.dtype).eps * np.max(np.abs(q), initial=0):
            report(
                "gauge",
                self.rule.name,
                f"the cost depends on what the equations leave open: its cotangent has {seen:.1e} there, "
                f"of {np.max(np.abs(q)):.1e}.",
                "Take a function that does not depend on it, or add the equation that chooses one.",
            )

    def _require_determined(self) -> None:
        """Refuse large matrices, and structures that contradict the equations; not while shapes alone are known."""
        rule = self.rule
        symbols = (*rule.inputs, *rule.outputs)
        plain = [innermost(x) for x in (*self.inputs, *self.outputs)]
        if any(isinstance(x, (Space, Unknown)) for x in plain):
            return
        eps = max(float(np.finfo(x.dtype).eps) for x in plain if x.dtype.kind in "fc")
        owns = [own_axes(s, x) for s, x in zip(symbols, plain, strict=True)]
        for at in np.ndindex(self.unknowns.batch):
            matrices = [
                matrix(s, np.broadcast_to(x, self.unknowns.batch + x.shape[x.ndim - own :])[at])
                for s, x, own in zip(symbols, plain, owns, strict=True)
            ]
            described = [(X.tobytes(), X.dtype.str, X.shape) for X in matrices]
            residual, condition, verdict = _verdict(rule, *described)
            if residual > max(RANK, 1e4 * eps) * condition:
                raise DerivationError(rule.name, verdict)
            if asked("conditioning"):
                report_lost_digits(
                    rule.name,
                    1 / condition,
                    eps**0.5,
                    "the derivative of the equations by the outputs",
                    "The equations hardly determine the outputs there.",
                )


@lru_cache(maxsize=64)
def _verdict(rule: Rule, *described: tuple[bytes, str, tuple[int, ...]]) -> tuple[float, float, str]:
    """What the oracle says of matrices, which all orders and modes ask about: contradiction, condition, a sentence."""
    matrices = [np.frombuffer(data, dtype).reshape(shape) for data, dtype, shape in described]
    symbols = (*rule.inputs, *rule.outputs)
    oracle = rule.oracle({s.name: X for s, X in zip(symbols, matrices, strict=True)})
    return oracle.residual, oracle.condition, oracle.verdict()


def _curve(symbol: Symbol, Y: Any) -> Any:
    """The equation of a structure that is no linear space, lhs - rhs; None where there is none."""
    if symbol.structure.adjoint_is_inverse:
        product = matmul(Y, H(Y)) if shape_of(Y)[-2] < shape_of(Y)[-1] else matmul(H(Y), Y)
        return product - identity(product)
    return (
        real_part(sum_(conj(Y) * Y, (len(shape_of(Y)) - 2,), False)) - 1
        if symbol.structure.unit_columns
        else None
    )
