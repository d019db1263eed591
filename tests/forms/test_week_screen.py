"""The facilitator's screen: its tabs, what it says to do next, its checklists; and a whole week on it in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from studygroup.forms.facilitator.week import WeekForms
from studygroup.forms.layout.week_screen import PARTS, WeekScreen, tab_of_moment
from studygroup.journal.types.records import Action, Answer, Attendance, Close, Note, Plan, Question
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_values_not_offered import send
from tests.forms.test_week_forms import texts
from tests.support.in_lab import Lab, Seat, under_way

ADA, WEEK, NEXT = "ada-lovelace", "2026-11-20", "2026-11-27"
NAMES = (
    "Alan Turing",
    "Emmy Noether",
    "Grace Hopper",
    "Katherine Johnson",
    "Lin Wei",
    "Margaret Hamilton",
    "Mary Jackson",
    "Ramón y Cajal",
    "Sofia Kovalevskaya",
    "Tim Okafor",
    "Zoë O’Brien",
)
START = datetime(2026, 11, 20, 23, tzinfo=UTC)
MOST_CLICKS = 15


@pytest.fixture
def week(group: Workbook) -> Iterator[WeekForms]:
    """Ada's forms."""
    forms = WeekForms(group, ADA)
    yield forms
    forms.stop()


# --- tabs ---------------------------------------------------------------------------------------------------------------


def test_the_tab_of_the_moment_is_opened_first(group: Workbook, clock: Clock) -> None:
    """Live from half an hour before the start until it is closed, or for twelve hours; Wrap up until noon of the next day."""

    def tabs(*moments: datetime) -> list[str]:
        found = []
        for clock.now in moments:
            found.append(tab_of_moment(group))
        return found

    half = START - timedelta(minutes=30)
    hours = [START + timedelta(hours=hours) for hours in (1, 3, 11.9, 12, 12.9, 13.1)]
    assert tabs(half - timedelta(minutes=1), half, *hours) == ["Prepare", *["Live"] * 4, "Wrap up", "Wrap up", "Prepare"]
    clock.now = START + timedelta(hours=1)
    group.enter("close", by=ADA, session=WEEK)
    assert tabs(*hours) == [*["Wrap up"] * 5, "Prepare"]


def test_the_report_follows_what_is_entered_while_it_is_looked_at(week: WeekForms, group: Workbook, clock: Clock) -> None:
    """On another tab its preview stays as it was; it is as things are now once *Wrap up* is opened again."""
    clock.now = datetime(2026, 11, 21, 0, 10, tzinfo=UTC)
    tabs = week.screen.tabs
    tabs.turn_to("Wrap up")
    before = week.report.shown.value
    tabs.turn_to("Live")
    group.enter("note", by="ada-lovelace", session="2026-11-20", text="Warm-up matters")
    week.context.changed()
    assert week.report.shown.value == before
    tabs.turn_to("Wrap up")
    assert "Warm-up matters" in week.report.shown.value
    group.enter("note", by="ada-lovelace", session="2026-11-20", text="So does rest")
    week.context.changed()
    assert "So does rest" in week.report.shown.value


def test_without_people_the_group_comes_first(folder: Path, clock: Clock) -> None:
    """Whoever opens a new workbook adds themselves there, and then prepares."""
    week = WeekForms(Workbook(folder, clock), "")
    assert (week.screen.tabs.open_page, told(week.screen)) == ("Group", "No one is on the list yet. Add yourself")
    week.people.name.value = "Ada Lovelace"
    week.people.add.click()
    assert told(week.screen).startswith("1 paper from the list")
    week.stop()


def test_a_tabs_forms_are_made_when_it_is_opened(week: WeekForms) -> None:
    """Nothing of the others is; a tab that was opened keeps its forms."""
    assert week.screen.tabs.open_page == "Prepare"
    made = {"plan", "agenda", "announce", "replies"}
    assert made_of(week) == made
    week.screen.tabs.selected_index = list(PARTS).index("Wrap up")
    assert made_of(week) == made | {"close", "summaries", "report", "site", "share"}
    plan = week.plan
    week.screen.tabs.selected_index = 0
    assert week.plan is plan


def test_the_tab_never_changes_by_itself(week: WeekForms, clock: Clock) -> None:
    """Though the session begins; when the notebook is run again, it does."""
    screen = week.screen
    clock.now = START
    send(screen.frame, {"method": "custom", "content": {"woke": True}})
    assert screen.tabs.open_page == "Prepare"
    assert told(screen) == "The timer isn’t running. Start the timer"
    week.show()
    assert screen.tabs.open_page == "Live"


def made_of(week: WeekForms) -> set[str]:
    """Return the names of the forms that were made."""
    named = {name for columns in PARTS.values() for parts in columns.values() for name, _ in parts}
    return named & set(vars(week))


