"""Runs in several processes."""

import os
import subprocess
import sys

import pytest

from linad.check.run import one_thread_each

NAMES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def started() -> list[str]:
    """What a process that starts now is told of threads."""
    code = f"import os; print(*[os.environ.get(name) for name in {NAMES}])"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split()


def test_processes_have_one_blas_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    with one_thread_each():
        assert started() == ["1", "1", "1"]
    assert not any(name in os.environ for name in NAMES)


def test_a_number_of_threads_that_the_user_gave_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    with one_thread_each():
        assert started()[0] == "2"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"
