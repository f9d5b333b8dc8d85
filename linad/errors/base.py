"""The shape of a linad error: one sentence of fact, then lines that say what to do."""

from __future__ import annotations

from collections.abc import Iterable


class LinadError(Exception):
    """An error of linad: ``where: fact`` and, a line each, the remedies."""

    def __init__(self, where: str, fact: str, *remedies: str) -> None:
        super().__init__(where, fact, *remedies)

    def __str__(self) -> str:
        return sentence(*self.args)


class LinadWarning(UserWarning):
    """A warning of linad, in the form of its errors."""

    def __init__(self, where: str, fact: str, *remedies: str) -> None:
        super().__init__(where, fact, *remedies)

    def __str__(self) -> str:
        return sentence(*self.args)


def sentence(where: str, fact: str, *remedies: str) -> str:
    """The text of an error or a warning.

    >>> print(sentence("grad", "the output has shape (3,).", "Sum it."))
    grad: the output has shape (3,).
      - Sum it.
    """
    return "\n".join([f"{where}: {fact}", *(f"  - {remedy}" for remedy in remedies)])


def meant(name: str, known: Iterable[str]) -> str:
    """The question whether a known name was meant, or the empty string if none is close.

    >>> meant("choleski", ["lu", "cholesky"])
    'Did you mean cholesky?'
    """
    from difflib import get_close_matches  # only after a mistake

    by_fold = {own.casefold(): own for own in known}
    close = get_close_matches(name.casefold(), by_fold, 1)
    return f"Did you mean {by_fold[close[0]]}?" if close else ""
