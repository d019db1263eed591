"""A member's forms without a browser: set values, press, read the journal."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from studygroup.errors import RecordError, SettingsError
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form_context import SaveStatus
from studygroup.forms.member_page.member import MemberForms
from studygroup.forms.member_page.member_screen import MEMBER_TABS
from studygroup.journal.types.record import fields_of
from studygroup.journal.types.records import Question, Rsvp
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.needs import until

WEEK, ZOE = "2026-11-20", "zoe-obrien-li"
Reopen = Callable[[], Workbook]


@pytest.fixture
def forms(group: Workbook) -> MemberForms:
    """Bo's forms."""
    return MemberForms(group, "bo")


def told(receipt: SaveStatus) -> str:
    """Return what a receipt says, without marks and tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", receipt.said.value)).lstrip("✓⚠… ")


def entered(workbook: Workbook) -> list[tuple[str, str, dict[str, Any]]]:
    """Return what was entered beside the roster: type, by whom, and the fields that say something."""
    workbook.reread()
    return [
        (record.type, record.by, {name: value for name, value in fields_of(record).items() if value not in ("", (), None)})
        for record in workbook.journal.records
        if record.type != "person"
    ]


def choices(form: Any) -> list[Choice]:
    """Return every choice within a widget, in order."""
    found = [form] if isinstance(form, Choice) else []
    for child in getattr(form, "children", ()):
        found += choices(child)
    return found


def shown(widget: Any) -> str:
    """Return all texts within a widget."""
    own = widget.value if isinstance(getattr(widget, "value", None), str) else ""
    return own + "".join(shown(child) for child in getattr(widget, "children", ()))


def test_opening_saves_nothing(forms: MemberForms, group: Workbook) -> None:
    """Not a record, not a draft; nothing is chosen where nothing was entered."""
    assert entered(group) == []
    assert not (group.folder / ".studygroup" / "drafts").exists()
    for tab in MEMBER_TABS:
        forms.screen.tabs.turn_to(tab)
    assert len(choices(forms.page())) > 4
    assert [choice.value for choice in choices(forms.page())] == [None] * len(choices(forms.page()))


def test_a_tabs_forms_are_made_when_it_is_first_opened(forms: MemberForms) -> None:
    """Nothing of the other two tabs is there before; what was made stays when another tab is opened."""
    page = forms.page()
    assert {"next", "reads", "questions"} <= vars(forms).keys()
    assert not {"summary", "others", "materials", "choose", "syllabus", "progress"} & vars(forms).keys()
    forms.screen.tabs.turn_to("My reading")
    summary = forms.summary
    forms.screen.tabs.turn_to("Session")
    forms.screen.tabs.turn_to("My reading")
    assert forms.summary is summary and "syllabus" not in vars(forms)
    assert forms.page() is page


def test_another_device_gets_a_link_of_its_own(group: Workbook) -> None:
    """A new one each time it is asked for; closed, it shows no more; where there are no links, there is no button."""
    made: list[str] = []

    def invite() -> str:
        made.append(f"https://papers.example.org/join#{len(made)}")
        return made[-1]

    device = MemberForms(group, "bo", invite).screen.device
    assert device is not None and not device.is_open and made == []
    device.opener.click()
    assert device.is_open and device.panel is not None and device.panel.link.value == made[-1]
    assert "works once, for 14 days" in device.panel.about.value
    assert 'role="img" aria-label="QR code of the link above"' in device.panel.picture.value
    device.panel.done.click()
    assert not device.is_open and (device.panel.link.value, device.panel.picture.value) == ("", "")
    device.opener.click()
    assert len(made) == 2 and device.panel.link.value == made[-1]
    device.opener.click()
    assert not device.is_open
    assert MemberForms(group, "bo").screen.device is None


def test_a_second_press_on_what_is_chosen_undoes_it(forms: MemberForms, group: Workbook) -> None:
    """An answer with those that it replaced, a rating, and a status, which is unread again; each with an Undo of its own."""
    answer, about = forms.next.answer, ("2026-11-20", "bo")
    for index in (0, 2):
        answer.set_state({"index": index})
    answer.set_state({"index": None})
    assert told(forms.next.receipt) == "Undone. You haven’t answered yet." and answer.value is None
    assert group.latest(Rsvp, *about) is None
    forms.next.receipt.undo.children[0].click()
    assert answer.value == "no" and group.latest(Rsvp, *about).answer == "no"
    status, rating = choices(forms.reads)[:2]
    assert [label for label, _ in status.options] == ["Reading", "Skimmed", "Read", "Skipped"]
    status.set_state({"index": 2})
    rating.set_state({"index": 3})
    rating.set_state({"index": None})
    assert told(forms.reads.receipt) == "Undone. You haven’t rated Few-Shot Learners yet." and rating.value is None
    status.set_state({"index": None})
    assert told(forms.reads.receipt) == "Saved 12:00: Few-Shot Learners: unread" and status.value is None
    forms.reads.receipt.undo.children[0].click()
    assert status.value == "read"


def test_what_someone_entered_meanwhile_is_not_undone_with_a_second_press(forms: MemberForms, group: Workbook) -> None:
    """It is shown first, as where it would be replaced."""
    forms.next.answer.set_state({"index": 0})
    group.enter("rsvp", by="ada-lovelace", session="2026-11-20", member="bo", answer="no")
    forms.next.answer.set_state({"index": None})
    assert "Ada Lovelace entered this" in told(forms.next.receipt)
    assert forms.next.answer.value == "no" and group.latest(Rsvp, "2026-11-20", "bo").answer == "no"


def test_an_answer_is_saved_with_a_click_and_taken_back_with_another(forms: MemberForms, group: Workbook) -> None:
    """A second click saves nothing more; a changed answer replaces the first; undo brings the first back."""
    form = forms.next
    form.answer.value = "yes"
    assert told(form.receipt) == "Saved 12:00: Yes, I’ll be there"
    form.answer.value = "yes"
    assert entered(group) == [("rsvp", "bo", {"member": "bo", "answer": "yes"})]
    form.answer.value = "no"
    assert (form.reason.layout.display, len(entered(group))) == (None, 2)
    form.why.value = "Ill — 李"
    form.save_why.click()
    assert entered(group)[-1] == ("rsvp", "bo", {"member": "bo", "answer": "no", "why": "Ill — 李"})
    form.receipt.undo.button.click()
    form.receipt.undo.button.click()
    assert (form.answer.value, form.why.value) == ("no", "")
    assert len(entered(group)) == 4
    assert "Undone" in told(form.receipt)


def test_what_was_entered_is_there_when_one_comes_back(forms: MemberForms, reopen: Reopen) -> None:
    """Answers, statuses, ratings, summaries and questions are in new forms after a restart."""
    forms.next.answer.value = "maybe"
    status, rating = choices(forms.reads)
    status.value, rating.value = "read", 4
    forms.summary.parts["big_idea"].area.value = "It **scales**."
    forms.summary.questions.field.area.value = "Why?\n\n  How far?  \n"
    forms.summary.save.click()
    assert told(forms.summary.receipt) == "Saved 12:00: your summary and your 2 questions"
    again = MemberForms(reopen(), "bo")
    assert again.next.answer.value == "maybe"
    assert [choice.value for choice in choices(again.reads)] == ["read", 4]
    assert again.summary.parts["big_idea"].text == "It **scales**."
    assert "<strong>scales</strong>" in again.summary.parts["big_idea"].shown.value
    assert [
        html.unescape(re.sub("<[^>]*>", "", row.children[0].value)).strip() for row in again.summary.questions.asked.children
    ] == [
        "How far?",
        "Why?",
    ]
    assert again.summary.questions.field.text == ""
    assert "You’ve read 2 of 5 steps" in again.progress.picture.value
    assert MemberForms(reopen(), "zoe-obrien-li").next.answer.value is None


def test_a_check_in_waits_for_the_session(forms: MemberForms, group: Workbook, clock: Clock) -> None:
    """Too early it is told and the button stays as it was; from half an hour before the start it is attendance."""
    forms.next.here.value = "present"
    assert told(forms.next.receipt) == "Check-in opens half an hour before the session starts."
    assert (forms.next.here.value, entered(group)) == (None, [])
    clock.now = datetime(2026, 11, 20, 22, 29, 59, tzinfo=UTC)
    forms.next.here.value = "present"
    assert entered(group) == []
    clock.now = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    forms.next.here.value = "present"
    # What the session reads is kept before it.
    assert [(kind, by) for kind, by, _ in entered(group)] == [("plan", "bo"), ("attendance", "bo")]
    assert entered(group)[1][2] == {"member": "bo", "state": "present"}


def test_a_cancelled_session_is_told_and_the_next_one_asked_for(group: Workbook) -> None:
    """It says that it is cancelled and why; the answer is for the session after it."""
    group.enter("plan", by="ada-lovelace", session=WEEK, cancelled=True, why="Storm & <b>snow</b>")
    form = MemberForms(group, "bo").next
    assert "The session of Friday 20 November 2026 is cancelled." in form.about.value
    assert "Storm &amp; &lt;b&gt;snow" in form.about.value
    form.answer.value = "yes"
    assert form.session == group.journal.records[-1].session == "2026-11-27"


def test_a_moved_session_is_told_above_all_else(group: Workbook) -> None:
    """When it is, and the day that it was first set for; live."""
    forms = MemberForms(group, "bo")
    assert "sg-banner" not in forms.next.about.value
    group.enter("plan", by="ada-lovelace", session=WEEK, start=datetime(2026, 11, 21, 20, 0, tzinfo=UTC))
    forms.catch_up()
    assert (
        "<strong>Moved:</strong> the session is on Sat 21 Nov, 20:00 UTC; it was first set for Fri 20 Nov."
        in forms.next.about.value
    )


def test_what_was_not_read_is_not_rated(forms: MemberForms) -> None:
    """Ratings show once a paper is skimmed or read."""
    status, rating = choices(forms.reads)
    rated = forms.reads.rows.children[0].children[-1]
    assert rated.layout.display == "none"
    status.value = "skimmed"
    assert rated.layout.display is None
    rating.value = 4
    status.value = "reading"
    assert rated.layout.display is None, "what was rated can be changed"


def test_check_in_shows_when_it_is_time(forms: MemberForms, clock: Clock) -> None:
    """From half an hour before the start, by itself."""
    assert forms.next.check_in.layout.display == "none"
    clock.now = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    forms.catch_up()
    assert forms.next.check_in.layout.display is None


def test_two_windows_of_a_person_do_not_fight(forms: MemberForms, group: Workbook, reopen: Reopen) -> None:
    """The later one is shown what the other entered before it replaces it; a second click replaces it."""
    other = MemberForms(reopen(), "bo")
    choices(other.reads)[0].value = "reading"
    status = choices(forms.reads)[0]
    status.value = "skipped"
    assert "You, in another window, entered this at 12:00, meanwhile: status reading" in told(forms.reads.receipt)
    assert status.value == "reading"
    assert len(entered(group)) == 1
    status.value = "skipped"
    assert [fields["status"] for _, _, fields in entered(group)] == ["reading", "skipped"]


def test_a_summary_is_not_replaced_unseen(forms: MemberForms, group: Workbook, reopen: Reopen) -> None:
    """What was typed stays while the other text is told; saving again replaces it."""
    other = MemberForms(reopen(), "bo")
    other.summary.parts["text"].area.value = "From the phone"
    other.summary.save.click()
    forms.summary.parts["text"].area.value = "From the laptop"
    forms.summary.save.click()
    assert "text From the phone" in told(forms.summary.receipt)
    assert forms.summary.parts["text"].text == "From the laptop"
    forms.summary.save.click()
    assert [fields["text"] for _, _, fields in entered(group)] == ["From the phone", "From the laptop"]


def test_a_form_follows_what_was_entered_elsewhere(forms: MemberForms, reopen: Reopen) -> None:
    """Once it is told of a change it shows it, and leaves what is being typed alone."""
    other = MemberForms(reopen(), "bo")
    other.next.answer.value = "no"
    other.summary.parts["text"].area.value = "Theirs"
    other.summary.save.click()
    forms.summary.parts["big_idea"].area.value = "Mine"
    forms.show()
    assert forms.next.answer.value == "no"
    assert (forms.summary.parts["text"].text, forms.summary.parts["big_idea"].text) == ("Theirs", "Mine")


def test_what_others_change_shows_by_itself(forms: MemberForms, group: Workbook, reopen: Reopen, clock: Clock) -> None:
    """In a notebook that is open: a role, a cancellation, and the start, from which on others' summaries can be read."""
    item = "few-shot"
    group.enter("summary", by="ada-lovelace", session=WEEK, item=item, member="ada-lovelace", text="What Ada thinks")
    forms.show()
    forms.summary.item.value = item
    forms.summary.parts["text"].area.value = "Half a thought"
    forms.follow()
    try:
        other = reopen()
        other.enter("plan", by="ada-lovelace", session=WEEK, entries=["basics/few-shot"], roles={"presenter": "bo"})
        until(lambda: "presenter" in forms.next.about.value.lower())
        assert "What Ada thinks" not in shown(forms.others)
        clock.now = datetime(2026, 11, 20, 23, 0, 1, tzinfo=UTC)
        until(lambda: "What Ada thinks" in shown(forms.others))
        clock.now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
        until(lambda: forms.next.session == "2026-11-27")
        other.enter("plan", by="ada-lovelace", session="2026-11-27", cancelled=True, why="Storm")
        until(lambda: "Storm" in forms.next.about.value)
        assert forms.summary.parts["text"].text == "Half a thought"
    finally:
        forms.stop()


