"""What the engine's tests share: a table of primitives that is restored."""

from collections.abc import Iterator

import pytest

from linad.core import primitive
from linad.core.traced import open_door


@pytest.fixture
def fresh_table() -> Iterator[None]:
    """Primitives that a test declares are forgotten after it: laws over all primitives never meet them."""
    while open_door():  # what they declare is not forgotten
        pass
    saved = dict(primitive.primitives), dict(primitive.table)
    yield
    for table, before in zip((primitive.primitives, primitive.table), saved, strict=True):
        table.clear()
        table.update(before)
