"""What is private stays so: forgetting and exporting know every type, open ballots tell nothing, reasons are for facilitators.

The tests walk over the descriptions of records and over every command, so that a new type, field or command is looked at, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

import studygroup as sg
from studygroup.forms.facilitator.week import WeekForms
from studygroup.forms.member_page.member import MemberForms
from studygroup.journal.types.lines import encode
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import TYPES
from studygroup.workbook.forget import forget, held_about, plan_erasure
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import texts
from tests.support.command_line import command
from tests.test_workbook_2026_11 import COMMANDS as KNOWN_COMMANDS
from tests.test_workbook_2026_11 import ELSEWHERE

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
SECRET = "the words of someone who is to be forgotten"
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
KINDS = {name: kind for name, kind in TYPES.items() if name != "person"}

NEITHER = {
    *{("slot", "weekday"), ("slot", "time"), ("slot", "zone"), ("slot", "every")},
    *{
        ("swap", "role"),
        ("swap", "for_role"),
        ("swap", "for_session"),
        ("turn", "role"),
        ("material", "url"),
        ("proposal", "url"),
        ("plan", "link"),
        ("survey", "moves"),
    },
    *{("sent", field) for field in ("message", "to", "trying", "waiting", "own", "failed")},
    *{("result", "counted"), ("pace", "parts"), ("pace", "pinned"), ("pace", "reason")},
}
"""Fields that hold texts and say nothing about a person; links that someone added are listed by ``studygroup forget``."""


def named(kind: type[Record]) -> frozenset[str]:
    """Return the fields of a type that name members, items, entries and records."""
    return frozenset((*kind.member_fields, *kind.item_fields, *kind.entry_fields, *(field for field, _ in kind.record_fields)))


def own_of(kind: type[Record]) -> Iterator[msgspec.structs.FieldInfo]:
    """Yield what a type has beside the envelope."""
    yield from (field for field in msgspec.structs.fields(kind) if field.name not in Record.__struct_fields__)


@pytest.mark.parametrize("name", KINDS)
def test_each_text_of_a_type_is_prose_a_persons_own_or_known_to_be_neither(name: str) -> None:
    """So that whoever adds a field decides what becomes of it when its author is forgotten."""
    kind = KINDS[name]
    for field in own_of(kind):
        holds_text = field.type is str or str in get_args(field.type) or get_origin(field.type) is dict
        if holds_text and get_origin(field.type) is not Literal and field.name not in named(kind):
            assert field.name in {*kind.text_fields, *kind.own_fields} or (name, field.name) in NEITHER, field.name


def value(kind: type[Record], field: msgspec.structs.FieldInfo, member: str) -> Any:
    """Return a value of a field that tells of a member."""
    if field.name in kind.member_fields:
        holder = get_origin(field.type)
        return {"scribe": member} if holder is dict else (member,) if holder is tuple else member
    if field.name in kind.text_fields:
        return SECRET if field.type is str else (SECRET,)
    if field.name in kind.own_fields:
        return OWN.get(field.name, "Europe/Dublin")
    return OTHERS.get(field.name, field.default if not field.required else plain(field.type))


OWN = {"can": ("monday 18:00-19:30",), "if_need_be": ("tuesday 18:00-19:30",)}
OTHERS: dict[str, Any] = {
    "item": "tuned",
    "url": "https://example.org/",
    "role": "scribe",
    "first": date(2026, 12, 1),
    "last": date(2026, 12, 2),
}
OTHERS |= {"options": ("tuned", "talk"), "shortlist": ("tuned", "talk"), "weekday": "friday", "time": "23:00", "zone": "UTC"}
OTHERS |= {"rating": 4, "state": "present", "status": "read", "answer": "yes"}


def plain(kind: Any) -> Any:
    found: dict[Any, Any] = {str: "some", int: 1, date: date(2026, 12, 1)}
    return found.get(kind) or (get_args(kind)[0] if get_origin(kind) is Literal else AT)


def made(name: str, number: int, by: str, about: str) -> Record:
    """Return a record of a type, typed by someone about someone."""
    kind = KINDS[name]
    known = {field.name: value(kind, field, about) for field in own_of(kind)}
    fields = {name: one for name, one in known.items() if one is not msgspec.NODEFAULT}
    if name == "answer":
        fields["state"] = "answered"
    if name == "second":
        fields["proposal"] = "019ac0de-0000-7000-8000-000000000001"
    if name == "pace":
        fields["parts"] = {"Talk": 60}
    if name == "material":
        fields["role"] = "slides"
    if name == "turn":
        fields["answer"] = "volunteer"
    if name == "swap":
        fields["to"] = fields["asked"] = ""
    if name == "proposal":
        fields["item"] = ""
    if "of" in fields:
        fields["of"] = ""
    record = kind(
        id=f"019ac0de-0000-7000-8000-{number:012}", at=AT + timedelta(seconds=number), by=by, session="2026-11-20", **fields
    )
    return record


@pytest.fixture
def all_types(group: Workbook) -> Workbook:
    """A record of each type that Bo typed about himself, and one that Ada typed about him."""
    folder = group.folder / "sessions" / "2026-11-20" / "records"
    for by, first in ((BO, 1), (ADA, 500)):
        lines = [encode(made(name, first + number, by, BO)) for number, name in enumerate(KINDS)]
        path = folder / f"{by}.jsonl"
        path.write_bytes((path.read_bytes() if path.exists() else b"") + b"".join(line + b"\n" for line in lines))
    group.reread()
    assert {record.type for record in group.journal.records} == {"person", *KINDS}
    return group


def test_an_export_has_every_type(all_types: Workbook) -> None:
    """What someone typed, and what others typed about them."""
    held = held_about(all_types, BO)
    assert {one["type"] for one in held["typed"]} == {*KINDS}
    about = {name for name, kind in KINDS.items() if kind.member_fields}
    # What only names them in its text is there as well.
    assert about <= {one["type"] for one in held["about"]}


def test_forgetting_takes_every_type_along(all_types: Workbook) -> None:
    """No id, no words and nothing of their own stays; counts do."""
    before = len(all_types.journal.records)
    forget(all_types, plan_erasure(all_types, BO))
    assert len(all_types.journal.records) == before
    for record in all_types.journal.records:
        fields = msgspec.to_builtins(record)
        assert '"bo"' not in json.dumps(fields), record.type
        if record.by != ADA or getattr(record, "member", ""):
            assert SECRET not in json.dumps(fields), record.type
            assert not any(getattr(record, field) for field in record.own_fields), record.type


# --- votes ------------------------------------------------------------------------------------------------------------

CHOICES = {ADA: ("talk",), BO: ("tuned", "talk")}
OTHERWISE = {ADA: ("tuned", "few-shot"), BO: ("few-shot",)}


NEW = re.compile(r'"id":"[0-9a-f-]+","at":"[^"]+"|(?<=studygroup undo )[0-9a-f]+')


class FixedIds:
    """Ids one after the other, the same in each workbook."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self) -> str:
        self.last += 1
        return f"019ac0de-0000-7000-8000-{self.last:012}"


