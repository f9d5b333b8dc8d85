"""The structures that matrices may have, as rows of one table.

A row says what the matrix is equal to (its adjoint, its transpose, its conjugate, the inverse of its adjoint) and
where its tangents live. The tangent of a *multiplicative* structure is the matrix times an unknown, that of an
additive one is the unknown itself; the pattern says what is free in the unknown below, on and above its diagonal.
What is called the diagonal may be wider: a band with subdiagonals, or blocks whose places the matrix itself shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is free in an unknown matrix.

    ``below`` is ``free`` or ``zero``. ``above`` is ``free``, ``zero``, or what it is of the entry below, mirrored:
    ``conjugate``, ``minus conjugate``, ``equal``, ``minus``. ``on``, the diagonal, is ``free``, ``zero``, ``real`` or
    ``imaginary``. With ``band`` as many subdiagonals count as the diagonal. With ``blocks`` the diagonal is one of
    blocks, 1x1 and 2x2, and ``on`` may also be ``hermitian`` or ``symmetric``.
    """

    below: str
    on: str
    above: str
    band: int = 0
    blocks: bool = False

    @property
    def plain(self) -> bool:
        """Whether the diagonal is the diagonal."""
        return not self.band and not self.blocks


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
    wide: bool = False  # where it is not square, it has orthonormal rows
    unit_columns: bool = False  # columns of length one: their tangents are orthogonal to them
    invertible: bool = True

    @property
    def fixed(self) -> bool:
        """Whether it is discrete: it has no tangent."""
        return self.pattern == FIXED


def _rows() -> list[Structure]:
    """The table."""
    lower, strictly_lower = Pattern("free", "free", "zero"), Pattern("free", "zero", "zero")
    upper, strictly_upper = Pattern("zero", "free", "free"), Pattern("zero", "zero", "free")
    skew = Pattern("free", "imaginary", "minus conjugate")
    hermitian = Pattern("free", "real", "conjugate")
    on_diagonal, real_diagonal = Pattern("zero", "free", "zero"), Pattern("zero", "real", "zero")
    orthogonal = Structure(
        "orthogonal",
        Pattern("free", "zero", "minus"),
        multiplicative=True,
        adjoint_is_inverse=True,
        real=True,
    )
    unitary = Structure("unitary", skew, multiplicative=True, adjoint_is_inverse=True)
    diagonal = Structure("diagonal", on_diagonal, symmetric=True, diagonal=True)
    real = replace(diagonal, name="real diagonal", pattern=real_diagonal, self_adjoint=True, real=True)
    definite = Structure("positive definite", hermitian, self_adjoint=True)
    blocks = Structure("block diagonal", Pattern("zero", "free", "zero", blocks=True))
    return [
        Structure("general", FREE),
        Structure("lower", lower, multiplicative=True, triangle="lower"),
        Structure("unit lower", strictly_lower, multiplicative=True, triangle="lower", unit=True),
        Structure("positive lower", Pattern("free", "real", "zero"), multiplicative=True, triangle="lower"),
        Structure("upper", upper, multiplicative=True, triangle="upper"),
        Structure("unit upper", strictly_upper, multiplicative=True, triangle="upper", unit=True),
        Structure("positive upper", Pattern("zero", "real", "free"), multiplicative=True, triangle="upper"),
        diagonal,
        real,
        replace(real, name="positive diagonal"),
        unitary,
        replace(unitary, name="orthonormal rows", wide=True),
        orthogonal,
        Structure(
            "unit columns", Pattern("free", "imaginary", "free"), multiplicative=True, unit_columns=True
        ),
        Structure("hermitian", hermitian, self_adjoint=True),
        definite,
        replace(definite, name="positive semidefinite", invertible=False),
        Structure("symmetric", Pattern("free", "free", "equal"), symmetric=True),
        Structure("skew", skew),
        Structure("skew symmetric", Pattern("free", "zero", "minus")),
        blocks,
        Structure(
            "hermitian block diagonal",
            Pattern("zero", "hermitian", "zero", blocks=True),
            self_adjoint=True,
        ),
        Structure(
            "symmetric block diagonal",
            Pattern("zero", "symmetric", "zero", blocks=True),
            symmetric=True,
        ),
        Structure("block unit lower", Pattern("free", "zero", "zero", blocks=True), multiplicative=True),
        Structure("quasi upper", Pattern("zero", "free", "free", blocks=True)),
        Structure("upper hessenberg", Pattern("zero", "free", "free", band=1)),
        Structure("permutation", FIXED, adjoint_is_inverse=True, real=True),
    ]


structures: dict[str, Structure] = {row.name: row for row in _rows()}

# Columns of the identity, of which programs make places for blocks; no person declares one.
PLACE = Structure("place", FIXED, adjoint_is_inverse=True, real=True)


def register(structure: Structure) -> Structure:
    """Add a row to the table."""
    if structure.name in structures:
        raise ValueError(f"the structure {structure.name!r} is declared twice")
    structures[structure.name] = structure
    return structure
