"""Contractions in index notation: einsum("ijk,kl->ijl", X, W)."""

from __future__ import annotations

from linad.derive.symbolic.calculus.nodes import Node, apart, number, ones
from linad.derive.symbolic.calculus.sums import mul


def einsum(subscripts: str, *operands: Node) -> Node:
    """The contraction; every letter of an operand occurs in it once. Numbers in operands stand in front."""
    inputs, output = split(subscripts)
    letters = {
        c: n for own, x in zip(inputs, operands, strict=True) for c, n in zip(own, x.shape, strict=True)
    }
    shape = tuple(letters[c] for c in output)
    scalars: list[Node] = []
    kept: list[tuple[str, Node]] = []
    for own, x in zip(inputs, operands, strict=True):
        found, arrays = apart(x)
        scalars += found
        if not arrays:
            continue
        x = mul(*arrays)
        if x.number is not None:
            scalars.append(number(x.number))
            x = ones(x.shape)
        kept.append((own, x))
    kept = _without_ones(kept, output)
    if any(s.number == 0 for s in scalars):
        return number(0, shape)
    if len(kept) == 1 and kept[0][0] == output:
        return mul(*scalars, kept[0][1])
    if not kept:
        return mul(*scalars)
    text = ",".join(own for own, _ in kept) + "->" + output
    return mul(*scalars, Node("einsum", tuple(x for _, x in kept), shape, text))


def split(subscripts: str) -> tuple[list[str], str]:
    inputs, _, output = subscripts.partition("->")
    return inputs.split(","), output


def _without_ones(operands: list[tuple[str, Node]], output: str) -> list[tuple[str, Node]]:
    """Operands without those that only repeat others along letters which others have."""
    kept = list(operands)
    for entry in operands:
        own, x = entry
        others = "".join(other for other, _ in kept if (other, _) != entry)
        if x.number == 1 and len(kept) > 1 and all(c in others for c in own):
            kept.remove(entry)
    return kept


def einsum_adjoint(y: Node, g: Node, i: int) -> Node:
    """What <g, y> sends back to operand i: g contracted with the others; ones where nothing else has a letter."""
    inputs, output = split(y.data)
    own, x = inputs[i], y.args[i]
    others = [(s, a) for j, (s, a) in enumerate(zip(inputs, y.args, strict=True)) if j != i]
    pairs = [(output, g), *others] if y.shape else others
    present = "".join(s for s, _ in pairs)
    missing = [k for k, c in enumerate(own) if c not in present]
    if missing:
        pairs.append(("".join(own[k] for k in missing), ones(tuple(x.shape[k] for k in missing))))
    made = einsum(",".join(s for s, _ in pairs) + "->" + own, *[a for _, a in pairs])
    return made if y.shape else mul(g, made)
