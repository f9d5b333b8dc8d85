"""The written derivation as data: steps of lines, each a formula with a remark.

Formulas are relations between sums, instructions of programs, or what these compute before they begin; how they are
printed is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass

from linad.derive.symbolic.programs.auxiliaries import Made
from linad.derive.symbolic.programs.program import Instruction, Term


@dataclass(frozen=True, slots=True)
class Relation:
    """Two sums of terms that are equal; an empty sum is zero."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A formula and what is to be said of it, in words; either may be missing."""

    formula: Relation | Instruction | Made | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a derivation: its name in a word, and its lines."""

    label: str
    lines: tuple[Line, ...]
