"""The calls of numpy's statistics: order, quantiles, what leaves NaN out, sets, histograms, covariances."""

from __future__ import annotations

from functools import partial

from linad.check.doors.case import cases

_of = partial(cases, "numpy")
_ALL = "it is one result of all entries, or of the axes that the call names"
_ORDER = "complex numbers have no order that a derivative could follow"
_REAL = "NumPy takes real numbers"
_METHODS = (  # besides linear, the default
    "inverted_cdf averaged_inverted_cdf closest_observation interpolated_inverted_cdf hazen weibull median_unbiased "
    "normal_unbiased lower higher midpoint nearest"
)
_WITH_NAN = "np.where(np.array([True, False, True]), b, np.nan)"
_SUMS = "nansum nanprod nanmean nanvar nanstd nancumsum nancumprod nanmedian"

CASES = (
    # order
    *_of("partition(b, 1, axis=-1)", "sort_complex(b)", "median(b, axis=-1)"),
    *_of(
        "percentile(b, 30, axis=-1)",
        "quantile(b, 0.3, axis=-1)",
        *(f"quantile(b, 0.3, axis=-1, method='{method}')" for method in _METHODS.split()),
        "quantile(b, 0.6, axis=-1, method='inverted_cdf', weights=np.array([1, 2, 1.5]))",
        "unwrap(3 * b, axis=-1)",
        no_complex=_REAL,
    ),
    *_of(
        "quantile(b, p / 3)",
        "quantile(b, p / 3, method='weibull')",
        "percentile(b, 30 * p)",
        "unwrap(3 * b, period=a[0])",
        no_batch=_ALL,
        no_complex=_REAL,
    ),
    # leaving NaN out
    *_of(
        *(f"{name}({_WITH_NAN}, axis=-1)" for name in _SUMS.split()),
        f"nanvar({_WITH_NAN}, axis=-1, ddof=1)",
    ),
    *_of(f"nanmax({_WITH_NAN}, axis=-1)", f"nanmin({_WITH_NAN}, axis=-1)", no_complex=_ORDER),
    *_of(
        f"nanquantile({_WITH_NAN}, 0.3, axis=-1)",
        f"nanpercentile({_WITH_NAN}, 30, axis=-1)",
        no_complex=_REAL,
    ),
    # sets
    *_of(
        """
        unique(B); unique(B, axis=0); unique(np.stack([b, b]), return_inverse=True); unique_values(b)
        unique_all(b); unique_counts(b); unique_inverse(b); union1d(b, c); intersect1d(b, b[::2])
        setdiff1d(b, [0.5]); setxor1d(b, c)
        """,
        no_batch="the values of a whole set, in order",
    ),
    # histograms
    *_of("histogram(np.array([0.1, 0.5, 0.9]), 2, weights=b)", no_batch=_ALL),
    *_of(
        """
        histogram(b, 3); histogram(b, 3, density=True); histogram(b, 3, weights=p, density=True)
        histogram_bin_edges(b, 4); histogram2d(b, c, 2, density=True); histogramdd(F, 2, density=True)
        histogram2d(np.arange(3), np.arange(3), 2, weights=b); histogramdd(np.eye(3), 2, weights=b)
        bincount(np.array([0, 1, 1]), weights=b)
        """,
        no_batch=_ALL,
        no_complex=_REAL,
    ),
    # covariances
    *_of(
        """
        cov(B); cov(b, c, bias=True); cov(B, rowvar=False, ddof=0); cov(A, fweights=np.array([1, 2, 1]))
        cov(B, rowvar=False, aweights=np.abs(z)); corrcoef(A); corrcoef(b, c)
        """,
        no_batch=_ALL,
    ),
)