# --- what is next -------------------------------------------------------------------------------------------------------


def told(screen: WeekScreen) -> str:
    """Return what the header says to do next, with its button."""
    shown = screen.next.button.button.description if screen.next.button in screen.next.children else ""
    return f"{texts(screen.next.told)} {shown}".strip()


def lines(checklist: Any) -> dict[str, str]:
    """Return each step's note, with its state."""
    return {step["title"]: f"{step['state']}: {step['note']}" for step in checklist.list.steps}


def test_the_header_leads_through_the_preparation(week: WeekForms, group: Workbook, clock: Clock) -> None:
    """Each thing in its turn; its button does it, or leads to where it is done, and the checklist ticks itself."""
    screen = week.screen
    assert told(screen) == "1 paper from the list, not confirmed yet. Confirm reading"
    assert lines(screen.before)["Reading"] == "next: 1 paper, not confirmed"
    screen.next.button.button.click()
    assert group.latest(Plan, WEEK).entries == ("basics/few-shot",)
    assert told(screen) == "No presenter yet. Choose presenter"
    assert lines(screen.before)["Reading"] == "done: 1 paper, confirmed"
    screen.next.button.button.click()
    group.enter("plan", by=ADA, session=WEEK, entries=("basics/few-shot",), roles={"presenter": "bo", "scribe": ADA})
    week.show()
    assert told(screen) == "The agenda isn’t made yet. Make agenda"
    screen.next.button.button.click()
    assert (group.folder / "sessions" / WEEK / "agenda.html").exists()
    assert lines(screen.before)["Agenda"] == "done: Made"
    assert told(screen) == "The session isn’t announced yet. Announce"
    week.announce.text.copy.click()
    assert lines(screen.before)["Announcement"] == "done: Copied"
    assert told(screen) == "3 members haven’t replied yet. Remind them"
    screen.next.button.button.click()
    assert week.announce.chosen == "reminder"
    for member in group.people:
        group.enter("rsvp", by=member, session=WEEK, member=member, answer="yes")
    week.show()
    assert (told(screen), texts(screen.before.count)) == ("Everything is done.", "7 of 7 done")


def test_a_line_of_the_checklist_leads_to_its_place(week: WeekForms) -> None:
    """On whatever tab that is; a step that is not there leads nowhere."""
    screen = week.screen
    screen.tabs.turn_to("Wrap up")
    for name, tab in (("nothing", "Wrap up"), ("actions", "Live")):
        send(screen.after.list, {"method": "custom", "content": {"step": name}})
        assert screen.tabs.open_page == tab
    assert "actions" in made_of(week)


def test_the_header_leads_through_the_session_and_its_end(week: WeekForms, group: Workbook, clock: Clock) -> None:
    """Timer, attendance, then closing, the report and the rest; the report is that of the session that was closed, also after its end."""
    clock.now = START + timedelta(minutes=5)
    week.show()
    screen = week.screen
    screen.show()
    screen.next.button.button.click()
    assert week.timer.is_running
    assert told(screen) == "3 members aren’t marked yet. Take attendance"
    week.attendance.everyone.click()
    assert told(screen) == "When you are through, close the session. Close session"
    clock.now = START + timedelta(hours=2)
    send(screen.frame, {"method": "custom", "content": {"woke": True}})
    assert told(screen) == "The session isn’t closed yet. Close session"
    screen.next.button.button.click()
    assert group.latest(Close, WEEK) is not None
    assert screen.tabs.open_page == "Wrap up"
    assert lines(screen.after)["Close session"] == "done: 1 finished, 0 continue"
    assert told(screen) == "The report isn’t made yet. Make report"
    screen.next.button.button.click()
    assert (group.folder / "sessions" / WEEK / "report.html").exists()
    assert lines(screen.after)["Report"] == "done: Made"


# --- quick capture ------------------------------------------------------------------------------------------------------


def test_whatever_comes_up_is_entered_in_one_line(week: WeekForms, group: Workbook, clock: Clock) -> None:
    """As a note, a decision, a question or an action; an empty line gets an answer, and what cannot be saved is given back."""
    clock.now = START + timedelta(minutes=5)
    form, back = week.capture, []
    form.line.give_back = back.append
    for kind, text in (("note", "One"), ("decision", "Two"), ("question", "Three?"), ("action", "Four")):
        form.kind.value = kind
        enter(form, text)
        clock.now += timedelta(minutes=1)
    said = [(one.type, one.text) for kind in (Note, Question, Action) for one in group.current.current(kind)]
    assert said == [("note", "One"), ("note", "Two"), ("question", "Three?"), ("action", "Four")]
    assert [one.decision for one in group.current.current(Note)] == [False, True]
    assert texts(form.rows).startswith("Action Four 23:08 Question Three? 23:07 Decision Two 23:06 Note One")
    form.receipt.undo.button.click()
    assert "Four" not in texts(form.rows)
    form.receipt.clear()
    enter(form, " ")
    assert "Write something first." in texts(form.receipt)
    enter(form, "evil \x00")
    assert back == ["evil \x00"]
    send(form.line, {"method": "custom", "content": {"enter": 7}})
    send(form.line, {"method": "update", "state": {"label": "<script>"}, "buffer_paths": []})
    assert (form.line.label, len(group.current.current(Note))) == ("Action", 2)


