"""scipy.linalg's matrices made of vectors and blocks, and its norm: results, errors and derivatives of two orders."""

import inspect
import itertools
import operator
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
import linad.linalg as la
from linad.check.differences import directional
from linad.core.traced import innermost
from linad.errors import ArgumentError, NoRuleError

Function = Callable[..., Any]
INF = np.inf
NAMES = [
    "block_diag", "circulant", "companion", "convolution_matrix", "fiedler", "fiedler_companion", "hankel",
    "khatri_rao", "leslie", "norm", "toeplitz",
]  # fmt: skip
DTYPES = st.sampled_from(["f4", "f8", "g", "c8", "c16"])


def _numbers(shape: Any, dtype: Any = float, seed: int = 1) -> Any:
    """Distinct numbers with moduli between 0.5 and 2, of both signs."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)
    if np.dtype(dtype).kind == "c":
        x = x * np.exp(1j * rng.uniform(-3, 3, shape))
    return np.asarray(x).astype(dtype)[()]


def _outcome(call: Callable[[], Any]) -> tuple[Any, type | None, set[str]]:
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        try:
            return call(), None, {str(w.message) for w in given}
        except Exception as error:
            return None, type(error), set()


def _under(transform: Any, f: Function, args: Any) -> Any:
    found: list[Any] = []
    transform(lambda *x: (found.append(f(*x)), x[0])[1], args)
    return innermost(found[0])


TRACERS = [
    lambda f, args: ln.vjp(f, *args),
    lambda f, args: ln.jvp(f, args, tuple(np.ones_like(x) for x in args)),
    lambda f, args: ln.graph(f, *args),
]


def _assert_same(name: str, args: Any, *rest: Any, **options: Any) -> None:
    """Values, dtypes, shapes, warnings and errors are SciPy's, whichever arguments are traced."""
    original, mine = getattr(scipy.linalg, name), getattr(la, name)
    expected, error, warned = _outcome(lambda: original(*args, *rest, **options))
    choices = list(itertools.product([True, False], repeat=len(args)))[:-1]  # all but none
    for transform, traced in itertools.product(TRACERS, choices):
        own = [x for x, is_traced in zip(args, traced, strict=True) if is_traced]

        def f(*x: Any, traced: Any = traced) -> Any:
            given = iter(x)
            whole = [next(given) if t else y for t, y in zip(traced, args, strict=True)]
            return mine(*whole, *rest, **options)

        found, raised, also = _outcome(lambda transform=transform, f=f, own=own: _under(transform, f, own))
        if error is not None:
            assert raised is not None, "nothing was raised"
            assert issubclass(raised, error), raised
            continue
        assert raised is None, raised
        assert np.shape(found) == np.shape(expected)
        if not isinstance(expected, float):  # SciPy's BLAS gives Python's numbers for norms of any dtype
            assert np.asarray(found).dtype == np.asarray(expected).dtype
        eps = np.finfo(np.result_type(*args, np.float16)).eps
        np.testing.assert_allclose(found, expected, rtol=100 * eps, atol=0)  # at most 12 terms
        assert {w for w in also if "beginning" in w.lower()} == {
            w for w in warned if "beginning" in w.lower()
        }


def _assert_derivatives(f: Function, *args: Any) -> None:
    """First and second order agree with differences, within their own error, and between the modes."""
    g = _numbers(np.shape(f(*args)), np.asarray(f(*args)).dtype, 7)
    dx = tuple(_numbers(np.shape(x), np.asarray(x).dtype, 8 + i) for i, x in enumerate(args))
    every = tuple(range(len(args)))

    def cost(*x: Any) -> Any:  # of third degree in the entries, so that they have a second derivative
        Y = f(*x)
        return np.sum(np.real(np.conj(g) * Y + Y * Y * np.conj(Y)))

    def along(*x: Any) -> Any:
        return ln.jvp(cost, x, dx)[1]

    gradient = ln.grad(cost, every)
    for h, tangents in [(cost, [along(*args)]), (gradient, ln.jvp(gradient, args, dx)[1])]:
        differences, error = directional(h, args, dx)
        apart = np.abs(differences - np.concatenate([np.ravel(t) for t in tangents]))
        assert np.all(error < 1e-5 * (1 + np.abs(differences)))  # else they would tell nothing
        assert np.all(apart <= 10 * error + 1e-9)  # an error of 0 would be luck
    pulled = sum(np.sum(np.real(np.conj(a) * b)) for a, b in zip(gradient(*args), dx, strict=True))
    np.testing.assert_allclose(pulled, along(*args), rtol=1e-11, atol=1e-11)
    hv = ln.hvp(cost, args, dx)
    for a, b in zip(hv if len(args) > 1 else [hv], ln.grad(along, every)(*args), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10)  # thousands of roundings


