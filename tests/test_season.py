"""A season, played through public functions: what comes out is what was entered, and nothing of it runs."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.season import FIRST, HOLIDAYS, WEEKS, DueRuns, Season
from studygroup.journal.types.records import Action, Plan, Reply, Swap, Turn
from studygroup.meeting.before.attention import attention
from studygroup.meeting.before.calendar import to_calendar
from studygroup.meeting.choose.ballots import ballots
from studygroup.meeting.choose.surveys import surveys
from studygroup.meeting.facts.deliveries import deliveries_of
from studygroup.publish.pages.report_all import make_all_reports
from studygroup.publish.site.site import make_site
from tests.support.hostile_texts import HOSTILE, OUTSIDE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Season:
    """Thirteen sessions held and one cancelled, with every agenda and report made, and the site."""
    played = Season(tmp_path_factory.mktemp("season") / "book")
    played.play()
    reports = make_all_reports(played.book)
    assert reports.failed == {}
    make_site(played.book)
    return played


def marks(text: str, kinds: str) -> Counter[str]:
    """Return how often each mark of some kinds is in a text."""
    return Counter(re.findall(rf"(?<!answer to )\b[{kinds}]\d{{5}}\b", text))


RECALL = re.compile(r"^## Do you remember\?.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
"""What an agenda opens with, and the answers at its end."""


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
    """Summaries of what it read, its notes, decisions and actions; no one else's."""
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


def test_what_members_say_to_each_other_is_in_the_report_once(season: Season) -> None:
    """Answers to the session's own question below it, replies below their summary; feedback is on no page, and in no report."""
    talked = season.talk.told
    for session in season.told.held:
        text = page(season, session, "report.html")
        assert marks(text, "g") == Counter(mark for mark, where in talked.guides.items() if where == session), session
        assert marks(text, "p") == Counter(mark for mark, where in talked.responses.items() if where == session), session
        stays = set(season.told.read[session])
        found = marks(text, "r")
        assert set(found.values()) <= {1}
        assert {talked.replies[mark] for mark in found} <= stays
    assert talked.replies and talked.feedback
    made = [path for folder in ("sessions", "site") for path in (season.folder / folder).rglob("*")]
    assert [path for path in made if path.suffix in {".html", ".md", ".ipynb", ".xml"} and marks(path.read_text(), "f")] == []


def test_a_place_a_link_and_a_note_of_its_own_are_where_people_look_for_them(season: Season) -> None:
    """On the agenda and in the calendar of that session, and of no other one."""
    places = season.talk.told.places
    assert 2 < len(set(places.values())) < WEEKS - 1
    entries = {}
    for session in season.told.held:
        mine = Counter(mark for mark, where in places.items() if where == session)
        entry = to_calendar(season.book, [season.book.schedule.find(session)]).decode().replace("\r\n ", "")
        for text in (page(season, session, "agenda.md"), page(season, session, "agenda.html"), entry):
            assert set(marks(text, "l")) == set(mine), session
        entries[session] = f"https://meet.example.org/{session}" in entry
    assert {session for session, own in entries.items() if own} == set(places.values())


def test_every_type_of_choosing_and_talking_is_played(season: Season) -> None:
    """Whatever members decide together, and all that one session has of its own."""
    played = {record.type for record in season.book.journal.records}
    assert played >= {
        *{"proposal", "second", "ballot", "vote", "result", "turn", "swap", "away", "survey", "availability"},
        *{"guide", "response", "reply", "pace", "feedback"},
    }
    swaps = [record for record in season.book.journal.records if isinstance(record, Swap) and record.to]
    assert {bool(one.for_role) for one in swaps} == {True, False}


