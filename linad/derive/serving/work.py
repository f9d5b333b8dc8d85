"""What a form asks for, done: in a process of its own, which reads one request, answers it, and ends.

The process is bounded in memory and time by itself, and by who started it (:mod:`linad.derive.serving.jobs`).
"""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections.abc import Callable
from textwrap import shorten
from typing import Any

from linad.derive.page import of_rule, page_of_rule, verdict
from linad.derive.serving.form import FieldError, rule_of
from linad.derive.table import trials
from linad.errors import DerivationError, LinadError

ANSWER = 4 << 20  # bytes
FACT = 400  # letters of a sentence
WORKS: dict[str, Callable[[Any], str]] = {  # what is made of a form
    "derive": lambda form: of_rule(rule_of(form)).html(),
    "verify": lambda form: verdict(trials(rule_of(form))).html(),
    "page": lambda form: page_of_rule(rule_of(form)),
}


def answer(work: str, form: Any) -> dict[str, Any]:
    """What comes back: ``html``, or an ``error`` that says in which field it is, if it is in one."""
    try:
        html = WORKS[work](form)
    except LinadError as error:
        return {"error": said(error)}
    except MemoryError:
        return {"error": fault("The derivation needs more memory than is allowed.")}
    except RecursionError:
        return {"error": fault("The equations are nested too deeply for a derivation.")}
    if len(html) > ANSWER:
        return {"error": fault(f"The derivation is longer than {ANSWER >> 20} MiB.")}
    return {"html": html}


def said(error: LinadError) -> dict[str, Any]:
    """An error as data."""
    _, fact, *remedies = error.args
    if isinstance(error, DerivationError):
        fact = f"There is no rule: {shorten(fact, FACT)}"
    if not isinstance(error, FieldError):
        return {**fault(fact), "remedies": remedies}
    return {
        "field": error.field,
        "fact": fact,
        "remedies": remedies,
        "start": error.start,
        "length": error.length,
        "shown": error.shown,
    }


def fault(fact: str) -> dict[str, Any]:
    """What is wrong with no field in particular."""
    return {"field": "", "fact": fact, "remedies": []}


def bounded(memory: int, seconds: int) -> None:
    """Bounds on what this process may take, on systems that have such bounds."""
    try:
        import resource
    except ImportError:
        return
    for limit, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        with contextlib.suppress(ValueError, OSError):  # a system that has the name and not the bound
            resource.setrlimit(limit, (most, most))


def main(memory: str, seconds: str) -> int:
    """Answer the one request that stands on the standard input."""
    bounded(int(memory), int(seconds))
    request = sys.stdin.buffer.read()
    if not request:  # nobody asks any more
        return 0
    try:
        answered = answer(*json.loads(request))
    except Exception as error:  # a fault of the derivation is told on the page, and here in full
        traceback.print_exc()
        answered = {"error": fault(f"The derivation stopped: {type(error).__name__}.")}
    sys.stdout.buffer.write(json.dumps(answered).encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
