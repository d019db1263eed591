"""Bullets as works: a list's items with what stands under them, and lists whose items belong to the title before them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from studygroup.catalogue.first_import import citation, labels, references, wording
from studygroup.catalogue.first_import.named_works import Named, is_title_like, read_named, split_alike, titled
from studygroup.catalogue.first_import.resource_lines import add_links, is_resource_line
from studygroup.catalogue.first_import.rows import is_placeholder, role_of
from studygroup.catalogue.first_import.signatures import persons_of
from studygroup.catalogue.first_import.spans import Span, text_of
from studygroup.catalogue.first_import.tails import take_cited, take_place_behind
from studygroup.catalogue.first_import.work import Work
from studygroup.catalogue.first_import.works import read_works
from studygroup.catalogue.items.columns import FACTS, PROSE

_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:-\d+)?")
_PROGRESS = re.compile(r"\s*\((read|reading|skimmed|skipped)(?: \d{4}-\d\d-\d\d(?:-\d+)?)?\)\s*$")
_CHECK_BOX = re.compile(r"\[([ xX✓✔])\]\s+")
_STATUS_MARK = re.compile(r"\s*(✅|✔️?|☑️?|⏳|🚧|❌|⬜|☐)\s*(?!=)")
_LONGEST_SHOP_WORDS = 4
_LONGEST_MAKER_WORDS = 3
_MOST_RESOURCES = 6
_MOST_BESIDE = 14
_ISBN = re.compile(r"ISBN(?:-1[03])?\b[\s:]*[\d-]{9,17}X?", re.IGNORECASE)
_FIELD = re.compile(r"^(?P<head>[^:：]{2,30})[:：]\s*(?P<value>.+)$", re.DOTALL)
_FIELD_ROLES = frozenset(
    {
        *("organisation", "venue", "year", "date", "authors"),
        *(*FACTS, *PROSE),
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
    # Its title is a heading or a plain line: only where the list does so again.
    tentative: bool = False


def read_bullets(bullets: Sequence[Bullet], above: Work | None = None, *, to_read: bool = False) -> list[Found]:
    """Return the works of a list, in order.

    ``above`` is the work of the item that the list stands under; ``to_read`` says that its headings call it books or papers.
    """
    listed = above is None and _is_list_of_works(bullets, to_read)
    found: list[Found] = []
    own: list[Work] = []
    for bullet in bullets:
        status = box = None
        if bullet.spans and not bullet.spans[0].url and (box := _CHECK_BOX.match(bullet.spans[0].text)):
            bullet.spans[0] = bullet.spans[0]._replace(text=bullet.spans[0].text[box.end() :])
            status = _take_progress(bullet.spans) or ("unread" if box[1] == " " else "read")
        elif bullet.spans and not bullet.spans[0].url and (mark := _STATUS_MARK.match(bullet.spans[0].text)):
            status = wording.status_of(mark[1])
            bullet.spans[0] = bullet.spans[0]._replace(text=bullet.spans[0].text[mark.end() :])
        works = _read_bullet(bullet, above, listed=listed or bool(box and above is None))
        found += [Found(work, bullet.line, bullet.number, status) for work in works]
        own += works
        if bullet.children:
            under = read_bullets(bullet.children, works[-1] if works else None, to_read=to_read)
            if under and (maker := _maker_of(bullet, works)):
                found = [one for one in found if one.work not in works]
                own = [work for work in own if work not in works]
                for one in under:
                    one.work.details.setdefault("organisation", maker)
            found += under
    _read_alike(own)
    split_alike(own)
    return found


def _maker_of(bullet: Bullet, works: Sequence[Work]) -> str:
    """Return the company or group that an item is, under which its works stand; its link leads to its own front page."""
    name = wording.plain(text_of(bullet.spans)).strip(" :*")
    if len(name.split()) > _LONGEST_MAKER_WORDS or not wording.is_known_maker(name):
        return ""
    if any(span.url.partition("://")[2].strip("/").count("/") for span in bullet.spans) or any(work.links for work in works):
        return ""
    return name


def _is_list_of_works(bullets: Sequence[Bullet], to_read: bool) -> bool:
    """Return whether a list's items without a link are works too: most others have one, or prove it, or a heading says so."""
    linked = sum(bullet.linked for bullet in bullets)
    if linked * 2 >= len(bullets) > 1:
        return True
    named = [read_named(bullet.spans) for bullet in bullets if not bullet.linked]
    certain = sum(one is not None and one.certain for one in named)
    if certain > 1 and (certain + linked) * 2 >= len(bullets):
        return True
    if certain == len(bullets) == 1 and named[0] is not None and named[0].work.authors and named[0].work.year:
        return True
    titles = [
        bullet.linked or (one is not None and (one.certain or is_title_like(one.work.title, capitals=True)))
        for bullet, one in _paired(bullets, named)
        if not (bullet.children and not bullet.linked)
    ]
    return to_read and len(titles) > 1 and sum(titles) * 5 >= len(titles) * 4


