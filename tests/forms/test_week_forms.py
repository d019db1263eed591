"""The facilitator's forms without a browser: set values, press, read the journal."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue

import ipywidgets as widgets
import pytest

from studygroup.forms.facilitator.week import WeekForms
from studygroup.forms.kit.live import Live
from studygroup.journal.types.records import Attendance, Close, Plan
from studygroup.meeting.before.agenda import agenda_of
from studygroup.publish.messages.announce import MOST_CHARACTERS, announcement
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_member_forms import choices, entered, told
from tests.support.needs import PATIENCE_S

ADA, ZOE, WEEK, NEXT = "ada-lovelace", "zoe-obrien-li", "2026-11-20", "2026-11-27"
Reopen = Callable[[], Workbook]


@pytest.fixture
def week(group: Workbook) -> Iterator[WeekForms]:
    """Ada's forms."""
    forms = WeekForms(group, ADA)
    yield forms
    forms.stop()


def button(form: widgets.Widget, words: str) -> widgets.Button:
    """Return the one button within a form whose description or tooltip is so."""
    found, stack = [], [form]
    while stack:
        widget = stack.pop()
        stack += getattr(widget, "children", ())
        if isinstance(widget, widgets.Button) and words in (widget.description, widget.tooltip):
            found.append(widget)
    assert len(found) == 1, (words, found)
    return found[0]


def texts(form: widgets.Widget) -> str:
    """Return all HTML that a form shows, without tags."""
    found, stack = "", [form]
    while stack:
        widget = stack.pop()
        stack += reversed(getattr(widget, "children", ()))
        found += f" {widget.value}" if isinstance(widget, widgets.HTML) else ""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", found).split()))


def test_opening_saves_nothing(week: WeekForms, group: Workbook) -> None:
    """Not a record, not a page."""
    assert entered(group) == []
    assert sorted(
        path.name for path in (group.folder / "sessions").rglob("*") if path.suffix != ".lock" and path.is_file()
    ) == [f"{ADA}.jsonl"]


# --- where we are -------------------------------------------------------------------------------------------------------


def test_where_we_are_says_what_is_missing(week: WeekForms, group: Workbook) -> None:
    """Each thing goes from the list as someone sees to it."""
    shown = texts(week.standing)
    for words in (
        "in 11 hours",
        "Not planned yet",
        "No presenter yet.",
        "No one has read Few-Shot Learners yet.",
        "No one has replied yet.",
        "0 of 5 finished",
    ):
        assert words in shown
    group.enter("plan", by=ADA, session=WEEK, items=("nolink",), roles={"presenter": "bo", "scribe": ZOE})
    group.enter("rsvp", by="bo", session=WEEK, member="bo", answer="yes")
    group.enter("reading", by="bo", member="bo", item="nolink", status="read")
    week.show()
    assert "Still missing Several Papers has no link." in texts(week.standing)
    assert "1 of 3 coming, 0 maybe, 0 can’t make it." in texts(week.standing)


# --- plan ---------------------------------------------------------------------------------------------------------------


def held(group: Workbook, session: str = WEEK) -> Plan | None:
    group.reread()
    return group.latest(Plan, session)


def test_a_plan_starts_from_what_the_syllabus_brings(week: WeekForms, group: Workbook) -> None:
    """One click plans it; what is found by typing comes behind it, and can be moved and removed."""
    form = week.plan
    assert "Few-Shot Learners step 1" in texts(form.reads)
    button(form, "Confirm").click()
    assert held(group).entries == ("basics/few-shot",)
    form.words.value = "tun"
    assert "Tuned Models Basics › Start · step 2, not finished yet" in texts(form.found)
    button(form, "Add Tuned Models").click()
    form.words.value = "several pap"
    button(form, "Add Several Papers").click()
    assert held(group).entries == ("basics/few-shot", "basics/tuned", "basics/several")
    button(form, "Up: Tuned Models").click()
    button(form, "Remove: Several Papers").click()
    assert held(group).entries == ("basics/tuned", "basics/few-shot")
    assert [read.title for read in agenda_of(group, WEEK).reads] == ["Tuned Models", "Few-Shot Learners"]
    form.receipt.undo.button.click()
    assert held(group).entries == ("basics/tuned", "basics/few-shot", "basics/several")


def test_works_beside_the_syllabus_and_steps_with_two_works_are_found(week: WeekForms, group: Workbook) -> None:
    """A step is planned as a step, whatever words found it; the same one is not planned twice."""
    form = week.plan
    form.words.value = "stars"
    assert "A Talk and Few-Shot Learners" in texts(form.found)
    button(form, "Add A Talk and Few-Shot Learners").click()
    assert held(group).entries == ("basics/few-shot", "basics/two-works")
    form.words.value = "stars"
    button(form, "Add A Talk and Few-Shot Learners").click()
    assert told(form.receipt) == "A Talk and Few-Shot Learners is already in the plan."
    form.words.value = "zzz"
    assert "No matches. Try a shorter word." in texts(form.found)
    button(form, "Add next step").click()
    assert held(group).entries == ("basics/few-shot", "basics/two-works", "basics/tuned")


