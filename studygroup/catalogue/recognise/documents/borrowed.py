"""Rows that carry another row's link: the same address twice in one table or list, under titles that say otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from studygroup.catalogue.items.address import address_key
from studygroup.catalogue.items.item import arxiv_id
from studygroup.catalogue.recognise.lines.work import FoundWork

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_a-zA-Z]+")
# arxiv_id() would be exact, and slower than all else here.
_ARXIV_NUMBER = re.compile(r"//(?:[a-z]+\.)?arxiv\.org/[a-z]+/(\d{4}\.\d{4,5})")
_PREFIX = 5


def find_borrowed(works: Sequence[FoundWork]) -> dict[int, FoundWork]:
    """Return, by the ``id`` of each work that carries another's link, the work whose link it is.

    Whose it is, the address decides: it holds words of one title and none of the other's. Where it says nothing, no one
    is accused.
    """
    groups: dict[tuple[int, str], list[FoundWork]] = {}
    for work in works:
        if key := address_key(work.url):
            groups.setdefault((work.group, key), []).append(work)
    found: dict[int, FoundWork] = {}
    for same in groups.values():
        if 1 < len(same) <= 20:
            found |= _judge(same)
    return found | _far_apart([work for work in works if id(work) not in found])


def _far_apart(works: Sequence[FoundWork]) -> dict[int, FoundWork]:
    """Return the works of another section whose paper an earlier one has under a whole other title.

    Only titles of several words count: a nickname (*ResTree*) shares no word with its paper's title.
    """
    papers: dict[str, list[FoundWork]] = {}
    for work in works:
        if paper := _ARXIV_NUMBER.search(work.url):
            papers.setdefault(paper[1], []).append(work)
    return {
        id(work): same[0]
        for same in papers.values()
        if len(same) > 1
        for work in same[1:20]
        if work.group != same[0].group and _are_strangers(work, same[0])
    }


def _are_strangers(one: FoundWork, other: FoundWork) -> bool:
    return are_strangers(one.title, other.title)


def are_strangers(one: str, other: str) -> bool:
    """Return whether two titles of several words have none in common, or of many words hardly one.

    A title in another script may be a translation.

    >>> are_strangers("Trees for Everyone", "Pruning by Hand"), are_strangers("ResTree", "Pruning by Hand")
    (True, False)
    >>> are_strangers("Learning to See Trees from Above", "Growing Large Orchards by Learning")
    True
    """
    first, second = _long_words(one), _long_words(other)
    fewest = min(len(first), len(second))
    if fewest < 2 or one.isascii() != other.isascii():
        return False
    short, long = sorted(map(_squashed, (one, other)), key=len)
    return not (len(short) >= 4 and short in long) and len(first & second) * 3 <= (fewest if fewest > 3 else 0)


def _long_words(title: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(title) if len(word) >= 4}


def _judge(works: Sequence[FoundWork]) -> dict[int, FoundWork]:
    scores = [_likeness(work) for work in works]
    best = max(range(len(works)), key=lambda index: scores[index])
    owner = works[best]
    # In a table the link stands apart from its title, and copying a row is easy; a bullet's link is the title itself.
    if scores[best] < (1 if owner.in_table else 3):
        if arxiv_id(owner.url):
            return {id(work): works[0] for work in works[1:] if _are_strangers(work, works[0])}
        return {}
    return {id(work): owner for index, work in enumerate(works) if not scores[index] and not _share_words(work, owner)}


def _likeness(work: FoundWork) -> int:
    """Return how much of a title is in its address: 3 all of it, 1 a word or its beginning, 0 nothing."""
    parts = urlsplit(work.url)
    place = unquote(f"{parts.netloc}{parts.path}")
    title = _squashed(work.title)
    if len(title) >= 3 and title in _squashed(place):
        return 3
    words = [word.lower() for word in _WORD.findall(place)]
    beginnings = {word[:_PREFIX] for word in words if len(word) >= _PREFIX} | {word for word in words if len(word) == 4}
    said = _WORD.findall(work.title)
    return int(any(word.lower()[:_PREFIX] in beginnings for word in said if len(word) >= 4))


def _share_words(one: FoundWork, other: FoundWork) -> bool:
    """Return whether two titles have a word of substance in common, or one is in the other."""
    short, long = sorted((_squashed(work.title) for work in (one, other)), key=len)
    if len(short) >= 4 and short in long:
        return True
    return bool(_long_words(one.title) & _long_words(other.title))


def _squashed(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
