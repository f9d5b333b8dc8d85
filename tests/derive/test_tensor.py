"""The second route: what the test tensor gives is the transposed tangent program, for costs without gauge."""

import numpy as np
import pytest

from linad.derive.catalogue import rule
from linad.derive.search import point
from linad.derive.symbolic.deriving.derivation import derive_tangent
from linad.derive.symbolic.deriving.tensor import test_tensor as second_route
from linad.derive.symbolic.programs.program import adjoint
from tests.derive.cases import Case, apart, each
from tests.derive.catalogue import CATALOGUE
from tests.derive.interpreter import product, run, with_auxiliaries

SERVED = {
    "lu", "lu-of-product", "cholesky", "cholesky-of-product", "ldl", "ldl-transposed", "qr", "qr-of-quotient",
    "eigh-columns", "eigh-product", "svd", "svd-with-phases", "solve", "solve-triangular", "solve-unitary", "inv",
}  # fmt: skip


def of(case):
    return second_route(derive_tangent(case.inputs, case.outputs, case.equations), case.inputs)


@each
def test_both_routes_agree(name, is_complex, seed):
    case = Case(name, is_complex, seed)
    route = of(case)
    if route is None:
        assert name not in SERVED
        return
    derived = derive_tangent(case.inputs, case.outputs, case.equations)
    gY = case.oracle.modulo_gauge(case.gY)
    transposed = run(adjoint(derived.program, derived.algebra), case.values, gY)
    assert apart(run(route.program, case.values, gY), transposed) < 1e-12  # condition numbers up to 1e3


@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
@pytest.mark.parametrize("name", ["ridge", "normal-equations", "weighted-least-squares"])
def test_both_routes_move_what_was_introduced(name, is_complex):
    own = rule(name)
    program = own.whole("cotangent")
    values = with_auxiliaries(program, point(own, is_complex).values)
    rng = np.random.default_rng(0)
    gX = rng.normal(size=values["X"].shape) + 1j * is_complex * rng.normal(size=values["X"].shape)
    found, expected = (run(p, values, {"X": gX}) for p in (own.test_tensor.program, program))
    assert found.keys() == expected.keys() == {s.name for s in own.inputs}
    assert apart(found, expected) < 1e-12


@pytest.mark.parametrize("name", sorted(SERVED & set(CATALOGUE)))
def test_there_are_as_many_conditions_on_the_cost_as_gauge_directions(name):
    case = Case(name, True, 0)
    derived = derive_tangent(case.inputs, case.outputs, case.equations)
    route = second_route(derived, case.inputs)
    off = sum("the diagonal of" not in fact for fact in derived.gauge.values())
    assert route.conditions == (2 * off, len(derived.gauge) - off)


def test_the_raw_formulas_of_lu_are_those_of_free_factors():
    case = Case("lu", False, 0)
    L, U, P = (case.values[name] for name in "LUP")
    Phi = np.random.default_rng(0).normal(size=(4, 4))
    for raw in of(case).raw:
        seen = {"L": P.T @ Phi @ U.T, "U": L.T @ P.T @ Phi}[raw.output]
        words = np.linalg.multi_dot(
            [product(raw.solved.left, case.values, 4), seen, product(raw.solved.right, case.values, 4)]
        )
        np.testing.assert_allclose(words, Phi, rtol=1e-10)
