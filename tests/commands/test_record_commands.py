"""Every record type from the command line: entered, corrected, refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from studygroup.errors import ScheduleError
from studygroup.interface.group import Group
from studygroup.journal.current.current import current
from studygroup.journal.types.record import Record, fields_of
from studygroup.journal.types.records import TYPES
from studygroup.workbook.workbook import Workbook
from tests.support.command_line import command

Enter = Callable[..., str]


@pytest.fixture
def enter(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Enter:
    """Return a function that runs ``studygroup record …`` in the workbook, and returns what it printed."""
    from studygroup.commands.cli import main

    monkeypatch.chdir(folder)
    monkeypatch.delenv("STUDYGROUP_MEMBER", raising=False)

    def run(*words: str, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["studygroup", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert left.value.code == code, said.err
        return said.out if code == 0 else said.err

    run("member", "add", "Ada Lovelace", "--facilitator")
    run("member", "add", "Zoë O'Brien-李")
    return run


def held(folder: Path, kind: str) -> list[Record]:
    return current(Workbook.open(folder).journal.records, TYPES[kind])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("rsvp --member zoë --answer no --why ill", {"member": "zoe-obrien-li", "answer": "no", "why": "ill"}),
        ("swap --member ada --role presenter --to zoë", {"member": "ada-lovelace", "role": "presenter", "to": "zoe-obrien-li"}),
        ("note --text hello --decision", {"text": "hello", "decision": True}),
        ("action --text hello --owner zoë --due 2026-12-04", {"owner": "zoe-obrien-li", "done": False}),
        ("rating --member zoë --item few-shot --rating 4", {"member": "zoe-obrien-li", "item": "few-shot", "rating": 4}),
        ("summary --item few-shot --big-idea prompts", {"member": "ada-lovelace", "big_idea": "prompts", "text": ""}),
        ("question --member zoë --text why --item few-shot", {"member": "zoe-obrien-li", "text": "why", "item": "few-shot"}),
        ("material --item few-shot --label talk --url https://example.org/v --role recording", {"role": "recording"}),
        ("proposal --member zoë --item few-shot --why short", {"member": "zoe-obrien-li", "why": "short"}),
    ],
)
def test_each_type_says_what_its_options_say(enter: Enter, folder: Path, words: str, expected: dict[str, object]) -> None:
    """One record, checked, with names turned into ids."""
    kind, *options = words.split()
    enter("record", kind, *options)
    [record] = held(folder, kind)
    assert fields_of(record).items() >= expected.items()


def test_dates_of_an_absence_and_a_new_slot(enter: Enter, folder: Path) -> None:
    """A slot that was recorded moves every later session, also the calendar's."""
    enter("record", "away", "--member", "zoë", "--first", "2026-12-20", "--last", "2027-01-03")
    assert fields_of(held(folder, "away")[0])["last"].isoformat() == "2027-01-03"
    enter("record", "slot", "--valid-from", "2031-01-01", "--weekday", "thursday", "--time", "18:30", "--zone", "Europe/Berlin")
    days = json.loads(enter("schedule", "--from", "2031-01-01", "--to", "2031-01-15", "--json"))
    assert [day["id"] for day in days] == ["2031-01-02", "2031-01-09"]
    assert days[0]["start"] == "2031-01-02T18:30:00+01:00"


def test_a_slot_of_several_weekdays(enter: Enter, folder: Path) -> None:
    """The option is given for each; older programs are told by its version that they cannot read such a slot."""
    where = ("--time", "18:30", "--zone", "Europe/Berlin")
    enter("record", "slot", "--valid-from", "2031-01-01", "--weekday", "tuesday", "--weekday", "friday", *where)
    days = ("--weekday", "second tuesday", "--weekday", "fourth tuesday")
    enter("record", "slot", "--valid-from", "2032-01-01", "--every", "month", *days, *where)
    enter("record", "slot", "--valid-from", "2033-01-01", "--weekday", "monday", *where)
    lines = [json.loads(line) for path in folder.glob("sessions/*/records/*.jsonl") for line in path.read_text().splitlines()]
    assert [(line["v"], line["weekday"]) for line in lines if line["type"] == "slot"] == [
        (2, ["tuesday", "friday"]),
        (2, ["second tuesday", "fourth tuesday"]),
        (1, "monday"),
    ]
    found = json.loads(enter("schedule", "--from", "2031-12-20", "--to", "2032-01-31", "--json"))
    assert [day["id"] for day in found] == ["2031-12-23", "2031-12-26", "2031-12-30", "2032-01-13", "2032-01-27"]
    shown = json.loads(enter("show", "slots", "--json"))
    assert [row["weekday"] for row in shown] == ["tuesday, friday", "second tuesday, fourth tuesday", "monday"]
    assert Workbook.open(folder).journal.problems == ()
    said = enter("record", "slot", "--valid-from", "2034-01-01", "--weekday", "tuesday", "--weekday", "fryday", *where, code=1)
    assert "did you mean 'friday'?" in said


