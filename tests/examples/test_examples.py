"""The examples of the gallery, at small sizes: what each of them claims."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from numpy.testing import assert_allclose

import linad as ln
from examples import (
    NAMES,
    bilevel,
    certified_fits,
    design,
    drawing,
    gaussian_process,
    lqr,
    lu_cost,
    nile,
    own_factorization,
    sparse_precision,
    truss,
)

GALLERY = (drawing.GALLERY / "index.md").read_text(encoding="utf-8")


def without_indents(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_holds(name: str) -> None:
    report = import_module(f"examples.{name}").verify()
    assert report.holds, str(report)


@pytest.mark.parametrize("name", NAMES)
def test_the_gallery_shows_the_figure_and_lines_of_the_script(name: str) -> None:
    source = Path(drawing.__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    (section,) = re.findall(rf"`examples/{name}\.py`.*?(?=\n## |\Z)", GALLERY, re.DOTALL)
    shown = re.findall(r"```python\n(.*?)\n```", section, re.DOTALL)
    assert shown
    for lines in shown:
        assert without_indents(lines) in without_indents(source)
    assert f"]({name}.png)" in section
    assert (drawing.GALLERY / f"{name}.png").stat().st_size < 80_000


def test_the_evidence_is_that_of_a_normal_distribution_and_is_flat_at_its_maximum() -> None:
    fit = gaussian_process.solve(20)
    K = gaussian_process.covariance(fit.logs, fit.x, fit.x) + np.exp(2 * fit.logs[2]) * np.eye(20)
    assert_allclose(fit.loss, -scipy.stats.multivariate_normal.logpdf(fit.y, None, K), rtol=1e-10)
    assert np.max(np.abs(ln.grad(gaussian_process.evidence)(fit.logs, fit.x, fit.y))) < 1e-5


def test_the_covariance_of_a_gaussian_process_is_factored_once() -> None:
    with ln.counters() as ran:
        ln.hessian(gaussian_process.evidence)(gaussian_process.START, *gaussian_process.observe(40))
    assert (ran["potrf"], ran["getrf"]) == (1, 0)


def test_a_gaussian_process_with_little_noise_goes_through_the_points() -> None:
    x = np.linspace(0, 5, 6)
    mean, error = gaussian_process.predict(np.log([1.0, 1.0, 1e-4]), x, np.sin(x), x)
    assert_allclose(mean, np.sin(x), atol=1e-6)
    assert np.all(error < 2e-4)


def test_the_nile_has_the_published_variances() -> None:
    fit = nile.solve()
    assert np.rint(fit.variances).tolist() == [15099, 1469]
    assert fit.evaluations <= 20


@pytest.mark.parametrize(
    ("criterion", "ends", "middle"), [("D", 1 / 3, 1 / 3), ("A", 1 / 4, 1 / 2), ("E", 1 / 5, 3 / 5)]
)
def test_designs_of_a_parabola_are_the_known_ones(criterion: str, ends: float, middle: float) -> None:
    found = design.solve(criterion, 11, 2)
    expected = np.zeros(11)
    expected[[0, 5, 10]] = ends, middle, ends
    assert_allclose(
        found.w, expected, atol=1e-4
    )  # the criterion is flat there: half of the digits of its value
    assert np.max(found.sensitivity) < (1 + 1e-4) * found.bound  # the equivalence theorem


def test_a_tuned_crane_swings_less_with_the_same_force() -> None:
    load, force = map(float, lqr.variances(lqr.START))
    tuned = lqr.solve(force)
    assert_allclose(tuned.force, force, rtol=1e-6)
    assert tuned.load < 0.7 * load
    for rope in lqr.ROPES:
        A, B = lqr.plant(rope)
        assert np.max(np.linalg.eigvals(A - B @ lqr.gain(tuned.logs)).real) < 0


def test_the_stiffest_truss_is_stressed_alike_everywhere() -> None:
    structure = truss.cantilever(3, 2)
    sizing = truss.solve(structure, 0.01)
    assert_allclose(sizing.areas @ structure.lengths, 0.01, rtol=1e-9)
    chosen = np.abs(sizing.stresses[sizing.areas > 2 * truss.LEAST, 0])
    assert_allclose(chosen, np.mean(chosen), rtol=1e-2)  # the compliance is flat there


def test_a_limit_for_stresses_is_met_and_costs_stiffness() -> None:
    structure, limit = truss.cantilever(3, 2), 100e6
    free, held = truss.solve(structure, 0.01), truss.solve(structure, 0.01, limit)
    assert np.max(np.abs(free.stresses)) > 2 * limit
    assert_allclose(np.max(np.abs(held.stresses)), limit, rtol=1e-6)
    assert held.compliance > free.compliance


def test_a_sparse_precision_has_no_duality_gap_and_zeros_inside_of_the_bounds() -> None:
    estimate = sparse_precision.solve(sparse_precision.observe(6, 30), 0.15)
    assert abs(estimate.gap) < 1e-6
    assert np.linalg.eigvalsh(estimate.P)[0] > 0
    inside = np.abs(estimate.U) < 0.99 * estimate.price
    assert np.sum(np.triu(inside, 1)) > 0
    assert_allclose(estimate.P[inside & ~np.eye(6, dtype=bool)], 0, atol=1e-5)


def test_a_price_above_all_correlations_leaves_no_edge() -> None:
    S = sparse_precision.observe(5, 30)
    estimate = sparse_precision.solve(S, 1.01 * float(np.max(np.abs(S - np.eye(5)))))
    assert_allclose(estimate.P, np.eye(5), atol=1e-6)


def test_certified_fits_have_the_certified_digits() -> None:
    for fit in certified_fits.solve(["Misra1a", "DanWood"]):
        assert fit.digits >= 10
        assert fit.digits_of_errors >= 9
        assert fit.digits_of_scipy < fit.digits


def test_penalties_of_their_own_do_better_than_a_shared_one() -> None:
    study = bilevel.solve(n=60, features=6, telling=2)
    assert study.each.validation < study.shared.validation <= np.min(study.path[:, 2]) + 1e-9
    assert np.mean(study.each.p[2:]) > np.mean(study.each.p[:2])  # noise is penalised more


def test_the_gradient_by_hand_is_that_of_the_factors_and_the_free_one_is_not() -> None:
    study = lu_cost.solve(6, 5)
    scale = np.max(np.abs(study.gradient))
    assert_allclose(lu_cost.by_hand(study.A), study.gradient, atol=1e-12 * scale)
    assert np.max(np.abs(lu_cost.as_if_free(study.A) - study.gradient)) > 0.1 * scale


def test_the_cost_of_the_factors_jumps_where_pivots_change() -> None:
    A, E = np.array([[1.0, 2.0], [1.0, 5.0]]), np.array([[1.0, 0.0], [0.0, 0.0]])
    line = lu_cost.along(A, E, np.array([-1e-6, 1e-6]))
    assert line.jumps == [0.0]
    assert abs(line.costs[1] - line.costs[0]) > 1


def test_in_the_best_axes_the_triangular_transport_is_the_cheapest_of_all() -> None:
    turn = own_factorization.solve(*own_factorization.example(3))
    assert_allclose(turn.costs[1], own_factorization.cheapest(turn.K, turn.G), rtol=1e-10)
    assert turn.costs[0] > 1.05 * turn.costs[1]


def test_figures_are_drawn_and_small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(drawing, "GALLERY", tmp_path)
    designs: dict[str, Any] = {name: design.solve(name, 11, 2) for name in design.CRITERIA}
    drawing.save(design.draw(designs), "design.py")
    assert 1_000 < (tmp_path / "design.png").stat().st_size < 80_000
