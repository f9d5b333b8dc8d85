"""Runs derived programs on arrays, one instruction after the other: what tests compare generated code and oracles with.

The inverse of a matrix that is not square is that of its leading square block, filled up with zeros: it is the
one-sided inverse that keeps triangles triangular, which the pseudo-inverse does not.
"""

import numpy as np
from scipy.linalg import solve_sylvester

from linad.derive.symbolic.programs.program import Kernels, Terms

OPERATIONS = {"": lambda X: X, "T": lambda X: X.T, "C": lambda X: X.conj(), "H": lambda X: X.conj().T}


def times(word, X, values):
    """A word times X."""
    for name, op, inverted in reversed(word):
        A = OPERATIONS[op](values[name])
        X = solve_leading(A, X) if inverted else A @ X
    return X


def by(X, word, values):
    """X times a word."""
    for name, op, inverted in word:
        A = OPERATIONS[op](values[name])
        X = solve_leading(A.T, X.T).T if inverted else X @ A
    return X


def solve_leading(A, X):
    n = min(A.shape)
    result = np.zeros((A.shape[1], X.shape[1]), np.result_type(A, X))
    result[:n] = np.linalg.solve(A[:n, :n], X[:n])
    return result


def product(word, values, n):
    return times(word, np.eye(n), values)


def diagonal_entries(name, values):
    """Of a matrix, or of its conjugate: ``D`` and ``D_conj``."""
    if name in values:
        return np.diagonal(values[name])
    return np.diagonal(values[name.removesuffix("_conj")]).conj()


def polynomial(p, rows, columns, values):
    total = np.zeros(len(rows))
    for monomial, c in p.terms.items():
        factor = float(c)
        for (name, side), power in monomial:
            d = diagonal_entries(name, values)
            factor = factor * d[rows if side == "r" else columns] ** power
        total = total + factor
    return total


def kernel_matrix(kernel, shape, values):
    """The factor of each entry."""
    K = np.zeros(shape, np.result_type(float, *values.values()))
    i, j = np.indices(shape)
    for zone, r in ((i > j, kernel.below), (i == j, kernel.on), (i < j, kernel.above)):
        at = np.nonzero(zone)
        K[at] = polynomial(r.above, *at, values) / polynomial(r.below, *at, values)
    return K


def run(program, values, given):
    """The outputs of a program at values of the symbols, for its inputs given by name."""
    held = {id_: given[name] for name, id_ in program.inputs.items()}
    for instruction in program.instructions:
        held[instruction.result] = result(instruction, values, held)
    return {name: held[id_] for name, id_ in program.outputs.items()}


def result(instruction, values, held):
    if isinstance(instruction, Terms):
        return sum(
            float(t.coefficient) * by(times(t.left, OPERATIONS[t.op](held[t.value]), values), t.right, values)
            for t in instruction.terms
        )
    if isinstance(instruction, Kernels):
        total = 0
        for kernel, value, op in instruction.parts:
            X = OPERATIONS[op](held[value])
            total = total + kernel_matrix(kernel, X.shape, values) * X
        return total
    X = held[instruction.value]
    A, B = (
        sum(float(c) * product(word, values, n) for word, c in words)
        for words, n in zip((instruction.left, instruction.right), X.shape, strict=True)
    )
    return solve_sylvester(A, B, X)


def value_of(expression, values):
    """An expression's matrix; the empty word is the identity."""
    ends = next((word[0], word[-1]) for word in expression if word)
    n = OPERATIONS[ends[1].op](values[ends[1].name]).shape[0 if ends[1].inverted else 1]
    return sum(float(c) * product(word, values, n) for word, c in expression.items())
