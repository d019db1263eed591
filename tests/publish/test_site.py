"""The static site: what is on it and what is not, that its links lead somewhere, and how its folder is kept."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pandas as pd
import pytest
from icalendar import Calendar

from studygroup.errors import CatalogueError, PageError, RecordError
from studygroup.group.settings import FILE
from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.meeting.published.list_titles import list_titles
from studygroup.publish.site.private import Private
from studygroup.publish.site.site import make_site
from studygroup.publish.site.site_folder import MANIFEST
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock, with_members, write_workbook
from tests.support.alone import EMBEDDED, alone, trouble_on
from tests.support.command_line import command
from tests.support.hostile_texts import HACK, HOSTILE, OUTSIDE

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
LAST, SESSION, NEXT = "2026-11-13", "2026-11-20", "2026-11-27"
ATOM = "{http://www.w3.org/2005/Atom}"


def set_to(book: Workbook, **settings: str) -> Workbook:
    """Return the workbook with some settings more, as TOML has them."""
    file = book.folder / FILE
    file.write_text(
        "".join(line for line in file.read_text().splitlines(keepends=True) if line.split(" = ")[0] not in settings)
    )
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    file.write_text(file.read_text().replace("[tool.studygroup]\n", f"[tool.studygroup]\n{lines}"))
    return Workbook(book.folder, book.clock)


def hold(book: Workbook, text: str = "Few *examples* are enough: $x^2$") -> None:
    """Hold the session of last week, at which everyone says ``text``, and plan the next ones."""
    plan_session(book, LAST, by=ADA, steps=[1], roles={"presenter": ZOE})
    for member, state in ((ADA, "present"), (BO, "late"), (ZOE, "absent")):
        book.enter("rsvp", by=member, session=LAST, member=member, answer="no", why=f"secret {text}")
        book.enter("attendance", by=ADA, session=LAST, member=member, state=state)
        book.enter("reading", by=ADA, session=LAST, member=member, item="few-shot", status="read")
    book.enter("rating", by=BO, session=LAST, member=BO, item="few-shot", rating=4)
    book.enter("summary", by=ZOE, session=LAST, member=ZOE, item="few-shot", big_idea=text, relevance=text, text=text)
    for role in ("recording", "slides", "further_reading"):
        label = " ".join(text.split())[:200]
        book.enter("material", by=ZOE, session=LAST, item="few-shot", label=label, url=f"https://example.org/{role}", role=role)
    asked = book.enter("question", by=BO, session=LAST, member=BO, item="few-shot", text=text)
    book.enter("question", by=BO, session=LAST, member=BO, text=text)
    book.enter("answer", by=ZOE, session=LAST, question=asked.id, member=ZOE, text=text)
    book.enter("note", by=ZOE, session=LAST, text=text)
    book.enter("note", by=ZOE, session=LAST, text=text, decision=True)
    book.enter("action", by=ZOE, session=LAST, text=text, owner=BO, due=date(2026, 11, 27))
    close_session(book, LAST, by=ADA)
    plan_session(book, SESSION, by=ADA, steps=[2])
    plan_session(book, NEXT, by=ADA, cancelled=True, why=text[:200])
    plan_session(book, "2026-12-04", by=ADA, steps=[3], start="2026-12-05T18:00")


class _Page(HTMLParser):
    """Collects a page's elements, its links and the ids in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"href", "src"}:
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def files_of(folder: Path) -> dict[str, str]:
    """Return a site's files that are text, by path."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths if path.name != MANIFEST}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small group's site, made once for the tests that only look at it."""
    book = with_members(Workbook(write_workbook(tmp_path_factory.mktemp("made") / "book"), Clock()))
    hold(book)
    return make_site(book).folder


def test_a_site_has_a_page_for_everything(site: Path) -> None:
    """Each item and each session on record, beside the pages of the whole group."""
    assert sorted(files_of(site)) == [
        "calendar.ics",
        "feed.xml",
        "index.html",
        "items/few-shot.html",
        "items/nolink.html",
        "items/talk.html",
        "items/tuned.html",
        "list.html",
        "progress.html",
        "questions.html",
        "search.js",
        "sessions/2026-11-13.html",
        "sessions/2026-11-20.html",
        "sessions/2026-11-27.html",
        "sessions/2026-12-04.html",
        "sessions/index.html",
        "style.css",
    ]


