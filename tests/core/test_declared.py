"""Operations that a user declares, of every kind: both modes, both orders; what is not declared raises."""

import numpy as np
import pytest

import linad as ln
from linad import errors
from linad.core import primitive
from linad.core.kinds import (
    ByHand,
    aid,
    bilinear,
    composition,
    custom,
    discrete,
    elementwise,
    linear,
    multilinear,
)
from linad.linalg import solve_triangular
from linad.operations.contractions import H, matmul

pytestmark = pytest.mark.usefixtures("fresh_table")

# -- the declarations --------------------------------------------------------------------------------------


def cube():
    return elementwise("cube", lambda x: x**3, lambda x, y: 3 * x**2)


def squared_length():
    """|z|^2 of complex numbers: dy = conj(z) dz + z conj(dz), a real number."""
    return elementwise(
        "squared_length",
        lambda z: (z * np.conj(z)).real,
        lambda x, y: 2 * x,
        nonholomorphic=(lambda z, y: np.conj(z), lambda z, y: z),
    )


def ratio():
    return elementwise("ratio", lambda x, y: x / y, lambda x, y, z: 1 / y, lambda x, y, z: -z / y)


def shifted_sum():
    """x + 2 y of two operands, with a parameter that is not differentiated."""
    return linear(
        "shifted_sum",
        lambda x, y, factor: x + factor * y,
        lambda g, spaces, factor: [g, factor * g],
        last=2,
    )


def product():
    return bilinear("product", np.matmul, lambda g, B: matmul(g, H(B)), lambda g, A: matmul(H(A), g))


def triple():
    """a b c, elementwise."""

    def adjoint(g, i, *factors):
        first, second = (x for j, x in enumerate(factors) if j != i)
        return g * np.conj(first) * np.conj(second)

    return multilinear("triple", lambda a, b, c: a * b * c, adjoint, last=3)


def polar_parts():
    """Radius and angle of a point: two outputs, one rule."""

    def tangent(tangents, out, x, y):
        r, _ = out
        dx, dy = (0.0 if t is None else t for t in tangents)
        return (x * dx + y * dy) / r, (x * dy - y * dx) / r**2

    def cotangent(g, out, wanted, x, y):
        r, _ = out
        gr, gt = (0.0 if c is None else c for c in g)
        both = (x / r * gr - y / r**2 * gt, y / r * gr + x / r**2 * gt)
        return [both[i] for i in wanted]

    return custom(
        "polar_parts", lambda x, y: (np.hypot(x, y), np.arctan2(y, x)), tangent, cotangent, last=2, outputs=2
    )


class Runs:
    """How often the program and the kernel of a composition ran."""

    def __init__(self):
        self.program = self.kernel = 0


def factor_by_cholesky(runs):
    """A = L L^T with two outputs, L and its diagonal, from the equation by hand, with a numeric kernel."""

    def phi(M):
        return np.tril(M, -1) + np.einsum("ij,ij->ij", M, 0.5 * np.eye(2))

    def tangent(args, outputs, tangents):
        L, _ = outputs
        half = solve_triangular(L, tangents[0], lower=True)
        dL = matmul(L, phi(solve_triangular(L, half.T, lower=True).T))
        return dL, np.diagonal(dL)

    def rule(args, outputs, cotangents, wanted):
        L, _ = outputs
        gL, gd = cotangents
        G = 0.0 if gL is None else np.tril(gL)
        if gd is not None:
            G = G + np.einsum("i,ij->ij", gd, np.eye(2))
        M = phi(matmul(L.T, G))
        S = solve_triangular(L, solve_triangular(L, M, lower=True, trans="T").T, lower=True, trans="T").T
        return ((S + S.T) * 0.5,)

    def program(args, outputs, cotangents, wanted):
        runs.program += 1
        return rule(args, outputs, cotangents, wanted)

    def kernel(args, outputs, cotangents, wanted):
        runs.kernel += 1
        return rule(args, outputs, cotangents, wanted)

    def numeric(A):
        L = np.linalg.cholesky(A)
        return L, np.diagonal(L).copy()

    def residual(args, outputs):
        return (matmul(outputs[0], outputs[0].T) - args[0],)

    return composition(
        "factor_by_cholesky", numeric, lambda: ByHand(tangent, program, residual, kernel), last=1, outputs=2
    )


# -- laws --------------------------------------------------------------------------------------------------


def tensors(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.5, 1.5, shape) for shape in shapes]


