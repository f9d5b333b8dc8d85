"""The laws on users' functions: right ones hold, wrong ones fail, what cannot be told is undecided."""

from typing import NamedTuple

import numpy as np
import pytest

import linad as ln
from linad.check import assert_gradients, check_gradients
from linad.errors import ArgumentError, OptionError, OutputError


class Pair(NamedTuple):
    A: object
    b: object


def cost(A, b):
    x = np.linalg.solve(A, b)
    return x @ x + np.linalg.slogdet(A)[1]


RIGHT = {
    "solve": (cost, ("spd(3)", "normal(3)")),
    "complex": (lambda A, b: np.linalg.solve(A, b), ("complex general(2, 2)", "complex normal(2)")),
    "numbers": (lambda x, y: x * np.exp(y), (2.0, -1.0)),
    "integer-argument": (lambda x, n: x**n, ("normal(3)", 3)),
    "containers": (
        lambda p: {"z": p["w"] @ p["pair"].b, "y": (p["w"] * 2, 3)},
        ({"w": np.ones(2), "pair": Pair(np.eye(2), np.arange(2.0)), "none": None},),
    ),
    "empty": (lambda x, y: np.sum(x) + y, (np.zeros((0, 2)), 1.5)),
    "zero-dimensional": (np.sin, (np.array(0.5),)),
    "not-holomorphic": (lambda z: np.abs(z) ** 2, ("complex normal(2)",)),
    "orthonormal": (lambda Q: np.trace(Q.T @ np.diag([1.0, 2.0, 3.0]) @ Q), ("orthonormal(3, 2)",)),
    "simplex": (lambda p: -p @ np.log(p), ("simplex(3)",)),
    "large": (lambda A: np.sum(np.linalg.inv(A) ** 2), ("general(9, 9)",)),
    "equal-texts": (
        lambda q, y: np.mean(np.maximum(0.3 * (y - q), 0.7 * (q - y))),
        ("normal(5)", "normal(5)"),
    ),
    "single-inside": (lambda x: np.sum(x.astype(np.float32) ** 2), (np.array([0.3, -1.2, 0.7, 1.9]),)),
    "stationary": (np.linalg.det, (np.ones((3, 3)),)),
    "single": (lambda x: np.sum(np.exp(x) * x), (np.array([0.3, -1.3, -0.782, -0.3], np.float32),)),
    "huge-and-tiny": (lambda x: 1e30 * np.sum(x**2), (1e-12 * np.arange(1.0, 4.0),)),
}


@pytest.mark.parametrize(("f", "args"), RIGHT.values(), ids=RIGHT)
def test_a_right_derivative_holds(f, args):
    report = check_gradients(f, *args)
    assert report.holds is True, str(report)


def test_a_warning_of_a_function_is_shown_once():
    with pytest.warns(RuntimeWarning, match="invalid value encountered in log") as seen:
        check_gradients(lambda x: np.sum(np.where(x > 0, np.log(x), 0.0)), np.array([-1.0, 1.0]))
    assert len(seen) == 1


def test_third_order_holds():
    assert check_gradients(cost, "spd(2)", "normal(2)", order=3).holds is True


@pytest.mark.parametrize("modes", [("forward",), ("reverse",)])
def test_one_mode_is_tried_alone(modes):
    report = check_gradients(cost, "spd(2)", "normal(2)", modes=modes)
    assert report.holds is True
    assert {finding.law for finding in report.findings} == {modes[0], f"{modes[0]}-{modes[0]}"}


def test_a_value_that_leaves_the_trace_fails():
    report = check_gradients(lambda x: np.sum(x * ln.value(x)), np.array([1.0, 2.0]))
    assert report.holds is False
    assert any("leaves the trace" in note for note in report.notes)


def test_a_finding_holds_both_numbers_and_the_entry():
    report = check_gradients(lambda x: np.sum(x * ln.value(x)), np.array([1.0, 2.0]), order=1)
    gap = next(
        finding.gap for finding in report.failures if finding.law == "reverse" and "[1]" in finding.gap.entry
    )
    assert gap.entry == "x[1]"
    assert gap.claimed == pytest.approx(2, rel=1e-12)
    assert gap.reference == pytest.approx(4, abs=8 * gap.own)
    assert 0 < gap.own < 1e-10


