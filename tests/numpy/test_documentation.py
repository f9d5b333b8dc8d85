"""docs/numpy.md says what is so."""

import doctest
import re
from pathlib import Path

import linad.numpy as lnp

PAGE = Path(__file__).parents[2] / "docs" / "numpy.md"


def test_examples_of_the_page_run() -> None:
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    outcome = doctest.testfile(str(PAGE), module_relative=False, optionflags=options)
    assert outcome.attempted > 8
    assert outcome.failed == 0


def test_the_table_of_the_page_lists_the_names_that_exist() -> None:
    rows = PAGE.read_text(encoding="utf-8").rpartition("|---|---|\n")[2].splitlines()
    listed = {row.split("|")[1].strip(): set(re.findall(r"`(\w+)`", row)) for row in rows}
    assert listed.pop("numpy.fft") == set(lnp.fft.__all__)
    assert listed.pop("numpy.linalg") == set(lnp.linalg.__all__)
    assert set().union(*listed.values()) == set(lnp.__all__) - {"fft", "linalg"}
