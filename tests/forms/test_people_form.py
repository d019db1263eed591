"""The roster's form without a browser: joining, changing, leaving, coming back, and everything odd that can be typed there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import ipywidgets as widgets
import pytest

from studygroup.forms.facilitator.people import PeopleForm, PersonEditor
from studygroup.forms.facilitator.week import WeekForms
from studygroup.forms.kit.form import PAGE
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.journal.types.records import Person
from studygroup.workbook.identity import HUB, noted_me
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import button, texts
from tests.support.full_disk import full_disk


def told(receipt: SaveStatus) -> str:
    """Return what a receipt says, as text."""
    return re.sub(r"<[^>]*>", "", receipt.said.value).replace("&#x27;", "'")


def shown(form: PeopleForm) -> list[str]:
    """Return the first line of each row in view."""
    return [re.sub(r"<[^>]*>", "", row.children[0].value.split("\n")[0]) for row in rows_of(form)]


def rows_of(form: PeopleForm) -> list[widgets.HBox]:
    return [row for row in form.rows.children if isinstance(row, widgets.HBox) and isinstance(row.children[0], widgets.HTML)]


def add(form: PeopleForm, name: str, role: str = "member", zone: str = "") -> str:
    form.name.value, form.role.value, form.zone.value = name, role, zone
    form.add.click()
    return told(form.receipt)


def change(form: PeopleForm, name: str) -> PersonEditor:
    """Open the row of a name and return where it is changed."""
    [row] = [row for row in rows_of(form) if f">{name}<" in row.children[0].value]
    row.children[1].click()
    member = next(member for member, person in form.context.workbook.people.items() if person.name == name)
    editor = form.rows.editor(member)
    assert isinstance(editor, PersonEditor)
    return editor


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (folder / "sessions").rglob("*.jsonl")}


@pytest.fixture
def form(group: Workbook) -> PeopleForm:
    """The roster of Ada, Bo and Zoë, open for Ada."""
    return PeopleForm(FormContext(group, "ada-lovelace"))


# --- the first person -------------------------------------------------------------------------------------------------


def test_the_first_person_adds_themself_and_is_the_facilitator(workbook: Workbook) -> None:
    """Opening saves nothing; then the form and its context are theirs, also after a restart, and others can be added."""
    form = PeopleForm(FormContext(workbook, ""))
    assert "Add yourself first." in form.about.value
    assert (form.role.layout.display, form.roster.layout.display, form.add.description) == ("none", "none", "Add yourself")
    assert files_of(workbook.folder) == {}
    assert add(form, "Zoë O'Brien-李") == "✓ Saved 12:00: Zoë O'Brien-李 is on the roster"
    assert (form.context.by, workbook.facilitators, noted_me(workbook)) == ("zoe-obrien-li", ["zoe-obrien-li"], "zoe-obrien-li")
    assert (form.role.layout.display, form.add.description) == (None, "Add")
    add(form, "Bo")
    assert {person.member: (person.role, person.by) for person in workbook.people.values()} == {
        "zoe-obrien-li": ("facilitator", "zoe-obrien-li"),
        "bo": ("member", "zoe-obrien-li"),
    }


def test_on_a_hub_its_user_is_the_name_to_start_with(workbook: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom the hub calls ada is asked nothing, and can be called otherwise."""
    monkeypatch.setenv(HUB, "ada")
    form = PeopleForm(FormContext(workbook, ""))
    assert form.name.value == "ada"
    form.add.click()
    assert workbook.facilitators == ["ada"]


def test_taking_the_first_person_back_asks_again(workbook: Workbook) -> None:
    """No one is on the roster then, and no one sits at the context."""
    form = PeopleForm(FormContext(workbook, ""))
    add(form, "Ada")
    form.receipt.undo.button.click()
    assert (told(form.receipt), workbook.people, form.context.by) == ("✓ Undone.", {}, "")
    assert "Add yourself first." in form.about.value
    add(form, "Ada")
    assert workbook.facilitators == ["ada"]


