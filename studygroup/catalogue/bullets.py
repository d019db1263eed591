"""Bullets as works: a list's items with what stands under them, and lists whose items belong to the title before them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from studygroup.catalogue import citation, labels, wording
from studygroup.catalogue.rows import is_placeholder, role_of
from studygroup.catalogue.spans import Span, text_of
from studygroup.catalogue.tails import take_cited, take_place_behind
from studygroup.catalogue.work import Work
from studygroup.catalogue.works import add_links, is_resource_line, read_works

_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:-\d+)?")
_PROGRESS = re.compile(r"\s*\((read|reading|skimmed|skipped)(?: \d{4}-\d\d-\d\d(?:-\d+)?)?\)\s*$")
_CHECK_BOX = re.compile(r"\[([ xX✓✔])\]\s+")
_UNLINKED_WORDS = range(2, 21)
# "Title (VLDB 2021)", "Title (2016) – Ann Lee": a work without a link.
_CITED_BULLET = re.compile(
    r"^(?P<title>\S.{2,}?)\s*[(（]\s*(?P<place>[^()（）]*(?:19|20|[’'])\d\d[^()（）]*)[)）](?P<behind>.{0,60})$"
)
_FIELD = re.compile(r"^(?P<head>[^:：]{2,30})[:：]\s*(?P<value>.+)$", re.DOTALL)
_FIELD_ROLES = frozenset(
    {
        *("organisation", "venue", "year", "date", "authors", "about", "importance", "released", "parameters"),
        *("context_length", "licence"),
    }
)
_BY_NAME = re.compile(r"\sby\s+[^\W\d_a-z]")


@dataclass
class Bullet:
    """A list item: its own spans, and the bullets under it."""

    line: int
    number: str
    spans: list[Span] = field(default_factory=list)
    children: list[Bullet] = field(default_factory=list)

    @property
    def linked(self) -> bool:
        """Whether the item has a link of its own that is more than a picture."""
        return any(span.url and not span.picture for span in self.spans)


@dataclass
class Found:
    """A work and where it was found."""

    work: Work
    line: int
    number: str = ""
    status: str | None = None


def read_bullets(bullets: Sequence[Bullet], above: Work | None = None) -> list[Found]:
    """Return the works of a list, in order; ``above`` is the work of the item that the list stands under."""
    linked = sum(bullet.linked for bullet in bullets)
    cited = sum(not bullet.linked and bool(_CITED_BULLET.match(wording.plain(text_of(bullet.spans)))) for bullet in bullets)
    listed = linked * 2 >= len(bullets) > 1 or (cited > 1 and (cited + linked) * 2 >= len(bullets))
    found: list[Found] = []
    own: list[Work] = []
    for bullet in bullets:
        status = None
        if bullet.spans and not bullet.spans[0].url and (box := _CHECK_BOX.match(bullet.spans[0].text)):
            bullet.spans[0] = bullet.spans[0]._replace(text=bullet.spans[0].text[box.end() :])
            status = _take_progress(bullet.spans) or ("unread" if box[1] == " " else "read")
        works = _read_bullet(bullet, above, listed=listed or bool(status))
        found += [Found(work, bullet.line, bullet.number, status) for work in works]
        own += works
        if bullet.children:
            found += read_bullets(bullet.children, works[-1] if works else None)
    _read_alike(own)
    return found


def _take_progress(spans: list[Span]) -> str:
    """Take off what an export writes behind an entry, ``(skimmed 2026-11-27)``, and return its status; empty without one.

    The date may be a link, to the session's report.
    """
    linked = len(spans) > 2 and spans[-1].text.strip() == ")" and spans[-2].url and _DAY.fullmatch(spans[-2].text)
    last = spans[-3] if linked else spans[-1]
    found = None if last.url else _PROGRESS.search(f"{last.text.rstrip()} {spans[-2].text})" if linked else last.text)
    if found is None:
        return ""
    if linked:
        del spans[-2:]
    spans[-1] = last._replace(text=last.text[: found.start()])
    return found[1]


def _read_bullet(bullet: Bullet, above: Work | None, *, listed: bool) -> list[Work]:
    resource = is_resource_line(bullet.spans)
    if above is not None and resource is not None:
        add_links(above, bullet.spans, resource)
        return []
    works = read_works(bullet.spans)
    if works or bullet.linked:
        return works
    text = wording.plain(text_of(bullet.spans))
    has_resources = (
        bool(bullet.children)
        and labels.label_form(text.rstrip(":")) is None
        and all(is_resource_line(child.spans) is not None for child in bullet.children)
    )
    if has_resources or (listed and not bullet.children and above is None and (_is_title(text) or _CITED_BULLET.match(text))):
        work = _unlinked(text)
        return [work] if wording.has_words(work.title) else []
    if above is not None and not bullet.children and wording.has_words(text):
        cited = citation.split_lead(bullet.spans)
        if cited and cited.authors and len(cited.title.split()) > len(above.title.split()) and not above.authors:
            # "LSTM [[Paper](…)]" over "Authors, *Title*, Journal": the first is a nickname.
            above.details["note"], above.title = above.title, cited.title
            take_cited(above, cited)
        else:
            _describe(above, text, marked=bullet.spans[0].bold)
    return []


def _unlinked(text: str) -> Work:
    """Return the work of a bullet without a link."""
    place, behind = "", ""
    if cited := _CITED_BULLET.match(text):
        text, place, behind = cited["title"].rstrip(" ."), cited["place"], cited["behind"].strip(" .,;:-–—")
    title = wording.clean_title(text)
    name, persons, organisations = wording.split_by(title.text)
    details = {"organisation": "; ".join(organisations)} if organisations else {}
    work = Work(name, "", authors=persons, year=title.year, kind=title.kind, details=details)
    if place:
        take_place_behind(work, place)
    names = citation.names_in_order(behind) if wording.has_words(behind) else []
    if names and all(map(wording.is_person, names)):
        work.authors = work.authors or names
    elif names:
        work.details["about"] = behind
    return work


def _describe(work: Work, text: str, *, marked: bool) -> None:
    """Take in a line under a work: a named field (``Venue: ICML``), its authors or where it appeared, else about it."""
    if (found := _FIELD.match(wording.strip_marks(text))) and len(found["head"].split()) <= 3:
        head, value = wording.strip_marks(found["head"]), found["value"].strip()
        role = role_of(head)
        if is_placeholder(value) or value.lower() == "unknown":
            return
        if role == "authors":
            work.authors = work.authors or citation.names_in_order(value)
            return
        if role == "year" and wording.year_of(value):
            work.year = work.year or wording.year_of(value)
            return
        if role == "venue":
            take_place_behind(work, value)
            return
        if role in _FIELD_ROLES and role != "about":
            work.details.setdefault(head if role == "date" else role, value)
            return
        if role == "about":
            text = value
        elif marked or not text[0].isalnum():
            work.details.setdefault(head, value)
            return
    said = citation.read_parts(text)
    if (said.authors or said.venue) and not said.rest and not (said.authors and work.authors):
        take_cited(work, said)
    else:
        work.details["about"] = f"{work.details['about']} {text}" if "about" in work.details else text


def _read_alike(works: Sequence[Work]) -> None:
    """Read what only a list as a whole tells: that all its titles end in ``by`` a name, or all stand behind a name."""
    if len(works) < 3:
        return
    signed = [work for work in works if not work.authors and _BY_NAME.search(work.title)]
    if len(signed) * 3 >= len(works) * 2:
        for work in signed:
            title, _, names = work.title.rpartition(" by ")
            persons, organisations = wording.split_names(names)
            if persons and not organisations and wording.are_names(persons):
                work.title, work.authors = wording.strip_marks(title), persons
    formed = [(work, *pair) for work in works if (pair := _name_before(work))]
    heads = {head for _, head, _ in formed}
    named = sum(map(_is_name, heads))
    if named >= 3 and named * 2 >= len(formed) and len(formed) * 3 >= len(works) * 2 and len(heads) * 2 > len(formed):
        for work, head, title in formed:
            work.details.pop("note", None)
            work.authors, work.title = citation.names_in_order(head), title


def _name_before(work: Work) -> tuple[str, str] | None:
    """Return what stands before a work's title, apart by a dash, and the title; None if nothing does."""
    if work.authors:
        return None
    if note := work.details.get("note"):
        return note, work.title
    head, dash, title = work.title.partition(" - ")
    return (head, title) if dash and not work.url and len(head.split()) <= 4 else None


