"""The words that emitted programs are written in, to be imported by name.

>>> from linad.derive.words import adjoint, mul
>>> adjoint([[1j, 2.0]])
array([[0.-1.j],
       [2.-0.j]])
"""

from __future__ import annotations

import re
from typing import Any

from linad.derive.vocabulary import WORDS

__all__ = ["imports"]


def __getattr__(name: str) -> Any:
    """The operation that is called by a word."""
    if name in WORDS:
        return WORDS[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def imports(source: str) -> str:
    """The line that a program needs to run by itself: it imports the words which the program uses."""
    used = {name for name in re.findall(r"\b[a-z]\w*(?=\()", source) if name in WORDS}
    return f"from {__name__} import {', '.join(sorted(used))}\n" if used else ""
