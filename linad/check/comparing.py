"""Three derivatives of one formula side by side: symbolic, automatic in both modes, and by differences.

Each is the gradient of <G, Y> by one symbol, G a random test tensor; G = 1 for a scalar Y.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from linad.check.differences import along
from linad.check.domains import Array
from linad.check.specs import Drawn, parse_argument
from linad.core.graph import graph
from linad.core.transforms import jvp, vjp
from linad.derive.calculus import Formula, Gradient, formula
from linad.errors import ArgumentError, DtypeError, OptionError, ShapeError

ROUNDING = 1e5  # eps: sums of terms that cancel
SIZES = (3, 4, 2, 5)  # of the first letters, where no data says more
UNDECIDED = 1e-3  # a difference whose own error is larger, relative to the gradient, tells nothing


@dataclass(frozen=True, slots=True)
class Row:
    """One way to a derivative.

    Attributes
    ----------
    way
        Its name.
    value
        The gradient that it gives.
    distance, error
        How far its worst entry is from the symbolic gradient's, and what it may be off by itself.
    calls, operations
        How often the formula was computed, and the operations on arrays in all.
    """

    way: str
    value: Array
    distance: float
    error: float
    calls: int
    operations: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The ways side by side; ``str`` writes the table."""

    gradient: Gradient
    data: Mapping[str, Array]
    rows: tuple[Row, ...]

    @property
    def holds(self) -> bool | None:
        """Whether all agree; None where differences tell nothing, as at a kink."""
        size = 1 + float(np.max(np.abs(self.rows[0].value), initial=0))
        if any(not row.distance <= 10 * row.error for row in self.rows if row.error <= UNDECIDED * size):
            return False
        return True if all(row.error <= UNDECIDED * size for row in self.rows) else None

    def __str__(self) -> str:
        of, wrt = self.gradient.of.text(), self.gradient.wrt
        shapes = ", ".join(f"{name} {np.shape(x)}" for name, x in self.data.items())
        head = f"{'':20} {'calls':>5} {'operations':>10} {'largest entry':>14} {'worst':>9} {'bound':>9}"
        lines = [f"Y = {of}    {shapes}", f"g{wrt} = {self.gradient.text()}", "", head]
        for row in self.rows:
            largest = float(np.max(np.abs(row.value), initial=0))
            numbers = f"{largest:14.8g} {row.distance:9.1e} {10 * row.error:9.1e}"
            lines.append(f"{row.way:20} {row.calls:5} {row.operations:10} {numbers}")
        verdict = {
            True: "they agree",
            False: "they differ",
            None: "undecided: the differences tell nothing here",
        }
        return "\n".join([*lines, verdict[self.holds]])


def compare(
    asked: str | Gradient,
    /,
    wrt: str | None = None,
    *,
    where: Mapping[str, str] | None = None,
    spelling: str | None = None,
    seed: int = 0,
    **data: Any,
) -> Comparison:
    """Compute one gradient symbolically, automatically and by differences, and tell what each costs.

    Parameters
    ----------
    asked, wrt, where, spelling
        The expression, the symbol, and the declarations, as for :func:`linad.derive.gradient`; or a gradient.
    seed
        Of the numbers that are drawn.
    data
        By the names of the symbols: arrays, numbers, or text such as ``"spd(3)"`` for a random member of a family.
        What is not given is drawn, and normal.

    Examples
    --------
    >>> from linad.check import compare
    >>> compare("norm2(A*x - y)^2", "x").holds
    True
    """
    if isinstance(asked, Gradient):
        if wrt is not None or where or spelling is not None:
            raise ArgumentError(
                "compare", "a gradient says itself by which symbol, and what the symbols are."
            )
        found = asked
    elif wrt is None:
        raise ArgumentError("compare", "it is not said by which symbol.", "compare(text, wrt='x')")
    else:
        found = formula(asked, spelling=spelling, **(where or {})).gradient(wrt)
    values = _data(found, data, seed)
    of = found.of
    point = {name: values[name] for name in of.names}
    test = values[found.test] if found.test else np.float64(1.0)
    reference = np.asarray(found(**values))
    rounding = ROUNDING * np.finfo(float).eps * (1 + float(np.max(np.abs(reference), initial=0)))
    rows = [Row("symbolic", reference, 0.0, rounding, 0, _operations(found, values))]
    for way in (_reverse, _forward, _numeric):
        title, value, error, calls, operations = way(of, found.wrt, point, test)
        distance = float(np.max(np.abs(value - reference), initial=0))
        rows.append(Row(title, value, distance, max(error, rounding), calls, operations))
    return Comparison(found, values, tuple(rows))


