"""NumPy's names and signatures, differentiable. ``import linad.numpy as np`` and plain ``import numpy as np`` both work."""

from __future__ import annotations

from linad.numpy import fft, linalg, methods
from linad.numpy.choices import *  # noqa: F403  # the door's names, listed in choices.__all__
from linad.numpy.elements import *  # noqa: F403  # ... in elements.__all__
from linad.numpy.indexing import *  # noqa: F403  # ... in indexing.__all__
from linad.numpy.products import *  # noqa: F403  # ... in products.__all__
from linad.numpy.reductions import *  # noqa: F403  # ... in reductions.__all__
from linad.numpy.shapes import *  # noqa: F403  # ... in shapes.__all__
