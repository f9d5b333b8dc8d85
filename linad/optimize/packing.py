"""Unknowns in containers, and the one vector of real double numbers that SciPy's solvers work on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.constants import value
from linad.core.space import dtype_of, is_complex, shape_of
from linad.core.traced import Array
from linad.errors import ArgumentError, ShapeError

_NUMBERS = (bool, int, float, complex, np.number, np.bool_)


class Packing:
    """How unknowns in containers lie in a vector: leaf after leaf, a complex one as real parts, then imaginary ones.

    A list or tuple of nothing but numbers is an array, and a lone number an array of one entry, as in SciPy. The
    start may be traced: where a solver starts is a constant.
    """

    __slots__ = ("like", "plain", "size", "spaces", "where")

    def __init__(self, where: str, x0: Any) -> None:
        x0 = value(x0)
        if isinstance(x0, _NUMBERS) or _is_sequence_of_numbers(x0):
            x0 = np.atleast_1d(np.asarray(x0))
        self.where, self.like = where, x0
        self.spaces: list[tuple[tuple[int, ...], bool]] = []  # shape, whether complex
        for path, leaf in tree.leaves(x0):
            if not isinstance(leaf, (np.ndarray, *_NUMBERS)) or dtype_of(leaf).kind not in "biufc":
                raise ArgumentError(
                    where,
                    f"x0{path} is of type {type(leaf).__name__}, not a number or an array of numbers.",
                    "What is constant goes into args.",
                )
            self.spaces.append((shape_of(leaf), is_complex(leaf)))
        self.size = sum(length(space) for space in self.spaces)
        # A vector of real numbers is what solvers work on, and goes to the function as it is.
        self.plain = isinstance(x0, np.ndarray) and x0.ndim == 1 and not is_complex(x0)

    def start(self) -> np.ndarray[Any, Any]:
        return np.array(self.pack("x0", self.like), np.float64)

    def pack(self, what: str, x: Any) -> Any:
        """The vector of unknowns, or of what stands in their containers: real, traced where a part is."""
        if self.plain and tree.children(x) is not None:
            x = join(x)
        pairs = list(tree.pair(self.where, what, self.like, x))
        parts: list[Any] = []
        for (path, _, part), (shape, complex_) in zip(pairs, self.spaces, strict=True):
            part = part if isinstance(part, Array) else np.asarray(part)
            if shape_of(part) != shape and not (part.size == 1 and math.prod(shape) == 1):
                raise ShapeError(
                    self.where, f"{what}{path} has shape {shape_of(part)}, expected {shape} as in x0."
                )
            if is_complex(part) and not complex_:
                raise ShapeError(self.where, f"{what}{path} is complex where x0 is real.")
            flat = np.reshape(part, (-1,))
            parts += [np.real(flat), np.imag(flat)] if complex_ else [flat]
        return _joined(parts)

    def unpack(self, x: Any) -> Any:
        """Containers like those of x0 from a vector, plain or traced."""
        if self.plain:
            return x
        if np.iscomplexobj(value(x)) and any(complex_ for _, complex_ in self.spaces):
            raise ArgumentError(self.where, "complex unknowns cannot take complex steps.", "jac='2-point'.")
        spaces = iter(self.spaces)
        at = 0

        def take(_: str, __: Any) -> Any:
            nonlocal at
            shape, complex_ = next(spaces)
            count = math.prod(shape)
            part = x[at : at + count] if shape else x[at]
            at += count
            if complex_:
                turned = x[at : at + count] if shape else x[at]
                part = part + 1j * turned
                at += count
            return part if len(shape) < 2 else np.reshape(part, shape)

        return tree.map_leaves(take, self.like)

    def spread(self, what: str, node: Any) -> Any:
        """A vector from a number for all unknowns, or numbers and arrays in the containers of x0; None is refused."""
        if tree.children(node) is None and node is not None:
            if shape_of(node) == ():
                return np.broadcast_to(node, (self.size,))
            if self.plain:
                return node
        elif self.plain and node is not None:
            return join(node)
        parts = []
        for (path, _, part), (shape, complex_) in zip(
            tree.pair(self.where, what, self.like, node), self.spaces, strict=True
        ):
            if complex_:
                raise self.no_bounds_of_complex(path)
            parts.append(self.fitted(path, part, shape))
        return _joined(parts)

    def no_bounds_of_complex(self, path: str) -> ArgumentError:
        return ArgumentError(
            self.where,
            f"{path} bounds a complex unknown.",
            "Take its real and its imaginary part as unknowns of their own.",
        )

    def fitted(self, path: str, part: Any, shape: tuple[int, ...]) -> Any:
        """A number or array broadcast to the shape of an array of x0, as a vector."""
        own = np.shape(value(part))
        if len(own) > len(shape) or any(
            m not in (1, n) for m, n in zip(own[::-1], shape[::-1], strict=False)
        ):
            raise ShapeError(self.where, f"{path} has shape {own}, which does not fit {shape} as in x0.")
        return np.reshape(np.broadcast_to(part, shape), (-1,))


def join(x: Any) -> Any:
    """Containers of numbers and arrays, real or complex, as one real vector; an array is joined as it is."""
    leaves = [x] if tree.children(x) is None else [leaf for _, leaf in tree.leaves(x)]
    parts: list[Any] = []
    for leaf in leaves:
        leaf = leaf if isinstance(leaf, Array) else np.asarray(leaf)
        flat = np.reshape(leaf, (-1,))
        parts += [np.real(flat), np.imag(flat)] if is_complex(leaf) else [flat]
    return _joined(parts)


def stacked(x: Any) -> Any:
    """An array from an array, a number, or nested lists; numbers in lists may be traced."""
    if isinstance(x, (list, tuple)):
        return np.stack([stacked(part) for part in x]) if x else np.zeros(0)
    return x if isinstance(x, Array) else np.asarray(x, np.float64)


def _joined(parts: Sequence[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.zeros(0)


def length(space: tuple[tuple[int, ...], bool]) -> int:
    return math.prod(space[0]) * (2 if space[1] else 1)


def is_container(x: Any) -> bool:
    """Whether unknowns are more than one array: a list of numbers is one."""
    return tree.children(x) is not None and not _is_sequence_of_numbers(x)


def _is_sequence_of_numbers(x: Any) -> bool:
    """Whether x is a list or tuple of nothing but numbers."""
    if type(x) not in (list, tuple):
        return False
    return bool(x) and all(isinstance(part, _NUMBERS) for part in x)