def test_an_items_page_has_all_about_it(site: Path) -> None:
    """Link, authors, why, summaries with math, questions, further reading, materials, and the session that read it."""
    page = _Page((site / "items" / "few-shot.html").read_text())
    for text in (
        "Few-Shot Learners",
        "Ann Lee, Bo Chen, Cy Diaz, Di Ek, Ed Fox · 2020 · paper",
        "It began prompting.",
        "A large model learns from examples.",
        "Read by 3 of 3",
        "Rated 4.0 of 5 on average",
        "Zoë O'Brien-李",
        "Recordings",
        "Slides",
        "Further reading",
        "Basics · 1",
        "Basics · 3",
        "2005.14165",
    ):
        assert text in page.text
    assert page.tags.count("math") == 5
    for link in ("https://arxiv.org/abs/2005.14165", "https://example.org/code", "https://example.org/slides"):
        assert link in page.links
    assert f"../sessions/{LAST}.html" in page.links
    assert "../sessions/2026-12-04.html" in page.links


def test_the_list_says_what_was_read_and_what_comes(site: Path) -> None:
    """An entry a row, in the list's order, under its section."""
    text = (site / "list.html").read_text()
    assert re.findall(r'<li data-status="(\w*)">', text) == ["read", "next", "planned", "", ""]
    assert "1 of 5 finished." in text


def test_pages_name_only_who_may_be_named(group: Workbook) -> None:
    """Who read, came and asked is counted, unless the settings say that pages name them; no reason of an absence is anywhere."""
    hold(group)
    make_site(group, group.folder / "public")
    closed = files_of(group.folder / "public")
    book = set_to(group, show_reader_names="true")
    made = make_site(book, group.folder / "named")
    named = files_of(group.folder / "named")
    assert [path for path, text in closed.items() if "Ada Lovelace" in text] == []
    # Bo has an action, which is open; one of the authors has the same name.
    assert {path for path, text in closed.items() if re.search(r"\bBo\b(?! Chen)", text)} == {
        "feed.xml",
        *(f"sessions/{one}.html" for one in (LAST, SESSION, "2026-12-04")),
    }
    assert "Ada Lovelace" in named["progress.html"]
    assert "asked by Bo" in named["questions.html"]
    assert made.names == ("Ada Lovelace", "Bo", "Zoë O'Brien-李")
    for text in (*closed.values(), *named.values()):
        assert "secret" not in text
        assert "meet.example.org" not in text


def test_the_meeting_link_is_published_where_the_settings_say_so(group: Workbook) -> None:
    """On the first page, the agenda and in the calendar."""
    files = files_of(make_site(set_to(group, publish_meeting_link="true")).folder)
    assert {path for path, text in files.items() if "https://meet.example.org/papers" in text} == {
        "index.html",
        f"sessions/{SESSION}.html",
        "calendar.ics",
    }


def first_page(book: Workbook) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the first page's headings, and its links to sessions with their words, in order."""
    made = make_site(book).folder / "index.html"
    text = re.sub(r"\s+", " ", made.read_text())
    links = re.findall(r'<a href="sessions/(2[^"]*)\.html">(.*?)</a>', text)
    return re.findall(r"<h2>(.*?)</h2>", text), links


