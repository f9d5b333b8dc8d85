"""Convolutions and correlations of two vectors."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.space import conj
from linad.numpy.axes import as_operand
from linad.operations.convolutions import convolve as _convolve
from linad.operations.convolutions import turned
from linad.operations.shape import reshape

_MODES = ("valid", "same", "full")


def _vectors(a: Any, v: Any, name: str) -> tuple[Any, Any]:
    a, v = as_operand(a, f"numpy.{name}"), as_operand(v, f"numpy.{name}")
    a, v = (reshape(x, (1,)) if x.ndim == 0 else x for x in (a, v))
    if a.ndim > 1 or v.ndim > 1:
        raise ValueError("object too deep for desired array")
    for x, letter in ((a, "a"), (v, "v")):
        if x.shape[0] == 0:
            raise ValueError(f"{letter} cannot be empty")
    return a, v


def _mode(mode: Any) -> str:
    """A mode by its name or its number, as NumPy takes it."""
    if isinstance(mode, str):
        if mode not in _MODES:
            raise ValueError(f"mode must be one of 'valid', 'same', or 'full' (got {mode!r})")
        return mode
    i = operator.index(mode)
    if not 0 <= i < len(_MODES):
        raise ValueError(f"integer mode {i} is not one of 0, 1, 2: 'valid', 'same', 'full'")
    return _MODES[i]


def _part(a: Any, v: Any, mode: str, before: int) -> Any:
    """The convolution; of the full one, "same" leaves out what comes before, and keeps the longer length."""
    if mode == "same":
        return _convolve(a, v, "full")[before : before + max(a.shape[0], v.shape[0])]
    return _convolve(v, a, mode) if v.shape[0] > a.shape[0] else _convolve(a, v, mode)


@door(np.convolve)
def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    """The convolution of two vectors, computed as a sum of products."""
    a, v = _vectors(a, v, "convolve")
    return _part(a, v, _mode(mode), (min(a.shape[0], v.shape[0]) - 1) // 2)


@door(np.correlate)
def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """The correlation of two vectors: the convolution with the second one conjugated and turned around."""
    a, v = _vectors(a, v, "correlate")
    shorter = min(a.shape[0], v.shape[0])
    before = (shorter - 1) // 2 if a.shape[0] >= v.shape[0] else shorter // 2
    return _part(a, conj(turned(v)), _mode(mode), before)


__all__ = ["convolve", "correlate"]
