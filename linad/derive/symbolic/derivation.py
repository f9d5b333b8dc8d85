"""From an equation and structures to the tangent program.

1 linearise   every word of the equation, atom by atom
2 structure   tangents of multiplicative structures are Y S or S Y, of additive ones unknowns themselves
3 isolate     what stands on both sides of all unknowns is multiplied away
4 split       entry by entry: a small exact linear system for each pair of indices, whose solution is the kernels
5 outputs     Y S or S Y; where Y is not square, from the equation with the other tangents known

The side of each unknown is a choice: all are tried, and the one that leaves the fewest matrices beside the unknowns
is kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from linad.derive.symbolic.cores import OverdeterminedError, solve_core
from linad.derive.symbolic.programs import (
    Instruction,
    Kernel,
    Kernels,
    Program,
    Sylvester,
    Term,
    Terms,
    invariant,
)
from linad.derive.symbolic.rational import Rational
from linad.derive.symbolic.structures import FREE
from linad.derive.symbolic.text import instruction_text
from linad.derive.symbolic.words import Algebra, Atom, Expression, Symbol, Word


class UnderivableError(Exception):
    """An equation that this algorithm cannot derive, or a structure that contradicts it."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The unknown of an output: ``side`` tells where it stands, R for Y S, L for S Y, empty for itself."""

    symbol: Symbol
    side: str

    @property
    def name(self) -> str:
        return f"S_{self.symbol.name}"


@dataclass
class Derived:
    """A tangent program and what was learned on the way."""

    program: Program
    gauge: list[str] = field(default_factory=list)
    symmetric: dict[str, set[str]] = field(default_factory=lambda: {"H": set(), "T": set()})


def derive_tangent(
    inputs: Sequence[Symbol], outputs: Sequence[Symbol], equations: Sequence[Expression]
) -> Derived:
    """The tangent program of outputs that are defined by equations, each an expression that is zero."""
    algebra = Algebra([*inputs, *outputs])
    instructions: list[Instruction] = []
    program_inputs: dict[str, str] = {}
    known: dict[str, str] = {}
    derived = Derived(Program({}, (), {}))
    for symbol in inputs:
        if symbol.structure.fixed:
            continue
        program_inputs[symbol.name] = f"d{symbol.name}"
        known[symbol.name] = _projected(symbol, instructions)
        if symbol.structure.self_adjoint:
            derived.symmetric["H"].add(known[symbol.name])
        if symbol.structure.symmetric:
            derived.symmetric["T"].add(known[symbol.name])
    pending = [symbol for symbol in outputs if not symbol.structure.fixed]
    equations = [equation for equation in equations if equation]  # without those that hold by themselves
    while pending:
        for equation in equations:
            names = {atom.name for word in equation for atom in word}
            unknown = [symbol for symbol in pending if symbol.name in names]
            if not unknown:
                continue
            before, gauge = len(instructions), list(derived.gauge)
            try:
                _solve_equation(algebra, equation, unknown, known, instructions, derived)
            except UnderivableError:
                if len(equations) == 1:
                    raise
                del instructions[before:]
                derived.gauge = gauge
                continue
            pending = [symbol for symbol in pending if symbol not in unknown]
            equations.remove(equation)
            break
        else:
            missing = ", ".join(symbol.name for symbol in pending)
            raise UnderivableError(f"no equation determines the tangents of {missing} from what is known")
    if equations:
        raise UnderivableError(
            f"{len(equations)} of the equations are left over: the others determine all outputs"
        )
    derived.program = Program(
        program_inputs,
        tuple(instructions),
        {symbol.name: known[symbol.name] for symbol in outputs if not symbol.structure.fixed},
    )
    return derived


