"""Functions as SciPy's solvers call them: one evaluation at a point, and derivatives of it when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.calls import pull_back, recorded
from linad.core.forward import ancestors, force, walk_forward
from linad.core.space import dtype_of, expand, is_complex, shape_of
from linad.core.traced import Array, innermost
from linad.core.transforms import grad
from linad.errors import ComplexOutputError, ConversionError, NonScalarOutputError, NoRuleError
from linad.optimize.packing import Packing, join

Vector = np.ndarray[Any, Any]
_DIFFERENCES = "Or let SciPy take differences, where it can: jac='2-point'."
_KEPT = 2  # points whose values a solver may come back to


class Recording:
    """A function of a vector, evaluated at a point once: its value, and products with its derivative by both modes."""

    __slots__ = ("_leaf", "_level", "_out", "_steps", "value")

    def __init__(self, where: str, f: Callable[[Any], Any], x: Any) -> None:
        try:
            self._level, _, (self._leaf,), self._out, _ = recorded(where, f, (x,), False)
        except (NoRuleError, ConversionError) as error:
            error.add_note(f"  - {_DIFFERENCES}")
            raise
        self._steps: Any = None
        self.value = self._out.value if self._own else self._out

    @property
    def _own(self) -> bool:
        return isinstance(self._out, Array) and self._out.level is self._level

    def pull(self, cotangent: Any) -> Vector:
        """The product of a cotangent with the derivative."""
        if not self._own:  # a constant, perhaps an integer
            return np.zeros(self._leaf.shape)
        found = pull_back("optimize", self._out, cotangent, self._level).get(self._leaf.index)
        return np.zeros(self._leaf.shape) if found is None else _plain(expand(found[1], self._leaf.shape))

    def push(self, tangent: Vector) -> Vector:
        """The product of the derivative with a tangent."""
        if self._steps is None:
            self._steps = ancestors([self._out]) if self._own else []
        found = walk_forward(self._steps, {self._leaf.index: np.asarray(tangent, np.float64)})
        t = force(found.get(self._out.index)) if self._own else None
        shape = shape_of(self.value)
        return np.zeros(shape) if t is None else _plain(expand(t, shape))

    def columns(self) -> Vector:
        """The whole derivative, a column at a time."""
        return np.stack([self.push(e) for e in np.eye(self._leaf.size)], -1)

    def rows(self) -> Vector:
        """The whole derivative, a row at a time."""
        unit = np.eye(shape_of(self.value)[0])
        return np.stack([self.pull(e) for e in unit]) if len(unit) else np.zeros((0, self._leaf.size))


def _plain(x: Any) -> Vector:
    """Numbers that a solver may keep and write to."""
    return np.array(innermost(x), np.float64)


class Memo:
    """What was computed at the last points, by their bytes."""

    __slots__ = ("_compute", "_kept")

    def __init__(self, compute: Callable[[Vector], Any]) -> None:
        self._compute = compute
        self._kept: dict[bytes, Any] = {}

    def __call__(self, x: Vector) -> Any:
        x = np.asarray(x)
        key = x.tobytes()
        if key not in self._kept:
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self._compute(np.array(x))  # solvers go on writing to theirs
        return self._kept[key]


class Objective:
    """A real function of unknowns in containers, for a solver that works on vectors.

    ``closes`` tells whether it was seen to close over an array that is traced from outside.
    """

    def __init__(
        self, where: str, fun: Callable[..., Any], packing: Packing, args: tuple[Any, ...], traced: bool
    ) -> None:
        self.where, self.fun, self.packing, self.args = where, fun, packing, args
        self.closes = False
        self._recorded = Memo(lambda x: Recording(where, self.at, x))
        self._gradients = Memo(lambda x: self._recorded(x).pull(1.0))
        self._slopes = Memo(lambda x: Recording(where, grad(self.at), x))
        self.value = self._of_recording if traced else self._of_numbers

    def at(self, x: Any, args: tuple[Any, ...] | None = None) -> Any:
        """The function at a vector, which may be traced."""
        out = self.fun(self.packing.unpack(x), *(self.args if args is None else args))
        return scalar(self.where, out)

    def seen(self, value: Any) -> Any:
        """The plain number of a value; of a traced one it is noted."""
        self.closes = self.closes or isinstance(value, Array)
        return innermost(value)

    def _of_recording(self, x: Vector) -> float:
        return float(self.seen(self._recorded(x).value))

    def _of_numbers(self, x: Vector) -> Any:
        return self.seen(self.at(np.array(x)))

    def plain_value(self, x: Vector) -> Any:
        """Whatever the function gives at a vector that SciPy moves, into the complex plane too."""
        return self.seen(self.fun(self.packing.unpack(np.array(x)), *self.args))

    def gradient(self, x: Vector) -> Vector:
        found: Vector = self._gradients(x)
        return found.copy()

    def hessian(self, x: Vector) -> Vector:
        A = self._slopes(x).columns()
        return (A + A.T) / 2

    def product(self, x: Vector, p: Vector) -> Vector:
        found: Vector = self._slopes(x).push(p)
        return found


class Residuals:
    """A function with several results of unknowns in containers, with its Jacobian in the cheaper mode."""

    def __init__(
        self,
        where: str,
        fun: Callable[..., Any],
        packing: Packing,
        args: tuple[Any, ...],
        traced: bool,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        self.where, self.fun, self.packing, self.args, self.kwargs = where, fun, packing, args, kwargs or {}
        self.closes = False
        self._recorded = Memo(lambda x: Recording(where, self.at, x))
        self._traced = traced

    def at(self, x: Any, args: tuple[Any, ...] | None = None, kwargs: dict[str, Any] | None = None) -> Any:
        """The results at a vector, which may be traced, as one vector."""
        given, options = (self.args if args is None else args), (self.kwargs if kwargs is None else kwargs)
        return join(self.fun(self.packing.unpack(x), *given, **options))

    def value(self, x: Vector) -> Vector:
        if np.iscomplexobj(x):  # a complex step of SciPy's: complex numbers are no pairs then
            out = self.fun(self.packing.unpack(np.array(x)), *self.args, **self.kwargs)
            return np.concatenate([np.ravel(innermost(part)) for _, part in tree.leaves(out)])
        found = self._recorded(x).value if self._traced else self.at(np.array(x))
        self.closes = self.closes or isinstance(found, Array)
        return np.array(innermost(found))

    def recording(self, x: Vector) -> Recording:
        found: Recording = self._recorded(x)
        return found

    def jacobian(self, x: Vector) -> Vector:
        found = self.recording(x)
        m = shape_of(found.value)[0]
        return found.rows() if m < np.size(x) else found.columns()

    def curvature(self, x: Vector, v: Vector) -> Vector:
        """The Hessian of the product of the results with a vector."""
        A = Recording(self.where, grad(lambda x: (self.at(x) * v).sum()), x).columns()
        return (A + A.T) / 2


def scalar(where: str, out: Any) -> Any:
    """A real number from an objective: SciPy takes arrays of one entry, too."""
    out = out if isinstance(out, Array) else np.asarray(out)
    if out.size != 1 or dtype_of(out).kind not in "biufc":
        raise NonScalarOutputError(where, shape_of(out))
    if is_complex(out):
        raise ComplexOutputError(where)
    return out if shape_of(out) == () else np.reshape(out, ())
