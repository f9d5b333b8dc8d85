"""The border between users' values and the engine: what is let in, as what, and what is given back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.level import Level
from linad.core.space import dtype_of, expand, retype, shape_of, zeros
from linad.core.traced import Array, operand
from linad.errors import ArgumentError, DtypeError, LeakedTracerError, OutputError, ShapeError, StructureError

# The dtypes of arrays that are admitted as they are: those of this machine's own byte order.
NATIVE = frozenset(np.dtype(code) for code in "fdFD")


def admit(where: str, path: str, x: Any) -> Any:
    """An argument to be differentiated: an array or number of floating or complex dtype; integers become float64."""
    if type(x) is float or type(x) is complex:
        return x
    if type(x) is np.ndarray and x.dtype in NATIVE:
        return x
    if isinstance(x, Array):
        check_open(x)
        return x if x.dtype.kind in "fc" else retype(x, np.dtype(np.float64))
    if isinstance(x, (bool, int)):
        return float(x)
    if not isinstance(x, (np.ndarray, np.generic)):
        raise ArgumentError(
            where,
            f"{path} is of type {type(x).__name__}, which cannot be differentiated.",
            "Leave it out by argnums, or pass it as a keyword argument.",
        )
    x = operand(x, f"{where}, {path}")
    if x.dtype.kind not in "fc":
        return x.astype(np.float64)
    return x if x.dtype.isnative else x.astype(x.dtype.newbyteorder("="))


def held(x: Any) -> Any:
    """An admitted argument that records will hold: a copy, since its owner may write to it."""
    return x.copy("K") if type(x) is np.ndarray else x


def unwrap(x: Any, level: Level) -> Any:
    """The value that a derivative call returns for a traced output of its level."""
    if isinstance(x, Array):
        if x.level is level:
            return x.value
        check_open(x)
    return x


def check_open(x: Array) -> None:
    if not x.level.open:
        raise LeakedTracerError(x.level.transform)


def check_output(where: str, path: str, out: Any, level: Level) -> Any:
    """An output that may be differentiated, or an error that says why not."""
    if isinstance(out, Array):
        if out.level is level:
            if isinstance(out.value, Array) and out.value.level >= level:
                raise OutputError(
                    where,
                    f"the result{path and ' at ' + path} comes from an object array with traced arrays inside.",
                    "Join them by numpy.stack or linad.numpy.array.",
                )
            return out
        check_open(out)
    if out is None:
        raise OutputError(
            where, f"the function returned None{path and ' at ' + path}.", "Does it lack a return statement?"
        )
    if not isinstance(out, (Array, np.ndarray, np.generic, bool, int, float, complex)):
        raise OutputError(
            where,
            f"the function returned{path and ' at ' + path} a {type(out).__name__}, which is not an array of numbers.",
            "What is only to be passed through goes out by has_aux=True.",
        )
    return out


def is_discrete(x: Any) -> bool:
    return dtype_of(x).kind not in "fc"


def fit_vector(where: str, path: str, v: Any, like: Any) -> Any:
    """A tangent or cotangent from the user, checked against what it belongs to; None where absent."""
    if v is None:
        return None
    if is_discrete(like):
        raise DtypeError(
            where,
            f"{path} belongs to a discrete value of dtype {dtype_of(like)}, which has no derivative.",
            "Pass None.",
        )
    if not isinstance(v, (Array, np.ndarray, np.generic, bool, int, float, complex)):
        raise StructureError(where, f"{path} is a {type(v).__name__} in the place of an array.")
    v = admit(where, path, v)
    if shape_of(v) != shape_of(like):
        raise ShapeError(where, f"{path} has shape {shape_of(v)}, expected {shape_of(like)}.")
    if dtype_of(v).kind == "c" and dtype_of(like).kind != "c":
        raise DtypeError(where, f"{path} is complex, expected real ({dtype_of(like)}).", "Pass its .real.")
    return retype(v, dtype_of(like))


def give_back(g: Any, like: Any, given: set[int]) -> Any:
    """A gradient or tangent for the user: of the shape and dtype of ``like``, writable, sharing memory with nothing.

    ``given`` holds the identities of the arrays that must not be returned (again).
    """
    if (
        type(g) is np.ndarray
        and type(like) is np.ndarray
        and g.dtype == like.dtype
        and g.shape == like.shape
        and g.base is None
        and g.flags.writeable
        and id(g) not in given
    ):
        given.add(id(g))
        return g
    if g is None:
        return _plain_zeros(like)
    g = retype(expand(g, shape_of(like)), dtype_of(like))
    if isinstance(g, Array):
        return g
    if isinstance(like, np.ndarray) or isinstance(g, np.ndarray):
        if not isinstance(g, np.ndarray) or g.base is not None or not g.flags.writeable or id(g) in given:
            g = np.array(g, dtype=dtype_of(like))
        given.add(id(g))
        return g if isinstance(like, (np.ndarray, Array)) else g[()]
    return dtype_of(like).type(g)


def _plain_zeros(like: Any) -> Any:
    return np.zeros(shape_of(like), dtype_of(like)) if isinstance(like, np.ndarray) else zeros(like)


def give_out(x: Any, level: Level, keep: bool = False, entered: Iterable[int] = ()) -> Any:
    """Outputs of a function for the user: unwrapped, writable, sharing no memory with what must not change.

    ``keep``: records go on holding them. ``entered`` holds the identities of the arrays that the function was given.
    """

    def leaf(_: str, part: Any) -> Any:
        out = unwrap(part, level)
        if not isinstance(out, np.ndarray):
            return out
        if out is part and not keep and id(out) not in entered and (out.base is None or out.flags.writeable):
            return out  # the function's own constant
        if keep or out.base is not None or not out.flags.writeable or id(out) in entered:
            return out.copy(order="K")
        return out

    return leaf("", x) if isinstance(x, Array) else tree.map_leaves(leaf, x)