CASES = {
    "elementwise": lambda: (cube(), tensors((3,))),
    "elementwise-of-two": lambda: (ratio(), tensors((2, 1), (3,))),
    "nonholomorphic-of-real": lambda: (squared_length(), tensors((3,))),
    "linear": lambda: ((lambda op: lambda x, y: op(x, y, 2.0) ** 2)(shifted_sum()), tensors((3,), (3,))),
    "bilinear": lambda: (product(), tensors((2, 3), (3, 2))),
    "multilinear": lambda: (triple(), tensors((3,), (3,), (3,))),
    "custom": lambda: ((lambda op: lambda x, y: np.stack(op(x, y)))(polar_parts()), tensors((3,), (3,))),
    "custom-one-output": lambda: ((lambda op: lambda x, y: op(x, y)[1])(polar_parts()), tensors((), ())),
    "composition": lambda: (
        (lambda op: lambda B: sum(np.sum(part * part) for part in op(B @ B.T + np.eye(2))))(
            factor_by_cholesky(Runs())
        ),
        tensors((2, 2)),
    ),
    "composition-first-output": lambda: (
        (lambda op: lambda B: op(B @ B.T + np.eye(2))[0])(factor_by_cholesky(Runs())),
        tensors((2, 2)),
    ),
    "composition-second-output": lambda: (
        (lambda op: lambda B: op(B @ B.T + np.eye(2))[1])(factor_by_cholesky(Runs())),
        tensors((2, 2)),
    ),
}


@pytest.mark.parametrize("name", list(CASES))
class TestADeclaredOperation:
    @pytest.fixture
    def case(self, name):
        return CASES[name]()

    def directions(self, xs):
        return tuple(np.random.default_rng(5).standard_normal(x.shape) for x in xs)

    def test_has_a_tangent_that_agrees_with_differences(self, case):
        f, xs = case
        ts, h = self.directions(xs), 1e-6
        tangent = ln.jvp(f, xs, ts)[1]
        ahead = f(*[x + h * t for x, t in zip(xs, ts, strict=True)])
        behind = f(*[x - h * t for x, t in zip(xs, ts, strict=True)])
        np.testing.assert_allclose(tangent, (ahead - behind) / (2 * h), rtol=1e-7, atol=1e-8)

    def test_has_a_cotangent_that_is_the_adjoint(self, case):
        f, xs = case
        ts = self.directions(xs)
        out, pullback = ln.vjp(f, *xs)
        seed = np.random.default_rng(6).standard_normal(np.shape(out))
        right = sum(np.sum(g * t) for g, t in zip(pullback(seed), ts, strict=True))
        assert np.sum(seed * ln.jvp(f, xs, ts)[1]) == pytest.approx(right, rel=1e-12)

    def test_walks_forward_as_it_runs_forward(self, case):
        f, xs = case
        ts = self.directions(xs)
        np.testing.assert_allclose(ln.linearize(f, *xs)[1](*ts), ln.jvp(f, xs, ts)[1], rtol=1e-13)

    @pytest.mark.parametrize("inner", ["reverse", "forward"])
    @pytest.mark.parametrize("outer", ["reverse", "forward"])
    def test_has_second_derivatives_in_every_order_of_modes(self, case, outer, inner):
        f, xs = case
        ts = self.directions(xs)

        def cost(*xs):
            return np.sum(np.sin(f(*xs)))

        several = tuple(range(len(xs)))

        def first(*xs):
            if inner == "forward":
                return ln.jvp(cost, xs, ts)[1]
            return sum(np.sum(g * t) for g, t in zip(ln.grad(cost, several)(*xs), ts, strict=True))

        if outer == "forward":
            second = ln.jvp(first, xs, ts)[1]
        else:
            second = sum(np.sum(g * t) for g, t in zip(ln.grad(first, several)(*xs), ts, strict=True))
        h = 1e-5
        ahead = ln.jvp(cost, [x + h * t for x, t in zip(xs, ts, strict=True)], ts)[1]
        behind = ln.jvp(cost, [x - h * t for x, t in zip(xs, ts, strict=True)], ts)[1]
        assert second == pytest.approx((ahead - behind) / (2 * h), rel=1e-6, abs=1e-6)

    def test_serves_any_subset_of_operands(self, case):
        f, xs = case

        def cost(*xs):
            return np.sum(np.sin(f(*xs)))

        every = ln.grad(cost, tuple(range(len(xs))))(*xs)
        for i in range(len(xs)):
            np.testing.assert_allclose(ln.grad(cost, i)(*xs), every[i], rtol=1e-13)


