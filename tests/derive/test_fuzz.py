"""Random equations: what is derived agrees with the oracle, and what the oracle finds contradictory is refused."""

from fractions import Fraction

import numpy as np
import pytest

from linad.derive.oracle import Oracle
from linad.derive.symbolic.derivation import UnderivableError, derive_tangent
from linad.derive.symbolic.programs import adjoint
from linad.derive.symbolic.simplify import simplify
from linad.derive.symbolic.structures import structures
from linad.derive.symbolic.words import Algebra, Atom, Symbol
from tests.derive.cases import inner, size
from tests.derive.catalogue import draw
from tests.derive.interpreter import product, run

N = 3
FACTORS = [
    "unit lower", "positive lower", "lower", "unit upper", "upper", "positive upper", "unitary", "real diagonal",
    "diagonal", "hermitian", "positive definite", "general",
]  # fmt: skip


WELL_POSED = [  # factors and whether the first one closes the product as its adjoint
    (("unit lower", "upper"), False),
    (("lower", "unit upper"), False),
    (("upper", "unit lower"), False),
    (("unit upper", "lower"), False),
    (("unit lower", "diagonal", "unit upper"), False),
    (("unit upper", "diagonal", "unit lower"), False),
    (("diagonal", "unit lower", "unit upper"), False),
    (("unit lower", "unit upper", "diagonal"), False),
    (("unitary", "positive upper"), False),
    (("unitary", "positive lower"), False),
    (("positive upper", "unitary"), False),
    (("positive lower", "unitary"), False),
    (("general",), False),
    (("positive lower",), True),
    (("positive upper",), True),
    (("unit lower", "real diagonal"), True),
    (("unit upper", "real diagonal"), True),
    (("unitary", "real diagonal"), True),
]


class Equation:
    """A random product of structured factors, equal to a random product of inputs; values that solve it."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.is_complex = bool(rng.integers(2))
        if seed % 3:
            factors, congruence = WELL_POSED[rng.integers(len(WELL_POSED))]
            chosen = list(factors)
        else:
            chosen = [FACTORS[i] for i in rng.integers(len(FACTORS), size=rng.integers(1, 4))]
            congruence = len(chosen) < 3 and bool(rng.integers(2))
        self.outputs = [Symbol(f"Y{i}", "n", "n", structures[name]) for i, name in enumerate(chosen)]
        word = [Atom(symbol.name) for symbol in self.outputs]
        if congruence:
            word.append(Atom("Y0", "H"))
        values = {s.name: draw(s.structure.name, (N, N), rng, self.is_complex) for s in self.outputs}
        middle = chosen[1] if len(chosen) > 1 else "hermitian"  # Y Y^H
        hermitian = congruence and structures[middle].self_adjoint
        form = "A" if hermitian else ("A", "A B", "A^-1 B")[rng.integers(3)]
        self.inputs = [Symbol("A", "n", "n", structures["hermitian" if hermitian else "general"])]
        algebra = Algebra([*self.inputs, *self.outputs, Symbol("B", "n", "n", structures["general"])])
        left = algebra.product(tuple(algebra.canonical(a) for a in word))
        W = product(left, values, N)
        if form == "A":
            values["A"] = (W + W.conj().T) / 2 if hermitian else W
            right = (Atom("A"),)
        else:
            values["A"] = draw("general", (N, N), rng, self.is_complex) + N * np.eye(N)
            values["B"] = np.linalg.solve(values["A"], W) if form == "A B" else values["A"] @ W
            right = (Atom("A", "", form != "A B"), Atom("B"))
            self.inputs.append(Symbol("B", "n", "n", structures["general"]))
        self.values, self.rng = values, rng
        self.algebra = Algebra([*self.inputs, *self.outputs])
        self.expression = {left: Fraction(1), right: Fraction(-1)}
        self.text = f"{' '.join(map(str, left))} = {form} with {chosen}"

    def vectors(self, symbols):
        return {
            s.name: draw("general", (N, N), self.rng, np.iscomplexobj(self.values[s.name]))
            for s in symbols
            if not s.structure.fixed
        }


def verdict(seed):
    """``refused``, ``agrees``, or what is wrong."""
    equation = Equation(seed)
    oracle = Oracle(equation.inputs, equation.outputs, [equation.expression], equation.values)
    try:
        derived = derive_tangent(equation.inputs, equation.outputs, [equation.expression])
    except UnderivableError:
        return "refused"
    if oracle.residual > 1e-9:  # sizes of order one; a contradiction leaves a good part of them
        return f"{equation.text}: derived, but the structures contradict it"
    forward = simplify(derived.program, equation.algebra)
    backward = simplify(adjoint(forward, equation.algebra), equation.algebra)
    dX, gY = equation.vectors(equation.inputs), equation.vectors(equation.outputs)
    expected = oracle.tangent(dX)
    zero = {name: np.zeros((N, N)) for name in expected}  # what a program does not give is zero
    dY = zero | run(forward, equation.values, dX)
    difference = oracle.modulo_gauge({name: dY[name] - expected[name] for name in expected})
    bound = (
        1e-13 * oracle.condition * max(1, size(expected))
    )  # rounding, as far as the equation's condition carries it
    if size(difference) > max(bound, 1e-11):
        return (
            f"{equation.text}: tangents differ by {size(difference):.1e} (condition {oracle.condition:.1e})"
        )
    gX = {name: np.zeros((N, N)) for name in dX} | run(backward, equation.values, gY)
    scale = size(gY) * size(dY) + size(gX) * size(dX)
    if abs(inner(gY, dY) - inner(dX, gX)) > 1e-12 * scale:
        return f"{equation.text}: the cotangent is not the adjoint"
    return "agrees"


@pytest.mark.parametrize("start", range(0, 360, 30))
def test_derived_rules_agree_with_the_oracle(start):
    verdicts = [verdict(seed) for seed in range(start, start + 30)]
    assert [v for v in verdicts if v not in ("refused", "agrees")] == []


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 4300, 100))
def test_derived_rules_agree_with_the_oracle_at_length(start):
    verdicts = [verdict(seed) for seed in range(start, start + 100)]
    assert [v for v in verdicts if v not in ("refused", "agrees")] == []


def test_two_hundred_of_them_are_derived():
    assert [verdict(seed) for seed in range(360)].count("agrees") >= 200
