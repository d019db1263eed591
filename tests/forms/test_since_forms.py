"""What is new since a member was last here, and past sessions, as forms."""

from __future__ import annotations

from studygroup.forms.member_page.member import MemberForms
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_member_forms import shown
from tests.meeting.test_news import ZOE, held


def test_what_is_new_goes_away_when_it_is_seen(group: Workbook, clock: Clock) -> None:
    """Marked on this computer, without a record; what comes later shows again."""
    held(group, clock)
    forms = MemberForms(group, ZOE)
    assert "Bo answered your question: Why?" in shown(forms.since) and "https://example.org/r" in shown(forms.since)
    entered = len(group.journal.records)
    clock.now = clock.now.replace(day=22)
    forms.since.seen.click()
    assert "Nothing new." in shown(forms.since) and forms.since.seen.layout.display == "none"
    assert len(group.journal.records) == entered
    assert "Nothing new." in shown(MemberForms(group, ZOE).since)
    clock.now = clock.now.replace(day=23)
    group.enter("note", by="ada-lovelace", text="<b>Bold</b> plan", decision=True)
    forms.catch_up()
    assert "&lt;b&gt;Bold" in shown(forms.since) and forms.since.seen.layout.display is None


def test_past_sessions_say_what_came_of_them(group: Workbook, clock: Clock) -> None:
    """Live: one that ends is listed."""
    forms = MemberForms(group, ZOE)
    assert "No session is over yet." in shown(forms.past)
    held(group, clock)
    forms.catch_up()
    assert "Fri 20 Nov: Few-Shot Learners" in shown(forms.past) and "1 there · 1 decision" in shown(forms.past)
