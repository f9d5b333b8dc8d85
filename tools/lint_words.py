"""The project speaks of itself alone: python tools/lint_words.py.

Reads every text file that git tracks or would add, and names each word that betrays where it was written.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Word(NamedTuple):
    pattern: str  # case does not matter
    example: str  # what the pattern must find
    reason: str


WORDS = (
    Word(r"claude", "Claude", "an assistant's name"),
    Word(r"anthropic", "Anthropic", "an assistant's maker"),
    Word(r"\bAI[ -](agent|assistant)s?\b", "an AI agent", "who typed a line is not a fact about the library"),
    Word(r"\bsub-?agents?\b", "a subagent", "who typed a line is not a fact about the library"),
    Word(r"\bsession's\b", "this session's", "a reader was in no session"),
    Word(
        r"\b(helper|this|previous|next|later|earlier) sessions?\b",
        "a helper session",
        "a reader was in no session",
    ),
    Word(r"\bworkplace\b", "the workplace", "where a line was typed is not a fact about the library"),
    Word(r"(?<![\w.])/work/", "/work/main", "a path of one machine"),
    Word(r"(?<![\w.])/root/", "/root/linad", "a path of one machine"),
    Word(r"(?<![\w.])/home/\w", "/home/me", "a path of one machine"),
    Word(r"\bissues?\s+#?\d+", "issue 3", "numbers of a tracker that a reader does not have"),
    Word(r"\bissues?\s+#", "issue #n", "numbers of a tracker that a reader does not have"),
)
EXCEPTED = Path("tools/lint_words.py")  # it holds the list


def text_files(root: Path) -> Iterator[Path]:
    """The files, relative to the root, that git tracks or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    for name in sorted(set(listed.split("\0")) - {"", str(EXCEPTED)}):
        if (root / name).is_file() and b"\0" not in (root / name).read_bytes():
            yield Path(name)


def findings(root: Path) -> Iterator[str]:
    for place in text_files(root):
        lines = (root / place).read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            for word in WORDS:
                if found := re.search(word.pattern, line, re.IGNORECASE):
                    yield f"{place}:{number}: {found.group()!r}: {word.reason}"


def main(root: Path) -> int:
    found = list(findings(root))
    print("\n".join(found) or "words: the project speaks of itself alone")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[1]))
