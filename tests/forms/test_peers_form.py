"""Others' summaries, and the links that belong to a work."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from studygroup.forms.member_page.member import MemberForms
from studygroup.journal.types.records import Material
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_member_forms import entered, told
from tests.forms.test_week_forms import button, texts

ADA, ZOE, WEEK = "ada-lovelace", "zoe-obrien-li", "2026-11-20"
HIDDEN = "You’ll see other people’s summaries of this paper once you’ve saved yours, or when the session starts."


@pytest.fixture
def written(group: Workbook) -> Workbook:
    """Zoë wrote about two works: of the next session, and of none."""
    for item in ("few-shot", "tuned"):
        group.enter("summary", by=ZOE, member=ZOE, item=item, big_idea=f"On {item}: $x^2$ <script>alert(1)</script>")
    return group


def shown(forms: MemberForms, item: str) -> str:
    forms.summary.item.value = item
    return texts(forms.others)


def test_ones_own_summary_comes_first(written: Workbook) -> None:
    """Before it nothing of the others' is shown; after it, all of it, as text and math; undone, it is hidden again."""
    forms = MemberForms(written, "bo")
    assert shown(forms, "few-shot") == HIDDEN
    forms.summary.parts["big_idea"].area.value = "Mine"
    forms.summary.save.click()
    assert "Zoë O'Brien-李" in shown(forms, "few-shot")
    assert "<math" in forms.others.rows.children[0].children[0].value
    assert "&lt;script&gt;" in forms.others.rows.children[0].children[0].value
    assert shown(forms, "tuned") == HIDDEN
    assert shown(forms, "few-shot") != HIDDEN
    forms.summary.receipt.undo.button.click() if forms.summary.receipt.tells_of_a_save else written.undo(
        written.journal.records[-1].id, by="bo"
    )
    forms.show()
    assert shown(forms, "few-shot") == HIDDEN


def test_a_facilitator_sees_all_and_everyone_from_the_start_on(written: Workbook, clock: Clock) -> None:
    """The session that reads a work ends the waiting, also when no one had planned it."""
    assert "On few-shot" in shown(MemberForms(written, ADA), "few-shot")
    forms = MemberForms(written, "bo")
    clock.now = datetime(2026, 11, 20, 23, 1, tzinfo=UTC)
    forms.show()
    assert "On few-shot" in shown(forms, "few-shot")
    assert shown(forms, "tuned") == HIDDEN
    written.enter("plan", by=ADA, session=WEEK, entries=("basics/tuned",))
    clock.now = datetime(2026, 11, 22, tzinfo=UTC)
    forms.show()
    assert "On tuned" in shown(forms, "tuned")


def test_a_group_can_do_without_waiting(written: Workbook, folder: Path, clock: Clock) -> None:
    """``blind_summaries = false`` shows everything at once."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', 'syllabus = "basics"\nblind_summaries = false'))
    assert "On tuned" in shown(MemberForms(Workbook(folder, clock), "bo"), "tuned")


def test_a_link_is_added_listed_and_taken_back(group: Workbook) -> None:
    """By a member; another one sees it and cannot undo it, a facilitator can."""
    form = MemberForms(group, "bo").materials
    assert form.work.value == "Few-Shot Learners"
    form.label.value, form.url.value, form.role.value = "Our <slides>", "https://example.org/s.pdf", "slides"
    form.add.click()
    form.add.click()
    assert entered(group) == [
        ("material", "bo", {"item": "few-shot", "label": "Our <slides>", "url": "https://example.org/s.pdf", "role": "slides"})
    ]
    assert texts(form.rows) == "Our <slides> Slides · Bo"
    assert MemberForms(group, ZOE).materials.rows.children[0].children[1:] == ()
    button(MemberForms(group, ADA).materials, "Undo the link Our <slides>").click()
    group.reread()
    assert group.journal.current_state.current(Material) == []


@pytest.mark.parametrize(
    ("work", "url", "message"),
    [
        ("Few-Shot Learners", "javascript:alert(1)", "Links start with https://"),
        ("Few-Shot Learners", "", "Links start with https://"),
        ("Unheard Of", "https://example.org", "No paper is called 'Unheard Of'"),
        ("", "https://example.org", "Choose a paper first."),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(group: Workbook, work: str, url: str, message: str) -> None:
    """What was typed stays."""
    form = MemberForms(group, "bo").materials
    form.work.value, form.label.value, form.url.value = work, "A talk", url
    form.add.click()
    assert message in told(form.receipt)
    assert (form.label.value, form.url.value) == ("A talk", url)
    assert entered(group) == []
