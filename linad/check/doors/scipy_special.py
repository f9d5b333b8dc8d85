"""The calls of scipy.special that are no ufuncs; a ufunc is an operation of its own, which every law is tried on."""

from __future__ import annotations

from functools import partial

import numpy as np
import scipy.special

from linad.check.doors.case import cases
from linad.special.refusals import REASONS

_of = partial(cases, "scipy.special")
_REAL = "SciPy takes real numbers"
_ALL = "every axis is summed: see the row with an axis"
_STACKED = "the first axis is that of derivatives"

CASES = (
    *_of("logsumexp(b)", no_batch=_ALL),
    *_of("logsumexp(B, axis=-1)", "logsumexp(B, axis=-1, keepdims=True)"),
    *_of(
        """
        zeta(2.5, p); zeta(p + 1.5); zeta(p + 1.5, 0.7)
        multigammaln(a, 2); factorial(p); polygamma(1, p); softplus(b); comb(a, 1); perm(a, 1)
        diric(b, 3); sph_harm_y(2, 1, p, b)
        """,
        no_complex=_REAL,
    ),
    *_of("legendre_p(3, u)", "sph_legendre_p(2, 1, p)", no_batch=_STACKED, no_complex=_REAL),
    *_of("assoc_legendre_p(2, 1, u)", no_batch=_STACKED),
    *_of(
        """
        softmax(B, axis=-1); log_softmax(B, axis=-1)
        sinc(u); lambertw(p); spherical_jn(1, p); spherical_yn(1, p); spherical_in(1, p); spherical_kn(1, p)
        jvp(1, p); yvp(1, p); ivp(1, p); kvp(1, p); h1vp(1, p); h2vp(1, p); assoc_laguerre(p, 2, 1.5)
        """
    ),
)
_UFUNC = "a ufunc: every law is tried on the operation of its name, `linad check 'special.*'`"
WITHOUT_ROW = {
    **{name: _UFUNC for name in scipy.special.__all__ if isinstance(getattr(scipy.special, name), np.ufunc)},
    **{
        name: reason for name, reason in REASONS.items() if not isinstance(getattr(scipy.special, name), type)
    },
}
