"""scipy.stats' distributions by the same names: densities and distribution functions, differentiable.

Every other name of scipy.stats passes through, and refuses traced arrays.
"""

from __future__ import annotations

from typing import Any

import scipy.stats as _stats

from linad.stats import counts, halves, lines, matrices, multivariate
from linad.stats.counts import *  # noqa: F403  # the names, listed in counts.__all__
from linad.stats.halves import *  # noqa: F403  # ... in halves.__all__
from linad.stats.lines import *  # noqa: F403  # ... in lines.__all__
from linad.stats.matrices import *  # noqa: F403  # ... in matrices.__all__
from linad.stats.mirrored import plain_only as _plain_only
from linad.stats.multivariate import *  # noqa: F403  # ... in multivariate.__all__

__all__: list[str] = []
__all__ += counts.__all__
__all__ += halves.__all__
__all__ += lines.__all__
__all__ += matrices.__all__
__all__ += multivariate.__all__


def __getattr__(name: str) -> Any:
    """A name of scipy.stats that is not mirrored: SciPy's own."""
    return _plain_only(name, getattr(_stats, name))


def __dir__() -> list[str]:
    return sorted({*__all__, *_stats.__all__})
