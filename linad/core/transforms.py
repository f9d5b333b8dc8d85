"""The transforms: from a function to its derivatives. They nest to any depth and in any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.boundary import (
    admit,
    check_output,
    fit_vector,
    give_out,
    is_discrete,
    unwrap,
)
from linad.core.calls import (
    Argnums,
    Function,
    check_callable,
    check_sequences,
    leave,
    named_after,
    pairs,
    pull_back,
    recorded,
    run,
    tangents_of,
    without_aux,
)
from linad.core.forward import Dual, ancestors, force, walk_forward
from linad.core.level import Level
from linad.core.reverse import Record, walk_back
from linad.core.space import REAL_SCALARS, dtype_of, is_complex, shape_of
from linad.core.traced import innermost
from linad.errors import (
    ArgumentError,
    ComplexOutputError,
    NonScalarOutputError,
    OutputError,
)

# -- gradients -----------------------------------------------------------------------------------------------


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
        Takes the arguments of ``f`` and returns the gradient, in the containers, shapes and dtypes of the
        argument. For a complex argument X it is the matrix gX with ``df = Re tr(gX^H dX)``.

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
    check_callable(where, f)

    def derivative(*args: Any, **kwargs: Any) -> Any:
        level, _, leaves, out = run(where, f, args, argnums, kwargs)
        aux = None
        if has_aux:
            out, aux = without_aux(where, out)
        value = unwrap(out, level)
        found = _scalar_walk(where, out, value, level)
        result = leave(args, argnums, leaves, found, value)
        if type(value) is np.ndarray:
            value = give_out(out, level)
        if not with_value:
            return (result, give_out(aux, level)) if has_aux else result
        return ((value, give_out(aux, level)), result) if has_aux else (value, result)

    return named_after(f, derivative)


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
                f"the function returned a discrete value ({dtype_of(value)}), which has no derivative.",
                "Return a floating-point number.",
            )
    if not isinstance(out, Record) or out.level is not level:
        return {}
    return walk_back([(out, 1.0)], free=True)


# -- products with the Jacobian ------------------------------------------------------------------------------


def vjp(f: Function, *primals: Any, has_aux: bool = False) -> Any:
    """The value of a function and its pullback: products with the transposed Jacobian.

    Returns
    -------
    out, pullback
        ``pullback(cotangent)`` returns a tuple, the cotangent of each primal. It can be called any number of
        times. A cotangent has the containers and shapes of ``out``; None stands for zero. With ``has_aux``:
        ``out, pullback, aux``.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> out, pullback = ln.vjp(lambda x: x * x, np.array([1.0, 2.0, 3.0]))
    >>> pullback(np.ones(3))[0]
    array([2., 4., 6.])
    """
    level, entered, leaves, out, aux = recorded("vjp", f, primals, has_aux)

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        found = pull_back("pullback", out, cotangent, level)
        every = tuple(range(len(entered)))
        return leave(entered, every, leaves, found, [c for _, c in tree.leaves(cotangent)], fresh=True)  # type: ignore[no-any-return]  # several positions give a tuple

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
    level, entered, _, out, _ = recorded("linearize", f, primals, False)
    flat = [part for _, part in tree.leaves(out) if isinstance(part, Record) and part.level is level]
    records = ancestors(flat)

    def pushforward(*tangents: Any) -> Any:
        if len(tangents) != len(entered):
            raise ArgumentError("pushforward", f"{len(tangents)} tangents for {len(entered)} primals.")
        given = {}
        for _, path, record, t in pairs("pushforward", entered, tangents, "tangent"):
            given[record.index] = fit_vector("pushforward", path, t, record.value)
        found = walk_forward(records, {k: t for k, t in given.items() if t is not None})
        seen = {id(t) for t in given.values()}
        return tangents_of(out, level, lambda part: force(found.get(part.index)), seen, fresh=True)

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
    check_callable("jvp", f)
    check_sequences("jvp", primals, tangents)
    level = Level("jvp")
    seen: set[int] = set()
    try:
        duals: list[Any] = []
        for _, path, primal, tangent in pairs("jvp", primals, tangents, "tangent"):
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
    result = tangents_of(out, level, lambda part: force(part.tangent), seen, where="jvp", fresh=True)
    return give_out(out, level, entered=[id(innermost(x)) for x in duals]), result


def hvp(f: Function, primals: Any, tangents: Any) -> Any:
    """The product of the Hessian of a scalar function with tangents: the tangent of the gradient.

    For one primal its product comes back, for several a tuple.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> ln.hvp(lambda x: np.sum(x**3), (np.array([1.0, 2.0]),), (np.array([1.0, 1.0]),))
    array([ 6., 12.])
    """
    check_sequences("hvp", primals, tangents)
    single = len(primals) == 1
    return jvp(grad(f, 0 if single else tuple(range(len(primals)))), primals, tangents)[1]
