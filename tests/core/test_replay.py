"""``linad.compile``: what is replayed is what would have run, on other data too."""

import collections
import dataclasses
import functools

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

import linad as ln
import linad.linalg as la
import linad.numpy as lnp
from linad import errors
from linad.core import tree
from linad.core.kinds import steps

Pair = collections.namedtuple("Pair", "a b")


@dataclasses.dataclass
class Model:
    A: np.ndarray
    b: np.ndarray
    power: int = 2


def matrix(rng, n=4, dtype=float):
    A = rng.normal(size=(n, n)) + 4 * np.eye(n)
    return A if dtype in (float, "f") else A + 1j * rng.normal(size=(n, n))


def likelihood(S, b):
    return b @ np.linalg.solve(S, b) + np.linalg.slogdet(S)[1]


def agree(found, expected):
    left, right = list(tree.leaves(found)), list(tree.leaves(expected))
    assert [path for path, _ in left] == [path for path, _ in right]
    for (_, x), (_, y) in zip(left, right, strict=True):
        assert np.shape(x) == np.shape(y)
        assert np.asarray(x).dtype == np.asarray(y).dtype
        np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-12)


# -- what is computed ------------------------------------------------------------------------------------------

COSTS = {
    "likelihood": likelihood,
    "lu": lambda A, b: np.sum(la.lu(A)[1] @ b) + np.sum(la.lu(A)[2] ** 2),
    "cholesky": lambda A, b: np.sum(np.linalg.cholesky(A @ A.T) @ b),
    "qr": lambda A, b: np.sum(np.abs(np.linalg.qr(A)[1]) @ b),
    "eigvalsh": lambda A, b: np.linalg.eigvalsh(A + A.T) @ b,
    "eigh": lambda A, b: np.sum(np.linalg.eigh(A + A.T)[1] ** 2 @ b),
    "svd": lambda A, b: np.linalg.svd(A, compute_uv=False) @ b,
    "expm": lambda A, b: np.sum(la.expm(A / 8) @ b),
    "elementwise": lambda A, b: np.sum(np.exp(-(b**2)) * np.sin(A) + scipy.special.erf(A / 4)),
    "indices": lambda A, b: np.sum(A[np.argsort(b)] * b) + np.max(b) + np.sort(b)[0],
    "where": lambda A, b: np.sum(np.where(A > 1, A * b, np.sqrt(np.abs(A) + 1))),
    "einsum": lambda A, b: np.einsum("ij,jk,k->", A, A, b),
    "det": lambda A, b: np.linalg.det(A) + b[0],
}
TRANSFORMS = {
    "value": lambda f: f,
    "value-and-gradient": lambda f: ln.value_and_grad(f, (0, 1)),
    "hessian-product": lambda f: lambda A, b: ln.hvp(lambda b: f(A, b), (b,), (b,)),
    "matrix-hessian-product": lambda f: lambda A, b: ln.hvp(lambda A: f(A, b), (A,), (A,)),
    "tangent": lambda f: lambda A, b: ln.jvp(f, (A, b), (A, b)),
    "hessian": lambda f: lambda A, b: ln.hessian(lambda b: f(A, b))(b),
}


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_a_replay_on_other_data_is_the_function(cost, transform, rng):
    f = transform(cost)
    compiled = ln.compile(f)
    for _ in range(3):
        args = matrix(rng), rng.normal(size=4)
        agree(compiled(*args), f(*args))
    assert compiled.statistics.recorded == 1
    assert compiled.statistics.replayed == 2


@pytest.mark.parametrize("dtype", [np.float32, np.complex64, complex])
def test_every_dtype_has_a_program_of_its_own(dtype, rng):
    gradient = ln.value_and_grad(lambda A, b: np.sum(np.abs(np.linalg.solve(A, b)) ** 2), (0, 1))
    compiled = ln.compile(gradient)
    for kind in (dtype, float):
        args = matrix(rng, dtype=np.dtype(kind).kind).astype(kind), np.ones(4, kind)
        (value, (gA, gb)), expected = compiled(*args), gradient(*args)
        assert (gA.dtype, gb.dtype) == (np.dtype(kind), np.dtype(kind))
        np.testing.assert_allclose(gA, expected[1][0], rtol=1e-5)
        np.testing.assert_allclose(value, expected[0], rtol=1e-5)
    assert compiled.statistics.recorded == 2


