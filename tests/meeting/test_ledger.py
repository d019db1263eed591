"""The ledger: numbers of questions and actions, and what became of each."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.errors import RecordError
from studygroup.journal.tables.tables import actions, questions
from studygroup.meeting.after.report import report_of
from studygroup.meeting.facts.histories import Event
from studygroup.meeting.facts.ledger import DIGITS, actions_of, digits_of, numbers_of
from studygroup.meeting.facts.ledger_tables import find_thing, ledger_actions, ledger_questions, life_of, number_of
from studygroup.workbook.workbook import Workbook
from tests.conftest import NOW, Clock
from tests.support.command_line import command

IDS = st.lists(st.text(alphabet="0123456789abcdef-", min_size=1, max_size=36), unique=True, max_size=60)


@given(IDS, st.randoms())
def test_a_number_stays_whatever_arrives_in_which_order(ids: list[str], chance: object) -> None:
    """A law: every thing has one number; with more things a number at most grows at its end."""
    shuffled = list(ids)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    numbers = numbers_of(shuffled)
    assert numbers == numbers_of(ids)
    assert len(set(numbers.values())) == len(ids)
    for one, number in numbers_of(ids[: len(ids) // 2]).items():
        assert numbers[one].startswith(number)


def test_things_whose_numbers_begin_alike_show_more_digits() -> None:
    """Among very many it happens; everyone else keeps the short number."""
    numbers = numbers_of(str(number) for number in range(2_000))
    lengths = [len(number) for number in numbers.values()]
    assert min(lengths) == DIGITS
    assert 2 <= sum(length > DIGITS for length in lengths) < 200
    assert all(number.isdecimal() for number in numbers.values())


ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
FIRST, SECOND = "2026-11-20", "2026-11-27"


def whole(events: tuple[Event, ...]) -> list[tuple[str, str, str, str]]:
    return [(one.session, one.who, one.what, one.text) for one in events]


def test_a_question_keeps_its_whole_life(group: Workbook, clock: Clock) -> None:
    """Asked, reworded, put to a work, answered by a later one, opened again, dropped; what was withdrawn never was."""
    asked = group.enter("question", by=BO, session=FIRST, member=BO, text="Why?")
    clock.now += timedelta(minutes=1)
    group.amend("question", by=ADA, session=FIRST, of=asked.id, text="Why 175B?", item="few-shot")
    clock.now += timedelta(days=7)
    answer = group.enter("answer", by=ZOE, session=SECOND, question=asked.id, member=ZOE, text="See there.", item="tuned")
    slip = group.enter("answer", by=BO, session=SECOND, question=asked.id, member=BO, state="dropped")
    group.undo(slip.id, by=BO)
    assert questions(group.current).loc[0, "state"] == "answered"
    clock.now += timedelta(days=7)
    group.amend("answer", by=ADA, of=answer.id, state="open", text="Not quite.", item="")
    clock.now += timedelta(minutes=1)
    group.enter("answer", by=ADA, session=SECOND, question=asked.id, member=ADA, state="dropped")
    kind, thing, events = life_of(group, number_of(group, "question", asked.id))
    assert (kind, thing) == ("question", asked.id)
    assert whole(events) == [
        (FIRST, "Bo", "asked", "Why?"),
        (FIRST, "Ada Lovelace", "reworded, put to Few-Shot Learners", "Why 175B?"),
        (SECOND, "Zoë O'Brien-李", "answered by Tuned Models", "See there."),
        (SECOND, "Zoë O'Brien-李", "opened again", "Not quite."),
        (SECOND, "Ada Lovelace", "dropped", ""),
    ]


def test_an_action_keeps_its_whole_life(group: Workbook, clock: Clock) -> None:
    """Noted, taken, due, done; done since when it was done first, not since it was reworded."""
    noted = group.enter("action", by=ADA, session=FIRST, text="Find the code")
    for day, changes in (
        (1, {"owner": BO, "due": date(2026, 11, 25)}),
        (2, {"done": True}),
        (9, {"text": "Find the code."}),
    ):
        clock.now = NOW + timedelta(days=day)
        group.amend("action", by=ADA, of=noted.id, **changes)
    _, _, events = life_of(group, number_of(group, "action", noted.id).lower())
    assert whole(events) == [
        (FIRST, "Ada Lovelace", "noted", "Find the code"),
        (FIRST, "Ada Lovelace", "taken by Bo, due 2026-11-25", ""),
        (FIRST, "Ada Lovelace", "done", ""),
        (FIRST, "Ada Lovelace", "reworded", "Find the code."),
    ]
    [action] = actions_of(actions(group.current), {}, group.current)
    assert (action.done, action.done_on) == (True, "2026-11-22")
    group.amend("action", by=ADA, of=noted.id, done=False, owner="")
    assert whole(life_of(group, noted.id)[2])[-1][2] == "given back, open again"


def test_an_action_that_is_done_stands_in_the_report_of_its_week_and_then_no_more(group: Workbook, clock: Clock) -> None:
    """A report made again later still shows what was to be done then."""
    noted = group.enter("action", by=ADA, session="2026-11-13", text="Find the code", owner=BO)
    clock.now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    group.amend("action", by=BO, of=noted.id, done=True)
    first, second = report_of(group, FIRST), report_of(group, SECOND)
    assert [(one.done, one.done_on) for one in first.earlier_actions] == [(True, "2026-11-21")]
    assert second.earlier_actions == ()


def test_the_ledger_s_tables_are_what_one_looks_for(group: Workbook, clock: Clock) -> None:
    """Open questions, those of a member, those about or answered by a work; actions by owner, no one's last."""
    group.enter("question", by=BO, session=FIRST, member=BO, item="few-shot", text="A?")
    two = group.enter("question", by=ZOE, session=FIRST, member=ZOE, text="B?")
    group.enter("answer", by=ADA, session=FIRST, question=two.id, member=ADA, text="So.", item="few-shot")
    texts = lambda **wanted: list(ledger_questions(group, **wanted)["question"])  # noqa: E731
    assert texts() == texts(member=BO) == ["A?"]
    assert texts(every=True) == texts(item="few-shot", every=True) == ["A?", "B?"]
    assert ledger_questions(group, every=True).iloc[1].to_dict() == {
        "number": number_of(group, "question", two.id),
        "state": "answered",
        "asked": FIRST,
        "by": "Zoë O'Brien-李",
        "about": "",
        "question": "B?",
        "me_too": 0,
        "answers": "So.",
        "closed": FIRST,
        "closed_by": "Ada Lovelace with Few-Shot Learners",
    }
    for owner, text, due in (
        ("", "No one's", None),
        (ZOE, "Later", date(2026, 12, 1)),
        (ZOE, "Soon", date(2026, 11, 19)),
        (BO, "Bo's", None),
    ):
        group.enter("action", by=ADA, session=FIRST, text=text, owner=owner, due=due)
    found = ledger_actions(group)
    assert list(zip(found["owner"], found["action"], found["state"], strict=True)) == [
        ("Bo", "Bo's", "open"),
        ("Zoë O'Brien-李", "Soon", "overdue"),
        ("Zoë O'Brien-李", "Later", "open"),
        ("", "No one's", "open"),
    ]
    assert list(ledger_actions(group, member=ZOE)["action"]) == ["Soon", "Later"]
    assert texts(member=ADA) == []


