"""What was measured as the tables of docs/performance.md: they stand there between two comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.contestants import LINAD, PEERS
from benchmarks.ratios import Judged, Timed
from benchmarks.report import Report
from benchmarks.targets import BEST, FLOOR, IMPORT_SECONDS, VALUE_AND_GRADIENT

BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"


def write(file: Path, report: Report) -> None:
    """Put the tables between the comments of a page, or into a file that has none."""
    text = file.read_text() if file.exists() else ""
    if BEGIN in text and END in text:
        before, _, rest = text.partition(BEGIN)
        file.write_text(f"{before}{BEGIN}\n\n{tables(report)}\n{END}{rest.partition(END)[2]}")
    else:
        file.write_text(tables(report))


def tables(report: Report) -> str:
    """All tables of a run, with the sentence that says how much is met."""
    verdicts = list(report.verdicts())
    met = sum(holds is True for _, holds, _ in verdicts)
    versions = [
        f"{'SciPy' if name == FLOOR else name} {version}"
        for name, version in report.versions.items()
        if version and name != LINAD
    ]
    parts = [f"`{report.command}`: {met} of {len(verdicts)} targets are met. {', '.join(versions)}.\n"]
    for table in (_ratios(report.timed), _memory(report), _chains(report), _modes(report), _imports(report)):
        if table:
            head, *rows = table
            parts.append("\n".join([_row(head), _row(["---"] * len(head)), *map(_row, rows)]) + "\n")
    return "\n".join(parts)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ratios(timed: Sequence[Timed]) -> list[list[str]]:
    threads = sorted({row.threads for row in timed})
    found: dict[tuple[str, str, str, str], dict[int, Judged]] = {}
    for row in timed:
        task = row.task
        work = task.work if task.mode == VALUE_AND_GRADIENT else f"{task.work}, {task.mode}"
        size = f"{task.batch[0]} x {task.size}" if task.batch else f"{task.size}"
        for judged in row.judged:
            key = (work, size, judged.target.against, f"{judged.target.limit:.2f}")
            found.setdefault(key, {})[row.threads] = judged
    head = ["work", "n", "against", "target", *(f"{n} thread{'s' * (n != 1)}" for n in threads)]
    rows = [[*key, *(_cell(judged.get(n)) for n in threads)] for key, judged in found.items()]
    return [head, *rows] if rows else []


def _cell(judged: Judged | None) -> str:
    if judged is None or judged.ratio is None:
        return "absent"
    rival = f" ({judged.rival})" if judged.target.against == BEST else ""
    return f"{judged.ratio.median:.2f}{rival}{'' if judged.met else ' missed'}"


def _memory(report: Report) -> list[list[str]]:
    rows = [
        [
            row.task.work,
            f"{row.task.size}",
            "" if row.limit is None else f"{row.limit:.1f}",
            f"{row.traced:.2f}{' missed' if row.met is False else ''}",
            *(_peak(row.resident, name) for name in (LINAD, *PEERS)),
        ]
        for row in report.weighed
    ]
    return [["memory of", "n", "target", "linad, traced", LINAD, *PEERS], *rows] if rows else []


def _peak(resident: dict[str, float | None], name: str) -> str:
    peak = resident.get(name)
    return "" if peak is None else f"{peak:.2f}"


def _chains(report: Report) -> list[list[str]]:
    rows = [[f"{x.length:,}", f"{x.microseconds:.2f}", f"{x.bytes:.0f}"] for x in report.chains]
    return [["operations in a chain", "us each", "bytes each"], *rows] if rows else []


def _modes(report: Report) -> list[list[str]]:
    rows = [[f"{x.inputs:,}", f"{x.forward:.1f}", f"{x.reverse:.1f}"] for x in report.modes]
    return [["inputs", "forward, in evaluations", "reverse, in evaluations"], *rows] if rows else []


def _imports(report: Report) -> list[list[str]]:
    if report.imported is None:
        return []

    def rows() -> Iterator[list[str]]:
        assert report.imported is not None
        for name, spread in report.imported.seconds.items():
            verdict = "" if name != LINAD or report.imported.met else " missed"
            yield [name, f"{IMPORT_SECONDS:.2f}" if name == LINAD else "", f"{spread.median:.3f}{verdict}"]

    return [["import beyond numpy and scipy.linalg", "target", "seconds"], *rows()]
