"""What was typed on the page, read into a rule; errors say in which field they are, and where in it.

A form is a mapping, as JSON brings it: ``equations``, a text with one equation a line; ``matrices``, each a mapping
with ``name``, ``rows``, ``columns``, ``structure`` and whether it is ``given``; and a ``name`` for the operation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from linad.derive.declare import declared_symbol, sides
from linad.derive.rule import Rule
from linad.derive.symbolic.algebra.words import Symbol
from linad.derive.symbolic.parsing.parse import EquationError, names
from linad.errors import OptionError

EQUATIONS, MATRICES = 12, 24  # of a form
_FIELDS = {"name": str, "rows": str, "columns": str, "structure": str, "given": bool}


class FieldError(OptionError):
    """A field of a form that cannot be read.

    Attributes
    ----------
    field
        Its name: ``equations``, ``name``, ``given``, or such as ``matrices.2.rows``.
    start, length
        The place in its text.
    shown
        The line of the text, and below it a caret under the place; empty if the whole field is meant.
    """

    def __init__(
        self, field: str, fact: str, *remedies: str, start: int = 0, length: int = 0, shown: str = ""
    ) -> None:
        super().__init__("derive", fact, *remedies)
        self.field, self.start, self.length, self.shown = field, start, length, shown

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.field, self.args[1:], self.start, self.length, self.shown)


def _again(field: str, said: tuple[str, ...], start: int, length: int, shown: str) -> FieldError:
    return FieldError(field, *said, start=start, length=length, shown=shown)


# -- equations ---------------------------------------------------------------------------------------------------


def equations_of(text: str) -> list[tuple[int, str]]:
    """The equations of a text and where they begin: one a line, or with ``;`` between them."""
    found = [(match.start(), match[0].rstrip()) for match in re.finditer(r"[^;\n\s][^;\n]*", text)]
    if not found:
        raise FieldError("equations", "There is no equation.", "Write one, such as L @ U = A.")
    if len(found) > EQUATIONS:
        start = found[EQUATIONS][0]
        raise FieldError(
            "equations", f"There are {len(found)} equations; {EQUATIONS} are allowed.", start=start
        )
    return found


def matrices_of(text: str) -> dict[str, bool]:
    """The matrices of equations, and whether they stand on right-hand sides only, as given ones do."""
    equations = equations_of(text)
    for start, equation in equations:
        try:
            names(equation)
        except EquationError as error:
            raise _pointed(error, start) from error
    return sides([equation for _, equation in equations])


def _pointed(error: EquationError, start: int) -> FieldError:
    fact, _, shown = str(error).partition("\n")
    return FieldError("equations", fact, start=start + error.position, length=error.length, shown=shown)


# -- forms -------------------------------------------------------------------------------------------------------


def rule_of(form: Any) -> Rule:
    """The rule that a form declares."""
    name, text, matrices = _checked(form)
    equations = equations_of(text)
    found = matrices_of(text)
    symbols: dict[bool, list[Symbol]] = {True: [], False: []}
    declared: set[str] = set()
    for i, matrix in enumerate(matrices):
        if matrix["name"] in declared or matrix["name"] not in found:
            fact = "is declared twice" if matrix["name"] in declared else "does not occur in the equations"
            raise FieldError(f"matrices.{i}.name", f"{matrix['name']!r} {fact}.")
        declared.add(matrix["name"])
        symbols[matrix["given"]].append(_symbol(i, matrix))
    if missing := [matrix for matrix in found if matrix not in declared]:
        raise FieldError("equations", f"{', '.join(missing)} has no row among the matrices.")
    if not symbols[True] or not symbols[False]:
        which = "None" if symbols[False] else "All"
        raise FieldError(
            "given", f"{which} of the matrices are given.", "Tick those that are, and no others."
        )
    texts = [equation for _, equation in equations]
    try:
        return Rule(name, symbols[True], symbols[False], texts)
    except OptionError as error:
        cause = error.__cause__
        if isinstance(cause, EquationError):
            raise _pointed(cause, equations[texts.index(cause.text)][0]) from error
        raise FieldError("name", *error.args[1:]) from error


def _symbol(i: int, matrix: Mapping[str, Any]) -> Symbol:
    """A matrix from its row, read field by field: an error is in the first one that is wrong."""
    own = {"name": "", "rows": "n", "columns": "n", "structure": "general"}
    for field in own:
        own[field] = matrix[field]
        if len(own[field].split()) != 1 and field != "structure":
            fact = f"{own[field]!r} is no single word." if own[field].strip() else "The field is empty."
            raise FieldError(f"matrices.{i}.{field}", fact)
        try:
            symbol = declared_symbol(
                "derive", own["name"], f"{own['rows']} {own['columns']} {own['structure']}"
            )
        except OptionError as error:
            raise FieldError(f"matrices.{i}.{field}", *error.args[1:]) from error
    return symbol


def _checked(form: Any) -> tuple[str, str, list[Mapping[str, Any]]]:
    """The parts of a form that is of the right types; nothing else is looked at before."""
    if not isinstance(form, dict) or form.keys() != {"name", "equations", "matrices"}:
        raise FieldError("", "A form has a name, equations and matrices.")
    matrices = form["matrices"]
    if not isinstance(matrices, list) or not all(isinstance(form[key], str) for key in ("name", "equations")):
        raise FieldError("", "Of a form the name and the equations are texts, the matrices a list.")
    if len(matrices) > MATRICES:
        raise FieldError("equations", f"There are {len(matrices)} matrices; {MATRICES} are allowed.")
    for i, matrix in enumerate(matrices):
        right = isinstance(matrix, dict) and matrix.keys() == _FIELDS.keys()
        if not right or not all(isinstance(matrix[key], kind) for key, kind in _FIELDS.items()):
            raise FieldError(
                f"matrices.{i}", f"A matrix has {', '.join(_FIELDS)}; all but the last are texts."
            )
    return form["name"], form["equations"], matrices
