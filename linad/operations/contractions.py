"""Products that sum over shared axes.

matmul   Y = A B            gA = gY B^H, gB = A^H gY, summed over broadcast batch axes; vectors as NumPy treats them
einsum   y = contraction    g of an operand: y's cotangent contracted with the conjugates of the others
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import Sample, multilinear
from linad.core.space import conj, expand, shape_of
from linad.kernels import products
from linad.operations.shape import reshape, transpose


def swap(A: Any) -> Any:
    """The transposes of matrices in the last two axes."""
    n = len(shape_of(A))
    return transpose(A, (*range(n - 2), n - 1, n - 2))


def H(A: Any) -> Any:
    """The adjoints of matrices in the last two axes."""
    return conj(swap(A))


def _matmul_adjoint(g: Any, i: int, A: Any, B: Any) -> Any:
    a, b = len(shape_of(A)), len(shape_of(B))
    if a == 1 and b == 1:
        return g * conj((B, A)[i])
    shape = shape_of(g)
    if b == 1:  # a matrix times a vector: make both B and g columns
        g = reshape(g, (*shape, 1))
        if i == 0:
            return g * conj(B)
        product = matmul(H(A), g)
        return reshape(product, shape_of(product)[:-1])
    if a == 1:  # a vector times a matrix: make both A and g rows
        if i == 1:
            return reshape(conj(A), (-1, 1)) * reshape(g, (*shape[:-1], 1, shape[-1]))
        product = matmul(reshape(g, (*shape[:-1], 1, shape[-1])), H(B))
        return reshape(product, shape_of(product)[:-2] + shape_of(product)[-1:])
    return matmul(H(A), g) if i else matmul(g, H(B))


matmul = multilinear(
    "matmul",
    products.matmul,
    _matmul_adjoint,
    plain=products.matmul_adjoint,
    symbol="@",
    samples=tuple(
        Sample(shapes)
        for shapes in [
            ((3,), (3,)),
            ((2, 3), (3,)),
            ((3,), (3, 2)),
            ((2, 3), (3, 4)),
            ((2, 2, 3), (3, 2)),
            ((2, 1, 2, 3), (3, 3, 2)),
            ((2, 2, 3), (3,)),
            ((3,), (2, 3, 2)),
            ((0, 3), (3, 2)),
            ((2, 0), (0, 2)),
            ((1, 1), (1, 1)),
        ]
    ),
)


def _split(subscripts: str) -> tuple[list[str], str]:
    terms, out = subscripts.split("->")
    return terms.split(","), out


def _numeric_einsum(subscripts: str, *operands: Any) -> Any:
    return np.einsum(subscripts, *operands, optimize=len(operands) > 2)


def _einsum_adjoint(g: Any, i: int, subscripts: str, *operands: Any) -> Any:
    """Explicit subscripts without repeated letters in a term and without ellipsis (the door sees to it)."""
    terms, out = _split(subscripts)
    own = terms[i]
    others = [term for j, term in enumerate(terms) if j != i]
    arrays = [conj(x) for j, x in enumerate(operands) if j != i]
    reachable = "".join(letter for letter in own if letter in out or any(letter in term for term in others))
    part = einsum(f"{','.join([out, *others])}->{reachable}", g, *arrays)
    shape = shape_of(operands[i])
    if (
        reachable != own
    ):  # letters that only this operand has were summed: their cotangent is constant along them
        part = reshape(
            part, tuple(n if letter in reachable else 1 for letter, n in zip(own, shape, strict=True))
        )
    return expand(part, shape)


einsum = multilinear(
    "einsum",
    _numeric_einsum,
    _einsum_adjoint,
    first=1,
    last=None,
    samples=tuple(
        Sample(shapes, (subscripts,), subscripts)
        for subscripts, shapes in [
            ("ij,jk->ik", ((2, 3), (3, 2))),
            ("ij->j", ((2, 3),)),
            ("ij->ji", ((2, 3),)),
            ("bij,bj->bi", ((2, 3, 2), (2, 2))),
            ("i,j,k->", ((2,), (3,), (2,))),
            ("ijk,kl->ijl", ((2, 1, 3), (3, 2))),
            ("i,i->", ((0,), (0,))),
        ]
    ),
)
