"""Recorded functions: text, Graphviz, Mermaid; dead branches; guards; graphs of derivatives."""

import numpy as np
import pytest

import linad as ln
from linad import errors


def f(x, y):
    unused = np.cos(x)
    unused * 2
    return np.sin(x) * y + 3.0


TEXT = """\
x0 = input             () float64
x1 = input             () float64
v2 = cos(x0)           () float64  # dead
v3 = multiply(v2, 2)   () float64  # dead
v4 = sin(x0)           () float64
v5 = multiply(v4, x1)  () float64
v6 = add(v5, 3.0)      () float64
return v6"""

DOT = """\
digraph linad {
  x0 [label="x0 = input\\n() float64"];
  x1 [label="x1 = input\\n() float64"];
  v2 [label="v2 = cos(x0)\\n() float64", style=dashed];
  v3 [label="v3 = multiply(v2, 2)\\n() float64", style=dashed];
  v4 [label="v4 = sin(x0)\\n() float64"];
  v5 [label="v5 = multiply(v4, x1)\\n() float64"];
  v6 [label="v6 = add(v5, 3.0)\\n() float64"];
  x0 -> v2;
  v2 -> v3;
  x0 -> v4;
  v4 -> v5;
  x1 -> v5;
  v5 -> v6;
}"""

MERMAID = """\
graph TD
  x0["x0 = input<br/>() float64"]
  x1["x1 = input<br/>() float64"]
  v2["v2 = cos(x0)<br/>() float64"]
  v3["v3 = multiply(v2, 2)<br/>() float64"]
  v4["v4 = sin(x0)<br/>() float64"]
  v5["v5 = multiply(v4, x1)<br/>() float64"]
  v6["v6 = add(v5, 3.0)<br/>() float64"]
  x0 --> v2
  v2 --> v3
  x0 --> v4
  v4 --> v5
  x1 --> v5
  v5 --> v6
  classDef dead stroke-dasharray: 4
  class v2,v3 dead"""


@pytest.mark.parametrize(
    ("draw", "expected"),
    [(str, TEXT), (lambda g: g.dot(), DOT), (lambda g: g.mermaid(), MERMAID)],
    ids=["text", "dot", "mermaid"],
)
def test_a_small_function_is_drawn_exactly(draw, expected):
    assert draw(ln.graph(f, 1.0, 2.0)) == expected


def test_shapes_and_constants_are_shown():
    text = str(ln.graph(lambda x: (x @ np.ones((2, 3)))[0] * np.array([1.0, 2.0]), np.ones(2)))
    assert "matmul(x0, <(2, 3) float64>)" in text
    assert "[1.0, 2.0]" in text
    assert "(3,) float64" in text


def test_several_outputs_are_returned_in_order():
    assert str(ln.graph(lambda x: {"a": np.sin(x), "b": [x, 2.0]}, 1.0)).endswith("return v1, x0, 2.0")


def test_containers_of_arguments_give_an_input_each():
    assert len(ln.graph(lambda p: p["a"] * p["b"][0], {"a": 1.0, "b": [2.0]}).inputs) == 2


def test_a_truth_value_is_recorded_as_a_guard():
    recorded = ln.graph(lambda x: x * 2 if x > 0 else -x, -1.0)
    ((node, outcome),) = recorded.level.guards
    assert outcome is False
    assert node.primitive.name == "greater"


def test_truth_values_inside_derivatives_are_guards_too():
    recorded = ln.graph(ln.grad(lambda x: x * x if x > 0 else -x), 1.0)
    assert [outcome for _, outcome in recorded.level.guards] == [True]


def test_discrete_results_are_nodes():
    recorded = ln.graph(lambda x: x[np.argmax(x)] * 2, np.array([1.0, 3.0]))
    assert "argmax" in str(recorded)
    assert "index(x0, (HOLE,), v" in str(recorded)


