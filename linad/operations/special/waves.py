"""Mathieu functions, parabolic cylinders, spheroidal waves, associated Legendre functions, spherical harmonics.

SciPy gives y and y' together. The tangent of y is y', and that of y' is what the equation says of y''.
Refused     orders, degrees, parameters and characteristic values
Undefined   second derivatives at singular points of the equations: Legendre's at 1 and -1, the poles of the sphere
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special

from linad.operations.elementwise import cos, cosh, sin
from linad.operations.special.declaring import Function, function, output
from linad.operations.special.polynomials import eval_jacobi, lower


def _pair(
    name: str,
    refused: tuple[str, ...],
    second: Callable[..., Any],
    unit: float = 1.0,
    ufunc: Function | None = None,
    **declared: Any,
) -> tuple[Function, Function]:
    """A solution and its slope; ``second`` gives y'' from parameters, x, y and y'; x is in the given unit."""
    ufunc = getattr(scipy.special, name) if ufunc is None else ufunc

    def of_slope(*args: Any) -> Any:
        *given, dy = args
        return unit * second(*given, first(*given), dy)

    first = function(
        f"{name}_y",
        *refused,
        lambda *args: unit * slope(*args[:-1]),
        numeric=output(ufunc, 0),
        **declared,
    )
    slope = function(f"{name}_yp", *refused, of_slope, numeric=output(ufunc, 1), **declared)
    return first, slope


_MATHIEU = ("the order m", "the parameter q")
# In double precision: SciPy's loops in single precision give NaN.
_ORDERS = tuple((np.float64(m), np.float64(q)) for m, q in [(1, 0.5), (2, 1.0), (3, 0.2)])
_DEGREE = math.pi / 180
# Of the second kind SciPy's values lose digits left of -1.
_RIGHT: dict[str, Any] = {"at": _ORDERS, "domain": ("positive",)}


def _mathieu(characteristic: Any, wave: Function) -> Callable[..., Any]:
    """y'' = -(a - 2 q cos 2x) y; modified, y'' = (a - 2 q cosh 2x) y."""
    turn, unit = (-1, _DEGREE) if wave is cos else (1, 1.0)
    return lambda m, q, x, y, dy: turn * (characteristic(m, q) - 2 * q * wave(2 * unit * x)) * y


mathieu_cem = _pair("mathieu_cem", _MATHIEU, _mathieu(scipy.special.mathieu_a, cos), _DEGREE, at=_ORDERS)
mathieu_sem = _pair("mathieu_sem", _MATHIEU, _mathieu(scipy.special.mathieu_b, cos), _DEGREE, at=_ORDERS)
mathieu_modcem1 = _pair("mathieu_modcem1", _MATHIEU, _mathieu(scipy.special.mathieu_a, cosh), at=_ORDERS)
mathieu_modcem2 = _pair("mathieu_modcem2", _MATHIEU, _mathieu(scipy.special.mathieu_a, cosh), **_RIGHT)
mathieu_modsem1 = _pair("mathieu_modsem1", _MATHIEU, _mathieu(scipy.special.mathieu_b, cosh), at=_ORDERS)
mathieu_modsem2 = _pair("mathieu_modsem2", _MATHIEU, _mathieu(scipy.special.mathieu_b, cosh), **_RIGHT)

_CYLINDERS = tuple((np.float64(v),) for v in (0.5, 2, 1.5))
pbdv = _pair("pbdv", ("the order v",), lambda v, x, y, dy: (x * x / 4 - v - 0.5) * y, at=_CYLINDERS)
pbvv = _pair("pbvv", ("the order v",), lambda v, x, y, dy: (x * x / 4 - v - 0.5) * y, at=_CYLINDERS)
pbwa = _pair("pbwa", ("the parameter a",), lambda a, x, y, dy: (a - x * x / 4) * y, at=_CYLINDERS)


def _spheroidal(characteristic: Any, oblate: bool, radial: bool) -> Callable[..., Any]:
    """(x^2 + s) y'' + 2 x y' = (cv - k c^2 x^2 - s m^2 / (x^2 + s)) y.

    k is 1, and -1 for oblate angular waves; s is -1, and 1 for oblate radial ones.
    """
    shift = 1 if oblate and radial else -1
    sense = -1 if oblate and not radial else 1

    def second(m: Any, n: Any, c: Any, *rest: Any) -> Any:
        *given, x, y, dy = rest
        cv = given[0] if given else characteristic(m, n, c)
        centrifugal = m * m / (shift + x * x)
        return ((cv - sense * c * c * x * x - shift * centrifugal) * y - 2 * x * dy) / (shift + x * x)

    return second


