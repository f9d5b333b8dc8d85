"""Discrete answers about matrices, and the scaling and permutation that balance them."""

from __future__ import annotations

import scipy.linalg

from linad.core.kinds import PART, Sample, aid, discrete
from linad.kernels import balancing as kernels

_SHAPES = ((3, 3), (2, 3, 3), (1, 1))

bandwidth = discrete(
    "bandwidth", scipy.linalg.bandwidth, samples=tuple(Sample((shape,)) for shape in _SHAPES[::2])
)
is_symmetric = discrete(
    "is_symmetric", scipy.linalg.issymmetric, samples=tuple(Sample((shape,), (1.0, 0.0)) for shape in _SHAPES)
)
is_hermitian = discrete(
    "is_hermitian", scipy.linalg.ishermitian, samples=tuple(Sample((shape,), (1.0, 0.0)) for shape in _SHAPES)
)
balancing = aid(
    "balancing",
    kernels.balance,
    samples=tuple(
        Sample((shape,), (True, scale), f"{'x'.join(map(str, shape))}{'-scaled' * scale}")
        for shape in _SHAPES
        for scale in (True, False)
    ),
)
balancing_part = discrete("balancing_part", getattr, untried=PART)
