"""``linad derive``: rules of equations, gradients of expressions, the page where equations are typed."""

from __future__ import annotations

import argparse
import re
import sys
import webbrowser
from collections.abc import Callable, Sequence

from linad.check.comparing import compare
from linad.check.report.printing import say, say_report
from linad.check.report.progress import Line
from linad.derive.calculus import Gradient, formula
from linad.derive.catalogue import ENTRIES, rule
from linad.derive.declare import declarations, from_text
from linad.derive.page import page_of_rule
from linad.derive.rule import Rule
from linad.derive.serving.server import PORT, Server, serve
from linad.derive.symbolic.calculus.tokens import SPELLINGS
from linad.derive.table import FIELDS, of_catalogue, of_rule
from linad.errors import LinadError

NAME = r"[\w-]*"  # of the catalogue; anything else is an equation
FORMATS: dict[
    str, Callable[[Rule, Sequence[str]], str]
] = {  # of a rule, and the fields of numbers to try it on
    "text": lambda asked, _: asked.derivation(),
    "python": lambda asked, _: asked.source("tangent") + "\n\n" + asked.source("cotangent"),
    "latex": lambda asked, _: asked.latex(),
    "html": page_of_rule,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        nargs="?",
        metavar="WHAT",
        help="a name of the catalogue, an equation, such as 'L @ L.H = K', or gradient, of what follows",
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


def run(options: argparse.Namespace) -> int:
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
    if (options.where or options.inputs) and re.fullmatch(NAME, options.what or ""):
        say("linad derive: --where and --inputs belong to an equation", sys.stderr)
        return 2
    fields = (options.field,) if options.field else FIELDS
    if options.verify and (options.list or not options.what):
        line = Line(sys.stderr)
        text, status = of_catalogue(list(ENTRIES), fields, line)
        line.clear()
        say_report(text, "text")
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
            if not re.fullmatch(NAME, options.what)
            else rule(options.what)
        )
        if options.verify:
            text, status = of_rule(asked, fields)
            say_report(text, "text")
            return status
        say(FORMATS[options.format](asked, fields))
    except LinadError as error:
        say(f"linad derive: {str(error).removeprefix('derive: ')}", sys.stderr)
        return 2
    return 0
