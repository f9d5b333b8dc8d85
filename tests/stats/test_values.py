"""Values are SciPy's: over grids that have every end in them, for random numbers, for plain arguments bit for bit."""

import itertools

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as some

import linad as ln
import linad.stats as stats

EPS = np.finfo(float).eps
INF, NAN = np.inf, np.nan
CONTINUOUS = {
    "norm": 0, "cauchy": 0, "laplace": 0, "expon": 0, "uniform": 0, "lognorm": 1, "weibull_min": 1, "gamma": 1,
    "chi2": 1, "t": 1, "beta": 2,
}  # fmt: skip
COUNTS = {"poisson": (2.3,), "binom": (7, 0.3), "nbinom": (2.5, 0.4)}
QUANTILES = ("ppf", "isf")
LOGARITHMS = ("logcdf", "logsf")
PAIRS = [(name, method) for name in CONTINUOUS for method in getattr(stats, name).methods]

X = np.array([-1e3, -40.0, -1.0, -0.0, 0.0, 1e-9, 0.25, 0.5, 0.75, 1.0, 2.0, 40.0, 1e3, 1e10, NAN])
Q = np.array([-0.1, 0.0, 1e-9, 0.2, 0.5, 0.7, 1 - 1e-9, 1.0, 1.1, NAN])
SHAPES = [0.3, 1.0, 2.0, 2.5, 50.0, 0.0, -1.0, NAN]
PLACES = [(0.0, 1.0), (0.5, 2.0), (0.0, 0.0), (0.0, -1.0), (0.0, NAN), (NAN, 1.0)]


def traced(name, method, x, *parameters):
    """The value that is computed where x is traced."""
    return ln.jvp(lambda x: getattr(getattr(stats, name), method)(x, *parameters), (x,), (np.ones_like(x),))[
        0
    ]


def assert_agree(value, expected, log):
    """To 1e-12: SciPy's exp of a sum has that error itself, where the sum is in the hundreds."""
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=4 * EPS if log else 1e-307)
    assert np.shape(value) == np.shape(expected)
    assert value.dtype == expected.dtype


def quietly(function, *args):
    with np.errstate(all="ignore"):
        return function(*args)


@pytest.mark.parametrize(("name", "method"), PAIRS)
def test_values_are_scipys_at_every_end_of_variables_and_parameters(name, method):
    rows = [
        (*shapes, *place) for shapes in itertools.product(SHAPES, repeat=CONTINUOUS[name]) for place in PLACES
    ]
    parameters = np.array(rows).T[:, None]
    x = np.where(np.zeros(parameters.shape[1:]), 0, (Q if method in QUANTILES else X)[:, None])
    value = quietly(traced, name, method, x, *parameters)
    expected = quietly(getattr(getattr(scipy.stats, name), method), x, *parameters)
    if name == "laplace" and method.startswith("log"):  # SciPy's underflows
        value, expected = (np.where(np.abs(x) < 700, y, 0) for y in (value, expected))
    if name == "weibull_min" and method == "pdf":  # SciPy's is infinity times 0
        value, expected = (np.where(x < 1e3, y, 0) for y in (value, expected))
    assert_agree(value, expected, method != "pdf")


@pytest.mark.parametrize("method", stats.t.methods)
def test_student_with_infinitely_many_degrees_of_freedom_is_normal(method):
    x = np.array([0.1, 0.5, 0.8])
    assert_agree(traced("t", method, x, INF), getattr(scipy.stats.norm, method)(x), True)
    many = np.array([INF, 3.0, 1e300])
    assert_agree(traced("t", method, x, many), getattr(scipy.stats.t, method)(x, many), True)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_densities_are_zero_at_infinity(name):
    shapes = (2.0,) * CONTINUOUS[name]
    x = np.array([-INF, INF])
    for method, y in (("pdf", 0.0), ("logpdf", -INF), ("cdf", [0, 1]), ("logsf", [0, -INF])):
        function = getattr(getattr(stats, name), method)
        value, slope = ln.jvp(lambda x, s, f=function: f(x, *shapes, 0.0, s), (x, 2.0), (np.ones(2), 1.0))
        np.testing.assert_array_equal(value, np.broadcast_to(y, 2))
        np.testing.assert_array_equal(slope, 0)


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("method", ["pmf", "logpmf", "cdf", "sf", "logcdf", "logsf"])
def test_values_of_counts_are_scipys(name, method):
    k = np.array([-INF, -1, 0, 1, 2, 2.5, 5, 7, 8, 40, NAN])[:, None]
    own, original = getattr(getattr(stats, name), method), getattr(getattr(scipy.stats, name), method)
    *held, _ = COUNTS[name]
    last = np.array([0.0, 0.4, 1.0, 1.5, -0.5, NAN])
    if (name, method) == ("binom", "logcdf"):  # where SciPy's is 0 of what is no probability
        last = last[:3]
    value, _ = quietly(ln.jvp, lambda p: own(k, *held, p), (last,), (np.ones(last.shape),))
    assert_agree(value, quietly(original, k, *held, last), True)


