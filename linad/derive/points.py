"""Points at which to try a rule: values of all its matrices that solve its equations.

Start     random members of the structures, of sizes that fit
Step      damped Gauss-Newton on all matrices together, of least norm, along their retractions
Refused   where the equations are not solved to rounding, outputs do not follow the inputs, or a condition
          number is above 1e3

Matrices are two-dimensional here, diagonal ones too; :meth:`Point.packed` makes vectors of these, as rules want them.
"""

from __future__ import annotations

import itertools
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
from linad.derive.sizes import assignments
from linad.derive.symbolic.structures import structures
from linad.derive.symbolic.words import Algebra, Atom, Expression, Symbol, reverses
from linad.errors import DerivationError, LinadError

Array = np.ndarray[Any, Any]
Matrices = dict[str, Array]

GOOD, WORST = 1e2, 1e3  # condition numbers: taken at once, taken if there is nothing better
SOLVED = 1e-13  # a residual that is rounding, relative to the products in it
# Of changes of the inputs, the part that no outputs follow: above, the point is degenerate or there are none.
UNBALANCED = 1e-9
_ASSIGNMENTS, _DRAWS, _STEPS = 3, 10, 40
_EPS = float(np.finfo(float).eps)

_OPERATIONS: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {"": lambda X: X, "T": lambda X: X.T, "C": lambda X: X.conj(), "H": lambda X: X.conj().T}
)


@dataclass(frozen=True)
class Point:
    """Values of the matrices of a rule at which its equations hold."""

    rule: Rule
    values: Matrices
    is_complex: bool

    @cached_property
    def oracle(self) -> Oracle:
        """The linearised equations here."""
        return Oracle(self.rule.inputs, self.rule.outputs, self.rule.expressions, self.values)

    @cached_property
    def condition(self) -> float:
        """The largest condition number: of the linearised equations, and of what rules divide by."""
        divisors = [s.name for s in _symbols(self.rule) if s.structure.triangle or s.structure.diagonal]
        inverted = {a.name for e in self.rule.expressions for word in e for a in word if a.inverted}
        numbers = [self.oracle.condition]
        for name in {*divisors, *inverted}:
            n = min(self.values[name].shape)
            numbers.append(float(np.linalg.cond(self.values[name][:n, :n])))
        return max(numbers)

    def packed(self, matrices: Mapping[str, Array]) -> dict[str, Any]:
        """As the rule wants them: diagonal matrices as vectors."""
        return {n: np.diagonal(X).copy() if self._diagonal(n) else X for n, X in matrices.items()}

    def unpacked(self, arrays: Mapping[str, Any]) -> Matrices:
        """As the rule gives them, with vectors made diagonal matrices."""
        return {n: np.diag(x) if self._diagonal(n) else np.asarray(x) for n, x in arrays.items()}

    def _diagonal(self, name: str) -> bool:
        return _algebra(self.rule).symbols[name].structure.diagonal

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
        return members[_algebra(self.rule).symbols[name].structure.name]

    def moved(self, tangents: Mapping[str, Array]) -> Point:
        """The values somewhere along tangents; the equations need not hold there."""
        new = {name: self._row(name).retract(self.values[name], X) for name, X in tangents.items()}
        return Point(self.rule, self.values | new, self.is_complex)

    @cached_property
    def residuals(self) -> tuple[list[Array], float]:
        """What is left of each equation, and the largest norm of a product in it."""
        algebra, left, largest = _algebra(self.rule), [], 1.0
        for expression in self.rule.expressions:
            products = [float(c) * self._product(algebra, word, expression) for word, c in expression.items()]
            left.append(np.asarray(sum(products)))
            largest = max(largest, *(float(np.linalg.norm(X)) for X in products))
        return left, largest

    @property
    def defect(self) -> float:
        """The norm of the residuals, relative to the products in them."""
        left, largest = self.residuals
        return norm(dict(enumerate(left))) / largest

    def _product(self, algebra: Algebra, word: Sequence[Atom], expression: Expression) -> Array:
        X: Array = np.eye(self._sizes[ends(algebra, expression)[1]])
        for name, op, inverted in reversed(word):
            A = _OPERATIONS[op](self.values[name])
            X = np.linalg.solve(A, X) if inverted else A @ X
        return X

    @cached_property
    def _sizes(self) -> dict[str, int]:
        return {
            letter: size
            for s in _symbols(self.rule)
            for letter, size in zip((s.rows, s.columns), self.values[s.name].shape, strict=True)
        }

    def corrector(self, unknown: Sequence[Symbol]) -> Callable[[Sequence[Array]], Matrices]:
        """The least-norm tangents of unknown symbols that change the equations by given amounts."""
        algebra = _algebra(self.rule)
        known = [s for s in _symbols(self.rule) if s not in unknown]
        values, equations = dict(self.values), []
        for i, expression in enumerate(self.rule.expressions):
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
    word = next(word for word in expression if word)

    def letters(atom: Atom) -> tuple[str, str]:
        symbol = algebra.symbols[atom.name]
        turned = reverses(atom.op) != atom.inverted
        return (symbol.columns, symbol.rows) if turned else (symbol.rows, symbol.columns)

    return letters(word[0])[0], letters(word[-1])[1]


