"""Factorizations, with a cost that uses every factor."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack

import linad.linalg as la
import linad.numpy as lnp
from benchmarks.works.work import Work, matrices


def lu(n: int, batch: tuple[int, ...] = ()) -> Work:
    A, _, W = matrices(n, batch)

    def ours(A: Any) -> Any:
        _, L, U = la.lu(A)
        return lnp.sum(L * W) + lnp.sum(U * W)

    def torchs(torch: Any, A: Any) -> Any:
        _, L, U = torch.linalg.lu(A)
        V = torch.as_tensor(W)
        return (L * V).sum() + (U * V).sum()

    def jaxs(xp: Any, A: Any) -> Any:
        import jax
        import jax.scipy.linalg as jsl

        _, L, U = (jax.vmap(jsl.lu) if batch else jsl.lu)(A)
        return xp.sum(L * W) + xp.sum(U * W)

    return Work(
        (A,),
        ours,
        {"torch": torchs, "jax": jaxs},
        None if batch else lambda: lapack.dgetrf(A),
        2 / 3,
        lambda A: la.lu(A)[1:],
    )


def cholesky(n: int, batch: tuple[int, ...] = ()) -> Work:
    S, W = matrices(n, batch)[1:]

    def cost(xp: Any, S: Any, W: Any = W) -> Any:
        return xp.sum(xp.linalg.cholesky(S) * W)

    return Work(
        (S,),
        lambda S: cost(np, S),
        {
            "torch": lambda torch, S: cost(torch, S, torch.as_tensor(W)),
            "jax": cost,
            "autograd": cost,
            **({} if batch else {"pytensor": lambda tt, S: (tt.linalg.cholesky(S) * W).sum()}),
        },
        None if batch else lambda: lapack.dpotrf(S, lower=True),
        1 / 3,
        lambda S: (np.linalg.cholesky(S),),
        symmetric=True,
    )


def qr(n: int) -> Work:
    A, _, W = matrices(n)

    def cost(xp: Any, A: Any, W: Any = W) -> Any:
        Q, R = xp.linalg.qr(A)
        return xp.sum(Q * W) + xp.sum(R * W)

    return Work(
        (A,),
        lambda A: cost(lnp, A),
        {"torch": lambda torch, A: cost(torch, A, torch.as_tensor(W)), "jax": cost},
        lambda: lapack.dorgqr(*lapack.dgeqrf(A, lwork=64 * n)[:2], lwork=64 * n),
        8 / 3,
    )


def eigh(n: int) -> Work:
    S, W = matrices(n)[1:]

    def cost(xp: Any, S: Any, W: Any = W) -> Any:
        w, V = xp.linalg.eigh(S)
        return xp.sum(w * w) + xp.sum(V * V * W)

    return Work(
        (S,),
        lambda S: cost(lnp, S),
        {"torch": lambda torch, S: cost(torch, S, torch.as_tensor(W)), "jax": cost, "autograd": cost},
        lambda: lapack.dsyevd(S),
        16 / 3,  # to tridiagonal form and back, and what divide and conquer takes where little is deflated
        symmetric=True,
    )


def svd(n: int) -> Work:
    A, _, W = matrices(n)

    def cost(xp: Any, A: Any, W: Any = W) -> Any:
        U, s, Vh = xp.linalg.svd(A)
        return xp.sum(s * s) + xp.sum(U * U * W) + xp.sum(Vh * Vh * W)

    return Work(
        (A,),
        lambda A: cost(lnp, A),
        {"torch": lambda torch, A: cost(torch, A, torch.as_tensor(W)), "jax": cost},
        lambda: lapack.dgesdd(A),
        12.0,  # likewise
    )
