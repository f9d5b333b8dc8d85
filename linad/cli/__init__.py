"""The command ``linad``: parse, call, print. Exit status 0: it holds; 1: it does not; 2: misuse; 3: undecided."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from linad.check.report.printing import say
from linad.cli import checking, deriving
from linad.errors.base import meant


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: its name and sentence, its call, examples of it, its arguments, and what it does."""

    name: str
    sentence: str
    usage: str
    examples: tuple[tuple[str, str], ...]
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS = (
    Command(
        "check",
        "try the laws of derivatives on operations, or on a function",
        "%(prog)s [OPTION ...] [PATTERN ...]",
        (
            ("linad check lu", "an operation"),
            ("linad check 'arc*' --list", "which there are"),
            ("linad check file.py:cost --arg 'A=spd(4)' --arg 'b=normal(4)'", "a function"),
        ),
        checking.arguments,
        checking.run,
    ),
    Command(
        "derive",
        "derive the rules of an operation from its defining equation",
        "%(prog)s [OPTION ...] WHAT",
        (
            ("linad derive lu", "of the catalogue"),
            ("linad derive 'L @ L.H = K' --where 'L: positive lower, K: hermitian'", "of an equation"),
            ('linad derive gradient "x\'*A*x" --wrt x', "of an expression"),
            ("linad derive --list", "the catalogue"),
        ),
        deriving.arguments,
        deriving.run,
    ),
)


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal, within what can be read; examples keep their lines."""

    def __init__(self, prog: str) -> None:
        columns = shutil.get_terminal_size().columns
        super().__init__(prog, max_help_position=26, width=min(max(columns, 40), 100) - 2)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith("examples:") else super()._fill_text(text, width, indent)


class _Parser(argparse.ArgumentParser):
    """A parser that answers a slip with what may have been meant, and else with where to look."""

    def error(self, message: str) -> NoReturn:
        slip = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message)
        strange = re.search(r"unrecognized arguments: (-\S*)", message)
        question = ""
        if slip:
            question = meant(slip[1], re.findall(r"[\w-]+", slip[2]))
        elif strange:
            known = [name.lstrip("-") for name in self._option_string_actions]
            question = meant(strange[1].partition("=")[0].lstrip("-"), known).replace("mean ", "mean --")
        say(
            f"{self.prog}: {message}.\n  - {question or f'{self.prog} --help tells what there is.'}",
            sys.stderr,
        )
        raise SystemExit(2)


def _told(commands: Sequence[Command]) -> str:
    """The examples of commands, each under what it does."""
    lines = [f"  {call}\n      {does}" for command in commands for call, does in command.examples]
    return "\n".join(["examples:", *lines])


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; the result is the exit status."""
    parser = _Parser(
        prog="linad",
        description="Differentiable linear algebra for people who write NumPy and SciPy.",
        epilog=_told(COMMANDS),
        formatter_class=_Help,
    )
    version = sys.modules["linad"].__version__  # this module's own package; imports point down only
    parser.add_argument("--version", action="version", version=f"linad {version}")
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for command in COMMANDS:
        own = subparsers.add_parser(
            command.name,
            usage=command.usage,
            help=command.sentence,
            description=command.sentence,
            epilog=_told([command]),
            formatter_class=_Help,
        )
        command.arguments(own)
        own.set_defaults(run=command.run, parser=own)
    options, strange = parser.parse_known_args(argv)
    if strange:
        getattr(options, "parser", parser).error(f"unrecognized arguments: {' '.join(strange)}")
    if not hasattr(options, "run"):
        say(parser.format_help().rstrip())
        return 0
    status: int = options.run(options)
    return status
