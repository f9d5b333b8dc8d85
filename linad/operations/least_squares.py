"""Least squares, solutions of least norm, and pseudo-inverses, by QR factors: singular values that tie do no harm.

Equation    tall A    Q R = A,     R X = Q^H B            X minimises |A X - B|
            wide A    Q R = A^H,   R^H Y = B,   X = Q Y   X is the smallest solution of A X = B
            A^+       X for B = I
Undefined   where the rank of A is not full: X jumps; :mod:`linad.operations.constant_rank` has what remains

No singular value decomposition is differentiated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.forward import Deferred
from linad.core.kinds import Sample, composition, custom, discrete, exceptional, reading
from linad.core.space import shape_of
from linad.core.traced import innermost
from linad.core.transforms import jvp, vjp
from linad.kernels import triangular
from linad.kernels.qr import Factors
from linad.operations.constant_rank import Cut, Kept, inverse_of_rank, least_squares_of_rank
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import sign
from linad.operations.hermitian import hermitian_part
from linad.operations.qr import Guarded, qr_factors
from linad.operations.shape import diagonal, reshape
from linad.operations.svd import svd

Args = Sequence[Any]


# -- full rank ----------------------------------------------------------------


def _tall(A: Any) -> bool:
    m, n = shape_of(A)[-2:]
    return bool(m >= n)


def _numeric(A: Any, B: Any, factors: Factors) -> tuple[Any, Any, Any]:
    Q, R = factors.Q, factors.R
    if _tall(A):
        return Q, R, triangular.solve_triangular(R, np.matmul(_adjoint(Q), B), False, "N", False)
    return Q, R, np.matmul(Q, triangular.solve_triangular(R, B, False, "H", False))


def _adjoint(Q: Any) -> Any:
    return Q.conj().swapaxes(-1, -2)


def _entry(args: Args) -> str:
    return "least-squares" if _tall(args[0]) else "least-norm"


def _values(args: Args, outputs: Args) -> tuple[Args, Args]:
    Q, X = outputs[0], outputs[2]
    return args[:2], (outputs if _tall(args[0]) else (*outputs, matmul(H(Q), X)))


def _invariants(Q: Any, R: Any, X: Any) -> tuple[Any, ...]:
    d = sign(diagonal(R, 0))
    *batch, k = shape_of(d)
    return Q * reshape(d, (*batch, 1, k)), reshape(d, (*batch, k, 1)) * R, X


least_squares_parts = composition(
    "least_squares",
    _numeric,
    rule=lambda: Guarded("least_squares", _entry, values=_values, inputs=(0, 1), outputs=(0, 1, 2)),
    last=2,
    outputs=3,
    invariants=_invariants,
    domain=("full rank", "real"),
    samples=tuple(
        Sample(shapes)
        for shapes in [
            ((3, 3), (3, 2)),
            ((4, 2), (4, 2)),
            ((2, 4), (2, 3)),
            ((2, 4, 2), (2, 4, 1)),
            ((2, 2, 3), (2, 2, 2)),
            ((1, 1), (1, 1)),
            ((0, 0), (0, 2)),
            ((3, 0), (3, 1)),
            ((3, 2), (3, 0)),
        ]
    ),
)


def _of_full_rank(A: Any, B: Any) -> tuple[Any, Any, Any]:
    factors = qr_factors(A if _tall(A) else H(A), False, False)
    Q, R, X = least_squares_parts(A, B, factors)
    return Q, R, X


least_squares_parts.primitive.entry = _of_full_rank  # type: ignore[attr-defined]  # functions of primitives carry them


def _numeric_inverse(A: Any, factors: Factors) -> tuple[Any, Any, Any]:
    Q, R = factors.Q, factors.R
    return Q, R, triangular.solve_triangular(R, _adjoint(Q), False, "N", False)


pseudo_inverse_parts = composition(
    "pseudo_inverse",
    _numeric_inverse,
    rule=lambda: Guarded(
        "pseudo_inverse",
        "pseudo-inverse",
        values=lambda args, outputs: (args[:1], outputs),
        outputs=(0, 1, 2),
    ),
    last=1,
    outputs=3,
    invariants=_invariants,
    domain=("full rank",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (4, 2), (2, 4, 3), (1, 1), (3, 1), (0, 0), (3, 0)]),
)


def _inverse_of_full_rank(A: Any) -> tuple[Any, Any, Any]:
    Q, R, X = pseudo_inverse_parts(A, qr_factors(A, False, False))
    return Q, R, X


pseudo_inverse_parts.primitive.entry = _inverse_of_full_rank  # type: ignore[attr-defined]  # as above


# -- either -------------------------------------------------------------------

_sizes = reading(
    "singular_values_of_factors",
    lambda factors: np.linalg.svd(factors.R, compute_uv=False),
    of=lambda A: qr_factors(A, False, False),
    domain=("full rank",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 4, 3), (0, 0)]),
)
_rank = discrete(
    "count_kept",
    lambda s, kept: np.sum(kept(s), axis=-1),
    samples=tuple(Sample((shape,), (np.signbit,)) for shape in [(4,), (2, 3), (0,)]),
    dtypes="f",
)

# Singular values with a derivative: it is the decomposition's, which is computed when somebody asks for it.
_differentiable_sizes = custom(
    "singular_values_beside",
    lambda A, s: (s.copy(),),
    lambda tangents, out, A, s: (Deferred(lambda: jvp(_singular_values, (A,), (tangents[0],))[1]),),
    lambda g, out, wanted, A, s: [vjp(_singular_values, A)[1](g[0])[0]],
    last=1,
    outputs=1,
    domain=("graded",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (4, 2), (2, 3, 2)]),
)
_differentiable_sizes.primitive.entry = lambda A: (  # type: ignore[attr-defined]  # as above
    _differentiable_sizes(A, _sizes(qr_factors(A, False, False)))
)


def _singular_values(A: Any) -> Any:
    return svd(A)[1]


def _cut(A: Any, factors: Any, s: Any, kept: Kept) -> Cut | None:
    """The cut of matrices whose rank is not full; in a recorded program a guard raises when it is run."""
    deficient = exceptional(lambda factors, s: factors.deficient or not np.all(kept(s)), factors, s)
    return Cut(innermost(A), kept) if deficient else None


def pinv(A: Any, kept: Kept, hermitian: bool = False) -> tuple[Any, Any]:
    """The pseudo-inverse and the rank; ``kept`` tells of singular values, along the last axis, which are not zero.

    With ``hermitian`` A is, and so is the pseudo-inverse: to the last bit.
    """
    tall = A if _tall(A) else H(A)
    factors = qr_factors(tall, False, False)
    s = _sizes(factors)
    cut = _cut(A, factors, s, kept)
    if cut is not None:
        return inverse_of_rank(A, cut.hermitian() if hermitian else cut)[0], cut.rank
    X = pseudo_inverse_parts(tall, factors)[2]
    X = X if tall is A else H(X)
    return hermitian_part(X) if hermitian else X, _rank(s, kept)


def lstsq(A: Any, B: Any, kept: Kept, vector: bool) -> tuple[Any, Any, Any]:
    """X, the rank and the singular values; X without its last axis where B stands for a vector."""
    factors = qr_factors(A if _tall(A) else H(A), False, False)
    s = _sizes(factors)
    values = _differentiable_sizes(A, s)[0]
    cut = _cut(A, factors, s, kept)
    if cut is not None:
        return least_squares_of_rank(A, B, cut, vector)[0], cut.rank, values
    X = least_squares_parts(A, B, factors)[2]
    return reshape(X, shape_of(X)[:-1]) if vector else X, _rank(s, kept), values
