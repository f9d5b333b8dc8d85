"""One BLAS thread for each test process, bounded property tests, and the one source of random numbers.

``LINAD_EXAMPLES=500 python -m pytest tests/numpy`` tries 500 examples in each property test, in the place of the few
that the test itself asks for.
"""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # read when NumPy is first imported, below

from collections import Counter  # noqa: E402  # after the environment
from collections.abc import Generator  # noqa: E402  # after the environment
from zlib import crc32  # noqa: E402  # after the environment

import numpy as np  # noqa: E402  # after the environment
import pytest  # noqa: E402  # after the environment
from coverage import Coverage  # noqa: E402  # after the environment
from hypothesis import HealthCheck, settings  # noqa: E402  # after the environment

# The same code at thousands of points: tracing which lines run triples the time, and others run them as well.
TRACED = 4  # cases of one parametrized test of which the lines are traced
EVIDENCE = (
    "test_laws.py",
    "check/test_doors.py",
    "check/test_mutants.py",
    "core/test_cost.py",
    "derive/test_fuzz.py",
    "derive/test_members.py",
    "kernels/test_pointers.py",
    "linalg/test_lapack_calls.py",
    "numpy/test_agreement.py",
    "numpy/test_second_order.py",
)
TRACER, UNTRACED = pytest.StashKey[Coverage](), pytest.StashKey[bool]()


settings.register_profile(
    "linad",
    deadline=None,
    max_examples=50,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],  # it times, and a machine may be busy
)
settings.load_profile("linad")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is not traced, and the examples that LINAD_EXAMPLES asks for, before the settings of a test."""
    cases: Counter[str] = Counter()
    for item in items:
        test = item.nodeid.partition("[")[0]
        cases[test] += 1
        evidence = item.path.as_posix().endswith(EVIDENCE) or item.path.name.startswith("test_fuzzed")
        if evidence or cases[test] > TRACED:
            item.stash[UNTRACED] = True
    wished = os.environ.get("LINAD_EXAMPLES")
    for test in {getattr(item, "obj", None) for item in items} if wished else ():
        if getattr(test, "is_hypothesis_test", False):
            own = getattr(test, "_hypothesis_internal_use_settings", settings.default)
            test._hypothesis_internal_use_settings = settings(own, max_examples=int(wished))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Lines are traced while tests are imported and in the calls of some: pytest's own work takes as long as theirs."""
    while (tracer := Coverage.current()) is not None:  # a worker has two, one inside the other
        tracer.stop()
        session.config.stash.setdefault(TRACER, tracer)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    tracer = None if UNTRACED in item.stash else item.config.stash.get(TRACER, None)
    if tracer is not None:
        tracer.start()
    try:
        return (yield)
    finally:
        if tracer is not None:
            tracer.stop()


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator seeded by the name of the test: the same numbers in every run and in any order."""
    return np.random.default_rng(crc32(request.node.nodeid.encode()))
