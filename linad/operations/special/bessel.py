"""Bessel functions of any order and type, and Struve's.

Tangent     half a difference, or sum, of the neighbouring orders: no division by the argument, so that the limits at
            0 are right. A scaled function adds the slope of its scale; exp(-|Im z|) and exp(-|Re z|) are not
            holomorphic.
Refused     the order
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from linad.operations.elementwise import imag, maximum, real, sign
from linad.operations.special.declaring import function
from linad.operations.special.gammas import rgamma

_ORDER = "the order v"
_ORDERS = ((0,), (0.5,), (2,))
_WHOLE = ((0,), (1,), (3,))

# -- functions of the first and second kind, and of the third ----------------------------------------------------

jv = function("jv", _ORDER, lambda v, z, y: (jv(v - 1, z) - jv(v + 1, z)) / 2, at=_ORDERS,
              domain=("positive",), dtypes="fc")  # fmt: skip
yv = function("yv", _ORDER, lambda v, z, y: (yv(v - 1, z) - yv(v + 1, z)) / 2, at=_ORDERS,
              domain=("positive",), dtypes="fc")  # fmt: skip
hankel1 = function("hankel1", _ORDER, lambda v, z, y: (hankel1(v - 1, z) - hankel1(v + 1, z)) / 2, at=_ORDERS,
                   domain=("positive",), dtypes="fc")  # fmt: skip
hankel2 = function("hankel2", _ORDER, lambda v, z, y: (hankel2(v - 1, z) - hankel2(v + 1, z)) / 2, at=_ORDERS,
                   domain=("positive",), dtypes="fc")  # fmt: skip
hankel1e = function(
    "hankel1e",
    _ORDER,
    lambda v, z, y: (hankel1e(v - 1, z) - hankel1e(v + 1, z)) / 2 - 1j * y,
    at=_ORDERS,
    domain=("positive",),
    dtypes="fc",
)
hankel2e = function(
    "hankel2e",
    _ORDER,
    lambda v, z, y: (hankel2e(v - 1, z) - hankel2e(v + 1, z)) / 2 + 1j * y,
    at=_ORDERS,
    domain=("positive",),
    dtypes="fc",
)


def _turning(scaled: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """a and b of a function times exp(-|Im z|), whose own slope is -y sign(Im z) (dz - conj(dz)) / 2i."""

    def along(v: Any, z: Any, y: Any) -> Any:
        return (scaled(v - 1, z) - scaled(v + 1, z)) / 2 + 0.5j * sign(imag(z)) * y

    def across(v: Any, z: Any, y: Any) -> Any:
        return -0.5j * sign(imag(z)) * y

    return along, across


jve = function("jve", _ORDER, lambda v, z, y: (jve(v - 1, z) - jve(v + 1, z)) / 2, at=_ORDERS,
               nonholomorphic=_turning(lambda v, z: jve(v, z)),
               domain=("first quadrant",), dtypes="fc")  # fmt: skip
yve = function("yve", _ORDER, lambda v, z, y: (yve(v - 1, z) - yve(v + 1, z)) / 2, at=_ORDERS,
               nonholomorphic=_turning(lambda v, z: yve(v, z)),
               domain=("first quadrant",), dtypes="fc")  # fmt: skip

# -- modified functions ------------------------------------------------------------------------------------------

iv = function("iv", _ORDER, lambda v, z, y: (iv(v - 1, z) + iv(v + 1, z)) / 2, at=_ORDERS,
              domain=("positive",), dtypes="fc")  # fmt: skip
kv = function("kv", _ORDER, lambda v, z, y: -(kv(v - 1, z) + kv(v + 1, z)) / 2, at=_ORDERS,
              domain=("positive",), dtypes="fc")  # fmt: skip
kve = function("kve", _ORDER, lambda v, z, y: y - (kve(v - 1, z) + kve(v + 1, z)) / 2, at=_ORDERS,
               domain=("positive",), dtypes="fc")  # fmt: skip
ive = function(
    "ive",
    _ORDER,
    lambda v, z, y: (ive(v - 1, z) + ive(v + 1, z)) / 2 - sign(z) * y,
    nonholomorphic=(
        lambda v, z, y: (ive(v - 1, z) + ive(v + 1, z)) / 2 - 0.5 * sign(real(z)) * y,
        lambda v, z, y: -0.5 * sign(real(z)) * y,
    ),
    at=_ORDERS,
    domain=("first quadrant",),
    dtypes="fc",
)

# -- whole orders ------------------------------------------------------------------------------------------------

kn = function("kn", "the order n", lambda n, x, y: -(kv(n - 1, x) + kv(n + 1, x)) / 2, at=_WHOLE,
              domain=("positive",))  # fmt: skip
yn = function("yn", "the order n", lambda n, x, y: (yv(n - 1, x) - yv(n + 1, x)) / 2, at=_WHOLE,
              domain=("positive",))  # fmt: skip
j0 = function("j0", lambda x, y: -j1(x))
j1 = function("j1", lambda x, y: (j0(x) - jv(2, x)) / 2)
y0 = function("y0", lambda x, y: -y1(x), domain=("positive",))
y1 = function("y1", lambda x, y: (y0(x) - yv(2, x)) / 2, domain=("positive",))
i0 = function("i0", lambda x, y: i1(x))
i1 = function("i1", lambda x, y: (i0(x) + iv(2, x)) / 2)
k0 = function("k0", lambda x, y: -k1(x), domain=("positive",))
k1 = function("k1", lambda x, y: -(k0(x) + kv(2, x)) / 2, domain=("positive",))
i0e = function("i0e", lambda x, y: i1e(x) - sign(x) * y, domain=("positive",))
i1e = function("i1e", lambda x, y: (i0e(x) + ive(2, x)) / 2 - sign(x) * y, domain=("positive",))
k0e = function("k0e", lambda x, y: y - k1e(x), domain=("positive",))
k1e = function("k1e", lambda x, y: y - (k0e(x) + kve(2, x)) / 2, domain=("positive",))


# -- spherical functions: sqrt(pi / 2z) times those of order n + 1/2 ---------------------------------------------


def _between(first: int, second: int) -> Callable[..., Any]:
    """The derivative (first n C(n - 1) + second (n + 1) C(n + 1)) / (2 n + 1)."""

    def slope(kind: Callable[..., Any], n: Any, z: Any) -> Any:
        below = first * n * kind(maximum(n - 1, 0), z)
        return (below + second * (n + 1) * kind(n + 1, z)) / (2 * n + 1)

    return slope


_circular, _growing, _falling = _between(1, -1), _between(1, 1), _between(-1, -1)
_DEGREE = "the order n"
spherical_jn = function("spherical_jn", _DEGREE, lambda n, z, y: _circular(spherical_jn, n, z), at=_WHOLE,
                        domain=("positive",), dtypes="fc")  # fmt: skip
spherical_yn = function("spherical_yn", _DEGREE, lambda n, z, y: _circular(spherical_yn, n, z), at=_WHOLE,
                        domain=("positive",), dtypes="fc")  # fmt: skip
spherical_in = function("spherical_in", _DEGREE, lambda n, z, y: _growing(spherical_in, n, z), at=_WHOLE,
                        domain=("positive",), dtypes="fc")  # fmt: skip
spherical_kn = function("spherical_kn", _DEGREE, lambda n, z, y: _falling(spherical_kn, n, z), at=_WHOLE,
                        domain=("positive",), dtypes="fc")  # fmt: skip
SPHERICAL_SLOPES = {
    spherical_jn: _circular,
    spherical_yn: _circular,
    spherical_in: _growing,
    spherical_kn: _falling,
}


# -- Struve ------------------------------------------------------------------------------------------------------


def _lead(v: Any, x: Any) -> Any:
    """(x / 2)^v / (sqrt(pi) Gamma(v + 3 / 2))."""
    return (0.5 * x) ** v * (rgamma(v + 1.5) / math.sqrt(math.pi))


struve = function(
    "struve",
    _ORDER,
    lambda v, x, y: (struve(v - 1, x) - struve(v + 1, x) + _lead(v, x)) / 2,
    at=_ORDERS,
    domain=("positive",),
)
modstruve = function(
    "modstruve",
    _ORDER,
    lambda v, x, y: (modstruve(v - 1, x) + modstruve(v + 1, x) + _lead(v, x)) / 2,
    at=_ORDERS,
    domain=("positive",),
)