def test_roles_are_given_and_taken_with_a_choice(week: WeekForms, group: Workbook) -> None:
    """Only members are offered; a value that is not offered saves nothing."""
    form = week.plan
    presenter, scribe = (
        next(one for one in form.roles.children if one.description == role) for role in ("Presenter", "Scribe")
    )
    presenter.value = "bo"
    assert told(form.receipt) == "Saved 12:00: presenter: Bo"
    scribe.value = ZOE
    assert held(group).roles == {"presenter": "bo", "scribe": ZOE}
    scribe.set_state({"index": 77})
    presenter.value = ""
    assert held(group).roles == {"scribe": ZOE}
    assert [label for label, _ in scribe.options] == ["no one yet", "Ada Lovelace", "Bo", "Zoë O'Brien-李"]


def test_a_session_is_moved_made_longer_and_put_back(week: WeekForms, group: Workbook) -> None:
    """In the slot's own clock; the usual time is no move."""
    form = week.plan
    form.start.value, form.length.value = datetime(2026, 11, 21, 18, 30), 60
    form.save_time.click()
    assert group.schedule.find(WEEK).start == datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    assert (group.schedule.find(WEEK).moved, group.schedule.find(WEEK).length_min) == (True, 60)
    assert "(moved)" in form.session.label
    form.start.value = datetime(2026, 11, 20, 23, 0)
    form.save_time.click()
    assert held(group).start is None
    form.start.value = None
    form.save_time.click()
    assert told(form.receipt) == "Give a day and a time."
    form.start.value = datetime(2030, 1, 1)
    form.save_time.click()
    assert "more than a year away" in told(form.receipt)


def test_a_session_is_cancelled_with_a_reason_and_held_after_all(week: WeekForms, group: Workbook) -> None:
    """The reason goes with the cancellation; the chosen session stays chosen."""
    form = week.plan
    form.session.value = NEXT
    form.why.value = "Holiday"
    form.cancel.button.click()
    button(form, "Yes, cancel it").click()
    assert (held(group, NEXT).cancelled, held(group, NEXT).why) == (True, "Holiday")
    assert (form.session.value, form.cancel.button.description, form.why.value) == (NEXT, "Reinstate session", "")
    form.cancel.button.click()
    assert (held(group, NEXT).cancelled, held(group, NEXT).why) == (False, "")


def test_a_plan_that_changed_elsewhere_is_shown_before_it_is_replaced(week: WeekForms, group: Workbook, reopen: Reopen) -> None:
    """The click is told, and does nothing the first time."""
    week.stop()  # The form has not heard of it yet.
    reopen().enter("plan", by=ADA, session=WEEK, items=("talk",))
    button(week.plan, "Add next step").click()
    assert "You, in another window, entered this" in told(week.plan.receipt)
    assert held(group).items == ("talk",)
    button(week.plan, "Add next step").click()
    assert (held(group).entries, held(group).items) == (("basics/few-shot",), ("talk",))


# --- agenda, announcement -----------------------------------------------------------------------------------------------


def test_the_agenda_is_previewed_made_and_copied(week: WeekForms, group: Workbook) -> None:
    """A bar counts the cells; the files are linked, the Markdown is there to copy."""
    form = week.agenda
    form.look.button.click()
    assert "Few-Shot Learners" in form.shown.value
    seen: list[tuple[int, int]] = []
    form.bar.observe(lambda _: seen.append((form.bar.value, form.bar.max)), "value")
    form.make.button.click()
    assert told(form.receipt) == "Made 12:00."
    assert seen[-1][0] == seen[-1][1] > 5
    assert f"../sessions/{WEEK}/agenda.html" in form.links.outputs[0]["data"]["text/html"]
    assert form.text.area.value == (group.folder / "sessions" / WEEK / "agenda.md").read_text()
    assert (form.bar.layout.display, form.make.button.disabled) == ("none", False)


def test_a_template_that_fails_is_told_in_a_sentence(week: WeekForms, folder: Path) -> None:
    """Which cell, what it raised, and that the earlier page stands; the button works again."""
    template = folder / "notebooks" / "templates" / "agenda.ipynb"
    template.parent.mkdir(parents=True)
    template.write_text("no notebook")
    week.agenda.make.button.click()
    assert "could not be run" in told(week.agenda.receipt)
    assert not week.agenda.make.button.disabled


