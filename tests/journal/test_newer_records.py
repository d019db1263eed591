"""Records of a version that only a newer studygroup knows: kept to the byte whatever this one does, and told of everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from studygroup.commands.check import check_workbook, fix_workbook
from studygroup.forms.kit.who import WhoForm
from studygroup.journal.files.files import FilesStore
from studygroup.journal.keeping.copying import FilesLines, copy_lines
from studygroup.journal.types.records import Plan
from studygroup.workbook.forget import forget, plan_erasure
from studygroup.workbook.sync import sync
from studygroup.workbook.workbook import Workbook
from tests.support.clones import git
from tests.support.clones import own_git as own_git
from tests.support.command_line import command

SESSION = "2026-11-27"
# With a space and an order of fields that this program would not write, and a field that it does not know.
NEWER = (
    b'{"v":%d, "type":"plan","id":"01a2275c-0db9-71d2-b304-5df60b8a2ae1","at":"2026-11-20T12:00:00.000Z","by":"ada-lovelace",'
    b'"session":"2026-11-27","mood":["calm",{"x":1.50}],"why":"Z\\u00f6e","read":[{"title":"New"}]}'
) % (Plan.newest + 1)
FIELD_ONLY = NEWER.replace(b'"v":%d' % (Plan.newest + 1), b'"v":%d' % Plan.newest).replace(b"2ae1", b"2ae2")


@pytest.fixture
def records(group: Workbook) -> Path:
    """Ada's records file of a session, with a plan that a newer program wrote."""
    group.enter("note", by="ada-lovelace", session=SESSION, text="Before")
    path = group.folder / "sessions" / SESSION / "records" / "ada-lovelace.jsonl"
    with path.open("ab") as file:
        file.write(NEWER + b"\n")
    group.refresh()
    return path


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n")


def test_it_is_not_used_and_told_of(group: Workbook, records: Path) -> None:
    """Tables leave it out; `check`, commands and the notebooks say that it is time to update."""
    assert group.latest(Plan, SESSION) is None
    assert [one.line for one in group.journal.unknown] == [NEWER]
    [problem] = check_workbook(group.folder)
    assert (problem.severity, problem.line) == ("warning", 2)
    assert problem.message == (
        f"written by a newer studygroup (version {Plan.newest + 1} of plan, and this one reads up to {Plan.newest}); it is kept as it is and not used. "
        "Update studygroup to use it"
    )
    told = "1 record was written by a newer studygroup: kept, but left out here. Update studygroup on this computer."
    assert group.journal.needs_update == told
    who = WhoForm(group, lambda member: None, lambda: None)
    who.know("ada-lovelace")
    assert told in "".join(getattr(widget, "value", "") for widget in who.children)


@pytest.mark.slow
def test_commands_tell_of_it(group: Workbook, records: Path) -> None:
    """On standard error, and the result is there all the same."""
    done = command("show", "people", "--csv", cwd=group.folder)
    assert "Update studygroup on this computer." in done.stderr
    assert "ada-lovelace" in done.stdout


def test_entering_repairing_and_copying_keep_it_to_the_byte(group: Workbook, records: Path, tmp_path: Path) -> None:
    """Only the damaged line beside it is moved away."""
    with records.open("ab") as file:
        file.write(b'{"v":1,"cut off\n')
    group.enter("note", by="ada-lovelace", session=SESSION, text="After")
    fix_workbook(group.folder)
    assert lines(records)[1] == NEWER
    assert len(lines(records)) == 4
    (tmp_path / "copy" / "sessions").mkdir(parents=True)
    assert copy_lines(FilesLines(group.folder / "sessions"), FilesLines(tmp_path / "copy" / "sessions")).verified
    assert NEWER in lines(tmp_path / "copy" / "sessions" / SESSION / "records" / "ada-lovelace.jsonl")


def test_forgetting_someone_else_keeps_it_to_the_byte(group: Workbook, records: Path) -> None:
    """Though other lines of its file name who is forgotten."""
    group.enter("note", by="ada-lovelace", session=SESSION, text="Zoë O'Brien-李 was late")
    list(forget(group, plan_erasure(group, "zoe-obrien-li")))
    assert NEWER in lines(records)
    assert "O'Brien" not in records.read_text()


def test_a_field_without_a_higher_version_is_read_as_it_was_known(group: Workbook, records: Path) -> None:
    """That is why a new field needs one: this program would show the rest of the record without it."""
    records.write_bytes(FIELD_ONLY + b"\n")
    group.refresh()
    assert group.journal.needs_update == ""
    assert group.latest(Plan, SESSION) is not None
    assert FilesStore(group.folder / "sessions").read().unknown == ()


@pytest.mark.slow
@pytest.mark.usefixtures("own_git")
def test_two_clones_merge_it_to_the_byte(group: Workbook, records: Path, tmp_path: Path) -> None:
    """Also where both added to the same file."""
    (group.folder / ".gitattributes").write_text("*.jsonl text eol=lf merge=union\n")
    (group.folder / ".gitignore").write_text("*.lock\n/.studygroup/\n")
    records.write_bytes(b"".join(line + b"\n" for line in lines(records) if line and line != NEWER))
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "bare")
    git(group.folder, "init", "--quiet", "--initial-branch=main")
    git(group.folder, "add", ".")
    git(group.folder, "commit", "--quiet", "--message", "Start")
    git(group.folder, "push", "--quiet", "../bare", "main")
    for name in ("one", "other"):
        git(tmp_path, "clone", "--quiet", "bare", name)
    one, other = (tmp_path / name / records.relative_to(group.folder) for name in ("one", "other"))
    with one.open("ab") as file:
        file.write(NEWER + b"\n")
    Workbook(tmp_path / "other", group.clock).enter("note", by="ada-lovelace", session=SESSION, text="Elsewhere")
    sync(tmp_path / "one")
    sync(tmp_path / "other")
    sync(tmp_path / "one")
    for path in (one, other):
        assert NEWER in lines(path)
        assert b"Elsewhere" in path.read_bytes()