def test_a_thing_is_found_by_its_number_in_any_spelling(group: Workbook) -> None:
    """With or without its letter, by its id, and by a number that was written down before others began like it."""
    asked = group.enter("question", by=BO, session=FIRST, member=BO, text="A?")
    number = number_of(group, "question", asked.id)
    for wanted in (
        number,
        number.lower(),
        number[1:],
        f"#{number}",
        f" {number} ",
        f"{number}{digits_of(asked.id)[DIGITS:9]}",
        asked.id,
    ):
        assert find_thing(group, "question", wanted) == asked.id
    assert find_thing(group, "question", "0197-x") == "0197-x"
    with pytest.raises(RecordError, match="There is no question Q00000"):
        find_thing(group, "question", "Q00000")
    with pytest.raises(RecordError, match="is neither a question nor an action"):
        life_of(group, "nothing")


def test_numbers_that_begin_alike_are_told(group: Workbook) -> None:
    """Both are named, to choose from."""
    ids: dict[str, str] = {}
    twins = next(
        (ids[start], one) for one in map(str, range(10_000)) if ids.setdefault(start := digits_of(one)[:DIGITS], one) != one
    )
    for one in twins:
        group.enter("question", by=BO, session=FIRST, member=BO, text="A?", id=one)
    numbers = [number_of(group, "question", one) for one in twins]
    with pytest.raises(RecordError) as caught:
        find_thing(group, "question", numbers[0][: DIGITS + 1])
    assert all(number in str(caught.value) for number in numbers)
    assert [find_thing(group, "question", number) for number in numbers] == list(twins)


def run(book: Workbook, *words: str, code: int = 0) -> str:
    done = command(*words, cwd=book.folder)
    assert done.returncode == code, done.stderr
    return done.stdout


def test_commands_take_numbers(group: Workbook) -> None:
    """A question is answered and an action is done by number; the ledger prints them, and one's life."""
    asked = run(group, "record", "question", "--member", BO, "--by", BO, "--text", "Why *this*?\x1b[31m").strip()
    noted = run(group, "record", "action", "--by", ADA, "--text", "Find it", "--owner", BO).strip()
    book = Workbook(group.folder, group.clock)
    question, action = number_of(book, "question", asked), number_of(book, "action", noted)
    shown = run(group, "ledger")
    assert f"{question}  open" in shown and f"{action}  Bo" in shown and "\x1b" not in shown
    run(group, "record", "answer", "--question", question, "--by", BO, "--text", "So.")
    run(group, "record", "action", "--of", action, "--by", ADA, "--done")
    assert run(group, "ledger") == ""
    assert "answered  So." in run(group, "ledger", question)
    assert [one["what"] for one in json.loads(run(group, "ledger", action, "--json"))["history"]] == [
        "noted, taken by Bo",
        "done",
    ]
    told = json.loads(run(group, "ledger", "--all", "--json"))
    assert [[one["number"] for one in told[name]] for name in ("questions", "actions")] == [[question], [action]]
    assert run(group, "show", "questions", "--csv").startswith("number,id,member")
    run(group, "ledger", question, "--all", code=2)
    run(group, "ledger", "Q00000", code=1)
