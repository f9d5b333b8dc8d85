"""Expressions as a NumPy function that runs alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from keyword import iskeyword

from linad.derive.symbolic.calculus.factorizations import FACTORIZATIONS
from linad.derive.symbolic.calculus.functions import FUNCTIONS
from linad.derive.symbolic.calculus.nodes import Node, ordered
from linad.derive.symbolic.calculus.planning import COMPUTED, planned
from linad.derive.symbolic.calculus.styles import decimal


class UnwritableError(ValueError):
    """An expression that no program with NumPy alone computes."""


_CLEAN = ("symbol", "number")


def places(symbols: Sequence[Node]) -> dict[str, tuple[str, int]]:
    """Where the sizes behind letters are found."""
    found: dict[str, tuple[str, int]] = {}
    for x in symbols:
        for axis, letter in enumerate(x.shape):
            found.setdefault(letter, (x.data[0], axis))
    return found


def variables(symbols: Sequence[Node]) -> dict[str, str]:
    """The symbols' names as Python can have them: ``lambda`` is taken, and ``np`` is NumPy."""
    found: dict[str, str] = {}
    for name in sorted((x.data[0] for x in symbols), key=_is_taken):
        own = name
        while _is_taken(own) or own in found.values():
            own += "_"
        found[name] = own
    return found


def _is_taken(name: str) -> bool:
    return iskeyword(name) or name == "np"


def source(name: str, inputs: Sequence[Node], outputs: Sequence[Node]) -> str:
    """The text of a function of the inputs; what occurs several times is computed once."""
    plans = [planned(x) for x in outputs]
    names = variables(inputs)
    taken = {*names.values(), "np"}
    sizes = {letter: f"{names[own]}.shape[{axis}]" for letter, (own, axis) in places(inputs).items()}
    counts: dict[Node, int] = {}
    nodes = ordered(plans)
    for node in nodes:
        for arg in node.args:
            counts[arg] = counts.get(arg, 0) + 1
    lines = []
    texts: dict[Node, tuple[str, int]] = {x: (names[x.data[0]], 5) for x in inputs}
    for node in nodes:
        if node.op == "symbol":
            continue
        text, strength = _text(node, texts, sizes)
        repeated = counts.get(node, 0) > 1 and node.op not in _CLEAN and node.op != "swap"
        if repeated or (len(text) > _LONG and node not in plans):
            own = next(f"t{i}" for i in range(len(nodes) + len(taken) + 1) if f"t{i}" not in taken)
            taken.add(own)
            lines.append(f"{own} = {text}")
            text, strength = own, 5
        texts[node] = text, strength
    lines.append("return " + ", ".join(texts[x][0] for x in plans))
    arguments = ", ".join(names[x.data[0]] for x in inputs)
    body = "\n".join(f"    {line}" for line in lines)
    return f"import numpy as np\n\n\ndef {name}({arguments}):\n{body}\n"


_LONG = 70  # letters of a part, beyond which it is named


def _text(x: Node, texts: Mapping[Node, tuple[str, int]], sizes: Mapping[str, str]) -> tuple[str, int]:
    if x.op == "number":
        return _number(x, sizes)
    if x.op == "eye":
        return f"np.eye({sizes[x.rows]})", 5
    args = [texts[arg] for arg in x.args]
    if x.op == "fn":
        return FUNCTIONS[x.data].numpy.format(name=x.data, x=args[0][0]), 5
    if x.op == "factor":
        return _factor(x, args[0][0]), 5
    if x.op == "einsum":
        return f'np.einsum("{x.data}", {", ".join(text for text, _ in args)})', 5
    template, strength = COMPUTED[x.op]
    if strength == 5 and not template.startswith("{}"):
        return template.format(*[text for text, _ in args]), 5
    if len(args) == 2:  # to the right of an operator nothing of its own strength stands bare
        left = 5 if x.op in ("power", "scale_rows") else strength
        right = strength + (x.op != "add")
        return template.format(_held(args[0], left), _held(args[1], right)), strength
    return template.format(_held(args[0], strength)), strength


def _factor(x: Node, matrix: str) -> str:
    """A part of a factorization, as NumPy returns it."""
    name, part, _ = x.data
    own = FACTORIZATIONS[name]
    if own.numpy is None:
        raise UnwritableError(
            f"NumPy has no {name}: call the formula, or write it with another factorization."
        )
    whole = own.numpy.format(matrix)
    return whole if len(own.parts) == 1 else f"{whole}[{list(own.parts).index(part)}]"


def _held(text: tuple[str, int], strength: int) -> str:
    return text[0] if text[1] >= strength else f"({text[0]})"


def _number(x: Node, sizes: Mapping[str, str]) -> tuple[str, int]:
    text, strength = constant(x.data)
    if not x.shape:
        return text, strength
    shape = ", ".join(sizes[letter] for letter in x.shape) + "," * (len(x.shape) == 1)
    return (f"np.ones(({shape}))" if x.data == 1 else f"np.full(({shape}), {float(x.data)!r})"), 5


def constant(c: Fraction) -> tuple[str, int]:
    """A number in a program."""
    short = decimal(c)
    if short is not None:
        return (short, 5) if c >= 0 else (short, 3)
    return f"{c.numerator} / {c.denominator}", 2
