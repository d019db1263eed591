"""What a document repeats: a short title that recurs under many works with ever another address is a label, not a title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from studygroup.catalogue.first_import.work import Draft
from studygroup.catalogue.items.item import Link

# So often a title has to recur, each time with another address.
_FEWEST = 8
_LONGEST_WORDS = 2


def attach_recurring(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts without those that are only a link of the one before them (*GitHub*, *PyPi*); their links stand there.

    A label needs a work with a title of its own above it, on whose lines it stands: one that stands alone stays an entry.
    """
    addresses = {(draft.work.title.casefold(), draft.work.url) for draft in drafts if draft.work.url}
    often = Counter(title for title, _ in addresses)
    labels = {title for title, count in often.items() if count >= _FEWEST and len(title.split()) <= _LONGEST_WORDS}
    if not labels or sum(often[title] for title in labels) * 10 > len(addresses) * 9:
        return [*drafts]
    kept: list[Draft] = []
    for draft in drafts:
        above = kept[-1] if kept else None
        if draft.work.title.casefold() in labels and above is not None and above.section == draft.section:
            above.work.links.append(Link(draft.work.title, draft.work.url))
            above.work.links += draft.work.links
        else:
            kept.append(draft)
    return kept