def linearise(algebra: Algebra, equation: Expression) -> list[Term]:
    """The differential of an expression; the value of a term is the name of the symbol whose tangent it holds."""
    terms = []
    for word, coefficient in equation.items():
        for i, atom in enumerate(word):
            if algebra.structure(atom).fixed:
                continue
            if atom.inverted:  # d(X^-1) = -X^-1 dX X^-1
                terms.append(Term(-coefficient, word[: i + 1], atom.name, atom.op, word[i:]))
            else:
                terms.append(Term(coefficient, word[:i], atom.name, atom.op, word[i + 1 :]))
    return terms


def _projected(symbol: Symbol, instructions: list[Instruction]) -> str:
    """The tangent of an input, brought into the tangent space of its structure."""
    pattern = symbol.structure.pattern
    value = f"d{symbol.name}"
    if pattern == FREE:
        return value
    if symbol.structure.adjoint_is_inverse:  # dQ - Q (Q^H dQ + dQ^H Q) / 2
        Q, c = Atom(symbol.name), Fraction(1, 2)
        whole = c if symbol.square else Fraction(1)  # a square Q has Q Q^H = I
        terms = [Term(whole, (), value, "", ()), Term(-c, (Q,), value, "H", (Q,))]
        if not symbol.square:
            terms.append(Term(-c, (Q, Atom(symbol.name, "H")), value, "", ()))
        instructions.append(Terms(f"p{symbol.name}", tuple(terms)))
        return f"p{symbol.name}"
    zero, one, half = Rational.number(0), Rational.number(1), Rational.number(Fraction(1, 2))
    if pattern.above in ("free", "zero") and pattern.on in ("free", "zero"):
        keep = {"free": one, "zero": zero}
        kernel = Kernel(keep[pattern.below], keep[pattern.on], keep[pattern.above])
        parts: tuple[tuple[Kernel, str, str], ...] = ((kernel, value, ""),)
    else:
        op = {"conjugate": "H", "minus conjugate": "H", "equal": "T", "minus": "T"}.get(pattern.above, "H")
        sign = -half if pattern.above.startswith("minus") else half
        if pattern.above in ("free", "zero"):  # a triangle with a real diagonal
            keep = {"free": one, "zero": zero}
            plain = Kernel(keep[pattern.below], half, keep[pattern.above])
            parts = ((plain, value, ""), (Kernel(zero, half, zero), value, "H"))
        else:
            off = half if pattern.below == "free" else zero
            minus = -half if pattern.above.startswith("minus") else half
            parts = (
                (Kernel(off, half, off), value, ""),
                (Kernel(minus if off else zero, sign, minus if off else zero), value, op),
            )
    instructions.append(Kernels(f"p{symbol.name}", parts))
    return f"p{symbol.name}"


def _solve_equation(
    algebra: Algebra,
    equation: Expression,
    unknown: Sequence[Symbol],
    known: dict[str, str],
    instructions: list[Instruction],
    derived: Derived,
) -> None:
    terms = linearise(algebra, equation)
    rules = _rewriting(algebra, equation, unknown)
    choice, core, prefix, suffix = _isolated(algebra, terms, unknown, rules)
    left, right = algebra.inverse(prefix), algebra.inverse(suffix)
    names = {symbol.name for symbol in unknown}
    rest = [
        Term(
            -t.coefficient,
            _rewritten(algebra.product(left, t.left), rules),
            known[t.value],
            t.op,
            algebra.product(t.right, right),
        )
        for t in terms
        if t.value not in names and t.value in known
    ]
    middle = f"M{len(instructions)}"
    instructions.append(Terms(middle, tuple(rest)))
    if all(algebra.structure(a).diagonal for t in core for a in (*t.left, *t.right)):
        derived.gauge += _by_entries(algebra, choice, core, rest, middle, instructions, derived.symmetric)
    else:
        _by_sylvester(choice, core, middle, instructions)
    for u in choice:
        name = u.symbol.name
        if u.side == "":
            known[name] = u.name
        elif u.symbol.square:
            factor = (Atom(name),)
            sides = (factor, ()) if u.side == "R" else ((), factor)
            instructions.append(Terms(f"d{name}", (Term(Fraction(1), sides[0], u.name, "", sides[1]),)))
            known[name] = f"d{name}"
    for u in choice:
        if u.side != "" and not u.symbol.square:
            known[u.symbol.name] = _rectangular(algebra, u.symbol, terms, known, instructions)


