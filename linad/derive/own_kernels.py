"""Kernels of users' operations: called for each matrix of a batch, their results tried against what was declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from types import MappingProxyType
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.errstate import asked, report
from linad.core.kinds import look
from linad.core.space import Space, Unknown, dtype_of, shape_of
from linad.core.traced import Array as Traced
from linad.core.traced import innermost
from linad.derive.membership import belongs
from linad.derive.rule import Rule
from linad.derive.symbolic.algebra.words import Symbol
from linad.derive.values import evaluate
from linad.errors import ClosureError, OutputError, ShapeError, StructureError

Array = np.ndarray[Any, Any]


class Kernel:
    """A user's function of plain matrices with the rule that says what it takes and gives.

    Attributes
    ----------
    batched
        Whether it takes leading axes itself.
    check
        Whether results that are differentiated are tried: their structures, and the equations.
    """

    def __init__(self, rule: Rule, function: Callable[..., Any], batched: bool, check: bool) -> None:
        self.rule, self.name, self.function = rule, rule.name, function
        self.batched, self.check = batched, check

    def __call__(self, operands: Sequence[Any], options: Mapping[str, Any]) -> Any:
        """What the function returns; of a batch its results, stacked."""
        arrays = [np.asarray(x) for x in operands]
        batches = [x.shape[: x.ndim - own_axes(s, x)] for s, x in zip(self.rule.inputs, arrays, strict=True)]
        sizes = self.sizes(self.rule.inputs, arrays)
        try:
            batch = np.broadcast_shapes(*batches)
        except ValueError:
            told = ", ".join(f"{s.name} {b}" for s, b in zip(self.rule.inputs, batches, strict=True))
            raise ShapeError(self.name, f"the leading axes do not broadcast: {told}.") from None
        if not batch or self.batched:
            found = self.function(*operands, **options)
            self._look(found, sizes, batch)
            return found
        if 0 in batch:
            return self._of_none(arrays, sizes, batch)
        spread = [
            np.broadcast_to(x, batch + x.shape[len(own) :]) for x, own in zip(arrays, batches, strict=True)
        ]
        each = []
        for i in np.ndindex(batch):  # a kernel may overwrite what it gets, and return the same arrays again
            found = self.function(*[np.array(x[i]) for x in spread], **options)
            self._look(found, sizes, ())
            each.append([np.array(part) for part in self.parts(found)])
        stacked = [np.stack(parts).reshape(*batch, *parts[0].shape) for parts in zip(*each, strict=True)]
        return stacked[0] if self._single(found) else tree.rebuild(found, stacked)

    def parts(self, found: Any) -> tuple[Any, ...]:
        """The outputs that the function returned."""
        return (found,) if self._single(found) else tuple(part for _, part in tree.children(found) or ())

    def _single(self, found: Any) -> bool:
        return len(self.rule.outputs) == 1 and tree.children(found) is None

    def sizes(
        self,
        symbols: Sequence[Symbol],
        arrays: Sequence[Any],
        known: Mapping[str, int] = MappingProxyType({}),
    ) -> dict[str, int]:
        """The sizes of the letters, which must agree."""
        sizes = dict(known)
        for symbol, x in zip(symbols, arrays, strict=True):
            own = own_axes(symbol, x)
            shape = shape_of(x)
            if len(shape) < own:
                raise ShapeError(
                    self.name,
                    f"{symbol.name} has shape {shape}; it is declared {symbol.rows} by {symbol.columns}.",
                )
            letters = (symbol.rows, symbol.columns) if own == 2 else (symbol.rows,)
            for letter, size in zip(letters, shape[len(shape) - own :], strict=True):
                expected = int(letter) if letter.isdigit() else sizes.setdefault(letter, size)
                if size != expected:
                    raise ShapeError(
                        self.name,
                        f"{symbol.name} has shape {shape}, declared {' by '.join(letters)}, "
                        f"where {letter} is {expected}.",
                    )
        return sizes

    def _look(self, found: Any, sizes: Mapping[str, int], batch: tuple[int, ...]) -> None:
        """Refuse results that are not as many arrays, of the shapes, as were declared."""
        outputs, parts = self.rule.outputs, self.parts(found)
        names = ", ".join(s.name for s in outputs)
        if len(parts) != len(outputs):
            raise OutputError(
                self.name, f"the kernel returned {len(parts)} outputs, declared are {len(outputs)}: {names}."
            )
        for symbol, part in zip(outputs, parts, strict=True):
            if isinstance(part, Traced):
                raise ClosureError(
                    self.name,
                    "the kernel uses a traced array that it was not passed.",
                    "Pass it as an argument.",
                )
            x = np.asarray(part)
            if x.dtype.kind not in "biufc":
                raise OutputError(
                    self.name, f"the kernel returned a {type(part).__name__} for {symbol.name}."
                )
            own = own_axes(symbol, x)
            if x.shape[: x.ndim - own] != batch:
                raise ShapeError(
                    self.name,
                    f"the kernel returned {symbol.name} of shape {x.shape}, where the leading axes are {batch}.",
                    "Diagonal matrices are vectors of their diagonals.",
                )
        self.sizes(outputs, [np.asarray(part) for part in parts], sizes)

    def _of_none(self, arrays: Sequence[Array], sizes: Mapping[str, int], batch: tuple[int, ...]) -> Any:
        """Outputs of a batch without matrices, for which the kernel cannot be asked."""
        dtype = np.result_type(*arrays, np.float32)
        found = []
        for s in self.rule.outputs:
            letters = (s.rows,) if s.structure.diagonal else (s.rows, s.columns)
            unknown = [letter for letter in letters if not letter.isdigit() and letter not in sizes]
            if unknown:
                raise ShapeError(
                    self.name, f"a batch of shape {batch} has no matrix that would tell {unknown[0]}."
                )
            shape = [int(letter) if letter.isdigit() else sizes[letter] for letter in letters]
            found.append(np.zeros((*batch, *shape), dtype.type(0).real.dtype if s.structure.real else dtype))
        return found[0] if len(found) == 1 else tuple(found)

    # -- what is differentiated -----------------------------------------------------------------------------------

    def require_declared(self, operands: Sequence[Any], outputs: Sequence[Any]) -> None:
        """Refuse outputs without their structures; report those that do not solve the equations."""
        self.require_structures(self.rule.outputs, outputs, "returned by the kernel")
        if asked("convergence"):
            symbols = (*self.rule.inputs, *self.rule.outputs)
            arrays = [np.asarray(x) for x in (*operands, *outputs)]
            self._require_equations(dict(zip([s.name for s in symbols], arrays, strict=True)))

    def require_structures(self, symbols: Sequence[Symbol], arrays: Sequence[Any], source: str) -> None:
        """Refuse matrices without their structures."""
        for symbol, x in zip(symbols, map(np.asarray, arrays), strict=True):
            for at in np.ndindex(x.shape[: x.ndim - own_axes(symbol, x)]):
                if not belongs(symbol.structure, x[at]):
                    element = f" (element {at} of the batch)" if at else ""
                    raise StructureError(
                        self.name, f"{symbol.name}, {source}{element}, is not {symbol.structure.name}."
                    )

    def _require_equations(self, values: Mapping[str, Array]) -> None:
        eps = max(float(np.finfo(x.dtype).eps) for x in values.values() if x.dtype.kind in "fc")
        for text, expression in zip(self.rule.equations, self.rule.expressions, strict=True):
            if not expression:
                continue
            left = np.asarray(evaluate(self.rule.algebra, expression, values))
            terms = [evaluate(self.rule.algebra, {word: c}, values) for word, c in expression.items() if word]
            off, *sizes = (np.max(np.abs(term), axis=(-2, -1), initial=0) for term in (left, *terms))
            size = np.broadcast_to(reduce(np.maximum, sizes, 0.0), off.shape)
            far = ~(off <= eps**0.5 * size)
            if np.any(far):
                at = np.unravel_index(np.argmax(far), far.shape)
                element = f" (element {tuple(map(int, at))} of the batch)" if at else ""
                fact = f"does not solve {text}: {off[at]:.1e} is left, of {size[at]:.1e}."
                report(
                    "convergence",
                    self.name,
                    f"what the kernel returned{element} {fact}",
                    "The derivative is that of a solution of the equation, as it was declared.",
                )


@look
def structured(kernel: Kernel, operands: Sequence[Any]) -> None:
    """Refuse inputs of other shapes, and without their structures; not while shapes alone are known."""
    plain = [innermost(x) for x in operands]
    kernel.sizes(kernel.rule.inputs, plain)
    if kernel.check and not any(isinstance(x, (Space, Unknown)) for x in plain):
        kernel.require_structures(kernel.rule.inputs, plain, "passed")


def own_axes(symbol: Symbol, x: Any) -> int:
    """How many last axes are those of one matrix: one for diagonals, and for permutations given by indices."""
    indices = symbol.structure.fixed and dtype_of(x).kind in "iu"
    return 1 if symbol.structure.diagonal or indices else 2
