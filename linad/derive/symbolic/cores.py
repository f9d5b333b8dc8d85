"""The isolated core, sum of c D S^op E = M with diagonal D and E, solved entry by entry.

For each pair of indices the entries below and above the diagonal, and their conjugates, are the unknowns of a small
linear system over rational functions of the diagonal entries; on the diagonal, real and imaginary parts are. Its
solution is the kernels. A row without unknowns is a condition on M, a column without a row is gauge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from linad.derive.symbolic.programs import Kernel, Term
from linad.derive.symbolic.rational import Polynomial, Rational, conjugate, solve
from linad.derive.symbolic.structures import Pattern
from linad.derive.symbolic.words import Atom, compose

# Right-hand sides of the systems: the entry of M itself, of its adjoint, its conjugate, its transpose.
_SIDES = ("", "H", "C", "T")
Entry = tuple[str, str, bool]  # unknown, below or above, conjugated


class OverdeterminedError(Exception):
    """More equations than unknowns, and nothing that makes the surplus vanish."""


def solve_core(
    unknowns: Sequence[tuple[str, Pattern]],
    core: Sequence[Term],
    real: frozenset[str],
    symmetries: frozenset[str],
) -> tuple[dict[str, dict[str, Kernel]], list[str]]:
    """Kernels for each unknown, by the operation on M that they apply to; and the gauge, in words.

    ``symmetries`` are the operations, H or T, under which M is itself.

    Raises
    ------
    OverdeterminedError
        where rows without unknowns are left that the symmetries of M do not satisfy.
    """
    patterns = dict(unknowns)
    off, gauge = _off_diagonal(patterns, core, real, symmetries)
    on, more = _on_diagonal(patterns, core, real, symmetries)
    zero = Rational.number(0)
    kernels: dict[str, dict[str, Kernel]] = {}
    for name in patterns:
        found = {}
        for op in _SIDES:
            kernel = Kernel(
                off.get((name, "below", op), zero),
                on.get((name, op), zero),
                off.get((name, "above", op), zero),
            )
            if kernel:
                found[op] = kernel
        kernels[name] = found
    return kernels, gauge + more


def _weight(word: Iterable[Atom], side: str, conjugated: bool, real: frozenset[str]) -> Polynomial:
    """The product of the diagonal entries of a word at a row or a column."""
    product = Polynomial.number(1)
    for atom in word:
        flip = (atom.op in ("C", "H")) != conjugated
        product = product * Polynomial.variable((conjugate(atom.name, real) if flip else atom.name, side))
    return product


def _coefficient(t: Term, below: bool, conjugated: bool, real: frozenset[str]) -> Rational:
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


def _off_diagonal(
    patterns: dict[str, Pattern], core: Sequence[Term], real: frozenset[str], symmetries: frozenset[str]
) -> tuple[dict[tuple[str, str, str], Rational], list[str]]:
    entries: list[Entry] = []
    for name, pattern in patterns.items():
        places = [p for p, free in (("below", pattern.below), ("above", pattern.above)) if free == "free"]
        entries += [(name, place, conjugated) for place in places for conjugated in (False, True)]
    position = {entry: i for i, entry in enumerate(entries)}
    rows, right = [], []
    # The equation at (row, column) and at its mirror image, each with its conjugate; row > column.
    for below, conjugated, side in (
        (True, False, ""),
        (False, True, "H"),
        (True, True, "C"),
        (False, False, "T"),
    ):
        row = [Rational.number(0)] * len(entries)
        for t in core:
            mirrored = t.op in ("T", "H")
            place = "below" if below != mirrored else "above"
            found = _entry(patterns[t.value], place, (t.op in ("C", "H")) != conjugated)
            if found is None:
                continue
            free, flipped, sign = found
            i = position[t.value, free, flipped]
            row[i] = row[i] + _coefficient(t, below, conjugated, real) * Rational.number(sign)
        rows.append(row)
        right.append([Rational.number(int(side == s)) for s in _SIDES])
    solution, free_columns, conditions = solve(rows, right)
    for condition in conditions:
        surplus: dict[str, Rational] = {}
        for side, c in zip(_SIDES, condition, strict=True):
            key = min(side, *[compose(side, op) for op in symmetries]) if symmetries else side
            surplus[key] = surplus.get(key, Rational.number(0)) + c
        if any(surplus.values()):
            unknown, determined = len(entries) // 2, (len(entries) - len(free_columns)) // 2
            raise OverdeterminedError(
                f"each pair of indices has 2 equations, which determine {determined} of {unknown} unknown entries"
            )
    result: dict[tuple[str, str, str], Rational] = {}
    for (name, place, conjugated), values in zip(entries, solution, strict=True):
        if conjugated:
            continue
        for side, value in zip(_SIDES, values, strict=True):
            if not value:
                continue
            # Above the diagonal M's own entry is the mirrored one, and row and column change their names.
            op = side if place == "below" else {"": "T", "H": "C", "C": "H", "T": ""}[side]
            result[name, place, op] = value if place == "below" else value.mirrored()
    for name, pattern in patterns.items():
        if pattern.above not in ("free", "zero") and pattern.below == "free":
            unit = Rational.number(-1 if pattern.above.startswith("minus") else 1)
            op = "H" if "conjugate" in pattern.above else "T"
            for side in _SIDES:
                under = result.get((name, "below", side))
                if under is not None:
                    over = under.mirrored().conjugated(real) if op == "H" else under.mirrored()
                    result[name, "above", compose(side, op)] = over * unit
    gauge = sorted({f"{entries[i][0]} off the diagonal" for i in free_columns})
    return result, gauge


def _complex(r: Rational, real: frozenset[str]) -> bool:
    """Whether it has variables that are not real."""
    return any(name not in real for p in (r.above, r.below) for m in p.terms for (name, _), _ in m)


def _on_diagonal(
    patterns: dict[str, Pattern], core: Sequence[Term], real: frozenset[str], symmetries: frozenset[str]
) -> tuple[dict[tuple[str, str], Rational], list[str]]:
    half = Rational.number(Fraction(1, 2))
    result: dict[tuple[str, str], Rational] = {}
    gauge: list[str] = []
    if any(_complex(_coefficient(t, True, False, real).on_diagonal(), real) for t in core):
        # Parts do not decouple: what is free takes all, if it stands as it is, and the others are gauge.
        free_ones = {name for name, pattern in patterns.items() if pattern.on == "free"}
        if not free_ones or any(t.op in ("C", "H") for t in core if t.value in free_ones):
            raise OverdeterminedError("the diagonal has complex coefficients at real or imaginary unknowns")
        bound = {name: p.on for name, p in patterns.items() if p.on in ("real", "imaginary")}
        gauge += [f"{on} diagonal of {name}" for name, on in bound.items()]
        patterns = {name: pattern for name, pattern in patterns.items() if name in free_ones}
    for part, parts in (("real", ("free", "real")), ("imaginary", ("free", "imaginary"))):
        names = [name for name, pattern in patterns.items() if pattern.on in parts]
        row = [Rational.number(0)] * len(names)
        for t in core:
            if t.value in names:
                flipped = part == "imaginary" and t.op in ("C", "H")
                i = names.index(t.value)
                row[i] = row[i] + _coefficient(t, True, False, real).on_diagonal() * Rational.number(
                    -1 if flipped else 1
                )
        solution, free, conditions = solve([row], [[Rational.number(1)]])
        if conditions and not (part == "imaginary" and "H" in symmetries):
            raise OverdeterminedError(f"the {part} part of the diagonal has an equation and no unknown entry")
        gauge += [f"{part} diagonal of {names[i]}" for i in free]
        for name, (value,) in zip(names, solution, strict=True):
            # Re z = (z + conj z) / 2 and i Im z = (z - conj z) / 2; on the diagonal H is the conjugate.
            other = value if part == "real" else -value
            for op, v in (("", value), ("H", other)):
                result[name, op] = result.get((name, op), Rational.number(0)) + v * half
    return result, gauge
