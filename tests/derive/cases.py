"""Every operation of the catalogue, real and complex, at three points, with random tangents and cotangents."""

import numpy as np
import pytest

from linad.derive.oracle import Oracle
from tests.derive.catalogue import CATALOGUE, draw, problem

CASES = [
    pytest.param(name, is_complex, seed, id=f"{name}-{'complex' if is_complex else 'real'}-{seed}")
    for name in CATALOGUE
    for is_complex in (False, True)
    for seed in range(3)
]
each = pytest.mark.parametrize(("name", "is_complex", "seed"), CASES)


class Case:
    """A problem of the catalogue with its oracle, its derived programs, and random tangents and cotangents."""

    def __init__(self, name, is_complex, seed):
        rng = np.random.default_rng(seed)
        self.inputs, self.outputs, self.equations, self.values, self.gauge = problem(name, rng, is_complex)
        self.oracle = Oracle(self.inputs, self.outputs, self.equations, self.values)
        self.dX, self.gY = (
            {s.name: self.draw("general", s.name, rng) for s in symbols_ if not s.structure.fixed}
            for symbols_ in (self.inputs, self.outputs)
        )

    def draw(self, structure, name, rng):
        X = self.values[name]
        return draw(structure, X.shape, rng, np.iscomplexobj(X))


def size(matrices):
    return max(np.linalg.norm(X) for X in matrices.values())


def inner(X, Y):
    return sum(np.vdot(X[name], Y[name]).real for name in X)


def apart(X, Y):
    """The largest difference, relative to the largest matrix."""
    return size({name: X[name] - Y[name] for name in Y}) / size(Y)
