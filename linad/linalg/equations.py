"""Matrix equations: Sylvester, Lyapunov, Riccati."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import dtype_of, retype, shape_of
from linad.linalg.arguments import lapack_dtype, validated
from linad.operations import riccati as _riccati
from linad.operations.shape import reshape
from linad.operations.stein import solve_stein
from linad.operations.sylvester import solve_sylvester as _solve_sylvester


def _matrix(x: Any, name: str) -> Any:
    """An operand with two axes at least."""
    x = validated(x, name, True)
    shape = shape_of(x)
    return x if len(shape) >= 2 else reshape(x, (1,) * (2 - len(shape)) + shape)


def _no_empty_batch(name: str, *operands: Any) -> None:
    batch = np.broadcast_shapes(*[shape_of(x)[:-2] for x in operands])
    if math.prod(batch) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")


def _lapack(*operands: Any) -> tuple[Any, ...]:
    return tuple([retype(x, lapack_dtype(x)) for x in operands])


def _of_one_shape(a: Any, q: Any) -> None:
    for name, x in (("a", a), ("q", q)):
        if shape_of(x)[-1] != shape_of(x)[-2]:
            raise ValueError(f"Matrix {name} should be square.")
    if shape_of(a)[-1] != shape_of(q)[-1]:
        raise ValueError("Matrix a and q should have the same shape.")


@door(scipy.linalg.solve_sylvester)
def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """X of ``a X + X b = q``. An eigenvalue of ``a`` and one of ``-b`` must not meet.

    Of real and complex matrices together, plain ones, SciPy returns what does not solve the equation, where a real one
    has complex eigenvalues; traced ones are solved for. Pass all as complex.
    """
    a, b, q = (validated(x, "solve_sylvester", True) for x in (a, b, q))
    for x in (a, b, q):
        if len(shape_of(x)) < 2 or (x is not q and shape_of(x)[-1] != shape_of(x)[-2]):
            raise ValueError("expected square matrix")
    _no_empty_batch("solve_sylvester", a, b, q)
    if shape_of(q)[-2:] != (shape_of(a)[-1], shape_of(b)[-1]):
        raise ValueError(f"shapes {shape_of(a)}, {shape_of(b)} and {shape_of(q)} do not fit: a X + X b = q")
    return _solve_sylvester(*_lapack(a, b, q))


@door(scipy.linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(a: Any, q: Any) -> Any:
    """X of ``a X + X a^H = q``. The sum of an eigenvalue of ``a`` and the conjugate of one must not be zero.

    Of a real ``a`` with complex eigenvalues and a complex ``q``, plain ones, SciPy returns what does not solve the
    equation; traced ones are solved for. Pass both as complex.
    """
    a, q = (_matrix(x, "solve_continuous_lyapunov") for x in (a, q))
    _no_empty_batch("solve_continuous_lyapunov", a, q)
    _of_one_shape(a, q)
    a, q = _lapack(a, q)
    return _solve_sylvester(a, a, q, trans="NH")


@door(scipy.linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov(a: Any, q: Any, method: Any = None) -> Any:
    """X of ``a X a^H - X + q = 0``. The product of an eigenvalue of ``a`` and the conjugate of one must not be one.

    The equation is solved by a Schur form of ``a``, whatever the method. By ``"bilinear"`` SciPy returns for a plain
    real ``a`` and a complex ``q`` what does not solve it, as :func:`solve_continuous_lyapunov` does.
    """
    if method is not None and method.lower() not in ("direct", "bilinear"):
        raise ValueError(f"Unknown solver {method}")
    a, q = (validated(x, "solve_discrete_lyapunov", True) for x in (a, q))
    if min(len(shape_of(a)), len(shape_of(q))) < 2:
        raise ValueError("Matrix a and q should have the same shape.")
    _no_empty_batch("solve_discrete_lyapunov", a, q)
    _of_one_shape(a, q)
    double = [retype(x, np.result_type(dtype_of(x), np.float64)) for x in (a, q)]
    a, q = _lapack(*double)
    return solve_stein(a, a, q, "NH")


def _solve_are(name: str, operands: tuple[Any, ...], e: Any, s: Any, in_steps: bool, balanced: Any) -> Any:
    a, b, q, r = (_matrix(x, name) for x in operands)
    _no_empty_batch(f"_{name}", a, b, q, r)
    if e is None and s is None:
        return _riccati.solve_riccati(a, b, q, r, in_steps, bool(balanced))
    e = np.eye(shape_of(a)[-1]) if e is None else _matrix(e, name)
    s = np.zeros(shape_of(b)[-2:]) if s is None else _matrix(s, name)
    _no_empty_batch(f"_{name}", a, e, s)
    return _riccati.solve_generalized_riccati(a, b, q, r, e, s, in_steps, bool(balanced))


@door(scipy.linalg.solve_continuous_are)
def solve_continuous_are(
    a: Any, b: Any, q: Any, r: Any, e: Any = None, s: Any = None, balanced: Any = True
) -> Any:
    """The stabilising X of the Riccati equation in continuous time, as SciPy states it, also with e and s.

    Gradients by q and r are Hermitian. With ``e`` and balancing SciPy returns what does not solve the equation; here it
    is solved.
    """
    return _solve_are("solve_continuous_are", (a, b, q, r), e, s, False, balanced)


@door(scipy.linalg.solve_discrete_are)
def solve_discrete_are(
    a: Any, b: Any, q: Any, r: Any, e: Any = None, s: Any = None, balanced: Any = True
) -> Any:
    """The stabilising X of the Riccati equation in discrete time, as SciPy states it, also with e and s.

    Gradients by q and r are Hermitian. With ``e`` and balancing SciPy returns what does not solve the equation; here it
    is solved.
    """
    return _solve_are("solve_discrete_are", (a, b, q, r), e, s, True, balanced)


solve_lyapunov = solve_continuous_lyapunov

__all__ = [
    "solve_continuous_are",
    "solve_continuous_lyapunov",
    "solve_discrete_are",
    "solve_discrete_lyapunov",
    "solve_lyapunov",
    "solve_sylvester",
]
