"""Guards of arguments in quick programs: a cheap test, and where it fails the guard itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.expression import Expression
from linad.core.replay.lowering import quickens
from linad.core.replay.quick import Quick
from linad.operations import hermitian

_MOST = 4096  # entries
_FEW = 64  # up to this number Python's own sum is quickest


def finite(quick: Quick, x: Any) -> str | None:
    """Whether all entries of a small array are finite; None of anything else. A sum that is says so."""
    space = quick.space(x)
    size = 0 if space is None or not space.shape else math.prod(space.shape)
    if (
        space is None
        or not 0 < size <= _MOST
        or space.dtype.char not in "fdFD"
        or not isinstance(x, Expression)
    ):
        return None
    text, isfinite = quick.text(x), quick.named("isfinite", math.isfinite)
    if size > _FEW or space.dtype.kind == "c":
        every = quick.named("all_of", np.logical_and.reduce)
        return f"{every}({quick.named('finite', np.isfinite)}({text}), None)"
    entries = quick.once(("flat", text, "C"), lambda: quick.let(f"{text}.ravel()", fresh=False))
    return f"{isfinite}(sum({entries}.tolist()))"


def looks_for_finite(guard: Callable[[Any], None]) -> None:
    """Declare a guard that raises where numbers are not finite."""

    @quickens(guard.__wrapped__)  # type: ignore[attr-defined]  # what wraps() leaves
    def look(quick: Quick, node: Expression) -> str | None:
        found = finite(quick, node.args[0])
        if found is not None:
            quick.line(
                f"if not {found}: {quick.named(guard.__name__.strip('_'), guard)}({quick.text(node.args[0])})"
            )
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
