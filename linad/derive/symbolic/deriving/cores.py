"""Isolated cores, sums of c D S^op E = M with diagonal D and E, solved entry by entry.

For each pair of indices the entries below and above the diagonal, and their conjugates, are the unknowns of a small
linear system over rational functions of the diagonal entries; on the diagonal, real and imaginary parts are. There may
be several equations, each with an M of its own. The solution is the kernels. A row without unknowns is a condition on
the M; a column without a row is gauge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Polynomial, Rational, conjugate, solve
from linad.derive.symbolic.algebra.structures import Pattern
from linad.derive.symbolic.algebra.words import Atom, compose, reverses
from linad.derive.symbolic.programs.program import Kernel, Term

# Right-hand sides: the entry of M itself, of its adjoint, its conjugate, its transpose.
SIDES = ("", "H", "C", "T")
Side = tuple[int, str]  # the equation, and the operation on its M
Entry = tuple[str, str, bool]  # unknown, below or above, conjugated
Kernels = dict[Side, Kernel]
_ZERO, _ONE, _HALF = (Rational.number(x) for x in (0, 1, Fraction(1, 2)))


@dataclass(frozen=True, slots=True)
class Condition:
    """A combination of the entries of the M that must vanish, below or on the diagonal; what it means, in words."""

    place: str
    sides: Mapping[Side, Rational]
    fact: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """What the equations leave free: kernels for each unknown, of a matrix that is arbitrary."""

    fact: str
    kernels: Mapping[str, Mapping[str, Kernel]]


@dataclass
class Solution:
    """Kernels for each unknown by the sides that they apply to, the conditions, and the gauge."""

    kernels: dict[str, Kernels]
    conditions: list[Condition]
    gauge: list[Gauge]


def solve_core(
    patterns: Mapping[str, Pattern], cores: Sequence[Sequence[Term]], real: frozenset[str]
) -> Solution:
    """Solve for unknowns of patterns, by name; ``real`` names the diagonal matrices that are."""
    off, conditions, gauge = _off_diagonal(patterns, cores, real)
    on, more_conditions, more_gauge = _on_diagonal(patterns, cores, real)
    kernels = {name: _joined(off.get(name, {}), on.get(name, {})) for name in patterns}
    return Solution(kernels, conditions + more_conditions, gauge + more_gauge)


def _joined(off: Mapping[Side, Kernel], on: Mapping[Side, Rational]) -> Kernels:
    found = dict(off)
    for side, value in on.items():
        found[side] = found.get(side, Kernel(_ZERO, _ZERO, _ZERO)) + Kernel(_ZERO, value, _ZERO)
    return {side: kernel for side, kernel in found.items() if kernel}


def _weight(word: Iterable[Atom], side: str, conjugated: bool, real: frozenset[str]) -> Polynomial:
    """The product of the diagonal entries of a word at a row or a column."""
    product = Polynomial.number(1)
    for atom in word:
        flip = (atom.op in ("C", "H")) != conjugated
        product = product * Polynomial.variable((conjugate(atom.name, real) if flip else atom.name, side))
    return product


def coefficient(t: Term, below: bool, conjugated: bool, real: frozenset[str]) -> Rational:
    """c D_row E_column for the entry below the diagonal, at (row, column), or for its mirror image."""
    row, column = ("r", "c") if below else ("c", "r")
    above, under = (
        _weight((a for a in t.left if a.inverted == inverted), row, conjugated, real)
        * _weight((a for a in t.right if a.inverted == inverted), column, conjugated, real)
        for inverted in (False, True)
    )
    return Rational(Polynomial.number(t.coefficient) * above, under)


def _entry(pattern: Pattern, place: str, conjugated: bool) -> tuple[str, bool, int] | None:
    """An entry of an unknown in terms of its free entries: which, conjugated or not, and the sign."""
    if place == "below":
        return ("below", conjugated, 1) if pattern.below == "free" else None
    if pattern.above == "free":
        return "above", conjugated, 1
    if pattern.above == "zero":
        return None
    sign = -1 if pattern.above.startswith("minus") else 1
    return "below", conjugated != ("conjugate" in pattern.above), sign


def entries_of(patterns: Mapping[str, Pattern]) -> list[Entry]:
    """The unknown entries of a pair of indices, with their conjugates."""
    return [
        (name, place, conjugated)
        for name, pattern in patterns.items()
        for place, free in (("below", pattern.below), ("above", pattern.above))
        if free == "free"
        for conjugated in (False, True)
    ]


def off_diagonal_rows(
    patterns: Mapping[str, Pattern], cores: Sequence[Sequence[Term]], real: frozenset[str]
) -> dict[Side, list[Rational]]:
    """The equations of a pair of indices: at (row, column) and its mirror image, each with its conjugate."""
    position = {entry: i for i, entry in enumerate(entries_of(patterns))}
    rows = {}
    for e, core in enumerate(cores):
        for side in SIDES:
            # The entry at (row, column), row > column, of M^H is that of conj(M) above the diagonal.
            below, conjugated = side in ("", "C"), side in ("H", "C")
            row = [_ZERO] * len(position)
            for t in core:
                place = "below" if below != reverses(t.op) else "above"
                found = _entry(patterns[t.value], place, (t.op in ("C", "H")) != conjugated)
                if found is not None:
                    free, flipped, sign = found
                    i = position[t.value, free, flipped]
                    row[i] = row[i] + coefficient(t, below, conjugated, real) * Rational.number(sign)
            rows[e, side] = row
    return rows


def _off_diagonal(
    patterns: Mapping[str, Pattern], cores: Sequence[Sequence[Term]], real: frozenset[str]
) -> tuple[dict[str, Kernels], list[Condition], list[Gauge]]:
    entries = entries_of(patterns)
    rows = off_diagonal_rows(patterns, cores, real)
    sides = list(rows)
    unit = [[_ONE if i == j else _ZERO for j in range(len(sides))] for i in range(len(sides))]
    solved = solve(list(rows.values()), unit)
    unknown, determined = len(entries) // 2, (len(entries) - len(solved.null)) // 2
    fact = (
        f"each pair of indices has {2 * len(cores)} equations, which determine {determined} of {unknown} "
        "unknown entries"
    )
    conditions = [
        Condition("below", dict(zip(sides, condition, strict=True)), fact) for condition in solved.conditions
    ]
    values = {
        entry[:2]: dict(zip(sides, row, strict=True))
        for entry, row in zip(entries, solved.solution, strict=True)
        if not entry[2]
    }
    return zones_of(patterns, values, real), conditions, _off_gauge(patterns, entries, solved.null, real)


def _off_gauge(
    patterns: Mapping[str, Pattern],
    entries: Sequence[Entry],
    null: Mapping[int, Sequence[Rational]],
    real: frozenset[str],
) -> list[Gauge]:
    found = []
    for free, direction in null.items():
        name, place, conjugated = entries[free]
        if conjugated:
            continue
        other = null.get(entries.index((name, place, True)), [_ZERO] * len(entries))
        values = {
            entry[:2]: {(0, ""): direction[i], (0, "C"): other[i]}
            for i, entry in enumerate(entries)
            if not entry[2]
        }
        zones = zones_of(patterns, values, real)
        kernels = {n: {op: kernel for (_, op), kernel in ks.items()} for n, ks in zones.items()}
        found.append(Gauge(f"{name} {place} the diagonal", kernels))
    return found


def zones_of(
    patterns: Mapping[str, Pattern],
    values: Mapping[tuple[str, str], Mapping[Side, Rational]],
    real: frozenset[str],
) -> dict[str, Kernels]:
    """Kernels from the free entries of a pair of indices, each by the sides at (row, column), row > column."""
    zones: dict[str, dict[Side, dict[str, Rational]]] = {name: {} for name in patterns}
    for (name, place), sides in values.items():
        for (e, op), value in sides.items():
            if not value:
                continue
            if place == "below":
                zones[name].setdefault((e, op), {})["below"] = value
            else:  # there M's own entry is the mirrored one, and row and column change their names
                zones[name].setdefault((e, compose(op, "T")), {})["above"] = value.mirrored()
    for name, pattern in patterns.items():
        if pattern.above in ("free", "zero") or pattern.below != "free":
            continue
        sign = Rational.number(-1 if pattern.above.startswith("minus") else 1)
        op = "H" if "conjugate" in pattern.above else "T"
        for (e, side), zone in list(zones[name].items()):
            if "below" in zone:
                over = zone["below"].mirrored()
                over = over.conjugated(real) if op == "H" else over
                zones[name].setdefault((e, compose(side, op)), {})["above"] = over * sign
    return {
        name: {
            side: Kernel(zone.get("below", _ZERO), _ZERO, zone.get("above", _ZERO))
            for side, zone in found.items()
        }
        for name, found in zones.items()
    }


def complex_diagonal(cores: Sequence[Sequence[Term]], real: frozenset[str]) -> bool:
    """Whether a coefficient on the diagonal is not real."""
    rationals = [coefficient(t, True, False, real).on_diagonal() for core in cores for t in core]
    return any(
        name not in real for r in rationals for p in (r.above, r.below) for m in p.terms for (name, _), _ in m
    )


Part = tuple[Fraction, Fraction]  # what an entry has of a number and of its conjugate
PARTS: Mapping[str, Part] = {
    "": (Fraction(1), Fraction(0)),
    "real": (Fraction(1, 2), Fraction(1, 2)),
    "imaginary": (Fraction(1, 2), Fraction(-1, 2)),
}


def diagonal_rows(
    names: Sequence[str], cores: Sequence[Sequence[Term]], part: str, real: frozenset[str]
) -> list[list[Rational]]:
    """The equations of a part of the diagonal, a row for each core."""
    rows = []
    for core in cores:
        row = [_ZERO] * len(names)
        for t in core:
            if t.value in names:
                sign = -1 if part == "imaginary" and t.op in ("C", "H") else 1
                i = names.index(t.value)
                row[i] = row[i] + coefficient(t, True, False, real).on_diagonal() * Rational.number(sign)
        rows.append(row)
    return rows


def scales_freely(name: str, cores: Sequence[Sequence[Term]], real: frozenset[str]) -> bool:
    """Whether the diagonal of an unknown does not occur: what is multiplied by it may be scaled."""
    parts = [diagonal_rows([name], cores, part, real) for part in ("real", "imaginary")]
    return not any(x for rows in parts for row in rows for x in row)


def diagonal_systems(
    patterns: Mapping[str, Pattern], cores: Sequence[Sequence[Term]], real: frozenset[str]
) -> list[tuple[str, list[str], list[str]]]:
    """The part of the numbers, the unknowns that are solved for, and those that are free whatever else is.

    Real and imaginary parts decouple if all coefficients are real. Otherwise an unknown that is free takes all, and
    the others are gauge; it must stand as it is, not conjugated.
    """
    if not complex_diagonal(cores, real):
        return [
            (part, [name for name, pattern in patterns.items() if pattern.on in ("free", part)], [])
            for part in ("real", "imaginary")
        ]
    free = [name for name, pattern in patterns.items() if pattern.on == "free"]
    bound = [name for name, pattern in patterns.items() if pattern.on in ("real", "imaginary")]
    if any(t.op in ("C", "H") for core in cores for t in core if t.value in free):
        free = []
    return [("", free, bound)]


def _on_diagonal(
    patterns: Mapping[str, Pattern], cores: Sequence[Sequence[Term]], real: frozenset[str]
) -> tuple[dict[str, dict[Side, Rational]], list[Condition], list[Gauge]]:
    result: dict[str, dict[Side, Rational]] = {name: {} for name in patterns}
    conditions, gauge = [], []
    for part, names, bound in diagonal_systems(patterns, cores, real):
        rows = diagonal_rows([*names, *bound], cores, part, real)
        unit = [[_ONE if i == e else _ZERO for i in range(len(cores))] for e in range(len(cores))]
        moved = [[-x for x in row[len(names) :]] for row in rows]
        solved = solve([row[: len(names)] for row in rows], [a + b for a, b in zip(unit, moved, strict=True)])
        own, conjugate_part = PARTS[part]
        for name, values in zip(names, solved.solution, strict=True):
            for e, value in enumerate(values[: len(cores)]):
                for op, share in (("", own), ("H", conjugate_part)):
                    have = result[name].get((e, op), _ZERO)
                    result[name][e, op] = have + value * Rational.number(share)
        for condition in solved.conditions:
            sides = {
                (e, op): condition[e] * Rational.number(share)
                for e in range(len(cores))
                for op, share in (("", own), ("H", conjugate_part))
            }
            what = f"the {part} part of the diagonal" if part else "the diagonal"
            conditions.append(Condition("on", sides, f"{what} has 1 equation and 0 unknown entries"))
        for i, direction in solved.null.items():
            moves = {names[j]: value for j, value in enumerate(direction)}
            gauge.append(_on_gauge(part, names[i], moves))
        for j, name in enumerate(bound):
            moves = {n: values[len(cores) + j] for n, values in zip(names, solved.solution, strict=True)} | {
                name: _ONE
            }
            gauge.append(_on_gauge(patterns[name].on, name, moves))
    return result, conditions, gauge


def _on_gauge(part: str, name: str, moves: Mapping[str, Rational]) -> Gauge:
    own, conjugate_part = (Rational.number(x) for x in PARTS[part])
    kernels = {
        n: {
            op: Kernel(_ZERO, value * share, _ZERO)
            for op, share in (("", own), ("H", conjugate_part))
            if value and share
        }
        for n, value in moves.items()
        if value
    }
    return Gauge(f"the {part} part of the diagonal of {name}" if part else f"the diagonal of {name}", kernels)
