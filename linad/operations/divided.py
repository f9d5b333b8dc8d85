"""Divided differences of a function at real or complex nodes, to any order, and at any multiplicity of the nodes.

    f[x] = f(x)                                                  one node
    f[x0 .. xk] = (f[x1 .. xk] - f[x0 .. xk-1]) / (xk - x0)      the quotient, by the two that are farthest apart
    f[x0 .. xk] = integral of f^(k) over the simplex of mean values of the nodes   (Hermite, Genocchi)

The quotient loses digits where nodes are close, the integral, by Gauss's rule, where f is not smooth between them. Each
has an estimate of its error, and the better one is taken. At equal nodes the integral is f^(k)(x) / k!.
Derivatives of f are linad's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import permutations, product
from math import factorial, prod
from typing import Any

import numpy as np

from linad.core.traced import Array as Traced
from linad.core.transforms import jvp
from linad.errors import ClosureError, ShapeError

Array = np.ndarray[Any, Any]
Function = Callable[[Any], Any]

_EXACT = 4.0  # to the power k: an error of quotients, in units of eps of the largest, with which no integral is tried
_CLOSED = 8.0  # nodes that are equal, in units of n eps of the largest
_RULES = {1: (5, 8), 2: (4, 6)}  # points in each direction of the two rules, by order
_HIGHER = (2, 3)
_AT_ONCE = 1 << 16  # numbers for which f is evaluated at once


def evaluated(f: Function, x: Array, where: str = "spectral") -> Array:
    """f at plain numbers."""
    y = f(x)
    if isinstance(y, Traced):
        raise ClosureError(
            where,
            "f gives a traced result for plain numbers: it uses a traced array, whose derivative would be lost.",
            "Write f with constants: linad.value(x).",
            "For a derivative with respect to a factor or a shift, move it outside of f: the function exp of t * A.",
        )
    y = np.asarray(y)
    if y.shape == () and x.shape != ():
        y = np.broadcast_to(y, x.shape)
    if y.shape != x.shape:
        raise ShapeError(
            where,
            f"f makes the shape {y.shape} of {x.shape}; it must act on each eigenvalue alone.",
            "Write it with elementwise functions: exp, sqrt, where.",
        )
    return y.astype(np.result_type(y.dtype, x.dtype), copy=False)


def derivative(f: Function, order: int) -> Function:
    """The derivative of an elementwise function, to an order."""
    for _ in range(order):
        f = _derivative(f)
    return f


def _derivative(f: Function) -> Function:
    def slope(x: Any) -> Any:
        return jvp(lambda x: f(x) + 0 * x, (x,), (np.ones(x.shape, x.dtype),))[1]

    return slope


def divided_differences(f: Function, w: Array, order: int) -> Array:
    """f[w_i0 .. w_ik] for all indices, ``k = order``; real w ascending."""
    n, eps = w.size, float(np.finfo(w.dtype).eps)
    values = evaluated(f, w)
    errors = eps * np.abs(values)
    tuples = np.arange(n)[:, None]
    closed = _CLOSED * n * eps * np.max(np.abs(w), initial=0)
    for k in range(1, order + 1):
        tuples = _longer(tuples, n)
        nodes = w[tuples]
        below, above, gaps = _ends(tuples, nodes)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (values[above] - values[below]) / gaps
            error = (errors[above] + errors[below]) / np.abs(gaps) + eps * np.abs(found)
        largest = np.max(np.abs(found[np.isfinite(found)]), initial=0)
        doubtful = np.flatnonzero(~(error <= 2 * _EXACT**k * eps * largest))
        if doubtful.size:
            integrals, own = _integrals(f, nodes[doubtful], k, closed)
            better = ~(error[doubtful] <= own)
            found[doubtful] = np.where(better, integrals, found[doubtful])
            error[doubtful] = np.where(better, own, error[doubtful])
        values, errors = _filled(tuples, found, n), _filled(tuples, error, n)
    return values


def _ends(tuples: Array, nodes: Array) -> tuple[tuple[Array, ...], tuple[Array, ...], Array]:
    """The indices without the last node and without the first, of nodes put in an order, and last minus first."""
    if nodes.dtype.kind == "c" and nodes.shape[1] > 2:  # real ones are in order
        rows = np.arange(len(nodes))
        distances = np.abs(nodes[:, :, None] - nodes[:, None, :]).reshape(len(nodes), -1)
        first, last = np.divmod(np.argmax(distances, axis=1), nodes.shape[1])
        last = np.where(first == last, first + 1, last) % nodes.shape[1]  # all are equal
        keys = np.ones(nodes.shape, int)
        keys[rows, first], keys[rows, last] = 0, 2
        order = np.argsort(keys, axis=1, kind="stable")
        tuples, nodes = (np.take_along_axis(x, order, axis=1) for x in (tuples, nodes))
    return tuple(tuples[:, :-1].T), tuple(tuples[:, 1:].T), nodes[:, -1] - nodes[:, 0]


def _longer(tuples: Array, n: int) -> Array:
    """Ascending tuples of indices with one more at the end."""
    last = tuples[:, -1]
    counts = n - last
    which = np.repeat(np.arange(len(tuples)), counts)
    step = np.arange(which.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.concatenate([tuples[which], (last[which] + step)[:, None]], axis=1)


def _filled(tuples: Array, found: Array, n: int) -> Array:
    """A symmetric array from its entries at ascending indices."""
    k = tuples.shape[1]
    whole = np.empty((n,) * k, found.dtype)
    for order in permutations(range(k)):
        whole[tuple(tuples[:, order].T)] = found
    return whole


def _integrals(f: Function, nodes: Array, k: int, closed: float) -> tuple[Array, Array]:
    """Divided differences as integrals, and their errors."""
    slope = derivative(f, k)
    eps = float(np.finfo(nodes.dtype).eps)
    equal = np.max(np.abs(nodes - nodes[:, :1]), axis=1) <= closed
    with np.errstate(all="ignore"):  # where f is not smooth, the quotient is taken
        center = np.mean(nodes, axis=1)
        found = evaluated(slope, center) / factorial(k)
        error = np.where(np.isfinite(found), eps * np.abs(found), np.inf)
        if not equal.all():
            apart = ~equal
            coarse, fine = (_integral(slope, nodes[apart], k, m) for m in _RULES.get(k, _HIGHER))
            found[apart] = fine
            off = np.abs(fine - coarse) + eps * np.abs(fine)
            error[apart] = np.where(np.isfinite(off), off, np.inf)
    return found, error


def _integral(slope: Function, nodes: Array, k: int, m: int) -> Array:
    points, weights = (x.astype(nodes.dtype) for x in _simplex(k, m))
    rows = max(1, _AT_ONCE // weights.size)
    parts = [
        evaluated(slope, part[:, :1] + np.diff(part, axis=1) @ points.T) @ weights
        for part in np.split(nodes, range(rows, len(nodes), rows))
    ]
    return np.concatenate(parts)


@lru_cache(maxsize=16)
def _simplex(k: int, m: int) -> tuple[Array, Array]:
    """Points 1 >= s1 >= ... >= sk >= 0 and weights, from Gauss's rule with m points: s1 = u1, s2 = u1 u2, ..."""
    u, v = np.polynomial.legendre.leggauss(m)
    u, v = (u + 1) / 2, v / 2
    points, weights = [], []
    for chosen in product(range(m), repeat=k):
        points.append(np.cumprod(u[list(chosen)]))
        weights.append(float(prod(v[i] * u[i] ** (k - 1 - j) for j, i in enumerate(chosen))))
    return np.array(points), np.array(weights)
