"""Bad input meets an error of the right class that says what to do; a failing function leaves no trace."""

import numpy as np
import pytest

import linad as ln
from linad import errors

ONE_ARGUMENT = {
    "grad": ln.grad,
    "value_and_grad": ln.value_and_grad,
    "jacobian": ln.jacobian,
    "jacfwd": ln.jacfwd,
    "jacrev": ln.jacrev,
    "hessian": ln.hessian,
    "vjp": lambda f: lambda x: ln.vjp(f, x)[1](1.0),
    "jvp": lambda f: lambda x: ln.jvp(f, (x,), (np.ones(np.shape(x)),)),
    "linearize": lambda f: lambda x: ln.linearize(f, x)[1](np.ones(np.shape(x))),
}
every_transform = pytest.mark.parametrize("transform", list(ONE_ARGUMENT))


def apply(transform, f, x=2.0):
    return ONE_ARGUMENT[transform](f)(x)


# -- the function ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "not_a_function", [None, 1.0, "sin", np.ones(2)], ids=["None", "number", "string", "array"]
)
class TestWhatIsNotAFunction:
    @pytest.mark.parametrize(
        "transform", [ln.grad, ln.value_and_grad, ln.jacobian, ln.jacfwd, ln.jacrev, ln.hessian]
    )
    def test_is_refused_at_once(self, transform, not_a_function):
        with pytest.raises(errors.ArgumentError, match=r"the first argument must be a function, not \w+"):
            transform(not_a_function)

    def test_is_refused_by_vjp_jvp_linearize_hvp(self, not_a_function):
        for call in (
            lambda: ln.vjp(not_a_function, 1.0),
            lambda: ln.linearize(not_a_function, 1.0),
            lambda: ln.jvp(not_a_function, (1.0,), (1.0,)),
            lambda: ln.hvp(not_a_function, (1.0,), (1.0,)),
        ):
            with pytest.raises(errors.ArgumentError, match="must be a function"):
                call()


@every_transform
class TestAFunctionThatReturns:
    def test_none_is_asked_for_its_return_statement(self, transform):
        with pytest.raises(errors.OutputError, match=r"returned None[\s\S]*lack a return statement"):
            apply(transform, lambda x: None)

    @pytest.mark.parametrize(
        "thing", ["text", object(), {1, 2}, len], ids=["string", "object", "set", "function"]
    )
    def test_what_is_no_array_is_refused_by_its_type(self, transform, thing):
        with pytest.raises(errors.OutputError, match=f"returned a {type(thing).__name__}"):
            apply(transform, lambda x: thing)

    def test_an_object_array_is_refused(self, transform):
        with pytest.raises((errors.OutputError, errors.NonScalarOutputError, errors.LinadError)):
            apply(transform, lambda x: np.array([x, None], dtype=object))

    def test_a_constant_has_derivative_exactly_zero(self, transform):
        if transform in ("jvp", "linearize"):
            result = apply(transform, lambda x: 3.0)
            assert (result[1] if transform == "jvp" else result) == 0.0
        elif transform == "vjp":
            assert apply(transform, lambda x: 3.0) == (0.0,)
        elif transform == "value_and_grad":
            assert apply(transform, lambda x: 3.0) == (3.0, 0.0)
        else:
            assert apply(transform, lambda x: 3.0) == 0.0