def test_the_announcement_follows_the_plan_unless_someone_changed_it(week: WeekForms, group: Workbook) -> None:
    """Times are Discord's, links without previews, and no one is notified by a title."""
    moment = int(datetime(2026, 11, 20, 23, tzinfo=UTC).timestamp())
    assert week.announce.text.area.value.splitlines()[:3] == [
        f"**Thursday papers** · <t:{moment}:F> (<t:{moment}:R>)",
        "We’re reading:",
        "- Few-Shot Learners <https://arxiv.org/abs/2005.14165>",
    ]
    group.enter("plan", by=ADA, session=WEEK, items=("talk",), roles={"presenter": ZOE})
    week.show()
    text = week.announce.text.area.value
    assert "A Talk on \\*Stars\\* & \\<Pipes\\>" in text
    assert "Presenter: Zoë O'Brien-李" in text
    assert "We’re still looking for a scribe." in text
    week.announce.text.area.value = "My own words"
    group.enter("plan", by=ADA, session=WEEK, items=("tuned",))
    week.show()
    assert week.announce.text.area.value == "My own words"


def test_a_long_announcement_fits_one_message(group: Workbook) -> None:
    """What does not fit is counted."""
    import msgspec

    agenda = agenda_of(group)
    work = msgspec.structs.replace(agenda.reads[0].works[0], title="@everyone " + "x" * 150)
    many = tuple(msgspec.structs.replace(agenda.reads[0], title=work.title, works=(work,)) for _ in range(40))
    text = announcement(msgspec.structs.replace(agenda, reads=many))
    assert len(text) <= MOST_CHARACTERS
    assert re.search(r"… and \d\d more", text)
    assert "@everyone" not in text
    assert text.rstrip().endswith("Join: <https://meet.example.org/papers>")


# --- attendance ---------------------------------------------------------------------------------------------------------


def states(group: Workbook) -> dict[str, str]:
    group.reread()
    return {one.member: one.state for one in group.journal.current_state.current(Attendance)}


def test_attendance_is_a_click_a_person_with_a_live_count(
    week: WeekForms, group: Workbook, reopen: Reopen, clock: Clock
) -> None:
    """What others entered is counted too; a state that is not offered is refused."""
    clock.now = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    form = week.attendance
    ada, bo, zoe = choices(form.rows)
    bo.value = "late"
    reopen().enter("attendance", by=ZOE, session=WEEK, member=ZOE, state="present")
    week.show()
    assert (zoe.value, ada.value) == ("present", None)
    assert "2 of 3 there : 1 present, 1 late · 1 not marked" in texts(form.count)
    row = form.rows.in_view[1]
    row.other.value = "left_early"
    assert (bo.value, row.other.value) == (None, "left_early")
    assert states(group) == {"bo": "left_early", ZOE: "present"}
    ada.set_state({"index": 5})
    assert "not offered" in told(form.receipt)


def test_attendance_says_when_a_session_that_was_moved_is(week: WeekForms, group: Workbook) -> None:
    """Its day and time are above the roster, also when the plan moves it while the form is open."""
    assert "Friday 20 November 2026, 23:00 UTC" in week.attendance.head.value
    week.plan.start.value = datetime(2026, 11, 21, 10, 30)
    week.plan.save_time.click()
    assert "Saturday 21 November 2026, 10:30 UTC" in week.attendance.head.value


def test_everyone_is_present_but_who_said_no(week: WeekForms, group: Workbook, clock: Clock) -> None:
    """One click, and one click takes all of it back; who has an entry keeps it."""
    clock.now = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    group.enter("rsvp", by="bo", session=WEEK, member="bo", answer="no", why="ill")
    group.enter("attendance", by=ADA, session=WEEK, member=ZOE, state="late")
    week.show()
    assert "Bo · cannot come: ill" in texts(week.attendance.rows)
    week.attendance.everyone.click()
    assert states(group) == {ADA: "present", ZOE: "late"}
    assert told(week.attendance.receipt) == "Saved 22:30: 1 person here"
    week.attendance.receipt.undo.button.click()
    assert states(group) == {ZOE: "late"}


def test_a_guest_is_added_on_the_spot(week: WeekForms, group: Workbook, clock: Clock) -> None:
    """On the roster as a guest, present here, and not expected next time."""
    clock.now = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    form = week.attendance
    form.guest.value = "Grace & Co"
    form.add.click()
    assert told(form.receipt) == "Saved 22:30: Grace & Co, a guest, here"
    assert states(group) == {"grace-co": "present"}
    assert "Grace & Co guest" in texts(form.rows)
    form.guest.value = "bo"
    form.add.click()
    assert "Bo is already on the roster" in told(form.receipt)
    assert form.guest.value == "bo"
    form.guest.value = "evil\u202ename"
    form.add.click()
    assert "U+202E" in told(form.receipt)
    assert len(group.people) == 4


