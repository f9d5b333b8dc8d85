"""Wrong sums and products: linear, multilinear, and by both rules."""

from typing import Any

import numpy as np

from linad.core.kinds import Sample, custom, linear, multilinear
from linad.core.space import conj
from linad.operations.contractions import H, matmul
from linad.operations.shape import broadcast_to

SQUARE = (Sample(((2, 2), (2, 2))),)


def total(name: str, factor: float = 1.0) -> Any:
    return linear(
        name,
        lambda x: np.sum(x),
        lambda g, space: factor * broadcast_to(g, space.shape),
        samples=(Sample(((3,),)), Sample(((2, 3),))),
    )


def repeated(name: str, adjoint: Any = lambda g, space: g[0] + g[1]) -> Any:
    """Two equal rows."""
    return linear(name, lambda x: np.broadcast_to(x, (2, 3)).copy(), adjoint, samples=(Sample(((3,),)),))


def turned(name: str, back: int = -1) -> Any:
    """Entries move one place; the adjoint moves them back."""
    return linear(name, lambda x: np.roll(x, 1), lambda g, space: _roll(g, back), samples=(Sample(((4,),)),))


_roll = linear(
    "roll by a number", np.roll, lambda g, space, by: _roll(g, -by), untried="mutants are made of it"
)


def entrywise(name: str, adjoint: Any = lambda g, i, A, B: g * conj(A if i else B)) -> Any:
    return multilinear(name, np.multiply, adjoint, samples=(Sample(((3,), (3,))),))


def twofold_beside_integers(g: Any, i: int, A: Any, B: Any) -> Any:
    other = A if i else B
    return g * conj(other) * (2 if getattr(other, "dtype", g.dtype).kind == "i" else 1)


def matrix_product(
    name: str,
    left: Any = lambda g, B: matmul(g, H(B)),
    terms: Any = lambda parts: parts,
    alone: float = 1.0,
) -> Any:
    """A B by both rules. ``terms`` may drop some of the tangent; ``alone`` is a factor where one operand is wanted."""

    def push(tangents: Any, out: Any, A: Any, B: Any) -> Any:
        dA, dB = tangents
        parts = [matmul(dA, B)] if dA is not None else []
        parts += [matmul(A, dB)] if dB is not None else []
        kept = terms(parts)
        return kept[0] + kept[1] if len(kept) == 2 else kept[0]

    def pull(g: Any, out: Any, wanted: Any, A: Any, B: Any) -> Any:
        g = alone * g if len(wanted) == 1 else g
        return [matmul(H(A), g) if i else left(g, B) for i in wanted]

    return custom(name, np.matmul, push, pull, last=2, samples=SQUARE)


def pair(name: str, absent: float = 0.0, factor: float = 1.0) -> Any:
    """x y and x + y; an absent vector is taken for ``absent``, and brings ``factor`` to the other."""

    def push(tangents: Any, out: Any, x: Any, y: Any) -> Any:
        dx, dy = (absent if t is None else t for t in tangents)
        return dx * y + x * dy, dx + dy

    def pull(g: Any, out: Any, wanted: Any, x: Any, y: Any) -> Any:
        scale = factor if g[1] is None else 1.0
        p, q = (absent if c is None else c for c in g)
        return [scale * p * conj(x if i else y) + q for i in wanted]

    return custom(
        name,
        lambda x, y: (x * y, x + y),
        push,
        pull,
        last=2,
        outputs=2,
        samples=(Sample(((2,), (2,))),),
    )


def outer_sum(name: str, summed: bool = True) -> Any:
    """A column and a row, broadcast; what was broadcast is to be summed."""

    def pull(values: Any, out: Any, g: Any, live: Any) -> Any:
        return [_sum_over(g, 1 - i) if summed else g for i in live]

    declared = custom(
        name,
        np.add,
        lambda tangents, out, x, y: _total(tangents, out),
        lambda g, out, wanted, x, y: [g for _ in wanted],
        last=2,
        samples=(Sample(((2, 1), (1, 3))),),
    )
    declared.primitive.pull = pull
    return declared


def _sum_over(g: Any, axis: int) -> Any:
    return np.sum(g, axis=axis, keepdims=True)


def _total(tangents: Any, out: Any) -> Any:
    there = [broadcast_to(t, (2, 3)) for t in tangents if t is not None]
    return there[0] + there[1] if len(there) == 2 else there[0]
