"""Arguments and domains as text: ``spd(6)``, ``complex normal(4, 2, seed=1)``, ``{'w': positive(3), 'k': 2}``.

    argument   value | [dtype] family(size, ..., option=...)
               | [argument, ...] | (argument, ...) | {'key': argument, ...}
    value      a number, True, False, None, a string, or a list of numbers: then an array
    dtype      float32 float64 complex64 complex128 complex
    option     seed, or one of the family's own: low, high, rank
    domain     family | family(option=...)

Random members depend on the seed, on the text, and on how often it was drawn for the same function: ``normal(3)`` twice
is two vectors. With a seed of its own a text is always the same member.
"""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Callable
from typing import Any
from zlib import crc32

import numpy as np

from linad.check.domains import Array, Domain
from linad.check.families import FAMILIES, SQUARE
from linad.errors import OptionError

DTYPES = {name: np.dtype(name) for name in ("float32", "float64", "complex64", "complex128", "complex")}


class Drawn:
    """An array that a specification drew, with the domain that it lies in."""

    __slots__ = ("array", "domain")

    def __init__(self, array: Array, domain: Domain) -> None:
        self.array, self.domain = array, domain


def parse_argument(text: str, seed: int = 0, seen: Counter[str] | None = None) -> Any:
    """The value of an argument; arrays that families draw come as :class:`Drawn`, inside containers too.

    ``seen`` counts what was drawn for other arguments of the same function.

    >>> parse_argument("[[1, 2], [3, 4.5]]")
    array([[1. , 2. ],
           [3. , 4.5]])
    >>> parse_argument("spd(3, seed=1)").array.shape
    (3, 3)
    """
    words, tree = _parsed(text)
    if words and not isinstance(tree, ast.Call):
        raise _wrong(text, f"{words[0]} stands before what is no family")
    return _Reader(text, seed, words, Counter() if seen is None else seen).value(tree)


def parse_domain(text: str) -> Domain:
    """The domain that a text names.

    >>> parse_domain("interval(low=0, high=2)").sentence
    'Numbers strictly between ``low`` and ``high``.'
    """
    words, tree = _parsed(text)
    if words:
        raise _wrong(text, "a domain has no dtype")
    if isinstance(tree, ast.Name):
        return _family(text, tree.id)()
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name) or tree.args:
        raise _wrong(
            text, "a domain is a family's name, with options by name, such as interval(low=0, high=2)"
        )
    reader = _Reader(text, 0, [], Counter())
    options = {keyword.arg or "**": reader.value(keyword.value) for keyword in tree.keywords}
    return _made(text, tree.func.id, options)


def _parsed(text: str) -> tuple[list[str], ast.expr]:
    """The dtype in front, and the syntax of the rest."""
    words = text.split(maxsplit=1)
    before = [words[0]] if len(words) == 2 and words[0] in DTYPES else []
    rest = words[1] if before else text.strip()
    try:
        return before, ast.parse(rest, mode="eval").body
    except (SyntaxError, ValueError):
        raise _wrong(text, "it cannot be read") from None


def _wrong(text: str, fact: str) -> OptionError:
    return OptionError(f"argument {text!r}", f"{fact}.")


def _family(text: str, name: str) -> Callable[..., Domain]:
    if name not in FAMILIES:
        raise _wrong(text, f"there is no family {name!r}; there are {', '.join(FAMILIES)}")
    return FAMILIES[name]


def _made(text: str, name: str, options: dict[str, Any]) -> Domain:
    family = _family(text, name)
    known = list(inspect.signature(family).parameters)
    unknown = [option for option in options if option not in known]
    if unknown:
        has = f"its options are {', '.join(known)}" if known else "it has none of its own"
        raise _wrong(text, f"{name} has no option {unknown[0]!r}; {has}")
    for option, value in options.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _wrong(text, f"{option} must be a number")
    if options.get("low", 0) >= options.get("high", np.inf):
        raise _wrong(text, "low must be below high")
    if options.get("rank", 1) < 1 or options.get("rank", 1) != int(options.get("rank", 1)):
        raise _wrong(text, "rank must be a positive integer")
    return family(**options)


