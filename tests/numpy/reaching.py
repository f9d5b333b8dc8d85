"""A plugin of pytest: which of linad.numpy's functions the property tests reach with traced arguments.

``python -m pytest -p tests.numpy.reaching tests/numpy`` runs the property tests alone, and writes the names to the
file that the variable LINAD_REACHED names. Calls that linad makes itself are not counted.
"""

import os
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import linad.numpy as lnp
from linad.core.dispatch import has_traced
from linad.core.traced import overrides

reached: set[str] = set()
DOORS = ((lnp, np), (lnp.fft, np.fft), (lnp.linalg, np.linalg))
_running = False  # inside a property test, and not inside linad


def _noting(names: list[str], function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def noted(*args: Any, **options: Any) -> Any:
        global _running
        if not _running:
            return function(*args, **options)
        if has_traced(args) or has_traced(options.values()):
            reached.update(names)
        _running = False
        try:
            return function(*args, **options)
        finally:
            _running = True

    return noted


def names(original: Any) -> list[str]:
    """The names by which NumPy's users know a function; methods of ufuncs are pairs of the ufunc and a name."""
    if isinstance(original, tuple):
        return [f"{name}.{original[1]}" for name in names(original[0])]
    return [
        f"{module.__name__}.{name}"
        for mine, module in DOORS
        for name in mine.__all__
        if getattr(module, name, None) is original
    ]


def pytest_configure() -> None:
    for original, own in list(overrides.items()):
        overrides[original] = _noting(names(original), own)
    for mine, module in DOORS:
        for name in mine.__all__:
            if callable(own := getattr(mine, name)):
                setattr(mine, name, _noting([f"{module.__name__}.{name}"], own))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if getattr(item.obj, "is_hypothesis_test", False)]  # type: ignore[attr-defined]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    global _running
    _running = True
    try:
        return (yield)
    finally:
        _running = False


def pytest_sessionfinish() -> None:
    Path(os.environ["LINAD_REACHED"]).write_text("\n".join(sorted(reached)) + "\n", encoding="utf-8")
