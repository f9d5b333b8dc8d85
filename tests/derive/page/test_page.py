"""A derivation as a page: one file that asks for nothing, well-formed, escaped, and with all that the text says."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from linad import cli
from linad.derive import derive
from linad.derive.catalogue import rule
from linad.derive.page import Article, Part, of_rule, page, page_of_rule, verdict
from linad.derive.page.article import code_html, number, sentence
from linad.derive.page.file import CONVENTIONS, COPY, STYLE
from linad.derive.symbolic.writing.markup import Markup, element
from linad.derive.table import Trials, trials
from linad.derive.verify import Finding
from linad.errors import DerivationError

VOID = {"meta", "link", "wbr"}


class Balance(HTMLParser):
    """Reads HTML as a browser does, and keeps what it is made of."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.texts, self.attributes = [], [], {}, []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data


def told(markup):
    """The words of well-formed markup."""
    return "".join(ElementTree.fromstring(f"<p>{markup}</p>").itertext())


# -- the file ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lu():
    return page_of_rule(rule("lu"))


def test_a_page_is_a_balanced_document_in_characters_that_any_encoding_has(lu):
    assert lu.isascii()
    assert lu.startswith("<!DOCTYPE html>\n")
    assert Balance(lu).tags[:2] == ["html", "head"]


def test_a_page_asks_for_nothing(lu):
    assert not re.search(r"https?:|//\w|\burl\(|@import|\bsrc=|<link|<iframe|<img", lu)
    assert "default-src 'none'" in lu


def test_only_its_own_style_and_script_run(lu):
    read = Balance(lu)
    (policy,) = [value for name, value in read.attributes if name == "content" and "default-src" in value]
    assert read.tags.count("style") == read.tags.count("script") == 1
    for kind in ("style", "script"):
        digest = b64encode(sha256(read.texts[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not [name for name, _ in read.attributes if name.startswith("on") or name == "style"]


def test_both_colour_schemes_narrow_screens_and_paper_are_provided_for():
    for query in ("prefers-color-scheme: dark", "@container (max-width: 40rem)", "@media print"):
        assert query in STYLE
    assert COPY.isascii()
    assert STYLE.isascii()


def test_what_an_article_is_told_is_escaped():
    hostile = '<script>alert("1")</script>&amp;'
    made = page(Article(hostile, element("p", hostile), [Part(hostile, code_html(hostile), hostile)]))
    read = Balance(made)
    assert read.tags.count("script") == 1
    for tag in ("h1", "h2", "small", "code", "p"):
        assert hostile in read.texts[tag]


def test_the_conventions_are_well_formed():
    assert "cotangent" in told(CONVENTIONS)


# -- the article -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lu", "svd", "cholesky-then-solve", "riccati", "lu-tall"])
def test_an_article_is_well_formed_and_tells_steps_programs_costs_and_code(name):
    article = of_rule(rule(name))
    tree = ElementTree.fromstring(article.html())
    titles = [part.title for part in article.parts]
    kernels = ["Kernels"] if name == "svd" else []
    assert titles == ["Derivation", "Tangent", "Cotangent", *kernels, "Remarks", "Python"]
    for mode in ("tangent", "cotangent"):
        (section,) = tree.findall(f".//section[@class='part {mode}']")
        assert len(section.findall("./div/div")) == len(
            rule(name).text(mode).split("\nwhere")[0].splitlines()
        )
    items = tree.findall(".//li[@class='step']")
    text = rule(name).derivation()
    assert len(items) == len(re.findall(r"^ {1,2}\d+ [a-z]", text, re.MULTILINE))
    labels = [item.find("span").text for item in items]
    assert labels == [
        label.strip() for label in re.findall(r"^ {1,2}\d+ ([a-z]+(?: [a-z0-9]+)?)", text, re.MULTILINE)
    ]


def test_remarks_tell_what_costs_less_what_is_free_and_what_is_assumed():
    article = of_rule(rule("eigh"))
    (remarks,) = [part.body for part in article.parts if part.title == "Remarks"]
    words = told(remarks)
    assert "4n3 with only w" in words
    assert "the imaginary part of the diagonal of VH dV: set to zero" in words
    assert "wc \N{MINUS SIGN} wr is not zero where r\N{NOT EQUAL TO}c" in words


def test_each_matrix_is_told_with_its_structure_its_size_and_its_role():
    words = told(of_rule(rule("lu-tall")).lead)
    assert "A general m\N{MULTIPLICATION SIGN}n given" in words
    assert "L unit lower m\N{MULTIPLICATION SIGN}n sought" in words


def test_a_kernel_has_one_name_in_all_parts():
    (kernels,) = [part.body for part in of_rule(rule("svd")).parts if part.title == "Kernels"]
    assert len(ElementTree.fromstring(kernels).findall("./div")) == 1


def test_the_code_runs_as_it_is_copied(rng):
    made = derive({"A": "n n"}, {"L": "n n unit lower", "U": "n n upper"}, "L @ U = A", name="my_lu")
    (code,) = [part.body for part in of_rule(made).parts if part.title == "Python"]
    space = {}
    exec(ElementTree.fromstring(code).find(".//code").text, space)
    L, U = (
        np.tril(rng.standard_normal((3, 3)), -1) + np.eye(3),
        np.triu(rng.standard_normal((3, 3))) + 3 * np.eye(3),
    )
    gL, gU = rng.standard_normal((2, 3, 3))
    (gA,) = space["my_lu_cotangent"](L, U, gL, gU)
    expected = made.vjp({"A": L @ U, "L": L, "U": U}, {"L": gL, "U": gU})["A"]
    assert np.array_equal(gA, expected)


def test_a_rule_that_cannot_be_derived_has_no_article():
    with pytest.raises(DerivationError, match="determine 1 of 1"):
        of_rule(derive({"A": "n n"}, {"L": "n n positive lower"}, "L @ L.H = A"))


def test_letters_of_other_alphabets_stay_letters():
    made = page_of_rule(derive({"\N{CYRILLIC CAPITAL LETTER ZHE}": "n n"}, {"beta": "n n"}, "beta = 2 Ж"))
    assert "&#1046;" in made  # the letter
    assert "&#946;" in made  # beta


# -- words and numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S_L is lower", "SL is lower"),
        ("what L^+ takes away", "what L+ takes away"),
        ("L^-1 dL", "L\N{MINUS SIGN}1 dL"),
        ("w_c^2 - w_r^2", "wc2 \N{MINUS SIGN} wr2"),
        ("skew-Hermitian", "skew-Hermitian"),
        ("below 1e-9", "below 10\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT NINE}"),
    ],
)
def test_names_in_sentences_are_set_as_in_formulas(text, expected):
    made = sentence(text, ["L", "w"])
    assert told(made) == expected
    assert ("<math>" in made) == bool(re.search(r"\b[Lw]\b|_L|w_", text))


def test_a_word_that_looks_like_a_name_is_a_word():
    assert sentence("the rule's < A", ["s", "h"]) == "the rule&#x27;s &lt; A"
    assert sentence("no names & none", []) == "no names &amp; none"


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.0, "0"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (0.99, "0.99"),
        (3.04e-15, "3.0 \N{MULTIPLICATION SIGN} 10⁻¹⁵"),
        (1e-12, "10⁻¹²"),
    ],
)
def test_numbers_have_their_power_of_ten(x, expected):
    assert number(x) == expected


