"""Worker processes that take turns: one runs, and all others are stopped, with the threads of their pools.

Idle threads of a BLAS spin for a while before they sleep. In one process, or side by side, those of one library would
take the cores from another; a process that is stopped takes nothing.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
# Arrays get pages of their own, and give them back: what is resident is then what is alive.
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
ROUNDS, FEWEST = 15, 5
STOPS = hasattr(signal, "SIGSTOP") and hasattr(os, "waitid")
PAUSE = 0.2  # seconds, where processes cannot be stopped: pools fall asleep


class WorkerError(Exception):
    """A contestant failed: not a result."""


class Worker:
    """A contestant in a process of its own, that runs only while it is asked."""

    def __init__(self, name: str, threads: int, environment: Mapping[str, str] | None = None) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", name, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | dict.fromkeys(THREADS, str(threads)) | dict(environment or {}),
            process_group=0
            if STOPS
            else None,  # one that its parent leaves behind stopped is ended by the system
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, method: str, *arguments: Any) -> Any:
        """The answer to a request; all other workers are stopped in the meantime."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._continue()
        try:
            pickle.dump((method, *arguments), self._process.stdin)
            self._process.stdin.flush()
            good, answer = pickle.load(self._process.stdout)
        except (EOFError, BrokenPipeError):
            raise WorkerError(f"{self.name} ended with status {self._process.wait()}") from None
        self._stop()
        if not good:
            raise WorkerError(f"{self.name}, {method}: {answer}")
        return answer

    def close(self) -> None:
        self._process.kill()  # which ends a stopped process, too
        self._process.communicate()

    def _continue(self) -> None:
        if STOPS and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)

    def _stop(self) -> None:
        """Stop the process, and see that it has stopped."""
        if not STOPS:
            time.sleep(PAUSE)
        elif self._process.poll() is None:
            self._process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)


@contextmanager
def fleet(
    names: Sequence[str], threads: int, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[dict[str, Worker], dict[str, str | None]]]:
    """Workers of those that are installed, and everybody's version, None for who is absent."""
    started = {name: Worker(name, threads, environment) for name in names}
    try:
        versions = {name: worker.ask("opened") for name, worker in started.items()}
        yield {name: started[name] for name in names if versions[name] is not None}, versions
    finally:
        for worker in started.values():
            worker.close()


def alternate(
    workers: Mapping[str, Worker], once: Mapping[str, float], seconds: float
) -> dict[str, list[float | None]]:
    """Seconds a call by contestant and round; None in rounds that a slow one leaves out.

    ``once`` is about what a call takes. The seconds are shared evenly, but everybody has at least FEWEST rounds.
    """
    share = seconds / len(workers)
    takes = {name: max(FEWEST, min(ROUNDS, int(share / once[name]))) for name in workers}
    repeats = {name: max(1, int(share / ROUNDS / once[name])) for name in workers}
    taken: dict[str, list[float | None]] = {name: [] for name in workers}
    rounds = max(takes.values())
    for i in range(rounds):
        for name, worker in workers.items():
            turn = (i + 1) * takes[name] // rounds > i * takes[name] // rounds
            taken[name].append(worker.ask("time", repeats[name]) if turn else None)
    return taken
