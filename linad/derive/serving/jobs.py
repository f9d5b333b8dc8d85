"""Jobs: work done in processes that can be ended, each started ahead of its request and used once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linad.derive.serving import work

_PACKAGES = str(Path(__file__).parents[3])  # from where a process imports what this one did
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a job may take: seconds, bytes of address space; and how many run at once."""

    seconds: float = 20.0
    memory: int = 1 << 30
    at_once: int = 2


class BusyError(Exception):
    """As many jobs run as may."""


class LateError(Exception):
    """A job took longer than it may, and was ended."""


class Jobs:
    """Runs work in other processes, within limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._room = threading.BoundedSemaphore(limits.at_once)
        self._lock = threading.Lock()
        self._closed = False
        self._running: set[subprocess.Popen[bytes]] = set()
        self._spare: subprocess.Popen[bytes] | None = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        """A process that has begun to import and waits for its request; Ctrl-C at a terminal does not reach it."""
        limits = (str(self.limits.memory), str(int(self.limits.seconds) + 5))
        command = [sys.executable, "-P", "-m", work.__name__, *limits]
        environment = {**os.environ, **dict.fromkeys(_THREADS, "1"), "PYTHONPATH": _path()}
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, start_new_session=True)

    @contextmanager
    def _process(self) -> Iterator[subprocess.Popen[bytes]]:
        """The process for one job, which has ended when the job has; another one is started for the next."""
        with self._lock:
            process, self._spare = self._spare or self._started(), None
            if process.poll() is not None:  # somebody ended it while it waited
                _end(process)
                process = self._started()
            self._running.add(process)
        try:
            yield process
        finally:
            _end(process)
            with self._lock:
                self._running.discard(process)
                if not self._closed:
                    self._spare = self._spare or self._started()

    def run(self, name: str, form: Any) -> dict[str, Any]:
        """The answer to a request; :class:`BusyError` or :class:`LateError` where there is none."""
        if not self._room.acquire(blocking=False):
            raise BusyError
        try:
            with self._process() as process:
                request = json.dumps([name, form]).encode("ascii")
                try:
                    out, _ = process.communicate(request, self.limits.seconds)
                except subprocess.TimeoutExpired:
                    raise LateError from None
        finally:
            self._room.release()
        if process.returncode:
            return {"error": work.fault("The derivation was ended: it needs too much memory or time.")}
        answer: dict[str, Any] = json.loads(out)
        return answer

    def close(self) -> None:
        """End what runs and what waits."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()  # and the thread that waits for it is told
            if self._spare:
                _end(self._spare)


def _path() -> str:
    return os.pathsep.join(filter(None, (_PACKAGES, os.environ.get("PYTHONPATH", ""))))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