def test_a_batch_is_replayed(rng):
    f = ln.value_and_grad(
        lambda A, b: np.sum(np.linalg.solve(A, b)) + np.sum(np.linalg.slogdet(A)[1]), (0, 1)
    )
    compiled = ln.compile(f)
    for _ in range(2):
        args = rng.normal(size=(3, 2, 4, 4)) + 4 * np.eye(4), rng.normal(size=(3, 2, 4, 1))
        agree(compiled(*args), f(*args))
    assert compiled.statistics.replayed == 1


_STEPS = {
    "sin": lambda x, y: np.sin(x),
    "product": lambda x, y: x * y,
    "sum": lambda x, y: x + np.sum(y),
    "matmul": lambda x, y: x @ y,
    "transpose": lambda x, y: x.T,
    "solve": lambda x, y: np.linalg.solve(y + 6 * np.eye(3), x),
    "inverse": lambda x, y: np.linalg.inv(x @ x.T + np.eye(3)),
    "row": lambda x, y: x[1] * y,
    "minimum": lambda x, y: np.minimum(x, y),
    "branch": lambda x, y: x * 2 if x[0, 0] > y[0, 0] else y - x,
    "norm": lambda x, y: x / (1 + np.linalg.norm(y)),
    "stacked": lambda x, y: np.stack([x, y]).sum(axis=0),
    "twice": lambda x, y: x + x * 1.0,
}


