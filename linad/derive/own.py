"""Users' operations: the public call that makes one from equations, structures and a kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.arguments import closed_over
from linad.core.dispatch import has_traced
from linad.core.kinds.composition import Rule as AnyRule
from linad.core.kinds.composition import composed
from linad.core.kinds.derived import Derived
from linad.core.primitive import Primitive
from linad.core.space import dtype_of, is_complex
from linad.core.traced import Array, operand
from linad.derive.declare import derive
from linad.derive.dense import Dense
from linad.derive.own_kernels import Kernel, structured
from linad.derive.own_samples import samples_of
from linad.derive.restricted import restricted
from linad.derive.rule import Rule
from linad.errors import ArgumentError, ClosureError, DerivationError, DtypeError, NoRuleError, OptionError
from linad.operations.guards import no_gauge


def operation(
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    equations: str | Sequence[str],
    kernel: Callable[..., Any],
    *,
    name: str | None = None,
    batched: bool = False,
    check: bool = True,
    fallback: str | None = None,
    dtypes: str = "fc",
    domain: Mapping[str, str] | None = None,
    invariants: Callable[..., tuple[Any, ...]] | None = None,
) -> Callable[..., Any]:
    """A differentiable function from its equations, the structures of its matrices, and a kernel that computes it.

    Parameters
    ----------
    inputs, outputs, equations
        As for :func:`linad.derive.derive`: ``{"L": "n n unit lower"}``, ``"L @ D @ Q = A"``. The inputs in the order
        of the kernel's arguments, the outputs in that of its results.
    kernel
        A function of plain matrices that returns the outputs, a tuple of several. Diagonal matrices are vectors;
        permutations are matrices or arrays of integers, and constants. Keyword arguments of a call go to the kernel.
    name
        For messages; the kernel's name where it is left out. It enters no table: two operations may share one.
    batched
        Whether the kernel takes leading axes itself; else it is called for each matrix of a batch.
    check
        Whether results are tried before they are differentiated: their structures and the equations. Counts and shapes
        always are.
    fallback
        ``"oracle"``: where no rule can be derived, the linearised equations are solved densely, at sizes up to 8.
    dtypes
        ``"f"`` where it is an operation on real matrices only; complex ones are refused.
    domain, invariants
        For :func:`linad.check.check_operation`: by input, the domain to draw it from, ``{"A": "stable"}``; where the
        equations leave phases or the like open, the function of the outputs, a tuple, that does not depend on them.

    Returns
    -------
    callable
        Takes the inputs, with leading axes that broadcast. Where none is traced it returns what the kernel does. Its
        ``rule`` prints the derivation: ``f.rule.derivation()``.

    Raises
    ------
    DerivationError
        Where the equations do not give a rule, and no fallback is chosen.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.derive import operation
    >>> def kernel(A):
    ...     return np.linalg.inv(np.linalg.cholesky(A))
    >>> whiten = operation(
    ...     {"A": "n n positive definite"}, {"W": "n n positive lower"}, "W @ A @ W.H = I", kernel
    ... )
    >>> A = np.array([[4.0, 0.0], [0.0, 9.0]])
    >>> ln.grad(lambda A: np.sum(whiten(A)))(A).round(4)
    array([[-0.0625, -0.0417],
           [-0.0417, -0.0185]])
    """
    if not callable(kernel):
        raise ArgumentError("operation", f"kernel must be a function, not {type(kernel).__name__}.")
    if fallback not in (None, "oracle"):
        raise OptionError("operation", f"fallback={fallback!r} is not known.", "None, or 'oracle'.")
    if dtypes not in ("f", "fc"):
        raise OptionError(
            "operation", f"dtypes={dtypes!r} is not known.", "'f' is real, 'fc' real or complex."
        )
    strange = [symbol for symbol in domain or () if symbol not in inputs]
    if strange:
        raise OptionError("operation", f"domain= names {strange[0]!r}, which is no input.")
    own = name or str(getattr(kernel, "__name__", "operation"))
    rule = derive(inputs, outputs, equations, "operation" if own == "<lambda>" else own)
    if all(symbol.structure.fixed for symbol in rule.outputs):
        raise OptionError(rule.name, "all outputs are discrete: nothing is there to differentiate.")
    run = Kernel(rule, kernel, batched, check)
    primitive = _primitive(
        run,
        _program(rule, fallback),
        dtypes=dtypes,
        domain=tuple([(domain or {}).get(symbol, "") for symbol in inputs]),
        invariants=invariants,
        samples=samples_of(rule),
    )

    @wraps(kernel)
    def function(*args: Any, **options: Any) -> Any:
        if len(args) != len(rule.inputs):
            names = ", ".join(symbol.name for symbol in rule.inputs)
            raise ArgumentError(
                rule.name, f"{len(args)} matrices were passed; it takes {len(rule.inputs)}: {names}."
            )
        if dtypes == "f" and any(is_complex(x) for x in args if hasattr(x, "dtype")):
            raise DtypeError(rule.name, "a complex matrix was passed; it is declared for real ones.")
        for path in closed_over(kernel):
            raise ClosureError(
                rule.name,
                f"the kernel closes over the traced array {path!r}.",
                "Make it an input of the equations.",
            )
        if has_traced(part for _, part in tree.leaves(options)):
            raise NoRuleError(
                rule.name,
                "an option is traced, and has no derivative.",
                "If it is constant, pass linad.value(x).",
            )
        if not has_traced(args):
            return run(args, options)
        call = Call(options)
        found = primitive.call(*_operands(run, args), call)
        return call.arranged(found if primitive.outputs is not None else (found,))

    function.__name__ = function.__qualname__ = rule.name
    function.rule, function.primitive = rule, primitive  # type: ignore[attr-defined]  # functions take attributes
    return function


def _operands(run: Kernel, args: Sequence[Any]) -> list[Any]:
    """The matrices of a call, which have their structures; traced ones move within these."""
    operands = [operand(x, run.name) for x in args]
    structured(run, operands)
    pairs = zip(run.rule.inputs, operands, strict=True)
    return [restricted(s.structure, x) if isinstance(x, Array) else x for s, x in pairs]


class Call:
    """The options of one call, how the kernel arranged its results, and the discrete ones among them."""

    __slots__ = ("discrete", "dtypes", "given", "options")

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.given: Any = None
        self.dtypes: list[np.dtype[Any]] = []
        self.discrete: list[Any] = []

    def __repr__(self) -> str:
        return ", ".join(f"{name}={value!r}" for name, value in self.options.items())

    def arranged(self, parts: Sequence[Any]) -> Any:
        """Outputs in the kernel's container; permutation matrices in its dtype."""
        parts = [
            part.astype(dtype) if dtype_of(part).kind == "b" else part
            for part, dtype in zip(parts, self.dtypes, strict=True)
        ]
        return parts[0] if tree.children(self.given) is None else tree.rebuild(self.given, list(parts))


