"""The transforms: from a function to its derivatives. They nest to any depth and in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.boundary import (
    admit,
    check_output,
    fit_vector,
    give_back,
    give_out,
    held,
    is_discrete,
    unwrap,
)
from linad.core.forward import Dual, ancestors, force, walk_forward
from linad.core.level import Level
from linad.core.primitive import table
from linad.core.reverse import Record, leaf, walk_back
from linad.core.space import REAL_SCALARS, dtype_of, inner, is_complex, retype, shape_of
from linad.core.traced import Array, innermost
from linad.errors import (
    ArgumentError,
    ComplexOutputError,
    NonScalarOutputError,
    OutputError,
    UndefinedDerivativeError,
)

Function = Callable[..., Any]
Argnums = int | Sequence[int]


# -- gradients ------------------------------------------------------------------------------------------------------------


def grad(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The gradient of a scalar function.

    Parameters
    ----------
    f
        A function that returns a real scalar; with ``has_aux``, a pair of it and anything else.
    argnums
        The position of the argument, or several positions: then a tuple of gradients comes back.
    has_aux
        Whether the second part of what ``f`` returns is passed through, without derivative.

    Returns
    -------
    callable
        Takes the arguments of ``f`` and returns the gradient, in the containers, shapes and dtypes of the argument. For a complex
        argument X it is the matrix gX with ``df = Re tr(gX^H dX)``.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> ln.grad(lambda x: 4 * x**3 + x**2 + 3)(2.0)
    np.float64(52.0)
    >>> ln.grad(lambda x: np.sum(x * x))(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    return _gradient("grad", f, argnums, has_aux, with_value=False)


def value_and_grad(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """As :func:`grad`, returning ``(value, gradient)``; with ``has_aux``, ``((value, aux), gradient)``.

    Examples
    --------
    >>> import linad as ln
    >>> ln.value_and_grad(lambda x: x**2)(3.0)
    (9.0, np.float64(6.0))
    """
    return _gradient("value_and_grad", f, argnums, has_aux, with_value=True)


def _gradient(where: str, f: Function, argnums: Argnums, has_aux: bool, with_value: bool) -> Function:
    _check_callable(where, f)

    @wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        level = Level(where)
        try:
            traced, leaves = _enter(where, args, argnums, level)
            out = f(*traced, **kwargs)
        finally:
            level.close()
        aux = None
        if has_aux:
            if not isinstance(out, tuple) or len(out) != 2:
                raise OutputError(where, "with has_aux=True the function must return a pair (value, aux).")
            out, aux = out
        value = unwrap(out, level)
        found = _scalar_walk(where, out, value, level)
        result = _leave(args, argnums, leaves, found, value)
        if type(value) is np.ndarray:
            value = give_out(out, level)
        if not with_value:
            return (result, give_out(aux, level)) if has_aux else result
        return ((value, give_out(aux, level)), result) if has_aux else (value, result)

    return derivative


def _scalar_walk(where: str, out: Any, value: Any, level: Level) -> dict[int, tuple[Record, Any]]:
    """Walk back from a scalar output, freeing what is passed."""
    if type(value) not in REAL_SCALARS:
        check_output(where, "", out, level)
        if shape_of(value) != ():
            raise NonScalarOutputError(where, shape_of(value))
        if is_complex(value):
            raise ComplexOutputError(where)
        if is_discrete(value):
            raise OutputError(
                where,
                f"the function returned a discrete value ({dtype_of(value)}), whose derivative is zero wherever it exists.",
                "Return a floating-point number.",
            )
    if not isinstance(out, Record) or out.level is not level:
        return {}
    return walk_back([(out, 1.0)], free=True)


# -- products with the Jacobian -----------------------------------------------------------------------------------------


def vjp(f: Function, *primals: Any, has_aux: bool = False) -> Any:
    """The value of a function and its pullback: products with the transposed Jacobian.

    Returns
    -------
    out, pullback
        ``pullback(cotangent)`` returns a tuple, the cotangent of each primal. It can be called any number of times. A cotangent has
        the containers and shapes of ``out``; None stands for zero. With ``has_aux``: ``out, pullback, aux``.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> out, pullback = ln.vjp(lambda x: x * x, np.array([1.0, 2.0, 3.0]))
    >>> pullback(np.ones(3))[0]
    array([2., 4., 6.])
    """
    level, entered, leaves, out, aux = _record("vjp", f, primals, has_aux)

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        found = _pull_back("pullback", out, cotangent, level)
        every = tuple(range(len(entered)))
        return _leave(entered, every, leaves, found, [c for _, c in tree.leaves(cotangent)], fresh=True)  # type: ignore[no-any-return]  # several positions give a tuple

    value = give_out(out, level, keep=True)
    return (value, pullback, aux) if has_aux else (value, pullback)


def linearize(f: Function, *primals: Any) -> tuple[Any, Function]:
    """The value of a function and its pushforward: products with the Jacobian, at one cost each.

    Returns
    -------
    out, pushforward
        ``pushforward(*tangents)`` returns the tangent of ``out``. It can be called any number of times.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> out, pushforward = ln.linearize(np.sin, 0.0)
    >>> float(pushforward(2.0))
    2.0
    """
    level, entered, _, out, _ = _record("linearize", f, primals, False)
    flat = [part for _, part in tree.leaves(out) if isinstance(part, Record) and part.level is level]
    records = ancestors(flat)

    def pushforward(*tangents: Any) -> Any:
        if len(tangents) != len(entered):
            raise ArgumentError("pushforward", f"{len(tangents)} tangents for {len(entered)} primals.")
        given = {}
        for _, path, record, t in _pairs("pushforward", entered, tangents, "tangent"):
            given[record.index] = fit_vector("pushforward", path, t, record.value)
        found = walk_forward(records, {k: t for k, t in given.items() if t is not None})
        seen = {id(t) for t in given.values()}
        return _tangents(out, level, lambda part: force(found.get(part.index)), seen, fresh=True)

    return give_out(out, level, keep=True), pushforward


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of a function and its tangent, the product of the Jacobian with given tangents.

    Nothing of the computation is stored: memory does not grow with its length.

    Parameters
    ----------
    primals, tangents
        Tuples, one entry for each argument. A tangent None, also inside containers, is zero at no cost.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> out, tangent = ln.jvp(lambda x: np.sum(x * x), (np.array([1.0, 2.0]),), (np.array([1.0, 0.0]),))
    >>> float(tangent)
    2.0
    """
    _check_callable("jvp", f)
    _check_sequences("jvp", primals, tangents)
    level = Level("jvp")
    seen: set[int] = set()
    try:
        duals: list[Any] = []
        for _, path, primal, tangent in _pairs("jvp", primals, tangents, "tangent"):
            value = admit("jvp", path, primal)
            t = fit_vector("jvp", path, tangent, value)
            seen.add(id(t))
            if type(value) is np.ndarray and value.base is not None:
                value = value.copy()  # a view of the user's would look like one that the function made
            duals.append(value if t is None else Dual(value, t, level))
        entered = iter(duals)
        out = f(*[tree.map_leaves(lambda _, __: next(entered), primal) for primal in primals])
    finally:
        level.close()
    result = _tangents(out, level, lambda part: force(part.tangent), seen, where="jvp", fresh=True)
    return give_out(out, level, entered=[id(innermost(x)) for x in duals]), result


