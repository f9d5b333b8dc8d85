"""The side of the harness that runs inside of pytest: swaps, then writes what became of each test.

python -m pytest -p tests.conformance.plugin --swap MODE --outcomes FILE [--settled FILE] --pyargs MODULE
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conformance.swapping import MODES, Swap

WIDTH = 300
ERROR = re.compile(r"\s*[\w.]+(Error|Warning)\b")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption("--swap", choices=("none", *MODES), required=True)
    group.addoption("--outcomes", type=Path, required=True)
    group.addoption("--settled", type=Path, help="names of tests that need not be run, one a line")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Run(config))


def _name(nodeid: str) -> str:
    return nodeid.partition("::")[2]  # without the file


class _Run:
    def __init__(self, config: pytest.Config) -> None:
        mode = config.getoption("swap")
        self.swap = None if mode == "none" else Swap(mode)
        self.file: Path = config.getoption("outcomes")
        settled = config.getoption("settled")
        self.settled = set(settled.read_text().split("\n")) if settled else set()
        self.collected: list[str] = []
        self.outcomes: dict[str, tuple[str, str]] = {}

    @pytest.hookimpl(trylast=True)  # after the selection by names
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        self.collected = [_name(item.nodeid) for item in items]
        if self.swap is not None:
            for module in {item.module for item in items}:
                self.swap.within(module)
        done = [item for item in items if _name(item.nodeid) in self.settled]
        config.hook.pytest_deselected(items=done)
        items[:] = [item for item in items if _name(item.nodeid) not in self.settled]

    def pytest_runtest_setup(self) -> None:
        np.random.seed(0)  # a test that draws from the global generator is the same in every run

    def pytest_runtest_logreport(self, report: Any) -> None:
        """The call tells the outcome; setting up and tearing down only where they do not pass."""
        if report.when == "call" or not report.passed:
            outcome = report.outcome
            if hasattr(report, "wasxfail"):
                outcome = "xpassed" if report.passed else "xfailed"
            self.outcomes[_name(report.nodeid)] = outcome, _message(report)

    def pytest_sessionfinish(self) -> None:
        calls = dict(self.swap.calls) if self.swap else {}
        result = {"collected": self.collected, "outcomes": self.outcomes, "calls": calls}
        self.file.write_text(json.dumps(result))


def _message(report: Any) -> str:
    """The first lines of an error and where it was raised, or why a test was skipped."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        return str(report.longrepr or "")[:WIDTH]
    lines = [line[:WIDTH] for line in crash.message.splitlines() if line.strip()]
    inner = [
        i for i, line in enumerate(lines) if ERROR.match(line)
    ]  # NumPy's cases print the traceback of one
    shown = [lines[0], *lines[inner[-1] :][:3]] if inner and inner[-1] else lines[:3]
    return "\n".join([*shown, f"at {Path(crash.path).name}:{crash.lineno}"])
