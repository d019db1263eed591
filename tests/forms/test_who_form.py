"""Notebooks ask who sits at them, and remember the answer for the folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from studygroup.errors import RecordError
from studygroup.forms.facilitator.week import WeekForms
from studygroup.forms.member_page.member import MemberForms
from studygroup.workbook.identity import HUB, MEMBER, note_me, noted_me
from studygroup.workbook.workbook import Workbook
from tests.forms.test_member_forms import told
from tests.forms.test_week_forms import button, texts

ADA, ZOE = "ada-lovelace", "zoe-obrien-li"
MEMBERS = ("next", "reads", "summary", "others", "materials", "questions", "progress", "syllabus")


def two_facilitators(group: Workbook) -> Path:
    """Make Zoë a facilitator too, and return the workbook's folder."""
    group.change_person(ZOE, by=ADA, role="facilitator")
    group.change_person(ADA, by=ADA, role="facilitator")
    return group.folder


@pytest.fixture(autouse=True)
def no_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host names no one."""
    monkeypatch.delenv(HUB, raising=False)
    monkeypatch.delenv(MEMBER, raising=False)


@pytest.fixture
def opened() -> Iterator[Callable[..., Any]]:
    """Opens forms as a notebook does, and ends what follows the journal."""
    made: list[Any] = []

    def opens(kind: Any, folder: Path, member: str = "") -> Any:
        made.append(kind.open(member, folder=folder))
        return made[-1]

    yield opens
    for forms in made:
        forms.stop()


def first_of(kind: Any, forms: Any) -> Any:
    """Return the place of the first form that a notebook shows, besides who sits there."""
    return forms.people if kind is WeekForms else forms.next


@pytest.mark.parametrize("kind", [WeekForms, MemberForms])
def test_the_forms_ask_and_appear_once_someone_chose(group: Workbook, kind: Any, opened: Callable[..., Any]) -> None:
    """In the places where the cells show them; the next start asks no more."""
    folder = two_facilitators(group)
    forms = opened(kind, folder)
    who, first, second = forms.who, first_of(kind, forms), forms.questions
    assert "Choose your name" in texts(who)
    assert texts(first) == texts(second) == "First say at the top of this notebook who you are."
    button(who, "That’s me").click()
    assert "Choose your name first" in told(who.receipt)
    who.member.value = ZOE
    pressed = button(who, "That’s me")
    pressed.click()
    pressed.click()
    assert noted_me(group) == ZOE
    assert second.children == (forms.shown.questions,)
    assert first.children == (first_of(kind, forms.shown),)
    assert forms.context.by == ZOE
    assert texts(who).startswith("You are Zoë O'Brien-李")
    assert "also after a restart" in told(who.receipt)
    assert opened(kind, folder).context.by == ZOE


@pytest.mark.parametrize("kind", [WeekForms, MemberForms])
def test_change_leads_back_to_the_question(group: Workbook, kind: Any, opened: Callable[..., Any]) -> None:
    """Until another name is chosen the forms stay; then all places show the other member's, and the next start does too."""
    note_me(group, ADA)
    forms = opened(kind, group.folder)
    who, place = forms.who, forms.questions
    assert texts(who) == "You are Ada Lovelace ·"
    button(who, "Change").click()
    assert "Choose your name" in texts(who)
    button(who, "Cancel").click()
    assert texts(who) == "You are Ada Lovelace ·"
    adas = forms.shown
    button(who, "Change").click()
    assert place.children == (adas.questions,)
    who.member.value = "bo"
    button(who, "That’s me").click()
    assert texts(who).startswith("You are Bo")
    assert (forms.shown.context.by, place.children) == ("bo", (forms.shown.questions,))
    assert (adas.context.by, noted_me(group)) == (ADA, "bo")
    assert opened(kind, group.folder).shown.context.by == "bo"
    note_me(group, ADA)
    assert opened(kind, group.folder).shown is adas
    assert texts(who) == "You are Ada Lovelace ·"


def test_a_name_that_cannot_be_saved_holds_until_the_restart_and_says_so(group: Workbook, opened: Callable[..., Any]) -> None:
    """A file stands where the folder for it would be."""
    forms = opened(MemberForms, two_facilitators(group))
    (group.folder / ".studygroup" / "me").mkdir(parents=True)
    forms.who.member.value = "bo"
    button(forms.who, "That’s me").click()
    assert forms.shown.context.by == "bo"
    assert "until the kernel restarts" in told(forms.who.receipt)


def test_a_new_name_shows_in_the_line(group: Workbook, opened: Callable[..., Any]) -> None:
    """As soon as the roster has it."""
    note_me(group, "bo")
    forms = opened(WeekForms, group.folder)
    group.change_person("bo", by=ADA, name="Bo <b>Chen</b>")
    forms.show()
    assert texts(forms.who) == "You are Bo <b>Chen</b> ·"


