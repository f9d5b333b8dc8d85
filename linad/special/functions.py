"""Functions of scipy.special that are not ufuncs: combinations, sums of exponentials, spherical functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sp

from linad.core.dispatch import door
from linad.core.space import is_complex, retype
from linad.core.traced import Array, operand
from linad.operations import entire
from linad.operations.shape import broadcast_to, stack
from linad.operations.special import bessel, counting, gammas, hypergeometric, integrals, sums, waves, zetas
from linad.special.arguments import axes_of, floating, refuse, without_out

# SciPy's own are written with its ufuncs, and differentiate.
assoc_laguerre, softplus = sp.assoc_laguerre, sp.softplus
jvp, yvp, kvp, ivp, h1vp, h2vp = sp.jvp, sp.yvp, sp.kvp, sp.ivp, sp.h1vp, sp.h2vp

# -- combinations and gamma functions ----------------------------------------------------------------------------


@door(sp.polygamma)
def polygamma(n: Any, x: Any) -> Any:
    """The n-th derivative of digamma; differentiable in x."""
    x = floating(x, "polygamma")
    if is_complex(x):
        raise TypeError("polygamma is not supported for complex numbers")
    return gammas.polygamma(operand(n, "polygamma"), x)


@door(sp.zeta)
def zeta(x: Any, q: Any = None, out: Any = None) -> Any:
    """Hurwitz's zeta function, or Riemann's; differentiable in both real arguments."""
    without_out("zeta", out)
    x = floating(x, "zeta")
    if is_complex(x):
        refuse("zeta", "x is complex, and linad has no derivative there", "Take a real x.")
    return zetas.riemann(x) if q is None else zetas.zeta(x, floating(q, "zeta"))


@door(sp.multigammaln)
def multigammaln(a: Any, d: Any) -> Any:
    """The logarithm of the multivariate gamma function; differentiable in a."""
    if isinstance(d, Array):
        refuse("multigammaln", "the dimension d is traced", "Pass an integer.")
    return gammas.multigammaln(d, floating(a, "multigammaln"))


@door(sp.comb)
def comb(N: Any, k: Any, *, exact: bool = False, repetition: bool = False) -> Any:
    """Combinations, continued by gamma functions."""
    if exact:
        refuse("comb", "exact=True is of Python's integers", "Leave exact out.")
    N, k = floating(N, "comb"), floating(k, "comb")
    return (counting.comb_with_repetition if repetition else counting.comb)(N, k)


@door(sp.perm)
def perm(N: Any, k: Any, exact: bool = False) -> Any:
    """Permutations, continued by gamma functions."""
    if exact:
        refuse("perm", "exact=True is of Python's integers", "Leave exact out.")
    return counting.perm(floating(N, "perm"), floating(k, "perm"))


@door(sp.factorial)
def factorial(n: Any, exact: bool = False, extend: str = "zero") -> Any:
    """Gamma(n + 1); with extend='zero' it is 0 below zero."""
    if exact:
        refuse("factorial", "exact=True is of Python's integers", "Leave exact out.")
    if extend not in ("zero", "complex"):
        raise ValueError(f"argument `extend` must be either 'zero' or 'complex', received: {extend}")
    n = floating(n, "factorial")
    if is_complex(n) and extend == "zero":
        raise ValueError("Incompatible options: n is complex, extend='zero'")
    return gammas.gamma(n + 1) if extend == "complex" else counting.factorial(n)


# -- sums of exponentials ----------------------------------------------------------------------------------------


@door(sp.logsumexp)
def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """The logarithm of the sum of exponentials, with weights b; differentiable in both."""
    a = floating(a, "logsumexp")
    if b is not None:
        b = floating(b, "logsumexp")
    if return_sign and (is_complex(a) or (b is not None and is_complex(b))):
        refuse("logsumexp", "the sign of a complex sum is not differentiated", "Leave return_sign out.")
    if b is None and return_sign:
        b = np.ones((), a.dtype)
    shape = a.shape if b is None else np.broadcast_shapes(a.shape, b.shape)
    axes = axes_of(axis, len(shape))
    if b is None:
        return sums.logsumexp(a, axes, bool(keepdims))
    given = (broadcast_to(a, shape), broadcast_to(b, shape), axes, bool(keepdims))
    if not return_sign:
        return sums.weighted_logsumexp(*given)
    return sums.absolute_logsumexp(*given), sums.sum_sign(*given)


@door(sp.softmax)
def softmax(x: Any, axis: Any = None) -> Any:
    """Exponentials divided by their sum."""
    x = floating(x, "softmax")
    return sums.softmax(x, axes_of(axis, x.ndim))


@door(sp.log_softmax)
def log_softmax(x: Any, axis: Any = None) -> Any:
    """The logarithm of softmax."""
    x = floating(x, "log_softmax")
    return sums.log_softmax(x, axes_of(axis, x.ndim))


# -- spherical functions, waves and harmonics --------------------------------------------------------------------


def _spherical(original: Callable[..., Any], kind: Callable[..., Any]) -> Callable[..., Any]:
    name = original.__name__

    @door(original)
    def spherical(n: Any, z: Any, derivative: bool = False) -> Any:
        """A spherical Bessel function or its derivative; differentiable in z."""
        if isinstance(n, Array):
            refuse(name, "linad has no derivative with respect to the order n", "Pass linad.value(n).")
        n, z = np.asarray(n, dtype=np.dtype("long")), floating(z, name)
        return bessel.SPHERICAL_SLOPES[kind](kind, n, z) if derivative else kind(n, z)

    return spherical


spherical_jn = _spherical(sp.spherical_jn, bessel.spherical_jn)
spherical_yn = _spherical(sp.spherical_yn, bessel.spherical_yn)
spherical_in = _spherical(sp.spherical_in, bessel.spherical_in)
spherical_kn = _spherical(sp.spherical_kn, bessel.spherical_kn)


def _orders(name: str, diff_n: Any, known: int) -> None:
    if diff_n not in range(known + 1):
        refuse(name, f"diff_n={diff_n!r} of a traced array is not known", "Differentiate by linad.jvp.")


@door(sp.legendre_p)
def legendre_p(n: Any, z: Any, *, diff_n: int = 0) -> Any:
    """Legendre polynomials along a first axis of length one; differentiable in z."""
    _orders("legendre_p", diff_n, 0)
    return stack(0, waves.legendre_p(n, floating(z, "legendre_p")))


@door(sp.assoc_legendre_p)
def assoc_legendre_p(
    n: Any, m: Any, z: Any, *, branch_cut: Any = 2, norm: bool = False, diff_n: int = 0
) -> Any:
    """Associated Legendre functions and derivatives along the first axis; differentiable in z."""
    _orders("assoc_legendre_p", diff_n, 1)
    given = (n, m, branch_cut, norm, floating(z, "assoc_legendre_p"))
    return stack(0, *[part(*given) for part in waves.assoc_legendre_p[: diff_n + 1]])


@door(sp.sph_legendre_p)
def sph_legendre_p(n: Any, m: Any, theta: Any, *, diff_n: int = 0) -> Any:
    """Spherical Legendre functions and derivatives along the first axis; differentiable in theta."""
    _orders("sph_legendre_p", diff_n, 1)
    given = (n, m, floating(theta, "sph_legendre_p"))
    return stack(0, *[part(*given) for part in waves.sph_legendre_p[: diff_n + 1]])


@door(sp.sph_harm_y)
def sph_harm_y(n: Any, m: Any, theta: Any, phi: Any, *, diff_n: int = 0) -> Any:
    """Spherical harmonics; differentiable in both angles."""
    _orders("sph_harm_y", diff_n, 0)
    return waves.sph_harm_y(n, m, floating(theta, "sph_harm_y"), floating(phi, "sph_harm_y"))


@door(sp.lambertw)
def lambertw(z: Any, k: Any = 0, tol: float = 1e-8) -> Any:
    """The branches of Lambert's function, w exp(w) = z; complex, as SciPy's."""
    z = floating(z, "lambertw")
    return hypergeometric.lambertw(k, tol, z if is_complex(z) else retype(z, np.dtype(np.complex128)))


@door(sp.diric)
def diric(x: Any, n: Any) -> Any:
    """Dirichlet's kernel; differentiable in x."""
    if isinstance(n, Array):
        refuse("diric", "n is traced, and whole", "Pass linad.value(n).")
    return integrals.diric(n, floating(x, "diric"))


@door(sp.sinc)
def sinc(x: Any) -> Any:
    """sin(pi x) / (pi x)."""
    return entire.sinc(floating(x, "sinc"), 0)


__all__ = [
    "assoc_laguerre", "assoc_legendre_p", "comb", "diric", "factorial", "h1vp", "h2vp", "ivp", "jvp", "kvp",
    "lambertw", "legendre_p", "log_softmax", "logsumexp", "multigammaln", "perm", "polygamma", "sinc",
    "softmax", "softplus", "sph_harm_y", "sph_legendre_p", "spherical_in", "spherical_jn", "spherical_kn",
    "spherical_yn", "yvp", "zeta",
]  # fmt: skip
