"""Explicit graphs: symbols, expressions, binding, gradients of expressions."""

import numpy as np
import pytest

import linad as ln
from linad import errors

a, b = ln.symbol("a"), ln.symbol("b")
x, y = ln.symbol("x", ()), ln.symbol("y", ())
A, v = ln.symbol("A", (2, 2)), ln.symbol("v", (2,))
M, u = np.array([[2.0, 1.0], [0.5, 3.0]]), np.array([1.0, -2.0])


@pytest.mark.parametrize(
    ("c", "text"),
    [
        (2 * a + b, "2*a + b"),
        (a + b * 2, "a + b*2"),
        ((a + b) * 2, "(a + b)*2"),
        (a - (b - a), "a - (b - a)"),
        (a - b - a, "a - b - a"),
        (a + (b - a), "a + b - a"),
        (a / (b * a), "a/(b*a)"),
        (a / b / a, "a/b/a"),
        (a * (b / a), "a*(b/a)"),
        ((a**b) ** 2, "(a**b)**2"),
        (a ** (b**2), "a**(b**2)"),
        ((-a) ** 2, "(-a)**2"),
        (-(a**2), "-a**2"),
        (-(a + b), "-(a + b)"),
        (-a * b, "-a*b"),
        (a - (-b), "a - (-b)"),
        (2 - a, "2 - a"),
        (a**-2, "a**(-2)"),
        (a * -2, "a*(-2)"),
        (np.sin(a) * b, "sin(a)*b"),
        (np.sin(a * b), "sin(a*b)"),
        (abs(a), "absolute(a)"),
        (A @ v, "A @ v"),
        ((A @ A) @ v, "A @ A @ v"),
        (A @ (A @ v), "A @ (A @ v)"),
        ((A + A) @ v, "(A + A) @ v"),
        (a, "a"),
    ],
    ids=str,
)
def test_an_expression_prints_as_one_writes_it(c, text):
    assert str(c) == repr(c) == f"{c}" == text


@pytest.mark.parametrize(
    "write",
    [
        lambda a, b: a - (b - a) / (a * b) ** 2,
        lambda a, b: -a * (b - 2 * a) ** 3 / (1 + a),
        lambda a, b: 2**a - (-b) ** 2 + -(a**2),
        lambda a, b: (a - b) - (a + b) - (-a),
        lambda a, b: a / (b / a) * (a * b),
    ],
)
def test_what_is_printed_means_the_same(write):
    text = str(write(a, b))
    assert eval(text, {"a": 1.25, "b": 0.75}) == pytest.approx(write(1.25, 0.75), rel=1e-15)


def test_a_long_expression_prints_as_a_listing():
    c = a
    for _ in range(12):
        c = c * c + 1
    text = str(c)
    assert text.startswith("a   = input")
    assert len(text) < 5000


def test_data_is_bound_at_the_call():
    f = ln.function([a, b], 2 * a + b)
    assert f(3.0, 4.0) == 10.0
    np.testing.assert_array_equal(f(np.ones(2), np.array([1.0, 2.0])), [3.0, 4.0])


def test_a_single_symbol_needs_no_list():
    assert ln.function(a, a * a)(3.0) == 9.0


def test_a_bound_function_prints_its_inputs_and_outputs():
    assert repr(ln.function([a, b], [a * b, a])) == "function(a, b) -> [a*b, a]"


def test_outputs_may_be_containers_with_constants():
    f = ln.function([a], {"double": 2 * a, "three": 3.0, "none": None})
    assert f(1.0) == {"double": 2.0, "three": 3.0, "none": None}


def test_lists_are_data():
    np.testing.assert_array_equal(ln.function([a], a * 2)([1.0, 2.0]), [2.0, 4.0])


def test_an_input_that_is_not_used_is_bound_all_the_same():
    assert ln.function([a, b], a * 2)(1.0, 5.0) == 2.0


class TestBinding:
    def test_of_a_missing_symbol_is_refused_by_name(self):
        with pytest.raises(errors.SymbolError, match="depend on b, which is not among the inputs"):
            ln.function([a], a * b)

    def test_of_several_missing_symbols_names_all(self):
        with pytest.raises(errors.SymbolError, match="depend on a, b, which are not among the inputs"):
            ln.function([], a * b)

    def test_of_an_expression_as_input_is_refused(self):
        with pytest.raises(errors.ArgumentError, match="input 1 is not a symbol"):
            ln.function([a, a * b], a * b)

    def test_of_a_number_as_input_is_refused(self):
        with pytest.raises(errors.ArgumentError, match="input 0 is not a symbol"):
            ln.function([1.0], a)

    def test_of_too_few_data_names_the_symbols(self):
        with pytest.raises(errors.ArgumentError, match=r"1 arguments for 2 symbols \(a, b\)"):
            ln.function([a, b], a * b)(1.0)

    def test_of_a_wrong_shape_names_both(self):
        with pytest.raises(errors.ArgumentError, match=r"data for v has shape \(3,\), the symbol has \(2,\)"):
            ln.function([v], v * 2)(np.ones(3))

    def test_of_complex_data_to_a_real_symbol_is_refused(self):
        with pytest.raises(errors.DtypeError, match="data for v is complex, the symbol is real"):
            ln.function([v], ln.gradient(v * v, v))(np.ones(2) * 1j)

    def test_of_complex_data_to_a_complex_symbol_follows_the_convention(self):
        z = ln.symbol("z", (), complex)
        c = np.real(z * (2 - 3j))
        assert ln.function([z], ln.gradient(c, z))(1 + 1j) == 2 + 3j

    def test_of_strings_is_refused(self):
        with pytest.raises(errors.ArgumentError, match="the data for a is of type str"):
            ln.function([a], a * 2)("text")


