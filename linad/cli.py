"""The command ``linad``: parse, call, print. Exit status 0: it holds; 1: it does not; 2: misuse; 3: undecided."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from linad.check import check, check_operation, matching, write
from linad.check.command import check_command
from linad.check.comparing import compare
from linad.check.design import DESIGNS
from linad.check.loading import load
from linad.check.misuse import of_function, of_operations, of_own
from linad.check.own import is_own
from linad.check.report import FUNCTION_WRITERS, WRITERS
from linad.check.report.curve import curve, smooth_points
from linad.check.report.plot import drawing, plot
from linad.check.report.printing import say
from linad.check.report.progress import Line
from linad.check.run import FEW, cores
from linad.derive.calculus import Gradient, formula
from linad.derive.catalogue import ENTRIES, rule
from linad.derive.declare import declarations, from_text
from linad.derive.page import page_of_rule
from linad.derive.rule import Rule
from linad.derive.serving.server import PORT, Server, serve
from linad.derive.symbolic.calculus.tokens import SPELLINGS
from linad.derive.table import FIELDS, of_catalogue, of_rule
from linad.errors import LinadError


def _add_check(parser: argparse.ArgumentParser) -> None:
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
    say(FUNCTION_WRITERS[options.report](report))
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
    say(write(report, options.report))
    return 0 if report.holds else 1


def _check(options: argparse.Namespace) -> int:
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
    say(write(report, options.report))
    if options.plot:
        try:
            plot([curve(point) for point in smooth_points(report.points)], options.plot)
        except LinadError as error:
            say(error, sys.stderr)
            return 2
    return 0 if report.holds else 1


FORMATS: dict[
    str, Callable[[Rule, Sequence[str]], str]
] = {  # of a rule, and the fields of numbers to try it on
    "text": lambda asked, _: asked.derivation(),
    "python": lambda asked, _: asked.source("tangent") + "\n\n" + asked.source("cotangent"),
    "latex": lambda asked, _: asked.latex(),
    "html": page_of_rule,
}


def _add_derive(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        nargs="?",
        metavar="NAME|EQUATION|gradient",
        help="of the catalogue, or such as 'L @ L.H = K'; gradient: of the expression that follows",
    )
    parser.add_argument(
        "expression", nargs="?", metavar="EXPRESSION", help='of gradient, such as "0.5*x\'*A*x"'
    )
    parser.add_argument("--wrt", metavar="NAME", help="the symbol that a gradient is by")
    parser.add_argument(
        "--spelling", choices=SPELLINGS, help="of the expression (default: as its signs tell)"
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help="a gradient: on random data, with automatic ones and differences",
    )
    parser.add_argument(
        "--where", default="", help="dimensions and structures: 'L: n n positive lower, K: n n hermitian'"
    )
    parser.add_argument(
        "--inputs", default="", help="which matrices are given (default: those on the right only)"
    )
    parser.add_argument(
        "--format", choices=sorted(FORMATS), default="text", help="how to print (default: text)"
    )
    parser.add_argument("--list", action="store_true", help="only list the catalogue")
    parser.add_argument(
        "--verify",
        action="store_true",
        help="try the rule on numbers; without a name, those of the catalogue",
    )
    parser.add_argument("--field", choices=FIELDS, help="of the numbers tried (default: real and complex)")
    parser.add_argument(
        "--serve",
        action="store_true",
        help="a page to type equations on, for this machine only, until Ctrl-C",
    )
    parser.add_argument("--port", type=int, help=f"of that page (default: {PORT}; 0: one that is free)")
    parser.add_argument("--open", action="store_true", help="show that page in the browser")


def _serve(options: argparse.Namespace) -> int:
    if options.what or options.verify or options.list:
        say(
            "linad derive: --serve takes no equation and no other task: they are typed on the page",
            sys.stderr,
        )
        return 2
    try:
        server = Server(PORT if options.port is None else options.port)
    except LinadError as error:
        say(f"linad derive: {str(error).removeprefix('derive: ')}", sys.stderr)
        return 2
    say(f"{server.url}\nfor this machine only; Ctrl-C ends it")
    if options.open:
        webbrowser.open(server.url)
    serve(server)
    return 0


GRADIENT_FORMATS: dict[str, Callable[[Gradient], str]] = {
    "text": Gradient.derivation,
    "python": Gradient.source,
    "latex": lambda asked: asked.derivation("latex"),
}


def _gradient(options: argparse.Namespace) -> int:
    if options.list or options.verify or options.field or options.inputs:
        say("linad derive gradient: --list, --verify, --field and --inputs belong to equations", sys.stderr)
        return 2
    if options.format not in GRADIENT_FORMATS:
        say(f"linad derive gradient: its formats are {', '.join(GRADIENT_FORMATS)}", sys.stderr)
        return 2
    if not options.expression or not options.wrt:
        say("linad derive gradient: write the expression and --wrt, the symbol", sys.stderr)
        return 2
    try:
        read = formula(options.expression, spelling=options.spelling, **declarations(options.where))
        found = read.gradient(options.wrt)
        if options.compare:
            compared = compare(found)
            say(compared)
            return {True: 0, False: 1, None: 3}[compared.holds]
        say(GRADIENT_FORMATS[options.format](found))
    except LinadError as error:
        say(f"linad derive {str(error).replace('formula: ', 'gradient: ', 1)}", sys.stderr)
        return 2
    return 0


def _derive(options: argparse.Namespace) -> int:
    if options.serve:
        return _serve(options)
    if options.port is not None or options.open:
        say("linad derive: --port and --open go with --serve", sys.stderr)
        return 2
    if options.what == "gradient":
        return _gradient(options)
    if options.expression or options.wrt or options.spelling or options.compare:
        say("linad derive: an expression, --wrt, --spelling and --compare belong to gradient", sys.stderr)
        return 2
    fields = (options.field,) if options.field else FIELDS
    if options.verify and (options.list or not options.what):
        text, status = of_catalogue(list(ENTRIES), fields)
        say(text)
        return status
    if options.list:
        for name, entry in ENTRIES.items():
            say(f"{name:20} {'; '.join(entry.equations)}")
        return 0
    if not options.what:
        say(
            "linad derive: name an operation or an equation; linad derive --list names the catalogue",
            sys.stderr,
        )
        return 2
    try:
        asked = (
            from_text(options.what, options.where, options.inputs)
            if "=" in options.what
            else rule(options.what)
        )
        if options.verify:
            text, status = of_rule(asked, fields)
            say(text)
            return status
        say(FORMATS[options.format](asked, fields))
    except LinadError as error:
        say(f"linad derive: {str(error).removeprefix('derive: ')}", sys.stderr)
        return 2
    return 0


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: its name and sentence, its arguments, and what it does."""

    name: str
    sentence: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS = (
    Command("check", "try the laws of derivatives on operations", _add_check, _check),
    Command("derive", "derive the rules of an operation from its defining equation", _add_derive, _derive),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; the result is the exit status."""
    parser = argparse.ArgumentParser(
        prog="linad", description="Differentiable linear algebra for people who write NumPy and SciPy."
    )
    version = sys.modules["linad"].__version__  # this module's own package; imports point down only
    parser.add_argument("--version", action="version", version=f"linad {version}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        own = subparsers.add_parser(command.name, help=command.sentence, description=command.sentence)
        command.arguments(own)
        own.set_defaults(run=command.run)
    options = parser.parse_args(argv)
    status: int = options.run(options)
    return status
