"""Bounds in the forms that users write, as two vectors. They may be traced: answers are differentiable by them."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize

from linad.core import tree
from linad.core.constants import value
from linad.core.traced import Array
from linad.errors import StructureError
from linad.optimize.implicit import any_traced
from linad.optimize.packing import Packing, length, stacked

Limits = tuple[Any, Any]


def pairs(packing: Packing, bounds: Any) -> tuple[Any, Limits | None]:
    """What SciPy is given for pairs (least, greatest), and the two vectors; None where there are no bounds."""
    if bounds is None:
        return None, None
    if isinstance(bounds, scipy.optimize.Bounds):
        return _plain(bounds), _spread_out(packing, bounds)
    if packing.plain:
        bounds = bounds if hasattr(bounds, "__len__") else list(bounds)
        if len(bounds) != packing.size:
            raise ValueError(f"length of x0 ({packing.size}) != length of bounds ({len(bounds)})")
        found = [_two(packing, f"[{i}]", pair) for i, pair in enumerate(bounds)]
        ends = tuple(np.stack([np.reshape(pair[i], ()) for pair in found]) for i in (0, 1))
    else:
        places = zip(tree.leaves(packing.like), packing.spaces, _standing(packing, bounds), strict=True)
        found = [_filled(packing, path, space, pair) for (path, _), space, pair in places]
        ends = tuple(np.concatenate([pair[i] for pair in found]) for i in (0, 1))
    return scipy.optimize.Bounds(*value(ends)), (ends[0], ends[1])


def sides(packing: Packing, bounds: Any) -> tuple[Any, Limits | None]:
    """The same for a pair (all least, all greatest), as least_squares takes it."""
    if isinstance(bounds, scipy.optimize.Bounds):
        return _plain(bounds), _spread_out(packing, bounds)
    if len(bounds) != 2:
        raise ValueError("`bounds` must contain 2 elements.")
    low, high = (packing.spread(f"bounds[{i}]", bounds[i]) for i in (0, 1))
    return tuple(np.asarray(end, np.float64) for end in value((low, high))), (low, high)


def _plain(bounds: scipy.optimize.Bounds) -> scipy.optimize.Bounds:
    """The same without what is traced, for SciPy."""
    if not any_traced((bounds.lb, bounds.ub)):
        return bounds
    return scipy.optimize.Bounds(value(bounds.lb), value(bounds.ub), bounds.keep_feasible)


def _spread_out(packing: Packing, bounds: scipy.optimize.Bounds) -> Limits | None:
    """The two vectors; None where they do not fit, which SciPy says."""
    low, high = bounds.lb, bounds.ub
    if np.size(low) not in (1, packing.size) or np.size(high) not in (1, packing.size):
        return None
    return np.broadcast_to(low, (packing.size,)), np.broadcast_to(high, (packing.size,))


def _filled(packing: Packing, path: str, space: tuple[tuple[int, ...], bool], pair: Any) -> Limits:
    """The two vectors for one array of x0."""
    shape, is_complex = space
    if is_complex and pair is not None:
        raise packing.no_bounds_of_complex(f"bounds{path}")
    if pair is None:
        free = np.full(length(space), np.inf)
        return -free, free
    low, high = (packing.fitted(f"bounds{path}", end, shape) for end in _two(packing, path, pair))
    return low, high


def _two(packing: Packing, path: str, pair: Any) -> Limits:
    if isinstance(pair, (str, Array)) or not hasattr(pair, "__len__") or len(pair) != 2:
        raise StructureError(packing.where, f"bounds{path} is not a pair (least, greatest).")
    low, high = pair
    return stacked(-np.inf if low is None else low), stacked(np.inf if high is None else high)


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
