"""Airy's and Kelvin's functions: the tangent of y is y', and that of y' is what the equation says of y''.

Undefined   at 0, where the equation of Kelvin's functions divides by x, the second derivatives of those
"""

from __future__ import annotations

from typing import Any

import scipy.special

from linad.operations.elementwise import conjugate, greater, real, sign, sqrt, where
from linad.operations.special.declaring import function, output

# -- Airy: y'' = z y; scaled by exp(2/3 z sqrt(z)), or exp(-|Re 2/3 z sqrt(z)|) ----------------------------------

airy_ai = function("airy_ai", lambda z, y: airy_aip(z), numeric=output(scipy.special.airy, 0), dtypes="fc")
airy_aip = function(
    "airy_aip", lambda z, y: z * airy_ai(z), numeric=output(scipy.special.airy, 1), dtypes="fc"
)
airy_bi = function("airy_bi", lambda z, y: airy_bip(z), numeric=output(scipy.special.airy, 2), dtypes="fc")
airy_bip = function(
    "airy_bip", lambda z, y: z * airy_bi(z), numeric=output(scipy.special.airy, 3), dtypes="fc"
)

airye_ai = function(
    "airye_ai",
    lambda z, y: airye_aip(z) + sqrt(z) * y,
    numeric=output(scipy.special.airye, 0),
    domain=("first quadrant",),
    dtypes="fc",
)
airye_aip = function(
    "airye_aip",
    lambda z, y: z * airye_ai(z) + sqrt(z) * y,
    numeric=output(scipy.special.airye, 1),
    domain=("first quadrant",),
    dtypes="fc",
)


def _rate(z: Any) -> Any:
    """The slope of the real exponent: sqrt(z) where z is positive, 0 where the exponent is imaginary."""
    grows = greater(z, 0)
    return where(grows, sqrt(where(grows, z, 1)), 0)


def _half_rate(z: Any) -> Any:
    return 0.5 * sign(real(z * sqrt(z))) * sqrt(z)


airye_bi = function(
    "airye_bi",
    lambda z, y: airye_bip(z) - _rate(z) * y,
    nonholomorphic=(
        lambda z, y: airye_bip(z) - _half_rate(z) * y,
        lambda z, y: -conjugate(_half_rate(z)) * y,
    ),
    numeric=output(scipy.special.airye, 2),
    domain=("positive",),
    dtypes="fc",
)
airye_bip = function(
    "airye_bip",
    lambda z, y: z * airye_bi(z) - _rate(z) * y,
    nonholomorphic=(
        lambda z, y: z * airye_bi(z) - _half_rate(z) * y,
        lambda z, y: -conjugate(_half_rate(z)) * y,
    ),
    numeric=output(scipy.special.airye, 3),
    domain=("positive",),
    dtypes="fc",
)
# SciPy's values of the integrals have seven digits, too few for laws.
itairy_ap = function(
    "itairy_ap", lambda x, y: airy_ai(x), numeric=output(scipy.special.itairy, 0), tried=False
)
itairy_bp = function(
    "itairy_bp", lambda x, y: airy_bi(x), numeric=output(scipy.special.itairy, 1), tried=False
)
itairy_an = function(
    "itairy_an", lambda x, y: airy_ai(-x), numeric=output(scipy.special.itairy, 2), tried=False
)
itairy_bn = function(
    "itairy_bn", lambda x, y: airy_bi(-x), numeric=output(scipy.special.itairy, 3), tried=False
)

# -- Kelvin: y = ber + i bei and y = ker + i kei, y'' = i y - y' / x -------------------------------------------------

kelvin_be = function(
    "kelvin_be", lambda x, y: kelvin_bep(x), numeric=output(scipy.special.kelvin, 0), domain=("positive",)
)
kelvin_ke = function(
    "kelvin_ke", lambda x, y: kelvin_kep(x), numeric=output(scipy.special.kelvin, 1), domain=("positive",)
)
kelvin_bep = function(
    "kelvin_bep",
    lambda x, y: 1j * kelvin_be(x) - y / x,
    numeric=output(scipy.special.kelvin, 2),
    domain=("positive",),
)
kelvin_kep = function(
    "kelvin_kep",
    lambda x, y: 1j * kelvin_ke(x) - y / x,
    numeric=output(scipy.special.kelvin, 3),
    domain=("positive",),
)
ber = function("ber", lambda x, y: berp(x), domain=("positive",))
bei = function("bei", lambda x, y: beip(x), domain=("positive",))
ker = function("ker", lambda x, y: kerp(x), domain=("positive",))
kei = function("kei", lambda x, y: keip(x), domain=("positive",))
berp = function("berp", lambda x, y: -bei(x) - y / x, domain=("positive",))
beip = function("beip", lambda x, y: ber(x) - y / x, domain=("positive",))
kerp = function("kerp", lambda x, y: -kei(x) - y / x, domain=("positive",))
keip = function("keip", lambda x, y: ker(x) - y / x, domain=("positive",))