def _isolated(
    algebra: Algebra, terms: Sequence[Term], unknown: Sequence[Symbol], rules: Sequence[tuple[Word, Word]]
) -> tuple[list[Unknown], list[Term], Word, Word]:
    """The sides of the unknowns that leave the fewest matrices beside them; the core, and what was around it."""
    best: tuple[int, list[Unknown], list[Term], Word, Word] | None = None
    for sides in itertools.product(*[("R", "L") if s.structure.multiplicative else ("",) for s in unknown]):
        choice = [Unknown(symbol, side) for symbol, side in zip(unknown, sides, strict=True)]
        substituted = _substituted(algebra, terms, choice, rules)
        prefix, suffix = _common(substituted)
        if any(not algebra.structure(a).invertible for a in (*prefix, *suffix)):
            continue
        core = [_stripped(t, len(prefix), len(suffix)) for t in substituted]
        cost = sum(not algebra.structure(a).diagonal for t in core for a in (*t.left, *t.right))
        if best is None or cost < best[0]:
            best = (cost, choice, core, prefix, suffix)
    if best is None:
        raise UnderivableError("the unknowns cannot be isolated")
    return best[1:]


def _by_entries(
    algebra: Algebra,
    choice: Sequence[Unknown],
    core: Sequence[Term],
    rest: Sequence[Term],
    middle: str,
    instructions: list[Instruction],
    symmetric: Mapping[str, set[str]],
) -> list[str]:
    """Kernels for each unknown of a diagonal core; the gauge."""
    symmetries = frozenset(op for op in ("H", "T") if invariant(rest, op, symmetric[op], algebra))
    try:
        patterns = [(u.name, u.symbol.structure.pattern) for u in choice]
        kernels, gauge = solve_core(patterns, core, algebra.real, symmetries)
    except OverdeterminedError as error:
        structures = ", ".join(f"{u.symbol.name} {u.symbol.structure.name}" for u in choice)
        raise UnderivableError(f"{error}: the structures ({structures}) do not fit the equation") from error
    for u in choice:
        parts = tuple((kernel, middle, op) for op, kernel in kernels[u.name].items())
        instructions.append(Kernels(u.name, parts))
    return gauge


def _rewriting(algebra: Algebra, equation: Expression, unknown: Sequence[Symbol]) -> list[tuple[Word, Word]]:
    """Rules long word to short that an equation of two words allows: A V to V w."""
    if len(equation) != 2:
        return []
    (first, c), (second, d) = equation.items()
    if c + d != 0:
        return []
    names = {symbol.name for symbol in unknown}
    for word, other in ((first, second), (second, first)):
        foreign = [a for a in word if a.name not in names]
        if (
            len(word) > 1
            and foreign
            and any(a.name in names for a in word)
            and all(a.name in names for a in other)
        ):
            return [(word, other), (algebra.apply("H", word), algebra.apply("H", other))]
    return []


def _rewritten(word: Word, rules: Sequence[tuple[Word, Word]]) -> Word:
    for pattern, replacement in rules:
        for i in range(len(word) - len(pattern) + 1):
            if word[i : i + len(pattern)] == pattern:
                return _rewritten(word[:i] + replacement + word[i + len(pattern) :], rules)
    return word