def test_two_first_persons_are_no_two_facilitators(workbook: Workbook, reopen: Callable[[], Workbook]) -> None:
    """Who comes second is told, and is not made a facilitator by themself."""
    first, second = PeopleForm(FormContext(workbook, "")), PeopleForm(FormContext(reopen(), ""))
    add(first, "Ada")
    assert add(second, "Eve").startswith("⚠ Someone was added in the meantime.")
    assert (list(workbook.people), second.context.by, second.name.value) == (["ada"], "", "Eve")


# --- adding -----------------------------------------------------------------------------------------------------------


def test_adding_clears_the_fields_and_counts(form: PeopleForm, group: Workbook) -> None:
    """The row is in the alphabet, and the roster is counted."""
    add(form, "Cy", zone="Asia/Kolkata")
    assert (form.name.value, form.zone.value) == ("", "")
    assert group.people["cy"].zone == "Asia/Kolkata"
    assert shown(form) == ["Ada Lovelace · facilitator", "Bo", "Cy", "Zoë O&#39;Brien-李"]
    assert form.about.value == "<p class='sg-quiet'>4 members</p>"


def test_a_double_click_adds_once(form: PeopleForm, group: Workbook) -> None:
    """The second half says nothing else than the first."""
    said = add(form, "Cy")
    form.add.click()
    assert told(form.receipt) == said
    assert len(list(group.store.read().current_state.of_subject(Person, "cy"))) == 1


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("", "⚠ The name is empty; please give one."),
        ("   ", "⚠ The name is empty; please give one."),
        ("BO", "⚠ Bo is already on the roster (as bo). Add an initial to tell two people apart."),
        ("Ｂo", "⚠ Bo is already on the roster (as bo). Add an initial to tell two people apart."),
        ("x" * 81, "⚠ The name has 81 characters; at most 80 are allowed: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"),
        ("x" * 2_000_000, "⚠ The name has 2000000 characters; at most 80 are allowed: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"),
        ("a\0b", "⚠ The name 'a\\x00b' holds the invisible character U+0000; please type it without."),
        ("a\u200fb", "⚠ The name 'a\\u200fb' holds the invisible character U+200F; please type it without."),
        ("a\nb", "⚠ The name 'a\\nb' holds the invisible character U+000A; please type it without."),
    ],
)
def test_names_that_cannot_stand_are_refused_and_kept(form: PeopleForm, group: Workbook, name: str, answer: str) -> None:
    """Nothing is written, the sentence says why, and what was typed is still there."""
    before = files_of(group.folder)
    assert add(form, name) == answer
    assert files_of(group.folder) == before
    assert form.name.value == name


def test_names_of_every_script_are_shown_as_they_are(form: PeopleForm, group: Workbook) -> None:
    """A name that looks like HTML runs nothing, one from right to left stands by itself."""
    for name in ("<script>alert(1)</script>", "אדה", "& <b>B</b>"):
        assert add(form, name).startswith("✓ Saved")
    html = "".join(row.children[0].value for row in form.rows.children)
    assert "<script" not in html
    assert "<b>" not in html
    assert "<bdi>אדה</bdi>" in html


@pytest.mark.parametrize("zone", ["Europe/Berlni", "../../etc/passwd", "x" * 2_000_000, "a\0b", "<script>"])
def test_a_zone_that_does_not_exist_is_refused(form: PeopleForm, group: Workbook, zone: str) -> None:
    """The sentence is short whatever was pasted, and names what is near."""
    answer = add(form, "Cy", zone=zone)
    assert answer.startswith("⚠ ")
    assert len(answer) < 300
    assert "cy" not in group.people
    assert ("Did you mean Europe/Berlin?" in answer) == (zone == "Europe/Berlni")


