"""Expressions of matrices with numbers in their places: the residual of a defining equation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from linad.core.space import shape_of
from linad.derive.symbolic.algebra.words import Algebra, Atom, Expression, Word
from linad.derive.vocabulary import WORDS


def evaluate(algebra: Algebra, expression: Expression, values: Mapping[str, Any]) -> Any:
    total: Any = None
    size = next(shape_of(values[a.name])[-1] for word in expression for a in word)
    for word, coefficient in expression.items():
        term = float(coefficient) * _product(algebra, word, values, size)
        total = term if total is None else total + term
    return total


def _product(algebra: Algebra, word: Word, values: Mapping[str, Any], size: int) -> Any:
    result: Any = np.eye(size) if not word else None
    for atom in reversed(word):
        if algebra.structure(atom).name == "permutation":
            result = np.eye(shape_of(values[atom.name])[-1]) if result is None else result
            result = WORDS["permute_left"](values[atom.name], result, atom.op in ("T", "H"))
        elif atom.inverted:
            result = np.eye(size) if result is None else result
            triangle = algebra.structure(atom).triangle or None
            unit = algebra.structure(atom).unit
            result = WORDS["solve_left"](values[atom.name], result, atom.op or "N", triangle, unit)
        else:
            matrix = _matrix(algebra, atom, values)
            result = matrix if result is None else WORDS["mul"](matrix, result)
    return result


def _matrix(algebra: Algebra, atom: Atom, values: Mapping[str, Any]) -> Any:
    x = values[atom.name]
    if algebra.structure(atom).diagonal:
        return WORDS["from_diagonal"](WORDS["conj"](x) if atom.op in ("C", "H") else x)
    return {
        "": lambda: x,
        "T": lambda: WORDS["transpose"](x),
        "H": lambda: WORDS["adjoint"](x),
        "C": lambda: WORDS["conj"](x),
    }[atom.op]()