def test_numbers_are_shown_in_the_users_units():
    report = check_gradients(lambda x: 1e20 * x**2, 1e-6, gradient=lambda x: 3e20 * x)
    (finding,) = report.failures
    assert finding.gap.claimed == pytest.approx(3e14)
    assert finding.gap.reference == pytest.approx(2e14)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_members_of_a_domain_may_have_any_size(scale):
    A = scale * np.array([[2.0, 1.0], [1.0, 3.0]])

    def f(A):
        return np.sum(A**3) / scale**3

    gradients = [lambda A, k=k: k * A**2 / scale**3 for k in (3, 3.0001)]
    verdicts = [check_gradients(f, A, gradient=g, domains={"A": "spd"}).holds for g in gradients]
    assert verdicts == [True, False]


class TestUndecided:
    @pytest.mark.parametrize("f", [np.abs, lambda x: np.maximum(x, 0)], ids=["abs", "maximum"])
    def test_a_kink_is_neither_right_nor_wrong(self, f):
        report = check_gradients(f, np.array([0.0]), order=1)
        assert report.holds is None
        assert all("a kink: the slope is" in finding.detail for finding in report.undecided)

    def test_only_the_entry_at_the_kink_is_undecided(self):
        report = check_gradients(lambda x: np.sum(np.abs(x)), np.array([0.0, 1.0]), order=1)
        assert {finding.gap.entry for finding in report.undecided} == {"x[0]"}

    def test_a_wrong_entry_beside_a_kink_fails(self):
        report = check_gradients(
            lambda x: np.sum(np.abs(x)), np.array([0.0, 1.0]), gradient=lambda x: np.array([0.0, -1.0])
        )
        assert [finding.gap.entry for finding in report.failures] == ["x[1]"]

    def test_noise_larger_than_the_question_is_undecided(self):
        def rough(x):
            return x + 1e-3 * ((x.view(np.int64) * 2654435761) % 1000) / 1000

        assert check_gradients(rough, np.array([0.3337]), gradient=lambda x: np.array([[1.05]])).holds is None

    def test_a_root_at_zero_blames_no_rule(self):
        with np.errstate(all="ignore"):
            report = check_gradients(lambda x: np.sum(np.sqrt(x)), np.array([0.0, 1.0]))
        assert report.holds is None, str(report)
        assert any("infinite along x[0]" in finding.detail for finding in report.undecided)
        assert not any("rule" in note for note in report.notes)

    def test_a_gradient_without_entries_is(self):
        report = check_gradients(np.sum, np.zeros(0), gradient=lambda x: x)
        assert (report.holds, report.findings) == (None, ())

    @pytest.mark.parametrize("n", [6, 9])
    def test_an_ill_conditioned_system_blames_nothing(self, n):
        A = 1 / (1 + np.arange(n)[:, None] + np.arange(n))  # Hilbert's matrix
        report = check_gradients(lambda A: np.sum(np.linalg.solve(A, np.ones(n))), A, modes=("reverse",))
        assert report.holds is None, str(report)
        assert not any("rule" in note for note in report.notes)

    def test_a_repeated_eigenvalue_is_said(self):
        report = check_gradients(
            lambda A: np.linalg.eigh(A)[1][:, 0] ** 2, np.eye(2), domains={"A": "symmetric"}
        )
        assert report.holds is None
        assert any("are equal" in finding.detail for finding in report.undecided)

    def test_a_tiny_gap_is_undecided_and_the_lost_digits_are_told(self):
        A = np.array([[1.0, 1e-10], [1e-10, 1.0]])
        report = check_gradients(lambda A: np.linalg.eigh(A)[1][:, 0] ** 2, A, domains={"A": "symmetric"})
        assert report.holds is None
        assert any("digits of the derivative are lost" in note for note in report.notes)

    def test_a_pivot_tie_is_undecided_and_said(self):
        report = check_gradients(lambda A: ln.lu(A)[2][0], np.array([[1.0, 2.0], [1.0, 5.0]]), order=1)
        assert report.holds is None
        assert any("jumps at this point" in note for note in report.notes)

    def test_a_pivot_change_nearby_is_left_and_told(self):
        report = check_gradients(lambda A: ln.lu(A)[2][0], np.array([[1.0, 2.0], [1.0001, 5.0]]), order=1)
        assert report.holds is True
        assert any("jumps 0.0001 away" in note for note in report.notes)


