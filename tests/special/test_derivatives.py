"""Derivatives at awkward points against numbers that mpmath computed with 60 digits.

Each line of derivatives.txt: a function, which argument, the arguments, and the derivative by differences with a step
of 1e-15 of the argument, done in those 60 digits.
"""

from pathlib import Path

import numpy as np
import pytest

import linad as ln
import linad.special

EPS = np.finfo(float).eps
LINES = (Path(__file__).parent / "derivatives.txt").read_text().splitlines()
TABLE: dict[str, list[tuple[int, list[float], float]]] = {}
for line in LINES:
    call, _, number = line.partition(" : ")
    name, i, *given = call.split()
    TABLE.setdefault(name, []).append(
        (int(i), [int(x) if x.lstrip("-").isdigit() else float(x) for x in given], float(number))
    )


@pytest.mark.parametrize("name", TABLE)
def test_a_derivative_has_nearly_all_digits(name):
    function = getattr(linad.special, name)
    off = []
    for i, given, exact in TABLE[name]:

        def f(x, i=i, given=given):
            return function(*given[:i], x, *given[i + 1 :])

        for derivative in (ln.grad(f)(given[i]), ln.jvp(f, (given[i],), (1.0,))[1]):
            if not abs(derivative - exact) <= 512 * EPS * abs(exact):  # differences of psi lose a few
                off.append((given, derivative, exact))
    assert off == []
