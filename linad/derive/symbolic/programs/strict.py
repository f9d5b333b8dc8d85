"""Where a triangular solve meets a strict triangle, and so never divides by the last pivot, or the first.

That is so where only the strict triangle of the result is used, and where the right-hand side is a strict triangle.
"""

from __future__ import annotations

from linad.derive.symbolic.algebra.words import Algebra, Atom, reverses
from linad.derive.symbolic.programs.program import Kernel, Kernels, Program, Term, operands


class StrictTriangles:
    """Which values are strict triangles, and of which only a strict triangle is used."""

    def __init__(self, program: Program, algebra: Algebra) -> None:
        self._algebra = algebra
        self._made: dict[str, str] = {}
        readers: dict[str, list[str]] = {value: [""] for value in program.outputs.values()}
        for instruction in program.instructions:
            if isinstance(instruction, Kernels):
                zones = {_strict(kernel, op) for kernel, _, op in instruction.parts}
                if len(zones) == 1:
                    self._made[instruction.result] = zones.pop()
                for kernel, value, _ in instruction.parts:
                    readers.setdefault(value, []).append(_strict(kernel, ""))
            else:
                for value in operands(instruction):
                    readers.setdefault(value, []).append("")
        self._read = {value: set(kinds).pop() for value, kinds in readers.items() if len(set(kinds)) == 1}

    def spared(self, t: Term, atom: Atom, side: str, place: int, result: str | None) -> str | None:
        """The block that suffices, leading or trailing, for an atom at a place of a term; None for the whole."""
        structure = self._algebra.structure(atom)
        if not structure.triangle or structure.pattern.on != "free":
            return None
        effective = structure.triangle
        if reverses(atom.op):
            effective = "upper" if effective == "lower" else "lower"
        if place == (len(t.left) - 1 if side == "left" else 0) and t.op == "":  # beside the value
            found = _MADE.get((self._made.get(t.value, ""), side, effective))
            if found:
                return found
        if result is not None and place == (0 if side == "left" else len(t.right) - 1):  # outermost
            return _READ.get((self._read.get(result, ""), side, effective))
        return None


_MADE = {
    ("lower", "right", "lower"): "leading",
    ("upper", "left", "upper"): "leading",
    ("upper", "right", "upper"): "trailing",
    ("lower", "left", "lower"): "trailing",
}
_READ = {
    ("lower", "right", "upper"): "leading",
    ("upper", "left", "lower"): "leading",
    ("upper", "right", "lower"): "trailing",
    ("lower", "left", "upper"): "trailing",
}


def _strict(kernel: Kernel, op: str) -> str:
    """The strict triangle that a kernel of a value leaves; the kernel stands where the result does."""
    if kernel.on or op in ("T", "H"):
        return ""
    return {(True, False): "lower", (False, True): "upper"}.get((bool(kernel.below), bool(kernel.above)), "")
