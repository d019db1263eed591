"""The report's pages: run by papermill for real, exported, and opened in a real browser without a network."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import nbformat
import pytest
from markdown_it import MarkdownIt

from studygroup.errors import CatalogueError, PageError
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.meeting.facts.ledger import QuestionView
from studygroup.meeting.facts.turnout import Week
from studygroup.publish.charts import attendance_chart, attendance_in_words, covered_chart, covered_in_words
from studygroup.publish.pages.pdf import write_pdf
from studygroup.publish.pages.report_page import ReportPage, to_headline, to_state
from studygroup.publish.pages.report_run import make_report_page
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock, with_members, write_workbook
from tests.support.alone import alone
from tests.support.command_line import command

pytestmark = pytest.mark.slow

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
BEFORE, SESSION = "2026-11-13", "2026-11-20"
BLOCKS = ("heading", "discussed", "questions", "results", "attendance", "progress", "upcoming")
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>|`$x$[a](javascript:b)\n\n[r]: javascript:c\n\n---\n# Big"
)


def held(book: Workbook, text: str) -> None:
    """Hold a session in which everyone says ``text``."""
    book.clock = lambda: datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    plan_session(book, SESSION, by=ADA, steps=[1, 3], roles={"presenter": ZOE}, why=text[:60])
    for member, answer in ((ADA, "yes"), (BO, "maybe")):
        book.enter("rsvp", by=member, session=SESSION, member=member, answer=answer, why="private")
    for member, state in ((ADA, "present"), (BO, "late"), (ZOE, "absent")):
        book.enter("attendance", by=ADA, session=SESSION, member=member, state=state)
        book.enter("reading", by=ADA, member=member, item="few-shot", status="read")
        book.enter("rating", by=ADA, member=member, item="few-shot", rating=3 if member == BO else 5)
    book.enter("summary", by=ZOE, member=ZOE, item="few-shot", big_idea=text, relevance=text, text=text)
    book.enter("material", by=ZOE, item="few-shot", label=" ".join(text.split()), url="https://example.org/a", role="slides")
    asked = book.enter("question", by=BO, session=SESSION, member=BO, item="few-shot", text=text)
    book.enter("question", by=BO, session=SESSION, member=BO, text=text)
    book.enter("answer", by=ZOE, session=SESSION, question=asked.id, member=ZOE, text=text, item="tuned")
    book.enter("note", by=ZOE, session=SESSION, text=text)
    book.enter("note", by=ZOE, session=SESSION, text=text, decision=True)
    book.enter("action", by=ZOE, session=SESSION, text=text, owner=BO, due=date(2026, 11, 27))
    close_session(book, SESSION, by=ADA, continues=[3])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one report, made once for the tests that only look at it."""
    root = write_workbook(tmp_path_factory.mktemp("made") / "book")
    book = with_members(Workbook(root, Clock()))
    held(book, "Few *examples* are enough: $x^2$")
    make_report_page(book, SESSION)
    return root / "sessions" / SESSION


