"""A member's own check-in never replaces what a facilitator entered about them, in any order and on any clone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from studygroup.commands.cli import load
from studygroup.errors import RecordError
from studygroup.forms.facilitator.attendance import AttendanceForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.member_page.member import MemberForms
from studygroup.journal.current.current import current
from studygroup.journal.tables import tables
from studygroup.journal.types.records import Attendance
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_member_forms import told
from tests.forms.test_week_forms import button, texts

ADA, BO, WEEK = "ada-lovelace", "bo", "2026-11-20"


def mark(book: Workbook, by: str, state: str, member: str = BO) -> Attendance:
    entered: Attendance = book.enter("attendance", by=by, session=WEEK, member=member, state=state)
    return entered


def states(book: Workbook) -> set[str]:
    """Return what every way of asking says of Bo's attendance; one answer where they agree."""
    held = book.latest(Attendance, WEEK, BO)
    table = tables.attendance(book.current)
    listed = [one.state for one in current(book.records, Attendance) if one.member == BO]
    return {held.state if held else "", *table.loc[table["member"] == BO, "state"], *listed}


@pytest.fixture
def tonight(group: Workbook, clock: Clock) -> Workbook:
    """Ten minutes before the start."""
    clock.now = datetime(2026, 11, 20, 22, 50, tzinfo=UTC)
    return group


def test_what_a_facilitator_entered_stays(tonight: Workbook, clock: Clock, reopen: Callable[[], Workbook]) -> None:
    """Whether the check-in comes later, earlier, or twice; undone, the check-in is current."""
    late = mark(tonight, ADA, "late")
    for _ in range(2):
        clock.now += timedelta(minutes=1)
        mark(tonight, BO, "present")
        assert states(tonight) == states(reopen()) == {"late"}
    mark(tonight, ADA, "excused")
    assert states(tonight) == {"excused"}
    tonight.undo(tonight.latest(Attendance, WEEK, BO).id, by=ADA)
    assert states(tonight) == {"late"}
    tonight.undo(late.id, by=ADA)
    assert states(tonight) == states(reopen()) == {"present"}
    mark(tonight, ADA, "absent")
    assert states(tonight) == {"absent"}


def test_two_clones_agree_after_they_meet(tonight: Workbook, clock: Clock, folder: Path, tmp_path: Path) -> None:
    """A check-in that is later by the clock, made without knowing of the facilitator's entry, does not win."""
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    mark(tonight, ADA, "late")
    clock.now += timedelta(minutes=5)
    other = Workbook(elsewhere, clock)
    mark(other, BO, "present")
    assert states(other) == {"present"}
    for source, target in ((folder, elsewhere), (elsewhere, folder)):
        for path in (source / "sessions").glob("*/records/*.jsonl"):
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            known = place.read_text().splitlines() if place.exists() else []
            place.write_text("\n".join(dict.fromkeys([*known, *path.read_text().splitlines()])) + "\n")
    tonight.refresh()
    assert states(tonight) == states(Workbook(elsewhere, clock)) == {"late"}


def test_both_are_told(tonight: Workbook) -> None:
    """The member's page says who marked them; the facilitator's row says that they checked in."""
    context = FormContext(tonight, ADA)
    attendance = AttendanceForm(context)
    forms = MemberForms(tonight, BO)
    mark(tonight, ADA, "late")
    forms.show()
    forms.next.here.value = "present"
    assert "Ada Lovelace marked you as late" in told(forms.next.receipt)
    assert states(tonight) == {"late"}
    context.changed()
    assert "checked in at" in texts(attendance.rows)
    forms.next.receipt.undo.button.click()
    context.changed()
    assert states(tonight) == {"late"}
    assert "checked in at" not in texts(attendance.rows)