def test_a_question_is_asked_corrected_answered_and_opened_again(enter: Enter, folder: Path) -> None:
    """What changes a thing names it by its first record, which every command prints."""
    question = enter("record", "question", "--member", "zoë", "--item", "few-shot", "--text", "Why 175B").strip()
    assert enter("record", "question", "--of", question, "--text", "Why 175B?").strip() == question
    [asked] = held(folder, "question")
    assert fields_of(asked) == {"member": "zoe-obrien-li", "text": "Why 175B?", "item": "few-shot", "of": question}
    answer = enter("record", "answer", "--question", question, "--text", "Compute.").strip()
    enter("record", "answer", "--question", question, "--state", "open", "--text", "")
    assert [fields_of(one)["state"] for one in held(folder, "answer")] == ["answered", "open"]
    said = enter("record", "answer", "--question", answer, "--text", "No.", code=1)
    assert f"{answer} is a record of type answer, but question names a question" in said


def test_an_action_is_done_later(enter: Enter, folder: Path) -> None:
    """What is not named stays as it was, and the session is the one it was noted in."""
    action = enter("record", "action", "--text", "Find the code", "--owner", "zoë").strip()
    enter("record", "action", "--of", action, "--done")
    [record] = held(folder, "action")
    assert fields_of(record) == {"text": "Find the code", "owner": "zoe-obrien-li", "due": None, "done": True, "of": action}


def test_a_summary_grows_part_by_part(enter: Enter, folder: Path) -> None:
    """Naming one part keeps the others."""
    enter("record", "summary", "--member", "zoë", "--item", "few-shot", "--big-idea", "Prompts")
    enter("record", "summary", "--member", "zoë", "--item", "few-shot", "--relevance", "Daily")
    [record] = held(folder, "summary")
    assert fields_of(record) | {"text": ""} == {
        "member": "zoe-obrien-li",
        "item": "few-shot",
        "big_idea": "Prompts",
        "relevance": "Daily",
        "text": "",
    }


