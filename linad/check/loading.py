"""A user's function by name: ``package.module:function`` or ``path/to/file.py:function``, from any folder."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from linad.errors import ArgumentError
from linad.errors.base import meant


def load(target: str) -> Callable[..., Any]:
    """The function that a target names; attributes may follow one another: ``module:Model.cost``."""
    place, _, name = target.rpartition(":")
    if not place or not name:
        raise ArgumentError(target, "a function is named as module:function or file.py:function.")
    found: Any = _file(target, place) if place.endswith(".py") else _module(target, place)
    for part in name.split("."):
        if not hasattr(found, part):
            asked = [question] if (question := meant(part, dir(found))) else []
            raise ArgumentError(target, f"there is no {name!r} in {place}.", *asked)
        found = getattr(found, part)
    if not callable(found):
        raise ArgumentError(target, f"{name} is not callable: it is of type {type(found).__name__}.")
    return found  # type: ignore[no-any-return]  # callable was asked


def _module(target: str, place: str) -> Any:
    """A module by its dotted name, of the current folder too."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{place}.".startswith(f"{error.name}."):
            raise _broken(target, place, error) from error
        raise ArgumentError(target, f"there is no module {place!r}.") from None
    except Exception as error:
        raise _broken(target, place, error) from error


def _file(target: str, place: str) -> Any:
    """A file by its path; what stands beside it can be imported by it."""
    path = Path(place).resolve()
    if not path.is_file():
        raise ArgumentError(target, f"there is no file {place}.")
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    loader = SourceFileLoader(path.stem, str(path))
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules.setdefault(path.stem, module)  # dataclasses look their module up
    try:
        loader.exec_module(module)
    except Exception as error:
        raise _broken(target, place, error) from error
    return module


def _broken(target: str, place: str, error: Exception) -> ArgumentError:
    text = (str(error).splitlines() or [""])[0]
    return ArgumentError(target, f"{place} cannot be imported: {type(error).__name__}: {text}")
