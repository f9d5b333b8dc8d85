"""Replay: a function recorded once and run again as straight-line Python.

recording   a function on data: the nodes of a tape
captured    what a function reads besides its arguments
program     the steps that lead somewhere, each once
emit        the steps as Python, and what they refer to
lowering    how operations are written there
compiled    the function that records, keeps programs and chooses among them
"""

from linad.core.replay.compiled import Compiled, compile

__all__ = ["Compiled", "compile"]