@pytest.mark.slow
def test_the_first_page_calls_a_session_one_thing_at_each_time(group: Workbook, clock: Clock) -> None:
    """Before it begins it is the next, under way today's, and afterwards one of the last; its link says what it opens."""
    day = "Friday 20 November 2026"
    plan_session(group, SESSION, by=ADA, steps=[1])
    assert first_page(group) == (["Next session", "How to join"], [(SESSION, day), (SESSION, "The whole agenda")])
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    begun = ["Today’s session", "How to join"], [(SESSION, day), (SESSION, "The report so far")]
    assert first_page(group) == begun
    group.enter("attendance", by=ADA, session=SESSION, member=BO, state="present")
    assert first_page(group) == begun
    close_session(group, SESSION, by=ADA)
    assert first_page(group) == (["Today’s session", "How to join"], [(SESSION, day), (SESSION, "The report")])
    clock.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert first_page(group) == (
        ["Next session", "How to join", "Recent sessions"],
        [(NEXT, "Friday 27 November 2026"), (NEXT, "The whole agenda"), (SESSION, day)],
    )


def test_a_session_closed_ahead_of_its_time_is_still_the_next_one(group: Workbook) -> None:
    """It is not today's before it begins; its page is a report already, and the link says so."""
    close_session(group, SESSION, by=ADA)
    headings, links = first_page(group)
    assert headings == ["Next session", "How to join"]
    assert links[1:] == [(SESSION, "The report")]


def test_the_first_page_without_an_agenda_or_a_session_held(group: Workbook, clock: Clock) -> None:
    """A session that was never planned has an agenda, and once it is over without a record it is none of the last."""
    assert first_page(group)[1][1] == (SESSION, "The whole agenda")
    clock.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    headings, links = first_page(group)
    assert headings == ["Next session", "How to join"]
    assert {session for session, _ in links} == {NEXT}


def test_the_first_page_passes_over_a_cancelled_session(group: Workbook) -> None:
    """The next one that takes place is there, and the cancelled one's page has no agenda."""
    plan_session(group, SESSION, by=ADA, cancelled=True, why="Holiday")
    headings, links = first_page(group)
    assert headings[0].startswith("Next session")
    assert [words for _, words in links] in (
        ["Friday 27 November 2026", "The whole agenda"],
        ["Friday 20 November 2026", "About this session"],
    )
    assert "Holiday" in (group.folder / "site" / "sessions" / f"{SESSION}.html").read_text()
    listed = (group.folder / "site" / "sessions" / "index.html").read_text()
    assert re.findall(r"<h2>(.*?)</h2>", listed) == ["Coming up"]


def test_a_moved_session_has_its_new_day_on_the_first_page(group: Workbook, clock: Clock) -> None:
    """On the day it was first set for it is neither today's nor one of the last."""
    plan_session(group, SESSION, by=ADA, steps=[1], start="2026-11-22T18:00")
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    sunday = "Sunday 22 November 2026"
    assert first_page(group) == (["Next session", "How to join"], [(SESSION, sunday), (SESSION, "The whole agenda")])
    clock.now = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)
    assert first_page(group) == (["Today’s session", "How to join"], [(SESSION, sunday), (SESSION, "The report so far")])


@pytest.mark.slow
def test_two_sessions_on_one_day_are_told_apart(group: Workbook, clock: Clock) -> None:
    """One is the next or today's, the other one of the last, and wherever sessions are listed each has its time."""
    plan_session(group, SESSION, by=ADA, steps=[1])
    plan_session(group, NEXT, by=ADA, steps=[2], start="2026-11-20T18:00")
    assert first_page(group)[1][1] == (NEXT, "The whole agenda")
    clock.now = datetime(2026, 11, 20, 18, 5, tzinfo=UTC)
    group.enter("attendance", by=ADA, session=NEXT, member=BO, state="present")
    assert first_page(group)[1][1:] == [(NEXT, "The report so far")]
    clock.now = datetime(2026, 11, 20, 20, tzinfo=UTC)
    headings, links = first_page(group)
    assert headings == ["Next session", "How to join", "Recent sessions"]
    assert links[1:] == [(SESSION, "The whole agenda"), (NEXT, "Friday 20 November 2026, 18:00")]
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    headings, links = first_page(group)
    assert headings == ["Today’s session", "How to join", "Recent sessions"]
    assert links[1:] == [(SESSION, "The report so far"), (NEXT, "Friday 20 November 2026, 18:00")]
    listed = (group.folder / "site" / "sessions" / "index.html").read_text()
    assert re.findall(r"<h2>(.*?)</h2>", listed) == ["Today", "Past"]
    assert re.findall(r">(Friday 20 [^<]*)<", listed) == ["Friday 20 November 2026, 23:00", "Friday 20 November 2026, 18:00"]


