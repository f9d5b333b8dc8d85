"""From what people write to a rule: equations, dimensions by letters, structures by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from keyword import iskeyword

from linad.derive.rule import Rule
from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.algebra.words import Symbol
from linad.derive.symbolic.parsing.parse import names
from linad.derive.vocabulary import WORDS
from linad.errors import OptionError

_TAKEN = re.compile(r"[aMt]\d+[lrk\d]*$|[A-Z]_|gauge_|[dgp][A-Z]")  # names of values in programs
_DIMENSION = re.compile(r"[^\W\d]\w*|[0-9]{1,3}")


def derive(
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    equations: str | Sequence[str],
    name: str = "operation",
) -> Rule:
    """Derive the tangent and cotangent rules of an operation from its defining equations.

    Parameters
    ----------
    inputs, outputs
        For each matrix its dimensions by letters and its structure: ``"n n"``, ``"n n unit lower"``,
        ``"m n unitary"``. Diagonal matrices are vectors of their diagonals. A permutation is a matrix, or an array of
        integers, then with ``P^T A`` for ``A[P]``.
    equations
        As one writes them: ``"P @ L @ U = A"``.
    name
        For messages and sources.

    Examples
    --------
    >>> from linad.derive import derive
    >>> rule = derive({"A": "n n"}, {"L": "n n unit lower", "U": "n n upper"}, "L @ U = A", name="lu")
    >>> print(rule.text("cotangent"))
    a1 = triu(gU)
    a2 = L^H gL - a1 U^H
    a3 = strict_tril(a2)
    gA = L^-H (a1 + a3 U^-H)
    """
    texts = [equations] if isinstance(equations, str) else list(equations)
    given, sought = (
        [declared_symbol(name, symbol, text) for symbol, text in declared.items()]
        for declared in (inputs, outputs)
    )
    return Rule(name, given, sought, texts)


def from_text(equations: str, where: str = "", inputs: str = "") -> Rule:
    """A rule from what one types: equations with ``;`` between them, ``L: n n lower, K: hermitian``, names of inputs.

    Dimensions that are left out are ``n n``, structures ``general``. Without ``inputs`` they are the matrices that
    stand on right-hand sides only.
    """
    declared = {
        name: f"n n {text}" if text in structures else text for name, text in declarations(where).items()
    }
    texts = [text.strip() for text in equations.split(";")]
    if halves := [text for text in texts if not all(map(str.strip, text.partition("=")))]:
        raise OptionError(
            "derive",
            f"{halves[0]!r} is no equation.",
            "Write one: 'L @ U = A'; linad derive --list names known ones.",
        )
    found = sides(texts)
    given = [name.strip() for name in inputs.split(",") if name.strip()]
    given = given or [name for name, right in found.items() if right]
    unknown = [name for name in (*declared, *given) if name not in found]
    if unknown:
        raise OptionError("derive", f"{', '.join(unknown)} does not occur in {equations!r}.")
    if not given or set(given) == set(found):
        raise OptionError(
            "derive", f"it is not clear which of {', '.join(found)} are given.", "Name them: --inputs A,B."
        )
    return derive(
        {name: declared.get(name, "n n") for name in found if name in given},
        {name: declared.get(name, "n n") for name in found if name not in given},
        texts,
    )


def declarations(where: str) -> dict[str, str]:
    """``L: n n lower, K: hermitian``, by name."""
    declared = {}
    for part in filter(None, (part.strip() for part in where.split(","))):
        name, colon, text = part.partition(":")
        if not colon:
            raise OptionError("derive", f"{part!r} has no colon.", "Write 'L: n n lower, K: hermitian'.")
        declared[name.strip()] = text.strip()
    return declared


def sides(equations: Sequence[str]) -> dict[str, bool]:
    """The names in equations, and whether they stand on right-hand sides only, as what is given does."""
    found = dict.fromkeys((name for text in equations for name in names(text)), True)
    return found | {name: False for text in equations for name in names(text.partition("=")[0])}


def declared_symbol(where: str, symbol: str, text: str) -> Symbol:
    """A matrix from its name, and two dimensions and a structure."""
    if not symbol.isidentifier() or iskeyword(symbol) or symbol in WORDS or _TAKEN.match(symbol):
        raise OptionError(
            where,
            f"a matrix cannot be named {symbol!r}: programs use such names themselves, or it is none.",
            "Take a capital letter, or a word.",
        )
    words = text.split()
    if len(words) < 2:
        raise OptionError(
            where,
            f"{symbol} is declared as {text!r}.",
            "Write two dimensions and a structure: 'n n lower'.",
        )
    for dimension in words[:2]:
        if not _DIMENSION.fullmatch(dimension):
            raise OptionError(
                where,
                f"{symbol} has the dimension {dimension!r}.",
                "Take a letter, a word, or a small number.",
            )
    structure = " ".join(words[2:]) or "general"
    if structure not in structures:
        raise OptionError(
            where,
            f"{symbol} has the unknown structure {structure!r}.",
            f"Structures: {', '.join(structures)}.",
        )
    return Symbol(symbol, words[0], words[1], structures[structure])
