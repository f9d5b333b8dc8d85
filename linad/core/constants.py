"""What stops derivatives: looking at values, constants, and pieces that are computed again instead of kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from linad.core import site, tree
from linad.core.arguments import Arguments
from linad.core.expression import Tape, taping
from linad.core.forward import Dual
from linad.core.kinds import UNARY, discrete
from linad.core.kinds.operands import expanded
from linad.core.level import opened
from linad.core.primitive import Primitive
from linad.core.space import Space, Unknown
from linad.core.traced import Array, innermost, sealed
from linad.core.transforms import vjp
from linad.errors import ClosureError, ReplayError, SymbolError


def value(x: Any) -> Any:
    """The plain array behind a traced one, read-only; containers by leaves, anything else as it is.

    Examples
    --------
    >>> import linad as ln
    >>> ln.value(ln.variable(2.0))
    2.0
    """

    def leaf(_: str, part: Any) -> Any:
        if not isinstance(part, Array):
            return part
        if taping.get() is not None:
            _refuse_frozen(part)
        plain = innermost(part)
        if isinstance(plain, (Space, Unknown)):
            raise SymbolError("value", "a symbol has no value.", "Bind data: linad.function([a], c)(data).")
        return _view(plain)

    return tree.map_leaves(leaf, x)


def _refuse_frozen(x: Any) -> None:
    while isinstance(x, Array):
        if isinstance(x.level, Tape):
            raise ReplayError(
                "value",
                "the value of a traced array is read while a function is compiled: it would be frozen.",
                "A constant that is computed again each time: linad.stop_gradient(x).",
                "Without linad.compile the function runs as it is.",
            )
        x = x.value


def _view(x: Any) -> Any:
    """The same numbers; nobody can write through it into what records hold."""
    return sealed(x.view()) if isinstance(x, np.ndarray) else x


_constant = discrete("stop_gradient", _view, samples=UNARY)


def stop_gradient(x: Any) -> Any:
    """The same numbers as a constant: no derivative flows through, in any mode, at any order.

    Examples
    --------
    >>> import linad as ln
    >>> float(ln.grad(lambda x: x * ln.stop_gradient(x))(3.0))
    3.0
    """
    return tree.map_leaves(lambda _, part: _constant(part) if isinstance(part, Array) else part, x)


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose intermediate results are not kept but computed again in the backward pass.

    Memory falls to that of the arguments, time grows by one more evaluation. All that is differentiated must
    come in as an argument; closing over a traced array raises. Plain arguments are copied if somebody could
    write to them; what the function closes over is read again, so it must not change in between.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> block = ln.checkpoint(lambda x: np.sin(np.sin(x)))
    >>> round(float(ln.grad(block)(1.0)), 6)
    0.360039
    """

    @wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        piece = _Piece(f, args, kwargs)
        outputs = iter(_recomputed.call(piece, *piece.arguments.traced))
        piece.arguments.traced = ()
        containers, piece.outputs = piece.outputs, None
        return tree.map_leaves(lambda _, __: next(outputs), containers)

    return checkpointed


class _Piece:
    """A function with its arguments, of which the traced ones are filled in again at each evaluation."""

    __slots__ = ("arguments", "f", "outputs")

    def __init__(self, f: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        self.f, self.arguments = f, Arguments(args, kwargs)
        self.outputs: Any = None

    def __repr__(self) -> str:
        return getattr(self.f, "__name__", "function")

    def run(self, values: Sequence[Any]) -> Any:
        args, kwargs = self.arguments.filled(values)
        token = site.current.set(None)  # what the function records has lines of its own
        try:
            return self.f(*args, **kwargs)
        finally:
            site.current.reset(token)

    def flat(self, *values: Any) -> tuple[Any, ...]:
        return tuple([part for _, part in tree.leaves(self.run(values))])


def _evaluate(piece: _Piece, *values: Any) -> tuple[Any, ...]:
    piece.outputs = piece.run(values)
    outputs = tuple([part for _, part in tree.leaves(piece.outputs)])
    if any(isinstance(part, Array) for part in outputs):
        raise ClosureError(
            f"checkpoint({piece})",
            "the function closes over a traced array.",
            "Pass it as an argument.",
        )
    return outputs


def _push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> tuple[Any, ...]:
    piece, *rest = values
    with opened("checkpoint") as level:
        duals = [x if t is None else Dual(x, t, level) for x, t in zip(rest, tangents[1:], strict=True)]
        parts = piece.flat(*duals)
    return tuple([part.tangent if isinstance(part, Dual) and part.level is level else None for part in parts])


def _pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> list[Any]:
    piece, *rest = values
    cotangents = vjp(piece.flat, *rest)[1](tuple(expanded(g, out)))
    return [cotangents[i - 1] for i in live]


_recomputed = Primitive(
    "checkpoint", "custom", _evaluate, push=_push, pull=_pull, first=1, last=None, outputs=0
)
