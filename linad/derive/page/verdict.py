"""What verification found, as a part of an article: a table of laws and fields, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from linad.derive.page.article import Part, number
from linad.derive.symbolic.writing.markup import Markup, element, joined
from linad.derive.table import Trials, reason, status
from linad.derive.verify import Finding

_VERDICTS = {0: "All laws hold.", 1: "Not all laws hold.", 2: "There was nothing to try."}


def verdict(found: Sequence[Trials]) -> Part:
    """The worst errors of a rule over each field, and whether they are below their bounds."""
    tried = [one for one in found if one.findings]
    body = [element("p", _VERDICTS[status(found)], class_=f"verdict status-{status(found)}")]
    if tried:
        body.append(_table(tried))
    body += [element("p", f"{one.field}: {reason(one)}") for one in found if not one.findings]
    return Part("Numbers", joined(body), "tried on random matrices that solve the equations")


def _table(tried: Sequence[Trials]) -> Markup:
    heads = ["law", *(one.field for one in tried), "bound", ""]
    head = element("thead", element("tr", *(element("th", text, scope="col") for text in heads)))
    rows = [_row(findings) for findings in zip(*[one.findings for one in tried], strict=True)]
    return element("div", element("table", head, element("tbody", *rows)), class_="wide", tabindex="0")


def _row(findings: Sequence[Finding]) -> Markup:
    holds = all(finding.holds for finding in findings)
    mark = "\N{CHECK MARK} holds" if holds else "\N{MULTIPLICATION X} fails"
    return element(
        "tr",
        element("th", findings[0].what, scope="row"),
        *(element("td", number(finding.error)) for finding in findings),
        element("td", number(findings[0].bound), class_="bound"),
        element("td", mark, class_="holds" if holds else "fails"),
    )
