"""A value, its gradient and a Hessian product factor a matrix once, and make no inverse but where it is the answer.

The calls are those of docs/functions.md. Products and triangular solves are free; what else may run is written here.
"""

from typing import Any

import pytest

import linad as ln
from linad.check.doors import CASES, points
from linad.check.higher_order import forward_over_reverse
from linad.check.trial import Trial

# A routine of Hermitian matrices stands for that of symmetric ones too.
TWINS = {"heevd": "syevd", "hegvd": "sygvd", "hbevd": "sbevd", "hetrf": "sytrf"}
FREE = {"gemm", "gemv", "trsm", "trtrs", "getrs", "potrs", "ormqr", "syrk", "herk"}
# By the function that is called: what may run once. Triangular factors are never factored again: none has two of these.
ONCE = {
    "solve": "getrf potrf",
    "tensorsolve": "getrf",
    "lu": "getrf",
    "lu_factor": "getrf",
    "cholesky": "potrf",
    "cho_factor": "potrf",
    "ldl": "sytrf",
    "qr": "geqrf geqp3 orgqr",
    "rq": "geqrf orgqr",
    "qr_multiply": "geqrf geqp3 orgqr",
    "pinv": "geqrf orgqr",
    "pinvh": "geqrf orgqr",
    "svd": "gesdd syevd",
    "svdvals": "gesdd",
    "eigh": "syevd sygvd",
    "eigvalsh": "syevd sygvd",
    "eigh_tridiagonal": "stevd",
    "eigvalsh_tridiagonal": "stevd",
    "eig_banded": "sbevd",
    "eigvals_banded": "sbevd",
    "spectral": "syevd",
    "norm": "gesdd syevd",
    "matrix_norm": "gesdd syevd",
    # the inverse is the answer, or the gradient is made of it
    "inv": "getrf getri",
    "tensorinv": "getrf getri",
    "matrix_power": "getrf getri",
    "det": "getrf getri",
    "slogdet": "getrf getri",
    "factor": "getrf getri potrf",
    "cond": "gesdd getrf getri",
}
