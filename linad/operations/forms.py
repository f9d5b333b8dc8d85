"""Multilinear forms of functions of matrices: what derivatives of f(A) are made of, to every order.

    T() = f(A)
    T(H1 .. Hk) = the last block of the first row of f([A H1; A H2; ..; A])    block upper bidiagonal   (Mathias, 1996)

Tangent    d T(H1 .. Hk) = sum over p of T(H1 .. Hp, dA, Hp+1 .. Hk), and of T(.. dHp ..)
Cotangent  gHp = T(Hp+1 .. Hk, g^H, H1 .. Hp-1)^H
           gA = sum over p of T(Hp+1 .. Hk, g^H, H1 .. Hp)^H
Undefined  where f is not smooth on a neighbourhood of the eigenvalues of A

So the derivatives of T are forms T with one matrix more, of A itself, and whatever is known of A serves them all. T(dA)
is the Frechet derivative. No equation in A and f(A) says what f is: so this is by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn

from linad.core.forward import Deferred
from linad.core.kinds import Sample, custom
from linad.errors import DegenerateError
from linad.operations.contractions import H

Args = Sequence[Any]

SHAPES = (((3, 3),), ((2, 2, 2),), ((1, 1),), ((0, 0),))


def refused(error: Exception) -> Any:
    """A tangent that raises when it is used."""
    return Deferred(partial(_raise, error))


def _raise(error: Exception) -> NoReturn:
    raise error


def declared_form(
    name: str,
    numeric: Callable[..., Any],
    known: Callable[[Any, Any], Any],
    guard: Callable[[Any, Any], None] = lambda f, factors: None,
    *,
    sampled: Any = None,
    domain: str = "real",
    order: int = 1,
) -> Callable[..., Any]:
    """Declare the forms of a function, and return ``form(f, A, *matrices, factors=None)``; batches broadcast.

    Parameters
    ----------
    numeric
        ``numeric(f, factors, A, *matrices)`` on plain arrays; ``f`` is what there is to say about the function.
    known
        ``known(f, A)`` gives the factors of A, an aid, or None.
    guard
        ``guard(f, factors)`` reports where there is no derivative.
    sampled
        The ``f`` that laws try.
    order
        That of the matrices in the sample with two; a higher one tries the same rules on more numbers.
    """

    def tangent(tangents: Args, out: Any, f: Any, factors: Any, A: Any, *matrices: Any) -> tuple[Any]:
        try:
            guard(f, factors)
        except DegenerateError as error:
            return (refused(error),)
        dA, *moved = tangents[2:]
        terms = []
        if dA is not None:
            terms += [
                apply(f, factors, A, *matrices[:p], dA, *matrices[p:])[0] for p in range(len(matrices) + 1)
            ]
        for p, dX in enumerate(moved):
            if dX is not None:
                terms.append(apply(f, factors, A, *matrices[:p], dX, *matrices[p + 1 :])[0])
        return (_sum(terms),)

    def cotangent(
        g: Args, out: Any, wanted: Sequence[int], f: Any, factors: Any, A: Any, *matrices: Any
    ) -> list[Any]:
        guard(f, factors)
        gH = H(g[0])

        def around(before: int, after: int) -> Any:
            return H(apply(f, factors, A, *matrices[after:], gH, *matrices[:before])[0])

        return [
            _sum([around(p, p) for p in range(len(matrices) + 1)]) if i == 2 else around(i - 3, i - 2)
            for i in wanted
        ]

    apply = custom(
        name,
        lambda f, factors, A, *matrices: (numeric(f, factors, A, *matrices),),
        tangent,
        cotangent,
        first=2,
        last=None,
        outputs=1,
        domain=(domain,),
        samples=tuple(
            Sample(shapes, (sampled, None), "-".join("x".join(map(str, shape)) for shape in shapes))
            for shapes in (*SHAPES, ((order, order),) * 2)
        ),
    )

    def form(f: Any, A: Any, *matrices: Any, factors: Any = None) -> Any:
        return apply(f, known(f, A) if factors is None else factors, A, *matrices)[0]

    apply.primitive.entry = lambda f, _, A, *matrices: form(f, A, *matrices)  # type: ignore[attr-defined]  # functions of primitives carry them
    return form


def _sum(terms: list[Any]) -> Any:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