def test_two_hundred_members_are_paged_and_found(group: Workbook, clock: Clock) -> None:
    """25 rows at a time; a name finds its row; the count is of all."""
    clock.now = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    for number in range(200):
        group.add_person(f"Member {number:03}", by=ADA)
    week = WeekForms(group, ADA)
    assert len(choices(week.attendance.rows)) == 25
    assert "0 of 203 there" in texts(week.attendance.count)
    week.attendance.words.value = "member 17"
    found = choices(week.attendance.rows)
    wanted = [number for number in range(200) if "17" in f"{number:03}"]
    assert [one.tooltip for one in found] == [f"Attendance of Member {number:03}" for number in wanted]
    found[3].value = "present"
    assert states(group) == {f"member-{wanted[3]:03}": "present"}
    week.attendance.words.value = ""
    week.stop()


def test_a_member_cannot_take_attendance_or_plan(group: Workbook, clock: Clock) -> None:
    """The forms of someone who is no facilitator say so at each click."""
    clock.now = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    week = WeekForms(group, "bo")
    choices(week.attendance.rows)[0].value = "present"
    assert "Only Ada Lovelace can enter or change this" in told(week.attendance.receipt)
    assert choices(week.attendance.rows)[0].value is None
    button(week.plan, "Confirm").click()
    assert "A plan is for a facilitator to enter: Ada Lovelace." in told(week.plan.receipt)
    assert entered(group) == []
    week.stop()


# --- close --------------------------------------------------------------------------------------------------------------


def test_closing_says_what_continues(week: WeekForms, group: Workbook, clock: Clock) -> None:
    """The next agenda goes on with it; closing again with the same says saved and writes nothing."""
    clock.now = datetime(2026, 11, 21, 0, 10, tzinfo=UTC)
    week.show()
    form = week.close
    assert "No attendance is recorded" in texts(form.missing)
    week.attendance.everyone.click()
    assert "No attendance is recorded" not in texts(form.missing)
    [finished] = choices(form.steps)
    assert finished.value == "finished"
    finished.value = "continues"
    assert group.latest(Close, WEEK) is None
    form.save.click()
    assert told(form.receipt) == "Saved 00:10: closed; step 1 continues next time. Next: make the report."
    assert group.latest(Close, WEEK).continues == ("basics/few-shot",)
    count = len(group.journal.records)
    form.save.click()
    assert len(group.journal.records) == count
    clock.now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    week.show()
    assert agenda_of(group).reads[0].continued == WEEK
    assert "continues from 2026-11-20" in texts(week.plan.reads)


def test_the_report_is_made_from_the_notebook(week: WeekForms, group: Workbook, clock: Clock) -> None:
    """Of the session that is being closed, in HTML and Markdown."""
    clock.now = datetime(2026, 11, 21, 0, 10, tzinfo=UTC)
    week.show()
    week.attendance.everyone.click()
    week.report.make.button.click()
    assert told(week.report.receipt) == "Made 00:10."
    assert (group.folder / "sessions" / WEEK / "report.html").exists()


# --- live ---------------------------------------------------------------------------------------------------------------


def test_what_others_enter_is_told_within_two_seconds(group: Workbook, reopen: Reopen) -> None:
    """Also what came between the form's first look and the watching; nothing is told after the end."""
    arrived: SimpleQueue[float] = SimpleQueue()
    live = Live(group, lambda: arrived.put(time.monotonic()))
    other = reopen()
    took = []
    for answer in ("yes", "no", "maybe"):
        other.enter("rsvp", by="bo", session=WEEK, member="bo", answer=answer)
        begin = time.monotonic()
        took.append(arrived.get(timeout=PATIENCE_S) - begin)
    # The quickest, as a machine may be busy with something else for a while.
    assert min(took) < 2
    live.stop()
    other.enter("rsvp", by="bo", session=WEEK, member="bo", answer="yes")
    # What does not come cannot be waited for; nor was anything told twice.
    with pytest.raises(Empty):
        arrived.get(timeout=1)


# --- who ----------------------------------------------------------------------------------------------------------------


def test_the_one_facilitator_is_meant_unless_a_hub_says_who_sits_here(group: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a hub a member does not become the facilitator by opening the notebook."""
    forms = WeekForms.open(folder=group.folder)
    adas = forms.shown
    assert adas.context.by == ADA
    assert WeekForms.open(folder=group.folder) is forms
    assert forms.shown is adas
    monkeypatch.setenv("JUPYTERHUB_USER", "bo")
    assert WeekForms.open(folder=group.folder).shown.context.by == "bo"
    monkeypatch.setenv("JUPYTERHUB_USER", "mallory")
    assert WeekForms.open(folder=group.folder).shown is None
    forms.stop()
