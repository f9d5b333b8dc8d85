"""Reports: what a run found, as data, and the writers that put it on a page."""

from linad.check.report.gathered import Report, Row, rows
from linad.check.report.html import html
from linad.check.report.json import json
from linad.check.report.markdown import markdown
from linad.check.report.text import text

WRITERS = {"text": text, "json": json, "markdown": markdown, "html": html}


def write(report: Report, form: str = "text") -> str:
    """The report in one of the forms of :data:`WRITERS`."""
    return WRITERS[form](report)


__all__ = ["WRITERS", "Report", "Row", "rows", "write"]