def test_a_guest_stays_for_one_session(form: PeopleForm, group: Workbook, clock: Clock) -> None:
    """Their last day is that session's; afterwards they are among those who left, and can be welcomed back as a member."""
    assert add(form, "Gus", role="guest") == "✓ Saved 12:00: Gus is on the roster as a guest of Friday 20 November 2026"
    assert (group.people["gus"].guest, group.people["gus"].left) == (True, date(2026, 11, 20))
    assert form.about.value == "<p class='sg-quiet'>3 members, 1 guest</p>"
    clock.now = clock.now.replace(day=22)
    form.show()
    assert form.about.value == "<p class='sg-quiet'>3 members, 1 who left</p>"
    assert "Gus" not in " ".join(shown(form))
    form.which.value = "left"
    editor = change(form, "Gus")
    editor.back.click()
    assert group.people["gus"].left == date(2026, 11, 27)
    form.which.value = "guests"
    editor = change(form, "Gus")
    editor.role.value, editor.left.value = "member", None
    editor.save.click()
    assert (group.people["gus"].guest, group.people["gus"].left) == (False, None)


def test_who_left_comes_back_under_the_same_id(form: PeopleForm, group: Workbook) -> None:
    """Adding the name again welcomes back; no one gets a second entry."""
    editor = change(form, "Bo")
    editor.left.value = date(2026, 11, 20)
    editor.save.click()
    assert told(form.listed) == "✓ Saved 12:00: Bo: until 2026-11-20"
    assert add(form, "bo").startswith("✓ Saved")
    assert (len(group.people), group.people["bo"].left) == (3, None)


# --- changing ---------------------------------------------------------------------------------------------------------


def test_renaming_keeps_the_id(form: PeopleForm, group: Workbook) -> None:
    """The row shows the new name; "Undo" brings the old one back."""
    editor = change(form, "Bo")
    editor.name.value, editor.zone.value = "Bo Chen", "Asia/Shanghai"
    editor.save.click()
    assert told(form.listed) == "✓ Saved 12:00: Bo: now Bo Chen, Asia/Shanghai"
    assert (group.people["bo"].name, group.people["bo"].zone, shown(form)[1]) == ("Bo Chen", "Asia/Shanghai", "Bo Chen")
    form.listed.undo.button.click()
    assert (group.people["bo"].name, shown(form)[1]) == ("Bo", "Bo")


def test_a_name_that_another_has_is_refused_beside_the_field(form: PeopleForm, group: Workbook) -> None:
    """The place to change it stays open with what was typed."""
    editor = change(form, "Bo")
    editor.name.value = "ADA LOVELACE"
    editor.save.click()
    assert told(editor.receipt) == "⚠ Ada Lovelace is the name of ada-lovelace; give another one, e.g. with an initial."
    assert (group.people["bo"].name, editor.name.value, form.rows.editor("bo")) == ("Bo", "ADA LOVELACE", editor)


def test_a_closed_place_takes_no_second_click(form: PeopleForm, group: Workbook) -> None:
    """Whoever clicks "Save" twice saves once, and "Cancel" saves nothing."""
    editor = change(form, "Bo")
    editor.name.value = "Bo Chen"
    editor.save.click()
    written = files_of(group.folder)
    editor.name.value = "Bob"
    editor.save.click()
    editor = change(form, "Bo Chen")
    editor.name.value = "Bob"
    editor.cancel.click()
    assert files_of(group.folder) == written
    assert shown(form)[1] == "Bo Chen"


def test_leaving_and_coming_back(form: PeopleForm, group: Workbook, clock: Clock) -> None:
    """The last day counts; before joining no one leaves."""
    editor = change(form, "Bo")
    editor.left.value = date(2026, 11, 1)
    editor.save.click()
    assert told(editor.receipt) == "⚠ Bo cannot leave on 2026-11-01, before joining on 2026-11-20."
    editor.left.value = date(2026, 11, 21)
    editor.save.click()
    assert shown(form) == ["Ada Lovelace · facilitator", "Bo", "Zoë O&#39;Brien-李"]
    clock.now = clock.now.replace(day=22)
    form.show()
    assert shown(form) == ["Ada Lovelace · facilitator", "Zoë O&#39;Brien-李"]
    form.which.value = "left"
    assert shown(form) == ["Bo"]
    change(form, "Bo").back.click()
    assert (shown(form), group.people["bo"].left) == ([], None)


def retire(editor: PersonEditor) -> None:
    """Press *Retire*, and say that it is meant."""
    editor.retire.click()
    button(editor, "Yes, they leave").click()


