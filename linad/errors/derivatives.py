"""Errors and warnings of mathematics: derivatives that do not exist, or exist with few digits."""

from __future__ import annotations

import numpy as np

from linad.errors.base import LinadError, LinadWarning


class UndefinedDerivativeError(LinadError, ArithmeticError):
    """The derivative that was asked for does not exist at this point."""


class DegenerateError(UndefinedDerivativeError, np.linalg.LinAlgError):
    """No derivative: repeated eigenvalues, a rank that is not full, a zero singular value."""


class TieError(UndefinedDerivativeError):
    """The derivative is one-sided: two candidates for a discrete choice are equal."""


class GaugeError(UndefinedDerivativeError):
    """The cost depends on a phase, sign or rotation that the operation does not determine."""


class ConvergenceError(LinadError, ArithmeticError):
    """An iteration whose answer is differentiated had not converged."""


class IllConditionedError(LinadError, ArithmeticError):
    """More than half of the digits of a derivative are lost."""


class DegenerateWarning(LinadWarning):
    """As :class:`DegenerateError`, under ``errstate(degenerate="warn")``."""


class TieWarning(LinadWarning):
    """As :class:`TieError`, under ``errstate(tie="warn")``."""


class GaugeWarning(LinadWarning):
    """As :class:`GaugeError`, under ``errstate(gauge="warn")``."""


class ConvergenceWarning(LinadWarning):
    """As :class:`ConvergenceError`, under ``errstate(convergence="warn")``."""


class IllConditionedWarning(LinadWarning):
    """As :class:`IllConditionedError`, under ``errstate(conditioning="warn")``."""
