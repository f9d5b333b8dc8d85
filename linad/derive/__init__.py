"""The composition method: equations in, rules out. Users' operations and implicit functions are made here.

>>> from linad.derive import derive
>>> rule = derive({"S": "n n hermitian"}, {"L": "n n positive lower"}, "L @ L.H = S", name="cholesky")
>>> print(rule.text("tangent"))
pS = 1/2 (dS + dS^H)
M1 = L^-1 pS L^-H
S_L = half_tril(M1)
dL = L S_L

Matrix calculus: expressions in, gradients out.

>>> from linad.derive import gradient
>>> gradient("x'*A*x", "x")
(A + A')*x
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from linad.kernels.programs import closed_forms

if TYPE_CHECKING:
    from linad.derive.calculus import Formula, Gradient, formula, gradient
    from linad.derive.declare import derive
    from linad.derive.implicit_functions import implicit
    from linad.derive.own import operation
    from linad.derive.rule import Rule

_WHERE = {
    "Formula": "calculus",
    "Gradient": "calculus",
    "Rule": "rule",
    "derive": "declare",
    "formula": "calculus",
    "gradient": "calculus",
    "implicit": "implicit_functions",
    "operation": "own",
}
__all__ = [
    "Formula",
    "Gradient",
    "Rule",
    "closed_forms",
    "derive",
    "formula",
    "gradient",
    "implicit",
    "operation",
]


def __getattr__(name: str) -> Any:
    """The door opens when it is first used: operations below it import its symbols."""
    if name in _WHERE:
        return getattr(import_module(f"linad.derive.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