def test_retiring_asks(form: PeopleForm, group: Workbook) -> None:
    """Today is the last day where none is given; "Undo" keeps them."""
    editor = change(form, "Bo")
    editor.retire.click()
    assert "Bo leaves on Friday 20 November 2026?" in texts(editor.confirm)
    button(editor, "They stay").click()
    assert (group.people["bo"].left, form.rows.editor("bo")) == (None, editor)
    retire(editor)
    assert (told(form.listed), group.people["bo"].left) == ("✓ Saved 12:00: Bo: until 2026-11-20", date(2026, 11, 20))
    form.listed.undo.button.click()
    assert group.people["bo"].left is None
    editor = change(form, "Bo")
    editor.left.value = date(2026, 12, 24)
    retire(editor)
    assert group.people["bo"].left == date(2026, 12, 24)


def test_a_name_like_anothers_is_asked_about(form: PeopleForm, group: Workbook) -> None:
    """Renaming someone so is saved only once it was confirmed; a new way of writing their own name is no question."""
    editor = change(form, "Bo")
    editor.name.value = "Ada Lovelase"
    editor.save.click()
    assert "nearly the name of Ada Lovelace. Give it to Bo all the same?" in texts(editor.confirm)
    button(editor, "Do not save it").click()
    assert (group.people["bo"].name, editor.name.value) == ("Bo", "Ada Lovelase")
    editor.save.click()
    button(editor, "Yes, save it").click()
    assert group.people["bo"].name == "Ada Lovelase"
    for name in ("Bo Chen", "Bo Chén"):
        editor = change(form, group.people["bo"].name)
        editor.name.value = name
        editor.save.click()
        assert group.people["bo"].name == name


def test_the_only_facilitator_stays(form: PeopleForm, group: Workbook) -> None:
    """Without one everyone could change everything; with another one it is no question."""
    for name, value in (("role", "member"), ("left", date(2026, 12, 24))):
        editor = change(form, "Ada Lovelace")
        getattr(editor, name).value = value
        editor.save.click()
        assert told(editor.receipt) == "⚠ Ada Lovelace is the only facilitator. Make someone else a facilitator first."
        editor.cancel.click()
    editor = change(form, "Bo")
    editor.role.value = "facilitator"
    editor.save.click()
    editor = change(form, "Ada Lovelace")
    editor.role.value = "member"
    editor.save.click()
    assert group.facilitators == ["bo"]
    assert add(form, "Cy").startswith("⚠ Only cy can enter or change this, or a facilitator: Bo.")


def test_what_another_facilitator_entered_is_shown_before_it_is_replaced(
    form: PeopleForm, group: Workbook, reopen: Callable[[], Workbook]
) -> None:
    """Two open places to change one person: the second one is told, and replaces it when asked again."""
    other = PeopleForm(FormContext(reopen(), "ada-lovelace"))
    mine, theirs = change(form, "Bo"), change(other, "Bo")
    theirs.name.value = "Bo Chen"
    theirs.save.click()
    mine.name.value = "Bob"
    mine.save.click()
    assert told(mine.receipt).startswith("⚠ You, in another window, entered this at 12:00, meanwhile: name Bo Chen;")
    assert (group.people["bo"].name, mine.name.value) == ("Bo Chen", "Bob")
    mine.save.click()
    assert group.people["bo"].name == "Bob"
    other.context.workbook.refresh()
    other.context.changed()
    assert shown(other)[1] == "Bob"


def test_values_that_no_field_offers_are_refused(form: PeopleForm, group: Workbook) -> None:
    """As a page can send any: an unknown role saves nothing and is told."""
    before = files_of(group.folder)
    form.role.set_state({"index": 7})
    assert told(form.receipt) == "⚠ That is not among what is offered for Role; nothing was saved. Please pick again."
    editor = change(form, "Bo")
    editor.role.set_state({"index": -3})
    assert told(editor.receipt).startswith("⚠ That is not among what is offered")
    form.role.set_state({"_options_labels": ["Owner"]})
    assert files_of(group.folder) == before


