"""Whose summaries are missing after a session, in words and in the form."""

from __future__ import annotations

from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.outgoing.summaries import SummariesForm
from studygroup.meeting.after.unwritten import PaperSummaries, summaries_of_session, summaries_reminder
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_choose_forms import button
from tests.forms.test_member_forms import told
from tests.forms.test_week_forms import texts

ADA, ZOE, WEEK = "ada-lovelace", "zoe-obrien-li", "2026-11-20"


def test_readers_without_a_summary_are_reminded(group: Workbook, clock: Clock) -> None:
    """Those who skimmed or read a paper, each paper for itself; the text is there to copy, and the form follows what is written."""
    plan_session(group, WEEK, by=ADA, steps=[1, 2])
    for member, status in ((ADA, "read"), ("bo", "skimmed"), (ZOE, "reading")):
        group.enter("reading", by=member, member=member, item="few-shot", status=status)
    group.enter("summary", by=ADA, member=ADA, item="few-shot", big_idea="Examples suffice")
    clock.now = group.schedule.find(WEEK).end
    assert summaries_of_session(group, WEEK) == [
        PaperSummaries("Few-Shot Learners", 2, ("Bo",)),
        PaperSummaries("Tuned Models", 0, ()),
    ]
    form = SummariesForm(FormContext(group, ADA))
    assert texts(form.shown) == (
        "Few-Shot Learners 1 of 2 readers has written one Missing: Bo Tuned Models no one has marked it as read"
    )
    button(form, "Write reminder").click()
    assert form.text.area.value == summaries_reminder(group, WEEK)
    assert form.text.area.value.splitlines()[:3] == [
        "Your summaries of what we read on Fri 20 Nov are still missing:",
        "",
        "Few-Shot Learners: Bo",
    ]
    group.enter("summary", by="bo", member="bo", item="few-shot", big_idea="They do")
    form.context.changed()
    assert "2 of 2 readers have written one" in texts(form.shown) and "Missing" not in texts(form.shown)
    button(form, "Write reminder").click()
    assert form.text.layout.display == "none" and told(form.receipt).startswith("No one’s summary is missing")
