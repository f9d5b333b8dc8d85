"""Doors over random shapes, axes and subscripts: shapes, dtypes and values are NumPy's, and the rules are adjoint."""

import string
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
from tests.numpy.sameness import ANY, INEXACT
from tests.numpy.sameness import assert_same as _assert_same
from tests.numpy.sameness import numbers as _numbers


def _other(kind: str, shape: tuple[int, ...], dtype: Any) -> Any:
    array = _numbers(shape, dtype, 2)
    return {
        "array": array,
        "scalar": np.dtype(dtype).type(2),
        "int": 2,
        "float": 2.5,
        "complex": 1.5 + 1j,
        "list": np.asarray(array).tolist(),
    }[kind]


@given(
    st.sampled_from([np.add, np.subtract, np.multiply, np.divide, np.power, np.true_divide]),
    hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3),
    INEXACT, ANY, st.sampled_from(["array", "scalar", "int", "float", "complex", "list"]), st.booleans(),
)  # fmt: skip
def test_operands_broadcast_and_promote_as_numpys(
    ufunc: Any, shapes: Any, dtype: Any, other_dtype: Any, kind: str, first: bool
) -> None:
    x = _numbers(shapes.input_shapes[0], dtype, 1)
    y = _other(kind, shapes.input_shapes[1], other_dtype)
    if ufunc is np.power:
        x = x.real  # a complex base has a branch cut
    _assert_same((lambda x: ufunc(x, y)) if first else (lambda x: ufunc(y, x)), x)


@given(
    st.sampled_from(["+", "-", "*", "/", "**"]),
    INEXACT,
    ANY,
    st.sampled_from(["array", "scalar", "int", "float"]),
)
def test_operators_promote_as_numpys(sign: str, dtype: Any, other_dtype: Any, kind: str) -> None:
    f = eval(f"lambda x, y: x {sign} y")
    x, y = _numbers((3,), dtype, 1).real, _other(kind, (2, 1), other_dtype)
    _assert_same(lambda x: f(x, y), x)
    if kind != "array" or np.dtype(other_dtype).kind != "b" or sign not in "-":
        _assert_same(lambda x: f(y, x), x)


@st.composite
def reductions(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=4))
    options: dict[str, Any] = {"keepdims": draw(st.booleans())}
    axes = draw(st.none() | st.sets(st.integers(0, len(shape) - 1)).map(tuple) if shape else st.none())
    if axes is not None:
        options["axis"] = tuple(i - len(shape) if draw(st.booleans()) else i for i in axes)
    if draw(st.booleans()):
        options["where"] = draw(hnp.arrays(bool, shape))
    return _numbers(shape, draw(st.sampled_from([np.float32, np.float64])), 3), options


@given(st.sampled_from([np.sum, np.prod]), reductions(), st.none() | st.floats(0.5, 2))
def test_sums_and_products_reduce_as_numpys(f: Any, case: tuple[Any, Any], initial: float | None) -> None:
    x, options = case
    _assert_same(lambda x: f(x, initial=initial, **options) if initial else f(x, **options), x)


@given(st.sampled_from([np.max, np.min]), reductions(), st.floats(0.5, 2))
def test_extrema_reduce_as_numpys(f: Any, case: tuple[Any, Any], initial: float) -> None:
    x, options = case
    _assert_same(lambda x: f(x, initial=initial, **options), x)


@given(st.sampled_from([np.mean, np.var]), reductions())
def test_moments_reduce_as_numpys(f: Any, case: tuple[Any, Any]) -> None:
    x, options = case
    counted = np.sum(np.broadcast_to(options.get("where", True), x.shape), axis=options.get("axis"))
    if np.all(counted > 0):
        _assert_same(lambda x: f(x, **options), x)


@given(
    hnp.arrays(
        np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.sampled_from([0.0, 1.0, 2.0])
    )
)
def test_ties_share_the_cotangent_of_an_extremum_equally(x: Any) -> None:
    attained = x == x.max()
    np.testing.assert_array_equal(ln.grad(np.max)(x), attained / attained.sum())


@given(
    hnp.arrays(
        np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.sampled_from([0.0, 1.0, 2.0])
    )
)
def test_the_gradient_of_a_product_is_exact_at_zeros(x: Any) -> None:
    expected = [np.prod(np.delete(x.ravel(), i)) for i in range(x.size)]
    np.testing.assert_array_equal(ln.grad(np.prod)(x).ravel(), expected)
    np.testing.assert_array_equal(ln.grad(lambda x: np.cumprod(x)[-1])(x).ravel(), expected)


