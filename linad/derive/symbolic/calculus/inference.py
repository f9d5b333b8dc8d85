"""What each part of an expression is, a scalar, a vector, a matrix; whatever does not fit is refused at its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from linad.derive.symbolic.calculus.calls import CALLS, FILLED, SCALAR, Unfit
from linad.derive.symbolic.calculus.dimensions import (
    Declared,
    Dimension,
    Kind,
    declared,
    guessed,
    join,
    turned,
)
from linad.derive.symbolic.calculus.factorizations import FACTORIZATIONS
from linad.derive.symbolic.calculus.syntax import Tree
from linad.derive.symbolic.calculus.tokens import PYTHON, as_python_reads
from linad.derive.symbolic.parsing.tokens import EquationError, quote

POWER = 16  # of a matrix, written as a product
FACTORS = 200  # of one product: their gradients are as many products


class Inference:
    """The symbols of a text, and the kind of every part of its tree."""

    def __init__(self, text: str, declarations: Mapping[str, str], spelling: str) -> None:
        self.text, self.python = text, spelling == PYTHON
        self.letters: dict[str, Dimension] = {}
        self.declared: dict[str, Declared] = {}
        for name, said in declarations.items():
            entry = declared(said, self.letters)
            if isinstance(entry, str):
                raise EquationError(f"{name}: {said}", len(name) + 2, f"{entry}.", len(said))
            self.declared[as_python_reads(name)] = entry
        self.symbols: dict[str, Declared] = {}
        self.kinds: dict[Tree, Kind] = {}
        self.filled: list[Tree] = []

    def error(self, fact: str, tree: Tree) -> EquationError:
        return EquationError(self.text, tree.start, fact, tree.stop - tree.start)

    def sign_error(self, tree: Tree, i: int, fact: str) -> EquationError:
        sign = tree.signs[i]
        return EquationError(self.text, sign.start, fact, len(sign.text))

    def infer(self, tree: Tree) -> Kind:
        kind: Kind = getattr(self, f"infer_{tree.kind}")(tree)
        self.kinds[tree] = kind
        return kind

    def infer_number(self, tree: Tree) -> Kind:
        return SCALAR

    def infer_subscripts(self, tree: Tree) -> Kind:
        raise self.error("Subscripts stand first in einsum(...) only.", tree)

    def infer_pick(self, tree: Tree) -> Kind:
        (whole,) = tree.parts
        if whole.kind != "call" or whole.text not in FACTORIZATIONS:
            raise self.error(f"{quote(tree.text)} names no part: this is one value.", tree)
        return self.infer_factor(whole, tree)

    def infer_factor(self, call: Tree, tree: Tree) -> Kind:
        """A part of a factorization, which ``tree`` picks."""
        own = FACTORIZATIONS[call.text]
        if len(call.parts) != 1:
            raise self.error(f"{call.text} takes 1 argument, not {len(call.parts)}.", call)
        kind = self.infer(call.parts[0])
        square = own.square or own.symmetric
        if kind.rank != 2 or (square and not join(*kind.dimensions)):
            needs = "a square matrix" if square else "a matrix"
            raise self.error(f"{call.text} needs {needs}, and this is {kind.words}.", call.parts[0])
        m, n = kind.dimensions
        return Kind(tuple(m if c == "m" else n for c in own.shape(self.part(call, tree), "m", "n")))

    def part(self, call: Tree, tree: Tree) -> str:
        """The name of the part that is picked, by its name or position."""
        names = list(FACTORIZATIONS[call.text].parts)
        if tree is call and len(names) == 1:
            return names[0]
        if tree is not call and tree.text in names:
            return tree.text
        if (
            tree is not call
            and tree.text.isdigit()
            and len(tree.text) < 3
            and int(tree.text) < len(names) > 1
        ):
            return names[int(tree.text)]
        parts = ", ".join(f"{call.text}(...).{name}" for name in names)
        raise self.error(f"{call.text} has the parts {parts}: write one, or its position in brackets.", tree)

    def infer_name(self, tree: Tree, rank: int | None = None) -> Kind:
        name = tree.text
        if name not in self.symbols:
            if name in ("eye", "I") and name not in self.declared:
                return self.constant_of(tree, 1)
            if (name in CALLS or name in FACTORIZATIONS) and name not in self.declared:
                raise self.error(f"{name} is a function: write {name}(...).", tree)
            self.symbols[name] = self.declared.get(name) or guessed(name, rank)
        return self.symbols[name].kind

    def constant_of(self, tree: Tree, count: int) -> Kind:
        """The identity or an array of ones whose size follows from what stands beside it."""
        self.filled.append(tree)
        dimensions = tuple(Dimension() for _ in range(count))
        return Kind(dimensions * 2 if tree.text in ("eye", "I") else dimensions)

    def infer_negative(self, tree: Tree) -> Kind:
        return self.infer(tree.parts[0])

    def infer_transpose(self, tree: Tree) -> Kind:
        kind = self.infer(tree.parts[0])
        if kind.rank > 2:
            raise self.error(f"The transpose needs a vector or a matrix, and this is {kind.words}.", tree)
        return kind if self.python and kind.rank == 1 else turned(kind)

    def infer_sum(self, tree: Tree) -> Kind:
        kinds = [self.infer(part) for part in tree.parts]
        result = kinds[0]
        for i, kind in enumerate(kinds[1:]):
            result = self.matched(tree, i, result, kind)
        return result

    def matched(self, tree: Tree, i: int, a: Kind, b: Kind) -> Kind:
        """Entry by entry: the same shapes, or a scalar."""
        if not a.rank or not b.rank:
            return a if a.rank else b
        fits = a.rank == b.rank and a.row == b.row
        if fits and all([join(p, q) for p, q in zip(a.dimensions, b.dimensions, strict=True)]):
            return a
        fact = f"{tree.signs[i].text} joins {a.words} and {b.words}"
        if self.python and {a.rank, b.rank} == {1, 2}:
            fact += ": write a product with @, or diag(x) @ A, outer(x, ones(n)) * A"
        raise self.sign_error(tree, i, f"{fact}.")

    def infer_product(self, tree: Tree) -> Kind:
        if len(tree.parts) > FACTORS:
            raise self.error(f"The product has {len(tree.parts)} factors; {FACTORS} are allowed.", tree)
        kinds = [self.infer(part) for part in tree.parts]
        result = kinds[0]
        for i, kind in enumerate(kinds[1:]):
            sign = tree.signs[i].text
            if sign == "@" or (sign == "*" and not self.python):
                result = self.multiplied(tree, i, result, kind)
            elif sign == "/" and not self.python and kind.rank:
                raise self.sign_error(
                    tree, i, f"/ divides by {kind.words}: entry by entry is ./, and a solve is inv(A)*b."
                )
            else:
                result = self.matched(tree, i, result, kind)
        return result

    def multiplied(self, tree: Tree, i: int, a: Kind, b: Kind) -> Kind:
        """The matrix product."""
        sign = tree.signs[i].text
        if not a.rank or not b.rank:
            if sign == "@":
                raise self.sign_error(tree, i, f"@ joins {a.words} and {b.words}: with a scalar write *.")
            return a if a.rank else b
        if max(a.rank, b.rank) > 2:
            raise self.sign_error(tree, i, f"{sign} joins {a.words} and {b.words}: write einsum.")
        if self.python:  # as NumPy does: a vector is a row on the left and a column on the right
            a, b = (k._replace(row=k.rank == 1 and left) for k, left in ((a, True), (b, False)))
        inner = a.dimensions[-1] if a.rank == 2 or a.row else None
        other = b.dimensions[0] if b.rank == 2 or not b.row else None
        if (inner is None) != (other is None) or (inner and other and not join(inner, other)):
            fact = f"{sign} joins {a.words} and {b.words}: "
            fact += "the inner dimensions are not equal" if inner and other else "transpose one, or write .*"
            raise self.sign_error(tree, i, f"{fact}.")
        rows = [] if a.row else [a.dimensions[0]]
        columns = [] if b.rank == 1 and not b.row else [b.dimensions[-1]]
        return Kind((*rows, *columns), not self.python and not rows and bool(columns))

    def infer_power(self, tree: Tree) -> Kind:
        base, exponent = (self.infer(part) for part in tree.parts)
        if tree.text == "^" and base.rank:
            e = self.exponent(tree)
            if base.rank != 2 or not join(*base.dimensions):
                raise self.sign_error(
                    tree, 0, f"^ is of a scalar or a square matrix, and this is {base.words}: write .^"
                )
            if e is None or not -POWER <= e <= POWER:
                fact = f"A matrix has integer powers up to {POWER} only: entry by entry is .^"
                raise self.sign_error(tree, 0, fact)
            return base
        return self.matched(tree, 0, base, exponent)

    def exponent(self, tree: Tree) -> int | None:
        """The integer that is written as an exponent."""
        part, sign = tree.parts[1], 1
        if part.kind == "negative":
            part, sign = part.parts[0], -1
        return sign * int(part.text) if part.kind == "number" and part.text.isdigit() else None

    def infer_call(self, tree: Tree) -> Kind:
        name = tree.text
        if name == "einsum":
            return self.infer_einsum(tree)
        if name in FILLED or name in ("ones", "eye"):
            return self.infer_filled(tree)
        if name in FACTORIZATIONS:
            return self.infer_factor(tree, tree)
        if name not in CALLS:
            fact = f"{quote(name)} is no function"
            if name in self.symbols or name in self.declared:
                fact += f": a product is written with an operator, {name}*(...)"
            elif close := difflib.get_close_matches(name, [*CALLS, *FACTORIZATIONS], 1):
                fact += f"; did you mean {close[0]}?"
            raise self.error(f"{fact}.", tree)
        call = CALLS[name]
        if len(tree.parts) != call.arguments:
            fact = (
                f"{name} takes {call.arguments} argument{'s' * (call.arguments > 1)}, not {len(tree.parts)}."
            )
            raise self.error(fact, tree)
        kinds = [self.infer(part) for part in tree.parts]
        try:
            return call.kind(kinds)
        except Unfit as unfit:
            raise self.error(f"{name}: {unfit.fact}.", tree.parts[unfit.argument]) from None

    def infer_filled(self, tree: Tree) -> Kind:
        """vector(1), matrix(1), ones(n), ones(m, n), eye(n)."""
        if tree.text in FILLED:
            if len(tree.parts) != 1 or self.infer(tree.parts[0]).rank:
                raise self.error(f"{tree.text} takes one scalar, the value of its entries.", tree)
            return self.constant_of(tree, FILLED[tree.text])
        allowed = (1,) if tree.text == "eye" else (1, 2)
        names = [part for part in tree.parts if part.kind == "name"]
        if len(tree.parts) not in allowed or len(names) != len(tree.parts):
            raise self.error(f"{tree.text} takes the letters of its dimensions.", tree)
        self.filled.append(tree)
        dimensions = tuple(self.letters.setdefault(part.text, Dimension(part.text)) for part in names)
        return Kind(dimensions * 2 if tree.text == "eye" else dimensions)

    def infer_einsum(self, tree: Tree) -> Kind:
        if not tree.parts or tree.parts[0].kind != "subscripts":
            raise self.error("einsum takes subscripts first, such as 'ijk,kl->ijl'.", tree)
        inputs, output = subscripts(tree.parts[0].text)
        operands = tree.parts[1:]
        if len(inputs) != len(operands):
            fact = f"The subscripts name {len(inputs)} operands, and there are {len(operands)}."
            raise self.error(fact, tree)
        letters: dict[str, Dimension] = {}
        for own, part in zip(inputs, operands, strict=True):
            if len(set(own)) < len(own):
                raise self.error(f"{own} repeats a letter: write trace or diag.", tree.parts[0])
            bare = part.kind == "name" and part.text not in self.declared
            kind = self.infer_name(part, len(own)) if bare else self.infer(part)
            self.kinds[part] = kind
            if kind.rank != len(own):
                raise self.error(f"{own} has {len(own)} letters, and this is {kind.words}.", part)
            for c, dimension in zip(own, kind.dimensions, strict=True):
                if not join(letters.setdefault(c, dimension), dimension):
                    raise self.error(f"{c} is {letters[c]} elsewhere, and {dimension} here.", part)
        if len(set(output)) < len(output) or any(c not in letters for c in output):
            raise self.error("The letters behind -> are different, and occur before it.", tree.parts[0])
        return Kind(tuple(letters[c] for c in output))

    def sizes(self, name: str) -> bool:
        """Take a symbol that does not occur for the size of constants, where its data alone tells it."""
        own = {d.root() for d in self.declared[name].kind.dimensions}
        told = any(own & open_ for _, open_ in self.unsized())
        if told:
            self.symbols[name] = self.declared[name]
        return told

    def unsized(self) -> Iterator[tuple[Tree, set[Dimension]]]:
        """Arrays of constants with dimensions that no symbol has."""
        known = {d.root() for entry in self.symbols.values() for d in entry.kind.dimensions}
        for tree in self.filled:
            if open_ := {d.root() for d in self.kinds[tree].dimensions} - known:
                yield tree, open_

    def check_filled(self) -> None:
        """Every array of constants must have a size that symbols give it."""
        for tree, _ in self.unsized():
            raise self.error("Its size follows from nothing that has data.", tree)


def subscripts(text: str) -> tuple[list[str], str]:
    inputs, _, output = text.strip("'\"").replace(" ", "").partition("->")
    return inputs.split(","), output