def test_a_nonholomorphic_operation_of_complex_numbers_follows_the_convention():
    z = np.array([1 + 2j, -0.5j])
    f = squared_length()
    np.testing.assert_array_equal(ln.grad(lambda z: np.sum(f(z)))(z), 2 * z)
    np.testing.assert_array_equal(ln.jvp(f, (z,), (1j * z,))[1], np.zeros(2))


def test_a_nonholomorphic_operation_differentiates_twice():
    """The gradient of |z|^4 is 4 |z|^2 z; its tangent along t is 4 |z|^2 t + 8 Re(conj(z) t) z."""
    f = squared_length()
    z, t = 1 + 2j, 0.5 - 1j
    expected = 4 * abs(z) ** 2 * t + 8 * (np.conj(z) * t).real * z
    assert ln.hvp(lambda z: f(z) ** 2, (z,), (t,)) == pytest.approx(expected, rel=1e-14)


# -- compositions: program and kernel ----------------------------------------------------------------------


class TestAKernel:
    A = np.array([[4.0, 1.0], [1.0, 3.0]])

    def test_runs_where_everything_is_plain(self):
        runs = Runs()
        op = factor_by_cholesky(runs)
        ln.grad(lambda A: np.sum(op(A)[0]))(self.A)
        assert (runs.kernel, runs.program) == (1, 0)

    def test_gives_way_to_the_program_where_something_is_traced(self):
        runs = Runs()
        op = factor_by_cholesky(runs)
        ln.hvp(lambda A: np.sum(op(A)[0]), (self.A,), (np.eye(2),))
        assert (runs.kernel, runs.program) == (0, 1)

    def test_gives_way_where_only_the_cotangent_is_traced(self):
        runs = Runs()
        op = factor_by_cholesky(runs)
        _, pullback = ln.vjp(lambda A: op(A)[0], self.A)
        ln.grad(lambda c: np.sum(pullback(c * np.ones((2, 2)))[0]))(1.0)
        assert runs.program == 1


def test_the_rule_of_a_composition_is_made_once_and_late():
    made = []

    def rule():
        made.append(1)
        return ByHand(
            lambda args, outputs, tangents: (2 * tangents[0],),
            lambda args, outputs, cotangents, wanted: (2 * cotangents[0],),
            lambda args, outputs: (),
        )

    double = composition("double", lambda x: 2 * x, rule, last=1)
    ln.value(double(1.0))
    assert made == []
    for _ in range(3):
        assert ln.grad(double)(1.0) == 2.0
        assert ln.jvp(double, (1.0,), (1.0,))[1] == 2.0
    assert made == [1]


# -- discrete and aid --------------------------------------------------------------------------------------


def test_a_discrete_operation_is_plain_in_both_modes():
    rounded = discrete("rounded", np.round)
    assert ln.grad(lambda x: x * rounded(x))(2.75) == 3.0
    assert ln.jvp(lambda x: x * rounded(x), (2.75,), (1.0,))[1] == 3.0


def test_an_aid_is_computed_once_for_all_orders():
    runs = []

    def compute(x):
        runs.append(1)
        return np.exp(x)

    exponential = aid("exponential", compute)

    def f(x):
        return np.sum(x * exponential(x)) + np.sum(x * x * exponential(x))

    ln.grad(lambda x: np.sum(ln.grad(f)(x)))(np.ones(2))
    assert len(runs) == 1


def test_an_aid_with_other_parameters_is_computed_again():
    runs = []
    scaled = aid("scaled", lambda x, k: runs.append(k) or x * k)

    def f(x):
        return x * scaled(x, 2.0) * scaled(x, 3.0) * scaled(x, 2.0)

    ln.grad(f)(1.0)
    assert runs == [2.0, 3.0]


def test_an_aid_of_a_plain_array_remembers_nothing():
    runs = []
    counted = aid("counted", lambda x: runs.append(1) or x)
    x = np.ones(2)
    counted(x)
    counted(x)
    assert len(runs) == 2


# -- what is not declared ----------------------------------------------------------------------------------

