"""Lines that only link a work named elsewhere: ``- paper: https://…``, ``[[pdf](…)] [[code](…)]``."""

from __future__ import annotations

from collections.abc import Sequence

from studygroup.catalogue.first_import import labels, wording
from studygroup.catalogue.first_import.spans import Span, text_of
from studygroup.catalogue.first_import.work import Work
from studygroup.catalogue.items.item import Link


def add_links(work: Work, spans: Sequence[Span], label: str = "") -> None:
    """Give a work the links of a line under it (``- paper: https://…``), named by the words before them."""
    for span in spans:
        if span.url and not span.picture:
            named = labels.link_label(label or span.text) if not labels.label_form(span.text) else labels.link_label(span.text)
            if labels.label_form(span.text) is None:
                named = labels.link_label(span.text)
            if not work.url:
                work.url, work.form = span.url, named
            elif span.url != work.url:
                work.links.append(Link(named, span.url))


def prefer_paper(work: Work) -> None:
    """Make a work's link to its paper the main one, if its title had no link of its own and another came first."""
    if not work.form or labels.label_form(work.form) == "Paper":
        return
    for index, link in enumerate(work.links):
        if labels.label_form(link.label) == "Paper":
            work.links[index] = Link(work.form, work.url)
            work.url, work.form = link.url, link.label
            return


def is_resource_line(spans: Sequence[Span]) -> str | None:
    """Return the name of what a child line links (``Code``; empty if unnamed) when it only does that, else None."""
    links = [span for span in spans if span.url and not span.picture]
    if not links or any(labels.label_form(span.text) is None for span in links):
        return None
    words = wording.plain(text_of([span for span in spans if not span.url])).strip("[]() ")
    words = words if words.endswith((":", "：")) and len(links) == 1 else wording.strip_marks(words)
    if not wording.has_words(words) or (
        words.endswith((":", "：")) and len(words.split()) <= 2 and labels.label_form(links[0].text)
    ):
        return labels.label_form(links[0].text) or ""
    return labels.label_form(words)
