"""Rows as text: what was measured, and whether the target is met."""

from __future__ import annotations

from benchmarks.measure import Row

HEAD = f"{'work':44} {'linad us':>11} {'against':>20} {'us':>11} {'ratio':>6}  target"


def name_of(row: Row) -> str:
    target = row.target
    many = f"{target.batch[0]} x " if target.batch else ""
    return f"{target.work}, {many}n = {row.size}, {target.mode}"


def line(row: Row) -> str:
    ours = row.timings["linad"]
    start = f"{name_of(row):44} {ours.median * 1e6:11.1f}"
    if row.ratio is None:
        return f"{start} {row.target.against:>20} {'absent':>11}"
    theirs = row.timings[row.rival]
    kind = f"{row.rival} (best)" if row.target.against == "best peer" else row.rival
    verdict = "met" if row.met else "MISSED"
    return (
        f"{start} {kind:>20} {theirs.median * 1e6:11.1f} {row.ratio:6.2f}  {row.target.limit:.2f} {verdict}"
    )
