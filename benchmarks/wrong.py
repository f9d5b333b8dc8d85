"""``python -m benchmarks.wrong``: gradients that other libraries get wrong, found by differences that know their error.

The checker sees plain NumPy functions and gradients from elsewhere. Each case has a function, a point, and the same
function in the words of the libraries that are installed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

import linad as ln
from linad.check.differences import along
from linad.check.finding import TRUST, near_differences

Array = np.ndarray[Any, Any]
Function = Callable[[Any, Any], Any]  # of a namespace like NumPy, and an array

_C = np.array([[0.3, 1.0, -0.7], [0.2, -0.4, 0.9], [1.1, 0.5, 0.6]])
_Q = np.linalg.qr(_C)[0]
_TIED = _Q @ np.diag([1.0, 1.0, 2.0]) @ _Q.T
_E = np.array([[0.4, -0.2, 0.1], [0.3, 0.5, -0.6], [0.7, 0.2, 0.8]])


class Case(NamedTuple):
    name: str
    f: Function
    x: Array
    symmetric: bool = False


def exponential_by_eigh(np: Any, A: Any) -> Any:
    w, V = np.linalg.eigh(A)
    return (C(np, A) * ((V * np.exp(w)) @ V.T)).sum()


def C(np: Any, like: Any) -> Any:  # a matrix
    return np.asarray(_C)


def det(np: Any, A: Any) -> Any:
    return np.linalg.det(A)


def det_along(np: Any, A: Any) -> Any:
    """The derivative of det along E, a second-order quantity of det: it is a sum of determinants."""
    rows = [np.stack([np.asarray(_E)[i] if i == k else A[i] for i in range(3)]) for k in range(3)]
    return np.linalg.det(rows[0]) + np.linalg.det(rows[1]) + np.linalg.det(rows[2])


def nuclear_norm(np: Any, A: Any) -> Any:
    U, s, Vh = np.linalg.svd(A, full_matrices=False)
    return s.sum() + 0 * U.sum() + 0 * Vh.sum()


def pseudo_inverse(np: Any, A: Any) -> Any:
    return (C(np, A) * np.linalg.pinv(A)).sum()


CASES = (
    Case("exp of a symmetric matrix by eigh, two eigenvalues equal", exponential_by_eigh, _TIED, True),
    Case("exp of a symmetric matrix by eigh, the identity", exponential_by_eigh, np.eye(3), True),
    Case("det of rank n-1", det, _Q @ np.diag([1.0, 2.0, 0.0]) @ _Q.T),
    Case(
        "det of rank n-1, a row of zeros", det, np.array([[1.0, 2.0, 3.0], [0.5, 1.0, -1.0], [0.0, 0.0, 0.0]])
    ),
    Case("det of rank n-2", det, np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 0.5])),
    Case("determinants of matrices with equal rows", det_along, np.ones((3, 3))),
    Case("a sum of singular values, of an orthogonal matrix", nuclear_norm, _Q),
    Case("pinv with equal singular values", pseudo_inverse, 2 * _Q),
)


# -- gradients from elsewhere ----------------------------------------------------


def by_linad(f: Function, x: Array) -> Array:
    return np.asarray(ln.grad(lambda A: f(np, A))(x))


def by_torch(f: Function, x: Array) -> Array:
    import torch

    A = torch.tensor(x, requires_grad=True)
    f(torch, A).backward()
    return np.asarray(A.grad)


def by_jax(f: Function, x: Array) -> Array:
    import jax

    jax.config.update("jax_enable_x64", True)
    return np.asarray(jax.grad(lambda A: f(jax.numpy, A))(x))


def by_autograd(f: Function, x: Array) -> Array:
    import autograd

    return np.asarray(autograd.grad(lambda A: f(autograd.numpy, A))(x))


PEERS = {"linad": by_linad, "torch": by_torch, "jax": by_jax, "autograd": by_autograd}


def verdict(case: Case, gradient: Callable[[Function, Array], Array]) -> str:
    """What differences of the function say of a gradient, along each entry."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            g = gradient(case.f, case.x)
    except Exception as error:
        return f"refused: {type(error).__name__}"
    worst = ""
    for i, j in np.ndindex(case.x.shape):
        e = np.zeros_like(case.x)
        e[i, j] = 1.0
        direction = (e + e.T) / 2 if case.symmetric else e
        differences = along(lambda A: case.f(np, A), (case.x,), (direction,))
        with np.errstate(invalid="ignore"):
            claimed = np.array([np.sum(g * direction)])
        gap = near_differences("gradient", claimed, differences, TRUST * 1e-13)
        if gap.holds is None:
            return f"undecided at [{i}, {j}]"
        if not gap.holds:
            worst = f"WRONG at [{i}, {j}]: {gap.claimed:.6g}, and it is {gap.reference:.6g}"
    return worst or "right"


def report() -> int:
    """Print every verdict; the number of wrong gradients that were found in others, or -1 where linad has one."""
    found = 0
    for case in CASES:
        print(case.name)
        for name, gradient in PEERS.items():
            if find_spec(name) is None:
                continue
            said = verdict(case, gradient)
            print(f"    {name:10} {said}")
            if said.startswith("WRONG"):
                if name == "linad":
                    return -1
                found += 1
    return found


if __name__ == "__main__":
    wrong = report()
    print(f"{wrong} wrong gradients of others" if wrong >= 0 else "linad has a wrong gradient")
    raise SystemExit(0 if wrong >= 0 else 1)
