"""What is typed on the page becomes a rule, or an error in the field that is wrong, at the place that is wrong."""

import io
import json
import pickle
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linad.derive.serving.form import EQUATIONS, MATRICES, FieldError, equations_of, matrices_of, rule_of
from linad.derive.serving.site import FILES, _form
from linad.derive.serving.work import FACT, answer, bounded, main
from linad.operations.equations import ENTRIES


def matrix(name, structure="general", rows="n", columns="n", given=False):
    return {"name": name, "rows": rows, "columns": columns, "structure": structure, "given": given}


def form(equations="L @ U = A", *matrices, name="lu"):
    usual = (matrix("L", "unit lower"), matrix("U", "upper"), matrix("A", given=True))
    return {"name": name, "equations": equations, "matrices": list(matrices or usual)}


def refused(made):
    with pytest.raises(FieldError) as caught:
        rule_of(made)
    return caught.value


def test_a_form_is_a_rule():
    made = rule_of(form("  L @ U = A ;\n"))
    assert (made.name, made.equations) == ("lu", ("L @ U = A",))
    assert [(s.name, s.structure.name) for s in (*made.inputs, *made.outputs)] == [
        ("A", "general"), ("L", "unit lower"), ("U", "upper"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ENTRIES)
def test_each_example_of_the_page_is_the_entry_of_the_catalogue(name):
    made, entry = rule_of(_form(name, ENTRIES[name])), ENTRIES[name]
    assert made.equations == entry.equations
    assert [s.name for s in made.inputs] == list(entry.inputs)
    assert [s.name for s in made.outputs] == list(entry.outputs)


def test_equations_stand_one_a_line_or_between_semicolons():
    assert equations_of(" A = B;C = D \n\n E = F") == [(1, "A = B"), (7, "C = D"), (16, "E = F")]


def test_matrices_on_right_hand_sides_only_are_given():
    assert matrices_of("L @ L.H = A\nA @ X = B") == {"L": False, "A": False, "X": False, "B": True}


@pytest.mark.parametrize(
    ("equations", "place", "length", "shown"),
    [
        ("L @ U = A\n L & U = A", 13, 1, "  L & U = A\n    ^"),
        ("L @ U = (A", 8, 1, "  L @ U = (A\n          ^"),
        ("L @ U = A = A", 10, 1, "  L @ U = A = A\n            ^"),
        ("L @ U = A;U sqrt(A) = A", 12, 4, "  U sqrt(A) = A\n    ^~~~"),
        ("L @ U = A\0", 9, 1, "  L @ U = A\N{REPLACEMENT CHARACTER}\n           ^"),
        ("L @ \N{GRINNING FACE} = A", 4, 1, "  L @ \N{GRINNING FACE} = A\n      ^"),
    ],
)
def test_an_error_in_an_equation_is_pointed_at(equations, place, length, shown):
    error = refused(form(equations))
    assert (error.field, error.start, error.length, error.shown) == ("equations", place, length, shown)


@given(
    st.text(st.sampled_from("AABX==@^-+/*()H.T'2I;\n <\0\u202e\N{GRINNING FACE}"), max_size=30)
    | st.text(max_size=20),
    st.text(max_size=5),
)
def test_any_text_is_a_rule_or_an_error_in_a_field_at_a_place_in_it(text, name):
    found = None
    try:
        matrices = [matrix(name, given=given) for name, given in matrices_of(text).items()]
        rule_of({"name": name or "x", "equations": text, "matrices": matrices})
    except FieldError as error:
        found = error
    if found is not None:
        assert found.field.partition(".")[0] in ("equations", "name", "given", "matrices")
        assert 0 <= found.start <= len(text)
        assert found.args[1]


@pytest.mark.parametrize(
    ("changed", "field", "fact"),
    [
        (form("L @ U = A", matrix("L"), matrix("U")), "equations", "A has no row"),
        (form("L @ U", matrix("L"), matrix("U", given=True)), "equations", "The equation has no ="),
        (form("L @ U = A", matrix("L"), matrix("U"), matrix("A")), "given", "None of the matrices"),
        (form("A @ X = B", *(matrix(n, given=True) for n in "AXB")), "given", "All of the matrices"),
        (form("L @ U = A", matrix("L"), matrix("L")), "matrices.1.name", "declared twice"),
        (form("L @ U = A", matrix("Z")), "matrices.0.name", "does not occur"),
        (form("dL = A", matrix("dL"), matrix("A", given=True)), "matrices.0.name", "cannot be named"),
        (form("L = A", matrix("L", rows=""), matrix("A", given=True)), "matrices.0.rows", "empty"),
        (form("L = A", matrix("L", columns="n m"), matrix("A")), "matrices.0.columns", "no single word"),
        (form("L = A", matrix("L", rows="n+1"), matrix("A")), "matrices.0.rows", "L has the dimension 'n[+]1'"),
        (form("L = A", matrix("L", rows="9999"), matrix("A")), "matrices.0.rows", "dimension"),
        (form("L = A", matrix("L", "round"), matrix("A")), "matrices.0.structure", "unknown structure"),
        (form(name="for"), "name", "cannot name a function"),
        (form(name="<b>"), "name", "cannot name a function"),
        (form(name=""), "name", "cannot name a function"),
        (form("\n ; \n"), "equations", "no equation"),
        (form("A = B;" * (EQUATIONS + 1)), "equations", "13 equations; 12 are allowed"),
        (form("L = A", *[matrix("L")] * (MATRICES + 1)), "equations", "25 matrices; 24 are allowed"),
    ],
)  # fmt: skip
def test_an_error_names_its_field(changed, field, fact):
    error = refused(changed)
    assert error.field == field
    assert pytest.RaisesExc(FieldError, match=fact).matches(error)


def test_shapes_that_do_not_fit_are_pointed_at_in_the_equation():
    error = refused(form("L @ U = A", matrix("L", columns="k"), matrix("U"), matrix("A", given=True)))
    assert (error.field, error.start) == ("equations", 4)


@pytest.mark.parametrize(
    "strange",
    [
        None, [], "form", 1, {}, {"equations": "A = B"}, form() | {"more": 1}, form() | {"name": 1},
        form() | {"equations": None}, form() | {"matrices": {}}, form() | {"matrices": [None]},
        form() | {"matrices": [{"name": "L"}]}, form() | {"matrices": [matrix("L", given=1)]},
        form() | {"matrices": [matrix("L") | {"rows": ["n"]}]},
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(strange):
    assert refused(strange).field in ("", "matrices.0")


def test_an_error_survives_a_journey():
    error = refused(form("L @ U = (A"))
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.field, again.shown) == (str(error), error.field, error.shown)


# -- answers -----------------------------------------------------------------------------------------------------


def test_an_answer_is_html_for_each_kind_of_work():
    assert answer("derive", form())["html"].startswith("<article><h1>lu</h1>")
    assert answer("verify", form())["html"].startswith('<section class="part numbers">')
    assert answer("page", form())["html"].startswith("<!DOCTYPE html>")


def test_an_error_is_data():
    error = answer("derive", form("L @ U = (A"))["error"]
    assert error.pop("shown").endswith("^")
    assert error == {
        "field": "equations", "fact": "This parenthesis is never closed.", "remedies": [], "start": 8, "length": 1,
    }  # fmt: skip


def test_a_refusal_is_told_with_what_to_do_and_at_no_great_length():
    made = form("X^50 = A", matrix("X"), matrix("A", given=True))
    error = answer("derive", made)["error"]
    assert error["field"] == ""
    assert error["fact"].startswith(
        "There is no rule: 50 products, of which none is a sum of others, stand around one unknown"
    )
    assert len(error["fact"]) < FACT + 20
    assert error["remedies"][0].startswith("Introduce a symbol")


@pytest.mark.parametrize(("error", "fact"), [(MemoryError, "memory"), (RecursionError, "deeply")])
def test_what_the_machine_refuses_is_told(monkeypatch, error, fact):
    def fails(asked):
        raise error

    monkeypatch.setitem(answer.__globals__["WORKS"], "derive", fails)
    assert fact in answer("derive", form())["error"]["fact"]


def test_an_answer_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setitem(answer.__globals__, "ANSWER", 10)
    assert "longer than" in answer("derive", form())["error"]["fact"]


def ran(monkeypatch, capsysbinary, request):
    """What the process of a job writes, and the limits that it sets."""
    limits = {}
    resource = type("", (), {"RLIMIT_AS": 1, "RLIMIT_CPU": 2, "setrlimit": staticmethod(limits.__setitem__)})
    monkeypatch.setitem(sys.modules, "resource", resource)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(request)))
    assert main("1000", "7") == 0
    assert limits == {1: (1000, 1000), 2: (7, 7)}
    return capsysbinary.readouterr()


