"""Derivatives at ends, outside, of parameters that are none; and of Student's density for many degrees of freedom."""

import numpy as np
import pytest

import linad as ln
import linad.stats as stats

EPS = np.finfo(float).eps
NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    ("a", "slopes"),
    [(1.0, [-1, 1, -1]), (2.0, [1, -2, 3]), (3.0, [0, 1, -3]), (4.0, [0, 0, 1])],
)
def test_the_density_of_gamma_has_one_sided_derivatives_at_zero(a, slopes):
    f = lambda x: stats.gamma.pdf(x, a)  # noqa: E731  # differentiated again and again
    for slope in slopes:
        f = ln.grad(f)
        np.testing.assert_allclose(f(0.0), slope, atol=8 * EPS)


ENDS = [
    ("chi2 4", lambda x: stats.chi2.pdf(x, 4.0), 0.0, 0.25),
    ("weibull 1", lambda x: stats.weibull_min.pdf(x, 1.0), 0.0, -1.0),
    ("weibull 2", lambda x: stats.weibull_min.pdf(x, 2.0), 0.0, 2.0),
    ("log weibull 1", lambda x: stats.weibull_min.logpdf(x, 1.0), 0.0, -1.0),
    ("log gamma 1", lambda x: stats.gamma.logpdf(x, 1.0), 0.0, -1.0),
    ("expon", stats.expon.pdf, 0.0, -1.0),
    ("beta 2 3 low", lambda x: stats.beta.pdf(x, 2.0, 3.0), 0.0, 12.0),
    ("beta 2 3 high", lambda x: stats.beta.pdf(x, 2.0, 3.0), 1.0, 0.0),
    ("beta 3 2 high", lambda x: stats.beta.pdf(x, 3.0, 2.0), 1.0, -12.0),
    ("beta 1 1", lambda x: stats.beta.pdf(x, 1.0, 1.0), 1.0, 0.0),
    ("log beta 1 1", lambda x: stats.beta.logpdf(x, 1.0, 1.0), 0.0, 0.0),
    ("poisson 0", lambda mu: stats.poisson.pmf(0, mu), 0.0, -1.0),
    ("poisson 1", lambda mu: stats.poisson.pmf(1, mu), 0.0, 1.0),
    ("binom 1 at 0", lambda p: stats.binom.pmf(1, 3, p), 0.0, 3.0),
    ("binom 2 at 1", lambda p: stats.binom.pmf(2, 3, p), 1.0, -3.0),
    ("log binom 0 at 0", lambda p: stats.binom.logpmf(0, 3, p), 0.0, -3.0),
    ("nbinom 1 at 1", lambda p: stats.nbinom.pmf(1, 2.5, p), 1.0, -2.5),
    ("expon ppf", stats.expon.ppf, 0.0, 1.0),
    ("uniform isf", stats.uniform.isf, 1.0, -1.0),
    ("shape at 0", lambda a: stats.gamma.pdf(0.0, a), 2.0, 0.0),
    ("cdf at the end", lambda x: stats.expon.cdf(x), 0.0, 0.0),
    ("laplace's kink", stats.laplace.logpdf, 0.0, 0.0),
]


@pytest.mark.parametrize(("f", "x", "slope"), [case[1:] for case in ENDS], ids=[case[0] for case in ENDS])
def test_a_derivative_at_an_end(f, x, slope):
    np.testing.assert_allclose(ln.grad(f)(x), slope, atol=8 * EPS)
    np.testing.assert_allclose(ln.jvp(f, (x,), (1.0,))[1], slope, atol=8 * EPS)


@pytest.mark.parametrize("name", ["norm", "cauchy", "laplace", "t", "expon", "gamma", "weibull_min"])
@pytest.mark.parametrize("method", ["ppf", "isf"])
def test_quantiles_at_infinite_ends_have_infinite_slopes_and_spoil_no_other(name, method):
    shapes = () if name in ("norm", "cauchy", "laplace", "expon") else (2.5,)
    f = lambda q, s: getattr(getattr(stats, name), method)(q, *shapes, 0.5, s)  # noqa: E731  # two parameters
    end = 1.0 if method == "ppf" else 0.0
    value, slope = ln.jvp(lambda q: f(q, 2.0), (np.array([end, 0.3]),), (np.ones(2),))
    other, expected = ln.jvp(lambda q: f(q, 2.0), (0.3,), (1.0,))
    np.testing.assert_array_equal(value, [INF, other])
    np.testing.assert_array_equal(slope, [INF if method == "ppf" else -INF, expected])
    np.testing.assert_array_equal(ln.jacobian(lambda s: f(np.array([end, 0.3]), s))(2.0)[0], INF)