PARTIAL = {
    "elementwise": lambda: elementwise("partial", lambda x, y: x * y, lambda x, y, z: y, None),
    "linear": lambda: linear("partial", lambda x, y: x * y, lambda g, space, y: g * y),
    "multilinear": lambda: multilinear("partial", lambda x, y: x * y, lambda g, i, x, y: g * y, last=1),
    "custom": lambda: custom(
        "partial", lambda x, y: x * y, lambda t, out, x, y: t[0] * y, lambda g, out, wanted, x, y: [g * y]
    ),
    "composition": lambda: composition(
        "partial",
        lambda x, y: x * y,
        lambda: ByHand(
            lambda args, outputs, tangents: (tangents[0] * args[1],),
            lambda args, outputs, cotangents, wanted: (cotangents[0] * args[1],),
            lambda args, outputs: (),
        ),
        last=1,
    ),
}


@pytest.mark.parametrize("kind", list(PARTIAL))
class TestAnOperandWithoutRule:
    @pytest.mark.parametrize("mode", ["grad", "jvp", "linearize", "hessian", "backward"])
    def test_raises_by_name_and_position(self, kind, mode):
        op = PARTIAL[kind]()
        run = {
            "grad": lambda f: ln.grad(f)(3.0),
            "jvp": lambda f: ln.jvp(f, (3.0,), (1.0,)),
            "linearize": lambda f: ln.linearize(f, 3.0)[1](1.0),
            "hessian": lambda f: ln.hessian(f)(3.0),
            "backward": lambda f: f(ln.variable(3.0)).backward(),
        }[mode]
        for f in (lambda y: op(2.0, y), lambda y: op(y, y)):
            with pytest.raises(
                errors.NoRuleError, match=r"partial: linad has no derivative with respect to argument 1"
            ):
                run(f)

    def test_can_be_a_constant(self, kind):
        op = PARTIAL[kind]()
        assert ln.grad(lambda x: op(x, ln.value(x)))(3.0) == 3.0

    def test_does_not_disturb_the_other_operand(self, kind):
        op = PARTIAL[kind]()
        assert ln.grad(lambda x: op(x, 5.0))(3.0) == 5.0
        assert ln.jvp(lambda x: op(x, 5.0), (3.0,), (1.0,))[1] == 5.0


# -- the table ---------------------------------------------------------------------------------------------


def test_a_declared_operation_is_found_by_its_name():
    op = cube()
    assert primitive.table["cube"] is op
    assert op.__name__ == "cube"
    assert repr(primitive.primitives["cube"]) == "<elementwise primitive cube>"


def test_a_declared_operation_is_a_node_of_graphs():
    op = cube()
    assert "cube(x0)" in str(ln.graph(op, 1.0))
    assert str(op(ln.symbol("a")) + 1) == "cube(a) + 1"


def forbidden(*args):
    raise AssertionError("this rule must not run")


def half_of_custom():
    return custom(
        "half",
        lambda x, y: x * 2.0,
        lambda tangents, out, x, y: None if tangents[0] is None else tangents[0] * 2.0,
        lambda g, out, wanted, x, y: [g * 2.0 if i == 0 else None for i in wanted],
        last=2,
    )


def half_of_linear():
    return linear("half", lambda x, y: x * 2.0, lambda g, spaces: [g * 2.0, None], last=2)


def half_of_composition():
    rule = ByHand(
        lambda args, outputs, tangents: (tangents[0] * 2.0,),
        lambda args, outputs, cotangents, wanted: (cotangents[0] * 2.0, None),
        lambda args, outputs: (),
    )
    return composition("half", lambda x, y: x * 2.0, lambda: rule, last=2)


@pytest.mark.parametrize("declare", [half_of_custom, half_of_linear, half_of_composition])
def test_where_a_rule_gives_none_nothing_is_sent_back(declare):
    """An operand that the present cotangents do not reach: its own graph is not walked."""
    trap = custom("trap", lambda x: x * 1.0, forbidden, forbidden)
    half = declare()
    assert ln.grad(lambda x: half(x, trap(x)))(1.0) == 2.0


class TestNames:
    def test_of_ones_own_may_be_declared_again(self):
        first = elementwise("declared_again", lambda x: x, lambda x, y: 1.0)
        second = elementwise("declared_again", lambda x: 2 * x, lambda x, y: 2.0)
        assert (ln.grad(first)(1.0), ln.grad(second)(1.0)) == (1.0, 2.0)

    def test_of_linads_operations_are_taken(self):
        with pytest.raises(ln.errors.OptionError, match="'sin' belongs to an operation of linad"):
            elementwise("sin", np.sin, lambda x, y: np.cos(x))