@pytest.mark.parametrize("transform", ["grad", "value_and_grad", "hessian"])
class TestAGradient:
    def test_of_an_array_names_vjp_jacobian_and_backward(self, transform):
        with pytest.raises(errors.NonScalarOutputError) as caught:
            apply(transform, lambda x: x * np.ones(3))
        text = str(caught.value)
        assert "shape (3,)" in text
        assert "linad.vjp" in text
        assert "linad.jacobian" in text
        assert "y.backward(v)" in text

    def test_of_a_complex_number_names_the_real_part_and_vjp(self, transform):
        with pytest.raises(errors.ComplexOutputError) as caught:
            apply(transform, lambda x: x * 1j)
        text = str(caught.value)
        assert ".real" in text
        assert "linad.vjp" in text

    @pytest.mark.parametrize("value", [True, 3, np.int64(3), np.True_], ids=["bool", "int", "int64", "bool_"])
    def test_of_a_discrete_constant_is_refused(self, transform, value):
        with pytest.raises(errors.OutputError, match="discrete value"):
            apply(transform, lambda x: value)

    def test_of_a_discrete_operation_is_refused(self, transform):
        with pytest.raises(errors.OutputError, match="discrete value"):
            apply(transform, lambda x: np.argmax(x * np.ones(3)))

    def test_of_containers_is_refused_by_type(self, transform):
        with pytest.raises(errors.OutputError, match="returned a tuple"):
            apply(transform, lambda x: (x, x))


def test_the_error_of_a_shape_is_a_value_error_and_of_a_type_a_type_error():
    assert issubclass(errors.NonScalarOutputError, ValueError)
    assert issubclass(errors.ComplexOutputError, TypeError)
    assert issubclass(errors.OutputError, TypeError)


@pytest.mark.parametrize(
    "out", ["a value", ("value", "aux", "more"), [1.0, 2.0]], ids=["string", "three", "list"]
)
def test_has_aux_asks_for_a_pair(out):
    for call in (
        lambda: ln.grad(lambda x: out, has_aux=True)(1.0),
        lambda: ln.vjp(lambda x: out, 1.0, has_aux=True),
    ):
        with pytest.raises(errors.OutputError, match="must return a pair"):
            call()


@pytest.mark.parametrize("transform", ["jacobian", "jacfwd", "jacrev"])
def test_a_jacobian_of_a_discrete_output_is_refused(transform):
    with pytest.raises(errors.OutputError, match="discrete value"):
        apply(transform, lambda x: (x, x > 0))


# -- the arguments -----------------------------------------------------------------------------------------

NO_NUMBERS = {
    "string": "2",
    "object": object(),
    "set": {1.0},
    "bytes": b"2",
    "string-array": np.array(["a"]),
    "object-array": np.array([1.0, None], dtype=object),
    "datetime": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "timedelta": np.array([3], dtype="timedelta64[D]"),
    "structured": np.zeros(2, dtype=[("a", float), ("b", float)]),
    "datetime-scalar": np.datetime64("2020-01-01"),
    "masked": np.ma.array([1.0, 2.0], mask=[0, 1]),
    "matrix": np.ones((1, 2)).view(np.matrix),
}


@every_transform
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize("name", list(NO_NUMBERS))
def test_what_is_no_array_of_numbers_is_not_differentiated(transform, name):
    with pytest.raises(errors.ArgumentError):
        apply(transform, lambda x: 1.0, NO_NUMBERS[name])


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("masked", r"x\.filled"),
        ("matrix", r"numpy\.asarray"),
        ("object-array", r"astype\(float\)"),
        ("string", "argnums"),
    ],
)
def test_the_remedy_for_a_strange_argument_is_named(name, remedy):
    with pytest.raises(errors.ArgumentError, match=remedy):
        ln.grad(lambda x: 1.0)(NO_NUMBERS[name])


@every_transform
def test_what_is_no_number_inside_a_container_is_refused_with_its_path(transform):
    with pytest.raises(errors.ArgumentError, match=r"\['b'\]\[1\] is of type str"):
        apply(transform, lambda p: 1.0, {"a": 1.0, "b": [2.0, "text"]}) if transform != "jvp" else ln.jvp(
            lambda p: 1.0, ({"a": 1.0, "b": [2.0, "text"]},), (None,)
        )


