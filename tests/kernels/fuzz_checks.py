"""What the checks of random calls share.

A builder answers the function, its arguments, the positions of those it overwrites, and a check of what was there
before, what is there after and what was returned. A check answers False where it cannot say.
"""

import numpy as np

OP = {"N": lambda X: X, "T": lambda X: X.T, "H": lambda X: X.conj().T}


def near(found, expected, scale, dtype):
    """To rounding: eps times the scale, and times the number of operations that meet in an entry, generously."""
    if not np.all(np.isfinite(found)):
        return False
    bound = 50 * (max(found.shape, default=1) + 10) * np.finfo(dtype).eps * (scale + 1e-30)
    error = np.max(np.abs(found - expected), initial=0)
    assert error <= bound, f"{error} > {bound}"
    return True


def size(*arrays):
    """The product of their norms."""
    return float(np.prod([np.linalg.norm(X) for X in arrays]))


def triangle(X, lower):
    return np.tril(X) if lower else np.triu(X)


def hermitian(X, lower):
    """The Hermitian matrix of which one triangle is stored."""
    X = triangle(X, lower)
    return (
        X
        + np.tril(X, -1).conj().T
        + np.triu(X, 1).conj().T
        - 1j * np.diag(np.diag(X).imag) * (X.dtype.kind == "c")
    )


def triangular(X, lower, unit):
    X = triangle(X, lower)
    return X - np.diag(np.diag(X)) + np.eye(len(X), dtype=X.dtype) if unit else X


def diagonal_heavy(d, n):
    X = d.numbers((n, n)) + 3 * np.eye(n)
    return X if X.dtype.kind == "f" else X - 1j * np.diag(np.diag(X).imag)


def shaped(m, n, trans):
    return (m, n) if trans == "N" else (n, m)