def test_settings_that_changed_in_the_file_are_shown(forms: MemberForms, folder: Path) -> None:
    """When the notebook is run again; wrong ones are told, and those before stay."""
    settings = folder / "pyproject.toml"
    before = settings.read_text()
    settings.write_text(before.replace("https://meet.example.org/papers", "https://meet.example.org/elsewhere"))
    forms.show()
    assert "https://meet.example.org/elsewhere" in forms.next.about.value
    settings.write_text(before.replace("23:00", "half past"))
    with pytest.raises(SettingsError, match="half past"):
        forms.show()
    assert "https://meet.example.org/elsewhere" in forms.next.about.value
    settings.write_text(before.replace("23:00", "22:30"))
    forms.show()
    assert "22:30" in forms.next.about.value


# --- nothing typed is lost ----------------------------------------------------------------------------------------------


def test_what_is_typed_comes_back_after_a_restart(forms: MemberForms, group: Workbook, reopen: Reopen) -> None:
    """As a draft, which only its owner can read; it is gone once it is saved or emptied."""
    forms.summary.parts["relevance"].area.value = "Half a thou"
    forms.questions.ask.field.area.value = "Who brings cake?"
    drafts = list((group.folder / ".studygroup" / "drafts" / "bo").iterdir())
    assert [path.stat().st_mode & 0o777 for path in drafts] == [0o600, 0o600]
    assert drafts[0].parent.stat().st_mode & 0o777 == 0o700
    again = MemberForms(reopen(), "bo")
    assert again.summary.parts["relevance"].text == "Half a thou"
    assert told(again.summary.receipt) == "This draft isn’t saved yet."
    assert again.questions.ask.field.text == "Who brings cake?"
    assert MemberForms(reopen(), "zoe-obrien-li").summary.parts["relevance"].text == ""
    again.summary.save.click()
    again.questions.ask.field.area.value = ""
    assert list(drafts[0].parent.iterdir()) == []


