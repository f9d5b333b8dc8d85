"""root and fixed_point: Jacobians supplied, answers differentiable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult

from linad.core.constants import value
from linad.optimize.callbacks import told
from linad.optimize.implicit import CLAIMED, Verdict, answer, any_traced
from linad.optimize.packing import Packing, is_container
from linad.optimize.recording import Residuals
from linad.optimize.scalars import shaped, watched

_BY_JACOBIAN = ("hybr", "lm")


def root(
    fun: Callable[..., Any],
    x0: Any,
    args: Any = (),
    method: str = "hybr",
    jac: Any = None,
    tol: Any = None,
    callback: Any = None,
    options: Any = None,
) -> OptimizeResult:
    """scipy.optimize.root with exact Jacobians where the method takes one ('hybr', 'lm'), and a differentiable answer.

    Parameters
    ----------
    fun
        ``fun(x, *args)``: as many numbers as x has, an array or arrays in containers; complex ones count as their
        parts. ``x`` comes in the containers of ``x0``.
    jac
        As in SciPy; where left out, linad's. ``False`` leaves it to SciPy's differences.

    Other parameters, and the result, are SciPy's; ``x`` is in the containers of ``x0``. Where the answer is
    differentiable, by ``args`` or closures, it has ``x``, ``fun`` and what are no arrays of numbers.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.optimize import root
    >>> f = lambda x, a: np.stack([x[0] ** 2 + x[1] - a, x[0] - x[1]])
    >>> root(f, [1.0, 1.0], args=(2.0,)).x
    array([1., 1.])
    >>> ln.jacobian(lambda a: root(f, [1.0, 1.0], args=(a,)).x)(2.0).round(4)
    array([0.3333, 0.3333])
    """
    packing = Packing("root", x0)
    args = args if isinstance(args, tuple) else (args,)
    exact = jac is None and method in _BY_JACOBIAN
    called = (lambda *given: fun(*given)[0]) if jac is True else fun
    equations = Residuals("root", called, packing, value(args), exact)
    if exact:
        jac = equations.jacobian
    elif jac is True:
        jac = _flat(lambda x: fun(packing.unpack(x), *equations.args)[1])
    elif callable(jac):
        given = jac
        jac = _flat(lambda x: given(packing.unpack(x), *equations.args))
    found = scipy.optimize.root(
        equations.value,
        packing.start(),
        method=method,
        jac=jac,
        tol=tol,
        callback=told(packing, callback),
        options=options,
    )
    x = np.array(found.x, float)
    found.x = packing.unpack(found.x)
    if not (equations.closes or any_traced(args)):
        return found

    def own(x: Any) -> Any:
        return equations.at(x, args)

    z = answer("root", own, x, Verdict(bool(found.success), str(found.message)))
    kept = {key: part for key, part in found.items() if isinstance(part, (bool, int, str))}
    return OptimizeResult(x=packing.unpack(z), fun=own(z), **kept)


def _flat(jac: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: np.asarray(jac(np.array(x)))


def fixed_point(
    func: Callable[..., Any],
    x0: Any,
    args: Any = (),
    xtol: float = 1e-8,
    maxiter: int = 500,
    method: str = "del2",
) -> Any:
    """scipy.optimize.fixed_point with a differentiable answer; ``x0`` may be arrays in containers.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.optimize import fixed_point
    >>> ln.grad(lambda a: fixed_point(lambda x, a: np.cos(a * x), 0.7, args=(a,)))(1.0)
    np.float64(-0.297474...)
    """
    args = args if isinstance(args, tuple) else (args,)
    start = value(x0)
    if not is_container(start):
        seen, plain = watched(func, value(args))
        found = scipy.optimize.fixed_point(plain, np.asarray(start), (), xtol, maxiter, method)
        if not (seen or any_traced(args)):
            return found
        return shaped("fixed_point", lambda x: func(x, *args) - x, found)
    packing = Packing("fixed_point", start)
    seen, plain = watched(
        lambda x, *args: packing.pack("the result", func(packing.unpack(x), *args)), value(args)
    )
    found = scipy.optimize.fixed_point(plain, packing.start(), (), xtol, maxiter, method)
    if not (seen or any_traced(args)):
        return packing.unpack(found)

    def own(x: Any) -> Any:
        return packing.pack("the result", func(packing.unpack(x), *args)) - x

    return packing.unpack(answer("fixed_point", own, found, CLAIMED))
