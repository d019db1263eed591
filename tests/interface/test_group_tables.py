"""The group's tables: their names, their columns as the docstrings say, what is in them, and that they are always as the files are."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

import studygroup as sg
from benchmarks.season import Season
from studygroup.meeting.before.planning import attend, close_session, plan_session
from studygroup.workbook.identity import note_me
from studygroup.workbook.starter import new_workbook
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
LAST = "2026-11-13"

# Groups' own notebooks use these: a name may be added, and none goes.
OF_GROUP = ["items", "lists", "sessions", "syllabus"]
OF_CHARTS = ["attendance_chart", "finished_chart", "progress_chart"]
OF_TABLES = [
    "actions",
    "activity",
    "attendance",
    "attendance_grid",
    "availability",
    "away",
    "ballots",
    "closes",
    "item_progress",
    "materials",
    "member_progress",
    "notes",
    "people",
    "plans",
    "progress_grid",
    "proposals",
    "questions",
    "ratings",
    "reading",
    "reading_grid",
    "rsvps",
    "seconds",
    "sent",
    "slots",
    "step_progress",
    "summaries",
    "surveys",
    "swaps",
    "syllabus_progress",
    "turnout",
    "turns",
    "votes",
]


@pytest.fixture
def empty(tmp_path: Path) -> Workbook:
    """A workbook as `studygroup new` makes it: no one on the roster, nothing to read."""
    slot = {"weekday": "friday", "time": "23:00", "zone": "UTC"}
    return Workbook(new_workbook(tmp_path / "new", name="", today=datetime(2026, 1, 2, tzinfo=UTC).date(), **slot), Clock())


@pytest.fixture
def used(workbook: Workbook, clock: Clock) -> Workbook:
    """A group that has met once, with something of each kind entered."""
    group, clock.now = workbook, datetime(2026, 11, 1, tzinfo=UTC)
    group.add_person("Ada Lovelace", role="facilitator")
    for name in ("Bo", "Zoë O'Brien-李"):
        group.add_person(name, by=ADA)
    clock.now = datetime(2026, 11, 13, 12, tzinfo=UTC)
    plan_session(group, LAST, by=ADA, steps=[1], roles={"presenter": BO})
    for member, answer in ((ADA, "yes"), (BO, "yes"), (ZOE, "no")):
        group.enter("rsvp", by=member, member=member, session=LAST, answer=answer)
    clock.now = datetime(2026, 11, 13, 23, 5, tzinfo=UTC)
    for member, state in ((ADA, "present"), (BO, "absent"), (ZOE, "late")):
        attend(group, LAST, member, state, by=ADA)
    guest = group.add_person("Guest", by=ADA, guest=True).member
    attend(group, LAST, guest, "present", by=ADA)
    close_session(group, LAST, by=ADA)
    enter = group.enter
    enter("reading", by=BO, member=BO, item="few-shot", status="read")
    enter("rating", by=BO, member=BO, item="few-shot", rating=5)
    enter("summary", by=BO, member=BO, item="tuned", big_idea="It follows instructions.")
    asked = enter("question", by=ZOE, member=ZOE, item="few-shot", text="Why?")
    enter("answer", by=ADA, member=ADA, question=asked.id, text="Because.")
    enter("note", by=ADA, text="So be it.", decision=True)
    enter("action", by=ADA, text="Look it up", owner=BO)
    enter("material", by=BO, item="few-shot", label="Slides", url="https://example.org/", role="slides")
    enter("away", by=BO, member=BO, first="2026-12-01", last="2026-12-24")
    proposal = enter("proposal", by=BO, member=BO, item="talk")
    enter("second", by=ZOE, member=ZOE, proposal=proposal.id)
    until = datetime(2026, 11, 15, tzinfo=UTC)
    ballot = enter("ballot", by=ADA, shortlist=["tuned", "talk"], until=until)
    enter("vote", by=BO, member=BO, ballot=ballot.id, choice=["talk"])
    survey = enter("survey", by=ADA, first=date(2027, 1, 4))
    enter("availability", by=BO, member=BO, survey=survey.id, zone="UTC", can=("monday 18:00-20:00",))
    enter("swap", by=BO, member=BO, session="2026-11-20", role="presenter")
    enter("turn", by=ZOE, member=ZOE, session="2026-11-20", role="scribe", answer="volunteer")
    enter("sent", by=ADA, session=LAST, message="reminder", to=["chat"])
    enter("slot", by=ADA, valid_from="2027-01-01", weekday="monday", time="20:00", zone="Europe/Berlin")
    clock.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    return group


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """A whole season with hostile names and texts."""
    played = Season(tmp_path_factory.mktemp("season") / "book")
    played.play(agendas=False)
    return played.book


def described(doc: str | None) -> dict[str, str]:
    """Return the columns of a docstring's table with their dtypes, in order."""
    [_, table, _] = re.split(r"(?m)^ *=+(?:  =+)+$\n?", inspect.cleandoc(doc or ""))
    return {row[0]: row[1] for line in table.splitlines() if (row := re.split(r"  +", line.strip()))}