def test_a_failed_save_says_why_and_keeps_the_text(forms: MemberForms, group: Workbook, folder: Path, reopen: Reopen) -> None:
    """Once the cause is gone the same click saves, and saves once."""
    blocked = folder / "sessions" / WEEK / "records" / "bo.jsonl"
    blocked.mkdir(parents=True)
    forms.summary.parts["text"].area.value = "Precious"
    forms.summary.questions.field.area.value = "One?\nTwo?"
    forms.summary.save.click()
    assert "Not saved" in told(forms.summary.receipt)
    assert "save again" in told(forms.summary.receipt)
    assert forms.summary.parts["text"].text == "Precious"
    assert MemberForms(reopen(), "bo").summary.parts["text"].text == "Precious"
    blocked.rmdir()
    forms.summary.save.click()
    kinds = [kind for kind, _, _ in entered(group)]
    assert kinds == ["summary", "question", "question"]
    assert forms.summary.questions.field.text == ""


def test_a_click_that_cannot_be_saved_shows_what_holds(forms: MemberForms, folder: Path, group: Workbook) -> None:
    """A button that was pressed in vain does not stay pressed."""
    blocked = folder / "sessions" / WEEK / "records" / "bo.jsonl"
    blocked.mkdir(parents=True)
    status = choices(forms.reads)[0]
    status.value = "read"
    assert status.value is None
    assert "Not saved" in told(forms.reads.receipt)
    forms.next.answer.value = "yes"
    assert forms.next.answer.value is None


