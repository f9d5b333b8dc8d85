"""numpy.linalg's norms and products of several factors: NumPy's results and errors, derivatives of two orders."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import linad as ln
import linad.numpy as lnp
from linad.check.differences import directional
from linad.core.traced import innermost
from linad.errors import InPlaceError, NoRuleError

Function = Callable[..., Any]
norm = np.linalg.norm
INF = np.inf
VECTOR_ORDERS = [None, 2, 1, 0, INF, -INF, 3, 2.5, 1.5, 0.5, -1, -2, -1.5, np.float32(3), np.int8(4), True]
MATRIX_ORDERS = [None, "fro", "f", 1, -1, INF, -INF, np.float64(1)]


def _numbers(shape: Any, dtype: Any = float, seed: int = 1) -> Any:
    """Distinct numbers with moduli between 0.5 and 2, of both signs."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)
    if np.dtype(dtype).kind == "c":
        x = x * np.exp(1j * rng.uniform(-3, 3, shape))
    return np.asarray(x).astype(dtype)[()]


def _traced(f: Function, args: Any, transform: Any) -> Any:
    """The value that a function has on traced arguments."""
    found: list[Any] = []
    transform(lambda *x: (found.append(f(*x)), x[0])[1], args)
    return innermost(found[0])


TRACERS = [
    lambda f, args: ln.vjp(f, *args),
    lambda f, args: ln.jvp(f, args, tuple(np.ones_like(x) for x in args)),
    lambda f, args: ln.graph(f, *args),
]


def _outcome(call: Callable[[], Any]) -> tuple[Any, type | None, set[str]]:
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        try:
            return call(), None, {str(w.message).replace("scalar ", "") for w in given}
        except Exception as error:
            return None, type(error), set()


def _assert_same(f: Function, *args: Any) -> None:
    """Values, dtypes, shapes, warnings and errors on traced arguments are those on plain ones."""
    expected, error, warned = _outcome(lambda: f(*args))
    for transform in TRACERS:
        found, raised, also = _outcome(lambda transform=transform: _traced(f, args, transform))
        if error is not None:
            assert raised is not None, "nothing was raised"
            assert issubclass(raised, error), raised
            continue
        assert raised is None, raised
        assert np.shape(found) == np.shape(expected)
        assert np.asarray(found).dtype == np.asarray(expected).dtype
        eps = np.finfo(np.asarray(expected).dtype).eps
        np.testing.assert_allclose(found, expected, rtol=200 * eps, atol=0)  # up to 24 terms, powers to 4
        if transform is not TRACERS[1]:  # a tangent may warn where the value does not
            assert also == warned


def _assert_derivatives(f: Function, *args: Any) -> None:
    """First and second order agree with differences, within their own error, and between the modes."""
    g = _numbers(np.shape(f(*args)), np.asarray(f(*args)).dtype, 7)
    dx = tuple(_numbers(np.shape(x), np.asarray(x).dtype, 8 + i) for i, x in enumerate(args))
    every = tuple(range(len(args)))

    def cost(*x: Any) -> Any:
        return np.sum(np.real(np.conj(g) * f(*x)))

    def along(*x: Any) -> Any:
        return ln.jvp(cost, x, dx)[1]

    gradient = ln.grad(cost, every)
    for h, tangents in [(cost, [along(*args)]), (gradient, ln.jvp(gradient, args, dx)[1])]:
        differences, error = directional(h, args, dx)
        apart = np.abs(differences - np.concatenate([np.ravel(t) for t in tangents]))
        assert np.all(error < 1e-6 * (1 + np.abs(differences)))  # else they would tell nothing
        assert np.all(apart <= 10 * error + 1e-9)  # numbers near 1; an error of 0 would be luck
    pulled = sum(np.sum(np.real(np.conj(a) * b)) for a, b in zip(gradient(*args), dx, strict=True))
    np.testing.assert_allclose(pulled, along(*args), rtol=1e-11, atol=1e-12)
    hv = ln.hvp(cost, args, dx)
    for a, b in zip(hv if len(args) > 1 else [hv], ln.grad(along, every)(*args), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10)  # thousands of roundings of numbers near 1


