"""The items of a list as works, with what is under them; and lists whose items belong to the title before them."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from studygroup.catalogue.items.columns import FACTS, PROSE
from studygroup.catalogue.items.item import Link
from studygroup.catalogue.reading.tree import Bullet, Span, lines_of, links_of, text_of
from studygroup.catalogue.recognise.lines.behind import about_line
from studygroup.catalogue.recognise.lines.citation import is_title_like, read_citation, read_label
from studygroup.catalogue.recognise.lines.evidence import words_of
from studygroup.catalogue.recognise.lines.line import read_line, with_links_for_ids
from studygroup.catalogue.recognise.lines.unlinked import Named, read_unlinked, split_alike, titled
from studygroup.catalogue.recognise.lines.work import FoundWork
from studygroup.catalogue.recognise.vocabulary.about_list import is_no_work
from studygroup.catalogue.recognise.vocabulary.columns import is_placeholder, role_of, role_of_name
from studygroup.catalogue.recognise.vocabulary.dates import year_of
from studygroup.catalogue.recognise.vocabulary.labels import label_form, link_label
from studygroup.catalogue.recognise.vocabulary.names import (
    are_names,
    are_persons,
    is_known_maker,
    names_in_order,
    persons_of,
    split_names,
)
from studygroup.catalogue.recognise.vocabulary.progress import CHECK_BOX, PROGRESS_NOTE, SESSION_DAY, STATUS_MARK, status_of
from studygroup.catalogue.recognise.vocabulary.venues import Cited, is_place, place_in_note, read_place, venue_of
from studygroup.catalogue.recognise.vocabulary.words import clean_title, has_words, plain, strip_marks

_LONGEST_SHOP_WORDS = 4
_LONGEST_MAKER_WORDS = 3
_LONGEST_LABEL_WORDS = 6
_LONGEST_FIELD_WORDS = 2
_MOST_RESOURCES = 6
_MOST_BESIDE = 14
_ISBN = re.compile(r"ISBN(?:-1[03])?\b[\s:]*[\d-]{9,17}X?", re.IGNORECASE)
_FIELD = re.compile(r"^[\s*_`-]*(?P<head>[^\s:：*_`][^:：*_`]{0,28}?)[\s*_`]*[:：][\s*_`]*(?P<value>.*)$", re.DOTALL)
_FIELD_ROLES = frozenset({"organisation", "venue", "year", "date", "authors", *FACTS, *PROSE})
_WORK_ROLES = frozenset(
    {"title", "authors", "year", "venue", "link", "work", "organisation", "about", "importance", "date", "licence"}
)
_KINDS = frozenset({"paper", "article", "video", "course", "tutorial", "book", "dataset", "tool", "framework", "model"})
_KIND_HEADS = frozenset({"type", "kind", "category"})
_BESIDE = frozenset({"Slides", "Video", "Code", "Notes", "Poster"})
_WRITTEN_PREPRINT = re.compile(r"\barxiv:\s?\d{4}\.\d", re.IGNORECASE)
_BY_A_NAME = re.compile(r"\sby\s+[^\W\d_a-z]")


def read_items(
    items: Sequence[Bullet], above: FoundWork | None = None, *, to_read: bool = False, nested: bool = False
) -> list[FoundWork]:
    """Return the works of a list, in order.

    ``above`` is the work of the item that the list is under; ``to_read`` says that its headings call it books or papers.
    """
    listed = above is None and _is_list_of_works(items, to_read)
    found: list[FoundWork] = []
    own: list[FoundWork] = []
    for place, item in enumerate(items):
        status, boxed = _take_status(item)
        if not links_of(item.runs) and is_no_work(plain(text_of(item.runs)).rstrip(".:")):
            continue
        if own and place and items[place - 1].line == own[-1].line and _is_beside(item, own[-1]):
            add_links(own[-1], item.runs)
            continue
        works = _read_item(item, above, listed=listed or (boxed and not nested))
        for work in works:
            work.line, work.number, work.status = item.line, item.number, status
        found += works
        own += works
        if item.children:
            under = read_items(item.children, works[-1] if works else None, to_read=to_read, nested=True)
            if under and (maker := _maker_of(item, works)):
                found = [work for work in found if work not in works]
                own = [work for work in own if work not in works]
                for work in under:
                    work.details.setdefault("organisation", maker)
            found += under
    _read_alike(own)
    split_alike(own)
    return found


# --- an item ---------------------------------------------------------------------------------------------------------------


def _take_status(item: Bullet) -> tuple[str | None, bool]:
    """Take a check-box or a mark of progress off an item; return the status, and whether it was a box."""
    first = item.runs[0] if item.runs and not item.runs[0].url else None
    if first is None:
        return None, False
    if box := CHECK_BOX.match(first.text):
        item.runs[0] = first._replace(text=first.text[box.end() :])
        return _take_progress(item.runs) or ("unread" if box[1] == " " else "read"), True
    if mark := STATUS_MARK.match(first.text):
        item.runs[0] = first._replace(text=first.text[mark.end() :])
        return status_of(mark[1]), False
    return None, False


def _take_progress(runs: list[Span]) -> str:
    """Take off what an export writes behind an entry, ``(skimmed 2026-11-27)``, and return its status; empty without one.

    The date may be a link, to the session's report.
    """
    linked = len(runs) > 2 and runs[-1].text.strip() == ")" and runs[-2].url and SESSION_DAY.fullmatch(runs[-2].text)
    last = runs[-3] if linked else runs[-1]
    found = None if last.url else PROGRESS_NOTE.search(f"{last.text.rstrip()} {runs[-2].text})" if linked else last.text)
    if found is None:
        return ""
    if linked:
        del runs[-2:]
    runs[-1] = last._replace(text=last.text[: found.start()])
    return found[1]


def _read_item(item: Bullet, above: FoundWork | None, *, listed: bool) -> list[FoundWork]:
    resource = resource_of(item.runs)
    if above is not None and (resource is not None or _is_shop_line(item, above)):
        add_links(above, item.runs, resource or "")
        return []
    if above is not None and above.url and _is_bold_field(item):
        add_links(above, item.runs)
        return []
    if above is not None and (said := _fuller_citation(item, above)):
        _take_citation(above, said)
        add_links(above, [run for run in item.runs if label_form(run.text) is not None])
        return []
    if above is None and (
        work := read_fields([line for line in lines_of(item.runs) if has_words(text_of(line)) or links_of(line)])
    ):
        return [work]
    item.runs = with_links_for_ids(item.runs)
    works = read_line(item.runs)
    if works or links_of(item.runs):
        return works
    text = plain(text_of(item.runs))
    if above is None and (work := _named_work(item, text, listed)):
        return [work]
    if above is not None and not item.children and has_words(text):
        describe(above, item.runs)
    return []


def _is_bold_field(item: Bullet) -> bool:
    """Return whether an item says one thing about the work that it is under: ``**Hosts**: …``."""
    field = field_of(item.runs) if links_of(item.runs) and not item.children and item.runs[0].bold else None
    return field is not None and len(field[0].split()) <= _LONGEST_FIELD_WORDS


def _is_beside(item: Bullet, work: FoundWork) -> bool:
    """Return whether an item is only the slides, the recording or the code of the work in the item before it."""
    return bool(work.url and not item.children and resource_of(item.runs) in _BESIDE and not words_of(item.runs))


def _fuller_citation(item: Bullet, above: FoundWork) -> Cited | None:
    """Return what an item cites under a title that is a nickname of the same work (*UCL* over its paper), else None."""
    if item.children or above.authors or any(label_form(run.text) is None for run in links_of(item.runs)):
        return None
    said = read_citation(words_of(item.runs).rstrip(" [(,"), [run for run in item.runs if not run.url])
    if said is None or not said.authors or not said.certain:
        return None
    longer = len(said.title.split()) > len(above.title.split())
    known = len(above.title.split()) >= _LONGEST_SHOP_WORDS and not longer
    if known or (links_of(item.runs) and above.url):
        return None
    return said if said.venue or said.year or (longer and _WRITTEN_PREPRINT.search(text_of(item.runs))) else None


def _take_citation(work: FoundWork, said: Cited) -> None:
    """Give a work what is cited under it; the longer title is the title, the other one a note."""
    if len(said.title.split()) > len(work.title.split()):
        work.details["note"], work.title = work.title, said.title.strip(" .")
    said.note = ""
    work.take(said)


def _is_shop_line(item: Bullet, above: FoundWork) -> bool:
    """Return whether a line is only the link of the work above it, under a short label that names a shop or a form."""
    if above.url or item.children or not (above.authors or len(above.title.split()) >= _LONGEST_SHOP_WORDS):
        return False
    words = [run for run in item.runs if has_words(run.text)]
    return len(words) == 1 and bool(words[0].url) and len(words[0].text.split()) <= _LONGEST_SHOP_WORDS


def _named_work(item: Bullet, text: str, listed: bool) -> FoundWork | None:
    """Return the work that an item without a link of its own names: its links are under it, or the list is one of works."""
    if any(run.inside for run in item.runs):
        return None
    named = read_unlinked(item.runs)
    has_resources = (
        label_form(text.rstrip(":")) is None
        and any(resource_of(child.runs) is not None for child in item.children)
        and all(resource_of(child.runs) is not None or is_field(child) for child in item.children)
    )
    if named is None:
        plain_title = listed and not item.children and is_title_like(text, sentence=True)
        return titled(text) if has_words(text) and (has_resources or plain_title) else None
    if has_resources or (listed and (named.certain or not item.children)):
        return named.work
    marked = all(run.bold for run in item.runs if has_words(run.text))
    sure = named.certain or (marked and len(item.children) == 1 and len(named.work.title.split()) >= _LONGEST_SHOP_WORDS)
    return named.work if sure and _shop_links(item.children) else None


def _shop_links(items: Sequence[Bullet]) -> bool:
    """Return whether what is under a title are notes and at most two links with short labels: where to get it."""
    links = [run for item in items for run in links_of(item.runs)]
    return 0 < len(links) <= 2 and all(len(run.text.split()) <= _LONGEST_SHOP_WORDS for run in links)


def _maker_of(item: Bullet, works: Sequence[FoundWork]) -> str:
    """Return the company or group that an item is, under which its works are; its link leads to its own front page."""
    name = plain(text_of(item.runs)).strip(" :*")
    if len(name.split()) > _LONGEST_MAKER_WORDS or not is_known_maker(name):
        return ""
    if any(run.url.partition("://")[2].strip("/").count("/") for run in item.runs) or any(work.links for work in works):
        return ""
    return name


def _is_list_of_works(items: Sequence[Bullet], to_read: bool) -> bool:
    """Return whether a list's items without a link are works too: most others have one, or prove it, or a heading says so."""
    linked = sum(bool(links_of(item.runs)) for item in items)
    if linked * 2 >= len(items) > 1:
        return True
    named = [None if links_of(item.runs) else read_unlinked(item.runs) for item in items]
    certain = sum(one is not None and one.certain for one in named)
    if certain > 1 and (certain + linked) * 2 >= len(items):
        return True
    if certain == len(items) == 1 and named[0] is not None and named[0].work.authors and named[0].work.year:
        return True
    titles = [
        bool(links_of(item.runs)) or _may_be_title(one)
        for item, one in zip(items, named, strict=True)
        if not item.children or links_of(item.runs)
    ]
    return to_read and len(titles) > 1 and sum(titles) * 5 >= len(titles) * 4


