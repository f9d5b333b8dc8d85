"""A composition's rule given by hand: the same Protocol that derived rules answer to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any


class ByHand:
    """Both programs of a composition, written out.

    Parameters
    ----------
    tangent
        ``tangent(args, outputs, tangents)``: the tangents of the outputs.
    cotangent
        ``cotangent(args, outputs, cotangents, wanted)``: the cotangents of the operands.
    residual
        ``residual(args, outputs)``: the defining equations, lhs - rhs.
    kernel
        A numeric twin of ``cotangent`` for plain values.
    """

    __slots__ = ("_cotangent", "_kernel", "_residual", "_tangent")

    def __init__(
        self,
        tangent: Callable[..., tuple[Any, ...]],
        cotangent: Callable[..., tuple[Any, ...]],
        residual: Callable[..., Sequence[Any]],
        kernel: Callable[..., tuple[Any, ...]] | None = None,
    ) -> None:
        self._tangent, self._cotangent, self._residual, self._kernel = tangent, cotangent, residual, kernel

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        return self._tangent

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        return partial(self._cotangent, wanted=wanted)

    def kernel(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]] | None:
        return None if self._kernel is None else partial(self._kernel, wanted=wanted)

    def residual(self, operands: Sequence[Any], outputs: Sequence[Any]) -> Sequence[Any]:
        return self._residual(operands, outputs)
