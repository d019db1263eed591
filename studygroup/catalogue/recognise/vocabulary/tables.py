"""The tables of ``words.toml``: what a word tells, and patterns that find any word of a table."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

_TABLES: dict[str, dict[str, str]] = tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
# Scripts that are written without blanks between words.
_FIRST_WITHOUT_BLANKS = "\u2e80"


def words(table: str, key: str) -> list[str]:
    """Return the words under a key of a table."""
    return (
        _TABLES[table][key].replace("\n", "|").split("|") if "(" not in _TABLES[table][key] else _TABLES[table][key].split("\n")
    )


def meanings(table: str) -> dict[str, str]:
    """Return what each word of a table tells: the key under which it stands, or an empty text for ``none``."""
    return {word: "" if key == "none" else key for key in _TABLES[table] for word in words(table, key)}


def finds_text(table: str, key: str) -> re.Pattern[str]:
    """Return a pattern for any of the texts under a key; it says nothing of what is around them."""
    return re.compile(f"(?:{'|'.join(words(table, key))})", re.IGNORECASE)


def finds_word(table: str, key: str) -> re.Pattern[str]:
    """Return a pattern for any of the words under a key, each as a whole word."""
    both = "|".join(words(table, key))
    apart = [word for word in both.split("|") if word[0] >= _FIRST_WITHOUT_BLANKS]
    return re.compile("|".join([rf"\b(?:{both})\b", *apart]), re.IGNORECASE)


def finds_words(table: str) -> dict[str, re.Pattern[str]]:
    """Return a pattern for the words under each key of a table, in its order."""
    return {key: finds_word(table, key) for key in _TABLES[table]}
