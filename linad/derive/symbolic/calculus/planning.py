"""Expressions as they are computed: vectors without rows, inverses as solves, products in the order that costs least.

The operations are those of ``COMPUTED``, each of one or two arrays as NumPy has them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from linad.derive.symbolic.calculus.nodes import Node, number, ordered, scalars_first
from linad.derive.symbolic.calculus.products import transpose

# What each operation is in NumPy, and how strongly its text holds together: 1 a sum, 2 a product, 3 a sign, 4 a power.
COMPUTED: dict[str, tuple[str, int]] = {
    "add": ("{} + {}", 1),
    "subtract": ("{} - {}", 1),
    "multiply": ("{} * {}", 2),
    "divide": ("{} / {}", 2),
    "negative": ("-{}", 3),
    "power": ("{} ** {}", 4),
    "matmul": ("{} @ {}", 2),
    "outer": ("np.outer({}, {})", 5),
    "solve": ("np.linalg.solve({}, {})", 5),
    "solve_lower": ("np.linalg.solve({}, {})", 5),
    "solve_upper": ("np.linalg.solve({}, {})", 5),
    "inv": ("np.linalg.inv({})", 5),
    "swap": ("{}.T", 5),
    "det": ("np.linalg.det({})", 5),
    "logdet": ("np.linalg.slogdet({})[1]", 5),
    "trace": ("np.trace({})", 5),
    "sum": ("np.sum({})", 5),
    "norm2": ("np.linalg.norm({})", 5),
    "diag": ("np.diag({})", 5),
    "diagonal": ("np.diagonal({})", 5),
    "scale_rows": ("{}[:, None] * {}", 2),
    "scale_columns": ("{} * {}", 2),
    "tril": ("np.tril({})", 5),
    "triu": ("np.triu({})", 5),
    "stril": ("np.tril({}, -1)", 5),
    "striu": ("np.triu({}, 1)", 5),
}


def planned(x: Node) -> Node:
    """The expression over the operations of ``COMPUTED``, ``fn``, ``einsum``, symbols, numbers and identities."""
    made: dict[Node, Node] = {}

    def plan(node: Node) -> Node:
        """Of a node whose arguments are planned."""
        if node not in made:
            for part in ordered([node]):
                if part not in made:
                    made[part] = _PLANS.get(part.op, _as_it_is)(part, plan)
        return made[node]

    return plan(x)


Plan = Callable[[Node], Node]


def _as_it_is(x: Node, plan: Plan) -> Node:
    return Node(x.op, tuple(map(plan, x.args)), x.shape, x.data)


def _binary(op: str, a: Node, b: Node) -> Node:
    return Node(op, (a, b), a.shape or b.shape)


def _turn(x: Node, plan: Plan) -> Node:
    """A row is computed as the vector that it is."""
    inner = plan(x.args[0])
    return inner if x.is_row else _swapped(inner)


def _sum(x: Node, plan: Plan) -> Node:
    terms = sorted(x.args, key=_is_negative)
    arrays = [term for term in terms if x.shape and not _spread(term)]
    bare = [_without_ones(term) if arrays else term for term in terms]
    result = plan(bare[0])
    for term in bare[1:]:
        negative = _is_negative(term)
        part = plan(_negated(term) if negative else term)
        result = _binary("subtract" if negative else "add", result, part)
    return Node(result.op, result.args, x.shape, result.data)


def _spread(term: Node) -> bool:
    """Whether a term is a scalar that stands for an array."""
    return term.number is not None or (term.op == "mul" and term.args[-1].number is not None)


def _without_ones(term: Node) -> Node:
    if term.number is not None:
        return number(term.number)
    if term.op == "mul" and term.args[-1].number is not None:
        bare = term.args[:-1]
        return bare[0] if len(bare) == 1 else Node("mul", bare, ())
    return term


def _is_negative(x: Node) -> bool:
    c = x.number if x.op != "mul" else x.args[0].number
    return c is not None and c < 0


def _negated(x: Node) -> Node:
    if x.number is not None:
        return number(-x.number, x.shape)
    c, *rest = x.args
    if c.data == -1:
        return rest[0] if len(rest) == 1 else Node("mul", tuple(rest), x.shape)
    return Node("mul", (number(-c.data), *rest), x.shape)


def _product(x: Node, plan: Plan) -> Node:
    """Scalars first, so that an array is multiplied once."""
    above: list[Node] = []
    below: list[Node] = []
    negative = False
    for part in sorted(x.args, key=lambda part: len(part.shape)):
        e = part.args[1].number if part.op == "power" else None
        if part.number == -1 and not part.shape:
            negative = True
        elif e is not None and e < 0:
            base = part.args[0]
            below.append(base if e == -1 else Node("power", (base, number(-e)), part.shape))
        else:
            above.append(part)
    upper = _times(above, plan) if above else number(1)
    whole = upper
    for parts in scalars_first(below):
        if parts:
            whole = _binary("divide", whole, _times(parts, plan))
    return Node("negative", (whole,), x.shape) if negative else whole


def _times(parts: Sequence[Node], plan: Plan) -> Node:
    result = plan(parts[0])
    for part in parts[1:]:
        result = _binary("multiply", result, plan(part))
    return result


def _power(x: Node, plan: Plan) -> Node:
    base, e = x.args
    if e.number is not None and e.number < 0:
        return _product(Node("mul", (x,), x.shape), plan)
    return Node("power", (plan(base), plan(e)), x.shape)


def _chain(x: Node, plan: Plan) -> Node:
    parts = x.args
    cut = next((i for i, part in enumerate(parts) if i and part.is_row), None)
    if parts[0].is_row:  # a scalar
        return _matmul(plan(parts[0]), _column(parts[1:], plan), ())
    if cut is not None:
        right = [transpose(part) for part in reversed(parts[cut:])]
        return Node("outer", (_column(parts[:cut], plan), _column(right, plan)), x.shape)
    if parts[-1].columns == "1":
        return _column(parts, plan)
    return _matrices(parts, plan)


def _matmul(a: Node, b: Node, shape: tuple[str, ...]) -> Node:
    return Node("matmul", (a, b), shape)


def _column(parts: Sequence[Node], plan: Plan) -> Node:
    """A product that ends with a vector, from the right."""
    result = plan(parts[-1])
    for part in reversed(parts[:-1]):
        result = _applied(part, result, plan)
    return result


def _applied(part: Node, result: Node, plan: Plan) -> Node:
    """A factor from the left."""
    shape = (part.rows, *result.shape[1:])
    if part.op == "inv":
        return Node(_solve(part.args[0]), (plan(part.args[0]), result), shape)
    if part.op == "diag":
        op = "multiply" if len(result.shape) == 1 else "scale_rows"
        return Node(op, (plan(part.args[0]), result), shape)
    return _matmul(plan(part), result, shape)


def _solve(A: Node) -> str:
    """The solve that a matrix asks for: triangular factors are triangular."""
    turned = A.op == "T"
    inner = A.args[0] if turned else A
    structure = inner.data[2] if inner.op == "factor" else ""
    if structure not in ("lower", "upper"):
        return "solve"
    return "solve_lower" if (structure == "lower") != turned else "solve_upper"


def _matrices(parts: Sequence[Node], plan: Plan) -> Node:
    """A product of matrices: inverses that end it are solves from the right."""
    end = len(parts)
    while end > 1 and parts[end - 1].op in ("inv", "diag"):
        end -= 1
    if parts[end - 1].op in ("inv", "diag"):  # nothing else is there
        end = 1
    result = plan(parts[end - 1])
    for part in reversed(parts[: end - 1]):
        result = _applied(part, result, plan)
    for part in parts[end:]:
        shape = (result.rows, part.columns)
        if part.op == "diag":
            result = Node("scale_columns", (result, plan(part.args[0])), shape)
            continue
        turned = transpose(part.args[0])
        solved = Node(_solve(turned), (plan(turned), _swapped(result)), shape[::-1])
        result = _swapped(solved)
    return result


def _swapped(x: Node) -> Node:
    return x.args[0] if x.op == "swap" else Node("swap", (x,), x.shape[::-1])


_PLANS: dict[str, Callable[[Node, Plan], Node]] = {
    "T": _turn,
    "plus": _sum,
    "mul": _product,
    "power": _power,
    "chain": _chain,
}
