"""NumPy's names and signatures, differentiable; plain ``import numpy as np`` works as well.

The names in ``__all__`` have derivatives, or give constants where the result is discrete. Every other name of
NumPy (constants, dtypes, array creation, random, testing ...) passes through; such a function refuses a
traced array by name.
"""

from __future__ import annotations

from typing import Any

import numpy as _numpy

from linad.numpy import (
    choices,
    contiguous,
    creation,
    editing,
    elements,
    fft,
    grids,
    histograms,
    indexing,
    joining,
    linalg,
    methods,  # noqa: F401  # attaches attributes and methods to traced arrays
    operators,  # noqa: F401  # ... so does it
    order,
    padding,
    products,
    quantiles,
    reductions,
    refusals,  # noqa: F401  # says what to write in the place of what is refused
    rounding,
    sequences,
    shapes,
    sorting,
    statistics,
    ufuncs,  # noqa: F401  # registers numpy.add.reduce and the like
)
from linad.numpy.choices import *  # noqa: F403  # the door's names, listed in choices.__all__
from linad.numpy.contiguous import *  # noqa: F403  # ... in contiguous.__all__
from linad.numpy.creation import *  # noqa: F403  # ... in creation.__all__
from linad.numpy.editing import *  # noqa: F403  # ... in editing.__all__
from linad.numpy.elements import *  # noqa: F403  # ... in elements.__all__
from linad.numpy.grids import *  # noqa: F403  # ... in grids.__all__
from linad.numpy.histograms import *  # noqa: F403  # ... in histograms.__all__
from linad.numpy.indexing import *  # noqa: F403  # ... in indexing.__all__
from linad.numpy.joining import *  # noqa: F403  # ... in joining.__all__
from linad.numpy.order import *  # noqa: F403  # ... in order.__all__
from linad.numpy.padding import *  # noqa: F403  # ... in padding.__all__
from linad.numpy.products import *  # noqa: F403  # ... in products.__all__
from linad.numpy.quantiles import *  # noqa: F403  # ... in quantiles.__all__
from linad.numpy.reductions import *  # noqa: F403  # ... in reductions.__all__
from linad.numpy.rounding import *  # noqa: F403  # ... in rounding.__all__
from linad.numpy.sequences import *  # noqa: F403  # ... in sequences.__all__
from linad.numpy.shapes import *  # noqa: F403  # ... in shapes.__all__
from linad.numpy.sorting import *  # noqa: F403  # ... in sorting.__all__
from linad.numpy.statistics import *  # noqa: F403  # ... in statistics.__all__

__all__ = ["fft", "linalg"]
__all__ += choices.__all__
__all__ += contiguous.__all__
__all__ += creation.__all__
__all__ += editing.__all__
__all__ += elements.__all__
__all__ += grids.__all__
__all__ += histograms.__all__
__all__ += indexing.__all__
__all__ += joining.__all__
__all__ += order.__all__
__all__ += padding.__all__
__all__ += products.__all__
__all__ += quantiles.__all__
__all__ += reductions.__all__
__all__ += rounding.__all__
__all__ += sequences.__all__
__all__ += shapes.__all__
__all__ += sorting.__all__
__all__ += statistics.__all__


def __getattr__(name: str) -> Any:
    """A name of NumPy that is not mirrored: NumPy's own."""
    return getattr(_numpy, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_numpy.__all__})