def test_summaries_stay_back_until_a_session_begins_to_read(group: Workbook, clock: Clock) -> None:
    """Also of what no one planned; they are counted. Where the settings say so, they are shown at once."""
    plan_session(group, SESSION, by=ADA, steps=[1])
    for item in ("few-shot", "talk"):
        group.enter("summary", by=BO, member=BO, item=item, big_idea=f"the idea of {item}")

    def shown(book: Workbook) -> tuple[set[str], int]:
        made = make_site(book)
        return {path for path, text in files_of(made.folder).items() if "the idea of" in text}, made.kept_back

    assert shown(group) == (set(), 2)
    assert "1 summary written" in (group.folder / "site" / "items" / "few-shot.html").read_text()
    clock.now += timedelta(hours=11, minutes=1)
    began = {"items/few-shot.html", f"sessions/{SESSION}.html"}
    assert shown(group) == (began, 1)
    assert shown(set_to(group, blind_summaries="false")) == (began | {"items/talk.html"}, 0)


def test_addresses_of_people_are_cut_wherever_someone_typed_one(group: Workbook) -> None:
    """E-mail addresses, invite links and the meeting's; those in the settings' own texts stay."""
    book = set_to(group, how_to_join='"Write to club@example.org."')
    links = "http://127.0.0.1:8321/join#ab.c-d [here](mailto:zoe@example.org) [there](https://meet.example.org/papers?a=1&b=2)"
    hold(book, f"Ask bo@example.org, <bo&#64;example.org> or {links} https://meet.example.org/papers")
    files = files_of(make_site(book).folder)
    for path, text in files.items():
        text = text.replace("\r\n ", "")
        assert not re.search(r"(?:bo|zoe)(?:@|%40|&#64;)example|join#|mailto:[^c]|meet\.example", text), path
    assert "club@example.org" in files["index.html"]
    assert "[address left out]" in files["calendar.ics"].replace("\r\n ", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://medium.com/@ann.lee.org/x", None),
        ("https://cdn.example.org/p@1.2.min.js", None),
        ("x@y and a@b.c", None),
        ("zoë.li@exämple.org!", "[address left out]!"),
        ('<a href="mailto:a%40b.org" rel="noopener">write</a>', "write"),
        ("http://h/join#t0ken.", "[address left out]"),
        ("a\x00b\x1b", "a�b�"),
        ("https://meet.example/r?a=1&amp;b=2#x, https://meet.example/", "[address left out] https://meet.example/"),
    ],
)
def test_only_private_addresses_are_cut(text: str, expected: str | None) -> None:
    """Those of people, in any form; an at sign alone is none."""
    assert Private(set(), "https://meet.example/r?a=1&b=2").without(text) == (text if expected is None else expected)