class TestASymbol:
    @pytest.mark.parametrize("name", ["", 1, None], ids=repr)
    def test_needs_a_name(self, name):
        with pytest.raises(errors.ArgumentError, match="the name must be a string"):
            ln.symbol(name)

    def test_is_not_discrete(self):
        with pytest.raises(errors.ArgumentError, match="dtype int64 is discrete"):
            ln.symbol("n", (), int)

    def test_with_a_shape_knows_the_shapes_of_expressions(self):
        assert (A @ v).shape == (2,)
        assert (v[:, None] * A).dtype == np.float64
        assert len(A) == 2

    @pytest.mark.parametrize(
        "ask",
        [len, lambda a: a.shape, lambda a: a.T, lambda a: np.sum(a), lambda a: a @ a, lambda a: a.dtype],
    )
    def test_without_a_shape_says_how_to_declare_it(self, ask):
        with pytest.raises(errors.SymbolError, match=r"not known before data is bound[\s\S]*Declare"):
            ask(a)

    def test_has_no_truth_value(self):
        with pytest.raises(
            errors.SymbolError, match=r"greater\(a, b\): its truth value is not known[\s\S]*numpy\.where"
        ):
            bool(a > b)

    def test_has_no_value(self):
        with pytest.raises(errors.SymbolError, match="has no value"):
            ln.value(a)

    def test_is_recorded_even_where_nothing_else_is(self):
        with ln.no_recording():
            c = 2 * a
        assert ln.function([a], c)(3.0) == 6.0

    def test_of_a_shape_takes_choices_as_nodes(self):
        f = ln.function([v], np.where(v > 0, v * 10, v))
        np.testing.assert_array_equal(f(u), [10.0, -2.0])
        np.testing.assert_array_equal(f(-u), [-1.0, 20.0])


class TestTheGradientOfAnExpression:
    def test_without_a_shape_is_one_node_that_prints(self):
        assert str(ln.gradient(a * b, a)) == "gradient(a*b, a)"

    def test_without_a_shape_is_expanded_at_binding(self):
        f = ln.function([a, b], ln.gradient(a * np.sin(b), [a, b]))
        ga, gb = f(2.0, 0.5)
        assert (ga, gb) == (np.sin(0.5), 2 * np.cos(0.5))

    def test_without_a_shape_takes_any_shape(self):
        f = ln.function([a], ln.gradient(a * a, a))
        np.testing.assert_array_equal(f(u), 2 * u)
        assert f(3.0) == 6.0

    def test_with_a_shape_is_an_expression(self):
        assert str(ln.gradient(x * y, x)) in ("y", "1.0*y", "y*1.0")

    def test_differentiates_again_with_shapes(self):
        g = ln.gradient(4 * x**3 + x**2 + 3, x)
        h = ln.gradient(g, x)
        assert ln.function([x], [g, h, ln.gradient(h, x)])(2.0) == [52.0, 50.0, 24.0]

    def test_differentiates_again_without_shapes(self):
        g = ln.gradient(4 * a**3 + a**2 + 3, a)
        h = ln.gradient(g, a)
        assert ln.function([a], [g, h, ln.gradient(h, a)])(2.0) == [52.0, 50.0, 24.0]

    def test_goes_through_linear_algebra(self):
        c = v @ np.linalg.solve(A, v)
        gA, gv = ln.function([A, v], ln.gradient(c, [A, v]))(M, u)
        expected = ln.grad(lambda A, v: v @ np.linalg.solve(A, v), argnums=(0, 1))(M, u)
        np.testing.assert_allclose(gA, expected[0], rtol=1e-14)
        np.testing.assert_allclose(gv, expected[1], rtol=1e-14)

    def test_through_linear_algebra_binds_other_data(self):
        f = ln.function([A, v], ln.gradient(v @ np.linalg.solve(A, v), A))
        for matrix in (M, M.T + np.eye(2), np.diag([4.0, -1.0])):
            expected = ln.grad(lambda A: u @ np.linalg.solve(A, u))(matrix)
            np.testing.assert_allclose(f(matrix, u), expected, rtol=1e-14)

    def test_of_a_choice_binds_the_other_branch_too(self):
        f = ln.function([v], ln.gradient(np.where(v > 0, v**2, 3 * v), v))
        np.testing.assert_array_equal(f(u), [2.0, 3.0])
        np.testing.assert_array_equal(f(-u), [3.0, 4.0])

    def test_of_max_binds_the_other_winner_too(self):
        f = ln.function([v], ln.gradient(np.max(v), v))
        np.testing.assert_array_equal(f(u), [1.0, 0.0])
        np.testing.assert_array_equal(f(-u), [0.0, 1.0])

    def test_by_a_symbol_that_is_not_in_it_is_zero(self):
        np.testing.assert_array_equal(ln.gradient(x * x, v), np.zeros(2))
        assert ln.gradient(x * x, a) == 0.0

    def test_by_what_is_no_symbol_is_refused(self):
        with pytest.raises(errors.ArgumentError, match=r"x\*x is not a symbol"):
            ln.gradient(x * x, x * x)

    def test_of_what_is_no_expression_is_refused(self):
        with pytest.raises(errors.ArgumentError, match=r"not function[\s\S]*linad\.grad\(f\)"):
            ln.gradient(lambda x: x, x)


