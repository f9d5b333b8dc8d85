"""``python -m benchmarks``: every target with its measured ratio, with one BLAS thread and with two.

Exit status 1 where a target is missed, or where somebody's result differs from linad's.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import time
from pathlib import Path

from benchmarks import page, profiling
from benchmarks.clock import CHOICE, PROCESSOR
from benchmarks.report import Report, measured


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition(":")[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="time spent on each task (default 2)")
    parser.add_argument(
        "--only",
        metavar="NAME",
        action="append",
        default=[],
        help="a part of a task's name, or memory, scaling, import; may be given again",
    )
    parser.add_argument("--threads", default="1,2", help="numbers of BLAS threads (default 1,2)")
    parser.add_argument(
        "--processor-time", action="store_true", help="of one thread, on a machine that others use, too"
    )
    parser.add_argument("--json", metavar="FILE", help="write what was measured there, too")
    parser.add_argument("--markdown", metavar="FILE", help="write tables there, or into docs/performance.md")
    parser.add_argument("--profile", metavar="TASK", help='take one task apart: "LU 512", "solve 4 replayed"')
    parser.add_argument("--plots", metavar="FOLDER", help="draw cost against size there; needs matplotlib")
    options = parser.parse_args(arguments)
    if options.processor_time and options.threads != "1":
        parser.error("--processor-time adds up what threads take: with --threads 1")
    return options


def main(arguments: list[str] | None = None) -> int:
    options = parsed(arguments)
    threads = [int(number) for number in options.threads.split(",")]
    if options.processor_time:
        os.environ[CHOICE] = PROCESSOR
    if options.profile:
        for line in profiling.lines(profiling.task_of(options.profile), threads[0], options.seconds):
            print(line, flush=True)
        return 0
    if options.plots:
        from benchmarks import plots

        plots.draw(Path(options.plots), options.seconds, say)
        return 0

    def chosen(name: str) -> bool:
        return not options.only or any(part.lower() in name.lower() for part in options.only)

    start = time.perf_counter()
    report = measured(chosen, threads, options.seconds, say)
    report.command = f"python -m benchmarks {shlex.join(sys.argv[1:] if arguments is None else arguments)}"
    say(f"{(time.perf_counter() - start) / 60:.1f} minutes")
    if options.json:
        Path(options.json).write_text(json.dumps(report.as_dict(), indent=1))
    if options.markdown:
        page.write(Path(options.markdown), report)
    return summed(report)


def say(text: str) -> None:
    print(text, flush=True)


def summed(report: Report) -> int:
    """Print what is missed, the furthest first; the exit status."""
    verdicts = list(report.verdicts())
    missed = sorted((x for x in verdicts if x[1] is False), key=lambda x: -x[2])
    for name, _, distance in missed:
        say(f"missed: {distance:5.2f} x the target   {name}")
    for reason in report.left_out():
        say(f"left out: {reason}")
    met = sum(holds is True for _, holds, _ in verdicts)
    say(
        f"{len(verdicts)} targets, {met} met, {len(missed)} missed, {len(verdicts) - met - len(missed)} without a peer"
    )
    return 1 if missed or report.left_out() else 0


if __name__ == "__main__":
    sys.exit(main())
