"""The calls of numpy.fft."""

from __future__ import annotations

from functools import partial

from linad.check.doors.case import cases

_of = partial(cases, "numpy.fft")
_ALL = "every axis is transformed: see the row with axes"
_REAL = "NumPy takes real numbers"

CASES = (
    *_of(
        """
        fft(b); fft(b, n=5); fft(b, n=2, norm='ortho'); ifft(b); ifft(b, norm='forward'); irfft(b)
        irfft(b, n=5)
        """,
    ),
    *_of(
        """
        fft2(B); ifft2(B); irfft2(B); fftn(B, axes=(-2, -1)); ifftn(B, axes=(-2, -1))
        irfftn(B, axes=(-2, -1))
        """,
    ),
    *_of(
        """
        rfft(b); rfft(b, n=4); rfft2(B); rfftn(B, axes=(-2, -1))
        """,
        no_complex=_REAL,
    ),
    *_of("fftn(B)", "ifftn(B)", "irfftn(B)", no_batch=_ALL),
    *_of("fftshift(b, axes=-1)", "ifftshift(b, axes=-1)"),
)
