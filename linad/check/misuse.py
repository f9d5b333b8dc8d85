"""What is wrong with the options of ``linad check``, as a sentence: nothing that was asked for is passed over."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping

from linad.check.laws import LAWS, chosen
from linad.check.points import matching
from linad.check.report import FUNCTION_WRITERS
from linad.check.run import Choice

OF_OPERATIONS = {
    "points": "covering",
    "point": [],
    "law": [],
    "jobs": 0,
    "fail_fast": False,
    "plot": None,
    "list": False,
}
OF_FUNCTIONS = {"arg": [], "modes": "forward,reverse"}


def _foreign(options: Namespace, defaults: Mapping[str, object], what: str) -> str:
    """A sentence about an option that speaks of something else than what is checked; empty if there is none."""
    given = [name for name, default in defaults.items() if getattr(options, name) != default]
    return f"--{given[0].replace('_', '-')} is an option of {what}" if given else ""


def of_operations(options: Namespace) -> str:
    """What is wrong with the options of a check of operations, as a sentence; empty if nothing is."""
    operations = matching(options.patterns)
    names = "linad check --list names them"
    if any(mark in wish for wish in options.patterns for mark in (":", ".py")):
        names = "a function comes first, as file.py:function or module:function"
    for noun, wishes, match, hint in (
        ("operation", options.patterns, lambda wish: matching([wish]), names),
        ("law", options.law, lambda wish: chosen([wish]), f"there are {', '.join(law.name for law in LAWS)}"),
        (
            "point of these operations",
            options.point,
            lambda wish: any(Choice(labels=(wish,)).points(p) for p in operations),
            "linad check NAME --report json names points",
        ),
    ):
        unmatched = [wish for wish in wishes if not match(wish)]
        if unmatched:
            return f"no {noun} matches {', '.join(map(repr, unmatched))}; {hint}"
    if not chosen(options.law, options.order):
        return f"no law that --law names is of order {options.order} or less"
    if options.seed < 0 or options.jobs < 0:
        return "--seed and --jobs are not negative"
    return _foreign(options, OF_FUNCTIONS, "functions: linad check file.py:function")


def of_own(options: Namespace) -> str:
    """What is wrong with the options of a check of an operation of the user's, as a sentence; empty if nothing is."""
    if options.seed < 0:
        return "--seed is not negative"
    others = {name: default for name, default in OF_OPERATIONS.items() if name in ("jobs", "plot", "list")}
    return _foreign(options, others, "operations of linad") or _foreign(
        options, OF_FUNCTIONS, "functions, which take arguments"
    )


def of_function(options: Namespace) -> str:
    """What is wrong with the options of a check of a function, as a sentence; empty if nothing is."""
    if options.report not in FUNCTION_WRITERS:
        return f"--report of a function is {' or '.join(FUNCTION_WRITERS)}"
    if options.seed < 0:
        return "--seed is not negative"
    return _foreign(options, OF_OPERATIONS, "operations, which are named without a colon")