@pytest.mark.parametrize(
    "derivative",
    [
        ln.grad,
        lambda g: lambda x: ln.jvp(g, (x,), (1.0,))[1],
        lambda g: lambda x: ln.linearize(g, x)[1](1.0),
        lambda g: lambda x: ln.vjp(g, x)[1](1.0)[0],
        lambda g: ln.grad(ln.grad(g)),
        lambda g: lambda x: ln.hvp(g, (x,), (1.0,)),
    ],
    ids=["grad", "jvp", "linearize", "vjp", "grad-of-grad", "hvp"],
)
def test_the_graph_of_a_derivative_computes_it_from_its_input_alone(derivative):
    def g(x):
        return np.sin(x) * x

    recorded = ln.graph(derivative(g), 0.5)
    assert replay(recorded, 1.25) == pytest.approx(derivative(g)(1.25), rel=1e-14)


def replay(recorded, *data):
    """A graph evaluated on other data: nothing of the first run may be frozen in it."""
    found = dict(zip([node.index for node in recorded.inputs], data, strict=True))
    for node in recorded.nodes:
        if node.index not in found and node.primitive is not None:
            args = [
                found[a.index] if isinstance(a, ln.Array) and a.level is recorded.level else a
                for a in node.args
            ]
            found[node.index] = node.primitive.call(*args)
    return found[recorded.outputs.index]


@pytest.mark.parametrize(
    "g",
    [
        pytest.param(lambda x: np.sum(np.maximum(x, 1.0) * x), id="maximum"),
        pytest.param(lambda x: np.max(x) ** 2, id="max"),
        pytest.param(lambda x: np.sum(np.abs(x) * x), id="abs"),
        pytest.param(lambda x: np.sum(np.where(x > 1, x * x, x)), id="where"),
        pytest.param(lambda x: np.sum(np.sort(x) * np.array([1.0, 10.0, 100.0])), id="sort"),
        pytest.param(lambda x: x[np.argmin(x)] * 3, id="argmin"),
        pytest.param(lambda x: np.sum(np.clip(x, 0.0, 2.0) ** 2), id="clip"),
        pytest.param(lambda x: np.sum(x ** np.array([2.0, 0.0, 1.0])), id="power"),
    ],
)
def test_rules_read_no_numbers_so_graphs_of_gradients_hold_elsewhere(g):
    recorded = ln.graph(ln.grad(g), np.array([0.5, 2.5, 1.5]))
    elsewhere = np.array([3.0, 0.75, -1.0])
    np.testing.assert_allclose(replay(recorded, elsewhere), ln.grad(g)(elsewhere), rtol=1e-14)


def test_the_graph_of_an_expression_lists_its_symbols():
    a, b = ln.symbol("a"), ln.symbol("b", (2,))
    assert str(ln.graph(2 * b + b * a)).splitlines() == [
        "a  = input           ?",
        "b  = input           (2,) float64",
        "v2 = multiply(2, b)  (2,) float64",
        "v3 = multiply(b, a)  ?",
        "v4 = add(v2, v3)     ?",
        "return v4",
    ]


def test_a_constant_function_has_an_empty_graph():
    assert str(ln.graph(lambda: 3.0)) == "return 3.0"


@pytest.mark.parametrize("thing", [1.0, "text", None], ids=repr)
def test_a_graph_of_what_is_no_function_is_refused(thing):
    with pytest.raises(errors.ArgumentError, match="must be a function or an expression"):
        ln.graph(thing, 1.0)


def test_a_recorded_node_is_closed_after_the_call():
    recorded = ln.graph(lambda x: x * 2, 1.0)
    with pytest.raises(errors.LeakedTracerError, match="call of graph"):
        recorded.outputs * 2


def test_a_function_that_raises_closes_the_recording():
    kept = []

    def g(x):
        kept.append(x)
        raise KeyError("mine")

    with pytest.raises(KeyError):
        ln.graph(g, 1.0)
    with pytest.raises(errors.LeakedTracerError):
        kept[0] * 2
