"""Points: values of all matrices of a rule, which may solve its equations, and what is linear there.

Matrices are two-dimensional here, diagonal ones too; :meth:`Point.packed` makes vectors of these, as rules want them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from linad.derive.members import members
from linad.derive.oracle import Oracle
from linad.derive.rule import Rule
from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.algebra.words import Algebra, Atom, Expression, Symbol
from linad.derive.symbolic.programs.auxiliaries import Assembled
from linad.errors import DerivationError

Array = np.ndarray[Any, Any]
Matrices = dict[str, Array]

SOLVED = 1e-13  # a residual that is rounding, relative to the products in it
BALANCED = 1e-9  # the part of the inputs' changes that no outputs follow, if that is rounding
EPS = float(np.finfo(float).eps)

_OPERATIONS: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {"": lambda X: X, "T": lambda X: X.T, "C": lambda X: X.conj(), "H": lambda X: X.conj().T}
)


@dataclass(frozen=True)
class Point:
    """Values of the matrices of a rule at which its equations hold."""

    rule: Rule
    values: Matrices
    is_complex: bool

    @property
    def equations(self) -> list[Expression]:
        return [expression for expression in self.rule.expressions if expression]

    @cached_property
    def oracle(self) -> Oracle:
        """The linearised equations here."""
        return Oracle(self.rule.inputs, self.rule.outputs, self.equations, self.values)

    @cached_property
    def condition(self) -> float:
        """The largest condition number: of the linearised equations, and of what rules and retractions divide by."""
        divisors = [
            s.name
            for s in symbols_of(self.rule)
            if s.structure.triangle or s.structure.diagonal or s.structure.name == "positive definite"
        ]
        inverted = {a.name for e in self.equations for word in e for a in word if a.inverted}
        numbers = [self.oracle.condition]
        for name in {*divisors, *inverted}:
            n = min(self.values[name].shape)
            numbers.append(float(np.linalg.cond(self.values[name][:n, :n])))
        numbers += [float(np.linalg.cond(self._assembled(made))) for made in self._introduced]
        return max(numbers)

    @property
    def _introduced(self) -> list[Assembled]:
        """The matrices that the derivation introduced; of what cannot be derived there are none."""
        try:
            return [made for made in self.rule.derived.introduced if isinstance(made, Assembled)]
        except DerivationError:
            return []

    def _assembled(self, made: Assembled) -> Array:
        """The value of a matrix that the derivation introduced."""
        algebra = self.rule.derived.algebra
        symbol = algebra.symbols[made.name]
        sizes = [self._sizes[letter] for letter in symbol.rows.split("+")]
        rows = [
            [
                sum((float(c) * self._word(word, n) for word, c in block), np.zeros((m, n)))
                for n, block in zip(sizes, row, strict=True)
            ]
            for m, row in zip(sizes, made.blocks, strict=True)
        ]
        return np.block(rows)

    def packed(self, matrices: Mapping[str, Array]) -> dict[str, Any]:
        """As the rule wants them: diagonal matrices as vectors."""
        return {n: np.diagonal(X).copy() if self._diagonal(n) else X for n, X in matrices.items()}

    def unpacked(self, arrays: Mapping[str, Any], symbols: Sequence[Symbol]) -> Matrices:
        """As the rule gives them for symbols, with vectors made diagonal matrices; zero what it leaves out."""
        names = [symbol.name for symbol in symbols if not symbol.structure.fixed]
        found = {n: np.diag(x) if self._diagonal(n) else np.asarray(x) for n, x in arrays.items()}
        return {name: found[name] if name in found else np.zeros_like(self.values[name]) for name in names}

    def _diagonal(self, name: str) -> bool:
        return self.rule.algebra.symbols[name].structure.diagonal

    def random(self, symbols: Sequence[Symbol], rng: np.random.Generator) -> Matrices:
        """A matrix for each symbol that varies, of its field; diagonal where it is, else of no structure."""
        drawn = {}
        for symbol in symbols:
            if not symbol.structure.fixed:
                X = self.values[symbol.name]
                Z = members["general"].random(X.shape, rng, np.iscomplexobj(X))
                drawn[symbol.name] = np.diag(np.diagonal(Z)) if symbol.structure.diagonal else Z
        return drawn

    def projected(self, matrices: Mapping[str, Array]) -> Matrices:
        """The tangents next to matrices."""
        return {name: self._row(name).project(self.values[name], X) for name, X in matrices.items()}

    def _row(self, name: str) -> Any:
        return members[self.rule.algebra.symbols[name].structure.name]

    @property
    def restricted(self) -> bool:
        """Whether there are changes of the inputs that no outputs follow: a rank is fixed, or the point degenerate."""
        return self.oracle.residual > BALANCED

    @cached_property
    def _followed(self) -> Array:
        """An orthonormal basis of the tangents of inputs that outputs can follow, as columns of real vectors."""
        every = Oracle((), symbols_of(self.rule), self.equations, self.values).gauge
        columns = [self._flat(direction) for direction in every]
        U, s, _ = np.linalg.svd(np.reshape(columns, (len(columns), -1)).T, full_matrices=False)
        return np.asarray(U[:, s > BALANCED])

    def _flat(self, tangents: Mapping[str, Array]) -> Array:
        """Real and imaginary parts of tangents of inputs, one after the other; absent ones are zero."""
        given = [np.asarray(tangents.get(name, np.zeros_like(X))) for name, X in self._inputs.items()]
        return np.concatenate([part.ravel() for X in given for part in (X.real, X.imag)])

    @property
    def _inputs(self) -> Matrices:
        return {s.name: self.values[s.name] for s in self.rule.inputs if not s.structure.fixed}

    @property
    def share_followed(self) -> float:
        """Of the dimensions of the inputs' tangents, those that outputs can follow."""
        every = sum(len(self._row(name).tangents(X)) for name, X in self._inputs.items())
        return self._followed.shape[1] / every if self.restricted else 1.0

    def followed(self, tangents: Mapping[str, Array]) -> Matrices:
        """The parts of tangents of all inputs that outputs can follow: the tangents themselves, as a rule."""
        if not self.restricted:
            return dict(tangents)
        x = self._followed @ (self._followed.T @ self._flat(tangents))
        result = {}
        for name, X in self._inputs.items():
            part, x = x[: 2 * X.size], x[2 * X.size :]
            Z = (part[: X.size] + 1j * part[X.size :]).reshape(X.shape)
            result[name] = Z if np.iscomplexobj(X) else Z.real
        return result

    def moved(self, tangents: Mapping[str, Array]) -> Point:
        """The values somewhere along tangents; the equations need not hold there."""
        new = {name: self._row(name).retract(self.values[name], X) for name, X in tangents.items()}
        return Point(self.rule, self.values | new, self.is_complex)

    @cached_property
    def residuals(self) -> tuple[list[Array], float]:
        """What is left of each equation, and the largest norm of a product in it."""
        algebra, left, largest = self.rule.algebra, [], 1.0
        for expression in self.equations:
            size = self._sizes[ends(algebra, expression)[1]]
            products = [float(c) * self._word(word, size) for word, c in expression.items()]
            left.append(np.asarray(sum(products)))
            largest = max(largest, *(float(np.linalg.norm(X)) for X in products))
        return left, largest

    @property
    def defect(self) -> float:
        """The norm of the residuals, relative to the products in them."""
        left, largest = self.residuals
        return norm(dict(enumerate(left))) / largest

    def _word(self, word: Sequence[Atom], size: int) -> Array:
        """A product with as many columns as that; the empty one is the identity."""
        X: Array = np.eye(size)
        for name, op, inverted in reversed(word):
            A = _OPERATIONS[op](self.values[name])
            X = np.linalg.solve(A, X) if inverted else A @ X
        return X

    @cached_property
    def _sizes(self) -> dict[str, int]:
        return {
            letter: size
            for s in symbols_of(self.rule)
            for letter, size in zip((s.rows, s.columns), self.values[s.name].shape, strict=True)
        }

    def corrector(self, unknown: Sequence[Symbol]) -> Callable[[Sequence[Array]], Matrices]:
        """The least-norm tangents of unknown symbols that change the equations by given amounts."""
        algebra = self.rule.algebra
        known = [s for s in symbols_of(self.rule) if s not in unknown]
        values, equations = dict(self.values), []
        for i, expression in enumerate(self.equations):
            change = Symbol(f"change {i}", *ends(algebra, expression), structures["general"])
            known.append(change)
            values[change.name] = np.zeros(
                (self._sizes[change.rows], self._sizes[change.columns]), complex if self.is_complex else float
            )
            equations.append({**expression, (Atom(change.name),): Fraction(-1)})
        oracle = Oracle(known, unknown, equations, values)
        return lambda changes: oracle.tangent({f"change {i}": X for i, X in enumerate(changes)})


def norm(matrices: Mapping[Any, Array]) -> float:
    """The Frobenius norm of all together."""
    return float(np.sqrt(sum(np.linalg.norm(X) ** 2 for X in matrices.values())))


def scaled(factor: float, matrices: Mapping[str, Array]) -> Matrices:
    return {name: factor * X for name, X in matrices.items()}


def ends(algebra: Algebra, expression: Expression) -> tuple[str, str]:
    """The letters of an equation's rows and columns."""
    return algebra.ends(next(word for word in expression if word))


def symbols_of(rule: Rule) -> tuple[Symbol, ...]:
    return (*rule.inputs, *rule.outputs)