@pytest.mark.parametrize("transform", [ln.grad, ln.value_and_grad, ln.jacobian, ln.hessian])
@pytest.mark.parametrize(
    ("argnums", "fact"),
    [
        (2, r"argnums=2 does not fit a call with 2 positional"),
        (-3, r"argnums=-3 does not fit"),
        ((0, 2), r"argnums=\(0, 2\) does not fit"),
        ((0, 0), r"names an argument twice"),
        ((0, -2), r"names an argument twice"),
        (1.0, r"argnums must be an integer or a tuple"),
        (None, r"argnums must be an integer or a tuple"),
        ("x", r"argnums must be an integer or a tuple"),
        ((0, "x"), r"argnums=\(0, 'x'\) does not fit"),
    ],
    ids=str,
)
def test_argnums_that_name_no_argument_are_refused(transform, argnums, fact):
    with pytest.raises(errors.ArgumentError, match=fact):
        transform(lambda x, y: x * y, argnums)(1.0, 2.0)


def test_argnums_do_not_reach_keyword_arguments():
    with pytest.raises(errors.ArgumentError, match="0 positional arguments"):
        ln.grad(lambda x: x)(x=1.0)


@every_transform
def test_a_wrong_number_of_arguments_is_the_functions_own_error(transform):
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        apply(transform, lambda x, y: x)


# -- operands ----------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize("mode", ["grad", "jvp"])
@pytest.mark.parametrize(
    "operand",
    [
        pytest.param(lambda: "2", id="string"),
        pytest.param(lambda: None, id="None"),
        pytest.param(object, id="object"),
        pytest.param(lambda: np.ma.ones(2), id="masked"),
        pytest.param(lambda: np.ones((1, 2)).view(np.matrix), id="matrix"),
        pytest.param(lambda: {"a": 1}, id="dict"),
    ],
)
def test_an_operand_that_is_no_array_is_refused(mode, operand):
    with pytest.raises((errors.ArgumentError, errors.ConversionError)):
        apply(mode, lambda x: np.sum(x * operand()), np.ones(2))
    with pytest.raises((errors.ArgumentError, errors.ConversionError, TypeError)):
        apply(mode, lambda x: np.sum(operand() * x), np.ones(2))


def object_array(x):
    items = np.empty(2, dtype=object)
    items[0], items[1] = x[0], x[1]
    return items


@pytest.mark.parametrize("mode", ["grad", "value_and_grad", "vjp", "jvp", "linearize", "jacrev"])
@pytest.mark.parametrize(
    "operate", [lambda x, y: x * y, lambda x, y: x + y, lambda x, y: y - x], ids=["*", "+", "-"]
)
def test_an_object_array_with_traced_items_never_gives_a_wrong_derivative(mode, operate):
    with pytest.raises((errors.ArgumentError, errors.OutputError)):
        apply(mode, lambda x: np.sum(operate(x, object_array(x))), np.ones(2))


@pytest.mark.parametrize("mode", ["grad", "jvp"])
def test_a_list_of_numbers_is_an_operand(mode):
    result = apply(mode, lambda x: np.sum(x * [1.0, 2.0]), np.ones(2))
    assert np.sum(result[1] if mode == "jvp" else result) == 3.0


@pytest.mark.parametrize("mode", ["grad", "jvp"])
def test_a_list_with_traced_arrays_is_refused_with_the_replacement(mode):
    with pytest.raises(errors.ArgumentError, match=r"numpy\.stack"):
        apply(mode, lambda x: np.sum(x * [x[0], 2.0]), np.ones(2))


# -- tangents and cotangents -------------------------------------------------------------------------------


def pair(x):
    return {"a": x[0] * 2, "b": x}


