"""What theory says of each structure: who belongs, how many tangents there are, where they are zero."""

import numpy as np

BLOCKS = {
    "block diagonal",
    "hermitian block diagonal",
    "symmetric block diagonal",
    "block unit lower",
    "quasi upper",
}
SQUARE_ONLY = BLOCKS | {
    "unit columns",
    "hermitian",
    "positive definite",
    "positive semidefinite",
    "symmetric",
    "skew",
    "skew symmetric",
    "permutation",
}
REAL = {"real diagonal", "positive diagonal", "orthogonal", "permutation"}
TALL, WIDE = (5, 3), (3, 5)


def H(X):
    return X.conj().T


def close(X, Y):
    return np.allclose(X, Y, rtol=0, atol=1e-13)


def positive(d):
    return np.all(np.isreal(d) & (d.real > 0))


def within(X):
    """Where the blocks of 1, 2, 1, 2, ... rows are."""
    block = np.repeat(np.arange(len(X)), np.arange(len(X)) % 2 + 1)[: len(X)]
    return block[:, None] == block


BELONGS = {
    "general": lambda X: np.all(np.isfinite(X)),
    "lower": lambda X: not np.any(np.triu(X, 1)),
    "unit lower": lambda X: not np.any(np.triu(X, 1)) and np.all(np.diagonal(X) == 1),
    "positive lower": lambda X: not np.any(np.triu(X, 1)) and positive(np.diagonal(X)),
    "upper": lambda X: not np.any(np.tril(X, -1)),
    "unit upper": lambda X: not np.any(np.tril(X, -1)) and np.all(np.diagonal(X) == 1),
    "positive upper": lambda X: not np.any(np.tril(X, -1)) and positive(np.diagonal(X)),
    "diagonal": lambda X: not np.any(np.tril(X, -1)) and not np.any(np.triu(X, 1)),
    "real diagonal": lambda X: BELONGS["diagonal"](X) and np.all(np.isreal(X)),
    "unitary": lambda X: close(H(X) @ X, np.eye(X.shape[1])),
    "positive diagonal": lambda X: BELONGS["diagonal"](X) and positive(np.diagonal(X)),
    "orthonormal rows": lambda X: BELONGS["unitary"](H(X)),
    "orthogonal": lambda X: BELONGS["unitary"](X) and np.isrealobj(X),
    "unit columns": lambda X: close(np.linalg.norm(X, axis=0), 1),
    "hermitian": lambda X: close(X, H(X)),
    "positive semidefinite": lambda X: close(X, H(X)) and np.all(np.linalg.eigvalsh(X) > -1e-14),
    "positive definite": lambda X: close(X, H(X)) and np.all(np.linalg.eigvalsh(X) > 0),
    "symmetric": lambda X: close(X, X.T),
    "skew": lambda X: close(X, -H(X)),
    "skew symmetric": lambda X: close(X, -X.T),
    "block diagonal": lambda X: np.array_equal(X != 0, within(X)),
    "hermitian block diagonal": lambda X: BELONGS["block diagonal"](X) and close(X, H(X)),
    "symmetric block diagonal": lambda X: BELONGS["block diagonal"](X) and close(X, X.T),
    "block unit lower": lambda X: BELONGS["unit lower"](X) and close(X * within(X), np.eye(len(X))),
    "quasi upper": lambda X: np.array_equal(np.tril(X, -1) != 0, np.tril(within(X), -1)),
    "upper hessenberg": lambda X: not np.any(np.tril(X, -2)),
    "permutation": lambda X: sorted(X.tolist()) == sorted(np.eye(len(X)).tolist()),
}


def count(name, m, n, c):
    """The dimension over the reals; c is 2 for complex matrices, 1 for real ones."""
    d = min(m, n)
    below, above = sum(min(i, n) for i in range(m)), sum(min(j, m) for j in range(n))
    pairs = (n + 1) // 3  # blocks of two rows
    return {
        "general": c * m * n,
        "lower": c * (below + d),
        "unit lower": c * below,
        "positive lower": c * below + d,
        "upper": c * (above + d),
        "unit upper": c * above,
        "positive upper": c * above + d,
        "diagonal": c * d,
        "real diagonal": d,
        "unitary": c * m * n - (c * n * (n - 1) // 2 + n),
        "positive diagonal": d,
        "orthonormal rows": c * m * n - (c * m * (m - 1) // 2 + m),
        "orthogonal": m * n - n * (n + 1) // 2,
        "unit columns": c * n * n - n,
        "hermitian": c * n * (n - 1) // 2 + n,
        "positive semidefinite": c * n * (n - 1) // 2 + n,
        "positive definite": c * n * (n - 1) // 2 + n,
        "symmetric": c * n * (n + 1) // 2,
        "skew": c * n * (n - 1) // 2 + (c - 1) * n,
        "skew symmetric": c * n * (n - 1) // 2,
        "block diagonal": c * (n + 2 * pairs),
        "hermitian block diagonal": n + c * pairs,
        "symmetric block diagonal": c * (n + pairs),
        "block unit lower": c * (below - pairs),
        "quasi upper": c * (above + n + pairs),
        "upper hessenberg": c * (above + d + min(m - 1, n)),
        "permutation": 0,
    }[name]


def forbidden(name, shape):
    """Where a tangent is zero, whatever the member."""
    i, j = np.indices(shape)
    outside = ~within(np.eye(max(shape)))[: shape[0], : shape[1]]
    return {
        "lower": i < j,
        "unit lower": i <= j,
        "positive lower": i < j,
        "upper": i > j,
        "unit upper": i >= j,
        "positive upper": i > j,
        "diagonal": i != j,
        "real diagonal": i != j,
        "positive diagonal": i != j,
        **dict.fromkeys(BLOCKS, outside),
        "block unit lower": (i < j) | ~outside,
        "quasi upper": (i > j) & outside,
        "upper hessenberg": i > j + 1,
    }.get(name, np.zeros(shape, bool))


def fits(name, shape):
    m, n = shape
    if name in ("unitary", "orthogonal", "orthonormal rows"):
        return m == n or (m < n) == (name == "orthonormal rows")
    return m == n or name not in SQUARE_ONLY
