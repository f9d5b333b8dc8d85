"""A value, its gradient and a Hessian product factor a matrix once, and make no inverse but where it is the answer.

The calls are those of docs/functions.md. Products and solves with factors are free; what else may run is written here,
so that a triangular factor that went through a general solve would show as a factorization that is not.
"""

from typing import Any

import pytest

import linad as ln
from linad.check.doors import CASES, points
from linad.check.higher_order import forward_over_reverse
from linad.check.trial import Trial

FREE = {
    "gemm", "gemv", "trsm", "trtrs", "getrs", "potrs", "gbtrs", "pbtrs", "tbtrs",
    "trsyl",  # an equation with triangular matrices on both sides: the turn of a Schur form
    "banded recursion",  # the rule of a band factor, by the factor
    "expm", "frechet", "stein",  # linad's own names: their factorizations count
}  # fmt: skip
# A routine of Hermitian matrices counts as that of symmetric ones.
TWINS = {"heevd": "syevd", "hegvd": "sygvd", "hbevd": "sbevd", "hetrf": "sytrf"}

# By function: what may run, once.
ONCE = {
    "solve": "getrf",
    "tensorsolve": "getrf",
    "lu": "getrf",
    "lu_factor": "getrf",
    "cholesky": "potrf",
    "cho_factor": "potrf",
    "ldl": "sytrf",
    "solve_banded": "gbtrf",
    "solveh_banded": "pbtrf",
    "cholesky_banded": "pbtrf",
    "schur": "gees",
    "hessenberg": "gehrd",
    "qr": "geqrf orgqr",
    "rq": "geqrf orgqr",
    "qr_multiply": "geqrf orgqr",
    "pinv": "geqrf orgqr",
    "pinvh": "geqrf orgqr",
    "svd": "gesdd",
    "svdvals": "gesdd",
    "orth": "gesdd",
    "null_space": "gesdd",
    "eigh": "syevd",
    "eigvalsh": "syevd",
    "eigh_tridiagonal": "stevd",
    "eigvalsh_tridiagonal": "stevd",
    "eig_banded": "sbevd",
    "eigvals_banded": "sbevd",
    "spectral": "syevd",
}
# Where more runs than that, or a routine that no other call has, and why.
_INVERSE = "the inverse is the answer, or the gradient is a multiple of it"
_EIGENVECTORS = (
    "solved with V, a matrix of its own; rows of V^-1 are the conditions of eigenvalues, which are guarded"
)
_POLAR = "the derivative solves P X + X P = C: the eigenvalues of P, a matrix of its own"
_PIVOTED = "pivoting has its own routine"
_SIZES = "the singular values of R, a matrix of its own, are a result or say the rank"
_FORM = "a Schur form, once for all solves"
_LOOP = "the pencil's Schur form is the value; derivatives solve with the closed loop's, and with R and E"
_PENCIL = "the Schur form of a combination that is regular is that of the pair"
_PADE = "each form of the exponential, the value and its derivatives, has a denominator of its own scaling"
MORE = {
    "inv(A)": ("getrf getri", _INVERSE),
    "det(A)": ("getrf getri", _INVERSE),
    "slogdet(A)": ("getrf getri", _INVERSE),
    "tensorinv(": ("getrf getri", _INVERSE),
    "fractional_matrix_power(A, -2)": ("getrf getri", _INVERSE),
    "matrix_power(A, -2)": ("getrf getri", _INVERSE),
    "cond(A": ("getrf getri", _INVERSE),
    "factor(A)": ("getrf getri", _INVERSE),
    "factor(A).solve": ("getrf", "no inverse"),
    "factor(A).inv_quad": ("getrf", "no inverse"),
    "factor(S": ("potrf potri", f"declared positive definite; {_INVERSE}"),
    "factor(S, assume_a='pos').solve": ("potrf", "no inverse"),
    "solve(S, B, assume_a='pos'": ("potrf", "declared positive definite"),
    "factor(K": ("getrf getri", _INVERSE),
    "factor(K, assume_a='her').solve": ("getrf", "no inverse"),
    "factor(C": ("getrf getri", _INVERSE),
    "factor(C, assume_a='sym').solve": ("getrf", "no inverse"),
    "solve_toeplitz(": (4 * "levinson ", "a recursion for each right side, which leaves no factors to keep"),
    "solve_toeplitz(d, B": (8 * "levinson ", "as for a vector, of two columns"),
    "solve_toeplitz((d, b), B": (8 * "levinson ", "as for a vector, of two columns"),
    "qr(F, mode='economic', pivoting": ("geqp3 orgqr", _PIVOTED),
    "qr(F, pivoting": ("geqp3 orgqr", _PIVOTED),
    "qr(W, pivoting": ("geqp3 orgqr", _PIVOTED),
    "qr_multiply(A, E, conjugate=True, pivoting": ("geqp3 orgqr", _PIVOTED),
    "lstsq(": ("geqrf orgqr gesdd", _SIZES),
    "svd(H, hermitian": ("syevd", "singular values by eigenvalues"),
    "eigh(H, S": ("sygvd", "two matrices at once"),
    "eigvalsh(H, S": ("sygvd", "two matrices at once"),
    "eigh(H, S, type=": ("potrf syevd", "of S, and of L^H A L"),
    "eig(N": ("geev getrf getri", _EIGENVECTORS),
    "eigvals(N": ("geev getrf getri", _EIGENVECTORS),
    "eig(N, left": ("geev getrf getri getrf getri", f"{_EIGENVECTORS}; and with W, that of A^H"),
    "eig(N, P": ("ggev getrf getrf getri", "as eig(N); P is solved with, too"),
    "eigvals(N, P": ("ggev getrf getrf getri", "as eig(N, P)"),
    "eig(N, P, left": (
        "ggev getrf getrf getri getrf getrf getri",
        "as eig(N, P), and the same of the adjoints",
    ),
    "polar(": ("gesdd syevd", _POLAR),
    "polar(M": ("gesdd syevd getrf", f"{_POLAR}; what leaves the range of U is multiplied by P^-1"),
    "polar(V": ("gesdd syevd getrf", "as polar(M)"),
    "orthogonal_procrustes(": ("gesdd syevd", _POLAR),
    "norm(A, 'nuc'": ("gesdd syevd", _POLAR),
    "matrix_norm(A, ord='nuc'": ("gesdd syevd", _POLAR),
    "norm(A, 2": ("gesdd", "a singular value"),
    "norm(G": ("gesdd", "a singular value"),
    "matrix_norm(G": ("gesdd", "a singular value"),
    "cond(G": ("gesdd", "singular values"),
    "subspace_angles(": (4 * "gesdd ", "two ranges, sines and cosines of the angles between them"),
    "solve_sylvester(": ("gees", _FORM),
    "solve_lyapunov(": ("gees", _FORM),
    "solve_continuous_lyapunov(": ("gees", _FORM),
    "solve_discrete_lyapunov(": ("gees", _FORM),
    "solve_continuous_are(": ("gges gees getrf getrf", _LOOP),
    "solve_discrete_are(": ("gges gees getrf getrf", _LOOP),
    "qr_update(": ("geqrf orgqr", "the factors that are updated are made in the row"),
    "qr_insert(": ("geqrf orgqr", "as qr_update"),
    "qr_delete(": ("geqrf orgqr", "as qr_update"),
    "cossin(": ("geqrf orgqr orcsd", "the unitary matrix is made in the row"),
    "matrix_balance(": ("gebal", "balancing has its own routine"),
    "qz(": ("gges getrf", _PENCIL),
    "ordqz(": ("gges getrf", _PENCIL),
    "logm(": ("gees", _FORM),
    "sqrtm(": ("gees", _FORM),
    "signm(": ("gees", _FORM),
    "fractional_matrix_power(": ("gees" + 4 * " getrf", f"{_FORM}; then an exponential"),
    "funm(": (
        "gees geev" + 4 * " getrf" + 3 * " getri",
        f"{_EIGENVECTORS}; a unitary basis where there is one",
    ),
    "expm(": (4 * "getrf ", _PADE),
    "cosm(": (8 * "getrf ", _PADE),
    "sinm(": (8 * "getrf ", _PADE),
    "coshm(": (8 * "getrf ", _PADE),
    "sinhm(": (8 * "getrf ", _PADE),
    "tanm(": (21 * "getrf ", f"{_PADE}; then a quotient"),
    "tanhm(": (21 * "getrf ", f"{_PADE}; then a quotient"),
    "expm_frechet(": (21 * "getrf ", _PADE),
    "expm_cond(": ("gesdd" + 18 * " getrf", f"{_PADE}; then a norm"),
}
POINTS = [
    point
    for case in CASES
    if "linalg" in case.namespace
    for point in points(case)
    if point.sample.label != "batch"
]


def _may(call: str) -> list[str]:
    """The routines that may run: the entry that says most of the beginning of a call."""
    told = max((entry for entry in MORE if call.startswith(entry)), key=len, default="")
    return (MORE[told][0] if told else ONCE.get(call.partition("(")[0], "")).split()


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_a_hessian_product_factors_once(point: Any) -> None:
    trial = Trial(point)
    _ = trial.u, trial.g  # drawn before the count: g needs the plain value
    with ln.counters() as ran:
        forward_over_reverse(trial)
    ours = sorted(TWINS.get(name, name) for name in ran.elements() if name not in FREE)
    call = point.primitive.name.removeprefix("scipy.").removeprefix("numpy.").removeprefix("linad.")
    allowed = _may(call.removeprefix("linalg."))
    assert [name for name in set(ours) if ours.count(name) > allowed.count(name)] == [], (ours, allowed)


@pytest.mark.parametrize("entry", MORE)
def test_an_exception_is_that_of_a_call(entry: str) -> None:
    assert any(case.call.startswith(entry) for case in CASES)
