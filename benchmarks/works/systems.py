"""Systems, determinants and inverses, and a likelihood of both."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack

import linad as ln
import linad.numpy as lnp
from benchmarks.works.work import Array, Work, matrices, same, vector


def solve(n: int, batch: tuple[int, ...] = ()) -> Work:
    A = matrices(n, batch)[0]
    b = np.random.default_rng(1).normal(size=(*batch, n, 1)) if batch else vector(n)

    def cost(xp: Any, A: Any, b: Any) -> Any:
        return xp.sum(xp.linalg.solve(A, b))

    return Work(
        (A, b),
        lambda A, b: cost(np, A, b),
        {
            **same(cost, "torch", "jax", "autograd"),
            **({} if batch else {"pytensor": lambda tt, A, b: tt.linalg.solve(A, b, b_ndim=1).sum()}),
        },
        None if batch else lambda: lapack.dgesv(A, b),
        2 / 3,
    )


def slogdet(n: int, batch: tuple[int, ...] = ()) -> Work:
    A = matrices(n, batch)[0]

    def cost(xp: Any, A: Any) -> Any:
        return xp.sum(xp.linalg.slogdet(A)[1])

    return Work(
        (A,),
        lambda A: cost(np, A),
        same(cost, "torch", "jax", "autograd"),
        None if batch else lambda: _inverted(A),
        2.0,
    )


def det(n: int) -> Work:
    A = matrices(n)[0]
    A = A / np.exp(np.linalg.slogdet(A)[1] / n)
    return Work(
        (A,),
        np.linalg.det,
        same(lambda xp, A: xp.linalg.det(A), "torch", "jax", "autograd"),
        lambda: _inverted(A),
        2.0,
    )


def inv(n: int) -> Work:
    A, _, W = matrices(n)

    def cost(xp: Any, A: Any, W: Any = W) -> Any:
        return xp.sum(xp.linalg.inv(A) * W)

    return Work(
        (A,),
        lambda A: cost(np, A),
        {
            "torch": lambda torch, A: cost(torch, A, torch.as_tensor(W)),
            **same(cost, "jax", "autograd"),
        },
        lambda: _inverted(A),
        2.0,
    )


def _inverted(A: Array) -> Any:
    factors, pivots, _ = lapack.dgetrf(A)
    return lapack.dgetri(factors, pivots, lwork=64 * len(A), overwrite_lu=True)


def _negative_log(xp: Any, S: Any, b: Any) -> Any:
    """Of a density of b, written naively."""
    return b @ xp.linalg.solve(S, b) + xp.linalg.slogdet(S)[1]


def likelihood(n: int) -> Work:
    S = matrices(n)[1]
    return Work(
        (S, vector(n)),
        lambda S, b: _negative_log(np, S, b),
        {
            **same(_negative_log, "torch", "jax", "autograd"),
            "pytensor": lambda tt, S, b: b @ tt.linalg.solve(S, b, b_ndim=1) + tt.linalg.slogdet(S)[1],
        },
        lambda: lapack.dpotri(lapack.dpotrf(S, lower=True)[0], lower=True),
        1.0,
        symmetric=True,
    )


def hessian_product(n: int) -> Work:
    """Of the likelihood in S, along S: the value is the gradient's product with S."""
    S = matrices(n)[1]

    def ours(S: Any, b: Any) -> Any:
        return lnp.sum(ln.grad(lambda S: _negative_log(np, S, b))(S) * S)

    def torchs(torch: Any, S: Any, b: Any) -> Any:
        (gradient,) = torch.autograd.grad(_negative_log(torch, S, b), S, create_graph=True)
        return torch.sum(gradient * S)

    def jaxs(xp: Any, S: Any, b: Any) -> Any:
        import jax

        return xp.sum(jax.grad(lambda S: _negative_log(xp, S, b))(S) * S)

    return Work((S, vector(n)), ours, {"torch": torchs, "jax": jaxs}, symmetric=True)
