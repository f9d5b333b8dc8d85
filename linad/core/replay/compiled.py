"""``linad.compile``: a function that is recorded once and then replayed."""

from __future__ import annotations

import builtins
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

import numpy as np

from linad.core import site
from linad.core.errstate import geterr
from linad.core.kinds.steps import Unrecorded
from linad.core.listing import Graph
from linad.core.replay.captured import Captured, identities
from linad.core.replay.emit import MISS, Emitter
from linad.core.replay.entrance import entrance, kind_of
from linad.core.replay.program import Program
from linad.core.replay.quick import UNSURE, Quick
from linad.core.replay.recording import record
from linad.errors import ArgumentError, OptionError, ReplayError, ReplayWarning

_ndarray = np.ndarray


@dataclass(slots=True)
class Statistics:
    """How often a compiled function recorded, replayed a program, and ran the function itself."""

    recorded: int = 0
    replayed: int = 0
    ran: int = 0


@dataclass(frozen=True, slots=True)
class Path:
    """One program: for one kind of data, and one outcome of each truth value that was asked for."""

    key: Any
    kept: Any  # the objects that the key names by identity
    program: Program
    enter: Callable[..., Any]  # the data among arguments of the kind, after a quick look; else None
    source: str
    quick: Callable[..., Any]
    careful: Callable[..., Any]  # the operations themselves
    nodes: dict[Any, dict[int, Any]]  # by the code of both, and by line