# -- whole Jacobians --------------------------------------------------------------------------------------------------------


def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """All first derivatives: output axes first, then input axes. The mode is chosen by the shapes.

    For containers, the containers of the output hold the containers of the argument. For a complex argument a real
    output gives the gradients ``gX`` of its entries; a complex output must be holomorphic, and is checked to be.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> ln.jacobian(lambda x: np.stack([x[0] * x[1], x[0]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 0.]])
    """
    return _jacobian("jacobian", f, argnums, None)


def jacfwd(f: Function, argnums: Argnums = 0) -> Function:
    """As :func:`jacobian`, by forward mode: one pass for each entry of the argument."""
    return _jacobian("jacfwd", f, argnums, True)


def jacrev(f: Function, argnums: Argnums = 0) -> Function:
    """As :func:`jacobian`, by reverse mode: one pass for each entry of the output."""
    return _jacobian("jacrev", f, argnums, False)


def _jacobian(where: str, f: Function, argnums: Argnums, by_columns: bool | None) -> Function:
    _check_callable(where, f)

    @wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        level = Level(where)
        try:
            traced, leaves = _enter(where, args, argnums, level)
            out = f(*traced, **kwargs)
        finally:
            level.close()
        outputs = [check_output(where, path, part, level) for path, part in tree.leaves(out)]
        if not outputs:
            check_output(where, "", None, level)
        for part in outputs:
            if is_discrete(part):
                raise OutputError(where, f"the function returned a discrete value ({dtype_of(part)}).")
        sizes = [sum(int(np.prod(shape_of(x), dtype=np.int64)) for x in side) for side in (leaves, outputs)]
        columns = sizes[0] < sizes[1] if by_columns is None else by_columns
        make = _columns if columns else _rows
        blocks = iter([block for part in outputs for block in make(where, part, leaves, level)])
        return tree.map_leaves(lambda _, __: _arrange(args, argnums, lambda: next(blocks)), out)

    return derivative