@pytest.mark.parametrize("name", CONTINUOUS)
@given(data=some.data())
@settings(max_examples=10)
def test_values_are_scipys_of_random_numbers(name, data):
    def draw(low, high, size):  # decimals: what is next to the smallest numbers is a matter of underflow
        thousandths = some.integers(int(1000 * low), int(1000 * high))
        return np.array(data.draw(some.lists(thousandths, min_size=size, max_size=size))) / 1000

    x = np.concatenate([draw(-60, 60, 1), draw(0, 1, 2)])
    parameters = [*draw(0.1, 60, CONTINUOUS[name]), *draw(-1, 1, 1), *draw(0.1, 10, 1)]
    for method in set(getattr(stats, name).methods) - set(LOGARITHMS):
        at = np.abs(x) % 1 if method in QUANTILES else x
        expected = quietly(getattr(getattr(scipy.stats, name), method), at, *parameters)
        assert_agree(quietly(traced, name, method, at, *parameters), expected, method != "pdf")


@pytest.mark.parametrize("name", CONTINUOUS)
def test_logarithms_of_probabilities_are_theirs(name):
    """Where SciPy's probabilities have their digits: its logarithms have not always."""
    shapes = np.array(list(itertools.product([0.7, 2.0, 8.0], repeat=CONTINUOUS[name]))).T[:, None]
    x = getattr(scipy.stats, name).ppf(np.array([1e-6, 0.1, 0.49, 0.51, 0.9, 0.999])[:, None], *shapes)
    for method, complement in (("cdf", "sf"), ("sf", "cdf")):
        p, q = (getattr(getattr(scipy.stats, name), m)(x, *shapes) for m in (method, complement))
        expected = np.where(p < 0.5, np.log(p), np.log1p(-q))
        np.testing.assert_allclose(traced(name, f"log{method}", x, *shapes), expected, rtol=1e-12)


def test_logarithms_of_probabilities_keep_their_digits_far_out():
    x = np.array([-1e3, -40.0, 40.0])
    exact = [-1e3 - np.log(2), -40 - np.log(2), -0.5 * np.exp(-40)]
    np.testing.assert_allclose(traced("laplace", "logcdf", x), exact, rtol=4 * EPS)
    np.testing.assert_allclose(
        traced("expon", "logcdf", np.array([1e-200, 50.0])), [np.log(1e-200), -np.exp(-50)]
    )
    np.testing.assert_allclose(traced("gamma", "logcdf", np.array([60.0]), 1.0), -np.exp(-60), rtol=1e-12)
    slopes = ln.jacobian(stats.norm.logcdf)(np.array([-40.0, -1e8])).diagonal()
    np.testing.assert_allclose(slopes, [40.0249688472, 1e8], rtol=1e-10)


def test_the_probability_of_many_trials_is_scipys():
    k, n = np.arange(0, 1001, 50), 1000
    for method in ("logpmf", "pmf"):
        value = ln.jvp(lambda p, m=method: getattr(stats.binom, m)(k, n, p), (0.3,), (1.0,))[0]
        np.testing.assert_allclose(
            value, getattr(scipy.stats.binom, method)(k, n, 0.3), rtol=2e-11
        )  # 6000 eps each


@pytest.mark.parametrize("name", [*CONTINUOUS, *COUNTS])
def test_plain_arguments_get_scipys_result(name, rng):
    own, original = getattr(stats, name), getattr(scipy.stats, name)
    parameters = COUNTS.get(name) or (2.0,) * CONTINUOUS[name]
    x = rng.uniform(0, 1, 4)
    for method in own.methods:
        expected = getattr(original, method)(x, *parameters, loc=0.25)
        np.testing.assert_array_equal(getattr(own, method)(x, *parameters, loc=0.25), expected)
        np.testing.assert_array_equal(getattr(own(*parameters, loc=0.25), method)(x), expected)
        assert type(getattr(own, method)(0.5, *parameters)) is type(
            getattr(original, method)(0.5, *parameters)
        )