def test_every_link_leads_somewhere(site: Path) -> None:
    """Within the site all are relative and there, with their anchors; each page has one style, one script at most, and ids once."""
    pages = {path: _Page(text) for path, text in files_of(site).items() if path.endswith(".html")}
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), path
        for link in page.links:
            if link.startswith(("https://", "data:")):
                continue
            target, _, anchor = link.partition("#")
            assert ":" not in target and not target.startswith("/"), (path, link)
            there = (site / path).parent.joinpath(unquote(target)) if target else site / path
            assert there.is_file() and there.resolve().is_relative_to(site.resolve()), (path, link)
            if anchor:
                assert anchor in pages[there.resolve().relative_to(site.resolve()).as_posix()].ids, (path, link)


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """The site served under a path, as a host of many projects would."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def translate_path(self, path: str) -> str:
            assert path.startswith("/some/group/"), path
            return super().translate_path(path.removeprefix("/some/group"))

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/some/group/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("where", "width"), [("disk", 1200), ("disk", 375), ("host", 1200)])
def test_a_browser_opens_every_page(site: Path, address: str, browser: Any, where: str, width: int) -> None:
    """From disk and from a host under a path: styled, nothing asked of others, nothing in the console, no sideways scrolling."""
    base = f"{site.as_uri()}/" if where == "disk" else address
    with alone(browser, width, base) as window:
        for path in sorted(files_of(site)):
            if path.endswith(".html"):
                tab = window.open(f"{base}{path}")
                assert tab.locator(".bar").evaluate("bar => getComputedStyle(bar).display") == "flex", path
        assert window.wrong == []


def test_the_list_is_searched_while_one_types(site: Path, browser: Any) -> None:
    """By words in any order, of titles, authors and sections, without accents, and by what was read; told to screen readers."""
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.goto((site / "list.html").as_uri())

    def found(words: str, status: str = "") -> list[str]:
        tab.get_by_label("Search").fill(words)
        tab.get_by_label("Show").select_option(status)
        titles = tab.locator(".rows > li:visible > div > p:first-child")
        return [title.strip() for title in titles.all_inner_texts()]

    everything = found("")
    assert len(everything) == 5
    assert found("LEARNERS fèw") == [row for row in everything if "Few-Shot" in row]
    assert found("ann lee") == [everything[0], everything[4]]
    assert found("later tuned") == []
    assert tab.get_by_role("status").inner_text() == "No matches. Try a shorter word."
    assert found("", "read") == everything[:1]
    assert found("", "coming") == everything[1:3]
    assert tab.get_by_role("status").inner_text() == "2 found"
    assert found("") == everything
    context.close()


def test_past_sessions_and_questions_are_searched_as_well(site: Path, browser: Any) -> None:
    """By what was read, by day and by what is said of them; a part without matches goes."""
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.goto((site / "sessions" / "index.html").as_uri())
    assert tab.locator(".lines > li:visible").count() == 4
    tab.get_by_label("Search").fill("13 november FEW")
    assert tab.locator(".lines > li:visible a").all_inner_texts() == ["Friday 13 November 2026"]
    assert tab.get_by_role("heading", level=2).all_inner_texts() == ["Past"]
    assert tab.get_by_role("status").inner_text() == "1 found"
    tab.goto((site / "questions.html").as_uri())
    tab.get_by_label("Search").fill("zebra")
    assert tab.locator(".questions > li:visible").count() == 0
    assert tab.get_by_role("status").inner_text() == "No matches. Try a shorter word."
    context.close()


def test_a_season_is_one_picture(group: Workbook, browser: Any) -> None:
    """Attendance with guests, reading and ratings, a column a session, in the page's colours, readable at 320 px and without colour."""
    weeks = ["2026-10-30", "2026-11-06", LAST]
    for number, week in enumerate(weeks):
        plan_session(group, week, by=ADA, steps=[number + 1])
        for member in (ADA, BO, ZOE)[: number + 1]:
            group.enter("attendance", by=ADA, session=week, member=member, state="present")
    group.enter("person", by=ADA, member="cy", name="Cy", guest=True)
    group.enter("attendance", by=ADA, session=LAST, member="cy", state="present")
    group.enter("reading", by=BO, session=LAST, member=BO, item="few-shot", status="read")
    group.enter("rating", by=BO, session=LAST, member=BO, item="few-shot", rating=4)
    made = make_site(group)
    context = browser.new_context(viewport={"width": 320, "height": 800}, color_scheme="dark")
    tab = context.new_page()
    tab.goto((made.folder / "progress.html").as_uri())
    assert tab.locator(".season p").first.inner_text() == "3 sessions, 30 Oct to 13 Nov 2026."
    charts = tab.locator(".season svg")
    words = charts.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert words[0] == "Attendance by session: 1, 2 and 3; at most 3. Guests: 0, 0 and 1."
    assert words[1].startswith("Reading by session: ")
    assert words[2].startswith("Ratings by session: ")
    assert charts.first.locator("rect").count() == 4
    assert tab.locator("img").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth") == 320
    accent = tab.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')").strip()
    fill = charts.first.locator(".there").first.evaluate("one => getComputedStyle(one).fill")
    assert fill == f"rgb({int(accent[1:3], 16)}, {int(accent[3:5], 16)}, {int(accent[5:], 16)})"
    context.close()


