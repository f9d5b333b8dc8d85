"""The structures that matrices may have, as rows of one table.

A row says what the matrix is equal to (its adjoint, its transpose, its conjugate, the inverse of its adjoint) and
where its tangents live. The tangent of a *multiplicative* structure is the matrix times an unknown, that of an
additive one is the unknown itself; the pattern says what is free in the unknown below, on and above its diagonal.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is free in an unknown matrix.

    ``below`` is ``free`` or ``zero``. ``above`` is ``free``, ``zero``, or what it is of the entry below, mirrored:
    ``conjugate``, ``minus conjugate``, ``equal``, ``minus``. ``on``, the diagonal, is ``free``, ``zero``, ``real`` or
    ``imaginary``.
    """

    below: str
    on: str
    above: str


FREE = Pattern("free", "free", "free")
FIXED = Pattern("zero", "zero", "zero")


@dataclass(frozen=True, slots=True)
class Structure:
    """One row of the table."""

    name: str
    pattern: Pattern
    multiplicative: bool = False
    adjoint_is_inverse: bool = False
    self_adjoint: bool = False
    symmetric: bool = False
    real: bool = False
    diagonal: bool = False
    triangle: str = ""  # "lower" or "upper"
    unit: bool = False
    invertible: bool = True

    @property
    def fixed(self) -> bool:
        """Whether it is discrete: it has no tangent."""
        return self.pattern == FIXED


def _rows() -> list[Structure]:
    lower, strictly_lower = Pattern("free", "free", "zero"), Pattern("free", "zero", "zero")
    upper, strictly_upper = Pattern("zero", "free", "free"), Pattern("zero", "zero", "free")
    skew = Pattern("free", "imaginary", "minus conjugate")
    hermitian = Pattern("free", "real", "conjugate")
    return [
        Structure("general", FREE),
        Structure("lower", lower, multiplicative=True, triangle="lower"),
        Structure("unit lower", strictly_lower, multiplicative=True, triangle="lower", unit=True),
        Structure("positive lower", Pattern("free", "real", "zero"), multiplicative=True, triangle="lower"),
        Structure("upper", upper, multiplicative=True, triangle="upper"),
        Structure("unit upper", strictly_upper, multiplicative=True, triangle="upper", unit=True),
        Structure("positive upper", Pattern("zero", "real", "free"), multiplicative=True, triangle="upper"),
        Structure("diagonal", Pattern("zero", "free", "zero"), symmetric=True, diagonal=True),
        Structure(
            "real diagonal",
            Pattern("zero", "real", "zero"),
            symmetric=True,
            self_adjoint=True,
            real=True,
            diagonal=True,
        ),
        Structure("unitary", skew, multiplicative=True, adjoint_is_inverse=True),
        Structure("hermitian", hermitian, self_adjoint=True),
        Structure("positive definite", hermitian, self_adjoint=True),
        Structure("symmetric", Pattern("free", "free", "equal"), symmetric=True),
        Structure("skew", skew),
        Structure("permutation", FIXED, adjoint_is_inverse=True, real=True),
    ]


structures: dict[str, Structure] = {row.name: row for row in _rows()}


def register(structure: Structure) -> Structure:
    """Add a row to the table."""
    if structure.name in structures:
        raise ValueError(f"the structure {structure.name!r} is declared twice")
    structures[structure.name] = structure
    return structure
