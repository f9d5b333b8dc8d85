"""The tool that opens the site sees what is wrong with a page, and finds nothing wrong with the site."""

import re

import pytest

from tools import look

PAGE = """<!doctype html><html><head><link rel="icon" href="data:,"></head><body><article>{}</article></body></html>"""
SOUND = PAGE.format('<h1 id="top">Title</h1><h2>Part</h2><p>Words. <a href="#top">Up</a></p>')


@pytest.fixture
def site(tmp_path):
    (tmp_path / "index.html").write_text(SOUND)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text(SOUND)
    return tmp_path


@pytest.mark.parametrize(
    "link",
    ["page/", "page/#top", "./page/index.html", "#top", "https://example.org/nowhere"],
)
def test_a_link_that_leads_somewhere_is_none_of_its_business(site, link):
    (site / "index.html").write_text(PAGE.format(f'<h1 id="top">Title</h1><a href="{link}">there</a>'))
    assert list(look.dead_links(site)) == []


@pytest.mark.parametrize("link", ["pages/", "page/#bottom", "#bottom", "../page/x.html"])
def test_a_link_that_leads_nowhere_is_named(site, link):
    (site / "index.html").write_text(PAGE.format(f'<h1 id="top">Title</h1><a href="{link}">there</a>'))
    assert list(look.dead_links(site)) == [f"/index.html: leads nowhere: {link}"]


@pytest.fixture(scope="module")
def browser():
    pytest.importorskip("playwright.sync_api")
    if look.executable() is None:
        pytest.skip("there is no Chromium")
    with look.chromium() as found:
        yield found


def said(browser, site, article):
    (site / "index.html").write_text(PAGE.format(article))
    with look.served(site) as address:
        return list(look.seen(browser, address, ["index.html"], "narrow", None))


@pytest.mark.slow
class TestInABrowser:
    def test_nothing_is_wrong_with_a_sound_page(self, browser, site):
        assert (
            said(browser, site, "<h1>Title</h1><h2>Part</h2><p>Words, and <code>**code**</code>.</p>") == []
        )

    @pytest.mark.parametrize(
        ("article", "told"),
        [
            ('<h1>T</h1><div style="width: 2000px">wide</div>', "scrolls sideways: 2"),
            ('<h1>T</h1><img src="data:image/png;base64,x" alt="none">', "no picture: "),
            ("<h1>T</h1><h3>Part</h3>", "heading 2 skips a level"),
            ("<h2>T</h2>", "headings: 2"),
            ("<h1>T</h1><h1>T</h1>", "headings: 1,1"),
            ("<h1>T</h1><p>**bold**</p>", "not rendered: "),
            ("<h1>T</h1><p>\\frac{1}{2}</p>", "not rendered: "),
            ("<h1>T</h1><p>[text](page.md)</p>", "not rendered: "),
            ("<h1>T</h1><p><code>a ``term``</code></p>", "not rendered: "),
            ("<h1>T</h1><script>missing()</script>", "error: "),
            ("<h1>T</h1><script>console.error('said')</script>", "console: said"),
            ('<h1>T</h1><img src="missing.png" alt="none">', "404: "),
            ('<h1>T</h1><script src="http://localhost:9/x.js"></script>', "asks http://localhost:9"),
        ],
        ids=[
            *(
                "sideways",
                "picture",
                "skipped",
                "no-title",
                "two-titles",
                "bold",
                "formula",
                "link",
                "quotes",
            ),
            *("error", "console", "missing", "elsewhere"),
        ],
    )
    def test_what_is_wrong_is_named(self, browser, site, article, told):
        assert any(f"/index.html (narrow): {told}" in line for line in said(browser, site, article))

    def test_nothing_is_wrong_with_the_site(self, capsys):
        pytest.importorskip("material")  # the theme of mkdocs-material
        assert look.main(None, []) == 0, capsys.readouterr().out
        assert re.match(r"site: 1\d\d pages", capsys.readouterr().out.splitlines()[-1])
