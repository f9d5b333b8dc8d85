"""Where in the user's code an operation was recorded.

A site is a code object and the offset of the instruction in it: two references, no frame, so that no local variable of
the user is kept alive. The line and its text are looked up only when an error or a warning needs them.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from pathlib import Path
from types import CodeType

Site = tuple[CodeType, int]

_ROOT = str(Path(__file__).resolve().parent.parent)
_DEPTH = 5  # calls between the user's line and a record: operation, door, protocol method
_TAPED = 16  # the same where the records of a derivative stand between

# A cell with the site of the record whose rule is being run, for the warnings that the rule gives.
current: ContextVar[list[Site | None] | None] = ContextVar("linad_current_site", default=None)


class _Internal(dict[str, bool]):
    """Whether a file belongs to linad; remembered by file name."""

    def __missing__(self, filename: str) -> bool:
        inside = self[filename] = filename.startswith(_ROOT)
        return inside


_internal = _Internal()


def user_site(depth: int = _DEPTH) -> Site | None:
    """The nearest frame outside linad, if it is near; inside a rule, the site of the record whose rule it is.

    Called by the method of a traced array that makes a record, which the operation's function called.
    """
    frame = _getframe(3)
    code = frame.f_code
    if not _internal[code.co_filename]:
        return code, frame.f_lasti
    cell = _current()
    if cell is not None:
        return cell[0]
    for _ in range(depth):
        if frame.f_back is None:
            return None
        frame = frame.f_back
        code = frame.f_code
        if not _internal[code.co_filename]:
            return code, frame.f_lasti
    return None


_getframe = sys._getframe
_current = current.get


def taped_site() -> Site | None:
    """The site of a step that is recorded for replay: that of the record whose rule is run, or the user's line."""
    cell = current.get()
    return user_site(_TAPED) if cell is None else cell[0]


def position(site: Site) -> tuple[str, int]:
    """File and line number of a site."""
    code, offset = site
    line = code.co_firstlineno
    for start, stop, number in code.co_lines():
        if start <= offset < stop and number is not None:
            line = number
    return code.co_filename, line


def describe(site: Site) -> str:
    """The sentence about a site: ``recorded at file.py, line 3: y = x / z``."""
    import linecache  # only errors need it

    filename, line = position(site)
    text = linecache.getline(filename, line).strip()
    return f"recorded at {filename}, line {line}" + (f": {text}" if text else "")


def blame(error: BaseException, site: Site | None) -> None:
    """Add the user's line to an error, once."""
    notes = getattr(error, "__notes__", ())
    if site is not None and not any(note.startswith("recorded at ") for note in notes):
        error.add_note(describe(site))