def _may_be_title(one: Named | None) -> bool:
    return one is not None and (one.certain or is_title_like(one.work.title, capitals=True))


# --- what a list as a whole tells -------------------------------------------------------------------------------------------


def _read_alike(works: Sequence[FoundWork]) -> None:
    """Read what only a list as a whole tells: that all its titles end in ``by`` a name, or all are behind a name."""
    behind = [(work, names) for work in works if not work.authors and (names := persons_of(work.details.get("about", "")))]
    if behind and len(works) > 1 and (sum(bool(work.authors) for work in works) + len(behind)) * 3 >= len(works) * 2:
        for work, persons in behind:
            work.authors = persons
            del work.details["about"]
    if len(works) >= 3:
        _read_by_alike(works)
        _read_names_before_alike(works)


def _read_by_alike(works: Sequence[FoundWork]) -> None:
    signed = [work for work in works if not work.authors and _BY_A_NAME.search(work.title)]
    for work in signed if len(signed) * 3 >= len(works) * 2 else ():
        title, _, ending = work.title.rpartition(" by ")
        named, organisations = split_names(ending)
        if named and not organisations and are_names(named):
            work.title, work.authors = strip_marks(title), named


def _read_names_before_alike(works: Sequence[FoundWork]) -> None:
    formed = [(work, *pair) for work in works if (pair := _name_before(work))]
    heads = {head for _, head, _ in formed}
    # Some were read so already, by themselves.
    known = sum(are_persons([head]) and are_names([head]) for head in heads)
    known += sum(bool(work.authors) and not work.url for work in works) if formed else 0
    if known >= 3 and known * 2 >= len(formed) and len(formed) * 3 >= len(works) * 2 and len(heads) * 2 > len(formed):
        for work, head, title in formed:
            work.details.pop("note", None)
            work.authors, work.title = names_in_order(head), title