Way = tuple[str, Array, float, int, int]


def _operations(f: Callable[..., Any], values: Mapping[str, Array]) -> int:
    """The operations on arrays in one call."""
    recorded = graph(lambda *arrays: f(**dict(zip(values, arrays, strict=True))), *values.values())
    return sum(1 for node in recorded.nodes if node.primitive is not None)


def _symmetric(of: Formula, wrt: str) -> bool:
    return bool(of.symbols[of.names.index(wrt)].data[1])


def _reverse(of: Formula, wrt: str, point: Mapping[str, Array], test: Any) -> Way:
    def pulled(**values: Any) -> Any:
        return vjp(lambda x: of(**{**values, wrt: x}), values[wrt])[1](test)[0]

    g = np.asarray(pulled(**point))
    g = (g + g.T) / 2 if _symmetric(of, wrt) else g
    return "automatic, reverse", g, 0.0, 1, _operations(pulled, point)


def _forward(of: Formula, wrt: str, point: Mapping[str, Array], test: Any) -> Way:
    g = np.zeros(np.shape(point[wrt]))
    directions = list(_directions(of, wrt, point))

    def pushed(d: Array) -> Callable[..., Any]:
        return lambda **values: jvp(lambda x: of(**{**values, wrt: x}), (values[wrt],), (d,))[1]

    for entry, d in directions:
        g[entry] = np.sum(test * pushed(d)(**point))
    operations = _operations(pushed(directions[0][1]), point) if directions else 0
    return "automatic, forward", g, 0.0, len(directions), operations * len(directions)


def _numeric(of: Formula, wrt: str, point: Mapping[str, Array], test: Any) -> Way:
    calls = 0

    def cost(x: Array) -> Any:
        nonlocal calls
        calls += 1
        return np.sum(test * of(**{**point, wrt: x}))

    g, error = np.zeros(np.shape(point[wrt])), 0.0
    for entry, d in _directions(of, wrt, point):
        seen = along(cost, [point[wrt]], [d])
        g[entry] = seen.estimate[0]
        error = max(error, float(seen.error[0]), float(abs(seen.bend[0])))
    return "differences", g, error, calls, calls * _operations(of, point)


def _directions(of: Formula, wrt: str, point: Mapping[str, Array]) -> Any:
    """An entry, and the direction whose slope is the gradient's entry: of a symmetric matrix both halves."""
    shape = np.shape(point[wrt])
    for entry in np.ndindex(shape):
        d = np.zeros(shape)
        d[entry] = 1.0
        yield entry, (d + d.T) / 2 if _symmetric(of, wrt) else d


def _data(found: Gradient, given: Mapping[str, Any], seed: int) -> dict[str, Array]:
    """Data for every symbol, in their order."""
    strange = [name for name in given if name not in found.names]
    if strange:
        raise OptionError("compare", f"{strange[0]!r} is not among the symbols: {', '.join(found.names)}.")
    read = {name: _read(name, x, seed) for name, x in given.items()}
    sizes: dict[str, int] = {}
    for name, x in read.items():
        letters = found.shapes[name]
        if x.ndim != len(letters):
            raise ShapeError(
                "compare", f"{name} has the shape {x.shape}, and is declared ({', '.join(letters)})."
            )
        sizes.update(zip(letters, x.shape, strict=True))
    every = dict.fromkeys(letter for letters in found.shapes.values() for letter in letters)
    for i, letter in enumerate(every):
        sizes.setdefault(letter, SIZES[i % len(SIZES)])
    rng = np.random.default_rng(seed)
    values = {}
    for symbol in found.symbols:
        name, symmetric = symbol.data
        drawn = rng.normal(size=[sizes[letter] for letter in symbol.shape])
        values[name] = read.get(name, np.asarray((drawn + drawn.T) / 2 if symmetric else drawn))
    return values


def _read(name: str, x: Any, seed: int) -> Array:
    if isinstance(x, str):
        x = parse_argument(x, seed)
    array = np.asarray(x.array if isinstance(x, Drawn) else x)
    if array.dtype.kind not in "biuf":
        raise DtypeError("compare", f"the data for {name} is {array.dtype}; expressions are of real arrays.")
    return array.astype(float)
