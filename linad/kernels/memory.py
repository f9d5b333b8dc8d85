"""Memory of large arrays, kept by the process between calls.

glibc gives what is freed at the end of its heap back to the system, and fetches it again, page by page and cleared,
for the next temporary: for matrices of order 256 that is a third of the time of a gradient. How much it keeps, it
learns from the largest block that it has been given back, up to 32 MiB. So it is given one, of which nothing is
touched. Elsewhere this changes nothing.
"""

from __future__ import annotations

import numpy as np

_LARGEST = 2**25 - 2**15  # bytes; what is larger teaches it nothing


def keep_what_is_freed() -> None:
    """Let the allocator keep up to 64 MiB for the next arrays; environment variables of glibc have precedence."""
    np.empty(_LARGEST, np.uint8)
