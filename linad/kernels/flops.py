"""Operations of BLAS and LAPACK's routines: additions and multiplications of their type, leading terms.

What iterates is counted as Golub and Van Loan do (Matrix Computations, 8.3 and 8.6). Dimensions are those of the
matrices that a routine is given: of a factorization m and n, of a solve the order and the number of right sides.
"""

from __future__ import annotations

from collections.abc import Callable


def _eliminated(m: int, n: int) -> float:
    k = min(m, n)
    return 2 * m * n * k - (m + n) * k**2 + 2 / 3 * k**3


def _reflected(m: int, n: int) -> float:
    return 2 * _eliminated(m, n)


def _accumulated(m: int, n: int, k: int) -> float:
    """Of k reflections the first n columns of Q."""
    return 4 * m * n * k - 2 * (m + n) * k**2 + 4 / 3 * k**3


def _cube(factor: float) -> Callable[[int], float]:
    return lambda n: factor * n**3


FLOPS: dict[str, Callable[..., float]] = {
    "gemm": lambda m, n, k: 2 * m * n * k,
    "gemv": lambda m, n: 2 * m * n,
    "syrk": lambda n, k: n**2 * k,
    "herk": lambda n, k: n**2 * k,
    "trsm": lambda order, many: order**2 * many,
    "trmm": lambda order, many: order**2 * many,
    "trtrs": lambda order, many: order**2 * many,
    "getrf": _eliminated,
    "getrs": lambda order, many: 2 * order**2 * many,
    "getri": _cube(4 / 3),
    "potrf": _cube(1 / 3),
    "potrs": lambda order, many: 2 * order**2 * many,
    "potri": _cube(2 / 3),
    "trtri": _cube(1 / 3),
    "lauum": _cube(1 / 3),
    "sytrf": _cube(1 / 3),
    "hetrf": _cube(1 / 3),
    "trsyl": lambda m, n: m * n * (m + n),
    "geqrf": _reflected,
    "geqp3": _reflected,
    "orgqr": _accumulated,
    "ormqr": lambda many, order, k: 4 * order * many * k - 2 * many * k**2,
    "syevd": lambda n, vectors: (9 if vectors else 4 / 3) * n**3,
    "heevd": lambda n, vectors: (9 if vectors else 4 / 3) * n**3,
    "gesdd": lambda m, n, vectors: (
        4 * max(m, n) ** 2 * min(m, n) + 8 * max(m, n) * min(m, n) ** 2 + 9 * min(m, n) ** 3
        if vectors
        else 4 * max(m, n) * min(m, n) ** 2 - 4 / 3 * min(m, n) ** 3
    ),
}
