"""The calls of numpy's slopes, lines between samples, and polynomials."""

from __future__ import annotations

from functools import partial

from linad.check.doors.case import cases

_of = partial(cases, "numpy")
_VECTORS = "samples and spacings are vectors, in NumPy too"
_COEFFICIENTS = "coefficients of one polynomial, in NumPy too"
_REAL = "NumPy takes real numbers"

CASES = (
    *_of("gradient(b, axis=-1)", "gradient(b, 0.5, axis=-1, edge_order=2)"),
    *_of("gradient(A)", "gradient(b, p[0])", "gradient(b, np.cumsum(p), edge_order=2)", no_batch=_VECTORS),
    *_of(
        """
        interp(b, np.array([-4.0, -1.0, 1.0, 4.0]), np.array([1.0, 3.0, -1.0, 2.0]))
        interp(b, np.array([-0.5, 0.0, 0.5]), np.array([1.0, 3.0, -1.0]), left=-7, right=7)
        """,
        no_complex=_REAL,
    ),
    *_of(
        """
        interp(b, np.cumsum(p), c); interp(b, np.cumsum(p), c, left=s, right=2.0)
        interp(b, np.cumsum(p) / 8, c, period=1.0)
        """,
        no_batch=_VECTORS,
        no_complex=_REAL,
    ),
    *_of("interp(np.array([-1.0, 0.5, 4.0]), np.array([0.0, 1.0, 2.0]), b)", no_batch=_VECTORS),
    # polynomials
    *_of("polyval(np.array([1, -2, 3]), b)"),
    *_of(
        """
        polyval(b, c); poly(b); poly(N); roots(a); polyadd(b, e); polysub(e, b); polymul(b, e); polydiv(b, e)
        polydiv(b, p[:2]); polyder(b); polyder(b, 2); polyint(b); polyint(b, 2, k=e)
        """,
        no_batch=_COEFFICIENTS,
    ),
    *_of(
        """
        polyfit(np.array([0, 1, 3]), b, 1); polyfit(np.array([0, 1, 3]), B, 2)
        polyfit(np.array([0, 1, 2, 3]), F, 1, full=True); polyfit(np.cumsum(p), b, 1)
        polyfit(np.cumsum(p), b, 1, w=q); polyfit(np.array([0, 1, 2, 4]), D, 1, cov=True)
        """,
        no_batch=_COEFFICIENTS,
    ),
)
