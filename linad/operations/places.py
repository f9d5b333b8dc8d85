"""Where entries stand, which are equal, how many there are: all discrete."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import BINARY, UNARY, Sample, discrete

_VECTORS = (Sample(((4,), (3,))), Sample(((2, 2), (1,))), Sample(((0,), (2,))))
_ALONG = (Sample(((4,),), (0,)), Sample(((2, 3),), (1,)), Sample(((2, 3),), (None,), "2x3-flat"))


def _unique(x: Any, part: str, axis: Any, equal_nan: bool) -> Any:
    """One of the arrays of numbers that numpy.unique can return: places, the inverse, or counts."""
    return np.unique(x, **{f"return_{part}": True}, axis=axis, equal_nan=equal_nan)[1]


def _as_they_come(x: Any, equal_nan: bool) -> Any:
    """The places of the different entries in the order in which numpy.unique finds them, not sorted."""
    found = np.unique(x, equal_nan=equal_nan, sorted=False)
    values, places = np.unique(x, return_index=True, equal_nan=equal_nan)
    return places[np.searchsorted(values, found)]


argwhere = discrete("argwhere", np.argwhere, samples=(Sample(((),)), Sample(((3,),)), Sample(((2, 3),))))
isin = discrete(
    "isin",
    lambda x, tests, assume_unique, invert, kind: np.isin(
        x, tests, assume_unique=assume_unique, invert=invert, kind=kind
    ),
    last=2,
    samples=tuple(Sample(sample.shapes, (False, False, None)) for sample in _VECTORS),
)
unique = discrete(
    "unique",
    _unique,
    samples=tuple(
        Sample((shape,), (part, axis, True), f"{part}-{axis}")
        for shape, part, axis in [((4,), "index", None), ((2, 3), "inverse", None), ((2, 3), "counts", 1)]
    ),
)
unsorted_places = discrete("unsorted_places", _as_they_come, samples=(Sample(((4,),), (True,)),))
digitize = discrete(
    "digitize",
    np.digitize,
    last=2,
    domain=("real", "sorted"),
    samples=(Sample(((3,), (4,)), (False,)), Sample(((), (2,)), (True,))),
    dtypes="f",
)
nanargmax = discrete("nanargmax", np.nanargmax, samples=_ALONG, dtypes="f")
nanargmin = discrete("nanargmin", np.nanargmin, samples=_ALONG, dtypes="f")
isreal = discrete("isreal", np.isreal, samples=UNARY)
iscomplex = discrete("iscomplex", np.iscomplex, samples=UNARY)
isposinf = discrete("isposinf", np.isposinf, samples=UNARY, dtypes="f")
isneginf = discrete("isneginf", np.isneginf, samples=UNARY, dtypes="f")
array_equiv = discrete("array_equiv", np.array_equiv, last=2, samples=BINARY)
# A method of a ufunc whose values are discrete: numpy.less.outer has doors of its own, as numpy.less.reduce here.
folded = discrete(
    "folded",
    lambda x, ufunc, method, *options: getattr(ufunc, method)(x, *options),
    samples=(
        Sample(((4,),), (np.logical_xor, "reduce", 0), "xor-reduce"),
        Sample(((2, 3),), (np.logical_or, "accumulate", 1), "or-accumulate"),
    ),
)