class TestACotangent:
    @pytest.fixture
    def pullback(self):
        return ln.vjp(pair, np.ones(3))[1]

    @pytest.mark.parametrize(
        ("cotangent", "error", "fact"),
        [
            (None, errors.ArgumentError, "the cotangent is None"),
            (1.0, errors.StructureError, "the cotangent is a float, expected a dict of 2"),
            ([1.0, np.ones(3)], errors.StructureError, "a list of 2, expected a dict of 2"),
            ({"a": 1.0}, errors.StructureError, r"has the keys \['a'\], expected \['a', 'b'\]"),
            (
                {"a": 1.0, "b": [1.0]},
                errors.StructureError,
                r"\['b'\] is a list of 1 in the place of an array",
            ),
            ({"a": 1.0, "b": np.ones(2)}, errors.ShapeError, r"\['b'\] has shape \(2,\), expected \(3,\)"),
            ({"a": np.ones(1), "b": None}, errors.ShapeError, r"\['a'\] has shape \(1,\), expected \(\)"),
            ({"a": 1.0, "b": 1.0}, errors.ShapeError, r"\['b'\] has shape \(\), expected \(3,\)"),
            ({"a": 1j, "b": None}, errors.DtypeError, r"\['a'\] is complex, expected real"),
            ({"a": "1", "b": None}, errors.StructureError, r"\['a'\] is a str"),
        ],
        ids=lambda p: None if isinstance(p, type) else str(p)[:30],
    )
    def test_that_does_not_fit_is_refused(self, pullback, cotangent, error, fact):
        with pytest.raises(error, match=fact):
            pullback(cotangent)

    def test_of_a_discrete_output_is_refused(self):
        _, pullback = ln.vjp(lambda x: (x, x > 0), 1.0)
        with pytest.raises(errors.DtypeError, match="discrete value of dtype bool"):
            pullback((1.0, 1.0))

    def test_of_a_discrete_output_may_be_none(self):
        _, pullback = ln.vjp(lambda x: (x * 3, x > 0), 1.0)
        assert pullback((1.0, None)) == (3.0,)

    def test_of_integers_is_taken_as_floats(self):
        gradient = ln.vjp(lambda x: x * x, np.array([1.0, 2.0]))[1](np.array([1, 1]))[0]
        np.testing.assert_array_equal(gradient, [2.0, 4.0])

    def test_too_many_at_once_are_refused(self):
        with pytest.raises(TypeError, match="positional argument"):
            ln.vjp(lambda x: x, 1.0)[1](1.0, 1.0)

    def test_of_backward_must_have_the_shape(self):
        with pytest.raises(errors.ShapeError, match=r"the cotangent v has shape \(2,\), expected \(3,\)"):
            ln.variable(np.ones(3)).backward(np.ones(2))


class TestATangent:
    @pytest.mark.parametrize(
        ("tangents", "error", "fact"),
        [
            ((1.0,), errors.ArgumentError, "1 tangents for 2 primals"),
            ((1.0, 1.0, 1.0), errors.ArgumentError, "3 tangents for 2 primals"),
            ((np.ones(2), {"k": 1.0}), errors.ShapeError, r"tangent 0 has shape \(2,\), expected \(3,\)"),
            ((np.ones(3) * 1j, None), errors.DtypeError, "tangent 0 is complex, expected real"),
            ((None, {"other": 1.0}), errors.StructureError, r"tangent 1 has the keys \['other'\]"),
            ((None, 1.0), errors.StructureError, "tangent 1 is a float, expected a dict of 1"),
            ((None, {"k": [1.0]}), errors.StructureError, r"tangent 1\['k'\] is a list of 1"),
            ((None, {"k": "x"}), errors.StructureError, r"tangent 1\['k'\] is a str"),
        ],
        ids=lambda p: None if isinstance(p, type) else str(p)[:30],
    )
    def test_that_does_not_fit_is_refused(self, tangents, error, fact):
        primals = np.ones(3), {"k": 2.0}

        def f(x, p):
            return np.sum(x) * p["k"]

        with pytest.raises(error, match=fact):
            ln.jvp(f, primals, tangents)
        with pytest.raises(error, match=fact):
            ln.linearize(f, *primals)[1](*tangents)

    @pytest.mark.parametrize("transform", [ln.jvp, ln.hvp])
    @pytest.mark.parametrize(
        "primals", [1.0, np.ones(3), {"x": 1.0}, None], ids=["number", "array", "dict", "None"]
    )
    def test_without_a_tuple_around_it_is_refused(self, transform, primals):
        with pytest.raises(errors.ArgumentError, match=rf"{transform.__name__}: primals must be a tuple"):
            transform(np.sum, primals, (1.0,))
        with pytest.raises(errors.ArgumentError, match=rf"{transform.__name__}: tangents must be a tuple"):
            transform(np.sum, (1.0,), primals)