def test_a_process_answers_one_request_within_limits(monkeypatch, capsysbinary):
    said = ran(monkeypatch, capsysbinary, json.dumps(["derive", form()]).encode())
    assert json.loads(said.out) == answer("derive", form())


def test_a_process_that_nobody_asks_ends(monkeypatch, capsysbinary):
    assert ran(monkeypatch, capsysbinary, b"") == (b"", b"")


def test_a_fault_of_the_derivation_is_told_in_a_sentence_and_on_the_terminal_in_full(
    monkeypatch, capsysbinary
):
    said = ran(monkeypatch, capsysbinary, b'["nothing", {}]')
    assert json.loads(said.out)["error"]["fact"] == "The derivation stopped: KeyError."
    assert b"Traceback" in said.err


def test_a_system_without_limits_runs_without_them(monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    assert bounded(1, 1) is None

    def none(*_):
        raise ValueError

    monkeypatch.setitem(
        sys.modules, "resource", type("", (), {"RLIMIT_AS": 1, "RLIMIT_CPU": 2, "setrlimit": none})
    )
    assert bounded(1, 1) is None


# -- files -------------------------------------------------------------------------------------------------------


def test_the_page_holds_no_script_and_no_style_and_no_address_of_others():
    kind, index = FILES["/"]
    text = index.decode("ascii")
    assert kind.startswith("text/html")
    assert "https:" not in text
    assert "http:" not in text
    assert "<style" not in text
    assert text.count("<script") == 1
    assert '<option value="unit lower">' in text
    assert text.count('class="example"') == len(ENTRIES)


def test_the_script_evaluates_nothing():
    script = FILES["/script.js"][1].decode("ascii")
    for word in ("eval(", "Function(", "document.write", "http:", "https:"):
        assert word not in script
