"""Messages, sent to real servers on loopback: once each, repeated where a delivery failed, and no address is ever shown."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from studygroup.commands.cli import load
from studygroup.errors import MessageError
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.outgoing.announcing import AnnounceForm
from studygroup.group.settings import FILE
from studygroup.journal.types.records import Sent
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.before.attention import attention
from studygroup.meeting.before.planning import plan_session
from studygroup.publish.messages.announce import MOST_CHARACTERS, announcement, reminder, report_message
from studygroup.publish.messages.sending import letters, send
from studygroup.publish.messages.targets import group_addresses, to_address
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import button, texts
from tests.support.channel import SECRET, Channel
from tests.support.mailbox import Mailbox

ADA, ZOE, WEEK = "ada-lovelace", "zoe-obrien-li", "2026-11-20"


def run(workbook: Workbook, *words: str) -> Any:
    return CliRunner().invoke(load(), ["--workbook", str(workbook.folder), "announce", *words])


@pytest.fixture
def to_channel(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", channel.url)
    return channel


def test_an_agenda_goes_to_a_channel_once(group: Workbook, to_channel: Channel) -> None:
    """The second time nothing is sent, unless it is asked for; the record names the channel without its address."""
    first = run(group, "agenda", "--session", WEEK)
    assert (first.exit_code, first.stdout[:5], first.stdout.split(": ")[1]) == (0, "json-", "sent\n")
    [got] = to_channel.got
    assert got["title"] == "Thursday papers: Fri 20 Nov"
    assert got["message"].startswith("Thursday papers: Friday 20 November 2026, 23:00 UTC, 18:00 New York")
    assert "- Few-Shot Learners https://arxiv.org/abs/2005.14165" in got["message"]
    assert run(group, "agenda", "--session", WEEK).stdout.endswith(": was sent before\n")
    assert len(to_channel.got) == 1
    run(group, "agenda", "--session", WEEK, "--again")
    assert len(to_channel.got) == 2
    group.reread()
    assert group.latest(Sent, WEEK, "agenda").to == (first.stdout.split(":")[0],)
    assert SECRET not in "".join(path.read_text() for path in group.folder.rglob("*.jsonl"))


def test_what_failed_is_sent_again_without_doubling(group: Workbook, channel: Channel) -> None:
    """The exit code says that something failed; the address stands nowhere; the next try goes just where it is missing."""
    other = Channel()
    threading.Thread(target=other.serve_forever, daemon=True).start()
    other.answers = 503
    words = ("agenda", "--session", WEEK, "--to", channel.url, "--to", other.url)
    failed = run(group, *words)
    assert isinstance(failed.exception, MessageError)
    assert "1 of 2 could not be sent" in str(failed.exception)
    assert failed.stdout.splitlines()[1].endswith("not sent, the service answered 503")
    assert SECRET not in failed.output + str(failed.exception)
    other.answers = 200
    assert run(group, *words).exit_code == 0
    assert (len(channel.got), len(other.got)) == (1, 1)
    other.shutdown()
    other.server_close()
    gone = run(group, "agenda", "--session", WEEK, "--to", other.url.replace(SECRET, "x" + SECRET))
    assert "not sent, the service could not be reached" in gone.stdout


def test_a_dry_run_sends_and_records_nothing(group: Workbook, to_channel: Channel) -> None:
    """It prints each text with where it would go."""
    done = run(group, "agenda", "--session", WEEK, "--dry-run")
    assert done.stdout.startswith("--- json-")
    assert "We’re reading:" in done.stdout
    assert SECRET not in done.stdout
    assert to_channel.got == []
    group.reread()
    assert group.latest(Sent, WEEK, "agenda") is None


def test_a_dry_run_needs_no_address(group: Workbook) -> None:
    """It prints the text as Discord would get it, and says where addresses belong; the text leads to the site, if there is one."""
    settings = group.folder / "pyproject.toml"
    settings.write_text(
        settings.read_text().replace("[tool.studygroup]\n", '[tool.studygroup]\nsite_address = "https://a.example"\n')
    )
    done = run(group, "agenda", "--session", WEEK, "--dry-run")
    assert done.exit_code == 0
    assert "<t:" in done.stdout
    assert f"The whole agenda: <https://a.example/sessions/{WEEK}.html>" in done.stdout
    assert "No address is known." in done.stderr
    report = run(group, "report", "--session", WEEK, "--dry-run")
    assert f"The whole report: <https://a.example/sessions/{WEEK}.html>" in report.stdout


def test_a_reminder_goes_to_those_who_did_not_answer(
    group: Workbook, to_channel: Channel, mailbox: tuple[Mailbox, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At their own address where it is known, else by name in the channel; who answered is not named; nothing missing, nothing sent."""
    box, address = mailbox
    (group.folder / ".studygroup").mkdir(exist_ok=True)
    (group.folder / ".studygroup" / "addresses.toml").write_text(f'[members]\nbo = "{address}"\n')
    group.enter("rsvp", by=ADA, session=WEEK, member=ADA, answer="yes")
    group.enter("plan", by=ADA, session=WEEK, items=("few-shot",), roles={"presenter": ADA})
    done = run(group, "reminder", "--session", WEEK)
    assert done.exit_code == 0, done.output
    [got] = to_channel.got
    assert "- No scribe yet." in got["message"]
    assert "- Will you come? No answer yet from Zoë O'Brien-李." in got["message"]
    [mail] = box.got
    assert mail["to"] == "bo@example.org"
    assert "Hello Bo, will you come?" in mail.get_body(("plain", "html")).get_content()
    assert run(group, "reminder", "--session", WEEK).stdout.count("was sent before") == 2
    for member in ("bo", ZOE):
        group.enter("rsvp", by=member, session=WEEK, member=member, answer="no")
        group.enter("reading", by=member, member=member, item="few-shot", status="read")
    group.enter("plan", by=ADA, session=WEEK, items=("few-shot",), roles={"presenter": ADA, "scribe": ZOE})
    nothing = run(group, "reminder", "--session", WEEK, "--again")
    assert "Nothing is missing for 2026-11-20" in nothing.output
    assert (len(to_channel.got), len(box.got)) == (1, 1)


