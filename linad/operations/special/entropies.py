"""Logarithms, exponentials and entropies in forms that keep their digits: xlogy, expit, exprel, Box and Cox, Huber.

exprel's derivatives are confluent hypergeometric functions, those of log(1 + u) / u a series near 0: the limits at 0
are right. x log(y) has the derivative 0 in y at x = y = 0.
At kinks    a subgradient
"""

from __future__ import annotations

import math
from typing import Any

import scipy.special

from linad.core.kinds import discrete
from linad.core.kinds.elementwise import UNARY
from linad.operations.elementwise import (
    absolute,
    equal,
    exp,
    hypot,
    less_equal,
    log,
    log1p,
    logical_and,
    reciprocal,
    sign,
    sin,
    where,
)
from linad.operations.special.declaring import function
from linad.operations.special.hypergeometric import hyp1f1
from linad.operations.special.integrals import log_ratio

_DEGREE = math.pi / 180

# -- x log(y) and entropies --------------------------------------------------------------------------------------


def _share(x: Any, y: Any) -> Any:
    """x / y; 0 where both are 0."""
    both = logical_and(equal(x, 0), equal(y, 0))
    return where(both, 0, x) / where(both, 1, y)


xlogy = function(
    "xlogy",
    lambda x, y, z: log(y),
    lambda x, y, z: _share(x, y),
    domain=("real", "positive"),
    dtypes="fc",
)
xlog1py = function(
    "xlog1py",
    lambda x, y, z: log1p(y),
    lambda x, y, z: _share(x, 1 + y),
    domain=("real", "positive"),
    dtypes="fc",
)
entr = function("entr", lambda x, y: -1 - log(x), domain=("positive",))
rel_entr = function(
    "rel_entr",
    lambda x, y, z: log(x / y) + 1,
    lambda x, y, z: -_share(x, y),
    domain=("positive", "positive"),
)
kl_div = function(
    "kl_div", lambda x, y, z: log(x / y), lambda x, y, z: 1 - _share(x, y), domain=("positive", "positive")
)
powm1 = function(
    "powm1",
    lambda x, y, z: y * x ** (y - 1),
    lambda x, y, z: (1 + z) * log(x),
    domain=("positive", "real"),
)

# -- logistic functions ------------------------------------------------------------------------------------------

expit = function("expit", lambda x, y: y * expit(-x))
log_expit = function("log_expit", lambda x, y: expit(-x))
logit = function("logit", lambda p, y: reciprocal(p * (1 - p)), domain=("fraction",))

# -- exponentials and angles in degrees --------------------------------------------------------------------------

exp2 = function("exp2", lambda x, y: math.log(2) * y)
exp10 = function("exp10", lambda x, y: math.log(10) * y)
expm1 = function("expm1", lambda x, y: exp(x), dtypes="fc")
log1p_ = function("log1p", lambda x, y: reciprocal(1 + x), domain=("positive",), dtypes="fc")
cbrt = function("cbrt", lambda x, y: 1 / (3 * y * y), domain=("nonzero",))
cosm1 = function("cosm1", lambda x, y: -sin(x))
exprel = function("exprel", lambda x, y: hyp1f1(2, 3, x) / 2)
sindg = function("sindg", lambda x, y: _DEGREE * cosdg(x))
cosdg = function("cosdg", lambda x, y: -_DEGREE * sindg(x))
tandg = function("tandg", lambda x, y: _DEGREE * (1 + y * y))
cotdg = function("cotdg", lambda x, y: -_DEGREE * (1 + y * y), domain=("positive",))
radian = function(
    "radian",
    lambda d, m, s, y: _DEGREE + 0 * y,
    lambda d, m, s, y: _DEGREE / 60 + 0 * y,
    lambda d, m, s, y: _DEGREE / 3600 + 0 * y,
)
round = discrete("special.round", scipy.special.round, samples=UNARY, dtypes="f")

# -- Box and Cox: log(x) exprel(lambda log(x)), and its inverse exp(y log(1 + lambda y) / (lambda y)) -----------------


def _by_shape(log_x: Any, shape: Any) -> Any:
    return log_x * log_x * hyp1f1(2, 3, shape * log_x) / 2


boxcox = function(
    "boxcox",
    lambda x, shape, y: x ** (shape - 1),
    lambda x, shape, y: _by_shape(log(x), shape),
    domain=("positive", "real"),
)
boxcox1p = function(
    "boxcox1p",
    lambda x, shape, y: (1 + x) ** (shape - 1),
    lambda x, shape, y: _by_shape(log1p(x), shape),
    domain=("positive", "real"),
)
inv_boxcox = function(
    "inv_boxcox",
    lambda y, shape, x: x / (1 + shape * y),
    lambda y, shape, x: x * y * y * log_ratio(1, shape * y),
    domain=("positive", "positive"),
)
inv_boxcox1p = function(
    "inv_boxcox1p",
    lambda y, shape, x: (1 + x) / (1 + shape * y),
    lambda y, shape, x: (1 + x) * y * y * log_ratio(1, shape * y),
    domain=("positive", "positive"),
)

# -- Huber -------------------------------------------------------------------------------------------------------

huber = function(
    "huber",
    lambda delta, r, y: where(less_equal(absolute(r), delta), 0, absolute(r) - delta),
    lambda delta, r, y: where(less_equal(absolute(r), delta), r, delta * sign(r)),
    domain=("above one", "unit"),
)


def _pseudo_by_delta(delta: Any, r: Any, y: Any) -> Any:
    length = hypot(delta, r)
    off = r * r / (length + delta)
    return off * off / length


pseudo_huber = function(
    "pseudo_huber",
    _pseudo_by_delta,
    lambda delta, r, y: delta * r / hypot(delta, r),
    domain=("positive", "real"),
)
