"""Large temporaries do not go back to the system between calls."""

import platform
import subprocess
import sys

import pytest

_COUNT = """
import resource, numpy as np
import linad
def work():
    X = [np.ones(2**17) for _ in range(8)]
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
work()
before = faults()
for _ in range(10): work()
print(faults() - before)
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other allocators keep memory by rules of their own"
)
def test_arrays_of_a_megabyte_are_not_fetched_again():
    ran = subprocess.run([sys.executable, "-c", _COUNT], capture_output=True, text=True, check=True)
    pages = 10 * 8 * 2**20 // 4096
    assert int(ran.stdout) < pages / 20
