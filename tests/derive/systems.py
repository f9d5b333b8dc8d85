"""Random linear systems: sums of products around one or two unknown matrices, with values that solve them.

Coefficients are known matrices, products of them, their adjoints and sums, also of such as are not square where the
product is. In half of the seeds the system is of a known kind, with random signs, sides and operations; in the others
nothing is known of it.
"""

from fractions import Fraction

import numpy as np

from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.algebra.words import Algebra, Atom, Symbol, add
from tests.derive.catalogue import draw, word_of
from tests.derive.interpreter import value_of

SIZES = {"m": 4, "n": 3, "k": 2}
KNOWN = {  # general, definite, Hermitian, triangular and unitary matrices of order n; N is m x n, A is k x n
    "A": "k n general", "B": "n n general", "C": "n n general", "D": "k k general", "G": "k k positive definite",
    "H": "n n hermitian", "K": "k k general", "L": "n n lower", "N": "m n general", "P": "n n positive definite",
    "Q": "n n unitary", "R": "n n positive diagonal", "W": "m m positive definite",
}  # fmt: skip
ORDER_N = [
    "B",
    "C",
    "P",
    "H",
    "L",
    "Q",
    "R",
    "B.H",
    "C.H",
    "B C",
    "N.H N",
    "N.H W N",
    "A.H A",
    "B.H B",
    "I",
    "I",
]
ORDER_K = ["D", "K", "G", "D.H", "K D", "A A.H", "A P A.H", "G^-1", "I", "I"]
KINDS = [  # equations by words, and the unknowns
    (["B X + C X"], "X n k general"),
    (["X D + X K + X G"], "X n k general"),
    (["N.H N X"], "X n k general"),
    (["N.H W N X + P X"], "X n k general"),
    (["B.H B X + X"], "X n k general"),
    (["B X + C X + X D"], "X n k general"),
    (["X + B X D"], "X n k general"),
    (["B X D + C X K"], "X n k general"),
    (["B X D + B X K + C X D + C X K"], "X n k general"),
    (["X + B X B.H"], "X n n hermitian"),
    (["B X C.H + C X B.H"], "X n n hermitian"),
    (["B X + C X + X B.H + X C.H"], "X n n hermitian"),
    (["B X B.H + B X C.H + C X B.H + C X C.H"], "X n n hermitian"),
    (["X P X.H + X B B.H X.H"], "X n n positive lower"),
    (["X.H P X + X.H R X"], "X n n positive upper"),
    (["B X X.H B.H"], "X n n lower"),
    (["X Y X.H"], "X n n unitary; Y n n upper"),
    (["X Y X^-1"], "X n n unitary; Y n n lower"),
    (["H X + A.H Y", "A X"], "X n k general; Y k k general"),
    (["P X + A.H Y", "A X + G Y"], "X n k general; Y k k general"),
    (["X B + Y A", "X A.H + Y K"], "X k n general; Y k k general"),
    (["B X + C Y", "C X + X + B.H Y"], "X n k general; Y n k general"),
    (["B X.H + A.H Y", "A X.H + D Y"], "X k n general; Y k k general"),
    (["X L", "B Y + C Y + X Y"], "X n n general; Y n k general"),
    (["X X.H", "X Y + B Y"], "X n n positive lower; Y n k general"),
    (["X Y", "X Z + B Z"], "X n n unitary; Y n n positive upper; Z n k general"),
    (["B X + X D", "X + C Y + B Y"], "X n k general; Y n k general"),
    (["B X + Y", "X D + C Y"], "X n k general; Y n k general"),
]
SIGNS = [1, 1, 1, -1, 2, Fraction(-1, 2)]


def declared(text):
    parts = [part.split(maxsplit=3) for part in text.split(";")]
    return [Symbol(name, rows, columns, structures[structure]) for name, rows, columns, structure in parts]