def test_lists_are_called_by_their_titles() -> None:
    """The heading above all entries; else the short name in words, and no two lists the same."""

    def listed(*sections: str) -> pd.DataFrame:
        return pd.DataFrame({"section": list(sections)})

    found = list_titles(
        {
            "llm-powerhouse": listed("Papers", "Tools"),
            "week": listed("A reading list > One", "A reading list > Two"),
            "one": listed("Papers > One", "Papers > Two"),
            "nlp_other": listed("Papers > A", "Papers > B"),
            "empty": listed(),
        }
    )
    assert found == {
        "llm-powerhouse": "LLM powerhouse",
        "week": "A reading list",
        "one": "One",
        "nlp_other": "NLP other",
        "empty": "Empty",
    }


def test_it_is_all_there_without_scripts(site: Path, browser: Any) -> None:
    """The list is whole, and no search box is there that would do nothing."""
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto((site / "list.html").as_uri())
    assert tab.locator(".rows > li").count() == 5
    assert not tab.get_by_label("Search").is_visible()
    context.close()


def test_hostile_texts_stay_texts(group: Workbook, browser: Any) -> None:
    """All forty everywhere a person can type, titles and settings too: none runs, loads, escapes or breaks a page, the feed or the calendar."""
    everything = "\n\n".join(HOSTILE)
    title = " ".join(everything.split()).replace('"', '""')
    catalogue = group.folder / "catalogue.csv"
    catalogue.write_text(
        catalogue.read_text()
        .replace("Few-Shot Learners,paper", f'"{title}",paper')
        .replace("It began prompting.", f'"{title}"')
    )
    listed = group.folder / "lists" / "basics.csv"
    listed.write_text(listed.read_text().replace("Basics > Later", f'"{title}"').replace(",Several Papers,", f',"{title}",'))
    book = set_to(group, how_to_join=json.dumps(everything), description=json.dumps(" ".join(everything.split())))
    hold(book, everything)
    for text in HOSTILE:
        with suppress(RecordError):  # a label is one line of letters that show
            book.enter("material", by=ZOE, session=LAST, item="few-shot", label=text, url="https://a.example", role="slides")
    made = make_site(book)
    pages = sorted(path for path in made.titles if path.endswith(".html"))
    context = browser.new_context(viewport={"width": 375, "height": 800})
    tab = context.new_page()
    trouble = trouble_on(tab)
    for path in pages:
        tab.goto((made.folder / path).as_uri())
        assert "hacked" not in tab.title() or HACK in tab.title(), path
        assert tab.locator(EMBEDDED).count() == 0, path
        assert tab.locator("script").count() == (path in {"list.html", "questions.html", "sessions/index.html"}), path
        assert tab.locator("footer").is_visible(), path
        assert tab.evaluate("document.documentElement.scrollWidth") == 375, path
        hrefs = tab.locator("a").evaluate_all("links => links.map(link => link.href)")
        assert not [href for href in hrefs if re.match(r"(?i)\s*(javascript|data|vbscript):", href)], path
    assert trouble == []
    context.close()
    text = (made.folder / "items" / "few-shot.html").read_text()
    assert _Page(text).text.count("Zoë O'Brien-李 said") >= 8
    feed = ElementTree.fromstring((made.folder / "feed.xml").read_bytes())
    content = feed.findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert not set(_Page(content).tags) & {"script", "img", "iframe", "svg", "style", "form", "base", "meta", "link"}
    assert len(Calendar.from_ical((made.folder / "calendar.ics").read_bytes()).walk("VEVENT")) > 25
    assert not [link for link in _Page(content).links if OUTSIDE in link and not link.startswith("https://")]


