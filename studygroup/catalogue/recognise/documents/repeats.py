"""What a document repeats: a short title that recurs under many works with ever another address is a label, not a title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from studygroup.catalogue.items.item import Link
from studygroup.catalogue.recognise.lines.work import FoundWork

_NAME_BEHIND = re.compile(r"(?P<title>.{8,}\S)\s*\((?P<name>[^\W\d_a-z][^\W\d_A-Z]+(?: [^\W\d_a-z][^\W\d_A-Z]+)?)\)$")
# So often a title has to recur, each time with another address.
_FEWEST = 8
_LONGEST_WORDS = 2
# What speaks for a line of which only every third names a work.
_HARDLY = -0.2


def attach_recurring(works: Sequence[FoundWork]) -> list[FoundWork]:
    """Return the works without those that are only a link of the one before them (*GitHub*, *PyPi*); their links are there.

    A label needs a work with a title of its own above it, on whose lines it is: one that stands alone stays an entry.
    """
    addresses = {(work.title.casefold(), work.url) for work in works if work.url}
    often = Counter(title for title, _ in addresses)
    labels = {title for title, count in often.items() if count >= _FEWEST and len(title.split()) <= _LONGEST_WORDS}
    if not labels or sum(often[title] for title in labels) * 10 > len(addresses) * 9:
        return [*works]
    kept: list[FoundWork] = []
    for work in works:
        above = kept[-1] if kept else None
        if work.title.casefold() in labels and above is not None and above.section == work.section:
            above.links.append(Link(work.title, work.url))
            above.links += work.links
        else:
            kept.append(work)
    return kept


def note_names_behind(works: Sequence[FoundWork]) -> None:
    """Take the name in brackets behind most titles (``Growing Oaks (Ana)``) for a note where one of them recurs: who presents it."""
    named = [(work, found) for work in works if (found := _NAME_BEHIND.match(work.title))]
    names = Counter(found["name"] for _, found in named)
    if len(named) * 3 >= len(works) * 2 and len(names) < len(named):
        for work, found in named:
            work.title = found["title"]
            work.details.setdefault("note", found["name"])


def weigh(works: Sequence[FoundWork]) -> None:
    """Add to each work's own evidence what is known of it, and how many works of the document have its shape.

    The shape is a weak prior: it never outweighs a clear line.
    """
    shapes = Counter(map(_shape, works))
    for work in works:
        told = sum((bool(work.authors), bool(work.year), bool(work.details.get("venue")), bool(work.columns)))
        work.sure += 0.5 * told + min(len(work.title.split()), 4) * 0.25 - (0.0 if work.url else 1.0)
        work.sure += shapes[_shape(work)] / len(works) - 0.5


def likely(works: Sequence[FoundWork]) -> list[FoundWork]:
    """Return the works without lines that hardly name one: unlinked, with nothing that proves it, where nearly all others are linked.

    They are among what was left out, where a click makes an entry of each. A numbered line between works is a step of the list, link or not.
    """
    linked = sum(bool(work.url) for work in works)
    if linked * 5 < len(works) * 4:
        return [*works]
    there = Counter(work.group for work in works if work.number)
    steps = Counter(work.group for work in works if work.number and work.url)
    return [
        work for work in works if work.url or work.sure > _HARDLY or (work.number and steps[work.group] * 2 > there[work.group])
    ]


def _shape(work: FoundWork) -> tuple[bool, ...]:
    """Return which parts a work has."""
    return bool(work.url), bool(work.authors), bool(work.links), bool(work.number), work.in_table
