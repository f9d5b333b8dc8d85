"""Where vectors of matrices stand: in buffers of inputs, each in the zone that is its own.

Each input has a buffer. Cotangents of outputs (or their tangents) stand in buffers of inputs of the same dimensions, if
zones allow it: those of L and U side by side in that of A. Then programs overwrite the ones with the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from linad.derive.symbolic.algebra.words import Symbol
from linad.derive.symbolic.deriving.tangents import UnderivableError
from linad.kernels.triangles import FULL

BANDS = "bands"  # what a diagonal matrix has in the place of a zone: a buffer of its bands


def zone_of(symbol: Symbol, square: bool = False) -> str:
    """The zone of a vector of a matrix: what its pattern leaves free; with ``square``, in its square part."""
    pattern = symbol.structure.pattern
    if symbol.structure.diagonal:
        return BANDS
    if not (square or symbol.square) or "zero" not in (pattern.below, pattern.above):
        return FULL
    triangle = "upper" if pattern.below == "zero" else "lower"
    return f"strict {triangle}" if pattern.on == "zero" else triangle


def factor_zone(symbol: Symbol) -> str:
    """The zone of a matrix itself."""
    structure = symbol.structure
    if not (structure.triangle and symbol.square):
        return FULL
    return f"unit {structure.triangle}" if structure.unit else structure.triangle


def apart(zone: str, other: str) -> bool:
    """Whether zones have no entry in common."""
    if FULL in (zone, other) or BANDS in (zone, other) or zone.endswith("lower") == other.endswith("lower"):
        return False
    return zone.startswith("strict") or other.startswith("strict")


def homes_of(symbols: Sequence[Symbol], inputs: Sequence[str], alone: str) -> dict[str, str]:
    """For each symbol that has vectors the input in whose buffer they stand; ``alone`` comes first."""
    by_name = {s.name: s for s in symbols}
    homes = {name: name for name in inputs}
    taken: dict[str, list[str]] = {name: [] for name in inputs}
    for symbol in symbols:
        if symbol.name in homes or symbol.structure.fixed:
            continue
        zone = zone_of(symbol, square=True)
        if zone == BANDS:
            homes[symbol.name] = symbol.name
            continue
        for name in sorted(inputs, key=lambda name: name != alone):
            there = by_name[name]
            fits = (symbol.rows, symbol.columns) == (there.rows, there.columns)
            # a triangle beside a trapezoid: in what is square of it
            fits = fits or (symbol.square and symbol.rows in (there.rows, there.columns) and not there.square)
            if fits and all(apart(zone, other) for other in taken[name]):
                homes[symbol.name] = name
                taken[name].append(zone)
                break
        else:
            raise UnderivableError(f"no input has memory for vectors of {symbol.name}")
    return homes
