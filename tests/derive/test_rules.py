"""Rules through the door: equations as people write them, arrays in, arrays out, any order, refusals by name."""

import re

import numpy as np
import pytest
import scipy.linalg

import linad as ln
from linad import errors
from linad.core.kinds import composition
from linad.derive import derive
from linad.derive.catalogue import ENTRIES, rule
from linad.derive.rule import Rule
from linad.derive.vocabulary import WORDS


def cholesky():
    return derive({"S": "n n hermitian"}, {"L": "n n positive lower"}, "L @ L.H = S", name="cholesky")


def spd(rng, *shape):
    A = rng.normal(size=(*shape, shape[-1]))
    return A @ np.swapaxes(A, -1, -2) + shape[-1] * np.eye(shape[-1])


@pytest.mark.parametrize("name", list(ENTRIES))
class TestCatalogue:
    def test_tangent_and_cotangent_are_derived(self, name):
        derived = rule(name)
        assert derived.text("tangent")
        assert derived.text("cotangent")

    def test_no_inverse_is_a_factor(self, name):
        derived = rule(name)
        source = derived.source("tangent") + derived.source("cotangent")
        assert "inv(" not in source
        assert "identity(" not in source  # a solve with the identity is an inverse, too

    def test_neither_names_nor_the_order_of_equations_matter(self, name):
        assert programs_with_names(name, "abcdefgh", 1) == programs_with_names(name, "zyxwvuts", -1)


def programs_with_names(name, letters, order):
    """Both programs of an operation whose matrices have other names, with those names taken out again."""
    entry = ENTRIES[name]
    old = [*entry.inputs, *entry.outputs]
    new = {n: f"Matrix{letter}" for n, letter in zip(old, letters, strict=False)}
    pattern = re.compile(r"(?<![A-Za-z])(" + "|".join(old) + r")(?![A-Za-z])")
    twin = derive(
        {new[n]: s for n, s in entry.inputs.items()},
        {new[n]: s for n, s in entry.outputs.items()},
        [pattern.sub(lambda m: new[m[0]], text) for text in entry.equations[::order]],
    )
    text = repr([twin.program(mode).instructions for mode in ("tangent", "cotangent")])
    for i, n in enumerate(new.values()):
        text = text.replace(n, f"<{i}>")
    return text


@pytest.mark.parametrize(
    ("name", "present", "most"),
    [
        ("lu", None, 6),
        ("lu", ["L"], 4),
        ("lu", ["U"], 4),
        ("lu", {"U": "diagonal"}, 2),
        ("lu", {"U": "U^-H"}, 2),
        ("cholesky", None, 4),
        ("cholesky", {"L": "diagonal"}, 2),
        ("cholesky", {"L": "L^-H"}, 2),
        ("ldl", None, 4),
    ],
)
def test_the_cotangent_costs_at_most(name, present, most):
    count = rule(name).flops("cotangent", present)
    assert count.endswith("*n**3")
    assert int(count.removesuffix("*n**3")) <= most


def test_the_log_determinant_through_lu_is_two_solves_with_the_factors():
    program = rule("lu").text("cotangent", {"U": "U^-H"})
    assert program == "gA = P L^-H U^-H"