def _name_before(work: FoundWork) -> tuple[str, str] | None:
    """Return what is before a work's title, apart by a dash, and the title; None if nothing is."""
    if work.authors:
        return None
    if note := work.details.get("note"):
        return note, work.title
    head, dash, title = work.title.partition(" - ")
    return (head, title) if dash and not work.url and len(head.split()) <= 4 else None


# --- lines that belong to a work --------------------------------------------------------------------------------------------


def resource_of(runs: Sequence[Span]) -> str | None:
    """Return the name of what a line links (``Code``; empty if unnamed) when it only does that, else None."""
    links = links_of(runs)
    if not links or any(label_form(run.text) is None for run in links):
        return None
    words = words_of(runs).strip("[]() ")
    colon = words.endswith((":", "："))
    words = words if colon and len(links) == 1 else strip_marks(words)
    if not has_words(words) or (colon and len(words.split()) <= 2 and label_form(links[0].text)):
        return label_form(links[0].text) or ""
    return label_form(words)


def add_links(work: FoundWork, runs: Sequence[Span], label: str = "") -> None:
    """Give a work the links of a line under it (``- paper: https://…``), named by the words before them."""
    for run in links_of(runs):
        own = label_form(run.text)
        named = link_label(run.text) if own or own is None else link_label(label or run.text)
        if not work.url:
            work.url, work.form = run.url, named
        elif run.url != work.url:
            work.links.append(Link(named, run.url))