AXES: list[Any] = [
    None, 0, -1, 1.0, (1,), (0, 1), (-1, 0), (2, 1), (0, 0), (0, 1, 2), 5, (0, 5), "a", [0], (),
]  # fmt: skip
SHAPES: list[Any] = [(), (4,), (3, 4), (2, 3, 4), (0,), (0, 3), (3, 0), (2, 0, 3)]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_norm_is_numpys(shape: Any, axis: Any, keepdims: bool) -> None:
    matrices = (isinstance(axis, tuple) and len(axis) == 2) or (axis is None and len(shape) == 2)
    for ord in [*VECTOR_ORDERS, "fro", "f", "nonsense", *([1j] if axis in (None, 0) else [])]:
        if not matrices or ord not in (2, -2):  # of singular values
            _assert_same(lambda x, ord=ord: norm(x, ord, axis, keepdims), _numbers(shape))


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g", "c8", "c16", "G"])
def test_norms_promote_as_numpys(dtype: str) -> None:
    x, X = _numbers((3, 4), dtype), _numbers((3, 2, 4), dtype)
    for ord in VECTOR_ORDERS:
        _assert_same(lambda x, ord=ord: norm(x, ord, 1), x)
        _assert_same(lambda x, ord=ord: np.linalg.vector_norm(x, ord=ord), x)
    for ord in MATRIX_ORDERS:
        _assert_same(lambda x, ord=ord: norm(x, ord, (0, -1), True), X)
        _assert_same(lambda x, ord=ord: np.linalg.matrix_norm(x, ord="fro" if ord is None else ord), X)


@pytest.mark.parametrize(
    "axis", [None, 0, -1, (0, 1), (1, 0), (0, 2, 1), (), (1, 1), 3, [0], (0, 9)], ids=str
)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_vector_norm_is_numpys(shape: Any, axis: Any) -> None:
    for ord in [2, 1, 0, INF, -INF, 3, -1, "fro"]:
        for keepdims in (False, True):
            _assert_same(
                lambda x, o=ord, k=keepdims: np.linalg.vector_norm(x, axis=axis, ord=o, keepdims=k),
                _numbers(shape),
            )


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize("ord", VECTOR_ORDERS, ids=str)
def test_vector_norms_differentiate_twice(ord: Any, dtype: str) -> None:
    _assert_derivatives(lambda x: norm(x, ord), _numbers(4, dtype))
    _assert_derivatives(lambda x: norm(x, ord, 1, keepdims=True), _numbers((2, 3, 2), dtype))
    _assert_derivatives(lambda x: np.linalg.vector_norm(x, ord=ord, axis=(2, 0)), _numbers((2, 3, 2), dtype))


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize("ord", MATRIX_ORDERS, ids=str)
def test_matrix_norms_differentiate_twice(ord: Any, dtype: str) -> None:
    _assert_derivatives(lambda x: norm(x, ord), _numbers((3, 4), dtype))
    _assert_derivatives(lambda x: norm(x, ord, (2, 0)), _numbers((2, 3, 2), dtype))


POINTS = [np.zeros(3), np.array([0.0, 3.0, -4.0]), np.zeros(3, complex), np.array([0, 3j, 4 - 1j])]


@pytest.mark.parametrize("x", POINTS, ids=["zero", "entry", "complex-zero", "complex-entry"])
@pytest.mark.parametrize("ord", VECTOR_ORDERS, ids=str)
def test_derivatives_at_zeros_are_finite_and_zero_there(ord: Any, x: Any) -> None:
    with np.errstate(divide="ignore"):  # 0 to a negative power, as in NumPy
        out, g = ln.value_and_grad(lambda x: norm(x, ord))(x)
        second = ln.hvp(lambda x: norm(x, ord), (x,), (np.ones_like(x),))
        assert out == norm(x, ord)
    assert np.all(g[x == 0] == 0)
    assert np.all(np.isfinite(g))
    assert np.all(np.isfinite(second))


@pytest.mark.parametrize("ord", MATRIX_ORDERS, ids=str)
def test_the_gradient_of_a_matrix_norm_at_zero_is_zero(ord: Any) -> None:
    np.testing.assert_array_equal(ln.grad(lambda x: norm(x, ord))(np.zeros((2, 3))), np.zeros((2, 3)))