def test_folded_and_diagonal_cotangents_are_the_rule_at_those_values(rng):
    A = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    P, L, U = scipy.linalg.lu(A)
    values = {"A": A, "P": P, "L": L, "U": U}
    gU = np.linalg.inv(U).conj().T
    folded = run_source(rule("lu"), {"U": "U^-H"}, values)
    np.testing.assert_allclose(folded, np.linalg.inv(A).conj().T, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(folded, rule("lu").vjp(values, {"U": gU})["A"], rtol=1e-10, atol=1e-12)
    D = np.diag(rng.normal(size=4))
    diagonal = run_source(rule("lu"), {"U": "diagonal"}, {**values, "gU": D})
    np.testing.assert_allclose(diagonal, rule("lu").vjp(values, {"U": D})["A"], rtol=1e-10, atol=1e-12)


def run_source(derived, present, values):
    """The cotangent of A by the source for cotangents of which more is known."""
    space = dict(WORDS)
    exec(derived.source("cotangent", present), space)
    function = space[f"{derived.name}_cotangent"]
    return function(
        *[values[name] for name in function.__code__.co_varnames[: function.__code__.co_argcount]]
    )[0]


class TestTrailingZeroPivots:
    """L U with a zero at the end of U is differentiable, and its rule does not divide by it."""

    @pytest.fixture(params=["lu", "lu-wide", "ul"])
    def case(self, request, rng):
        m, n = (3, 5) if request.param == "lu-wide" else (4, 4)
        L = np.tril(rng.normal(size=(m, m)), -1) + np.eye(m)
        U = np.triu(rng.normal(size=(m, n)), 1) + np.diag(range(m, 0, -1)) @ np.eye(m, n)
        U[m - 1, m - 1] = 0
        if request.param == "ul":  # everything upside down
            values = {"U": L[::-1, ::-1], "L": U[::-1, ::-1]}
            A = values["U"] @ values["L"]
        else:
            values, A = {"P": np.eye(m), "L": L, "U": U}, L @ U
        return request.param, {"A": A, **values}

    def test_the_tangent_solves_the_linearised_equation(self, case, rng):
        name, v = case
        dA = rng.normal(size=v["A"].shape)
        t = rule(name).jvp(v, {"A": dA})
        change = t["U"] @ v["L"] + v["U"] @ t["L"] if name == "ul" else t["L"] @ v["U"] + v["L"] @ t["U"]
        np.testing.assert_allclose(change, dA, rtol=0, atol=1e-13)

    def test_the_cotangent_is_the_adjoint(self, case, rng):
        name, v = case
        dA, gL, gU = (rng.normal(size=v[n].shape) for n in ("A", "L", "U"))
        t, g = rule(name).jvp(v, {"A": dA}), rule(name).vjp(v, {"L": gL, "U": gU})
        assert np.sum(gL * t["L"]) + np.sum(gU * t["U"]) == pytest.approx(np.sum(g["A"] * dA), rel=1e-12)


@pytest.mark.parametrize("dtype", [float, complex])
def test_permutations_may_be_indices(dtype, rng):
    A = rng.normal(size=(3, 4, 4)).astype(dtype)
    P, L, U = (np.stack(parts) for parts in zip(*map(scipy.linalg.lu, A), strict=True))
    perm = np.argmax(P, axis=-2)  # P^T A is A[perm]
    G = rng.normal(size=(3, 4, 4))
    by_matrix, by_indices = (
        rule("lu").vjp({"A": A, "P": p, "L": L, "U": U}, {"U": G})["A"] for p in (P, perm)
    )
    np.testing.assert_allclose(by_indices, by_matrix, rtol=1e-14)


class TestGauge:
    """What cotangents have along the directions that the equations leave free."""

    @pytest.fixture
    def case(self, rng):
        A = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
        w, V = np.linalg.eigh(A + A.conj().T)
        return {"A": A + A.conj().T, "w": w, "V": V}

    def test_a_cost_that_sees_the_phases_has_some(self, case, rng):
        G = rng.normal(size=(4, 4)) + 0j
        (found,) = rule("eigh").along_gauge(case, {"V": G}).values()
        expected = np.diag(1j * np.diag(case["V"].conj().T @ G).imag)
        np.testing.assert_allclose(found, expected, atol=1e-13)

    def test_a_cost_that_does_not_see_them_has_none(self, case, rng):
        V, M = case["V"], rng.normal(size=(4, 4))
        G = (M + M.T) @ V @ np.diag(rng.normal(size=4))  # the cotangent of tr M V D V^H
        (found,) = rule("eigh").along_gauge(case, {"V": G, "w": rng.normal(size=4)}).values()
        np.testing.assert_allclose(found, 0, atol=1e-13)

    def test_nothing_is_derived_a_second_time(self, case, rng, monkeypatch):
        V = {"V": rng.normal(size=(4, 4)) + 0j}
        first = rule("eigh").along_gauge(case, V)
        monkeypatch.setattr(Rule.program.__module__ + ".simplify", None)
        np.testing.assert_equal(rule("eigh").along_gauge(case, V), first)

    def test_an_operation_without_gauge_has_none(self, rng):
        A = rng.normal(size=(3, 3))
        P, L, U = scipy.linalg.lu(A)
        assert rule("lu").along_gauge({"A": A, "P": P, "L": L, "U": U}, {"L": A}) == {}


class TestThroughTheEngine:
    """A derived rule declared as a composition: batched, in both modes, to second order."""

    @pytest.fixture
    def factor(self):
        return composition("derived_cholesky", np.linalg.cholesky, cholesky, last=1)

    def test_gradient_is_the_differences(self, factor, rng):
        S, D = spd(rng, 4), spd(rng, 4)
        gradient = ln.grad(lambda S: np.sum(np.sin(factor(S))))(S)
        e = 1e-6
        difference = (np.sum(np.sin(factor(S + e * D))) - np.sum(np.sin(factor(S - e * D)))) / (2 * e)
        assert np.sum(gradient * D) == pytest.approx(difference, rel=1e-7)  # the error of the difference

    def test_modes_are_adjoint(self, factor, rng):
        S, D, G = spd(rng, 4), spd(rng, 4), rng.normal(size=(4, 4))
        tangent = ln.jvp(factor, (S,), (D,))[1]
        cotangent = ln.vjp(factor, S)[1](G)[0]
        assert np.sum(G * tangent) == pytest.approx(np.sum(cotangent * D), rel=1e-13)

    def test_second_order_is_the_differences_of_the_first(self, factor, rng):
        S, D = spd(rng, 4), spd(rng, 4)
        gradient = ln.grad(lambda S: np.sum(np.sin(factor(S))))
        product = ln.hvp(lambda S: np.sum(np.sin(factor(S))), (S,), (D,))
        e = 1e-5
        np.testing.assert_allclose(
            product, (gradient(S + e * D) - gradient(S - e * D)) / (2 * e), rtol=1e-6, atol=1e-8
        )  # the error of the difference

    def test_a_batch_is_a_loop(self, factor, rng):
        S = spd(rng, 3, 4)
        gradient = ln.grad(lambda S: np.sum(np.sin(factor(S))))
        np.testing.assert_allclose(gradient(S), np.stack([gradient(M) for M in S]), rtol=1e-13)


class TestWithArrays:
    def test_lu_obeys_its_linearised_equation(self, rng):
        A, dA = rng.normal(size=(2, 4, 4))
        P, L, U = scipy.linalg.lu(A)
        t = rule("lu").jvp({"A": A, "P": P, "L": L, "U": U}, {"A": dA})
        np.testing.assert_allclose(P @ t["L"] @ U + P @ L @ t["U"], dA, rtol=0, atol=1e-13)

    def test_forbidden_entries_are_exactly_zero(self, rng):
        A, dA = rng.normal(size=(2, 4, 4))
        P, L, U = scipy.linalg.lu(A)
        t = rule("lu").jvp({"A": A, "P": P, "L": L, "U": U}, {"A": dA})
        assert not np.any(np.triu(t["L"]))
        assert not np.any(np.tril(t["U"], -1))

    def test_an_absent_cotangent_is_a_zero_one(self, rng):
        A, G = rng.normal(size=(2, 4, 4))
        P, L, U = scipy.linalg.lu(A)
        values = {"A": A, "P": P, "L": L, "U": U}
        absent = rule("lu").vjp(values, {"U": G})["A"]
        np.testing.assert_allclose(absent, rule("lu").vjp(values, {"U": G, "L": 0 * G})["A"], rtol=1e-13)

    def test_the_raw_formula_fails_and_the_projected_one_does_not(self, rng):
        A, dA, gU = rng.normal(size=(3, 4, 4))
        P, L, U = scipy.linalg.lu(A)
        values = {"A": A, "P": P, "L": L, "U": U}
        truth = np.sum(gU * rule("lu").jvp(values, {"A": dA})["U"])
        raw = P @ np.linalg.solve(L.T, gU)
        assert np.sum(raw * dA) != pytest.approx(truth, rel=1e-2)
        assert np.sum(rule("lu").vjp(values, {"U": gU})["A"] * dA) == pytest.approx(truth, rel=1e-12)


@pytest.mark.parametrize(
    ("inputs", "outputs", "equation", "fact"),
    [
        ({"A": "n n"}, {"L": "n n positive lower"}, "L @ L.H = A", "2 equations, which determine 1 of 1"),
        (
            {"A": "n n"},
            {"L": "n n lower", "K": "n n lower"},
            "L @ K = A",
            "2 equations, which determine 1 of 2",
        ),
        (
            {"A": "n n"},
            {"L": "n n unit lower", "Q": "n n unitary"},
            "L @ Q = A",
            "1 equation and 0 unknown entries",
        ),
    ],
    ids=["cholesky-of-general", "two-lower", "unit-lower-times-unitary"],
)
def test_what_cannot_be_is_refused_with_the_count(inputs, outputs, equation, fact):
    with pytest.raises(errors.DerivationError, match=fact):
        derive(inputs, outputs, equation).text("tangent")


def test_an_equation_that_does_not_parse_is_pointed_at():
    with pytest.raises(errors.OptionError, match=r"\^"):
        derive({"A": "n n"}, {"X": "n n"}, "A @ @ X = I")


def test_an_unknown_structure_is_refused_by_name():
    with pytest.raises(errors.OptionError, match="unknown structure 'triangular'"):
        derive({"A": "n n"}, {"X": "n n triangular"}, "A @ X = I")


def test_importing_linad_derives_nothing(monkeypatch):
    from linad.derive import rule as module

    monkeypatch.setattr(module, "derive_tangent", lambda *args: pytest.fail("derived"))
    derive({"A": "n n"}, {"X": "n n"}, "A @ X = I")


@pytest.mark.parametrize("name", ["a1", "M0", "S_L", "dA", "gA", "mul", "A B", "lambda", "x=1;y"])
def test_a_name_that_programs_use_or_that_is_none_is_refused(name):
    with pytest.raises(errors.OptionError, match="cannot be named"):
        derive({"A": "n n", name: "n n"}, {"X": "n n"}, "A @ X = I")


@pytest.mark.parametrize("name", ["H", "T", "conjugate", "Q1", "w"])
def test_a_name_that_a_board_would_bear_is_taken(name, rng):
    derived = derive({name: "n n"}, {"X": "n n"}, f"{name} @ X = I")
    A, D = rng.normal(size=(2, 3, 3))
    X = np.linalg.inv(A)
    np.testing.assert_allclose(derived.jvp({name: A, "X": X}, {name: D})["X"], -X @ D @ X, rtol=1e-10)


def test_the_name_of_the_rule_is_an_identifier():
    with pytest.raises(errors.OptionError, match="cannot name a function"):
        derive({"A": "n n"}, {"X": "n n"}, "A @ X = I", name="x(): import os #")


def test_equations_that_are_left_over_are_refused_with_the_count():
    with pytest.raises(errors.DerivationError, match="1 of the equations are left over"):
        derive({"A": "n n", "B": "n n"}, {"X": "n n"}, ["A @ X = I", "B @ X = I"]).text("tangent")


def test_a_wide_matrix_is_no_matrix_with_orthonormal_columns(rng):
    derived = derive({"A": "m n"}, {"L": "m m positive lower", "Q": "m n unitary"}, "L @ Q = A", name="lq")
    A = rng.normal(size=(3, 5))
    Q, R = np.linalg.qr(A.T)
    with pytest.raises(errors.ShapeError, match=r"Q is unitary and has the shape \(3, 5\)"):
        derived.vjp({"A": A, "L": R.T, "Q": Q.T}, {"Q": Q.T})


def test_a_tall_upper_matrix_is_refused(rng):
    derived = derive({"A": "m n"}, {"L": "m m unit lower", "U": "m n upper"}, "L @ U = A", name="lu")
    with pytest.raises(errors.ShapeError, match="at least as wide as tall"):
        derived.vjp({"A": np.ones((5, 3)), "L": np.eye(5), "U": np.ones((5, 3))}, {"U": np.ones((5, 3))})


@pytest.mark.parametrize("name", ["P", "V"], ids=["discrete", "unknown"])
def test_a_cotangent_that_is_none_is_refused_by_name(name, rng):
    A, G = rng.normal(size=(2, 3, 3))
    P, L, U = scipy.linalg.lu(A)
    with pytest.raises(errors.OptionError, match=f"{name} has no cotangent here"):
        rule("lu").vjp({"A": A, "P": P, "L": L, "U": U}, {name: G})


def test_a_tangent_that_does_not_reach_an_output_is_zero_there(rng):
    derived = derive({"A": "n n", "B": "n n"}, {"X": "n n", "Y": "n n"}, ["A @ X = I", "B @ Y = I"])
    A, B, D = rng.normal(size=(3, 3, 3))
    values = {"A": A, "B": B, "X": np.linalg.inv(A), "Y": np.linalg.inv(B)}
    assert not np.any(derived.jvp(values, {"A": D})["Y"])
