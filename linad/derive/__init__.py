"""The composition method: equations in, rules out.

>>> from linad.derive import derive
>>> rule = derive({"S": "n n hermitian"}, {"L": "n n positive lower"}, "L @ L.H = S", name="cholesky")
>>> print(rule.text("tangent"))
pS = 1/2 (dS + dS^H)
M1 = L^-1 pS L^-H
S_L = half_tril(M1)
dL = L S_L
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linad.kernels.programs import closed_forms

if TYPE_CHECKING:
    from linad.derive.declare import derive
    from linad.derive.rule import Rule

__all__ = ["Rule", "closed_forms", "derive"]
_LATER = ("Rule", "derive")


def __getattr__(name: str) -> Any:
    """The door opens when it is first used: operations below it import its symbols."""
    if name in _LATER:
        from linad.derive import declare

        return getattr(declare, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
