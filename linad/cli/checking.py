"""``linad check``: laws on operations, or on a function."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from linad.check import check, check_operation, matching, write
from linad.check.command import check_command
from linad.check.design import DESIGNS
from linad.check.loading import load
from linad.check.misuse import of_function, of_operations, of_own
from linad.check.own import is_own
from linad.check.report import FUNCTION_WRITERS, WRITERS
from linad.check.report.curve import curve, smooth_points
from linad.check.report.plot import drawing, plot
from linad.check.report.printing import say, say_report
from linad.check.report.progress import Line
from linad.check.run import FEW, cores
from linad.errors import LinadError


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "patterns",
        nargs="*",
        metavar="PATTERN",
        help="names of operations, such as 'arc*' (default: all); or module:function or file.py:function, and its "
        "arguments; an operation of yours needs none",
    )
    add("--arg", action="append", default=[], metavar="[NAME=]SPEC", help="of a function, such as 'A=spd(6)'")
    add("--modes", default="forward,reverse", help="of a function's derivatives")
    add("--points", choices=sorted(DESIGNS), default="covering", help="where to try (default: covering)")
    add(
        "--point",
        action="append",
        default=[],
        metavar="LABEL",
        help="only at such points, as 'square-float64-c'; may repeat",
    )
    add("--law", action="append", default=[], metavar="LAW", help="only such laws, as 'adjoint'; may repeat")
    add("--order", type=int, choices=(1, 2, 3), help="of derivatives (default: all laws; of a function 2)")
    add("--seed", type=int, default=0, help="the numbers to try on (default: 0)")
    add("--jobs", type=int, default=0, help="processes (default: one for each core, for many operations)")
    add("--fail-fast", action="store_true", help="stop at the first failure")
    add("--report", choices=sorted(WRITERS), default="text", help="how to print (default: text)")
    add("--plot", metavar="FILE", help="draw the error of differences against their step")
    add("--list", action="store_true", help="only list the operations that match")


def _check_function(options: argparse.Namespace) -> int:
    """A user's function on arguments, or his operation, which draws its own where none are given."""
    target, *given = options.patterns
    try:
        f = load(target)
        own = is_own(f) and not given and not options.arg
        if strange := of_own(options) if own else of_function(options):
            say(f"linad check: {strange}", sys.stderr)
            return 2
        if own:
            return _check_own(f, target, options)
        modes = tuple(options.modes.split(","))
        report = check_command(
            target, f, given, options.arg, modes=modes, order=options.order or 2, seed=options.seed
        )
    except LinadError as error:
        say(f"linad check: {error}", sys.stderr)
        return 2
    say_report(FUNCTION_WRITERS[options.report](report), options.report)
    return {True: 0, False: 1, None: 3}[report.holds]


def _check_own(operation: Callable[..., Any], target: str, options: argparse.Namespace) -> int:
    report = check_operation(
        operation,
        options.points,
        options.seed,
        labels=options.point,
        laws=options.law,
        order=options.order,
        fail_fast=options.fail_fast,
        target=target,
    )
    say_report(write(report, options.report), options.report)
    return 0 if report.holds else 1


def run(options: argparse.Namespace) -> int:
    if options.patterns and ":" in options.patterns[0]:
        return _check_function(options)
    if strange := of_operations(options):
        say(f"linad check: {strange}", sys.stderr)
        return 2
    operations = matching(options.patterns)
    if options.list:
        for primitive in operations:
            samples = len(primitive.samples)
            say(f"{primitive.name:20} {primitive.kind:12} {samples} sample{'' if samples == 1 else 's'}")
        return 0
    try:
        drawing() if options.plot else None
    except LinadError as error:
        say(error, sys.stderr)
        return 2
    line = Line(sys.stderr)
    report = check(
        options.patterns,
        options.points,
        options.seed,
        labels=options.point,
        laws=options.law,
        order=options.order,
        fail_fast=options.fail_fast,
        jobs=options.jobs or (cores() if len(operations) > FEW else 1),
        progress=line,
    )
    line.clear()
    say_report(write(report, options.report), options.report)
    if options.plot:
        try:
            plot([curve(point) for point in smooth_points(report.points)], options.plot)
        except LinadError as error:
            say(error, sys.stderr)
            return 2
    return 0 if report.holds else 1
