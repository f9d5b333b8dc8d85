"""The table of mutants: what is wrong, of which kind the operation is, which law is to catch it, and its right twin."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from tests.check.mutants import conduct, equations, numbers, products

Declare = Callable[[str], Any]  # declares an operation under a name


class Mutant(NamedTuple):
    what: str
    kind: str
    law: str
    wrong: Declare
    right: Declare

    def __str__(self) -> str:
        return f"{self.what.replace(' ', '-')}-{self.law}"


def elementwise(what: str, law: str, wrong: Declare, right: Declare = numbers.sine) -> Mutant:
    return Mutant(what, "elementwise", law, wrong, right)


def factor(what: str, law: str, size: float, where: Any = lambda x: True) -> Mutant:
    wrong = partial(numbers.scaled_sine, factor=size, where=where)
    return elementwise(what, law, wrong)


def order(rule: str, tracer: str, law: str) -> Mutant:
    wrong = partial(numbers.sine_by_modes, frozen=(rule, tracer))
    return Mutant(f"{rule} frozen under a {tracer}", "custom", law, wrong, numbers.sine_by_modes)


def product(what: str, law: str, **wrong: Any) -> Mutant:
    return Mutant(what, "composition", law, partial(equations.product, **wrong), equations.product)


def matrices(what: str, law: str, **wrong: Any) -> Mutant:
    return Mutant(what, "custom", law, partial(products.matrix_product, **wrong), products.matrix_product)


def lu(what: str, middle: Any) -> Mutant:
    return Mutant(what, "composition", "adjoint", partial(equations.lu, middle=middle), equations.lu)


def cholesky(what: str, law: str, **wrong: Any) -> Mutant:
    return Mutant(what, "derived", law, partial(equations.cholesky, **wrong), equations.cholesky)


MUTANTS = (
    # functions of numbers
    factor("a wrong sign", "differences", -1.0),
    factor("a factor of a thousandth", "differences", 1.001),
    factor("a factor of a hundred thousandth", "differences", 1 + 1e-5),
    factor("a factor of a thousand millionth", "differences", 1 + 1e-9),
    factor("single precision alone", "differences", 1.001, numbers.of_dtype("float32")),
    factor("single complex numbers alone", "differences", 1.001, numbers.of_dtype("complex64")),
    factor("complex numbers alone", "differences", 1.001, numbers.of_dtype("complex128")),
    factor("Fortran order alone", "differences", 1.001, numbers.out_of_order),
    factor("Python numbers alone", "numbers", 2.0, lambda x: type(x) is float),
    elementwise("a conjugated derivative", "differences", numbers.conjugated_sine),
    elementwise("nothing at all has no largest entry", "differences", numbers.sine_by_a_norm),
    elementwise("a frozen number", "replay", numbers.frozen_sine),
    elementwise("a history", "twice", numbers.forgetful_sine),
    elementwise("a random number", "twice", numbers.random_sine),
    elementwise("another value when traced", "value", numbers.shifted_when_traced),
    elementwise(
        "a cotangent in single precision",
        "form",
        partial(numbers.sine_in_another_form, change=lambda g: np.float32(1) * np.asarray(g).astype("f")),
    ),
    elementwise("half of a derivative", "differences", partial(numbers.modulus, other=0.0), numbers.modulus),
    *[
        elementwise("constant at second order", law, numbers.constant_at_second_order, numbers.exponential)
        for law in ("forward-forward", "forward-reverse", "reverse-forward", "reverse-reverse")
    ],
    elementwise("constant at third order", "third", numbers.constant_at_third_order, numbers.exponential),
    order("push", "Dual", "forward-forward"),
    order("push", "Record", "reverse-forward"),
    order("pull", "Dual", "forward-reverse"),
    order("pull", "Record", "reverse-reverse"),
    # sums and products
    Mutant("a mean for a sum", "linear", "adjoint", partial(products.total, factor=1 / 3), products.total),
    Mutant(
        "one of two uses",
        "linear",
        "adjoint",
        partial(products.repeated, adjoint=lambda g, space: g[-1]),
        products.repeated,
    ),
    Mutant("a turn the same way", "linear", "adjoint", partial(products.turned, back=1), products.turned),
    Mutant(
        "a missing conjugate",
        "multilinear",
        "adjoint",
        partial(products.entrywise, adjoint=lambda g, i, A, B: g * (A if i else B)),
        products.entrywise,
    ),
    Mutant(
        "exchanged operands",
        "multilinear",
        "adjoint",
        partial(products.entrywise, adjoint=lambda g, i, A, B: g * np.conj(B if i else A)),
        products.entrywise,
    ),
    Mutant(
        "integers alone",
        "multilinear",
        "integers",
        partial(products.entrywise, adjoint=products.twofold_beside_integers),
        products.entrywise,
    ),
    Mutant(
        "no sum over what was broadcast",
        "custom",
        "form",
        partial(products.outer_sum, summed=False),
        products.outer_sum,
    ),
    matrices("a dropped term", "differences", terms=lambda parts: parts[-1:]),
    matrices("a missing transpose", "adjoint", left=lambda g, B: products.matmul(g, B)),
    matrices("an operand traced alone", "subset", alone=1.001),
    Mutant("absent is one", "custom", "subset", partial(products.pair, absent=1.0), products.pair),
    Mutant(
        "an absent one scales another",
        "custom",
        "subset",
        partial(products.pair, factor=1.001),
        products.pair,
    ),
    # equations
    product("a tangent off the equation", "equation", tangent_factor=1.001),
    product("a kernel apart from its program", "kernel", kernel_factor=1.001),
    product("a kernel apart by a millionth", "kernel", kernel_factor=1 + 1e-6),
    product("a batch in another order", "batch", numeric=equations.in_another_order),
    product("a factor for batches alone", "batch", batch_factor=1.001),
    Mutant(
        "a tangent in a forbidden entry",
        "composition",
        "equation",
        partial(equations.lower_part, push=lambda dA: 1 * dA),
        equations.lower_part,
    ),
    Mutant(
        "a cotangent of what is not read",
        "composition",
        "equation",
        partial(equations.lower_part, pull=lambda g: 1 * g),
        equations.lower_part,
    ),
    Mutant(
        "the wrong triangle",
        "composition",
        "adjoint",
        partial(equations.lower_part, pull=lambda g: equations.triu(g, 0)),
        equations.lower_part,
    ),
    lu("a missing projection", equations.unprojected),
    lu("exchanged projections", equations.exchanged),
    lu("a dropped cotangent", equations.one_term),
    cholesky("a missing symmetrisation", "adjoint", back=lambda gA: 2 * equations.tril(gA, -1)),
    cholesky("one triangle of the gradient", "adjoint", back=lambda gA: equations.tril(gA, 0)),
    cholesky("the equation of another factor", "equation", equation="cholesky-reversed"),
    cholesky("a derived tangent off by a sign", "differences", forward=lambda dL: -dL),
    Mutant(
        "an inverse off its equation",
        "derived",
        "equation",
        partial(equations.inverse, factor=1.001),
        equations.inverse,
    ),
    Mutant(
        "factors of another matrix",
        "aid",
        "differences",
        lambda name: equations.cholesky(name, factors_of=equations.factors_of_the_first()),
        equations.cholesky,
    ),
    Mutant(
        "factors that depend on history",
        "aid",
        "discrete",
        partial(equations.factors_by_history, step=1e-15),
        equations.factors_by_history,
    ),
    # conduct
    Mutant(
        "it writes into its operand",
        "elementwise",
        "lent",
        partial(conduct.sine, numeric=conduct.sine_in_place),
        conduct.sine,
    ),
    Mutant(
        "it writes into the cotangent",
        "linear",
        "lent",
        partial(conduct.twofold, adjoint=conduct.doubled_in_place),
        conduct.twofold,
    ),
    Mutant(
        "a discrete result stays traced",
        "discrete",
        "discrete",
        partial(conduct.floor, entry=conduct.still_traced),
        conduct.floor,
    ),
    Mutant(
        "a discrete result is frozen",
        "discrete",
        "discrete",
        partial(conduct.floor, entry=conduct.frozen),
        conduct.floor,
    ),
    Mutant(
        "another discrete result when traced",
        "discrete",
        "discrete",
        partial(conduct.floor, entry=conduct.other_when_traced),
        conduct.floor,
    ),
)
