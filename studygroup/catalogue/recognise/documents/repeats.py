"""What a document repeats: a short title that recurs under many works with ever another address is a label, not a title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from studygroup.catalogue.items.item import Link
from studygroup.catalogue.recognise.lines.work import FoundWork

# So often a title has to recur, each time with another address.
_FEWEST = 8
_LONGEST_WORDS = 2


def attach_recurring(works: Sequence[FoundWork]) -> list[FoundWork]:
    """Return the works without those that are only a link of the one before them (*GitHub*, *PyPi*); their links stand there.

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
