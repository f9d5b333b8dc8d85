"""docs/special.md says what is so."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "special.md"


def test_examples_of_the_page_run():
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    outcome = doctest.testfile(str(PAGE), module_relative=False, optionflags=options)
    assert outcome.attempted > 8
    assert outcome.failed == 0
