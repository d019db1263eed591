"""Forgetting a person, and what is held about one."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from studygroup.errors import NotSavedError, RecordError
from studygroup.forget import back_up, forget, held_about, plan_farewell, scrub_files
from studygroup.journal import tables
from studygroup.journal.forgotten import Forgotten, new_tombstone, read_forgotten
from studygroup.journal.lines import encode, new_record
from studygroup.journal.records import Person
from studygroup.sync import sync
from studygroup.workbook import Workbook
from tests.conftest import Clock
from tests.test_sync import _own_git, clones, git  # noqa: F401 - fixtures

SESSION = "2026-11-20"


@pytest.fixture
def book(workbook: Workbook) -> Workbook:
    """Ada and Zoë, who has typed much, about whom much was typed, and whose name stands in others' texts."""
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


def everything(folder: Path) -> str:
    return "\n".join(
        f"{path.name} {path.read_text(errors='replace')}"
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    )


def test_name_and_texts_go_and_counts_stay(book: Workbook, tmp_path: Path) -> None:
    """Nothing in the folder names her any more, and every table has as many rows as before."""
    before = {name: getattr(tables, name)(book.records) for name in ("people", "attendance", "reading", "plans")}
    types = Counter(record.type for record in book.journal.records)
    (book.folder / "sessions" / SESSION / "agenda.html").write_text("<p>Zoë King presents</p>")
    farewell = plan_farewell(book, "Zoë King")
    assert (farewell.typed, farewell.about, farewell.mentions, len(farewell.pages)) == (4, 4, 2, 1)
    done = forget(book, farewell)
    assert {problem.severity for problem in done} == {"note"}
    after = Workbook(book.folder, book.clock)
    text = everything(book.folder / "sessions")
    for word in ("Zoë King", "O'Brien", "zoe-obrien-li", "secret", "private", "she is ill", "Dublin"):
        assert word.lower() not in text.lower()
    assert "Zoëlle did not" in text
    assert Counter(record.type for record in after.journal.records) == types
    assert {name: len(getattr(tables, name)(after.records)) for name in before} == {
        name: len(held) for name, held in before.items()
    }
    assert after.people["former-member"].name == "Former member"
    assert tables.reading(after.records)["member"].tolist() == ["former-member"]
    assert after.journal.problems == ()


