"""Sizes for the letters of dimensions, such that structures fit: orthonormal columns into tall matrices."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from linad.derive.symbolic.algebra.words import Algebra, Symbol

SIZES = (4, 6, 3, 5, 2)  # of dimensions, those before others
USUAL: Mapping[str, int] = MappingProxyType({"n": 4, "m": 6, "k": 3})


def assignments(symbols: Sequence[Symbol]) -> Iterator[dict[str, int]]:
    """Sizes for the letters that fit the structures: different letters different sizes first, usual ones first."""
    letters = list(dict.fromkeys(letter for s in symbols for letter in (s.rows, s.columns)))
    choices = [(int(letter),) if letter.isdigit() else SIZES for letter in letters]

    def unusual(sizes: Sequence[int]) -> tuple[int, int]:
        pairs = zip(letters, sizes, strict=True)
        return len(sizes) - len(set(sizes)), sum(size != USUAL.get(letter, size) for letter, size in pairs)

    for sizes in sorted(itertools.product(*choices), key=unusual):
        assignment = dict(zip(letters, sizes, strict=True))
        if all(_fits(symbol, assignment[symbol.rows], assignment[symbol.columns]) for symbol in symbols):
            yield assignment


def _fits(symbol: Symbol, rows: int, columns: int) -> bool:
    structure = symbol.structure
    if symbol.square or not (structure.adjoint_is_inverse or structure.triangle or structure.unit_columns):
        return True
    return rows >= columns if Algebra.tall(symbol) else rows <= columns
