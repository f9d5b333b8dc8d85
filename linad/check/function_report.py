"""The report on a user's function: findings as data, and as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linad.check.finding import Finding

SHOWN = 8  # failing or undecided entries that are written out


@dataclass(frozen=True, slots=True)
class FunctionReport:
    """What was found about the derivatives of a function.

    Attributes
    ----------
    name
        The function's.
    findings
        A verdict for each law, and in each law about entries for each entry that was moved: ``finding.gap`` has the
        entry, the number that was claimed, the difference, and the difference's own error.
    notes
        What else there is to know: the operation whose rule is wrong, jumps nearby, digits lost, the chance of a miss.
    """

    name: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    modes: tuple[str, ...]
    order: int
    seed: int
    seconds: float

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.holds is False)

    @property
    def undecided(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.holds is None)

    @property
    def holds(self) -> bool | None:
        """True if every finding holds, False if one fails, None if one is undecided or there is none."""
        return False if self.failures else None if self.undecided or not self.findings else True

    @property
    def sentence(self) -> str:
        count = len(self.findings)
        if self.holds is False:
            return f"{self.name}: {len(self.failures)} of {count} findings FAIL."
        if self.holds is None:
            return f"{self.name}: undecided, {len(self.undecided)} of {count} findings; none fails."
        return f"{self.name}: the derivatives hold, by {count} findings."

    def __str__(self) -> str:
        lines = [self.sentence, *_rows(self.findings)]
        told = list(
            {finding.detail: finding for finding in reversed([*self.failures, *self.undecided])}.values()
        )[::-1]
        lines += [f"  - {line(finding)}" for finding in told[:SHOWN]]
        if len(told) > SHOWN:
            lines.append(f"  - ... and {len(told) - SHOWN} more")
        return "\n".join([*lines, *[f"  note: {note}" for note in self.notes]])


def line(finding: Finding) -> str:
    """A finding in one line: the entry, both numbers, the difference's own error."""
    word = {True: "holds", False: "FAILS", None: "is undecided"}[finding.holds]
    gap = finding.gap
    if gap is None or gap.own is None:  # nothing was compared with a difference
        return f"{finding.law} {word}: {finding.detail}"
    entry = f" at {gap.entry}" if gap.entry else ""
    numbers = f"{gap.claimed:.9g}, by differences {gap.reference:.9g} +- {gap.own:.1g}"
    return f"{finding.law} {word}{entry}: {numbers}" + (f" ({gap.reason})" if gap.reason else "")


def _rows(findings: tuple[Finding, ...]) -> Iterator[str]:
    for law in dict.fromkeys(finding.law for finding in findings):
        own = [finding for finding in findings if finding.law == law]
        verdicts = [finding.holds for finding in own]
        failures, undecided = verdicts.count(False), verdicts.count(None)
        verdict = f"FAILS {failures}" if failures else f"undecided {undecided}" if undecided else "ok"
        worst = max(finding.error for finding in own)
        yield f"    {law:16} {len(own):4}  worst {worst:<8.2g} {verdict}"