BALLOT = "019ac0de-0000-7000-8000-000000000001"


def voted(group: Workbook, clock: Clock, choices: dict[str, tuple[str, ...]]) -> Workbook:
    """Return the group with an open ballot on which two have voted."""
    group.new_id = FixedIds()
    until = datetime(2099, 1, 1, tzinfo=UTC)
    ballot = group.enter("ballot", by=ADA, shortlist=("few-shot", "tuned", "talk"), rule="runoff", until=until)
    for member, choice in choices.items():
        group.enter("vote", by=member, ballot=ballot.id, member=member, choice=choice)
    return group


@pytest.fixture
def outputs(group: Workbook, clock: Clock) -> Callable[[dict[str, tuple[str, ...]]], dict[str, str]]:
    """Return a function that returns everything that commands and pages show to someone else, by command, once the choices are these."""
    records = {path: path.read_bytes() for path in group.folder.rglob("*.jsonl")}

    def look(choices: dict[str, tuple[str, ...]]) -> dict[str, str]:
        for path in group.folder.rglob("*.jsonl"):
            path.write_bytes(records.get(path, b""))
        book = voted(Workbook(group.folder, clock), clock, choices)
        found = {}
        for words in looking():
            for reader in ({}, {"STUDYGROUP_MEMBER": ZOE}):
                done = command(*words, cwd=book.folder, **reader)
                # What a dry run would enter has an id and a time of its own.
                found[f"{' '.join(words)} {reader}"] = NEW.sub("", done.stdout + done.stderr)
        for name, forms in (("week", WeekForms(book, ADA)), ("member", MemberForms(book, ZOE))):
            # Ada's own vote is not on her screen: it has the ballot, not her vote.
            found |= {f"{name} {one}": texts(getattr(forms, one)) for one in ("history", "ballots") if hasattr(forms, one)}
            if name == "member":
                found |= {f"{name} {one}": texts(getattr(forms, one)) for one in ("choose", "since", "next")}
            if hasattr(forms, "stop"):
                forms.stop()
        return found

    return look


