"""The work that is timed: each cost written once for linad and once for each peer, with the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.linalg import lapack

import linad as ln
import linad.linalg as la
import linad.numpy as lnp

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """A cost and its arguments; ``floor`` is the bare LAPACK call."""

    arrays: tuple[Array, ...]
    linad: Callable[..., Any]
    peers: dict[str, Callable[..., Any]] = field(default_factory=dict)
    floor: Callable[[], Any] | None = None


def _same(cost: Callable[..., Any], *names: str) -> dict[str, Callable[..., Any]]:
    return dict.fromkeys(names, cost)


def matrices(n: int, batch: tuple[int, ...] = ()) -> tuple[Array, Array, Array]:
    """A well-conditioned matrix, a positive definite one, and weights that make costs of factors."""
    rng = np.random.default_rng(n)
    A = rng.normal(size=(*batch, n, n)) / np.sqrt(n) + 2 * np.eye(n)
    return A, A @ A.swapaxes(-1, -2) + np.eye(n), rng.normal(size=(n, n)) / n


def _solve(n: int, batch: tuple[int, ...] = ()) -> Work:
    A = matrices(n, batch)[0]
    b = np.random.default_rng(1).normal(size=(*batch, n) if not batch else (*batch, n, 1))
    return Work(
        (A, b),
        lambda A, b: np.sum(np.linalg.solve(A, b)),
        {
            **_same(lambda xp, A, b: xp.sum(xp.linalg.solve(A, b)), "torch", "jax", "autograd"),
            **({} if batch else {"pytensor": lambda tt, A, b: tt.linalg.solve(A, b, b_ndim=1).sum()}),
        },
        None if batch else lambda: lapack.dgesv(A, b),
    )


def _slogdet(n: int, batch: tuple[int, ...] = ()) -> Work:
    A = matrices(n, batch)[0]
    return Work(
        (A,),
        lambda A: np.sum(np.linalg.slogdet(A)[1]),
        _same(lambda xp, A: xp.sum(xp.linalg.slogdet(A)[1]), "torch", "jax", "autograd"),
        None if batch else lambda: _inverted(A),
    )


def _inverted(A: Array) -> Any:
    factors, pivots, _ = lapack.dgetrf(A)
    return lapack.dgetri(factors, pivots, lwork=64 * len(A), overwrite_lu=True)


def _det(n: int) -> Work:
    A = matrices(n)[0] * (0.5 if n > 64 else 1)
    A = A / np.exp(np.linalg.slogdet(A)[1] / n)
    return Work(
        (A,),
        np.linalg.det,
        _same(lambda xp, A: xp.linalg.det(A), "torch", "jax", "autograd"),
        lambda: _inverted(A),
    )


def _inv(n: int) -> Work:
    A, _, W = matrices(n)
    return Work(
        (A,),
        lambda A: np.sum(np.linalg.inv(A) * W),
        {
            "torch": lambda torch, A: torch.sum(torch.linalg.inv(A) * torch.as_tensor(W)),
            **_same(lambda xp, A: xp.sum(xp.linalg.inv(A) * W), "jax", "autograd"),
        },
        lambda: _inverted(A),
    )


def _likelihood(n: int) -> Work:
    S = matrices(n)[1]
    b = np.random.default_rng(1).normal(size=n)
    return Work(
        (S, b),
        lambda S, b: b @ np.linalg.solve(S, b) + np.linalg.slogdet(S)[1],
        {
            **_same(
                lambda xp, S, b: b @ xp.linalg.solve(S, b) + xp.linalg.slogdet(S)[1],
                "torch",
                "jax",
                "autograd",
            ),
            "pytensor": lambda tt, S, b: b @ tt.linalg.solve(S, b, b_ndim=1) + tt.linalg.slogdet(S)[1],
        },
        lambda: lapack.dpotri(lapack.dpotrf(S, lower=True)[0], lower=True),
    )


def _lu(n: int, batch: tuple[int, ...] = ()) -> Work:
    A, _, W = matrices(n, batch)

    def ours(A: Any) -> Any:
        _, L, U = la.lu(A)
        return lnp.sum(L * W) + lnp.sum(U * W)

    def torchs(torch: Any, A: Any) -> Any:
        _, L, U = torch.linalg.lu(A)
        V = torch.as_tensor(W)
        return (L * V).sum() + (U * V).sum()

    def jaxs(xp: Any, A: Any) -> Any:
        import jax.scipy.linalg as jsl

        if batch:
            import jax

            _, L, U = jax.vmap(jsl.lu)(A)
        else:
            _, L, U = jsl.lu(A)
        return xp.sum(L * W) + xp.sum(U * W)

    return Work((A,), ours, {"torch": torchs, "jax": jaxs}, None if batch else lambda: lapack.dgetrf(A))


def _cholesky(n: int, batch: tuple[int, ...] = ()) -> Work:
    S, W = matrices(n, batch)[1:]
    return Work(
        (S,),
        lambda S: np.sum(np.linalg.cholesky(S) * W),
        {
            "torch": lambda torch, S: torch.sum(torch.linalg.cholesky(S) * torch.as_tensor(W)),
            **_same(lambda xp, S: xp.sum(xp.linalg.cholesky(S) * W), "jax", "autograd"),
            **({} if batch else {"pytensor": lambda tt, S: (tt.linalg.cholesky(S) * W).sum()}),
        },
        None if batch else lambda: lapack.dpotrf(S, lower=True),
    )


def _qr(n: int) -> Work:
    A, _, W = matrices(n)

    def cost(xp: Any, A: Any, W: Any = W) -> Any:
        Q, R = xp.linalg.qr(A)
        return xp.sum(Q * W) + xp.sum(R * W)

    return Work(
        (A,),
        lambda A: cost(lnp, A),
        {"torch": lambda torch, A: cost(torch, A, torch.as_tensor(W)), "jax": cost},
        lambda: lapack.dorgqr(*lapack.dgeqrf(A, lwork=64 * n)[:2], lwork=64 * n),
    )


def _eigh(n: int) -> Work:
    S, W = matrices(n)[1:]

    def cost(xp: Any, S: Any, W: Any = W) -> Any:
        w, V = xp.linalg.eigh(S)
        return xp.sum(w * w) + xp.sum(V * V * W)

    return Work(
        (S,),
        lambda S: cost(lnp, S),
        {"torch": lambda torch, S: cost(torch, S, torch.as_tensor(W)), "jax": cost, "autograd": cost},
        lambda: lapack.dsyevd(S),
    )


def _svd(n: int) -> Work:
    A, _, W = matrices(n)

    def cost(xp: Any, A: Any, W: Any = W) -> Any:
        U, s, Vh = xp.linalg.svd(A)
        return xp.sum(s * s) + xp.sum(U * U * W) + xp.sum(Vh * Vh * W)

    return Work(
        (A,),
        lambda A: cost(lnp, A),
        {"torch": lambda torch, A: cost(torch, A, torch.as_tensor(W)), "jax": cost},
        lambda: lapack.dgesdd(A),
    )


def _chain(n: int) -> Work:
    def cost(*args: Any) -> Any:
        x = args[-1]
        y = x
        for _ in range(n):
            y = y * x
        return y

    return Work((np.asarray(1.0001),), cost, _same(cost, "torch", "autograd"))


def _hessian_product(n: int) -> Work:
    """Along b, of the likelihood in S: the value is that of the gradient along a direction."""
    S = matrices(n)[1]
    b = np.random.default_rng(1).normal(size=n)

    def ours(S: Any, b: Any) -> Any:
        gradient = ln.grad(lambda S: b @ np.linalg.solve(S, b) + np.linalg.slogdet(S)[1])(S)
        return lnp.sum(gradient * S)

    def torchs(torch: Any, S: Any, b: Any) -> Any:
        value = b @ torch.linalg.solve(S, b) + torch.linalg.slogdet(S)[1]
        (gradient,) = torch.autograd.grad(value, S, create_graph=True)
        return torch.sum(gradient * S)

    def jaxs(xp: Any, S: Any, b: Any) -> Any:
        import jax

        gradient = jax.grad(lambda S: b @ xp.linalg.solve(S, b) + xp.linalg.slogdet(S)[1])(S)
        return xp.sum(gradient * S)

    return Work((S, b), ours, {"torch": torchs, "jax": jaxs})


WORKS: dict[str, Callable[..., Work]] = {
    "LU": _lu,
    "Cholesky": _cholesky,
    "likelihood": _likelihood,
    "slogdet": _slogdet,
    "det": _det,
    "inv": _inv,
    "QR": _qr,
    "solve": _solve,
    "eigh": _eigh,
    "SVD": _svd,
    "chain": _chain,
    "Hessian product": _hessian_product,
}


def flattened(found: Any) -> Sequence[Any]:
    value, gradients = found
    return [value, *gradients]
