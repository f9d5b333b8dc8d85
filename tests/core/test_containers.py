"""Nested containers in and out: derivatives come back in the containers of what they belong to."""

import collections
import dataclasses
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linad as ln
from linad.core import tree


class Point(NamedTuple):
    x: Any
    y: Any


@dataclasses.dataclass
class Plain:
    a: Any
    b: Any = None


@dataclasses.dataclass(frozen=True)
class Frozen:
    a: Any
    b: Any = None


@dataclasses.dataclass(slots=True)
class Slotted:
    a: Any
    b: Any = None


@dataclasses.dataclass(frozen=True, slots=True)
class Both:
    a: Any
    b: Any = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checked:
    """A constructor that computes must not run again on derivatives."""

    a: Any
    b: Any = dataclasses.field(default=1.0)

    def __post_init__(self):
        if not isinstance(self.a, float):
            raise TypeError("a must be a float")


DATACLASSES = [Plain, Frozen, Slotted, Both]
CONTAINERS = {
    "tuple": ((2.0, 3.0), lambda p: (p[0], p[1]), tuple),
    "list": ([2.0, 3.0], lambda p: (p[0], p[1]), list),
    "dict": ({"a": 2.0, "b": 3.0}, lambda p: (p["a"], p["b"]), dict),
    "ordered-dict": (
        collections.OrderedDict(b=2.0, a=3.0),
        lambda p: (p["b"], p["a"]),
        collections.OrderedDict,
    ),
    "default-dict": (
        collections.defaultdict(float, {1: 2.0, (2,): 3.0}),
        lambda p: (p[1], p[(2,)]),
        collections.defaultdict,
    ),
    "named-tuple": (Point(2.0, 3.0), lambda p: (p.x, p.y), Point),
    **{cls.__name__: (cls(2.0, 3.0), lambda p: (p.a, p.b), cls) for cls in DATACLASSES},
    "Checked": (Checked(a=2.0, b=3.0), lambda p: (p.a, p.b), Checked),
}
containers = pytest.mark.parametrize("name", list(CONTAINERS))


@containers
class TestContainer:
    def test_gradient_has_the_container_of_the_argument(self, name):
        argument, parts, kind = CONTAINERS[name]
        gradient = ln.grad(lambda p: parts(p)[0] ** 2 * parts(p)[1])(argument)
        assert type(gradient) is kind
        assert parts(gradient) == (12.0, 4.0)

    def test_argument_keeps_its_class_inside_the_function(self, name):
        argument, _, kind = CONTAINERS[name]
        seen = []
        ln.grad(lambda p: seen.append(type(p)) or 1.0)(argument)
        assert seen == [kind]

    def test_argument_itself_is_not_touched(self, name):
        argument, parts, _ = CONTAINERS[name]
        ln.grad(lambda p: parts(p)[0] * 2)(argument)
        assert parts(argument) == (2.0, 3.0)

    def test_output_and_cotangent_have_the_container(self, name):
        argument, parts, kind = CONTAINERS[name]
        out, pullback = ln.vjp(lambda p: p, argument)
        assert type(out) is kind
        (gradient,) = pullback(argument)
        assert parts(gradient) == (2.0, 3.0)

    def test_tangents_have_the_container(self, name):
        argument, parts, kind = CONTAINERS[name]
        out, tangent = ln.jvp(lambda p: p, (argument,), (argument,))
        assert type(tangent) is type(out) is kind
        assert parts(tangent) == (2.0, 3.0)

    def test_pushforward_has_the_container(self, name):
        argument, parts, kind = CONTAINERS[name]
        _, pushforward = ln.linearize(lambda p: p, argument)
        tangent = pushforward(argument)
        assert type(tangent) is kind
        assert parts(tangent) == (2.0, 3.0)

    def test_second_derivatives_have_containers_in_containers(self, name):
        argument, parts, _ = CONTAINERS[name]
        H = ln.hessian(lambda p: parts(p)[0] ** 2 * parts(p)[1])(argument)
        assert [parts(row) for row in parts(H)] == [(6.0, 4.0), (4.0, 0.0)]

    def test_hvp_has_the_container(self, name):
        argument, parts, kind = CONTAINERS[name]
        product = ln.hvp(lambda p: parts(p)[0] ** 2 * parts(p)[1], (argument,), (argument,))
        assert type(product) is kind
        assert parts(product) == (6.0 * 2 + 4.0 * 3, 8.0)

    def test_value_reaches_inside(self, name):
        _, parts, kind = CONTAINERS[name]
        variables = tree.map_leaves(lambda _, part: ln.variable(part), CONTAINERS[name][0])
        plain = ln.value(variables)
        assert type(plain) is kind
        assert parts(plain) == (2.0, 3.0)

    def test_stop_gradient_reaches_inside(self, name):
        argument, parts, _ = CONTAINERS[name]
        gradient = ln.grad(lambda p: parts(p)[0] * parts(ln.stop_gradient(p))[1])(argument)
        assert parts(gradient) == (3.0, 0.0)

    def test_checkpoint_takes_and_returns_it(self, name):
        argument, parts, kind = CONTAINERS[name]

        def f(p):
            out = ln.checkpoint(lambda q: q)(p)
            assert type(out) is kind
            return parts(out)[0] * parts(out)[1]

        assert parts(ln.grad(f)(argument)) == (3.0, 2.0)


