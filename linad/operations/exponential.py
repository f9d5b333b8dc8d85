"""The exponential of matrices, and what SciPy makes of it: trigonometric and hyperbolic functions.

    cos A = (exp iA + exp -iA) / 2,    sin A = (exp iA - exp -iA) / 2i,    tan A = (cos A)^-1 sin A

Of a real A the cosine and the sine are the real and the imaginary part of exp iA.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.space import is_complex, shape_of
from linad.kernels import exponential as kernels
from linad.operations.elementwise import imag, length, real
from linad.operations.forms import declared_form
from linad.operations.reductions import sum as total
from linad.operations.shape import reshape
from linad.operations.singular_norms import largest
from linad.operations.solve import solve


def _numeric(f: None, factors: None, A: Any, *matrices: Any) -> Any:
    return kernels.corner(A, matrices) if matrices else kernels.expm(A)


_form = declared_form("expm", _numeric, lambda f, A: None, order=2)


def expm(A: Any) -> Any:
    """exp A for matrices in the last two axes."""
    return _form(None, A)


def frechet(A: Any, E: Any) -> Any:
    """The derivative of the exponential at A along E."""
    return _form(None, A, E)


def condition(A: Any) -> Any:
    """The relative condition number of the exponential in the Frobenius norm: |K|_2 |A| / |exp A|.

    K is the matrix of the Frechet derivative: n^2 derivatives, in one call.
    """
    *batch, n, _ = shape_of(A)
    basis = np.eye(n * n, dtype=A.dtype).reshape(n * n, n, n)
    K = reshape(
        frechet(reshape(A, (*batch, 1, n, n)), basis), (*batch, n * n, n * n)
    )  # transposed: of the same norm
    return largest(K) * _norm(A) / _norm(expm(A))


def _norm(A: Any) -> Any:
    squares = real(A) * real(A) + imag(A) * imag(A) if is_complex(A) else A * A
    return length(total(squares, (len(shape_of(A)) - 2, len(shape_of(A)) - 1), False))


def cosm(A: Any) -> Any:
    return 0.5 * (expm(1j * A) + expm(-1j * A)) if is_complex(A) else real(expm(1j * A))


def sinm(A: Any) -> Any:
    return -0.5j * (expm(1j * A) - expm(-1j * A)) if is_complex(A) else imag(expm(1j * A))


def tanm(A: Any) -> Any:
    return solve(cosm(A), sinm(A))


def coshm(A: Any) -> Any:
    return 0.5 * (expm(A) + expm(-A))


def sinhm(A: Any) -> Any:
    return 0.5 * (expm(A) - expm(-A))


def tanhm(A: Any) -> Any:
    return solve(coshm(A), sinhm(A))