def _columns(where: str, out: Any, leaves: list[Record], level: Level) -> list[Any]:
    """The blocks of the Jacobian of one output, a column at a time."""
    own = isinstance(out, Record) and out.level is level
    records = ancestors([out]) if own else []

    def column(x: Record, unit: complex) -> list[Any]:
        result = []
        for basis in _basis(x, unit):
            t = force(walk_forward(records, {x.index: basis}).get(out.index)) if own else None
            result.append(give_back(t, unwrapped, set()))
        return result

    unwrapped = out.value if own else out
    blocks = []
    for x in leaves:
        columns = column(x, 1)
        if is_complex(x):
            turned = column(x, 1j)
            if is_complex(out):
                _check_holomorphic(where, columns, turned, 1j)
            else:
                columns = [a + 1j * b for a, b in zip(columns, turned, strict=True)]
        blocks.append(_stacked(columns, shape_of(out), shape_of(x), x, out, axis=-1))
    return blocks


def _rows(where: str, out: Any, leaves: list[Record], level: Level) -> list[Any]:
    """The blocks of the Jacobian of one output, a row at a time."""
    own = isinstance(out, Record) and out.level is level

    def rows(unit: complex) -> list[list[Any]]:
        result: list[list[Any]] = [[] for _ in leaves]
        for basis in _basis(out, unit):
            found = walk_back([(out, basis)]) if own else {}
            for row, x in zip(result, leaves, strict=True):
                row.append(give_back(found.get(x.index, (None, None))[1], x.value, set()))
        return result

    plain = rows(1)
    turned = rows(1j) if is_complex(out) else [[]] * len(leaves)
    blocks = []
    for x, row, twin in zip(leaves, plain, turned, strict=True):
        if is_complex(out):
            if is_complex(x):
                _check_holomorphic(where, row, twin, 1j)
                row = [table["conjugate"](g) for g in row]
            else:
                row = [a + 1j * b for a, b in zip(row, twin, strict=True)]
        blocks.append(_stacked(row, shape_of(out), shape_of(x), x, out, axis=0))
    return blocks


def _basis(x: Any, unit: complex) -> Any:
    """Every unit array of the space of x, times ``unit``."""
    shape, dtype = shape_of(x), dtype_of(x)
    for i in range(int(np.prod(shape, dtype=np.int64))):
        e = np.zeros(shape, dtype)
        e.reshape(-1)[i] = unit if dtype.kind == "c" else 1
        yield e if shape else e[()]


def _stacked(
    parts: list[Any], rows: tuple[int, ...], cols: tuple[int, ...], x: Any, out: Any, axis: int
) -> Any:
    """Columns or rows as one array, in the precision of the argument whatever the mode."""
    dtype = dtype_of(x)
    if is_complex(out):
        dtype = np.result_type(dtype, np.complex64)
    if not parts:
        return np.zeros(rows + cols, dtype)
    whole = parts[0] if rows + cols == () else table["reshape"](table["stack"](axis, *parts), rows + cols)
    return retype(whole, dtype)


