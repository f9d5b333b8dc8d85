"""Written derivations of the catalogue: every line once, every name explained, nothing said that is not so."""

import numpy as np
import pytest

from linad.derive.catalogue import ENTRIES, rule
from linad.derive.writing import steps_of

EVERY = pytest.mark.parametrize("name", sorted(ENTRIES))


def formulas(name):
    """Instructions by what they make, in the order in which they are written."""
    lines = [line for step in steps_of(rule(name)) for line in step.lines]
    return [line.formula for line in lines if hasattr(line.formula, "result")]


def reads(formula):
    parts = getattr(formula, "terms", None) or [part[1] for part in getattr(formula, "parts", ())]
    return {getattr(part, "value", part) for part in parts}


@EVERY
def test_no_value_is_made_twice(name):
    made = [formula.result for formula in formulas(name)]
    assert sorted(set(made)) == sorted(made)


@EVERY
def test_tangents_of_inputs_within_their_structure_are_explained(name):
    found = formulas(name)
    read = {value for formula in found for value in reads(formula) if value[0] == "p"}
    assert read <= {formula.result for formula in found}


@EVERY
def test_no_factor_is_said_to_end_in_a_zero_pivot_that_is_assumed_to_be_invertible(name):
    remarks = [line.remark for step in steps_of(rule(name)) for line in step.lines]
    spared = {remark.split()[3] for remark in remarks if "zero pivot" in remark}
    assert not any(f"{factor} is invertible" in rule(name).assumptions for factor in spared)


def test_what_columns_of_length_one_leave_free_is_the_diagonal_that_is_set_to_zero(rng):
    """V^H dV has it, not V^-1 dV: what would stretch the columns is taken away."""
    own = rule("eig")
    assert own.gauge == ("the imaginary part of the diagonal of V^H dV",)
    A, dA = rng.normal(size=(2, 4, 4)) + 1j * rng.normal(size=(2, 4, 4))
    w, V = np.linalg.eig(A)
    dV = own.jvp({"A": A, "w": w, "V": V}, {"A": dA})["V"]
    assert np.max(np.abs(np.diag(np.linalg.solve(V, dV)).imag)) > 1e-3
    assert np.max(np.abs(np.diag(V.conj().T @ dV))) < 1e-12 * np.max(np.abs(dV))