def test_an_agenda_has_minutes_that_add_up_and_questions_by_how_many_want_them(season: Season) -> None:
    """Pinned parts have their minutes; what more members want answered never comes after what fewer do."""
    for session in season.told.held:
        text = page(season, session, "agenda.md")
        minutes = {
            title: int(number)
            for title, number in re.findall(r"^\| \d\d:\d\d \| \*\*(.+?)\*\*.* \| (\d+) \|$", text, re.MULTILINE)
        }
        assert sum(minutes.values()) == 90, session
        assert minutes["Close"] == season.talk.told.pinned.get(session, minutes["Close"])
        listed = re.findall(r"^- .*\(2?\d .*Q\d+\)$", text, re.MULTILINE)
        wanted = [
            int(found[1]) if (found := re.search(r", (\d+) more wants? to know; Q\d+\)$", line)) else 0 for line in listed
        ]
        assert wanted == sorted(wanted, reverse=True), session


def test_an_agenda_carries_the_questions_that_are_open(season: Season) -> None:
    """Each once, up to a dozen; answered ones no longer."""
    for session in season.told.held:
        text = RECALL.sub("", page(season, session, "agenda.md"))
        found, open_ = marks(text, "q"), season.told.carried[session]
        assert set(found) <= open_
        assert set(found.values()) <= {1}
        assert len(found) == min(12, len(open_))


def test_an_agenda_opens_with_what_earlier_sessions_made_of_their_papers(season: Season) -> None:
    """Answered questions and big ideas of weeks before; none in the first three, and never the same in two agendas in a row."""
    told, before = season.told, set[str]()
    for number, session in enumerate(told.held):
        sections = RECALL.findall(page(season, session, "agenda.md"))
        asked = set(marks("".join(sections), "qu"))
        assert asked <= told.answers.keys() | told.summaries.keys()
        assert len(sections) == (0 if number < 3 else 2), session
        assert not asked & before
        before = asked
    assert before


def test_questions_are_in_the_report_of_the_session_that_asked_or_answered_them(season: Season) -> None:
    """None is lost: each stands where it was asked, and where it was answered."""
    told = season.told
    for mark, session in told.questions.items():
        assert marks(page(season, session, "report.html"), "q")[mark] == 1
    for mark, session in told.answers.items():
        assert marks(page(season, session, "report.html"), "q")[mark] == 1


def test_attendance_is_counted_as_it_was_entered(season: Season) -> None:
    """Members and guests apart."""
    from studygroup.meeting.after.report import report_of

    for session in season.told.held:
        turnout = report_of(season.book, session).turnout
        assert (turnout.there, turnout.guests) == (season.told.present[session], season.told.guests[session])


def test_reasons_are_on_no_page(season: Season) -> None:
    """What only facilitators may read is in the records alone."""
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
    published = (season.folder / "site" / "calendar.ics").read_text()
    assert {f"UID:{session.id}@season.studygroup" for session in sessions} <= set(published.splitlines())
    assert len(re.findall("UID:", published)) == len(set(re.findall("UID:.*", published)))
    text = to_calendar(season.book, sessions).decode()
    assert text.count("BEGIN:VEVENT") == len(sessions)
    assert text.count("STATUS:CANCELLED") == 1
    assert f"DTSTART:{season.told.cancelled[0].replace('-', '')}T230000Z" in text
    moved = next(session for session in sessions if session.moved)
    assert f"DTSTART:{moved.start:%Y%m%dT%H%M%SZ}" in text


def of_site(season: Season, pattern: str) -> dict[str, str]:
    """Return the site's pages that fit a pattern, by path."""
    root = season.folder / "site"
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.glob(pattern)}


def test_the_site_shows_what_was_entered_where_it_belongs(season: Season) -> None:
    """A summary on its item's page and on those of the sessions that read it, each once; notes and decisions with their session."""
    told = season.told
    items = {Path(path).stem: text for path, text in of_site(season, "items/*.html").items()}
    assert set(items) == set(season.book.catalogue.items["id"])
    for item, text in items.items():
        assert marks(text, "u") == Counter(mark for mark, (_, about) in told.summaries.items() if about == item), item
        assert marks(text, "nda") == Counter(), item
    sessions = {Path(path).stem: text for path, text in of_site(season, "sessions/2*.html").items()}
    assert set(sessions) == {*told.held, *told.cancelled, season.book.schedule.next(season.played.now).id}
    for session in told.held:
        text = sessions[session]
        mine = {mark for mark, (_, item) in told.summaries.items() if item in told.read[session]}
        assert marks(text, "u") == Counter(mine), session
        assert marks(text, "nd") == Counter(mark for mark, where in told.notes.items() if where == session), session
        assert marks(text, "q") == marks(page(season, session, "report.html"), "q"), session


