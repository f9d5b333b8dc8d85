"""QR factors of a matrix that was changed, by updates of factors that are known.

The factors are those of SciPy's updates; their rule is that of :mod:`linad.operations.qr` at the changed matrix, which
is a function of Q, R and of what was added. In a complex R the phases of the diagonal are held fixed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from linad.core.kinds import joint_aid
from linad.kernels.qr import Factors


def _numeric(*args: Any) -> Factors:
    *arrays, name, options = args
    Q, R = getattr(scipy.linalg, name)(*arrays, **dict(options))
    return Factors(np.array(Q), np.array(R[..., : min(Q.shape[-2], R.shape[-1]), :]), None)


# updated_factors(*arrays, name, options): the factors by the function of scipy.linalg with that name.
updated_factors = joint_aid("qr_updated_factors", _numeric)
