"""A season, played through public functions: what comes out is what was entered, and nothing of it runs."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.season import FIRST, HOLIDAYS, WEEKS, Season
from studygroup.meeting.calendar import to_calendar
from studygroup.publish.report_all import make_all_reports
from tests.hostile_texts import HOSTILE, OUTSIDE


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Season:
    """Thirteen sessions held and one cancelled, with every agenda and report made."""
    played = Season(tmp_path_factory.mktemp("season") / "book")
    played.play()
    reports = make_all_reports(played.book)
    assert reports.failed == {}
    return played


def marks(text: str, kinds: str) -> Counter[str]:
    """Return how often each mark of some kinds stands in a text."""
    return Counter(re.findall(rf"(?<!answer to )\b[{kinds}]\d{{5}}\b", text))


def page(season: Season, session: str, name: str) -> str:
    return (season.folder / "sessions" / session / name).read_text()


def test_it_is_a_whole_season(season: Season) -> None:
    """Each session but the cancelled one was held, none on a holiday, and each has its pages."""
    told = season.told
    assert (len(told.held), len(told.cancelled)) == (WEEKS - 1, 1)
    assert not {str(day) for day in HOLIDAYS} & set(told.held)
    assert len(HOSTILE) == 40
    for session in told.held:
        assert {f"{name}.{ending}" for name in ("agenda", "report") for ending in ("html", "ipynb", "md")} <= {
            path.name for path in (season.folder / "sessions" / session).iterdir()
        }


@pytest.mark.parametrize("ending", ["md", "html"])
def test_a_report_holds_what_was_entered_for_its_session_once(season: Season, ending: str) -> None:
    """Summaries of what it read, its notes, decisions and actions; nobody else's."""
    told = season.told
    for session in told.held:
        text = page(season, session, f"report.{ending}")
        mine = {mark for mark, (_, item) in told.summaries.items() if item in told.read[session]}
        assert marks(text, "u") == Counter(mine), session
        assert marks(text, "nd") == Counter(mark for mark, where in told.notes.items() if where == session), session
        found = marks(text, "a")
        assert {mark: found[mark] for mark, where in told.actions.items() if where == session} == {
            mark: 1 for mark, where in told.actions.items() if where == session
        }
        assert all(told.actions[mark] <= session and count == 1 for mark, count in found.items()), session


def test_an_agenda_carries_the_questions_that_are_open(season: Season) -> None:
    """Each once, up to a dozen; answered ones no longer."""
    for session in season.told.held:
        text = page(season, session, "agenda.md")
        found, open_ = marks(text, "q"), season.told.carried[session]
        assert set(found) <= open_
        assert set(found.values()) <= {1}
        assert len(found) == min(12, len(open_))


def test_questions_are_in_the_report_of_the_session_that_asked_or_answered_them(season: Season) -> None:
    """None is lost: each stands where it was asked, and where it was answered."""
    told = season.told
    for mark, session in told.questions.items():
        assert marks(page(season, session, "report.html"), "q")[mark] == 1
    for mark, session in told.answers.items():
        assert marks(page(season, session, "report.html"), "q")[mark] == 1


def test_attendance_is_counted_as_it_was_entered(season: Season) -> None:
    """Members and guests apart."""
    from studygroup.meeting.report import report_of

    for session in season.told.held:
        turnout = report_of(season.book, session).turnout
        assert (turnout.there, turnout.guests) == (season.told.present[session], season.told.guests[session])


def test_reasons_are_on_no_page(season: Season) -> None:
    """What only facilitators may read stands in the records alone."""
    assert len(season.told.secrets) > 5
    found = [
        path
        for path in (season.folder / "sessions").rglob("*")
        if path.suffix in {".html", ".md", ".ipynb"} and marks(path.read_text(), "s")
    ]
    assert found == []


def test_the_calendar_has_every_session_as_it_is(season: Season) -> None:
    """The cancelled one says so, the moved one is where it was moved to."""
    sessions = season.book.schedule.between(FIRST, FIRST + timedelta(weeks=WEEKS + len(HOLIDAYS)), cancelled=True)
    text = to_calendar(season.book, sessions).decode()
    assert text.count("BEGIN:VEVENT") == len(sessions)
    assert text.count("STATUS:CANCELLED") == 1
    assert f"DTSTART:{season.told.cancelled[0].replace('-', '')}T230000Z" in text
    moved = next(session for session in sessions if session.moved)
    assert f"DTSTART:{moved.start:%Y%m%dT%H%M%SZ}" in text


def test_nothing_runs_loads_or_breaks_in_a_browser(season: Season, browser: Any) -> None:
    """Every page of the season, opened with scripts allowed: the title stays, nobody outside is asked, the text is all there."""
    context = browser.new_context()
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url) if not request.url.startswith(("file:", "data:")) else None)
    tab.on("dialog", lambda dialog: asked.append(dialog.message))
    pages = sorted((season.folder / "sessions").rglob("*.html"))
    assert len(pages) == 2 * len(season.told.held)
    for path in pages:
        tab.goto(Path(path).as_uri())
        assert "hacked" not in tab.title()
        assert tab.locator("script, iframe, object, form, base, link:not([href='data:,'])").count() == 0
        assert tab.locator("main, body").first.evaluate("body => getComputedStyle(body).display") != "none"
        shown = tab.locator("body").inner_text()
        assert set(marks(path.read_text(), "undaq")) <= set(re.findall(r"[undaq]\d{5}", shown)), path
    assert asked == []
    assert OUTSIDE not in " ".join(asked)
    context.close()
