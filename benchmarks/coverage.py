"""``python -m benchmarks.coverage``: the calls of docs/functions.md, by the same names in linad, JAX and autograd.

A call is right where reverse mode answers and agrees with differences of NumPy's or SciPy's own function, along random
directions within the domain of the arguments; what a function leaves open, signs and phases, is not compared. Numbers
are real and double. Namespaces may be named. ``--others`` tells of each call that is not right why. PyTorch has no such
names.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

import linad as ln
from linad.check.differences import along
from linad.check.doors import CASES, Case, points
from linad.check.finding import TRUST, near_differences

NAMESPACES = ("scipy.linalg", "scipy.special", "scipy.stats", "numpy.linalg", "numpy.fft", "numpy")
Function = Callable[..., Any]
Pulled = tuple[list[Any], Callable[[list[Any]], Any]]  # results, and their cotangents brought back


def calling(case: Case, module: str, arrays: Any) -> Function:
    """The floating-point results of the call, by a module's function and arrays."""
    space = {"np": arrays, case.function: getattr(import_module(module), case.function)}
    call = eval(f"lambda {', '.join(case.letters)}: {case.call}", space)
    return lambda *args: [
        x for x in parts(call(*args)) if np.dtype(getattr(x, "dtype", type(x))).kind in "fc"
    ]


def parts(out: Any) -> Iterator[Any]:
    if not isinstance(out, (tuple, list)):
        yield from () if out is None else (out,)
        return
    for part in out:
        yield from parts(part)


def by_linad(case: Case, args: list[Any]) -> Pulled:
    module = case.namespace.replace("scipy", "linad").replace("numpy", "linad.numpy")
    return ln.vjp(calling(case, module, np), *args)


def by_jax(case: Case, args: list[Any]) -> Pulled:
    import jax

    jax.config.update("jax_enable_x64", True)
    module = case.namespace.replace("scipy", "jax.scipy").replace("numpy", "jax.numpy")
    f = calling(case, module, jax.numpy)
    out, pull = jax.vjp(f, *map(jax.numpy.asarray, args))
    return [np.asarray(y) for y in out], lambda gs: pull([jax.numpy.conj(jax.numpy.asarray(g)) for g in gs])


def by_autograd(case: Case, args: list[Any]) -> Pulled:
    from autograd.builtins import list as boxed
    from autograd.core import make_vjp

    module = case.namespace.replace("scipy", "autograd.scipy").replace("numpy", "autograd.numpy")
    f = calling(case, module, import_module("autograd.numpy"))
    pull, out = make_vjp(lambda args: boxed(f(*args)), list(args))
    return list(out), lambda gs: pull([np.conj(g) for g in gs])


PEERS = {"linad": by_linad, "jax": by_jax, "autograd": by_autograd}


def verdict(case: Case, peer: Callable[[Case, list[Any]], Pulled]) -> str:
    """``right``, or what there is instead."""
    point = next(points(case))
    args = point.operands()
    try:
        out, pull = peer(case, args)
        seen, back = ln.vjp(lambda *out: parts_of(case, out), *out)
        weights = [point.rng(f"weight {i}").uniform(0.5, 1.5, np.shape(y)) for i, y in enumerate(seen)]
        gradient = pull(list(back(weights)))
    except Exception as error:
        return f"refused: {type(error).__name__}"
    plain = calling(case, case.namespace, np)
    shapes = [np.shape(y) for y in parts_of(case, plain(*args))]
    if shapes != [np.shape(y) for y in seen]:
        return f"results of other shapes than {shapes}"

    def cost(*args: Any) -> Any:
        return sum(np.sum(w * np.real(y)) for w, y in zip(weights, parts_of(case, plain(*args)), strict=True))

    for seed in range(2):
        moved = [
            point.domain(i).along(x, d)
            for i, (x, d) in enumerate(zip(args, point.tangents(f"direction {seed}", args), strict=True))
        ]
        with np.errstate(invalid="ignore"):
            claimed = sum(np.sum(np.real(np.asarray(g)) * d) for g, d in zip(gradient, moved, strict=True))
        gap = near_differences(
            "gradient", np.array([claimed]), along(cost, tuple(args), tuple(moved)), TRUST * 1e-13
        )
        if not gap.holds:
            return "undecided" if gap.holds is None else f"{gap.claimed:.6g}, and it is {gap.reference:.6g}"
    return "right"


def parts_of(case: Case, out: Any) -> list[Any]:
    """Of the results what the function does not leave open."""
    return list(parts(list(out) if case.up_to is None else case.up_to(*out)))


def main(namespaces: list[str], tell: bool) -> None:
    peers = {name: peer for name, peer in PEERS.items() if find_spec(name)}
    print(f"{'':16}{'calls':>8}" + "".join(f"{name:>10}" for name in peers))
    for namespace in namespaces or NAMESPACES:
        own = [case for case in CASES if case.namespace == namespace]
        said = {name: [verdict(case, peer) for case in own] for name, peer in peers.items()}
        right = "".join(f"{verdicts.count('right'):>10}" for verdicts in said.values())
        print(f"{namespace:16}{len(own):>8}{right}", flush=True)
        for name, verdicts in said.items() if tell else ():
            for case, told in zip(own, verdicts, strict=True):
                if told != "right":
                    print(f"    {name:10} {case.call}: {told}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of peers
    main([name for name in sys.argv[1:] if name in NAMESPACES], "--others" in sys.argv[1:])
