"""Reports: what a run found, as data, and the writers that put it on a page."""

from collections.abc import Callable

from linad.check.function_report import FunctionReport
from linad.check.report.gathered import Report, Row, rows
from linad.check.report.html import html
from linad.check.report.json import json, of_function
from linad.check.report.markdown import markdown
from linad.check.report.text import text

WRITERS = {"text": text, "json": json, "markdown": markdown, "html": html}

FUNCTION_WRITERS: dict[str, Callable[[FunctionReport], str]] = {"text": str, "json": of_function}


def write(report: Report, form: str = "text") -> str:
    """The report in one of the forms of :data:`WRITERS`."""
    return WRITERS[form](report)


__all__ = ["FUNCTION_WRITERS", "WRITERS", "Report", "Row", "rows", "write"]
