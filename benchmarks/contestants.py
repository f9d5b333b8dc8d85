"""Those who are compared: linad, bare LAPACK, and the peers, each with its own way to a value and a gradient."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.targets import COTANGENT, FLOOR, REPLAYED, Task
from benchmarks.works import WORKS, Work

Run = Callable[[], Any]
PEERS = ("torch", "jax", "autograd", "pytensor")
LINAD = "linad"


def opened(name: str, threads: int) -> str:
    """The version of a library, set up for double precision and the number of threads; ImportError if it is absent."""
    module = importlib.import_module({FLOOR: "scipy"}.get(name, name))
    if name == "torch":
        module.set_num_threads(threads)
        module.set_default_dtype(module.float64)
    if name == "jax":
        module.config.update("jax_enable_x64", True)
        module.config.update("jax_platforms", "cpu")
    if name == "autograd":  # it does not tell
        return importlib.import_module("importlib.metadata").version(name)
    return str(module.__version__)


def work_of(task: Task) -> Work:
    return WORKS[task.work](task.size, *([task.batch] if task.batch else []))


def takes_part(name: str, task: Task) -> bool:
    """Whether there is such a work in the words of a contestant."""
    work = work_of(task._replace(size=4))
    if name == FLOOR:
        return work.floor is not None
    return name == LINAD or (task.mode != COTANGENT and name in work.peers)


def runner(name: str, task: Task) -> Run:
    """What does the task once; the value and the gradients, as a flat list, where it computes them."""
    work = work_of(task)
    if name == LINAD:
        return _linad(work, task)
    if name == FLOOR:
        assert work.floor is not None
        return work.floor
    return MAKERS[name](work.peers[name], work.arrays)


def _linad(work: Work, task: Task) -> Run:
    import linad as ln

    if task.mode == COTANGENT:
        assert work.factors is not None
        factors, pullback = ln.vjp(work.factors, *work.arrays)
        given = tuple([np.ones_like(X) for X in factors])
        return lambda: pullback(given)
    both = ln.value_and_grad(work.linad, tuple(range(len(work.arrays))))
    if task.mode == REPLAYED:
        both = ln.compile(both)

    def run() -> Any:
        value, gradients = both(*work.arrays)
        return [value, *gradients]

    return run


def _torch(cost: Callable[..., Any], arrays: Sequence[Any]) -> Run:
    torch = importlib.import_module("torch")
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in arrays]

    def run() -> Any:
        value = cost(torch, *tensors)
        return [value.detach().numpy(), *[g.numpy() for g in torch.autograd.grad(value, tensors)]]

    return run


def _jax(cost: Callable[..., Any], arrays: Sequence[Any]) -> Run:
    jax, xp = importlib.import_module("jax"), importlib.import_module("jax.numpy")
    compiled = jax.jit(jax.value_and_grad(lambda *x: cost(xp, *x), tuple(range(len(arrays)))))
    given = [xp.asarray(x) for x in arrays]

    def run() -> Any:
        value, gradients = jax.block_until_ready(compiled(*given))
        return [value, *gradients]

    return run


def _autograd(cost: Callable[..., Any], arrays: Sequence[Any]) -> Run:
    autograd, xp = importlib.import_module("autograd"), importlib.import_module("autograd.numpy")
    derivative = autograd.value_and_grad(lambda x: cost(xp, *x))

    def run() -> Any:
        value, gradients = derivative(tuple(arrays))
        return [value, *gradients]

    return run


def _pytensor(cost: Callable[..., Any], arrays: Sequence[Any]) -> Run:
    pytensor, tensor = importlib.import_module("pytensor"), importlib.import_module("pytensor.tensor")
    symbols = [tensor.tensor(dtype="float64", shape=np.shape(x)) for x in arrays]
    value = cost(tensor, *symbols)
    compiled = pytensor.function(symbols, [value, *tensor.grad(value, symbols)])
    return lambda: compiled(*arrays)


MAKERS = {"torch": _torch, "jax": _jax, "autograd": _autograd, "pytensor": _pytensor}
