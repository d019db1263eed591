"""What the site shows of each item: the work, what members made of it, and where the group met over it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from studygroup.catalogue.items.columns import DESCRIBED, FACTS
from studygroup.catalogue.items.table import Catalogue
from studygroup.journal.tables import tables
from studygroup.meeting.facts.ledger import QuestionView
from studygroup.meeting.facts.opinions import Opinions, OpinionTables, opinions_of
from studygroup.meeting.facts.works import to_work
from studygroup.meeting.published.list_titles import list_titles

# What lists say comes before what an item is known by elsewhere.
_FACTS = {name: column.label for name, column in sorted(DESCRIBED.items(), key=lambda one: one[0] not in FACTS) if column.label}


class ListPlace(msgspec.Struct, frozen=True):
    """Where an item is in a list: the list's title, the number printed there or its position, and the headings above it.

    ``before`` and ``after`` are the entries next to it, each as (item's id, title); empty where there is none, or none with an item.
    """

    list: str
    number: str
    section: tuple[str, ...]
    before: tuple[str, str] = ("", "")
    after: tuple[str, str] = ("", "")


class ItemPage(msgspec.Struct, frozen=True, kw_only=True):
    """What an item's page shows.

    Attributes
    ----------
    section
        The heading path where the item first stood, ` > ` between headings.
    facts
        (name, value) of what is known of a model, with arXiv id and DOI.
    opinions
        The work, how far the members are with it, ratings, summaries, recordings, slides and further reading.
    read_in, planned_in
        The ids of the sessions that read it, and of those ahead that will.
    """

    opinions: Opinions
    section: str
    facts: tuple[tuple[str, str], ...]
    questions: tuple[QuestionView, ...]
    places: tuple[ListPlace, ...]
    read_in: tuple[str, ...]
    planned_in: tuple[str, ...]


class Held(msgspec.Struct, frozen=True):
    """What item pages are computed from; tables as ``journal.tables`` returns them.

    ``due`` are the items whose summaries everyone may see; None for all of them.
    """

    catalogue: Catalogue
    said: OpinionTables
    questions: list[QuestionView]
    members: Collection[str]
    names: Mapping[str, str]
    name_readers: bool
    due: Collection[str] | None


def item_pages(held: Held, read_in: Mapping[str, list[str]], planned_in: Mapping[str, list[str]]) -> dict[str, ItemPage]:
    """Return the pages of all items by id, in the catalogue's order.

    Summaries of what no session has begun to read are only counted: members write them before they have seen each other's.

    Parameters
    ----------
    read_in, planned_in
        The sessions that read each item, and those ahead that will, by the item's id.
    """
    statuses: dict[str, dict[str, str]] = {}
    for row in tables.rows(held.said.reading):
        if row.member in held.members:
            statuses.setdefault(row.item, {})[row.member] = row.status
    questions, places = _questions(held.questions), _places(held.catalogue)
    pages = {}
    for row in tables.rows(held.catalogue.items):
        item, earlier = row.id, tuple(read_in.get(row.id, ()))
        work = to_work(row, statuses.get(item, {}), held.names if held.name_readers else {}, earlier)
        blind = held.due is not None and item not in held.due
        pages[item] = ItemPage(
            opinions=opinions_of(work, held.said, held.members, held.names, blind=blind),
            section=row.section,
            facts=tuple((shown, str(getattr(row, name))) for name, shown in _FACTS.items() if getattr(row, name)),
            questions=tuple(questions.get(item, ())),
            places=tuple(places.get(item, ())),
            read_in=earlier,
            planned_in=tuple(planned_in.get(item, ())),
        )
    return pages


def _questions(questions: list[QuestionView]) -> dict[str, list[QuestionView]]:
    found: dict[str, list[QuestionView]] = {}
    for one in questions:
        if one.item:
            found.setdefault(one.item, []).append(one)
    return found


def _places(catalogue: Catalogue) -> dict[str, list[ListPlace]]:
    found: dict[str, list[ListPlace]] = {}
    titles = list_titles(catalogue.lists)
    for name in sorted(catalogue.lists):
        steps = list(tables.rows(catalogue.steps(name)))
        beside = [("", ""), *((row.items[0] if row.items else "", row.title) for row in steps), ("", "")]
        for row, before, after in zip(steps, beside, beside[2:], strict=False):
            section = tuple(part for part in row.section.split(" > ") if part)
            if section[:1] == (titles[name],):
                section = section[1:]
            place = ListPlace(titles[name], row.number or str(row.step), section, before, after)
            for item in dict.fromkeys(row.items):
                found.setdefault(item, []).append(place)
    return found