def test_a_default_dict_keeps_its_factory():
    gradient = ln.grad(lambda p: p["a"] * 2)(collections.defaultdict(lambda: 7.0, a=1.0))
    assert gradient["missing"] == 7.0


def test_a_dict_keeps_its_order():
    assert list(ln.grad(lambda p: p["b"] * p["a"])({"b": 1.0, "a": 2.0})) == ["b", "a"]


def test_a_cotangent_dict_may_come_in_another_order():
    _, pullback = ln.vjp(lambda x: {"a": x, "b": 10 * x}, 1.0)
    assert pullback({"b": 1.0, "a": 2.0}) == (12.0,)


def test_a_list_may_stand_for_a_tuple_of_tangents():
    assert ln.jvp(lambda p: p[0] * p[1], [(2.0, 3.0)], [[1.0, 0.0]])[1] == 3.0


class TestNone:
    """None is an empty container; as a tangent or cotangent it is zero for whatever stands there."""

    def test_inside_an_argument_comes_back(self):
        assert ln.grad(lambda p: p[0] * 2)((1.0, None, {"a": None})) == (2.0, None, {"a": None})

    def test_inside_an_output_needs_no_cotangent(self):
        out, pullback = ln.vjp(lambda x: (x * 2, None), 1.0)
        assert out == (2.0, None)
        assert pullback((1.0, None)) == (2.0,)

    def test_as_a_cotangent_is_zero_for_a_whole_branch(self):
        _, pullback = ln.vjp(lambda x: {"a": [x, x], "b": 3 * x}, 1.0)
        assert pullback({"a": None, "b": 1.0}) == (3.0,)

    def test_as_a_tangent_is_zero_for_a_whole_branch(self):
        assert ln.jvp(lambda p, x: p["a"][0] * x, ({"a": [2.0]}, 3.0), (None, 1.0))[1] == 2.0

    def test_as_the_only_tangent_gives_zeros(self):
        tangent = ln.jvp(lambda x: x * 2, (np.ones(2),), (None,))[1]
        np.testing.assert_array_equal(tangent, np.zeros(2))

    def test_in_the_place_of_none_a_number_is_refused(self):
        with pytest.raises(ln.errors.StructureError, match="in the place of None"):
            ln.jvp(lambda p: p[0], ((1.0, None),), ((1.0, 1.0),))


@pytest.mark.parametrize("empty", [(), [], {}, None, ((), {"a": []})], ids=str)
def test_an_empty_container_is_its_own_gradient(empty):
    assert ln.grad(lambda p: 1.0)(empty) == empty


class TestArgnums:
    f = staticmethod(lambda x, y, z: x * y**2 * z**3)

    @pytest.mark.parametrize(
        ("argnums", "expected"),
        [
            (0, 9.0 * 8),
            (2, 9.0 * 12),
            (-1, 9.0 * 12),
            (-3, 9.0 * 8),
            (np.int64(1), 6.0 * 8),
            ((0,), (72.0,)),
            ((2, 0), (108.0, 72.0)),
            ([0, 1], (72.0, 48.0)),
            ((-1, 0), (108.0, 72.0)),
            ((), ()),
        ],
        ids=str,
    )
    def test_name_the_arguments(self, argnums, expected):
        assert ln.grad(self.f, argnums)(1.0, 3.0, 2.0) == expected
        assert ln.value_and_grad(self.f, argnums)(1.0, 3.0, 2.0) == (72.0, expected)
        assert ln.jacrev(self.f, argnums)(1.0, 3.0, 2.0) == expected
        assert ln.jacfwd(self.f, argnums)(1.0, 3.0, 2.0) == expected

    def test_leave_other_arguments_alone(self):
        marker = object()
        assert ln.grad(lambda x, y: x * 2 if y is marker else x)(1.0, marker) == 2.0

    def test_leave_keywords_alone(self):
        assert ln.grad(lambda x, *, scale, name: x * scale)(1.0, scale=3.0, name="text") == 3.0

    def test_of_one_container_give_its_gradient(self):
        assert ln.grad(lambda x, p: x * p["a"], argnums=1)(3.0, {"a": 1.0}) == {"a": 3.0}