def test_a_line_that_was_not_entered_is_there_after_a_restart(week: WeekForms, group: Workbook) -> None:
    """As a draft; once it is entered, it is gone."""
    send(week.capture.line, {"method": "custom", "content": {"typed": "Half a note"}})
    again = WeekForms(group, ADA)
    assert again.capture.line.text == "Half a note"
    enter(again.capture, "Half a note, finished")
    third = WeekForms(group, ADA)
    assert third.capture.line.text == ""
    for forms in (again, third):
        forms.stop()


def enter(form: Any, text: str) -> None:
    """Send what the browser sends for Enter in the line."""
    send(form.line, {"method": "custom", "content": {"enter": text}})


# --- in JupyterLab ------------------------------------------------------------------------------------------------------


@pytest.fixture
def twelve(folder: Path) -> Workbook:
    """A group of twelve whose session began ten minutes ago, with a question."""
    book = under_way(folder)
    book.add_person("Ada Lovelace", role="facilitator")
    for name in NAMES:
        book.add_person(name, by=ADA)
    book.enter("question", by="alan-turing", member="alan-turing", item="few-shot", text="Why does it work?")
    return book


COUNTING = """
window.clicked = 0; window.scrolled = 0; window.counting = new AbortController();
addEventListener('pointerdown', event => { if (event.isTrusted) window.clicked += 1; }, {capture: true, signal: counting.signal});
addEventListener('scroll', () => { window.scrolled += 1; }, {capture: true, signal: counting.signal});
"""


def counted(seat: Seat, what: str) -> int:
    """Return how often it was clicked or scrolled by now, and count no more."""
    found: int = seat.page.evaluate("what => { window.counting.abort(); return window[what]; }", what)
    return found


def in_view(seat: Seat, *seen: Any) -> bool:
    """Whether things are within the notebook's window as it stands."""
    window = seat.page.locator(".jp-NotebookPanel-notebook").bounding_box()
    boxes = [one.bounding_box() for one in seen]
    return all(box and window["y"] <= box["y"] and box["y"] + box["height"] <= window["y"] + window["height"] for box in boxes)


def test_live_needs_no_scrolling(twelve: Workbook, browser: Any, jupyterlab: Lab, tmp_path: Path) -> None:
    """At 1280 × 800, header and main button are in view after Run All; twelve are marked and three notes taken where everything stands."""
    seat = Seat(browser, jupyterlab.notebook(twelve.folder, "week"), ADA, height=800)
    seat.page.evaluate(COUNTING)
    seat.run_all()
    page, button = seat.page, seat.page.locator(".sg-next button")
    button.wait_for()
    page.evaluate("window.scrolled = 0")
    assert in_view(seat, page.locator(".sg-head"), button, page.locator(".sg-tabs").get_by_role("tab").first)
    states = ["Here", "Late", "Absent"] * 4
    for name, state in zip(["Ada Lovelace", *NAMES], states, strict=True):
        group = page.get_by_role("group", name=f"Attendance of {name}", exact=True)
        assert in_view(seat, group)
        group.get_by_role("button", name=state, exact=True).click()
        group.get_by_role("button", name=state, exact=True, pressed=True).wait_for()
    line = page.get_by_label("Note", exact=True)
    line.click()
    for note in ("One", "Two", "Three"):
        page.keyboard.type(note)
        page.keyboard.press("Enter")
        page.locator(".sg-part-capture .sg-captured").get_by_text(note, exact=True).wait_for()
        assert in_view(seat, line, page.locator(".sg-part-capture .sg-captured").get_by_text(note, exact=True))
    page.screenshot(path=tmp_path / "live.png")
    assert counted(seat, "scrolled") == 0
    seat.close()
    twelve.refresh()
    assert len(twelve.current.current(Attendance)) == 12
    assert [one.text for one in twelve.current.current(Note)] == ["One", "Two", "Three"]


