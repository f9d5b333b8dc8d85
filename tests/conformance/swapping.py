"""linad's functions in the place of SciPy's and NumPy's own, their arguments plain or traced."""

from __future__ import annotations

import inspect
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from types import FrameType, ModuleType
from typing import Any

import numpy as np
import scipy.linalg
import scipy.special
from scipy._lib import _array_api

import linad as ln
import linad.special
from linad.core import tree
from linad.core.boundary import admit, give_out
from linad.core.forward import Dual
from linad.core.level import Level, opened
from linad.core.primitive import primitives
from linad.core.traced import overrides

Function = Callable[..., Any]

MODES = ("plain", "traced")
DOORS = ((scipy.linalg, ln.linalg), (np.linalg, ln.numpy.linalg), (scipy.special, ln.special))

# An argument with a default is an option (a tolerance, a range), except these second operands of some functions.
OPTIONAL_OPERANDS = frozenset(("b", "e", "r", "s"))
DISCRETE = frozenset(("l_and_u", "k"))  # numbers of diagonals, places of rows and columns
SEVERAL = frozenset(("arrays", "c_or_cr"))  # a list or tuple of arrays
# The positions of arguments without a rule: linad refuses them where they are traced.
WITHOUT_RULE = {
    **dict.fromkeys(("chndtr", "chndtrix", "tklmbda"), (1,)),
    **dict.fromkeys(("polygamma", "spherical_jn", "spherical_yn", "spherical_in", "spherical_kn"), (0,)),
    **dict.fromkeys(("jvp", "yvp", "ivp", "kvp", "h1vp", "h2vp", "legendre_p"), (0,)),
    **dict.fromkeys(("sph_harm_y", "sph_legendre_p", "assoc_legendre_p"), (0, 1)),
    **dict.fromkeys(("multigammaln", "diric", "assoc_laguerre"), (1,)),
}
PACKED = frozenset(("c_and_lower", "cb_and_lower", "lu_and_piv"))  # an array, and pivots or a flag
# These keep integers, which are traced as floating-point numbers and come back as integers. The others convert them.
KEEPING_INTEGERS = frozenset((
    "block_diag", "circulant", "convolution_matrix", "cross", "diagonal", "diagsvd", "fiedler", "hankel",
    "khatri_rao", "leslie", "matmul", "matrix_power", "matrix_transpose", "multi_dot", "outer", "tensordot",
    "toeplitz", "trace", "vecdot",
))  # fmt: skip


def offered() -> Iterator[tuple[ModuleType, str, Function]]:
    """What linad has of each namespace: the namespace, the name, linad's function."""
    for namespace, door in DOORS:
        for name in door.__all__:
            theirs = getattr(namespace, name, None)
            if callable(theirs) and not inspect.isclass(theirs):
                yield namespace, name, getattr(door, name)


class Swap:
    """The functions of a mode in the namespaces of SciPy and NumPy."""

    def __init__(self, mode: str) -> None:
        self.calls: Counter[str] = Counter()  # by function, with and without a traced argument
        self.replaced: dict[int, Function] = {}
        # Tables keyed by functions: for the decorators of test classes, and for linad's own dispatch.
        tables = (_array_api.xp_capabilities_table, overrides)
        for namespace, name, function in list(offered()):
            original = getattr(namespace, name)
            if mode == "traced":
                function = self.traced(f"{namespace.__name__}.{name}", function, original)
            setattr(namespace, name, function)
            self.replaced[id(original)] = function
            for table in tables:
                if original in table:
                    table[function] = table[original]

    def within(self, module: ModuleType) -> None:
        """Replace what a module has imported by other ways than through the two namespaces."""
        for name, value in list(vars(module).items()):
            if id(value) in self.replaced:
                setattr(module, name, self.replaced[id(value)])

    def traced(self, name: str, function: Function, original: Function) -> Function:
        """The function with its operands made traced, with the tangent zero, and its results made plain again."""
        positional, keywords = _operands(original)
        keeping = original.__name__ in KEEPING_INTEGERS

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if _in_library(sys._getframe(1)):
                return original(*args, **kwargs)
            with opened("jvp") as level, ln.errstate(**dict.fromkeys(ln.geterr(), "ignore")):
                tracing = _Tracing(level, [*args, *kwargs.values()])
                args = tuple([tracing.operand(positional(i), x) for i, x in enumerate(args)])
                kwargs = {k: tracing.operand(k if k in keywords else "", x) for k, x in kwargs.items()}
                self.calls[f"{name} {'traced' if tracing.kinds else 'plain'}"] += 1
                out = give_out(function(*args, **kwargs), level)
            return tree.map_leaves(_integer, out) if keeping and tracing.kinds == {"i"} else out

        return call


