"""A user's function as a subject of laws: its containers flattened, its numbers brought to order one.

Laws and differences are made for numbers of order one. Arguments of another size are divided by a power of two, and so
are results, which costs no rounding; what is shown is multiplied back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np

from linad.check.arguments import argument_names, is_number, largest, name_of, power_of_two
from linad.check.domains import DOMAINS, Array, Domain, Rng, tangent
from linad.check.scales import scales
from linad.check.specs import Drawn, parse_argument, parse_domain
from linad.core import tree
from linad.core.traced import Array as Traced
from linad.errors import ArgumentError, OptionError, OutputError

ANY = DOMAINS["real"]
MEMBER = re.compile(r"(\w+ )?\w+\(.*\)")  # 'spd(6)'; other strings are a function's options


@dataclass(frozen=True, slots=True)
class Leaf:
    """An array among the arguments: what it is called, which argument it belongs to, its domain and its scale."""

    name: str
    argument: int
    value: Any
    domain: Domain
    scale: float


class UserFunction:
    """A function with arguments, as what laws are tried on. Results that are discrete are left out.

    Attributes
    ----------
    leaves
        The arrays of floating or complex numbers among the arguments: what derivatives are taken of.
    paths, scales
        The floating or complex arrays among the results, what they are called, and what they are divided by.
    """

    invariants = None

    def __init__(
        self,
        f: Callable[..., Any],
        args: Sequence[Any],
        domains: Mapping[str | int, str | Domain] | None = None,
        seed: int = 0,
    ) -> None:
        self.f, self.seed, self.name = f, seed, name_of(f)
        names = argument_names(f, len(args))
        chosen = dict(domains or {})
        texts: Counter[str] = Counter()
        given = [_read(arg, seed, texts) for arg in args]
        self.args = [tree.map_leaves(_own, arg) for arg in given]
        self.leaves: list[Leaf] = []
        for i, (name, arg) in enumerate(zip(names, given, strict=True)):
            for path, x in tree.leaves(arg, name):
                drawn = x.domain if isinstance(x, Drawn) else ANY
                x = x.array if isinstance(x, Drawn) else x
                if is_number(x) and np.asarray(x).dtype.kind in "fc":
                    own = [key for key in (path, name, i) if key in chosen]
                    domain = _domain(chosen[own[0]]) if own else drawn
                    self.leaves.append(_leaf(path, i, x, domain))
        known = dict.fromkeys([*names, *(leaf.name for leaf in self.leaves)])
        for key in chosen:
            if key not in known and key not in range(len(args)):
                raise OptionError(
                    "domains", f"{self.name} has no argument {key!r}; it has {', '.join(known)}."
                )
        if any(isinstance(x, Traced) for arg in given for _, x in tree.leaves(arg)):
            raise ArgumentError(
                self.name,
                "an argument is a traced array: check a function outside of the transforms of others.",
                "Give its value: linad.value(x).",
            )
        if not self.leaves:
            raise ArgumentError(
                self.name,
                "no argument holds floating-point numbers to differentiate by; integers are constants: write 2.0.",
            )
        self.traced = tuple(range(len(self.leaves)))
        self.paths: list[str] = []
        self.scales: list[float] = []
        self._look()

    # -- what results look like -----------------------------------------------

    def _look(self) -> None:
        """Call the function: what it returns, whether it does so twice, and how large it is near the point."""
        before = [np.array(x) for _, x in tree.leaves(self.args) if is_number(x)]
        out = self.plain()
        for path, part in tree.leaves(out):
            if isinstance(part, Traced):
                raise OutputError(
                    self.name,
                    "it closes over a traced array: check a function outside of the transforms of others.",
                    "For a constant, say so: linad.value(x).",
                )
            if not is_number(part) and not hasattr(part, "__array__"):
                at = f" at {path}" if path else ""
                raise OutputError(self.name, f"it returned a {type(part).__name__}{at}, not numbers.")
        after = [np.asarray(x) for _, x in tree.leaves(self.args) if is_number(x)]
        if not _same(before, after):
            raise ArgumentError(
                self.name, "it changes an argument in place, so it has no derivative to speak of."
            )
        parts = [(path or "output", np.asarray(part)) for path, part in tree.leaves(out)]
        kept = [(path, part) for path, part in parts if part.dtype.kind in "fc"]
        if not kept:
            raise OutputError(
                self.name, "it returned no floating-point number: a discrete result has no derivative."
            )
        if not all(np.all(np.isfinite(part)) for _, part in kept):
            raise OutputError(self.name, "its value at these arguments is not finite.")
        again = [np.asarray(part) for _, part in tree.leaves(self.plain())]
        if not _same(again, [part for _, part in parts]):
            raise OutputError(
                self.name,
                "two calls gave different results: a function that is random, or keeps a state, has no derivative.",
            )
        self.paths, self.scales = [path for path, _ in kept], [1.0] * len(kept)
        most = max(1.0, *(leaf.scale for leaf in self.leaves)) ** 2
        self.scales = scales(self.call(self.operands()), self._moved, most)

    def _moved(self, step: float) -> Any:
        """The results a little away; None where the function has none there."""
        x = self.operands()
        moves = zip(self.leaves, x, self.tangents("scale", x), strict=True)
        try:
            with np.errstate(all="ignore"):
                out = self.call(
                    [leaf.domain.retract(x, np.asarray(step * d, d.dtype)) for leaf, x, d in moves]
                )
        except (ArithmeticError, ValueError):
            return None
        return out if len(out) == len(self.paths) else None

    # -- the subject -----------------------------------------------------------

    def plain(self, operands: Sequence[Any] | None = None) -> Any:
        """The function as the user wrote it, at operands in the user's units."""
        return self.f(*(self.args if operands is None else self.arguments(operands)))

    def arguments(self, operands: Sequence[Any]) -> list[Any]:
        """The arguments with other arrays in the places of the leaves."""
        values = iter(operands)
        return [
            tree.map_leaves(
                lambda _, x: next(values) if is_number(x) and np.asarray(x).dtype.kind in "fc" else x, arg
            )
            for arg in self.args
        ]

    def in_units(self, operands: Sequence[Any]) -> list[Any]:
        """Operands multiplied back to the user's units; plain arrays are copies."""
        return [
            x * leaf.scale if leaf.scale != 1 else np.array(x)[()] if isinstance(x, np.ndarray) else x
            for leaf, x in zip(self.leaves, operands, strict=True)
        ]

    def call(self, operands: Sequence[Any]) -> Any:
        parts = [part for _, part in tree.leaves(self.plain(self.in_units(operands)))]
        kept = [part for part in parts if isinstance(part, Traced) or np.asarray(part).dtype.kind in "fc"]
        kept = [part for part in kept if not isinstance(part, Traced) or part.dtype.kind in "fc"]
        if len(kept) != len(self.scales):
            raise ValueError(
                f"{self.name} returned {len(kept)} arrays where it returned {len(self.scales)} before"
            )
        return tuple(part if s == 1 else part / s for part, s in zip(kept, self.scales, strict=True))

    def operands(self) -> list[Array]:
        return [leaf.value if leaf.scale == 1 else _divided(leaf.value, leaf.scale) for leaf in self.leaves]

    def only(self, traced: tuple[int, ...]) -> UserFunction:
        """The same function with fewer of its arrays traced."""
        fewer = copy(self)
        fewer.traced = traced
        return fewer

    def domain(self, i: int) -> Domain:
        return self.leaves[i].domain

    def rng(self, purpose: str) -> Rng:
        return np.random.default_rng([self.seed, crc32(f"{self.name}-{purpose}".encode())])

    def tangents(self, purpose: str, operands: Sequence[Array]) -> list[Array]:
        """Random tangents that stay in the domains: a user's function need be right along no others."""
        rng = self.rng(purpose)
        drawn = [tangent(np.shape(x), np.asarray(x).dtype, rng) for x in operands]
        return [
            np.asarray(leaf.domain.along(np.asarray(x), d), d.dtype)
            for leaf, x, d in zip(self.leaves, operands, drawn, strict=True)
        ]