@pytest.mark.parametrize("kind", [WeekForms, MemberForms])
@pytest.mark.parametrize("host", [HUB, MEMBER])
def test_no_one_changes_whom_the_host_names(
    group: Workbook, kind: Any, host: str, opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no button; whom the host names and the roster does not know is told what to do, and is let in once they are on it."""
    note_me(group, ADA)
    monkeypatch.setenv(host, "bo")
    forms = opened(kind, group.folder)
    assert texts(forms.who) == "You are Bo"
    with pytest.raises(AssertionError):
        button(forms.who, "Change")
    monkeypatch.setenv(host, "mallory")
    forms = opened(kind, group.folder)
    assert forms.shown is None
    assert "mallory, which is not the name or id of one person" in texts(forms.who)
    assert "studygroup " not in texts(forms.who)
    button(forms.who, "Look again").click()
    assert forms.shown is None
    group.add_person("Mallory", by=ADA)
    button(forms.who, "Look again").click()
    assert (forms.shown.context.by, texts(forms.who)) == ("mallory", "You are Mallory")


def test_whom_the_notebook_names_must_be_on_the_roster(group: Workbook, opened: Callable[..., Any]) -> None:
    """What is written in a cell is changed in the cell."""
    with pytest.raises(RecordError, match="'mallory' is not on the roster"):
        MemberForms.open("mallory", folder=group.folder)
    assert texts(opened(MemberForms, group.folder, "bo").who) == "You are Bo"


@pytest.mark.parametrize("host", ["", HUB])
def test_a_members_notebook_runs_on_an_empty_roster(
    folder: Path, host: str, opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cell shows a place; whoever adds themselves is the facilitator, and the forms appear."""
    book = Workbook.open(folder)
    assert not book.people
    if host:
        monkeypatch.setenv(host, "Ada Lovelace")
    forms = opened(MemberForms, folder)
    assert "Add yourself first" in texts(forms.who)
    places = [getattr(forms, name) for name in MEMBERS]
    assert forms.who.name.value == ("Ada Lovelace" if host else "")
    forms.who.name.value = " "
    button(forms.who, "Add yourself").click()
    assert "Type your name first" in told(forms.who.receipt)
    forms.who.name.value = "Ada Lovelace"
    button(forms.who, "Add yourself").click()
    assert Workbook.open(folder).facilitators == [ADA]
    assert all(place.children[-1] is getattr(forms.shown, name) for name, place in zip(MEMBERS, places, strict=True))
    assert texts(forms.who).startswith("You are Ada Lovelace")


def test_someone_who_was_added_meanwhile_is_not_the_second_first_person(folder: Path, opened: Callable[..., Any]) -> None:
    """The question becomes which of those on the roster one is."""
    forms = opened(MemberForms, folder)
    Workbook(folder).add_person("Ada Lovelace", role="facilitator")
    forms.who.name.value = "Bo"
    button(forms.who, "Add yourself").click()
    assert "added meanwhile" in told(forms.who.receipt)
    assert list(Workbook(folder).people) == [ADA]
    forms.who.member.value = ADA
    button(forms.who, "That’s me").click()
    assert forms.shown.context.by == ADA


def test_the_weekly_notebook_leads_to_people_on_an_empty_roster(folder: Path, opened: Callable[..., Any]) -> None:
    """Once the first person is there, the line shows them; if someone else was quicker, it asks."""
    forms = opened(WeekForms, folder)
    assert "first add yourself under People" in texts(forms.who)
    forms.shown.people.name.value = "Ada Lovelace"
    button(forms.people, "Add yourself").click()
    assert texts(forms.who) == "You are Ada Lovelace ·"


def test_the_weekly_notebook_asks_when_someone_else_was_first(folder: Path, opened: Callable[..., Any]) -> None:
    """What is typed to add oneself then adds no one."""
    forms = opened(WeekForms, folder)
    unnamed = forms.shown
    Workbook(folder).add_person("Ada Lovelace", role="facilitator")
    unnamed.people.name.value = "Bo"
    button(forms.people, "Add yourself").click()
    assert list(Workbook(folder).people) == [ADA]
    unnamed.show()
    assert "Choose your name" in texts(forms.who)
    forms.who.member.value = ADA
    button(forms.who, "That’s me").click()
    assert (forms.shown.context.by, forms.people.children[-1]) == (ADA, forms.shown.people)


def test_a_notebook_that_shows_nowhere_who_sits_there_has_it_above_its_first_form(
    group: Workbook, opened: Callable[..., Any]
) -> None:
    """As copies do that were made before there was such a line."""
    note_me(group, "bo")
    forms = opened(MemberForms, group.folder)
    assert texts(forms.next).startswith("You are Bo")
    assert forms.reads.children == (forms.shown.reads,)
    button(forms.next.children[0], "Change").click()
    forms.next.children[0].member.value = ZOE
    button(forms.next, "That’s me").click()
    assert forms.next.children[1] is forms.shown.next
    assert forms.shown.context.by == ZOE
