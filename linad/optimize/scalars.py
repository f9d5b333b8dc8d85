"""One unknown: root_scalar, newton and minimize_scalar, derivatives supplied and answers differentiable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult

from linad.core.constants import value
from linad.core.traced import innermost
from linad.core.transforms import grad, jvp
from linad.optimize.conditions import unlimited
from linad.optimize.holding import minimum
from linad.optimize.implicit import CLAIMED, Verdict, answer, any_traced
from linad.optimize.minimization import differentiable, verdict_of
from linad.optimize.packing import Packing
from linad.optimize.recording import scalar


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
    seen, plain = watched(f, value(args))

    def one(x: Any) -> Any:
        return scalar("root_scalar", f(x, *value(args)))

    kind = str(method or "").lower()
    both = fprime is True or fprime2 is True  # the function returns its derivatives too
    if (
        not (fprime or both)
        and bracket is None
        and (kind in ("newton", "halley") or not (kind or x1 is not None))
    ):
        fprime = _plain(grad(one))
    elif callable(fprime):
        fprime = _bound(fprime, value(args))
    if not (fprime2 or both) and kind == "halley":
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
    given = (lambda *x: f(*x)[0]) if both else f

    def own(x: Any) -> Any:
        return np.reshape(scalar("root_scalar", given(x[0], *args)), (1,))

    verdict = Verdict(bool(found.converged), str(found.flag))
    found.root = answer("root_scalar", own, np.array([found.root], float), verdict)[0]
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
    >>> ln.grad(lambda a: newton(lambda x, a: x**3 - a, 1.5, args=(a,)))(8.0).round(6)
    np.float64(0.083333)
    """
    args = args if isinstance(args, tuple) else (args,)
    seen, plain = watched(func, value(args))
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
    verdict = CLAIMED
    if full_output:
        ended = found[1].converged if np.ndim(x) == 0 else bool(np.all(found[1]))
        verdict = Verdict(ended, "see the other results")
    solved = shaped("newton", lambda x: func(x, *args), x, verdict, coupled=0)
    if full_output and np.ndim(x) == 0:
        found[1].root = solved
    return (solved, *found[1:]) if full_output else solved


def minimize_scalar(
    fun: Callable[..., Any],
    bracket: Any = None,
    bounds: Any = None,
    args: Any = (),
    method: Any = None,
    tol: Any = None,
    options: Any = None,
) -> OptimizeResult:
    """scipy.optimize.minimize_scalar, whose methods use no derivatives, with a differentiable answer.

    Examples
    --------
    >>> import linad as ln
    >>> from linad.optimize import minimize_scalar
    >>> ln.grad(lambda a: minimize_scalar(lambda x: (x - a) ** 2 + x**4).x)(1.0).round(3)
    np.float64(0.324)
    """
    args = args if isinstance(args, tuple) else (args,)
    seen, plain = watched(fun, value(args))
    found = scipy.optimize.minimize_scalar(
        plain, bracket=value(bracket), bounds=value(bounds), method=method, tol=tol, options=options
    )
    if not (seen or any_traced(args) or any_traced(bounds)):
        return found

    def own(x: Any) -> Any:
        return scalar("minimize_scalar", fun(x[0], *args))

    limits = None if bounds is None else tuple(np.reshape(end, (1,)) for end in bounds)
    x = minimum("minimize_scalar", unlimited(own, 1, limits), np.array([found.x], float), verdict_of(found))  # type: ignore[arg-type]  # two of them
    result = differentiable(found, Packing("minimize_scalar", 0.0), x, own)
    result.x = x[0]
    return result


def shaped(
    where: str, f: Callable[[Any], Any], x: Any, verdict: Verdict = CLAIMED, coupled: int | None = None
) -> Any:
    """The differentiable answer of f(x) = 0 for an array of any shape, which may be complex."""
    shape = np.shape(x)

    def own(z: Any) -> Any:
        return np.reshape(f(np.reshape(z, shape)), (-1,))

    z = np.reshape(np.array(x, np.result_type(np.asarray(x).dtype, np.float64)), (-1,))
    return np.reshape(answer(where, own, z, verdict, coupled), shape)


def watched(f: Callable[..., Any], args: tuple[Any, ...]) -> tuple[list[bool], Callable[[Any], Any]]:
    """A function for plain numbers, and a list that is filled when it is seen to close over a traced array."""
    seen: list[bool] = []

    def plain(x: Any) -> Any:
        out = f(x, *args)
        if any_traced(out):
            seen.append(True)
        return value(out)

    return seen, plain


def _bound(f: Callable[..., Any], args: tuple[Any, ...]) -> Callable[[Any], Any]:
    return lambda x: innermost(f(x, *args)) if callable(f) else f


def _plain(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: innermost(f(x))
