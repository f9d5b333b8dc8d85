"""Linear equations with the derivative of a residual, which is known by its products.

Equation    D[U] = B, or D^H[U] = B,     D the derivative of R(Y) by Y at a point
Undefined   where D is singular

It works in the real coordinates of Y and of R, so D need not be holomorphic; D^H is the adjoint over the reals.

    dense       a pushforward for each coordinate of Y, equilibrated, factored once and kept for all that follows
    krylov      GMRES on pushforwards, or on pullbacks for the adjoint; nothing is stored
    a function  of the user's, whose answer is tried by one product
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.transforms import linearize, vjp
from linad.errors import DegenerateError, StructureError
from linad.kernels import condition, lu
from linad.operations.coordinates import Coordinates, Numbers
from linad.operations.guards import report_lost_digits

DENSE = 500  # coordinates up to which matrices are formed, where nothing is said
_FLOOR = 1e-6  # of tolerances: a distance below that of one, where the unknowns are zero
_PROBE = 1e4  # roundings in which a product may differ from that of blocks

Flat = tuple[Any, ...]
# solver(right, adjoint): D^-1[right] or D^-H[right], flat.
Solver = Callable[[Flat, bool], Sequence[Any]]


class Linearised:
    """The derivative of a residual by its unknowns at a point, ready to be inverted.

    Parameters
    ----------
    where
        The name for messages.
    residual
        A function of the arrays of the unknowns to those of the equations, both flat and plain.
    point
        The unknowns.
    coupled
        How many of the last axes are coupled; the elements of the others are independent. None: all are coupled.
    method
        ``"dense"``, ``"krylov"``, or the user's solver.
    options
        Those of :func:`scipy.sparse.linalg.gmres`.
    """

    def __init__(
        self,
        where: str,
        residual: Callable[..., Flat],
        point: Flat,
        coupled: int | None,
        method: str | Solver | None,
        options: Mapping[str, Any],
    ) -> None:
        self.where, self.point, self.options = where, point, dict(options)
        self._residual, self.converged = residual, False
        self.left, self._push = linearize(residual, *point)
        self.unknowns = Coordinates(where, point, coupled)
        self.equations = Coordinates(where, self.left, coupled)
        if self.unknowns.size != self.equations.size or self.unknowns.batch != self.equations.batch:
            raise StructureError(
                where,
                f"the residual has {self.equations.size} real numbers for {self.unknowns.size} unknown ones"
                f"{f', in batches {self.equations.batch} and {self.unknowns.batch}' if coupled is not None else ''}.",
                "As many equations as unknowns determine them.",
            )
        small = coupled is not None or self.unknowns.size <= DENSE
        self.method: str | Solver = method or ("dense" if small else "krylov")

    # -- products -------------------------------------------------------------------------------------------------

    def product(self, x: Numbers) -> Numbers:
        """D x, for coordinates."""
        return self.equations.pack(self._push(*self.unknowns.unpack(x)))

    @cached_property
    def _pull(self) -> Callable[[Flat], Flat]:
        return vjp(self._residual, *self.point)[1]

    def adjoint_product(self, b: Numbers) -> Numbers:
        """D^T b, for coordinates."""
        return self.unknowns.pack(self._pull(self.equations.unpack(b)))

    # -- solving --------------------------------------------------------------------------------------------------

    def solve(self, right: Flat, adjoint: bool) -> Flat:
        """D^-1[right], or D^-H[right] with ``adjoint``."""
        given, asked_for = (self.unknowns, self.equations) if adjoint else (self.equations, self.unknowns)
        b = given.pack(right)
        if callable(self.method):
            x = asked_for.pack(self.method(given.unpack(b), adjoint))
            return asked_for.unpack(self._tried(x, b, adjoint, "the linear solver"))
        if self.method == "krylov":
            return asked_for.unpack(self._by_krylov(b, adjoint))
        factors, rows, columns = self._factored
        before, after = (columns, rows) if adjoint else (rows, columns)
        x = factors.apply((before * b)[..., None], "T" if adjoint else "N")[..., 0]
        return asked_for.unpack(after * x)

    @cached_property
    def _factored(self) -> tuple[lu.AnyFactors, Numbers, Numbers]:
        """The factors of R D C, and the diagonals of R and C, powers of two that bring D to order one."""
        D = self.matrix
        if not np.all(np.isfinite(D)):
            raise DegenerateError(
                self.where, "the derivative of the residual by the unknowns is not finite at the solution."
            )
        rows = _power(np.max(np.abs(D), axis=-1, initial=0))
        columns = _power(np.max(np.abs(D * rows[..., None]), axis=-2, initial=0))
        D = D * rows[..., None] * columns[..., None, :]
        factors = lu.factor(D)
        if self.unknowns.size:
            reciprocal = np.zeros(()) if factors.singular else condition.of_factors(D, factors)
            eps = float(np.finfo(D.dtype).eps)
            if not np.min(reciprocal, initial=1.0) >= eps:
                self._singular(factors, reciprocal)
            if asked("conditioning"):
                report_lost_digits(
                    self.where,
                    reciprocal,
                    eps**0.5,
                    "the derivative of the residual by the unknowns",
                    "Another residual with the same solution may be better conditioned; so may other unknowns.",
                )
        return factors, rows, columns

    @cached_property
    def matrix(self) -> Numbers:
        """D, for each element of the batch."""
        n = self.unknowns.size
        D = np.empty((*self.unknowns.batch, n, n), self.unknowns.dtype)
        for j in range(n):
            e = np.zeros((*self.unknowns.batch, n), self.unknowns.dtype)
            e[..., j] = 1
            D[..., j] = self.product(e)
        if self.unknowns.batch:
            self._require_blocks(D)
        return D

    def _require_blocks(self, D: Numbers) -> None:
        """Refuse elements of a batch that were said to be independent, and are not: a random product tells."""
        x = np.random.default_rng(0).standard_normal((*self.unknowns.batch, self.unknowns.size))
        x = x.astype(self.unknowns.dtype)
        expected, found = (D @ x[..., None])[..., 0], self.product(x)
        size = np.abs(D) @ np.abs(x)[..., None]
        off = float(np.max(np.abs(found - expected), initial=0))
        if off > _PROBE * np.finfo(D.dtype).eps * np.max(size, initial=0):
            raise StructureError(
                self.where,
                f"elements of the batch {self.unknowns.batch} are coupled: a product differs by {off:.1e} from that "
                "of independent ones.",
                "Leave out coupled=, or count all axes that are coupled.",
            )

    def _singular(self, factors: lu.AnyFactors, reciprocal: Numbers) -> None:
        at = (
            factors.singular[1]
            if factors.singular
            else np.unravel_index(np.argmin(reciprocal), reciprocal.shape)
        )
        element = f", for element {tuple(int(i) for i in at)} of the batch" if len(at) else ""
        raise DegenerateError(
            self.where,
            f"the derivative of the residual by the {self.unknowns.size} unknowns is singular at the solution"
            f"{element}: its reciprocal condition number is {float(np.min(reciprocal)):.1e}.",
            "The solution is not isolated there, or a double root: it has no derivative.",
            "Add the equations that choose one solution, or leave out the unknowns that are free.",
        )

    def _by_krylov(self, b: Numbers, adjoint: bool) -> Numbers:
        from scipy.sparse.linalg import LinearOperator, gmres  # takes long to import

        n = self.unknowns.size
        A = LinearOperator((n, n), self.adjoint_product if adjoint else self.product, dtype=b.dtype)
        eps = float(np.finfo(b.dtype).eps)
        options = {"rtol": 1e3 * eps, "restart": min(n, 100), "maxiter": 20, **self.options}
        x, failed = gmres(A, b, **options)
        return self._tried(x.astype(b.dtype), b, adjoint, "GMRES", options["rtol"] if failed else None)

    def _tried(
        self, x: Numbers, b: Numbers, adjoint: bool, solver: str, missed: float | None = None
    ) -> Numbers:
        """What a solver found; reported where it does not solve the equations to half of the digits."""
        if asked("convergence"):
            left = float(np.linalg.norm((self.adjoint_product if adjoint else self.product)(x) - b))
            size = float(np.linalg.norm(b))
            bound = float(np.finfo(b.dtype).eps) ** 0.5 if missed is None else 10 * missed
            if not left <= bound * size:
                report(
                    "convergence",
                    self.where,
                    f"{solver} left a residual of {left:.1e}, of {size:.1e}, in the "
                    f"{'adjoint ' if adjoint else ''}linear equations of the derivative.",
                    "The derivative of the residual may be singular or ill-conditioned at the solution.",
                    'A dense factorization: method="dense"; GMRES for longer: krylov={"maxiter": 100}; a solver of '
                    "your own: solve=.",
                )
        return x

    # -- the point ------------------------------------------------------------------------------------------------

    def require_convergence(self, tolerance: float | None) -> None:
        """Report unknowns that do not solve the equations: those from which Newton's step leads far away."""
        tolerance = float(np.finfo(self.unknowns.dtype).eps) ** (1 / 3) if tolerance is None else tolerance
        step = self.unknowns.pack(self.solve(tuple(self.left), False))
        size = self.unknowns.pack(self.point)
        steps, sizes = (np.max(np.abs(x), axis=-1, initial=0) for x in (step, size))
        far = ~(steps <= tolerance * sizes + _FLOOR * tolerance)
        if np.any(far):
            i = int(np.argmax(far))
            report(
                "convergence",
                self.where,
                f"the solver had not converged: Newton's step from its answer is {np.ravel(steps)[i]:.1e}, "
                f"of {np.ravel(sizes)[i]:.1e}; {tolerance:.0e} of that is allowed.",
                "Let the solver run longer, or to a smaller tolerance: the derivative is that of a solution.",
                "A larger tolerance=, if so many digits will do.",
            )


def _power(sizes: Numbers) -> Numbers:
    """Powers of two that bring sizes to order one; one for what is zero."""
    exponents = np.where(sizes > 0, np.frexp(sizes)[1], 0)
    return np.asarray(np.ldexp(np.ones_like(sizes), -exponents))
