"""Texts to paste into a chat: short, with times that Discord shows in everyone's own zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studygroup.meeting.agenda import Agenda
from studygroup.meeting.works import Work
from studygroup.text import escape_markdown, is_safe_url, plain_list

MOST_CHARACTERS = 2000
"""What Discord takes in one message. Source: Discord's documentation, "Create Message"."""


def announcement(agenda: Agenda) -> str:
    """Return the text that announces a session: when, what to read with links, who leads, where, how many come.

    At most 2,000 characters: what does not fit is left out from the end of the reading, and counted. Mentions in people's
    texts notify nobody, and links show no preview.
    """
    moment = int(agenda.start.timestamp())
    head = [f"**{_plain(agenda.group)}** · <t:{moment}:F> (<t:{moment}:R>)"]
    if agenda.cancelled:
        return "\n".join([*head, f"**Cancelled.** {_plain(agenda.reason)}".strip()])
    if agenda.moved:
        head.append(f"Moved: it was first set for {agenda.session}.")
    foot = list(_foot(agenda))
    reads = [line for read in agenda.reads for line in _lines_of(read.title, read.works)]
    room = MOST_CHARACTERS - len("\n".join([*head, "We read:", f"… and {len(reads)} more", *foot])) - 1
    kept: list[str] = []
    for line in reads:
        if len("\n".join([*kept, line])) > room:
            break
        kept.append(line)
    left_out = [f"… and {len(reads) - len(kept)} more"] if len(kept) < len(reads) else []
    what = ["We read:", *kept, *left_out] if reads else ["What we read is not planned yet."]
    return "\n".join([*head, *what, *foot])


def _foot(agenda: Agenda) -> Iterator[str]:
    """Yield who leads, where we meet, and who comes."""
    if roles := [f"{role.capitalize()}: {_plain(name)}" for role, name in agenda.roles.items() if name]:
        yield " · ".join(roles)
    if free := [f"a {role}" for role, name in agenda.roles.items() if not name]:
        yield f"We still look for {plain_list(free)}."
    if where := [_plain(one) for one in (agenda.voice_channel, agenda.text_channel) if one]:
        yield f"We meet in {plain_list(where)}."
    if is_safe_url(agenda.meeting_link):
        yield f"Join: <{agenda.meeting_link}>"
    if coming := agenda.threads.coming:
        yield f"{coming} {'comes' if coming == 1 else 'come'} so far. And you?"


def _lines_of(title: str, works: Sequence[Work]) -> list[str]:
    if len(works) == 1 and is_safe_url(works[0].url):
        return [f"- {_plain(title)} <{works[0].url}>"]
    return [f"- {_plain(title)}", *(f"  - {_plain(work.title)} <{work.url}>" for work in works if is_safe_url(work.url))]


def _plain(text: str) -> str:
    """Return people's text as a chat shows it letter by letter: no mark-up, nobody is notified, no address becomes a link."""
    shown = escape_markdown(text, starts_line=False)
    # A zero-width space after the sign keeps a chat from reading a mention or an address.
    return re.sub(r"(@|://)(?=\S)", "\\1\u200b", shown)
