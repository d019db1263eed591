"""What no public page may hold, whoever typed it where: e-mail addresses, invite links, the meeting's link."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from studygroup.group.settings import Settings

LEFT_OUT = "[address left out]"

_EMAIL = r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}\b"
_ADDRESS = r"https?://[^\s\"<>]+"
_ANCHOR = re.compile(rf'<a href="(mailto:[^"]*|{_ADDRESS})"[^>]*>(.*?)</a>', re.DOTALL)
# An at sign within another address is no e-mail address: many sites write @somebody or package@version.
_FOUND = re.compile(rf"{_ADDRESS}|(?:mailto:)?{_EMAIL}", re.IGNORECASE)

# No HTML and no XML may hold these. Source: XML 1.0, section 2.2.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Private:
    """Takes private addresses out of pages.

    Parameters
    ----------
    published
        E-mail addresses that stay: the group's own settings publish them.
    hidden
        The addresses of meetings, where they are not for everyone.

    >>> Private({"club@example.org"}).without("Ask bo@example.org or club@example.org")
    'Ask [address left out] or club@example.org'
    """

    def __init__(self, published: set[str], *hidden: str) -> None:
        self._published, self._hidden = published, tuple(one.rstrip("/") for one in hidden if one)
        hosts = (urlsplit(one).hostname for one in self._hidden)
        self._signs = ("@", "/join#", "mailto:", *filter(None, hosts))

    @classmethod
    def of(cls, settings: Settings, links: Iterable[str] = ()) -> Private:
        """Return the one for a group: what is in the settings' own texts is meant for everyone.

        ``links`` are where single sessions meet.
        """
        texts = (settings.how_to_join, settings.description, settings.text_channel, settings.voice_channel)
        published = {found for text in texts for found in re.findall(_EMAIL, text)}
        return cls(published) if settings.publish_meeting_link else cls(published, settings.meeting_link, *links)

    def without(self, text: str) -> str:
        """Return HTML, XML or plain text without private addresses, and without characters that are none."""
        text = _NO_TEXT.sub("�", text)
        if not any(sign in text for sign in self._signs):
            return text
        return _FOUND.sub(self._replaced, _ANCHOR.sub(self._unlinked, text))

    def without_in_calendar(self, calendar: bytes) -> bytes:
        """Return an iCalendar file without them: its lines are joined, cleaned, and folded again."""
        lines = re.sub(r"\r\n[ \t]", "", calendar.decode()).split("\r\n")
        # Before an at sign, an event's id has its session.
        clean = (line if line.startswith("UID:") else _folded(self.without(line)) for line in lines)
        return "\r\n".join(clean).encode()

    def _is_private(self, address: str) -> bool:
        address = html.unescape(address)
        if address.lower().startswith("http"):
            return "/join#" in address or any(map(address.startswith, self._hidden))
        return address.removeprefix("mailto:") not in self._published

    def _unlinked(self, link: re.Match[str]) -> str:
        return link[2] if self._is_private(link[1]) else link[0]

    def _replaced(self, found: re.Match[str]) -> str:
        return LEFT_OUT if self._is_private(found[0]) else found[0]


def _folded(line: str) -> str:
    """Return a line of iCalendar in pieces of at most 75 bytes. Source: RFC 5545, section 3.1."""
    pieces, size = [""], 0
    for letter in line:
        long = len(letter.encode())
        if size + long > 75:
            pieces.append("")
            size = 1  # the blank that a piece begins with
        pieces[-1] += letter
        size += long
    return "\r\n ".join(pieces)
