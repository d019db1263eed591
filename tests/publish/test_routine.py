"""`studygroup due` sends to real servers on loopback: each message once, whatever fails, is cut short, or runs twice at once."""

from __future__ import annotations

import json
import random
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from studygroup.errors import MessageError, RecordError, SyncError
from studygroup.group.settings import FILE
from studygroup.journal.types.record import PROGRAM
from studygroup.journal.types.records import Sent
from studygroup.meeting.before.attention import attention
from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.meeting.facts.deliveries import deliveries_of
from studygroup.publish.messages.sending import Letter, settle
from studygroup.publish.pages.kernels import end_thread
from studygroup.publish.routine.due import DueStep, run_due, unreached
from studygroup.publish.routine.place import is_the_place, make_this_the_place, place_here
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.channel import SECRET, Channel
from tests.support.mailbox import Mailbox

ADA, ZOE, NEXT = "ada-lovelace", "zoe-obrien-li", "2026-11-27"
START = datetime(2026, 11, 27, 23, tzinfo=UTC)


@pytest.fixture
def to_channel(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", channel.url)
    return channel


@pytest.fixture
def no_pages(group: Workbook) -> Workbook:
    """The group, with templates that run in no time."""
    folder = group.folder / "notebooks" / "templates"
    folder.mkdir(parents=True)
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "Welcome"}
    for name in ("agenda", "report"):
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook))
    return group


def run(book: Workbook) -> list[DueStep]:
    return list(run_due(book))


def said(steps: list[DueStep]) -> list[str]:
    return [step.says for step in steps]


@pytest.mark.slow
def test_a_week_goes_by(group: Workbook, clock: Clock, to_channel: Channel) -> None:
    """Run every hour: the agenda, the reminder and the report go out once each, in their hours, with their pages; and it is recorded."""
    clock.now = START - timedelta(hours=50)
    label = ""
    told: dict[str, str] = {}
    for hour in range(-49, 30):
        clock.now = START + timedelta(hours=hour)
        if hour == 2:
            close_session(group, NEXT, by=ADA)
        for step in run(group):
            told[step.what] = f"{hour}: {step.says}"
    label = group.latest(Sent, NEXT, "agenda").to[0]
    assert told == {
        "agenda": f"-48: Sent the agenda for Fri 27 Nov to {label}.",
        "reminder": f"-24: Sent the reminder for Fri 27 Nov to {label}.",
        "report": f"3: Sent the report of Fri 27 Nov to {label}.",
    }
    assert [got["title"] for got in to_channel.got] == [
        "Thursday papers: Fri 27 Nov",
        "Thursday papers: Fri 27 Nov",
        "Thursday papers: report of Fri 27 Nov",
    ]
    pages = {path.name for path in (group.folder / "sessions" / NEXT).iterdir()}
    assert {"agenda.html", "report.html"} <= pages
    assert (group.folder / "sessions" / NEXT / "records" / f"{PROGRAM}.jsonl").is_file()
    assert SECRET not in "".join(path.read_text() for path in group.folder.rglob("*.jsonl"))
    # After a restart nothing is sent again.
    assert run(Workbook(group.folder, clock)) == []


def test_what_failed_is_tried_again_and_reported(no_pages: Workbook, clock: Clock, to_channel: Channel) -> None:
    """A channel that is down for three hours gets the agenda when it is back, once; until then each run and the forms say so."""
    clock.now = START - timedelta(hours=48)
    to_channel.answers = 503
    for _ in range(3):
        [step] = run(no_pages)
        assert (step.state, "the service answered 503" in step.says) == ("failed", True)
        assert "It is tried again." in attention(no_pages)[0]
        clock.now += timedelta(hours=1)
    to_channel.answers = 200
    assert [step.state for step in run(no_pages)] == ["done"]
    assert (run(no_pages), len(to_channel.got), attention(no_pages)) == ([], 1, [])


