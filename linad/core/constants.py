"""What stops derivatives: looking at values, constants, and pieces that are computed again instead of kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.graph import Unknown
from linad.core.kinds import discrete, expanded
from linad.core.primitive import Primitive
from linad.core.space import Space
from linad.core.traced import Array, innermost
from linad.core.transforms import jvp, vjp
from linad.errors import ClosureError, SymbolError


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
        plain = innermost(part)
        if isinstance(plain, (Space, Unknown)):
            raise SymbolError("value", "a symbol has no value.", "Bind data: linad.function([a], c)(data).")
        if isinstance(plain, np.ndarray):
            plain = plain.view()
            plain.flags.writeable = False
        return plain

    return tree.map_leaves(leaf, x)


_constant = discrete("stop_gradient", lambda x: x)


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

    Memory falls to that of the arguments, time grows by one more evaluation. All that is differentiated must come in as a positional
    argument; closing over a traced array raises.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> block = ln.checkpoint(lambda x: np.sin(np.sin(x)))
    >>> round(float(ln.grad(block)(1.0)), 6)
    0.360039
    """
    name = f"checkpoint({getattr(f, '__name__', 'function')})"

    @wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        template = list(args)
        leaves = [part for _, part in tree.leaves(template)]
        traced = [i for i, part in enumerate(leaves) if isinstance(part, Array)]
        result: list[Any] = []

        def run(values: Sequence[Any]) -> Any:
            filled = list(leaves)
            for i, x in zip(traced, values, strict=True):
                filled[i] = x
            parts = iter(filled)
            return f(*tree.map_leaves(lambda _, __: next(parts), template), **kwargs)

        def flat(*values: Any) -> tuple[Any, ...]:
            return tuple(part for _, part in tree.leaves(run(values)))

        def numeric(*values: Any) -> tuple[Any, ...]:
            result[:] = [run(values)]
            outputs = tuple(part for _, part in tree.leaves(result[0]))
            if any(isinstance(part, Array) for part in outputs):
                raise ClosureError(
                    name, "the function closes over a traced array.", "Pass it as a positional argument."
                )
            return outputs

        def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
            return jvp(flat, tuple(values), tuple(tangents))[1]

        def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> Any:
            cotangents = vjp(flat, *values)[1](tuple(expanded(g, out)))
            return [cotangents[i] for i in live]

        primitive = Primitive(name, "custom", numeric, push=push, pull=pull, last=None, outputs=0)
        outputs = iter(primitive.call(*[leaves[i] for i in traced]))
        return tree.map_leaves(lambda _, __: next(outputs), result.pop())

    return checkpointed
