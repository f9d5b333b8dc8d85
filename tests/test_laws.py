"""Every law over every operation at every class of points: the run of ``linad check``."""

import pytest

from linad.check import LAWS, matching
from linad.check.laws import points_of, reason_against


def _cases():
    """Class by class within an operation, so that laws share what is computed at its points."""
    for primitive in matching():
        laws = [law for law in LAWS if not reason_against(law, primitive)]
        classes = {}
        for point in points_of(primitive):
            classes.setdefault(point.class_name, []).append(point)
        for name, points in classes.items():
            for law in laws:
                own = [point for point in points if law.at(point)]
                if own:
                    yield pytest.param(law, own, id=f"{primitive.name}-{law.name}-{name}")


@pytest.mark.parametrize(("law", "points"), list(_cases()))
def test_law(law, points):
    findings = [law(point) for point in points]
    assert not [str(finding) for finding in findings if not finding.holds]
