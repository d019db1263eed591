"""Texts for a group's channel: short, with times that Discord shows in everyone's own zone."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from studygroup.meeting.after.report import Report
from studygroup.meeting.before.agenda import Agenda, Assignment
from studygroup.meeting.before.readiness import missing_before
from studygroup.meeting.before.turns import MemberTurn
from studygroup.meeting.facts.turnout import came_in_words
from studygroup.text.text import escape_markdown, is_safe_url, plain_list, session_day, to_day, to_short_day

MOST_CHARACTERS = 2000
"""What Discord takes in one message. Source: Discord's documentation, "Create Message"."""

MOST_NAMES = 12
"""How many people a message names before it counts the others."""

Channel = Literal["discord", "plain"]
"""Discord shows Markdown, and times ``<t:…>`` in each reader's zone. "plain" is for all others, such as Slack, Signal and mail: no
mark-up, which some of them show as it is typed, and times in the group's zones."""


class MissingVotes(msgspec.Struct, frozen=True):
    """An open ballot: when it closes, and the names of those who have not voted."""

    until: datetime
    names: tuple[str, ...]


class MissingHours(msgspec.Struct, frozen=True):
    """An open survey about when to meet: what it is about, and the names of those who have not answered."""

    about: str
    names: tuple[str, ...]


class _Writer:
    """Writes for one channel."""

    def __init__(self, channel: Channel) -> None:
        self.marks = channel == "discord"

    def text(self, text: str) -> str:
        """Return people's text as the channel shows it letter by letter: no mark-up, no one is notified, no address becomes a link."""
        shown = escape_markdown(text, starts_line=False) if self.marks else " ".join(text.split())
        # A zero-width space after the sign keeps a chat from reading a mention or an address.
        return re.sub(r"(@|://)(?=\S)", "\\1\u200b", shown)

    def short(self, text: str) -> str:
        """Return the beginning of people's text."""
        return self.text(textwrap.shorten(text, 280, placeholder=" …"))

    def named(self, names: Sequence[str]) -> str:
        """Return names, the last of many counted."""
        more = [f"{len(names) - MOST_NAMES} more"] if names[MOST_NAMES:] else []
        return plain_list([*map(self.text, names[:MOST_NAMES]), *more])

    def strong(self, text: str) -> str:
        """Return a text of ours that stands out where the channel can."""
        return f"**{text}**" if self.marks else text

    def link(self, url: str) -> str:
        """Return an address that the channel makes a link of, on Discord without a preview."""
        return f"<{url}>" if self.marks else url

    def moment(self, at: datetime) -> str:
        """Return a time, in each reader's zone where the channel can."""
        return f"<t:{int(at.timestamp())}:f>" if self.marks else f"{to_short_day(at)}, {at:%H:%M %Z}"

    def head(self, agenda: Agenda) -> str:
        """Return whose session it is, and when."""
        moment = int(agenda.start.timestamp())
        if self.marks:
            return f"**{self.text(agenda.group)}** · <t:{moment}:F> (<t:{moment}:R>)"
        times = ", ".join(
            f"{time.time} {time.abbreviation if time.abbreviation == time.city else time.city}" for time in agenda.times
        )
        return f"{self.text(agenda.group)}: {to_day(agenda.start)}, {times}"

    def foot(self, agenda: Agenda) -> Iterator[str]:
        """Yield who leads, where we meet, and who comes."""
        if roles := [f"{role.capitalize()}: {self.text(name)}" for role, name in agenda.roles.items() if name]:
            yield " · ".join(roles)
        if free := [f"a {role}" for role, name in agenda.roles.items() if not name]:
            turns = [f"{self.text(one.name)} as {one.role} ({one.turns})" for one in agenda.open_roles if one.name]
            yield f"We’re still looking for {plain_list(free)}." + (f" Next in turn: {plain_list(turns)}." if turns else "")
        if agenda.place:
            yield f"Place: {self.text(agenda.place)}"
        if where := [self.text(one) for one in (agenda.voice_channel, agenda.text_channel) if one]:
            yield f"We meet in {plain_list(where)}."
        if is_safe_url(agenda.meeting_link):
            yield f"Join: {self.link(agenda.meeting_link)}"
        if agenda.page:
            yield f"The whole agenda: {self.link(agenda.page)}"
        if coming := agenda.threads.coming:
            yield f"{coming} {'is' if coming == 1 else 'are'} coming so far. Are you?"

    def reads(self, read: Assignment) -> list[str]:
        """Return something to read with its links, the part to read, and the questions about it."""
        title, works = self.text(read.title), read.works
        own = [f"  - Read {self.text(read.part)}."] if read.part else []
        own += [f"  - {self.text(question)}" for question in read.questions]
        if len(works) == 1 and is_safe_url(works[0].url):
            return [f"- {title} {self.link(works[0].url)}", *own]
        links = [f"  - {self.text(work.title)} {self.link(work.url)}" for work in works if is_safe_url(work.url)]
        return [f"- {title}", *links, *own]


def announcement(agenda: Agenda, channel: Channel = "discord", changes: Sequence[str] = ()) -> str:
    """Return the text that announces a session: when, what to read with links, who leads, where, how many come.

    At most 2,000 characters: what does not fit is left out from the end of the reading, and counted. Mentions in people's
    texts notify no one, and links show no preview.

    Parameters
    ----------
    changes
        What has changed since it was announced, as ``attention.changes_since`` says it.
    """
    write = _Writer(channel)
    head = [*([write.strong(f"Update: {plain_list(changes)}.")] if changes else []), write.head(agenda)]
    if agenda.cancelled:
        return "\n".join([*head, f"{write.strong('Cancelled.')} {write.text(agenda.reason)}".strip()])
    if agenda.moved:
        day = session_day(agenda.session)
        head.append(f"Moved from {to_short_day(day) if day else agenda.session}.")
    if agenda.note:
        head.append(write.text(agenda.note))
    foot = list(write.foot(agenda))
    reads = [line for read in agenda.reads for line in write.reads(read)]
    what = _fitting("We’re reading:", reads, [*head, *foot]) if reads else ["The reading isn’t planned yet."]
    return "\n".join([*head, *what, *foot])