class _Elements(HTMLParser):
    """Collects what a page holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _ in self.seen]


def test_the_report_is_a_notebook_a_page_and_markdown(made: Path) -> None:
    """Beside the session's records; the notebook is valid and holds no path of this machine."""
    assert sorted(path.name for path in made.iterdir() if not path.name.startswith(".")) == [
        "records",
        "report.html",
        "report.ipynb",
        "report.md",
    ]
    notebook = nbformat.read(made / "report.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert str(made.parents[1]) not in (made / "report.ipynb").read_text()


def test_the_markdown_keeps_what_people_wrote(made: Path) -> None:
    """Math and emphasis too; every line of the report is there, and no reason of an absence."""
    text = (made / "report.md").read_text()
    lines = text.splitlines()
    for line in [
        "# Thursday papers: Few-Shot Learners, and A Talk and Few-Shot Learners",
        "Fri 20 Nov 2026 · 2 of 3 attended · presenter Zoë O'Brien-李",
        "### [Few-Shot Learners](https://arxiv.org/abs/2005.14165)",
        "**✓ Finished** · Read by 3 of 3 · Rated 4.3 of 5, by 3",
        "**Zoë O'Brien-李**",
        "*Big idea:*",
        "> Few *examples* are enough: $x^2$",
        r"- [Few \*examples\* are enough: \$x^2\$](https://example.org/a) (slides)",
        "  - Answer: Few *examples* are enough: $x^2$",
        "- Few *examples* are enough: $x^2$",
        "| RSVP | Yes, 1 | Maybe, 1 | No reply, 1 |",
        "| Late | – | 1 | – |",
        "**To be continued**",
        "1 of 5 finished, 1 more in this session. Start: 1 of 2. Later: 0 of 3.",
        "**Next:** Fri 27 Nov, 23:00 UTC: Tuned Models (likely)",
    ]:
        assert line in lines
    assert lines.count("> Few *examples* are enough: $x^2$") == 4
    assert "private" not in text
    assert "\n\n\n" not in text


def test_the_page_shows_math_and_holds_no_script(made: Path) -> None:
    """Its policy allows none, its chart has words, headings have an order."""
    page = _Elements((made / "report.html").read_text())
    assert not set(page.tags) & {"script", "iframe", "object", "embed", "form"}
    assert page.tags.count("math") == 9
    [policy] = [
        attributes["content"] for _, attributes in page.seen if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    assert [one["aria-label"] for tag, one in page.seen if tag == "svg"][:2] == ["1 finished, 1 ahead", "1 continues, 2 ahead"]
    assert page.tags.count("h1") == 1
    assert "private" not in (made / "report.html").read_text()


@pytest.mark.parametrize("width", [1200, 375])
def test_a_browser_opens_the_page_without_a_network(made: Path, browser: Any, width: int) -> None:
    """No failed request, no console message, no sideways scrolling."""
    with alone(browser, width) as window:
        page = window.open((made / "report.html").as_uri())
        assert page.title() == "Few-Shot Learners · A Talk and Few-Shot Learners"
        assert window.wrong == []


def test_hostile_text_stays_text(group: Workbook) -> None:
    """Wherever people type; quoted or on one line, the Markdown lets nothing out of its place."""
    catalogue = group.folder / "catalogue.csv"
    hostile = HOSTILE.replace("\n", " ")
    catalogue.write_text(catalogue.read_text().replace("Few-Shot Learners,paper", f'"{hostile}",paper'))
    book = Workbook(group.folder, group.clock)
    held(book, HOSTILE)
    page = ReportPage(report_of(book, SESSION))
    for name in BLOCKS:
        block = getattr(page, name)()
        rendered = MarkdownIt("gfm-like", {"linkify": False}).render(block.markdown)
        for elements in (_Elements(block.html), _Elements(rendered)):
            assert not set(elements.tags) & {"script", "iframe"}
            assert not [one for one in elements.seen if "javascript" in str(one) or "onerror" in str(one)]
        assert "img" not in _Elements(rendered).tags
        assert "hr" not in _Elements(rendered).tags
        assert _Elements(rendered).tags.count("h1") == (name == "heading")


def test_only_what_there_is_to_say_is_said(workbook: Workbook) -> None:
    """An empty session has no empty headings; a cancelled one says why."""
    workbook.add_person("Ada Lovelace", role="facilitator")
    empty = ReportPage(report_of(workbook, SESSION))
    blocks = {name: getattr(empty, name)() for name in BLOCKS}
    assert "has not begun yet" in blocks["heading"].markdown
    for name in ("questions", "results", "attendance"):
        assert (blocks[name].html.strip(), blocks[name].markdown.strip()) == ("", "")
    # What is open from before belongs to the next session that takes place.
    workbook.enter("question", by=ADA, session=BEFORE, member=ADA, text="Why?")
    workbook.enter("action", by=ADA, session=BEFORE, text="Find out")
    assert [report_of(workbook, SESSION).questions.carried[0].text, report_of(workbook, SESSION).earlier_actions[0].text] == [
        "Why?",
        "Find out",
    ]
    plan_session(workbook, SESSION, by=ADA, cancelled=True, why="Holiday")
    cancelled = ReportPage(report_of(workbook, SESSION))
    assert "**This session was cancelled.** Holiday" in cancelled.heading().markdown
    for name in ("discussed", "questions", "results", "attendance", "progress"):
        assert getattr(cancelled, name)().html.strip() == ""


def test_several_papers_make_a_short_title(workbook: Workbook, folder: Path) -> None:
    """Up to their colons, where that tells them apart; one paper has its whole title."""
    listed = folder / "lists" / "basics.csv"
    listed.write_text(listed.read_text().replace("Few-Shot Learners,https", "GPT: Few-Shot Learners,https"))
    book = Workbook(folder, workbook.clock)
    book.add_person("Ada Lovelace", role="facilitator")
    plan_session(book, SESSION, by=ADA, steps=[1])
    assert to_headline(report_of(book, SESSION)) == "GPT: Few-Shot Learners"
    plan_session(book, SESSION, by=ADA, steps=[1, 2])
    assert to_headline(report_of(book, SESSION)) == "GPT, and Tuned Models"


def test_a_moved_session_says_so(group: Workbook) -> None:
    """With the date that it was first set for."""
    plan_session(group, SESSION, by=ADA, steps=[1], start="2026-11-21T20:00")
    heading = ReportPage(report_of(group, SESSION)).heading()
    for shown in (heading.markdown, heading.html):
        assert "Sat 21 Nov 2026 · moved from 20 Nov" in shown


def test_a_wrong_setting_is_told_as_such(workbook: Workbook, folder: Path) -> None:
    """Not as a cell of the template that raised; nothing is left behind."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', 'syllabus = "basisc"'))
    with pytest.raises(CatalogueError, match="There is no list 'basisc'"):
        make_report_page(Workbook(folder, workbook.clock), SESSION)
    assert list(folder.rglob("report*")) == []


def test_a_question_says_what_became_of_it_when() -> None:
    """Here or later, by whom and with which work, where pages may name people."""
    asked = QuestionView(
        "80148", "0197", "Why?", "", "", "Bo", "2026-11-13", "answered", ("So.",), SESSION, "Ada", "Tuned Models"
    )
    assert to_state(asked, SESSION) == "Bo, from 13 Nov, answered by Ada with Tuned Models"
    assert to_state(asked, "2026-11-13") == "Bo, new, answered by Ada with Tuned Models on 20 Nov"
    open_now = msgspec.structs.replace(asked, asker="", state="open", closed="")
    assert to_state(open_now, SESSION) == "from 13 Nov"


def a_year(number: int) -> list[Week]:
    return [Week(f"2026-{place // 28 + 1:02}-{place % 28 + 1:02}", 12, place % 12, place % 3, place) for place in range(number)]


@pytest.mark.parametrize("number", [1, 2, 52])
def test_the_weeks_are_columns_within_their_picture(number: int) -> None:
    """A column a session, a hatched one on top for guests; the same weeks give the same bytes; the words have every number."""
    weeks = a_year(number)
    chart = attendance_chart(weeks)
    assert chart == attendance_chart(weeks)
    assert chart.count('class="there"') == number
    assert chart.count('class="more"') == sum(week.guests > 0 for week in weeks)
    columns = [element for tag, element in _Elements(chart).seen if tag == "rect" and element.get("class")]
    for one in columns:
        left, top, width, tall = (float(one[name] or 0) for name in ("x", "y", "width", "height"))
        assert left >= 30 and left + width <= 400 and top >= 18 and round(top + tall, 1) <= 138
    words = attendance_in_words(weeks)
    assert [int(found) for found in re.findall(r"\d+", words.split(": ")[1])] == [*(week.there for week in weeks), 12]
    assert covered_chart(weeks, 31).count('class="there"') == number
    assert covered_in_words(weeks, 31).endswith("of 31.")


def test_a_week_without_anyone_is_drawn(workbook: Workbook) -> None:
    """Neither a group without members nor an empty syllabus divides by nothing."""
    empty = [Week(SESSION, 0, 0, 0, 0)]
    assert "nan" not in attendance_chart(empty) + covered_chart(empty, 0)


def test_it_is_printed_to_pdf_by_a_chromium_of_the_machine(made: Path, tmp_path: Path, browser: Any) -> None:
    """A few pages with the report's words; without a network."""
    write_pdf(made / "report.html", tmp_path / "report.pdf")
    printed = (tmp_path / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert 1 <= len(re.findall(rb"/Type /Page\b(?!s)", printed)) <= 5


def test_without_a_chromium_it_says_what_to_do(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with one that cannot print, what that one said; nothing is left behind."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PageError, match="apt-get install chromium"):
        write_pdf(made / "report.html", tmp_path / "report.pdf")
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(PageError, match=r"could not print .*: no display"):
        write_pdf(made / "report.html", tmp_path / "report.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["chromium"]


def test_the_command_writes_all_forms_and_says_what_is_missing(group: Workbook, browser: Any) -> None:
    """Paths on standard output, the rest on standard error."""
    plan_session(group, SESSION, by=ADA, steps=[1])
    done = command("report", "--session", SESSION, "--pdf", cwd=group.folder)
    assert done.returncode == 0, done.stderr
    files = [Path(line) for line in done.stdout.splitlines()]
    assert [file.name for file in files] == ["report.ipynb", "report.html", "report.md", "report.pdf"]
    assert all(file.stat().st_size for file in files)
    assert "Still missing: No attendance is recorded" in done.stderr
