"""``python -m benchmarks``: every target with its measured ratio, with one BLAS thread and with two.

Exit status 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition(":")[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="time spent on each row")
    parser.add_argument("--only", default="", help="a part of the name of the work: LU, likelihood, replayed")
    parser.add_argument("--threads", default="1,2", help="numbers of BLAS threads, one process each")
    parser.add_argument("--json", metavar="FILE", help="write the rows there, too")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # in a process of its own
    return parser.parse_args()


def main() -> int:
    options = parsed()
    if options.here:
        return _here(options)
    rows: list[dict[str, Any]] = []
    status = 0
    for number in options.threads.split(","):
        environment = os.environ | dict.fromkeys(THREADS, number)
        file = Path(options.json or os.devnull).with_suffix(f".{number}.json") if options.json else None
        command = [sys.executable, "-m", "benchmarks", "--here", "--seconds", str(options.seconds)]
        command += ["--only", options.only, *(["--json", str(file)] if file else [])]
        print(f"-- {number} BLAS thread{'s' if number != '1' else ''}", flush=True)
        status |= subprocess.run(command, env=environment).returncode
        if file:
            rows += json.loads(file.read_text())
            file.unlink()
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1))
    return status


def _here(options: argparse.Namespace) -> int:
    if os.environ.get(THREADS[0]) == "1" and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # for those who do not listen
    from benchmarks import peers  # NumPy reads the environment when it is imported
    from benchmarks.measure import measure
    from benchmarks.table import HEAD, line
    from benchmarks.targets import TARGETS

    absent = [name for name in peers.NAMES if peers.installed(name) is None]
    if absent:
        print(f"absent: {', '.join(absent)}")
    print(HEAD)
    rows = []
    for target in TARGETS:
        if options.only.lower() in f"{target.work} {target.mode} {target.against}".lower():
            for size in target.sizes:
                rows.append(measure(target, size, options.seconds))
                print(line(rows[-1]), flush=True)
    missed = [row for row in rows if row.met is False]
    print(f"{len(rows)} rows, {sum(row.met is True for row in rows)} met, {len(missed)} missed")
    if options.json:
        Path(options.json).write_text(json.dumps([row.as_dict() for row in rows]))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
