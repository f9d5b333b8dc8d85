"""Derivatives at points where a formula would divide zero by zero, or overflow, and a limit exists."""

import math

import numpy as np
import pytest

import linad as ln
import linad.special as special

EULER = 0.5772156649015329
EPS = np.finfo(float).eps

FIRST = {
    "xlogy in y, x = 0": (lambda y: special.xlogy(0.0, y), 0.0, 0.0),
    "xlog1py in y, x = 0": (lambda y: special.xlog1py(0.0, y), -1.0, 0.0),
    "sinc": (special.sinc, 0.0, 0.0),
    "exprel": (special.exprel, 0.0, 0.5),
    "i0e": (special.i0e, 0.0, 0.0),
    "i1e": (special.i1e, 0.0, 0.5),
    "j0": (special.j0, 0.0, 0.0),
    "j1": (special.j1, 0.0, 0.5),
    "jv of order 1": (lambda x: special.jv(1, x), 0.0, 0.5),
    "jv of order 2": (lambda x: special.jv(2, x), 0.0, 0.0),
    "iv of order 1": (lambda x: special.iv(1, x), 0.0, 0.5),
    "spherical_jn of order 1": (lambda x: special.spherical_jn(1, x), 0.0, 1 / 3),
    "struve of order 0": (lambda x: special.struve(0, x), 0.0, 2 / math.pi),
    "rgamma at a pole of gamma": (special.rgamma, -2.0, 2.0),
    "rgamma at 0": (special.rgamma, 0.0, 1.0),
    "spence": (special.spence, 1.0, -1.0),
    "boxcox in lambda": (lambda lam: special.boxcox(2.0, lam), 0.0, math.log(2) ** 2 / 2),
    "inv_boxcox in lambda": (lambda lam: special.inv_boxcox(2.0, lam), 0.0, -2 * math.exp(2)),
    "ellipk": (special.ellipk, 0.0, math.pi / 8),
    "ellipe": (special.ellipe, 0.0, -math.pi / 8),
    "ellipkinc in m at a quarter turn": (lambda m: special.ellipkinc(math.pi / 2, m), 0.0, math.pi / 8),
    "elliprf of equal arguments": (lambda x: special.elliprf(x, 1.0, 1.0), 1.0, -1 / 6),
    "agm of equal arguments": (lambda a: special.agm(a, 1.0), 1.0, 0.5),
    "lambertw": (lambda z: special.lambertw(z).real, 0.0, 1.0),
    "diric": (lambda x: special.diric(x, 4), 2 * math.pi, 0.0),
    "eval_legendre at the end": (lambda x: special.eval_legendre(5, x), 1.0, 15.0),
    "eval_chebyt at the end": (lambda x: special.eval_chebyt(4, x), -1.0, -16.0),
    "legendre_p at the end": (lambda x: special.legendre_p(5, x)[0], 1.0, 15.0),
    "hyp2f1": (lambda z: special.hyp2f1(0.5, 0.5, 1.0, z), 0.0, 0.25),
    "binom outside": (lambda k: special.binom(3.0, k), 5.0, 0.05),
    "huber inside": (lambda r: special.huber(1.0, r), 0.0, 0.0),
    "pseudo_huber in delta": (lambda d: special.pseudo_huber(d, 0.0), 1.0, 0.0),
    "erfcx far right": (special.erfcx, 1e8, -1 / (1e16 * math.sqrt(math.pi))),
    "log_ndtr far left": (special.log_ndtr, -1e8, 1e8),
    "log_ndtr far right": (special.log_ndtr, 50.0, 0.0),
    "expit far right": (special.expit, 800.0, 0.0),
    "log_expit far left": (special.log_expit, -800.0, 1.0),
    "gammainc with a = 1": (lambda x: special.gammainc(1.0, x), 0.0, 1.0),
    "chndtr without noncentrality": (lambda x: special.chndtr(x, 2.0, 0.0), 1.0, math.exp(-0.5) / 2),
    "perm": (lambda n: special.perm(n, 2), 3.0, 5.0),
    "factorial": (special.factorial, 0.0, -EULER),
    "softplus": (special.softplus, 0.0, 0.5),
}


