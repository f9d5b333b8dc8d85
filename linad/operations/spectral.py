"""Functions of Hermitian matrices, at any multiplicity of their eigenvalues.

    f(A) = V diag(f(w)) V^H                                                  A = V diag(w) V^H
    T(H1 .. Hk)_ij = sum f[w_i, w_a, .., w_j] K1_ia K2_a. .. Kk_.j           K = V^H H V,  in the basis of V

T is a multilinear form in its matrices, with divided differences (Daleckii, Krein): T() is f(A), T(dA) its derivative.

Tangent     d T(H1 .. Hk) = sum over p of T(H1 .. Hp, dA, Hp+1 .. Hk), and of T(.. dHp ..)
Cotangent   gHp = T*(Hp-1^H .. H1^H, g, Hk^H .. Hp+1^H)
            gA = the Hermitian part of sum over p of T*(Hp^H .. H1^H, g, Hk^H .. Hp+1^H)
            T* with the conjugate of f

So the derivatives of T are forms T with one matrix more, to any order, and nothing is divided by a gap. No equation in
A and f(A) says what f is: so this is by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_lowercase
from typing import Any

import numpy as np

from linad.core.kinds import Sample, custom
from linad.core.primitive import table
from linad.kernels.eigen import Eigen, Request
from linad.operations.contractions import H
from linad.operations.divided import divided_differences
from linad.operations.hermitian import hermitian_part

Array = np.ndarray[Any, Any]
Function = Callable[[Any], Any]


def _numeric(f: Function, conjugated: bool, factors: Eigen, A: Array, *matrices: Array) -> Array:
    w, V = factors.w, factors.V
    n, k = w.shape[-1], len(matrices)
    batch = np.broadcast_shapes(w.shape[:-1], *[X.shape[:-2] for X in matrices])
    VH = V.conj().swapaxes(-1, -2)
    turned = [np.broadcast_to(VH @ X @ V, (*batch, n, n)) for X in matrices]
    U = np.broadcast_to(V, (*batch, n, n))
    cores = {}
    for i in np.ndindex(w.shape[:-1]):
        D = divided_differences(f, w[i], k)
        cores[i] = D.conj() if conjugated else D
    found = [path(cores[own(i, w.shape[:-1])], [K[i] for K in turned]) for i in np.ndindex(batch)]
    if not found:
        dtype = np.result_type(divided_differences(f, np.ones(1, w.dtype), 0), V, *matrices)
        return np.zeros((*batch, n, n), dtype)
    inner = np.stack(found).reshape(*batch, *found[0].shape)
    UH = U.conj().swapaxes(-1, -2)
    product: Array = (U * inner[..., None, :] if k == 0 else U @ inner) @ UH
    return product


def own(where: tuple[int, ...], batch: tuple[int, ...]) -> tuple[int, ...]:
    """The place of a matrix of the whole batch among those of A, which broadcast."""
    lead = len(where) - len(batch)
    return tuple([0 if n == 1 else i for i, n in zip(where[lead:], batch, strict=True)])


def path(D: Array, K: Sequence[Array]) -> Array:
    """The sum over paths from row to column; without matrices the diagonal."""
    if not K:
        return D
    if len(K) == 1:
        return D * K[0]
    letters = ascii_lowercase[: len(K) + 1]
    steps = ",".join(letters[i : i + 2] for i in range(len(K)))
    found: Array = np.einsum(f"{letters},{steps}->{letters[0]}{letters[-1]}", D, *K, optimize=len(K) > 2)
    return found


def _plus(total: Any, part: Any) -> Any:
    return part if total is None else total + part


def _tangent(
    tangents: Sequence[Any], out: Any, f: Function, conjugated: bool, factors: Any, A: Any, *matrices: Any
) -> Any:
    dA, *moved = tangents[3:]
    total = None
    if dA is not None:
        S = hermitian_part(dA)
        for p in range(len(matrices) + 1):
            total = _plus(total, form(f, conjugated, factors, A, *matrices[:p], S, *matrices[p:]))
    for p, dX in enumerate(moved):
        if dX is not None:
            alone = form(f, conjugated, factors, A, *matrices[:p], dX, *matrices[p + 1 :])
            total = _plus(total, alone)
    return total


def _cotangent(
    g: Any,
    out: Any,
    wanted: Sequence[int],
    f: Function,
    conjugated: bool,
    factors: Any,
    A: Any,
    *matrices: Any,
) -> list[Any]:
    adjoints = [H(X) for X in matrices]

    def around(before: int, after: int) -> Any:
        """T* of the adjoints of what stands before, from the last to the first, g, and of what stands after."""
        return form(f, not conjugated, factors, A, *adjoints[:before][::-1], g, *adjoints[after:][::-1])

    found = []
    for i in wanted:
        if i == 3:
            total = None
            for p in range(len(matrices) + 1):
                total = _plus(total, around(p, p))
            found.append(hermitian_part(total))
        else:
            found.append(around(i - 4, i - 3))
    return found


def _cubic(x: Any) -> Any:
    """What laws try: a polynomial, whose third derivatives do not vanish."""
    return x * x * x - 0.5 * x * x + 2.0 * x


form = custom(
    "spectral",
    _numeric,
    _tangent,
    _cotangent,
    first=3,
    last=None,
    domain=("hermitian", "real", "real"),
    samples=tuple(
        Sample(shapes, (_cubic, False, None), "-".join("x".join(map(str, shape)) for shape in shapes))
        for shapes in [
            ((3, 3),),
            ((2, 3, 3),),
            ((1, 1),),
            ((0, 0),),
            ((3, 3), (3, 3)),
            ((2, 2), (2, 2, 2)),
        ]
    ),
)


def spectral(f: Function, A: Any) -> Any:
    """f(A) of Hermitian matrices in the last two axes, for f of one real variable."""
    return _entry(f, False, None, A)


def _entry(f: Function, conjugated: bool, _: None, A: Any, *matrices: Any) -> Any:
    return form(f, conjugated, table["eigh_factors"](A, Request()), A, *matrices)


form.primitive.entry = _entry  # type: ignore[attr-defined]  # functions of primitives carry them
