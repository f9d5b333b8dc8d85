"""The works that are timed: each is right at a small size before it is anywhere timed."""

import numpy as np
import pytest

from benchmarks import contestants, memory
from benchmarks.agreement import AGREE, disagreement, own
from benchmarks.profiling import task_of
from benchmarks.targets import COTANGENT, REPLAYED, VALUE_AND_GRADIENT, Task, tasks
from benchmarks.works import WORKS

SMALL = 6
TIMED = [*tasks(), *memory.tasks(), *(Task(work, SMALL) for work in WORKS)]
REDUCED = sorted({task._replace(size=SMALL, batch=task.batch and (3,)) for task in TIMED})


@pytest.mark.parametrize("task", REDUCED, ids=str)
def test_linad_agrees_with_numpy_and_with_its_other_mode(task):
    assert own(task) <= AGREE


@pytest.mark.parametrize("mode", [VALUE_AND_GRADIENT, REPLAYED, COTANGENT])
def test_a_wrong_gradient_is_seen(mode, monkeypatch):
    runner = contestants.runner

    def wrong(name, task):
        *others, gA = runner(name, task)()
        gA = np.array(gA)
        gA[0, 1] *= 1.001
        return lambda: [*others, gA]

    monkeypatch.setattr(contestants, "runner", wrong)
    assert own(Task("LU", SMALL, mode)) > AGREE


def test_results_are_compared_entry_by_entry():
    task = Task("LU", SMALL)
    gA = np.arange(9.0).reshape(3, 3)
    assert disagreement(task, [1.0, gA][1:], [gA]) == 0
    assert disagreement(task, [gA], [gA.T]) == 0.5
    assert disagreement(task, [gA], [gA[:2]]) == np.inf
    assert not disagreement(task, [gA], [gA * np.nan]) <= AGREE


def test_symmetric_parts_are_compared_where_libraries_differ_on_the_rest():
    task = Task("Cholesky", SMALL)
    gS = np.arange(9.0).reshape(3, 3)
    assert disagreement(task, [gS], [gS.T]) == 0
    assert disagreement(task, [gS], [gS + 1.0]) == 0.125


def test_every_peer_takes_part_somewhere():
    for name in contestants.PEERS:
        assert any(contestants.takes_part(name, task) for task in tasks())


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("LU 512", Task("LU", 512)),
        ("Hessian product 4 replayed", Task("Hessian product", 4, REPLAYED)),
        ("Cholesky 400 cotangent", Task("Cholesky", 400, COTANGENT)),
        ("solve 1000x8", Task("solve", 8, batch=(1000,))),
    ],
)
def test_a_task_is_found_by_its_name(name, task):
    assert task_of(name) == task