class _Tracing:
    """One call's arguments: which of them are traced."""

    def __init__(self, level: Level, arguments: list[Any]) -> None:
        self.level = level
        self.kinds: set[str] = set()  # of the arrays that are traced
        # Beside an array of times, say, an integer and a floating-point number raise different errors.
        numbers = all(x.dtype.kind in "biufc" for x in arguments if isinstance(x, np.ndarray))
        self.admitted = "ifc" if numbers else "fc"

    def operand(self, name: str, x: Any) -> Any:
        """An argument by the name of its parameter, which is empty for an option."""
        if not name:
            return x
        if name in SEVERAL and (type(x) is tuple or name == "arrays"):
            return tuple([self.array(part) for part in x])
        if name in PACKED:
            return (self.array(x[0]), *x[1:])
        return self.array(x)

    def array(self, x: Any) -> Any:
        """A traced array for a plain one of numbers, or a nested list of them; anything else as it is.

        So subclasses of arrays and objects with ``__array__``, which linad does not trace, stay what they are.
        """
        array = x
        if type(x) in (list, tuple):
            try:
                array = np.asarray(x)
            except ValueError:  # ragged
                return x
        if type(array) is not np.ndarray or array.dtype.kind not in self.admitted:
            return x
        if array.dtype.kind == "i" and array.dtype.itemsize < 8:
            return x  # SciPy converts small integers to single precision
        self.kinds.add(array.dtype.kind)
        value = admit("jvp", "", array)  # floating point
        return Dual(value, np.zeros_like(value), self.level)


def _integer(_: str, x: Any) -> Any:
    return x.astype(np.int64) if isinstance(x, (np.ndarray, np.floating)) and x.dtype.kind == "f" else x


def _operands(original: Function) -> tuple[Callable[[int], str], frozenset[str]]:
    """The name of the operand at each position (empty for an option), and those that go by keyword."""
    parameters = list(inspect.signature(original).parameters.values())

    def is_operand(p: inspect.Parameter) -> bool:
        return (p.default is p.empty or p.name in OPTIONAL_OPERANDS) and p.name not in DISCRETE

    rest = [p.name for p in parameters if p.kind is p.VAR_POSITIONAL]
    without_rule = _without_rule(original)
    places = [
        p.name if is_operand(p) and i not in without_rule else ""
        for i, p in enumerate(parameters)
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ] + rest

    def positional(i: int) -> str:
        return places[i] if i < len(places) else rest[0] if rest else ""

    return positional, frozenset(p.name for p in parameters if is_operand(p))


def _without_rule(original: Function) -> Iterable[int]:
    """The positions of the arguments of a special function that linad has no rule for."""
    name = original.__name__
    if getattr(scipy.special, name, None) is not original:
        return ()
    declared = primitives.get(f"special.{name}", primitives.get(f"special.{name}_y"))
    return WITHOUT_RULE.get(name, range(declared.first) if declared is not None else ())


def _in_library(frame: FrameType) -> bool:
    """Whether a call comes from the libraries' own code, not from a test of theirs: it gets the original."""
    name = frame.f_globals.get("__name__", "")
    return bool(re.match(r"(linad|numpy|scipy)\.", name)) and "test" not in name