def test_entries_and_sums_that_tie_share_equally() -> None:
    x = np.array([2.0, -2.0, 1.0, -1.0])
    np.testing.assert_array_equal(ln.grad(lambda x: norm(x, INF))(x), [0.5, -0.5, 0, 0])
    np.testing.assert_array_equal(ln.grad(lambda x: norm(x, -INF))(x), [0, 0, 0.5, -0.5])
    A = np.array([[1.0, -1.0, 0.5], [1.0, 1.0, 0.5]])
    np.testing.assert_array_equal(ln.grad(lambda x: norm(x, 1))(A), [[0.5, -0.5, 0], [0.5, 0.5, 0]])


def test_what_has_no_rule_is_refused_by_name() -> None:
    with pytest.raises(NoRuleError, match="order is traced"):
        ln.grad(lambda p: lnp.linalg.norm(np.ones(3), p))(3.0)
    with pytest.raises(InPlaceError, match=r"numpy\.linalg\.multi_dot"):
        ln.vjp(lambda x: np.linalg.multi_dot([x, x], out=np.empty((2, 2))), np.ones((2, 2)))


CHAINS = [
    [(2, 3), (3, 4)], [(3,), (3, 4), (4,)], [(3,), (3, 2), (2, 5)], [(2, 3), (3, 5), (5,)], [(9, 1), (1, 9), (9, 2)],
    [(2, 7), (7, 3), (3, 5), (5, 4)], [(2, 0), (0, 3), (3, 1)], [(2, 3)], [(2, 3), (2, 3)], [(2, 2), (3,), (3, 2)],
    [(2, 3), (4, 3), (3, 3)], [(1, 2, 2), (2, 2), (2, 2)], [(3,), (3,)],
]  # fmt: skip


@pytest.mark.parametrize("shapes", CHAINS, ids=str)
def test_multi_dot_is_numpys(shapes: Any) -> None:
    chain = [_numbers(shape, seed=i) for i, shape in enumerate(shapes)]
    _assert_same(lambda *x: np.linalg.multi_dot(x), *chain)
    if _outcome(lambda: np.linalg.multi_dot(chain))[1] is None:
        _assert_derivatives(lambda *x: np.linalg.multi_dot(x), *chain)


@pytest.mark.parametrize("sizes", [[3, 20, 2, 30, 4, 5], [5, 1, 5, 1, 5], [2] * 6, [9, 8, 7, 6, 5, 4]])
def test_multi_dot_costs_least(sizes: list[int]) -> None:
    def cost(i: int, j: int, places: Callable[..., Any]) -> int:  # of the product of factors i to j
        whole = [sizes[i] * sizes[k + 1] * sizes[j + 1] for k in places(i, j)]
        parts = [cost(i, k, places) + cost(k + 1, j, places) for k in places(i, j)]
        return min(map(sum, zip(whole, parts, strict=True)), default=0)

    cuts = lnp.linalg.matrices._cuts(sizes)
    chosen = cost(0, len(sizes) - 2, lambda i, j: [cuts[i, j]] if i < j else [])
    assert chosen == cost(0, len(sizes) - 2, range)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 10, np.int64(5), -1, -3, 2.0, "2"], ids=str)
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3), (0, 0), (2, 3), (3,)], ids=str)
def test_matrix_power_is_numpys(shape: Any, n: Any) -> None:
    for dtype in ("f4", "c16"):
        _assert_same(lambda x: np.linalg.matrix_power(x, n), _numbers(shape, dtype))
    if shape == (2, 3, 3) and not isinstance(n, (float, str)) and n < 4:
        _assert_derivatives(lambda x: np.linalg.matrix_power(x, n), _numbers(shape, "c16"))


CROSSES = [
    ((3,), (3,), -1), ((2, 3), (3,), -1), ((3, 2), (3, 2), 0), ((2, 3), (4, 1, 3), -1), ((2,), (3,), -1),
    ((3,), (3,), 1), ((), (3,), -1), ((2, 3, 1), (2, 3, 4), 1), ((0, 3), (3,), -1), ((3,), (2, 3), 0),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "axis"), CROSSES, ids=str)
def test_cross_is_numpys(a: Any, b: Any, axis: int) -> None:
    x, y = _numbers(a, "c8"), _numbers(b, "f8", 2)
    _assert_same(lambda x, y: np.linalg.cross(x, y, axis=axis), x, y)
    if _outcome(lambda: np.linalg.cross(x, y, axis=axis))[1] is None:
        _assert_derivatives(lambda x, y: np.linalg.cross(x, y, axis=axis), x.astype("c16"), y)