def _paired(bullets: Sequence[Bullet], named: list[Named | None]) -> list[tuple[Bullet, Named | None]]:
    left = iter(named)
    return [(bullet, None if bullet.linked else next(left)) for bullet in bullets]


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
    if above is not None and (resource is not None or _is_shop_line(bullet, above)):
        add_links(above, bullet.spans, resource or "")
        return []
    works = read_works(bullet.spans)
    if works or bullet.linked:
        return works
    text = wording.plain(text_of(bullet.spans))
    if above is None and (work := _named_work(bullet, text, listed)):
        return [work]
    if above is not None and not bullet.children and wording.has_words(text):
        cited = references.split_lead(bullet.spans)
        if cited and cited.authors and len(cited.title.split()) > len(above.title.split()) and not above.authors:
            # "LSTM [[Paper](…)]" over "Authors, *Title*, Journal": the first is a nickname.
            above.details["note"], above.title = above.title, cited.title
            take_cited(above, cited)
        else:
            _describe(above, text, marked=bullet.spans[0].bold)
    return []


def _is_shop_line(bullet: Bullet, above: Work) -> bool:
    """Return whether a line is only the link of the work above it, under a short label that names a shop or a form."""
    if above.url or bullet.children or not (above.authors or len(above.title.split()) >= _LONGEST_SHOP_WORDS):
        return False
    words = [span for span in bullet.spans if wording.has_words(span.text)]
    return len(words) == 1 and bool(words[0].url) and len(words[0].text.split()) <= _LONGEST_SHOP_WORDS


def _named_work(bullet: Bullet, text: str, listed: bool) -> Work | None:
    """Return the work that an item without a link of its own names: its links are under it, or the list is one of works."""
    named = read_named(bullet.spans)
    has_resources = (
        bool(bullet.children)
        and labels.label_form(text.rstrip(":")) is None
        and any(is_resource_line(child.spans) is not None for child in bullet.children)
        and all(is_resource_line(child.spans) is not None or _is_field(child) for child in bullet.children)
    )
    if named is None:
        plain_title = listed and not bullet.children and is_title_like(text, sentence=True)
        return titled(text) if wording.has_words(text) and (has_resources or plain_title) else None
    if has_resources or (listed and (named.certain or not bullet.children)):
        return named.work
    marked = all(span.bold for span in bullet.spans if wording.has_words(span.text))
    sure = named.certain or (marked and len(bullet.children) == 1 and len(named.work.title.split()) >= _LONGEST_SHOP_WORDS)
    return named.work if sure and _shop_links(bullet.children) else None


def _is_field(bullet: Bullet) -> bool:
    """Return whether an item only says who, when or where, by name: ``Authors: …``."""
    found = _FIELD.match(wording.plain(text_of(bullet.spans))) if not bullet.linked and not bullet.children else None
    return bool(found) and role_of(wording.strip_marks(found["head"] if found else "")) in _FIELD_ROLES | {"presenter"}


