"""numpy.fft's transforms: along one axis, and along several, one after the other."""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.space import conj, is_complex, retype
from linad.numpy.axes import as_operand, single
from linad.numpy.shapes import roll
from linad.operations import fourier

_NORMS = (None, "backward", "forward", "ortho")


def _transform(original: Any, primitive: Any) -> Any:
    name = f"fft.{original.__name__}"

    @door(original)
    def transform(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
        """A discrete Fourier transform along one axis."""
        refuse_out(name, out)
        a = as_operand(a, f"numpy.{name}")
        if primitive is fourier.rfft and is_complex(a):
            raise TypeError(f"numpy.{name} takes real input, not {a.dtype}")
        if a.ndim == 0:
            raise IndexError(f"numpy.{name}: a number has no axis to transform along")
        axis = single(axis, a.ndim)
        if n is None:
            n = 2 * (a.shape[axis] - 1) if primitive is fourier.irfft else a.shape[axis]
        n = operator.index(n)
        if n < 1:
            raise ValueError(f"Invalid number of FFT data points ({n}) specified.")
        if norm not in _NORMS:
            raise ValueError(f'Invalid norm value {norm}; should be "backward","ortho" or "forward".')
        if a.dtype == np.float16:
            a = retype(a, np.dtype(np.float32))
        return primitive(a, n, axis, norm or "backward")

    return transform


fft = _transform(np.fft.fft, fourier.fft)
ifft = _transform(np.fft.ifft, fourier.ifft)
rfft = _transform(np.fft.rfft, fourier.rfft)
irfft = _transform(np.fft.irfft, fourier.irfft)
_SWAPPED = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def _swapped(norm: Any) -> Any:
    return _SWAPPED.get(norm, norm)


@door(np.fft.hfft)
def hfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """The transform, which is real, of a signal with Hermitian symmetry, given by its first half."""
    return irfft(conj(as_operand(a, "numpy.fft.hfft")), n, axis, _swapped(norm), out)


@door(np.fft.ihfft)
def ihfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """The first half of the inverse transform of a real signal."""
    return conj(rfft(a, n, axis, _swapped(norm), out))


def _cooked(a: Any, s: Any, axes: Any, inverse_real: bool) -> tuple[list[Any], list[int]]:
    """Lengths and axes of a transform along several axes, as NumPy reads them."""
    if axes is None:
        if s is not None:
            message = "`axes` should not be `None` if `s` is not `None` (Deprecated in NumPy 2.0)"
            warnings.warn(message, DeprecationWarning, stacklevel=4)
        axes = tuple(range(a.ndim) if s is None else range(-len(s), 0))
    axes = [single(i, a.ndim) for i in axes]
    if s is None:
        s = [a.shape[i] for i in axes]
        if inverse_real and s:
            s[-1] = (s[-1] - 1) * 2
    if len(s) != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    if None in s:
        message = "Passing an array containing `None` values to `s` is deprecated in NumPy 2.0"
        warnings.warn(message, DeprecationWarning, stacklevel=4)
    return [a.shape[i] if n == -1 else n for n, i in zip(s, axes, strict=True)], axes


def _several(original: Any, last: Any, rest: Any, default: Any, real_last: bool) -> Any:
    """Transforms along several axes: the last axis first, or last where its transform gives real numbers."""
    name = f"fft.{original.__name__}"

    @door(original)
    def transform(a: Any, s: Any = None, axes: Any = default, norm: Any = None, out: Any = None) -> Any:
        """Discrete Fourier transforms along several axes."""
        refuse_out(name, out)
        a = as_operand(a, f"numpy.{name}")
        lengths, places = _cooked(a, s, axes, real_last)
        if not places:
            if last is not rest:
                raise IndexError(f"numpy.{name}: there is no last axis, along which numbers are real")
            return a
        steps = [(rest, i) for i in range(len(places) - 1)] + [(last, len(places) - 1)]
        for function, i in steps if real_last else steps[::-1]:
            a = function(a, lengths[i], places[i], norm)
        return a

    return transform


fftn = _several(np.fft.fftn, fft, fft, None, False)
ifftn = _several(np.fft.ifftn, ifft, ifft, None, False)
rfftn = _several(np.fft.rfftn, rfft, fft, None, False)
irfftn = _several(np.fft.irfftn, irfft, ifft, None, True)
fft2 = _several(np.fft.fft2, fft, fft, (-2, -1), False)
ifft2 = _several(np.fft.ifft2, ifft, ifft, (-2, -1), False)
rfft2 = _several(np.fft.rfft2, rfft, fft, (-2, -1), False)
irfft2 = _several(np.fft.irfft2, irfft, ifft, (-2, -1), True)


def _shift(original: Any, forth: bool) -> Any:
    @door(original)
    def shift(x: Any, axes: Any = None) -> Any:
        """The zero frequency moved to the middle, or back."""
        x = as_operand(x, f"numpy.fft.{original.__name__}")
        axes = tuple(range(x.ndim)) if axes is None else tuple(axes) if np.iterable(axes) else (axes,)
        half = [x.shape[i] // 2 for i in axes]
        return roll(x, half if forth else [-n for n in half], axes)

    return shift


fftshift = _shift(np.fft.fftshift, True)
ifftshift = _shift(np.fft.ifftshift, False)

__all__ = [
    "fft", "fft2", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft", "irfft",
    "irfft2", "irfftn", "rfft", "rfft2", "rfftn",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """What numpy.fft has beyond this door: on plain arrays; a traced one is refused by name."""
    return getattr(np.fft, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *np.fft.__all__})
