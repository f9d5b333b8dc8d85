"""The peers, each with its own way to a value and a gradient; one that is not installed is absent."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Cost = Callable[..., Any]
Run = Callable[[], Any]
NAMES = ("torch", "jax", "autograd", "pytensor")


def threads() -> int:
    """The threads that every library here was told to use, by the environment, before it was imported."""
    return int(os.environ.get("OPENBLAS_NUM_THREADS", os.cpu_count() or 1))


def installed(name: str) -> Any:
    """The module, set up for double precision and the number of threads; None if it is absent."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        return None
    if name == "torch":
        module.set_num_threads(threads())
        module.set_default_dtype(module.float64)
    if name == "jax":
        module.config.update("jax_enable_x64", True)
        module.config.update("jax_platforms", "cpu")
    return module


def torch(cost: Cost, arrays: Sequence[Any]) -> Run:
    module = installed("torch")
    tensors = [module.tensor(x, dtype=module.float64, requires_grad=True) for x in arrays]

    def run() -> Any:
        value = cost(module, *tensors)
        return [value.detach().numpy(), *[g.numpy() for g in module.autograd.grad(value, tensors)]]

    return run


def jax(cost: Cost, arrays: Sequence[Any]) -> Run:
    module = installed("jax")
    numpy = importlib.import_module("jax.numpy")
    compiled = module.jit(module.value_and_grad(lambda *x: cost(numpy, *x), tuple(range(len(arrays)))))
    given = [numpy.asarray(x) for x in arrays]

    def run() -> Any:
        value, gradients = module.block_until_ready(compiled(*given))
        return [value, *gradients]

    return run


def autograd(cost: Cost, arrays: Sequence[Any]) -> Run:
    module = installed("autograd")
    numpy = importlib.import_module("autograd.numpy")
    derivative = module.value_and_grad(lambda x: cost(numpy, *x))

    def run() -> Any:
        value, gradients = derivative(tuple(arrays))
        return [value, *gradients]

    return run


def pytensor(cost: Cost, arrays: Sequence[Any]) -> Run:
    module = installed("pytensor")
    tensor = importlib.import_module("pytensor.tensor")
    symbols = [tensor.tensor(dtype="float64", shape=np.shape(x)) for x in arrays]
    value = cost(tensor, *symbols)
    compiled = module.function(symbols, [value, *tensor.grad(value, symbols)])
    return lambda: compiled(*arrays)


MAKERS = {"torch": torch, "jax": jax, "autograd": autograd, "pytensor": pytensor}


def runner(name: str, cost: Cost, arrays: Sequence[Any]) -> Run | None:
    """What computes the value and the gradients by a peer; None where it is absent."""
    return None if installed(name) is None else MAKERS[name](cost, arrays)
