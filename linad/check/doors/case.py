"""A case: a public function called in one way, as an operation on which laws are tried.

What stands in the table is the call as a user writes it, ``qr(F, mode='economic')``. Its letters are arguments, drawn
from a domain; the function is that of the namespace, so that differences are those of the original.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from linad.check.finding import Finding
from linad.check.laws import BY_NAME
from linad.check.points import MAIN, Point
from linad.core.primitive import Primitive, Sample
from linad.core.space import dtype_of
from linad.core.traced import Array
from linad.core.tree import leaves

# The argument that each letter stands for: its domain and its shape.
ARGUMENTS: dict[str, tuple[str, tuple[int, ...]]] = {
    "A": ("regular", (3, 3)),
    "S": ("definite", (3, 3)),
    "H": ("hermitian", (3, 3)),
    "K": ("indefinite", (3, 3)),
    "C": ("indefinite symmetric", (3, 3)),
    "T": ("triangular", (3, 3)),
    "P": ("stable", (3, 3)),
    "N": ("apart", (3, 3)),
    "F": ("full rank", (4, 3)),
    "W": ("full rank", (3, 4)),
    "G": ("graded", (3, 3)),
    "M": ("graded", (4, 3)),
    "V": ("graded", (3, 4)),
    "J": ("turning", (3, 3)),
    "Q": ("coupled", (3, 3)),
    "X": ("band", (3, 3)),
    "Y": ("lower band", (2, 3)),
    "B": ("real", (3, 2)),
    "D": ("real", (4, 2)),
    "E": ("real", (2, 3)),
    "R": ("real", (2, 3, 4)),
    "b": ("real", (3,)),
    "c": ("real", (3,)),
    "e": ("real", (2,)),
    "p": ("positive", (3,)),
    "q": ("positive", (3,)),
    "z": ("nonzero", (3,)),
    "u": ("unit", (3,)),
    "f": ("fraction", (3,)),
    "a": ("above one", (3,)),
    "t": ("sorted", (3,)),
    "d": ("dominant first", (3,)),
    "s": ("real", ()),
}
# The namespaces, and the modules of linad that mirror them.
NAMESPACES = {
    "scipy.linalg": "linad.linalg",
    "scipy.special": "linad.special",
    "scipy.stats": "linad.stats",
    "numpy.linalg": "linad.numpy.linalg",
    "numpy.fft": "linad.numpy.fft",
    "numpy": "linad.numpy",
    "linad.linalg": "linad.linalg",
    "linad.numpy": "linad.numpy",
}
# What the columns of the page say, and the law that says it.
COLUMNS = {
    "reverse": "adjoint",
    "forward": "differences",
    "forward over forward": "forward-forward",
    "forward over reverse": "forward-reverse",
    "reverse over forward": "reverse-forward",
    "reverse over reverse": "reverse-reverse",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A call of a function of a namespace.

    Attributes
    ----------
    namespace, call
        Where the function is, and the call with letters for arguments.
    up_to
        Of the results, what does not depend on phases, signs and bases that the function leaves open.
    no_batch, no_complex
        Why there is no batch, and why arguments are real; empty where there is, and where they may be complex.
    """

    namespace: str
    call: str
    up_to: Callable[..., Any] | None = None
    no_batch: str = ""
    no_complex: str = ""

    @property
    def function(self) -> str:
        """The public name; a method of a ufunc stands after a dot."""
        return self.call.partition("(")[0].partition(".")[0]

    @property
    def name(self) -> str:
        return f"{self.namespace}.{self.call}"

    @property
    def letters(self) -> list[str]:
        """The arguments, in the order of the table; scipy.stats has a function t."""
        names = compile(self.call, self.name, "eval").co_names
        return [letter for letter in ARGUMENTS if letter in names and letter != self.function]

    def calling(self, module: str = "") -> Callable[..., Any]:
        """The call as a function of its arguments; of linad's function, or that of another module."""
        source = f"lambda {', '.join(self.letters)}: {self.call}"
        functions = import_module(module or NAMESPACES[self.namespace])
        space = {"np": np, self.function: getattr(functions, self.function)}
        function: Callable[..., Any] = eval(source, space)
        return function


def cases(namespace: str, *calls: str, **rest: Any) -> tuple[Case, ...]:
    """Several cases that have everything else in common: calls stand in lines, or apart by semicolons."""
    every = [call.strip() for text in calls for line in text.splitlines() for call in line.split(";")]
    return tuple(Case(namespace, call, **rest) for call in every if call)


def _varies(x: Any) -> bool:
    """Whether a result is of floating-point numbers: permutations, ranks and flags are held fixed."""
    return dtype_of(x if isinstance(x, Array) else np.asarray(x)).kind in "fc"


@cache
def operation(case: Case) -> Primitive:
    """The case as an operation, which laws take; it is not registered."""
    call, up_to = case.calling(), case.up_to

    def function(*args: Any) -> Any:
        out = call(*args)
        parts = [x for _, x in leaves(out) if _varies(x)]
        return tuple(parts) if up_to is None else up_to(*parts)

    domain, shapes = zip(*[ARGUMENTS[letter] for letter in case.letters], strict=True)
    own = Sample(shapes, label="one")
    batch = Sample(tuple((2, *shape) for shape in shapes), label="batch", axes=tuple(map(len, shapes)))
    primitive = Primitive(
        case.name,
        "door",
        function,
        last=len(shapes),
        domain=domain,
        samples=(own,) if case.no_batch else (own, batch),
        dtypes="f" if case.no_complex else "fc",
    )
    primitive.entry = function
    return primitive


def points(case: Case) -> Iterator[Point]:
    """The call in both main dtypes, and a batch in both."""
    primitive = operation(case)
    for sample in primitive.samples:
        for dtype in MAIN[: len(primitive.dtypes)]:
            yield Point(primitive, sample, dtype, traced=tuple(range(len(sample.shapes))))


def findings_at(point: Point) -> Iterator[tuple[str, Finding]]:
    """The column of the page that a verdict is for, and the verdict."""
    if point.sample.label == "batch":
        yield "batched", BY_NAME["batch"](point)
        return
    for column, law in COLUMNS.items():
        yield (column if point.dtype == MAIN[0] else "complex"), BY_NAME[law](point)