# --- values that no widget offers ---------------------------------------------------------------------------------------


def test_a_choice_that_is_not_offered_is_refused(forms: MemberForms, group: Workbook) -> None:
    """The buttons show what is current, the form says why, nothing is saved."""
    for choice, receipt in ((choices(forms.reads)[0], forms.reads.receipt), (forms.next.answer, forms.next.receipt)):
        choice.set_state({"index": 99})
        assert "not offered" in told(receipt)
    forms.summary.item.set_state({"index": 99})
    assert entered(group) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 2_000_000, "at most 65,536 are allowed"),
        ("a\0b", "U+0000"),
        ("a\ud800b", "U+D800"),
    ],
    ids=["too long", "NUL", "half a character"],
)
def test_a_text_that_no_record_can_hold_is_refused(forms: MemberForms, group: Workbook, text: str, message: str) -> None:
    """The form says why, and the text stays in its field."""
    forms.summary.parts["text"].area.set_state({"value": text})
    forms.summary.save.click()
    assert message in told(forms.summary.receipt)
    assert entered(group) == []
    assert forms.summary.parts["text"].text == text


def test_hostile_texts_are_shown_letter_by_letter(forms: MemberForms, reopen: Reopen) -> None:
    """A script in a summary, a question or a title runs nowhere."""
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    forms.summary.parts["text"].area.value = hostile
    forms.summary.questions.field.area.value = hostile
    forms.summary.save.click()
    again = MemberForms(reopen(), "bo")
    shown = [again.summary.parts["text"].shown.value, again.summary.questions.asked.children[0].children[0].value]
    for text in shown:
        assert "&lt;script&gt;" in text
        assert not re.search(r"<(script|img)\b", text)


