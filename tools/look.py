"""The site as a browser shows it: python -m tools.look, after pip install ".[docs]" playwright.

Builds the site, serves it on this machine, and opens each page in a Chromium of the system, as wide as a desk's screen
and as narrow as a telephone's. A line tells each thing that is wrong: an error of the page, a request to another host,
a page that scrolls sideways, a missing picture, a link that leads nowhere, headings out of order, markup that was left
as it is. With --pictures DIR each page is saved there, at both widths, to be looked at.
"""

from __future__ import annotations

import shutil
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

ROOT = Path(__file__).parents[1]
WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# What a page itself can tell is wrong; its own text, without code, is read for markup that was not rendered.
QUESTIONS = """() => {
  const wrong = [], room = document.documentElement;
  if (room.scrollWidth > innerWidth) {
    const out = [...document.querySelectorAll('article *')].find(e => e.getBoundingClientRect().right > innerWidth);
    wrong.push(`scrolls sideways: ${room.scrollWidth} of ${innerWidth} pixels; ${out?.outerHTML.slice(0, 80)}`);
  }
  for (const image of document.images) if (!image.naturalWidth) wrong.push(`no picture: ${image.src}`);
  for (const image of document.querySelectorAll('article img')) if (!image.alt) wrong.push(`no words for ${image.src}`);
  const levels = [...document.querySelectorAll('article :is(h1, h2, h3, h4, h5, h6)')].map(h => +h.tagName[1]);
  if (levels.filter(level => level === 1).length !== 1 || levels[0] !== 1) wrong.push(`headings: ${levels}`);
  levels.forEach((level, i) => { if (i && level > levels[i - 1] + 1) wrong.push(`heading ${i + 1} skips a level`); });
  const article = document.querySelector('article').cloneNode(true);
  article.querySelectorAll('code, pre, style, script').forEach(e => e.replaceWith(' '));
  const markup = /.{0,30}(```|\\]\\(|\\*\\*|\\\\\\w+\\{|\\$\\$|<\\/?[a-z]+>|:\\w+:`|\\|---).{0,30}/;
  const raw = article.textContent.match(markup);
  if (raw) wrong.push(`not rendered: ${raw[0].trim()}`);
  const quoted = [...document.querySelectorAll('article code')].find(e => e.textContent.includes('``'));
  if (quoted) wrong.push(`not rendered: ${quoted.textContent.slice(0, 60)}`);
  return wrong;
}"""


class Anchors(HTMLParser):
    """The links of a page, and the places in it that a link may name."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places = {""}
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.places.add(told.get("id") or "")
        if tag == "a" and told.get("href"):
            self.links.add(str(told["href"]))


def dead_links(site: Path) -> Iterator[str]:
    """A line about each link within the site that leads nowhere."""
    pages = {page: Anchors(page) for page in sorted(site.rglob("*.html"))}
    for page, anchors in pages.items():
        here = f"/{page.relative_to(site).as_posix()}"
        for link in sorted(anchors.links):
            if (
                urlsplit(link).scheme or page.name == "404.html"
            ):  # the page for what is not there knows no place
                continue
            place, anchor = urldefrag(urljoin(here, link))
            target = site / unquote(place).lstrip("/")
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or (target in pages and unquote(anchor) not in pages[target].places):
                yield f"{here}: leads nowhere: {link}"


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a site while this machine serves it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def executable() -> str | None:
    """A browser of the system: none is fetched."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    found = executable()
    if found is None:
        raise SystemExit(f"tools.look: none of {', '.join(BROWSERS)} is installed")
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=found, args=["--no-sandbox"]
        )  # it sees these pages only
        yield browser
        browser.close()


def seen(
    browser: Any, address: str, places: Sequence[str], width: str, pictures: Path | None
) -> Iterator[str]:
    """A line about each thing that is wrong with a page, opened at a width."""
    across, down = WIDTHS[width]
    context = browser.new_context(viewport={"width": across, "height": down})
    wrong: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: wrong.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("response", lambda got: wrong.append(f"{got.status}: {got.url}") if got.status >= 400 else None)
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((address, "data:", "blob:")) else wrong.append(f"asks {asked.url}")
        ),
    )
    for place in places:
        page.goto(address + place, wait_until="load")
        wrong += page.evaluate(QUESTIONS)
        yield from (f"/{place} ({width}): {line}" for line in wrong)
        wrong.clear()
        if pictures:
            name = place.removesuffix("index.html").strip("/").replace("/", "-") or "index"
            page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)
    context.close()


def search(browser: Any, address: str, word: str) -> Iterator[str]:
    """A line if the search of the site does not find a word."""
    page = browser.new_page()
    page.goto(address, wait_until="load")
    page.fill(".md-search__input", word)
    try:
        page.wait_for_selector(".md-search-result__item a", state="attached", timeout=10_000)
    except Exception as error:
        yield f"search: nothing found for {word}: {error}"
    page.close()


def build(site: Path) -> None:
    from mkdocs.commands.build import build as write
    from mkdocs.config import load_config

    write(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(site), strict=True))


def main(pictures: Path | None, pages: Sequence[str]) -> int:
    with TemporaryDirectory() as place:
        site = Path(place)
        build(site)
        wrong = list(dead_links(site))
        places = sorted(page.relative_to(site).as_posix() for page in site.rglob("*.html"))
        places = [place for place in places if not pages or any(place.startswith(page) for page in pages)]
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
        with served(site) as address, chromium() as browser:
            wrong += search(browser, address, "Cholesky")
            for width in WIDTHS:
                wrong += seen(browser, address, places, width, pictures)
    print("\n".join(wrong) or f"site: {len(places)} pages, each at {len(WIDTHS)} widths: nothing is wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = ArgumentParser(description="The site as a browser shows it.")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="only what begins so, as derivations/lu")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="save each page as it looks")
    options = parser.parse_args()
    sys.exit(main(options.pictures, options.pages))
