"""Discrete Fourier transforms along one axis.

With F the matrix of exp(-2 pi i j k / n):
fft     y = F x                gx = F^H gy = conj(fft(conj(gy)))
rfft    the first half of it   gx = Re F^H (gy, 0)
irfft   y = Re(F^H c x) / n    gx = c rfft(gy) / n, where c is 2 for frequencies that stand for a pair, else 1
Norms multiply by a constant; a length n crops or pads with zeros, whose adjoint pads or crops.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import Sample, linear
from linad.core.space import Space
from linad.operations.indexing import index, scatter

_SWAPPED = {"backward": "forward", "forward": "backward", "ortho": "ortho"}


def _resize(x: Any, n: int, axis: int) -> Any:
    """x cropped, or padded with zeros, to length n along an axis."""
    have = x.shape[axis]
    if have == n:
        return x
    part = (*[slice(None)] * axis, slice(0, min(n, have)))
    if have > n:
        return index(x, part)
    return scatter(x, (*x.shape[:axis], n, *x.shape[axis + 1 :]), part)


def _fft_adjoint(g: Any, space: Space, n: int, axis: int, norm: str) -> Any:
    return _resize(ifft(g, n, axis, _SWAPPED[norm]), space.shape[axis], axis)


def _ifft_adjoint(g: Any, space: Space, n: int, axis: int, norm: str) -> Any:
    return _resize(fft(g, n, axis, _SWAPPED[norm]), space.shape[axis], axis)


def _rfft_adjoint(g: Any, space: Space, n: int, axis: int, norm: str) -> Any:
    return _resize(ifft(_resize(g, n, axis), n, axis, _SWAPPED[norm]), space.shape[axis], axis)


def _irfft_adjoint(g: Any, space: Space, n: int, axis: int, norm: str) -> Any:
    half = n // 2 + 1
    pairs = np.full(half, 2.0, g.dtype)
    pairs[0] = 1
    if n % 2 == 0:
        pairs[-1] = 1
    pairs = pairs.reshape((half,) + (1,) * (len(g.shape) - axis - 1))
    return _resize(rfft(g, n, axis, _SWAPPED[norm]) * pairs, space.shape[axis], axis)


def _samples(*cases: tuple[tuple[int, ...], int, int, str]) -> tuple[Sample, ...]:
    return tuple(
        Sample((shape,), (n, axis, norm), f"{'x'.join(map(str, shape))}-n={n}-axis={axis}-{norm}")
        for shape, n, axis, norm in cases
    )


_CASES = _samples(
    ((4,), 4, 0, "backward"), ((3, 2), 5, 0, "ortho"), ((2, 5), 3, 1, "forward"), ((1,), 1, 0, "backward")
)

fft = linear("fft", lambda x, n, axis, norm: np.fft.fft(x, n, axis, norm), _fft_adjoint, samples=_CASES)
ifft = linear("ifft", lambda x, n, axis, norm: np.fft.ifft(x, n, axis, norm), _ifft_adjoint, samples=_CASES)
rfft = linear(
    "rfft", lambda x, n, axis, norm: np.fft.rfft(x, n, axis, norm), _rfft_adjoint, samples=_CASES, dtypes="f"
)
irfft = linear(
    "irfft",
    lambda x, n, axis, norm: np.fft.irfft(x, n, axis, norm),
    _irfft_adjoint,
    samples=_samples(
        ((3,), 4, 0, "backward"), ((3, 2), 5, 0, "ortho"), ((2, 5), 3, 1, "forward"), ((2,), 6, 0, "backward")
    ),
)
