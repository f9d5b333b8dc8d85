"""Ten problems solved with linad, each a script: python -m examples.nile; python -m examples draws all figures."""

NAMES = (
    "gaussian_process",
    "nile",
    "design",
    "lqr",
    "truss",
    "sparse_precision",
    "certified_fits",
    "bilevel",
    "lu_cost",
    "own_factorization",
)