def test_a_failed_save_keeps_what_was_typed(form: PeopleForm, group: Workbook) -> None:
    """A full disk refuses; when it has room again, the same click works."""
    with full_disk():
        answer = add(form, "Cy", zone="Asia/Kolkata")
        editor = change(form, "Bo")
        editor.name.value = "Bo Chen"
        editor.save.click()
    assert re.sub(r"sessions/.* could", "… could", answer).startswith("⚠ Not saved: ")
    assert told(editor.receipt).startswith("⚠ Not saved: ")
    assert (form.name.value, form.zone.value, editor.name.value) == ("Cy", "Asia/Kolkata", "Bo Chen")
    assert (list(group.people), group.people["bo"].name) == (["ada-lovelace", "bo", "zoe-obrien-li"], "Bo")
    form.add.click()
    assert told(form.receipt) == "✓ Saved 12:00: Cy is on the roster"
    editor.save.click()
    assert group.people["bo"].name == "Bo Chen"


def test_an_undo_that_failed_can_be_tried_again(form: PeopleForm, group: Workbook) -> None:
    """The button stays while the disk is full."""
    add(form, "Cy")
    with full_disk():
        form.receipt.undo.button.click()
    assert told(form.receipt).startswith("⚠ Not saved: ")
    form.receipt.undo.button.click()
    assert (told(form.receipt), "cy" in group.people) == ("✓ Undone.", False)


# --- many -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(group: Workbook) -> PeopleForm:
    """A roster of 200."""
    for number in range(197):
        group.add_person(f"Member {number:03}", by="ada-lovelace", zone="Asia/Kolkata" if number % 2 else "")
    return PeopleForm(FormContext(group, "ada-lovelace"))


def test_many_are_shown_a_page_at_a_time_and_found_by_typing(many: PeopleForm) -> None:
    """25 rows; parts of names, ids and zones find; a search that finds no one says so."""
    assert len(shown(many)) == PAGE
    many.rows.on.click()
    assert shown(many)[0] == "Member 023"
    many.words.value = "MEMBER 18"
    assert shown(many) == ["Member 018", "Member 118", *(f"Member {number}" for number in range(180, 190))]
    many.words.value = "kolkata 001"
    assert shown(many) == ["Member 001"]
    many.words.value = "nobody like that"
    assert "No matches." in many.rows.children[0].value


def test_a_click_with_many_is_quick_and_touches_one_row(many: PeopleForm) -> None:
    """Only the row that changed is made anew, and looking again at the same makes nothing."""
    rows = many.rows.children
    editor = change(many, "Bo")
    editor.zone.value = "Europe/Paris"
    start = time.process_time()
    editor.save.click()
    assert time.process_time() - start < 2
    assert [old is new for old, new in zip(rows, many.rows.children, strict=True)].count(False) == 1
    sent: list[object] = []
    many.rows.observe(sent.append)
    many.about.observe(sent.append)
    many.context.changed()
    assert sent == []


def test_a_place_that_is_open_stays_while_others_enter(form: PeopleForm, reopen: Callable[[], Workbook]) -> None:
    """What is being typed is neither replaced nor moved out of sight."""
    editor = change(form, "Bo")
    editor.name.value = "Bo Ch"
    reopen().add_person("Aaron", by="ada-lovelace")
    form.context.workbook.refresh()
    form.context.changed()
    assert shown(form)[0] == "Aaron"
    assert (form.rows.children[2], editor.name.value) == (editor, "Bo Ch")
    form.words.value = "aaron"
    assert form.rows.children[0] is editor


def test_forms_opened_for_no_one_are_those_of_who_added_themself(workbook: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run again, the cell gives the same forms and no second ones beside them."""
    monkeypatch.delenv(HUB, raising=False)
    first = WeekForms.open(folder=workbook.folder)
    try:
        forms = first.shown
        add(forms.people, "Ada")
        again = WeekForms.open(folder=workbook.folder)
        assert (again is first, again.shown is forms, again.context.by) == (True, True, "ada")
    finally:
        first.stop()