# -- functions that raise ----------------------------------------------------------------------------------


class MineError(Exception):
    pass


def raising(x):
    with ln.errstate(tie="raise"):
        raise MineError("mine")


@every_transform
class TestAFunctionThatRaises:
    def test_is_heard_with_its_own_error(self, transform):
        with pytest.raises(MineError, match=r"^mine$"):
            apply(transform, raising)

    def test_leaves_the_state_as_it_was(self, transform):
        before = ln.geterr()
        with pytest.raises(MineError):
            apply(transform, raising)
        assert ln.geterr() == before
        assert ln.grad(lambda x: x * x)(3.0) == 6.0

    def test_inside_an_outer_derivative_leaves_that_intact(self, transform):
        def f(x):
            with pytest.raises(MineError):
                apply(transform, lambda y: raising(x * y))
            return x * x

        assert ln.grad(f)(3.0) == 6.0
        assert ln.jvp(f, (3.0,), (1.0,))[1] == 6.0

    def test_closes_its_level(self, transform):
        kept = []

        def f(x):
            kept.append(x)
            raise MineError

        with pytest.raises(MineError):
            apply(transform, f)
        with pytest.raises(errors.LeakedTracerError):
            kept[0] * 2


def test_a_failing_block_without_recording_records_again_afterwards():
    with pytest.raises(MineError), ln.no_recording():
        raise MineError
    x = ln.variable(2.0)
    (x * x).backward()
    assert x.grad == 4.0


def test_a_rule_that_raises_leaves_the_state_as_it_was(fresh_table):
    from linad.core import site
    from linad.core.kinds import elementwise

    bad = elementwise("bad", lambda x: x, lambda x, y: raising(x))
    with pytest.raises(MineError):
        ln.grad(bad)(1.0)
    assert site.current.get() is None


def test_numpys_errors_of_shape_come_through():
    with pytest.raises(ValueError, match="could not be broadcast together"):
        ln.grad(lambda x: np.sum(x * np.ones(3)))(np.ones(2))


# -- values that are no numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["grad", "vjp"])
def test_nan_and_infinity_pass_through_as_in_numpy(mode):
    x = np.array([np.nan, np.inf, -np.inf, 2.0])
    result = apply(mode, lambda x: np.sum(x * x), x)
    np.testing.assert_array_equal(result[0] if mode == "vjp" else result, 2 * x)


def test_a_nan_cotangent_reaches_only_its_own_entry():
    gradient = ln.vjp(lambda x: x * 2, np.ones(2))[1](np.array([np.nan, 1.0]))[0]
    np.testing.assert_array_equal(gradient, [np.nan, 2.0])


def test_a_division_by_zero_warns_in_the_value_as_numpy_does():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        value, _ = ln.vjp(lambda x: 1 / x, np.zeros(1))
    assert value == np.inf


# -- traced values that leak -------------------------------------------------------------------------------


def leak(transform, f=lambda x: x):
    kept = []

    def leaking(x):
        kept.append(f(x))
        return x * 2

    apply(transform, leaking)
    return kept[0]


NAMES = {"hessian": "(jacfwd|grad)"}
TAKEN = ["grad", "value_and_grad", "jacobian", "jacfwd", "jacrev", "vjp", "jvp", "linearize"]