def test_the_backup_holds_what_was_and_lies_outside(book: Workbook, tmp_path: Path) -> None:
    """For its owner only."""
    path = back_up(book, tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with tarfile.open(path) as archive:
        assert f"sessions/{SESSION}/records/zoe-obrien-li.jsonl" in archive.getnames()
    with pytest.raises(NotSavedError, match="No backup could be written"):
        back_up(book, tmp_path / "absent")


def test_lines_that_come_back_are_scrubbed_by_fix(book: Workbook) -> None:
    """As after a merge with a clone that did not know; an interrupted run is taken up the same way."""
    records = book.folder / "sessions" / SESSION / "records"
    old = (records / "zoe-obrien-li.jsonl").read_bytes()
    forget(book, plan_farewell(book, "zoe-obrien-li"))
    held = Workbook(book.folder, book.clock).journal.records
    (records / "zoe-obrien-li.jsonl").write_bytes(old)
    list(scrub_files(book.folder / "sessions"))
    assert not (records / "zoe-obrien-li.jsonl").exists()
    assert Workbook(book.folder, book.clock).journal.records == held
    assert list(scrub_files(book.folder / "sessions")) == []


def test_readers_scrub_what_a_merge_brings_back(book: Workbook) -> None:
    """Before anybody runs check: under the pseudonym, without texts, and not as a second content of the same id."""
    records = book.folder / "sessions" / SESSION / "records"
    old = {path.name: path.read_bytes() for path in records.glob("*.jsonl")}
    held = book.journal.records
    farewell = plan_farewell(book, "zoe-obrien-li")
    forget(book, farewell)
    after = Workbook(book.folder, book.clock).journal.records
    for name, data in old.items():
        (records / name).write_bytes(data + (records / name).read_bytes() if (records / name).exists() else data)
    for reader in (book, Workbook(book.folder, book.clock)):
        reader._forget()
        again = reader.journal
        assert {record.by for record in again.records} == {"ada", "former-member"}
        assert {record.id for record in again.records} == {record.id for record in held}
        assert not any("secret" in str(record) for record in again.records)
        typed_by_zoe = [record for record in again.records if record.by == "former-member"]
        assert typed_by_zoe == [record for record in after if record.by == "former-member"]


def test_a_clone_that_did_not_know_merges_and_stays_scrubbed(clones: list[Workbook]) -> None:  # noqa: F811
    """What was entered there meanwhile arrives under the pseudonym."""
    one, other, _ = clones
    zoe = "zoe-obrien-li"
    one.enter("reading", by=zoe, member=zoe, item="few-shot", status="read")
    sync(one.folder)
    sync(other.folder)
    fresh = Workbook(other.folder, other.clock)
    fresh.enter("question", by=zoe, member=zoe, text="a secret")
    again = Workbook(one.folder, one.clock)
    forget(again, plan_farewell(again, zoe))
    sync(one.folder, removals=True)
    sync(other.folder)
    sync(one.folder)
    for book in (one, other):
        list(scrub_files(book.folder / "sessions"))
        assert "secret" not in everything(book.folder / "sessions")
        found = Workbook(book.folder, book.clock)
        assert {record.by for record in found.journal.records} == {"ada", "former-member"}
        assert sum(record.type == "question" for record in found.journal.records) == 1


def test_a_tombstone_names_nobody() -> None:
    """Salted, so that a list of names does not tell either; and only the one id is meant."""
    tombstone = new_tombstone("ada", "former-member", Clock()())
    assert "ada" not in json.dumps([tombstone.salt, tombstone.hash, tombstone.pseudonym])
    forgotten = Forgotten([tombstone])
    assert (forgotten.name("ada"), forgotten.name("bo")) == ("former-member", "bo")
    person = new_record("person", now=Clock()(), by="bo", session=SESSION, member="ada", name="Ada King", zone="UTC")
    scrubbed = forgotten.scrub(person)
    assert isinstance(scrubbed, Person) and (scrubbed.name, scrubbed.zone, scrubbed.by) == ("Former member", "", "bo")
    assert forgotten.scrub_line(b"no record") == b"no record"
    unknown = encode(person).replace(b'"person"', b'"horoscope"').replace(b'"by":"bo"', b'"by":"ada"')
    assert b"King" not in forgotten.scrub_line(unknown)


def test_what_is_held_about_a_person_is_all_of_it(book: Workbook) -> None:
    """Typed, typed about them, and texts that mention them; nobody else's."""
    held = held_about(book, "Zoë King")
    assert [len(held[name]) for name in ("typed", "about", "mentioned", "unknown")] == [4, 4, 1, 0]
    assert any(record.get("big_idea") == "My secret idea" for record in held["typed"])
    with pytest.raises(RecordError, match="is not on the roster"):
        held_about(book, "nobody")


def test_the_command_asks_shows_and_tells_how_to_delete_the_backup(book: Workbook, tmp_path: Path) -> None:
    """No means nothing; a dry run neither; the backup may not lie within."""
    command = [sys.executable, "-m", "studygroup.cli", "--workbook", str(book.folder)]

    def run(*words: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *words], input=answer, capture_output=True, text=True, check=False)

    before = everything(book.folder)
    assert "becomes Former member (former-member)" in run("forget", "zoe-obrien-li", "--dry-run").stdout
    assert run("forget", "zoe-obrien-li", answer="n\n").returncode == 1
    assert run("forget", "zoe-obrien-li", "--yes", "--backup", str(book.folder / "sessions")).returncode == 2
    assert everything(book.folder) == before
    done = run("forget", "zoe-obrien-li", answer="y\n")
    assert done.returncode == 0 and "delete it: rm " in done.stderr
    assert len(list(tmp_path.glob("book-*.tar.gz"))) == 1
    assert json.loads(run("member", "export", "former-member").stdout)["name"] == "Former member"
    assert len(read_forgotten(book.folder / "sessions").tombstones) == 1
    assert run("check").returncode == 0
