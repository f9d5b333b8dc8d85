"""Differentials of words, and tangents by structure: of inputs projected, of outputs with unknowns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Rational
from linad.derive.symbolic.algebra.structures import FREE, Pattern
from linad.derive.symbolic.algebra.words import Algebra, Atom, Expression, Symbol, reverses
from linad.derive.symbolic.programs.program import Instruction, Kernel, Kernels, Term, Terms

ZERO, ONE, HALF = (Rational.number(x) for x in (0, 1, Fraction(1, 2)))
OFF = Kernel(ONE, ZERO, ONE)  # what stands off the diagonal
_MIRRORS = {"conjugate": ("H", 1), "minus conjugate": ("H", -1), "equal": ("T", 1), "minus": ("T", -1)}


class UnderivableError(Exception):
    """An equation that this algorithm cannot derive, or a structure that contradicts it."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The unknown of an output: ``side`` tells where it stands, R for Y S, L for S Y, empty for itself."""

    symbol: Symbol
    side: str

    @property
    def name(self) -> str:
        return f"S_{self.symbol.name}"

    @property
    def pattern(self) -> Pattern:
        return self.symbol.structure.pattern

    @property
    def shape(self) -> tuple[str, str]:
        """The letters of its rows and columns."""
        rows, columns = self.symbol.rows, self.symbol.columns
        return {"R": (columns, columns), "L": (rows, rows), "": (rows, columns)}[self.side]


def sides(symbol: Symbol) -> tuple[str, ...]:
    """Where the unknown of an output may stand."""
    structure = symbol.structure
    if not structure.multiplicative:
        return ("", "R", "L") if structure.pattern == FREE and symbol.square else ("",)
    if structure.unit_columns:
        return ("R",)
    if structure.adjoint_is_inverse and not symbol.square:  # the other side would not span all tangents
        return ("L",) if structure.wide else ("R",)
    return ("R", "L")


def mirror(pattern: Pattern) -> tuple[str, int] | None:
    """The operation and the sign under which every matrix of a pattern is itself."""
    found = _MIRRORS.get(pattern.above)
    if found is None and pattern.below == pattern.above == "zero":
        found = {"real": ("H", 1), "imaginary": ("H", -1)}.get(pattern.on, ("T", 1))
    return found


def linearise(algebra: Algebra, equation: Expression) -> list[Term]:
    """The differential of an expression; the value of a term is the name of the symbol whose tangent it holds."""
    terms = []
    for word, coefficient in equation.items():
        for i, atom in enumerate(word):
            if algebra.structure(atom).fixed:
                continue
            if atom.inverted:  # d(X^-1) = -X^-1 dX X^-1
                terms.append(Term(-coefficient, word[: i + 1], atom.name, atom.op, word[i:]))
            else:
                terms.append(Term(coefficient, word[:i], atom.name, atom.op, word[i + 1 :]))
    return terms


def substituted(algebra: Algebra, t: Term, unknown: Unknown) -> Term:
    """A term of an output's tangent with Y S or S Y in its place."""
    left, right = t.left, t.right
    if unknown.side:
        factor = (algebra.canonical(Atom(t.value, t.op)),)
        if (unknown.side == "R") != reverses(t.op):
            left = algebra.product(left, factor)
        else:
            right = algebra.product(factor, right)
    return Term(t.coefficient, left, unknown.name, t.op, right)


def projection(symbol: Symbol, value: str) -> tuple[tuple[Kernel, str, str], ...]:
    """The parts of a value that the pattern of a symbol has: nearest to it, over the reals."""
    pattern = symbol.structure.pattern
    if not pattern.plain:
        raise UnderivableError("a pattern with a band or with blocks has no projection by zones")
    keep = {"free": ONE, "zero": ZERO}
    mirrored = _MIRRORS.get(pattern.above)
    if mirrored is None:
        on = keep.get(pattern.on, HALF)
        parts = [(Kernel(keep[pattern.below], on, keep[pattern.above]), value, "")]
        op, sign, off = "H" if symbol.square else "C", 1 if pattern.on == "real" else -1, ZERO
    else:
        op, sign = mirrored
        off = HALF
        on = {"zero": ZERO}.get(pattern.on, HALF)
        parts = [(Kernel(off, on, off), value, "")]
    if mirrored is not None or pattern.on in ("real", "imaginary"):
        unit = Rational.number(sign)
        parts.append((Kernel(unit * off, unit * on, unit * off), value, op))
    return tuple(parts)


