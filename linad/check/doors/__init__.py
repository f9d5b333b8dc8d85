"""Public functions by name: the calls on which the laws are tried, and the reasons why other names have none."""

from linad.check.doors.case import ARGUMENTS, COLUMNS, NAMESPACES, Case, findings_at, points
from linad.check.doors.numpy_arrays import CASES as NUMPY_ARRAYS
from linad.check.doors.numpy_arrays import OWN as WRITTEN
from linad.check.doors.numpy_elements import CASES as NUMPY_ELEMENTS
from linad.check.doors.numpy_fft import CASES as NUMPY_FFT
from linad.check.doors.numpy_linalg import CASES as NUMPY_LINALG
from linad.check.doors.numpy_numerics import CASES as NUMPY_NUMERICS
from linad.check.doors.numpy_statistics import CASES as NUMPY_STATISTICS
from linad.check.doors.scipy_linalg import CASES as SCIPY_LINALG
from linad.check.doors.scipy_linalg import OWN
from linad.check.doors.scipy_special import CASES as SCIPY_SPECIAL
from linad.check.doors.scipy_stats import CASES as SCIPY_STATS

CASES = (
    *SCIPY_LINALG,
    *OWN,
    *SCIPY_SPECIAL,
    *SCIPY_STATS,
    *NUMPY_LINALG,
    *NUMPY_FFT,
    *NUMPY_ELEMENTS,
    *NUMPY_ARRAYS,
    *NUMPY_STATISTICS,
    *NUMPY_NUMERICS,
    *WRITTEN,
)

__all__ = ["ARGUMENTS", "CASES", "COLUMNS", "NAMESPACES", "Case", "findings_at", "points"]