def _program(rule: Rule, fallback: str | None) -> AnyRule:
    """The derived rule, or the oracle if that was chosen."""
    try:
        rule.program("tangent")
    except DerivationError as error:
        if fallback is None:
            where, fact, *remedies = error.args
            raise DerivationError(
                where, fact, remedies[0], 'At sizes up to 8, fallback="oracle" solves them densely.'
            ) from error
        return Dense(rule)
    return rule


def _primitive(run: Kernel, program: AnyRule, **declared: Any) -> Primitive:
    rule = run.rule
    n, count = len(rule.inputs), len(rule.outputs)

    def numeric(*args: Any) -> Any:
        *operands, call = args
        call.given = run([np.array(x) for x in operands], call.options)  # a kernel may overwrite what it gets
        found = [np.asarray(part) for part in run.parts(call.given)]
        call.dtypes = [part.dtype for part in found]
        outputs = [_prepared(part, s.structure.fixed) for part, s in zip(found, rule.outputs, strict=True)]
        call.discrete = [y if s.structure.fixed else None for y, s in zip(outputs, rule.outputs, strict=True)]
        if run.check:
            run.require_declared(operands, outputs)
        return outputs[0] if count == 1 else tuple(outputs)

    def values(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
        if len(outputs) < count:  # laws leave the discrete ones out
            moving = iter(outputs)
            outputs = [next(moving) if y is None else y for y in args[n].discrete]
        return args[:n], [y.astype(float) if dtype_of(y).kind == "b" else y for y in outputs]

    before = no_gauge if program is rule else None  # the oracle looks itself
    derived = Derived(program, inputs=range(n), outputs=range(count), values=values, before=before)
    outputs = None if count == 1 else count
    primitive = composed(rule.name, numeric, lambda: derived, last=n, outputs=outputs, **declared)
    primitive.rule = derived
    primitive.entry = lambda *args: _varying(rule, primitive.call(*_operands(run, args), Call({})))
    return primitive


def _varying(rule: Rule, found: Any) -> Any:
    """Of the results those that laws speak of: not the discrete ones."""
    if not isinstance(found, tuple):
        return found
    kept = tuple([y for y, s in zip(found, rule.outputs, strict=True) if not s.structure.fixed])
    return kept if len(kept) > 1 else kept[0]


def _prepared(part: Any, fixed: bool) -> Any:
    """An output as the engine wants it: of floating-point numbers or, where it is discrete, of none."""
    if fixed:
        return np.array(part) if part.dtype.kind in "iu" else part.astype(bool)
    return np.array(part) if part.dtype.kind in "fc" else part.astype(float)
