"""Elliptic integrals, Carlson's and Legendre's; Jacobi's functions; the arithmetic-geometric mean.

All derivatives, of every order, are integrals of one family, which is closed:

    J(z; q, a) = integral over t > 0 of t^q prod (t + z_j)^-a_j         dJ/dz_j = -a_j J(z; q, a + e_j)
    S(phi, m; p, q) = integral from 0 to phi of sin^2p (1 - m sin^2)^-(q + 1/2)
                                                                        dS/dm = (q + 1/2) S(phi, m; p + 1, q + 1)

S is J at cot^2 phi, 1 / sin^2 phi, 1 / sin^2 phi - m for |phi| <= pi / 2, and twice the complete integral a half turn.
Undefined   principal values (elliprc with y < 0, elliprj with p < 0): their derivatives are NaN
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special

from linad.core.kinds import elementwise
from linad.core.primitive import Sample
from linad.kernels import special as kernels
from linad.operations.elementwise import sin, sqrt
from linad.operations.special.declaring import function, output


def _raised(exponents: tuple[float, ...], j: int) -> tuple[float, ...]:
    """q, a_1, ...: with a_j one larger."""
    return tuple(a + (i == j + 1) for i, a in enumerate(exponents))


def _family(count: int) -> Any:
    """J of several operands; q and the exponents are one parameter before them. Laws try it below, as a slope."""

    def slope(j: int) -> Any:
        def along(*args: Any) -> Any:
            given, *z, _ = args
            return -given[j + 1] * integral(_raised(given, j), *z)

        return along

    integral = elementwise(
        f"special.power_integral_{count}",
        kernels.power_integral,
        None,
        *[slope(j) for j in range(count)],
        first=1,
        untried="it is tried as the slope of Carlson's integrals",
    )
    return integral


power_integral_2 = _family(2)
power_integral_3 = _family(3)
power_integral_4 = _family(4)

# -- Carlson; laws try complex numbers on the first, whose design is the smallest ------------------------------

elliprc = function(
    "elliprc",
    lambda x, y, f: -0.25 * power_integral_2((0, 1.5, 1), x, y),
    lambda x, y, f: -0.5 * power_integral_2((0, 0.5, 2), x, y),
    domain=("positive", "positive"),
    dtypes="fc",
)
elliprf = function(
    "elliprf",
    lambda x, y, z, f: -0.25 * power_integral_3((0, 1.5, 0.5, 0.5), x, y, z),
    lambda x, y, z, f: -0.25 * power_integral_3((0, 0.5, 1.5, 0.5), x, y, z),
    lambda x, y, z, f: -0.25 * power_integral_3((0, 0.5, 0.5, 1.5), x, y, z),
    domain=("positive", "positive", "positive"),
)
elliprd = function(
    "elliprd",
    lambda x, y, z, f: -0.75 * power_integral_3((0, 1.5, 0.5, 1.5), x, y, z),
    lambda x, y, z, f: -0.75 * power_integral_3((0, 0.5, 1.5, 1.5), x, y, z),
    lambda x, y, z, f: -2.25 * power_integral_3((0, 0.5, 0.5, 2.5), x, y, z),
    domain=("positive", "positive", "positive"),
)
elliprg = function(
    "elliprg",
    lambda x, y, z, f: power_integral_3((1, 1.5, 0.5, 0.5), x, y, z) / 8,
    lambda x, y, z, f: power_integral_3((1, 0.5, 1.5, 0.5), x, y, z) / 8,
    lambda x, y, z, f: power_integral_3((1, 0.5, 0.5, 1.5), x, y, z) / 8,
    domain=("positive", "positive", "positive"),
)
elliprj = function(
    "elliprj",
    lambda x, y, z, p, f: -0.75 * power_integral_4((0, 1.5, 0.5, 0.5, 1), x, y, z, p),
    lambda x, y, z, p, f: -0.75 * power_integral_4((0, 0.5, 1.5, 0.5, 1), x, y, z, p),
    lambda x, y, z, p, f: -0.75 * power_integral_4((0, 0.5, 0.5, 1.5, 1), x, y, z, p),
    lambda x, y, z, p, f: -1.5 * power_integral_4((0, 0.5, 0.5, 0.5, 2), x, y, z, p),
    domain=("positive", "positive", "positive", "positive"),
)

# -- Legendre ----------------------------------------------------------------------------------------------------

ellipk = function("ellipk", lambda m, y: complete((1, 1), 1 - m) / 2, domain=("unit",))
ellipkm1 = function("ellipkm1", lambda p, y: -complete((1, 1), p) / 2, domain=("positive",))
ellipe = function("ellipe", lambda m, y: -complete((1, 0), 1 - m) / 2, domain=("unit",))


def _complete(powers: tuple[int, int], rest: Any) -> Any:
    """S of pi / 2 by rest = 1 - m, which may be small."""
    p, q = powers
    whole = 0.5 * kernels.power_integral((0, 0.5, p + 0.5 - q, q + 0.5), 0.0, 1.0, rest)
    return np.asarray(whole, np.result_type(np.asarray(rest), np.float32))[()]


def _incomplete(powers: tuple[int, int], phi: Any, m: Any) -> Any:
    phi, m = np.broadcast_arrays(phi, m)
    p, q = powers
    turns = np.rint(phi / np.pi)
    rest = phi - turns * np.pi
    s, c = np.sin(rest), np.cos(rest)
    zero = s == 0
    squared = np.where(zero, 1, s * s)
    part = 0.5 * kernels.power_integral(
        (0, 0.5, p + 0.5 - q, q + 0.5), c * c / squared, 1 / squared, 1 / squared - m
    )
    part = np.where(zero, 0, np.sign(s) * part)
    whole = np.where(turns == 0, 0, turns)
    if np.any(whole):
        part = part + 2 * whole * np.where(whole == 0, 0, _complete(powers, np.where(whole == 0, 1, 1 - m)))
    return np.asarray(part, np.result_type(phi, m, np.float32))[()]


def _raised_powers(powers: tuple[int, int]) -> tuple[int, int]:
    return powers[0] + 1, powers[1] + 1


complete = elementwise(
    "special.complete_elliptic",
    _complete,
    None,
    lambda powers, rest, y: -(powers[1] + 0.5) * complete(_raised_powers(powers), rest),
    first=1,
    domain=("positive",),
    samples=tuple(
        Sample((shape,), (powers,)) for shape, powers in [((), (1, 1)), ((2, 3), (1, 0)), ((0,), (0, 0))]
    ),
    dtypes="f",
)
incomplete = elementwise(
    "special.incomplete_elliptic",
    _incomplete,
    None,
    lambda powers, phi, m, y: sin(phi) ** (2 * powers[0]) * (1 - m * sin(phi) ** 2) ** (-powers[1] - 0.5),
    lambda powers, phi, m, y: (powers[1] + 0.5) * incomplete(_raised_powers(powers), phi, m),
    first=1,
    domain=("real", "unit"),
    samples=tuple(
        Sample(shapes, (powers,))
        for shapes, powers in [(((), ()), (1, 1)), (((2, 1), (3,)), (1, 0)), (((0,), ()), (0, 0))]
    ),
    dtypes="f",
)
ellipkinc = function(
    "ellipkinc",
    lambda phi, m, y: 1 / sqrt(1 - m * sin(phi) ** 2),
    lambda phi, m, y: incomplete((1, 1), phi, m) / 2,
    domain=("real", "unit"),
)
ellipeinc = function(
    "ellipeinc",
    lambda phi, m, y: sqrt(1 - m * sin(phi) ** 2),
    lambda phi, m, y: -incomplete((1, 0), phi, m) / 2,
    domain=("real", "unit"),
)

# -- Jacobi: u = F(ph, m); sn = sin ph, cn = cos ph, dn = sqrt(1 - m sn^2) --------------------------------------------


def _amplitude_by_m(u: Any, m: Any) -> Any:
    return -0.5 * ellipj_dn(u, m) * incomplete((1, 1), ellipj_ph(u, m), m)


ellipj_sn = function(
    "ellipj_sn",
    lambda u, m, y: ellipj_cn(u, m) * ellipj_dn(u, m),
    lambda u, m, y: ellipj_cn(u, m) * _amplitude_by_m(u, m),
    numeric=output(scipy.special.ellipj, 0),
    domain=("real", "fraction"),
)
ellipj_cn = function(
    "ellipj_cn",
    lambda u, m, y: -ellipj_sn(u, m) * ellipj_dn(u, m),
    lambda u, m, y: -ellipj_sn(u, m) * _amplitude_by_m(u, m),
    numeric=output(scipy.special.ellipj, 1),
    domain=("real", "fraction"),
)
ellipj_dn = function(
    "ellipj_dn",
    lambda u, m, y: -m * ellipj_sn(u, m) * ellipj_cn(u, m),
    lambda u, m, y: (
        -ellipj_sn(u, m) * (0.5 * ellipj_sn(u, m) + m * ellipj_cn(u, m) * _amplitude_by_m(u, m)) / y
    ),
    numeric=output(scipy.special.ellipj, 2),
    domain=("real", "fraction"),
)
ellipj_ph = function(
    "ellipj_ph",
    lambda u, m, y: ellipj_dn(u, m),
    lambda u, m, y: _amplitude_by_m(u, m),
    numeric=output(scipy.special.ellipj, 3),
    domain=("real", "fraction"),
)

# -- the arithmetic-geometric mean: pi / (2 R_F(0, a^2, b^2)) ----------------------------------------------------


def _agm_slope(a: Any, b: Any, y: Any) -> Any:
    return y * y / math.pi * a * power_integral_3((0, 0.5, 0.5, 1.5), 0.0, b * b, a * a)


agm = function(
    "agm",
    _agm_slope,
    lambda a, b, y: _agm_slope(b, a, y),
    domain=("positive", "positive"),
)
