"""Works as named fields: ``Title: …``, ``Authors: …``, ``Link: …`` on lines or bullets of their own, perhaps under a heading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studygroup.catalogue.first_import import citation, labels, wording
from studygroup.catalogue.first_import.bullets import Bullet
from studygroup.catalogue.first_import.resource_lines import add_links, is_resource_line
from studygroup.catalogue.first_import.rows import is_placeholder, role_of
from studygroup.catalogue.first_import.spans import Span, text_of
from studygroup.catalogue.first_import.tails import take_place_behind
from studygroup.catalogue.first_import.work import Work

_FIELD = re.compile(r"^[\s*_`-]*(?P<head>[^\s:：*_`][^:：*_`]{0,28}?)[\s*_`]*[:：][\s*_`]*(?P<value>.*)$", re.DOTALL)
_KNOWN = frozenset(
    {"title", "authors", "year", "venue", "link", "work", "organisation", "about", "importance", "date", "licence"}
)
_KINDS = frozenset({"paper", "article", "video", "course", "tutorial", "book", "dataset", "tool", "framework", "model"})
_KIND_HEADS = frozenset({"type", "kind", "category"})


def field_of(line: Sequence[Span]) -> tuple[str, str] | None:
    """Return the name and the value of a line that is a field, or None."""
    found = _FIELD.match(text_of([span for span in line if not span.url]))
    if not found or len(found["head"].split()) > 3 or found["head"].lower() in {"http", "https"}:
        return None
    return wording.strip_marks(found["head"]), wording.plain(found["value"])


def read_fields(lines: Sequence[Sequence[Span]], title: str = "") -> Work | None:
    """Return the work that lines describe field by field, or None if they do not.

    ``title`` is what stands above them; else one of the fields must be the title, and another say who, when, or where it is.
    """
    fields = [field_of(line) for line in lines]
    named = [(field, line) for field, line in zip(fields, lines, strict=True) if field is not None]
    roles = {_role(head) for (head, _), _ in named}
    if len(named) * 4 < len(lines) * 3 or len(roles & _KNOWN) < 2 or not roles & _KNOWN - {"link", "work"}:
        return None
    if not title and ("title" not in roles or not roles & {"authors", "year", "venue", "link"}):
        return None
    if title and not roles & {"authors", "link"}:
        return None
    work = Work(title, "")
    for (head, value), line in named:
        _take(work, head, value, line)
    return work if wording.has_words(work.title) else None


def take_field(work: Work, line: Sequence[Span]) -> bool:
    """Give a work what a line says if it is a field under a name in bold (``**Authors:** …``); return whether it is one."""
    field = field_of(line) if line and line[0].bold else None
    if field is None:
        return False
    _take(work, *field, line)
    return True


def take_fields(work: Work, bullets: Sequence[Bullet]) -> bool:
    """Give a work what the list under its title says, and return True, if that names who or when and its links only link.

    Other items, with what stands under them, are notes on the work.
    """
    links = [bullet for bullet in bullets if bullet.linked]
    fields = [(field, bullet.spans) for bullet in bullets if not bullet.linked and (field := field_of(bullet.spans))]
    if not links or not {_role(head) for (head, _), _ in fields} & {"authors", "year", "venue"}:
        return False
    if any(is_resource_line(bullet.spans) is None for bullet in links) or any(map(_links_below, bullets)):
        return False
    for (head, value), line in fields:
        _take(work, head, value, line)
    for bullet in links:
        add_links(work, bullet.spans, is_resource_line(bullet.spans) or "")
    return True


def _links_below(bullet: Bullet) -> bool:
    return any(child.linked or _links_below(child) for child in bullet.children)


def _role(head: str) -> str:
    return role_of(head) or ("link" if labels.label_form(head) is not None else "")


def _take(work: Work, head: str, value: str, line: Sequence[Span]) -> None:
    """Give a work what one field says."""
    role = _role(head)
    linked = [span for span in line if span.url and not span.picture]
    if role == "title" and not work.title:
        work.title = wording.clean_title(value or text_of(linked)).text
        if linked:
            work.url = linked[0].url
    elif linked and role in {"link", "work", "title", ""}:
        add_links(work, linked, labels.label_form(head) or "")
    elif is_placeholder(value) or not wording.has_words(value):
        return
    elif role == "authors":
        work.authors = work.authors or citation.names_in_order(value)
    elif role == "year":
        work.year = work.year or wording.year_of(value)
    elif role == "venue":
        take_place_behind(work, value)
    elif head.lower() in _KIND_HEADS and value.lower() in _KINDS:
        work.kind = value.lower()
    elif role not in {"link", "work", "status", "number"}:
        work.details.setdefault(role if role in _KNOWN and role != "date" else head, value)
