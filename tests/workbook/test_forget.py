"""Forgetting a person, and what is held about one."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import tarfile
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from studygroup.commands.check import check_workbook, fix_workbook
from studygroup.errors import NotSavedError, RecordError
from studygroup.forms.facilitator.people import PeopleForm
from studygroup.forms.kit.drafts import Drafts
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.kit.pickers import member_options
from studygroup.journal.current.forgotten import Forgotten, new_tombstone
from studygroup.journal.current.names import NameFinder
from studygroup.journal.files.files import FilesStore
from studygroup.journal.keeping.copying import FilesLines, copy_lines
from studygroup.journal.sql.sql import SqlStore
from studygroup.journal.tables import tables
from studygroup.journal.types.lines import decode, encode, new_record
from studygroup.journal.types.record import PROGRAM, Record
from studygroup.journal.types.records import Person, Sent
from studygroup.meeting.after.unwritten import summaries_of_session
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.choose.ballots import find_ballot, have_not_voted
from studygroup.meeting.choose.surveys import find_survey, have_not_answered
from studygroup.publish.messages.sending import silent_members
from studygroup.workbook.forget import back_up, forget, held_about, plan_erasure
from studygroup.workbook.identity import note_me
from studygroup.workbook.sync import sync
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import texts
from tests.support.clones import clones as clones
from tests.support.clones import own_git as own_git
from tests.support.command_line import command

pytestmark = pytest.mark.usefixtures("own_git")

SESSION = "2026-11-20"


@pytest.fixture(params=["files", pytest.param("sql", marks=pytest.mark.server)])
def book(request: pytest.FixtureRequest, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Workbook:
    """Ada and Zoë, who has typed much, about whom much was typed, and whose name is in others' texts."""
    if request.param == "sql":
        monkeypatch.setenv("STUDYGROUP_STORE", request.getfixturevalue("database"))
    return filled(Workbook(folder, clock))


def filled(workbook: Workbook) -> Workbook:
    workbook.add_person("Ada", role="facilitator")
    workbook.add_person("Zoë O'Brien-李", by="ada", zone="Europe/Dublin")
    zoe = "zoe-obrien-li"
    workbook.change_person(zoe, by=zoe, name="Zoë King")
    workbook.enter("plan", by="ada", session=SESSION, entries=["basics/few-shot"], roles={"presenter": zoe}, why="for Zoë King")
    workbook.enter("attendance", by="ada", session=SESSION, member=zoe, state="present")
    workbook.enter("reading", by=zoe, member=zoe, item="few-shot", status="read")
    workbook.enter("summary", by=zoe, member=zoe, item="few-shot", big_idea="My secret idea")
    workbook.enter("question", by=zoe, member=zoe, item="few-shot", text="Is it private?")
    workbook.enter("rsvp", by="ada", session=SESSION, member=zoe, answer="no", why="she is ill")
    workbook.enter("note", by="ada", text="zoë o'brien-李 liked it; Zoëlle did not")
    return workbook


@pytest.fixture
def in_files(workbook: Workbook) -> Workbook:
    """The same workbook with its journal in files."""
    return filled(workbook)


@pytest.fixture
def in_sql(folder: Path, clock: Clock, database: str, monkeypatch: pytest.MonkeyPatch) -> Workbook:
    """The same workbook with its journal in a database."""
    monkeypatch.setenv("STUDYGROUP_STORE", database)
    return filled(Workbook(folder, clock))


def everything(folder: Path) -> str:
    """Return all bytes of a folder as text, with the names of its files."""
    return "\n".join(
        f"{path.name} {path.read_text(errors='replace')}"
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    )


def all_held(book: Workbook) -> str:
    """Return all that the workbook's folder and its database hold, as text."""
    if isinstance(book.store, FilesStore):
        return everything(book.folder)
    engine = create_engine(os.environ["STUDYGROUP_STORE"])
    with engine.connect() as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE tablename LIKE 'studygroup_%'")).scalars().all()
        rows = [row for name in names for row in connection.execute(text(f"SELECT * FROM {name}"))]
    engine.dispose()
    held = [value.decode(errors="replace") if isinstance(value, bytes) else str(value) for row in rows for value in row]
    return "\n".join([everything(book.folder), *held])