def test_the_feed_is_atom_with_an_entry_a_report(group: Workbook) -> None:
    """Ids stay, times are of the last change, content is whole; addresses are the site's own, where the settings have one."""
    hold(group)
    plain = ElementTree.fromstring((make_site(group).folder / "feed.xml").read_bytes())
    book = set_to(group, site_address='"https://a.example/b"')
    feed = ElementTree.fromstring((make_site(book).folder / "feed.xml").read_bytes())
    [entry] = feed.findall(f"{ATOM}entry")
    for element in (feed, entry):
        for name in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{name}")
    assert plain.findtext(f"{ATOM}entry/{ATOM}id") == entry.findtext(f"{ATOM}id")
    assert entry.findtext(f"{ATOM}title") == "Fri 13 Nov 2026: Few-Shot Learners"
    assert entry.findtext(f"{ATOM}updated") == "2026-11-20T12:00:00Z"
    assert entry.findtext(f"{ATOM}published") == "2026-11-13T23:00:00Z"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}base") == "https://a.example/b/"
    assert [link.get("href") for link in entry.findall(f"{ATOM}link")] == [f"sessions/{LAST}.html"]
    content = _Page(entry.findtext(f"{ATOM}content") or "")
    assert "Few examples are enough" in content.text and "math" in content.tags
    assert [link for link in content.links if not link.startswith("https://")] == []


@pytest.mark.slow
def test_the_same_workbook_gives_the_same_files_and_writes_none_again(group: Workbook) -> None:
    """A file that would come out the same keeps its date; only what changed is written."""
    hold(group)
    first = make_site(group)
    before = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*") if path.is_file()}
    again = make_site(Workbook(group.folder, group.clock))
    assert (again.changes.written, len(again.changes.unchanged)) == ((), len(first.changes.written))
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*") if path.is_file()} == before
    group.enter("question", by=BO, session=LAST, member=BO, item="talk", text="Why?")
    assert {"items/talk.html", "questions.html"} < set(make_site(group).changes.written)
    assert "items/tuned.html" not in make_site(group).changes.written


def test_what_is_no_longer_published_goes_and_nothing_else(group: Workbook) -> None:
    """Not what the site never made, nor what someone changed; both are told."""
    folder = make_site(group).folder
    for name in ("talk", "tuned"):
        assert (folder / "items" / f"{name}.html").is_file()
    (folder / "items" / "tuned.html").write_text("by hand")
    (folder / "CNAME").write_text("papers.example.org")
    (folder / "items" / "mine.html").write_text("mine")
    catalogue = group.folder / "catalogue.csv"
    lines = catalogue.read_text().splitlines()
    catalogue.write_text("\n".join(line for line in lines if not line.startswith(("tuned,", "talk,"))) + "\n")
    changes = make_site(Workbook(group.folder, group.clock)).changes
    assert (changes.removed, changes.edited) == (("items/talk.html",), ("items/tuned.html",))
    assert changes.foreign == ("CNAME", "items/mine.html")
    assert not (folder / "items" / "talk.html").exists()
    assert (folder / "items" / "tuned.html").read_text() == "by hand"
    assert (folder / "CNAME").read_text() == "papers.example.org"


def test_no_ones_file_is_written_over(group: Workbook) -> None:
    """Where a page belongs and something else stands, nothing at all is written."""
    folder = group.folder / "public"
    folder.mkdir()
    (folder / "index.html").write_text("mine")
    with pytest.raises(PageError, match=r"index\.html was not made by `studygroup site`; nothing was written"):
        make_site(group, folder)
    assert [path.name for path in folder.iterdir()] == ["index.html"]


def test_a_list_of_made_files_cannot_lead_elsewhere(group: Workbook) -> None:
    """Whatever the folder's own list names, only pages of the site's shape are ever removed, and no link is followed."""
    folder = make_site(group).folder
    secret = group.folder / "secret.html"
    secret.write_text("keep")
    digest = json.loads((folder / MANIFEST).read_text())["files"]["index.html"]
    (folder / MANIFEST).write_text(
        json.dumps({"files": {"../secret.html": digest, "../catalogue.csv": digest, "x/../../a": 1}})
    )
    make_site(group)
    assert secret.read_text() == "keep"
    assert (group.folder / "catalogue.csv").exists()
    for path in (folder / "items").iterdir():
        path.unlink()
    (folder / "items").rmdir()
    (folder / "items").symlink_to(group.folder / "sessions")
    with pytest.raises(PageError, match="is a symbolic link"):
        make_site(group)


