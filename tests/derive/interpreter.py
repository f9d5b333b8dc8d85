"""Runs derived programs on arrays, one instruction after the other: what tests compare generated code and oracles with.

The inverse of a matrix that is not square is that of its leading square block, filled up with zeros: it is the
one-sided inverse that keeps triangles triangular, which the pseudo-inverse does not.
"""

import numpy as np

from linad.derive.symbolic.programs.auxiliaries import Assembled, Auxiliary, Place
from linad.derive.symbolic.programs.program import Kernels, Terms
from linad.derive.symbolic.programs.solvers import Products, Sylvester, Turn

IDENTITY = (((), 1),)
FUNCTIONS = {
    "cholesky": np.linalg.cholesky,
    "cholesky_upper": lambda K: np.linalg.cholesky(K[::-1, ::-1])[::-1, ::-1],
}
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
    if isinstance(instruction, Turn):
        return turned(instruction, X, values)
    return np.linalg.solve(whole(instruction, X.shape, values), X.ravel()).reshape(X.shape)


def whole(instruction, shape, values):
    """The matrix of an equation of products, for rows of the unknown one after the other."""
    pairs = (
        [(instruction.left, IDENTITY), (IDENTITY, instruction.right)]
        if isinstance(instruction, Sylvester)
        else instruction.pairs
    )
    pairs = [[weighted(words, values, n) for words, n in zip(pair, shape, strict=True)] for pair in pairs]
    return sum(np.kron(A, B.T) for A, B in pairs)


def assumptions_hold(program, values, given):
    """Whether what a program solves with is not singular: what it assembled, and equations of products."""
    inverted = {
        atom.name
        for i in program.instructions
        if isinstance(i, Terms)
        for t in i.terms
        for atom in (*t.left, *t.right)
        if atom.inverted
    }
    matrices = [
        values[made.name]
        for made in program.auxiliaries
        if isinstance(made, Assembled) and made.name in inverted
    ]
    held = {id_: given[name] for name, id_ in program.inputs.items()}
    for instruction in program.instructions:
        if isinstance(instruction, Sylvester | Products):
            matrices.append(whole(instruction, held[instruction.value].shape, values))
        if any(np.linalg.cond(K) > 1e12 for K in matrices):
            return False
        held[instruction.result] = result(instruction, values, held)
    return True


def weighted(words, values, n):
    """A sum of words as a matrix of an order."""
    return sum(float(c) * product(word, values, n) for word, c in words)


def turned(instruction, X, values):
    """The equations of a turn in real coordinates, one for each entry below the diagonal and its parts."""
    T = OPERATIONS[instruction.triangle.op](values[instruction.triangle.name])
    n, units = len(T), (1, 1j) if np.iscomplexobj(T) or np.iscomplexobj(X) else (1,)
    lower = [(i, j) for i in range(n) for j in range(i)]
    basis = []
    for i, j in lower:
        for unit in units:
            E = np.zeros((n, n), complex)
            E[i, j] = unit
            basis.append(E if instruction.trans == "H" else E - E.conj().T)

    def seen(Y):
        Y = Y if instruction.trans == "N" else Y - Y.conj().T
        entries = np.array([Y[i, j] for i, j in lower])
        return np.concatenate([entries.real, entries.imag]) if len(units) == 2 else entries.real

    T = T if instruction.trans == "N" else T.conj().T
    rows = np.array([seen(S @ T - T @ S) for S in basis]).T
    solution = sum(
        (c * S for c, S in zip(np.linalg.solve(rows, seen(X)), basis, strict=True)), np.zeros((n, n))
    )
    return solution if len(units) == 2 else solution.real


def with_auxiliaries(program, values):
    """The values with those of the matrices that a program computes before it begins."""
    values = dict(values)
    for made in program.auxiliaries:
        if isinstance(made, Auxiliary):
            values[made.name] = FUNCTIONS[made.function](values[made.of])
            continue
        sizes = [values[name].shape[-1 if columns else -2] for name, columns in made.sizes]
        if isinstance(made, Place):
            start = sum(sizes[: made.at])
            values[made.name] = np.eye(sum(sizes))[:, start : start + sizes[made.at]]
            continue
        sizes = sizes or [order(made.words, values)]
        values[made.name] = np.block(
            [
                [
                    weighted(words, values, n) if words else np.zeros((m, n))
                    for n, words in zip(sizes, row, strict=True)
                ]
                for m, row in zip(sizes, made.blocks, strict=True)
            ]
        )
    return values


def order(words, values):
    """The size of square products."""
    name, op, inverted = next(word[-1] for word in words if word)
    return values[name].shape[0 if (op in ("T", "H")) != inverted else 1]


def value_of(expression, values):
    """An expression's matrix; the empty word is the identity."""
    ends = next((word[0], word[-1]) for word in expression if word)
    n = OPERATIONS[ends[1].op](values[ends[1].name]).shape[0 if ends[1].inverted else 1]
    return sum(float(c) * product(word, values, n) for word, c in expression.items())