def _is_name(text: str) -> bool:
    return wording.is_person(text) and not wording.is_organisation(text) and wording.are_names([text])


def are_resources(bullets: Sequence[Bullet]) -> bool:
    """Return whether a list's items only link or place the work whose title stands before the list."""
    return bool(bullets) and any(bullet.linked for bullet in bullets) and all(map(_is_resource, bullets))


def _is_resource(bullet: Bullet) -> bool:
    if bullet.children:
        return False
    if bullet.linked:
        return is_resource_line(bullet.spans) is not None
    text = wording.plain(text_of(bullet.spans))
    head = text.replace("：", ":").partition(":")[0]
    if labels.label_form(head) is not None or len(text.split()) == 1:
        return True
    return citation.read_place(citation.Cited(), text) or wording.venue_of(text)[0] != ""


def attach(work: Work, bullets: Sequence[Bullet]) -> None:
    """Give a work the links of the list behind its title, and where it appeared."""
    for bullet in bullets:
        if bullet.linked:
            add_links(work, bullet.spans, is_resource_line(bullet.spans) or "")
        else:
            said = citation.Cited()
            if citation.read_place(said, text_of(bullet.spans)):
                take_cited(work, said)


def _is_title(text: str) -> bool:
    """Return whether a list item without a link reads like a title rather than a sentence."""
    words = text.split()
    return (
        len(words) in _UNLINKED_WORDS
        and wording.has_words(text)
        and not text.endswith((".", ":", ";", "，", "。"))
        and not text[0].islower()
        and ". " not in text
    )
