"""Guards of arguments in quick programs: a cheap test, and where it fails the guard itself."""

from __future__ import annotations

import math
from typing import Any

from linad.core.expression import Expression
from linad.core.replay.lowering import quickens
from linad.core.replay.quick import Quick
from linad.kernels.routines import known, routine
from linad.operations import guards, hermitian

_MOST = 4096  # entries


def finite(quick: Quick, x: Any) -> str | None:
    """Whether all entries of a small array are finite: the sum of their sizes says so; None of anything else."""
    space = quick.space(x)
    size = 0 if space is None or not space.shape else math.prod(space.shape)
    if space is None or not 0 < size <= _MOST or not known(space.dtype.char) or not isinstance(x, Expression):
        return None
    text = quick.text(x)
    entries = quick.once(("flat", text, "C"), lambda: quick.let(f"{text}.ravel()", fresh=False))
    total = f"{quick.named(*routine('asum', space.dtype.char))}({entries})"
    return f"{quick.named('isfinite', math.isfinite)}({total})"


@quickens(guards.require_finite.__wrapped__)  # type: ignore[attr-defined]  # what wraps() leaves
def look_finite(quick: Quick, node: Expression) -> str | None:
    found = finite(quick, node.args[0])
    if found is not None:
        guard = quick.named("require_finite", guards.require_finite)
        quick.line(f"if not {found}: {guard}({', '.join([quick.text(x) for x in node.args])})")
    return found


@quickens(hermitian.hermitian_or_not.__wrapped__)  # type: ignore[attr-defined]  # as above
def look_hermitian(quick: Quick, node: Expression) -> str | None:
    """Most real matrices that pass are symmetric to the last bit."""
    A, name, conjugate = node.args
    space = quick.space(A)
    if (
        space is None
        or len(space.shape) != 2
        or math.prod(space.shape) > _MOST
        or space.dtype.char not in "fd"
    ):
        return None
    text, guard = quick.text(A), quick.named("hermitian_or_not", hermitian.hermitian_or_not)
    quick.line(f"if {text}.tobytes() != {text}.T.tobytes(): {guard}({text}, {name!r}, {conjugate!r})")
    return text
