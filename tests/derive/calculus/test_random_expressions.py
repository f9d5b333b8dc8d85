"""Random expressions: the symbolic gradient is the automatic one and that of differences, in every form it has."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import linad as ln
from linad.check.differences import derivative
from linad.derive import formula, gradient
from linad.derive.symbolic.calculus.tokens import scan
from tests.derive.calculus.expressions import DECLARED, expressions, numbers

EPS = np.finfo(float).eps
SPELLINGS = ("python", "matrixcalculus")


def read(text, spelling):
    names = {token.text for token in scan(text) if token.kind == "name"}
    letters = names & {"n"}
    declared = {name: said for name, said in DECLARED.items() if name in names}
    assume(not letters or any("n" in said.split() for said in declared.values()))
    return formula(text, spelling=spelling, **declared)


def read_again(found, spelling):
    """A gradient from its own text; symbols that do not occur are told where they alone size its constants."""
    text = found.text(spelling)
    names = {token.text for token in scan(text) if token.kind == "name"}
    said = {key: " ".join(letters) or "scalar" for key, letters in found.shapes.items()}
    said.update({"S": "n n symmetric"} if "S" in said else {})
    declared = {key: own for key, own in said.items() if key in names}
    known = {letter for own in declared.values() for letter in own.split()}
    for letter in sorted({"m", "n"} & names - known):
        if letter not in known:  # one symbol may tell both
            key = max((key for key in said if letter in said[key].split()), key=lambda key: len(said[key]))
            declared[key] = said[key]
            known.update(said[key].split())
    return formula(text, spelling=spelling, **declared)


def close(found, expected, scale=1.0):
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    size = 1 + scale + np.max(np.abs(expected), initial=0)
    assert np.max(np.abs(found - expected), initial=0) <= 1e5 * EPS * size  # sums of many terms that cancel


def run(formula, values):
    space = {}
    exec(compile(formula.source("f"), "<source>", "exec"), space)
    return space["f"](*values)


@pytest.mark.parametrize("shape", ["", "n", "mn"], ids=["scalar", "vector", "matrix"])
@pytest.mark.parametrize("spelling", SPELLINGS)
@settings(max_examples=12)
@given(data=st.data())
def test_the_gradient_is_the_automatic_one_in_every_form(spelling, shape, data):
    text = data.draw(expressions(spelling, shape))
    f = read(text, spelling)
    assume(f.names)
    own = numbers(data.draw(st.integers(0, 99)))
    values = [own[name] for name in f.names]
    with np.errstate(all="ignore"):
        value, pull = ln.vjp(f, *values)
    assume(np.all(np.abs(value) < 1e3))  # not NaN, either
    close(run(f, values), value)
    test = np.random.default_rng(1).normal(size=np.shape(value)) if f.shape else 1.0
    for name, g in zip(f.names, pull(test), strict=True):
        found = f.gradient(name)
        given = [*values, test] if f.shape else values
        g = (g + g.T) / 2 if name == "S" else g
        scale = np.max(np.abs(value))
        close(found(*given), g, scale)
        close(run(found, given), g, scale)
        for other in SPELLINGS:
            again = read_again(found, other)
            bound = dict(zip(found.names, given, strict=True))
            close(again(**{key: bound[key] for key in again.names}), g, scale)
        if found.jacobian is not None and f.shape:
            J = found.jacobian(*values)
            close(np.tensordot(test, J, np.ndim(test)), g, scale)


@pytest.mark.parametrize(
    ("text", "wrt", "columns", "python"),
    [
        ("sum(x)", "x", "ones(n)", "ones(n)"),
        ("2*tr(X)", "X", "2*eye(n)", "2*eye(n)"),
        ("sum(A*x)", "A", "ones(m)*x'", "outer(ones(m), x)"),
        ("sum(x) + x'*x", "x", "vector(1) + 2*x", "1 + 2*x"),
        ("tr(A) + tr(A'*A)", "A", "eye + 2*A", "eye(n) + 2*A"),
    ],
)
def test_constants_have_their_size_written_where_nothing_else_tells_it(text, wrt, columns, python):
    found = gradient(text, wrt)
    assert (found.text("matrixcalculus"), found.text("python")) == (columns, python)
    for spelling in SPELLINGS:
        again = read_again(found, spelling)
        assert (again.shape, again.text(spelling)) == (found.shape, found.text(spelling))


@pytest.mark.parametrize("spelling", SPELLINGS)
@settings(max_examples=10)
@given(data=st.data())
def test_the_gradient_is_that_of_differences(spelling, data):
    f = read(data.draw(expressions(spelling, "", 3)), spelling)
    assume(f.names)
    own = numbers(data.draw(st.integers(0, 99)))
    values = [own[name] for name in f.names]
    direction = [np.random.default_rng(2).normal(size=np.shape(x)) for x in values]
    direction = [d + d.T if name == "S" else d for name, d in zip(f.names, direction, strict=True)]
    seen = derivative(lambda t: f(*[x + t * d for x, d in zip(values, direction, strict=True)]), 0.05)
    slope = sum(np.sum(f.gradient(name)(*values) * d) for name, d in zip(f.names, direction, strict=True))
    assert abs(slope - seen.estimate[0]) <= 10 * seen.error[0] + 1e-9 * (1 + abs(slope))