def of(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


def check_every_table(workbook: Workbook) -> None:
    """See that each DataFrame has the columns, dtypes and index that its docstring says."""
    group = sg.Group(workbook)
    for name in OF_GROUP:
        frame = getattr(group, name)
        assert (of(frame), type(frame.index)) == (described(getattr(sg.Group, name).__doc__), pd.RangeIndex), name
    for name in OF_TABLES:
        frame, doc = getattr(group.tables, name), inspect.getdoc(getattr(type(group.tables), name)) or ""
        assert "One row for each" in doc, name
        if name.endswith("_grid"):
            [dtype] = re.findall(r"dtype (\w+)", doc)
            assert {*of(frame).values()} <= {dtype}, name
            assert (frame.index.name, frame.index.dtype, frame.columns.dtype) == ("member", "str", "str")
        else:
            assert (of(frame), type(frame.index)) == (described(doc), pd.RangeIndex), name


def test_the_tables_have_these_names(empty: Workbook) -> None:
    """They are offered for completion, printing lists them with what they are, and a wrong one is an AttributeError."""
    group = sg.Group(empty)
    assert {*OF_TABLES} <= {*dir(group.tables)}
    assert all(re.search(rf"(?m)^  {name} +\S", repr(group.tables)) for name in OF_TABLES)
    with pytest.raises(AttributeError, match="rating"):
        group.tables.rating  # noqa: B018
    offered = [name for name in dir(sg.Group) if not name.startswith("_")]
    assert offered == sorted([*OF_GROUP, *OF_CHARTS, "agenda", "models", "name", "record", "report", "search", "tables"])


def test_every_table_is_as_it_is_described_without_rows(empty: Workbook) -> None:
    """A new group has every table, with the same columns and dtypes."""
    check_every_table(empty)
    group = sg.Group(empty)
    assert [name for name in OF_TABLES if len(getattr(group.tables, name))] == []


def test_every_table_is_as_it_is_described_with_rows(used: Workbook) -> None:
    """So is each one in which there is something."""
    check_every_table(used)
    group = sg.Group(used)
    assert [name for name in OF_TABLES if not len(getattr(group.tables, name))] == []


@pytest.mark.slow
def test_every_table_is_as_it_is_described_after_a_season(season: Workbook) -> None:
    """Whatever people typed."""
    check_every_table(season)


def test_the_syllabus_says_where_the_group_is(used: Workbook) -> None:
    """What it finished and when, what comes next and when, and what is ahead."""
    syllabus = sg.Group(used).syllabus
    assert [*zip(syllabus["state"], syllabus["session"], strict=True)] == [
        ("finished", LAST),
        ("next", "2026-11-20"),
        *[("ahead", "")] * 3,
    ]
    assert [*syllabus["items"]][2] == ("talk", "few-shot")


def test_sessions_say_what_was_read_when_and_who_came(used: Workbook) -> None:
    """Times are UTC, and local without a zone; guests are counted apart."""
    held, coming = sg.Group(used).sessions.head(2).to_dict("records")
    assert held == {
        "session": LAST,
        "title": "Few-Shot Learners",
        "items": ("few-shot",),
        "state": "held",
        "moved": False,
        "start": pd.Timestamp("2026-11-13T23:00Z"),
        "local": pd.Timestamp("2026-11-13T23:00"),
        "zone": "UTC",
        "length_min": 90,
        "members": 3,
        "there": 2,
        "guests": 1,
    }
    assert (coming["session"], coming["state"], coming["title"]) == ("2026-11-20", "coming", "")
    later = sg.Group(used).sessions.iloc[-1]
    assert (later["zone"], later["local"].hour, later["start"].hour) == ("Europe/Berlin", 20, 18)


def test_a_session_says_how_it_stands(used: Workbook, clock: Clock) -> None:
    """Cancelled, also afterwards; under way; and over without anything recorded."""
    plan_session(used, "2026-11-27", by=ADA, cancelled=True, why="Snow")
    plan_session(used, "2026-11-20", by=ADA, steps=[2])
    states = sg.Group(used).sessions.set_index("session")["state"]
    assert (states["2026-11-20"], states["2026-11-27"]) == ("coming", "cancelled")
    clock.now = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert sg.Group(used).sessions.set_index("session")["state"]["2026-11-20"] == "under way"
    clock.now = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert sg.Group(used).sessions.set_index("session")["state"]["2026-11-20"] == "not recorded"
    clock.now = datetime(2026, 12, 12, 12, tzinfo=UTC)
    assert sg.Group(used).sessions.set_index("session")["state"]["2026-11-27"] == "cancelled"


def test_the_grids_are_what_people_pivot_by_hand(used: Workbook) -> None:
    """Members down; sessions, sections and items across."""
    tables = sg.Group(used).tables
    assert tables.attendance_grid.to_dict() == {LAST: {ADA: "present", BO: "absent", ZOE: "late", "guest": "present"}}
    assert tables.progress_grid.loc[BO].to_dict() == {"Start": 0.5, "Later": pytest.approx(1 / 3)}
    assert tables.reading_grid.loc[BO].to_dict() == {
        "few-shot": "read",
        "tuned": "unread",
        "talk": "unread",
        "nolink": "unread",
    }


def test_turnout_puts_answers_beside_attendance(used: Workbook) -> None:
    """Of each member on that day, and of guests who were there."""
    turnout = sg.Group(used).tables.turnout.drop(columns="session")
    assert turnout.to_numpy().tolist() == [
        [ADA, False, "yes", "present", True],
        [BO, False, "yes", "absent", False],
        ["guest", True, "", "present", True],
        [ZOE, False, "no", "late", True],
    ]


def test_the_lists_are_there_entry_by_entry(used: Workbook) -> None:
    """With the items that each names."""
    lists = sg.Group(used).lists
    assert [*lists["entry"]][:2] == ["basics/few-shot", "basics/tuned"]
    assert lists["items"][2] == ("talk", "few-shot")


def test_search_finds_items_best_first(used: Workbook) -> None:
    """As many as are wanted, none for a text without words."""
    group = sg.Group(used)
    assert [*group.search("few-shot")["id"]][:1] == ["few-shot"]
    assert len(group.search("papers models", limit=1)) == 1
    assert group.search("").empty


def test_tables_follow_the_files(used: Workbook, reopen: Callable[[], Workbook]) -> None:
    """What others enter, a changed catalogue and changed settings are there at once."""
    group = sg.Group(used)
    assert (len(group.tables.ratings), len(group.items), group.name) == (1, 4, "Thursday papers")
    reopen().enter("rating", by=ADA, member=ADA, item="talk", rating=2)
    assert len(group.tables.ratings) == 2
    catalogue, settings = used.folder / "catalogue.csv", used.folder / "pyproject.toml"
    catalogue.write_text(catalogue.read_text().replace("Tuned Models", "Tuned and Aligned Models"))
    assert "Tuned and Aligned Models" in set(group.items["title"])
    settings.write_text(settings.read_text().replace("Thursday papers", "Friday papers").replace('"basics"', '""'))
    assert (group.name, len(group.syllabus)) == ("Friday papers", 0)


def test_changing_a_table_changes_nothing_else(used: Workbook) -> None:
    """Each is a DataFrame of its own."""
    group = sg.Group(used)
    for get in (lambda: group.items, lambda: group.tables.ratings, lambda: group.search("few")):
        before = get()
        changed = get()
        changed.loc[0, changed.columns[0]] = "changed"
        pd.testing.assert_frame_equal(get(), before)


def test_summaries_that_are_kept_back_stay_so(used: Workbook) -> None:
    """As `studygroup show` does: who said who they are sees what they may, and no one's own is kept from them."""
    group = sg.Group(used)
    assert [*group.tables.summaries["member"]] == [BO]
    note_me(used, ZOE)
    assert group.tables.summaries.empty
    note_me(used, BO)
    assert [*group.tables.summaries["member"]] == [BO]
    note_me(used, ADA)
    assert [*group.tables.summaries["member"]] == [BO]