@pytest.mark.parametrize("name", FIRST)
def test_the_limit_is_the_derivative(name):
    f, x, limit = FIRST[name]
    bound = 64 * EPS * max(1, abs(limit)) if limit > -1e-10 or limit < -1e-2 else 64 * EPS * abs(limit)
    assert abs(ln.grad(f)(x) - limit) <= bound
    assert abs(ln.jvp(f, (x,), (1.0,))[1] - limit) <= bound


SECOND = {
    "sinc": (special.sinc, 0.0, -(math.pi**2) / 3),
    "exprel": (special.exprel, 0.0, 1 / 3),
    "j0": (special.j0, 0.0, -0.5),
    "spence": (special.spence, 1.0, 0.5),
    "rgamma": (special.rgamma, 0.0, 2 * EULER),
    "ellipk": (special.ellipk, 0.0, 9 * math.pi / 64),
    "boxcox in lambda": (lambda lam: special.boxcox(2.0, lam), 0.0, math.log(2) ** 3 / 3),
    "diric": (lambda x: special.diric(x, 3), 0.0, -2 / 3),
    "eval_legendre": (lambda x: special.eval_legendre(4, x), 1.0, 45.0),
    "lambertw": (lambda z: special.lambertw(z).real, 0.0, -2.0),
}


@pytest.mark.parametrize("name", SECOND)
def test_the_limit_is_the_second_derivative(name):
    f, x, limit = SECOND[name]
    for second in (ln.grad(ln.grad(f)), lambda x: ln.jvp(ln.grad(f), (x,), (1.0,))[1]):
        assert abs(second(x) - limit) <= 64 * EPS * max(1, abs(limit))


@pytest.mark.parametrize("integral", [special.sici, special.shichi])
def test_an_integral_of_sines_has_its_limit_beside_one_that_is_infinite(integral):
    with np.errstate(divide="ignore"):  # of the cosine's, whose cotangent is absent
        for derivative in (ln.grad(lambda x: integral(x)[0]), lambda x: ln.jvp(integral, (x,), (1.0,))[1][0]):
            assert derivative(0.0) == 1.0


def test_mixed_derivative_of_xlogy_at_zero_is_the_reciprocal():
    assert ln.grad(lambda x: ln.grad(lambda y: special.xlogy(x, y))(2.0))(0.0) == 0.5


def test_entropy_has_an_infinite_slope_at_zero():
    with np.errstate(divide="ignore"):
        assert ln.grad(special.entr)(0.0) == np.inf


def test_principal_values_are_not_differentiated_silently():
    assert np.isnan(ln.grad(lambda y: special.elliprc(1.0, y))(-2.0))


def test_shapes_of_gamma_distributions_at_the_ends_and_outside():
    slope = ln.grad(special.gammainc)
    assert slope(2.5, 0.0) == 0
    assert slope(0.5, np.inf) == 0
    assert np.isnan(slope(-1.0, 2.0))
    assert ln.grad(lambda x: slope(2.5, x))(0.0) == 0


def test_zeta_has_no_derivative_where_it_has_no_value():
    assert np.isnan(ln.grad(lambda x: special.zeta(x, 2.0))(0.5))
    assert np.isinf(ln.grad(special.zeta)(1.0))


def test_the_derivative_of_many_shapes_is_that_of_each():
    a, x = np.linspace(0.1, 30, 60)[:, None], np.linspace(0.1, 40, 70)
    found = ln.jvp(lambda a: special.gammainc(a, x), (a,), (np.ones_like(a),))[1]
    assert found.shape == (60, 70)
    for i, j in [(0, 0), (17, 3), (41, 69), (59, 11)]:
        np.testing.assert_allclose(found[i, j], ln.grad(special.gammainc)(a[i, 0], x[j]), rtol=1e-12)
