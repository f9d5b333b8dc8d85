"""Products with a matrix that is held fixed, sparse or dense, on the left: sketches."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import Sample, linear


def _numeric(A: Any, S: Any) -> Any:
    if A.ndim == 2:
        return S @ A
    columns = np.moveaxis(A, -2, 0)  # sparse matrices know no batches
    product = S @ columns.reshape(len(columns), -1)
    return np.moveaxis(product.reshape(S.shape[0], *columns.shape[1:]), 0, -2)


_SIGNS = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])
sketch = linear(
    "sketch",
    _numeric,
    lambda g, space, S: sketch(g, S.T),
    samples=tuple(Sample((shape,), (_SIGNS,)) for shape in [(3, 2), (2, 3, 1), (3, 0)]),
)
