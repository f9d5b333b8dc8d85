"""Files stay small: python tools/lint_size.py.

A file under linad/ above 250 lines is named; above 400 it fails, unless one of its first 30 lines is a
comment `# long because: ...` that gives the reason.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

LARGE = 250
TOO_LARGE = 400
HEAD = 30
REASON = re.compile(r"^\s*# long because: +\S")


def long_files(root: Path) -> Iterator[tuple[bool, str]]:
    """For each file above LARGE lines: whether it fails, and a line about it."""
    for path in sorted((root / "linad").rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        fails = len(lines) > TOO_LARGE and not any(REASON.match(line) for line in lines[:HEAD])
        limit = f"above {TOO_LARGE} without a `# long because: ...`" if fails else f"above {LARGE}"
        if len(lines) > LARGE:
            yield (
                fails,
                f"{path.relative_to(root)}: {'' if fails else 'warning: '}{len(lines)} lines, {limit}",
            )


def main(root: Path) -> int:
    found = list(long_files(root))
    print("\n".join(line for _, line in found) or f"size: no file above {LARGE} lines")
    return 1 if any(fails for fails, _ in found) else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[1]))
