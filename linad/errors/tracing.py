"""Errors of recording: traced arrays used where they cannot be, or after their time."""

from __future__ import annotations

from linad.errors.base import LinadError, LinadWarning


class LeakedTracerError(LinadError, RuntimeError):
    """A traced array was used after the call that made it had ended."""

    def __init__(self, transform: str) -> None:
        super().__init__(
            transform,
            f"a traced array was used after the call of {transform} that made it had ended.",
            "Return the value from the function instead of storing it in a global, a list or an attribute.",
            "For a number to look at, store linad.value(x).",
        )
        self.transform = transform

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return type(self), (self.transform,)


class ConversionError(LinadError, TypeError):
    """A traced array was asked to become something that cannot carry its derivative."""


class InPlaceError(LinadError, TypeError):
    """A traced array, or a plain array from a traced one, was to be changed in place."""


class NoRuleError(LinadError, TypeError):
    """An operation that has no derivative rule met a traced array."""


class NoGradientError(LinadError, AttributeError):
    """An array that is no variable was asked for its gradient."""


class FreedGraphError(LinadError, RuntimeError):
    """A graph was walked back a second time after its records were freed."""


class ClosureError(LinadError, ValueError):
    """A function that must stand alone closes over a traced array."""


class SymbolError(LinadError, ValueError):
    """A symbol was asked for what it does not have before data is bound: a shape, a value."""


class ReplayError(LinadError, RuntimeError):
    """A function cannot be replayed: it is another one each time."""


class ReplayWarning(LinadWarning):
    """A compiled function runs without replay."""
