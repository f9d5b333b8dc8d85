"""Matrix products, transposes and inverses, in the form in which equal ones are equal.

product     A B x y^T ...           scalars in front, adjacent inverses cancelled, the identity left out
transpose   down to symbols: (A B)^T = B^T A^T, (A^-1)^T = (A^T)^-1; a symmetric matrix is its own
inverse     (A B)^-1 = B^-1 A^-1 for square A and B
"""

from __future__ import annotations

from collections.abc import Sequence

from linad.derive.symbolic.calculus.nodes import Node, Shape, apart, number, ones
from linad.derive.symbolic.calculus.sums import mul, plus, power

MIRRORED = {"tril": "triu", "triu": "tril", "stril": "striu", "striu": "stril"}


def transpose(x: Node) -> Node:
    """The transpose; of a vector the row."""
    if not x.shape:
        return x
    own: Shape = ("1", *x.shape) if len(x.shape) == 1 else x.shape[::-1]
    if x.is_row and x.op == "T":
        return x.args[0]
    if x.op == "chain":
        return product(*[transpose(part) for part in reversed(x.args)])
    if x.op == "mul" and (len(x.shape) == 2 or any(not part.shape for part in x.args)):
        scalars, arrays = apart(x)
        if len(x.shape) == 2 and not x.is_row:
            return mul(*scalars, *map(transpose, arrays))
        return mul(*scalars, transpose(mul(*arrays)))
    if x.is_row and x.op == "plus":
        return plus(*map(transpose, x.args))
    if len(x.shape) == 1 or x.is_row:
        return Node("T", (x,), own)
    if x.op == "number":
        return number(x.data, own)
    if x.op == "T":
        return x.args[0]
    if x.op in ("eye", "diag") or (x.op == "symbol" and x.data[1]):
        return x
    if x.op in ("plus", "fn"):
        args = tuple(map(transpose, x.args))
        return plus(*args) if x.op == "plus" else Node("fn", args, own, x.data)
    if x.op == "power":
        return Node("power", tuple(map(transpose, x.args)), own)
    if x.op == "inv":
        return inverse(transpose(x.args[0]))
    if x.op in MIRRORED:
        return Node(MIRRORED[x.op], (transpose(x.args[0]),), own)
    return Node("T", (x,), own)


def inverse(x: Node) -> Node:
    """The inverse of a square matrix."""
    if not x.shape:
        return power(x, number(-1))
    if x.op == "inv":
        return x.args[0]
    if x.op == "eye":
        return x
    if x.op == "T" and _is_orthogonal(x.args[0]):
        return x.args[0]
    if _is_orthogonal(x):
        return transpose(x)
    if x.op == "diag":
        return Node("diag", (power(x.args[0], number(-1)),), x.shape)
    if x.op == "chain" and all(part.rows == part.columns != "1" for part in x.args):
        return product(*[inverse(part) for part in reversed(x.args)])
    if x.op == "mul" and sum(1 for part in x.args if part.shape) == 1:
        *scalars, array = x.args
        return mul(*[power(s, number(-1)) for s in scalars], inverse(array))
    return Node("inv", (x,), x.shape)


def _is_orthogonal(x: Node) -> bool:
    return x.op == "factor" and x.data[2] == "orthogonal" and x.rows == x.columns


def product(*factors: Node) -> Node:
    """The matrix product of columns, rows, matrices and scalars."""
    scalars: list[Node] = []
    parts: list[Node] = []
    stack = list(reversed(factors))
    while stack:
        factor = stack.pop()
        if not factor.shape:
            scalars.append(factor)
        elif factor.op == "chain":
            stack.extend(reversed(factor.args))
        elif factor.op == "mul" and (found := apart(factor))[0]:
            scalars += found[0]
            stack.append(mul(*found[1]))
        elif factor.op == "number" and factor.data != 1:
            scalars.append(number(factor.data))
            parts.append(ones(factor.shape))
        else:
            _append(parts, factor)
    column: list[Node] = []
    for segment in segments_of(parts):
        if segment[0].rows == segment[-1].columns == "1":
            scalars.append(_inner(segment))
        else:
            column += segment
    shape = _outer_shape(column)
    if any(s.number == 0 for s in scalars):
        return number(0, shape)
    if not column:
        return mul(*scalars)
    whole = column[0] if len(column) == 1 else Node("chain", tuple(column), shape)
    return mul(*scalars, whole)


def _outer_shape(column: Sequence[Node]) -> Shape:
    """Of a product without scalars."""
    if not column:
        return ()
    rows, columns = column[0].rows, column[-1].columns
    return (rows,) if columns == "1" else (rows, columns)


def _append(parts: list[Node], factor: Node) -> None:
    """One more factor; with the last one it may cancel or join."""
    if factor.op == "eye" and parts:
        return
    if parts:
        last = parts[-1]
        joined: Node | None = None
        if last.op == "eye":
            joined = factor
        elif last.rows == last.columns != "1" and factor == inverse(last):
            joined = Node("eye", (), last.shape)
        elif last.op == factor.op == "diag":
            joined = Node("diag", (mul(last.args[0], factor.args[0]),), last.shape)
        elif last.op == "diag" and factor.columns == "1":
            joined = mul(last.args[0], factor)
        elif factor.op == "diag" and last.is_row:
            joined = transpose(mul(transpose(last), factor.args[0]))
        if joined is not None:
            parts.pop()
            if joined.op == "number" and joined.shape and joined.data == 1:
                parts.append(joined)
            else:
                _append(parts, joined)
            return
    parts.append(factor)


def segments_of(parts: Sequence[Node]) -> list[list[Node]]:
    """Factors between the places where a product is cut: behind a column, where a row stands or x^T A y has ended."""
    segments: list[list[Node]] = []
    for i, part in enumerate(parts):
        if i and parts[i - 1].columns != "1":
            segments[-1].append(part)
        else:
            segments.append([part])
    return segments


def _inner(segment: list[Node]) -> Node:
    """A scalar x^T A y, of which y^T A^T x is another spelling; with ones, a sum."""
    first, *middle, last = segment
    if last.number == 1 and first == transpose(last):
        return total(product(*middle)) if middle else Node("sum", (last,), ())
    if len(segment) == 2 and last.number == 1:
        return total(transpose(first))
    if len(segment) == 2 and transpose(first).number == 1:
        return total(last)
    turned = [transpose(part) for part in reversed(segment)]
    return Node("chain", tuple(segment), (), min(keys_of(segment), keys_of(turned)))


def keys_of(parts: Sequence[Node]) -> tuple[bytes, ...]:
    """What spellings of the same product are compared by."""
    return tuple(part.key for part in parts)


def total(x: Node) -> Node:
    """The sum of the entries."""
    if not x.shape:
        return x
    if x.is_row:
        return total(transpose(x))
    if x.op == "mul":
        scalars, arrays = apart(x)
        if len(arrays) == 2 and len(x.shape) == 1 and not any(part.number for part in arrays):
            return mul(*scalars, product(transpose(arrays[0]), arrays[1]))
        if scalars:
            return mul(*scalars, total(mul(*arrays)))
    if x.op == "number" and x.data != 1:
        return mul(number(x.data), total(ones(x.shape)))
    if x.op == "diag":
        return total(x.args[0])
    if x.op == "eye":
        return total(ones(x.shape[:1]))
    return Node("sum", (x,), ())