def test_a_member_cannot_announce(group: Workbook, to_channel: Channel) -> None:
    """It is refused before anything is sent."""
    done = run(group, "agenda", "--session", WEEK, "--by", "bo")
    assert "Announcing is for a facilitator: Ada Lovelace." in str(done.exception)
    assert to_channel.got == []


@pytest.mark.parametrize("url", ["nonsense", "https//x", "discord://only", f"foo://{SECRET}"])
def test_a_wrong_address_is_told_without_repeating_it(group: Workbook, url: str) -> None:
    """It may hold a password."""
    with pytest.raises(MessageError, match="not one that apprise knows") as error:
        group_addresses(group.folder, [url])
    assert url not in str(error.value)
    assert SECRET not in str(error.value)


def test_addresses_are_read_from_a_private_file(group: Workbook) -> None:
    """What is wrong in it is told; without it nothing is known, and the command says what to do."""
    file = group.folder / ".studygroup" / "addresses.toml"
    assert group_addresses(group.folder, environment={}) == []
    assert "No address is known." in str(run(group, "agenda").exception)
    file.parent.mkdir(exist_ok=True)
    file.write_text('group = ["discord://123456789/abcdefghijkl"]\n')
    [address] = group_addresses(group.folder, environment={})
    assert (address.channel, repr(address)) == ("discord", f"Address({address.label})")
    for wrong, message in (("group = 3", "group holds addresses"), ("group = [", "cannot be read")):
        file.write_text(wrong)
        with pytest.raises(MessageError, match=message):
            group_addresses(group.folder, environment={})


def test_an_interrupted_sending_goes_on_where_it_stopped(group: Workbook) -> None:
    """Each delivery is on the disk before the next is tried; of the one that was cut short no one knows, so it is not sent again."""
    addresses = [to_address(f"json://127.0.0.1:9/{number}") for number in range(3)]
    post = letters(group, "agenda", WEEK, addresses)
    tried: list[str] = []

    def deliver(letter: Any) -> str:
        tried.append(letter.address.label)
        if len(tried) == 2:
            raise KeyboardInterrupt
        return ""

    with pytest.raises(KeyboardInterrupt):
        send(group, "agenda", WEEK, post, by=ADA, deliver=deliver)
    group.reread()
    assert group.latest(Sent, WEEK, "agenda").to == (addresses[0].label,)
    assert [one.state for one in send(group, "agenda", WEEK, post, by=ADA, deliver=lambda _: "")] == [
        "before",
        "unknown",
        "sent",
    ]
    done = send(group, "agenda", WEEK, post, by=ADA, lost=True, deliver=lambda _: "")
    assert [one.state for one in done] == ["before", "sent", "before"]


