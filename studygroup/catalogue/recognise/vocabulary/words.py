"""Text as a person reads it: on one line, without decoration; and a title without what stands around it."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from studygroup.catalogue.recognise.vocabulary.tables import meanings

HOST_NOTES = meanings("notes")
"""What is in parentheses behind a title only to say where or as what it is found, and the kind that it tells."""

_LAST_BRACKETS = re.compile(r"\s*[(\[（]([^()\[\]（）]{1,60})[)\]）]$")
_MONTH_AND_YEAR = re.compile(r"(?:[a-z]{3,9}\.? )?((?:19[5-9]|20[0-4])\d)(?:\.\d{1,2})?", re.IGNORECASE)
_BRACED_LETTERS = re.compile(r"\{(\w{1,20})\}")
_WORD = re.compile(r"\w+")
QUOTES = {'"': '"', "“": "”", "”": "”", "„": "“", "«": "»", "‘": "’", "'": "'", "《": "》", "「": "」", "『": "』"}
"""Quotation marks, and what closes each."""

_LONGEST_TITLE = 500


class Title(NamedTuple):
    """A title without what stood around it, and what that told: a kind, a year."""

    text: str
    kind: str = ""
    year: int | None = None


def plain(text: str) -> str:
    """Return text on one line, without invisible characters."""
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").replace("\u00ad", "").split())


def has_words(text: str) -> bool:
    """Return whether there is a letter or a digit in the text."""
    return any(character.isalnum() for character in text)


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
    if character in " \t\n-–—|•·*>→:,;~=\u200d\ufe0f\ufffd\ufffc":
        return True
    return not character.isascii() and unicodedata.category(character) in {"So", "Sk", "Cf"}


def name_key(name: str) -> str:
    """Return a name as it is looked up: case, marks and ``_`` folded.

    >>> name_key("Publication_Year"), name_key("*URL:*"), name_key("Autor(en)")
    ('publication year', 'url', 'autor en')
    """
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", name[:200]).casefold().replace("_", " ")))


def clean_title(text: str) -> Title:
    """Return a title as a person would write it: no host note, no year in parentheses, no quotes or emoji around it.

    >>> clean_title("Generative Interfaces (YouTube)")
    Title(text='Generative Interfaces', kind='video', year=None)
    >>> clean_title('"Attention Is All You Need" (2017)'), clean_title("Language Models are Few-Shot Learners (GPT 3.0)").text
    (Title(text='Attention Is All You Need', kind='', year=2017), 'Language Models are Few-Shot Learners (GPT 3.0)')
    """
    text = plain(text)
    title, kind, year = strip_marks(_without_braces(text) if "{" in text else text), "", None
    if len(title) > _LONGEST_TITLE:
        return Title(title)
    while found := _LAST_BRACKETS.search(title):
        note = found[1].strip()
        if not has_words(title[: found.start()]):
            break
        if dated := _MONTH_AND_YEAR.fullmatch(note):
            year = int(dated[1])
        elif note.lower() in HOST_NOTES:
            kind = kind or HOST_NOTES[note.lower()]
        else:
            break
        title = title[: found.start()].rstrip()
    if title[:2] == "[[" and title[-2:] == "]]":
        # A wiki's link to a page of its own.
        title = title[2:-2].rpartition("|")[2].strip()
    if title[:1] == "[" and title[-1:] == "]" and title.count("[") == 1:
        title = title[1:-1].strip()
    return Title(unquoted(title), kind, year)


def _without_braces(text: str) -> str:
    """Return text without BibTeX's braces; those between dollar signs belong to a formula."""
    pieces = text.split("$")
    formulas = len(pieces) - 1
    return "$".join(
        piece if place % 2 and place < formulas else _BRACED_LETTERS.sub(r"\1", piece) for place, piece in enumerate(pieces)
    )


def unquoted(title: str) -> str:
    """Return a title without quotes around the whole, and without a straight quote that has no partner."""
    if title.count('"') % 2:
        if title[0] == '"':
            title = title[1:].lstrip()
        elif title[-1] == '"':
            title = title[:-1].rstrip()
    if len(title) > 2 and title[-1] == QUOTES.get(title[0]):
        inside = title[1:-1].strip()
        if title[0] not in inside and title[-1] not in inside:
            return inside
    return title


def unbracketed(text: str) -> str:
    """Return text without brackets at its ends that have no partner, and without a pair around the whole.

    >>> unbracketed("[a note]"), unbracketed("(and more"), unbracketed("f(x)")
    ('a note', 'and more', 'f(x)')
    """
    if text[:1] == "[" and text[-1:] == "]" and "[" not in text[1:] and "]" not in text[:-1]:
        return text[1:-1].strip()
    for mark, partner in ("[]", "()"):
        if text.count(mark) < text.count(partner):
            text = text.rstrip(f" ,;|{partner}") if text.endswith(partner) else text.lstrip(f" ,;|{partner}")
        elif text.count(mark) > text.count(partner):
            text = text.lstrip(f" ,;|{mark}") if text.startswith(mark) else text.rstrip(f" ,;|{mark}")
    return text
