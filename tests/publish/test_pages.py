"""Every kind of generated page (agenda, report, the site's), as validators see it: valid HTML, and open to everyone."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from studygroup.group.settings import FILE
from studygroup.publish.pages.agenda_run import make_agenda_page
from studygroup.publish.pages.report_run import make_report_page
from studygroup.publish.site.site import make_site
from studygroup.workbook.workbook import Workbook
from tests.conftest import CATALOGUE, LIST, NOW, SETTINGS, Clock
from tests.publish.test_site import ADA, LAST, SESSION, hold
from tests.support.accessible import violations
from tests.support.alone import EMBEDDED, trouble_on
from tests.support.hostile_texts import HOSTILE
from tests.support.needs import missing

pytestmark = pytest.mark.slow

RULES = {"extends": ["html-validate:recommended"], "rules": {"long-title": "off"}}  # many papers have long titles
TEXT = "It *works* for $x^2$ and $$\\sum_{i=1}^{n} \\frac{a_i}{b_i}$$ [more](https://example.org/more)\n\n- a\n- `b`\n\n| c | d |\n|---|---|\n| 1 | 2 |"


def pages_of(root: Path, text: str) -> list[Path]:
    """Return all pages of a group in which everyone says ``text``: two agendas, a report, and the site."""
    (root / "lists").mkdir(parents=True)
    (root / FILE).write_text(
        SETTINGS.replace("[tool.studygroup]", "[tool.studygroup]\nshow_reader_names = true\npublish_meeting_link = true")
    )
    (root / "catalogue.csv").write_text(CATALOGUE)
    (root / "lists" / "basics.csv").write_text(LIST)
    clock = Clock(NOW - timedelta(days=14))
    book = Workbook(root, clock)
    book.add_person("Ada Lovelace", role="facilitator")
    for name in ("Bo", "Zoë O'Brien-李", "Cy", "Di", "Ed"):
        book.add_person(name, by=ADA)
    clock.now = NOW
    hold(book, text)
    # With these, there is every answer and every state of attendance.
    for member, answer, state in (("cy", "yes", "left_early"), ("di", "maybe", "excused")):
        book.enter("rsvp", by=member, session=LAST, member=member, answer=answer)
        book.enter("attendance", by=ADA, session=LAST, member=member, state=state)
    book.enter("swap", by=ADA, session=SESSION, member=ADA, role="presenter", to="")
    make_agenda_page(book, SESSION)
    make_report_page(book, LAST)
    made = make_site(book)
    return sorted(
        [*(root / "sessions").rglob("*.html"), *(made.folder / path for path in made.titles if path.endswith(".html"))]
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pages of a group that says something of everything."""
    return pages_of(tmp_path_factory.mktemp("said") / "book", TEXT)


@pytest.fixture(scope="module")
def hostile_pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pages of a group that says all hostile texts."""
    return pages_of(tmp_path_factory.mktemp("hostile") / "book", "\n\n".join(HOSTILE))


@pytest.fixture(scope="module")
def html_validate() -> str:
    """The npm package's command, where ``make test`` puts it."""
    own = Path(sys.prefix) / "html-validate" / "node_modules" / ".bin" / "html-validate"
    if own.is_file() and shutil.which("node"):
        return str(own)
    missing("html-validate", "make .venv/.installed-html-validate")


