"""Derived rules agree with the oracle, are adjoint to each other, and stay within the structures."""

import numpy as np

from linad.derive.members import members
from linad.derive.symbolic.algebra.words import Algebra
from linad.derive.symbolic.deriving.derivation import derive_tangent
from linad.derive.symbolic.programs.program import adjoint
from tests.derive.cases import Case, apart, each, inner, size
from tests.derive.interpreter import run


def forward(case):
    return derive_tangent(case.inputs, case.outputs, case.equations).program


def backward(case):
    return adjoint(forward(case), Algebra([*case.inputs, *case.outputs]))


@each
def test_a_derived_tangent_is_the_oracles_modulo_gauge(name, is_complex, seed):
    case = Case(name, is_complex, seed)
    dY, expected = run(forward(case), case.values, case.dX), case.oracle.tangent(case.dX)
    difference = case.oracle.modulo_gauge({name: dY[name] - expected[name] for name in expected})
    assert size(difference) < 1e-11 * size(
        expected
    )  # condition numbers up to 1e3, and as much again for solves


@each
def test_a_derived_cotangent_is_the_oracles_for_a_gauge_invariant_cost(name, is_complex, seed):
    case = Case(name, is_complex, seed)
    gY = case.oracle.modulo_gauge(case.gY)
    assert apart(run(backward(case), case.values, gY), case.oracle.cotangent(gY)) < 1e-11  # as above


@each
def test_derived_programs_are_adjoint(name, is_complex, seed):
    case = Case(name, is_complex, seed)
    dY, gX = run(forward(case), case.values, case.dX), run(backward(case), case.values, case.gY)
    assert abs(inner(case.gY, dY) - inner(case.dX, gX)) < 1e-12 * size(case.gY) * size(dY)


@each
def test_a_derived_tangent_lies_in_its_structure(name, is_complex, seed):
    case = Case(name, is_complex, seed)
    dY = run(forward(case), case.values, case.dX)
    for symbol in case.outputs:
        if symbol.structure.fixed:
            continue
        X, Y = dY[symbol.name], case.values[symbol.name]
        off = X - members[symbol.structure.name].project(Y, X)
        if symbol.structure.triangle and symbol.square:
            assert not np.any(off), symbol.name  # exactly: such entries are never computed
        else:
            assert np.linalg.norm(off) < 1e-13 * np.linalg.cond(Y) * size(dY), symbol.name
