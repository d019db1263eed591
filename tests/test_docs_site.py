"""docs/ as a site: it builds without a warning, asks no other host for anything, keeps old links, and its start page is one screen."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.support.accessible import violations
from tests.support.needs import missing

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LINKS = (ROOT / "tests" / "cases" / "links_2026_11.txt").read_text(encoding="utf-8").split()
# What a browser asks for by itself when it shows a page.
LOADED = re.compile(
    r"""<(?:script|img|source|iframe|link|video|audio|embed)\b[^>]*?(?:src|srcset|href)="(?:https?:)?//|url\(["']?(?:https?:)?//|@import\s*["'](?:https?:)?//"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, of the pages as they are; each warning is an error."""
    if find_spec("sphinx") is None:
        missing("Sphinx", "run: pip install -c constraints.txt -e '.[docs]'")
    folder = tmp_path_factory.mktemp("docs")
    command = ["-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "--doctree-dir", str(folder / "doctrees")]
    done = subprocess.run(
        [sys.executable, *command, str(DOCS), str(folder / "html")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of the browser on a laptop."""
    made = browser.new_page(viewport={"width": 1280, "height": 800})
    yield made
    made.close()


def pages(site: Path) -> list[Path]:
    """Return every page of the site."""
    found = sorted(site.glob("*.html"))
    assert len(found) > 20
    return found


@pytest.mark.slow
def test_every_page_is_built_from_its_markdown(site: Path) -> None:
    """And each picture of a guide is there in light and in dark, for the site's own switch."""
    assert {path.stem for path in DOCS.glob("*.md")} <= {path.stem for path in pages(site)}
    text = (DOCS / "facilitator.md").read_text(encoding="utf-8")
    built = (site / "facilitator.html").read_text(encoding="utf-8")
    for theme in ("light", "dark"):
        shown = re.findall(rf'<img alt="[^"]+" class="only-{theme}[^"]*" loading="lazy" src="([^"]+)"', built)
        assert len(shown) == text.count("<picture>")
        assert all((site / name).is_file() for name in shown)


@pytest.mark.slow
def test_old_links_between_pages_still_lead_there(site: Path) -> None:
    """Pages and headings of November 2026 are where they were, on the site and for a hosting site that renders Markdown."""
    built = {
        f"{path.stem}.md": path.read_text(encoding="utf-8") for path in pages(site) if (DOCS / f"{path.stem}.md").is_file()
    }
    lost = [link for link in LINKS if f' id="{link.partition("#")[2]}"' not in f'{built.get(link.partition("#")[0], "")} id=""']
    lost += [link for link in LINKS if link.partition("#")[0] not in built]
    assert lost == []


@pytest.mark.slow
def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    """To a page and its anchor, or to a file such as an example for a server."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in pages(site)}
    ids = {name: {*re.findall(r'\sid="([^"]+)"', text), ""} for name, text in texts.items()}
    dead = []
    for name, text in texts.items():
        for link in set(re.findall(r'<a\s[^>]*href="([^":]+)"', text)):
            target, _, anchor = unquote(html.unescape(link)).partition("#")
            if anchor not in ids.get(target or name, {""}) or not (site / (target or name)).is_file():
                dead.append((name, link))
    assert dead == []
    assert re.search(r'href="_downloads/[^"]+/Caddyfile"', texts["deploy.html"])


@pytest.mark.slow
def test_every_link_leads_somewhere_on_a_hosting_site_too(site: Path) -> None:
    """Where Markdown is rendered as it is: to a file of the project, and to a heading of it."""
    dead = []
    for path in [*ROOT.glob("*.md"), *DOCS.glob("*.md")]:
        for link in re.findall(r"\]\(([^)\s:]+)\)", path.read_text(encoding="utf-8")):
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            built = site / f"{target.stem}.html"
            found = target.exists() and (not anchor or f' id="{anchor}"' in built.read_text(encoding="utf-8"))
            if not found:
                dead.append((path.name, link))
    assert dead == []


@pytest.mark.slow
def test_the_reference_has_every_table_and_the_whole_interface(site: Path) -> None:
    """Each table with a meaning for each column; each name that `import studygroup` offers."""
    import studygroup
    from studygroup.interface.tables import GRIDS, RECORD_TABLES

    tables = (site / "tables.html").read_text(encoding="utf-8")
    for name in (*RECORD_TABLES, *GRIDS):
        assert f' id="group-tables-{name}"'.replace("_", "-") in tables.replace("_", "-"), name
    assert "<td></td>" not in tables
    interface = (site / "interface.html").read_text(encoding="utf-8")
    for name in set(studygroup.__all__) - {"__version__"}:
        assert f' id="studygroup.{name}"' in interface, name


@pytest.mark.slow
def test_math_is_mathml(site: Path) -> None:
    """No script draws it."""
    built = (site / "member.html").read_text(encoding="utf-8")
    assert "<math " in built
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in built
    assert not re.search("<script[^>]*mathjax", built, re.IGNORECASE)


@pytest.mark.slow
def test_no_page_asks_another_host(site: Path, page: Any) -> None:
    """Neither by what it names nor when a browser shows it and searches the site."""
    named = [
        path.name for path in [*site.rglob("*.html"), *site.rglob("*.css")] if LOADED.search(path.read_text(encoding="utf-8"))
    ]
    assert named == []
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in pages(site):
        page.goto(path.as_uri())
    page.goto((site / "search.html").as_uri() + "?q=attendance")
    page.wait_for_selector("#search-results li a")
    assert {url for url in asked if not url.startswith((site.as_uri(), "data:"))} == set()
    assert len(asked) > 100


@pytest.mark.slow
def test_the_start_page_answers_in_one_screen(site: Path, page: Any) -> None:
    """What it is, whom it is for, how to start, what it looks like: all in view on a laptop, with the way to the first session."""
    page.goto((site / "index.html").as_uri())
    article = page.locator("#studygroup")
    assert article.bounding_box()["y"] >= 0
    picture = article.locator("img:visible").bounding_box()
    last = article.locator("li").last.bounding_box()
    for box in (picture, last):
        assert box["y"] + box["height"] <= 800
    assert [one.inner_text().strip("#") for one in article.locator("h2").all()][:2] == ["Is it for you?", "How do you start?"]
    article.get_by_role("link", name="Go on to the first session").click()
    page.wait_for_url("**/first.html")
    assert page.get_by_role("heading", name="1. Make the group").is_visible()


@pytest.mark.slow
def test_no_page_is_wider_than_a_phone(site: Path, page: Any) -> None:
    """What is wide scrolls within the page, or breaks."""
    page.set_viewport_size({"width": 375, "height": 812})
    wide = {}
    for path in pages(site):
        page.goto(path.as_uri())
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 375:
            wide[path.name] = width
    assert wide == {}


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 375)])
def test_axe_finds_nothing(site: Path, browser: Any, theme: str, width: int) -> None:
    """Neither on the start page, nor in a guide, nor in the reference: WCAG 2.2, A and AA."""
    page = browser.new_page(viewport={"width": width, "height": 812}, color_scheme=theme)
    found = {}
    for name in ("index", "site", "interface"):
        page.goto((site / f"{name}.html").as_uri())
        if wrong := violations(page):
            found[name] = wrong
    page.close()
    assert found == {}