def looking() -> Iterator[list[str]]:
    """Yield the commands that only look, with what they need."""
    tables = sorted({kind.table for kind in TYPES.values() if kind.table} | {"activity", "turnout"})
    yield from (["show", table] for table in tables)
    yield from (["history"], ["history", "--json"], ["history", "--member", BO], ["ballots"], ["ballots", "--json"], ["check"])
    yield from (["member", "export", member] for member in CHOICES)
    yield from (
        ["ledger", "--all"],
        ["rotation"],
        ["times"],
        ["member", "list"],
        ["due", "--dry-run"],
        ["forget", BO, "--dry-run"],
    )
    yield from (["announce", kind, "--dry-run"] for kind in ("agenda", "reminder"))
    about = ["--ballot", BALLOT, "--choice", "talk", "--dry-run"]
    yield from (
        ["record", "vote", "--by", ADA, "--member", BO, *about],
        ["ballots", "--close", "--dry-run", "--by", ADA],
        ["undo", "019ac0de-0000-7000-8000-000000000003", "--by", ADA, "--dry-run"],
    )


def test_the_look_knows_every_command() -> None:
    """A new command is looked at too, or changes what is entered, or shows nothing of records."""
    shows = {words[0] for words in looking()} | {"record", "member"}
    others = {
        *{
            "copy",
            "different",
            "same",
            "export",
            "fill",
            "import",
            "invite",
            "links",
            "me",
            "search",
            "set",
            "settings",
            "upgrade",
        },
        *{"agenda", "report", "site", "github", "lab", "new", "demo", "serve", "sync", "schedule"},
    }
    assert {name.split()[0] for name in (*KNOWN_COMMANDS, *ELSEWHERE)} == shows | others


def test_nothing_shows_who_voted_for_what_before_a_ballot_closes(outputs: Any) -> None:
    """Whatever two members chose, everything that others are shown is the same to the letter."""
    first, second = outputs(CHOICES), outputs(OTHERWISE)
    assert first.keys() == second.keys()
    assert {words: (first[words], second[words]) for words in first if first[words] != second[words]} == {}
    assert any("2 of 3 members have voted" in text for text in first.values())


# --- reasons ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reader", "shown"), [("", True), (ADA, True), (BO, True), (ZOE, False)])
def test_reasons_are_for_facilitators_and_whose_they_are(
    group: Workbook, monkeypatch: pytest.MonkeyPatch, reader: str, shown: bool
) -> None:
    """In tables, in Python and in the history; whoever did not say who they are holds the files, and sees them."""
    group.enter("away", by=BO, member=BO, first=date(2026, 12, 1), last=date(2026, 12, 2), why=SECRET)
    group.enter("rsvp", by=BO, session="2026-11-20", member=BO, answer="no", why=SECRET)
    group.enter(
        "availability",
        by=BO,
        member=BO,
        survey=group.enter("survey", by=ADA, first=date(2027, 3, 1)).id,
        can=("monday 18:00-19:30",),
    )
    if reader:
        monkeypatch.setenv("STUDYGROUP_MEMBER", reader)
    for words in (["show", "away"], ["show", "rsvps", "--json"], ["history", "--json"]):
        printed = command(*words, cwd=group.folder).stdout
        assert (SECRET in printed) == shown, words
        assert BO in printed
    assert ("monday 18:00" in command("show", "availability", cwd=group.folder).stdout) == shown
    assert ("monday 18:00" in command("history", "--json", cwd=group.folder).stdout) == shown
    monkeypatch.chdir(group.folder)
    assert sg.open().tables.away["why"].tolist() == [SECRET if shown else ""]
