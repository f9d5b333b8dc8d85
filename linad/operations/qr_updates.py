"""QR factors of a matrix that was changed, by updates of factors that are known.

The factors are those of SciPy's updates; their rule is that of :mod:`linad.operations.qr` at the changed matrix, which
is a function of Q, R and of what was added. That rule is for a real diagonal of R: in complex factors the phases of the
diagonal, which SciPy leaves as they come, are taken out and held fixed.
"""

from __future__ import annotations

from operator import getitem
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.kinds import PART, aid, joint_aid
from linad.core.space import conj, is_complex, shape_of
from linad.kernels.qr import Factors
from linad.operations.qr import qr_by
from linad.operations.shape import reshape

Numbers = np.ndarray[Any, Any]


def _numeric(*args: Any) -> tuple[Factors, Numbers]:
    *arrays, name, options = args
    Q, R = getattr(scipy.linalg, name)(*arrays, **dict(options))
    R = R[..., : min(Q.shape[-2], R.shape[-1]), :]
    phases = np.ones((*Q.shape[:-2], Q.shape[-1]), Q.dtype)
    if Q.dtype.kind == "c":
        k, d = min(R.shape[-2:]), np.diagonal(R, 0, -2, -1)
        phases[..., :k] = np.where(d == 0, 1, d / np.where(d == 0, 1, np.abs(d)))
        Q, R = Q * phases[..., None, :], R * phases[..., : R.shape[-2], None].conj()
    return Factors(np.array(Q), np.array(R), None), phases


# updated_factors(*arrays, name, options): the factors by the function of scipy.linalg with that name, and phases.
updated_factors = joint_aid("qr_updated_factors", _numeric)
_part = aid("qr_updated_part", getitem, untried=PART)


def updated(A: Any, found: Any, complete: bool) -> tuple[Any, Any]:
    """Q and R of the changed A by updated factors; R has min(m, n) rows."""
    Q, R = qr_by(A, _part(found, 0), complete)
    if not is_complex(Q):
        return Q, R
    phases = _part(found, 1)
    *batch, k = shape_of(phases)
    return Q * reshape(conj(phases), (*batch, 1, k)), reshape(phases, (*batch, k, 1))[
        ..., : shape_of(R)[-2], :
    ] * R
