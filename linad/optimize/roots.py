"""root, root_scalar, newton and fixed_point: derivatives supplied, answers differentiable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult

from linad.core.constants import value
from linad.core.traced import Array, innermost
from linad.core.transforms import grad, jvp
from linad.optimize.callbacks import told
from linad.optimize.implicit import answer, any_traced, converged
from linad.optimize.packing import Packing
from linad.optimize.recording import Residuals, scalar

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
    converged("root", found.success, found.message)

    def own(x: Any) -> Any:
        return equations.at(x, args)

    z = answer("root", own, x)
    kept = {key: part for key, part in found.items() if isinstance(part, (bool, int, str))}
    return OptimizeResult(x=packing.unpack(z), fun=own(z), **kept)


def _flat(jac: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: np.asarray(jac(np.array(x)))


def root_scalar(
    f: Callable[..., Any],
    args: Any = (),
    method: Any = None,
    bracket: Any = None,
    fprime: Any = None,
    fprime2: Any = None,
    x0: Any = None,
    x1: Any = None,
    xtol: Any = None,
    rtol: Any = None,
    maxiter: Any = None,
    options: Any = None,
) -> Any:
    """scipy.optimize.root_scalar: 'newton' and 'halley' with exact derivatives, and a differentiable answer.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.optimize import root_scalar
    >>> kepler = lambda E, M, e: E - e * np.sin(E) - M
    >>> anomaly = lambda M, e: root_scalar(kepler, args=(M, e), x0=M).root
    >>> ln.grad(anomaly, argnums=(0, 1))(1.0, 0.5)
    (np.float64(1.037362...), np.float64(1.034667...))
    """
    args = args if isinstance(args, tuple) else (args,)
    seen, plain = _watched(f, value(args))
    one = lambda x: scalar("root_scalar", f(x, *value(args)))  # noqa: E731  # a line
    if not fprime and method in (None, "newton", "halley") and bracket is None and (x1 is None or method):
        fprime = _plain(grad(one))
    elif callable(fprime):
        fprime = _bound(fprime, value(args))
    if not fprime2 and method == "halley":
        fprime2 = _plain(grad(grad(one)))
    elif callable(fprime2):
        fprime2 = _bound(fprime2, value(args))
    found = scipy.optimize.root_scalar(
        plain,
        method=method,
        bracket=value(bracket),
        fprime=fprime,
        fprime2=fprime2,
        x0=value(x0),
        x1=value(x1),
        xtol=xtol,
        rtol=rtol,
        maxiter=maxiter,
        options=options,
    )
    if not (seen or any_traced(args)):
        return found
    converged("root_scalar", found.converged, found.flag)
    given = (lambda *x: f(*x)[0]) if fprime is True or fprime2 is True else f
    own = lambda x: np.reshape(scalar("root_scalar", given(x[0], *args)), (1,))  # noqa: E731  # a line
    found.root = answer("root_scalar", own, np.array([found.root], float))[0]
    return found


def newton(
    func: Callable[..., Any],
    x0: Any,
    fprime: Any = None,
    args: Any = (),
    tol: float = 1.48e-8,
    maxiter: int = 50,
    fprime2: Any = None,
    x1: Any = None,
    rtol: float = 0.0,
    full_output: bool = False,
    disp: bool = True,
) -> Any:
    """scipy.optimize.newton with exact derivatives, and differentiable answers.

    Without ``fprime`` the derivative is linad's, and the method Newton's; with ``x1`` it is the secant method, as in
    SciPy. An array ``x0`` is one equation for each entry, which ``func`` must take elementwise.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.optimize import newton
    >>> ln.grad(lambda a: newton(lambda x, a: x**3 - a, 1.5, args=(a,)))(8.0)
    np.float64(0.08333333333333334)
    """
    args = args if isinstance(args, tuple) else (args,)
    seen, plain = _watched(func, value(args))
    x0 = value(x0)
    if fprime is None and x1 is None:

        def slope(x: Any) -> Any:
            x = np.asarray(x, np.result_type(np.asarray(x).dtype, np.float64))[()]
            return jvp(lambda x: func(x, *value(args)), (x,), (np.ones_like(x),))[1]

        fprime = _plain(slope)
    elif fprime is not None:
        fprime = _bound(fprime, value(args))
    fprime2 = None if fprime2 is None else _bound(fprime2, value(args))
    found = scipy.optimize.newton(
        plain, x0, fprime, (), tol, maxiter, fprime2, value(x1), rtol, full_output, disp
    )
    if not (seen or any_traced(args)):
        return found
    x = found[0] if full_output else found
    if full_output:
        ended = found[1].converged if np.ndim(x) == 0 else bool(np.all(found[1]))
        converged("newton", ended, "see the other results.")
    solved = _elementwise("newton", lambda x: func(x, *args), x)
    return (solved, *found[1:]) if full_output else solved


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
    number = np.ndim(value(x0)) == 0 and not isinstance(value(x0), dict)
    packing = Packing("fixed_point", x0)
    seen: list[bool] = []

    def plain(x: Any) -> Any:
        out = packing.pack("the result", func(_given(packing, np.array(x), number), *value(args)))
        if isinstance(out, Array):
            seen.append(True)
        return np.array(innermost(out))

    found = scipy.optimize.fixed_point(plain, packing.start(), (), xtol, maxiter, method)
    if not (seen or any_traced(args)):
        return _given(packing, found, number)

    def own(x: Any) -> Any:
        return packing.pack("the result", func(_given(packing, x, number), *args)) - x

    return _given(packing, answer("fixed_point", own, np.array(found, float)), number)


def _given(packing: Packing, x: Any, number: bool) -> Any:
    return x[0] if number else packing.unpack(x)


def _elementwise(where: str, f: Callable[[Any], Any], x: Any) -> Any:
    shape = np.shape(x)
    own = lambda z: np.reshape(f(np.reshape(z, shape)), (-1,))  # noqa: E731  # a line
    return np.reshape(answer(where, own, np.reshape(np.array(x, float), (-1,))), shape)


def _watched(f: Callable[..., Any], args: tuple[Any, ...]) -> tuple[list[bool], Callable[[Any], Any]]:
    """A function for plain numbers, and a list that is filled when it is seen to close over a traced array."""
    seen: list[bool] = []

    def plain(x: Any) -> Any:
        out = f(x, *args)
        if isinstance(out, Array):
            seen.append(True)
        return out if isinstance(out, tuple) else innermost(out)

    return seen, plain


def _bound(f: Callable[..., Any], args: tuple[Any, ...]) -> Callable[[Any], Any]:
    return lambda x: innermost(f(x, *args)) if callable(f) else f


def _plain(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: innermost(f(x))
