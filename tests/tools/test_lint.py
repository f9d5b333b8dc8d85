"""The lint tools find each violation of their rules, and nothing in a clean tree."""

import subprocess
from pathlib import Path

import pytest

from tools import lint_imports, lint_size, lint_words

CLEAN = {
    "__init__.py": "from linad.core import grad\nfrom linad import numpy\nfrom linad.cli import main",
    "__main__.py": "import linad.cli\nfrom linad import grad",
    "cli.py": "import argparse\nfrom linad.check import report",
    "check/report.py": "import linad.linalg\ndef draw():\n    import matplotlib.pyplot as plt",
    "optimize/__init__.py": "import scipy.optimize\nfrom linad import linalg, stats",
    "stats/__init__.py": "import scipy.stats\nfrom linad.special import gammaln",
    "linalg/__init__.py": "import scipy.linalg as sl\nfrom ..operations.lu import lu\nsolve = sl.solve",
    "numpy/__init__.py": "import numpy\nfrom ..operations import exp",
    "derive/__init__.py": "from .symbolic import parse\nfrom .rule import Rule",
    "derive/rule.py": "from linad.core import grad\nfrom . import symbolic",
    "derive/symbolic/parse.py": "import re\nfrom .term import Term\nfrom linad.derive.symbolic import term",
    "operations/lu.py": "from linad.kernels import lu\nfrom linad.core import vjp\nfrom .solve import solve",
    "core/graph.py": "from __future__ import annotations\nimport numpy\nfrom linad.errors import Failure",
    "kernels/blas.py": "import ctypes\nimport scipy.linalg.blas\nfrom scipy.linalg import lapack",
    "errors/__init__.py": "import warnings",
}

BAD_IMPORTS = {
    "core-up-to-operations": ("core/graph.py", "from linad.operations import lu"),
    "core-up-to-linad": ("core/graph.py", "import linad"),
    "core-up-to-a-public-name": ("core/graph.py", "from linad import solve"),
    "core-up-relative": ("core/graph.py", "from ..operations import lu"),
    "core-up-relative-to-linad": ("core/graph.py", "from .. import numpy"),
    "core-up-in-a-function": ("core/graph.py", "def f():\n    import linad.linalg"),
    "core-up-by-name": ("core/graph.py", "import importlib\nimportlib.import_module('linad.linalg')"),
    "core-to-kernels": ("core/graph.py", "import linad.kernels"),
    "core-to-symbolic": ("core/graph.py", "from linad.derive import symbolic"),
    "kernels-to-core": ("kernels/blas.py", "from ..core import graph"),
    "symbolic-to-kernels": ("derive/symbolic/parse.py", "from ...kernels import blas"),
    "symbolic-to-its-door": ("derive/symbolic/parse.py", "from ..rule import Rule"),
    "symbolic-to-numpy": ("derive/symbolic/parse.py", "import numpy"),
    "symbolic-to-errors": ("derive/symbolic/parse.py", "from linad.errors import Failure"),
    "errors-up": ("errors/__init__.py", "import linad.core"),
    "operations-to-a-door": ("operations/lu.py", "from linad.derive import rule"),
    "door-to-door": ("linalg/__init__.py", "from linad.numpy import exp"),
    "door-to-door-relative": ("derive/rule.py", "from .. import linalg"),
    "stats-to-sparse": ("stats/__init__.py", "import linad.sparse"),
    "optimize-to-check": ("optimize/__init__.py", "from linad import check"),
    "check-to-optimize": ("check/report.py", "from ..optimize import minimize"),
    "check-to-cli": ("check/report.py", "import linad.cli"),
    "blas-outside-kernels": ("operations/lu.py", "import scipy.linalg.blas"),
    "lapack-outside-kernels": ("linalg/__init__.py", "from scipy.linalg.lapack import dgetrf"),
    "lapack-from-scipy": ("linalg/__init__.py", "from scipy.linalg import lapack as lp"),
    "blas-as-attribute": ("linalg/__init__.py", "from scipy import linalg\nlinalg.blas.dgemm"),
    "cython-blas": ("core/graph.py", "from scipy.linalg import cython_blas"),
    "cython-lapack": ("core/graph.py", "import scipy.linalg.cython_lapack"),
    "ctypes-outside-kernels": ("core/graph.py", "from ctypes import byref"),
    "third-party": ("operations/lu.py", "import torch"),
    "matplotlib-at-import": ("check/report.py", "import matplotlib"),
    "matplotlib-outside-check": ("stats/__init__.py", "def f():\n    import matplotlib"),
    "unknown-area": ("engine/__init__.py", ""),
    "utils": ("core/utils.py", ""),
    "misc": ("linalg/misc.py", ""),
    "helpers": ("check/_helpers.py", ""),
    "common-folder": ("operations/common/lu.py", ""),
}


