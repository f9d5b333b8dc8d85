"""The runner of block programs: steps on blocks of matrices, in place, and the program again on diagonal blocks.

A program is data. Its buffers are matrices and, for block diagonal ones, their bands; a place is a buffer or a block
of it: the first or second part of its rows and of its columns, zero for all. Where a matrix is small enough, the
``leaf``, a function of the buffers, does what the whole program would. Zones are those of
:mod:`linad.kernels.triangles`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from linad.kernels import block_diagonal
from linad.kernels.blas import trmm, trsm
from linad.kernels.lapack import trsyl
from linad.kernels.triangles import FULL, copy_zone, filled, multiply

Array = np.ndarray[Any, Any]
Buffers = dict[str, Array]
Leaf = Callable[[Buffers], None]

TURNED: dict[str, Callable[[Array], Array]] = {
    "N": lambda A: A,
    "T": lambda A: A.T,
    "H": lambda A: A.conj().T,
    "C": lambda A: A.conj(),
}
LEAF = 64  # order of the diagonal blocks that are not cut any more; measured
LARGE = 100  # order from which on block programs are faster than closed forms; measured


class Place(NamedTuple):
    """A buffer, or a block of it."""

    buffer: str
    row: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Operand:
    """What is read: op of a place, of which a zone counts; what is added may also be a conjugate, C."""

    place: Place
    trans: str = "N"
    zone: str = FULL


@dataclass(frozen=True, slots=True)
class Multiply:
    """target := factor left right + target, in a zone; ``fresh``: without the old target."""

    target: Place
    zone: str
    factor: float
    left: Operand
    right: Operand
    fresh: bool

    def run(self, at: Callable[[Place], Array]) -> None:
        a, b = self.left, self.right
        multiply(
            at(self.target),
            at(a.place),
            at(b.place),
            self.factor,
            self.fresh,
            zone=self.zone,
            left=a.zone,
            right=b.zone,
            trans_a=a.trans,
            trans_b=b.trans,
        )


@dataclass(frozen=True, slots=True)
class Apply:
    """target := factor op(T)^-1 target, or op(T) target, or from the right; T is triangular."""

    target: Place
    by: Operand
    side: str
    inverse: bool
    factor: float

    def run(self, at: Callable[[Place], Array]) -> None:
        T, zone = self.by, self.by.zone
        run = trsm if self.inverse else trmm
        lower, unit = zone.endswith("lower"), zone.startswith("unit")
        run(at(T.place), at(self.target), self.side, lower, T.trans, unit, self.factor)


@dataclass(frozen=True, slots=True)
class Add:
    """target := factor source + target, in a zone; ``fresh``: without the old target."""

    target: Place
    zone: str
    factor: float
    source: Operand
    fresh: bool

    def run(self, at: Callable[[Place], Array]) -> None:
        target, source = at(self.target), filled(at(self.source.place), self.source.zone)
        source = TURNED[self.source.trans](source)
        if self.factor != 1:
            source = target.dtype.type(self.factor) * source
        if self.fresh:
            copy_zone(target, source, self.zone)
        else:
            target += filled(source, self.zone)


@dataclass(frozen=True, slots=True)
class Solve:
    """target := X of op(A) X + X op(B) = target, for triangular A and B."""

    target: Place
    left: Operand
    right: Operand

    def run(self, at: Callable[[Place], Array]) -> None:
        C = at(self.target)
        (A, trans_a), (B, trans_b) = (_upper(at(side.place), side) for side in (self.left, self.right))
        X = np.array(C, order="F")
        scale, info = trsyl(A, B, X, trans_a, trans_b)
        if info:
            raise np.linalg.LinAlgError(
                "solve_sylvester: a diagonal entry of one triangle is that of the other, with the opposite sign."
            )
        C[...] = X if scale == 1 else X / C.real.dtype.type(scale)


def _upper(A: Array, side: Operand) -> tuple[Array, str]:
    """An upper triangular matrix, and N or H, that make op(A)."""
    if side.zone.endswith("lower"):
        A = A.T if side.trans == "T" else A.conj().T
        return np.triu(A), "H" if side.trans == "N" else "N"
    return np.triu(A.conj() if side.trans == "T" else A), "N" if side.trans == "N" else "H"


@dataclass(frozen=True, slots=True)
class Scale:
    """target := factor target D, or factor D target, for the bands of a block diagonal D."""

    target: Place
    by: Operand
    side: str
    factor: float

    def run(self, at: Callable[[Place], Array]) -> None:
        block_diagonal.multiply(at(self.target), at(self.by.place), self.side, self.factor)


@dataclass(frozen=True, slots=True)
class AddBands:
    """target := target + factor times the bands of a product."""

    target: Place
    factor: float
    left: Operand
    right: Operand

    def run(self, at: Callable[[Place], Array]) -> None:
        left, right = (TURNED[o.trans](at(o.place)) for o in (self.left, self.right))
        block_diagonal.add_product(at(self.target), left, right, self.factor)


@dataclass(frozen=True, slots=True)
class Again:
    """The program itself on the first or second parts of all that is cut."""

    part: int


Step = Multiply | Apply | Add | Solve | Scale | AddBands | Again


@dataclass(frozen=True, slots=True)
class BlockProgram:
    """Steps, and what the runner must know of buffers.

    Attributes
    ----------
    cuts
        For each buffer whether its rows and its columns are cut.
    pivot
        A buffer and an axis of it that is cut; its type and order are those of temporaries.
    temporaries
        Matrices that steps work in: each has the rows of one place and the columns of another.
    within
        The program for the first part, where only that is a problem of the same form: the cut is at its order.
        None: both parts are, and the cut is in the middle.
    """

    steps: tuple[Step, ...]
    cuts: Mapping[str, tuple[bool, bool]]
    pivot: tuple[str, int]
    temporaries: Mapping[str, tuple[tuple[Place, int], tuple[Place, int]]]
    within: BlockProgram | None = None


def operands(step: Step) -> list[Operand]:
    """What a step reads, but for its target."""
    if isinstance(step, Multiply | Solve | AddBands):
        return [step.left, step.right]
    if isinstance(step, Apply | Scale):
        return [step.by]
    return [step.source] if isinstance(step, Add) else []


def large(A: Array) -> bool:
    """Whether block programs are to run for matrices, and not closed forms."""
    return A.ndim >= 2 and min(A.shape[-2:]) >= LARGE and not _closed.get()


_closed: ContextVar[bool] = ContextVar("linad_closed_forms", default=False)


@contextmanager
def closed_forms() -> Iterator[None]:
    """Inside, rules run by their closed forms at every size, and by no block program.

    Where factors grow, as those of an elimination without exchanges of rows may, closed forms lose one or two digits
    less; they cost two to four times as much. What is compiled keeps the form that it was recorded in.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.derive import closed_forms
    >>> A = np.random.default_rng(0).normal(size=(200, 200))
    >>> cost = lambda A: np.sum(np.abs(ln.lu(A)[2]))
    >>> with closed_forms():
    ...     closed = ln.grad(cost)(A)
    >>> bool(np.linalg.norm(ln.grad(cost)(A) - closed) < 1e-11 * np.linalg.norm(closed))
    True
    """
    token = _closed.set(True)
    try:
        yield
    finally:
        _closed.reset(token)


def run(
    program: BlockProgram,
    buffers: Buffers,
    leaf: Leaf,
    order: int | None = None,
    between: Callable[[Buffers, int], int] = lambda buffers, cut: cut,
) -> None:
    """Run a program in its buffers.

    Parameters
    ----------
    order
        The order of diagonal blocks that are left to the leaf.
    between
        ``between(buffers, cut)``: where to cut near a place, if not there; zero if nowhere.
    """
    order = LEAF if order is None else max(order, 1)
    name, axis = program.pivot
    n = buffers[name].shape[axis]
    if program.within is not None:
        inner = program.within
        _run(
            program, buffers, lambda parts: run(inner, parts, leaf, order, between), min(buffers[name].shape)
        )
    else:
        half = 0 if n <= order else _half(n, order)
        cut = between(buffers, half) if half else 0
        if cut:
            _run(program, buffers, lambda parts: run(program, parts, leaf, order, between), cut)
        else:
            leaf(buffers)


def _half(n: int, order: int) -> int:
    """The middle, at a whole number of leaves if there are several."""
    return (n // 2 + order // 2) // order * order if n > 2 * order else n // 2


def _run(program: BlockProgram, buffers: Buffers, again: Leaf, cut: int) -> None:
    parts = (slice(None), slice(0, cut), slice(cut, None))
    views: dict[Place, Array] = {}

    def at(place: Place) -> Array:
        found = views.get(place)
        if found is None:
            found = views[place] = buffers[place.buffer][parts[place.row], parts[place.column]]
        return found

    home = buffers[program.pivot[0]]
    order: Any = "F" if home.strides[0] < home.strides[1] else "C"
    for name, ((rows, i), (columns, j)) in program.temporaries.items():
        shape = at(rows).shape[i], at(columns).shape[j]
        views[Place(name)] = np.empty(shape, home.dtype, order)
    for step in program.steps:
        if isinstance(step, Again):
            cuts = program.cuts
            again({name: at(Place(name, *(step.part * cut for cut in cuts[name]))) for name in buffers})
        else:
            step.run(at)
