"""The calls of scipy.stats: every method of every distribution, and every parameter that has a derivative."""

from __future__ import annotations

from linad.check.doors.case import Case, cases

_REAL = "distributions are of real numbers"
_ONE_MATRIX = "SciPy takes one matrix"
_DENSITIES = ("pdf", "logpdf")
_PROBABILITIES = ("cdf", "sf", "logcdf", "logsf")
_QUANTILES = ("ppf", "isf")


def _of(distribution: str, methods: tuple[str, ...], arguments: str, no_batch: str = "") -> tuple[Case, ...]:
    calls = [f"{distribution}.{method}({arguments})" for method in methods]
    return cases("scipy.stats", *calls, no_batch=no_batch, no_complex=_REAL)


def _continuous(distribution: str, x: str, free: str, rest: str, held: str = "") -> tuple[Case, ...]:
    """Densities with the shapes that are free, distribution functions with those held."""
    held = held or free
    return (
        *_of(distribution, _DENSITIES, f"{x}, {free}{rest}"),
        *_of(distribution, _PROBABILITIES, f"{x}, {held}{rest}"),
        *_of(distribution, _QUANTILES, f"f, {held}{rest}"),
    )


CASES = (
    *_continuous("norm", "b", "", "c, p"),
    *_continuous("cauchy", "b", "", "c, p"),
    *_continuous("laplace", "b", "", "c, p"),
    *_continuous("t", "b", "q, ", "c, p", held="3.5, "),
    *_continuous("expon", "p", "", "u - 1, a"),
    *_continuous("lognorm", "p", "q, ", "u - 1, a"),
    *_continuous("weibull_min", "p", "q, ", "u - 1, a"),
    *_continuous("gamma", "p", "q, ", "u - 1, a"),
    *_continuous("chi2", "p", "q, ", "u - 1, a"),
    *_continuous("beta", "f", "p, q, ", "u - 1, a + 2"),
    *_of("uniform", _DENSITIES, "np.array([0.2, 0.5, 0.7]), 0, a"),  # constant in x and loc
    *_of("uniform", (*_PROBABILITIES, *_QUANTILES), "f, u - 1, a + 2"),
    *_of("poisson", ("pmf", "logpmf", *_PROBABILITIES), "np.array([0, 2, 5]), p"),
    *_of("binom", ("pmf", "logpmf", *_PROBABILITIES), "np.array([0, 2, 3]), 4, f"),
    *_of("nbinom", ("pmf", "logpmf"), "np.array([0, 2, 5]), p, f"),
    *_of("nbinom", _PROBABILITIES, "np.array([0, 2, 5]), 2.5, f"),
    *_of("multivariate_normal", _DENSITIES, "E, b, S", _ONE_MATRIX),
    *_of("multivariate_t", _DENSITIES, "E, b, S, s * s + 2", _ONE_MATRIX),
    *_of("dirichlet", _DENSITIES, "f[:2] / 2, p", _ONE_MATRIX),
    *_of("wishart", _DENSITIES, "S, s * s + 3, np.diag(p)", _ONE_MATRIX),
    *_of("wishart", _DENSITIES, "np.diag(p), s * s + 3, S", _ONE_MATRIX),
    *_of("invwishart", _DENSITIES, "S, s * s + 3, np.diag(p)", _ONE_MATRIX),
    *_of("invwishart", _DENSITIES, "np.diag(p), s * s + 3, S", _ONE_MATRIX),
)
