"""No test of SciPy or NumPy fails with linad's functions that passes with their own."""

import pytest

from tests.conformance.conduct import MODULES, check
from tests.conformance.swapping import MODES


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("module", MODULES)
def test_no_test_fails_only_with_the_swap(module: str, mode: str) -> None:
    verdict = check(module, mode)
    if not verdict.holds:
        pytest.fail(f"{module}, {mode}\n{verdict}", pytrace=False)
