"""Numeric kernels of rules, by blocks: for plain matrices of one type, of an order at which blocks are faster.

A kernel declines what it does not serve, by None: the closed form does. That is also so where a diagonal entry of a
triangle is zero, of which the closed form knows whether it is divided by.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.derive.blocks.blocked import Blocked
from linad.derive.blocks.homes import zone_of
from linad.derive.blocks.places import home_buffer
from linad.derive.running import LEAD
from linad.derive.symbolic.algebra.words import Symbol, reverses
from linad.derive.symbolic.deriving.tangents import mirror
from linad.derive.vocabulary import permute_left, permute_right
from linad.kernels import programs as kernels
from linad.kernels.block_diagonal import bands_of, inverse
from linad.kernels.pointers import KINDS
from linad.kernels.triangles import FULL, copy_zone, filled

Array = np.ndarray[Any, Any]
_MARKS = ("", "*", "^-1", "^-1*")  # of buffers: a conjugate, an inverse
_STRIPE = 64  # columns that are moved at a time
Values = Sequence[Any]
Matrices = dict[str, Any]


class BlockKernel:
    """Vectors by blocks: of outputs from those of inputs, or backwards.

    Parameters
    ----------
    inputs, outputs
        All symbols of the rule, in its order.
    """

    def __init__(self, blocked: Blocked, inputs: Sequence[Symbol], outputs: Sequence[Symbol]) -> None:
        self._blocked, self._inputs, self._outputs = blocked, inputs, outputs
        forward = blocked.mode == "tangent"
        self._given, self._asked = (inputs, outputs) if forward else (outputs, inputs)
        self._symbols = {s.name: s for s in (*blocked.inputs, *blocked.outputs)}
        self._function, self._parameters = blocked.leaf
        vectors = {f"{LEAD[blocked.mode]}{name}": name for name in self._symbols}
        self._arguments = [(p, vectors.get(p)) for p in self._parameters]
        read = {*blocked.buffers(), *self._parameters}
        self._read = {mark: [name for name in self._symbols if f"{name}{mark}" in read] for mark in _MARKS}
        self._factors = [
            name for name in self._symbols if any(name in names for names in self._read.values())
        ]
        self._factors.sort(key=self._is_diagonal)  # the first tells type and order
        structures = {name: self._symbols[name].structure for name in self._factors}
        self._pivots = [name for name, s in structures.items() if (s.triangle and not s.unit) or s.diagonal]

    @property
    def lowered(self) -> kernels.BlockProgram:
        """The program as steps in memory."""
        return self._blocked.lowered

    def __call__(self, operands: Values, outputs: Values, vectors: Values) -> tuple[Any, ...] | None:
        pairs = [*zip(self._inputs, operands, strict=False), *zip(self._outputs, outputs, strict=True)]
        values = {symbol.name: x for symbol, x in pairs if x is not None}
        given = {s.name: v for s, v in zip(self._given, vectors, strict=True) if v is not None}
        if not self._serves(values, given):
            return None
        batch = values[self._factors[0]].shape[:-2]
        if not batch:
            found = self._run(values, given)
            return tuple(found.get(s.name) for s in self._asked)
        stacked: dict[str, Array] = {}
        for i in np.ndindex(batch):
            one = self._run(*({name: x[i] for name, x in all_.items()} for all_ in (values, given)))
            for name, vector in one.items():
                stacked.setdefault(name, np.empty((*batch, *vector.shape), vector.dtype))[i] = vector
        return tuple(stacked.get(s.name) for s in self._asked)

    def _serves(self, values: Matrices, given: Matrices) -> bool:
        first = values[self._factors[0]]
        if type(first) is not np.ndarray or first.ndim < 2 or 0 in first.shape:
            return False
        dtype, batch = first.dtype, first.shape[:-2]
        factors = {name: values[name] for name in self._factors}
        homes = {name: values[name] for name in self._blocked.homes.values()}
        vectors = {name: g for name, g in given.items() if g.shape == values[name].shape}
        every = [*factors.items(), *homes.items(), *vectors.items()]
        return (
            dtype in KINDS
            and len(vectors) == len(given)
            and all(x.shape[: -1 if self._is_diagonal(name) else -2] == batch for name, x in every)
            and all(type(x) is np.ndarray and self._is_of(dtype, name, x) for name, x in factors.items())
            and all(
                type(g) is np.ndarray and np.can_cast(g.dtype, dtype, "same_kind") for g in vectors.values()
            )
            and all(self._diagonal(name, values[name]).all() for name in self._pivots)
        )

    def _is_diagonal(self, name: str) -> bool:
        return self._symbols[name].structure.diagonal

    def _is_of(self, dtype: np.dtype[Any], name: str, x: Array) -> bool:
        """Whether a matrix is of a type; one that is real by structure, of its precision."""
        real = self._symbols[name].structure.real
        return bool(x.dtype == (KINDS[dtype].real_dtype if real else dtype))

    def _diagonal(self, name: str, x: Array) -> Array:
        return x if self._is_diagonal(name) else np.diagonal(x, 0, -2, -1)

    def _run(self, values: Matrices, given: Matrices) -> dict[str, Array]:
        """One matrix: vectors by name."""
        blocked = self._blocked
        buffers: dict[str, Array] = {}
        for name in self._factors:
            own = bands_of(values[name]) if self._is_diagonal(name) else _in_an_order(values[name])
            for mark in (mark for mark, names in self._read.items() if name in names or mark == ""):
                X = inverse(own, own[:, 1] != 0) if mark.startswith("^-1") else own
                buffers[f"{name}{mark}"] = X.conj() if mark.endswith("*") else X
        first = buffers[self._factors[0]]
        order = "F" if first.flags.f_contiguous and not first.flags.c_contiguous else "C"
        for home in set(blocked.homes.values()):
            buffers[home_buffer(home)] = self._filled(home, values, given, first.dtype, order)
        kernels.run(blocked.lowered, buffers, self._leaf)
        found = {}
        for name in blocked.wanted:
            vector = self._at_home(buffers, name)
            found[name] = self._permuted(vector, values, False) if name == blocked.stripped.input else vector
        if blocked.mode == "tangent":  # several in one buffer perhaps, or less than it holds
            return {name: _only(x, self._symbols[name], values[name].shape) for name, x in found.items()}
        return found

    def _at_home(self, buffers: dict[str, Array], name: str) -> Array:
        return buffers[home_buffer(self._blocked.homes[name])]

    def _leaf(self, buffers: dict[str, Array]) -> None:
        """The closed form in the place of the whole program."""
        zones = self._blocked.leaf_zones
        given = []
        for p, name in self._arguments:
            x = buffers[p] if name is None else self._at_home(buffers, name)
            if self._is_diagonal(name or p):
                x = x[:, 1]
            given.append(filled(x, zones.get(name, FULL)) if name else x)
        for name, vector in zip(self._blocked.leaf_program.outputs, self._function(*given), strict=True):
            copy_zone(self._at_home(buffers, name), vector, zone_of(self._symbols[name], square=True))

    def _permuted(self, X: Array, values: Matrices, inverse: bool) -> Array:
        """Fixed factors of the equation applied from outside, or their inverses."""
        stripped = self._blocked.stripped
        for side, word in ((permute_left, stripped.left), (permute_right, stripped.right)):
            for atom in word if inverse == (side is permute_left) else reversed(word):
                P, transposed = values[atom.name], reverses(atom.op) != inverse
                if inverse or P.dtype.kind not in "iu":
                    X = side(P, X, transposed)
                elif side is permute_left:
                    _reorder(X, P if transposed else np.argsort(P))
                else:
                    _reorder(X.T, np.argsort(P) if transposed else P)
        return X

    def _filled(
        self, home: str, values: Matrices, given: Matrices, dtype: np.dtype[Any], order: Any
    ) -> Array:
        """The buffer of an input with the vectors that stand there; zeros where there is none."""
        own = {name: g for name, g in given.items() if self._blocked.homes.get(name) == home}
        if self._is_diagonal(home):
            return bands_of(np.asarray(own.get(home, np.zeros(values[home].shape)), dtype))
        for name, vector in own.items():
            if name == self._blocked.stripped.input:
                vector = self._permuted(vector, values, True)
            if image := mirror(self._symbols[name].structure.pattern):  # the part that its space has
                vector = (vector + image[1] * kernels.TURNED[image[0]](vector)) / 2
            own[name] = vector
        stand = [name for name, other in self._blocked.homes.items() if other == home]
        whole = [name for name, x in own.items() if x.shape == values[home].shape]
        if whole and len(own) == len(stand) - 1 and zone_of(self._symbols[home]) == FULL:
            W = np.array(own.pop(whole[0]), dtype, order=order)  # what is in no zone is overwritten
        else:
            W = np.zeros(values[home].shape, dtype, order)
        for name, vector in own.items():
            _copy(W, vector, self._symbols[name])
        return W


def _in_an_order(X: Array) -> Array:
    """X in an order that BLAS can see blocks of; else a copy, once for all of them."""
    return X if X.flags.c_contiguous or X.flags.f_contiguous else X.copy()


def _reorder(X: Array, order: Array) -> None:
    """X := X[order], a few columns at a time: memory that is used for the first time costs more than the copies."""
    for k in range(0, X.shape[1], _STRIPE):
        X[:, k : k + _STRIPE] = X[order, k : k + _STRIPE]


def _copy(target: Array, source: Array, symbol: Symbol) -> None:
    """A vector in its zone; a triangle may be part of a larger buffer."""
    m, n = min(target.shape[0], source.shape[0]), min(target.shape[1], source.shape[1])
    target, source = target[:m, :n], source[:m, :n]
    k = min(m, n)
    copy_zone(target[:k, :k], source[:k, :k], zone_of(symbol, square=True))
    target[k:], target[:, k:] = source[k:], source[:, k:]


def _only(buffer: Array, symbol: Symbol, shape: tuple[int, ...]) -> Array:
    """What a buffer has of one matrix."""
    vector = np.zeros(shape, buffer.dtype)
    _copy(vector, buffer, symbol)
    return vector
