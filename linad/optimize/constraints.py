"""Constraints in SciPy's forms, with the derivatives that were not given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import BFGS, LinearConstraint, NonlinearConstraint
from scipy.sparse import issparse

from linad.core.constants import value
from linad.errors import ArgumentError
from linad.optimize.coloring import jacobian
from linad.optimize.conditions import Problem
from linad.optimize.implicit import any_traced
from linad.optimize.packing import Packing
from linad.optimize.recording import Residuals

# A constraint as a function of the vector of unknowns, and its limits, both perhaps traced.
Part = tuple[Callable[[Any], Any], Any, Any]


class Constraints:
    """What SciPy is given, and the same as functions and limits for the conditions of the answer."""

    def __init__(self, where: str, packing: Packing, constraints: Any, exact: bool, second: bool) -> None:
        self.where, self.packing = where, packing
        self.exact, self.second = (
            exact,
            second,
        )  # whether Jacobians are used; Hessians and sparse Jacobians too
        self.functions: list[Residuals] = []
        self.parts: list[Part] = []
        self._traced = False
        single = isinstance(constraints, (dict, LinearConstraint, NonlinearConstraint))
        each = [constraints] if single else [] if constraints is None else list(constraints)
        self.given = [self._one(i, constraint) for i, constraint in enumerate(each)]

    @property
    def closes(self) -> bool:
        """Whether a traced array was seen in them."""
        return self._traced or any(function.closes for function in self.functions)

    def _one(self, i: int, constraint: Any) -> Any:
        if isinstance(constraint, LinearConstraint):
            A = constraint.A.toarray() if issparse(constraint.A) else constraint.A
            lb, ub = constraint.lb, constraint.ub
            self.parts.append((lambda x: A @ x, lb, ub))
            if not any_traced((A, lb, ub)):
                return constraint
            self._traced = True
            return LinearConstraint(value(A), value(lb), value(ub), constraint.keep_feasible)
        if isinstance(constraint, NonlinearConstraint):
            return self._nonlinear(constraint)
        if isinstance(constraint, dict):
            return self._of_dictionary(constraint)
        raise ArgumentError(
            self.where,
            f"constraint {i} is of type {type(constraint).__name__}.",
            "LinearConstraint, NonlinearConstraint, or a dictionary with 'type' and 'fun'.",
        )

    def _function(self, fun: Any, args: tuple[Any, ...], exact: bool) -> Residuals:
        function = Residuals(self.where, fun, self.packing, value(args), exact)
        self.functions.append(function)
        self._traced = self._traced or any_traced(args)
        return function

    def _nonlinear(self, constraint: NonlinearConstraint) -> NonlinearConstraint:
        # '2-point' and BFGS() are what SciPy fills in where nothing is given: they cannot be told from nothing.
        ours = self.exact and constraint.jac == "2-point"
        function = self._function(constraint.fun, (), ours)
        self.parts.append((function.at, constraint.lb, constraint.ub))
        self._traced = self._traced or any_traced((constraint.lb, constraint.ub))
        unpack = self.packing.unpack
        jac, hess = constraint.jac, constraint.hess
        if ours:
            jac = jacobian(function, constraint.finite_diff_jac_sparsity if self.second else None)
        elif callable(jac):
            jac = _unpacked(jac, unpack)
        if ours and self.second and type(hess) is BFGS:
            hess = function.curvature
        elif callable(hess):
            hess = _unpacked(hess, unpack)
        return NonlinearConstraint(
            function.value,
            value(constraint.lb),
            value(constraint.ub),
            jac,
            hess,
            constraint.keep_feasible,
            constraint.finite_diff_rel_step,
            None if ours and self.second else constraint.finite_diff_jac_sparsity,
        )

    def _of_dictionary(self, constraint: dict[str, Any]) -> dict[str, Any]:
        if "fun" not in constraint or "type" not in constraint:
            return constraint  # SciPy says what is missing
        args = constraint.get("args", ())
        args = args if isinstance(args, tuple) else (args,)
        jac = constraint.get("jac")
        ours = self.exact and jac is None
        function = self._function(constraint["fun"], args, ours)
        zero, equal = 0.0, str(constraint["type"]).lower() == "eq"
        self.parts.append((lambda x: function.at(x, args), zero, zero if equal else np.inf))
        given = {**constraint, "fun": function.value, "args": ()}
        if ours:
            given["jac"] = function.jacobian
        elif callable(jac):
            given["jac"] = _unpacked(lambda x: jac(x, *value(args)), self.packing.unpack)
        return given

    def problem(self, bare: Problem, x: Any) -> Problem:
        """A problem with these constraints added; x is any point."""
        if not self.parts:
            return bare
        functions, lows, highs = zip(*self.parts, strict=True)
        shapes = [c(x).shape for c in functions]
        low, high = (
            np.concatenate([np.broadcast_to(end, shape) for end, shape in zip(ends, shapes, strict=True)])
            for ends in (lows, highs)
        )
        return replace(bare, c=lambda x: np.concatenate([c(x) for c in functions]), low=low, high=high)


def _unpacked(function: Callable[..., Any], unpack: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda x, *rest: function(unpack(np.array(x)), *rest)
