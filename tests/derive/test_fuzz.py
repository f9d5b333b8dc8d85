"""Random equations: what is derived agrees with the oracle, and what the oracle finds contradictory is refused."""

from collections import Counter
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from linad.derive.oracle import Oracle
from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.algebra.words import Algebra, Atom, Symbol, add
from linad.derive.symbolic.deriving.derivation import UnderivableError, derive_tangent
from linad.derive.symbolic.programs.program import adjoint
from linad.derive.symbolic.programs.simplify import simplify
from tests.derive.cases import inner, size
from tests.derive.catalogue import draw, word_of
from tests.derive.interpreter import assumptions_hold, product, run, with_auxiliaries
from tests.derive.systems import System

N = 3
FACTORS = [
    "unit lower", "positive lower", "lower", "unit upper", "upper", "positive upper", "unitary", "real diagonal",
    "diagonal", "hermitian", "positive definite", "general",
]  # fmt: skip


WELL_POSED = [  # factors and whether the first one closes the product as its adjoint
    (("unit lower", "upper"), False),
    (("lower", "unit upper"), False),
    (("upper", "unit lower"), False),
    (("unit upper", "lower"), False),
    (("unit lower", "diagonal", "unit upper"), False),
    (("unit upper", "diagonal", "unit lower"), False),
    (("diagonal", "unit lower", "unit upper"), False),
    (("unit lower", "unit upper", "diagonal"), False),
    (("unitary", "positive upper"), False),
    (("unitary", "positive lower"), False),
    (("positive upper", "unitary"), False),
    (("positive lower", "unitary"), False),
    (("general",), False),
    (("positive lower",), True),
    (("positive upper",), True),
    (("unit lower", "real diagonal"), True),
    (("unit upper", "real diagonal"), True),
    (("unitary", "real diagonal"), True),
]