def test_who_enters_stands_in_no_widget(forms: MemberForms, group: Workbook) -> None:
    """No trait that a page can set names the member."""
    page = forms.page()
    stack, sent = [page], ""
    while stack:
        widget = stack.pop()
        stack += getattr(widget, "children", ())
        sent += repr(widget.get_state())
    assert "'bo'" not in sent
    forms.context.by = "bo"
    with pytest.raises(RecordError, match="Only Bo can enter"):
        group.enter("rsvp", by="zoe-obrien-li", session=WEEK, member="bo", answer="yes")


# --- questions ----------------------------------------------------------------------------------------------------------


def test_a_question_is_changed_and_taken_back(forms: MemberForms, group: Workbook) -> None:
    """It stays one question with its id; what was undone is no longer listed."""
    form = forms.questions
    form.save.click()
    assert told(form.receipt) == "Write something first."
    form.ask.field.area.value = "When do we pause?"
    form.save.click()
    shown, change, back = form.ask.asked.children[0].children
    assert "When do we pause?" in shown.value
    change.click()
    editor = form.ask.asked.children[0]
    editor.children[0].area.value = "When do we pause for winter?"
    editor.save.click()
    assert [fields["text"] for _, _, fields in entered(group)] == ["When do we pause?", "When do we pause for winter?"]
    assert entered(group)[1][2]["of"] == group.current.current(Question)[0].subject[0]
    *_, back = form.ask.asked.children[0].children
    back.click()
    assert form.ask.asked.children == ()
    assert told(form.receipt) == "Undone."


