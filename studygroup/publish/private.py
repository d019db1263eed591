"""What no public page may hold, whoever typed it where: e-mail addresses and personal links to the members' page."""

from __future__ import annotations

import re

from studygroup.settings import Settings

LEFT_OUT = "[address left out]"

_EMAIL = r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}\b"
_PERSONAL = r"https?://[^\s\"<>]*/join#[^\s\"<>]*"
_ANCHOR = re.compile(r'<a href="(mailto:[^"]*|https?://[^"]*/join#[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
# An at sign within another address is no e-mail address: many sites write @somebody or package@version.
_FOUND = re.compile(rf"{_PERSONAL}|https?://[^\s\"<>]+|(?:mailto:)?{_EMAIL}")

# No HTML and no XML may hold these. Source: XML 1.0, section 2.2.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Private:
    """Takes private addresses out of pages; those that the group's own settings publish stay.

    >>> Private({"club@example.org"}).without("Ask bo@example.org or club@example.org")
    'Ask [address left out] or club@example.org'
    """

    def __init__(self, published: set[str]) -> None:
        self._published = published

    @classmethod
    def of(cls, settings: Settings) -> Private:
        """Return the one for a group: what stands in the settings' own texts is meant for everybody."""
        texts = (settings.how_to_join, settings.description, settings.text_channel, settings.voice_channel)
        return cls({found for text in texts for found in re.findall(_EMAIL, text)})

    def without(self, text: str) -> str:
        """Return HTML, XML or plain text without private addresses, and without characters that are none."""
        text = _NO_TEXT.sub("�", text)
        if "@" not in text and "/join#" not in text and "mailto:" not in text:
            return text
        return _FOUND.sub(self._replaced, _ANCHOR.sub(self._unlinked, text))

    def without_in_calendar(self, calendar: bytes) -> bytes:
        """Return an iCalendar file without them: its lines are joined, cleaned, and folded again."""
        lines = re.sub(r"\r\n[ \t]", "", calendar.decode()).split("\r\n")
        # Before an at sign, an event's id has its session.
        clean = (line if line.startswith("UID:") else _folded(self.without(line)) for line in lines)
        return "\r\n".join(clean).encode()

    def _unlinked(self, link: re.Match[str]) -> str:
        return link[0] if link[1].removeprefix("mailto:") in self._published else link[2]

    def _replaced(self, found: re.Match[str]) -> str:
        address = found[0]
        if address.lower().startswith("http"):
            return LEFT_OUT if "/join#" in address else address
        return address if address.removeprefix("mailto:") in self._published else LEFT_OUT


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
