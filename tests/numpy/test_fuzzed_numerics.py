"""Products, transforms, averages, polynomials and lines over random operands: results and errors are NumPy's."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.numpy.sameness import INEXACT, REAL, assert_same, assert_same_or_refused, numbers

SHAPE = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
AXIS = st.integers(-3, 2)
LENGTH = st.integers(0, 5)
NORM = st.sampled_from([None, "backward", "ortho", "forward"])
FEW, SOME = settings(max_examples=25), settings(max_examples=60)


@given(
    SHAPE, SHAPE, INEXACT, INEXACT, st.integers(-1, 3) | st.tuples(*[AXIS | st.lists(AXIS, max_size=2)] * 2)
)
@example((), (), np.float64, np.float64, ([0, 0], [0, 0]))
@example((2, 2), (2, 2), np.float64, np.float64, ([0, -2], [0, 1]))
@SOME
def test_tensordot_is_numpys(left: Any, right: Any, a: Any, b: Any, axes: Any) -> None:
    assert_same_or_refused(lambda x, y: np.tensordot(x, y, axes), numbers(left, a, 1), numbers(right, b, 2))
    assert_same_or_refused(lambda x: np.tensordot(x, x, axes), numbers(left, a, 1))


@pytest.mark.parametrize(
    "f", [np.dot, np.inner, np.outer, np.vdot, np.kron, np.vecdot], ids=lambda f: f.__name__
)
@given(SHAPE, SHAPE, INEXACT, INEXACT)
@FEW
def test_products_of_any_shapes_are_numpys(f: Any, left: Any, right: Any, a: Any, b: Any) -> None:
    assert_same_or_refused(f, numbers(left, a, 1), numbers(right, b, 2))


@pytest.mark.parametrize("f", [np.matvec, np.vecmat], ids=lambda f: f.__name__)
@given(st.data(), INEXACT, INEXACT)
@FEW
def test_products_of_matrices_and_vectors_are_numpys(f: Any, data: Any, a: Any, b: Any) -> None:
    shapes = data.draw(
        hnp.mutually_broadcastable_shapes(signature=f.signature, max_dims=2, max_side=3)
    ).input_shapes
    assert_same(f, numbers(shapes[0], a, 1), numbers(shapes[1], b, 2))


@given(
    st.sampled_from([(3,), (2, 3), (3, 2), (3, 1, 3), (3, 3)]), st.sampled_from([(3,), (2, 3), (3, 3)]), INEXACT,
    AXIS, AXIS, AXIS,
)  # fmt: skip
@SOME
def test_cross_products_are_numpys(left: Any, right: Any, dtype: Any, i: int, j: int, k: int) -> None:
    if left[i % len(left)] == right[j % len(right)] == 3:
        assert_same_or_refused(
            lambda x, y: np.cross(x, y, i, j, k), numbers(left, dtype, 1), numbers(right, float, 2)
        )
    assert_same_or_refused(
        lambda x, y: np.linalg.cross(x, y, axis=i), numbers(left, dtype, 1), numbers(right, float, 2)
    )


@pytest.mark.parametrize("name", ["fftn", "ifftn", "rfftn", "irfftn", "fft2", "ifft2", "rfft2", "irfft2"])
@given(st.data(), hnp.array_shapes(min_dims=1, max_dims=3, max_side=4), INEXACT, NORM)
@FEW
def test_transforms_along_several_axes_are_numpys(
    name: str, data: Any, shape: Any, dtype: Any, norm: Any
) -> None:
    axes = data.draw(st.lists(AXIS, min_size=1, max_size=3))
    s = data.draw(
        st.none() | st.lists(st.integers(1, 4) | st.just(-1), min_size=len(axes), max_size=len(axes))
    )
    x = numbers(shape, dtype, 1)
    assert_same_or_refused(lambda x: getattr(np.fft, name)(x, s, axes, norm), x.real if name[0] == "r" else x)


@pytest.mark.parametrize("name", ["hfft", "ihfft"])
@given(
    hnp.array_shapes(min_dims=1, max_dims=2, max_side=5), INEXACT, st.none() | st.integers(0, 6), AXIS, NORM
)
@FEW
def test_hermitian_transforms_are_numpys(
    name: str, shape: Any, dtype: Any, n: Any, axis: int, norm: Any
) -> None:
    x = numbers(shape, dtype, 1)
    assert_same_or_refused(
        lambda x: getattr(np.fft, name)(x, n, axis, norm), x.real if name == "ihfft" else x
    )


@given(hnp.array_shapes(max_dims=3, max_side=3), INEXACT, st.none() | AXIS | st.tuples(AXIS, AXIS))
@FEW
def test_shifts_are_numpys(shape: Any, dtype: Any, axes: Any) -> None:
    assert_same_or_refused(lambda x: np.fft.fftshift(x, axes), numbers(shape, dtype, 1))
    assert_same_or_refused(lambda x: np.fft.ifftshift(x, axes), numbers(shape, dtype, 1))


@given(LENGTH, LENGTH, INEXACT, INEXACT, st.sampled_from(["full", "same", "valid"]))
@SOME
def test_convolutions_are_numpys(m: int, n: int, a: Any, b: Any, mode: str) -> None:
    x, y = numbers((m,), a, 1), numbers((n,), b, 2)
    assert_same_or_refused(lambda x, y: np.convolve(x, y, mode), x, y)
    assert_same_or_refused(lambda x, y: np.correlate(x, y, mode), x, y)


@given(hnp.array_shapes(max_dims=3, max_side=4), INEXACT, st.sampled_from([1, 2]), st.data())
@SOME
def test_slopes_are_numpys(shape: Any, dtype: Any, edge_order: int, data: Any) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = numbers(shape, dtype, 1)
    places = np.cumsum(numbers((shape[axis],), np.float64, 2))
    for spacing in ((), (0.5,), (places,), (np.arange(len(places)),))[: 4 if len(places) > 1 else 2]:
        assert_same_or_refused(lambda x, h=spacing: np.gradient(x, *h, axis=axis, edge_order=edge_order), x)
    if len(places) == 1:
        return
    assert_same_or_refused(lambda x, h: np.gradient(x, h, axis=axis, edge_order=edge_order), x, places)
    assert_same_or_refused(lambda h: np.gradient(np.ones(shape), h, axis=axis), places)


@given(
    SHAPE,
    st.integers(1, 5),
    st.sampled_from([np.float64, np.complex128]),
    REAL,
    st.none() | st.floats(0.5, 4),
    st.booleans(),
)
@SOME
def test_lines_between_samples_are_numpys(
    shape: Any, n: int, dtype: Any, real: Any, period: Any, ends: bool
) -> None:
    x, xp, fp = 2 * numbers(shape, real, 1), np.cumsum(numbers((n,), real, 2)), numbers((n,), dtype, 3)
    options = {"left": 7.0, "right": -1.0} if ends else {}
    assert_same(lambda x, xp, fp: np.interp(x, xp, fp, period=period, **options), x, xp, fp, condition=10)
    assert_same(lambda fp: np.interp(x, xp, fp, **options), fp, condition=10)


@given(hnp.array_shapes(min_dims=0, max_dims=2, min_side=2, max_side=4), INEXACT, INEXACT, st.data())
@SOME
def test_covariances_are_numpys(shape: Any, dtype: Any, other: Any, data: Any) -> None:
    options = {
        "rowvar": data.draw(st.booleans()),
        "bias": data.draw(st.booleans()),
        "ddof": data.draw(st.sampled_from([None, 0, 1])),
    }
    x, y = numbers(shape, dtype, 1), numbers(shape, other, 2)
    count = shape[-1] if len(shape) and (options["rowvar"] or len(shape) == 1) else shape[0] if shape else 1
    weights, counts = numbers((count,), np.float64, 3), np.arange(1, count + 1)
    if shape:
        assert_same(lambda x, w: np.cov(x, aweights=w, **options), x, weights, condition=10)
        assert_same(lambda x: np.cov(x, fweights=counts, aweights=weights, **options), x, condition=10)
        assert_same(lambda x, y: np.cov(x, y, fweights=counts, **options), x, y, condition=10)
        assert_same_or_refused(lambda x: np.corrcoef(x, rowvar=options["rowvar"]), x, condition=100)


@given(hnp.array_shapes(max_dims=3, max_side=3), INEXACT, INEXACT, st.booleans(), st.data())
@SOME
def test_averages_are_numpys(shape: Any, dtype: Any, other: Any, keepdims: bool, data: Any) -> None:
    axis = data.draw(st.none() | AXIS | st.tuples(AXIS, AXIS))
    x, w = numbers(shape, dtype, 1), numbers(shape, other, 2)
    assert_same_or_refused(lambda x, w: np.average(x, axis, w, keepdims=keepdims), x, w)
    assert_same_or_refused(lambda x: np.average(x, axis, keepdims=keepdims), x)
    assert_same_or_refused(lambda x, w: np.average(x, -1, w), x, numbers(shape[-1:], other, 3))
    assert_same_or_refused(lambda x: np.std(x, axis, keepdims=keepdims), x, condition=10)
    assert_same_or_refused(lambda x, w: np.trapezoid(x, w, axis=axis if type(axis) is int else -1), x, w)
    assert_same_or_refused(lambda x: np.trapezoid(x, dx=0.5, axis=0), x)


@given(LENGTH, LENGTH, INEXACT, INEXACT, st.integers(0, 3))
@SOME
def test_polynomials_are_numpys(m: int, n: int, a: Any, b: Any, order: int) -> None:
    p, q = numbers((m,), a, 1), numbers((n,), b, 2)
    for f in (np.polyval, np.polyadd, np.polysub, np.polymul):
        assert_same_or_refused(f, p, q, condition=10)
    if n:
        assert_same_or_refused(lambda p, q: np.polydiv(p, q)[0], p, q, condition=1000)
    assert_same_or_refused(lambda p: np.polyder(p, order), p)
    assert_same_or_refused(lambda p: np.polyint(p, order, 2.0), p)
    if m > 0:
        assert_same(np.poly, p * np.arange(1, m + 1, dtype=p.dtype), condition=100)


@given(st.integers(3, 6), st.integers(0, 2), REAL, st.booleans(), st.sampled_from([False, True, "unscaled"]))
@FEW
def test_fits_are_numpys(n: int, deg: int, dtype: Any, several: bool, cov: Any) -> None:
    x, y = np.arange(n) + numbers((n,), dtype, 1) / 4, numbers((n, 2) if several else (n,), dtype, 2)
    w = numbers((n,), dtype, 3)
    assert_same(lambda x, y, w: np.polyfit(x, y, deg, w=w), x.astype(dtype), y, w, condition=1e4)
    assert_same(lambda y: np.polyfit(x, y, deg, full=True)[0], y, condition=1e4)
    if cov and n > deg + 1:
        assert_same(lambda y: np.polyfit(x, y, deg, cov=cov)[1], y, condition=1e4) if cov is True else None
        assert_same(lambda x: np.polyfit(x, y, deg, cov=cov)[1], x.astype(dtype), condition=1e4)


@given(SHAPE, SHAPE, INEXACT, INEXACT, st.integers(0, 5), st.booleans(), st.integers(-3, 3))
@SOME
def test_spaced_numbers_are_numpys(
    left: Any, right: Any, a: Any, b: Any, num: int, endpoint: bool, axis: int
) -> None:
    x, y = numbers(left, a, 1), numbers(right, b, 2)
    assert_same_or_refused(lambda x, y: np.linspace(x, y, num, endpoint, axis=axis), x, y)
    assert_same_or_refused(lambda x, y: np.logspace(x, y, num, endpoint, axis=axis), x, y, condition=20)
    assert_same_or_refused(
        lambda x, y: np.logspace(0, x, num, endpoint, base=y, axis=axis), x, y, condition=20
    )
    assert_same_or_refused(lambda x, y: np.geomspace(x, y, num, endpoint, axis=axis), x, y, condition=20)
