"""Text as a person reads it: on one line, without decoration at its ends."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Return text on one line, without invisible characters."""
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").replace("\u00ad", "").split())


def strip_marks(text: str) -> str:
    """Return text without emoji, bullets and separators at its ends.

    >>> strip_marks("🔥 - GPT in 60 Lines :")
    'GPT in 60 Lines'
    """
    start, end = 0, len(text)
    while start < end and _is_mark(text[start]):
        start += 1
    while end > start and (_is_mark(text[end - 1]) or text[end - 1] in ":,;"):
        end -= 1
    return text[start:end]


def _is_mark(character: str) -> bool:
    if character in " \t\n-–—|•·*>→:,;~=\u200d\ufe0f\ufffd":
        return True
    return not character.isascii() and unicodedata.category(character) in {"So", "Sk", "Cf"}


def has_words(text: str) -> bool:
    """Return whether there is a letter or a digit in the text."""
    return any(character.isalnum() for character in text)