@pytest.mark.parametrize("shape", [None, ()], ids=["unknown", "scalar"])
class TestABoundFunctionOfTracedData:
    @pytest.fixture
    def f(self, shape):
        s = ln.symbol("s", shape)
        return ln.function([s], np.sin(s) * s)

    def test_is_differentiated_like_any_function(self, f):
        assert ln.grad(f)(0.5) == pytest.approx(np.cos(0.5) * 0.5 + np.sin(0.5))
        assert ln.jvp(f, (0.5,), (1.0,))[1] == pytest.approx(np.cos(0.5) * 0.5 + np.sin(0.5))

    def test_is_differentiated_twice(self, f):
        assert ln.hvp(f, (0.5,), (1.0,)) == pytest.approx(2 * np.cos(0.5) - 0.5 * np.sin(0.5))

    def test_takes_variables(self, f):
        leaf = ln.variable(0.5)
        f(leaf).backward()
        assert leaf.grad == pytest.approx(np.cos(0.5) * 0.5 + np.sin(0.5))

    def test_with_a_gradient_in_it_is_differentiated(self, shape):
        s = ln.symbol("s", shape)
        f = ln.function([s], ln.gradient(s**3, s))
        assert ln.grad(f)(2.0) == 12.0


def test_a_bound_function_takes_symbols():
    inner = ln.function([a], a * a)
    assert str(inner(b + 1)) == "(b + 1)*(b + 1)"


class TestASymbolOfLetters:
    A, x = ln.symbol("A", "m n"), ln.symbol("x", "n")

    def test_prints_and_lists_its_letters(self):
        assert str(self.A @ self.x) == "A @ x"
        assert "A  = input         (m, n)" in str(ln.graph(self.A @ self.x))

    def test_takes_data_of_any_sizes_that_fit(self):
        f = ln.function([self.A, self.x], self.A @ self.x)
        for m, n in [(2, 3), (1, 1), (4, 2)]:
            np.testing.assert_array_equal(f(np.ones((m, n)), np.ones(n)), np.full(m, n))

    def test_goes_through_operations_by_letter(self):
        G = self.A.T @ (self.A * 2.0)
        assert "(n, n)" in str(ln.graph(G))
        assert (G.ndim, (G @ self.x).ndim) == (2, 1)

    def test_says_that_its_sizes_are_letters(self):
        with pytest.raises(errors.SymbolError, match=r"its shape is \(m, n\); what these are is not known"):
            self.A.shape  # noqa: B018  # asking raises

    def test_leaves_to_data_what_letters_do_not_tell(self):
        f = ln.function(self.A, (self.A @ self.A)[1, 0])
        assert f(np.ones((2, 2))) == 2.0
        with pytest.raises(ValueError, match=r"shapes|mismatch"):
            f(np.ones((2, 3)))

    def test_refuses_sizes_that_differ(self):
        f = ln.function([self.A, self.x], self.A @ self.x)
        with pytest.raises(errors.ShapeError, match="n is 3 in the data for A, and 2 in that for x"):
            f(np.ones((2, 3)), np.ones(2))

    def test_refuses_another_rank(self):
        with pytest.raises(errors.ShapeError, match=r"data for x has shape \(2, 2\), the symbol has \(n\)"):
            ln.function(self.x, self.x * 2)(np.eye(2))

    def test_without_letters_is_a_scalar(self):
        f = ln.function(t := ln.symbol("t", ""), t * 2)
        assert f(3.0) == 6.0
        with pytest.raises(errors.ShapeError, match="the symbol has"):
            f(np.ones(2))

    def test_has_a_gradient_that_is_expanded_at_binding(self):
        f = ln.function([self.A, self.x], ln.gradient(self.A @ self.x, self.x))
        np.testing.assert_array_equal(f(np.ones((2, 3)), np.ones(3)), [2.0, 2.0, 2.0])
