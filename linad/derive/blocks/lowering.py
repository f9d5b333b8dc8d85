"""Block programs as steps in memory: a value is made where it is wanted, from one that stands there already."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from linad.derive.blocks.homes import BANDS, factor_zone
from linad.derive.blocks.places import END, Letters, Places, home_buffer
from linad.derive.symbolic.algebra.words import Atom, Symbol, reverses
from linad.derive.symbolic.blocks.program import Again, BlockProgram
from linad.derive.symbolic.deriving.tangents import UnderivableError, mirror
from linad.derive.symbolic.programs.program import Sylvester, Term, Terms
from linad.kernels import programs as kernels
from linad.kernels.programs import Operand, Place
from linad.kernels.triangles import FULL

_TRANS = {"": "N", "T": "T", "H": "H", "C": "N"}  # a conjugate is a buffer of its own


def buffer_of(atom: Atom) -> str:
    """The buffer of a matrix, of its conjugate, and of the inverse of a diagonal one."""
    return f"{atom.name}{'^-1' if atom.inverted else ''}{'*' if atom.op == 'C' else ''}"


def lower(
    program: BlockProgram,
    symbols: Sequence[Symbol],
    homes: dict[str, str],
    within: kernels.BlockProgram | None,
) -> kernels.BlockProgram:
    """The steps of a block program, in place; ``within`` is the program for the first part where that is another."""
    return _Lowering(program, symbols, homes).run(within)


class _Lowering:
    def __init__(self, program: BlockProgram, symbols: Sequence[Symbol], homes: dict[str, str]) -> None:
        self.program, self.homes = program, homes
        self.partition = program.partition
        self.algebra = self.partition.algebra
        self.places = Places(program, symbols, homes)
        self.steps: list[kernels.Step] = []
        self.temporaries: dict[str, tuple[tuple[Place, int], tuple[Place, int]]] = {}
        self.now = 0

    def run(self, within: kernels.BlockProgram | None) -> kernels.BlockProgram:
        for i, step in enumerate(self.program.steps):
            self.now = i
            if isinstance(step, Terms):
                self._terms(step)
            elif isinstance(step, Sylvester):
                self._sylvester(step)
            else:
                self._again(step)
        self.now = END
        for block, value in self.program.outputs.items():
            self._moved(value, self.places.home(block))
            if block in self.partition.mirrored:
                self._mirrored(block)
        cuts = {
            name: (len(grid) > 1, len(grid[0]) > 1 and not self.places.diagonal(name))
            for name, grid in self.partition.grids.items()
        }
        whole = {f"{name}{mark}": cut for name, cut in cuts.items() for mark in ("", "*", "^-1", "^-1*")}
        whole |= {home_buffer(name): cuts[name] for name in set(self.homes.values())}
        pivot = next(
            (home_buffer(home), axis)
            for home in dict.fromkeys(self.homes.values())
            for axis in (0, 1)
            if cuts[home][axis]
        )
        return kernels.BlockProgram(tuple(self.steps), whole, pivot, self.temporaries, within)

    # -- steps -------------------------------------------------------------------------------------------------------

    def _terms(self, step: Terms) -> None:
        places, result = self.places, step.result
        zone = places.zones.setdefault(result, FULL)
        shape = places.shapes.setdefault(result, self._shape(step.terms[0]))
        carrier = next((t for t in step.terms if self._carries(t, step, zone)), None)
        source = places.of[carrier.value] if carrier else None
        place = places.wanted.get(result, source)
        if place is None or not places.free(place, zone, self.now, carrier.value if carrier else ""):
            place = self._temporary(shape)
        if carrier is not None and source is not None:
            if source != place:
                self._add(place, zone, Fraction(1), Operand(source), True)
            self._applied(place, zone, carrier)
        for t in step.terms:
            if t is not carrier:
                self._accumulated(place, zone, t, fresh=carrier is None and t is step.terms[0])
        places.of[result] = place

    def _carries(self, t: Term, step: Terms, zone: str) -> bool:
        """Whether the value of a term can be overwritten by the whole sum."""
        places = self.places
        once = sum(other.value == t.value for other in step.terms) == 1
        dies = places.last[t.value] == self.now and once and t.op == "" and places.in_place(t)
        return dies and places.zones.get(t.value, FULL) == zone

    def _sylvester(self, step: Sylvester) -> None:
        ((left, c),), ((right, d),) = step.left, step.right
        if len(left) != 1 or len(right) != 1 or c != d:
            raise UnderivableError("a Sylvester equation of blocks has products beside its unknown")
        places = self.places
        place = places.wanted.get(step.result, places.of[step.value])
        if places.last[step.value] > self.now or not places.free(place, FULL, self.now, step.value):
            place = self._temporary(places.shapes[step.value])
        if place != places.of[step.value] or c != 1:
            self._add(place, FULL, 1 / c, Operand(places.of[step.value]), True)
        self.steps.append(kernels.Solve(place, self._factor(left[0]), self._factor(right[0])))
        places.of[step.result], places.zones[step.result] = place, FULL
        places.shapes[step.result] = places.shapes[step.value]

    def _again(self, step: Again) -> None:
        places = self.places
        missing = {self.partition.where[block][0] for block in self.program.inputs} - set(step.given)
        if missing:
            raise UnderivableError(f"no value arrives at a diagonal block of {', '.join(sorted(missing))}")
        blocks = {s: self.partition.diagonal_block(s, step.part) for s in (*step.given, *step.found)}
        for symbol, value in step.given.items():
            self._moved(value, places.home(blocks[symbol]))
        touched = {places.home(block) for block in blocks.values()}
        for value, place in list(places.of.items()):
            if place in touched and places.last.get(value, -1) > self.now:  # it is overwritten there
                kept = self._temporary(places.shapes[value])
                self._add(kept, FULL, Fraction(1), Operand(place, "N", places.zones.get(value, FULL)), True)
                places.of[value], places.zones[value] = kept, FULL
        self.steps.append(kernels.Again(step.part))
        for symbol, value in step.found.items():
            places.of[value] = places.home(blocks[symbol])

    def _moved(self, value: str, place: Place) -> None:
        """A value brought to a place."""
        places = self.places
        source, zone = places.of[value], places.zones.get(value, FULL)
        if source == place:
            return
        if not places.free(place, zone, self.now, value):
            raise UnderivableError(f"two values are needed in the place of {value}")
        self._add(place, zone, Fraction(1), Operand(source), True)
        places.of[value] = place

    def _mirrored(self, block: str) -> None:
        """The other block that a block stands for."""
        name, i, j = self.partition.where[block]
        image = mirror(
            self.partition.algebra.symbols[self.partition.diagonal_block(name, 1)].structure.pattern
        )
        if image is None:
            raise UnderivableError(f"{name} has no mirror image")
        place = self.places.home(block)
        other = place._replace(row=j, column=i)
        self._add(other, FULL, Fraction(image[1]), Operand(place, _TRANS[image[0]]), True)

    # -- terms -------------------------------------------------------------------------------------------------------

    def _add(self, place: Place, zone: str, c: Fraction, source: Operand, fresh: bool) -> None:
        self.steps.append(kernels.Add(place, zone, float(c), source, fresh))

    def _applied(self, place: Place, zone: str, t: Term) -> None:
        """A term whose value is in a place already, there."""
        c = t.coefficient
        sides = [*((a, "L") for a in reversed(t.left)), *((a, "R") for a in t.right)]
        if not sides and c != 1:
            self._add(place, zone, c, Operand(place), True)
        for atom, side in sides:
            self._beside(place, atom, side, c)
            c = Fraction(1)

    def _beside(self, place: Place, atom: Atom, side: str, c: Fraction = Fraction(1)) -> None:
        """A triangle or a diagonal applied to a place."""
        if self.algebra.structure(atom).diagonal:
            self.steps.append(kernels.Scale(place, self._factor(atom), side, float(c)))
        else:
            self.steps.append(kernels.Apply(place, self._factor(atom), side, atom.inverted, float(c)))

    def _accumulated(self, place: Place, zone: str, t: Term, fresh: bool) -> None:
        """A term added to a place; what stands between its value and its last factor is made apart."""
        places = self.places
        source = Operand(places.of[t.value], _TRANS[t.op], places.zones.get(t.value, FULL))
        rows, columns = self._turned(places.shapes[t.value], t.op)
        left, right = list(t.left), list(t.right)
        if BANDS in (source.zone, zone):
            self._bands(place, source, t, fresh)
            return
        if t.op == "C":
            source = self._apart(Operand(source.place, "C", source.zone), (rows, columns))
        if zone != FULL and (scaled := self._scaled(left, right)):
            pair = (scaled, source) if left else (source, scaled)
            self.steps.append(kernels.Multiply(place, zone, float(t.coefficient), *pair, fresh))
            return
        own = False  # whether the source is of this term alone
        while len(left) + len(right) > 1 or any(self._in_place(a) for a in (*left, *right)):
            side = "L" if len(left) > len(right) else "R"
            atom = left.pop() if side == "L" else right.pop(0)
            factor = self._factor(atom)
            if self._in_place(atom):
                source = source if own else self._apart(source, (rows, columns))
                own = True
                self._beside(source.place, atom, side)
                continue
            a, b = self._letters(atom)
            rows, columns = (a, columns) if side == "L" else (rows, b)
            made = self._temporary((rows, columns))
            pair = (factor, source) if side == "L" else (source, factor)
            self.steps.append(kernels.Multiply(made, FULL, 1.0, *pair, True))
            source, own = Operand(made), True
        if not left and not right:
            self._add(place, zone, t.coefficient, source, fresh)
            return
        pair = (self._factor(left[0]), source) if left else (source, self._factor(right[0]))
        self.steps.append(kernels.Multiply(place, zone, float(t.coefficient), *pair, fresh))

    def _bands(self, place: Place, source: Operand, t: Term, fresh: bool) -> None:
        """A term of a diagonal value, or the bands of a product."""
        atoms = (*t.left, *t.right)
        if source.zone == BANDS and self.places.zones[t.value] == BANDS and not atoms and not reverses(t.op):
            self._add(place, FULL, t.coefficient, Operand(source.place, "N"), fresh)
            return
        if source.zone == BANDS or fresh or len(atoms) != 1 or atoms[0].inverted:
            raise UnderivableError("there are no steps for the tangent of a diagonal matrix")
        pair = (self._factor(atoms[0]), source) if t.left else (source, self._factor(atoms[0]))
        self.steps.append(kernels.AddBands(place, float(t.coefficient), *pair))

    def _scaled(self, left: Sequence[Atom], right: Sequence[Atom]) -> Operand | None:
        """The one factor that has a diagonal on its outside, scaled apart: of the product one triangle is computed."""
        if len(left) + len(right) != 2 or (left and right):
            return None
        inner, outer = (left[1], left[0]) if left else (right[0], right[1])
        if self._in_place(inner) or outer.inverted or not self._in_place(outer):
            return None
        made = self._apart(self._factor(inner), self._letters(inner))
        self._beside(made.place, outer, "L" if left else "R")
        return made

    def _in_place(self, atom: Atom) -> bool:
        """Whether a factor is applied where its operand stands."""
        return atom.inverted or self.algebra.structure(atom).diagonal

    def _apart(self, source: Operand, shape: Letters) -> Operand:
        made = self._temporary(shape)
        self._add(made, FULL, Fraction(1), source, True)
        return Operand(made)

    def _factor(self, atom: Atom) -> Operand:
        symbol = self.algebra.symbols[atom.name]
        name, i, j = self.partition.where[atom.name]
        if symbol.structure.diagonal:
            return Operand(Place(buffer_of(Atom(name, atom.op, atom.inverted)), i))
        place = Place(buffer_of(Atom(name, atom.op)), i, j)
        return Operand(place, _TRANS[atom.op], factor_zone(symbol))

    # -- shapes ------------------------------------------------------------------------------------------------------

    def _letters(self, atom: Atom) -> Letters:
        symbol = self.algebra.symbols[atom.name]
        return self._turned((symbol.rows, symbol.columns), atom.op)

    @staticmethod
    def _turned(shape: Letters, op: str) -> Letters:
        return shape[::-1] if reverses(op) else shape

    def _shape(self, t: Term) -> Letters:
        rows, columns = self._turned(self.places.shapes[t.value], t.op)
        if t.left:
            rows = self._letters(t.left[0])[t.left[0].inverted]
        if t.right:
            columns = self._letters(t.right[-1])[not t.right[-1].inverted]
        return rows, columns

    def _temporary(self, shape: Letters) -> Place:
        name = f"t{len(self.temporaries) + 1}"
        rows, columns = (self._sized(letter) for letter in shape)
        self.temporaries[name] = rows, columns
        return Place(name)

    def _sized(self, letter: str) -> tuple[Place, int]:
        """A place with a dimension of a letter, and the axis."""
        for block, (name, _, _) in self.partition.where.items():
            symbol = self.algebra.symbols[block]
            if name in self.homes and letter in (symbol.rows, symbol.columns):
                home = self.places.home(block)
                return home, (symbol.rows, symbol.columns).index(letter)
        raise UnderivableError(f"no buffer has the dimension {letter}")
