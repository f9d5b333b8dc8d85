"""Results that are let go where a program has used them for the last time.

A function keeps its variables until it returns. Where arrays are large that is the whole history of a gradient, of
which the walk back needs less and less; where they are small a ``del`` is not worth its time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import TypeVar

from linad.core.expression import Expression
from linad.core.space import Space

LARGE = 1 << 15  # bytes of an array; a `del` takes 20 nanoseconds
_RESULT = re.compile(r"\bv\d+\b")
_GIVEN = re.compile(r"\s*(?:with [^:]*: )?(v\d+) = ")
_Node = TypeVar("_Node")


def is_large(nodes: Iterable[Expression]) -> bool:
    """Whether an array is large."""
    values = (node.value for node in nodes)
    return any(isinstance(x, Space) and prod(x.shape) * x.dtype.itemsize >= LARGE for x in values)


def freed(lines: Sequence[str], nodes: Mapping[int, _Node]) -> tuple[list[str], dict[int, _Node]]:
    """The lines of a program, and the nodes by line, with a ``del`` after the last use of each result."""
    last: dict[str, int] = {}
    for i, line in enumerate(lines):
        if given := _GIVEN.match(line):
            last[given[1]] = i
        last |= {name: i for name in _RESULT.findall(line) if name in last}
    after: dict[int, list[str]] = {}
    for name, i in last.items():
        if i < len(lines) - 1:  # what is returned goes with the function
            after.setdefault(i, []).append(name)
    written: list[str] = []
    moved: dict[int, _Node] = {}
    for i, line in enumerate(lines):
        written.append(line)
        if i + 1 in nodes:
            moved[len(written)] = nodes[i + 1]
        if i in after:
            written.append(f"    del {', '.join(after[i])}")
    return written, moved
