"""A line on a terminal that says how far a run is."""

from __future__ import annotations

from typing import TextIO


class Line:
    """Rewrites itself; where the stream is no terminal nothing is written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._shown = stream, stream.isatty()

    def __call__(self, done: int, total: int, name: str) -> None:
        if self._shown:
            self._stream.write(f"\r\x1b[K{done}/{total}  {name}")
            self._stream.flush()

    def clear(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