class Equation:
    """A random product of structured factors, equal to a random product of inputs; values that solve it."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.is_complex = bool(rng.integers(2))
        if seed % 3:
            factors, congruence = WELL_POSED[rng.integers(len(WELL_POSED))]
            chosen = list(factors)
        else:
            chosen = [FACTORS[i] for i in rng.integers(len(FACTORS), size=rng.integers(1, 4))]
            congruence = len(chosen) < 3 and bool(rng.integers(2))
        self.outputs = [Symbol(f"Y{i}", "n", "n", structures[name]) for i, name in enumerate(chosen)]
        word = [Atom(symbol.name) for symbol in self.outputs]
        if congruence:
            word.append(Atom("Y0", "H"))
        values = {s.name: draw(s.structure.name, (N, N), rng, self.is_complex) for s in self.outputs}
        middle = chosen[1] if len(chosen) > 1 else "hermitian"  # Y Y^H
        hermitian = congruence and structures[middle].self_adjoint
        form = "A" if hermitian else ("A", "A B", "A^-1 B")[rng.integers(3)]
        self.inputs = [Symbol("A", "n", "n", structures["hermitian" if hermitian else "general"])]
        algebra = Algebra([*self.inputs, *self.outputs, Symbol("B", "n", "n", structures["general"])])
        left = algebra.product(tuple(algebra.canonical(a) for a in word))
        W = product(left, values, N)
        if form == "A":
            values["A"] = (W + W.conj().T) / 2 if hermitian else W
            right = (Atom("A"),)
        else:
            values["A"] = draw("general", (N, N), rng, self.is_complex) + N * np.eye(N)
            values["B"] = np.linalg.solve(values["A"], W) if form == "A B" else values["A"] @ W
            right = (Atom("A", "", form != "A B"), Atom("B"))
            self.inputs.append(Symbol("B", "n", "n", structures["general"]))
        self.values, self.rng = values, rng
        self.algebra = Algebra([*self.inputs, *self.outputs])
        self.expressions = [{left: Fraction(1), right: Fraction(-1)}]
        self.text = f"{' '.join(map(str, left))} = {form} with {chosen}"

    def vectors(self, symbols):
        return {
            s.name: draw("general", self.values[s.name].shape, self.rng, np.iscomplexobj(self.values[s.name]))
            for s in symbols
            if not s.structure.fixed
        }


LOOSE = [*FACTORS, "symmetric", "skew", "skew symmetric", "positive diagonal", "unit columns", "permutation"]
SHAPED = [  # structures of factors by letters, m > n > k
    ("m n unit lower", "n n upper"),
    ("m n lower", "n n unit upper"),
    ("n n unit lower", "n m upper"),
    ("m n unitary", "n n positive upper"),
    ("n n positive lower", "n m orthonormal rows"),
    ("n n unitary", "n m positive upper"),
    ("m n unitary", "n n positive definite"),
    ("n n positive definite", "n m orthonormal rows"),
    ("m n unitary", "n n positive diagonal", "n n unitary"),
    ("n n unitary", "n n positive diagonal", "n m orthonormal rows"),
    ("m k unitary", "k k positive diagonal", "k n orthonormal rows"),
    ("n n unitary", "n n hermitian"),
    ("n n positive definite", "n n unitary"),
    ("n n unit columns", "n n diagonal"),
]
TEMPLATES = [  # words, structures of Y0, Y1 and of X0, X1
    (["X0 Y0", "Y0 X1"], ["general"], ["general", "general"]),
    (["X0 Y0", "Y0 X0.H"], ["hermitian"], ["general"]),
    (["X0 Y0", "Y0 X0.H"], ["skew"], ["general"]),
    (["X0.T Y0", "Y0 X0"], ["symmetric"], ["general"]),
    (["X0 Y0", "Y0 X0"], ["hermitian"], ["positive definite"]),
    (["Y0 Y0"], ["positive definite"], []),
    (["Y0 Y0"], ["general"], []),
    (["Y0 X0 Y0"], ["positive definite"], ["positive definite"]),
    (["X0.H Y0", "Y0 X0", "Y0 X1 Y0"], ["hermitian"], ["general", "hermitian"]),
    (["Y0 X0 Y0.H"], ["positive lower"], ["positive definite"]),
    (["Y0 X0 Y0.H"], ["positive upper"], ["positive definite"]),
    (["Y0.H X0 Y0"], ["positive upper"], ["positive definite"]),
    (["Y0 X0^-1 Y0.H"], ["positive lower"], ["positive definite"]),
    (["Y0 X0 X0.H Y0.H"], ["positive lower"], ["general"]),
    (["Y0 Y1"], ["unitary", "positive definite"], []),
    (["Y1 Y0"], ["unitary", "hermitian"], []),
    (["Y0 Y1 Y0^-1"], ["unit columns", "diagonal"], []),
    (["Y0^-1 Y1"], ["unit lower", "upper"], []),
    (["Y0^-1 Y1 Y0^-1.H"], ["unit lower", "real diagonal"], []),
    (["Y0 Y1 Y0.T"], ["unit lower", "diagonal"], []),
    (["Y0 X0 Y1"], ["unitary", "positive upper"], ["permutation"]),
    (["Y0"], ["general"], []),
    (["Y0^-1"], ["lower"], []),
]
SIZES = {"m": 5, "n": 3, "k": 2}


class LooseEquation(Equation):
    """A template, or any sum of up to two products of known and unknown matrices, equal to an input.

    Known matrices may stand around all of it, and words may be turned into their transposes or inverses.
    """

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.is_complex = bool(rng.integers(2))
        texts, outputs, inputs = TEMPLATES[seed % len(TEMPLATES)] if seed % 4 else ([], None, None)
        outputs = outputs or [LOOSE[i] for i in rng.integers(len(LOOSE), size=rng.integers(1, 4))]
        inputs = inputs if texts else [LOOSE[i] for i in rng.integers(len(LOOSE), size=rng.integers(0, 3))]
        around = ["general", "unitary", "lower", "permutation", "positive definite"]
        inputs = [*inputs, str(rng.choice(around)), str(rng.choice(around))]
        self.outputs = [Symbol(f"Y{i}", "n", "n", structures[name]) for i, name in enumerate(outputs)]
        self.inputs = [Symbol(f"X{i}", "n", "n", structures[name]) for i, name in enumerate(inputs)]
        square = [*self.outputs, *self.inputs]
        algebra = Algebra(square)
        values = {s.name: draw(s.structure.name, (N, N), rng, self.is_complex) for s in square}
        if texts:
            words = [tuple(algebra.canonical(atom) for atom in word_of(text)) for text in texts]
        else:
            words = [self.word(algebra, square, rng) for _ in range(rng.integers(1, 3))]
        before, after = (
            (Atom(symbol.name, "", bool(rng.integers(2))),) if rng.random() < 0.3 else ()
            for symbol in self.inputs[-2:]
        )
        if rng.random() < 0.2:
            after = algebra.apply("H", before)
        op = str(rng.choice(["", "", "", "T", "C", "H"]))
        signs = [Fraction(int(rng.choice([1, 1, -1, 2]))) for _ in words]
        left = add(
            *(
                {algebra.apply(op, algebra.product(before, word, after)): c}
                for word, c in zip(words, signs, strict=True)
            )
        )
        left = {word: c for word, c in left.items() if word} or {(Atom("Y0"),): Fraction(1)}
        self.close(algebra, left, values, rng)
        self.text = f"{left} of outputs {outputs}, inputs {inputs}"

    def word(self, algebra, symbols, rng):
        """Up to four atoms, perhaps closed to W M W^H."""
        word = []
        for i in rng.integers(len(symbols), size=rng.integers(1, 5)):
            structure = symbols[i].structure  # a skew matrix of odd order is singular
            inverted = rng.random() < 0.2 and structure.invertible and "skew" not in structure.name
            word.append(algebra.canonical(Atom(symbols[i].name, str(rng.choice(["", "", *"HTC"])), inverted)))
        if rng.random() < 0.4:
            word += algebra.apply("H", tuple(word[: rng.integers(1, len(word) + 1)]))
        return algebra.product(tuple(word))

    def close(self, algebra, left, values, rng):
        """Set the left-hand side equal to an input, Hermitian or symmetric where it is that by itself."""
        structure = "general"
        for name, op in (("hermitian", "H"), ("symmetric", "T")):
            if left and add(*({algebra.apply(op, word): c} for word, c in left.items())) == left:
                structure = name
        word = next(iter(left), ())
        first, last = (
            (algebra.symbols[word[0].name], algebra.symbols[word[-1].name]) if word else (None, None)
        )
        rows = first and (first.columns if word[0].op in ("H", "T") else first.rows)
        columns = last and (last.rows if word[-1].op in ("H", "T") else last.columns)
        self.inputs.append(Symbol("B", rows or "n", columns or "n", structures[structure]))
        self.expressions = [{**left, (Atom("B"),): Fraction(-1)}]
        values["B"] = sum(
            float(c) * product(w, values, SIZES[columns or "n"]) for w, c in left.items()
        ) + np.zeros(1)
        self.values, self.rng = values, rng
        self.algebra = Algebra([*self.inputs, *self.outputs])


class ShapedEquation(LooseEquation):
    """A product of tall, wide and square factors, with known square matrices around it or without."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.is_complex = bool(rng.integers(2))
        declared = SHAPED[seed % len(SHAPED)]
        rows = [text.split(maxsplit=2) for text in declared]
        self.outputs = [Symbol(f"Y{i}", r, c, structures[name]) for i, (r, c, name) in enumerate(rows)]
        word = [Atom(s.name) for s in self.outputs]
        if declared[0] == "n n unit columns":
            word.append(Atom("Y0", "", True))
        self.inputs = []
        for side, letter in (("left", rows[0][0]), ("right", "n" if len(word) > len(rows) else rows[-1][1])):
            if rng.random() < 0.4 and declared[0] != "n n unit columns":
                structure = structures[str(rng.choice(["general", "unitary", "lower"]))]
                symbol = Symbol(f"X_{side}", letter, letter, structure)
                self.inputs.append(symbol)
                atom = Algebra([symbol]).canonical(Atom(symbol.name, "", bool(rng.integers(2))))
                word = [atom, *word] if side == "left" else [*word, atom]
        both = [*self.outputs, *self.inputs]
        values = {
            s.name: draw(s.structure.name, (SIZES[s.rows], SIZES[s.columns]), rng, self.is_complex)
            for s in both
        }
        left = {tuple(word): Fraction(1)}
        self.close(Algebra(both), left, values, rng)
        self.low_rank = declared[0].startswith("m k")
        self.text = f"{left} of outputs {declared}"