def test_texts_fit_a_message_and_notify_no_one(group: Workbook) -> None:
    """Of a long reading, of long decisions and of many silent members the rest is counted."""
    agenda = agenda_of(group, WEEK)
    work = msgspec.structs.replace(agenda.reads[0].works[0], title="@everyone " + "x" * 150)
    reads = tuple(msgspec.structs.replace(agenda.reads[0], title=work.title, works=(work,)) for _ in range(40))
    report = msgspec.structs.replace(report_of(group, WEEK), decisions=("@here " + "y " * 900,) * 30)
    for text in (
        announcement(msgspec.structs.replace(agenda, reads=reads)),
        announcement(msgspec.structs.replace(agenda, reads=reads), "plain"),
        report_message(report),
        reminder(msgspec.structs.replace(agenda, reads=reads), [f"@everyone {number}" for number in range(200)]),
    ):
        assert len(text) <= MOST_CHARACTERS
        assert " more" in text
        assert "@everyone" not in text
        assert "@here" not in text


def test_plain_texts_have_no_mark_up(group: Workbook) -> None:
    """Slack, Signal and mail show titles as they are, bare links and the times of the group's zones; Discord has its own signs."""
    agenda = agenda_of(group, WEEK)
    work = msgspec.structs.replace(agenda.reads[0].works[0], title="On *stars* and snake_case")
    reads = (msgspec.structs.replace(agenda.reads[0], title=work.title, works=(work,)),)
    agenda = msgspec.structs.replace(agenda, reads=reads)
    plain, discord = announcement(agenda, "plain", ["the session was moved"]), announcement(agenda)
    assert plain.startswith("Update: the session was moved.\nThursday papers: Friday 20 November 2026, 23:00 UTC")
    assert "- On *stars* and snake_case https://arxiv.org/abs/2005.14165" in plain
    assert "- On \\*stars\\* and snake\\_case <https://arxiv.org/abs/2005.14165>" in discord
    for text in (plain, report_message(report_of(group, WEEK), "plain"), reminder(agenda, ["Bo"], "plain")):
        assert not re.search(r"\*\*|<t:|<http|\\\\", text)


