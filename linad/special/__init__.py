"""scipy.special's names, differentiable; plain ``scipy.special`` ufuncs on traced arrays work as well.

Every other name of scipy.special passes through, and refuses traced arrays.
"""

from __future__ import annotations

from typing import Any

import scipy.special as _special

from linad.special import (
    distributions,
    functions,
    refusals,  # noqa: F401  # says what to write in the place of what is refused
    smooth,
    waves,
)
from linad.special.distributions import *  # noqa: F403  # the door's names, listed in distributions.__all__
from linad.special.functions import *  # noqa: F403  # ... in functions.__all__
from linad.special.smooth import *  # noqa: F403  # ... in smooth.__all__
from linad.special.waves import *  # noqa: F403  # ... in waves.__all__

__all__: list[str] = []
__all__ += distributions.__all__
__all__ += functions.__all__
__all__ += smooth.__all__
__all__ += waves.__all__


def __getattr__(name: str) -> Any:
    """A name of scipy.special that is not mirrored: SciPy's own."""
    return getattr(_special, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_special.__all__})
