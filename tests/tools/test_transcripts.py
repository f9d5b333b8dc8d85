"""Transcripts in the documentation are what the commands print, but for errors such as 1.2e-15."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from linad import cli

ROOT = Path(__file__).parents[2]
BLOCKS = [
    pytest.param(block, id=f"{path.stem}-{i}")
    for path in sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    for i, block in enumerate(re.findall(r"```console\n(.*?)```", path.read_text(), re.DOTALL))
    if "$ linad derive" in block
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_transcript_is_what_the_commands_print(block):
    for part in re.split(r"^\$ linad ", block, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            cli.main(shlex.split(command))
        assert without_errors(expected) == without_errors(out.getvalue())


def without_errors(text):
    """Errors differ between machines; blanks at the ends of lines are of no account."""
    return [re.sub(r"\d\.\de[-+]\d\d", "#", line).rstrip() for line in text.splitlines()]
