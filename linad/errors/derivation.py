"""Errors of deriving rules from equations."""

from __future__ import annotations

from linad.errors.base import LinadError


class DerivationError(LinadError, ValueError):
    """An equation from which no rule could be derived, or that contradicts its structures."""
