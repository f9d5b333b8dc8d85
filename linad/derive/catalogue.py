"""The rules of the operations whose defining equations linad has, by name."""

from __future__ import annotations

from functools import cache

from linad.derive.declare import derive
from linad.derive.rule import Rule
from linad.errors import OptionError
from linad.errors.base import meant
from linad.operations.equations import ENTRIES

__all__ = ["ENTRIES", "rule"]


@cache
def rule(name: str) -> Rule:
    """The rule of an operation of the catalogue; derived when it is first asked for something."""
    entry = ENTRIES.get(name)
    if entry is None:
        asked = [question] if (question := meant(name, ENTRIES)) else []
        raise OptionError(
            "derive", f"the catalogue has no {name!r}.", *asked, "linad derive --list names what it has."
        )
    return derive(entry.inputs, entry.outputs, entry.equations, name=name.replace("-", "_"))