@cache
def verdict(seed, kind=Equation):
    """``refused``, ``agrees``, ``assumed otherwise`` where what a rule assumes does not hold, or what is wrong."""
    equation = kind(seed)
    oracle = Oracle(equation.inputs, equation.outputs, equation.expressions, equation.values)
    try:
        derived = derive_tangent(equation.inputs, equation.outputs, equation.expressions)
    except UnderivableError:
        return "refused"
    forward = simplify(derived.program, derived.algebra)
    backward = simplify(adjoint(forward, derived.algebra), derived.algebra)
    equation.values = with_auxiliaries(forward, equation.values)
    dX, gY = equation.vectors(equation.inputs), equation.vectors(equation.outputs)
    if not assumptions_hold(forward, equation.values, dX):
        return "assumed otherwise"
    if oracle.residual > 1e-9:  # sizes of order one; a contradiction leaves a good part of them
        return f"{equation.text}: derived, but the structures contradict it"
    expected = oracle.tangent(dX)
    zero = {name: np.zeros_like(expected[name]) for name in expected}  # what a program does not give is zero
    dY = zero | run(forward, equation.values, dX)
    difference = oracle.modulo_gauge({name: dY[name] - expected[name] for name in expected})
    bound = (
        1e-13 * oracle.condition * max(1, size(expected))
    )  # rounding, as far as the equation's condition carries it
    if size(difference) > max(bound, 1e-11):
        return (
            f"{equation.text}: tangents differ by {size(difference):.1e} (condition {oracle.condition:.1e})"
        )
    gX = {name: np.zeros_like(dX[name]) for name in dX} | run(backward, equation.values, gY)
    scale = size(gY) * size(dY) + size(gX) * size(dX)
    if abs(inner(gY, dY) - inner(dX, gX)) > 1e-12 * scale:
        return f"{equation.text}: the cotangent is not the adjoint"
    return "agrees"