def reopened(book: Workbook) -> Workbook:
    return Workbook(book.folder, book.clock)


def bring_back(book: Workbook, lines: list[bytes]) -> None:
    """Put lines where a program that knew nothing of forgetting would have put them."""
    for line in lines:
        record = decode(line)
        assert isinstance(record, Record)
        reopened(book).store.append(record)


def lines_of(book: Workbook) -> list[bytes]:
    return [*FilesLines(book.folder / "sessions").lines()] if isinstance(book.store, FilesStore) else [*book.store.lines()]


def test_name_and_texts_go_and_counts_stay(book: Workbook, tmp_path: Path) -> None:
    """Nothing in the folder still names her, and every table has as many rows as before."""
    before = {name: getattr(tables, name)(book.records) for name in ("people", "attendance", "reading", "plans")}
    types = Counter(record.type for record in book.journal.records)
    page = book.folder / "sessions" / SESSION / "agenda.html"
    page.parent.mkdir(exist_ok=True)
    page.write_text("<p>Zoë O&#39;Brien-李 presents</p>")
    page.with_suffix(".pdf").write_bytes(b"compressed")
    page.with_name("report.html").write_text("<p>no one</p>")
    page.with_name("agenda.edited-1.md").write_text("A thought on Zoë King")
    drafts = Drafts(book.folder, "zoe-obrien-li")
    drafts.keep("summary", "a secret draft")
    note_me(book, "Zoë King")
    erasure = plan_erasure(book, "Zoë King")
    assert (erasure.typed, erasure.about, erasure.mentions, len(erasure.pages)) == (4, 4, 2, 2)
    assert any(place.startswith(f"sessions/{SESSION}/agenda.edited-1.md") for place in erasure.left)
    assert [json.loads(draft)["text"] for draft in held_about(book, "Zoë King")["drafts"]] == ["a secret draft"]
    done = forget(book, erasure)
    assert {problem.severity for problem in done} == {"note"}
    assert not page.exists() and not page.with_suffix(".pdf").exists() and page.with_name("report.html").exists()
    # What someone wrote by hand is theirs to mend.
    page.with_name("agenda.edited-1.md").unlink()
    after = reopened(book)
    held = all_held(book)
    for word in ("Zoë King", "O'Brien", "zoe-obrien-li", "secret", "private", "she is ill", "Dublin"):
        assert word.lower() not in held.lower()
    assert "Zoëlle did not" in held
    assert Counter(record.type for record in after.journal.records) == types
    assert {name: len(getattr(tables, name)(after.records)) for name in before} == {
        name: len(held) for name, held in before.items()
    }
    assert after.people["former-member"].name == "Former member"
    assert tables.reading(after.records)["member"].tolist() == ["former-member"]
    assert after.journal.problems == ()