# -- the verdict -------------------------------------------------------------------------------------------------


def test_a_rule_that_holds_has_a_row_a_law_over_both_fields():
    part = verdict(trials(rule("qr")))
    table = ElementTree.fromstring(part.html()).find(".//table")
    assert [cell.text for cell in table.findall("./thead/tr/th")] == ["law", "real", "complex", "bound", None]
    rows = table.findall("./tbody/tr")
    assert len(rows) == 9
    assert all(row[-1].attrib == {"class": "holds"} for row in rows)
    assert "All laws hold." in part.body


@pytest.mark.parametrize("error", [2.0, float("nan")])
def test_a_law_that_fails_is_told(error):
    part = verdict([Trials("real", (Finding("it < that", error, 1.0), Finding("other", 0.0, 1.0)))])
    cells = [row[-1].get("class") for row in ElementTree.fromstring(part.html()).findall(".//tbody/tr")]
    assert cells == ["fails", "holds"]
    assert "Not all laws hold." in part.body
    assert "it &lt; that" in part.body


def test_why_there_are_no_numbers_is_told():
    refusal = DerivationError("x", "no <matrices> were found.")
    part = verdict([Trials("real", refusal=refusal), Trials("complex", error=TypeError("a & b"))])
    assert isinstance(part.body, Markup)
    words = told(part.body)
    assert "real: refused: no <matrices> were found." in words
    assert "complex: FAILS: TypeError: a & b" in words


# -- the command -------------------------------------------------------------------------------------------------


def test_the_command_prints_a_page_with_numbers_over_the_field_asked_for(capsys):
    assert cli.main(["derive", "solve", "--format", "html", "--field", "real"]) == 0
    out = capsys.readouterr().out
    assert Balance(out).tags.count("table") == 1
    assert '<th scope="col">real</th><th scope="col">bound</th>' in out