KINDS = {"products": Equation, "loose": LooseEquation, "shaped": ShapedEquation, "systems": System}


def found(kind, start, count):
    return [verdict(seed, KINDS[kind]) for seed in range(start, start + count)]


FINE = ("refused", "agrees", "assumed otherwise")


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        (kind, start)
        for kind, most in (("products", 240), ("loose", 240), ("shaped", 120), ("systems", 210))
        for start in range(0, most, 30)
    ],
)
def test_derived_rules_agree_with_the_oracle(kind, start):
    assert [v for v in found(kind, start, 30) if v not in FINE] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "start"),
    [
        (kind, start)
        for kind, most in (("products", 3300), ("loose", 6000), ("shaped", 1500), ("systems", 2000))
        for start in range(0, most, 100)
    ],
)
def test_derived_rules_agree_with_the_oracle_at_length(kind, start):
    assert [v for v in found(kind, 1000 + start, 100) if v not in FINE] == []


@pytest.mark.parametrize(
    ("kind", "count", "least"), [("products", 240, 135), ("loose", 240, 55), ("shaped", 120, 96)]
)
def test_many_of_them_are_derived(kind, count, least):
    assert found(kind, 0, count).count("agrees") >= least


def determined(system):
    """Whether the linearised equations have one solution."""
    oracle = Oracle(system.inputs, system.outputs, system.expressions, system.values)
    return oracle.residual < 1e-9 and oracle.nullity == 0


def refusals(count):
    """What became of systems, and why those that have one solution were refused, as a counter of texts."""
    counts = Counter()
    for seed in range(count):
        system = System(seed)
        if not determined(system):
            counts["not determined"] += 1
            continue
        try:
            derive_tangent(system.inputs, system.outputs, system.expressions)
            counts["derived"] += 1
        except UnderivableError as error:
            counts[f"refused: {str(error).partition(':')[0]}"] += 1
    return counts


def test_nearly_all_systems_that_have_one_solution_are_derived_and_the_others_refused_for_a_reason():
    counts = refusals(150)
    print(*(f"{n:5} {text}" for text, n in counts.most_common()), sep="\n")
    refused = sum(n for text, n in counts.items() if text.startswith("refused"))
    assert counts["derived"] >= 0.93 * (counts["derived"] + refused)
    assert all(
        "products" in text or "no unknown stands alone" in text for text in counts if "refused" in text
    )