def test_arrow_keys_and_others_entries(twelve: Workbook, browser: Any, jupyterlab: Lab) -> None:
    """The arrow keys open the next tab; the focus and what is being typed stay when others' entries arrive."""
    seat = Seat(browser, jupyterlab.notebook(twelve.folder, "week"), ADA, height=800)
    seat.run_all()
    page = seat.page
    line = page.get_by_label("Note", exact=True)
    line.click()
    page.keyboard.type("Half a")
    twelve.enter("rsvp", by="lin-wei", session=twelve.session_to_record(), member="lin-wei", answer="maybe")
    page.locator(".sg-attendee").filter(has_text="Lin Wei").get_by_text("maybe").wait_for()
    page.keyboard.type(" note")
    assert line.input_value() == "Half a note"
    tabs = page.locator(".sg-tabs").get_by_role("tab")
    tabs.nth(1).focus()
    for key, name in (("ArrowRight", "Wrap up"), ("ArrowRight", "Group"), ("ArrowLeft", "Wrap up")):
        page.keyboard.press(key)
        page.locator(f".sg-columns.sg-{name.lower().replace(' ', '-')}").wait_for()
        page.wait_for_function("name => document.activeElement.textContent.trim() === name", arg=name)
    seat.close()


SLOWED = """[
    one.observe(lambda change: __import__('time').sleep(0.3), 'value')
    for one in [*__import__('ipywidgets').widgets.widget._instances.values()] if hasattr(one, 'placeholder')
]"""


def test_what_was_typed_last_is_saved_while_the_kernel_is_busy(twelve: Workbook, browser: Any, jupyterlab: Lab) -> None:
    """A widget sends nothing more until the kernel answered what it sent before, and a click would overtake it.

    Also in the second notebook that is opened in a window.
    """
    first = Seat(browser, jupyterlab.notebook(twelve.folder, "member"), ADA, height=800)
    first.run_all()
    first.close()
    seat = Seat(browser, jupyterlab.notebook(twelve.folder, "week"), ADA, height=800)
    seat.run_all()
    page, answer = seat.page, "No one knows, but larger models do it better"
    question = page.get_by_role("group", name="State of: Why does it work?", exact=True)
    question.get_by_role("button", name="Answered").click()
    page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    seat.ask(SLOWED)
    page.keyboard.type(answer)
    page.get_by_role("button", name="Save answer").click()
    page.get_by_text("answered: Why does it work?").wait_for()
    seat.close()
    twelve.refresh()
    assert [one.text for one in twelve.current.current(Answer)] == [answer]


def test_a_week_takes_few_clicks(twelve: Workbook, browser: Any, jupyterlab: Lab, tmp_path: Path) -> None:
    """From the plan to the report, after Run All, with the keyboard for text and Enter alone."""
    seat = Seat(browser, jupyterlab.notebook(twelve.folder, "week"), ADA, height=800)
    seat.page.evaluate(COUNTING)
    seat.run_all()
    page, folder = seat.page, twelve.folder
    seat.open_tab("Prepare")
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.locator(".sg-part-plan .sg-said").get_by_text("planned").wait_for()
    page.get_by_role("button", name="Make agenda", exact=True).click()
    page.get_by_role("link", name="agenda.html").wait_for()
    page.get_by_role("button", name="Copy message").click()
    page.get_by_role("listitem").filter(has_text="Announcement").get_by_text("Copied").wait_for()
    seat.open_tab("Live")
    for name in ("Lin Wei", "Tim Okafor"):
        group = page.get_by_role("group", name=f"Attendance of {name}", exact=True)
        group.get_by_role("button", name="Late", exact=True).click()
        group.get_by_role("button", name="Late", exact=True, pressed=True).wait_for()
    page.get_by_role("button", name="Mark the rest here").click()
    page.get_by_text("12 of 12 there").wait_for()
    page.get_by_label("Note", exact=True).click()
    for note in ("One", "Two", "Three"):
        page.keyboard.type(note)
        page.keyboard.press("Enter")
        page.locator(".sg-part-capture .sg-captured").get_by_text(note, exact=True).wait_for()
    question = page.get_by_role("group", name="State of: Why does it work?", exact=True)
    question.get_by_role("button", name="Answered").click()
    page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    page.keyboard.type("No one knows")
    page.get_by_role("button", name="Save answer").click()
    page.get_by_text("answered: Why does it work?").wait_for()
    seat.open_tab("Wrap up")
    page.locator(".sg-part-close").get_by_role("button", name="Close session").click()
    page.get_by_text("Next: make the report.").wait_for()
    page.locator(".sg-part-report").get_by_role("button", name="Make report").click()
    page.get_by_role("link", name="report.html").wait_for()
    clicks = counted(seat, "clicked")
    page.screenshot(path=tmp_path / "report.png")
    seat.close()
    assert clicks <= MOST_CLICKS, clicks
    [report] = folder.glob("sessions/*/report.md")
    made = report.read_text()
    assert all(words in made for words in ("One", "Three", "No one knows"))
    twelve.refresh()
    assert sorted(one.state for one in twelve.current.current(Attendance)) == ["late"] * 2 + ["present"] * 10
