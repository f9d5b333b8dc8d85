"""Random arrays, and whether derivatives of a function agree with differences and with one another."""

import numpy as np
import pytest

import linad as ln
from linad.check.differences import directional
from linad.check.vectors import flat


def numbers(rng, *shape, dtype="d"):
    """Between -1 and 1, complex ones in both parts."""
    x = rng.uniform(-1, 1, shape) + (1j * rng.uniform(-1, 1, shape) if dtype in "FD" else 0)
    return x.astype(dtype)


def normals(rng, *shape, dtype="d"):
    x = rng.normal(size=shape) + (1j * rng.normal(size=shape) if dtype in "FD" else 0)
    return x.astype(dtype)


def agrees(f, x, rng):
    """Assert that the tangent agrees with differences, and that the cotangent is its adjoint."""
    u = tuple(numbers(rng, *a.shape, dtype=a.dtype.char) for a in x)
    y, t = ln.jvp(f, x, u)
    difference, error = directional(f, x, u)
    np.testing.assert_array_less(np.abs(flat(t) - difference), 10 * error + 1e-10)
    g = numbers(rng, *y.shape, dtype=y.dtype.char)
    found = ln.vjp(f, *x)[1](g)
    pairs = sum(np.vdot(a, b).real for a, b in zip(found, u, strict=True))
    assert np.vdot(g, t).real == pytest.approx(pairs, rel=1e-11, abs=1e-11)