def _symbols(rule: Rule) -> tuple[Symbol, ...]:
    return (*rule.inputs, *rule.outputs)


def _algebra(rule: Rule) -> Algebra:
    return Algebra(_symbols(rule))


def point(rule: Rule, is_complex: bool, seed: int = 0) -> Point:
    """Values at which the equations of a rule hold, well conditioned; the same for the same seed.

    Raises
    ------
    DerivationError
        Where none is found: a rule cannot be tried then.
    """
    best: Point | None = None
    verdict = ""
    for sizes in itertools.islice(assignments(_symbols(rule)), _ASSIGNMENTS):
        for attempt in range(_DRAWS):
            found = _attempt(rule, is_complex, sizes, np.random.default_rng([seed, attempt]))
            if found and found.oracle.residual > UNBALANCED:
                verdict = f" Where they hold, there are {found.oracle.verdict()}"
            elif found and found.condition < (best.condition if best else WORST):
                best = found
            if best and best.condition < GOOD:
                return best
        if best:
            return best
    field = "complex" if is_complex else "real"
    raise DerivationError(
        rule.name,
        f"no well conditioned {field} matrices were found that solve {'; '.join(rule.equations)}.{verdict}",
        "The structures may contradict the equations, or the dimensions each other.",
        "An operation may have a meaning for real or for complex matrices only.",
    )


def _attempt(
    rule: Rule, is_complex: bool, sizes: Mapping[str, int], rng: np.random.Generator
) -> Point | None:
    """A point from one draw; None if there is none near it."""
    try:
        values = {
            s.name: _drawn(s, (sizes[s.rows], sizes[s.columns]), rng, is_complex) for s in _symbols(rule)
        }
        with np.errstate(all="ignore"):
            return solved(Point(rule, values, is_complex))
    except (LinadError, np.linalg.LinAlgError):
        return None  # sizes that a structure refuses, or a singular matrix on the way


def _drawn(symbol: Symbol, shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    """A random member of the symbol's structure; near to a unitary one if it is square and of no structure."""
    X = members[symbol.structure.name].random(shape, rng, is_complex)
    if symbol.square and symbol.structure.name == "general":
        return np.asarray(members["unitary"].random(shape, rng, is_complex) + X / (2 * np.sqrt(len(X))))
    return X


def solved(start: Point) -> Point | None:
    """The point that Gauss-Newton steps of least norm lead to; None if they do not solve the equations.

    Inputs move first, as far as that helps: what was drawn well conditioned stays so.
    """
    here = start
    for unknown in (start.rule.inputs, _symbols(start.rule)):
        if any(not symbol.structure.fixed for symbol in unknown):
            here = _descended(here, unknown)
    return here if here.defect < SOLVED else None


def _descended(here: Point, unknown: Sequence[Symbol]) -> Point:
    for _ in range(_STEPS):
        if here.defect < _EPS:
            break
        step = here.corrector(unknown)([-X for X in here.residuals[0]])
        tried = (here.moved(scaled(0.5**k, step)) for k in range(8))
        better = next((new for new in tried if new.defect < 0.9 * here.defect), None)
        if better is None:
            break
        here = better
    return here