class Compiled:
    """A function that is recorded once for each kind of data, and then replayed: see :func:`compile`.

    Attributes
    ----------
    source, graph, guards
        Of the program that ran last: straight-line Python; the steps as a :class:`linad.core.listing.Graph`; the
        conditions on which it was recorded, as text.
    statistics
        How often the function was recorded, how often a program was replayed, how often the function itself ran.
    paths
        The programs that are kept.
    """

    def __init__(self, f: Callable[..., Any], most: int) -> None:
        update_wrapper(self, f)
        self.f, self.most = f, most
        self.statistics = Statistics()
        self.paths: list[Path] = []
        self._captured = Captured(f)
        self._last: Path | None = None
        self._lock = threading.RLock()  # a function may call itself
        self._full = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        last, missed = self._last, None
        if last is not None:
            leaves = None  # and stays so where a variable that is closed over is not bound any more
            try:
                leaves = last.enter(args, kwargs)
                if leaves is not None:
                    out = last.quick(*leaves)
            except Exception as error:
                out = MISS if leaves is None else self._failed(last, error, args, kwargs)
            if leaves is not None:
                if out is UNSURE:
                    out = self._ran(last, last.careful, leaves, args, kwargs)
                if out is not MISS:
                    self.statistics.replayed += 1
                    return out
                missed = last
        leaves, key = self._kind(args, kwargs)
        if key is None:
            self.statistics.ran += 1
            return self.f(*args, **kwargs)
        for path in self.paths:
            if path.key == key and path is not missed:
                out = self._replayed(path, leaves, args, kwargs)
                if out is not MISS:
                    self.statistics.replayed += 1
                    self._last = path
                    return out
        if len(self.paths) >= self.most:
            self._say_full()
            self.statistics.ran += 1
            return self.f(*args, **kwargs)
        try:
            path = self._recorded(args, kwargs)
        except (Unrecorded, np.linalg.LinAlgError, ArithmeticError):  # of these it may know what to do
            self.statistics.ran += 1
            return self.f(*args, **kwargs)
        out = self._replayed(path, leaves, args, kwargs)
        if out is MISS:  # another thread changed the data meanwhile
            return self.f(*args, **kwargs)
        return out

    # -- kinds of data ---------------------------------------------------------------------------------------------

    def _kind(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[list[Any], Any]:
        """The data among the arguments, and all else that a program depends on; no key where one is traced."""
        key: list[Any] = [tuple(identities(self._captured())), tuple(geterr().values())]
        data: list[Any] = []
        for x in args:  # the usual case: arrays, and nothing nested
            if type(x) is not _ndarray or kwargs:
                break
            data.append(x)
            key += (x.dtype, x.shape)
        else:
            return data, tuple(key)
        data, key = [], key[:2]
        if not kind_of((tuple(args), kwargs), data, key):
            return data, None
        return data, tuple(key)

    # -- recording and replaying -----------------------------------------------------------------------------------

    def _recorded(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Path:
        with self._lock:
            self._captured = Captured(self.f)  # a function that it reads now may read other things
            leaves, key = self._kind(args, kwargs)
            name = getattr(self.f, "__name__", "function")
            name = name if name.isidentifier() else "function"
            made = record(self.f, args, kwargs)
            emitter = Emitter(made, name)
            self._steady(emitter, args, kwargs, name)
            careful = _function_of(emitter, name)
            nodes = {careful.__code__: emitter.nodes}
            source, quick = emitter.source, careful
            if not any([isinstance(x, _ndarray) and type(x) is not _ndarray for x in leaves]):  # subclasses
                other = Quick(made, name, emitter.frozen)
                if other.pays:
                    source, quick = other.source, _function_of(other, name)
                    nodes[quick.__code__] = other.nodes
            enter, kept = entrance(args, kwargs, self._captured), self._captured()
            path = Path(key, kept, made, enter, source, quick, careful, nodes)
            self.paths = [path, *self.paths]
            self.statistics.recorded += 1
            self._last = path
            return path

    def _steady(self, first: Emitter, args: Sequence[Any], kwargs: dict[str, Any], name: str) -> None:
        """Record again on the same data: what differs is random, or is changed by the function itself."""
        second = Emitter(record(self.f, args, kwargs), name)
        differing = [n for n, x in first.names.items() if n[0] == "c" and not _same(x, second.names.get(n))]
        if first.source != second.source or differing:
            raise ReplayError(
                "compile",
                f"{name} records another program each time it runs"
                + (f": {len(differing)} of its constants differ." if first.source == second.source else "."),
                "Random numbers, counters and lists that the function changes: pass them in as arguments.",
                "Without compile it runs as it is.",
            )

    def _replayed(
        self, path: Path, leaves: Sequence[Any], args: Sequence[Any], kwargs: dict[str, Any]
    ) -> Any:
        """What a program gives; where it is not sure, what its operations give."""
        out = self._ran(path, path.quick, leaves, args, kwargs)
        return self._ran(path, path.careful, leaves, args, kwargs) if out is UNSURE else out

    def _ran(
        self,
        path: Path,
        run: Callable[..., Any],
        leaves: Sequence[Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> Any:
        try:
            return run(*leaves)
        except Exception as error:
            return self._failed(path, error, args, kwargs)

    def _failed(self, path: Path, error: Exception, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Where a step of a program raises, the function itself runs: it may know what to do."""
        trace, here = error.__traceback__, None
        while trace is not None:
            node = path.nodes.get(trace.tb_frame.f_code, {}).get(trace.tb_lineno)
            here = here if node is None else node.site
            trace = trace.tb_next
        try:
            return self.f(*args, **kwargs)
        except Exception as found:
            site.blame(found, here)
            raise

    def _say_full(self) -> None:
        if not self._full:
            self._full = True
            warnings.warn(
                ReplayWarning(
                    "compile",
                    f"{getattr(self.f, '__name__', 'function')} has {len(self.paths)} programs, one for each kind of "
                    "data and way through its branches; on others it runs without replay.",
                    "Allow more: linad.compile(f, paths=...). Or choose by numpy.where instead of if.",
                ),
                stacklevel=3,
            )

    # -- what there is to see --------------------------------------------------------------------------------------

    def _seen(self) -> Path:
        if self._last is None:
            raise ArgumentError("compile", "nothing is recorded yet.", "Call the function once.")
        return self._last

    @property
    def source(self) -> str:
        return self._seen().source

    @property
    def graph(self) -> Graph:
        made = self._seen().program
        return Graph(made.inputs, [*made.inputs, *made.steps], made.outputs)

    @property
    def guards(self) -> tuple[str, ...]:
        made = self._seen().program
        data = [f"{x.name}: {x.value.dtype} {x.value.shape}" for x in made.inputs]
        truths = {node.index: str(node) for node in (*made.inputs, *made.steps) if node.index in made.guards}
        return (*data, *[f"{text} is {made.guards[i]}" for i, text in truths.items()])

    def __repr__(self) -> str:
        return f"<compiled {getattr(self.f, '__name__', 'function')}, {len(self.paths)} programs>"


def _function_of(emitter: Emitter, name: str) -> Callable[..., Any]:
    """The program as a function; an operation in it may have the name that it has."""
    found: dict[str, Callable[..., Any]] = {}
    code = builtins.compile(emitter.source, f"<linad.compile({name})>", "exec")
    exec(code, emitter.names, found)  # the source is linad's own: names of operations, literals
    return found[name]


def _same(a: Any, b: Any) -> bool:
    """Whether two recordings have the same constant."""
    if isinstance(a, (np.ndarray, np.generic)):
        return type(a) is type(b) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, (float, complex)):
        return type(a) is type(b) and repr(a) == repr(b)
    return type(a) is type(b)


def compile(f: Callable[..., Any], paths: int = 16) -> Compiled:
    """A function that is recorded the first time it meets data of a kind, and replayed as straight-line Python after.

    Works on functions of arrays and on transforms of them: ``linad.compile(linad.value_and_grad(f))``. Arguments and
    results may be nested in containers; keyword arguments may be used.

    Parameters
    ----------
    f
        The function. It must compute its results from its arguments and from what does not change: what it closes over
        is frozen when it is recorded (another object in the place of one that it closes over is noticed, writing into
        an array is not), it prints when it is recorded only, and random numbers in it are refused.
    paths
        How many programs are kept: one for each kind of data (types, shapes, dtypes, the values of integers, strings
        and flags, errstate) and each way through its branches. Beyond, the function itself runs.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> def cost(A, b):
    ...     x = np.linalg.solve(A, b)
    ...     return x @ x
    >>> gradient = ln.compile(ln.grad(cost, argnums=1))
    >>> gradient(2 * np.eye(2), np.array([1.0, 2.0]))
    array([0.5, 1. ])
    >>> gradient(4 * np.eye(2), np.array([1.0, 2.0]))
    array([0.125, 0.25 ])
    >>> gradient.statistics
    Statistics(recorded=1, replayed=1, ran=0)
    """
    if not callable(f):
        raise ArgumentError("compile", f"the first argument must be a function, not {type(f).__name__}.")
    if not isinstance(paths, int) or paths < 1:
        raise OptionError(
            "compile", f"paths={paths!r} is no number of programs.", "Take an integer from 1 on."
        )
    return Compiled(f, paths)