class TestSinglePrecision:
    def test_a_function_that_computes_in_double_is_differenced_there(self):
        report = check_gradients(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0], np.float32), order=1)
        assert report.holds is True
        assert all(finding.gap.own < 1e-9 for finding in report.findings if finding.law == "reverse")

    def test_a_function_that_stays_in_single_has_wide_error_bars(self):
        def f(x):
            return np.float64(np.sum(np.sin(x.astype(np.float32)), dtype=np.float32))

        gradient = [lambda x: np.cos(x), lambda x: 1.01 * np.cos(x)]
        x = np.array([0.5, 1.0])
        right, wrong = (check_gradients(f, x, gradient=g) for g in gradient)
        assert right.holds is not False
        assert wrong.holds is False
        assert all(finding.gap.own > 1e-8 for finding in right.findings)


class TestAlignment:
    @pytest.mark.parametrize(("spec", "align"), [("symmetric(3)", "sign"), ("complex hermitian(3)", "phase")])
    def test_eigenvectors_hold_when_aligned(self, spec, align):
        assert check_gradients(lambda A: np.linalg.eigh(A)[1], spec, align=align).holds is True

    def test_a_function_may_align(self):
        def signed(out, reference):
            return tuple(y * np.sign(np.sum(y * r)) for y, r in zip(out, reference, strict=True))

        calls = [0]

        def turning(x):
            calls[0] += 1
            return x / np.linalg.norm(x) * (-1) ** (x[0] > 0.5)

        x = np.array([0.5, 1.0])
        gradient = lambda x: np.eye(2) / np.linalg.norm(x) - np.outer(x, x) / np.linalg.norm(x) ** 3  # noqa: E731  # a formula
        assert check_gradients(turning, x, gradient=gradient, align=signed).holds is True
        assert check_gradients(turning, x, gradient=gradient).holds is not True

    def test_an_unknown_alignment_is_refused(self):
        with pytest.raises(OptionError, match="there is no alignment 'left'"):
            check_gradients(np.sin, 1.0, align="left")


class TestRefusals:
    @pytest.mark.parametrize(
        ("f", "args", "error", "fact"),
        [
            (lambda x: "text", (1.0,), OutputError, "it returned a str"),
            (lambda x: 3, (1.0,), OutputError, "no floating-point number"),
            (lambda x: np.log(0 * x), (1.0,), OutputError, "is not finite"),
            (lambda n: n, (3,), ArgumentError, "no argument holds floating-point numbers"),
            (lambda x: x, (np.nan,), ArgumentError, "it is not finite"),
        ],
    )
    @pytest.mark.filterwarnings("ignore:divide by zero")
    def test_what_has_no_derivative_is_named(self, f, args, error, fact):
        with pytest.raises(error, match=fact):
            check_gradients(f, *args)

    def test_a_random_function_is_refused(self, rng):
        with pytest.raises(OutputError, match="two calls gave different results"):
            check_gradients(lambda x: x + rng.standard_normal(), 1.0)

    def test_a_function_that_writes_into_its_argument_is_refused(self):
        def f(x):
            x *= 2
            return np.sum(x)

        x = np.ones(2)
        with pytest.raises(ArgumentError, match="changes an argument in place"):
            check_gradients(f, x)
        np.testing.assert_array_equal(x, 1)

    def test_an_argument_outside_its_domain_is_refused(self):
        with pytest.raises(ArgumentError, match=r"A: it is not in its domain: hermitian positive definite"):
            check_gradients(lambda A: A[0, 0], -np.eye(2), domains={"A": "spd"})

    @pytest.mark.parametrize(
        ("options", "fact"),
        [
            ({"modes": ("sideways",)}, "modes"),
            ({"modes": "forward"}, "modes"),
            ({"order": 4}, "order"),
            ({"domains": {"B": "spd"}}, "has no argument 'B'; it has x"),
            ({"domains": {"x": "spud"}}, "there is no family 'spud'"),
        ],
    )
    def test_an_unknown_option_is_refused(self, options, fact):
        with pytest.raises(OptionError, match=fact):
            check_gradients(lambda x: x, 1.0, **options)

    def test_a_traced_argument_is_refused(self):
        with pytest.raises(ArgumentError, match="an argument is a traced array"):
            ln.grad(lambda x: check_gradients(np.sin, x).seconds)(1.0)

    def test_a_function_that_closes_over_a_traced_array_is_refused(self):
        with pytest.raises(OutputError, match="closes over a traced array"):
            ln.grad(lambda x: check_gradients(lambda y: x * y, 2.0).seconds)(1.0)

    def test_precision_beyond_double_is_refused(self):
        with pytest.raises(ArgumentError, match="differences are taken in double precision"):
            check_gradients(np.sum, np.ones(2, np.longdouble))

    def test_what_a_function_raises_comes_through(self):
        with pytest.raises(np.linalg.LinAlgError):
            check_gradients(np.linalg.inv, np.zeros((2, 2)))