class System:
    """Equations with a symbol of its own on the right of each, and values of all."""

    def __init__(self, seed):
        rng = np.random.default_rng([seed, 7])
        self.rng, self.is_complex = rng, bool(rng.integers(2))
        if seed % 2:
            lefts, unknown = KINDS[(seed // 2) % len(KINDS)]
            self.outputs = declared(unknown)
            lefts = [text.split(" + ") for text in lefts]
        else:
            lefts = self.loose()
        known = [Symbol(name, *text.split(maxsplit=2)[:2], structures[text.split(maxsplit=2)[2]]) for name, text in
                 KNOWN.items()]  # fmt: skip
        self.algebra = Algebra([*known, *self.outputs])
        self.values = {
            s.name: draw(s.structure.name, (SIZES[s.rows], SIZES[s.columns]), rng, self.is_complex)
            for s in [*known, *self.outputs]
        }
        self.expressions, rights = [], []
        for i, texts in enumerate(lefts):
            left = self.sum(texts)
            right = self.right(f"F{i}", left)
            rights.append(right)
            self.values[right.name] = value_of(left, self.values) + np.zeros(1)
            self.expressions.append({**left, (Atom(right.name),): Fraction(-1)})
        used = {atom.name for e in self.expressions for word in e for atom in word}
        self.inputs = [s for s in [*known, *rights] if s.name in used]
        self.outputs = [s for s in self.outputs if s.name in used]
        self.algebra = Algebra([*self.inputs, *self.outputs])
        self.text = f"{' and '.join(' + '.join(texts) for texts in lefts)}, seed {seed}"

    def loose(self):
        """One unknown in up to three products, or two in two equations."""
        rng = self.rng
        letters = [str(letter) for letter in rng.choice(["n", "n", "k"], 2)]
        self.outputs = declared(
            "; ".join(f"{name} {letter} k general" for name, letter in zip("XY", letters, strict=True))
        )
        if rng.random() < 0.5:
            self.outputs = self.outputs[:1]
            return [[self.product("X", letters[0]) for _ in range(rng.integers(1, 4))]]
        one_side = rng.random() < 0.7
        equations = []
        for letter in letters:
            products = []
            for name, own in zip("XY", letters, strict=True):
                for _ in range(rng.integers(1, 3) if rng.random() < 0.8 else 0):
                    products.append(self.product(name, letter, own, right=not one_side))
            equations.append(products or [self.product("X", letter, letters[0], right=False)])
        return equations

    def product(self, name, rows, own=None, right=True):
        """A known product, an unknown matrix and another one."""
        own = own or rows
        between = {("n", "k"): ["A.H", "B A.H", "A.H D"], ("k", "n"): ["A", "D A", "A C"]}
        left = str(self.rng.choice(between.get((rows, own), ORDER_N if rows == "n" else ORDER_K)))
        after = str(self.rng.choice(ORDER_K)) if right and self.rng.random() < 0.5 else "I"
        return " ".join(part for part in (left, name, after) if part != "I")

    def sum(self, texts):
        """The words with random numbers; those of a structured or repeated unknown with the same one."""
        fixed = any(s.structure.name != "general" for s in self.outputs)
        numbers = [Fraction(1) if fixed else Fraction(self.rng.choice(SIGNS)) for _ in texts]
        words = [
            self.algebra.product(tuple(self.algebra.canonical(a) for a in word_of(text))) for text in texts
        ]
        total = add(*({word: c} for word, c in zip(words, numbers, strict=True)))
        return total or {words[0]: Fraction(1)}

    def right(self, name, left):
        rows, columns = self.algebra.ends(next(iter(left)))
        same = add(*({self.algebra.apply("H", word): c} for word, c in left.items())) == left
        return Symbol(name, rows, columns, structures["hermitian" if same else "general"])

    def vectors(self, symbols):
        return {
            s.name: draw("general", self.values[s.name].shape, self.rng, np.iscomplexobj(self.values[s.name]))
            for s in symbols
            if not s.structure.fixed
        }
