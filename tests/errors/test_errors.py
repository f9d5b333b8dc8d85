"""Errors: their text, their builtin classes, their journey through pickle and threads."""

import pickle

import numpy as np
import pytest

from linad import errors
from linad.errors.base import LinadError, LinadWarning, sentence

CLASSES = [getattr(errors, name) for name in errors.__all__]
EXPECTED = {
    "ArgumentError": TypeError,
    "ClosureError": ValueError,
    "ComplexOutputError": TypeError,
    "ConvergenceError": ArithmeticError,
    "ConvergenceWarning": UserWarning,
    "ConversionError": TypeError,
    "DegenerateError": np.linalg.LinAlgError,
    "DegenerateWarning": UserWarning,
    "DtypeError": TypeError,
    "FreedGraphError": RuntimeError,
    "GaugeError": ArithmeticError,
    "GaugeWarning": UserWarning,
    "IllConditionedError": ArithmeticError,
    "IllConditionedWarning": UserWarning,
    "InPlaceError": TypeError,
    "LeakedTracerError": RuntimeError,
    "NoRuleError": TypeError,
    "NonScalarOutputError": ValueError,
    "OptionError": ValueError,
    "OutputError": TypeError,
    "ShapeError": ValueError,
    "StructureError": ValueError,
    "SymbolError": ValueError,
    "TieError": ArithmeticError,
    "TieWarning": UserWarning,
    "UndefinedDerivativeError": ArithmeticError,
}


def made(cls):
    if cls is errors.NonScalarOutputError:
        return cls("grad", (3,))
    if cls in (errors.ComplexOutputError, errors.LeakedTracerError):
        return cls("grad")
    try:
        return cls("eigh", "the fact.", "Do this.", "Or that.")
    except TypeError:
        return None


every = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)


@pytest.mark.parametrize("name", list(EXPECTED))
def test_each_is_the_builtin_that_one_would_expect(name):
    assert issubclass(getattr(errors, name), EXPECTED[name])


@every
def test_each_is_an_error_or_a_warning_of_linad(cls):
    assert issubclass(cls, (LinadError, LinadWarning))


@every
def test_each_survives_pickle_with_its_text(cls):
    error = made(cls)
    if error is None:
        pytest.skip("takes arguments of its own; its family tests it")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is cls
    assert str(again) == str(error)


@every
def test_each_is_one_sentence_and_remedies(cls):
    error = made(cls)
    if error is None:
        pytest.skip("takes arguments of its own; its family tests it")
    first, *rest = str(error).split("\n")
    assert first.startswith(("grad: ", "eigh: "))
    assert all(line.startswith("  - ") and line.endswith((".", ")")) for line in rest)


def test_a_fact_without_remedies_is_one_line():
    assert sentence("lu", "the matrix is empty.") == "lu: the matrix is empty."


def test_remedies_follow_on_lines_of_their_own():
    assert sentence("lu", "no.", "a.", "b.") == "lu: no.\n  - a.\n  - b."


def test_no_warning_is_an_error_and_no_error_a_warning():
    for cls in CLASSES:
        assert issubclass(cls, Warning) != issubclass(cls, LinadError)


def test_all_is_sorted_and_complete():
    assert errors.__all__ == sorted(errors.__all__)
