"""What a traced array answers to what is not arithmetic: the table of docs/conventions.md, row by row."""

import copy
import math
import operator
import pickle

import numpy as np
import pytest
import scipy.linalg

import linad as ln
from linad import errors

VECTOR, NUMBER = np.array([1.5, -2.0]), 1.5


def seen_by(maker, value, ask):
    """What a question about a traced value answers, inside a derivative of the given kind."""
    answers = []

    def f(x):
        answers.append(ask(x))
        return np.sum(x)

    if maker == "record":
        ln.grad(f)(value)
    elif maker == "dual":
        ln.jvp(f, (value,), (np.ones_like(value),))
    elif maker == "nested":
        ln.grad(lambda y: ln.jvp(f, (y,), (np.ones_like(value),))[0])(value)
    elif maker == "variable":
        f(ln.variable(value))
    else:
        ln.graph(f, value)
    return answers[0]


makers = pytest.mark.parametrize("maker", ["record", "dual", "nested", "variable", "recording"])


@makers
@pytest.mark.parametrize(
    ("ask", "value", "remedy"),
    [
        pytest.param(float, NUMBER, r"numpy\.f\(x\)", id="float"),
        pytest.param(int, NUMBER, r"numpy\.floor\(x\)", id="int"),
        pytest.param(complex, NUMBER, r"x \+ 0j", id="complex"),
        pytest.param(lambda x: x.item(), NUMBER, r"x\.reshape\(\(\)\)", id="item"),
        pytest.param(lambda x: x.item(0), VECTOR, r"x\[0\]", id="item-0"),
        pytest.param(lambda x: x.tolist(), VECTOR, r"list\(x\)", id="tolist"),
        pytest.param(lambda x: x.tobytes(), VECTOR, r"linad\.value\(x\)\.tobytes", id="tobytes"),
        pytest.param(np.asarray, VECTOR, r"numpy\.stack", id="asarray"),
        pytest.param(np.array, NUMBER, r"numpy\.stack", id="array"),
        pytest.param(lambda x: np.array([x, x]), NUMBER, r"numpy\.stack\(\[x, y\]\)", id="array-of-numbers"),
        pytest.param(lambda x: np.array([x[0], x[1]]), VECTOR, r"numpy\.stack", id="array-of-entries"),
        pytest.param(
            lambda x: np.array([x, x], dtype=object), VECTOR, r"numpy\.stack", id="array-of-objects"
        ),
        pytest.param(lambda x: np.float64(x), NUMBER, r"linad\.value", id="float64"),
        pytest.param(pickle.dumps, VECTOR, r"pickle linad\.value\(x\)", id="pickle"),
        pytest.param(operator.index, NUMBER, r"an index is discrete", id="index"),
        pytest.param(lambda x: [1, 2, 3][x], NUMBER, r"linad\.value\(x\)", id="list-index"),
        pytest.param(lambda x: range(x), NUMBER, r"linad\.value\(x\)", id="range"),
        pytest.param(math.sin, NUMBER, r"math\.f\(x\) is numpy\.f\(x\)", id="math-sin"),
        pytest.param(math.floor, NUMBER, r"numpy\.f\(x\)", id="math-floor"),
        pytest.param(lambda x: operator.mod("%g", x), NUMBER, r"linad\.value", id="percent-format"),
        pytest.param(scipy.linalg.expm, np.eye(2), r"numpy\.asarray", id="scipy-linalg"),
    ],
)
def test_what_would_lose_the_derivative_raises_with_the_replacement(maker, ask, value, remedy):
    with pytest.raises(errors.ConversionError, match=remedy):
        seen_by(maker, value, ask)


@makers
@pytest.mark.parametrize("value", [VECTOR, NUMBER], ids=["entry", "number"])
def test_writing_an_entry_into_a_plain_array_raises_because_of_a_conversion(maker, value):
    """NumPy wraps the error: the cause is linad's."""

    def write(x):
        nd = np.zeros(2)
        nd[0] = x[0] if x.ndim else x

    with pytest.raises((ValueError, errors.ConversionError)) as caught:
        seen_by(maker, value, write)
    error = caught.value
    assert isinstance(
        error if isinstance(error, errors.ConversionError) else error.__cause__, errors.ConversionError
    )


@makers
def test_writing_an_array_into_a_plain_array_raises(maker):
    def write(x):
        np.zeros(2)[:] = x

    with pytest.raises(errors.ConversionError, match="writing x into a plain array"):
        seen_by(maker, VECTOR, write)


