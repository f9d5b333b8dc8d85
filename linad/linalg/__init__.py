"""scipy.linalg's names, signatures, defaults and results, differentiable."""

from linad.linalg.band_systems import cho_solve_banded, cholesky_banded, solve_banded, solveh_banded
from linad.linalg.bands import (
    eig_banded,
    eigh_tridiagonal,
    eigvals_banded,
    eigvalsh_tridiagonal,
)
from linad.linalg.cholesky import cho_factor, cho_solve, cholesky
from linad.linalg.cossin import cossin
from linad.linalg.eigen import eig, eigh, eigvals, eigvalsh
from linad.linalg.equations import (
    solve_continuous_are,
    solve_continuous_lyapunov,
    solve_discrete_are,
    solve_discrete_lyapunov,
    solve_lyapunov,
    solve_sylvester,
)
from linad.linalg.exponentials import coshm, cosm, expm, expm_cond, expm_frechet, sinhm, sinm, tanhm, tanm
from linad.linalg.factored import factor
from linad.linalg.hermitian import hermitian
from linad.linalg.ldl import ldl
from linad.linalg.least_squares import lstsq, pinv, pinvh
from linad.linalg.lu import lu, lu_factor, lu_solve
from linad.linalg.matrix_functions import fractional_matrix_power, funm, logm, signm, sqrtm
from linad.linalg.norms import norm
from linad.linalg.polar import orthogonal_procrustes, polar
from linad.linalg.qr import qr, qr_multiply, rq
from linad.linalg.qz import ordqz, qz
from linad.linalg.schur import cdf2rdf, hessenberg, rsf2csf, schur
from linad.linalg.shapes import (
    bandwidth,
    clarkson_woodruff_transform,
    ishermitian,
    issymmetric,
    matrix_balance,
)
from linad.linalg.spectra import spectral
from linad.linalg.structured import (
    block_diag,
    circulant,
    companion,
    convolution_matrix,
    dft,
    fiedler,
    fiedler_companion,
    hadamard,
    hankel,
    helmert,
    hilbert,
    invhilbert,
    invpascal,
    khatri_rao,
    leslie,
    pascal,
    toeplitz,
)
from linad.linalg.svd import diagsvd, null_space, orth, subspace_angles, svd, svdvals
from linad.linalg.systems import det, inv, solve, solve_triangular
from linad.linalg.toeplitz_systems import matmul_toeplitz, solve_circulant, solve_toeplitz
from linad.linalg.updates import qr_delete, qr_insert, qr_update

__all__ = [
    "bandwidth",
    "block_diag",
    "cdf2rdf",
    "cho_factor",
    "cho_solve",
    "cho_solve_banded",
    "cholesky",
    "cholesky_banded",
    "circulant",
    "clarkson_woodruff_transform",
    "companion",
    "convolution_matrix",
    "coshm",
    "cosm",
    "cossin",
    "det",
    "dft",
    "diagsvd",
    "eig",
    "eig_banded",
    "eigh",
    "eigh_tridiagonal",
    "eigvals",
    "eigvals_banded",
    "eigvalsh",
    "eigvalsh_tridiagonal",
    "expm",
    "expm_cond",
    "expm_frechet",
    "factor",
    "fiedler",
    "fiedler_companion",
    "fractional_matrix_power",
    "funm",
    "hadamard",
    "hankel",
    "helmert",
    "hermitian",
    "hessenberg",
    "hilbert",
    "inv",
    "invhilbert",
    "invpascal",
    "ishermitian",
    "issymmetric",
    "khatri_rao",
    "ldl",
    "leslie",
    "logm",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_solve",
    "matmul_toeplitz",
    "matrix_balance",
    "norm",
    "null_space",
    "ordqz",
    "orth",
    "orthogonal_procrustes",
    "pascal",
    "pinv",
    "pinvh",
    "polar",
    "qr",
    "qr_delete",
    "qr_insert",
    "qr_multiply",
    "qr_update",
    "qz",
    "rq",
    "rsf2csf",
    "schur",
    "signm",
    "sinhm",
    "sinm",
    "solve",
    "solve_banded",
    "solve_circulant",
    "solve_continuous_are",
    "solve_continuous_lyapunov",
    "solve_discrete_are",
    "solve_discrete_lyapunov",
    "solve_lyapunov",
    "solve_sylvester",
    "solve_toeplitz",
    "solve_triangular",
    "solveh_banded",
    "spectral",
    "sqrtm",
    "subspace_angles",
    "svd",
    "svdvals",
    "tanhm",
    "tanm",
    "toeplitz",
]
