"""What happens where a derivative is undefined or doubtful: raise, warn, ignore."""

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import linad as ln
from linad import errors
from linad.core.errstate import report

DEFAULTS = {
    "degenerate": "raise",
    "tie": "ignore",
    "gauge": "raise",
    "conditioning": "warn",
    "convergence": "raise",
}
CLASSES = {
    "degenerate": (errors.DegenerateError, errors.DegenerateWarning),
    "tie": (errors.TieError, errors.TieWarning),
    "gauge": (errors.GaugeError, errors.GaugeWarning),
    "conditioning": (errors.IllConditionedError, errors.IllConditionedWarning),
    "convergence": (errors.ConvergenceError, errors.ConvergenceWarning),
}
keys = pytest.mark.parametrize("key", list(DEFAULTS))


def test_the_defaults_are_the_documented_ones():
    assert ln.geterr() == DEFAULTS


def test_what_geterr_gives_can_be_changed_without_harm():
    ln.geterr()["tie"] = "raise"
    assert ln.geterr() == DEFAULTS


@keys
class TestAKey:
    def test_raises(self, key):
        with (
            ln.errstate(**{key: "raise"}),
            pytest.raises(CLASSES[key][0], match="op: the fact\\.\n  - Do this\\."),
        ):
            report(key, "op", "the fact.", "Do this.")

    def test_warns(self, key):
        with ln.errstate(**{key: "warn"}), pytest.warns(CLASSES[key][1], match="op: the fact"):
            report(key, "op", "the fact.")

    def test_ignores(self, key):
        with ln.errstate(**{key: "ignore"}):
            report(key, "op", "the fact.")

    @pytest.mark.parametrize("word", ["Raise", "", None, True, "error", []], ids=repr)
    def test_refuses_other_words(self, key, word):
        refused = pytest.raises(errors.OptionError, match=rf"{key}=.* is not known[\s\S]*raise, warn, ignore")
        with refused, ln.errstate(**{key: word}):
            pass

    def test_is_restored(self, key):
        with ln.errstate(**{key: "ignore"}):
            pass
        assert ln.geterr() == DEFAULTS

    def test_is_restored_after_an_exception(self, key):
        with pytest.raises(KeyError), ln.errstate(**{key: "ignore"}):
            raise KeyError
        assert ln.geterr() == DEFAULTS

    def test_leaves_the_others_alone(self, key):
        with ln.errstate(**{key: "ignore"}):
            assert ln.geterr() == DEFAULTS | {key: "ignore"}

    def test_belongs_to_its_thread(self, key):
        other = "warn" if DEFAULTS[key] != "warn" else "raise"
        with ThreadPoolExecutor(1) as pool, ln.errstate(**{key: other}):
            assert pool.submit(ln.geterr).result() == DEFAULTS


def test_an_unknown_key_is_refused_with_the_known_ones():
    with (
        pytest.raises(
            errors.OptionError, match=r"no key 'ties'[\s\S]*degenerate, tie, gauge, conditioning, convergence"
        ),
        ln.errstate(ties="raise"),
    ):
        pass


def test_a_wrong_key_beside_a_right_one_changes_nothing():
    with pytest.raises(errors.OptionError), ln.errstate(tie="raise", wrong="raise"):
        pass
    assert ln.geterr() == DEFAULTS


def test_states_nest():
    with ln.errstate(tie="raise", gauge="ignore"):
        with ln.errstate(tie="warn"):
            assert (ln.geterr()["tie"], ln.geterr()["gauge"]) == ("warn", "ignore")
        assert ln.geterr()["tie"] == "raise"


def test_the_state_holds_where_the_derivative_runs(fresh_table):
    """Not where the function was recorded: the pullback asks when it is called."""
    from linad.core.kinds import elementwise

    doubtful = elementwise(
        "doubtful", lambda x: x, lambda x, y: report("tie", "doubtful", "is doubtful.") or 1.0
    )
    with ln.errstate(tie="raise"):
        _, pullback = ln.vjp(doubtful, 1.0)
    assert pullback(1.0) == (1.0,)
    with ln.errstate(tie="raise"), pytest.raises(errors.TieError):
        pullback(1.0)


# -- the user's line ---------------------------------------------------------------------------------------


@pytest.fixture
def doubtful(fresh_table):
    from linad.core.kinds import elementwise

    return elementwise("doubtful", lambda x: x, lambda x, y: report("tie", "doubtful", "is doubtful.") or 1.0)


def test_a_warning_of_the_backward_pass_names_the_line_that_recorded_it(doubtful):
    def f(x):
        y = x * 2
        z = doubtful(y)  # this line
        return z * 3

    with ln.errstate(tie="warn"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ln.grad(f)(1.0)
    (warning,) = caught
    assert warning.filename == __file__
    assert warning.lineno == f.__code__.co_firstlineno + 2


@pytest.mark.parametrize(
    "run",
    [
        lambda f: ln.grad(f)(1.0),
        lambda f: ln.vjp(f, 1.0)[1](1.0),
        lambda f: ln.jacrev(f)(1.0),
        lambda f: ln.linearize(f, 1.0)[1](1.0),
        lambda f: f(ln.variable(1.0)).backward(),
    ],
    ids=["grad", "pullback", "jacrev", "pushforward", "backward"],
)
def test_an_error_of_a_later_pass_names_the_line_that_recorded_it(doubtful, run):
    def f(x):
        y = x * 2
        z = doubtful(y)  # this line
        return z * 3

    with ln.errstate(tie="raise"), pytest.raises(errors.TieError) as caught:
        run(f)
    line = f.__code__.co_firstlineno + 2
    assert caught.value.__notes__ == [f"recorded at {__file__}, line {line}: z = doubtful(y)  # this line"]


def test_an_error_in_a_nested_derivative_is_noted_once(doubtful):
    with ln.errstate(tie="raise"), pytest.raises(errors.TieError) as caught:
        ln.grad(lambda x: ln.grad(lambda y: doubtful(y * x) * y)(x))(1.0)
    assert len(caught.value.__notes__) == 1


def test_the_line_is_found_through_numpys_functions():
    _, pullback = ln.vjp(lambda x: np.sum(np.sqrt(x)), np.array([0.0]))
    with np.errstate(all="raise"), pytest.raises(FloatingPointError) as caught:
        pullback(1.0)
    assert caught.value.__notes__[0].endswith("np.sum(np.sqrt(x)), np.array([0.0]))")
