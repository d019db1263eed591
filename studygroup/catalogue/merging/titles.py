"""Titles of works: what equal ones share, which of two is better, and whether two can be one work's."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_PARENTHESES = re.compile(r"\s*[(\[（]([^()\[\]（）]*)[)\]）]\s*$")
_PART = re.compile(
    r"(?:.*\b(?:parts?|vol(?:ume)?|version|v|ed(?:ition)?|chapter|lecture|lesson|week|day|no|episode)\b\.?.*|[ivx]+|[\d.]+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_ROMAN = re.compile(r"(?:i{1,3}|iv|vi{0,3}|ix|x)")
_OWNER = re.compile(r"^\s*(?:[^\W_][\w.-]*\s+)?[^\W_][\w.-]*['’]s\s+(?:the\s+)?|^the\s+", re.IGNORECASE)
_FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "for",
        "and",
        "in",
        "on",
        "with",
        "to",
        "from",
        "by",
        "is",
        "are",
        "as",
        "at",
        "or",
        "via",
        "using",
        "how",
        "what",
        "why",
    ]
)

# Of a hundred: rapidfuzz' ratio of the words in order. Below it, titles of one field resemble each other by chance.
_ALIKE = 90
_GOES_ON_ALIKE = 60

_BEGINNING = 5


def title_key(title: str) -> str:
    """Return what equal titles share: case, punctuation, blanks, hyphens, a leading article and a nickname at the end folded.

    >>> title_key("Language Models are Few-Shot Learners (GPT 3.0)") == title_key("language models are few shot learners")
    True
    >>> title_key("Attention (Part 1)") == title_key("Attention (Part 2)")
    False
    """
    return _key(title)


@lru_cache(maxsize=262144)
def _key(title: str) -> str:
    folded = unicodedata.normalize("NFKC", without_nickname(title)).casefold()
    words = _WORD.findall(folded)
    if len(words) > 1 and words[0] in {"the", "a", "an"}:
        words = words[1:]
    # A title of marks alone (C++, 🤗) is its own key.
    return "".join(words) or folded


def without_nickname(title: str) -> str:
    """Return a title without what is in parentheses at its end, unless that tells one part from another."""
    found = _PARENTHESES.search(title[-200:]) if title.endswith((")", "]", "）")) else None
    if not found or _PART.fullmatch(found[1].strip()):
        return title
    return title[: len(title) - len(found[0])] or title


def better_title(first: str, later: str) -> str:
    """Return the title that an item of both gets: the first, unless it is a nickname or only the beginning of the later one.

    >>> better_title("LoRA", "LoRA: Low-Rank Adaptation of Large Language Models")
    'LoRA: Low-Rank Adaptation of Large Language Models'
    >>> better_title("Few-Shot Learners (GPT 3.0)", "Few-Shot Learners")
    'Few-Shot Learners'
    >>> better_title("Few-Shot Learners", "few-shot learners (GPT 3.0)")
    'Few-Shot Learners'
    """
    plain, other = without_nickname(first), without_nickname(later)
    if _key(plain) == _key(other):
        return later if plain != first and other == later else first
    begins = other.casefold().startswith(plain.casefold()) and not other[len(plain) : len(plain) + 1].isalnum()
    return later if begins and len(other) > len(plain) and not _numbers_differ(first, later) else first


def titles_agree(one: str, other: str) -> bool:
    """Return whether two titles of one address can be one work's: one holds the other, or they hardly differ.

    >>> titles_agree("LLM Bootcamp", 'Full Stack Deep Learning\\'s "LLM BootCamp"'), titles_agree("Vicuna", "FastChat")
    (True, False)
    >>> titles_agree("Textbooks Are All You Need", "Textbooks Are All You Need II")
    False
    """
    if _numbers_differ(one, other):
        return False
    return _key(one) == _key(other) or _holds(_words(one), _words(other)) or _ratio(one, other) >= _ALIKE


def titles_alike(one: str, other: str) -> bool:
    """Return whether two titles are so alike that the works are probably one, whatever their addresses."""
    short, long = sorted((_words_without_owner(one), _words_without_owner(other)), key=len)
    if len(short) < 3 or not _begin_alike(short[0], long[0]) or _numbers_differ(one, other) or _key(one) == _key(other):
        return False
    if short == long or len(short) == 3:
        return short == long
    if len(short) >= 5 and len(long) - len(short) <= 2 and _holds(short, long):
        return True
    return _ratio(one, other) >= _ALIKE or _named_alike(one, other)


def neighbours(title: str) -> list[tuple[str, str, str]]:
    """Return the pairs of neighbouring words of substance, each with the beginning of the title's first word.

    Titles whose first words begin differently are never alike (``_begin_alike``), so they need not be compared.
    """
    core = _words_without_owner(title)
    words = [word for word in core if word not in _FUNCTION_WORDS]
    return [(core[0][:_BEGINNING], one, other) for one, other in itertools.pairwise(words)]


@lru_cache(maxsize=262144)
def _words(title: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", without_nickname(title)).casefold()))


@lru_cache(maxsize=262144)
def _words_without_owner(title: str) -> tuple[str, ...]:
    """Return a title's words without whose it is: *Karpathy's The State of GPT*."""
    return _words(_OWNER.sub("", title))


def _numbers_differ(one: str, other: str) -> bool:
    """Return whether the titles tell versions or parts apart: their numbers, also Roman ones, are not the same."""
    return _numerals(one) != _numerals(other)


@lru_cache(maxsize=262144)
def _numerals(title: str) -> frozenset[str]:
    words = _words(title)
    roman = {word for word in words[1:] if _ROMAN.fullmatch(word) and word not in {"i", "x"}}
    return frozenset((*_NUMBER.findall(without_nickname(title)), *roman))


def _begin_alike(one: str, other: str) -> bool:
    """Return whether two first words are one but for an ending; *Training …* and *Aligning …* are not, TRL and TRLX neither."""
    return one == other or (min(len(one), len(other)) >= _BEGINNING and (one.startswith(other) or other.startswith(one)))


def _named_alike(one: str, other: str) -> bool:
    """Return whether two titles bear one name before a colon and go on alike."""
    (name, colon, rest), (known, also, more) = one.partition(":"), other.partition(":")
    return bool(colon and also) and len(_key(name)) >= 4 and _key(name) == _key(known) and _ratio(rest, more) >= _GOES_ON_ALIKE


def _holds(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether the shorter title's words stand together in the longer one."""
    short, long = sorted((one, other), key=len)
    if not short or len(short) > 60 or len(long) > 200:
        return False
    return any(tuple(long[start : start + len(short)]) == tuple(short) for start in range(len(long) - len(short) + 1))


def _ratio(one: str, other: str) -> float:
    from rapidfuzz import fuzz

    return float(fuzz.ratio(" ".join(_words(one)), " ".join(_words(other))))
