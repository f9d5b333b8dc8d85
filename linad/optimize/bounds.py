"""Bounds in the forms that users write, as two vectors. They may be traced: answers are differentiable by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.optimize

from linad.core import tree
from linad.core.constants import value
from linad.core.traced import Array
from linad.errors import ArgumentError, StructureError
from linad.optimize.packing import Packing

Limits = tuple[Any, Any]


def pairs(packing: Packing, bounds: Any) -> tuple[Any, Limits | None]:
    """What SciPy is given for pairs (least, greatest), and the two vectors; None where there are no bounds."""
    if bounds is None:
        return None, None
    if isinstance(bounds, scipy.optimize.Bounds):
        return bounds, tuple(np.broadcast_to(side, (packing.size,)) for side in (bounds.lb, bounds.ub))  # type: ignore[return-value]  # two of them
    if packing.plain:
        bounds = bounds if hasattr(bounds, "__len__") else list(bounds)
        if len(bounds) != packing.size:
            raise ValueError(f"length of x0 ({packing.size}) != length of bounds ({len(bounds)})")
        sides = _sides(packing.where, bounds)
    else:
        found: list[Limits] = []
        for (path, leaf), pair in zip(tree.leaves(packing.like), _standing(packing, bounds), strict=True):
            low, high = (None, None) if pair is None else _two(packing.where, path, pair)
            if np.iscomplexobj(leaf) and (low is not None or high is not None):
                raise ArgumentError(
                    packing.where,
                    f"bounds{path} bounds a complex unknown.",
                    "Take its real and its imaginary part as unknowns of their own.",
                )
            shape = (np.size(leaf) * (1 + np.iscomplexobj(leaf)),)
            ends = (-np.inf if low is None else low), (np.inf if high is None else high)
            filled = [np.reshape(np.broadcast_to(_array(end), np.shape(leaf)), (-1,)) for end in ends]
            if np.iscomplexobj(leaf):
                filled = [np.full(shape, end) for end in ends]
            found.append((filled[0], filled[1]))
        sides = tuple(np.concatenate([pair[i] for pair in found]) for i in (0, 1))  # type: ignore[assignment]  # two of them
    return scipy.optimize.Bounds(*value(sides)), sides


def sides(packing: Packing, bounds: Any) -> tuple[Any, Limits]:
    """The same for a pair (all least, all greatest), as least_squares takes it."""
    if isinstance(bounds, scipy.optimize.Bounds):
        ends = tuple(np.broadcast_to(side, (packing.size,)) for side in (bounds.lb, bounds.ub))
    elif len(bounds) != 2:
        raise ValueError("`bounds` must contain 2 elements.")
    else:
        ends = tuple(packing.spread(f"bounds[{i}]", bounds[i]) for i in (0, 1))
    return tuple(np.asarray(end, np.float64) for end in value(ends)), ends  # type: ignore[return-value]  # two of them


def _sides(where: str, bounds: Any) -> Limits:
    ends: tuple[list[Any], list[Any]] = ([], [])
    for i, pair in enumerate(bounds):
        low, high = _two(where, f"[{i}]", pair)
        ends[0].append(_array(-np.inf if low is None else low))
        ends[1].append(_array(np.inf if high is None else high))
    return tuple(np.stack([np.reshape(end, ()) for end in side]) for side in ends)  # type: ignore[return-value]  # two of them


def _two(where: str, path: str, pair: Any) -> Sequence[Any]:
    if isinstance(pair, (str, Array)) or not hasattr(pair, "__len__") or len(pair) != 2:
        raise StructureError(where, f"bounds{path} is not a pair (least, greatest).")
    return pair


def _array(x: Any) -> Any:
    return x if isinstance(x, Array) else np.asarray(x, np.float64)


def _standing(packing: Packing, bounds: Any) -> list[Any]:
    """What stands in bounds at the place of each leaf of x0; None for a whole part without bounds."""
    places: list[Any] = []

    def walk(like: Any, node: Any, path: str) -> None:
        parts = tree.children(like)
        if parts is None:
            if like is not None:
                places.append(node)
            return
        below = [(name, None) for name, _ in parts] if node is None else tree.children(node)
        if isinstance(like, dict) and isinstance(node, dict) and like.keys() == node.keys():
            below = [(name, node[key]) for (name, _), key in zip(parts, like, strict=True)]
        if below is None or [name for name, _ in below] != [name for name, _ in parts]:
            raise StructureError(
                packing.where,
                f"bounds{path} is not nested as x0{path}.",
                "A pair (least, greatest) stands in the place of each array of x0; None for no bound.",
            )
        for (name, part), (_, counterpart) in zip(parts, below, strict=True):
            walk(part, counterpart, path + name)

    walk(packing.like, bounds, "")
    return places