def faults(command: str, pages: list[Path], tmp_path: Path) -> list[str]:
    """Return what html-validate says of pages."""
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(RULES))
    run = [command, "--config", str(rules), "--formatter", "json", *map(str, pages)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return [
        f"{Path(one['filePath']).name}:{fault['line']}: {fault['ruleId']}: {fault['message']}"
        for one in json.loads(done.stdout)
        for fault in one["messages"]
    ]


def test_pages_are_valid_html(pages: list[Path], hostile_pages: list[Path], html_validate: str, tmp_path: Path) -> None:
    """Whatever people type; and the validator does find what is wrong."""
    wrong = tmp_path / "wrong.html"
    wrong.write_text(pages[0].read_text().replace("</main>", "<p id='a'></div></main>"))
    assert faults(html_validate, [wrong], tmp_path) != []
    assert faults(html_validate, [*pages, *hostile_pages], tmp_path) == []


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (375, "dark")])
def test_nothing_keeps_anyone_out(pages: list[Path], hostile_pages: list[Path], browser: Any, width: int, scheme: str) -> None:
    """No violation of WCAG 2 A or AA on any page, on a context in daylight and on a phone at night."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
    tab = context.new_page()
    found = {}
    for path in [*pages, *hostile_pages]:
        tab.goto(path.as_uri())
        if wrong := violations(tab, rules=("best-practice",)):
            found[f"{path.parent.name}/{path.name}"] = wrong
    assert found == {}
    context.close()


def test_hostile_texts_run_nowhere(hostile_pages: list[Path], browser: Any) -> None:
    """On the pages of agenda, report and site, with scripts allowed: nothing runs, loads, leads astray or breaks a page."""
    context = browser.new_context(viewport={"width": 375, "height": 800})
    tab = context.new_page()
    trouble = trouble_on(tab)
    for path in hostile_pages:
        title = html.unescape(re.findall("<title>(.*?)</title>", path.read_text(), re.DOTALL)[0])
        tab.goto(path.as_uri())
        assert tab.title() == " ".join(title.split()), path
        assert tab.locator(EMBEDDED).count() == 0, path
        assert tab.locator("script").count() == (
            path.name in {"list.html", "questions.html"} or path.match("sessions/index.html")
        ), path
        assert tab.locator("main").is_visible(), path
        assert tab.evaluate("document.documentElement.scrollWidth") == 375, path
        crowded = tab.locator(".attendance th:not(:first-child)").evaluate_all(
            "all => all.some(one => one.clientWidth - parseFloat(getComputedStyle(one).paddingLeft) < 20)"
        )
        assert not crowded, path
        hrefs = tab.locator("a").evaluate_all("links => links.map(link => link.href)")
        assert not [href for href in hrefs if not href.startswith(("http:", "https:", "mailto:", "file:"))], path
    assert trouble == []
    context.close()


def test_math_shows_as_math_with_the_network_off(pages: list[Path], browser: Any) -> None:
    """As MathML that takes place on the page, on agenda, report and site; no TeX is left over."""
    context = browser.new_context(offline=True)
    tab = context.new_page()
    with_math = [path for path in pages if "<math" in path.read_text()]
    assert {path.name for path in with_math} >= {
        "agenda.html",
        "report.html",
        "few-shot.html",
        "questions.html",
        f"{LAST}.html",
    }
    for path in with_math:
        tab.goto(path.as_uri())
        sizes = tab.locator("math").evaluate_all("all => all.map(one => [one.getBoundingClientRect().height, one.textContent])")
        assert all(height > 8 and "\\" not in text for height, text in sizes), path
        # What a link is called is plain text, and so is why a session is cancelled.
        tab.locator(".materials, .material, .lines, .notice").evaluate_all("all => all.forEach(one => one.remove())")
        assert not re.search(r"\$[^$]*\\", tab.locator("body").inner_text()), path
    context.close()


def test_a_long_formula_scrolls_by_itself(pages: list[Path], browser: Any) -> None:
    """On a phone the page stays as wide as the screen."""
    context = browser.new_context(viewport={"width": 375, "height": 800})
    tab = context.new_page()
    tab.goto(next(path for path in pages if path.name == "few-shot.html").as_uri())
    tab.evaluate(
        """() => { const math = document.querySelector('math[display=block]');
          math.innerHTML = Array(60).fill('<mi>x</mi><mo>+</mo>').join('') + '<mi>y</mi>'; }"""
    )
    assert tab.locator("math[display=block]").first.evaluate("math => math.scrollWidth > math.clientWidth")
    assert tab.evaluate("document.documentElement.scrollWidth") == 375
    context.close()


def test_pages_print_on_paper(pages: list[Path], browser: Any) -> None:
    """In black on white also from a dark screen, without what only a screen needs; nothing is cut off."""
    context = browser.new_context(viewport={"width": 700, "height": 900}, color_scheme="dark")
    tab = context.new_page()
    tab.emulate_media(media="print")
    for path in pages:
        tab.goto(path.as_uri())
        ink, paper = tab.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
        assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)"), path
        assert tab.evaluate("document.documentElement.scrollWidth") <= 700, path
        # A line above two columns that move to the next page goes with them.
        lines = tab.locator(".two:not(.outcomes), .two:not(.outcomes) > div").evaluate_all(
            "all => all.map(one => [one.className.includes('two'), getComputedStyle(one).borderTopWidth])"
        )
        assert all((width == "0px") == is_grid for is_grid, width in lines), (path, lines)
        # Rows that hang on each other would leave the page before them empty.
        after = tab.locator(".rows .by").evaluate_all("all => all.map(one => getComputedStyle(one).breakAfter)")
        assert {*after} <= {"auto"}, path
        for part in (".bar nav", ".search", ".skip"):
            assert not any(one.is_visible() for one in tab.locator(part).all()), (path, part)
        assert tab.pdf(format="A4").startswith(b"%PDF-")
    context.close()