def test_second_derivatives_of_counts_at_zero_are_those_of_polynomials():
    weights = np.array([1.0, 10.0, 100.0, 1000.0])
    assert ln.hessian(lambda mu: stats.poisson.pmf(np.arange(4), mu) @ weights)(0.0) == pytest.approx(81)


def test_outside_the_support_derivatives_are_zero():
    x = np.array([-1.0, 0.2, INF, -INF])
    for method in ("pdf", "logpdf", "cdf", "logsf"):
        f = getattr(stats.gamma, method)
        slopes = ln.vjp(lambda x, loc, s, f=f: f(x, 2.0, loc, s), x, 0.5, 2.0)[1](np.ones(4))
        for slope in slopes:
            np.testing.assert_array_equal(slope, 0)


def test_what_is_outside_does_not_touch_what_is_inside():
    x, inside = np.array([-1.0, 2.0, INF]), np.array([2.0])
    f = lambda x: lambda a, s: np.sum(stats.gamma.pdf(x, a, 0.5, s))  # noqa: E731  # once for each x
    for g, expected in zip(
        ln.grad(f(x), (0, 1))(2.5, 2.0), ln.grad(f(inside), (0, 1))(2.5, 2.0), strict=True
    ):
        assert g == expected


@pytest.mark.parametrize("method", ["pdf", "logpdf", "cdf", "logsf"])
def test_parameters_that_are_none_have_derivatives_that_are_none(method):
    f = getattr(stats.weibull_min, method)
    x, c = np.array([1.0, 2.0]), np.array([-1.0, 2.0])
    gx, gc, gscale = ln.vjp(lambda x, c, s: f(x, c, 0.5, s), x, c, np.array([2.0, 2.0]))[1](np.ones(2))
    for g in (gx, gc, gscale):
        np.testing.assert_array_equal(np.isnan(g), [True, False])


def test_not_a_number_has_a_derivative_that_is_none():
    value, slope = ln.jvp(lambda x: stats.norm.cdf(x), (np.array([NAN, 0.0]),), (np.ones(2),))
    np.testing.assert_array_equal(np.isnan(value), [True, False])
    np.testing.assert_array_equal(np.isnan(slope), [True, False])


def test_an_invalid_probability_has_a_derivative_that_is_none():
    value, slope = ln.jvp(lambda p: stats.binom.pmf(1, 3, p), (np.array([1.5, 0.5]),), (np.ones(2),))
    np.testing.assert_array_equal(np.isnan(value), [True, False])
    np.testing.assert_array_equal(np.isnan(slope), [True, False])


# d/d df of log p at x, by polygamma functions of eighty digits.
STUDENT = [
    (0.3, 0.0, 1.158655275216201, -5.0940817965769905),
    (0.3, 1.3, 2.0526350545225535, -9.3213459790190729),
    (0.3, 30.0, -0.67875046239901747, -8.9840806243956124),
    (31.0, 0.0, 0.00026001061048295178, -1.6766181845780724e-5),
    (31.0, 1.3, 0.00040172088561220545, -2.6064018744918702e-5),
    (31.0, 30.0, -1.2019328152245128, 0.014536320386199402),
    (33.0, 0.0, 0.00022946320090328414, -1.3900495909222826e-5),
    (33.0, 1.3, 0.00035425776750162237, -2.158642697331825e-5),
    (33.0, 30.0, -1.1737886344784206, 0.013626195724730285),
    (100000.0, 0.0, 2.499999999875e-11, -4.9999999995e-16),
    (100000.0, 1.3, 3.8097680878627616e-11, -7.6195542628177282e-16),
    (100000.0, 30.0, -1.9964813362314958e-5, 3.9691875298674668e-10),
    (100000000.0, 0.0, 2.4999999999999999e-17, -4.9999999999999995e-25),
    (100000000.0, 1.3, 3.8097500180886322e-17, -7.6195000542658961e-25),
    (100000000.0, 30.0, -2.0204732407456706e-11, 4.0409222224826802e-19),
    (1000000000000.0, 0.0, 2.5e-25, -5.0e-37),
    (1000000000000.0, 1.3, 3.8097500000018085e-25, -7.6195000000054258e-37),
    (1000000000000.0, 30.0, -2.02049749757405e-19, 4.04099499272215e-31),
]


@pytest.mark.parametrize(("df", "x", "first", "second"), STUDENT)
def test_students_density_keeps_its_digits_in_the_degrees_of_freedom(df, x, first, second):
    f = lambda df: stats.t.logpdf(x, df)  # noqa: E731  # differentiated twice
    np.testing.assert_allclose(ln.grad(f)(df), first, rtol=1e-12)
    np.testing.assert_allclose(ln.grad(ln.grad(f))(df), second, rtol=1e-12)