def test_every_question_is_on_the_site_with_its_answer(season: Season) -> None:
    """Each once on the questions' page and once on its item's."""
    told = season.told
    text = (season.folder / "site" / "questions.html").read_text()
    assert marks(text, "q") == Counter(told.questions.keys())
    assert Counter(re.findall(r"answer to (q\d{5})", text)) == Counter(told.answers.keys())
    assert sum((marks(page, "q") for page in of_site(season, "items/*.html").values()), Counter()) == Counter(
        told.questions.keys()
    )


def test_the_site_counts_as_it_was_entered(season: Season) -> None:
    """Sessions, summaries, questions, and how many came."""
    told = season.told
    text = (season.folder / "site" / "progress.html").read_text()
    shown = {name: int(number) for name, number in re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", text)}
    assert shown["sessions held"] == len(told.held)
    assert shown["summaries"] == len(told.summaries)
    assert shown["questions asked"] == len(told.questions)
    assert shown["still open"] == len(told.questions) - len(told.answers)
    assert shown["members"] == len(season.members)
    sessions = (season.folder / "site" / "sessions" / "index.html").read_text()
    came = [int(number) for number in re.findall(r"(\d+) of \d+ members? came", sessions)]
    assert came == [told.present[session] for session in reversed(told.held)]
    assert sessions.count("cancelled: Storm &amp; &lt;i&gt;snow&lt;/i&gt;") == 1


def test_the_feed_has_every_report_once(season: Season) -> None:
    """The last one first, with what was said there and nothing else."""
    atom = "{http://www.w3.org/2005/Atom}"
    entries = ElementTree.fromstring((season.folder / "site" / "feed.xml").read_bytes()).findall(f"{atom}entry")
    links = [str(entry.find(f"{atom}link").get("href")) for entry in entries]  # type: ignore[union-attr]
    assert links == [f"sessions/{session}.html" for session in reversed(season.told.held)]
    assert len({entry.findtext(f"{atom}id") for entry in entries}) == len(entries)
    for session, entry in zip(reversed(season.told.held), entries, strict=True):
        said = {mark for mark, where in season.told.notes.items() if where == session}
        assert marks(entry.findtext(f"{atom}content") or "", "nd") == Counter(said), session


def test_the_site_names_no_one_who_need_not_be_named(season: Season) -> None:
    """Guests, and members who only came, read, asked and voted, are on no page; nor is any reason of an absence."""
    people = season.book.people
    said = {member for member, _ in season.told.summaries.values()}
    said |= {reply.member for reply in season.book.current.current(Reply)}
    plans = season.book.current.current(Plan)
    took = {action.owner for action in season.book.current.current(Action)} | {
        who for plan in plans for who in plan.roles.values()
    }
    took |= {swap.to for swap in season.book.current.current(Swap)}
    took |= {turn.member for turn in season.book.current.current(Turn) if turn.answer == "volunteer"}
    quiet = set(people) - said - took
    assert {person.name for person in people.values() if person.guest} <= {people[member].name for member in quiet}
    files = {path: path.read_text() for path in (season.folder / "site").rglob("*") if path.is_file()}
    for member in quiet:
        assert [path for path, text in files.items() if html.escape(people[member].name) in text] == [], member
    assert [path for path, text in files.items() if marks(text, "s")] == []


def test_nothing_runs_loads_or_breaks_in_a_browser(season: Season, browser: Any) -> None:
    """Every page of the season, opened with scripts allowed: the title stays, no one outside is asked, the text is all there."""
    context = browser.new_context()
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url) if not request.url.startswith(("file:", "data:")) else None)
    tab.on("dialog", lambda dialog: asked.append(dialog.message))
    pages = sorted((season.folder / "sessions").rglob("*.html"))
    assert len(pages) == 2 * len(season.told.held)
    site = sorted((season.folder / "site").rglob("*.html"))
    assert len(site) > len(season.book.catalogue.items) + len(season.told.held)
    for path in [*pages, *site]:
        tab.goto(Path(path).as_uri())
        assert "hacked" not in tab.title()
        own = "script[src$='search.js'], link[href='data:,'], link[href$='style.css'], link[href$='feed.xml']"
        assert tab.locator(f":is(script, iframe, object, form, base, link):not({own})").count() == 0
        assert tab.locator("main, body").first.evaluate("body => getComputedStyle(body).display") != "none"
        tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        shown = tab.locator("body").inner_text()
        assert set(marks(path.read_text(), "undaq")) <= set(re.findall(r"[undaq]\d{5}", shown)), path
    assert asked == []
    assert OUTSIDE not in " ".join(asked)
    context.close()


