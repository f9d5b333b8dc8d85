"""A contestant in a process of its own: ``python -m benchmarks.worker NAME THREADS``.

Requests come by standard input and answers leave by standard output, both pickled: a method of Contestant and its
arguments, then whether it succeeded and what it gave. What a library prints goes to standard error.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import re
import sys
import traceback
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.clock import now


class Contestant:
    """The side of the process that runs."""

    def __init__(self, name: str, threads: int) -> None:
        self.name, self.threads = name, threads
        self.run: Callable[[], Any] = lambda: None

    def opened(self) -> str | None:
        """The version; None if the library is absent."""
        from benchmarks import contestants

        try:
            return contestants.opened(self.name, self.threads)
        except ImportError as error:
            if error.name and error.name.partition(".")[0] == self.name:
                return None
            raise

    def prepare(self, task: Any) -> tuple[list[Any], float]:
        """Get ready for a task; its results as arrays of NumPy, and the seconds of one call."""
        import numpy as np

        from benchmarks import contestants

        self.run = contestants.runner(self.name, task)
        results = self.run()
        start = now()
        self.run()
        once = now() - start
        return [np.asarray(x) for x in results], once

    def time(self, repeats: int) -> float:
        """Seconds a call, of so many; the collector is in the state that users have it in."""
        run = self.run
        if repeats > 1:
            run()
        start = now()
        for _ in range(repeats):
            run()
        return (now() - start) / repeats

    def resident_peak(self) -> int | None:
        """Bytes by which the resident memory grows during a call; None where the system does not tell."""
        self.run()
        gc.collect()
        try:
            Path("/proc/self/clear_refs").write_text("5")  # the peak starts again
        except OSError:
            return None
        before = _status("VmRSS")
        results = self.run()
        peak = _status("VmHWM")
        del results
        return peak - before

    def traced_peak(self) -> int:
        """Bytes that are allocated at once during a call, as Python and NumPy report them."""
        self.run()
        gc.collect()
        tracemalloc.start()
        results = self.run()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        del results
        return peak

    def call(self, module: str, function: str, *arguments: Any) -> Any:
        """A function of the benchmarks, in this process."""
        return getattr(importlib.import_module(f"benchmarks.{module}"), function)(*arguments)


def _status(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return 1024 * int(found[1])


def serve(contestant: Contestant) -> None:
    """Answer requests until there are no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            method, *arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = (True, getattr(contestant, method)(*arguments))
        except Exception:
            answer = (False, traceback.format_exc())
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):  # for those who do not listen to the environment
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[-int(sys.argv[2]) :])
    serve(Contestant(sys.argv[1], int(sys.argv[2])))
