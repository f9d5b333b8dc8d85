"""The composition method: equations in, rules out. Users' operations and implicit functions are made here.

>>> from linad.derive import derive
>>> rule = derive({"S": "n n hermitian"}, {"L": "n n positive lower"}, "L @ L.H = S", name="cholesky")
>>> print(rule.text("tangent"))
pS = 1/2 (dS + dS^H)
M1 = L^-1 pS L^-H
S_L = half_tril(M1)
dL = L S_L
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linad.derive.declare import derive
    from linad.derive.implicit_functions import implicit
    from linad.derive.own import operation
    from linad.derive.rule import Rule

__all__ = ["Rule", "derive", "implicit", "operation"]

_HOME = {"Rule": "rule", "derive": "declare", "implicit": "implicit_functions", "operation": "own"}


def __getattr__(name: str) -> Any:
    """The door opens when it is first used: operations below it import its symbols."""
    if name in _HOME:
        return getattr(import_module(f"linad.derive.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
