"""Texts for a group's channel: short, with times that Discord shows in everyone's own zone."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from studygroup.meeting.after.report import Report
from studygroup.meeting.before.agenda import Agenda
from studygroup.meeting.before.readiness import missing_before
from studygroup.meeting.facts.turnout import came_in_words
from studygroup.meeting.facts.works import Work
from studygroup.text.text import escape_markdown, is_safe_url, plain_list, to_day, to_short_day

MOST_CHARACTERS = 2000
"""What Discord takes in one message. Source: Discord's documentation, "Create Message"."""

MOST_NAMES = 12
"""How many people a message names before it counts the others."""

Channel = Literal["discord", "plain"]
"""How a channel shows times: ``<t:…>`` in each reader's zone, or as the group's zones have them."""


class MissingVotes(msgspec.Struct, frozen=True):
    """An open ballot: when it closes, and the names of those who have not voted."""

    until: datetime
    names: tuple[str, ...]


def announcement(agenda: Agenda, channel: Channel = "discord") -> str:
    """Return the text that announces a session: when, what to read with links, who leads, where, how many come.

    At most 2,000 characters: what does not fit is left out from the end of the reading, and counted. Mentions in people's
    texts notify nobody, and links show no preview.
    """
    head = [_head(agenda, channel)]
    if agenda.cancelled:
        return "\n".join([*head, f"**Cancelled.** {_plain(agenda.reason)}".strip()])
    if agenda.moved:
        head.append(f"Moved: it was first set for {agenda.session}.")
    foot = list(_foot(agenda))
    reads = [line for read in agenda.reads for line in _lines_of(read.title, read.works)]
    what = _fitting("We read:", reads, [*head, *foot]) if reads else ["What we read is not planned yet."]
    return "\n".join([*head, *what, *foot])


def reminder(agenda: Agenda, silent: Sequence[str], channel: Channel = "discord", votes: Sequence[MissingVotes] = ()) -> str:
    """Return the text that says what a session still needs, or nothing where it needs nothing.

    ``silent`` are the names of the members who did not say whether they will come, ``votes`` the open ballots on which someone has not voted.
    """
    needs = [one for one in missing_before(agenda) if not one.startswith("No one has replied")]
    if agenda.cancelled or not (needs or silent or votes):
        return ""
    lines = [f"- {_plain(one)}" for one in needs]
    if silent:
        lines.append(f"- Will you come? No answer yet from {_named(silent)}.")
    for one in votes:
        lines.append(f"- What do we read next? Vote until {_moment(one.until, channel)}; no vote yet from {_named(one.names)}.")
    head = _head(agenda, channel)
    return "\n".join([head, *_fitting("Still missing:", lines, [head])])


def personal_reminder(
    agenda: Agenda, name: str, channel: Channel = "plain", *, answered: bool = False, votes: Sequence[datetime] = ()
) -> str:
    """Return the text that asks one member whether they will come, unless they ``answered``, and to vote until the times of ``votes``."""
    what = plain_list(_plain(read.title) for read in agenda.reads)
    asked = f"Hello {_plain(name)}, " + ("you have not voted yet." if answered else "will you come? You did not say yet.")
    session = [] if answered else [_head(agenda, channel), *([f"We read {what}."] if what else [])]
    return "\n".join([asked, *session, *(f"Vote on what we read next until {_moment(one, channel)}." for one in votes)])


def _named(names: Sequence[str]) -> str:
    more = [f"{len(names) - MOST_NAMES} more"] if names[MOST_NAMES:] else []
    return plain_list([*map(_plain, names[:MOST_NAMES]), *more])


def _moment(at: datetime, channel: Channel) -> str:
    """Return a time, in each reader's zone where the channel can."""
    return f"<t:{int(at.timestamp())}:f>" if channel == "discord" else f"{to_short_day(at)}, {at:%H:%M %Z}"


def report_message(report: Report, channel: Channel = "discord") -> str:
    """Return the text that sums up a session; it names nobody but the owners of actions."""
    agenda = report.agenda
    head = f"**{_plain(agenda.group)}** · notes from {to_day(agenda.start)}"
    if report.state == "cancelled":
        return f"{head}\nThe session was cancelled. {_plain(agenda.reason)}".strip()
    lines = [f"- Read: {_short(one.assignment.title)}{_ended(one.outcome)}" for one in report.discussed]
    lines += [f"- Decided: {_short(text)}" for text in report.decisions]
    lines += [
        f"- To do: {_short(one.text)}{f' ({_plain(one.owner)})' if one.owner else ''}" for one in report.actions if not one.done
    ]
    turnout = report.turnout
    came = [f"{came_in_words(turnout.members, turnout.there, turnout.guests, 'members came')}."] if turnout.recorded else []
    foot = [
        f"Next: {to_day(one.time.day)}, {plain_list(map(_plain, one.titles)) or 'not planned yet'}."
        for one in agenda.upcoming[:1]
    ]
    foot += [f"The whole report: <{agenda.page}>"] if agenda.page else []
    return "\n".join([head, *came, *_fitting("", lines, [head, *came, *foot]), *foot])


def _short(text: str) -> str:
    return _plain(textwrap.shorten(text, 280, placeholder=" …"))


def _ended(outcome: str) -> str:
    return {"continues": ", to be continued", "finished": ""}.get(outcome, "")


def _head(agenda: Agenda, channel: Channel) -> str:
    moment = int(agenda.start.timestamp())
    if channel == "discord":
        return f"**{_plain(agenda.group)}** · <t:{moment}:F> (<t:{moment}:R>)"
    times = ", ".join(
        f"{time.time} {time.abbreviation if time.abbreviation == time.city else time.city}" for time in agenda.times
    )
    return f"{agenda.group}: {to_day(agenda.start)}, {times}"


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


def _foot(agenda: Agenda) -> Iterator[str]:
    """Yield who leads, where we meet, and who comes."""
    if roles := [f"{role.capitalize()}: {_plain(name)}" for role, name in agenda.roles.items() if name]:
        yield " · ".join(roles)
    if free := [f"a {role}" for role, name in agenda.roles.items() if not name]:
        yield f"We’re still looking for {plain_list(free)}."
    if where := [_plain(one) for one in (agenda.voice_channel, agenda.text_channel) if one]:
        yield f"We meet in {plain_list(where)}."
    if is_safe_url(agenda.meeting_link):
        yield f"Join: <{agenda.meeting_link}>"
    if agenda.page:
        yield f"The whole agenda: <{agenda.page}>"
    if coming := agenda.threads.coming:
        yield f"{coming} {'is' if coming == 1 else 'are'} coming so far. Are you?"


def _lines_of(title: str, works: Sequence[Work]) -> list[str]:
    if len(works) == 1 and is_safe_url(works[0].url):
        return [f"- {_plain(title)} <{works[0].url}>"]
    return [f"- {_plain(title)}", *(f"  - {_plain(work.title)} <{work.url}>" for work in works if is_safe_url(work.url))]


def _plain(text: str) -> str:
    """Return people's text as a chat shows it letter by letter: no mark-up, nobody is notified, no address becomes a link."""
    shown = escape_markdown(text, starts_line=False)
    # A zero-width space after the sign keeps a chat from reading a mention or an address.
    return re.sub(r"(@|://)(?=\S)", "\\1\u200b", shown)
