"""What the engine's tests share: a table of primitives that is restored."""

from collections.abc import Iterator

import pytest

from linad.core import primitive
from linad.core.traced import open_doors


@pytest.fixture
def fresh_table() -> Iterator[None]:
    """Primitives that a test declares are forgotten after it: laws over all primitives never meet them."""
    open_doors()  # what they declare is not forgotten
    saved = dict(primitive.primitives), dict(primitive.table)
    yield
    for table, before in zip((primitive.primitives, primitive.table), saved, strict=True):
        table.clear()
        table.update(before)
