"""What is differentiated through plain ``numpy`` calls: how much, and all that autograd knows."""

import re
from pathlib import Path

import numpy as np
import pytest

import linad as ln
import linad.numpy as lnp
from tests.numpy.test_agreement import CASES, _draw, _leaves, _smooth
from tests.numpy.test_methods import AS_THE_FUNCTION, SAME

DOORS = {"numpy": lnp, "numpy.fft": lnp.fft, "numpy.linalg": lnp.linalg}
PAGE = (Path(__file__).parents[2] / "docs" / "numpy.md").read_text(encoding="utf-8")
NEVER_ASKED = {"full"}  # NumPy does not ask its arguments; the page says what to write
# declared in families of their own; a name that has come is taken out
AWAITED: set[str] = {
    "argpartition", "convolve", "corrcoef", "correlate", "cov", "cross", "geomspace", "gradient", "interp", "logspace",
    "median", "meshgrid", "pad", "partition", "percentile", "polyval", "quantile", "rot90", "unwrap", "vander",
}  # fmt: skip


def _names() -> dict[str, set[str]]:
    """The sections of autograd_names.txt."""
    found: dict[str, set[str]] = {}
    for line in Path(__file__).with_name("autograd_names.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            section, _, names = line.partition(": ")
            found.setdefault(section, set()).update(names.split())
    return found


NAMES = _names()


@pytest.mark.parametrize(
    ("section", "door"),
    [*DOORS.items(), ("constant", lnp), ("lacking", lnp)],
    ids=[*DOORS, "constant", "lacking"],
)
def test_every_function_that_autograd_knows_or_lacks_has_a_door(section: str, door: object) -> None:
    assert NAMES[section] - set(door.__all__) - NEVER_ASKED - AWAITED == set()


@pytest.mark.parametrize("name", sorted(NEVER_ASKED))
def test_what_numpy_never_asks_about_is_on_the_page(name: str) -> None:
    assert f"`np.{name}(" in PAGE


@pytest.mark.parametrize(
    "name", sorted(NAMES["constant"] - AWAITED - {"full_like", "isscalar", "result_type"})
)
def test_what_autograd_leaves_constant_gives_plain_values(name: str) -> None:
    f = getattr(np, name)

    def call(x: np.ndarray) -> np.ndarray:
        out = f(x, *[np.ones(3)] * (name in BINARY))
        assert not any(isinstance(part, ln.Array) for part in _leaves(out))
        return x

    ln.vjp(call, np.array([0.5, -1.0, 2.0]))


BINARY = {
    "allclose", "array_equal", "array_equiv", "equal", "floor_divide", "greater", "greater_equal", "isclose", "less",
    "less_equal", "logical_and", "logical_or", "logical_xor", "not_equal", "searchsorted",
}  # fmt: skip


def test_every_attribute_of_autograds_arrays_is_right_here() -> None:
    attributes = {name for name in NAMES["numpy.ndarray"] if hasattr(np.ndarray, name)}
    assert attributes - set(SAME) - set(AS_THE_FUNCTION) == set()


def _differentiated() -> set[str]:
    """The functions and methods whose calls in cases.txt have a derivative that is not zero."""
    found: set[str] = set()
    rng = np.random.default_rng(3)
    for case in CASES:
        outermost = re.match(r"((?:np|a)\.[\w.]+)\(", str(case.id).partition(": ")[2])
        if outermost is None or outermost[1] in found or not _smooth(case):
            continue
        f, args = case.values
        with np.errstate(all="ignore"):
            tangent = ln.jvp(f, args, tuple(_draw(rng, x) for x in args))[1]
        if any(np.any(np.nan_to_num(t) != 0) for t in _leaves(tangent) if t is not None):
            found.add(outermost[1])
    return found


DIFFERENTIATED = _differentiated()


def test_more_than_two_hundred_functions_and_methods_are_differentiated_by_plain_calls() -> None:
    assert len(DIFFERENTIATED) >= 266
    assert len({name for name in DIFFERENTIATED if name.startswith("a.")}) >= 26


@pytest.mark.parametrize("section", [*DOORS, "lacking"])
def test_what_autograd_differentiates_or_lacks_is_differentiated_by_plain_calls(section: str) -> None:
    module = section if section in DOORS else "numpy"
    prefix = module.replace("numpy", "np") + "."
    elsewhere = (
        NEVER_ASKED | AWAITED | {"array"} | {"eig", "eigh", "svd"}
    )  # vectors up to a phase: tests/linalg
    assert {prefix + name for name in NAMES[section] - elsewhere} - DIFFERENTIATED == set()
