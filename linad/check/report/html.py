"""Reports as one HTML page that needs nothing else: a cell for each operation and law, coloured by its margin."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import floor, log10

from linad.check.finding import Finding
from linad.check.laws import LAWS, reason_against
from linad.check.report.gathered import Report, Row, command, numbers, rows, severity
from linad.core.primitive import Primitive

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #6b7684; --line: #dfe4ea; --paper: #fff;
  --ok: 150 45%; --fail: #c62828; --open: #b26a00; --light: 91%; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #98a3b1; --line: #333c48; --paper: #151a21;
  --fail: #ff6b6b; --open: #ffb74d; --light: 18%; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 78rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
p, li { max-width: 60rem; } .soft { color: var(--soft); }
table { border-collapse: collapse; font-size: 13px; } th, td { padding: .15rem .5rem; text-align: left; }
tbody tr { border-top: 1px solid var(--line); } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { font: 12.5px/1.45 ui-monospace, monospace; } pre { overflow-x: auto; margin: .2rem 0 .8rem; }
.wide { overflow-x: auto; } .grid td { text-align: center; font-variant-numeric: tabular-nums; padding: .1rem .3rem; }
.grid th { font-weight: normal; } .grid thead th { vertical-align: bottom; height: 8rem; padding: 0 .3rem; }
.grid thead span { writing-mode: vertical-rl; transform: rotate(180deg); }
.grid tbody th { position: sticky; left: 0; background: var(--paper); white-space: nowrap; }
.m0 { background: hsl(45 80% var(--light)); } .m1 { background: hsl(90 40% var(--light)); }
.m2 { background: hsl(150 45% var(--light)); } .none { color: var(--line); }
.fails { background: var(--fail); color: #fff; font-weight: 600; } .open { background: var(--open); color: #fff; }
"""


def html(report: Report) -> str:
    body = [
        "<h1>linad check</h1>",
        f"<p class=soft>{escape(report.totals)}</p>",
        *_stories("Failures", report.failures),
        *_stories("Undecided", report.undecided),
        "<h2>Laws</h2>",
        *_laws(report),
        "<h2>Operations and laws</h2>",
        "<p class=soft>How many decimal digits the worst error stays below its bound; = stands for no error at all."
        " Point at a cell for the numbers, or for the reason why a law does not speak of an operation.</p>",
        *_grid(report),
    ]
    for why, untried in report.untried_by_reason.items():
        names = ", ".join(f"<code>{escape(name)}</code>" for name in untried)
        body.append(f"<p class=soft>Not tried, {escape(why)}: {names}.</p>")
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>linad check</title>\n<style>{_STYLE}</style>\n<body>",
            *body,
            "</body>\n</html>",
        ]
    )


def _stories(title: str, findings: tuple[Finding, ...]) -> Iterator[str]:
    if findings:
        yield f"<h2>{title}</h2>\n<ul>"
        for finding in findings:
            lines = [line for line in (numbers(finding), command(finding)) if line]
            yield f"<li>{escape(str(finding))}<pre>{escape(chr(10).join(lines))}</pre></li>"
        yield "</ul>"


def _laws(report: Report) -> Iterator[str]:
    yield "<table><thead><tr><th>claim<th class=n>findings<th class=n>worst<th class=n>bound<th>at<th></thead><tbody>"
    for row in rows(report.findings):
        one = row.worst
        yield (
            f"<tr><td>{escape(row.sentence)}<td class=n>{row.count}<td class=n>{one.error:.2g}"
            f"<td class=n>{one.bound:.2g}<td><code>{escape(one.point.name)}</code><td{_shade(row)}>{row.verdict}"
        )
    yield "</tbody></table>"


def _shade(row: Row) -> str:
    return " class=fails" if row.failures else " class=open" if row.undecided else ""


def _grid(report: Report) -> Iterator[str]:
    heads = "".join(f'<th title="{escape(law.sentence)}"><span>{escape(law.name)}</span>' for law in LAWS)
    yield f'<div class="wide"><table class="grid"><thead><tr><th>{heads}</thead><tbody>'
    for primitive, findings in report.by_operation().items():
        found = {row.law: row for row in rows(findings)}
        cells = "".join(_cell(primitive, law.name, found.get(law.name)) for law in LAWS)
        yield f"<tr><th><code>{escape(primitive.name)}</code>{cells}"
    yield "</tbody></table></div>"


def _cell(primitive: Primitive, name: str, row: Row | None) -> str:
    if row is None:
        law = next(law for law in LAWS if law.name == name)
        reason = reason_against(law, primitive) or "not tried in this run"
        return f'<td class=none title="{escape(reason)}">&middot;'
    one = row.worst
    title = escape(
        f"{name}: worst {one.error:.2g}, bound {one.bound:.2g}, at {one.point.label}; {row.count} findings"
    )
    if row.failures or row.undecided:
        return f'<td class="{"fails" if row.failures else "open"}" title="{title}">{row.failures or row.undecided}'
    ratio = severity(one)
    digits = None if ratio == 0 else floor(-log10(ratio))
    shade = "m2" if digits is None or digits > 1 else f"m{max(digits, 0)}"
    return f'<td class={shade} title="{title}">{"=" if digits is None else digits}'