def projected(algebra: Algebra, symbol: Symbol) -> list[Instruction]:
    """The tangent dX of an input, brought into the tangent space of its structure, as pX; nothing for all matrices."""
    structure, value, result = symbol.structure, f"d{symbol.name}", f"p{symbol.name}"
    if structure.pattern == FREE:
        return []
    X, c = (Atom(symbol.name),), Fraction(1, 2)
    if structure.unit_columns:  # dV - V Re diag(V^H dV)
        inner, diagonal = f"G_{symbol.name}", f"D_{symbol.name}"
        on = Kernel(ZERO, HALF, ZERO)
        return [
            Terms(inner, (Term(Fraction(1), algebra.apply("H", X), value, "", ()),)),
            Kernels(diagonal, ((on, inner, ""), (on, inner, "H"))),
            Terms(result, (Term(Fraction(1), (), value, "", ()), Term(Fraction(-1), X, diagonal, "", ()))),
        ]
    if structure.adjoint_is_inverse:
        start: list[Instruction] = []
        if structure.real:
            start = [Kernels(f"R_{symbol.name}", _real(value))]
            value = f"R_{symbol.name}"
        return [*start, Terms(result, _on_sphere(algebra, symbol, value, c))]
    return [Kernels(result, projection(symbol, value))]


def _real(value: str) -> tuple[tuple[Kernel, str, str], ...]:
    half = Kernel(HALF, HALF, HALF)
    return ((half, value, ""), (half, value, "C"))


def _on_sphere(algebra: Algebra, symbol: Symbol, value: str, c: Fraction) -> tuple[Term, ...]:
    """dQ - Q (Q^H dQ + dQ^H Q) / 2; a square Q has Q Q^H = I; of orthonormal rows the mirror image."""
    Q = (Atom(symbol.name),)
    whole = c if symbol.square else Fraction(1)
    both = algebra.product(Q, algebra.apply("H", Q))
    terms = [Term(whole, (), value, "", ()), Term(-c, Q, value, "H", Q)]
    if not symbol.square:
        inner = (*algebra.apply("H", Q), *Q) if symbol.structure.wide else both
        left, right = ((), inner) if symbol.structure.wide else (inner, ())
        terms.append(Term(-c, left, value, "", right))
    return tuple(terms)


def tangent_of(algebra: Algebra, unknown: Unknown) -> list[Instruction]:
    """The tangent of a square output from its unknown."""
    name, factor = unknown.symbol.name, (Atom(unknown.symbol.name),)
    left, right = (factor, ()) if unknown.side == "R" else ((), factor)
    terms = [Term(Fraction(1), left, unknown.name, "", right)]
    if not unknown.symbol.structure.unit_columns:
        return [Terms(f"d{name}", tuple(terms))]
    off, inner, diagonal = (f"{letter}_{name}" for letter in "FGD")
    gram = (*algebra.apply("H", factor), *factor)
    return [  # what stretches the columns is taken away again
        Kernels(off, ((OFF, unknown.name, ""),)),
        Terms(inner, (Term(Fraction(1), gram, off, "", ()),)),
        Kernels(diagonal, ((Kernel(ZERO, ONE, ZERO), inner, ""),)),
        Terms(f"d{name}", (*terms, Term(Fraction(-1), factor, diagonal, "", ()))),
    ]


def occurrences(terms: Sequence[Term], name: str) -> list[Term]:
    """The terms that hold the tangent of a symbol."""
    return [t for t in terms if t.value == name]


def unknown_text(u: Unknown) -> str:
    """What an unknown is of its output and the tangent of that."""
    name = u.symbol.name
    structure = (
        u.symbol.structure
    )  # of columns of length one the diagonal of V^H dV is imaginary, not that of V^-1 dV
    inverse = f"{name}^H" if structure.adjoint_is_inverse or structure.unit_columns else f"{name}^-1"
    return {"R": f"{inverse} d{name}", "L": f"d{name} {inverse}", "": f"d{name}"}[u.side]
