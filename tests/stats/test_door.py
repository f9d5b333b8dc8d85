"""The door: what passes through, what is refused and how, frozen distributions, dtypes, symbols."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest
import scipy.stats

import linad as ln
import linad.stats as stats
from linad.check import assert_gradients
from linad.errors import ArgumentError, ConversionError, LinadError, NoRuleError

X = np.array([0.2, 0.5, 0.9])


def refusal(f, x=1.0):
    with pytest.raises(LinadError) as caught:
        ln.vjp(f, x)
    return str(caught.value)


# -- frozen distributions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        lambda x, m, s: stats.norm(m, scale=s).logsf(x),
        lambda x, m, s: stats.gamma(s + 1, scale=s, loc=-m).logpdf(x),
        lambda x, m, s: stats.beta(s, 2.0, loc=-1.0, scale=m + 2).pdf(x),
        lambda x, m, s: stats.nbinom(s, m).logpmf(np.arange(3)),
        lambda x, m, s: stats.multivariate_normal(m * np.ones(3), s).pdf(x),
        lambda x, m, s: stats.dirichlet(s * np.ones(4)).logpdf(m * x / 2),
    ],
    ids=["norm", "gamma", "beta", "nbinom", "multivariate_normal", "dirichlet"],
)
def test_a_frozen_distribution_has_the_derivatives_of_its_parameters(f):
    assert_gradients(f, X, 0.4, 1.3)


def test_a_frozen_distribution_of_plain_parameters_is_scipys_in_everything_else():
    own, original = stats.gamma(2.5, scale=3.0), scipy.stats.gamma(2.5, scale=3.0)
    assert own.mean() == original.mean()
    assert own.interval(0.9) == original.interval(0.9)
    assert own.kwds == {"scale": 3.0}
    np.testing.assert_array_equal(own.rvs(3, random_state=1), original.rvs(3, random_state=1))
    own.random_state = original.random_state = 3
    assert own.rvs() == original.rvs()
    assert float(ln.grad(own.cdf)(1.0)) == pytest.approx(original.pdf(1.0), rel=1e-13)


def test_a_frozen_distribution_of_traced_parameters_refuses_the_rest_by_name():
    said = refusal(lambda m: stats.norm(m).mean())
    assert said.startswith("scipy.stats.norm.mean: parameters of the frozen distribution are traced")
    with pytest.raises(AttributeError):
        ln.vjp(lambda m: stats.norm(m).nothing, 1.0)


def test_distributions_are_copied_and_pickled():
    assert copy.copy(stats.norm) is stats.norm
    assert pickle.loads(pickle.dumps(stats.multivariate_t)) is stats.multivariate_t
    frozen = pickle.loads(pickle.dumps(stats.norm(1.0, 2.0)))
    assert frozen.logpdf(0.5) == scipy.stats.norm(1.0, 2.0).logpdf(0.5)


# -- arguments ------------------------------------------------------------------------------------------------------


def test_first_arguments_have_scipys_names():
    assert ln.grad(lambda s: stats.norm.pdf(x=0.5, scale=s))(2.0) == ln.grad(
        lambda s: stats.norm.pdf(0.5, 0, s)
    )(2.0)
    assert ln.grad(lambda q: stats.expon.ppf(q=q))(0.5) == pytest.approx(2)
    assert ln.grad(lambda m: stats.poisson.cdf(k=1, mu=m))(2.0) == pytest.approx(-2 * np.exp(-2))


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (lambda x: stats.t.logpdf(x), "'df'"),
        (lambda x: stats.norm.logpdf(loc=x), "'x'"),
        (lambda x: stats.norm.logpdf(x, 0.0, 1.0, 2.0), "too many"),
        (lambda x: stats.norm.logpdf(x, size=3), "'size'"),
        (lambda x: stats.norm(x).logpdf(), "takes 1 argument but 0 were given"),
    ],
)
def test_arguments_that_do_not_fit_are_type_errors(f, said):
    with pytest.raises(TypeError, match=said):
        ln.vjp(f, 1.0)


def test_broadcasting_is_scipys(rng):
    x, loc, scale = rng.uniform(-1, 1, (2, 1, 3)), rng.uniform(-1, 1, (4, 1)), rng.uniform(1, 2, 3)
    value, pull = ln.vjp(stats.laplace.cdf, x, loc, scale)
    np.testing.assert_allclose(value, scipy.stats.laplace.cdf(x, loc, scale), rtol=1e-15)
    assert [g.shape for g in pull(np.ones(value.shape))] == [(2, 1, 3), (4, 1), (3,)]
    assert ln.vjp(stats.norm.pdf, np.zeros((0, 2)))[0].shape == (0, 2)


def test_results_are_double_and_gradients_of_the_arguments_dtype():
    x = np.array([0.5, 1.0], np.float32)
    value, pull = ln.vjp(lambda x, m: stats.norm.logpdf(x, m), x, np.float32(0.5))
    assert value.dtype == scipy.stats.norm.logpdf(x, np.float32(0.5)).dtype == np.float64
    assert [g.dtype for g in pull(np.ones(2))] == [np.float32, np.float32]
    assert ln.grad(lambda x: stats.norm.logpdf(x, 1))(3) == -2


def test_complex_arguments_are_refused_by_name():
    assert "scipy.stats.norm.pdf: an argument is complex" in refusal(stats.norm.pdf, 1 + 1j)
    assert "complex" in refusal(lambda A: stats.multivariate_normal.pdf(X, None, A), np.eye(3) + 0j)


def test_lists_of_traced_numbers_are_refused():
    with pytest.raises(ArgumentError, match=r"numpy\.stack"):
        ln.vjp(lambda x: stats.norm.logpdf([x, x]), 1.0)


def test_symbols_are_bound_and_differentiated():
    x, a = ln.symbol("x", shape=(3,)), ln.symbol("a", shape=())
    expression = np.sum(stats.gamma.logpdf(x, a))
    assert ln.function([x, a], expression)(X, 2.0) == pytest.approx(
        scipy.stats.gamma.logpdf(X, 2.0).sum(), rel=1e-14
    )
    g = ln.function([x, a], ln.gradient(expression, a))(X, 2.0)
    assert g == pytest.approx(ln.grad(lambda a: np.sum(stats.gamma.logpdf(X, a)))(2.0), rel=1e-14)
    outside = ln.function([x, a], stats.gamma.pdf(x, a))(np.array([-1.0, 0.0, np.nan]), 1.0)
    np.testing.assert_array_equal(outside, [0.0, 1.0, np.nan])
    x = ln.symbol("x", shape=(2, 3))
    density = ln.function([x], stats.multivariate_normal.logpdf(x, X, np.eye(3)))
    assert density(np.ones((2, 3))) == pytest.approx(
        scipy.stats.multivariate_normal.logpdf(np.ones((2, 3)), X)
    )
    A = ln.symbol("A", shape=(3, 3))
    density = ln.function([A], stats.multivariate_normal.logpdf(X, None, A))
    assert density(2 * np.eye(3)) == pytest.approx(
        scipy.stats.multivariate_normal.logpdf(X, None, 2 * np.eye(3)), rel=1e-14
    )


COMPILED = [
    ("gamma", lambda x, a: np.sum(stats.gamma.logpdf(x, a)), (X, 2.0)),
    ("student", lambda x, df: np.sum(stats.t.logpdf(x, df)), (X, 20.0)),  # and with 44: the series
    ("cauchy", lambda q: np.sum(stats.cauchy.ppf(q)), (X,)),
    ("shape held", lambda x: np.sum(stats.gamma.logcdf(x, 2.0)), (X,)),
    ("binom", lambda p: np.sum(stats.binom.cdf(np.arange(4), 4, p)), (0.4,)),
    ("normal", lambda x, A: stats.multivariate_normal.logpdf(x, None, A), (X, np.eye(3))),
    ("dirichlet", lambda x, a: stats.dirichlet.logpdf(x[:2] / 4, a), (X, X)),
]


@pytest.mark.parametrize(("f", "args"), [case[1:] for case in COMPILED], ids=[case[0] for case in COMPILED])
def test_compiled_functions_give_the_same(f, args):
    g = ln.value_and_grad(f, argnums=tuple(range(len(args))))
    compiled = ln.compile(g)
    for scale in (1.0, 1.1, 2.2):
        data = [x * scale if x is not X else np.minimum(x * scale, 0.95) for x in args]
        (value, slopes), (expected, others) = compiled(*data), g(*data)
        assert value == pytest.approx(expected, rel=1e-14)
        for slope, other in zip(slopes, others, strict=True):
            np.testing.assert_allclose(slope, other, rtol=1e-12, atol=1e-14)


def test_compiled_functions_look_at_the_numbers_of_the_day():
    density = ln.compile(ln.grad(lambda A: stats.multivariate_normal.logpdf(X, None, A)))
    density(np.eye(3))
    with pytest.raises(np.linalg.LinAlgError, match="allow_singular"):
        density(np.diag([1.0, 1.0, 1e-11]))
    simplex = ln.compile(ln.grad(lambda x: stats.dirichlet.logpdf(x, np.ones(3))))
    simplex(np.array([0.2, 0.3]))
    with pytest.raises(ValueError, match=r"simplex|greater"):
        simplex(np.array([0.9, 0.3]))


# -- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (lambda k: stats.poisson.pmf(k, 2.0), "scipy.stats.poisson.pmf: k is traced; it counts"),
        (lambda k: stats.poisson.pmf(1, 2.0, loc=k), "scipy.stats.poisson.pmf: loc is traced; it counts"),
        (lambda n: stats.binom.logpmf(1, n, 0.5), "scipy.stats.binom.logpmf: n is traced; it counts"),
        (lambda mu: stats.poisson.ppf(0.5, mu), "scipy.stats.poisson.ppf: quantiles are whole numbers"),
        (lambda x: stats.norm.fit(x), "scipy.stats.norm.fit: linad has no derivative of it"),
        (lambda x: stats.norm.rvs(x), "scipy.stats.norm.rvs: linad has no derivative of it"),
        (lambda x: stats.kstest([x], "norm"), "scipy.stats.kstest: linad has no derivative of it"),
        (
            lambda x: stats.multivariate_normal.cdf(X * x),
            "scipy.stats.multivariate_normal.cdf: linad has no derivative",
        ),
        (
            lambda x: stats.multivariate_normal(cov=x).entropy(),
            "scipy.stats.multivariate_normal.entropy: parameters",
        ),
    ],
)
def test_what_has_no_derivative_is_refused_by_name(f, said):
    text = refusal(f)
    assert text.startswith(said)
    assert "linad.value(" in text


@pytest.mark.parametrize("method", ["cdf", "sf", "logcdf", "logsf", "ppf", "isf"])
@pytest.mark.parametrize(("name", "shapes"), [("gamma", "a"), ("chi2", "df"), ("t", "df"), ("beta", "ab")])
def test_a_shape_is_differentiated_or_refused_in_the_name_of_the_distribution(name, shapes, method):
    """At the call, whatever linad.special knows; never a silent zero."""
    function, x = getattr(getattr(stats, name), method), 0.3
    for i, shape in enumerate(["df"] if shapes == "df" else shapes):
        args = [2.5] * (1 if shapes == "df" else len(shapes))
        call = lambda s, i=i, args=args: function(x, *args[:i], s, *args[i + 1 :])  # noqa: E731
        try:
            g, said = ln.grad(call)(2.5), ""
        except NoRuleError as error:
            g, said = None, str(error)
        if g is None:
            assert f"scipy.stats.{name}.{method}: linad has no derivative with respect to {shape}" in said
            assert "scipy.special." in said
        else:
            step = 1e-6
            assert g == pytest.approx((call(2.5 + step) - call(2.5 - step)) / (2 * step), rel=1e-7)


def test_scipys_own_methods_refuse_traced_arrays_and_say_what_to_write():
    for f in (
        scipy.stats.norm.logpdf,
        lambda x: scipy.stats.norm(loc=x).logpdf(1.0),
        lambda x: scipy.stats.poisson.logpmf(1, x),
        lambda x: scipy.stats.multivariate_normal.logpdf(X, cov=x),
        lambda x: scipy.stats.dirichlet.logpdf(x * X, X),
        lambda x: scipy.stats.wishart.logpdf(np.eye(2), 3, np.eye(2) * x),
    ):
        with pytest.raises(ConversionError, match=r"linad\.stats"):
            ln.vjp(f, 1.0)


# -- what passes through --------------------------------------------------------------------------------------------


def test_other_names_are_scipys():
    assert stats.pareto is scipy.stats.pareto
    assert stats.rv_continuous is scipy.stats.rv_continuous
    assert stats.ttest_1samp(X, 0.5) == scipy.stats.ttest_1samp(X, 0.5)
    assert stats.norm.entropy() == scipy.stats.norm.entropy()
    assert stats.norm.numargs == 0
    assert {"norm", "wishart", "kstest"} <= set(dir(stats))
    with pytest.raises(AttributeError):
        stats.norm.nothing  # noqa: B018  # the look-up is the test


def test_importing_linad_does_not_import_scipy_stats():
    code = "import sys, linad; assert 'scipy.stats' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
