"""Worker processes as they are: they take turns, fail alone, and say who is absent."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.fleet import GIVE_BACK, WorkerError, fleet
from benchmarks.ratios import timed
from benchmarks.report import measured
from benchmarks.targets import FLOOR, Target, Task
from benchmarks.works import WORKS

TASK = Task("solve", 4)


@pytest.fixture(scope="module")
def two():
    with fleet(("linad", FLOOR, "no_such_library"), 1, GIVE_BACK) as (workers, versions):
        yield workers, versions


def test_who_is_not_installed_is_absent(two):
    workers, versions = two
    assert set(workers) == {"linad", FLOOR}
    assert versions["no_such_library"] is None


def test_results_are_those_of_the_work(two):
    (value, gA, gb), once = two[0]["linad"].ask("prepare", TASK)
    assert value.shape == ()
    assert gA.shape == (4, 4)
    A, b = WORKS["solve"](4).arrays
    np.testing.assert_allclose(gb, np.linalg.solve(A.T, np.ones(4)))
    np.testing.assert_allclose(gA, -np.outer(gb, np.linalg.solve(A, b)))
    assert once > 0


def test_a_task_is_timed_by_both(two):
    row = timed(TASK, [Target("solve", (4,), FLOOR, 100.0)], two[0], 1, 0.01)
    assert set(row.seconds) == {"linad", FLOOR}
    assert row.judged[0].ratio.low <= row.judged[0].ratio.median <= row.judged[0].ratio.high


def test_a_request_that_fails_is_told_and_survived(two):
    worker = two[0][FLOOR]
    with pytest.raises(WorkerError, match="ZeroDivisionError"):
        worker.ask("time", 0)
    assert worker.ask("opened") is not None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux tells them")
def test_who_is_not_asked_is_stopped(two):
    for worker in two[0].values():
        worker.ask("opened")
        state = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()[0]
        assert state == "T"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux tells them")
def test_a_stopped_worker_does_not_outlive_a_parent_that_is_killed():
    program = (
        "from benchmarks.fleet import Worker\n"
        f"worker = Worker({FLOOR!r}, 1)\nworker.ask('opened')\nprint(worker.pid, flush=True)\ninput()"
    )
    command = [sys.executable, "-c", program]
    parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    worker = Path(f"/proc/{parent.stdout.readline().strip()}")
    assert worker.exists()
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 20
    while worker.exists() and time.monotonic() < until:
        os.sched_yield()
    assert not worker.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of the resident memory is told by Linux")
def test_both_measures_of_memory_agree(two):
    worker = two[0]["linad"]
    worker.ask("prepare", Task("solve", 1000))
    resident, traced = worker.ask("resident_peak"), worker.ask("traced_peak")
    assert abs(resident - traced) <= 0.25 * traced


@pytest.mark.slow
def test_a_run_of_everything_small():
    """The sections that need no peer, at once; what is measured is not judged."""
    said = []
    chosen = {"solve, n = 4, value and gradient", "memory solve, n = 1024, value and gradient", "import"}
    report = measured(chosen.__contains__, [1, 2], 0.01, said.append, ("linad", FLOOR))
    assert [row.threads for row in report.timed] == [1, 2]
    assert len(report.weighed) == 1
    assert set(report.imported.seconds) == {"linad", "linad, and a first gradient"}
    assert any(line.startswith("-- 2 BLAS threads") for line in said)
