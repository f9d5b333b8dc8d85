"""numpy.fft's transforms along one axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.space import is_complex
from linad.numpy.axes import as_operand, single
from linad.operations import fourier


def _transform(original: Any, primitive: Any, real_input: bool = False) -> Any:
    name = f"fft.{original.__name__}"

    @door(original)
    def transform(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
        refuse_out(name, out)
        a = as_operand(a, f"numpy.{name}")
        if real_input and is_complex(a):
            raise TypeError(
                f"ufunc 'rfft_n_even' did not contain a loop: numpy.{name} takes real input, not {a.dtype}"
            )
        axis = single(axis, a.ndim)
        if n is None:
            n = 2 * (a.shape[axis] - 1) if primitive is fourier.irfft else a.shape[axis]
        if n < 1:
            raise ValueError(f"Invalid number of FFT data points ({n}) specified.")
        norm = norm or "backward"
        if norm not in ("backward", "forward", "ortho"):
            raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')
        return primitive(a, int(n), axis, norm)

    return transform


fft = _transform(np.fft.fft, fourier.fft)
ifft = _transform(np.fft.ifft, fourier.ifft)
rfft = _transform(np.fft.rfft, fourier.rfft, real_input=True)
irfft = _transform(np.fft.irfft, fourier.irfft)

__all__ = ["fft", "ifft", "irfft", "rfft"]
