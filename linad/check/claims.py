"""A derivative that was computed by hand or elsewhere, read as a linear map: what it says of each direction.

It may be a gradient, a pair of value and gradient, or a Jacobian in numerator layout: output axes first. For a real
output and a complex argument it is the gradient gX with dz = Re tr(gX^H dX); where both are complex, the derivative
of a holomorphic function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.check.arguments import is_number
from linad.check.functions import UserFunction
from linad.check.numbers import Array
from linad.core import tree
from linad.errors import ShapeError, StructureError

Blocks = list[list[Array]]  # by output, by leaf: shape of the output and then of the leaf


def read(subject: UserFunction, gradient: Callable[..., Any]) -> Blocks:
    """The claimed derivative in the user's units: a block for each output and each leaf of the arguments.

    Raises
    ------
    StructureError, ShapeError
        where it does not have the form of a derivative of the function.
    """
    claimed = gradient(*subject.args)
    if claimed is None:
        raise StructureError(subject.name, "gradient returned None: a return is missing.")
    outputs = [np.shape(part) for part in subject.call(subject.operands())]
    try:
        return _rows(subject, claimed, outputs)
    except (StructureError, ShapeError):
        if not isinstance(claimed, tuple) or len(claimed) != 2 or len(outputs) != 1:
            raise
        value, gradients = claimed
        try:
            blocks = _rows(subject, gradients, outputs)
        except (StructureError, ShapeError):
            blocks = None
        if blocks is None:
            raise
    plain = [part for _, part in tree.leaves(subject.plain()) if np.asarray(part).dtype.kind in "fc"]
    if np.size(value) != np.size(plain[0]) or not np.allclose(np.ravel(value), np.ravel(plain[0]), rtol=1e-5):
        raise StructureError(
            subject.name, "gradient returned a pair, but its value is not that of the function."
        )
    return blocks


def _rows(subject: UserFunction, claimed: Any, outputs: list[tuple[int, ...]]) -> Blocks:
    if len(outputs) == 1:
        return [_row(subject, claimed, outputs[0])]
    if not isinstance(claimed, (tuple, list)) or len(claimed) != len(outputs):
        raise StructureError(
            subject.name, f"gradient must return a derivative for each of {len(outputs)} outputs."
        )
    return [_row(subject, part, shape) for part, shape in zip(claimed, outputs, strict=True)]


def push(subject: UserFunction, blocks: Blocks, t: Sequence[Any]) -> tuple[Any, ...]:
    """What the claimed derivative says of a tangent, both in the units of laws."""
    result = []
    for row, scale, like in zip(blocks, subject.scales, subject.call(subject.operands()), strict=True):
        total = np.zeros(np.shape(like), np.result_type(np.asarray(like).dtype, np.float64))
        for block, leaf, tangent in zip(row, subject.leaves, t, strict=True):
            d = np.asarray(tangent) * leaf.scale
            real = np.iscomplexobj(d) and not np.iscomplexobj(like)
            with np.errstate(invalid="ignore"):  # claims may be infinite
                terms = (np.conj(block) * d).real if real else block * d
                total = total + np.sum(terms, axis=tuple(range(-d.ndim, 0)))
        result.append((total / scale)[()])
    return tuple(result)


def _row(subject: UserFunction, claimed: Any, shape: tuple[int, ...]) -> list[Array]:
    """The blocks of one output: from one derivative, or from a tuple of them, one for each argument."""
    args = sorted({leaf.argument for leaf in subject.leaves})
    if len(args) == 1 and not (isinstance(claimed, tuple) and len(claimed) == 1):
        parts = [claimed]
    elif isinstance(claimed, (tuple, list)) and len(claimed) in (len(args), len(subject.args)):
        parts = list(claimed) if len(claimed) == len(args) else [claimed[i] for i in args]
    else:
        raise StructureError(
            subject.name, f"gradient must return a tuple of {len(args)}, one for each argument."
        )
    blocks = []
    for i, part in zip(args, parts, strict=True):
        own = [leaf for leaf in subject.leaves if leaf.argument == i]
        places = [
            counterpart
            for _, like, counterpart in tree.pair(subject.name, "the gradient", subject.args[i], part)
            if is_number(like) and np.asarray(like).dtype.kind in "fc"
        ]
        if len(places) != len(own):
            raise StructureError(subject.name, "gradient is not nested as its arguments.")
        for leaf, place in zip(own, places, strict=True):
            blocks.append(_block(subject, leaf.name, place, shape, np.shape(leaf.value)))
    return blocks


def _block(subject: UserFunction, name: str, part: Any, out: tuple[int, ...], leaf: tuple[int, ...]) -> Array:
    """A block in numerator layout; axes of length one in an output of one number may be left out."""
    if part is None:
        return np.zeros(out + leaf)
    array = np.asarray(part)
    if array.dtype.kind not in "fciub":
        raise StructureError(subject.name, f"the derivative by {name} is not made of numbers.")
    if array.shape != out + leaf and not (array.shape == leaf and int(np.prod(out)) == 1):
        raise ShapeError(
            subject.name, f"the derivative by {name} has shape {array.shape}, expected {out + leaf}."
        )
    return array.reshape(out + leaf)