def test_a_change_is_sent_with_one_click(
    group: Workbook, clock: Clock, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only once something changed after it was announced: to all who have it, saying what changed; then it is current again."""
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", channel.url)
    group.enter("plan", by=ADA, session=WEEK, items=("talk",))
    context = FormContext(group, ADA)
    form = AnnounceForm(context)
    form.send.click()
    button(form, "Yes, send it").click()
    assert form.change.layout.display == "none"
    clock.now += timedelta(minutes=1)
    plan_session(group, WEEK, by=ADA, items=["tuned"], start="2026-11-21T18:00")
    context.changed()
    assert form.change.layout.display is None
    assert "Changed since: the session was moved and the reading was changed." in form.where.value
    assert any("use Send the change" in text for text in attention(group))
    clock.now += timedelta(minutes=1)
    form.change.click()
    button(form, "Yes, send it").click()
    assert len(channel.got) == 2
    assert channel.got[1]["message"].startswith("Update: the session was moved and the reading was changed.")
    assert form.change.layout.display == "none"
    assert not any("Send the change" in text for text in attention(group))


def test_a_report_is_reported_once_more_was_entered(group: Workbook, clock: Clock) -> None:
    """Decisions, notes and actions that were entered after it had been announced."""
    clock.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    group.enter("sent", by=ADA, session=WEEK, message="report", to=("chat-1",))
    assert not any("report" in text for text in attention(group))
    clock.now += timedelta(minutes=1)
    group.enter("note", by=ADA, session=WEEK, text="Small models", decision=True)
    group.enter("action", by=ADA, session=WEEK, text="Ask them")
    [told] = [text for text in attention(group) if "report" in text]
    assert told.startswith("Since the report of Fri 20 Nov was announced, this was entered: 1 decision and 1 action.")


def test_the_notebook_sends_once_and_says_where(group: Workbook, to_channel: Channel, tmp_path: Path) -> None:
    """A text that was changed by hand goes as it stands; a failure is told, and the next click goes just there."""
    form = AnnounceForm(FormContext(group, ADA))
    assert form.send.layout.display is None
    to_channel.answers = 500
    form.send.click()
    assert "You can’t unsend it" in texts(form.confirm)
    button(form, "Do not send it").click()
    assert (form.confirm.is_open, to_channel.got, form.receipt.said.value) == (False, [], "")
    form.send.click()
    button(form, "Yes, send it").click()
    assert "Not sent: json-" in form.receipt.said.value
    assert "the service answered 500" in form.receipt.said.value
    to_channel.answers = 200
    form.text.area.value += "\nBring tea."
    form.send.click()
    assert "as it was changed here" in texts(form.confirm)
    send = button(form, "Yes, send it")
    send.click()
    send.click()
    assert "Sent 12:00 to json-" in form.receipt.said.value
    assert to_channel.got[0]["message"].endswith("Bring tea.")
    form.send.click()
    assert "Sent before to json-" in form.receipt.said.value
    assert len(to_channel.got) == 1
    assert "Sent before to json-" in form.where.value
    assert SECRET not in form.where.value + form.receipt.said.value
    form.kind.value = "reminder"
    assert form.text.area.value.endswith("No answer yet from Ada Lovelace, Bo and Zoë O'Brien-李.")
    form.kind.value = "report"
    assert "notes from" in form.text.area.value


def test_without_an_address_the_notebook_shows_the_text_alone(group: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to press."""
    monkeypatch.delenv("STUDYGROUP_ANNOUNCE", raising=False)
    form = AnnounceForm(FormContext(group, ADA))
    assert form.send.layout.display == "none"
    assert form.text.area.value == announcement(agenda_of(group))


def test_copied_goes_when_another_text_is_shown(group: Workbook, clock: Clock) -> None:
    """The line that says "Copied" is drawn anew for another message and for a changed text, and stays for the same one."""
    form = AnnounceForm(FormContext(group, ADA))

    def line() -> str:
        return str(form.text.children[1].children[1].value)

    seen = [line()]
    form.context.changed()
    assert line() == seen[0]
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    for kind in ("reminder", "report", "agenda", "reminder"):
        form.kind.value = kind
        assert form.text.area.value
        assert line() not in seen
        seen.append(line())
    form.text.area.value += "\nBring tea."
    assert line() not in seen


def first_week(book: Workbook) -> Workbook:
    """Return the workbook of a group whose very first session is this week's."""
    file = book.folder / FILE
    file.write_text(file.read_text().replace("valid_from = 2026-01-01", "valid_from = 2026-11-20"))
    return Workbook(book.folder, book.clock)


def test_a_report_is_offered_from_the_beginning_of_its_session_on(group: Workbook, to_channel: Channel, clock: Clock) -> None:
    """Before, the form says when there will be one, with nothing to copy or send; the other messages are offered all the time."""
    form = AnnounceForm(FormContext(first_week(group), ADA))
    announced = form.text.area.value
    form.kind.value = "report"
    assert form.text.layout.display == "none"
    assert form.text.area.value == ""
    assert form.send.layout.display == "none"
    assert "There is no report yet: the session begins on Friday 20 November 2026." in form.where.value
    form.send.click()
    assert to_channel.got == []
    form.kind.value = "reminder"
    assert (form.text.layout.display, form.send.layout.display) == (None, None)
    assert form.text.area.value not in {"", announced}
    form.kind.value = "report"
    clock.now = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    form.context.changed()
    assert form.text.layout.display is None
    assert "notes from Friday 20 November 2026" in form.text.area.value
    form.kind.value = "agenda"
    assert form.text.area.value == announced


def test_a_report_is_of_the_last_session_until_the_next_begins(group: Workbook, clock: Clock) -> None:
    """The text names the session that it is about, and a cancelled one is passed over."""
    form = AnnounceForm(FormContext(group, ADA))
    form.kind.value = "report"
    assert "notes from Friday 13 November 2026" in form.text.area.value
    plan_session(group, WEEK, by=ADA, cancelled=True, why="Holiday")
    for hour in (12, 23):
        clock.now = datetime(2026, 11, 20, hour, 5, tzinfo=UTC)
        form.context.changed()
        assert "notes from Friday 13 November 2026" in form.text.area.value
    clock.now = datetime(2026, 11, 27, 23, 5, tzinfo=UTC)
    form.context.changed()
    assert "notes from Friday 27 November 2026" in form.text.area.value