_TRIED = tuple(tuple(map(np.float64, given)) for given in [(0, 1, 0.5), (1, 2, 1.0), (2, 3, 0.3)])
_ANGULAR: dict[str, Any] = {"at": _TRIED, "domain": ("unit",)}
_RADIAL: dict[str, Any] = {"at": _TRIED, "domain": ("above one",)}
_WAVE = ("the order m", "the degree n", "the parameter c")
# Of the second radial functions SciPy's values have too few digits for laws.
pro_ang1 = _pair("pro_ang1", _WAVE, _spheroidal(scipy.special.pro_cv, False, False), **_ANGULAR)
pro_rad1 = _pair("pro_rad1", _WAVE, _spheroidal(scipy.special.pro_cv, False, True), **_RADIAL)
pro_rad2 = _pair("pro_rad2", _WAVE, _spheroidal(scipy.special.pro_cv, False, True), tried=False, **_RADIAL)
obl_ang1 = _pair("obl_ang1", _WAVE, _spheroidal(scipy.special.obl_cv, True, False), **_ANGULAR)
obl_rad1 = _pair("obl_rad1", _WAVE, _spheroidal(scipy.special.obl_cv, True, True), **_RADIAL)
obl_rad2 = _pair("obl_rad2", _WAVE, _spheroidal(scipy.special.obl_cv, True, True), tried=False, **_RADIAL)

_GIVEN = (*_WAVE, "the characteristic value cv")
_PROLATE = ((*_TRIED[0], scipy.special.pro_cv(0, 1, 0.5)),)
_OBLATE = ((*_TRIED[0], scipy.special.obl_cv(0, 1, 0.5)),)
pro_ang1_cv = _pair("pro_ang1_cv", _GIVEN, _spheroidal(None, False, False), at=_PROLATE, domain=("unit",))
pro_rad1_cv = _pair("pro_rad1_cv", _GIVEN, _spheroidal(None, False, True), at=_PROLATE, domain=("above one",))
pro_rad2_cv = _pair(
    "pro_rad2_cv", _GIVEN, _spheroidal(None, False, True), at=_PROLATE, domain=("above one",), tried=False
)
obl_ang1_cv = _pair("obl_ang1_cv", _GIVEN, _spheroidal(None, True, False), at=_OBLATE, domain=("unit",))
obl_rad1_cv = _pair("obl_rad1_cv", _GIVEN, _spheroidal(None, True, True), at=_OBLATE, domain=("above one",))
obl_rad2_cv = _pair(
    "obl_rad2_cv", _GIVEN, _spheroidal(None, True, True), at=_OBLATE, domain=("above one",), tried=False
)

# -- Legendre functions and spherical harmonics ------------------------------------------------------------------


def _assoc_legendre(n: Any, m: Any, branch_cut: Any, norm: Any, z: Any) -> Any:
    return scipy.special.assoc_legendre_p(n, m, z, branch_cut=branch_cut, norm=norm, diff_n=1)


def _sph_legendre(n: Any, m: Any, theta: Any) -> Any:
    return scipy.special.sph_legendre_p(n, m, theta, diff_n=1)


def _sph_harm(n: Any, m: Any, theta: Any, phi: Any) -> Any:
    value, gradient = scipy.special.sph_harm_y(n, m, theta, phi, diff_n=1)
    return value, gradient[..., 0]


_DEGREES = ("the degree n", "the order m")
_HARMONICS = ((0, 0), (2, 1), (3, -2))
assoc_legendre_p = _pair(
    "assoc_legendre_p",
    (*_DEGREES, "branch_cut", "norm"),
    lambda n, m, cut, norm, z, y, dy: (2 * z * dy - (n * (n + 1) - m * m / (1 - z * z)) * y) / (1 - z * z),
    ufunc=_assoc_legendre,
    domain=("unit",),
    at=((0, 0, 2, False), (2, 1, 2, False), (3, -2, 2, True)),
    dtypes="fc",
)
sph_legendre_p = _pair(
    "sph_legendre_p",
    _DEGREES,
    lambda n, m, t, y, dy: -cos(t) / sin(t) * dy - (n * (n + 1) - m * m / sin(t) ** 2) * y,
    ufunc=_sph_legendre,
    domain=("positive",),
    at=_HARMONICS,
)
legendre_p = function(
    "legendre_p",
    "the degree n",
    lambda n, z, y: lower(n, lambda n: (n + 1) / 2 * eval_jacobi(n - 1, 1.0, 1.0, z)),
    numeric=lambda n, z: scipy.special.legendre_p(n, z)[0],
    domain=("unit",),
    at=((0,), (1,), (4,)),
)
lpmv = function(
    "lpmv",
    "the order m",
    "the degree v",
    lambda m, v, x, y: ((v + m) * lpmv(m, v - 1, x) - v * x * y) / (1 - x * x),
    domain=("unit",),
    at=((0, 2), (1, 3), (2, 3.5)),
)
sph_harm_y = function(
    "sph_harm_y",
    *_DEGREES,
    lambda n, m, theta, phi, y: sph_harm_y_theta(n, m, theta, phi),
    lambda n, m, theta, phi, y: 1j * m * y,
    numeric=output(_sph_harm, 0),
    domain=("positive", "real"),
    at=_HARMONICS,
)
sph_harm_y_theta = function(
    "sph_harm_y_theta",
    *_DEGREES,
    lambda n, m, theta, phi, dy: (
        -cos(theta) / sin(theta) * dy - (n * (n + 1) - m * m / sin(theta) ** 2) * sph_harm_y(n, m, theta, phi)
    ),
    lambda n, m, theta, phi, dy: 1j * m * dy,
    numeric=output(_sph_harm, 1),
    domain=("positive", "real"),
    at=_HARMONICS,
)
