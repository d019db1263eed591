"""After two items were called the same, everything that anyone said of either is about one item, whoever asks and by which id."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest
from typer.testing import CliRunner

from studygroup.commands.cli import load
from studygroup.commands.show import TABLES, read_table
from studygroup.forms.facilitator.history import HistoryForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.member_page.member import MemberForms
from studygroup.journal.types.record import Record, fields_of
from studygroup.journal.types.records import TYPES, Ballot, Rating, Reading, Summary
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.planning import plan_session
from studygroup.meeting.choose.ballots import find_ballot, record_result
from studygroup.meeting.facts.blind import may_see_summaries
from studygroup.meeting.published.site import site_of
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import texts

ADA, BO, ZOE, WEEK = "ada-lovelace", "bo", "zoe-obrien-li", "2026-11-20"
KEPT, GONE = "few-shot", "tuned"
OPEN: dict[str, Any] = {"shortlist": (KEPT, GONE, "talk"), "until": datetime(2027, 1, 1, tzinfo=UTC)}
NAMING = sorted(name for name, kind in TYPES.items() if kind.item_fields and not kind.retired and not kind.earliest_stays)


def studygroup(folder: Path, *words: str) -> str:
    """Run a command and return what it printed."""
    done = CliRunner().invoke(load(), ["--workbook", str(folder), *words])
    assert done.exit_code == 0, done.output
    return done.output


def join(book: Workbook) -> None:
    studygroup(book.folder, "same", KEPT, GONE)
    book.reread()


@pytest.fixture
def part(group: Workbook, tmp_path: Path) -> Callable[[], None]:
    """Return a function that takes the joining back, as undoing the commit would."""
    kept = {path: path.read_bytes() for path in (group.folder / "catalogue.csv", group.folder / "lists" / "basics.csv")}

    def undone() -> None:
        for path, content in kept.items():
            path.write_bytes(content)
        (group.folder / "lists" / "same.csv").unlink()
        group.reread()

    return undone


def sample(book: Workbook, kind: type[Record], item: str, number: int) -> dict[str, Any]:
    """Return fields of a record of a type that names an item, made from what the type says of itself."""
    given: dict[str, Any] = {}
    known: dict[str, Callable[[], Any]] = {
        "ballot": lambda: ballot_of(book),
        "question": lambda: question_of(book),
        "member": lambda: BO,
        "url": lambda: "https://example.org/s",
        "until": lambda: datetime(2027, 1, 1, tzinfo=UTC),
    }
    for field in msgspec.structs.fields(kind):
        if field.name in Record.__struct_fields__:
            continue
        if field.name in kind.item_fields:
            given[field.name] = item if field.type is str else (item, "talk")
        elif field.name in known:
            given[field.name] = known[field.name]()
        elif field.name in kind.text_fields:
            said = f"Said {number} times"
            given[field.name] = said if field.type in (str, "str") else (said,)
        elif get_origin(field.type) is Literal and field.required:
            given[field.name] = get_args(field.type)[number % 2]
        elif field.type is int and field.required:
            given[field.name] = number
    return given


def ballot_of(book: Workbook) -> str:
    """Return the id of a ballot about both items, opened if there is none."""
    for one in book.current.current(Ballot):
        return str(one.subject[0])
    return str(book.enter("ballot", by=ADA, **OPEN).id)


def question_of(book: Workbook) -> str:
    """Return the id of a question, asked if there is none."""
    for one in book.journal.records:
        if one.type == "question" and not getattr(one, "of", ""):
            return one.id
    return str(book.enter("question", by=BO, member=BO, text="Why?").id)


def named(book: Workbook, kind: type[Record], ids: set[str]) -> set[str]:
    """Return the items that the current records of some ids name."""
    return {item for one in book.current.current(kind) if one.id in ids for item in one.named_items}


def subjects(kind: type[Record], record: Record) -> Iterator[tuple[str, ...]]:
    """Yield a record's subject with the item by either id."""
    for item in (KEPT, GONE):
        yield tuple(
            item if field in kind.item_fields else part for field, part in zip(kind.subject_fields, record.subject, strict=True)
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMING)
def test_every_record_that_names_an_item_follows_it(
    group: Workbook,
    clock: Clock,
    name: str,
    part: Callable[[], None],
    reopen: Callable[[], Workbook],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Entered under either id, changed, undone, merged from elsewhere, opened again, and taken apart again."""
    # Who entered a vote sees it before the ballot closes.
    monkeypatch.setenv("STUDYGROUP_MEMBER", ADA)
    kind = TYPES[name]
    first = group.enter(name, by=ADA, session=WEEK, **sample(group, kind, GONE, 1))
    elsewhere = group.folder.parent / "elsewhere"
    shutil.copytree(group.folder, elsewhere)
    join(group)

    def check(book: Workbook, expected: Record) -> None:
        for subject in subjects(kind, expected):
            found = book.latest(kind, *subject)
            assert found is not None
            assert found.id == expected.id
        assert KEPT in named(book, kind, {expected.id})
        assert GONE not in {item for one in book.records for item in one.named_items}
        assert book.find_record(expected.id).subject == expected.subject
        for table in ("history", "show"):
            words = ["history", "--item", GONE, "--json"] if table == "history" else ["show", f"{name}s", "--json"]
            if table == "history" or f"{name}s" in TABLES:
                assert f'"{GONE}"' not in (printed := studygroup(book.folder, *words))
                assert KEPT in printed

    check(group, group.as_now(first))
    # A change names what is current, also when it is said about the id that went.
    of = {"of": first.id} if "of" in kind.__struct_fields__ else {}
    second = group.enter(name, by=ADA, session=WEEK, **sample(group, kind, GONE, 2), **of)
    assert (second.replaces, KEPT in set(second.named_items), GONE in set(second.named_items)) == (first.id, True, False)
    check(group, second)
    check(reopen(), second)
    restored = group.undo(second.id, by=ADA)
    assert restored is not None
    assert restored.id == first.id
    check(group, group.as_now(first))
    # Someone who does not know of the joining yet says something about the id that went; it arrives here.
    clock.now += timedelta(hours=1)
    other = Workbook(elsewhere, clock)
    third = other.enter(name, by=ADA, session=WEEK, **sample(other, kind, GONE, 1), **of)
    for path in (elsewhere / "sessions").glob("*/records/*.jsonl"):
        here = group.folder / path.relative_to(elsewhere)
        here.parent.mkdir(parents=True, exist_ok=True)
        lines = here.read_text().splitlines() if here.exists() else []
        here.write_text("\n".join(dict.fromkeys([*lines, *path.read_text().splitlines()])) + "\n")
    group.refresh()
    check(group, group.as_now(third))
    check(reopen(), group.as_now(third))
    part()
    latest = group.latest(kind, *third.subject)
    assert latest is not None
    assert (latest.id, fields_of(latest)) == (third.id, fields_of(third))


@pytest.mark.parametrize("name", [name for name in NAMING if set(TYPES[name].subject_fields) & set(TYPES[name].item_fields)])
def test_of_what_was_said_about_both_the_later_is_current(group: Workbook, clock: Clock, name: str) -> None:
    """Whichever item it was about; undone, the other one is, and each table has one row."""
    kind = TYPES[name]
    who = ADA if kind.for_facilitators else BO
    earlier = group.enter(name, by=who, **sample(group, kind, KEPT, 1))
    clock.now += timedelta(minutes=1)
    later = group.enter(name, by=who, **sample(group, kind, GONE, 2))
    join(group)
    assert [one.id for one in group.current.current(kind)] == [later.id]
    if name in TABLES or f"{name}s" in TABLES or name == "summary":
        table = {"summary": "summaries"}.get(name, name if name in TABLES else f"{name}s")
        assert len(read_table(group, table)) == 1
    group.undo(later.id, by=who)
    assert [one.id for one in group.current.current(kind)] == [earlier.id]


def test_a_ballot_about_two_items_that_became_one_counts_them_as_one(group: Workbook) -> None:
    """A vote for both is one vote; what was recorded before has the item that stayed as its winner."""
    ballots = [ballot_of(group), str(group.enter("ballot", by=ADA, **OPEN).id)]
    for ballot in ballots:
        group.enter("vote", by=BO, member=BO, ballot=ballot, choice=(GONE, KEPT))
        group.enter("vote", by=ZOE, member=ZOE, ballot=ballot, choice=(GONE,))
    record_result(group, ballots[0], by=ADA)
    join(group)
    record_result(group, ballots[1], by=ADA)
    first, second = (find_ballot(group, ballot).outcome for ballot in ballots)
    assert first is not None
    assert second is not None
    assert (first.item, second.item, first.voted, dict(second.votes)) == (
        KEPT,
        KEPT,
        2,
        {"Few-Shot Learners": 2, "A Talk on *Stars* & <Pipes>": 0},
    )


def test_every_form_gate_progress_and_table_agrees(group: Workbook) -> None:
    """What Ada's button, progress, summary, the gate, the tables, the report and the site say after two items were joined."""
    plan_session(group, WEEK, by=ADA, steps=[1])
    group.enter("reading", by=BO, member=BO, item=GONE, status="read")
    group.enter("rating", by=BO, member=BO, item=GONE, rating=4)
    group.enter("summary", by=BO, member=BO, item=GONE, big_idea="Mine, of before")
    group.enter("summary", by=ZOE, member=ZOE, item=KEPT, big_idea="Zoë's")
    join(group)
    forms = MemberForms(group, BO)
    _, status, rated = forms.reads.rows.children[0].children
    assert (status.value, rated.children[1].value) == ("read", 4)
    assert "You’ve read 3 of 5" in forms.progress.picture.value
    forms.summary.item.value = KEPT
    assert forms.summary.parts["big_idea"].text == "Mine, of before"
    assert may_see_summaries(group, BO, KEPT)
    assert may_see_summaries(group, BO, GONE)
    assert "Zoë's" in texts(forms.others)
    assert read_table(group, "reading")[["member", "item", "status"]].to_numpy().tolist() == [[BO, KEPT, "read"]]
    [work] = report_of(group, WEEK).discussed[0].works
    assert (work.statuses["read"], work.ratings.mean, work.kept_back) == (1, 4.0, 2)
    assert site_of(group).items[KEPT].opinions.statuses["read"] == 1
    assert "Few-Shot" in texts(HistoryForm(FormContext(group, ADA)))


def test_an_open_page_follows_the_joining(group: Workbook) -> None:
    """The chosen paper, what was typed and not saved, and what is said next are about the item that stayed."""
    forms = MemberForms(group, BO)
    forms.summary.item.value = GONE
    forms.summary.parts["big_idea"].area.value = "Typed, not saved"
    forms.summary.questions.field.area.value = "Asked, not saved?"
    join(group)
    forms.show()
    assert forms.summary.item.value == KEPT
    assert forms.summary.parts["big_idea"].text == "Typed, not saved"
    assert forms.summary.questions.field.text == "Asked, not saved?"
    forms.summary.save.click()
    assert [(one.member, one.item, one.big_idea) for one in group.current.current(Summary)] == [(BO, KEPT, "Typed, not saved")]
    again = MemberForms(group, BO)
    again.summary.item.value = KEPT
    assert again.summary.parts["big_idea"].text == "Typed, not saved"


def test_an_entry_tried_again_after_the_joining_is_saved_once(group: Workbook) -> None:
    """The id that its form made is known, though the record names the item that went."""
    first = group.enter("rating", by=BO, member=BO, item=GONE, rating=4, id="0193-once")
    join(group)
    again = group.enter("rating", by=BO, member=BO, item=GONE, rating=4, id="0193-once")
    assert (again.id, len([one for one in group.journal.records if one.type == "rating"])) == (first.id, 1)


def test_people_and_sessions_need_no_catalogue(group: Workbook) -> None:
    """Attendance, roles and answers are recorded and undone while the catalogue cannot be read."""
    (group.folder / "catalogue.csv").write_text("nonsense\n")
    group.reread()
    said = group.enter("attendance", by=ADA, session=WEEK, member=BO, state="present")
    changed = group.enter("attendance", by=ADA, session=WEEK, member=BO, state="late")
    assert changed.replaces == said.id
    assert group.undo(changed.id, by=ADA) == said


def test_what_command_lines_say_of_the_old_id_is_about_the_new_one(group: Workbook, reopen: Callable[[], Workbook]) -> None:
    """A status and a rating by the id that went into another item."""
    group.enter("reading", by=BO, member=BO, item=KEPT, status="reading")
    join(group)
    studygroup(group.folder, "record", "reading", "--member", BO, "--item", GONE, "--status", "read")
    studygroup(group.folder, "record", "rating", "--member", BO, "--item", GONE, "--rating", "5")
    book = reopen()
    assert [(one.item, one.status) for one in book.current.current(Reading)] == [(KEPT, "read")]
    assert [(one.item, one.rating) for one in book.current.current(Rating)] == [(KEPT, 5)]
