"""What all distributions share: the choice between SciPy's own methods and ours, frozen distributions, refusals."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from inspect import Parameter, Signature, isroutine
from typing import Any, NoReturn

from linad.core.dispatch import has_traced
from linad.core.space import is_complex
from linad.core.traced import Array
from linad.errors import ArgumentError, NoRuleError
from linad.numpy import promote_types
from linad.numpy.axes import as_operand
from linad.operations.shape import astype


def refuse(name: str, fact: str, *remedies: str) -> NoReturn:
    raise NoRuleError(f"scipy.stats.{name}", fact, *remedies)


def number(x: Any, name: str) -> Any:
    """A traced or plain array of real numbers, in double precision at least, as SciPy makes them."""
    x = as_operand(x, f"scipy.stats.{name}")
    if is_complex(x):
        raise ArgumentError(
            f"scipy.stats.{name}",
            "an argument is complex, and distributions are of real numbers.",
            "Pass its real and its imaginary part.",
        )
    dtype = promote_types(x.dtype, "f8")
    return x if x.dtype == dtype else astype(x, dtype)


def everywhere(condition: Any) -> bool:
    """Whether a condition is known to hold for every entry; of one that is recorded it is not."""
    return not isinstance(condition, Array) and bool(condition.all())


def plain_only(name: str, original: Any) -> Any:
    """An attribute of SciPy's; a function that refuses traced arrays by name."""
    if not isroutine(original):
        return original

    @wraps(original)
    def function(*args: Any, **kwds: Any) -> Any:
        if has_traced((*args, *kwds.values())):
            refuse(
                name,
                "linad has no derivative of it.",
                "Densities and distribution functions are differentiable: linad.stats.",
                "If arguments are constant here, pass linad.value(x).",
            )
        return original(*args, **kwds)

    return function


def by_name(name: str) -> Any:
    """The distribution of that name: how a pickled one is found again."""
    return getattr(import_module("linad.stats"), name)


_SENTENCES = {
    "pdf": "The density.",
    "logpdf": "The logarithm of the density.",
    "pmf": "The probability of k.",
    "logpmf": "The logarithm of the probability of k.",
    "cdf": "The probability of no more.",
    "sf": "The probability of more.",
    "logcdf": "The logarithm of the probability of no more.",
    "logsf": "The logarithm of the probability of more.",
    "ppf": "The quantile: that of which the cdf is q.",
    "isf": "That of which the sf is q.",
}


def method(name: str, argument: str) -> Callable[..., Any]:
    """A method by SciPy's name for it, and for its first argument."""

    def answer(self: Mirrored, *args: Any, **kwds: Any) -> Any:
        if argument in kwds:
            args = (kwds.pop(argument), *args)
        if not args:
            raise TypeError(f"{name}() missing 1 required positional argument: '{argument}'")
        return self.answer(name, args[0], args[1:], kwds)

    answer.__name__, answer.__doc__ = name, _SENTENCES[name]
    return answer


def _random_state(owner: str) -> Any:
    """The state of the generator of SciPy's distribution, which draws the numbers."""
    return property(
        lambda self: getattr(self, owner).random_state,
        lambda self, seed: setattr(getattr(self, owner), "random_state", seed),
    )


class Mirrored:
    """A distribution of SciPy's, whose methods with a formula here take traced arrays.

    Attributes
    ----------
    original
        SciPy's distribution.
    signature
        Of the parameters, as they follow the first argument, and freeze a distribution.
    """

    random_state = _random_state("original")

    def __init__(self, original: Any, name: str, signature: Signature) -> None:
        self.original, self.name, self.signature = original, name, signature
        self.__doc__ = original.__doc__

    @property
    def methods(self) -> list[str]:
        """The names of the methods that are differentiable."""
        return [name for name in _SENTENCES if hasattr(type(self), name)]

    def __call__(self, *args: Any, **kwds: Any) -> Frozen:
        """The distribution with its parameters fixed."""
        return Frozen(self, args, kwds)

    def __getattr__(self, name: str) -> Any:
        if name in ("original", "name") or name.startswith("__"):  # asked for while it is being made
            raise AttributeError(name)
        return plain_only(f"{self.name}.{name}", getattr(self.original, name))

    def __reduce__(self) -> Any:
        return by_name, (self.name,)

    def bound(self, args: Any, kwds: Any) -> dict[str, Any]:
        """The parameters by name, with their defaults."""
        found = self.signature.bind(*args, **kwds)
        found.apply_defaults()
        return found.arguments

    def answer(self, method: str, x: Any, args: Any, kwds: Any) -> Any:
        """SciPy's own result where nothing is traced; else that of the formula."""
        if has_traced((x, *args, *kwds.values())):
            return self.traced(method, x, self.bound(args, kwds))
        return getattr(self.original, method)(x, *args, **kwds)

    def traced(self, method: str, x: Any, parameters: dict[str, Any]) -> Any:
        """The result of the formula."""
        raise NotImplementedError


class Frozen:
    """A distribution with its parameters. All plain, it is SciPy's, which keeps what it has computed."""

    random_state = _random_state("_original")

    def __init__(self, distribution: Mirrored, args: Any, kwds: Any) -> None:
        self._distribution = distribution
        self._parameters = distribution.bound(args, kwds)
        self._original = (
            None if has_traced(self._parameters.values()) else distribution.original(*args, **kwds)
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        distribution = self._distribution
        if name in distribution.methods:
            return self._method(name)
        if self._original is None:
            getattr(distribution.original, name)  # SciPy's error, if it has no such thing either
            refuse(
                f"{distribution.name}.{name}",
                "parameters of the frozen distribution are traced, and linad has no derivative of it.",
                "Freeze it with linad.value(x).",
            )
        return plain_only(f"{distribution.name}.{name}", getattr(self._original, name))

    def _method(self, name: str) -> Callable[..., Any]:
        def method(*args: Any, **kwds: Any) -> Any:
            given = (*args, *kwds.values())
            if len(given) != 1:
                raise TypeError(
                    f"{name}() of a frozen distribution takes 1 argument but {len(given)} were given"
                )
            if self._original is not None and not has_traced(given):
                return getattr(self._original, name)(*args, **kwds)
            return self._distribution.traced(name, *given, self._parameters)

        method.__name__ = name
        return method


def signature(required: str, **optional: Any) -> Signature:
    """A signature of names in a string, and names with defaults."""
    kind = Parameter.POSITIONAL_OR_KEYWORD
    return Signature(
        [Parameter(name, kind) for name in required.split()]
        + [Parameter(name, kind, default=default) for name, default in optional.items()]
    )
