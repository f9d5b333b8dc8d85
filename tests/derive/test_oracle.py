"""The oracle differentiates what equations define, counts, and refuses."""

import numpy as np
import pytest

from linad.derive.members import combination, members
from linad.derive.oracle import Oracle
from linad.errors import OptionError, ShapeError, StructureError
from tests.derive.cases import Case, apart, each, inner, size
from tests.derive.catalogue import draw, expression, symbols
from tests.derive.interpreter import value_of


@each
def test_the_oracles_tangent_and_cotangent_are_adjoint(name, is_complex, seed):
    case = Case(name, is_complex, seed)
    dY, gX = case.oracle.tangent(case.dX), case.oracle.cotangent(case.gY)
    assert abs(inner(case.gY, dY) - inner(case.dX, gX)) < 1e-12 * size(case.gY) * size(dY)


@each
def test_right_structures_leave_no_residual_and_only_gauge(name, is_complex, seed):
    case = Case(name, is_complex, seed)
    assert case.oracle.residual < 1e-13
    assert case.oracle.nullity == case.gauge
    assert case.oracle.unknowns - case.oracle.equations == case.gauge


@each
def test_the_oracles_tangent_solves_the_equation_along_retractions(name, is_complex, seed):
    # Independent of the symbolic differential: central differences of the equations themselves.
    case = Case(name, is_complex, seed)
    moved = {**case.oracle.tangent(case.dX)}
    for symbol in case.inputs:
        if not symbol.structure.fixed:
            X = case.values[symbol.name]
            moved[symbol.name] = members[symbol.structure.name].project(X, case.dX[symbol.name])
    rows = {s.name: members[s.structure.name] for s in (*case.inputs, *case.outputs)}
    h = 1e-5 / size(moved)

    def at(t):
        values = {n: rows[n].retract(X, t * moved[n]) if n in moved else X for n, X in case.values.items()}
        return [value_of(equation, values) for equation in case.equations]

    for ahead, behind in zip(at(h), at(-h), strict=True):
        # h^2 of truncation and eps / h of rounding, with h about 1e-5, relative to the values
        assert np.linalg.norm(ahead - behind) / (2 * h) < 1e-9 * size(moved) * size(case.values)


@pytest.mark.parametrize("name", ["eigh-columns", "eigh-product", "svd", "svd-tall"])
def test_gauge_directions_are_the_phases_of_the_vectors(name):
    case = Case(name, True, 0)
    assert len(case.oracle.gauge) == case.gauge
    vectors = {s.name for s in case.outputs if s.structure.name == "unitary"}
    for direction in case.oracle.gauge:
        assert set(direction) == vectors
        phases = [case.values[n].conj().T @ dY for n, dY in direction.items()]
        assert all(np.allclose(S, np.diag(np.diagonal(S)), rtol=0, atol=1e-11) for S in phases)
        assert all(np.allclose(S, phases[0], rtol=0, atol=1e-11) for S in phases)  # U and V turn together


@pytest.mark.parametrize("name", ["eigh-product", "svd-tall", "qr-tall", "lu"])
def test_modulo_gauge_is_a_projection_that_vanishes_on_the_gauge(name):
    case = Case(name, True, 1)
    gY = case.oracle.modulo_gauge(case.gY)
    assert apart(case.oracle.modulo_gauge(gY), gY) < 1e-14
    for direction in case.oracle.gauge:
        assert abs(sum(np.vdot(gY[n], dY).real for n, dY in direction.items())) < 1e-13 * size(gY)
    if not case.gauge:
        assert apart(gY, case.gY) == 0


def test_an_absent_tangent_or_cotangent_is_zero():
    case = Case("solve", False, 0)
    zero = np.zeros_like(case.dX["B"])
    assert apart(case.oracle.tangent({"A": case.dX["A"]}), case.oracle.tangent({**case.dX, "B": zero})) == 0
    assert not any(np.any(gX) for gX in case.oracle.cotangent({}).values())


def test_an_input_tangent_is_projected_on_its_structure():
    case = Case("cholesky", True, 0)
    dS = case.dX["S"]
    hermitian = (dS + dS.conj().T) / 2
    assert apart(case.oracle.tangent({"S": dS}), case.oracle.tangent({"S": hermitian})) < 1e-14


