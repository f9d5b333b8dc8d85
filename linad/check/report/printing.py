"""Printing that neither an encoding nor a reader that has left can break."""

from __future__ import annotations

import os
import re
import sys
from typing import TextIO

_COLOURS = {"ok": 32, "FAILS": 31, "undecided": 33}
_VERDICT = re.compile(r"(?<=  )(ok|FAILS|undecided)\b.*$", re.MULTILINE)


def say_report(text: str, form: str) -> None:
    """Print a report; on a terminal a text's verdicts, which end rows, are coloured, unless NO_COLOR is set."""
    declined = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if form == "text" and sys.stdout.isatty() and not declined:
        text = _VERDICT.sub(lambda found: f"\x1b[{_COLOURS[found[1]]}m{found[0]}\x1b[0m", text)
    say(text)


def say(text: object, stream: TextIO | None = None) -> None:
    """Print a text. What the stream cannot encode is escaped; what nobody reads any more, as by ``head``, is lost."""
    stream = sys.stdout if stream is None else stream
    encoding = stream.encoding or "utf-8"
    line = f"{text}\n".encode(encoding, "backslashreplace").decode(encoding)
    try:
        stream.write(line)
        stream.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # so that the end of the process finds something to flush into
        os.close(nowhere)
    except OSError as error:
        sys.stderr.write(f"linad: the output cannot be written: {error.strerror}\n")
        raise SystemExit(2) from None