def test_a_second_press_takes_an_attendance_back(tonight: Workbook) -> None:
    """With what it replaced, so that the person isn't marked; *Undo* marks them again."""
    form = AttendanceForm(FormContext(tonight, ADA))
    row = next(one for one in form.rows.in_view if one.one.member == BO)
    for index in (0, 1, None):
        row.choice.set_state({"index": index})
    assert "Undone. Bo isn’t marked yet." in told(form.receipt)
    assert states(tonight) == {""} and row.choice.value is None
    form.receipt.undo.button.click()
    assert states(tonight) == {"late"} and row.choice.value == "late"


def test_a_facilitator_corrects_what_others_entered_of_them(tonight: Workbook) -> None:
    """They have the right to replace it, and a facilitator's own check-in counts."""
    tonight.change_person(BO, by=ADA, role="facilitator")
    mark(tonight, ADA, "late")
    assert mark(tonight, BO, "present").replaces
    assert states(tonight) == {"present"}
    mark(tonight, ADA, "absent")
    assert states(tonight) == {"absent"}


def test_the_command_tells_as_well(tonight: Workbook, folder: Path) -> None:
    """``record attendance --by`` a member saves the check-in and says what stays."""
    mark(tonight, ADA, "late")
    words = ["record", "attendance", "--member", BO, "--by", BO, "--session", WEEK]
    done = CliRunner().invoke(load(), ["--workbook", str(folder), *words])
    assert done.exit_code == 0, done.output
    assert "Ada Lovelace marked Bo as late, and that stays" in done.output
    tonight.refresh()
    assert states(tonight) == {"late"}


def test_a_member_cannot_undo_what_a_facilitator_entered(tonight: Workbook) -> None:
    """Their own check-in they can."""
    late = mark(tonight, ADA, "late")
    own = mark(tonight, BO, "present")
    with pytest.raises(RecordError, match="facilitator can undo"):
        tonight.undo(late.id, by=BO)
    tonight.undo(own.id, by=BO)
    assert states(tonight) == {"late"}


def test_the_command_asks_before_it_records_attendance_early(
    group: Workbook, folder: Path, reopen: Callable[[], Workbook]
) -> None:
    """Once for all members; more than an hour before the start, a no and an empty input record nothing and name the flag."""
    week = group.schedule.next(datetime.now(UTC) + timedelta(days=3)).id
    words = ["--workbook", str(folder), "record", "attendance", "--member", BO, "--member", ADA, "--by", ADA, "--session", week]

    def recorded(book: Workbook) -> int:
        return len(book.current.current(Attendance))

    for answer in ("n\n", ""):
        done = CliRunner().invoke(load(), words, input=answer)
        assert done.exit_code != 0
        assert "--early" in str(done.exception)
        assert recorded(reopen()) == 0
    assert CliRunner().invoke(load(), words, input="y\n").exit_code == 0
    assert recorded(reopen()) == 2
    assert CliRunner().invoke(load(), [*words, "--state", "late", "--early"]).exit_code == 0
    assert {one.state for one in reopen().current.current(Attendance)} == {"late"}


def test_the_form_asks_before_it_records_attendance_early(group: Workbook, clock: Clock) -> None:
    """Once for a session: a click and everyone present wait for the answer; from an hour before the start nothing is asked."""
    form = AttendanceForm(FormContext(group, ADA))

    def recorded() -> int:
        return len(group.current.current(Attendance))

    form.everyone.click()
    assert "only starts on Friday 20 November" in texts(form.early)
    assert recorded() == 0
    button(form, "Not yet").click()
    assert (form.early.is_open, recorded()) == (False, 0)
    form.rows.in_view[0].choice.value = "late"
    assert recorded() == 0
    assert form.rows.in_view[0].choice.value is None
    anyway = button(form, "Record anyway")
    anyway.click()
    anyway.click()
    assert (form.early.is_open, recorded()) == (False, 1)
    assert form.rows.in_view[0].choice.value == "late"
    form.everyone.click()
    assert recorded() == 3
    other = AttendanceForm(FormContext(group, ADA))
    clock.now = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    other.rows.in_view[0].choice.value = "present"
    assert not other.early.is_open
    assert group.latest(Attendance, WEEK, ADA).state == "present"