def take_links(work: FoundWork, runs: Sequence[Span]) -> bool:
    """Give a work a line's links, of which one may say where it appeared; return False if the line says more than that."""
    text = words_of(runs).strip("[]()., ")
    said = Cited()
    if read_place(said, text) and has_words(text):
        work.take(said)
        text = ""
    if (has_words(text) and label_form(text) is None) or any(
        len(run.text.split()) > _LONGEST_LABEL_WORDS for run in links_of(runs)
    ):
        return False
    for run in links_of(runs):
        if named := read_label(run.text):
            work.take(named)
            run = run._replace(text="Paper")
        add_links(work, [run], resource_of(runs) or "")
    return True


def prefer_paper(work: FoundWork) -> None:
    """Make a work's link to its paper the main one, if its title had no link of its own and another came first."""
    if not work.form or label_form(work.form) == "Paper":
        return
    for place, link in enumerate(work.links):
        if label_form(link.label) == "Paper":
            work.links[place] = Link(work.form, work.url)
            work.url, work.form = link.url, link.label
            return


def describe(work: FoundWork, runs: Sequence[Span]) -> bool:
    """Take in a line under a work: a named field (``Venue: ICML``), its authors or where it appeared, else about it.

    Return whether it says who, when or where.
    """
    text = plain(text_of(runs))
    marked = bool(runs) and all(run.italic for run in runs if has_words(run.text))
    field = field_of(runs)
    if field and (_role(field[0]) in _FIELD_ROLES or runs[0].bold or not text[0].isalnum()):
        _take_field(work, *field, runs)
        return True
    return about_line(work, text, marked=marked)


def is_field(item: Bullet) -> bool:
    """Return whether an item only says who, when or where, by name: ``Authors: …``."""
    field = field_of(item.runs) if not links_of(item.runs) and not item.children else None
    return field is not None and role_of(field[0]) in _FIELD_ROLES | {"presenter"}


# --- lists that belong to the title before them -------------------------------------------------------------------------------


def are_resources(items: Sequence[Bullet], *, leniently: bool = False) -> bool:
    """Return whether a list's items only link or place the work whose title is before the list.

    ``leniently``: words may be beside links that say what they are, and one link may name a shop.
    """
    if not any(links_of(item.runs) for item in items):
        return False
    if all(map(_is_resource, items)):
        return True
    if not leniently or len(items) > _MOST_RESOURCES or any(item.children for item in items):
        return False
    shops = [item for item in items if links_of(item.runs) and not _is_resource(item)]
    others = [item for item in items if item not in shops]
    return len(shops) == 1 and all(map(_is_resource, others)) and _is_shop(shops[0], named=bool(others))


def _is_shop(item: Bullet, *, named: bool) -> bool:
    """Return whether an item's links say what they are and little is said beside them; ``named``: or one names a shop."""
    if any(run.bold and has_words(run.text) for run in item.runs):
        return False
    words = words_of(item.runs).split()
    return len(words) <= _MOST_BESIDE and all(
        label_form(run.text) is not None or (named and not words and len(run.text.split()) < _LONGEST_SHOP_WORDS)
        for run in links_of(item.runs)
    )


def _is_resource(item: Bullet) -> bool:
    if item.children:
        return False
    if links_of(item.runs):
        return resource_of(item.runs) is not None
    text = plain(text_of(item.runs))
    head = text.replace("：", ":").partition(":")[0]
    if _ISBN.fullmatch(text) or label_form(head) is not None or len(text.split()) == 1:
        return True
    return is_place(text) or venue_of(text)[0] != ""


