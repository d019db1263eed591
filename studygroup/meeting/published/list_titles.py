"""What pages call a list: the heading above all of its entries, or its short name in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from studygroup.meeting.before.agenda import shared_length

_ABBREVIATIONS = {"ai", "cs", "cv", "dl", "gpt", "hci", "llm", "llms", "ml", "nlp", "rag", "rl", "rlhf"}


def list_titles(lists: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return the titles of lists by their names; two that would have the same one are called by their names instead."""
    found = {name: _title(name, table["section"].unique()) for name, table in lists.items()}
    called = [*found.values()]
    return {name: title if called.count(title) == 1 else to_words(name) for name, title in found.items()}


def to_words(name: str) -> str:
    """Return a list's short name in words.

    >>> to_words("modern-llm-study-group")
    'Modern LLM study group'
    """
    words = [word.upper() if word in _ABBREVIATIONS else word for word in name.replace("_", "-").split("-") if word]
    return " ".join(words)[:1].upper() + " ".join(words)[1:]


def _title(name: str, sections: Iterable[str]) -> str:
    """Return the first of the headings that all entries of a list share, where each has another one below; else its name in words."""
    paths = [tuple(part for part in section.split(" > ") if part) for section in sections]
    return paths[0][0] if paths and shared_length(paths) else to_words(name)