@makers
@pytest.mark.parametrize(
    ("ask", "value", "answer"),
    [
        pytest.param(bool, NUMBER, True, id="bool"),
        pytest.param(bool, 0.0, False, id="bool-zero"),
        pytest.param(lambda x: bool(x > 1), NUMBER, True, id="greater"),
        pytest.param(len, VECTOR, 2, id="len"),
        pytest.param(lambda x: [bool(part > 0) for part in x], VECTOR, [True, False], id="iter"),
        pytest.param(lambda x: 1.5 in x, VECTOR, True, id="in"),
        pytest.param(lambda x: 7.0 in x, VECTOR, False, id="not-in"),
        pytest.param(lambda x: hash(x) == hash(x), VECTOR, True, id="hash"),
        pytest.param(lambda x: {x: 1}[x], VECTOR, 1, id="dict-key"),
        pytest.param(lambda x: copy.copy(x) is x, VECTOR, True, id="copy"),
        pytest.param(lambda x: copy.deepcopy([x])[0] is x, VECTOR, True, id="deepcopy"),
        pytest.param(lambda x: x.copy() is x, VECTOR, True, id="copy-method"),
        pytest.param(lambda x: isinstance(x, np.ndarray), VECTOR, False, id="isinstance-ndarray"),
        pytest.param(lambda x: isinstance(x, ln.Array), VECTOR, True, id="isinstance-Array"),
        pytest.param(
            lambda x: (x.shape, x.ndim, x.size, x.dtype), VECTOR, ((2,), 1, 2, np.dtype(float)), id="shape"
        ),
        pytest.param(lambda x: (x.itemsize, x.nbytes), VECTOR, (8, 16), id="bytes"),
        pytest.param(lambda x: bool((x == x).all()), VECTOR, True, id="equal"),
    ],
)
def test_what_loses_nothing_is_answered_as_numpy_does(maker, ask, value, answer):
    result = seen_by(maker, value, ask)
    assert bool(result == answer)


@pytest.mark.parametrize("maker", ["record", "dual", "variable"])
@pytest.mark.parametrize(
    ("ask", "value", "answer"),
    [
        pytest.param(str, VECTOR, "[ 1.5 -2. ]", id="str"),
        pytest.param(lambda x: f"{x}", VECTOR, "[ 1.5 -2. ]", id="f-string"),
        pytest.param(lambda x: f"{x:8.3f}", NUMBER, "   1.500", id="format"),
        pytest.param(repr, VECTOR, "traced(array([ 1.5, -2. ]))", id="repr"),
    ],
)
def test_text_shows_the_value(maker, ask, value, answer):
    assert seen_by(maker, value, ask) == answer


@makers
@pytest.mark.parametrize(
    ("ask", "value", "error"),
    [
        pytest.param(bool, VECTOR, ValueError, id="bool-of-an-array"),
        pytest.param(len, NUMBER, TypeError, id="len-of-a-number"),
        pytest.param(list, NUMBER, TypeError, id="iter-of-a-number"),
        pytest.param(lambda x: x[5], VECTOR, IndexError, id="index-out-of-range"),
        pytest.param(memoryview, VECTOR, TypeError, id="memoryview"),
        pytest.param(round, NUMBER, TypeError, id="round"),
        pytest.param(lambda x: pow(x, 2, 3), NUMBER, TypeError, id="power-modulo"),
    ],
)
def test_what_is_an_error_in_numpy_is_one_here(maker, ask, value, error):
    with pytest.raises(error):
        seen_by(maker, value, ask)


@pytest.mark.parametrize("maker", ["record", "dual"])
@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda x: np.full(3, x[0]), id="full"),
        pytest.param(lambda x: np.r_[x, 1.0], id="r_"),
        pytest.param(lambda x: np.c_[x, x], id="c_"),
        pytest.param(lambda x: np.copyto(np.zeros(2), x), id="copyto"),
        pytest.param(lambda x: np.put(np.zeros(2), [0], x[:1]), id="put"),
        pytest.param(lambda x: scipy.linalg.solve(np.eye(2), x), id="scipy-solve"),
        pytest.param(lambda x: np.sum([x[0], x[1]]), id="sum-of-a-list"),
        pytest.param(lambda x: np.fromiter(x, float), id="fromiter"),
        pytest.param(lambda x: np.vectorize(math.sin)(x), id="vectorize"),
    ],
)
def test_what_numpy_does_not_dispatch_raises_and_is_never_a_constant(maker, ask):
    with pytest.raises((errors.LinadError, ValueError, TypeError)):
        seen_by(maker, VECTOR, ask)


def test_items_of_an_iteration_carry_the_derivative():
    np.testing.assert_array_equal(ln.grad(lambda x: sum(part**2 for part in x))(VECTOR), 2 * VECTOR)


def test_unpacking_carries_the_derivative():
    def f(x):
        a, b = x
        return a * b

    np.testing.assert_array_equal(ln.grad(f)(VECTOR), VECTOR[::-1])


def test_builtins_that_compare_carry_the_derivative_of_what_they_choose():
    np.testing.assert_array_equal(ln.grad(lambda x: max(x) * 3)(VECTOR), [3.0, 0.0])
    np.testing.assert_array_equal(ln.grad(lambda x: sorted(x)[0] * 3)(VECTOR), [0.0, 3.0])


def test_a_branch_on_a_value_follows_the_value():
    def f(x):
        return x**2 if x > 1 else -x

    assert ln.grad(f)(3.0) == 6.0
    assert ln.grad(f)(0.5) == -1.0


def test_the_truth_value_of_a_leaked_array_can_be_looked_at():
    kept = []
    ln.grad(lambda x: kept.append(x) or x * 1.0)(2.0)
    assert kept[0]
