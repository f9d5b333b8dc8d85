"""NumPy's names and signatures, differentiable; plain ``import numpy as np`` works as well.

The names in ``__all__`` have derivatives, or give constants where the result is discrete. Every other name of
NumPy (constants, dtypes, array creation, random, testing ...) passes through; such a function refuses a
traced array by name.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as _numpy

from linad.numpy import (
    applying,
    calculus,
    choices,
    contiguous,
    convolutions,
    covariance,
    creation,
    editing,
    elements,
    fft,
    floats,
    grids,
    histograms,
    indexing,
    joining,
    methods,  # noqa: F401  # attaches attributes and methods to traced arrays
    nans,
    operators,  # noqa: F401  # ... so does it
    order,
    padding,
    places,
    polynomials,
    products,
    quantiles,
    reductions,
    refusals,  # noqa: F401  # says what to write in the place of what is refused
    rounding,
    sequences,
    sets,
    shapes,
    sorting,
    spacing,
    statistics,
    ufuncs,  # noqa: F401  # registers numpy.add.reduce and the like
)
from linad.numpy.applying import *  # noqa: F403  # the door's names, listed in applying.__all__
from linad.numpy.calculus import *  # noqa: F403  # ... in calculus.__all__
from linad.numpy.choices import *  # noqa: F403  # ... in choices.__all__
from linad.numpy.contiguous import *  # noqa: F403  # ... in contiguous.__all__
from linad.numpy.convolutions import *  # noqa: F403  # ... in convolutions.__all__
from linad.numpy.covariance import *  # noqa: F403  # ... in covariance.__all__
from linad.numpy.creation import *  # noqa: F403  # ... in creation.__all__
from linad.numpy.editing import *  # noqa: F403  # ... in editing.__all__
from linad.numpy.elements import *  # noqa: F403  # ... in elements.__all__
from linad.numpy.floats import *  # noqa: F403  # ... in floats.__all__
from linad.numpy.grids import *  # noqa: F403  # ... in grids.__all__
from linad.numpy.histograms import *  # noqa: F403  # ... in histograms.__all__
from linad.numpy.indexing import *  # noqa: F403  # ... in indexing.__all__
from linad.numpy.joining import *  # noqa: F403  # ... in joining.__all__
from linad.numpy.nans import *  # noqa: F403  # ... in nans.__all__
from linad.numpy.order import *  # noqa: F403  # ... in order.__all__
from linad.numpy.padding import *  # noqa: F403  # ... in padding.__all__
from linad.numpy.places import *  # noqa: F403  # ... in places.__all__
from linad.numpy.polynomials import *  # noqa: F403  # ... in polynomials.__all__
from linad.numpy.products import *  # noqa: F403  # ... in products.__all__
from linad.numpy.quantiles import *  # noqa: F403  # ... in quantiles.__all__
from linad.numpy.reductions import *  # noqa: F403  # ... in reductions.__all__
from linad.numpy.rounding import *  # noqa: F403  # ... in rounding.__all__
from linad.numpy.sequences import *  # noqa: F403  # ... in sequences.__all__
from linad.numpy.sets import *  # noqa: F403  # ... in sets.__all__
from linad.numpy.shapes import *  # noqa: F403  # ... in shapes.__all__
from linad.numpy.sorting import *  # noqa: F403  # ... in sorting.__all__
from linad.numpy.spacing import *  # noqa: F403  # ... in spacing.__all__
from linad.numpy.statistics import *  # noqa: F403  # ... in statistics.__all__

__all__ = ["fft", "linalg"]  # noqa: F405  # opened by __getattr__
__all__ += applying.__all__
__all__ += calculus.__all__
__all__ += choices.__all__
__all__ += contiguous.__all__
__all__ += convolutions.__all__
__all__ += covariance.__all__
__all__ += creation.__all__
__all__ += editing.__all__
__all__ += elements.__all__
__all__ += floats.__all__
__all__ += grids.__all__
__all__ += histograms.__all__
__all__ += indexing.__all__
__all__ += joining.__all__
__all__ += nans.__all__
__all__ += order.__all__
__all__ += padding.__all__
__all__ += places.__all__
__all__ += polynomials.__all__
__all__ += products.__all__
__all__ += quantiles.__all__
__all__ += reductions.__all__
__all__ += rounding.__all__
__all__ += sequences.__all__
__all__ += sets.__all__
__all__ += shapes.__all__
__all__ += sorting.__all__
__all__ += spacing.__all__
__all__ += statistics.__all__


def __getattr__(name: str) -> Any:
    """``linalg``, which is opened when it is asked for; of what is not mirrored NumPy's own."""
    if name == "linalg":
        return import_module("linad.numpy.linalg")
    return getattr(_numpy, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_numpy.__all__})
