"""linad.special stands in for scipy.special: its names, its numbers, and its ufuncs called plainly."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.special

import linad as ln
import linad.special as special
from linad.core.primitive import primitives
from linad.core.traced import overrides
from linad.errors import InPlaceError, NoRuleError
from linad.special.refusals import NO_RULE, REASONS

UFUNCS = [name for name in scipy.special.__all__ if isinstance(getattr(scipy.special, name), np.ufunc)]


def traced(f, *args):
    """What a function gives for traced arguments."""
    seen = []
    ln.vjp(lambda *args: (seen.append(f(*args)), args[0])[1], *args)
    return seen[0]


def test_every_public_name_is_mirrored_or_has_a_reason():
    assert set(scipy.special.__all__) == {*special.__all__, *REASONS}
    assert not {*special.__all__} & {*REASONS}
    assert len(special.__all__) == len(set(special.__all__))


def test_every_ufunc_is_dispatched_or_refused():
    dispatched = {name for name in UFUNCS if getattr(scipy.special, name) in overrides}
    assert dispatched == set(UFUNCS) - set(NO_RULE)


@pytest.mark.parametrize("name", NO_RULE)
def test_a_ufunc_without_a_rule_is_refused_by_name(name):
    ufunc = getattr(special, name)
    with pytest.raises(NoRuleError, match=rf"^scipy\.special\.{name}: "):
        ln.grad(lambda x: ufunc(*[x] * ufunc.nin))(0.5)


@pytest.mark.parametrize("name", ["lambertw", "zeta"])
def test_a_function_of_scipys_that_calls_a_ufunc_of_its_own_is_taken_from_linad(name):
    with pytest.raises(NoRuleError, match=r"from linad\.special\."):
        ln.grad(lambda x: getattr(scipy.special, name)(x).real)(2.5)


WHOLE = (
    "bdtr",
    "bdtrc",
    "bdtri",
    "eval_hermite",
    "eval_hermitenorm",
    "expn",
    "kn",
    "yn",
)  # SciPy takes no others
REFUSING = [
    (name, i)
    for name in UFUNCS
    if (primitive := primitives.get(f"special.{name}")) is not None
    for i in range(primitive.first)
    if primitive.push is not None and name not in WHOLE
]


@pytest.mark.parametrize(("name", "i"), REFUSING)
def test_an_argument_without_a_rule_is_refused_by_name(name, i):
    primitive = primitives[f"special.{name}"]
    operands = [1.0] * (primitive.last - primitive.first)
    given = [float(p) for p in primitive.samples[0].parameters]

    def f(x):
        return np.real(primitive.call(*given[:i], x, *given[i + 1 :], *operands))

    for derivative in (ln.grad(f), lambda x: ln.jvp(f, (x,), (1.0,))):
        with pytest.raises(NoRuleError, match=rf"^scipy\.special\.{name}: .* with respect to "):
            derivative(given[i])


@pytest.mark.parametrize(
    "name", ["gamma", "jv", "fresnel", "xlogy", "eval_legendre", "logsumexp", "spherical_jn"]
)
def test_plain_arguments_give_the_results_of_scipy_bit_for_bit(name, rng):
    x = rng.uniform(0.5, 2, (2, 3))
    args = {"jv": (1.5, x), "xlogy": (x, x), "eval_legendre": (3, x), "spherical_jn": (2, x)}.get(name, (x,))
    own, theirs = (np.asarray(getattr(module, name)(*args)) for module in (special, scipy.special))
    assert own.tobytes() == theirs.tobytes()


CALLS = {
    "polygamma": lambda s, x: s.polygamma(2, x),
    "zeta": lambda s, x: s.zeta(2.5, x),
    "multigammaln": lambda s, x: s.multigammaln(x + 2, 3),
    "comb": lambda s, x: s.comb(x + 3, 2),
    "comb outside": lambda s, x: s.comb(x, 2),
    "comb with repetition": lambda s, x: s.comb(x, [0, 1, 2], repetition=True),
    "perm": lambda s, x: s.perm(x + 3, 2),
    "factorial": lambda s, x: s.factorial(x - 1),
    "softmax": lambda s, x: s.softmax(x, axis=0),
    "log_softmax": lambda s, x: s.log_softmax(x, axis=(0, 1)),
    "softplus": lambda s, x: s.softplus(x),
    "spherical_kn": lambda s, x: s.spherical_kn(2, x),
    "spherical derivative": lambda s, x: s.spherical_in([0, 1, 2], x, derivative=True),
    "jvp": lambda s, x: s.jvp(1.5, x, 2),
    "kvp": lambda s, x: s.kvp(1, x),
    "h1vp": lambda s, x: s.h1vp(1, x, 0),
    "lambertw": lambda s, x: s.lambertw(x, -1),
    "diric": lambda s, x: s.diric(x, [1, 2, 3]),
    "sinc": lambda s, x: s.sinc(x),
    "legendre_p": lambda s, x: s.legendre_p(3, x),
    "assoc_legendre_p": lambda s, x: s.assoc_legendre_p(3, 1, x / 3, norm=True, diff_n=1),
    "sph_legendre_p": lambda s, x: s.sph_legendre_p(3, 1, x),
    "sph_harm_y": lambda s, x: s.sph_harm_y(3, -1, x, x),
    "assoc_laguerre": lambda s, x: s.assoc_laguerre(x, 2, 1.5),
    "digamma": lambda s, x: s.digamma(x),
    "fresnel": lambda s, x: np.stack(s.fresnel(x)),
    "ellipj": lambda s, x: np.stack(s.ellipj(x, 0.3)),
    "airy": lambda s, x: np.stack(s.airy(x)),
    "kelvin": lambda s, x: np.stack(s.kelvin(x)),
    "gdtr": lambda s, x: s.gdtr(x, 1.2, x),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_traced_argument_gives_the_values_of_scipy(call, rng):
    x = rng.uniform(0.5, 2, (2, 3))
    out = ln.value(traced(lambda x: CALLS[call](special, x), x))
    expected = CALLS[call](scipy.special, x)
    assert (out.shape, out.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(out, expected, rtol=64 * np.finfo(float).eps, atol=1e-15)


@pytest.mark.parametrize("call", sorted(set(CALLS) - {"comb outside", "comb with repetition"}))
def test_a_gradient_agrees_with_differences(call, rng):
    x, t = rng.uniform(0.5, 2, (2, 3)), rng.uniform(-1, 1, (2, 3))
    w = rng.uniform(-1, 1, CALLS[call](scipy.special, x).shape)

    def cost(x):
        return np.sum(w * np.real(CALLS[call](special, x)))

    step = 1e-6
    slope = (cost(x + step * t) - cost(x - step * t)) / (2 * step)
    size = 1 + abs(slope)
    assert abs(np.sum(ln.grad(cost)(x) * t) - slope) <= 1e-7 * size
    assert abs(ln.jvp(cost, (x,), (t,))[1] - slope) <= 1e-7 * size


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, p in primitives.items()
        if name[:8] == "special." and p.kind == "elementwise" and p.samples
    ],
)
def test_empty_operands_have_empty_derivatives(name):
    primitive = primitives[name]
    given = primitive.samples[0].parameters
    empty = [np.ones((0, 2), "D" if primitive.dtypes == "c" else "d")] * len(primitive.samples[0].shapes)

    def f(*x):
        return primitive.call(*given, *x)

    out, pullback = ln.vjp(f, *empty)
    assert out.shape == (0, 2)
    assert [g.shape for g in pullback(out)] == [x.shape for x in empty]
    assert ln.jvp(f, tuple(empty), tuple(empty))[1].shape == (0, 2)


def test_ufuncs_of_scipy_are_dispatched_before_anybody_opens_the_door():
    program = (
        "import sys, linad as ln\n"
        "assert 'scipy.special' not in sys.modules\n"
        "import scipy.special\n"
        "assert 'linad.special' not in sys.modules\n"
        "assert ln.grad(scipy.special.erf)(0.0) == 2 / 3.141592653589793**0.5\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_door_is_an_attribute():
    assert ln.special is special


def test_options_of_ufuncs():
    x = np.ones(2)
    assert ln.value(traced(lambda x: scipy.special.gamma(x, dtype=np.float32), x)).dtype == np.float32
    with pytest.raises(InPlaceError, match=r"^scipy\.special\.gamma: out="):
        traced(lambda x: special.gamma(x, out=np.empty(2)), x)
    with pytest.raises(NoRuleError, match=r"^scipy\.special\.jv: with dtype="):
        traced(lambda x: special.jv(1, x, dtype=np.float64), x)
    with pytest.raises(NoRuleError, match=r"^scipy\.special\.gamma: with where="):
        traced(lambda x: special.gamma(x, where=np.array([True, False])), x)


def test_what_has_no_derivative_is_refused_by_option():
    for call in (
        lambda x: special.comb(x, 2, exact=True),
        lambda x: special.zeta(x + 1j),
        lambda x: special.spherical_jn(x, 1.0),
        lambda x: special.multigammaln(5.0, x),
        lambda x: special.legendre_p(2, x, diff_n=1),
    ):
        with pytest.raises(NoRuleError, match=r"^scipy\.special\."):
            traced(call, 2.0)


@pytest.mark.parametrize("dtype", ["f", "d", "F", "D"])
def test_dtypes_are_those_of_scipy(dtype):
    x = np.asarray([0.5, 1.5], dtype)
    for name in ("gamma", "erf", "loggamma", "exp1", "wofz" if dtype in "FD" else "i0"):
        out, pullback = ln.vjp(getattr(special, name), x)
        assert out.dtype == getattr(scipy.special, name)(x).dtype
        assert pullback(np.ones_like(out))[0].dtype == x.dtype


def test_a_scale_that_is_not_holomorphic_has_its_conjugate_part():
    z, step = 1.0 + 0.5j, 1e-6

    def cost(z):
        return np.abs(special.jve(1, z)) ** 2 + special.airye(z)[2].real

    for direction in (1, 1j):
        slope = (cost(z + step * direction) - cost(z - step * direction)) / (2 * step)
        assert abs(np.real(np.conj(ln.grad(cost)(z)) * direction) - slope) < 1e-8


@pytest.mark.parametrize("name", ["elliprc", "elliprf", "elliprd", "elliprg", "elliprj"])
def test_carlsons_integrals_have_gradients_at_complex_numbers(name):
    function = getattr(special, name)
    z = np.array([1.0 + 0.5j, 2.0 - 1.0j, 0.3 + 1.0j, 1.5 + 0.2j])[: function.__wrapped__.nin]
    step = 1e-5
    for i, direction in enumerate(np.eye(len(z))):
        right, left = (getattr(scipy.special, name)(*(z + s * step * direction)) for s in (1, -1))
        g = ln.grad(lambda *z: function(*z).real, i)(*z)
        assert abs(np.conj(g) - (right - left) / (2 * step)) < 1e-8