def reminder(
    agenda: Agenda,
    silent: Sequence[str],
    channel: Channel = "discord",
    votes: Sequence[MissingVotes] = (),
    hours: Sequence[MissingHours] = (),
) -> str:
    """Return the text that says what a session still needs, or nothing where it needs nothing.

    ``silent`` are the names of the members who have not replied, ``votes`` the open ballots on which someone has not voted, ``hours``
    the open surveys that someone has not answered.
    """
    write = _Writer(channel)
    needs = [one for one in missing_before(agenda) if not one.startswith("No one has replied")]
    if agenda.cancelled or not (needs or silent or votes or hours):
        return ""
    lines = [f"- {write.text(one)}" for one in needs]
    if silent:
        lines.append(f"- Will you come? No answer yet from {write.named(silent)}.")
    for one in votes:
        until, names = write.moment(one.until), write.named(one.names)
        lines.append(f"- What do we read next? Vote until {until}; no vote yet from {names}.")
    for asked in hours:
        lines.append(f"- When can you meet, for {write.text(asked.about)}? No answer yet from {write.named(asked.names)}.")
    head = write.head(agenda)
    return "\n".join([head, *_fitting("Still missing:", lines, [head])])


def personal_reminder(
    agenda: Agenda,
    name: str,
    channel: Channel = "plain",
    *,
    answered: bool = False,
    votes: Sequence[datetime] = (),
    hours: Sequence[str] = (),
    turns: Sequence[MemberTurn] = (),
) -> str:
    """Return the text that asks one member whether they will come, unless they ``answered``, and to vote until the times of ``votes``.

    ``hours`` are the surveys that they have not answered, in words. It says what of the session's roles concerns them, with the cards of those that they have.
    """
    write = _Writer(channel)
    what = plain_list(write.text(read.title) for read in agenda.reads)
    missing = ["voted"] * bool(votes) + ["said when you can meet"] * bool(hours)
    first = f"you haven’t {plain_list(missing)} yet." if missing else "this is about your part in the session."
    asked = f"Hello {write.text(name)}, " + (first if answered else "will you come? You haven’t replied yet.")
    session = [] if answered and not turns else [write.head(agenda), *([f"We’re reading {what}."] if what else [])]
    meeting = (f"Mark on your page when you can meet, for {write.text(one)}." for one in hours)
    voting = (f"Vote on what we read next until {write.moment(one)}." for one in votes)
    return "\n".join([asked, *session, *(line for turn in turns for line in _own_turn(turn, write)), *voting, *meeting])


def _own_turn(turn: MemberTurn, write: _Writer) -> Iterator[str]:
    """Yield what one member is told of a role."""
    other = write.text(turn.other)
    back = f", and takes your turn as {write.text(turn.in_return)}" if turn.in_return else ""
    about = {
        "mine": f"You are {turn.role}.",
        "waits": f"You are {turn.role}, until {other} accepts.",
        "asked": f"{other} asks you to take over as {turn.role}{back}: accept or refuse on your page.",
        "turn": f"No one is {turn.role} yet, and it’s your turn ({write.text(turn.reason)}). Take it, or say that you can’t, on your page.",
    }
    yield about[turn.state]
    if turn.card:
        yield write.text(turn.card.brief)
        yield from (f"- {write.text(question)}" for question in turn.card.questions)


def report_message(report: Report, channel: Channel = "discord") -> str:
    """Return the text that sums up a session; it names no one but the owners of actions."""
    write, agenda = _Writer(channel), report.agenda
    head = f"{write.strong(write.text(agenda.group))} · notes from {to_day(agenda.start)}"
    if report.state == "cancelled":
        return f"{head}\nThe session was cancelled. {write.text(agenda.reason)}".strip()
    lines = [f"- Read: {write.short(one.assignment.title)}{_ended(one.outcome)}" for one in report.discussed]
    lines += [f"- Decided: {write.short(text)}" for text in report.decisions]
    lines += [
        f"- To do: {write.short(one.text)}{f' ({write.text(one.owner)})' if one.owner else ''}"
        for one in report.actions
        if not one.done
    ]
    turnout = report.turnout
    came = [f"{came_in_words(turnout.members, turnout.there, turnout.guests, 'members came')}."] if turnout.recorded else []
    foot = [
        f"Next: {to_day(one.time.day)}, {plain_list(map(write.text, one.titles)) or 'not planned yet'}."
        for one in agenda.upcoming[:1]
    ]
    foot += [f"The whole report: {write.link(agenda.page)}"] if agenda.page else []
    return "\n".join([head, *came, *_fitting("", lines, [head, *came, *foot]), *foot])


def _ended(outcome: str) -> str:
    return {"continues": ", to be continued", "finished": ""}.get(outcome, "")


def _fitting(title: str, lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return a title and those lines that fit into a message beside others, and how many do not."""
    head = [title] if title and lines else []
    room = MOST_CHARACTERS - len("\n".join([*head, f"… and {len(lines)} more", *others])) - 1
    kept: list[str] = []
    for line in lines:
        if len("\n".join([*kept, line])) > room:
            break
        kept.append(line)
    return [*head, *kept, *([f"… and {len(lines) - len(kept)} more"] if len(kept) < len(lines) else [])]
