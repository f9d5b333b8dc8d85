"""Determinants and their logarithms, from the LU factors.

slogdet     det A = sign exp(logabs)
Tangent     t = tr(A^-1 dA):  dlogabs = Re t,  dsign = i Im(t) sign
Cotangent   gA = c A^-H,  c = glogabs + i Im(conj(sign) gsign)
Undefined   where A is singular

det         a polynomial of the entries: it has all derivatives, everywhere
Tangent     ddet = det tr(A^-1 dA)
Cotangent   gA = g conj(det) A^-H

At a matrix that is singular, or nearly, det is written as a product first. With A = U diag(s) V^H, U and V held fixed,
B = U^H A V is diagonal here; its block of large singular values is regular, and what is left of the others after
elimination, a small matrix near zero, has a determinant by sums and products alone. All of it is differentiated as it
stands, to any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.constants import stop_gradient
from linad.core.forward import Deferred
from linad.core.kinds import ByHand, Sample, composition, exceptional
from linad.core.space import conj, dtype_of, is_complex, shape_of
from linad.core.traced import innermost
from linad.kernels.batch_factors import BatchFactors
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import exp, imag, real
from linad.operations.guards import enough_digits
from linad.operations.inverse import inv
from linad.operations.reductions import sum as total
from linad.operations.shape import astype, diagonal, reshape, stack
from linad.operations.solve import apply_inverse, lu_factors, solve
from linad.operations.solve import factors as factors_of

SMALL_PIVOT = 1e-6  # a pivot or a singular value below this, of the largest, makes a matrix nearly singular


def _trace(A: Any) -> Any:
    return total(diagonal(A, 0), (len(shape_of(A)) - 2,), False)


def _scaled(c: Any, A: Any) -> Any:
    """Matrices times numbers, one for each."""
    return c * A if type(c) is float else reshape(c, (*shape_of(c), 1, 1)) * A


# -- log-determinants -----------------------------------------------------------------------------------------------


def _slogdet(A: Any, factors: Any) -> tuple[Any, Any]:
    sign, logabs = factors.slogdet()
    if factors.dtype.char == "d" and not factors.shape[:-2]:
        return np.float64(sign), np.float64(logabs)
    return sign.astype(factors.dtype, copy=False)[()], logabs.astype(factors.dtype.char.lower(), copy=False)[
        ()
    ]


def _slogdet_tangent(args: Sequence[Any], outputs: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
    A, factors = args
    if exceptional(lambda factors: factors.singular is not None, factors):
        missing = Deferred(partial(factors.require_regular, "slogdet"))
        return missing, missing
    enough_digits("slogdet", A, factors)
    t = _trace(apply_inverse(A, tangents[0], factors, "N"))
    if not is_complex(t):
        return None, t
    return outputs[0] * (1j * imag(t)), real(t)


def _slogdet_cotangent(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    A, factors = args
    gsign, glogabs = cotangents
    c = glogabs
    if gsign is not None and is_complex(outputs[0]):
        turn = 1j * imag(conj(outputs[0]) * gsign)
        c = turn if c is None else c + turn
    if c is None:
        return (0 * A,)
    enough_digits("slogdet", A, factors)
    return (_scaled(c, H(inv(A, factors))),)


def _multiple(c: Any, factors: Any) -> Any:
    """c A^-H for plain numbers."""
    if isinstance(factors, BatchFactors):
        return factors.inverse_adjoint(c)
    X = factors.inverse_adjoint()
    if type(c) is not float or c != 1:
        X *= c[..., None, None] if np.ndim(c) else c
    return X


def _slogdet_kernel(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    A, factors = args
    c = cotangents[1]
    if c is None or (cotangents[0] is not None and np.iscomplexobj(outputs[0])):
        return _slogdet_cotangent(args, outputs, cotangents, wanted)
    enough_digits("slogdet", A, factors)
    return (_multiple(c, factors),)


def _slogdet_residual(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Any, ...]:
    return (outputs[0] * exp(outputs[1]) - det_by(args[0], args[1]),)


slogdet_by = composition(
    "slogdet",
    _slogdet,
    rule=lambda: ByHand(_slogdet_tangent, _slogdet_cotangent, _slogdet_residual, _slogdet_kernel),
    last=1,
    outputs=2,
    domain=("regular",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 3, 3), (1, 1)]),
)


def slogdet(A: Any) -> tuple[Any, Any]:
    """The sign and the logarithm of the absolute value of determinants."""
    sign, logabs = slogdet_by(A, factors_of(A))
    return sign, logabs


slogdet_by.primitive.entry = slogdet  # type: ignore[attr-defined]  # functions of primitives carry them


# -- determinants ---------------------------------------------------------------------------------------------------


def _det(A: Any, factors: Any) -> Any:
    if isinstance(factors, BatchFactors):
        return factors.det()
    return (factors.exchanges * np.prod(factors.diagonal, axis=-1)).astype(factors.dtype)[()]


def _det_tangent(args: Sequence[Any], outputs: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
    A, factors = args
    return (outputs[0] * _trace(apply_inverse(A, tangents[0], factors, "N")),)


def _det_cotangent(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    A, factors = args
    return (_scaled(cotangents[0] * conj(outputs[0]), H(inv(A, factors))),)


def _det_kernel(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    return (_multiple(cotangents[0] * np.conj(outputs[0]), args[1]),)


def _det_residual(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Any, ...]:
    return (_by_singular_values(args[0], innermost(args[0])) - outputs[0],)


det_by = composition(
    "det",
    _det,
    rule=lambda: ByHand(_det_tangent, _det_cotangent, _det_residual, _det_kernel),
    last=1,
    domain=("regular",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 3, 3), (2, 2)]),
)


def det(A: Any, factors: Any = None) -> Any:
    """Determinants of square matrices in the last two axes; single precision is computed in double."""
    if shape_of(A)[-1] == 1:  # linear: to any order there is nothing to cancel
        return A[(slice(None),) * (len(shape_of(A)) - 2) + (0, 0)]
    if factors is None and dtype_of(A).char in "fF":
        return astype(det(astype(A, np.dtype("D" if is_complex(A) else "d"))), dtype_of(A))
    found = factors_of(A) if factors is None else factors
    if exceptional(nearly_singular, found):
        value = _det_of_singular(A)
        return value + (
            _det(None, found) - stop_gradient(value)
        )  # LAPACK's value, the polynomial's derivatives
    return det_by(A, found)


def nearly_singular(factors: Any) -> bool:
    """Whether a pivot is so small that the determinant is written as a product first."""
    return bool(factors.singular is not None or factors.spread <= SMALL_PIVOT)


det_by.primitive.entry = det  # type: ignore[attr-defined]  # functions of primitives carry them


def _det_of_singular(A: Any) -> Any:
    """A batch matrix by matrix: each has its own rank."""
    plain = innermost(A)
    if plain.ndim == 2:
        return _by_singular_values(A, plain)
    batch = plain.shape[:-2]
    parts = [_by_singular_values(A[i], plain[i]) for i in np.ndindex(batch)]
    return reshape(stack(0, *parts), batch)


def _by_singular_values(A: Any, plain: Any) -> Any:
    if plain.ndim > 2:
        return _det_of_singular(A)
    U, s, Vh = np.linalg.svd(plain)
    r = int(np.sum(s > SMALL_PIVOT * np.max(s, initial=0)))
    phase = np.linalg.det(U) * np.linalg.det(Vh)
    B = matmul(matmul(U.conj().T, A), Vh.conj().T)
    if r == 0:
        return phase * _polynomial(B)
    large, rest = B[:r, :r], B[r:, r:]
    regular = det_by(large, lu_factors(large))
    if r == len(s):
        return phase * regular
    rest = rest - matmul(B[r:, :r], solve(large, B[:r, r:]))
    return phase * (regular * _polynomial(rest))


def _polynomial(S: Any) -> Any:
    """The determinant without a division by an entry: c_i of the characteristic polynomial, one after the other.

    Faddeev and Leverrier: M_1 = I, c_i = -tr(S M_i) / i, M_{i+1} = S M_i + c_i I, and det S = (-1)^k c_k.
    """
    k = shape_of(S)[-1]
    if k == 0:
        return 1.0
    SM, c = S, -_trace(S)
    for i in range(2, k + 1):
        SM = matmul(S, SM + c * np.eye(k))
        c = -_trace(SM) / i
    return (-1) ** k * c
