"""What a derivative holds at once, in arrays of the argument's size, with the garbage collector switched off."""

import gc
import tracemalloc

import numpy as np
import pytest

import linad as ln
from linad.core.kinds import custom

STEPS = 20
VECTOR = np.linspace(0.1, 1.0, 20_000)
MATRIX = 2 * np.eye(120) + np.random.default_rng(0).normal(size=(120, 120)) / 24
SMALL = 0.5  # arrays: records, other objects of Python, vectors beside matrices


@pytest.fixture(autouse=True)
def without_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def live(without_collector):
    """A function that tells the bytes that are alive, of those allocated since."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()


def repeated(step):
    def cost(x):
        y = x
        for _ in range(STEPS):
            y = step(x, y)
        return np.sum(y)

    return cost


CHAINS = {
    "sine": (repeated(lambda x, y: np.sin(y)), VECTOR),
    "product with a number": (repeated(lambda x, y: 1.01 * y), VECTOR),
    "product with itself": (repeated(lambda x, y: x * y), VECTOR),
    "matrix product": (repeated(lambda A, X: A @ X / 3), MATRIX),
    "solve": (repeated(lambda A, x: np.linalg.solve(A + x, A[0])), MATRIX),
    "Cholesky": (repeated(lambda A, L: np.linalg.cholesky(A @ A.T + L + L.T)), MATRIX),
}


def backward(f, x):
    leaf = ln.variable(x)
    f(leaf).backward()
    return leaf.grad


def measured(run, *args):
    """The peak during a call, and what is held by its result, in arrays of the last argument's size."""
    run(*args)  # what is made once is there
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    result = run(*args)
    held, peak = (x - before for x in tracemalloc.get_traced_memory())
    del result
    return peak / args[-1].nbytes, held / args[-1].nbytes


@pytest.mark.parametrize("way", ["grad", "value_and_grad", "backward", "replayed"])
@pytest.mark.parametrize("name", CHAINS)
def test_walking_back_holds_little_more_than_the_forward_pass(live, name, way):
    """Two cotangents, and what they are multiplied by and added to: the records that are passed make room for more."""
    f, x = CHAINS[name]
    ways = {
        "grad": ln.grad(f),
        "value_and_grad": ln.value_and_grad(f),
        "backward": lambda x: backward(f, x),
        "replayed": ln.compile(ln.grad(f)),
    }
    forward, records = measured(ln.vjp, f, x)
    assert records >= STEPS - SMALL  # the history is large, or this says nothing
    peak, held = measured(ways[way], x)
    assert peak <= forward + 4 + SMALL
    assert held <= 1 + SMALL


def test_live_arrays_fall_as_it_walks_back(live, fresh_table):
    """At each step back one array less is alive: the cotangents that were passed are gone, and the records."""
    seen = []

    def pull(g, out, wanted, x):
        seen.append(live() / VECTOR.nbytes)
        return [g * 2.0]

    double = custom("double", lambda x: x * 2.0, lambda tangents, out, x: tangents[0] * 2.0, pull)
    ln.grad(repeated(lambda x, y: double(y)))(VECTOR)
    fall = -np.diff(seen[1:])
    assert len(fall) == STEPS - 2
    np.testing.assert_allclose(fall, 1.0, atol=0.1)


def test_a_replayed_program_of_small_arrays_spends_no_time_on_it():
    gradient = ln.compile(ln.grad(CHAINS["sine"][0]))
    gradient(VECTOR[:10])
    assert "del " not in gradient.source
    gradient(VECTOR)
    assert gradient.source.count("del ") >= STEPS


def test_errors_name_the_line_where_replayed_results_are_let_go():
    def f(A):
        B = np.sin(A) + A
        return np.sum(np.linalg.inv(np.cos(B) * A))

    gradient = ln.compile(ln.grad(f))
    gradient(MATRIX)
    assert "del " in gradient.source
    with pytest.raises(np.linalg.LinAlgError) as caught:
        gradient(0 * MATRIX)
    assert any("np.linalg.inv(np.cos(B) * A)" in note for note in caught.value.__notes__)


def test_forward_mode_holds_no_history(live):
    f = CHAINS["sine"][0]
    peak, held = measured(lambda x: ln.jvp(f, (x,), (x,)), VECTOR)
    assert peak <= 6 + SMALL
    assert held <= SMALL
