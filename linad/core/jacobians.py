"""Whole Jacobians and Hessians, by rows or by columns."""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.boundary import (
    check_output,
    give_back,
    is_discrete,
)
from linad.core.calls import Argnums, Function, arrange, check_callable, run
from linad.core.forward import ancestors, force, walk_forward
from linad.core.level import Level
from linad.core.primitive import table
from linad.core.reverse import Record, walk_back
from linad.core.space import dtype_of, is_complex, retype, shape_of
from linad.core.traced import innermost
from linad.core.transforms import grad
from linad.errors import (
    OutputError,
    UndefinedDerivativeError,
)


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
    check_callable(where, f)

    @wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        level, _, leaves, out = run(where, f, args, argnums, kwargs)
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
        return tree.map_leaves(lambda _, __: arrange(args, argnums, lambda: next(blocks)), out)

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