def test_the_backup_holds_what_was_and_lies_outside(book: Workbook, tmp_path: Path) -> None:
    """For its owner only; what it holds can be read, and a failed one leaves nothing."""
    path = back_up(book, tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with tarfile.open(path) as archive:
        # Not extractall: its argument "filter" came with Python 3.11.4, and later Pythons warn without it.
        for member in archive.getmembers():
            if content := archive.extractfile(member):
                (tmp_path / "out" / member.name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "out" / member.name).write_bytes(content.read())
    kept = tmp_path / "out" / ("sessions" if isinstance(book.store, FilesStore) else "database")
    assert sorted(FilesLines(kept).lines()) == sorted(lines_of(book))
    assert (kept / SESSION / "records" / "zoe-obrien-li.jsonl").is_file()
    with pytest.raises(NotSavedError, match="No backup could be written"):
        back_up(book, tmp_path / "absent")
    with pytest.raises(NotSavedError, match="No backup could be written"):
        back_up(book, tmp_path)


def test_lines_that_come_back_are_shown_scrubbed_told_and_taken_out(book: Workbook) -> None:
    """By every reader at once, and for good by check --fix; others' texts lose the name again, and nothing is there twice."""
    zoe = "zoe-obrien-li"
    # Its first letter comes before that of the pseudonym: of two contents of one id the smaller bytes hold.
    book.change_person(zoe, by="ada", name="Ann Zed")
    book.enter("note", by="ada", text="Ann Zed liked it")
    old, before = lines_of(book), book.journal.records
    forget(book, plan_erasure(book, zoe))
    after = reopened(book).journal.records
    open_since = reopened(book)
    assert open_since.journal.records == after
    bring_back(book, old)
    open_since.reread()
    for reader in (open_since, reopened(book)):
        assert reader.journal.records == after
        # In files: that the records are in a file that is not theirs.
        assert {problem.severity for problem in reader.journal.problems} <= {"warning"}
    assert {one.id for one in before} == {one.id for one in after}
    told = [problem for problem in check_workbook(book.folder) if "asked to have forgotten" in problem.message]
    assert told and {problem.severity for problem in check_workbook(book.folder)} == {"warning"}
    assert "ann zed" in all_held(book).lower()
    assert fix_workbook(book.folder)
    for word in ("Ann Zed", "O'Brien", zoe, "secret"):
        assert word.lower() not in all_held(book).lower()
    assert fix_workbook(book.folder) == []
    assert reopened(book).journal.records == after
    assert check_workbook(book.folder) == []


def test_what_is_damaged_or_unknown_is_forgotten_too(in_files: Workbook) -> None:
    """Half a line of hers, half a line that names her, and records of newer programs; others' half lines stay."""
    records = in_files.folder / "sessions" / SESSION / "records"
    newer = [
        b'{"v":1,"id":"u-1","at":"2026-11-20T12:00:00Z","by":"zoe-obrien-li","session":"2026-11-20","type":"dream","text":"secret"}',
        b'{"v":1,"id":"u-2","at":"2026-11-20T12:00:00Z","by":"ada","session":"2026-11-20","type":"dream","who":"zoe-obrien-li",'
        b'"why":["Zo\xc3\xab King slept"],"n":1.50}',
    ]
    with (records / "zoe-obrien-li.jsonl").open("ab") as file:
        file.write(newer[0] + b'\n{"v":1,"text":"half a secret\n')
    with (records / "ada.jsonl").open("ab") as file:
        file.write(newer[1] + b'\n{"v":1,"text":"half, by ada\n{"v":1,"text":"Zo\xc3\xab  king, half\n')
    (records / "quarantine").mkdir()
    (records / "quarantine" / "ada.jsonl").write_bytes(b"to keep\nfrom zoe-obrien-li\n")
    (records / "quarantine" / "zoe-obrien-li.jsonl").write_bytes(b"scribble\n")
    fresh = reopened(in_files)
    forget(fresh, plan_erasure(fresh, "zoe-obrien-li"))
    held = all_held(in_files)
    for word in ("secret", "king", "zoe-obrien", "scribble"):
        assert word not in held.lower()
    assert "half, by ada" in held and "to keep" in held and "Former member slept" in held
    assert [one.envelope.by for one in reopened(in_files).journal.unknown] == ["ada", "former-member"]


def test_an_interrupted_run_is_taken_up(in_files: Workbook) -> None:
    """In files nothing but the tombstone may be there when the machine stops; check --fix does all the rest."""
    zoe = "zoe-obrien-li"
    mentions = [record.id for record in in_files.journal.records if "liked it" in str(record) or "for Zoë King" in str(record)]
    names = ["Zoë O'Brien-李", "Zoë King"]
    tombstone = new_tombstone(zoe, "former-member", in_files.clock(), names, mentions)
    FilesLines(in_files.folder / "sessions").add_tombstones([tombstone, tombstone])
    assert len(reopened(in_files).forgotten().tombstones) == 1
    fix_workbook(in_files.folder)
    for word in ("Zoë King", "O'Brien", zoe, "secret"):
        assert word.lower() not in everything(in_files.folder).lower()
    assert check_workbook(in_files.folder) == []


def test_no_one_is_forgotten_twice(book: Workbook) -> None:
    """A second person gets a pseudonym of their own."""
    forget(book, plan_erasure(book, "zoe-obrien-li"))
    with pytest.raises(RecordError, match="was forgotten before"):
        plan_erasure(book, "former-member")
    book.add_person("Bo", by="ada")
    erasure = plan_erasure(book, "bo")
    assert erasure.pseudonym == "former-member-2"
    forget(book, erasure)
    assert sorted(reopened(book).people) == ["ada", "former-member", "former-member-2"]


def test_a_former_member_is_asked_counted_and_offered_nowhere_from_then_on(book: Workbook, clock: Clock) -> None:
    """Not invited, not reminded, no elector, no answer awaited, in no list to choose from; a role is open again. The session before still counts them."""
    book.add_person("Bo", by="ada")
    vote = book.enter("ballot", by="ada", shortlist=("few-shot", "tuned"), until=clock.now + timedelta(days=60)).id
    book.enter("vote", by="zoe-obrien-li", ballot=vote, member="zoe-obrien-li", choice=("tuned",))
    survey = book.enter("survey", by="ada", first=clock.now.date() + timedelta(days=70)).id
    clock.now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    coming = book.schedule.next(clock()).id
    book.enter("plan", by="ada", session=coming, items=("tuned",), roles={"presenter": "zoe-obrien-li"})
    assert "zoe-obrien-li" in find_ballot(book, vote).electors
    forget(book, plan_erasure(book, "zoe-obrien-li"))
    gone = "former-member"
    for found in (book, reopened(book)):
        assert gone not in found.roster.here_on(found.today())
        assert gone in found.roster.members_at(found.schedule.find(SESSION))
        assert gone not in found.roster.members_at(found.schedule.find(coming))
        assert agenda_of(found, coming).roles["presenter"] == ""
        ballot, asked = find_ballot(found, vote), find_survey(found, survey)
        assert (ballot.electors, ballot.voters) == (frozenset({"ada", "bo"}), frozenset())
        assert gone not in asked.members | set(have_not_voted(found)) | set(have_not_answered(found))
        assert gone not in dict(silent_members(found, coming))
        assert gone not in [value for _, value in member_options(found)]
        assert "Former member" not in texts(PeopleForm(FormContext(found, "ada")))
        assert summaries_of_session(found, SESSION)[0].missing == ()
    links = command("invite", "--all", cwd=book.folder).stdout
    assert "Ada" in links and "Bo" in links and "ormer" not in links
    refused = command("invite", gone, cwd=book.folder)
    assert refused.returncode == 1 and "Former member was forgotten, so there is no one to invite." in refused.stderr


def test_someone_new_with_the_same_name_is_someone_else(in_files: Workbook) -> None:
    """An id is never given again, as whatever has it is the pseudonym's: the newcomer has their own, and the invite links of old stay ended."""
    zoe = "zoe-obrien-li"
    forget(in_files, plan_erasure(in_files, zoe))
    fresh = reopened(in_files)
    added = fresh.add_person("Zoë O'Brien-李", by="ada")
    assert added.member == f"{zoe}-2"
    again = reopened(in_files)
    assert again.people[added.member].name == "Zoë O'Brien-李" and again.people["former-member"].name == "Former member"
    assert again.new_member_id("Zoë O'Brien-李", again.people) == f"{zoe}-3"


def test_a_clone_that_did_not_know_merges_and_stays_scrubbed(clones: list[Workbook]) -> None:
    """What was entered there meanwhile arrives under the pseudonym."""
    one, other, _ = clones
    zoe = "zoe-obrien-li"
    one.enter("reading", by=zoe, member=zoe, item="few-shot", status="read")
    sync(one.folder)
    sync(other.folder)
    fresh = Workbook(other.folder, other.clock)
    fresh.enter("question", by=zoe, member=zoe, text="a secret")
    again = Workbook(one.folder, one.clock)
    forget(again, plan_erasure(again, zoe))
    sync(one.folder, removals=True)
    sync(other.folder)
    sync(one.folder)
    for book in (one, other):
        fix_workbook(book.folder)
        assert "secret" not in everything(book.folder / "sessions")
        found = Workbook(book.folder, book.clock)
        assert {record.by for record in found.journal.records} == {"ada", "former-member"}
        assert sum(record.type == "question" for record in found.journal.records) == 1


def test_a_tombstone_names_no_one() -> None:
    """Salted, so that a list of names does not tell either; and only the one id is meant."""
    # Salt and hash are hexadecimal: an id such as "ada" would be in one of forty by chance.
    tombstone = new_tombstone("zoe-king", "former-member", Clock()())
    assert "zoe" not in json.dumps([tombstone.salt, tombstone.hash, tombstone.pseudonym])
    tombstone = new_tombstone("ada", "former-member", Clock()())
    forgotten = Forgotten([tombstone])
    assert (forgotten.name("ada"), forgotten.name("bo")) == ("former-member", "bo")
    person = new_record("person", now=Clock()(), by="bo", session=SESSION, member="ada", name="Ada King", zone="UTC")
    scrubbed = forgotten.scrub(person)
    assert isinstance(scrubbed, Person) and (scrubbed.name, scrubbed.zone, scrubbed.by) == ("Former member", "", "bo")
    assert forgotten.scrub_line(b"no record") == b"no record"
    unknown = encode(person).replace(b'"person"', b'"horoscope"').replace(b'"by":"bo"', b'"by":"ada"')
    assert b"King" not in forgotten.scrub_line(unknown)


def test_what_is_held_about_a_person_is_all_of_it(book: Workbook) -> None:
    """Typed, typed about them, and texts that mention them; no one else's."""
    held = held_about(book, "Zoë King")
    assert [len(held[name]) for name in ("typed", "about", "mentioned", "unknown", "files")] == [4, 4, 1, 0, 0]
    assert any(record.get("big_idea") == "My secret idea" for record in held["typed"])
    with pytest.raises(RecordError, match="is not on the roster"):
        held_about(book, "nobody")


@pytest.mark.slow
def test_what_the_program_recorded_about_a_member_is_shown_and_forgotten(book: Workbook) -> None:
    """Whose own address a reminder went to is theirs to see; afterwards the record says that a former member got one."""
    zoe, label = "zoe-obrien-li", "mailto-3f2a91c0"
    book.enter("sent", by=PROGRAM, session=SESSION, message="reminder", to=(label,), own={label: zoe})
    assert [one["own"] for one in held_about(book, zoe)["about"] if one["type"] == "sent"] == [{label: zoe}]
    forget(book, plan_erasure(book, zoe))
    [record] = reopened(book).current.current(Sent)
    assert (record.by, record.to, record.own) == (PROGRAM, (label,), {label: "former-member"})


def test_the_command_asks_shows_and_tells_how_to_delete_the_backup(book: Workbook, tmp_path: Path) -> None:
    """No means nothing; a dry run neither; the backup may not lie within. Invite links and notes of pages go too."""

    def run(*words: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        return command(*words, cwd=book.folder, given=answer)

    before = all_held(book)
    assert "becomes Former member (former-member)" in run("forget", "zoe-obrien-li", "--dry-run").stdout
    assert run("forget", "zoe-obrien-li", answer="n\n").returncode == 1
    assert run("forget", "zoe-obrien-li", "--yes", "--backup", str(book.folder / "sessions")).returncode == 2
    assert all_held(book) == before
    assert run("invite", "zoe-obrien-li").returncode == run("site").returncode == 0
    done = run("forget", "zoe-obrien-li", answer="y\n")
    assert ".studygroup" not in done.stdout
    assert done.returncode == 0 and "delete it: rm " in done.stderr
    assert len(list(tmp_path.glob("book-*.tar.gz"))) == 1
    assert [
        path for path in (book.folder / ".studygroup").rglob("*") if path.is_file() and b"obrien" in path.read_bytes()
    ] == []
    assert json.loads(run("member", "export", "former-member").stdout)["name"] == "Former member"
    assert len(reopened(book).forgotten().tombstones) == 1
    assert ("git's history" in done.stdout) is ("sync --with-removals" in done.stderr) is isinstance(book.store, FilesStore)
    assert run("check").returncode == 0


def test_a_lost_connection_half_way_changes_nothing_or_all(in_sql: Workbook, database: str) -> None:
    """The server ends the connection at the third line: once, and the second try does all; always, and nothing was changed."""
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE SEQUENCE cuts; CREATE TABLE limits (cut_from int, cut_to int); INSERT INTO limits VALUES (3, 1000000);"
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF nextval('cuts') BETWEEN (SELECT cut_from FROM limits) AND (SELECT cut_to FROM limits)"
            " THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN OLD; END $$;"
            "CREATE TRIGGER cut BEFORE DELETE ON studygroup_record FOR EACH ROW EXECUTE FUNCTION cut()"
        )
    before = [*lines_of(in_sql)]
    with pytest.raises(NotSavedError, match="Nothing was changed"):
        forget(in_sql, plan_erasure(in_sql, "zoe-obrien-li"))
    assert lines_of(reopened(in_sql)) == before
    assert not in_sql.forgotten()
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT setval('cuts', 1); UPDATE limits SET cut_to = 3")
    engine.dispose()
    forget(in_sql, plan_erasure(in_sql, "zoe-obrien-li"))
    assert "secret" not in all_held(in_sql)
    assert len(in_sql.forgotten().tombstones) == 1
    assert len(reopened(in_sql).journal.records) == len(before)


def test_others_go_on_saving_while_someone_is_forgotten(in_sql: Workbook) -> None:
    """Nothing of theirs is lost, and what they typed about the person meanwhile is scrubbed."""
    stop = threading.Event()
    saved: list[str] = []

    def save(number: int) -> None:
        store = SqlStore(os.environ["STUDYGROUP_STORE"])
        while not stop.is_set():
            said = f"Zoë King said it, says {number}"
            record = new_record("note", now=in_sql.clock(), by="ada", session=SESSION, text=said)
            store.append(record)
            saved.append(record.id)

    writers = [threading.Thread(target=save, args=(number,)) for number in range(3)]
    for writer in writers:
        writer.start()
    while len(saved) < 60:
        pass
    forget(in_sql, plan_erasure(in_sql, "zoe-obrien-li"))
    there = {record.id for record in in_sql.journal.records}
    stop.set()
    for writer in writers:
        writer.join()
    assert {one.id for one in reopened(in_sql).journal.records} >= there | set(saved)
    later = [record for record in reopened(in_sql).journal.records if "Zoë King" in str(record)]
    # What was saved before is without the name; what was typed afterwards is someone's own new text.
    assert len(saved) - len(later) >= 60


def test_rows_that_are_no_records_are_forgotten(in_sql: Workbook, database: str) -> None:
    """Where they name the person; they say where they are until then, and --fix sets the others aside."""
    engine = create_engine(database)
    query = text(
        "INSERT INTO studygroup_record (id, digest, session, \"by\", type, at, line) VALUES (:i, :d, 's', 'ada', 'note', now(), :l)"
    )
    with engine.begin() as connection:
        connection.execute(query, [{"i": "1", "d": b"1", "l": b"of zoe-obrien-li"}, {"i": "2", "d": b"2", "l": b"scribble"}])
    engine.dispose()
    assert [str(problem)[:60] for problem in check_workbook(in_sql.folder)] == [
        "record 1 (by ada, session s): error: no record: JSON is malf",
        "record 2 (by ada, session s): error: no record: JSON is malf",
    ]
    in_sql.reread()
    forget(in_sql, plan_erasure(in_sql, "zoe-obrien-li"))
    assert "zoe-obrien-li" not in all_held(in_sql)
    assert [str(done) for done in fix_workbook(in_sql.folder)] == [
        "record 2 (by ada, session s): note: set aside: it stays in the database and is no longer read"
    ]
    assert check_workbook(in_sql.folder) == [] and fix_workbook(in_sql.folder) == []
    assert "scribble" in all_held(in_sql)


def test_a_copy_takes_along_who_was_forgotten(folder: Path, clock: Clock, database: str, tmp_path: Path) -> None:
    """Either way; old lines arrive scrubbed, also from a journal that knew nothing, and it can be run again."""
    book = filled(Workbook(folder, clock))
    old = tmp_path / "old"
    shutil.copytree(folder / "sessions", old)
    forget(book, plan_erasure(book, "zoe-obrien-li"))
    files, target = FilesLines(folder / "sessions"), SqlStore(database)
    done = copy_lines(files, target)
    assert (done.tombstones, done.verified, done.new) == (1, True, done.lines)
    for _ in range(2):
        again = copy_lines(FilesLines(old), target)
        assert (again.new, again.verified) == (0, True)
    assert target.read().records == book.journal.records
    assert not any(b"secret" in row.data or b"zoe" in row.data for row in target.rows())
    back = FilesLines(tmp_path / "back")
    assert copy_lines(target, back).tombstones == 1
    assert FilesStore(tmp_path / "back").read().records == book.journal.records
    # The old files learn of it by a copy into them.
    assert copy_lines(target, FilesLines(old)).verified
    assert FilesStore(old).read().records == book.journal.records
    # A database that holds lines of theirs is scrubbed when the tombstone arrives.
    other = SqlStore(f"{database}")
    assert copy_lines(files, other).tombstones == 0


def test_files_beside_a_database_forget_too(folder: Path, clock: Clock, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that was copied lies still there."""
    filled(Workbook(folder, clock))
    copy_lines(FilesLines(folder / "sessions"), SqlStore(database))
    monkeypatch.setenv("STUDYGROUP_STORE", database)
    book = Workbook(folder, clock)
    erasure = plan_erasure(book, "zoe-obrien-li")
    assert any("the records files that are also here" in place for place in erasure.left)
    forget(book, erasure)
    for word in ("O'Brien", "zoe-obrien", "secret"):
        assert word.lower() not in all_held(book).lower()
    monkeypatch.delenv("STUDYGROUP_STORE")
    assert Workbook(folder, clock).journal.records == book.journal.records


@pytest.mark.parametrize(
    ("name", "said", "left"),
    [
        ("Ada King", "ADA  KING, ada-king; Ada Kingsley", "X, ada-king; Ada Kingsley"),
        ("李小龙", "今天李小龙讲了", "今天X讲了"),
        ("김철수", "김철수가 왔다", "X가 왔다"),
        ("Ｚｏｅ\u0308 L", "(zoë l)", "(X)"),
        ("Bo", "Bo and bo", "Bo and bo"),
        ("!!!", "wow!!!", "wow!!!"),
    ],
)
def test_names_are_found_as_people_write_them(name: str, said: str, left: str) -> None:
    """Whole words, in any case, width and spacing; two letters are too few to tell a name from a word."""
    assert NameFinder.of([name]).replaced(said, "X") == left


@pytest.mark.slow
@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_no_name_is_left_and_no_text_is_lost(said: str, names: list[str]) -> None:
    """Whatever the texts: what is outside the names stays as it was, letter by letter."""
    finder = NameFinder.of(names)
    spans = [*finder.spans(said)]
    kept = "".join(said[end:start] for (_, end), (start, _) in zip([(0, 0), *spans], [*spans, (len(said), 0)], strict=True))
    assert finder.replaced(said, "") == kept
    assert all(start < end for start, end in spans) and spans == sorted(spans)
