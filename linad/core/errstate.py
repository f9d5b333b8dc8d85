"""What to do where a derivative is undefined, ill-conditioned or a matter of choice."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from linad import errors
from linad.core import site
from linad.errors import LinadError, LinadWarning, OptionError

_DEFAULTS = {
    "degenerate": "raise",
    "tie": "ignore",
    "gauge": "raise",
    "conditioning": "warn",
    "convergence": "raise",
}
_WORDS = ("raise", "warn", "ignore")
_CLASSES: dict[str, tuple[type[LinadError], type[LinadWarning]]] = {
    "degenerate": (errors.DegenerateError, errors.DegenerateWarning),
    "tie": (errors.TieError, errors.TieWarning),
    "gauge": (errors.GaugeError, errors.GaugeWarning),
    "conditioning": (errors.IllConditionedError, errors.IllConditionedWarning),
    "convergence": (errors.ConvergenceError, errors.ConvergenceWarning),
}

_state: ContextVar[dict[str, str]] = ContextVar("linad_errstate", default=_DEFAULTS)


def geterr() -> dict[str, str]:
    """The state in force, as a new dictionary."""
    return dict(_state.get())


def state() -> dict[str, str]:
    """The state in force itself, which nobody changes: it is the same object until a block is entered or left."""
    return _state.get()


@contextmanager
def errstate(**changes: str) -> Iterator[None]:
    """Change what happens where a derivative is undefined or doubtful, inside a block.

    Parameters
    ----------
    degenerate
        No derivative exists: repeated eigenvalues, deficient rank. Default ``"raise"``.
    tie
        Two candidates of a discrete choice are equal, so the derivative is one-sided. Default ``"ignore"``.
    gauge
        The cost depends on a phase or rotation that the operation leaves free. Default ``"raise"``.
    conditioning
        More than half of the digits are lost. Default ``"warn"``.
    convergence
        An iteration that is differentiated had not converged. Default ``"raise"``.

    Each is ``"raise"``, ``"warn"`` or ``"ignore"``.

    Examples
    --------
    >>> import linad as ln
    >>> with ln.errstate(tie="warn"):
    ...     pass
    """
    for key, word in changes.items():
        if key not in _DEFAULTS:
            raise OptionError("errstate", f"there is no key {key!r}.", f"Keys: {', '.join(_DEFAULTS)}.")
        if word not in _WORDS:
            raise OptionError("errstate", f"{key}={word!r} is not known.", f"Values: {', '.join(_WORDS)}.")
    token = _state.set(_state.get() | changes)
    try:
        yield
    finally:
        _state.reset(token)


def asked(key: str) -> bool:
    """Whether anybody wants to know: finding out may cost more than the operation."""
    return _state.get()[key] != "ignore"


def report(key: str, where: str, fact: str, *remedies: str) -> None:
    """Raise, warn or do nothing about a fact, as the state says. A warning names the user's line."""
    word = _state.get()[key]
    error, warning = _CLASSES[key]
    if word == "raise":
        raise error(where, fact, *remedies)
    if word == "warn":
        cell = site.current.get()
        here = None if cell is None else cell[0]
        if here is None:
            warnings.warn(warning(where, fact, *remedies), stacklevel=3)
        else:
            warnings.warn_explicit(warning(where, fact, *remedies), warning, *site.position(here))