@given(st.sampled_from(["circulant", "companion", "fiedler", "fiedler_companion", "hankel", "toeplitz"]),
       hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4), DTYPES)  # fmt: skip
def test_matrices_of_one_vector_are_scipys(name: str, shape: Any, dtype: str) -> None:
    _assert_same(name, [_numbers(shape, dtype)])


SHAPE = hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3)


@given(st.sampled_from(["toeplitz", "hankel", "leslie", "khatri_rao"]), SHAPE, SHAPE, DTYPES, DTYPES)
def test_matrices_of_two_are_scipys(name: str, a: Any, b: Any, left: str, right: str) -> None:
    _assert_same(name, [_numbers(a, left), _numbers(b, right, 2)])


@pytest.mark.parametrize("b", [(2,), (1, 2), (4, 2), (3, 4, 2), (0, 2)], ids=str)
@pytest.mark.parametrize("a", [(3,), (1, 3), (4, 3), (0, 3), (3, 1, 3)], ids=str)
def test_batches_broadcast_as_scipys(a: Any, b: Any) -> None:
    for name in ("toeplitz", "leslie"):
        _assert_same(name, [_numbers(a), _numbers(b, "c8", 2)])


@given(
    st.lists(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=2), min_size=1, max_size=3), DTYPES
)
def test_blocks_stand_as_scipys(shapes: Any, dtype: str) -> None:
    _assert_same("block_diag", [_numbers(s, dtype if i else "f8", i) for i, s in enumerate(shapes)])


@pytest.mark.parametrize("mode", ["full", "same", "valid", "nonsense"])
@pytest.mark.parametrize("n", [0, 1, 2, 3, 6, np.int64(4), 2.0], ids=str)
def test_convolution_matrix_is_scipys(n: Any, mode: str) -> None:
    for shape in [(), (0,), (1,), (3,), (4,), (2, 3), (0, 3)]:
        _assert_same("convolution_matrix", [_numbers(shape, "c8")], n, mode)


@pytest.mark.parametrize("name", ["companion", "fiedler_companion"])
@pytest.mark.parametrize("a", [[0.0, 1, 2], [[1.0, 2, 3], [0, 1, 1]]], ids=["one", "batch"])
def test_a_leading_coefficient_zero_is_scipys_error(name: str, a: Any) -> None:
    _assert_same(name, [np.array(a)])


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize("shape", [(1,), (2,), (5,), (6,), (2, 3)], ids=str)
def test_matrices_of_one_vector_differentiate_twice(shape: Any, dtype: str) -> None:
    for name in ["circulant", "companion", "fiedler", "fiedler_companion", "hankel", "toeplitz"]:
        if not (name in ("companion",) and shape == (1,)) and not (name == "hankel" and len(shape) > 1):
            _assert_derivatives(getattr(la, name), _numbers(shape, dtype))
    for mode in ("full", "same", "valid"):
        _assert_derivatives(lambda a, mode=mode: la.convolution_matrix(a, 4, mode), _numbers(shape, dtype))


