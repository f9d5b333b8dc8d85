"""The trial of a user's function: every entry of small arguments, random directions of large ones."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from linad.check import claims
from linad.check.alignment import Align
from linad.check.differences import REACH, Differences, along, complex_step
from linad.check.directions import entries_of, units_of
from linad.check.domains import tangent
from linad.check.functions import UserFunction
from linad.check.higher_order import forward_over_forward
from linad.check.noise import Noise, noise_of
from linad.check.numbers import Array
from linad.check.second_looks import sharpened, steeper, widened
from linad.check.trial import NARROW, Direction, Trial, size
from linad.check.vectors import flat

FULL = 64  # entries of an argument that are moved one by one
RESOLUTION, SINGLE = 1e-7, 1e-3  # relative to 1 + size, in double and in single precision
MOST = 256  # directions in all
RANDOM = 3  # random directions for an argument that is larger
STEEP_FROM = 1e3  # magnifications
DOUBT = 1e3  # roundings, above which steepness is tried as an explanation of noise
SMALL = 1e-2  # of derivatives, where all numbers are of order one
CHOICES = 180  # numbers that an entry of a random direction is drawn from


class FunctionTrial(Trial):
    """A trial of a user's function, traced by linad, or of a derivative that was claimed for it."""

    watches = True
    records_graphs = False  # what cannot be recorded as an explicit graph may be right in all that is used

    def __init__(
        self,
        subject: UserFunction,
        operands: Sequence[Array] | None = None,
        claimed: claims.Blocks | None = None,
        align: Align | None = None,
        complex_steps: bool = False,
    ) -> None:
        super().__init__(subject, operands)
        self.function, self.claimed, self.align, self.complex_steps = subject, claimed, align, complex_steps
        self.edge = ""  # an entry along which the derivative is infinite
        self._kept: dict[int, Differences] = {}

    @property
    def resolution(self) -> float:  # type: ignore[override]  # of operations it is a constant
        """In single precision rounding alone exceeds what double precision resolves."""
        return RESOLUTION if self.eps < RESOLUTION else SINGLE

    @cached_property
    def leftover(self) -> float:  # type: ignore[override]
        return super().rounding()

    # -- single precision: differences are taken in double where the function computes in it ----------------

    @cached_property
    def exact(self) -> FunctionTrial:
        """The same numbers in double precision if the function then computes in it, else this trial."""
        if not any(np.asarray(x).dtype in NARROW for x in self.operands):
            return self
        wide = [np.asarray(x).astype("D" if np.iscomplexobj(x) else "d")[()] for x in self.operands]
        trial = FunctionTrial(self.function, wide, self.claimed, self.align, self.complex_steps)
        for name in ("u", "v", "w", "g", "directions", "probes"):
            trial.__dict__[name] = getattr(self, name)
        return trial if trial.eps < self.eps else self

    @property
    def narrow(self) -> bool:
        return False

    @cached_property
    def wide(self) -> Trial:
        return self.exact

    @cached_property
    def magnification(self) -> float:
        """How often a change of the arguments is magnified in the derivative; all numbers are of order one."""
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                first, second = size(self.tangent), size(forward_over_forward(self))
        except ArithmeticError:  # there is no second derivative
            return 1.0
        return second / (1 + first) if np.isfinite(second) else 1.0

    @property
    def digits_lost(self) -> float:
        return float(np.log10(max(self.magnification, 1.0)))

    def rounding(self, *values: Any, multiple: float = 4.0) -> float:
        lost = 1.0 if self.claimed is not None else max(1.0, self.magnification)
        return super().rounding(*values, multiple=multiple * lost)

    # -- directions ----------------------------------------------------------------------------------------

    @cached_property
    def is_full(self) -> bool:
        """Whether every entry of every argument is moved by itself."""
        sizes = [np.size(x) * (2 if np.iscomplexobj(x) else 1) for x in self.x]
        return max(sizes, default=0) <= FULL and sum(sizes) <= MOST

    @cached_property
    def directions(self) -> list[Direction]:
        found: list[Direction] = []
        for i, (leaf, x) in enumerate(zip(self.function.leaves, self.x, strict=True)):
            size = np.size(x) * (2 if np.iscomplexobj(x) else 1)
            if size <= FULL and (size <= MOST // len(self.x) or self.is_full):
                found += [
                    Direction(name, self._only(i, t))
                    for name, t in entries_of(leaf.name, x, leaf.domain.along)
                ]
            elif len(self.x) <= MOST:
                found += [Direction(name, self._only(i, t)) for name, t in self._random(leaf.name, i)]
        if len(self.x) > MOST:
            drawn = [self.subject.tangents(f"direction {k}", self.operands) for k in range(RANDOM)]
            found = [Direction(f"random direction {k}", tuple(t)) for k, t in enumerate(drawn)]
        return found

    def _only(self, i: int, t: Array) -> tuple[Array, ...]:
        """A tangent of one operand, zero in the others."""
        return tuple(
            t if k == i else np.zeros(np.shape(x), np.asarray(x).dtype)[()] for k, x in enumerate(self.x)
        )

    def _random(self, name: str, i: int) -> Iterator[tuple[str, Array]]:
        for k in range(RANDOM):
            yield f"{name}, random direction {k}", self.subject.tangents(f"direction {k}", self.operands)[i]

    @cached_property
    def probes(self) -> list[Any]:
        """Each number of the output by itself, or random cotangents of a large one."""
        like = self.value
        if flat(like).size <= FULL // 2:
            return list(units_of(like))
        return [self.g, *(self._cotangent(f"g {k}") for k in range(1, RANDOM))]

    def _cotangent(self, purpose: str) -> tuple[Array, ...]:
        rng = self.subject.rng(purpose)
        return tuple(tangent(np.shape(y), np.asarray(y).dtype, rng)[()] for y in self.value)

    def inside(self, t: Sequence[Array]) -> tuple[Array, ...]:
        return tuple(t)  # they were drawn inside

    # -- derivatives ---------------------------------------------------------------------------------------

    def push(self, x: Sequence[Any], t: Sequence[Any]) -> Any:
        if self.claimed is not None:
            return claims.push(self.function, self.claimed, t)
        return super().push(x, t)

    def tangent_along(self, direction: Direction) -> Any:
        return self.push(self.x, direction.tangent)

    @cached_property
    def noise(self) -> Noise:
        curves = [leaf.domain.retract for leaf in self.function.leaves]
        return noise_of(self._aligned, self.x, self.u, curves)

    def along(self, function: Any, t: Sequence[Array]) -> Differences:
        """Of derivatives; their noise is measured where the function itself is noisy, coarse or steep.

        Also where they are small: they may be what is left of larger numbers, with the rounding of these.
        """
        t = self.inside(t)
        curves = [leaf.domain.retract for leaf in self.function.leaves]
        rough = np.any(self.noise.sure + self.noise.doubtful > DOUBT * np.finfo(float).eps)
        noise: Any = 0.0
        small = size(function(*self.x)) < SMALL
        if rough or small or self.eps > np.finfo(float).eps or self.magnification > STEEP_FROM:
            level = noise_of(function, self.x, t, curves)
            noise = level.sure + level.doubtful
        found = along(function, self.x, t, curves, noise, self.watches)
        if self.magnification <= STEEP_FROM:
            return found
        return steeper(
            found, along(function, self.x, t, curves, 0.0, self.watches, REACH / self.magnification)
        )

    def _aligned(self, *x: Any) -> Any:
        out = self.f(*x)
        return out if self.align is None else self.align(out, self.value)

    def differences_along(self, direction: Direction) -> Differences:
        if self.exact is not self:
            return self.exact.differences_along(direction)
        key = id(direction)
        if key not in self._kept:
            pairs = zip(direction.tangent, self.x, strict=True)
            self._kept[key] = self._differences(
                [np.asarray(part).astype(np.asarray(x).dtype) for part, x in pairs]
            )
        return self._kept[key]

    def _differences(self, t: Sequence[Array]) -> Differences:
        """Along a tangent; with second looks where the function is noisy, steep, or analytic."""
        curves = [leaf.domain.retract for leaf in self.function.leaves]
        sure, doubtful = self.noise.sure, self.noise.doubtful

        def look(noise: Any, reach: float = REACH) -> Differences:
            return along(self._aligned, self.x, t, curves, noise, True, reach)

        found = look(sure + doubtful)
        if np.any(sure + doubtful > DOUBT * self.eps):
            found = widened(found, look(sure), look(0.0))
        if self.claimed is None and self.magnification > STEEP_FROM:
            found = steeper(found, look(sure, REACH / self.magnification))
        if self.complex_steps and not any(np.iscomplexobj(part) for part in (*self.x, *self.value)):
            exact = complex_step(self.f, self.x, t)
            found = sharpened(found, exact, self.rounding(exact))
        return found

    @property
    def differences_seen(self) -> list[Differences]:
        """The differences that were taken so far."""
        return list(self._kept.values())

    @property
    def chance_of_a_miss(self) -> str:
        """What random directions may have missed; empty where every entry was moved."""
        by_one = self.claimed is not None or flat(self.value).size <= FULL // 2
        if self.is_full and by_one:
            return ""
        return (
            f"{RANDOM} random directions stand for each large argument or result: an entry that is wrong by "
            f"{CHOICES} bounds or more is missed with a chance below {float(CHOICES) ** -RANDOM:.0e}"
        )

    @cached_property
    def tangent_differences(self) -> Differences:
        if self.exact is not self:
            return self.exact.tangent_differences
        return self.along(lambda *x: self.push(x, self.u), self.v)

    @cached_property
    def cotangent_differences(self) -> Differences:
        if self.exact is not self:
            return self.exact.cotangent_differences
        return self.along(lambda *x: self.pull(x, self.g), self.u)

    # -- the user's units -----------------------------------------------------------------------------------

    def _step_units(self, direction: Direction) -> float:
        moved = [
            leaf.scale for leaf, t in zip(self.function.leaves, direction.tangent, strict=True) if np.any(t)
        ]
        return 1 / moved[0] if len(moved) == 1 else 1.0

    def units(self, direction: Direction) -> Any:
        sizes = [np.full(np.size(y), s) for y, s in zip(self.value, self.function.scales, strict=True)]
        return np.concatenate(sizes) * self._step_units(direction)

    def units_of_probes(self, direction: Direction) -> Any:
        scales = [
            max((s for part, s in zip(g, self.function.scales, strict=True) if np.any(part)), default=1.0)
            for g in self.probes
        ]
        return np.array(scales) * self._step_units(direction)