def test_a_ballot_takes_votes_until_it_closes(enter: Enter, folder: Path) -> None:
    """Only for what is on it, the last vote of each member, in order."""
    words = "record ballot --shortlist few-shot --shortlist tuned --until 2999-01-01T20:00 --rule ranked"
    ballot = enter(*words.split()).strip()
    enter("record", "vote", "--ballot", ballot, "--member", "zoë", "--choice", "few-shot")
    enter("record", "vote", "--ballot", ballot, "--member", "zoë", "--choice", "tuned", "--choice", "few-shot")
    [vote] = held(folder, "vote")
    assert fields_of(vote)["choice"] == ("tuned", "few-shot")
    assert "is not on this ballot" in enter("record", "vote", "--ballot", ballot, "--choice", "talk", code=1)
    past = ("record", "ballot", "--of", ballot, "--until", "2020-01-01T20:00")
    assert "The closing time is in the past; choose a later one." in enter(*past, code=1)
    enter("ballots", "--close", ballot)
    assert "This ballot closed on" in enter("record", "vote", "--ballot", ballot, code=1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("rsvp --answer perhaps", "'perhaps' is not an answer for rsvp; use yes, maybe, no"),
        ("rsvp", "This rsvp is not complete: answer is missing."),
        ("rsvp --member bob --answer yes", "'bob' is not on the roster"),
        ("rating --item few-shot --rating 6", "6 is not a rating; use 1, 2, 3, 4 or 5"),
        ("rating --item fewshot --rating 5", "did you mean 'few-shot'?"),
        ("summary --item few-shot", "The summary is empty"),
        ("material --item few-shot --label x --url javascript:alert(1)", "Links start with https://"),
        ("swap --role chef", "'chef' is not a role"),
        ("away --first 2026-12-20 --last 2026-12-01", "cannot end on 2026-12-01, before it begins on 2026-12-20"),
        ("question --text ?? --of 1234", "There is no question 1234"),
        ("answer --text ?? --question 1234", "There is no record 1234"),
        ("ballot --shortlist few-shot --until 2999-01-01T20:00", "A ballot needs at least two items"),
        ("slot --valid-from 2027-01-01 --weekday fridya --time 19:00 --zone UTC", "did you mean 'friday'?"),
        ("note --text hi --session 2026-11-31", "'2026-11-31' is not a session"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(enter: Enter, folder: Path, words: str, message: str) -> None:
    """It says what, and what is allowed; nothing is written."""
    before = len(Workbook.open(folder).journal.records)
    assert message in enter("record", *words.split(), code=1)
    assert len(Workbook.open(folder).journal.records) == before


def test_receipts_are_sentences_in_the_group_s_time(enter: Enter, folder: Path) -> None:
    """Who did what, as the history says it, with no field's name, no id and no seconds; of a session its day."""

    def receipt(*words: str) -> str:
        return command("record", *words, "--by", "ada", cwd=folder).stderr

    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('zone = "UTC"', 'zone = "Asia/Kolkata"'))
    now = datetime.now(ZoneInfo("Asia/Kolkata"))
    said = receipt("rsvp", "--session", "2031-01-10", "--member", "zoë", "--answer", "no")
    assert said.endswith(": Ada Lovelace set Zoë O'Brien-李’s RSVP to no, for the session of Fri 10 Jan\n")
    at = datetime.strptime(said.split(":", 2)[0] + ":" + said.split(":", 2)[1], "Saved %H:%M")
    assert (at.hour * 60 + at.minute - now.hour * 60 - now.minute) % (24 * 60) <= 5
    for words, told in (
        ("swap --session 2031-01-10 --role presenter --asked zoë", "asked Zoë O'Brien-李 to take over their role as presenter"),
        ("swap --session 2031-01-17 --role presenter --to zoë", "gave their role as presenter to Zoë O'Brien-李"),
        ("turn --session 2031-01-10 --role scribe --answer volunteer", "took on the role of scribe"),
        (
            "away --first 2031-01-01 --last 2031-01-05 --why skiing",
            "said that they are away from 1 Jan 2031 to 5 Jan 2031: skiing",
        ),
        ("proposal --item few-shot --why Short", "proposed Few-Shot Learners: “Short”"),
        ("guide --session 2031-01-10 --item few-shot --part pages", "said to read pages of Few-Shot Learners"),
        (
            "slot --valid-from 2032-01-01 --weekday monday --time 19:00 --zone UTC",
            "changed when the group meets: Mondays at 19:00 UTC",
        ),
        ("reading --member ada --item few-shot --status read", "set their own reading status of Few-Shot Learners to read"),
        (
            "ballot --shortlist few-shot --shortlist tuned --until 2099-01-01T20:00",
            "opened a ballot about Few-Shot Learners and Tuned",
        ),
        ("vote", "voted, and abstains"),
    ):
        assert f": Ada Lovelace {told}" in receipt(*words.split()), words


def test_a_plan_makes_an_extra_session_only_where_it_is_asked_to(enter: Enter, folder: Path) -> None:
    """A date that has no session, given for a session to move, is refused with the nearest and both ways on; a session that is there moves as before."""
    plan = ("record", "plan", "--session", "2031-01-08", "--start", "2031-01-08T20:00")
    said = enter(*plan, code=1)
    assert "2031-01-08 has no session; the nearest are 2031-01-03 and 2031-01-10." in said
    assert "To move one to that day, name it as the session; to hold one more session, add --extra." in said
    assert held(folder, "plan") == []
    enter("record", "plan", "--session", "2031-01-10", "--start", "2031-01-09T20:00")
    enter(*plan, "--extra")
    enter("record", "plan", "--session", "2031-01-08", "--start", "2031-01-08T21:00")
    assert [record.session for record in held(folder, "plan")] == ["2031-01-08", "2031-01-10"]
    with pytest.raises(ScheduleError, match="to hold one more session, add extra=True"):
        Group(Workbook.open(folder)).record("plan", session="2031-02-05", start="2031-02-05T20:00", by="ada-lovelace")


def test_a_long_text_comes_from_standard_input(folder: Path) -> None:
    """As a shell's pipe gives it, with every letter."""
    command = [sys.executable, "-m", "studygroup"]
    subprocess.run([*command, "member", "add", "Ada", "--facilitator"], cwd=folder, check=True, capture_output=True)
    text = "Grüße\n\n- *one* 🎉\n"
    subprocess.run(
        [*command, "record", "note", "--text", "-"], cwd=folder, check=True, input=text.encode(), capture_output=True
    )
    assert [fields_of(note)["text"] for note in held(folder, "note")] == [text.strip()]


def test_history_names_who_typed(enter: Enter, folder: Path) -> None:
    """A facilitator who said who she is enters for others as herself; where no one said so, it is the member whom it is about."""
    enter("record", "rsvp", "--member", "zoë", "--answer", "yes")
    enter("me", "ada")
    enter("record", "rsvp", "--member", "zoë", "--answer", "no")
    enter("record", "reading", "--member", "zoë", "--item", "few-shot")
    assert [one.by for one in (*held(folder, "rsvp"), *held(folder, "reading"))] == ["ada-lovelace", "ada-lovelace"]
    enter("me", "zoë")
    enter("record", "reading", "--member", "zoë", "--item", "tuned")
    assert [one.by for one in held(folder, "reading")] == ["ada-lovelace", "zoe-obrien-li"]


def test_the_roster_is_listed(enter: Enter) -> None:
    """By name, with ids; who left is on it only with --all."""
    enter("member", "add", "bo", "--zone", "Europe/Berlin")
    enter("member", "add", "Cy", "--since", "2020-01-01")
    enter("member", "leave", "cy", "--on", "2020-02-01")
    lines = [line.split("  ")[0] for line in enter("member", "list").splitlines()]
    assert lines == ["name", "Ada Lovelace", "bo", "Zoë O'Brien-李"]
    rows = {one["member"]: one for one in json.loads(enter("member", "list", "--all", "--json"))}
    assert (rows["cy"]["left"], rows["bo"]["zone"]) == ("2020-02-01", "Europe/Berlin")


def test_history_and_undo_from_the_command_line(enter: Enter, folder: Path) -> None:
    """The ends of ids that history shows are what undo takes."""
    enter("record", "rating", "--member", "zoë", "--item", "few-shot", "--rating", "2")
    enter("record", "rating", "--member", "zoë", "--item", "few-shot", "--rating", "4")
    lines = enter("history", "--item", "few-shot").splitlines()
    assert [line.split("  ", 2)[2] for line in lines] == [
        "Zoë O'Brien-李 changed their own rating of Few-Shot Learners from 2 to 4",
        "Zoë O'Brien-李 set their own rating of Few-Shot Learners to 2 (replaced)",
    ]
    assert len(json.loads(enter("history", "--member", "zoë", "--json"))) == 3
    assert enter("history", "--csv", "--limit", "1").startswith("at,by,session,type,about,says,state,id,replaces")
    enter("undo", lines[0].split()[0])
    assert [fields_of(one)["rating"] for one in held(folder, "rating")] == [2]
    assert "was undone before" in enter("undo", lines[0].split()[0], code=1)
    assert enter("history", "--limit", "1").split("  ", 2)[2].strip() == (
        "Ada Lovelace undid “Zoë O'Brien-李 changed their own rating of Few-Shot Learners from 2 to 4”"
    )
    assert enter("history", "--session", "2031-01-03") == ""


@pytest.mark.parametrize(
    ("words", "types"),
    [
        ("record rsvp --member zoë --answer no", ["rsvp"]),
        ("record plan --step 1 --presenter ada", ["plan"]),
        ("record attendance --early --member ada --member zoë", ["plan", "attendance", "attendance"]),
        ("record reading --member zoë --item few-shot", ["reading"]),
        ("member rename zoë Zoe", ["person"]),
        ("member leave zoë", ["person"]),
    ],
)
def test_a_dry_run_prints_the_records_and_saves_none(enter: Enter, folder: Path, words: str, types: list[str]) -> None:
    """They pass the same checks."""
    before = {path: path.read_bytes() for path in folder.glob("sessions/*/records/*")}
    lines = enter(*words.split(), "--dry-run").splitlines()
    assert [json.loads(line)["type"] for line in lines] == types
    assert {path: path.read_bytes() for path in folder.glob("sessions/*/records/*")} == before
    assert "not on the roster" in enter("record", "rsvp", "--member", "nobody", "--answer", "no", "--dry-run", code=1)


def test_adding_joining_and_undoing_can_be_tried_first(enter: Enter, folder: Path) -> None:
    """What is printed is what would be entered; files and catalogue stay as they are."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".studygroup" not in path.parts}
    name, line = enter("member", "add", "Bo", "--dry-run").splitlines()
    assert (name, json.loads(line)["name"]) == ("bo", "Bo")
    zoe = held(folder, "person")[-1]
    assert json.loads(enter("undo", zoe.id, "--dry-run"))["record"] == zoe.id
    enter("same", "few-shot", "tuned", "--dry-run")
    enter("different", "few-shot", "tuned", "--dry-run")
    assert {path: path.read_bytes() for path in before} == before
    assert not (folder / "lists" / "same.csv").exists()


def test_a_vote_without_choices_abstains_also_after_another_one(enter: Enter, folder: Path) -> None:
    """On the only ballot that is open where none is named."""
    enter("record", "ballot", "--shortlist", "few-shot", "--shortlist", "tuned", "--until", "2099-01-01T20:00")
    enter("record", "vote", "--member", "zoë", "--choice", "few-shot")
    enter("record", "vote", "--member", "zoë")
    [vote] = held(folder, "vote")
    assert fields_of(vote)["choice"] == ()