class TestAssertion:
    def test_it_says_what_fails(self):
        with pytest.raises(AssertionError, match=r"a\[0\]: 2, by differences 1"):
            assert_gradients(np.sum, np.ones(2), gradient=lambda x: 2 * x)

    def test_it_is_silent_where_all_holds(self):
        assert_gradients(cost, "spd(2)", "normal(2)")

    def test_undecided_does_not_pass_unless_it_may(self):
        with pytest.raises(AssertionError, match="undecided"):
            assert_gradients(np.abs, 0.0)
        assert_gradients(np.abs, 0.0, allow_undecided=True)


def test_the_chance_of_a_miss_is_told_for_large_arguments_alone():
    large = check_gradients(np.sum, np.ones(100), order=1)
    small = check_gradients(np.sum, np.ones(10), order=1)
    assert any("is missed with a chance below 2e-07" in note for note in large.notes)
    assert small.notes == ()


def test_a_domain_restricts_the_directions():
    def reads_one_triangle(A):
        return np.sum(np.tril(A) ** 2)

    gradient = lambda A: A + np.diag(np.diag(A))  # noqa: E731  # the symmetric gradient
    assert check_gradients(reads_one_triangle, "symmetric(3)", gradient=gradient).holds is True
    assert check_gradients(reads_one_triangle, "general(3, 3)", gradient=gradient).holds is False


def test_two_runs_find_the_same():
    first, second = (check_gradients(cost, "spd(2)", "normal(2)") for _ in range(2))
    assert first.findings[0].error == second.findings[0].error
    assert [str(f.gap) for f in first.findings] == [str(f.gap) for f in second.findings]


@pytest.mark.parametrize("seed", [8, 26, 58])
def test_what_is_zero_but_for_rounding_is_no_false_alarm(seed):
    """The least eigenvalue of a matrix of deficient rank: its derivatives are what larger numbers leave."""
    A = np.random.default_rng(seed).uniform(0.2, 1, (2, 3))
    report = check_gradients(lambda A: np.linalg.eigvalsh(A.T @ A)[0], A, seed=seed)
    assert report.holds is True, str(report)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("f", "spec"),
    [
        (np.linalg.inv, "normal(3, 3)"),
        (lambda A: ln.lu(A)[2], "normal(3, 3)"),
        (lambda A: np.linalg.svd(A, compute_uv=False), "normal(3, 2)"),
        (lambda x: np.exp(-(x**2)) * np.cos(5 * x), "normal(3)"),
        (lambda x: np.sum(np.sin(x) / x), "float32 positive(3)"),
    ],
    ids=["inverse", "lu", "singular-values", "elements", "single"],
)
def test_there_is_no_false_alarm_at_other_seeds(f, spec, seed):
    report = check_gradients(f, spec, seed=seed)
    assert report.holds is True, str(report)
