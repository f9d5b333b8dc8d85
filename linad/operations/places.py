"""Where entries stand, which are equal, how many there are: all discrete."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import BINARY, UNARY, Sample, discrete
from linad.operations.integers import of_integers

_VECTORS = (Sample(((4,), (3,))), Sample(((2, 2), (1,))), Sample(((0,), (2,))))
_ALONG = (
    Sample(((4,),), (0, False)),
    Sample(((2, 3),), (1, True)),
    Sample(((2, 3),), (None, False), "2x3-flat"),
)


def _unique(x: Any, part: str, axis: Any, equal_nan: bool) -> Any:
    """One of the arrays of numbers that numpy.unique can return: places, the inverse, or counts."""
    options: Any = {f"return_{part}": True}
    return np.unique(x, axis=axis, equal_nan=equal_nan, **options)[1]


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
common_places = discrete(
    "common_places",
    lambda x, y, assume_unique, which: np.intersect1d(x, y, assume_unique, True)[1 + which],
    last=2,
    samples=tuple(Sample(sample.shapes, (False, 1)) for sample in _VECTORS),
)
digitize = discrete(
    "digitize",
    np.digitize,
    last=2,
    domain=("real", "sorted"),
    samples=(Sample(((3,), (4,)), (False,)), Sample(((), (2,)), (True,))),
    dtypes="f",
)
nanargmax = discrete(
    "nanargmax",
    lambda x, axis, keepdims: np.nanargmax(x, axis, keepdims=keepdims),
    samples=_ALONG,
    dtypes="f",
)
nanargmin = discrete(
    "nanargmin",
    lambda x, axis, keepdims: np.nanargmin(x, axis, keepdims=keepdims),
    samples=_ALONG,
    dtypes="f",
)
bincount = of_integers(
    discrete(
        "bincount",
        lambda x, minlength: np.bincount(x, minlength=minlength),
        domain=("positive",),
        samples=(Sample(((5,),), (0,)), Sample(((3,),), (7,), "longer"), Sample(((0,),), (2,))),
        dtypes="f",
    )
)
isreal = discrete("isreal", np.isreal, samples=UNARY)
iscomplex = discrete("iscomplex", np.iscomplex, samples=UNARY)
isposinf = discrete("isposinf", np.isposinf, samples=UNARY, dtypes="f")
isneginf = discrete("isneginf", np.isneginf, samples=UNARY, dtypes="f")
array_equiv = discrete("array_equiv", np.array_equiv, last=2, samples=BINARY)
# reduce, accumulate and reduceat of ufuncs whose values are discrete
folded = discrete(
    "folded",
    lambda x, ufunc, method, options: getattr(ufunc, method)(x, **dict(options)),
    samples=(
        Sample(((4,),), (np.logical_xor, "reduce", ()), "xor-reduce"),
        Sample(((2, 3),), (np.logical_or, "accumulate", (("axis", 1),)), "or-accumulate"),
    ),
)
