"""What is made of the numbers that workers give: rounds, ratios, verdicts, tables; no time is judged here."""

import json

import numpy as np
import pytest

from benchmarks import page, ratios, report
from benchmarks.__main__ import main, summed
from benchmarks.fleet import FEWEST, ROUNDS, WorkerError, alternate
from benchmarks.importing import Imported
from benchmarks.memory import Weighed
from benchmarks.ratios import Spread
from benchmarks.report import Report
from benchmarks.scaling import LENGTHS, Chain, Modes
from benchmarks.targets import BEST, FLOOR, Target, Task

TASK = Task("LU", 4)


class Told:
    """A worker that answers what it was told: the same result, and its own time."""

    def __init__(self, seconds, result=1.0, fails=False):
        self.seconds, self.result, self.fails, self.asked = seconds, result, fails, []

    def ask(self, method, *arguments):
        self.asked.append(method)
        if method == "call":
            return 0.0  # linad agrees with itself
        if method == "prepare":
            if self.fails:
                raise WorkerError("it\nfails")
            return [np.asarray(self.result)], self.seconds
        return self.seconds


def timed(workers, *targets):
    return ratios.timed(TASK, targets or (Target("LU", (4,), BEST, 0.5),), workers, 1, 1.0)


def test_rounds_alternate_and_a_slow_one_leaves_some_out():
    taken = alternate({"quick": Told(1e-4), "slow": Told(9.0)}, {"quick": 1e-4, "slow": 9.0}, 1.0)
    assert taken["quick"] == [1e-4] * ROUNDS
    assert sum(x is not None for x in taken["slow"]) == FEWEST
    assert taken["slow"][-1] == 9.0


def test_the_ratio_is_to_the_best_of_those_who_take_part():
    row = timed({"linad": Told(1.0), "torch": Told(4.0), "jax": Told(3.0), FLOOR: Told(0.5)})
    assert row.judged[0].rival == "jax"
    assert row.judged[0].ratio.median == pytest.approx(1 / 3)
    assert row.judged[0].met
    assert row.judged[0].distance == pytest.approx(2 / 3)


def test_nobody_to_compare_with_is_no_verdict():
    row = timed({"linad": Told(1.0)}, Target("LU", (4,), "torch", 0.5))
    assert row.judged[0].met is None
    assert any("absent" in line for line in ratios.lines(row))


def test_who_disagrees_or_fails_is_not_timed_but_named():
    workers = {"linad": Told(1.0), "torch": Told(1.0, result=1.1), "jax": Told(1.0, fails=True)}
    row = timed(workers)
    assert row.without == {"torch": "disagrees by 1.0e-01", "jax": "fails"}
    assert set(row.seconds) == {"linad"}
    assert "time" not in workers["torch"].asked
    assert summed(Report(timed=[row])) == 1


@pytest.fixture
def whole():
    """A report with a row of everything."""
    workers = {"linad": Told(1.0), "torch": Told(4.0), "jax": Told(3.0)}
    return Report(
        versions={"linad": "1", "torch": "2", "jax": None},
        timed=[timed(workers, Target("LU", (4,), BEST, 0.5), Target("LU", (4,), "torch", 0.2))],
        weighed=[Weighed(Task("likelihood", 8), 3.02, {"linad": 3.0, "torch": None}, {}, 3.0)],
        chains=[Chain(length, 1.0, 300.0) for length in LENGTHS],
        modes=[Modes(10, 20.0, 4.0)],
        imported=Imported({"linad": Spread.of([0.06, 0.06, 0.06])}),
    )


def test_verdicts_are_of_every_section(whole):
    verdicts = {name: met for name, met, _ in whole.verdicts()}
    assert verdicts == {
        "LU, n = 4, value and gradient, 1 threads, / best peer": True,
        "LU, n = 4, value and gradient, 1 threads, / torch": False,
        "memory of likelihood, n = 8, value and gradient": True,
        "a million operations / a thousand": True,
        "import": False,
    }


def test_what_is_missed_is_told_the_furthest_first(whole, capsys):
    assert summed(whole) == 1
    first, second, last = capsys.readouterr().out.splitlines()
    assert "1.25 x" in first
    assert "1.20 x" in second
    assert last == "5 targets, 3 met, 2 missed, 0 without a peer"


def test_tables_are_of_equal_width_and_mark_what_is_missed(whole):
    text = page.tables(whole)
    assert "3 of 5 targets are met. torch 2." in text
    assert "| LU | 4 | torch | 0.20 | 0.25 missed |" in text
    assert "| LU | 4 | best peer | 0.50 | 0.33 (jax) |" in text
    for table in text.split("\n\n"):
        widths = {line.count("|") for line in table.splitlines() if line.startswith("|")}
        assert len(widths) <= 1


def test_a_report_is_json(whole):
    kept = json.loads(json.dumps(whole.as_dict()))
    assert kept["ratios"][0]["judged"][1]["met"] is False
    assert kept["memory"][0]["met"] is True
    assert kept["import"]["target"] == 0.05


def test_nothing_that_is_chosen_is_nothing_that_is_measured(capsys):
    assert main(["--only", "no such work"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 targets, 0 met, 0 missed, 0 without a peer"


def test_files_are_written(whole, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.__main__.measured", lambda *arguments: whole)
    assert main(["--json", f"{tmp_path}/rows.json", "--markdown", f"{tmp_path}/tables.md"]) == 1
    assert json.loads((tmp_path / "rows.json").read_text()) == json.loads(json.dumps(whole.as_dict()))
    assert (tmp_path / "tables.md").read_text() == page.tables(whole)


def test_tables_replace_those_of_a_page(whole, tmp_path):
    file = tmp_path / "page.md"
    file.write_text(f"# Before\n\n{page.BEGIN}\nold\n{page.END}\n\nAfter\n")
    for _ in range(2):
        page.write(file, whole)
    assert file.read_text() == f"# Before\n\n{page.BEGIN}\n\n{page.tables(whole)}\n{page.END}\n\nAfter\n"


def test_everybody_is_a_contestant():
    assert report.EVERYBODY == ("linad", FLOOR, "torch", "jax", "autograd", "pytensor")
