"""Calls of functions with rows that are refused by name: an option without a derivative, or one that is traced."""

from __future__ import annotations

import numpy as np

from linad.check.domains import member
from linad.check.doors.case import ARGUMENTS, Case, cases
from linad.core.transforms import vjp
from linad.errors import NoRuleError

REFUSED = (
    *cases(
        "scipy.linalg",
        """
        qr(A, mode='raw'); lstsq(F, D, cond=s); pinv(F, rtol=s); pinvh(S, rtol=s)
        orth(M, rcond=s); null_space(V, rcond=s); qz(N, P)
        """,
    ),
    *cases(
        "numpy.linalg",
        "qr(A, mode='raw'); norm(b, s); vector_norm(b, ord=s); cond(G, s); pinv(F, rcond=s); lstsq(F, D, rcond=s)",
    ),
    *cases(
        "numpy",
        """
        add(b, c, where=np.array([True, False, True])); add(b, c, dtype=np.int64, casting='unsafe')
        add.at(b, 0, 1.0); cov(A, fweights=p); cov(A, aweights=p + 1j)
        """,
    ),
    *cases(
        "scipy.stats",
        """
        poisson.logpmf(p, q); poisson.ppf(f, p); binom.pmf(1, a, f); norm.fit(b); norm.entropy(b, p)
        multivariate_normal.cdf(b, c, S)
        """,
    ),
)


def refusal(case: Case) -> str:
    """The fact that the error states; empty where the call is answered."""
    rng = np.random.default_rng(0)
    try:
        vjp(case.calling(), *[member(*ARGUMENTS[letter], np.dtype(float), rng) for letter in case.letters])
    except NoRuleError as error:
        return str(error.args[1])
    return ""
