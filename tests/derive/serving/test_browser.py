"""The page in a real browser: typed, derived, refused, copied, narrow, dark, printed.

It needs the package playwright and a Chromium of the system; no browser is downloaded.
"""

import os
import re
import shutil

import pytest

from linad.derive.catalogue import rule
from linad.derive.page import page_of_rule
from tests.derive.serving.test_server import serving

pytestmark = pytest.mark.slow

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=options)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server():
    with serving() as made:
        yield made


@pytest.fixture
def open_page(browser, server):
    """Opens pages, of the server or at an address; whatever the browser complains of fails the test."""
    contexts, complaints = [], []

    def opened(width=1400, scheme="light", url=None):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme))
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(url or server.url)
        return page

    opened.complaints = complaints
    yield opened
    for context in contexts:
        context.close()
    assert [text for text in complaints if "422 (Unprocessable Entity)" not in text] == []


def typed(page, equations, **structures):
    """Types equations, and chooses structures when the rows of their matrices are there."""
    page.fill("#equations", equations)
    for name, structure in structures.items():
        page.select_option(f"[data-name={name}] select", structure)


def wide(page):
    return page.evaluate("document.documentElement.scrollWidth")


def test_an_equation_that_is_typed_comes_back_as_a_rule_with_numbers(open_page):
    page = open_page()
    typed(page, "L @ D @ Q = A", L="unit lower", D="positive diagonal", Q="unitary")
    assert page.is_checked("[data-name=A] [name=given]")
    assert not page.is_checked("[data-name=L] [name=given]")
    page.fill("#name", "ldq")
    page.press("#equations", "Control+Enter")
    page.wait_for_selector(".numbers .verdict")
    assert page.inner_text(".numbers .verdict") == "All laws hold."
    assert page.inner_text("article h1") == "ldq"
    assert page.locator(".step").count() == 10
    boxes = page.evaluate(
        "[...document.querySelectorAll('.step math')].map(m => m.getBoundingClientRect().height)"
    )
    assert min(boxes) > 8


def test_rows_keep_what_was_chosen_while_the_equation_grows(open_page):
    page = open_page()
    typed(page, "L @ U = A", L="unit lower", U="upper")
    page.fill("[data-name=A] [name=rows]", "m")
    page.uncheck("[data-name=A] [name=given]")
    page.fill("#equations", "L @ U = A B")
    page.wait_for_selector("[data-name=B]")
    assert page.input_value("[data-name=L] select") == "unit lower"
    assert page.input_value("[data-name=A] [name=rows]") == "m"
    assert not page.is_checked("[data-name=A] [name=given]")
    assert page.is_checked("[data-name=B] [name=given]")


def test_an_example_is_filled_in_and_derived(open_page):
    page = open_page()
    page.click(".example >> text=/^eigh-generalized$/")
    page.wait_for_selector(".numbers .verdict.status-0")
    assert page.input_value("#equations") == "A @ V = B @ V @ w\nV.H @ B @ V = I"
    assert page.input_value("[data-name=B] select") == "positive definite"


def test_wrong_input_is_pointed_at_in_its_field(open_page):
    page = open_page()
    page.fill("#equations", "Q R = A\n\N{GRINNING FACE} = A")
    page.wait_for_selector("[data-field=equations] .error pre")
    assert page.inner_text("[data-field=equations] pre") == "\N{GRINNING FACE} = A\n^"
    page.fill("#equations", "Q R = A\nQ S R = A R = I")
    page.wait_for_selector("[data-name=S]")
    page.click(".primary")
    page.wait_for_selector("[data-field=equations] .error pre")
    assert page.inner_text("[data-field=equations] pre") == "Q S R = A R = I\n            ^"
    assert page.get_attribute("#equations", "aria-invalid") == "true"
    assert page.evaluate("[document.activeElement.id, equations.selectionStart]") == ["equations", 20]


def test_a_wrong_dimension_is_pointed_at_in_its_row(open_page):
    page = open_page()
    typed(page, "L @ U = A", L="lower")
    page.fill("[data-name=U] [name=columns]", "n+1")
    page.click(".primary")
    page.wait_for_selector("[data-name=U] .error:visible")
    assert "has the dimension 'n+1'" in page.inner_text("[data-name=U] .error")
    assert page.evaluate("document.activeElement.name") == "columns"
    page.fill("[data-name=U] [name=columns]", "n")
    page.select_option("[data-name=U] select", "unit upper")
    page.click(".primary")
    page.wait_for_selector(".numbers .verdict")
    assert page.locator(".error:visible").count() == 0