@settings(max_examples=30)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(_STEPS)), st.integers(0, 30), st.integers(0, 30)),
        min_size=1,
        max_size=10,
    ),
    seed=st.integers(0, 10_000),
)
def test_random_programs_replay_on_other_data(steps, seed):
    def cost(x, y):
        values = [x, y]
        for name, i, j in steps:
            values.append(np.tanh(_STEPS[name](values[i % len(values)], values[j % len(values)])))
        return np.sum(values[-1] * values[len(values) // 2])

    rng = np.random.default_rng(seed)
    f = ln.value_and_grad(cost, (0, 1))
    compiled = ln.compile(f, paths=64)
    for _ in range(4):
        args = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
        agree(compiled(*args), f(*args))


# -- arguments and results -------------------------------------------------------------------------------------


def test_containers_and_keywords(rng):
    def cost(models, *, scale, name="x"):
        total = sum(np.sum(m.A @ m.b) ** m.power for m in models["all"])
        return {"total": total * scale, "pair": Pair(total, [models["all"][0].b, None, name])}

    compiled = ln.compile(cost)
    for _ in range(2):
        models = {"all": (Model(matrix(rng), np.ones(4)), Model(matrix(rng), rng.normal(size=4), 3))}
        found, expected = compiled(models, scale=2.0), cost(models, scale=2.0)
        assert found["pair"].b[1:] == [None, "x"]
        assert type(found["pair"]) is Pair
        agree(found["total"], expected["total"])
        agree(found["pair"].b[0], expected["pair"].b[0])
    assert compiled.statistics.recorded == 1
    compiled(models, scale=2.0, name="y")
    assert compiled.statistics.recorded == 2


def test_results_share_memory_with_nothing(rng):
    A = matrix(rng)
    compiled = ln.compile(lambda A: (A, A.T, A[0], A, np.broadcast_to(A[0], (2, 4))))
    for _ in range(2):
        parts = compiled(A)
        for i, part in enumerate(parts):
            assert part.flags.writeable
            assert not any(np.shares_memory(part, other) for other in (A, *parts[:i]))


def test_numbers_are_data_and_sizes_are_not():
    compiled = ln.compile(lambda x, n: x**n)
    assert [compiled(x, n) for x, n in [(2.0, 2), (3.0, 2), (2.0, 3), (3.0, 3)]] == [4.0, 9.0, 8.0, 27.0]
    assert compiled.statistics == type(compiled.statistics)(recorded=2, replayed=2, ran=0)


def test_a_derivative_of_a_compiled_function_is_that_of_the_function(rng):
    A, b = matrix(rng), rng.normal(size=4)
    compiled = ln.compile(likelihood)
    agree(ln.grad(compiled)(A, b), ln.grad(likelihood)(A, b))
    agree(ln.compile(ln.grad(compiled))(A, b), ln.grad(likelihood)(A, b))


# -- branches --------------------------------------------------------------------------------------------------


def test_each_way_through_a_branch_is_recorded_once():
    def f(x):
        if x > 1:
            return np.log(x)
        return x * 0 if x < 0 else x**2

    compiled = ln.compile(ln.value_and_grad(f))
    for x in (2.0, 0.5, -1.0, 3.0, 0.25, -2.0):
        agree(compiled(x), ln.value_and_grad(f)(x))
    assert compiled.statistics.recorded == 3
    assert any("is False" in text for text in compiled.guards)


def test_beyond_the_number_of_paths_the_function_itself_runs():
    compiled = ln.compile(lambda x: x * 2 if x > 3 else x, paths=1)
    assert compiled(4.0) == 8.0
    with pytest.warns(errors.ReplayWarning, match="1 programs"):
        assert compiled(1.0) == 1.0
    assert compiled(1.0) == 1.0
    assert compiled.statistics.ran == 2


# -- what cannot be promised -----------------------------------------------------------------------------------


def test_random_numbers_are_refused():
    generator = np.random.default_rng(0)
    with pytest.raises(errors.ReplayError, match="another program each time"):
        ln.compile(lambda x: x * generator.normal())(1.0)


def test_a_function_that_changes_its_own_state_is_refused():
    calls = []

    def f(x):
        calls.append(0)
        return x * len(calls)

    with pytest.raises(errors.ReplayError, match="another program"):
        ln.compile(f)(1.0)


def test_another_object_in_a_closure_is_noticed():
    scale = 2.0

    def f(x):
        return x * scale

    compiled = ln.compile(ln.grad(f))
    assert compiled(1.0) == 2.0
    scale = 3.0
    assert compiled(1.0) == 3.0


def test_reading_a_value_is_refused_for_it_would_be_frozen():
    with pytest.raises(errors.ReplayError, match="frozen"):
        ln.compile(lambda x: x * ln.value(x))(2.0)


def test_a_closure_over_a_traced_array_is_refused():
    with pytest.raises(errors.ClosureError, match="closes over a traced array"):
        ln.grad(lambda x: ln.compile(lambda y: x * y)(2.0))(3.0)


def test_errors_and_warnings_are_those_of_the_function(rng):
    def f(A, b):
        return np.sum(np.linalg.solve(A, b))

    compiled = ln.compile(ln.value_and_grad(f))
    compiled(matrix(rng), np.ones(4))
    with pytest.raises(np.linalg.LinAlgError, match="exactly singular") as caught:
        compiled(np.zeros((4, 4)), np.ones(4))
    assert any("np.linalg.solve(A, b)" in note for note in caught.value.__notes__)
    with pytest.warns(errors.IllConditionedWarning):
        compiled(np.diag([1.0, 1, 1, 1e-14]), np.ones(4))


def test_guards_are_replayed(rng):
    S = matrix(rng)
    S = S + S.T
    vectors = ln.compile(ln.grad(lambda S, C: np.sum(np.linalg.eigh(S)[1] ** 2 * C)))
    vectors(S, matrix(rng))
    with pytest.raises(errors.NotHermitianError):
        vectors(matrix(rng), matrix(rng))
    Q, C = np.linalg.qr(matrix(rng))[0], matrix(rng)
    repeated = Q @ np.diag([1.0, 1, 2, 3]) @ Q.T
    with pytest.raises(errors.DegenerateError):
        vectors(repeated, C)
    complex_vectors = ln.compile(ln.grad(lambda A, C: np.sum((np.linalg.eigh(A @ A.conj().T)[1] * C).real)))
    with pytest.raises(errors.GaugeError):
        complex_vectors(matrix(rng, dtype=complex), np.ones((4, 4)))


def test_errstate_is_part_of_what_is_compiled():
    compiled = ln.compile(ln.grad(lambda A: np.sum(np.linalg.inv(A))))
    A = np.diag([1.0, 1e-14])
    with ln.errstate(conditioning="ignore"):
        compiled(A)
        compiled(A)
    with pytest.warns(errors.IllConditionedWarning):
        compiled(A)


# -- what there is to see --------------------------------------------------------------------------------------


def test_dead_steps_vanish_and_equal_steps_run_once(rng):
    def f(A, b):
        np.linalg.svd(A)
        return np.linalg.solve(A, b) + np.linalg.inv(A) @ np.sin(b) + np.cos(b) + np.sin(b)

    compiled = ln.compile(f)
    args = matrix(rng), rng.normal(size=4)
    compiled(*args)
    assert compiled.source.count("getrf(") == 1
    assert compiled.source.count("sin(x1)") == 1
    assert "svd" not in compiled.source
    with ln.counters() as ran:
        compiled(*args)
    assert ran["getrf"] == 1


def test_the_source_is_a_function_that_one_can_read(rng):
    compiled = ln.compile(likelihood)
    compiled(matrix(rng), np.ones(4))
    assert compiled.source.startswith("def likelihood(x0, x1):\n")
    assert "v1, v1_pivots, v1_info = dgetrf(x0)\n" in compiled.source
    assert str(compiled.graph).startswith("x0 = input")
    assert compiled.guards == ("x0: float64 (4, 4)", "x1: float64 (4,)")


def test_misuse_is_named():
    with pytest.raises(errors.ArgumentError, match="must be a function"):
        ln.compile(3)
    with pytest.raises(errors.OptionError, match="paths=0"):
        ln.compile(np.sin, paths=0)
    with pytest.raises(errors.ArgumentError, match="nothing is recorded yet"):
        _ = ln.compile(np.sin).source


def test_a_program_that_does_not_fit_is_tried_once():
    looked = []

    def noted(x):
        looked.append(float(x[0]))

    guard = steps.look(noted)

    def f(x):
        guard(x)
        return np.sum(x) if x[0] > 0 else -np.sum(x)

    compiled = ln.compile(f)
    compiled(np.array([1.0, 2.0]))
    looked.clear()
    assert compiled(np.array([-1.0, 2.0])) == -1.0
    assert looked.count(-1.0) == 4  # the program that misses, two recordings, the replay


def test_another_errstate_is_another_program_and_the_same_one_is_not():
    gradient = ln.compile(ln.grad(lambda A: np.linalg.slogdet(A)[1]))
    A = np.diag([1.0, 2.0])
    gradient(A)
    with ln.errstate(conditioning="ignore"):
        gradient(A)
        assert gradient.statistics.recorded == 2
    with ln.errstate():
        gradient(A)
    assert gradient.statistics.recorded == 2


# -- what depends on numbers ------------------------------------------------------------------------------------

VARYING = {
    "mask": lambda x: np.sum(x[x > 0] ** 2) * len(x[x > 0]),
    "nonzero": lambda x: x[np.nonzero(x > 0)] * 2.0,
    "argwhere": lambda x: np.argwhere(x > 0),
    "unique": lambda x: np.unique(np.round(x)),
    "counts": lambda x: np.unique(np.round(x), return_counts=True)[1],
    "values": lambda x: np.sort(np.unique_values(np.round(x))),
    "intersection": lambda x: np.intersect1d(np.round(x), np.array([0.0, 1.0, 2.0])),
    "size": lambda x: np.arange(x[x > 0].size),
    "written": lambda x: lnp.index_set(x, x > 0, x[x > 0] ** 2),
    "roots": lambda x: np.roots(np.where(x > 0, x, 0)),
    "trimmed": lambda x: np.trim_zeros(np.maximum(x, 0)),
}


@pytest.mark.parametrize("transform", ["value", "gradient"])
@pytest.mark.parametrize("f", VARYING.values(), ids=VARYING)
def test_a_shape_that_depends_on_numbers_is_a_condition(f, transform):
    def cost(x):
        parts = f(x)
        return np.sum(np.abs(parts) * np.arange(np.size(parts)).reshape(np.shape(parts))) + x[0]

    run = f if transform == "value" else ln.grad(cost)
    compiled = ln.compile(run)
    for x in ([1.0, -2.0, 3.0, 0.5], [2.0, -1.0, 2.5, 1.5], [2.0, 1.0, 2.0, 4.5], [-1.0, -1.0, -2.0, -3.0]):
        agree(compiled(np.array(x)), run(np.array(x)))


SPECTRA = {
    "eigh": lambda A: la.eigh(A + A.T, subset_by_value=(0.0, 3.0))[0],
    "tridiagonal": lambda A: la.eigh_tridiagonal(
        np.diagonal(A), np.diagonal(A, 1), select="v", select_range=(0, 3)
    )[0],
    "orth": lambda A: la.orth(A) @ la.orth(A).T,
    "null-space": lambda A: la.null_space(A).shape[1] * A,
}


@pytest.mark.parametrize("f", SPECTRA.values(), ids=SPECTRA)
def test_how_many_there_are_is_a_condition(f, rng):
    compiled = ln.compile(f)
    for A in (matrix(rng), np.diag([1.0, 1.5, 5, 6]), np.diag([1.0, 2, 0, 0]), np.diag([9.0, 8, 7, 1])):
        agree(compiled(A), f(A))


RANKS = {
    "pinv": lambda A, b: np.linalg.pinv(A) @ b,
    "lstsq": lambda A, b: np.linalg.lstsq(A, b, rcond=None)[0],
    "gradient-of-lstsq": lambda A, b: ln.grad(lambda b: np.sum(np.linalg.lstsq(A, b, rcond=None)[0] ** 2))(b),
    "gradient-of-det": lambda A, b: ln.grad(np.linalg.det)(A),
    "product-of-det": lambda A, b: ln.hvp(np.linalg.det, (A,), (A.T,)),
}


@pytest.mark.parametrize("f", RANKS.values(), ids=RANKS)
def test_a_matrix_of_deficient_rank_is_not_taken_for_a_regular_one(f, rng):
    compiled = ln.compile(f)
    for A in (matrix(rng), np.diag([1.0, 2, 3, 0]), np.zeros((4, 4)), matrix(rng)):
        agree(compiled(A, np.ones(4)), f(A, np.ones(4)))
    assert compiled.statistics.recorded == 1
    assert compiled.statistics.ran == 2


UNDEFINED = {
    "qr": lambda A: ln.grad(lambda A: np.sum(np.linalg.qr(A)[1]))(A),
    "pinv": lambda A: ln.grad(lambda A: np.sum(np.linalg.pinv(A)))(A),
    "slogdet": lambda A: ln.hvp(lambda A: np.linalg.slogdet(A)[1], (A,), (A,)),
    "svd": lambda A: ln.hvp(lambda A: np.linalg.svd(A)[1] @ np.arange(4.0), (A,), (A.T,)),
    "eigh": lambda A: ln.hvp(
        lambda A: np.sum(np.linalg.eigh(A + A.T)[1] ** 2 * np.arange(16.0).reshape(4, 4)), (A,), (A.T,)
    ),
    "schur": lambda A: ln.hvp(lambda A: np.sum(np.arange(16.0) * np.ravel(la.schur(A)[0])), (A,), (A.T,)),
}


@pytest.mark.parametrize("f", UNDEFINED.values(), ids=UNDEFINED)
def test_where_there_is_no_derivative_a_replay_says_so(f, rng):
    compiled, refused = ln.compile(f), 0
    compiled(matrix(rng))
    for A in (np.zeros((4, 4)), np.outer(np.ones(4), np.arange(4.0)), np.diag([1.0, 1.0, 0, 0])):
        try:
            expected = f(A)
        except (errors.DegenerateError, np.linalg.LinAlgError) as error:
            refused += 1
            with pytest.raises(type(error)):
                compiled(A)
        else:
            agree(compiled(A), expected)
    assert refused > 0


def test_an_error_that_the_function_catches_is_caught(rng):
    def root(A, b):
        try:
            return np.linalg.cholesky(A) @ b
        except np.linalg.LinAlgError:
            return 2 * b

    good, bad = np.diag([1.0, 4.0]), -np.eye(2)
    for order in ((good, bad, good), (bad, good, bad)):
        compiled = ln.compile(root)
        for A in order:
            agree(compiled(A, np.ones(2)), root(A, np.ones(2)))


def test_errstate_blocks_of_the_function_are_those_of_its_steps():
    def strict(A):
        with ln.errstate(conditioning="raise"):
            return ln.grad(lambda A: np.sum(np.linalg.inv(A)))(A)

    def quotient(x):
        with np.errstate(divide="ignore"):
            return 1 / x + np.log(x)

    compiled = ln.compile(strict)
    compiled(np.eye(2))
    with pytest.raises(errors.IllConditionedError):
        compiled(np.diag([1.0, 1e-14]))
    compiled = ln.compile(quotient)
    compiled(np.ones(2))
    with np.errstate(invalid="ignore"):
        assert np.isnan(compiled(np.zeros(2))).all()  # inf - inf, and no warning of a division


# -- what the function reads ----------------------------------------------------------------------------------


class Weighted:
    def __init__(self, weight):
        self.weight = weight

    def cost(self, x):
        return np.sum(x * self.weight)

    __call__ = cost


_weights = [2.0]
_table = {"weight": 2.0}
_weighted = Weighted(2.0)
_number = 2.0


def _set(value):
    global _number
    _weights[0] = _table["weight"] = _weighted.weight = _number = value


READ = {
    "list": lambda x: x * _weights[0],
    "dictionary": lambda x: x * _table["weight"],
    "attribute": lambda x: x * _weighted.weight,
    "method": _weighted.cost,
    "object": _weighted,
    "comprehension": lambda x: [x * _number for _ in range(1)],
    "inner-function": lambda x: ln.grad(lambda y: np.sum(y * _number))(x),
    "compiled": ln.compile(lambda x: x * _number),
}


@pytest.mark.parametrize("f", READ.values(), ids=READ)
def test_what_changes_in_an_object_that_the_function_reads_is_noticed(f):
    compiled = ln.compile(f)
    for value in (2.0, 3.0, -0.0, 0.0, True, 1.0):
        _set(value)
        found, expected = compiled(np.ones(2)), f(np.ones(2))
        agree(found, expected)
        assert repr(found) == repr(expected)


def test_a_function_that_calls_itself():
    def factorial(n):
        return 1 if n <= 1 else n * compiled(n - 1)

    compiled = ln.compile(factorial)
    assert compiled(5) == 120


@pytest.mark.parametrize("f", [np.prod, np.cumprod, np.median, np.round], ids=lambda f: f.__name__)
def test_whole_numbers_stay_what_numpy_makes_of_them(f):
    compiled = ln.compile(f)
    for x in ([100, 100, 100], [250, 2, 255]):
        agree(compiled(np.array(x, np.uint8)), f(np.array(x, np.uint8)))


COMPLEX = {
    "eigvals": np.linalg.eigvals,
    "eig": lambda A: la.eig(A, np.eye(2))[0],
    "sqrtm": la.sqrtm,
    "logm": la.logm,
    "power": lambda A: la.fractional_matrix_power(A, 0.5),
    "roots": lambda A: np.roots(np.stack([A[0, 0] * 0 + 1, A[0, 1], A[1, 0]])),
    "branch": lambda A: A * 2.0 if np.iscomplexobj(np.linalg.eigvals(A)) else A,
}


@pytest.mark.parametrize("f", COMPLEX.values(), ids=COMPLEX)
def test_whether_a_result_is_complex_is_a_condition(f):
    run = ln.value_and_grad(lambda A: np.sum(np.abs(f(A)) ** 2))
    compiled = ln.compile(run)
    for A in ([[3.0, 0.5], [0.25, 1.0]], [[0.2, -1.0], [2.0, 0.1]], [[2.0, 0.5], [0.3, 1.0]]):
        agree(compiled(np.array(A)), run(np.array(A)))
    assert compiled.statistics.ran == 0


class Kept:
    def __init__(self, x):
        self.parts = {"x": [x]}


@pytest.mark.parametrize(
    "f", [np.linalg.det, np.linalg.inv, np.sin, np.linalg.slogdet], ids=lambda f: f.__name__
)
def test_a_function_may_have_the_name_of_an_operation_in_it(f, rng):
    compiled = ln.compile(f)
    for _ in range(2):
        A = np.stack([matrix(rng), matrix(rng)])
        agree(compiled(A), f(A))
        path = compiled.paths[0]
        agree(path.careful(A), f(A))
        agree(path.quick(A), f(A))


RETURNED = {
    "pullback": lambda x: ln.vjp(lambda y: np.sin(y) * y, x),
    "pushforward": lambda x: ln.linearize(np.sin, x)[1],
    "function": lambda x: {"f": lambda y: x + y},
    "partial": lambda x: functools.partial(np.add, np.sin(x)),
    "object": Kept,
    "method": lambda x: Kept(x).parts.get,
}


@pytest.mark.parametrize("f", RETURNED.values(), ids=RETURNED)
def test_a_result_that_holds_traced_arrays_is_refused(f):
    with pytest.raises(errors.ReplayError, match="holds traced arrays"):
        ln.compile(f)(np.ones(2))


def test_a_function_among_the_results_that_holds_none_is_passed_through():
    compiled = ln.compile(lambda x: (x * 2, np.sin, len, lambda y: y))
    for x in (1.0, 2.0):
        double, sin, size, same = compiled(x)
        assert (double, sin, size, same(3)) == (2 * x, np.sin, len, 3)


def test_a_pullback_is_compiled_by_itself():
    compiled = ln.compile(ln.vjp(np.sin, np.ones(2))[1])
    for g in (np.ones(2), np.array([2.0, 3.0])):
        np.testing.assert_allclose(compiled(g)[0], g * np.cos(1.0))


# -- what makes a function up ------------------------------------------------------------------------------------


def test_other_defaults_are_noticed():
    def f(x, scale=2.0, *, shift=1.0):
        return x * scale + shift

    compiled = ln.compile(ln.grad(lambda x: f(x) ** 2))
    assert compiled(1.0) == 12.0
    f.__defaults__ = (3.0,)
    assert compiled(1.0) == 24.0
    f.__kwdefaults__ = {"shift": 2.0}
    assert compiled(1.0) == 30.0
    f.__kwdefaults__["shift"] = 3.0
    assert compiled(1.0) == 36.0


def test_other_code_is_noticed():
    def f(x):
        return x * 2.0

    compiled = ln.compile(lambda x: f(x))
    assert compiled(3.0) == 6.0
    f.__code__ = (lambda x: x * 5.0).__code__
    assert compiled(3.0) == 15.0


def test_a_variable_that_is_not_bound_any_more_is_noticed():
    scale = 2.0

    def f(x):
        return x * scale  # noqa: F821  # it is bound until it is deleted below

    compiled = ln.compile(f)
    assert compiled(np.ones(1)) == 2.0
    del scale
    with pytest.raises(NameError, match="scale"):
        compiled(np.ones(1))


_inner_scale = 2.0


def _scaled(x):
    return x * _inner_scale


def test_what_a_function_reads_that_came_later_is_noticed():
    global _inner_scale
    used = np.sin

    def f(x):
        return used(x)

    compiled = ln.compile(f)
    assert compiled(0.0) == 0.0
    used = _scaled
    assert compiled(3.0) == 6.0
    _inner_scale = 4.0
    assert compiled(3.0) == 12.0
