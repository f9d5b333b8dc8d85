"""Every law over every operation at every point of the covering design: the run of ``linad check``.

All laws of a sample are one test, because they share what is computed at its points.
"""

from itertools import groupby

import pytest

from linad.check import matching
from linad.check.laws import findings_of, points_of


def _cases():
    for primitive in matching():
        points = sorted(points_of(primitive), key=lambda point: point.sample.name)
        for name, own in groupby(points, key=lambda point: point.sample.name):
            yield pytest.param(primitive, list(own), id=f"{primitive.name}-{name}")


@pytest.mark.parametrize(("primitive", "points"), list(_cases()))
def test_laws(primitive, points):
    assert not [str(finding) for finding in findings_of(primitive, points) if not finding.holds]
