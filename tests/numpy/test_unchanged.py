"""Functions that use only ``import numpy`` differentiate unchanged: each gradient agrees with central differences."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import linad as ln


def ridge_loss(w):
    X = np.linspace(-1.0, 1.0, 12).reshape(4, 3)
    residual = X @ w - np.array([1.0, 0.0, 2.0, -1.0])
    return np.mean(np.square(residual)) + 0.1 * np.dot(w, w)


def logistic_loss(w):
    X = np.arange(12.0).reshape(4, 3) / 10
    signs = np.where(np.arange(4) % 2 == 0, 1.0, -1.0)
    return np.logaddexp(0, -signs * (X @ w)).sum() + np.log1p(np.exp(w)).mean()


def softmax_entropy(x):
    shifted = x - np.max(x)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=0, keepdims=True)
    return -np.sum(p * np.log(p))


def gaussian_log_density(x):
    n = x.size
    K = np.exp(-0.5 * np.subtract.outer(x, x) ** 2) + 0.5 * np.eye(n)
    y = np.cos(np.arange(n))
    return -0.5 * np.inner(y, np.linalg.solve(K, y)) - 0.5 * n * np.log(2 * np.pi) + np.trace(K)


def attention(x):
    Q = np.stack([x, x[::-1], np.roll(x, 1)])
    scores = np.einsum("ik,jk->ij", Q, Q) / np.sqrt(x.size)
    weights = np.exp(scores - np.amax(scores, axis=-1, keepdims=True))
    weights = weights / np.sum(weights, axis=-1, keepdims=True)
    return np.tensordot(weights, Q, axes=([1], [0])).std()


def convolution_by_fft(x):
    spectrum = np.fft.rfft(x, n=8) * np.conj(np.fft.rfft(np.array([1.0, -0.5, 0.25]), n=8))
    return np.sum(np.fft.irfft(spectrum, n=8) ** 3)


def power_spectrum(x):
    F = np.fft.fftshift(np.fft.fft(x, norm="ortho"))
    return np.log(np.abs(F) ** 2 + 1).max() + np.angle(F[0] + 2.0) + np.imag(F).var() + np.real(F).prod()


def pendulum_energy(x):
    state = np.concatenate([x[:2], np.zeros(1)])
    for _ in range(5):
        angle, speed = state[0], state[1]
        state = state + 0.1 * np.array([0.0, 0.0, 1.0]) * np.sin(angle)
        state = np.hstack([angle + 0.1 * speed, speed - 0.1 * np.sin(angle), state[2]])
    return 0.5 * state[1] ** 2 - np.cos(state[0]) + np.tan(state[2] / 10)


def rotations(x):
    c, s = np.cos(x[0]), np.sin(x[0])
    R = np.vstack([np.hstack([c, -s]), np.hstack([s, c])])
    v = np.matmul(R, x[1:3])
    return np.arctan2(v[1], v[0]) + np.hypot(v[0], v[1]) + np.vdot(v, R[0])


def hyperbolic(x):
    return np.sum(
        np.sinh(x) * np.tanh(x) + np.cosh(x) + np.arcsinh(x) + np.arctanh(x / 10) + np.arccosh(2 + x * x)
    )


def inverse_trigonometric(x):
    y = x / 5
    return np.sum(np.arcsin(y) * np.arccos(y) + np.arctan(y) + np.expm1(y) + np.exp2(y))


def logarithms(x):
    y = np.absolute(x) + 1
    return np.sum(
        np.log2(y) + np.log10(y) + np.cbrt(y) + np.reciprocal(y) + np.power(y, 1.5) + np.float_power(y, x)
    )


def piecewise(x):
    clipped = np.clip(x, -0.5, 0.7)
    return np.sum(np.maximum(x, 0.1) + np.minimum(x, 2 * clipped) + np.where(x > 0, x**2, np.negative(x)))


def order_statistics(x):
    s = np.sort(x)
    spread = np.ptp(x) + s[-1] - s[0]
    return spread + np.take(x, [0, 2]).sum() + np.take_along_axis(x, np.argsort(x), 0)[1] * x[np.argmax(x)]


def masks(x):
    positive = x[x > 0]
    return (
        np.sum(positive**2) + np.prod(x[np.array([0, 0, 2])]) + np.count_nonzero(x) * x[np.isfinite(x)].mean()
    )


def polynomial(x):
    V = np.power.outer(np.linspace(-1, 1, 5), np.arange(x.size))
    y = np.matvec(V, x)
    return np.trapezoid(y * y, dx=0.5) + np.diff(y).dot(np.diff(y))


def cumulative(x):
    return np.cumsum(x).var() + np.cumprod(x)[-1] + np.add.accumulate(x)[1] + np.multiply.reduce(x)


def matrix_shapes(x):
    A = np.outer(x, x) + np.diag(x)
    B = np.moveaxis(np.expand_dims(A, 0), 0, -1)
    C = np.squeeze(np.broadcast_to(B, (2, *B.shape))[0], -1)
    return np.sum(np.tril(C, -1) * np.triu(C.T, 1).T) + np.diagonal(C)[1] + np.ravel(np.flip(C, 0))[2]


def blocks(x):
    A = np.kron(np.eye(2), np.outer(x, x))
    left, right = np.split(A, 2, axis=1)
    M = np.column_stack([left[:, 0], right[:, -1]])
    return np.sum(M**2) + np.tile(x, 2).reshape(2, -1).swapaxes(0, 1)[1].prod() + np.repeat(x, 2)[1:].sum()


def joined(x):
    P = np.dstack([np.atleast_2d(x), np.atleast_2d(x**2)])
    Q = np.transpose(P, (2, 0, 1))
    return np.sum(np.unstack(Q)[1] * np.append(x[1:], 1.0)) + np.average(x, weights=[1.0, 2.0, 3.0])


def spectra(x):
    Z = np.fft.ifft(np.fft.fft2(np.outer(x, x)), axis=0)
    return (
        np.sum(np.abs(np.fft.ifftn(Z)))
        + np.vecdot(x, x)
        + np.sum(np.square(np.fft.irfft(np.fft.rfft(x), n=3)))
    )


def angles(x):
    return (
        np.sum(np.deg2rad(x) * np.degrees(x))
        + np.remainder(x, 0.7).sum()
        + np.fabs(x).max()
        + np.abs(x).min()
    )


def interpolation(x):
    t = np.linspace(x[0], x[1], 7)
    return (
        np.sum(t**2 * np.flipud(t)) + np.full_like(x, x[2]).sum() + np.nan_to_num(t)[3] + np.rint(x[0]) * x[1]
    )


def complex_phases(x):
    z = np.exp(1j * x) + x
    return (
        np.sum(np.absolute(z) + np.sqrt(z).real + (z.conj() * z).real) + np.log(z).imag.sum() + np.sign(x) @ x
    )


def missing_numbers(x):
    A = np.outer(x, np.array([1.0, -2.0, 0.5, 3.0])) + np.where(np.eye(3, 4) == 1, np.nan, 0.0)
    spread = np.nanmax(A, axis=1) - np.nanmin(A, axis=1)
    return (
        np.nansum(A, axis=0) @ np.nanmean(A, axis=0)
        + np.nanprod(A[0])
        + spread @ np.nanvar(A, axis=1)
        + np.nanstd(A, axis=1, ddof=1) @ x
        + np.nancumsum(A, axis=1)[:, -1].prod()
        + np.nancumprod(A[1])[-1]
        + A[0, np.nanargmax(A[0])]
    )


def signals(x):
    t = np.linspace(-1, 1, 9)
    window = np.i0(x[0] * np.sqrt(1 - t * t)) / np.i0(x[0])
    fraction, whole = np.modf(3 * x)
    mantissa, exponent = np.frexp(x)
    return (
        np.sum(window * np.sinc(t * x[1]))
        + np.sum(fraction * whole)
        + np.sum(np.ldexp(mantissa, exponent + 1) * mantissa)
        + np.fmod(x, 0.3).sum()
        + np.logaddexp2(x[0], x[1:]).sum()
        + np.copysign(x, -1).prod()
        + np.fmax(x, 0.5) @ np.fmin(x, np.array([1.0, np.nan, 0.2]))
        + np.heaviside(x, 0.5) @ x
    )


def running_records(x):
    y = np.concatenate([x, x * x])
    worst = y - np.maximum.accumulate(y)
    steps = np.subtract.outer(x, x)[np.nonzero(np.tri(3, k=-1))]
    return (
        np.minimum.reduce(worst)
        + np.logaddexp.reduce(y)
        + np.hypot.reduce(steps)
        + np.add.reduceat(y**2, [0, 2, 3]).prod()
        + np.divide.accumulate(y)[-1]
        + np.cumulative_sum(x, include_initial=True) @ np.arange(4.0)
        + np.cumulative_prod(x)[1]
    )


def sets_and_counts(x):
    y = np.concatenate([x, x[:2], 2 * x])
    levels = np.unique(y)
    places = np.digitize(y, np.array([-1.0, 0.0, 1.0]))
    both = np.union1d(x, np.array([0.1, 5.0]))
    return (
        np.sum(levels**2)
        + np.bincount(places, weights=y).var()
        + both[2] * np.setdiff1d(y, np.asarray([9.0]))[0]
        + np.setxor1d(x, y)[0] * np.intersect1d(x, y)[2]
        + y[np.isin(y, [])].sum()
        + y[np.flatnonzero(y > 0)] @ y[np.argwhere(y > 0)[:, 0]]
        + np.apply_along_axis(np.std, 1, np.outer(x, y)).sum()
        + np.apply_over_axes(np.sum, np.outer(x, y) ** 2, [0, 1])[0, 0]
    )


def padding(x):
    flat = [np.pad(x, (2, 4), mode) for mode in ["constant", "edge", "wrap", "reflect", "symmetric"]]
    odd = [np.pad(x, (5, 4), mode, reflect_type="odd") for mode in ["reflect", "symmetric"]]
    modes = ["maximum", "minimum", "mean", "median"]
    blocks = [np.pad(np.outer(x, x), 1, mode, stat_length=2) for mode in modes]
    ramp = np.pad(x, 3, "linear_ramp", end_values=(1.0, -2.0))
    return sum(np.sum(np.sin(y)) for y in [*flat, *odd, *blocks, ramp])


def editing(x):
    A = np.block([[np.outer(x, x), x[:, None]], [x, 2.0]])
    B = np.insert(np.delete(np.rot90(A), 1, axis=0), 1, np.sin(x), axis=1)
    y = np.insert(np.delete(x, 1), [0, 2], x[:2] ** 2)
    ends = np.trim_zeros(np.pad(x, 2))
    return (
        np.sum(B[0, 1:] * A[1])
        + np.prod(y)
        + np.resize(x, 5) @ np.arange(5.0)
        + ends @ np.ediff1d(x, to_end=x[0])
    )


def grids(x):
    X, Y = np.meshgrid(x, x[:2], indexing="ij")
    i, j = np.ix_(x, np.cos(x))
    lower = np.tril_indices_from(X)
    return (
        np.sum(X * Y**2)
        + np.sum(i * j)
        + np.sum(np.vander(x, 4) @ np.diagflat(np.append(x, 1.0)))
        + np.sum(X[lower] ** 3)
    )


def choosing(x):
    y = np.select([x > 1, x > 0], [x**2, 3 * x], default=np.sin(x[0]))
    z = np.choose([1, 0, 1], [x, np.exp(x)])
    return y @ z + np.sum(np.piecewise(x, [x < 0, x > 1], [np.cos, lambda v: v**3, 2.0]))


def quantiles(x):
    A = np.outer(x, np.append(x, 0.3))
    several = np.quantile(A, [0.1, 0.45, 0.9], axis=1, method="hazen")
    return (
        np.median(A, axis=0) @ np.percentile(A, 40, axis=0)
        + np.sum(several**2)
        + np.nanmedian(A)
        + np.quantile(x, 0.2 + x[0] / 2)
    )


def partial_orders(x):
    y = np.partition(np.exp(x), 1)
    z = x[np.lexsort((x, np.zeros(3)))] * x[np.argpartition(x, 0)[0]]
    return y[1] * z[2] + np.abs(np.sort_complex(x))[0] + np.nanquantile(x, 0.3) * np.nanpercentile(x, 80)


def histograms(x):
    weights, _ = np.histogram([0.1, 0.4, 0.9], bins=2, weights=x)
    density, moved = np.histogram(x, bins=4, density=True)
    table, _, ends = np.histogram2d([0.0, 1.0, 2.0], x, bins=2, weights=x**2)
    whole = np.histogramdd(x[:, None], bins=3, density=True)[0]
    return (
        np.sum(weights**2) + density @ np.diff(moved) ** 3 + np.sum(table) * ends[1] + np.sum(np.sin(whole))
    )


def unwrapped_phases(x):
    phases = np.unwrap(np.arctan2(np.sin(5 * np.cumsum(x)), np.cos(5 * np.cumsum(x))))
    return np.sum(phases**2) + np.sum(np.unwrap(9 * x, period=4.0)) * x[0]


def methods(x):
    A = x.reshape(3, 1) * x.copy().astype(float).ravel()
    return (A.T.trace() + A.max(axis=0).sum() + A.min() + A.mean() + A.std() + A.cumsum()[4] + A.clip(-1, 1).prod()) * (
        A.transpose().flatten().take([1])[0] + A.diagonal().sum() + A.squeeze().mT.repeat(2).compress([True]).dot([1.0])
    )  # fmt: skip


def signal_processing(x):
    smooth = np.convolve(x, np.array([0.25, 0.5, 0.25]), mode="same")
    lags = np.correlate(x, smooth, "full")
    return np.sum(lags**2) + np.convolve(x, x)[3] * np.sum(np.convolve(np.arange(5.0), x, "valid")) + lags[1]


def slopes_and_lines(x):
    places = np.cumsum(np.exp(x))
    slopes = np.gradient(np.sin(places) * x, places, edge_order=2)
    between = np.interp([1.0, 2.2, 9.0], places, x) * np.interp(x, [-1.0, 0.5, 1.5], x**2)
    around = np.interp(2.4, places, x, period=3.1)
    return (
        np.sum(slopes * between)
        + around
        + np.sum(np.gradient(x**2, x[0]))
        + np.gradient(np.outer(x, x))[1][2, 0]
    )


def covariances(x):
    X = np.stack([x, x**2 - x[0], np.cos(x)])
    spread = np.cov(X, aweights=x**2) + np.cov(X, np.outer(x, x), rowvar=False, bias=True)[:3, 3:]
    return np.sum(np.corrcoef(X) * spread) + np.cov(x, ddof=0)


def vector_products(x):
    c = np.cross(x, x[::-1] ** 2)
    return np.sum(np.cross(np.outer(x, c), np.outer(c, x), axisa=0, axisc=0)[1] * np.sin(c))


def polynomial_algebra(x):
    p, q = np.append(2.0, x), np.append(1.0, x[:2])
    quotient, rest = np.polydiv(np.polymul(p, x), q)
    total = np.polyadd(np.polyder(p), np.polysub(np.polyint(q, k=x[2]), x))
    return np.sum(quotient * rest[0]) + np.polyval(total, 0.3 * x).sum() + np.polyval(p, x[1]) + np.poly(x)[2]


def polynomial_roots(x):
    z = np.roots(np.append(x, 0.7))
    fitted, V = np.polyfit(np.exp(x), x**2 + 1, 1, w=1 + x**2, cov=True)
    return (
        np.sum(np.abs(z) ** 2)
        + np.prod(fitted)
        + np.sum(np.sin(V))
        + np.real(np.poly(np.outer(x, x[::-1]) + np.diag(x)))[2]
    )


def spacings(x):
    y = np.exp(x)
    return np.sum(np.logspace(x[0], x[1], 4, base=1.5 + y[2]) * np.geomspace(y[0], y[1], 4)) + np.sum(
        np.abs(
            np.geomspace(y[0] + 1j * x[1], -2j * y[2], 3) + np.linspace(x[0], x[1] * 1j, 3, endpoint=False)
        )
        ** 2
    )


def hermitian_signals(x):
    return (
        np.sum(np.fft.hfft(np.exp(1j * x)) ** 2)
        + np.abs(np.fft.ihfft(x, n=4, norm="ortho")[1])
        + np.power(np.exp(x), x)[1]
    )


EXAMPLES: list[Callable[..., Any]] = [
    ridge_loss, logistic_loss, softmax_entropy, gaussian_log_density, attention, convolution_by_fft, power_spectrum,
    pendulum_energy, rotations, hyperbolic, inverse_trigonometric, logarithms, piecewise, order_statistics, masks,
    polynomial, cumulative, matrix_shapes, blocks, joined, spectra, angles, interpolation, complex_phases, methods,
    missing_numbers, signals, running_records, sets_and_counts,
    signal_processing, slopes_and_lines, covariances, vector_products, polynomial_algebra, polynomial_roots, spacings,
    hermitian_signals,
    padding, editing, grids, choosing, quantiles, partial_orders, histograms, unwrapped_phases,
]  # fmt: skip
POINT = np.array([0.43, -0.71, 1.27])


def _central_differences(f: Callable[..., Any], x: Any, h: float = 1e-6) -> Any:
    steps = h * np.eye(x.size)
    return np.array([(f(x + step) - f(x - step)) / (2 * h) for step in steps])


@pytest.mark.parametrize("f", EXAMPLES, ids=lambda f: f.__name__)
def test_gradient_agrees_with_central_differences(f: Callable[..., Any]) -> None:
    expected = _central_differences(f, POINT)
    # differences of step 1e-6 err by about 1e-10 of the value, and by 1e-12 of the third derivative
    np.testing.assert_allclose(ln.grad(f)(POINT), expected, rtol=1e-6, atol=1e-7 * (1 + abs(f(POINT))))


@pytest.mark.parametrize("f", EXAMPLES, ids=lambda f: f.__name__)
def test_hessian_product_agrees_in_both_orders(f: Callable[..., Any], rng: np.random.Generator) -> None:
    v = rng.normal(size=3)
    forward_over_reverse = ln.jvp(ln.grad(f), (POINT,), (v,))[1]
    reverse_over_forward = ln.grad(lambda x: ln.jvp(f, (x,), (v,))[1])(POINT)
    scale = 1 + np.max(np.abs(forward_over_reverse))
    np.testing.assert_allclose(
        forward_over_reverse, reverse_over_forward, atol=1e4 * np.finfo(float).eps * scale
    )


def test_the_examples_use_sixty_functions_and_methods_of_numpy() -> None:
    source = "".join(inspect.getsource(f) for f in EXAMPLES)
    functions = {
        name for name in re.findall(r"np\.([\w.]+)\(", source) if name not in ("array", "arange", "eye")
    }
    assert len(functions) >= 60
    assert len(set(re.findall(r"[\w)\]]\.(\w+)\(", inspect.getsource(methods)))) >= 15
