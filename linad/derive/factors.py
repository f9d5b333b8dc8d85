"""The factorizations that expressions may use: their parts, and their derived programs."""

from __future__ import annotations

from functools import partial

from linad.derive.catalogue import rule
from linad.derive.symbolic.calculus.factorizations import FACTORIZATIONS, Factorization
from linad.derive.symbolic.programs.program import Program


def _program(entry: str, part: str) -> Program:
    return rule(entry).program("cotangent", [part])


FACTORIZATIONS.update(
    {
        "cholesky": Factorization(
            {"L": "lower"}, True, True, "np.linalg.cholesky({})", partial(_program, "cholesky")
        ),
        "lu": Factorization(
            {"P": "fixed", "L": "lower", "U": "upper"}, False, True, None, partial(_program, "lu")
        ),
        "qr": Factorization(
            {"Q": "orthogonal", "R": "upper"}, False, False, "np.linalg.qr({})", partial(_program, "qr-tall")
        ),
        "eigh": Factorization(
            {"w": "vector", "V": "orthogonal"}, True, True, "np.linalg.eigh({})", partial(_program, "eigh")
        ),
        "svd": Factorization(
            {"U": "orthogonal", "s": "vector", "Vh": "orthogonal"},
            False,
            False,
            "np.linalg.svd({}, full_matrices=False)",
            partial(_program, "svd-tall-adjoint"),
        ),
    }
)