class TestAux:
    def test_of_grad_is_passed_through(self):
        assert ln.grad(lambda x: (x * x, ("text", [1, None])), has_aux=True)(3.0) == (
            6.0,
            ("text", [1, None]),
        )

    def test_of_value_and_grad_is_beside_the_value(self):
        assert ln.value_and_grad(lambda x: (x * x, "text"), has_aux=True)(3.0) == ((9.0, "text"), 6.0)

    def test_of_vjp_comes_last(self):
        out, pullback, aux = ln.vjp(lambda x: (x * x, x * 2), 3.0, has_aux=True)
        assert (out, aux) == (9.0, 6.0)
        assert pullback(1.0) == (6.0,)

    def test_may_be_none(self):
        assert ln.grad(lambda x: (x * x, None), has_aux=True)(3.0) == (6.0, None)


def test_wrapped_functions_keep_their_name_and_documentation():
    def cost(x):
        """What it costs."""
        return x

    for transform in (ln.grad, ln.value_and_grad, ln.jacobian, ln.jacfwd, ln.jacrev, ln.checkpoint):
        assert transform(cost).__name__ == "cost"
        assert transform(cost).__doc__ == "What it costs."


def test_callables_without_a_name_are_functions_too():
    from functools import partial

    class Callable:
        def __call__(self, x):
            return x * 3

    assert ln.grad(Callable())(1.0) == 3.0
    assert ln.grad(partial(lambda a, x: a * x, 5.0))(1.0) == 5.0


# -- random containers -------------------------------------------------------------------------------------

ordinary = st.floats(-3, 3, allow_subnormal=False)  # half of the smallest number is zero
leaf = st.one_of(
    ordinary,
    st.integers(-3, 3),
    st.lists(ordinary, min_size=0, max_size=3).map(lambda v: np.array(v, dtype=float)),
    ordinary.map(np.array),
    st.floats(-3, 3, width=32, allow_subnormal=False).map(np.float32),
)
trees = st.recursive(
    leaf | st.none(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(["a", "b", 3, (1, 2)]), inner, max_size=3),
        st.tuples(inner, inner).map(lambda p: Point(*p)),
        st.tuples(st.sampled_from(DATACLASSES), inner, inner).map(lambda p: p[0](p[1], p[2])),
    ),
    max_leaves=8,
)


def shape_of_tree(node):
    """The containers of a tree without its numbers."""
    parts = tree.children(node)
    if parts is None:
        return None if node is None else (np.shape(node),)
    return type(node), tuple((name, shape_of_tree(part)) for name, part in parts)


def half_square(p):
    return sum((np.sum(part * part) * 0.5 for _, part in tree.leaves(p)), start=0.0)


def same_numbers(a, b):
    return all(np.array_equal(x, y) for (_, x), (_, y) in zip(tree.leaves(a), tree.leaves(b), strict=True))


@settings(deadline=None, max_examples=80)
@given(trees)
def test_random_containers_come_apart_and_together(p):
    again = tree.map_leaves(lambda _, part: part, p)
    assert shape_of_tree(again) == shape_of_tree(p)
    assert same_numbers(again, p)


@settings(deadline=None, max_examples=80)
@given(trees)
def test_the_gradient_of_half_the_square_is_the_argument(p):
    gradient = ln.grad(half_square)(p)
    assert shape_of_tree(gradient) == shape_of_tree(p)
    assert same_numbers(gradient, p)


@settings(deadline=None, max_examples=60)
@given(trees)
def test_pulling_back_through_the_identity_gives_the_cotangent(p):
    out, pullback = ln.vjp(lambda q: q, [p])
    assert same_numbers(pullback([p])[0], [p])
    assert shape_of_tree(out) == shape_of_tree([p])


@settings(deadline=None, max_examples=60)
@given(trees)
def test_forward_and_reverse_agree_on_random_containers(p):
    """<gradient, p> = jvp along p."""
    along = ln.jvp(half_square, (p,), (p,))[1]
    squares = sum(float(np.sum(np.asarray(part, dtype=float) ** 2)) for _, part in tree.leaves(p))
    assert along == pytest.approx(squares, rel=1e-5)
