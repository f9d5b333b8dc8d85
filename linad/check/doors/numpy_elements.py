"""The calls of numpy's functions of elements, and of its products."""

from __future__ import annotations

from functools import partial

from linad.check.doors.case import cases

_of = partial(cases, "numpy")
_REAL = "NumPy takes real numbers"
_SPACE = "axes of one array, in NumPy too"

CASES = (
    # elementwise, anywhere
    *_of(
        """
        add(b, c); subtract(b, c); multiply(b, c); negative(b); positive(b); square(b); exp(b); exp2(b)
        expm1(b); sin(b); cos(b); sinh(b); cosh(b); tan(u); tanh(u); arcsinh(u); asinh(u); arctan(u); atan(u)
        arcsin(u); asin(u); arccos(u); acos(u); arctanh(u); atanh(u); conj(b); conjugate(b); real(b); imag(b)
        where(np.array([True, False, True]), b, c); nan_to_num(b); astype(b, np.complex128); real_if_close(b)
        clip(b, -1, 1); clip(b, c, np.inf); copy(b)
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
        radians(b); deg2rad(b); remainder(b, p); mod(b, p); divmod(b, p)
        """,
        no_complex=_REAL,
    ),
    *_of("maximum(b, c)", "minimum(b, c)"),
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
        einsum('ijk,jl->ilk', R, A)
        """,
        no_batch=_SPACE,
    ),
    *_of("einsum('...ij,...jk->...ik', A, B)"),
)
