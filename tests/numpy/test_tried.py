"""Every function that linad.numpy mirrors is tried by a property test: measured, while the property tests run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.numpy.reaching import DOORS

ROOT = Path(__file__).parents[2]
NOT_TRIED = {
    "numpy.fft": "a module",
    "numpy.linalg": "a module",
    "numpy.bmat": "refused: test_editing",
    "numpy.row_stack": "NumPy warns that its name is old: test_editing",
}


@pytest.mark.slow
def test_every_mirrored_function_is_reached_by_a_property_test(tmp_path: Path) -> None:
    found = tmp_path / "reached"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.numpy.reaching", "-p", "no:cacheprovider", "tests/numpy"],
        cwd=ROOT,
        env=os.environ | {"LINAD_REACHED": str(found), "LINAD_EXAMPLES": "10"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    mirrored = {f"{module.__name__}.{name}" for mine, module in DOORS for name in mine.__all__}
    assert mirrored - set(found.read_text(encoding="utf-8").split()) == set(NOT_TRIED) & mirrored