def test_what_was_chosen_by_ballot_is_read_and_the_pages_say_how(season: Season) -> None:
    """Three ballots, one by each rule; agenda and report of the session that reads what won say so."""
    assert len(season.choosing.chosen) == 3
    found = [view.outcome for view in ballots(season.book) if view.outcome]
    assert {one.rule for one in found} == {"approval", "runoff", "score"}
    assert all(one.recorded and one.voted >= one.quorum for one in found)
    for session, title in season.choosing.chosen.items():
        for name in ("agenda.html", "report.html"):
            text = html.unescape(page(season, session, name))
            assert "We chose it together" in text, (session, name)
            assert title in text


def test_the_time_that_was_found_is_when_the_group_meets(season: Season) -> None:
    """From the day on that the survey was about; until then the group meets as before."""
    [survey] = surveys(season.book)
    assert survey.chosen is not None
    later = season.book.schedule.find(survey.chosen.date().isoformat())
    assert later.start == survey.chosen
    assert len(survey.answered) > 20


def test_the_same_season_twice_is_entered_alike(season: Season, tmp_path: Path) -> None:
    """To the byte: proposals, votes, turns and hours, too; pages that are made in between change nothing."""
    again = Season(tmp_path / "again")
    again.play(agendas=False)
    files = sorted((again.folder / "sessions").rglob("*.jsonl"))
    assert len(files) > 100
    for path in files:
        # What is played later in this module comes after it.
        first = (season.folder / path.relative_to(again.folder)).read_bytes()
        assert first.startswith(path.read_bytes()), path.name


def test_due_runs_every_hour_for_four_weeks(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut short now and then: no message arrives twice, and each that is missing is one that facilitators are told of."""
    places = 3
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", " ".join(f"json://127.0.0.1:9/{number}" for number in range(places)))
    settings = season.folder / "pyproject.toml"
    settings.write_text(
        settings.read_text().replace('id = "season"\n', 'id = "season"\ndue = ["agenda", "reminder", "report"]\n')
    )
    season.open()
    runs = DueRuns(season)
    usual, moved, cancelled, last = season.play_with_due(runs.hour)
    assert (runs.runs > 27 * 24, runs.killed > 0) == (True, True)
    assert len(runs.got) == len(set(runs.got))
    unsure = runs.unsure((usual, moved, cancelled, last))
    for session in (usual, moved, last):
        for kind in ("agenda", "reminder", "report"):
            stops = deliveries_of(season.book, session.id, kind).stops
            assert len(stops) == places
            arrived = {place for place, stop in stops.items() if stop.state == "sent"}
            assert arrived | {*unsure.get((session.id, kind), ())} == stops.keys(), (session.id, kind)
    assert not any(cancelled.id in title for _, title, _ in runs.got)
    told = [text for text in attention(season.book) if "may have been sent" in text]
    assert len(told) == sum(session == last.id for session, _ in unsure)
    assert unsure, "nothing was cut short at the wrong moment"