def _check_holomorphic(where: str, plain: list[Any], turned: list[Any], unit: complex) -> None:
    for a, b in zip(plain, turned, strict=True):
        a, b = np.asarray(innermost(a)), np.asarray(innermost(b))
        scale = np.max(np.abs(a), initial=0) + np.max(np.abs(b), initial=0)
        if np.max(np.abs(b - unit * a), initial=0) > 1e3 * np.finfo(a.dtype).eps * scale:
            raise UndefinedDerivativeError(
                where,
                "the function is complex and not holomorphic, so one complex Jacobian cannot hold its derivative.",
                "Differentiate its real and imaginary parts.",
                "Products with the derivative exist: linad.jvp, linad.vjp.",
            )


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """The second derivatives of a scalar function, forward over reverse; shape ``x.shape + x.shape``.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> ln.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacfwd(grad(f, argnums), argnums)


def hvp(f: Function, primals: Any, tangents: Any) -> Any:
    """The product of the Hessian of a scalar function with tangents: the tangent of the gradient.

    For one primal its product comes back, for several a tuple.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> ln.hvp(lambda x: np.sum(x**3), (np.array([1.0, 2.0]),), (np.array([1.0, 1.0]),))
    array([ 6., 12.])
    """
    _check_sequences("hvp", primals, tangents)
    single = len(primals) == 1
    return jvp(grad(f, 0 if single else tuple(range(len(primals)))), primals, tangents)[1]


# -- geometry -----------------------------------------------------------------------------------------------------------------


def directional_derivative(f: Function, x: Any, direction: Any) -> Any:
    """The derivative of f at x along a direction of length one: ``grad f . l / |l|``.

    Unlike the tangent of :func:`jvp`, it does not depend on the length of ``direction``.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> float(ln.directional_derivative(lambda x: x[0] + 2 * x[1], np.zeros(2), np.array([3.0, 4.0])))
    2.2
    """
    length = _norm("directional_derivative", direction)
    unit = tree.map_leaves(
        lambda _, part: admit("directional_derivative", "direction", part) / length, direction
    )
    return jvp(f, (x,), (unit,))[1]


def projection(a: Any, b: Any) -> tuple[Any, Any]:
    """The projection of a on b: its signed length ``a . b / |b|``, and the vector of that length along b.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> value, vector = ln.projection(np.array([2.0, 1.0]), np.array([3.0, 0.0]))
    >>> float(value), vector
    (2.0, array([2., 0.]))
    """
    a, b = admit("projection", "a", a), admit("projection", "b", b)
    if shape_of(a) != shape_of(b):
        raise ArgumentError("projection", f"a has shape {shape_of(a)}, b has shape {shape_of(b)}.")
    unit = b / _norm("projection", b)
    value = inner(unit, a)
    return value, value * unit


def _norm(where: str, direction: Any) -> Any:
    parts = [admit(where, path or "the direction", part) for path, part in tree.leaves(direction)]
    total = sum(inner(part, part) for part in parts)
    if not np.all(np.asarray(innermost(total)) > 0):
        raise ArgumentError(where, "the direction has length zero.")
    return table["sqrt"](total)


# -- entering and leaving -----------------------------------------------------------------------------------------------------


def _check_callable(where: str, f: Any) -> None:
    if not callable(f):
        raise ArgumentError(where, f"the first argument must be a function, not {type(f).__name__}.")


def _check_sequences(where: str, primals: Any, tangents: Any) -> None:
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, (tuple, list)):
            raise ArgumentError(
                where,
                f"{name} must be a tuple with one entry for each argument, not {type(given).__name__}.",
                f"For one argument: {where}(f, (x,), (v,)).",
            )
    if len(primals) != len(tangents):
        raise ArgumentError(where, f"{len(tangents)} tangents for {len(primals)} primals.")


def _positions(where: str, argnums: Argnums, count: int) -> tuple[int, ...]:
    if type(argnums) is int and 0 <= argnums < count:
        return (argnums,)
    if not isinstance(argnums, (int, np.integer, tuple, list)):
        raise ArgumentError(where, f"argnums must be an integer or a tuple of them, not {argnums!r}.")
    return _checked_positions(
        where, argnums if isinstance(argnums, (int, np.integer)) else tuple(argnums), count
    )


@lru_cache(maxsize=1024)
def _checked_positions(where: str, argnums: int | tuple[int, ...], count: int) -> tuple[int, ...]:
    several = (argnums,) if isinstance(argnums, (int, np.integer)) else tuple(argnums)
    result = []
    for i in several:
        if not isinstance(i, (int, np.integer)) or not -count <= i < count:
            raise ArgumentError(
                where, f"argnums={argnums} does not fit a call with {count} positional arguments."
            )
        result.append(int(i) % count)
    if len(set(result)) != len(result):
        raise ArgumentError(where, f"argnums={argnums} names an argument twice.")
    return tuple(result)


_BARE = frozenset((np.ndarray, float, np.float64))  # arguments that are their own only leaf


def _enter(
    where: str, args: tuple[Any, ...], argnums: Argnums, level: Level
) -> tuple[list[Any], list[Record]]:
    """The arguments with those at ``argnums`` traced, and the records of their leaves in order."""
    traced: list[Any] = list(args)
    leaves: list[Record] = []
    for i in _positions(where, argnums, len(args)):
        x = args[i]
        if type(x) is np.ndarray and x.dtype.char in "fdFD" and x.dtype.isnative:
            x = traced[i] = leaf(x.copy("K"), level)
            leaves.append(x)
        elif type(x) in _BARE:
            x = traced[i] = leaf(held(admit(where, f"argument {i}", x)), level)
            leaves.append(x)
        else:

            def enter(path: str, part: Any) -> Record:
                record = leaf(held(admit(where, path, part)), level)
                leaves.append(record)
                return record

            traced[i] = tree.map_leaves(enter, x, f"argument {i}")
    return traced, leaves


def _arrange(args: Sequence[Any], argnums: Argnums, take: Callable[[], Any]) -> Any:
    """Something for each leaf of the arguments at ``argnums``, in their containers; a tuple if several are named."""
    if type(argnums) is int or isinstance(argnums, np.integer):
        x = args[argnums]
        return take() if type(x) in _BARE else tree.map_leaves(lambda _, __: take(), x)
    return tuple(
        [
            take() if type(args[i]) in _BARE else tree.map_leaves(lambda _, __: take(), args[i])
            for i in argnums
        ]
    )


def _leave(
    args: Sequence[Any],
    argnums: Argnums,
    leaves: list[Record],
    found: dict[int, tuple[Record, Any]],
    other: Any,
    fresh: bool = False,
) -> Any:
    """Gradients in the containers of the arguments; none shares memory with another, an argument, or ``other``.

    ``fresh``: records live on, so nothing of theirs is given away.
    """
    given = {id(x.value) for x in leaves}
    if type(other) is np.ndarray:
        given.add(id(other))
    elif type(other) not in _BARE:
        given.update(id(part) for _, part in tree.leaves(other))
    gradients = []
    for record in leaves:
        entry = found.get(record.index)
        g = None if entry is None else entry[1]
        if fresh and type(g) is np.ndarray:
            g = g.copy()
        gradients.append(give_back(g, record.value, given))
    return _arrange(args, argnums, iter(gradients).__next__)


def _record(
    where: str, f: Function, primals: tuple[Any, ...], has_aux: bool
) -> tuple[Level, list[Any], list[Record], Any, Any]:
    """A function recorded: its level, its arguments in containers of our own, their leaves, its output, what is passed through."""
    _check_callable(where, f)
    level = Level(where)
    try:
        traced, leaves = _enter(where, primals, tuple(range(len(primals))), level)
        entered = [_own(x) for x in traced]
        out = f(*traced)
    finally:
        level.close()
    aux = None
    if has_aux:
        if not isinstance(out, tuple) or len(out) != 2:
            raise OutputError(where, "with has_aux=True the function must return a pair (value, aux).")
        out, aux = out[0], give_out(out[1], level)
    for path, part in tree.leaves(out):
        check_output(where, path, part, level)
    if out is None:
        check_output(where, "", None, level)
    return level, entered, leaves, _own(out), aux


def _own(x: Any) -> Any:
    """The same containers anew: the user may go on changing his."""
    return x if isinstance(x, Array) else tree.map_leaves(lambda _, part: part, x)


def _pull_back(where: str, out: Any, cotangent: Any, level: Level) -> dict[int, tuple[Record, Any]]:
    if cotangent is None:
        raise ArgumentError(
            where, "the cotangent is None; it must have the containers and shapes of the output."
        )
    seeds = []
    for path, part, c in tree.pair(where, "the cotangent", out, cotangent):
        c = fit_vector(where, f"the cotangent{path}", c, part)
        if c is not None and isinstance(part, Record) and part.level is level:
            seeds.append((part, c))
    return walk_back(seeds)


def _pairs(where: str, primals: Sequence[Any], tangents: Sequence[Any], what: str) -> Any:
    for i, (primal, t) in enumerate(zip(primals, tangents, strict=True)):
        for path, part, counterpart in tree.pair(where, f"{what} {i}", primal, t):
            yield i, f"{what} {i}{path}", part, counterpart


def _tangents(
    out: Any,
    level: Level,
    of: Callable[[Any], Any],
    seen: set[int],
    where: str = "pushforward",
    fresh: bool = False,
) -> Any:
    """The tangents of outputs in their containers; those of discrete outputs are None. ``fresh``: copied, for constants of the user's may be among them."""

    def tangent(path: str, part: Any) -> Any:
        part = check_output(where, path, part, level)
        if is_discrete(part):
            return None
        own = isinstance(part, Array) and part.level is level
        t = of(part) if own else None
        if fresh and isinstance(t, np.ndarray):
            t = t.copy()
        return give_back(t, part.value if own else part, seen)

    if out is None:
        check_output(where, "", None, level)
    return tree.map_leaves(tangent, out)
