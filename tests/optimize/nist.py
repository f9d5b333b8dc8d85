"""The certified fits of tests/data/nist: models, starts, data, and what is certified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parents[1] / "data" / "nist"


def _gauss(x: Any, b1: Any, b2: Any, b3: Any, b4: Any, b5: Any, b6: Any, b7: Any, b8: Any) -> Any:
    peaks = b3 * np.exp(-((x - b4) ** 2) / b5**2) + b6 * np.exp(-((x - b7) ** 2) / b8**2)
    return b1 * np.exp(-b2 * x) + peaks


MODELS: dict[str, Callable[..., Any]] = {
    "Misra1a": lambda x, b1, b2: b1 * (1 - np.exp(-b2 * x)),
    "Misra1b": lambda x, b1, b2: b1 * (1 - (1 + b2 * x / 2) ** -2.0),
    "Chwirut2": lambda x, b1, b2, b3: np.exp(-b1 * x) / (b2 + b3 * x),
    "DanWood": lambda x, b1, b2: b1 * x**b2,
    "Gauss1": _gauss,
    "Gauss2": _gauss,
    "Kirby2": lambda x, b1, b2, b3, b4, b5: (b1 + b2 * x + b3 * x**2) / (1 + b4 * x + b5 * x**2),
    "MGH17": lambda x, b1, b2, b3, b4, b5: b1 + b2 * np.exp(-x * b4) + b3 * np.exp(-x * b5),
    "Thurber": lambda x, b1, b2, b3, b4, b5, b6, b7: (
        (b1 + b2 * x + b3 * x**2 + b4 * x**3) / (1 + b5 * x + b6 * x**2 + b7 * x**3)
    ),
}


@dataclass(frozen=True, slots=True)
class Certified:
    """A problem as published."""

    name: str
    x: Any
    y: Any
    starts: Any
    parameters: Any
    errors: Any
    squares: float

    @property
    def model(self) -> Callable[..., Any]:
        return MODELS[self.name]


def read(name: str) -> Certified:
    """A problem from its file."""
    lines = (DATA / f"{name}.dat").read_text(encoding="ascii").splitlines()
    parts = [line.partition("=") for line in lines[:60]]
    rows = np.array(
        [right.split() for left, _, right in parts if left.strip().startswith("b") and right], float
    )
    (squares,) = [float(line.split(":")[1]) for line in lines if line.startswith("Residual Sum of Squares")]
    begin = max(i for i, line in enumerate(lines) if line.startswith("Data:"))
    y, x = np.array([line.split() for line in lines[begin + 1 :] if line.strip()], float).T
    return Certified(name, x, y, rows[:, :2].T, rows[:, 2], rows[:, 3], squares)


def digits(found: Any, certified: Any) -> float:
    """The digits in which the worst of some numbers agrees: at most 11, which is what is certified."""
    gap = np.max(np.abs(np.asarray(found) - certified) / np.abs(certified))
    return float(np.clip(-np.log10(max(gap, 1e-11)), 0, 11))
