"""The words that emitted programs are written in, to be imported by name.

>>> import numpy as np
>>> from linad.derive.words import mul, strict_tril
>>> A = np.array([[1.0, 2.0], [3.0, 4.0]])
>>> strict_tril(mul(A, A))
array([[ 0.,  0.],
       [15.,  0.]])
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
