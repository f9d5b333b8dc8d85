"""The calls of numpy's functions of elements, and of its products."""

from __future__ import annotations

from functools import partial

from linad.check.doors.case import cases

_of = partial(cases, "numpy")
_REAL = "NumPy takes real numbers"
_ORDER = "complex numbers have no order that a derivative could follow"
_SPACE = "axes of one array, in NumPy too"

CASES = (
    # elementwise, anywhere
    *_of(
        """
        add(b, c); subtract(b, c); multiply(b, c); negative(b); positive(b); square(b); exp(b); exp2(b)
        expm1(b); sin(b); cos(b); sinh(b); cosh(b); tan(u); tanh(u); arcsinh(u); asinh(u); arctan(u); atan(u)
        arcsin(u); asin(u); arccos(u); acos(u); arctanh(u); atanh(u); conj(b); conjugate(b); real(b); imag(b)
        where(np.array([True, False, True]), b, c); nan_to_num(b); astype(b, np.complex128); real_if_close(b)
        clip(b, -1, 1); clip(b, c, 2.5); copy(b); sinc(b); fmax(b, c); fmin(b, c)
        """,
    ),
    # elementwise, on a domain
    *_of(
        """
        divide(b, z); true_divide(b, z); reciprocal(z); power(p, b); pow(p, b); power(z, 3); float_power(p, b)
        sqrt(p); log(p); log2(p); log10(p); log1p(p); arccosh(a); acosh(a); abs(z); absolute(z); angle(z)
        angle(z, deg=True)
        """,
    ),
    *_of(
        """
        fabs(z); cbrt(p); arctan2(z, p); atan2(z, p); hypot(z, p); logaddexp(b, c); degrees(b); rad2deg(b)
        radians(b); deg2rad(b); remainder(b, p); mod(b, p); divmod(b, p); fmod(b, p); logaddexp2(b, c)
        copysign(p, np.array([-1.0, 2.0, -0.0])); heaviside(np.array([-1.0, 0.0, 0.0]), b); modf(b); frexp(b)
        ldexp(b, 2); i0(b)
        """,
        no_complex=_REAL,
    ),
    *_of("maximum(b, c)", "minimum(b, c)"),
    # by conditions
    *_of(
        """
        select([np.array([True, False, False]), np.array([True, True, False])], [b, c], default=1)
        choose(np.array([0, 1, 0]), [b, c]); piecewise(b, [np.real(b) > 0], [np.sin, np.exp])
        """,
    ),
    # methods of ufuncs
    *_of(
        """
        add.reduce(b, axis=-1); add.accumulate(b, axis=-1); add.reduceat(b, np.array([0, 2]), axis=-1)
        multiply.reduce(b, axis=-1); multiply.accumulate(b, axis=-1); subtract.reduce(b, axis=-1)
        divide.accumulate(z, axis=-1)
        """,
    ),
    *_of("multiply.outer(b, c)", "power.outer(p, e)", no_batch=_SPACE),
    *_of("logaddexp.reduce(b, axis=-1)", "hypot.reduce(z, axis=-1)", no_complex=_REAL),
    *_of("maximum.accumulate(b, axis=-1)", no_complex=_ORDER),
    # products
    *_of(
        """
        matmul(A, B); vecdot(b, c); matvec(A, b); vecmat(b, A)
        """,
    ),
    *_of(
        """
        dot(b, c); dot(A, B); dot(b, s); inner(b, c); inner(A, F); vdot(A, T); outer(b, c); kron(A, E)
        tensordot(R, A, axes=([1], [0])); einsum('ij,jk->ik', A, B); einsum('ii', A)
        einsum('ijk,jl->ilk', R, A); einsum('ij,jk,kl', A, B, E, optimize=True); einsum(A, [0, 1], B, [1, 2])
        einsum('ii->i', A); convolve(b, e); convolve(e, b, mode='same'); convolve(b, c, mode='valid')
        correlate(b, e); correlate(e, b, mode='full'); correlate(b, c, mode='same')
        """,
        no_batch=_SPACE,
    ),
    *_of("einsum('...ij,...jk->...ik', A, B)", "cross(b, c)"),
)