def test_the_condition_number_of_a_solve_is_that_of_its_matrix():
    case = Case("solve", False, 0)
    assert np.isclose(case.oracle.condition, np.linalg.cond(case.values["A"]), rtol=1e-12)


def lower_times_unitary(rng, is_complex):
    L, Q = draw("unit lower", (4, 4), rng, is_complex), draw("unitary", (4, 4), rng, is_complex)
    return {"A": L @ Q, "L": L, "Q": Q}


def two_lower(rng, is_complex):
    L, M = draw("unit lower", (4, 4), rng, is_complex), draw("lower", (4, 4), rng, is_complex)
    return {"A": L @ M, "L": L, "M": M}


def cholesky_of_general(rng, is_complex):
    L = draw("positive lower", (4, 4), rng, is_complex)
    return {"A": L @ L.conj().T, "L": L}


WRONG = {
    "cholesky-of-non-hermitian": (
        "L n n positive lower",
        "L L.H - A",
        cholesky_of_general,
        (16, 10),
        (32, 16),
    ),
    "two-lower": ("L n n unit lower; M n n lower", "L M - A", two_lower, (16, 16), (32, 32)),
    "unit-lower-times-unitary": (
        "L n n unit lower; Q n n unitary",
        "L Q - A",
        lower_times_unitary,
        (16, 12),
        (32, 28),
    ),
}


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("name", WRONG)
def test_wrong_structures_leave_a_residual(name, is_complex, rng):
    outputs, equation, values, *counts = WRONG[name]
    oracle = Oracle(
        symbols("A n n general"), symbols(outputs), [expression(equation)], values(rng, is_complex)
    )
    equations, unknowns = counts[is_complex]
    assert oracle.residual > 0.01
    assert (oracle.equations, oracle.unknowns) == (equations, unknowns)
    assert oracle.verdict().startswith(
        f"{equations} real equations for {unknowns} unknowns: the structures contradict"
    )


def test_the_verdict_counts_the_gauge():
    assert Case("eigh-product", True, 0).oracle.verdict() == (
        "16 real equations for 20 unknowns: determined but for 4 gauge directions of V."
    )


def test_the_verdict_on_a_determined_problem_has_the_condition_number():
    assert (
        Case("lu", False, 0)
        .oracle.verdict()
        .startswith("16 real equations for 16 unknowns: determined, condition")
    )


def oracle_of(inputs, outputs, equation, **values):
    return Oracle(symbols(inputs), symbols(outputs), [expression(equation)], values)


def test_a_large_matrix_is_refused():
    A = np.eye(9)
    with pytest.raises(OptionError, match="'A' is 9 by 9; the dense Jacobians are for sizes up to 8"):
        oracle_of("A n n general", "X n n general", "A X - I", A=A, X=A)


def test_sizes_that_disagree_are_refused():
    with pytest.raises(ShapeError, match=r"n is 3, but 'X' has shape \(2, 2\)"):
        oracle_of("A n n general", "X n n general", "A X - I", A=np.eye(3), X=np.eye(2))


def test_a_batch_is_refused():
    with pytest.raises(ShapeError, match="one matrix for each symbol"):
        oracle_of("A n n general", "X n n general", "A X - I", A=np.ones((2, 3, 3)), X=np.eye(3))


def test_a_symbol_without_a_value_is_refused():
    with pytest.raises(StructureError, match="no value for 'X'"):
        oracle_of("A n n general", "X n n general", "A X - I", A=np.eye(3))


def test_an_inverse_of_what_is_not_square_is_refused():
    with pytest.raises(ShapeError, match="inverts 'A', which is m by n"):
        oracle_of(
            "A m n general; B m k general", "X n k general", "A^-1 B - X", **dict.fromkeys("ABX", np.eye(2))
        )


def test_a_tangent_of_an_unknown_name_is_refused():
    with pytest.raises(StructureError, match="no tangent of 'X'"):
        Case("inv", False, 0).oracle.tangent({"X": np.eye(4)})


def test_a_cotangent_of_another_shape_is_refused():
    with pytest.raises(ShapeError, match=r"cotangent of 'X' has shape \(3, 3\), not \(4, 4\)"):
        Case("inv", False, 0).oracle.cotangent({"X": np.eye(3)})


def test_a_combination_has_the_shape_of_its_likeness_without_a_basis():
    assert not np.any(combination([], np.zeros(0), np.eye(3)))
