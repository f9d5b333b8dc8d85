"""Errors of what is passed in and what a user's function returns."""

from __future__ import annotations

from linad.errors.base import LinadError


class ArgumentError(LinadError, TypeError):
    """An argument is of a type, or at a position, that the call cannot take."""


class OptionError(LinadError, ValueError):
    """An option has a value that the call does not know."""


class StructureError(LinadError, ValueError):
    """Tangents or cotangents are not nested as what they belong to."""


class ShapeError(LinadError, ValueError):
    """A shape does not fit."""


class DtypeError(LinadError, TypeError):
    """A dtype does not fit."""


class OutputError(LinadError, TypeError):
    """A function returned what cannot be differentiated."""


class NonScalarOutputError(LinadError, ValueError):
    """A gradient was asked of a function whose output is not a scalar."""

    def __init__(self, transform: str, shape: tuple[int, ...]) -> None:
        super().__init__(
            transform,
            f"the function returned an array of shape {shape}; a gradient needs a scalar.",
            "The gradient of the sum: return x.sum().",
            "A product with the Jacobian's transpose: linad.vjp(f, *primals), or y.backward(v).",
            "All derivatives: linad.jacobian(f).",
        )
        self.transform, self.shape = transform, shape

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.transform, self.shape)


class ComplexOutputError(LinadError, TypeError):
    """A gradient was asked of a function whose output is complex."""

    def __init__(self, transform: str) -> None:
        super().__init__(
            transform,
            "the function returned a complex number; a gradient needs a real one.",
            "Return its .real, .imag or abs().",
            "For a complex output and a chosen cotangent: linad.vjp.",
        )
        self.transform = transform

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return type(self), (self.transform,)


class NotHermitianError(LinadError, ValueError):
    """A traced matrix, of which one triangle is read, is not Hermitian, or not symmetric."""

    def __init__(self, where: str, matrix: str, distance: float, norm: float, kind: str) -> None:
        hermitian = kind == "Hermitian"
        super().__init__(
            where,
            f"{matrix} is not {kind}: it differs from its {'adjoint' if hermitian else 'transpose'} by "
            f"{distance:.1e}, and its norm is {norm:.1e}.",
            f"One triangle is read, but the derivative is that of a function of {kind} matrices.",
            "If one triangle says all: linad.linalg.hermitian(A, lower=True) or lower=False, "
            "whose derivative is that of the triangle it reads."
            if hermitian
            else "If one triangle says all: numpy.tril(A) + numpy.tril(A, -1).T.",
            f"If it is {kind} but for rounding: (A + A{'.conj()' if hermitian else ''}.T) / 2.",
        )
        self.where, self.matrix, self.distance, self.norm, self.kind = where, matrix, distance, norm, kind

    def __reduce__(self) -> tuple[type, tuple[str, str, float, float, str]]:
        return type(self), (self.where, self.matrix, self.distance, self.norm, self.kind)