def test_a_change_of_a_question_is_a_draft_until_it_is_saved(forms: MemberForms, group: Workbook, reopen: Reopen) -> None:
    """It comes back after a restart; what another window changed meanwhile is told before it is replaced."""
    forms.questions.ask.field.area.value = "Why?"
    forms.questions.save.click()
    forms.questions.ask.asked.children[0].children[1].click()
    forms.questions.ask.asked.children[0].children[0].area.value = "Why not?"
    again = MemberForms(reopen(), "bo").questions
    again.ask.asked.children[0].children[1].click()
    editor = again.ask.asked.children[0]
    assert editor.children[0].text == "Why not?"
    group.enter("question", by="bo", member="bo", text="Why, then?", of=group.current.current(Question)[0].id)
    editor.save.click()
    assert "Why, then?" in told(editor.receipt)
    editor.save.click()
    assert group.current.current(Question)[0].text == "Why, then?"
    group.refresh()
    assert group.current.current(Question)[0].text == "Why not?"
    assert again.ask.asked.children[0].children[0].value.count("Why not?") == 1


def test_an_answered_question_says_so(forms: MemberForms, group: Workbook) -> None:
    """Its asker sees that it was answered."""
    forms.questions.ask.field.area.value = "When do we pause?"
    forms.questions.save.click()
    question = group.current.current(Question)[0].id
    group.enter("answer", by="ada-lovelace", member="ada-lovelace", question=question, text="In winter.")
    forms.show()
    assert "answered" in forms.questions.ask.asked.children[0].children[0].value


# --- the syllabus -------------------------------------------------------------------------------------------------------


def test_the_syllabus_is_found_by_words_and_by_what_is_open(forms: MemberForms, group: Workbook) -> None:
    """A step with two works has a status for each; what is read drops out of what is open."""
    form = forms.syllabus
    assert len(choices(form.rows)) == 6
    form.words.value = "TALK few"
    assert len(choices(form.rows)) == 2
    choices(form.rows)[1].value = "read"
    form.words.value, form.which.value = "", "open"
    assert [choice.tooltip for choice in choices(form.rows)] == [
        "Reading status of Tuned Models",
        "Reading status of A Talk on *Stars* & <Pipes>",
        "Reading status of Few-Shot Learners",
        "Reading status of Several Papers",
    ]
    form.words.value = "nothing like it"
    assert "No matches." in form.rows.children[0].value
    assert entered(group) == [("reading", "bo", {"member": "bo", "item": "few-shot", "status": "read"})]


def test_a_click_in_one_form_shows_in_the_others(forms: MemberForms) -> None:
    """Status above, syllabus below and the picture say the same."""
    choices(forms.reads)[0].value = "read"
    assert choices(forms.syllabus.rows)[0].value == "read"
    assert "You’ve read 2 of 5 steps" in forms.progress.picture.value