def attach(work: FoundWork, items: Sequence[Bullet]) -> None:
    """Give a work the links of the list behind its title, and where it appeared."""
    for item in items:
        if links_of(item.runs):
            resource = resource_of(item.runs)
            add_links(work, item.runs, resource or "")
            text = words_of(item.runs).strip("[]()|, ")
            if has_words(text) and resource is None:
                work.details.setdefault("note", text)
        else:
            said = Cited()
            if read_place(said, text_of(item.runs)):
                work.take(said)


# --- works as named fields ------------------------------------------------------------------------------------------------


def field_of(runs: Sequence[Span]) -> tuple[str, str] | None:
    """Return the name and the value of a line that is a field, or None."""
    found = _FIELD.match(text_of([run for run in runs if not run.url]))
    if not found or len(found["head"].split()) > 3 or found["head"].lower() in {"http", "https"}:
        return None
    return strip_marks(found["head"]), plain(found["value"])


def read_fields(lines: Sequence[Sequence[Span]], title: str = "") -> FoundWork | None:
    """Return the work that lines describe field by field, or None if they do not.

    ``title`` is what is above them; else one of the fields must be the title, and another say who, when, or where it is.
    """
    named = [(field, line) for line in lines if (field := field_of(line)) is not None]
    roles = {_role(head) for (head, _), _ in named}
    if not title and "title" not in roles and named and _role(named[0][0][0]) == "work" and named[0][0][1]:
        # "Paper: **Trees**" begins with its title.
        (_, title), _ = named.pop(0)
        return read_fields([line for _, line in named], clean_title(title).text)
    if len(named) * 4 < len(lines) * 3 or len(roles & _WORK_ROLES) < 2 or not roles & _WORK_ROLES - {"link", "work"}:
        return None
    wanted = {"authors", "link"} if title else {"authors", "year", "venue", "link"}
    if not roles & wanted or not (title or "title" in roles):
        return None
    work = FoundWork(title)
    for (head, value), line in named:
        _take_field(work, head, value, line)
    return work if has_words(work.title) else None


def take_field(work: FoundWork, line: Sequence[Span], roles: Container[str] = ()) -> bool:
    """Give a work what a line says if it is a field under a name in bold (``**Authors:** …``), or one whose name has one of the roles.

    Return whether it is one.
    """
    field = field_of(line)
    if field is None or not (line[0].bold or role_of_name(field[0]) in roles):
        return False
    _take_field(work, *field, line)
    return True


def take_fields(work: FoundWork, items: Sequence[Bullet]) -> bool:
    """Give a work what the list under its title says, and return True, if that names who or when and its links only link.

    Other items, with what is under them, are notes on the work.
    """
    links = [item for item in items if links_of(item.runs)]
    fields = [(field, item.runs) for item in items if not links_of(item.runs) and (field := field_of(item.runs))]
    if not links or not {_role(head) for (head, _), _ in fields} & {"authors", "year", "venue"}:
        return False
    if any(resource_of(item.runs) is None for item in links) or any(map(_links_below, items)):
        return False
    for (head, value), line in fields:
        _take_field(work, head, value, line)
    for item in links:
        add_links(work, item.runs, resource_of(item.runs) or "")
    return True


def _links_below(item: Bullet) -> bool:
    return any(links_of(child.runs) or _links_below(child) for child in item.children)


def _role(head: str) -> str:
    return role_of(head) or ("link" if label_form(head) is not None else "")


def _take_field(work: FoundWork, head: str, value: str, line: Sequence[Span]) -> None:
    """Give a work what one field says."""
    role = _role(head)
    linked = links_of(line)
    if role == "title" and not work.title:
        work.title = titled(value or text_of(linked)).title
        if linked:
            work.url = linked[0].url
    elif linked and role in {"link", "work", "title", ""}:
        add_links(work, linked, label_form(head) or "")
    elif not is_placeholder(value) and has_words(value) and value.lower() != "unknown":
        _take_value(work, head, role, value)


def _take_value(work: FoundWork, head: str, role: str, value: str) -> None:
    if role == "authors":
        work.authors = work.authors or names_in_order(value)
    elif role == "year":
        work.year = work.year or year_of(value)
    elif role == "about":
        work.add_about(value)
    elif role == "venue":
        work.take(place_in_note(value))
    elif head.lower() in _KIND_HEADS and value.lower() in _KINDS:
        work.kind = value.lower()
    elif role not in {"link", "work", "status", "number"}:
        work.details.setdefault(role if role in _FIELD_ROLES and role != "date" else head, value)