class _Reader:
    """Evaluates the syntax of one argument; nothing else than the grammar is."""

    def __init__(self, text: str, seed: int, words: list[str], seen: Counter[str]) -> None:
        self.text, self.seed, self.words, self.seen = text, seed, words, seen

    def value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Call):
            return self.drawn(node)
        if isinstance(node, ast.Tuple):
            return tuple(self.value(part) for part in node.elts)
        if isinstance(node, ast.Dict):
            keys = [self.literal(key) for key in node.keys if key is not None]
            return dict(zip(keys, map(self.value, node.values), strict=True))
        if isinstance(node, ast.List):
            return self.array(node)
        return self.literal(node)

    def literal(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            example = f"; a family has sizes, such as {node.id}(3)" if node.id in FAMILIES else ""
            raise _wrong(self.text, f"{node.id} is no value{example}")
        try:
            return ast.literal_eval(node)
        except ValueError:
            raise _wrong(self.text, f"{ast.unparse(node)!r} is no value") from None

    def array(self, node: ast.List) -> Any:
        """A list of numbers is an array, any other a list."""
        parts = [self.value(part) for part in node.elts]
        if all(isinstance(part, (bool, int, float, complex, np.ndarray)) for part in parts):
            if len({np.shape(part) for part in parts}) > 1:
                raise _wrong(self.text, "the rows of an array differ in length")
            return np.array(parts)
        return parts

    def drawn(self, node: ast.Call) -> Drawn:
        if not isinstance(node.func, ast.Name):
            raise _wrong(self.text, f"{ast.unparse(node.func)!r} is no family")
        name = node.func.id
        _family(self.text, name)
        options = {keyword.arg or "**": self.value(keyword.value) for keyword in node.keywords}
        again = 0 if "seed" in options else self.seen[ast.unparse(node)]
        self.seen[ast.unparse(node)] += 1
        seed = options.pop("seed", self.seed)
        if type(seed) is not int or seed < 0:
            raise _wrong(self.text, "seed must be a whole number, not negative")
        domain, shape = _made(self.text, name, options), self.shape(name, node)
        rng = np.random.default_rng([seed, crc32(ast.unparse(node).encode()), *([again] if again else [])])
        dtype = DTYPES[self.words[0]] if self.words else None
        if dtype is not None and name in ("integer", "interval", "simplex") and dtype.kind == "c":
            raise _wrong(self.text, f"{name} holds no complex numbers")
        draw = domain.complex if dtype is not None and dtype.kind == "c" else domain.real
        array = np.asarray(draw(shape, rng))
        return Drawn(array if dtype is None or array.dtype.kind == "i" else array.astype(dtype), domain)

    def shape(self, name: str, node: ast.Call) -> tuple[int, ...]:
        sizes = [self.value(size) for size in node.args]
        if len(sizes) == 1 and isinstance(sizes[0], tuple):
            sizes = list(sizes[0])
        if not all(type(n) is int and n >= 0 for n in sizes):
            raise _wrong(self.text, "sizes must be whole numbers, not negative")
        if name in SQUARE and len(sizes) == 1:
            sizes *= 2
        if name in SQUARE and (len(sizes) < 2 or sizes[-1] != sizes[-2]):
            raise _wrong(self.text, f"{name} matrices are square: {name}(n), or {name}(batch, n, n)")
        if name in ("orthonormal", "fixed_rank") and len(sizes) < 2:
            raise _wrong(self.text, f"{name} matrices need two sizes: {name}(m, n)")
        if name == "orthonormal" and sizes[-2] < sizes[-1]:
            raise _wrong(self.text, "orthonormal columns are at most as many as rows")
        if name == "simplex" and not sizes:
            raise _wrong(self.text, "a point of the simplex needs a size: simplex(n)")
        return tuple(sizes)
