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


EXAMPLES: list[Callable[..., Any]] = [
    ridge_loss, logistic_loss, softmax_entropy, gaussian_log_density, attention, convolution_by_fft, power_spectrum,
    pendulum_energy, rotations, hyperbolic, inverse_trigonometric, logarithms, piecewise, order_statistics, masks,
    polynomial, cumulative, matrix_shapes, blocks, joined, spectra, angles, interpolation, complex_phases, methods,
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
