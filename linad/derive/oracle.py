"""The derivative of what equations define, by a dense least-squares solve: slow, small and without cleverness.

Equation    F(X, Y) = 0, linearised J_X dX + J_Y dY = 0 on the tangent spaces of the structures of X and Y
Tangent     dY = -J_Y^+ J_X dX
Cotangent   gX = -J_X^T (J_Y^+)^T gY
Undefined   where J_X dX is not in the range of J_Y: the structures contradict the equation

All is in real coordinates: a complex equation is two, a Hermitian matrix has Hermitian tangents. Directions of Y that
J_Y sends to zero are gauge: tangents have no part in them, and a cotangent that has one depends on the gauge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import numpy as np

from linad.derive.members import Array, combination, coordinates, members
from linad.derive.symbolic.algebra.words import Algebra, Expression, Symbol, Word
from linad.derive.symbolic.deriving.derivation import linearise
from linad.derive.symbolic.programs.program import Term
from linad.errors import OptionError, ShapeError, StructureError

LARGEST = 8  # rows or columns
RANK = 1e4 * np.finfo(float).eps  # a smaller singular value, relative to the largest, is zero

_OPERATIONS: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {"": lambda X: X, "T": lambda X: X.T, "C": lambda X: X.conj(), "H": lambda X: X.conj().T}
)


class Oracle:
    """The linearised equations of a problem at given values of all its symbols."""

    def __init__(
        self,
        inputs: Sequence[Symbol],
        outputs: Sequence[Symbol],
        equations: Sequence[Expression],
        values: Mapping[str, Array],
    ) -> None:
        self._algebra = Algebra([*inputs, *outputs])
        self._values = {name: np.asarray(values[name]) for name in self._algebra.symbols if name in values}
        self._check(equations)
        # By symbol, the basis of its tangents at its value; what is discrete has none.
        self._inputs, self._outputs = (
            {
                symbol.name: members[symbol.structure.name].tangents(self._values[symbol.name])
                for symbol in symbols
                if not symbol.structure.fixed
            }
            for symbols in (inputs, outputs)
        )
        self._J_X = self._jacobian(equations, self._inputs)
        self._J_Y = self._jacobian(equations, self._outputs)

    def tangent(self, tangents: Mapping[str, Array]) -> dict[str, Array]:
        """The tangents of the outputs for tangents of inputs, each first projected on those of its structure."""
        x = self._stacked(tangents, self._inputs, "tangent")
        return self._split(-self._inverse @ (self._J_X @ x), self._outputs)

    def cotangent(self, cotangents: Mapping[str, Array]) -> dict[str, Array]:
        """The cotangents of the inputs for cotangents of outputs: the adjoint of ``tangent`` over the reals."""
        y = self._stacked(cotangents, self._outputs, "cotangent")
        return self._split(-self._J_X.T @ (self._inverse.T @ y), self._inputs)

    def modulo_gauge(self, cotangents: Mapping[str, Array]) -> dict[str, Array]:
        """The cotangents less their parts along the gauge directions; an absent one is zero."""
        y = self._stacked(cotangents, self._outputs, "cotangent")
        along = self._split(self._null @ (self._null.T @ y), self._outputs)
        return {name: np.asarray(cotangents.get(name, 0) - part) for name, part in along.items()}

    @cached_property
    def residual(self) -> float:
        """The part of J_X dX that no dY balances, relative to J_X, over all dX: rounding, where a derivative exists."""
        left = self._J_X - self._range @ (self._range.T @ self._J_X)
        size = float(np.linalg.norm(self._J_X))
        return float(np.linalg.norm(left)) / size if size else 0.0

    @cached_property
    def equations(self) -> int:
        """How many of the real linear equations are independent."""
        J = np.hstack([self._J_X, self._J_Y])
        s = np.linalg.svd(J, compute_uv=False)
        return _rank(s)

    @property
    def unknowns(self) -> int:
        """How many real numbers the tangents of the outputs are."""
        return int(self._J_Y.shape[1])

    @property
    def nullity(self) -> int:
        """How many of the unknowns the equations leave free: the dimension of the gauge."""
        return int(self._null.shape[1])

    @cached_property
    def gauge(self) -> list[dict[str, Array]]:
        """An orthonormal basis of the directions left free, each by the names of the outputs that move along it."""
        directions = [self._split(direction, self._outputs) for direction in self._null.T]
        return [
            {name: dY for name, dY in direction.items() if np.linalg.norm(dY) > RANK}
            for direction in directions
        ]

    @property
    def condition(self) -> float:
        """The largest singular value of J_Y over its smallest that is not zero."""
        s = self._singular_values
        return float(s[0] / s[-1]) if s.size else 1.0

    def verdict(self) -> str:
        """One sentence: whether the equations determine the outputs, by the counts."""
        counts = f"{self.equations} real equations for {self.unknowns} unknowns"
        if self.residual > RANK * self.condition:
            return f"{counts}: the structures contradict the equations, residual {self.residual:.1e}."
        if self.nullity:
            names = ", ".join(sorted({name for direction in self.gauge for name in direction}))
            return f"{counts}: determined but for {self.nullity} gauge directions of {names}."
        return f"{counts}: determined, condition number {self.condition:.1e}."

    @cached_property
    def _svd(self) -> tuple[Array, Array, Array]:
        U, s, Vh = np.linalg.svd(self._J_Y)
        return U, s, Vh

    @property
    def _singular_values(self) -> Array:
        s = self._svd[1]
        return s[: _rank(s)]

    @property
    def _range(self) -> Array:
        return self._svd[0][:, : self._singular_values.size]

    @property
    def _null(self) -> Array:
        return np.asarray(self._svd[2][self._singular_values.size :].T)

    @cached_property
    def _inverse(self) -> Array:
        s = self._singular_values
        return np.asarray((self._svd[2][: s.size].T / s) @ self._range.T)

    def _jacobian(self, equations: Sequence[Expression], bases: Mapping[str, list[Array]]) -> Array:
        """A column for each basis matrix of each symbol: all equations' differentials, real parts, then imaginary."""
        blocks = []
        for equation in equations:
            terms = linearise(self._algebra, equation)
            columns = [
                self._differential(terms, name, B, self._shape(equation)).ravel()
                for name, basis in bases.items()
                for B in basis
            ]
            block = np.array(columns).T if columns else np.zeros((np.prod(self._shape(equation)), 0))
            blocks += [block.real, block.imag]
        return np.vstack(blocks)

    def _differential(self, terms: Sequence[Term], name: str, dX: Array, shape: tuple[int, int]) -> Array:
        total = np.zeros(shape, complex)
        for t in terms:
            if t.value == name:
                X = self._applied(t.left, _OPERATIONS[t.op](dX))
                # X R = (R^T X^T)^T: one way to apply a word is enough.
                total += float(t.coefficient) * self._applied(self._algebra.apply("T", t.right), X.T).T
        return total

    def _applied(self, word: Word, X: Array) -> Array:
        """A word times X, by solves where an atom is inverted."""
        for name, op, inverted in reversed(word):
            A = _OPERATIONS[op](self._values[name])
            X = np.linalg.solve(A, X) if inverted else A @ X
        return np.asarray(X)

    def _shape(self, equation: Expression) -> tuple[int, int]:
        word = next(word for word in equation if word)
        ends = word[0], word[-1]
        first, last = (
            _OPERATIONS[op](self._values[name]).shape[:: -1 if inverted else 1] for name, op, inverted in ends
        )
        return first[0], last[1]

    def _stacked(self, given: Mapping[str, Array], bases: Mapping[str, list[Array]], what: str) -> Array:
        for name in given:
            if name not in bases:
                known = ", ".join(bases)
                raise StructureError(
                    "oracle", f"there is no {what} of {name!r}.", f"There are those of {known}."
                )
            if np.shape(given[name]) != self._values[name].shape:
                fact = f"the {what} of {name!r} has shape {np.shape(given[name])}, not {self._values[name].shape}."
                raise ShapeError("oracle", fact)
        parts = [
            coordinates(basis, given[name]) if name in given else np.zeros(len(basis))
            for name, basis in bases.items()
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _split(self, x: Array, bases: Mapping[str, list[Array]]) -> dict[str, Array]:
        ends = np.cumsum([len(basis) for basis in bases.values()])[:-1]
        parts = np.split(x, ends)
        return {
            name: combination(basis, part, self._values[name])
            for (name, basis), part in zip(bases.items(), parts, strict=bool(bases))
        }

    def _check(self, equations: Sequence[Expression]) -> None:
        """Values for all symbols, small ones, of sizes that agree; no inverse of what is not square."""
        sizes: dict[str, int] = {}
        for name, symbol in self._algebra.symbols.items():
            if name not in self._values:
                raise StructureError("oracle", f"there is no value for {name!r}.")
            shape = self._values[name].shape
            if len(shape) != 2:
                raise ShapeError(
                    "oracle", f"{name!r} has shape {shape}; the oracle takes one matrix for each symbol."
                )
            if max(shape) > LARGEST:
                fact = f"{name!r} is {shape[0]} by {shape[1]}; the dense Jacobians are for sizes up to {LARGEST}."
                raise OptionError(
                    "oracle", fact, "A rule that holds at small sizes holds at all: compare it there."
                )
            for letter, size in zip((symbol.rows, symbol.columns), shape, strict=True):
                if sizes.setdefault(letter, size) != size:
                    raise ShapeError(
                        "oracle", f"{letter} is {sizes[letter]}, but {name!r} has shape {shape}."
                    )
        for atom in {atom for equation in equations for word in equation for atom in word if atom.inverted}:
            symbol = self._algebra.symbols[atom.name]
            if not symbol.square:
                fact = f"an equation inverts {atom.name!r}, which is {symbol.rows} by {symbol.columns}."
                raise ShapeError("oracle", fact, "Write what it solves: X with A X = B, not A^-1 B.")


def _rank(s: Array) -> int:
    return int(np.sum(s > RANK * s[0])) if s.size else 0