PAIRS = [
    ("toeplitz", (3,), (4,)), ("toeplitz", (2, 3), (2,)), ("hankel", (3,), (2,)), ("leslie", (3,), (2,)),
    ("leslie", (2, 1, 3), (2, 2)), ("khatri_rao", (2, 3), (4, 3)), ("block_diag", (2, 2), (3,)),
    ("block_diag", (2, 1, 2), (3, 1)), ("block_diag", (), (0, 2)),
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize(("name", "a", "b"), PAIRS, ids=str)
def test_matrices_of_two_differentiate_twice(name: str, a: Any, b: Any, dtype: str) -> None:
    _assert_derivatives(getattr(la, name), _numbers(a, dtype), _numbers(b, "f8", 2))


def test_the_gradient_of_a_toeplitz_matrix_sums_its_diagonals() -> None:
    G = np.arange(12.0).reshape(3, 4)
    gc, gr = ln.vjp(la.toeplitz, np.ones(3), np.ones(4))[1](G)
    np.testing.assert_array_equal(gc, [np.trace(G, -i) for i in range(3)])
    np.testing.assert_array_equal(gr, [0, *(np.trace(G, i) for i in range(1, 4))])  # r[0] is not read


@pytest.mark.parametrize("ord", [None, 2, 1, 0, INF, -INF, 3, 0.5, -1, "fro", "nonsense"], ids=str)
@pytest.mark.parametrize("shape", [(), (4,), (3, 4), (2, 3, 2), (0,), (0, 3)], ids=str)
def test_norm_is_scipys(shape: Any, ord: Any) -> None:
    for dtype, axis, keepdims in itertools.product(["f4", "c16"], [None, 0, (0, 1)], [False, True]):
        matrices = axis == (0, 1) or (axis is None and len(shape) == 2)
        if not (matrices and ord == 2):  # of singular values
            _assert_same("norm", [_numbers(shape, dtype)], ord, axis, keepdims)


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize("ord", [None, 1, INF, -INF, 3])
def test_norm_differentiates_twice(ord: Any, dtype: str) -> None:
    _assert_derivatives(lambda x: la.norm(x, ord), _numbers(4, dtype))
    _assert_derivatives(lambda x: la.norm(x, ord, axis=1), _numbers((2, 3), dtype))


@pytest.mark.parametrize("size", [1e-300, 1e-170, 1.0, 1e170, 1e300])
@pytest.mark.parametrize("x", [np.array([3.0, -4.0]), np.array([3.0, 4j])], ids=["real", "complex"])
def test_the_length_of_a_vector_neither_overflows_nor_underflows(x: Any, size: float) -> None:
    length, g = ln.value_and_grad(la.norm)(x * size)
    np.testing.assert_allclose(length, scipy.linalg.norm(x * size), rtol=4 * np.finfo(float).eps)
    np.testing.assert_allclose(g, x / 5, rtol=8 * np.finfo(float).eps)


def test_the_gradient_of_the_length_at_zero_is_zero() -> None:
    for x in (np.zeros(3), np.zeros(2, complex)):
        np.testing.assert_array_equal(ln.grad(la.norm)(x), 0 * x)
        np.testing.assert_array_equal(ln.hvp(la.norm, (x,), (np.ones_like(x),)), 0 * x)


@pytest.mark.parametrize("bad", [np.nan, INF])
def test_norm_checks_for_finite_numbers(bad: float) -> None:
    for check_finite in (True, False):
        _assert_same("norm", [np.array([1.0, bad])], check_finite=check_finite)


@pytest.mark.parametrize("name", ["toeplitz", "circulant", "companion", "block_diag"])
def test_a_result_is_an_array_of_its_own_that_may_be_added_to(name: str) -> None:
    f, x = getattr(la, name), _numbers((2, 3))
    np.testing.assert_allclose(ln.vjp(lambda x: operator.iadd(f(x), 1.0), x)[0], f(x) + 1)


def test_what_cannot_be_differentiated_is_refused() -> None:
    with pytest.raises(NoRuleError, match="order is traced"):
        ln.grad(lambda p: la.norm(np.ones(3), p))(2.0)
    with pytest.raises(ArgumentError, match=r"scipy\.linalg\.block_diag"):
        ln.vjp(lambda x: la.block_diag([x, x]), np.ones(2))


@pytest.mark.parametrize("name", NAMES)
def test_plain_calls_and_signatures_are_scipys(name: str) -> None:
    original, mine = getattr(scipy.linalg, name), getattr(la, name)
    a = _numbers((3, 3), "f4")
    args = {
        "convolution_matrix": (a[0], 2),
        "leslie": (a[0], a[1, 1:]),
        "khatri_rao": (a, a),
        "hankel": (a[0],),
    }
    np.testing.assert_array_equal(mine(*args.get(name, (a,))), original(*args.get(name, (a,))), strict=True)
    own, its = (inspect.signature(f).parameters.values() for f in (mine.traced, original))
    assert [(p.name, p.kind, p.default) for p in own] == [(p.name, p.kind, p.default) for p in its]
