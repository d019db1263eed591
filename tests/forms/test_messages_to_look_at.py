"""What the program sent by itself, in the facilitator's forms: when and where it was sent, and what a person should look at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from studygroup.forms.facilitator.overview import OverviewForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.outgoing.announcing import AnnounceForm
from studygroup.journal.types.record import PROGRAM
from studygroup.meeting.facts.deliveries import deliveries_of
from studygroup.publish.messages.targets import to_address
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import button
from tests.support.channel import Channel

ADA, WEEK = "ada-lovelace", "2026-11-20"


def test_announce_shows_what_the_program_sent_also_where_no_address_is_known(
    group: Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When, by whom and where: on a facilitator's own machine, far from the place that sends."""
    monkeypatch.delenv("STUDYGROUP_ANNOUNCE", raising=False)
    group.enter("sent", by=PROGRAM, session=WEEK, message="agenda", to=("discord-3f2a91c0",))
    form = AnnounceForm(FormContext(group, ADA))
    assert "Sent before to discord-3f2a91c0 (Fri 20 Nov, 12:00 UTC, by studygroup)." in form.where.value
    assert form.unsure.layout.display == "none"
    form.kind.value = "reminder"
    assert "Sent before" not in form.where.value
    group.enter("sent", by=PROGRAM, session=WEEK, message="reminder", to=("mailto-1",), own={"mailto-1": "bo"})
    form.context.changed()
    assert "Sent before to Bo (mailto-1) (" in form.where.value


def test_where_we_are_lists_messages_to_look_at(group: Workbook, clock: Clock) -> None:
    """As soon as such a record arrives, and no longer than it is true; text of others in it is shown as text."""
    context = FormContext(group, ADA)
    form = OverviewForm(context)
    assert form.messages.layout.display == "none"
    group.enter("sent", by=PROGRAM, session=WEEK, message="agenda", waiting=("mail-1",), failed={"mail-1": "<b>no</b>"})
    context.changed()
    assert form.messages.layout.display == ""
    assert "Messages to look at" in form.messages.value
    assert "The agenda for Fri 20 Nov was not sent to mail-1: &lt;b&gt;no&lt;/b&gt;." in form.messages.value
    clock.now += timedelta(hours=1)
    group.enter("sent", by=PROGRAM, session=WEEK, message="agenda", to=("mail-1",))
    context.changed()
    assert form.messages.layout.display == "none"


def test_a_facilitator_says_that_it_arrived(group: Workbook, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """One click, from wherever they are; it is not asked again."""
    monkeypatch.delenv("STUDYGROUP_ANNOUNCE", raising=False)
    group.enter("sent", by=PROGRAM, session=WEEK, message="agenda", trying=("discord-3f2a91c0",))
    clock.now += timedelta(minutes=10)
    form = AnnounceForm(FormContext(group, ADA))
    assert "May have been sent to discord-3f2a91c0 (Fri 20 Nov, 12:00 UTC, by studygroup). Look there" in form.where.value
    assert form.unsure.layout.display is None
    button(form, "It arrived").click()
    assert "it is not sent again" in form.receipt.said.value
    assert form.unsure.layout.display == "none"
    assert "Sent before to discord-3f2a91c0 (Fri 20 Nov, 12:10 UTC, by Ada Lovelace)." in form.where.value


def test_a_facilitator_says_that_it_did_not_arrive(
    group: Workbook, clock: Clock, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the address is known here it is sent after a question; elsewhere it is left to the next run."""
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", channel.url)
    label = to_address(channel.url).label
    group.enter("sent", by=PROGRAM, session=WEEK, message="agenda", trying=(label,))
    form = AnnounceForm(FormContext(group, ADA))
    form.send.click()
    assert f"May have been sent to {label}: look there." in form.receipt.said.value
    assert channel.got == []
    button(form, "It did not arrive").click()
    button(form, "Yes, send it").click()
    assert len(channel.got) == 1
    assert f"Sent 12:00 to {label}." in form.receipt.said.value
    group.enter("sent", by=PROGRAM, session=WEEK, message="reminder", trying=("discord-3f2a91c0",))
    form.kind.value = "reminder"
    button(form, "It did not arrive").click()
    assert "studygroup due sends it there again" in form.receipt.said.value
    assert not deliveries_of(group, WEEK, "reminder").is_done