@pytest.fixture
def tree(tmp_path):
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    write(tmp_path, CLEAN)
    return tmp_path


def write(root: Path, sources: dict[str, str]) -> None:
    for name, source in sources.items():
        path = root / "linad" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source + "\n")


@pytest.mark.parametrize("tool", [lint_imports, lint_size, lint_words], ids=lambda tool: tool.__name__)
def test_a_clean_tree_passes(tool, tree, capsys):
    assert tool.main(tree) == 0, capsys.readouterr().out


@pytest.mark.parametrize(("name", "source"), BAD_IMPORTS.values(), ids=BAD_IMPORTS)
def test_a_bad_import_is_one_finding_by_file(name, source, tree, capsys):
    write(tree, {name: source})
    assert lint_imports.main(tree) == 1
    (finding,) = capsys.readouterr().out.splitlines()
    assert finding.startswith(f"linad/{name}:")


@pytest.mark.parametrize("word", lint_words.WORDS, ids=lambda word: word.example)
def test_a_word_is_found_with_its_place_and_reason(word, tree, capsys):
    (tree / "notes.md").write_text(f"A clean line.\nHere: {word.example}.\n")
    assert lint_words.main(tree) == 1
    findings = capsys.readouterr().out.splitlines()
    assert any(line.startswith("notes.md:2:") and line.endswith(word.reason) for line in findings)


@pytest.mark.parametrize(
    "text", ["tissue 3", "an issue of scale", "from linad/work/blocks", "several sessions"]
)
def test_an_innocent_line_passes_the_words(text, tree):
    (tree / "notes.md").write_text(text)
    assert lint_words.main(tree) == 0


def test_ignored_and_binary_files_are_not_read_for_words(tree):
    (tree / ".gitignore").write_text("ignored.md\n")
    (tree / "ignored.md").write_text(lint_words.WORDS[0].example)
    (tree / "picture.png").write_bytes(b"\0" + lint_words.WORDS[0].example.encode())
    assert lint_words.main(tree) == 0


def test_the_list_of_words_is_excepted(tree):
    (tree / "tools").mkdir()
    (tree / lint_words.EXCEPTED).write_text(lint_words.WORDS[0].example)
    assert lint_words.main(tree) == 0


@pytest.mark.parametrize(
    ("lines", "head", "status", "says"),
    [
        (250, "", 0, "size: no file above 250 lines"),
        (251, "", 0, "linad/core/graph.py: warning: 251 lines"),
        (400, "", 0, "linad/core/graph.py: warning: 400 lines"),
        (401, "", 1, "linad/core/graph.py: 401 lines"),
        (401, "# long because: one table", 0, "linad/core/graph.py: warning: 401 lines"),
        (401, "# long because:", 1, "linad/core/graph.py: 401 lines"),
        (401, "\n" * 30 + "# long because: too far down", 1, "linad/core/graph.py: 401 lines"),
    ],
)
def test_a_long_file_is_named_and_a_very_long_one_fails(lines, head, status, says, tree, capsys):
    write(tree, {"core/graph.py": head + "\n" * (lines - 1 - head.count("\n"))})
    assert lint_size.main(tree) == status
    assert capsys.readouterr().out.startswith(says)
