"""Links lead somewhere, and the pages that the site adds say what they should."""

import inspect
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import linad
from linad.derive.catalogue import rule
from tools import lint_links, picture, reference, site, tables

ROOT = Path(__file__).parents[2]


def test_no_link_of_the_documentation_is_dead():
    assert list(lint_links.dead(ROOT)) == []


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n")
    (tmp_path / "mkdocs.yml").write_text("nav:\n  - Page: page.md\n  - Gallery: gallery/\n")
    (tmp_path / "docs" / "page.md").write_text("# Page\n\n## A heading, and `code`\n")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[page](docs/page.md#a-heading-and-code) [out](https://example.org/nowhere)", []),
        ("`[x](y)`\n\n```\n[x](y)\n```\n", []),
        ("[page](docs/pages.md)", ["README.md: docs/pages.md: no such file"]),
        ("[page](docs/page.md#heading)", ["README.md: docs/page.md#heading: no such heading: heading"]),
        ("[here](#nothing)", ["README.md: #nothing: no such heading: nothing"]),
    ],
    ids=["alive", "code", "file", "anchor", "own-anchor"],
)
def test_a_dead_link_is_named(tree, text, found):
    (tree / "README.md").write_text(text)
    assert list(lint_links.dead(tree)) == found


def test_a_page_without_a_place_in_the_navigation_is_named(tree):
    (tree / "README.md").write_text("")
    (tree / "docs" / "lost.md").write_text("# Lost\n")
    (tree / "docs" / "gallery").mkdir()
    (tree / "docs" / "gallery" / "found.md").write_text("# Found\n")
    assert list(lint_links.dead(tree)) == ["mkdocs.yml: docs/lost.md has no place in the navigation"]


@pytest.fixture(scope="module")
def made():
    return site.made()


@pytest.mark.parametrize("name", reference.MODULES)
def test_the_reference_has_every_public_name(made, name):
    page = made[f"reference/{name}.md"]
    mark = "## {}\n" if name in reference.IN_FULL else "| `{}` |"
    assert [own for own in reference.names(reference.module(name)) if mark.format(own) not in page] == []


def test_the_reference_does_not_change_from_run_to_run(made):
    assert not [place for place, page in made.items() if re.search(r"0x[0-9a-f]{6}", page)]


@pytest.mark.parametrize(
    ("door", "original"),
    [
        (linad.numpy.sin, "numpy.sin"),
        (linad.numpy.linalg.solve, "numpy.linalg.solve"),
        (linad.linalg.solve, "scipy.linalg.solve"),
        (linad.special.erf, "scipy.special.erf"),
        (linad.special.logsumexp, "scipy.special.logsumexp"),
    ],
)
def test_a_docstring_names_the_public_function_that_it_stands_for(door, original):
    assert f"are those of ``{original}``, which" in door.__doc__


def test_links_of_the_front_page_lead_to_pages(made):
    links = [link.partition("#")[0] for link in lint_links.LINK.findall(made["index.md"]) if ":" not in link]
    places = [re.sub("/$", "/index.md", link) for link in links]
    assert [place for place in places if place not in made and not (ROOT / "docs" / place).exists()] == []


def test_a_docstring_becomes_markdown():
    told = reference.markdown(inspect.getdoc(linad.vjp))
    assert re.search(r"\*\*Parameters\*\*\n\n- `f`: \S|\*\*Returns\*\*\n\n- `\w", told)
    assert "```pycon\n>>> " in told
    assert "``" not in re.sub("```", "", told)


def test_a_folder_in_the_navigation_is_its_pages():
    ((title, pages),) = site.unfolded({"Derivations": "derivations/"}).items()
    assert (title, pages[0]) == ("Derivations", "derivations/index.md")
    assert "derivations/lu.md" in pages
    assert site.unfolded({"Nothing": "nothing/"}) == {}


def test_a_folder_of_one_page_is_that_page():
    assert site.unfolded({"Gallery": "gallery/"}) == {"Gallery": "gallery/index.md"}


def test_what_was_typed_is_what_is_copied():
    page = site.on_page_content(
        '<div class="language-pycon highlight"><pre><code><span class="gp">&gt;&gt;&gt; </span>x = "&lt;"\n'
        "1\n</code></pre></div>"
    )
    assert ' data-copy="x = &quot;&lt;&quot;">' in page
    plain = '<div class="language-python highlight"><pre><code>x = 1</code></pre></div>'
    assert site.on_page_content(plain) == plain


def test_an_option_stays_on_its_line():
    assert site.on_page_content("<code>--format html</code>") == '<code class="option">--format html</code>'
    assert site.on_page_content("<code>x - y</code>") == "<code>x - y</code>"


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_python_of_a_page_is_an_example_that_is_run(page):
    blocks = re.findall(r"^```python\n(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert [first for first in blocks if not first.startswith(">>> ")] == []


@pytest.mark.parametrize(("number", "written"), [(0, "(a)"), (25, "(z)"), (26, "(aa)"), (52, "(ba)")])
def test_letters_of_reasons_do_not_end(number, written):
    assert tables.letter(number) == written


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("```python\n>>> 1\n1\n\n```\n", "```pycon\n>>> 1\n1\n\n```\n"),
        ("```python\nx = 1\n```\n", "```python\nx = 1\n```\n"),
        (">>> 1\n<BLANKLINE>\n", ">>> 1\n\n"),
        ("[all](../derivations/)", "[all](../derivations/index.md)"),
        ("[page](../linalg.md)", "[page](../linalg.md)"),
        ("in [`examples/`](../../examples).", "in `examples/`."),
    ],
    ids=["prompts", "code", "blank", "folder", "page", "outside"],
)
def test_a_page_is_brought_to_the_site(written, read):
    assert site.sited(written, "gallery/index.md") == read


def test_a_sentence_after_parameters_is_no_parameter():
    assert (
        reference.definitions("x\n    A number.\n\nEach is ``real``.")
        == "- `x`: A number.\n\nEach is `real`."
    )


def test_the_picture_shows_what_the_command_prints():
    drawn = ElementTree.fromstring(picture.picture())
    words = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    told = rule("lu").derivation().splitlines()
    assert [
        line for line in picture.derivation() if line.strip() not in ("", "...") and line not in told
    ] == []
    assert [line for line in picture.derivation() if line not in words and line] == []
    assert "  gA = P L^-H (a1 + a3 U^-H)" in words
    assert (ROOT / "docs" / "picture.svg").stat().st_size < 40_000