@pytest.mark.parametrize("where", [".", "sessions", "sessions/site", "lists", "..", "catalogue.csv"])
def test_the_workbooks_own_folders_are_refused(group: Workbook, where: str) -> None:
    """The site would stand among what people entered."""
    before = sorted(group.folder.rglob("*"))
    with pytest.raises(PageError, match="give the site a folder of its own"):
        make_site(group, group.folder / where)
    assert sorted(group.folder.rglob("*")) == before


def test_an_item_that_no_page_can_be_named_after_is_told(group: Workbook) -> None:
    """An id that would be a path never becomes one."""
    catalogue = group.folder / "catalogue.csv"
    catalogue.write_text(catalogue.read_text().replace("nolink,", "../../up,"))
    with pytest.raises(CatalogueError, match=r"\.\./\.\./up"):
        make_site(Workbook(group.folder, group.clock))


def test_a_group_without_anything_has_a_site(workbook: Workbook) -> None:
    """No list, no member, no session on record: every page says so, and leads somewhere."""
    (workbook.folder / "catalogue.csv").write_text(workbook.folder.joinpath("catalogue.csv").read_text().split("\n")[0] + "\n")
    (workbook.folder / "lists" / "basics.csv").unlink()
    file = workbook.folder / FILE
    file.write_text(file.read_text().replace('syllabus = "basics"\n', ""))
    folder = make_site(Workbook(workbook.folder, workbook.clock)).folder
    files = files_of(folder)
    assert "No reading list yet." in files["list.html"]
    assert "No questions yet." in files["questions.html"]
    assert "Not chosen yet." in files["index.html"]
    for path in files:
        for link in _Page(files[path]).links if path.endswith(".html") else []:
            assert link.startswith(("data:", "#")) or (folder / path).parent.joinpath(link).is_file()


@pytest.mark.slow
def test_the_command_lists_what_would_be_published(group: Workbook) -> None:
    """A dry run writes nothing and says which pages, whose names and what stays back; the real one says where the site is."""
    hold(group)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        done = command("site", *words, cwd=group.folder)
        assert done.returncode == 0, done.stderr
        return done

    dry = run("--dry-run", "--out", "public")
    assert "items/few-shot.html\tFew-Shot Learners\n" in dry.stdout
    assert "People named on them: Bo and Zoë O'Brien-李." in dry.stderr
    assert "files would be written" in dry.stderr
    assert not (group.folder / "public").exists()
    done = run("--out", "public")
    assert done.stdout.strip() == str(Path("public") / "index.html")
    (group.folder / "public" / "CNAME").write_text("x")
    assert "Not made by the site, and left alone: CNAME." in run("--out", "public").stderr
    found = json.loads(run("--out", "public", "--json").stdout)
    assert found["changes"]["written"] == []
    assert found["changes"]["foreign"] == ["CNAME"]


def test_the_notebook_says_what_is_published_and_makes_it(group: Workbook) -> None:
    """A click lists the pages and writes nothing, another makes them; what is wrong is told in a sentence."""
    from studygroup.forms.kit.form_context import FormContext
    from studygroup.forms.outgoing.publishing import SiteForm

    hold(group)
    form = SiteForm(FormContext(group, ADA))
    form.look.button.click()
    assert "items/few-shot.html: Few-Shot Learners" in form.listed.value
    assert "People named on them: Bo and Zoë O&#x27;Brien-李." in form.receipt.said.value
    assert not (group.folder / "site").exists()
    form.make.click()
    assert "0 unchanged, 0 removed. Open site/index.html in a browser." in form.receipt.said.value
    (group.folder / "site" / ".studygroup-site.json").unlink()
    (group.folder / "site" / "index.html").write_text("mine")
    form.make.click()
    assert "was not made by `studygroup site`" in form.receipt.said.value
    assert not form.make.disabled
