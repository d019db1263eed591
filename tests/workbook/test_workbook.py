"""One open workbook: finding it, its roster, and the one way to enter a record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from studygroup.errors import CatalogueError, RecordError, ScheduleError, StudygroupError, WorkbookError
from studygroup.journal.tables import tables
from studygroup.journal.types.records import Reading
from studygroup.workbook.workbook import Workbook, find_workbook

ADA = "ada-lovelace"


def test_a_workbook_is_found_upwards(folder: Path) -> None:
    """From any folder inside it."""
    inside = folder / "sessions" / "2026-11-27"
    inside.mkdir()
    assert find_workbook(inside) == folder


def test_a_pyproject_of_another_project_is_passed_over(folder: Path) -> None:
    """A folder counts only with the group's settings."""
    inside = folder / "notes"
    inside.mkdir()
    (inside / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert find_workbook(inside) == folder


def test_no_workbook_is_told_with_what_to_do(tmp_path: Path) -> None:
    """Both from nowhere and from a folder that was named."""
    with pytest.raises(WorkbookError, match="studygroup new DIR"):
        find_workbook(tmp_path)
    with pytest.raises(WorkbookError, match="is not a workbook: it has no pyproject"):
        Workbook.open(tmp_path)


def test_people_are_added_renamed_leave_and_come_back(group: Workbook, reopen: Callable[[], Workbook]) -> None:
    """The roster is records: it survives a restart, and an id never changes."""
    assert list(group.people) == [ADA, "bo", "zoe-obrien-li"]
    group.change_person("bo", by=ADA, name="Bo Chen")
    group.change_person("Bo Chen", by=ADA, left=date(2026, 11, 20))
    again = reopen()
    assert (again.people["bo"].name, again.people["bo"].left) == ("Bo Chen", date(2026, 11, 20))
    assert again.facilitators == [ADA]
    back = again.add_person("bo  CHEN", by=ADA)
    assert (back.member, back.left) == ("bo", None)


@pytest.mark.parametrize("name", ["Ada Lovelace", "ADA  lovelace", "Ａda Lovelace"])
def test_two_members_never_share_a_name(group: Workbook, name: str) -> None:
    """Compared as people read them, not by bytes."""
    with pytest.raises(RecordError, match=r"Ada Lovelace is already on the roster \(as ada-lovelace\)"):
        group.add_person(name, by=ADA)
    with pytest.raises(RecordError, match="Ada Lovelace is the name of ada-lovelace"):
        group.change_person("bo", by=ADA, name=name)


def test_names_that_fold_to_one_id_get_two(group: Workbook) -> None:
    """Zoe and Zoë are two people with two files."""
    assert group.add_person("Zoe OBrien Li", by=ADA).member == "zoe-obrien-li-2"


def test_a_member_is_found_by_id_or_name(group: Workbook) -> None:
    """Whoever is not on the roster is told, with the nearest name."""
    assert group.member("zoë o'brien-李") == "zoe-obrien-li"
    assert group.member("ADA") == "ada-lovelace"
    assert group.member("zoe") == "zoe-obrien-li"
    group.add_person("Ada King", by=ADA)
    with pytest.raises(RecordError, match="'ada' is the name of ada-king, ada-lovelace; please give the id"):
        group.member("ada")
    with pytest.raises(RecordError, match=r"'boo' is not on the roster \(did you mean 'bo'\?\)"):
        group.member("boo")


@pytest.mark.parametrize(
    ("kind", "fields", "error", "message"),
    [
        ("reading", {"member": "eve", "item": "few-shot", "status": "read"}, RecordError, "'eve' is not on the roster"),
        ("reading", {"by": "eve", "member": "bo", "item": "few-shot", "status": "read"}, RecordError, "'eve' is not on the"),
        ("reading", {"member": "bo", "item": "few-shott", "status": "read"}, CatalogueError, "few-shot"),
        ("attendance", {"member": "bo", "state": "present", "session": "2026-11-26"}, ScheduleError, "2026-11-26"),
        ("plan", {"entries": ["basics/tunde"]}, RecordError, "is not an entry of the list basics (did you mean 'tuned'?)"),
        ("plan", {"entries": ["basic/tuned"]}, CatalogueError, "basics"),
        ("plan", {"items": ["x"]}, CatalogueError, "x"),
        ("plan", {"roles": {"presentr": "bo"}}, RecordError, "'presentr' is not a role (did you mean 'presenter'?)"),
        ("plan", {"roles": {"scribe": "eve"}}, RecordError, "'eve' is not on the roster"),
        ("plan", {"session": "2026-11-26"}, ScheduleError, "2026-11-26"),
        ("close", {"finished": ["basics/x"]}, RecordError, "is not an entry of the list basics"),
        ("person", {"member": "bo", "name": "Bo", "zone": "Europe/Berln"}, RecordError, "Did you mean Europe/Berlin?"),
    ],
)
def test_a_record_that_names_what_is_not_there_is_refused(
    group: Workbook, kind: str, fields: dict[str, Any], error: type[StudygroupError], message: str
) -> None:
    """Members, items, entries, roles, sessions and zones are checked where a record is made; nothing is written."""
    before = group.journal
    with pytest.raises(error) as caught:
        group.enter(kind, **{"by": ADA} | fields)
    assert message in str(caught.value)
    assert group.store.read() == before


def test_what_belongs_to_no_session_goes_to_the_next_one(group: Workbook, folder: Path) -> None:
    """A reading status is filed under the session that comes, in the file of who typed it."""
    group.enter("reading", by=ADA, member="bo", item="few-shot", status="read")
    line = (folder / "sessions" / "2026-11-20" / "records" / f"{ADA}.jsonl").read_text().splitlines()[-1]
    assert '"member":"bo","item":"few-shot","status":"read"' in line
    assert group.latest(Reading, "bo", "few-shot").status == "read"


def test_what_was_said_of_an_item_that_went_into_another_is_kept_up_to_date(group: Workbook) -> None:
    """By what is new alone, also after the catalogue or the journal changed; the tables are those of a fresh look."""
    group.enter("reading", by=ADA, member="bo", item="tuned", status="read")
    (group.folder / "lists" / "same.csv").write_text("one,other\nfew-shot,tuned\n")
    lines = (group.folder / "catalogue.csv").read_text().splitlines(keepends=True)
    (group.folder / "catalogue.csv").write_text("".join(line for line in lines if not line.startswith("tuned,")))
    assert tables.reading(group.current)["item"].tolist() == ["tuned"]
    group.reread()
    before = group.current
    assert tables.reading(before)["item"].tolist() == ["few-shot"]
    group.enter("reading", by=ADA, member="bo", item="few-shot", status="skimmed")
    assert group.current is before
    assert tables.reading(before)[["item", "status"]].to_numpy().tolist() == [["few-shot", "skimmed"]]
    pd.testing.assert_frame_equal(tables.reading(before), tables.reading(group.records))
    path = next((group.folder / "sessions").glob("*/records/*.jsonl"))
    path.write_bytes(b"".join(line for line in path.read_bytes().splitlines(keepends=True) if b"tuned" not in line))
    group.refresh()
    assert [record.item for record in group.current.records() if isinstance(record, Reading)] == ["few-shot"]


def test_entering_looks_at_ones_own_file_and_refreshing_at_all(group: Workbook, reopen: Callable[[], Workbook]) -> None:
    """So that a click costs no more with ten thousand files; what others entered is there when someone asks for it."""
    group.enter("rsvp", by=ADA, session="2026-11-20", member=ADA, answer="yes")
    reopen().enter("rsvp", by="bo", session="2026-11-20", member="bo", answer="no")
    group.enter("rsvp", by=ADA, session="2026-11-20", member=ADA, answer="maybe")
    assert tables.rsvps(group.current)[["member", "answer"]].to_numpy().tolist() == [[ADA, "maybe"]]
    group.refresh()
    assert tables.rsvps(group.current)[["member", "answer"]].to_numpy().tolist() == [[ADA, "maybe"], ["bo", "no"]]