@st.composite
def contractions(draw: st.DrawFn) -> tuple[str, list[Any], bool]:
    """Subscripts with repeats, ellipses, implicit outputs and axes of length one."""
    sizes = {letter: draw(st.integers(0, 3)) for letter in "abcd"}
    batch = draw(st.lists(st.integers(1, 2), max_size=2))
    dotted = draw(st.booleans())
    terms, arrays = [], []
    for i in range(draw(st.integers(1, 3))):
        letters = draw(st.lists(st.sampled_from("abcd"), max_size=3))
        thin = {letter: draw(st.booleans()) and sizes[letter] > 0 for letter in set(letters)}
        shape = [1 if thin[letter] else sizes[letter] for letter in letters]
        at = draw(st.integers(0, len(letters)))
        term = "".join(letters[:at]) + ("..." if dotted else "") + "".join(letters[at:])
        own = batch[draw(st.integers(0, len(batch))) :] if dotted else []
        arrays.append(_numbers((*shape[:at], *own, *shape[at:]), np.float64, i))
        terms.append(term)
    present = sorted({c for term in terms for c in term} - {"."})
    text = ",".join(terms)
    if draw(st.booleans()):
        kept = draw(st.lists(st.sampled_from(present), unique=True)) if present else []
        text += "->" + ("..." if dotted else "") + "".join(kept)
    return text, arrays, draw(st.booleans())


@given(contractions())
def test_einsum_contracts_as_numpys(case: tuple[str, list[Any], bool]) -> None:
    text, arrays, optimize = case
    _assert_same(lambda *x: np.einsum(text, *x, optimize=optimize), *arrays)


@given(contractions())
def test_einsum_by_lists_is_einsum_by_letters(case: tuple[str, list[Any], bool]) -> None:
    text, arrays, _ = case
    left, arrow, out = text.partition("->")

    def labels(term: str) -> list[Any]:
        parts = term.partition("...")
        numbers = [[string.ascii_letters.index(c) for c in part] for part in (parts[0], parts[2])]
        return [*numbers[0], Ellipsis, *numbers[1]] if parts[1] else numbers[0]

    def f(*x: Any) -> Any:
        pairs = [part for a, term in zip(x, left.split(","), strict=True) for part in (a, labels(term))]
        return np.einsum(*pairs, labels(out)) if arrow else np.einsum(*pairs)

    _assert_same(f, *arrays)


_MATRICES = hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, max_side=3)


@given(_MATRICES, INEXACT, INEXACT)
def test_matmul_multiplies_as_numpys(shapes: Any, left: Any, right: Any) -> None:
    a, b = (
        _numbers(shape, dtype, i)
        for i, (shape, dtype) in enumerate(zip(shapes.input_shapes, (left, right), strict=True))
    )
    _assert_same(np.matmul, a, b)


@pytest.mark.parametrize(
    "product", [np.dot, np.inner, np.vdot, np.outer, np.kron, np.vecdot], ids=lambda f: f.__name__
)
@given(n=st.integers(0, 3), lead=st.integers(0, 3), left=INEXACT, right=INEXACT)
def test_products_multiply_as_numpys(product: Any, n: int, lead: int, left: Any, right: Any) -> None:
    if product is np.dot:
        a, b = (lead, n), (n, lead)
    elif product is np.vdot:
        a, b = (n, lead), (lead, n)
    else:
        a, b = (lead, n), (2, n) if product is not np.vecdot else (1, n)
    _assert_same(product, _numbers(a, left, 1), _numbers(b, right, 2))


@pytest.mark.parametrize("transform", ["fft", "ifft", "rfft", "irfft"])
@given(
    have=st.integers(1, 6), n=st.none() | st.integers(1, 7), axis=st.integers(-2, 1),
    norm=st.sampled_from([None, "backward", "ortho", "forward"]), dtype=INEXACT,
)  # fmt: skip
def test_transforms_are_numpys_for_every_length(
    transform: str, have: int, n: Any, axis: int, norm: Any, dtype: Any
) -> None:
    f = getattr(np.fft, transform)
    x = _numbers((have, 3) if axis in (0, -2) else (3, have), dtype, 1)
    if transform == "rfft":
        x = x.real
    if not (transform == "irfft" and n is None and have == 1):
        _assert_same(lambda x: f(x, n, axis, norm), x)


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-2, 2)), st.data())
def test_sorting_moves_cotangents_with_the_entries(x: Any, data: Any) -> None:
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1))
    g = np.arange(1.0, 1 + x.size).reshape(x.size if axis is None else x.shape)
    out, pullback = ln.vjp(lambda x: np.sort(x, axis, kind="stable"), x)
    np.testing.assert_array_equal(out, np.sort(x, axis))
    back = np.take_along_axis(
        pullback(g)[0].ravel() if axis is None else pullback(g)[0], np.argsort(x, axis, kind="stable"), axis
    )
    np.testing.assert_array_equal(back, g)


@given(
    st.lists(hnp.array_shapes(min_dims=2, max_dims=2, max_side=3), min_size=1, max_size=3), st.integers(-2, 1)
)
def test_joining_and_splitting_are_inverse(shapes: Any, axis: int) -> None:
    rows = shapes[0][1 - axis % 2]
    sizes = [shape[axis] for shape in shapes]
    parts = [_numbers((n, rows) if axis % 2 == 0 else (rows, n), np.float64, i) for i, n in enumerate(sizes)]
    _assert_same(lambda *x: np.concatenate(x, axis), *parts)
    cuts = np.cumsum(sizes)[:-1]
    for i, part in enumerate(parts):
        out = ln.vjp(lambda *x, i=i: np.split(np.concatenate(x, axis), cuts, axis)[i], *parts)[0]
        np.testing.assert_array_equal(out, part)
