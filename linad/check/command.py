"""What the command line asks of a function: it is loaded, its arguments are drawn, its derivatives are tried."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from traceback import extract_tb
from typing import Any

from linad.check.arguments import name_of
from linad.check.function_report import FunctionReport
from linad.check.gradients import check_gradients
from linad.check.specs import parse_argument
from linad.errors import ArgumentError, LinadError

NAMED = re.compile(r"([A-Za-z_]\w*)\s*=(?!=)\s*(.*)", re.DOTALL)


def check_command(
    target: str, f: Callable[..., Any], positional: Sequence[str], named: Sequence[str], **options: Any
) -> FunctionReport:
    """Check a function, loaded as ``module:function``, on arguments given as text: ``spd(6)``, ``A=spd(6)``.

    Raises
    ------
    LinadError
        One sentence and its remedies, also about what the function itself raises.
    """
    texts = _ordered(f, [*positional, *named])
    seen: Counter[str] = Counter()
    args = [parse_argument(text, options["seed"], seen) for text in texts]
    try:
        return check_gradients(f, *args, **options)
    except (Exception, SystemExit) as error:
        place = _place(f, error)
        mine = error if isinstance(error, LinadError) else error.__cause__  # NumPy wraps what it meets
        if mine is error and not place:
            raise
        if isinstance(mine, LinadError):
            where, fact, *remedies = mine.args
            raise ArgumentError(target, f"{where}: {fact.rstrip('.')} ({place}).", *remedies) from error
        first = (str(error).splitlines() or [""])[0]
        told = f"the function raised {type(error).__name__}: {first}".removesuffix(": ")
        raise ArgumentError(target, f"{told} ({place})" if place else told) from error


def _place(f: Callable[..., Any], error: BaseException) -> str:
    """The last line of the function's own file that an error went through; empty if it went through none."""
    own = getattr(inspect.unwrap(f), "__code__", None)
    file = "" if own is None else own.co_filename
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == file]
    return f"{Path(file).name}, line {lines[-1]}" if lines else ""


def _ordered(f: Callable[..., Any], texts: Sequence[str]) -> list[str]:
    """The texts of the arguments in the order of the function's parameters."""
    found = [NAMED.fullmatch(text.strip()) for text in texts]
    positional = [text for text, match in zip(texts, found, strict=True) if match is None]
    named: dict[str, str] = {}
    for match in found:
        if match is not None and match[1] in named:
            raise ArgumentError(name_of(f), f"argument {match[1]} is given twice.")
        if match is not None:
            named[match[1]] = match[2]
    if not positional and not named:
        raise ArgumentError(name_of(f), "no arguments: add --arg 'A=spd(6)', or spd(6) after the function.")
    try:
        bound = inspect.signature(f).bind(*positional, **named)
    except TypeError as error:
        raise ArgumentError(name_of(f), f"the arguments do not fit: {error}.") from None
    if bound.kwargs:
        keyword = next(iter(bound.kwargs))
        raise ArgumentError(
            name_of(f), f"{keyword} goes by keyword alone: only positional arguments are tried."
        )
    return list(bound.args)
