"""Random expressions as text, in both spellings, of given shapes; smooth at the data that goes with them."""

import numpy as np
from hypothesis import strategies as st

DECLARED = {"a": "scalar", "x": "n", "y": "n", "u": "m", "A": "m n", "B": "n n", "S": "n n symmetric"}
SIZES = {"m": 2, "n": 3}
SYMBOLS = {"": ["a"], "n": ["x", "y"], "m": ["u"], "mn": ["A"], "nn": ["B", "S"], "nm": []}
SMOOTH = ("exp({})", "sin({})", "cos({})", "tanh({})", "arctan({})")
SIGNS = {
    "python": {"mul": "*", "dot": "@", "T": ".T", "power": "**"},
    "matrixcalculus": {"mul": ".*", "dot": "*", "T": "'", "power": ".^"},
}


def numbers(seed):
    """Data for all symbols."""
    rng = np.random.default_rng(seed)
    data = {}
    for name, said in DECLARED.items():
        shape = tuple(SIZES[c] for c in said.split() if c in SIZES)
        data[name] = rng.normal(size=shape) * 0.5
    data["S"] = data["S"] + data["S"].T
    return data


@st.composite
def expressions(draw, spelling, shape="", depth=4):
    """A text of a shape: ``""`` a scalar, ``"n"`` a vector, ``"mn"`` a matrix."""
    signs = SIGNS[spelling]

    def any_of(*texts):
        return draw(st.sampled_from(texts))

    def make(shape, depth):
        symbols = SYMBOLS[shape]
        if depth == 0 and symbols:
            return any_of(*symbols)
        if depth <= 0 and shape == "nm":
            return "A" + signs["T"]
        return draw(st.sampled_from(RULES[shape] + COMMON))(shape, depth - 1)

    def add(shape, depth):
        return f"({make(shape, depth)} {any_of('+', '-')} {make(shape, depth)})"

    def entries(shape, depth):
        return f"({make(shape, depth)}){signs['mul'] if shape else '*'}({make(shape, depth)})"

    def function(shape, depth):
        return any_of(*SMOOTH).format(make(shape, depth))

    def number(shape, depth):
        return f"{any_of('2', '0.5', '-3', '1/3')}*({make(shape, depth)})"

    def square(shape, depth):
        return f"({make(shape, depth)}){signs['power']}2"

    def scaled(shape, depth):
        return f"({make('', depth)})*({make(shape, depth)})"

    def bare(shape, depth):
        """A scalar without brackets before what it multiplies."""
        left, right = (any_of(*own) for own in [SYMBOLS[any_of("n", "m")]] * 2)
        last = any_of(*SYMBOLS[shape]) if SYMBOLS[shape] else f"({make(shape, depth)})"
        if spelling == "python":
            return f"{left} @ {right} * {last}"
        return any_of(f"{left}'*{right}*{last}", f"{left}'*{right}*{left}'*{right}*{last}")

    def over(shape, depth):
        over = "/" if not shape or spelling == "python" else "./"
        return f"({make(shape, depth)}){over}(2 + ({make(shape, depth)}){signs['power']}2)"

    def dot(left, right):
        def rule(shape, depth):
            return f"({make(left, depth)}) {signs['dot']} ({make(right, depth)})"

        return rule

    def inner(shape, depth):
        kind = any_of("n", "m")
        return f"({make(kind, depth)}){signs['T']} {signs['dot']} ({make(kind, depth)})"

    def of_vector(shape, depth):
        return any_of("sum({})", "norm2({} + 3)").format(make(any_of("n", "m"), depth))

    def of_square(shape, depth):
        M = make("nn", depth)
        return any_of(f"tr({M})", f"logdet(5*eye(n) + sin({M}))", f"sum({M})", f"norm(2 + tanh({M}))")

    def solve(shape, depth):
        return f"inv(4*eye(n) + sin({make('nn', depth)})) {signs['dot']} ({make(shape, depth)})"

    def turned(shape, depth):
        return f"({make(shape[::-1], depth)}){signs['T']}"

    def outer(shape, depth):
        return f"outer({make(shape[0], depth)}, {make(shape[1], depth)})"

    def diagonal(shape, depth):
        return f"diag({make('nn' if shape == 'n' else 'n', depth)})"

    COMMON = [add, entries, function, number, square, scaled, bare, over]
    RULES = {
        "": [inner, of_vector, of_square],
        "n": [dot("nn", "n"), dot("nm", "m"), solve, diagonal],
        "m": [dot("mn", "n")],
        "mn": [dot("mn", "nn"), outer],
        "nm": [turned],
        "nn": [dot("nm", "mn"), turned, outer, solve, diagonal],
    }
    return make(shape, depth)