@pytest.mark.parametrize("transform", TAKEN)
class TestALeakedValue:
    def error(self, transform):
        return pytest.raises(
            errors.LeakedTracerError, match=rf"after the call of {transform} that made it had ended"
        )

    def test_raises_by_name_in_the_next_operation(self, transform):
        x = leak(transform)
        for use in (lambda: x * 2, lambda: 2 - x, lambda: np.sin(x), lambda: np.sum(x), lambda: x**x):
            with self.error(transform):
                use()

    def test_raises_as_an_argument_of_another_derivative(self, transform):
        x = leak(transform)
        with self.error(transform):
            ln.grad(lambda y: y * y)(x)

    def test_raises_when_another_function_returns_it(self, transform):
        x = leak(transform)
        with self.error(transform):
            ln.grad(lambda y: x)(1.0)

    def test_raises_when_another_function_closes_over_it(self, transform):
        x = leak(transform)
        with self.error(transform):
            ln.jvp(lambda y: y * x, (1.0,), (1.0,))

    def test_raises_as_a_cotangent(self, transform):
        x = leak(transform)
        with self.error(transform):
            ln.vjp(lambda y: y * y, 1.0)[1](x)

    def test_raises_when_it_comes_out_by_aux_of_an_inner_derivative(self, transform):
        x = leak(transform)
        with self.error(transform):
            ln.grad(lambda y: (y, [x]), has_aux=True)(1.0)

    def test_can_still_be_printed_and_looked_at(self, transform):
        x = leak(transform)
        assert ln.value(x) == 2.0
        assert "2.0" in repr(x)

    def test_says_what_to_do(self, transform):
        with pytest.raises(errors.LeakedTracerError, match=r"Return the value[\s\S]*linad\.value\(x\)"):
            leak(transform) * 2


def test_a_value_that_leaks_in_an_exception_raises_when_it_is_used():
    class CarryingError(Exception):
        pass

    def f(x):
        raise CarryingError(x * 2)

    with pytest.raises(CarryingError) as caught:
        ln.grad(f)(1.0)
    with pytest.raises(errors.LeakedTracerError, match="call of grad"):
        caught.value.args[0] + 1


def test_a_value_that_leaks_through_a_closure_raises_when_it_is_called():
    late = []

    def f(x):
        late.append(lambda: x * 3)
        return x

    ln.grad(f)(1.0)
    with pytest.raises(errors.LeakedTracerError, match="call of grad"):
        late[0]()


def test_a_traced_value_that_goes_out_by_aux_is_plain_outside():
    gradient, aux = ln.grad(lambda x: (x * x, {"double": 2 * x, "note": "text"}), has_aux=True)(3.0)
    assert gradient == 6.0
    assert aux == {"double": 6.0, "note": "text"}
    assert not isinstance(aux["double"], ln.Array)


def test_an_outer_value_that_goes_out_by_aux_of_an_inner_derivative_stays_traced():
    def f(x):
        gradient, aux = ln.grad(lambda y: (x * y * y, x * y), has_aux=True)(2.0)
        return gradient + aux  # 4 x + 2 x

    assert ln.grad(f)(3.0) == 6.0


def test_a_pullback_of_an_ended_outer_derivative_raises_by_its_name():
    kept = []

    def f(x):
        kept.append(ln.vjp(lambda y: x * y * y, 2.0)[1])
        return x * 1.0

    ln.grad(f)(3.0)
    with pytest.raises(errors.LeakedTracerError, match="call of grad"):
        kept[0](1.0)


def test_a_generator_that_outlives_the_call_raises():
    def f(x):
        return (x * k for k in range(3))

    kept = []
    ln.grad(lambda x: kept.append(f(x)) or x * 1.0)(1.0)
    with pytest.raises(errors.LeakedTracerError, match="call of grad"):
        next(kept[0])