def test_what_cannot_be_derived_is_refused_with_what_to_do(open_page):
    page = open_page()
    typed(page, "L @ L.H = A", L="positive lower")
    page.click(".primary")
    page.wait_for_selector("[data-field=''] .error:visible")
    assert page.inner_text("[data-field=''] .error").startswith(
        "There is no rule: each pair of indices has 2 equations"
    )
    assert page.locator("[data-field=''] li").count() >= 1


def test_markup_that_is_typed_stays_text(open_page):
    page = open_page()
    hostile = "<img src=x onerror=\"document.title='taken'\">"
    page.fill("#equations", hostile)
    page.wait_for_selector("[data-field=equations] .error pre")
    assert hostile in page.inner_text("[data-field=equations] pre")
    page.fill("#equations", "X = A")
    page.wait_for_selector("[data-name=X]")
    page.fill("#name", hostile[:60])
    page.click(".primary")
    page.wait_for_selector("[data-field=name] .error:visible")
    assert page.locator("img").count() == 0
    assert page.title() == "linad: derive"


def test_scripts_of_others_do_not_run(open_page):
    page = open_page()
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('p'), {innerHTML: '<b id=probe>'}))"
    )
    blocked = page.evaluate(
        """() => new Promise((done) => {
            document.addEventListener("securitypolicyviolation", (event) => done(event.violatedDirective));
            document.querySelector("#probe").setAttribute("onclick", "document.title = 'taken'");
            document.querySelector("#probe").click();
        })"""
    )
    assert blocked.startswith("script-src")
    assert [text for text in open_page.complaints if "Content Security Policy" not in text] == []
    open_page.complaints.clear()
    assert page.title() == "linad: derive"


def test_the_code_is_copied_by_its_button(open_page):
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".example >> text=/^lu$/")
    page.wait_for_selector(".copy")
    page.click(".copy")
    page.wait_for_selector("text=Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.text_content("code >> text=/^from linad/")
    assert rule("lu").source("cotangent") in copied


def test_a_result_is_saved_as_a_page_of_its_own(open_page, tmp_path):
    page = open_page()
    page.click(".example >> text=/^solve$/")
    page.wait_for_selector("#save:visible")
    with page.expect_download() as download:
        page.click("#save")
    assert download.value.suggested_filename == "solve.html"
    download.value.save_as(tmp_path / "solve.html")
    saved = (tmp_path / "solve.html").read_text(encoding="ascii")
    assert re.sub(r"<table>.*</table>", "", saved) == re.sub(
        r"<table>.*</table>", "", page_of_rule(rule("solve"))
    )


@pytest.mark.parametrize("width", [360, 700, 1000, 1400])
@pytest.mark.parametrize("name", ["svd-tall", "cholesky-then-solve"])
def test_at_any_width_nothing_is_wider_than_the_window(open_page, width, name):
    page = open_page(width)
    page.click(f".example >> text=/^{name}$/")
    page.wait_for_selector(".numbers .verdict")
    assert wide(page) <= width
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('math, td')].map(m => m.getBoundingClientRect().right))"
    )
    assert right <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_both_colour_schemes(open_page, scheme, tmp_path):
    (tmp_path / "qr.html").write_text(page_of_rule(rule("qr")), encoding="ascii")
    page = open_page(scheme=scheme, url=(tmp_path / "qr.html").as_uri())
    light = """(name) => {
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.setProperty("color", `var(${name})`);
        const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = getComputedStyle(probe).color.match(/[0-9]+/g).map((c) => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }"""
    paper = page.evaluate(light, "--paper")
    for name in ("--ink", "--quiet", "--accent", "--good", "--bad"):
        bright, dark = sorted((paper, page.evaluate(light, name)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) > 4.5, name  # the contrast that guidelines ask of small text
    assert (paper > 0.5) == (scheme == "light")


def test_a_file_asks_for_nothing_copies_and_prints(open_page, tmp_path):
    (tmp_path / "lu.html").write_text(page_of_rule(rule("lu")), encoding="ascii")
    page = open_page(url=(tmp_path / "lu.html").as_uri())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.reload()
    page.click(".copy")
    page.wait_for_selector("text=Copied")
    assert requests == [page.url]
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert 1 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 4