def test_a_group_without_a_syllabus_has_forms_too(folder: Path, clock: Clock) -> None:
    """Nothing planned, no syllabus: the forms say so."""
    settings = (folder / "pyproject.toml").read_text()
    (folder / "pyproject.toml").write_text(settings.replace('syllabus = "basics"\n', ""))
    workbook = Workbook(folder, clock)
    workbook.add_person("Ada")
    forms = MemberForms(workbook, "ada")
    assert "Nothing is planned for this session yet." in forms.reads.rows.children[0].value
    assert "There’s nothing to write about yet" in forms.summary.state.value
    assert "No reading list yet" in forms.syllabus.rows.children[0].value
    forms.summary.save.click()
    assert entered(workbook) == []


# --- one set of forms ---------------------------------------------------------------------------------------------------


def test_running_a_cell_again_gives_the_same_forms(group: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """One form, not two; it shows what was entered since."""
    monkeypatch.setenv("STUDYGROUP_MEMBER", "bo")
    forms = MemberForms.open(folder=group.folder)
    Workbook(group.folder).enter("rsvp", by="bo", member="bo", session=forms.shown.next.session, answer="yes")
    assert MemberForms.open(folder=group.folder) is forms
    assert forms.shown.next.answer.value == "yes"
    assert MemberForms.open("zoe-obrien-li", folder=group.folder) is not forms


def test_the_next_session_is_shown_when_the_last_is_over(forms: MemberForms, clock: Clock) -> None:
    """Forms that stay open move on."""
    forms.next.answer.value = "yes"
    clock.now = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    forms.show()
    assert (forms.next.session, forms.next.answer.value) == ("2026-11-27", None)


def test_a_click_makes_no_new_agenda(group: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred people may click at once: a click changes what it is about; a new plan changes the rest, for everyone."""
    from studygroup.forms.kit import form_context

    made: list[str] = []
    make = form_context.agenda_of
    monkeypatch.setattr(form_context, "agenda_of", lambda *given: made.append("agenda") or make(*given))
    bo, zoe = MemberForms(group, "bo"), MemberForms(group, "zoe-obrien-li")
    for one in (bo, zoe):
        for tab in MEMBER_TABS:
            one.screen.tabs.turn_to(tab)
    assert len(made) == 1
    for forms in (bo, zoe, bo):
        forms.next.answer.index = 0 if forms.next.answer.index else 1
        assert "Saved" in told(forms.next.receipt)
    assert len(made) == 1
    group.enter("plan", by="ada-lovelace", session=WEEK, items=("tuned",))
    for forms in (bo, zoe):
        forms.context.changed()
        assert {choice.item for choice in choices(forms.reads)} == {"tuned"}
    assert len(made) == 2


def test_a_page_has_nothing_to_do_for_what_it_does_not_show(forms: MemberForms, group: Workbook) -> None:
    """An answer of someone else leaves a member's first tab as it is; their own, its undoing and a plan are to be shown."""
    context, _ = forms.context, forms.screen
    group.enter("rsvp", by=ZOE, session=WEEK, member=ZOE, answer="yes")
    group.enter("reading", by=ZOE, session=WEEK, member=ZOE, item="few-shot", status="read")
    assert not context.is_behind()
    answer = group.enter("rsvp", by="bo", session=WEEK, member="bo", answer="yes")
    assert context.is_behind()
    forms.catch_up()
    assert forms.next.answer.value == "yes" and not context.is_behind()
    group.undo(answer.id, by="bo")
    assert context.is_behind()
    forms.catch_up()
    assert forms.next.answer.value is None and not context.is_behind()
    group.amend("plan", by=group.facilitators[0], session=WEEK, cancelled=True, why="snow")
    assert context.is_behind()
