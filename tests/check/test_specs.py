"""Arguments and domains as text: what is drawn, and one clear line for what cannot be read."""

import numpy as np
import pytest

from linad.check.specs import parse_argument, parse_domain
from linad.errors import OptionError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-2.5", -2.5),
        ("1+2j", 1 + 2j),
        ("True", True),
        ("None", None),
        ("'lo'", "lo"),
        ("(1, 2.0)", (1, 2.0)),
    ],
)
def test_a_value_is_itself(text, value):
    assert parse_argument(text) == value
    assert type(parse_argument(text)) is type(value)


def test_a_list_of_numbers_is_an_array():
    np.testing.assert_array_equal(parse_argument("[[1, 2.5], [3, 4]]"), [[1, 2.5], [3, 4]])


@pytest.mark.parametrize(
    ("text", "shape", "dtype"),
    [
        ("spd(3)", (3, 3), "float64"),
        ("spd(2, 3, 3)", (2, 3, 3), "float64"),
        ("complex spd(3)", (3, 3), "complex128"),
        ("float32 normal(4)", (4,), "float32"),
        ("complex64 general((2, 3))", (2, 3), "complex64"),
        ("normal()", (), "float64"),
        ("normal(0, 2)", (0, 2), "float64"),
        ("orthonormal(5, 2)", (5, 2), "float64"),
        ("integer(3, low=5, high=9)", (3,), "int64"),
    ],
)
def test_a_family_draws_a_shape_and_a_dtype(text, shape, dtype):
    array = parse_argument(text).array
    assert (array.shape, array.dtype) == (shape, dtype)


def test_containers_hold_arguments():
    drawn = parse_argument("{'w': normal(2), 'layers': [(positive(3), 2)]}")
    assert drawn["w"].array.shape == (2,)
    assert drawn["layers"][0][0].array.shape == (3,)
    assert drawn["layers"][0][1] == 2


def test_the_same_text_draws_the_same_numbers_and_another_seed_others():
    same, again, other = (parse_argument(f"normal(3, seed={seed})").array for seed in (1, 1, 2))
    np.testing.assert_array_equal(same, again)
    assert not np.array_equal(same, other)


def test_the_same_text_for_another_argument_draws_others():
    first, second = parse_argument("(normal(3), normal(3))")
    assert not np.array_equal(first.array, second.array)


def test_a_text_with_a_seed_is_the_same_for_every_argument():
    first, second = parse_argument("(normal(3, seed=1), normal(3, seed=1))")
    np.testing.assert_array_equal(first.array, second.array)


def test_members_are_short_decimals():
    x = parse_argument("normal(20)").array
    np.testing.assert_array_equal(x, np.round(x, 3))


def test_a_domain_is_named_with_its_options():
    domain = parse_domain("interval(low=1, high=3)")
    assert domain.holds(np.array([1.5, 2.9]))
    assert not domain.holds(np.array([0.5]))
    assert parse_domain("spd").holds(np.eye(2))


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("spud(3)", "there is no family 'spud'; there are normal, "),
        ("spd(2, 3)", "spd matrices are square"),
        ("spd", "a family has sizes, such as spd(3)"),
        ("spd(3", "it cannot be read"),
        ("spd(3, foo=1)", "spd has no option 'foo'; it has none of its own"),
        ("interval(3, foo=1)", "its options are low, high"),
        ("interval(2, low=3, high=1)", "low must be below high"),
        ("interval(2, low='a')", "low must be a number"),
        ("fixed_rank(4, 4, rank=0)", "rank must be a positive integer"),
        ("fixed_rank(4)", "need two sizes"),
        ("orthonormal(2, 5)", "at most as many as rows"),
        ("normal(-1)", "sizes must be whole numbers"),
        ("normal(3, seed=-1)", "seed must be a whole number"),
        ("complex interval(3)", "interval holds no complex numbers"),
        ("complex 3", "complex stands before what is no family"),
        ("[1, [2]]", "rows of an array differ in length"),
        ("os.system('x')", "'os.system' is no family"),
        ("open", "open is no value"),
        ("[n for n in (1, 2)]", "is no value"),
    ],
)
def test_what_cannot_be_read_is_one_line(text, fact):
    with pytest.raises(OptionError) as caught:
        parse_argument(text)
    assert fact in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["spd(3)", "complex spd", "3", "spud"])
def test_what_is_no_domain_is_one_line(text):
    with pytest.raises(OptionError):
        parse_domain(text)
