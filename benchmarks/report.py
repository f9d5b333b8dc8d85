"""A run: the sections in order, each row printed when it is there, and all of it kept."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from typing import Any

from benchmarks import importing, memory, ratios, scaling, targets
from benchmarks.contestants import LINAD, PEERS
from benchmarks.fleet import GIVE_BACK, fleet
from benchmarks.importing import Imported
from benchmarks.memory import Weighed
from benchmarks.ratios import Timed
from benchmarks.scaling import Chain, Modes
from benchmarks.targets import FLOOR

EVERYBODY = (LINAD, FLOOR, *PEERS)


@dataclass(slots=True)
class Report:
    """What was measured."""

    command: str = "python -m benchmarks"
    versions: dict[str, str | None] = field(default_factory=dict)
    timed: list[Timed] = field(default_factory=list)
    weighed: list[Weighed] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    modes: list[Modes] = field(default_factory=list)
    imported: Imported | None = None

    def verdicts(self) -> Iterator[tuple[str, bool | None, float]]:
        """Each target: what it is about, whether it is met, and the measured number in multiples of it."""
        for row in self.timed:
            for judged in row.judged:
                name = f"{row.task}, {row.threads} threads, / {judged.target.against}"
                yield name, judged.met, judged.distance
        for weight in self.weighed:
            if weight.limit is not None:
                yield f"memory of {weight.task}", weight.met, weight.traced / weight.limit
        if self.chains:
            ratio = scaling.flat(self.chains)
            yield "a million operations / a thousand", ratio <= scaling.FLAT, ratio / scaling.FLAT
        if self.imported is not None:
            ratio = self.imported.seconds[LINAD].median / targets.IMPORT_SECONDS
            yield "import", self.imported.met, ratio

    def left_out(self) -> list[str]:
        """Contestants that failed, or whose results are not linad's."""
        rows: list[Timed | Weighed] = [*self.timed, *self.weighed]
        return [f"{row.task}: {name} {why}" for row in rows for name, why in row.without.items()]

    def as_dict(self) -> dict[str, Any]:
        return {
            "command": self.command,
            "machine": {"system": platform.platform(), "python": platform.python_version()},
            "versions": self.versions,
            "ratios": [row.as_dict() for row in self.timed],
            "memory": [row.as_dict() for row in self.weighed],
            "chains": [asdict(row) for row in self.chains],
            "modes": [asdict(row) for row in self.modes],
            "import": self.imported and self.imported.as_dict(),
        }


def measured(
    chosen: Callable[[str], bool],
    threads: Sequence[int],
    seconds: float,
    say: Callable[[str], None],
    everybody: Sequence[str] = EVERYBODY,
) -> Report:
    """Measure what is chosen by its name."""
    report = Report()
    for number in threads:
        _ratios(report, chosen, number, seconds, say, everybody)
    _memory(report, chosen, say, everybody)
    if chosen("scaling"):
        _scaling(report, seconds, say)
    if chosen("import"):
        names = [name for name in PEERS if name in everybody and find_spec(name) is not None]
        report.imported = importing.imported([LINAD, importing.FIRST, *names])
        say("\n".join(importing.lines(report.imported)))
    return report


def _ratios(
    report: Report,
    chosen: Callable[[str], bool],
    threads: int,
    seconds: float,
    say: Callable[[str], None],
    everybody: Sequence[str],
) -> None:
    tasks = {task: judged for task, judged in targets.tasks().items() if chosen(f"{task}")}
    if not tasks:
        return
    with fleet(everybody, threads) as (workers, versions):
        report.versions |= versions
        say(f"-- {threads} BLAS thread{'s' * (threads != 1)}: {_told(versions)}")
        for task, judged in tasks.items():
            report.timed.append(ratios.timed(task, judged, workers, threads, seconds))
            say("\n".join(ratios.lines(report.timed[-1])))


def _memory(
    report: Report, chosen: Callable[[str], bool], say: Callable[[str], None], everybody: Sequence[str]
) -> None:
    tasks = [task for task in memory.tasks() if chosen(f"memory {task}")]
    if not tasks:
        return
    with fleet([name for name in everybody if name != FLOOR], 1, GIVE_BACK) as (workers, versions):
        report.versions |= versions
        say("-- peak memory beyond the arguments, in their bytes")
        for task in tasks:
            report.weighed.append(memory.weighed(task, workers))
            say("\n".join(memory.lines(report.weighed[-1])))


def _scaling(report: Report, seconds: float, say: Callable[[str], None]) -> None:
    with fleet([LINAD], 1) as (workers, _):

        def ask(function: str, size: int) -> Any:
            return workers[LINAD].ask("call", "scaling", function, size, seconds)

        report.chains = [ask("chain", length) for length in scaling.LENGTHS]
        report.modes = [ask("modes", inputs) for inputs in scaling.INPUTS]
    say("\n".join(scaling.lines(report.chains, report.modes)))


def _told(versions: dict[str, str | None]) -> str:
    return ", ".join(f"{name} {version or 'absent'}" for name, version in versions.items())
