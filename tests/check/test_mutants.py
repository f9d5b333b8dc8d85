"""The laws are tried on wrong rules: each mutant is caught by the law meant for it, its right twin by none."""

from collections.abc import Iterator

import pytest

from linad.check import LAWS, check
from linad.check.laws import BY_NAME, reason_against
from linad.core import primitive as registry
from tests.check.mutants import numbers
from tests.check.mutants.table import MUTANTS


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test declares is taken out of the tables after it."""
    tables = (registry.primitives, registry.table)
    before = [dict(table) for table in tables]
    yield
    for table, saved in zip(tables, before, strict=True):
        table.clear()
        table.update(saved)


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_wrong_rule_is_caught_and_named(mutant):
    mutant.wrong("mutant")
    mutant.right("twin")
    assert reason_against(BY_NAME[mutant.law], registry.primitives["mutant"]) == ""
    failures = check(["mutant", "twin"], laws=[mutant.law]).failures
    assert {finding.point.primitive.name for finding in failures} == {"mutant"}


TWINS = {mutant.right: None for mutant in MUTANTS}


@pytest.mark.parametrize(
    "right", TWINS, ids=lambda right: f"{right.__module__.rpartition('.')[2]}-{right.__name__}"
)
def test_a_right_rule_passes_every_law(right):
    right("twin")
    assert [str(finding) for finding in check(["twin"]).findings if not finding.holds] == []


def test_every_law_has_a_mutant():
    assert {mutant.law for mutant in MUTANTS} == {law.name for law in LAWS}


def test_every_kind_has_a_mutant():
    kinds = {"elementwise", "linear", "multilinear", "custom", "composition", "derived", "aid", "discrete"}
    assert {mutant.kind for mutant in MUTANTS} == kinds
    assert len({mutant.what + mutant.law for mutant in MUTANTS}) == len(MUTANTS)


def fails_at(mutant, law):
    return [finding.point for finding in check([mutant], laws=[law]).failures]


def test_single_precision_alone_is_caught_there_alone():
    numbers.scaled_sine("mutant", 1.001, numbers.of_dtype("float32"))
    assert {point.dtype for point in fails_at("mutant", "differences")} == {"float32"}


def test_fortran_order_alone_is_caught_there_alone():
    numbers.scaled_sine("mutant", 1.001, numbers.out_of_order)
    assert {point.layout for point in fails_at("mutant", "differences")} == {"fortran"}


def test_a_second_order_of_one_composition_is_wrong_in_that_alone():
    numbers.sine_by_modes("mutant", ("pull", "Record"))
    assert not fails_at("mutant", "forward-forward")
    assert not fails_at("mutant", "differences")
    assert not fails_at("mutant", "adjoint")


def test_first_order_laws_pass_what_is_wrong_at_second_order_only():
    numbers.constant_at_second_order("mutant")
    assert not check(["mutant"], laws=["differences", "adjoint"]).failures


def test_a_mutant_is_not_left_in_the_tables():
    assert "mutant" not in registry.primitives
