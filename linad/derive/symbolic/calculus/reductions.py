"""What matrices are reduced to, and made from: traces, determinants, diagonals."""

from __future__ import annotations

from linad.derive.symbolic.calculus.nodes import ONE, Node, apart, number, ones
from linad.derive.symbolic.calculus.products import inverse, keys_of, product, segments_of, total, transpose
from linad.derive.symbolic.calculus.sums import mul, plus, power


def trace(x: Node) -> Node:
    """The trace of a square matrix, the sum of its diagonal; the same for every rotation of a product."""
    if not x.shape:
        return x
    if x.op == "plus":
        return plus(*map(trace, x.args))
    scalars, arrays = apart(x)
    if scalars:
        return mul(*scalars, trace(mul(*arrays)))
    if x.op in ("eye", "diag"):
        return total(x)
    if x.op == "number":
        return mul(number(x.data), total(ones(x.shape[:1])))
    if x.op == "T":
        return trace(x.args[0])
    if x.op != "chain":
        return Node("trace", (x,), ())
    segments = segments_of(x.args)
    if len(segments) == 2:
        return product(*segments[1], *segments[0])
    args = x.args
    if args[0] == inverse(args[-1]) and args[0].rows == args[0].columns:
        return trace(product(*args[1:-1]))
    turns = [keys_of(args[i:] + args[:i]) for i in range(len(args))]
    return Node("trace", (x,), (), min(turns))


def determinant(x: Node) -> Node:
    """The determinant of a square matrix."""
    if not x.shape:
        return x
    if x.op == "inv":
        return power(determinant(x.args[0]), number(-1))
    if x.op == "T":
        return determinant(x.args[0])
    if x.op == "eye":
        return ONE
    if x.op == "chain" and all(part.rows == part.columns != "1" for part in x.args):
        return mul(*map(determinant, x.args))
    return Node("det", (x,), ())


def logarithm_of_determinant(x: Node) -> Node:
    """log |det x|."""
    if not x.shape:
        return Node("fn", (Node("fn", (x,), (), "abs"),), (), "log")
    if x.op == "inv":
        return mul(number(-1), logarithm_of_determinant(x.args[0]))
    if x.op == "T":
        return logarithm_of_determinant(x.args[0])
    if x.op == "eye":
        return number(0)
    if x.op == "chain" and all(part.rows == part.columns != "1" for part in x.args):
        return plus(*map(logarithm_of_determinant, x.args))
    return Node("logdet", (x,), ())


def diagonal(x: Node) -> Node:
    """The vector of the diagonal of a square matrix."""
    if x.op == "diag":
        return x.args[0]
    if x.op == "T":
        return diagonal(x.args[0])
    if x.op == "eye":
        return ones(x.shape[:1])
    if x.op in ("number", "mul", "plus"):
        if x.op == "number":
            return number(x.data, x.shape[:1])
        parts = [diagonal(part) if part.shape else part for part in x.args]
        return plus(*parts) if x.op == "plus" else mul(*parts)
    if x.op == "chain" and len(segments := segments_of(x.args)) == 2:
        return mul(product(*segments[0]), transpose(product(*segments[1])))
    return Node("diagonal", (x,), x.shape[:1])


def diag(x: Node) -> Node:
    """The diagonal matrix of a vector."""
    if x.op == "number":
        return mul(number(x.data), Node("eye", (), (x.rows, x.rows)))
    if x.op == "diagonal" and x.args[0].op == "eye":
        return x.args[0]
    scalars, arrays = apart(x)
    if scalars:
        return mul(*scalars, diag(mul(*arrays)))
    return Node("diag", (x,), (x.rows, x.rows))
