"""What verification found, as text: a table for one rule, or a line for each operation of the catalogue and field.

Exit status 0: all holds; 1: something does not; 2: there is nothing to try, for no field, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from linad.derive.catalogue import rule as named
from linad.derive.rule import Rule
from linad.derive.verify import LAWS, Finding, verify, worst_of
from linad.errors import DerivationError

FIELDS = ("real", "complex")
COLUMNS = ("fd", "adjoint", "oracle", "second")


@dataclass(frozen=True, slots=True)
class Trials:
    """What came of a rule over a field: findings, or why there are none: a refusal, or the error it stopped by."""

    field: str
    findings: tuple[Finding, ...] = ()
    refusal: DerivationError | None = None
    error: Exception | None = None

    @property
    def fails(self) -> bool:
        return self.error is not None or not all(finding.holds for finding in self.findings)


def trials(rule: Rule, fields: Iterable[str] = FIELDS) -> list[Trials]:
    """A rule verified over fields; where all its matrices are real there is only one."""
    if all(symbol.structure.real for symbol in (*rule.inputs, *rule.outputs)):
        fields = FIELDS[:1]
    return [_trials(rule, field) for field in fields]


def _trials(rule: Rule, field: str) -> Trials:
    try:
        return Trials(field, tuple(verify(rule, field == "complex")))
    except DerivationError as refusal:
        return Trials(field, refusal=refusal)
    except MemoryError:  # which says nothing of the rule
        raise
    except Exception as error:  # a program that does not run is a finding too
        return Trials(field, error=error)


def status(found: Sequence[Trials]) -> int:
    """The exit status for one rule."""
    if any(one.fails for one in found):
        return 1
    return 2 if all(one.refusal for one in found) else 0


def of_rule(rule: Rule, fields: Sequence[str] = FIELDS) -> tuple[str, int]:
    """The laws and their worst errors over each field, as text; the exit status. A refusal over all is raised."""
    found = trials(rule, fields)
    if found[0].refusal and status(found) == 2:
        raise found[0].refusal
    tried = [one for one in found if one.findings]
    lines = ["; ".join(rule.equations)]
    if tried:
        width = max(len(law.what) for law in LAWS)
        heads = "  ".join(f"{one.field:7}" for one in tried)
        lines.append(f"    {'':{width}}  {heads}  bound")
        for findings in zip(*[one.findings for one in tried], strict=True):
            errors = "  ".join(f"{finding.error:<7.1e}" for finding in findings)
            verdict = "ok" if all(finding.holds for finding in findings) else "FAILS"
            lines.append(f"    {findings[0].what:{width}}  {errors}  {findings[0].bound:<5.0e}  {verdict}")
    lines += [f"    {one.field}: {reason(one)}" for one in found if not one.findings]
    return "\n".join(lines), status(found)


def of_catalogue(
    names: Sequence[str],
    fields: Sequence[str] = FIELDS,
    progress: Callable[[int, int, str], None] = lambda *_: None,
) -> tuple[str, int]:
    """A line for each operation and field, with the worst error of each kind of evidence; the exit status.

    ``progress`` is told after each operation how many are done, of how many, and the name.
    """
    width = max(map(len, names), default=0)
    lines = [f"{'':{width}}  {'':7}  {'  '.join(f'{column:7}' for column in COLUMNS)}".rstrip()]
    found = {}
    for done, name in enumerate(names, 1):
        found[name] = trials(named(name), fields)
        progress(done, len(names), name)
    for name, ones in found.items():
        lines += [f"{name:{width}}  {one.field:7}  {_line(one)}" for one in ones]
    every = [one for ones in found.values() for one in ones]
    refused, failing = sum(one.refusal is not None for one in every), sum(one.fails for one in every)
    lines.append(
        f"{len(every)} lines: {len(every) - refused - failing} ok, {failing} failing, {refused} refused"
    )
    statuses = {status(ones) for ones in found.values()}
    return "\n".join(lines), next((code for code in (1, 2) if code in statuses), 0)


def _line(one: Trials) -> str:
    """What stands behind the name and the field."""
    if not one.findings:
        return reason(one)
    pairs = list(zip(LAWS, one.findings, strict=True))
    worst = [worst_of(finding.error for law, finding in pairs if law.column == column) for column in COLUMNS]
    failing = dict.fromkeys(law.column for law, finding in pairs if not finding.holds)
    verdict = f"FAILS: {', '.join(failing)}" if failing else "ok"
    if held := worst_of(finding.error for law, finding in pairs if law.column == "held"):
        verdict += f", {held:.0%} of the inputs held fixed"
    return f"{'  '.join(f'{error:<7.1e}' for error in worst)}  {verdict}"


def reason(one: Trials) -> str:
    """Why there are no findings, in a line."""
    said = one.refusal.args[1] if one.refusal else f"{type(one.error).__name__}: {one.error}"
    return f"{'refused' if one.refusal else 'FAILS'}: {said}".partition("\n")[0]
