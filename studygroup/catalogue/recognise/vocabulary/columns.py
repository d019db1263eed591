"""What a column, a key or a labelled line holds, told from its name: one table for every format and language."""

from __future__ import annotations

import re
from functools import lru_cache

from studygroup.catalogue.items.columns import DESCRIBED
from studygroup.catalogue.recognise.vocabulary.tables import finds_text, meanings
from studygroup.catalogue.recognise.vocabulary.words import name_key, plain, strip_marks

# The role of a column by its head. The order decides: "release date" is no date, "paper title" no paper.
_ROLE_HEADS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"(?:{pattern})", re.IGNORECASE))
    for role, pattern in (
        ("number", r"^(?:#|№|no\.?|nr\.?|num(?:ber)?|index|id|s\.? ?no\.?|week|序号|编号)$"),
        ("status", r"^(?:read or not|status|progress|done\??|read\??|finished|state|reading status)$"),
        *((name, column.head) for name, column in DESCRIBED.items() if column.head),
        ("title", r"^(?:(?:paper|article|book|course|video|project|work) )?(?:title|name)s?$|^标题$|^名称$|^题目$"),
        ("authors", r"^(?:authors?|by|speakers?|instructors?|lecturers?|creators?|written by|作者)(?:\(s\))?$"),
        (
            "organisation",
            r"^(?:org(?:ani[sz]ation)?s?|institut\w+|affiliations?|company|companies|teams?|maker|university|机构|单位)$",
        ),
        (
            "venue",
            r"^(?:venues?|conferences?|journals?|published in|publisher|publication)(?:\s*(?:or|and|/|&)\s*(?:venue|conference|journal)s?)?$|会议|期刊",
        ),
        ("year", r"^(?:years?|published|publication (?:date|year)|年份|发表时间|发表日期)$"),
        ("date", r"\bdates?\b|^(?:time|when|day|month|sessions?|日期|时间)$"),
        (
            "presenter",
            r"\bpresenters?\b|^person\b|^(?:who|host(?:ed by)?|lead|leader|led by|discussant|moderator|主讲人?|分享人)$",
        ),
        (
            "about",
            r"\b(?:descriptions?|abstract|summary|about|overview|tl;?dr|introduction|highlights?)\b|^(?:notes?|comments?|remarks?|details)$|简介|描述|摘要|说明",
        ),
        ("work", r"\b(?:papers?|blogs?|articles?|posts?|publications?|readings?)\b|论文"),
        ("link", r"\b(?:links?|url|resources?|repositor(?:y|ies)|repos?|websites?|where|homepage)\b|链接|地址"),
    )
)
# "标题 (Title)": a head and its translation.
_IN_TWO_LANGUAGES = re.compile(r"([^()（）]{1,40}?)\s*[(（]([^()（）]{1,40})[)）]")

ROLE_NAMES = meanings("roles")
"""The role that a name tells, by ``name_key``; an empty one for names that tell none though their words seem to."""

KIND_NAMES = meanings("kinds")
"""The kind that a word for it tells, by ``name_key``."""

_PLACEHOLDER = finds_text("texts", "placeholders")


def is_placeholder(title: str) -> bool:
    """Return whether a title only says that there is nothing yet, or no meeting."""
    return bool(_PLACEHOLDER.fullmatch(plain(title).removesuffix(".")))


@lru_cache(maxsize=4096)
def role_of(head: str) -> str:
    """Return the role that a column's head tells, or an empty string."""
    head = strip_marks(head.strip(" *:_`"))
    forms = [head]
    if found := _IN_TWO_LANGUAGES.fullmatch(head):
        forms += [found[1], found[2]]
    return next((role for form in forms for role, pattern in _ROLE_HEADS if pattern.search(form)), "")


@lru_cache(maxsize=4096)
def role_of_name(name: str) -> str:
    """Return what the name of a record's field says that it holds, or an empty string.

    >>> role_of_name("Autor(en)"), role_of_name("publication_year"), role_of_name("Release date"), role_of_name("Binding")
    ('authors', 'year', 'released', '')
    """
    known = ROLE_NAMES.get(name_key(name))
    if known is not None:
        return known
    found = role_of(name[:200])
    return "url" if found == "link" else found
