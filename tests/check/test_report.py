"""Every writer tells what failed, where, by how much, and how to repeat it."""

import io
import json
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from linad.check import LAWS, check, write
from linad.check.finding import near
from linad.check.report import WRITERS
from linad.check.report.curve import curve, smooth_points
from linad.check.report.plot import plot
from linad.check.report.progress import Line
from linad.core import primitive as registry
from linad.core.kinds import Sample, elementwise
from linad.errors import LinadError
from linad.operations.elementwise import cos


@pytest.fixture(scope="module")
def report():
    elementwise("mutant", np.sin, lambda x, y: -cos(x), samples=(Sample(((2, 3),)),))
    try:
        return check(["mutant", "lu", "floor", "shares_of_extreme"], order=2)
    finally:
        del registry.primitives["mutant"], registry.table["mutant"]


@pytest.mark.parametrize("form", WRITERS)
def test_a_failure_is_told_with_a_command(report, form):
    assert "linad check mutant --law differences --point 2x3-float64-c --seed 0" in write(report, form)


@pytest.mark.parametrize("form", WRITERS)
def test_operations_without_samples_are_named(report, form):
    assert "shares_of_extreme" in write(report, form)


def test_json_holds_every_finding(report):
    found = json.loads(write(report, "json"))
    assert len(found["findings"]) == len(report.findings)
    assert found["holds"] is False
    assert found["failures"] == len(report.failures)
    assert sum(finding["holds"] is False for finding in found["findings"]) == len(report.failures)


def test_json_of_a_complex_failure_has_pairs(report):
    failures = [one for one in json.loads(write(report, "json"))["findings"] if not one["holds"]]
    one = next(one for one in failures if one["point"] == "2x3-complex128-c")
    assert one["claimed"] == pytest.approx([-x for x in one["reference"]])


class Page(HTMLParser):
    """Counts the tags of a page, and what it refers to."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.outside = {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.outside += [value for name, value in attrs if name in ("src", "href")]


def test_html_needs_no_other_file(report):
    text = write(report, "html")
    assert Page(text).outside == []
    assert "url(" not in text
    assert "@import" not in text


def test_html_has_a_cell_for_each_operation_and_law(report):
    grid = write(report, "html").split('class="grid"')[1]
    assert Page(grid).tags["td"] == len(report.operations) * len(LAWS)


def test_a_table_of_markdown_has_a_row_for_each_operation(report):
    rows = [line for line in write(report, "markdown").splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [primitive.name for primitive in report.operations]


def test_many_operations_get_a_row_each_and_a_table_of_laws():
    report = check(["a*", "is*"], laws=["value", "discrete"])
    lines = write(report).splitlines()
    assert len(report.operations) > 12
    for primitive in report.operations:
        assert sum(line.startswith(f"    {primitive.name} ") for line in lines) == 1


def test_the_furthest_entry_and_both_numbers_are_kept():
    gap = near("it", (np.zeros(2), np.array([[1.0, 2.0]])), (np.zeros(2), np.array([[1.0, np.nan]])), 1.0)
    assert gap.entry == "[1][0, 1]"
    assert gap.claimed == 2.0
    assert np.isnan(gap.reference)


def test_shapes_that_differ_are_told():
    assert near("it", np.zeros((2, 3)), np.zeros(3), 1.0).entry == "shapes (2, 3) and (3,)"


class TestCurve:
    def test_truncation_falls_with_the_square_of_the_step_and_rounding_rises(self):
        (point,) = smooth_points(check(["sin"], laws=["value"], labels=["2x3-float64-c"]).points)
        found = curve(point)
        coarse, fine = found.errors[found.steps > 1e-4], found.errors[found.steps < 1e-8]
        slope = np.polyfit(np.log(found.steps[found.steps > 1e-4]), np.log(coarse), 1)[0]
        assert slope == pytest.approx(2, abs=0.05)
        assert np.polyfit(np.log(found.steps[found.steps < 1e-8]), np.log(fine), 1)[0] < -0.5
        assert found.claimed < np.min(found.errors)

    def test_one_point_serves_each_operation_with_a_derivative(self):
        points = check(["floor", "lu", "sin"], laws=["value", "discrete"]).points
        assert sorted(point.primitive.name for point in smooth_points(points)) == ["lu", "sin"]

    def test_without_matplotlib_the_extra_is_named(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        with pytest.raises(LinadError, match=r"linad\[plot\]"):
            plot([], "curve.png")

    @pytest.mark.slow  # it needs the extra plot
    def test_a_picture_is_drawn(self, tmp_path):
        points = smooth_points(check(["sin"], laws=["value"], labels=["2x3-float64-c"]).points)
        plot([curve(point) for point in points], str(tmp_path / "curve.png"))
        assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "shown"), [(Terminal(), True), (io.StringIO(), False)], ids=["tty", "file"]
)
def test_progress_shows_on_a_terminal_alone(stream, shown):
    line = Line(stream)
    check(["sin"], laws=["value"], progress=line)
    line.clear()
    assert ("1/1  sin" in stream.getvalue()) is shown
