"""Programs of small arrays by direct calls of LAPACK: the numbers, types, errors and warnings of the function."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linad as ln
import linad.linalg as la
from linad import errors
from linad.core import tree
from linad.core.replay import lowering


def hermitian(A):
    return A + A.conj().T


def definite(A):
    return hermitian(A @ A.conj().T) / 2 + np.eye(len(A))


STEPS = {
    "solve": np.linalg.solve,
    "solve-matrix": lambda A, b: np.linalg.solve(A, A.T),
    "solve-adjoint": lambda A, b: np.linalg.solve(A.conj().T, b),
    "solve-definite": lambda A, b: la.solve(definite(A), b, assume_a="pos"),
    "inv": lambda A, b: np.linalg.inv(A) + np.linalg.inv(A).T @ A,
    "slogdet": lambda A, b: np.linalg.slogdet(A)[1] * b + np.linalg.slogdet(A)[0],
    "det": lambda A, b: np.linalg.det(A) * b,
    "lu": lambda A, b: la.lu(A)[1] @ b + la.lu(A)[2] @ b,
    "lu-lower": lambda A, b: la.lu(A)[1] * A,
    "lu-upper": lambda A, b: la.lu(A)[2].T @ A,
    "cholesky": lambda A, b: np.linalg.cholesky(definite(A)) @ b,
    "cho_solve": lambda A, b: la.cho_solve(la.cho_factor(definite(A), lower=True), b),
    "qr": lambda A, b: np.linalg.qr(A)[0] @ b + np.linalg.qr(A)[1] @ b,
    "qr-tall": lambda A, b: np.linalg.qr(A[:, :2])[0] @ np.linalg.qr(A[:, :2])[1],
    "eigh": lambda A, b: np.abs(np.linalg.eigh(hermitian(A))[1]) ** 2 @ b.real,
    "eigvalsh": lambda A, b: np.linalg.eigh(hermitian(A))[0] * b.real,
    "sums": lambda A, b: np.sum(A * b, axis=1) + np.sum(A * b[:, None], axis=0) + np.sum(A) * np.sum(b * b),
    "numbers": lambda A, b: (np.sum(b) * np.sum(A) - np.sum(A * A)) * b - (-np.sum(b)),
    "outer": lambda A, b: np.outer(b, A[0]) + A - np.outer(A[1], b),
    "outer-of-real": lambda A, b: np.outer(b.real, b.real) + A,
    "rows": lambda A, b: b.reshape(1, -1) + A * b.reshape(-1, 1),
    "column": lambda A, b: b.reshape(-1, 1),
    "signs": lambda A, b: -A + A.T - (-b),
    "doubled": lambda A, b: np.arange(9.0).reshape(3, 3) * A[:3, :3] * 2.0 + b[:3] + b[:3],
}
TRANSFORMS = {
    "values": lambda parts, cost: parts,
    "value-and-gradient": lambda parts, cost: ln.value_and_grad(cost, (0, 1)),
    "tangent": lambda parts, cost: lambda A, b: ln.jvp(cost, (A, b), (A, b)),
    "hessian-product": lambda parts, cost: lambda A, b: ln.hvp(cost, (A, b), (A, b)),
    "gradient-of-gradient": lambda parts, cost: ln.grad(
        lambda A, b: np.sum(np.abs(ln.grad(cost)(A, b)) ** 2), (0, 1)
    ),
}
LAYOUTS = {
    "C": lambda x: x,
    "F": np.asfortranarray,
    "strided": lambda x: np.repeat(x, 2, axis=0)[::2],
    "reversed": lambda x: x[::-1].copy()[::-1],
    "read-only": lambda x: _read_only(x.copy()),
}


def _read_only(x):
    x.flags.writeable = False
    return x


def arguments(rng, n, dtype, layout):
    def normal(*shape):
        return rng.normal(size=shape) + (1j * rng.normal(size=shape) if dtype in "DF" else 0)

    A = normal(n, n) + 2 * np.sqrt(n) * np.diag(1 + rng.random(n))
    return [LAYOUTS[layout](x.astype(dtype)) for x in (A, normal(n))]


PROGRAMS = {
    "names": st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=3),
    "transform": st.sampled_from(sorted(TRANSFORMS)),
    "dtype": st.sampled_from("dddfDF"),
    "layouts": st.tuples(*[st.sampled_from(sorted(LAYOUTS))] * 3),
    "n": st.sampled_from([3, 4, 5, 17]),
    "seed": st.integers(0, 10_000),
}


@settings(max_examples=8)
@given(**PROGRAMS)
def test_random_programs_of_small_matrices(**drawn):
    replays_are_the_function(**drawn)


@pytest.mark.slow
@settings(max_examples=500)
@given(**PROGRAMS)
def test_many_random_programs_of_small_matrices(**drawn):
    replays_are_the_function(**drawn)


def replays_are_the_function(names, transform, dtype, layouts, n, seed):
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(n, n))

    def parts(A, b):
        return [STEPS[name](A, b) for name in names]

    def cost(A, b):
        total = 0.0
        for part in parts(A, b):
            c = weights[: part.shape[0], : part.shape[-1]][(0,) * (2 - part.ndim)].astype(dtype.lower())
            total = total + np.sum(np.abs(part * c) ** 2) + np.sum(part * c).real
        return total

    f = TRANSFORMS[transform](parts, cost)
    compiled = ln.compile(f)
    kept = []
    for layout in layouts:
        args = arguments(rng, n, dtype, layout)
        before = [x.copy() for x in args]
        found, expected = (list(tree.leaves(run(*args))) for run in (compiled, f))
        assert [path for path, _ in found] == [path for path, _ in expected]
        largest = max(float(np.max(np.abs(y))) for _, y in expected)
        for i, ((_, x), (_, y)) in enumerate(zip(found, expected, strict=True)):
            assert type(x) is type(y)
            assert (np.shape(x), np.asarray(x).dtype) == (np.shape(y), np.asarray(y).dtype)
            # products of a dozen steps, each to rounding of matrices with condition numbers of some tens
            assert np.max(np.abs(x - y)) <= (1e-10 if dtype in "dD" else 3e-2) * n**2 * largest
            if isinstance(x, np.ndarray):
                assert x.flags.writeable
                assert not any(np.shares_memory(x, other) for other in (*args, *[z for _, z in found[:i]]))
        assert all(np.array_equal(x, y) for x, y in zip(args, before, strict=True))
        assert [np.asarray(x).tobytes() for _, x in tree.leaves(compiled(*args))] == [
            np.asarray(x).tobytes() for _, x in found
        ]
        kept.append([(x, np.asarray(x).tobytes()) for _, x in found])
        assert all(np.asarray(x).tobytes() == old for parts in kept for x, old in parts)
    assert compiled.statistics.ran == 0


def test_every_template_is_tried():
    """Each is met by a step of the random programs, so that one which never serves is found."""
    rng = np.random.default_rng(0)
    met = set()

    def compiled(f, *args):
        program = ln.compile(f)
        program(*args)
        met.update(
            lowering.key_of(node.primitive) for node in program.paths[0].program.steps if node.primitive
        )

    args = arguments(rng, 4, "d", "C")
    for step in STEPS.values():
        compiled(ln.grad(lambda A, b, step=step: np.sum(step(A, b) ** 2)), *args)
    compiled(
        TRANSFORMS["hessian-product"](None, lambda A, b: np.linalg.slogdet(A)[1] + b @ np.linalg.inv(A) @ b),
        *args,
    )
    compiled(la.inv, args[0])
    assert set(lowering.templates) - met == set()


# -- what the operations look at ---------------------------------------------------------------------------------

DOUBTFUL = {
    "solve-singular": (lambda A: np.sum(np.linalg.solve(A, np.ones(3))), np.diag([1.0, 2, 0])),
    "slogdet-singular": (lambda A: np.linalg.slogdet(A)[1], np.diag([1.0, 2, 0])),
    "solve-ill-conditioned": (lambda A: np.sum(np.linalg.solve(A, np.ones(3))), np.diag([1.0, 2, 1e-14])),
    "slogdet-ill-conditioned": (lambda A: np.linalg.slogdet(A)[1], np.diag([1.0, 2, 1e-14])),
    "inv-ill-conditioned": (lambda A: np.sum(np.linalg.inv(A)), np.diag([1.0, 2, 1e-14])),
    "solve-nan": (lambda A: np.sum(np.linalg.solve(A, np.ones(3))), np.diag([1.0, 2, np.nan])),
    "slogdet-nan": (lambda A: np.linalg.slogdet(A)[1], np.diag([1.0, np.nan, 2])),
    "slogdet-infinite": (lambda A: np.linalg.slogdet(A)[1], np.diag([1.0, np.inf, 2])),
    "slogdet-tiny": (lambda A: np.linalg.slogdet(A)[1], np.diag([1e-150, 1e-150, 1e-150])),
    "slogdet-of-wide-range": (
        lambda A: np.linalg.slogdet(A)[1],
        np.array([[0.0, 0, 3e-170], [3e-160, 0, 0], [0, 7e300, 0]]),
    ),
    "lu-not-finite": (lambda A: np.sum(la.lu(A)[2]), np.diag([1.0, np.inf, 2])),
    "lu-singular": (lambda A: np.sum(la.lu(A)[1]), np.diag([1.0, 0.0, 2])),
    "cholesky-indefinite": (lambda A: np.sum(np.linalg.cholesky(A)), np.diag([1.0, 2, -1])),
    "cholesky-not-symmetric": (lambda A: np.sum(np.linalg.cholesky(A)), np.eye(3) + np.eye(3, k=1) / 4),
    "cholesky-nan": (lambda A: np.sum(np.linalg.cholesky(A)), np.diag([1.0, np.nan, 2])),
    "qr-deficient": (lambda A: np.sum(np.linalg.qr(A)[1]), np.ones((3, 3))),
    "qr-ill-conditioned": (lambda A: np.sum(np.linalg.qr(A)[1] ** 2), np.diag([1.0, 2, 1e-12])),
    "qr-large": (lambda A: np.sum(np.linalg.qr(A)[1]) * 1e-200, np.diag([1.0, 2, 3]) * 1e200),
    "qr-infinite": (lambda A: np.sum(np.linalg.qr(A)[0]), np.diag([1.0, np.inf, 3])),
    "eigh-equal": (lambda A: np.linalg.eigh(A)[1][0, 0] ** 2, np.eye(3)),
    "eigh-equal-values": (lambda A: np.sum(np.linalg.eigh(A)[0]), np.eye(3)),
    "eigh-close": (lambda A: np.linalg.eigh(A)[1][0, 0] ** 2, np.diag([1.0, 1 + 1e-9, 2]) + 1e-10),
    "eigh-not-symmetric": (lambda A: np.sum(np.linalg.eigh(A)[0]), np.eye(3) + np.eye(3, k=1)),
    "eigh-nan": (lambda A: np.sum(np.linalg.eigh(A)[0]), np.diag([1.0, np.nan, 2])),
    "sum-infinite": (lambda A: np.sum(A * A), np.diag([1.0, np.inf, 2])),
    "sum-overflow": (lambda A: np.sum(A * A), np.diag([1.0, 1e200, 2])),
    "number-overflow": (lambda A: np.sum(A) * np.sum(A), np.diag([1.0, 1e200, 2])),
}


def outcome(run, *args):
    """What a function gives or raises, with linad's warnings and whether NumPy warned."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            found = run(*args)
        except Exception as error:
            found = error
    return found, {w.category for w in said}


