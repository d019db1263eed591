"""Names in people's texts: found as whole words, in any case and with any blanks between their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from studygroup.text.text import comparable

# Scripts that set no blanks between words: there each letter is a word of its own, so that a name is found within a line.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_SHORTEST = 3


class NameFinder:
    """Finds names in texts.

    Parameters
    ----------
    is_name
        Whether a text, as ``folded`` returns it, is one of the names.
    longest
        How many words the longest name has.
    """

    def __init__(self, is_name: Callable[[str], bool], longest: int) -> None:
        self._is_name = is_name
        self._longest = longest

    @classmethod
    def of(cls, names: Iterable[str]) -> NameFinder:
        """Return what finds these names; those too short to be told from other words are left out."""
        wanted = {name: words for name, words in map(folded, names) if words}
        return cls(wanted.__contains__, max(wanted.values(), default=0))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where names begin and end, from left to right, of two at one place the longer."""
        words = [found.span() for found in _WORD.finditer(text)] if self._longest else []
        at = 0
        while at < len(words):
            start = words[at][0]
            last = min(at + self._longest, len(words)) - 1
            end = next((other for other in range(last, at - 1, -1) if self._is_at(text[start : words[other][1]])), None)
            if end is not None:
                yield start, words[end][1]
            at = at + 1 if end is None else end + 1

    def _is_at(self, words: str) -> bool:
        return self._is_name(comparable(words))

    def is_in(self, text: str) -> bool:
        """Return whether a name is in a text."""
        return next(self.spans(text), None) is not None

    def replaced(self, text: str, instead: str) -> str:
        """Return a text with something else in place of the names.

        >>> NameFinder.of(["Zoë King"]).replaced("zoë  king's idea, not Zoë Kingsley's", "X")
        "X's idea, not Zoë Kingsley's"
        """
        pieces: list[str] = []
        at = 0
        for start, end in self.spans(text):
            pieces += [text[at:start], instead]
            at = end
        return "".join([*pieces, text[at:]])


def folded(name: str) -> tuple[str, int]:
    """Return a name as it is compared, and how many words it has; none where it is too short to be looked for.

    >>> folded("Zoë  O'Brien-李"), folded("Bo")
    (("zoë o'brien-李", 4), ('bo', 0))
    """
    words = [found.span() for found in _WORD.finditer(name)]
    if not words:
        return "", 0
    plain = comparable(name[words[0][0] : words[-1][1]])
    return plain, len(words) if len(plain) >= _SHORTEST or len(words) > 1 else 0
