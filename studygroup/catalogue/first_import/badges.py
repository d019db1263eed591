"""Badges: linked pictures, read by what they say for those who cannot see them and by where they lead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studygroup.catalogue.first_import import labels
from studygroup.catalogue.first_import.spans import Span

_PLACES = (
    (re.compile(r"//(?:www\.)?(?:arxiv|openreview|aclanthology|doi)\.(?:org|net)/", re.IGNORECASE), "Paper"),
    (re.compile(r"//colab\.research\.google\.com/", re.IGNORECASE), "Notebook"),
    (re.compile(r"//(?:www\.)?youtu(?:be\.com|\.be)/", re.IGNORECASE), "Video"),
    (re.compile(r"//huggingface\.co/[^/]+/[^/]+", re.IGNORECASE), "Model"),
    (re.compile(r"//(?:github|gitlab)\.com/[^/]+/[^/]+/?$", re.IGNORECASE), "Code"),
    (re.compile(r"//[\w-]+\.github\.io/", re.IGNORECASE), "Project"),
)
# Pictures about the list itself: they lead to its own pages.
_OWN = re.compile(
    r"licen[cs]e|\bprs?\b|contribut|build|workflow|visitor|awesome|commit|issue|version|sponsor|status|hits", re.I
)


def read_badges(spans: Sequence[Span]) -> list[Span]:
    """Return the spans with every linked picture that leads to a form of a work as a link named by that form."""
    if not any(span.picture for span in spans):
        return list(spans)
    return [_named(span) if span.picture and span.url else span for span in spans]


def _named(span: Span) -> Span:
    if _OWN.search(span.alt):
        return span
    form = labels.label_form(span.alt) or next((name for place, name in _PLACES if place.search(span.url)), "")
    return span._replace(text=form, picture=False) if form else span