@pytest.mark.parametrize("transform", [ln.value_and_grad, lambda f: f], ids=["value-and-gradient", "value"])
@pytest.mark.parametrize(("f", "A"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_errors_warnings_and_numbers_are_those_of_the_function(f, A, transform):
    run = transform(f)
    compiled = ln.compile(run)
    compiled(np.diag([2.0, 3, 5]) + 0.5)
    assert "UNSURE" in compiled.source
    careful = compiled.paths[0].careful
    (found, heard), (expected, said) = outcome(compiled, A), outcome(run, A)
    # of plain arrays the function is NumPy's, which may warn where the operation does not
    assert heard == said or heard == outcome(careful, A)[1]
    if isinstance(expected, Exception):
        assert type(found) is type(expected)
        assert found.args == expected.args
    else:
        for (_, x), (_, y) in zip(tree.leaves(found), tree.leaves(expected), strict=True):
            assert type(x) is type(y)
            np.testing.assert_allclose(x, y, rtol=1e-10)


def test_where_conditioning_is_ignored_nobody_looks():
    gradient = ln.compile(ln.grad(lambda A: np.linalg.slogdet(A)[1]))
    A = np.diag([1.0, 1e-14])
    with ln.errstate(conditioning="ignore"):
        gradient(np.eye(2))
        np.testing.assert_allclose(gradient(A), np.diag([1.0, 1e14]))
        assert "enough_digits" not in gradient.source
    with ln.errstate(conditioning="raise"):
        gradient(np.eye(2))
        with pytest.raises(errors.IllConditionedError):
            gradient(A)


SHARED = {
    "one-times": lambda A, b: (A * 2.0 * 1.0 + np.outer(b, b), A * 2.0),
    "factor": lambda A, b: (
        la.cholesky(definite(A), lower=True) + np.outer(b, b),
        la.cho_solve((la.cholesky(definite(A), lower=True), True), b),
    ),
    "vectors": lambda A, b: (np.linalg.eigh(A + A.T)[1] + np.outer(b, b), np.linalg.eigh(A + A.T)[0]),
    "sums": lambda A, b: (np.sum((A + A.T) * A), A + A.T + np.outer(b, b), np.sum((A + A.T) * A.T)),
    "summed-later": lambda A, b: (A - A.T + np.outer(b, b), np.sum((A - A.T) * A)),
    "summed-before": lambda A, b: (np.sum((A - A.T) * A), A - A.T + np.outer(b, b)),
    "transposed": lambda A, b: ((A + A).T @ A, A + A + np.outer(b, b), (A + A).T + np.outer(b, b)),
    "inverse": lambda A, b: (np.linalg.inv(A) + np.outer(b, b), np.linalg.inv(A).T + np.outer(b, b)),
    "twice": lambda A, b: (A - b + np.outer(b, b), A - b + np.outer(b, A[0])),
}


@pytest.mark.parametrize("f", SHARED.values(), ids=SHARED)
def test_what_is_written_over_nobody_reads_any_more(f, rng):
    def gradient(A, b):
        return ln.value_and_grad(lambda A, b: sum(np.sum(part * part) for part in f(A, b)), (0, 1))(A, b)

    for run in (f, gradient):
        compiled = ln.compile(run)
        for _ in range(3):
            args = arguments(rng, 4, "d", "C")
            found, expected = compiled(*args), run(*args)
            for (_, x), (_, y) in zip(tree.leaves(found), tree.leaves(expected), strict=True):
                np.testing.assert_allclose(x, y, rtol=1e-10, atol=1e-10 * np.max(np.abs(y)))


def test_what_is_used_in_a_block_is_computed_outside(rng):
    def f(A, b):
        total, x = np.sum(A * A), np.linalg.solve(A, b)
        with np.errstate(divide="ignore"), ln.errstate(conditioning="raise"):
            return 1 / total + np.log(np.abs(x)) + np.linalg.slogdet(A)[1] + np.sum(x) * np.sum(A)

    compiled = ln.compile(ln.value_and_grad(lambda A, b: np.sum(f(A, b)), (0, 1)))
    for _ in range(2):
        A, b = arguments(rng, 4, "d", "C")
        found, expected = compiled(A, b), ln.value_and_grad(lambda A, b: np.sum(f(A, b)), (0, 1))(A, b)
        for (_, x), (_, y) in zip(tree.leaves(found), tree.leaves(expected), strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-10, atol=1e-10)
    assert "inside" in compiled.source
    assert "UNSURE" in compiled.source


def test_counters_count_what_runs():
    compiled = ln.compile(ln.grad(lambda A: np.linalg.slogdet(A)[1]))
    for _ in range(2):
        with ln.counters() as ran:
            compiled(np.diag([1.0, 2.0]))
        assert ran["getrf"] == ran["getri"]
        assert ran["getrf"] > 0
    assert ran["getrf"] == 1


def test_subclasses_of_arrays_have_programs_of_their_own():
    compiled = ln.compile(lambda A: np.sum(np.linalg.solve(A, A.T) * A))
    A = np.diag([2.0, 3.0]) + 0.5
    expected = float(compiled(A))
    for x in (np.ma.array(A), A.view(np.recarray), A):
        assert float(compiled(x)) == pytest.approx(expected, rel=1e-14)
    with pytest.raises(ValueError, match="must be square"):
        compiled(np.ma.array(np.ones((2, 3))))


def test_a_batch_runs_by_the_operations(rng):
    compiled = ln.compile(ln.grad(lambda A: np.sum(np.linalg.slogdet(A)[1])))
    A = rng.normal(size=(2, 4, 4)) + 4 * np.eye(4)
    np.testing.assert_allclose(compiled(A), np.linalg.inv(A).swapaxes(-1, -2), rtol=1e-12)
    assert "slogdet_cotangent" in compiled.source


def test_a_truth_value_of_a_number_that_was_computed_quickly(rng):
    def f(A):
        value = np.sum(A * A)
        return np.log(value) if value > 4 else value

    compiled = ln.compile(ln.value_and_grad(f))
    for scale in (1.0, 0.1, 2.0, 0.2):
        value, gA = compiled(scale * np.eye(3) * 2)
        expected, g = ln.value_and_grad(f)(scale * np.eye(3) * 2)
        np.testing.assert_allclose(value, expected)
        np.testing.assert_allclose(gA, g)
    assert compiled.statistics.recorded == 2
    assert compiled.statistics.ran == 0
