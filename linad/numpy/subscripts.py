"""Einstein notation in all of NumPy's spellings, brought to one: explicit, without ellipsis."""

from __future__ import annotations

import operator
import string
from collections.abc import Sequence
from typing import Any

from linad.numpy.axes import as_operand
from linad.operations.shape import diagonal, transpose


def explicit(operands: Sequence[Any]) -> tuple[str, list[Any]]:
    """Subscripts like ``ij,jk->ik`` and the arrays, from what ``numpy.einsum`` takes."""
    if not operands:
        raise ValueError("must specify the einstein sum subscripts string and at least one operand")
    if isinstance(operands[0], str):
        text, arrays = operands[0].replace(" ", ""), [as_operand(x, "numpy.einsum") for x in operands[1:]]
    else:
        text, arrays = _from_lists(operands)
    left, arrow, out = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(arrays):
        raise ValueError(f"einsum: {len(terms)} terms in {text!r} for {len(arrays)} operands")
    spare = [letter for letter in string.ascii_letters if letter not in text]
    terms, dots = _without_ellipsis(terms, arrays, spare)
    if arrow:
        if dots and "..." not in out:
            raise ValueError(
                f"einsum: the output {out!r} needs an ellipsis for the {len(dots)} axes beyond the letters"
            )
        out = out.replace("...", dots)
    else:
        letters = "".join(terms)
        out = dots + "".join(sorted(c for c in set(letters) if letters.count(c) == 1 and c not in dots))
    for term, x in zip(terms, arrays, strict=True):
        if len(term) != x.ndim:
            raise ValueError(
                f"einsum: the term {term!r} has {len(term)} subscripts for an operand of {x.ndim} dimensions"
            )
        if not term.isalpha() and term:
            raise ValueError(f"einsum: invalid subscript in {term!r}, subscripts must be letters")
    if len(set(out)) != len(out) or not set(out) <= set("".join(terms)):
        raise ValueError(
            f"einsum: the output {out!r} must name each subscript once, and only subscripts of the inputs"
        )
    arrays, terms = _without_repeats(arrays, terms)
    return _squeezed(arrays, terms, out)


def _from_lists(operands: Sequence[Any]) -> tuple[str, list[Any]]:
    """The spelling ``einsum(x, [0, 1], y, [1, 2], [0, 2])``."""
    pairs, rest = operands[: len(operands) // 2 * 2], operands[len(operands) // 2 * 2 :]

    def term(labels: Any) -> str:
        return "".join("..." if label is Ellipsis else _letter(label) for label in labels)

    text = ",".join(term(labels) for labels in pairs[1::2])
    return text + ("->" + term(rest[0]) if rest else ""), [as_operand(x, "numpy.einsum") for x in pairs[::2]]


def _letter(label: Any) -> str:
    letters = string.ascii_uppercase + string.ascii_lowercase  # in the order of their numbers, as outputs are
    number = operator.index(label)
    if not 0 <= number < len(letters):
        raise ValueError("subscript is not within the valid range [0, 52)")
    return letters[number]


def _without_ellipsis(terms: list[str], arrays: list[Any], spare: list[str]) -> tuple[list[str], str]:
    counts = [x.ndim - len(term) + 3 if "..." in term else 0 for term, x in zip(terms, arrays, strict=True)]
    dots = "".join(spare[: max(counts, default=0)])
    return [
        term.replace("...", dots[len(dots) - n :] if n else "") for term, n in zip(terms, counts, strict=True)
    ], dots


def _without_repeats(arrays: list[Any], terms: list[str]) -> tuple[list[Any], list[str]]:
    """Diagonals taken wherever a term repeats a letter."""
    arrays, terms = list(arrays), list(terms)
    for i, term in enumerate(terms):
        x = arrays[i]
        while len(set(term)) < len(term):
            letter = next(c for c in term if term.count(c) > 1)
            a = term.index(letter)
            b = term.index(letter, a + 1)
            if x.shape[a] != x.shape[b]:
                raise ValueError(
                    f"einsum: dimensions {x.shape[a]} and {x.shape[b]} of the subscript {letter!r} differ"
                )
            rest = [j for j in range(len(term)) if j not in (a, b)]
            x = diagonal(transpose(x, (*rest, a, b)), 0)
            term = "".join(term[j] for j in rest) + letter
        arrays[i], terms[i] = x, term
    return arrays, terms


def _squeezed(arrays: list[Any], terms: list[str], out: str) -> tuple[str, list[Any]]:
    """Axes of length one that meet a longer one are dropped: they broadcast."""
    sizes: dict[str, int] = {}
    for term, x in zip(terms, arrays, strict=True):
        for letter, n in zip(term, x.shape, strict=True):
            if sizes.setdefault(letter, n) != n:
                if 1 not in (n, sizes[letter]):
                    raise ValueError(
                        f"einsum: operands have sizes {sizes[letter]} and {n} for the subscript {letter!r}"
                    )
                sizes[letter] = n if sizes[letter] == 1 else sizes[letter]
    for i, term in enumerate(terms):
        x = arrays[i]
        keep = [j for j, letter in enumerate(term) if x.shape[j] == sizes[letter]]
        if len(keep) < len(term):
            arrays[i] = x.reshape(tuple(x.shape[j] for j in keep))
            terms[i] = "".join(term[j] for j in keep)
    return f"{','.join(terms)}->{out}", arrays
