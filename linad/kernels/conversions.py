"""What is discrete in conversions between real and complex forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

Array = np.ndarray[Any, Any]

_EPS = float(np.finfo(float).eps)  # SciPy's, in every precision


def corners(T: Array) -> Array:
    """For each subdiagonal entry of quasi-triangular T: 0 where it is zero, else which root gives SciPy's eigenvalue.

    The eigenvalues of [a b; c d] are (a + d)/2 + root and (a + d)/2 - root with root^2 = ((a - d)/2)^2 + bc.
    """
    k = np.arange(max(T.shape[-1] - 1, 0))
    a, b, c, d = T[..., k, k], T[..., k, k + 1], T[..., k + 1, k], T[..., k + 1, k + 1]
    signs = np.zeros(c.shape, np.result_type(T.real.dtype, np.float32))
    for i in np.argwhere(np.abs(c) > _EPS * (np.abs(a) + np.abs(d))):
        where = tuple(i)
        block = np.array([[a[where], b[where]], [c[where], d[where]]])
        first = scipy.linalg.eigvals(block, check_finite=False)[0] - (a[where] + d[where]) / 2
        root = np.emath.sqrt(((a[where] - d[where]) / 2) ** 2 + b[where] * c[where])
        signs[where] = 1 if abs(first - root) <= abs(first + root) else -1
    return signs


def partners(w: Array) -> Array:
    """Matrices with a one where a complex eigenvalue meets the other of its pair.

    Raises
    ------
    ValueError
        where complex eigenvalues do not come in pairs.
    """
    turning = np.iscomplex(w)
    if np.any(np.count_nonzero(turning, axis=-1) % 2):
        raise ValueError("expected complex-conjugate pairs of eigenvalues")
    found = np.zeros((*w.shape, w.shape[-1]), w.real.dtype)
    where = np.nonzero(turning)
    one, two = (tuple([i[start::2] for i in where]) for start in (0, 1))
    found[(*one, two[-1])] = found[(*two, one[-1])] = 1
    return found


def halves(partners: Array) -> Array:
    """The matrix that makes of each pair of eigenvectors the negative imaginary part and the real part of the first."""
    first, second = (half(partners).astype(float) for half in (np.triu, np.tril))
    leads, follows = first.sum(-1), second.sum(-1)
    own = 1 + (0.5j - 1) * leads - 0.5 * follows
    return own[..., None] * np.eye(partners.shape[-1]) + 0.5 * first - 0.5j * second