def _same(a: Sequence[Any], b: Sequence[Any]) -> bool:
    """Whether arrays are equal, NaN to itself."""
    return len(a) == len(b) and all(
        np.array_equal(x, y, equal_nan=x.dtype.kind in "fc" and y.dtype.kind in "fc")
        for x, y in zip(a, b, strict=True)
    )


def _divided(x: Any, scale: float) -> Any:
    """x over a power of two, in its own dtype."""
    x = np.asarray(x)
    return np.asarray(x / scale, x.dtype)[()]


def _own(_: str, x: Any) -> Any:
    """A copy of an array, so that a function which writes into its argument does no harm."""
    x = x.array if isinstance(x, Drawn) else x
    return np.array(x) if type(x) is np.ndarray else x


def _read(arg: Any, seed: int, seen: Counter[str]) -> Any:
    """An argument: a value, or text that names a random member, such as 'spd(6)'."""
    return parse_argument(arg, seed, seen) if isinstance(arg, str) and MEMBER.fullmatch(arg.strip()) else arg


def _domain(named: str | Domain) -> Domain:
    return parse_domain(named) if isinstance(named, str) else named


def _leaf(name: str, argument: int, x: Any, domain: Domain) -> Leaf:
    array = np.asarray(x)
    if not domain.holds(array):
        sentence = domain.sentence[0].lower() + domain.sentence[1:].rstrip(".")
        raise ArgumentError(name, f"it is not in its domain: {sentence}.")
    if not np.all(np.isfinite(array)):
        raise ArgumentError(name, "it is not finite.")
    if array.dtype.char not in "efdFD":
        raise ArgumentError(
            name, f"it is {array.dtype}; differences are taken in double precision.", "x.astype(float)"
        )
    scale = power_of_two(largest(array)) if domain is ANY or domain.cone else 1.0
    return Leaf(name, argument, x, domain, scale)
