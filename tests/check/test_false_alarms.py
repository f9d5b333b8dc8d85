"""No false alarm: laws at random points with random numbers, far from the covering design.

python -m pytest -m slow tests/check/test_false_alarms.py -s
"""

from collections import Counter
from dataclasses import replace
from itertools import cycle, islice

import numpy as np
import pytest

from linad.check import LAWS, matching
from linad.check.design import every
from linad.check.laws import reason_against

TRIPLES = 2000
SEEDS = 10**6


def _strata(rng):
    """Pairs of a law and the points at which it speaks of an operation, in random order."""
    found = []
    for primitive in matching():
        points = list(every(primitive))
        for law in LAWS:
            if not reason_against(law, primitive) and (own := [point for point in points if law.at(point)]):
                found.append((law, own))
    return [found[i] for i in rng.permutation(len(found))]


def _findings(rng):
    for law, points in islice(cycle(_strata(rng)), TRIPLES):
        point = points[rng.integers(len(points))]
        yield law(replace(point, seed=int(rng.integers(SEEDS))))


@pytest.mark.slow
def test_right_rules_do_not_fail():
    findings = list(_findings(np.random.default_rng(0)))
    verdicts = Counter(finding.holds for finding in findings)
    operations = {finding.point.primitive.name for finding in findings}
    print(
        f"\n{len(findings)} triples over {len(operations)} operations and "
        f"{len({finding.law for finding in findings})} laws: {verdicts[True]} hold, "
        f"{verdicts[False]} fail, {verdicts[None]} are undecided"
    )
    told = [f"{finding}, seed {finding.point.seed}" for finding in findings if finding.holds is not True]
    print("\n".join(told))
    assert verdicts[False] == 0
    assert verdicts[None] < 0.01 * len(findings)