def _shop_links(bullets: Sequence[Bullet]) -> bool:
    """Return whether what stands under a title are notes and at most two links with short labels: where to get it."""
    links = [span for bullet in bullets for span in bullet.spans if span.url and not span.picture]
    return 0 < len(links) <= 2 and all(len(span.text.split()) <= _LONGEST_SHOP_WORDS for span in links)


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
    behind = [(work, names) for work in works if not work.authors and (names := persons_of(work.details.get("about", "")))]
    if behind and len(works) > 1 and (sum(bool(work.authors) for work in works) + len(behind)) * 3 >= len(works) * 2:
        for work, persons in behind:
            work.authors = persons
            del work.details["about"]
    if len(works) < 3:
        return
    signed = [work for work in works if not work.authors and _BY_NAME.search(work.title)]
    if len(signed) * 3 >= len(works) * 2:
        for work in signed:
            title, _, ending = work.title.rpartition(" by ")
            named, organisations = wording.split_names(ending)
            if named and not organisations and wording.are_names(named):
                work.title, work.authors = wording.strip_marks(title), named
    formed = [(work, *pair) for work in works if (pair := _name_before(work))]
    heads = {head for _, head, _ in formed}
    # Some were read so already, by themselves.
    known = sum(map(_is_name, heads)) + (sum(bool(work.authors) and not work.url for work in works) if formed else 0)
    if known >= 3 and known * 2 >= len(formed) and len(formed) * 3 >= len(works) * 2 and len(heads) * 2 > len(formed):
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


def are_resources(bullets: Sequence[Bullet], *, leniently: bool = False) -> bool:
    """Return whether a list's items only link or place the work whose title stands before the list.

    ``leniently``: words may stand beside links that say what they are, and one link may name a shop.
    """
    if not any(bullet.linked for bullet in bullets):
        return False
    if all(map(_is_resource, bullets)):
        return True
    if not leniently or len(bullets) > _MOST_RESOURCES or any(bullet.children for bullet in bullets):
        return False
    shops = [bullet for bullet in bullets if bullet.linked and not _is_resource(bullet)]
    others = [bullet for bullet in bullets if bullet not in shops]
    return len(shops) == 1 and all(map(_is_resource, others)) and _is_shop(shops[0], named=bool(others))


def _is_shop(bullet: Bullet, *, named: bool) -> bool:
    """Return whether an item's links say what they are and little is said beside them; ``named``: or one names a shop."""
    links = [span for span in bullet.spans if span.url and not span.picture]
    words = wording.plain(text_of([span for span in bullet.spans if not span.url])).split()
    if any(span.bold and wording.has_words(span.text) for span in bullet.spans):
        return False
    return len(words) <= _MOST_BESIDE and all(
        labels.label_form(span.text) is not None or (named and not words and len(span.text.split()) < _LONGEST_SHOP_WORDS)
        for span in links
    )


def _is_resource(bullet: Bullet) -> bool:
    if bullet.children:
        return False
    if bullet.linked:
        return is_resource_line(bullet.spans) is not None
    text = wording.plain(text_of(bullet.spans))
    if _ISBN.fullmatch(text):
        return True
    head = text.replace("：", ":").partition(":")[0]
    if labels.label_form(head) is not None or len(text.split()) == 1:
        return True
    return citation.read_place(citation.Cited(), text) or wording.venue_of(text)[0] != ""


def attach(work: Work, bullets: Sequence[Bullet]) -> None:
    """Give a work the links of the list behind its title, and where it appeared."""
    for bullet in bullets:
        if bullet.linked:
            add_links(work, bullet.spans, is_resource_line(bullet.spans) or "")
            text = wording.plain(text_of([span for span in bullet.spans if not span.url])).strip("[]()|, ")
            if wording.has_words(text) and is_resource_line(bullet.spans) is None:
                work.details.setdefault("note", text)
        else:
            said = citation.Cited()
            if citation.read_place(said, text_of(bullet.spans)):
                take_cited(work, said)