def _substituted(
    algebra: Algebra, terms: Sequence[Term], choice: Sequence[Unknown], rules: Sequence[tuple[Word, Word]]
) -> list[Term]:
    """The terms of the unknown tangents, with Y S or S Y in their place."""
    by_name = {u.symbol.name: u for u in choice}
    result = []
    for t in terms:
        u = by_name.get(t.value)
        if u is None:
            continue
        left, right = t.left, t.right
        if u.side:
            factor = (algebra.canonical(Atom(t.value, t.op)),)
            on_left = (u.side == "R") != (t.op in ("T", "H"))
            left, right = (
                (algebra.product(left, factor), right) if on_left else (left, algebra.product(factor, right))
            )
        result.append(Term(t.coefficient, _rewritten(left, rules), u.name, t.op, _rewritten(right, rules)))
    return result


def _common(terms: Sequence[Term]) -> tuple[Word, Word]:
    """The longest prefix and suffix that all terms share."""
    prefix, suffix = terms[0].left, terms[0].right
    for t in terms[1:]:
        n = next(
            (i for i, (a, b) in enumerate(zip(prefix, t.left, strict=False)) if a != b),
            min(len(prefix), len(t.left)),
        )
        prefix = prefix[:n]
        back, own = suffix[::-1], t.right[::-1]
        n = next(
            (i for i, (a, b) in enumerate(zip(back, own, strict=False)) if a != b), min(len(back), len(own))
        )
        suffix = back[:n][::-1]
    return prefix, suffix


def _stripped(t: Term, before: int, after: int) -> Term:
    return Term(t.coefficient, t.left[before:], t.value, t.op, t.right[: len(t.right) - after])


def _by_sylvester(
    choice: Sequence[Unknown], core: Sequence[Term], middle: str, instructions: list[Instruction]
) -> None:
    """The unknown of A S + S B = M."""
    if (
        len(choice) == 1
        and len(core) == 2
        and choice[0].side == ""
        and choice[0].symbol.structure.pattern == FREE
    ):
        one, two = core
        if one.left and not one.right and two.right and not two.left:
            a, b = one, two
        elif two.left and not two.right and one.right and not one.left:
            a, b = two, one
        else:
            raise UnderivableError("two terms that are not of the form A S + S B")
        if a.op == b.op == "" and a.coefficient == b.coefficient == 1:
            instructions.append(
                Sylvester(choice[0].name, ((a.left, Fraction(1)),), ((b.right, Fraction(1)),), middle)
            )
            return
    left = instruction_text(Terms("0", tuple(core))).removeprefix("0 = ")
    raise UnderivableError(f"matrices are left beside the unknowns in {left} = {middle}")


def _rectangular(
    algebra: Algebra,
    symbol: Symbol,
    terms: Sequence[Term],
    known: dict[str, str],
    instructions: list[Instruction],
) -> str:
    """The tangent of an output that is not square: from the equation, with the tangents of the others."""
    own = [t for t in terms if t.value == symbol.name]
    if len(own) != 1 or own[0].op:
        raise UnderivableError(f"the tangent of {symbol.name} occurs {len(own)} times")
    left, right = algebra.inverse(own[0].left), algebra.inverse(own[0].right)
    result = []
    for t in terms:
        if t.value == symbol.name:
            continue
        before, after = algebra.product(left, t.left), algebra.product(t.right, right)
        if t.value not in known:
            raise UnderivableError(f"the tangents of {symbol.name} and {t.value} need each other")
        result.append(Term(-t.coefficient / own[0].coefficient, before, known[t.value], t.op, after))
    name = f"d{symbol.name}"
    if not symbol.structure.triangle:
        instructions.append(Terms(name, tuple(result)))
        return name
    instructions.append(Terms(f"N_{symbol.name}", tuple(result)))
    factor = {"free": Rational.number(1), "real": Rational.number(1), "zero": Rational.number(0)}
    pattern = symbol.structure.pattern
    kernel = Kernel(factor[pattern.below], factor[pattern.on], factor[pattern.above])
    instructions.append(
        Kernels(name, ((kernel, f"N_{symbol.name}", ""),))
    )  # forbidden entries are exactly zero
    return name
