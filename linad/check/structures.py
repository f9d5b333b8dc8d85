"""Domains of matrices by the structures that they are declared with."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from linad.check.domains import DOMAINS, Array, Domain, Draw, Rng, Shape
from linad.check.numbers import no_integers
from linad.derive.members import members
from linad.derive.symbolic.algebra.words import Symbol

# Of which structures whole numbers are drawn, and as members of which domain.
INTEGERS = {"general": "full rank", "positive definite": "definite", "hermitian": "hermitian"}


@lru_cache(maxsize=256)
def domain_of(symbol: Symbol) -> Domain:
    """The domain of the members of a structure."""
    structure = symbol.structure
    row = members[structure.name]
    own = 1 if structure.diagonal else 2

    def each(f: Callable[..., Array]) -> Callable[..., Array]:
        def run(*arrays: Array) -> Array:
            arrays = tuple(map(np.asarray, arrays))
            X = np.empty(arrays[0].shape, np.result_type(*arrays))
            for at in np.ndindex(X.shape[: X.ndim - own]):
                X[at] = f(*[x[at] for x in arrays])
            return X

        return run

    def draw(is_complex: bool) -> Draw:
        def drawn(shape: Shape, rng: Rng) -> Array:
            size = shape[-2:] if own == 2 else (shape[-1], shape[-1])
            count = int(np.prod(shape[: len(shape) - own]))
            found = [row.random((size[0], size[1]), rng, is_complex) for _ in range(count)]
            return np.stack([x if own == 2 else np.diagonal(x) for x in found]).reshape(shape)

        return drawn

    integer = DOMAINS[INTEGERS[structure.name]].integer if structure.name in INTEGERS else no_integers
    sentence = f"matrices that are {structure.name}"
    if structure.adjoint_is_inverse or structure.unit_columns:
        return Domain(
            sentence, draw(False), draw(True), integer, project=each(row.project), retract=each(row.retract)
        )
    if structure.diagonal:
        inside = each(lambda d: d.real if structure.real else d)
    else:
        inside = each(lambda X: row.project(X, X))
    return Domain(sentence, draw(False), draw(True), integer, inside=inside)
