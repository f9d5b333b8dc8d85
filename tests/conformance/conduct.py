"""Running a test module of SciPy or NumPy with a swap, and what did not pass again without it."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTED = Path(__file__).with_name("listed.toml")
LIMIT = 900  # seconds for one module
MODULES = (  # the longest first
    "numpy.linalg.tests.test_linalg",
    "scipy.linalg.tests.test_decomp",
    "scipy.linalg.tests.test_basic",
    "scipy.linalg.tests.test_batch",
    "scipy.linalg.tests.test_solvers",
    "scipy.linalg.tests.test_matfuncs",
    "scipy.linalg.tests.test_cythonized_array_utils",
    "scipy.linalg.tests.test_decomp_cholesky",
    "scipy.linalg.tests.test_decomp_cossin",
    "scipy.linalg.tests.test_decomp_ldl",
    "scipy.linalg.tests.test_decomp_lu",
    "scipy.linalg.tests.test_decomp_polar",
    "scipy.linalg.tests.test_decomp_update",
    "scipy.linalg.tests.test_procrustes",
    "scipy.linalg.tests.test_sketches",
    "scipy.linalg.tests.test_special_matrices",
    "scipy.linalg.tests.test_solve_toeplitz",
    "scipy.special.tests.test_logsumexp",
    "scipy.special.tests.test_logit",
    "scipy.special.tests.test_erfinv",
    "scipy.special.tests.test_ndtr",
    "scipy.special.tests.test_ndtri_exp",
    "scipy.special.tests.test_gamma",
    "scipy.special.tests.test_lambertw",
    "scipy.special.tests.test_sici",
    "scipy.special.tests.test_gammainc",
    "scipy.special.tests.test_zeta",
    "scipy.special.tests.test_loggamma",
    "scipy.special.tests.test_kolmogorov",
    "scipy.special.tests.test_pdtr",
    "scipy.special.tests.test_bdtr",
)
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONPATH": str(ROOT),
    "SCIPY_AVAILABLE_MEM": "2G",  # tests that need more are skipped, in every run
}
DROPPED = ("PYTEST_", "COV_", "SCIPY_")  # options of another run; SCIPY_ARRAY_API adds arrays beside NumPy's


@dataclass(frozen=True, slots=True)
class Run:
    """What became of each test, with the first lines of its error, and how often each function was called."""

    collected: list[str] = field(default_factory=list)
    outcomes: dict[str, tuple[str, str]] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)

    def passed(self) -> list[str]:
        return [name for name, (outcome, _) in self.outcomes.items() if outcome == "passed"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a swap changes in a module: names of tests, each with a message."""

    passed: int
    broken: dict[str, str]  # pass without the swap, not with it
    listed: dict[str, str]  # ... and are listed, with the reason
    stale: dict[str, str]  # listed, although the swap does not break them
    alike: int  # skipped, or failing, without the swap too
    calls: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return not self.broken and not self.stale

    def __str__(self) -> str:
        """The tests that speak against it, those of one message together."""
        groups: dict[str, list[str]] = {}
        for name, message in (self.broken | self.stale).items():
            groups.setdefault(message, []).append(name)
        return "\n".join(
            "\n".join(names) + "\n    " + message.replace("\n", "\n    ") for message, names in groups.items()
        )


def check(module: str, mode: str, select: str = "") -> Verdict:
    """Run a module with a swap; then without it what did not pass. ``select`` is pytest's ``-k``."""
    start = time.perf_counter()
    swapped = run(module, mode, select)
    original = run(module, "none", select, settled=swapped.passed())
    listed = reasons(module, mode)
    found = compare(swapped, original, listed, whole=not select, luck=matters_of_rounding())
    return Verdict(*found, calls=swapped.calls, seconds=time.perf_counter() - start)


def compare(
    swapped: Run,
    original: Run,
    listed: dict[str, str],
    whole: bool = True,
    luck: frozenset[str] = frozenset(),
) -> tuple[int, dict[str, str], dict[str, str], dict[str, str], int]:
    """The counts and tables of a verdict, from a run with the swap and one without it of what did not pass."""
    broken, excused, stale = {}, {}, {}
    for name in original.passed():
        outcome, message = swapped.outcomes.get(name, ("not collected", ""))
        reason = next((why for pattern, why in listed.items() if matches(pattern, name)), None)
        if reason is None:
            broken[name] = message if outcome == "failed" else f"{outcome}: {message}"
        else:
            excused[name] = reason
    for pattern in listed:
        names = [name for name in swapped.collected if matches(pattern, name)]
        if pattern not in luck:
            stale |= {name: "listed, but the swap does not break it" for name in names if name not in excused}
        if whole and not names:
            stale[pattern] = "listed, but there is no such test"
    return len(swapped.passed()), broken, excused, stale, len(original.outcomes) - len(original.passed())


def matches(pattern: str, name: str) -> bool:
    """Whether a test's name is meant; ``*`` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None


def matters_of_rounding() -> frozenset[str]:
    """The listed patterns of names that break on some processors and not on others."""
    rows = tomllib.loads(LISTED.read_text()).get("listed", [])
    return frozenset(pattern for row in rows if row.get("by_rounding") for pattern in row["tests"])


def reasons(module: str, mode: str) -> dict[str, str]:
    """The listed patterns of names with their reasons."""
    rows = tomllib.loads(LISTED.read_text()).get("listed", [])
    return {
        pattern: row["reason"]
        for row in rows
        if row["module"] == module and mode in row["modes"]
        for pattern in row["tests"]
    }


def run(module: str, mode: str, select: str = "", settled: Iterable[str] = ()) -> Run:
    """Run a module in a process of its own, without the tests that are settled."""
    package = importlib.util.find_spec(module.partition(".")[0])
    assert package is not None
    assert package.origin is not None
    site = str(Path(package.origin).parents[1])
    with tempfile.TemporaryDirectory() as work:
        outcomes, done = Path(work, "outcomes.json"), Path(work, "settled")
        done.write_text("\n".join(settled))
        command = [sys.executable, "-m", "pytest", "-p", "tests.conformance.plugin", "-p", "no:cacheprovider"]
        command += ["-c", os.devnull, "--rootdir", site, "--confcutdir", site, "-q", "--tb=line"]
        command += ["-W", "error", "-W", "ignore::pytest.PytestWarning"]  # the libraries' own setting
        command += ["--swap", mode, "--outcomes", str(outcomes), "--settled", str(done)]
        command += ["-k", select] if select else []
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(DROPPED)}
        process = subprocess.run(
            [*command, "--pyargs", module],
            cwd=work,
            env=inherited | ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        if process.returncode not in (0, 1, 5) or not outcomes.exists():  # passed, failed, nothing to run
            output = (process.stdout + process.stderr)[-4000:]
            raise RuntimeError(f"{module}, {mode}: pytest ended with {process.returncode}\n{output}")
        found = json.loads(outcomes.read_text())
    return Run(found["collected"], {k: tuple(v) for k, v in found["outcomes"].items()}, found["calls"])
