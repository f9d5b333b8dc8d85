"""Guards of derived rules: what is looked at before they run, on plain numbers, as errstate says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.traced import Array, innermost

_ROUNDING = 1e3  # of products and sums in a cost, in units of n eps


def no_gauge(rule: Any, inputs: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any]) -> None:
    """Report a cost that depends on phases which the operation leaves open; real problems leave none."""
    if not rule.gauge or not asked("gauge"):
        return
    values = [innermost(x) for x in (*inputs, *outputs)]
    given = {s.name: innermost(c) for s, c in zip(rule.outputs, cotangents, strict=True) if c is not None}
    numbers = [*values, *given.values()]
    if any(isinstance(x, Array) for x in numbers) or not any(np.iscomplexobj(x) for x in numbers):
        return
    names = [symbol.name for symbol in (*rule.inputs, *rule.outputs)]
    along = rule.along_gauge(dict(zip(names, values, strict=True)), given)
    # an output times its cotangent is of one unit for all outputs, however large the matrix is
    terms = [
        (innermost(y), c) for y, c in zip(outputs, map(innermost, cotangents), strict=True) if c is not None
    ]
    largest = max(
        (float(np.max(np.abs(y), initial=0) * np.max(np.abs(c), initial=0)) for y, c in terms), default=0
    )
    for fact, found in zip(rule.gauge, along.values(), strict=False):
        n, eps = max(found.shape[-1:], default=1), float(np.finfo(found.dtype).eps)
        if float(np.max(np.abs(found), initial=0)) > _ROUNDING * max(n, 1) * eps * largest:
            report(
                "gauge",
                rule.name,
                f"the cost depends on {fact}, which {rule.name} leaves open: its cotangent has "
                f"{np.max(np.abs(found)):.1e} there, of {largest:.1e}.",
                "Take a function that does not depend on phases: |V|^2, V f(w) V^H, a projector.",
                'linad.errstate(gauge="ignore") differentiates in the gauge in which diag(V^H dV) is zero.',
            )