def test_a_corrected_address_gets_what_the_wrong_one_did_not(
    no_pages: Workbook, clock: Clock, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a new address of a channel that has the message gets it no second time."""
    clock.now = START - timedelta(hours=48)
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", "nonsense")
    [step] = run(no_pages)
    assert (step.state, "not one that apprise knows" in step.says) == ("failed", True)
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", channel.url)
    assert [step.state for step in run(no_pages)] == ["done"]
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", f"{channel.url}-renewed")
    assert (run(no_pages), len(channel.got), attention(no_pages)) == ([], 1, [])


def test_a_template_that_fails_keeps_no_message_back(no_pages: Workbook, clock: Clock, to_channel: Channel) -> None:
    """The agenda is announced; the page is tried again until it can be made, and facilitators see why it cannot, without a path."""
    clock.now = START - timedelta(hours=48)
    template = no_pages.folder / "notebooks" / "templates" / "agenda.ipynb"
    good = template.read_text()
    template.write_text("{}")
    failed, sent = run(no_pages)
    assert (failed.state, sent.state) == ("failed", "done")
    assert str(no_pages.folder) not in attention(no_pages)[0]
    assert attention(no_pages)[0].startswith("The page of the agenda for Fri 27 Nov could not be made: ")
    assert [step.state for step in run(no_pages)] == ["failed"]
    template.write_text(good)
    assert said(run(no_pages)) == ["The agenda for Fri 27 Nov had been sent before."]
    assert (run(no_pages), len(to_channel.got), attention(no_pages)) == ([], 1, [])


def test_without_an_address_the_page_is_made_and_it_is_said(
    no_pages: Workbook, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is pretended to have been sent."""
    monkeypatch.delenv("STUDYGROUP_ANNOUNCE", raising=False)
    clock.now = START - timedelta(hours=48)
    [step] = run(no_pages)
    assert step.says.startswith("The agenda for Fri 27 Nov was not sent: no address is known")
    assert (no_pages.folder / "sessions" / NEXT / "agenda.html").is_file()
    assert attention(no_pages)[0].startswith("The agenda for Fri 27 Nov was not sent: no address is known")


def test_only_members_who_have_not_answered_are_reminded(
    no_pages: Workbook, clock: Clock, to_channel: Channel, mailbox: tuple[Mailbox, str]
) -> None:
    """Not who answered, is away, has left or is a guest; at their own address, else by name; the record says whose address it was."""
    box, address = mailbox
    book = no_pages
    for name in ("Cy", "Dee", "Ed", "Flo"):
        book.add_person(name, by=ADA, guest=name == "Ed")
    book.enter("rsvp", by=ADA, member=ADA, session=NEXT, answer="yes")
    book.enter("away", by="cy", member="cy", first="2026-11-24", last="2026-11-30")
    book.change_person("dee", by=ADA, left="2026-11-22")
    plan_session(book, NEXT, by=ADA, roles={"presenter": "flo", "scribe": ZOE})
    (book.folder / ".studygroup").mkdir(exist_ok=True)
    lines = [f'{member} = "{address.replace("bo@", f"{member}@")}"' for member in ("bo", "cy", "dee", "ed", ADA)]
    (book.folder / ".studygroup" / "addresses.toml").write_text("\n".join(["[members]", *lines]))
    clock.now = START - timedelta(hours=24)
    steps = [step for step in run(book) if step.what == "reminder"]
    assert [step.state for step in steps] == ["done"]
    assert [mail["to"] for mail in box.got] == ["bo@example.org"]
    text = to_channel.got[-1]["message"]
    assert "No answer yet from Flo and Zoë O'Brien-李." in text
    record = book.latest(Sent, NEXT, "reminder")
    assert list(record.own.values()) == ["bo"]
    assert "example.org" not in "".join(path.read_text() for path in book.folder.rglob("studygroup.jsonl"))


def test_who_has_a_role_is_told_with_its_card_and_so_is_whose_turn_it_is(
    no_pages: Workbook, clock: Clock, to_channel: Channel, mailbox: tuple[Mailbox, str]
) -> None:
    """Also those who answered; whom nothing concerns gets no mail."""
    box, address = mailbox
    for member in (ADA, "bo", ZOE):
        no_pages.enter("rsvp", by=member, member=member, session=NEXT, answer="yes")
    plan_session(no_pages, NEXT, by=ADA, roles={"presenter": ADA})
    no_pages.enter("turn", by=ZOE, session=NEXT, member=ZOE, role="scribe", answer="decline")
    (no_pages.folder / ".studygroup").mkdir(exist_ok=True)
    lines = [f'{member} = "{address.replace("bo@", f"{member}@")}"' for member in (ADA, "bo", ZOE)]
    (no_pages.folder / ".studygroup" / "addresses.toml").write_text("\n".join(["[members]", *lines]))
    clock.now = START - timedelta(hours=24)
    run(no_pages)
    texts = {mail["to"].partition("@")[0]: str(mail.get_body(("plain",)).get_content()) for mail in box.got}
    assert sorted(texts) == [ADA, "bo"]
    assert "You are presenter." in texts[ADA] and "Which figure or table shows the main result?" in texts[ADA]
    assert "No one is scribe yet, and it’s your turn (no turns in 0 sessions)." in texts["bo"]


def test_members_whom_no_address_reaches_are_named(
    no_pages: Workbook, clock: Clock, mailbox: tuple[Mailbox, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the group has no channel, a reminder reaches only those with an address; who runs it learns of the others."""
    monkeypatch.delenv("STUDYGROUP_ANNOUNCE", raising=False)
    # As a CI has it, which has no file.
    monkeypatch.setenv("STUDYGROUP_ADDRESSES", f'[members]\nbo = "{mailbox[1]}"')
    clock.now = START - timedelta(hours=24)
    assert unreached(no_pages, NEXT) == ["Ada Lovelace", "Zoë O'Brien-李"]
    steps = [step for step in run(no_pages) if step.what == "reminder"]
    assert steps[-1].says == "No address leads to Ada Lovelace and Zoë O'Brien-李, so no reminder reached them."
    assert len(mailbox[0].got) == 1


def test_where_nothing_is_missing_no_reminder_goes_out_later_either(
    no_pages: Workbook, clock: Clock, to_channel: Channel
) -> None:
    """Each is done once: what becomes missing after its moment is for people to tell."""
    plan_session(no_pages, NEXT, by=ADA, items=["few-shot"], roles={"presenter": ADA, "scribe": ZOE})
    for member in (ADA, "bo", ZOE):
        no_pages.enter("rsvp", by=member, session=NEXT, member=member, answer="yes")
        no_pages.enter("reading", by=member, member=member, item="few-shot", status="read")
    for other in ("2026-11-20",):
        no_pages.enter("attendance", by=ADA, session=other, member=ADA, state="present")
    clock.now = START - timedelta(hours=24)
    assert "Nothing is missing for Fri 27 Nov: no reminder was sent." in said(run(no_pages))
    plan_session(no_pages, NEXT, by=ADA, roles={"scribe": ""})
    clock.now += timedelta(hours=3)
    assert run(no_pages) == []


class KilledError(BaseException):
    """Stands for a process that ends in the middle of something."""


class Perilous:
    """Runs `due` in a process that may end before and after a letter is delivered, and before a record of it is written."""

    def __init__(self, book: Workbook, seed: int) -> None:
        self.book, self.chance = book, random.Random(seed)
        self.arrived: list[tuple[str, str, str]] = []

    def perhaps(self, chance: float) -> None:
        if self.chance.random() < chance:
            raise KilledError

    def deliver(self, letter: Letter) -> str:
        self.perhaps(0.15)
        if self.chance.random() < 0.15:
            return "the service answered 503"
        self.arrived.append((letter.address.label, letter.title, letter.text.split("\n")[1]))
        self.perhaps(0.15)
        return ""

    def run(self) -> None:
        append = self.book.store.append

        def append_perhaps(record: Any, again: bool = False) -> Any:
            self.perhaps(0.1 if record.by == PROGRAM else 0)
            return append(record, again)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.book.store, "append", append_perhaps)
            try:
                list(run_due(self.book, deliver=self.deliver))
            except KilledError:
                # As after a restart.
                self.book = Workbook(self.book.folder, self.book.clock)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_cut_short_at_any_moment_no_message_goes_out_twice(
    no_pages: Workbook, clock: Clock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hours around each due moment of two weeks, to three places: what did not arrive is one of those that may have been sent."""
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", " ".join(f"json://127.0.0.1:9/{number}" for number in range(3)))
    perilous = Perilous(no_pages, seed)
    weeks = {NEXT: START, "2026-12-04": START + timedelta(weeks=1)}
    for session, start in weeks.items():
        for hour in (*range(-50, -36), *range(-25, -12), *range(3, 16)):
            clock.now = start + timedelta(hours=hour)
            if hour == 3:
                close_session(perilous.book, session, by=ADA)
            perilous.run()
    arrived, book = perilous.arrived, perilous.book
    assert len(arrived) == len(set(arrived)), "a message went out twice"
    stops = {
        (session, kind): deliveries_of(book, session, kind).stops
        for session in weeks
        for kind in ("agenda", "reminder", "report")
    }
    assert {len(one) for one in stops.values()} == {3}
    assert {stop.state for one in stops.values() for stop in one.values()} <= {"sent", "unknown"}, (
        "what failed was sent in a later hour"
    )
    unsure = sum(stop.state == "unknown" for one in stops.values() for stop in one.values())
    assert len(arrived) + unsure >= 18, "each message that is missing may have been sent, and is told as such"
    assert unsure, "the test has killed nothing"


def test_what_may_have_been_sent_is_settled_by_a_facilitator(no_pages: Workbook, clock: Clock, to_channel: Channel) -> None:
    """It arrived: nothing more is sent. It did not: the next run sends it, once."""
    clock.now = START - timedelta(hours=48)

    def killed(letter: Letter) -> str:
        raise KilledError

    with pytest.raises(KilledError):
        list(run_due(no_pages, deliver=killed))
    clock.now += timedelta(hours=1)
    assert run(no_pages) == []
    [unsure] = attention(no_pages)
    [place] = deliveries_of(no_pages, NEXT, "agenda").places("unknown")
    assert f"may have been sent to {place}" in unsure
    settle(no_pages, "agenda", NEXT, by=ADA, lost=[place])
    assert [step.state for step in run(no_pages)] == ["done"]
    assert (run(no_pages), len(to_channel.got), attention(no_pages)) == ([], 1, [])
    clock.now = START - timedelta(hours=24)
    with pytest.raises(KilledError):
        list(run_due(no_pages, deliver=killed))
    settle(no_pages, "reminder", NEXT, by=ADA, arrived=[place])
    clock.now += timedelta(hours=1)
    assert (run(no_pages), len(to_channel.got), attention(no_pages)) == ([], 1, [])
    with pytest.raises(MessageError, match="Announcing is for a facilitator"):
        settle(no_pages, "reminder", NEXT, by="bo", lost=[place])


def test_what_a_facilitator_announced_by_hand_is_not_announced_again(
    no_pages: Workbook, clock: Clock, to_channel: Channel
) -> None:
    """Whether they sent it, or posted it and said so."""
    clock.now = START - timedelta(hours=49)
    place = "json-" + deliveries_place(to_channel)
    settle(no_pages, "agenda", NEXT, by=ADA, arrived=[place])
    clock.now = START - timedelta(hours=48)
    assert said(run(no_pages)) == ["The agenda for Fri 27 Nov had been sent before."]
    assert (run(no_pages), to_channel.got) == ([], [])


def deliveries_place(channel: Channel) -> str:
    from studygroup.publish.messages.targets import to_address

    return to_address(channel.url).label.partition("-")[2]


@pytest.mark.slow
def test_two_runs_at_once_send_once(no_pages: Workbook, clock: Clock, to_channel: Channel) -> None:
    """Of two processes that found the same due, the second finds it sent; here two threads with workbooks of their own."""
    clock.now = START - timedelta(hours=24)
    books = [Workbook(no_pages.folder, clock) for _ in range(4)]

    def work(book: Workbook) -> None:
        try:
            run(book)
        finally:
            end_thread()

    threads = [threading.Thread(target=work, args=(book,)) for book in books]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got["message"].split("\n")[1][:6] for got in to_channel.got) == ["Still ", "We’re "]


def test_nothing_is_sent_that_could_not_be_made_known_before(no_pages: Workbook, clock: Clock, to_channel: Channel) -> None:
    """Where the machine may be lost, what is about to be sent is shared first; if that fails, it is not sent, and tried again."""
    clock.now = START - timedelta(hours=48)
    shared: list[tuple[str, ...]] = []

    def offline() -> None:
        raise SyncError("There seems to be no way to it now")

    with pytest.raises(SyncError):
        list(run_due(no_pages, share=offline))
    assert to_channel.got == []
    assert deliveries_of(no_pages, NEXT, "agenda").places("unknown") == []

    def share() -> None:
        shared.append(no_pages.latest(Sent, NEXT, "agenda").trying)
        assert to_channel.got == []

    assert [step.state for step in run_due(no_pages, share=share)] == ["done"]
    assert (len(shared), len(shared[0]), len(to_channel.got)) == (1, 1, 1)


def test_the_site_is_made_where_there_is_one_and_something_changed(no_pages: Workbook, clock: Clock, folder: Path) -> None:
    """Not every hour; what fails is recorded once, and forgotten when it is well again."""
    assert [step for step in run(no_pages) if step.what == "site"] == []
    file = folder / FILE
    file.write_text(
        file.read_text().replace(
            "[tool.studygroup]\n", '[tool.studygroup]\nsite_address = "https://a.example"\ndue = ["site"]\n'
        )
    )
    book = Workbook(folder, clock)
    [made] = run(book)
    assert made.says.startswith("Made the site: ")
    assert run(book) == []
    book.enter("note", by=ADA, session="2026-11-20", text="A decision", decision=True)
    (folder / "site" / "index.html").unlink()
    (folder / "site" / "index.html").mkdir()
    for _ in range(2):
        [failed] = run(book)
        assert failed.state == "failed"
    assert sum(isinstance(one, Sent) and one.message == "site" for one in book.journal.records) == 1
    assert sum(text.startswith("The site could not be made: ") for text in attention(book)) == 1
    (folder / "site" / "index.html").rmdir()
    [made] = run(book)
    assert (made.state, [text for text in attention(book) if "site" in text]) == ("done", [])


def test_no_member_has_the_id_of_the_program(group: Workbook, clock: Clock) -> None:
    """Whoever is called so gets another id; in a group where someone has it from before, nothing is done."""
    assert group.add_person("Studygroup", by=ADA).member == "studygroup-2"
    with pytest.raises(RecordError, match="is the id of what the program enters by itself"):
        group.enter("person", by=ADA, member=PROGRAM, name="Program")
    with pytest.raises(RecordError, match="'studygroup' is no one's id; Studygroup has the id studygroup-2"):
        group.enter("note", by=PROGRAM, text="By itself")
    path = group.folder / "sessions" / "2026-11-20" / "records" / f"{PROGRAM}.jsonl"
    line = {"v": 1, "id": "x1", "at": "2026-11-01T00:00:00.000Z", "by": PROGRAM, "session": "2026-11-20"}
    path.write_text(json.dumps(line | {"type": "person", "member": PROGRAM, "name": "Study Group"}) + "\n")
    with pytest.raises(MessageError, match="Study Group has the id studygroup"):
        run(Workbook(group.folder, clock))


def test_the_place_is_one_folder_on_one_machine(group: Workbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the folder is not the place; an environment's word goes before the note; elsewhere it is not."""
    import shutil

    monkeypatch.delenv("STUDYGROUP_PLACE", raising=False)
    assert not is_the_place(group)
    make_this_the_place(group, "attic")
    here = Workbook(group.folder)
    assert (here.settings.due_place, place_here(here), is_the_place(here)) == ("attic", "attic", True)
    shutil.copytree(group.folder, tmp_path / "copy")
    copy = Workbook(tmp_path / "copy")
    assert (copy.settings.due_place, place_here(copy), is_the_place(copy)) == ("attic", "", False)
    assert is_the_place(copy, {"STUDYGROUP_PLACE": "attic"})
    assert not is_the_place(here, {"STUDYGROUP_PLACE": "github:ada/fork"})
