"""Proposals as forms and commands show them: what someone would like to read, who else would, and whether it was chosen before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec

from studygroup.catalogue.merging.one_item import add_item, are_same, find_item, read_paper
from studygroup.errors import RecordError
from studygroup.journal.types.records import Plan, Proposal, Result, Second
from studygroup.workbook.workbook import Workbook


class ProposalView(msgspec.Struct, frozen=True):
    """A proposal that was not undone.

    ``item`` is empty where the catalogue does not have the paper yet. ``seconds`` are the members who would like to read it too, in the
    order in which they said so. ``chosen`` counts the ballots that it won; ``planned`` are the sessions that planned to read it since it was proposed.
    """

    id: str
    member: str
    name: str
    item: str
    title: str
    url: str
    why: str
    at: datetime
    seconds: tuple[str, ...]
    chosen: int
    planned: tuple[str, ...]

    @property
    def paper(self) -> tuple[str, str]:
        """Its title and its address."""
        return self.title, self.url


def proposals(workbook: Workbook) -> list[ProposalView]:
    """Return the proposals that no session has planned yet, the most seconded first, then the earliest."""
    return [one for one in all_proposals(workbook) if not one.planned]


def all_proposals(workbook: Workbook) -> list[ProposalView]:
    """Return every proposal that was not undone, the most seconded first, then the earliest."""
    current, items = workbook.current, workbook.catalogue.items
    titles = dict(zip(items["id"], items["title"], strict=True))
    urls = dict(zip(items["id"], items["url"], strict=True))
    seconds: defaultdict[str, list[Second]] = defaultdict(list)
    for second in current.current(Second):
        seconds[second.proposal].append(second)
    won: defaultdict[str, int] = defaultdict(int)
    for result in current.current(Result):
        won[result.winner] += 1
    found = []
    for one in current.current(Proposal):
        name, person = one.subject[0], workbook.people.get(one.member)
        said = sorted(seconds[name], key=attrgetter("order"))
        first = workbook.find_record(name).at
        found.append(
            ProposalView(
                id=name,
                member=one.member,
                name=person.name if person else one.member,
                item=one.item,
                title=titles.get(one.item, one.item) if one.item else one.title,
                url=urls.get(one.item, "") if one.item else one.url,
                why=one.why,
                at=first,
                seconds=tuple(second.member for second in said if second.member != one.member),
                chosen=won[one.item] if one.item else 0,
                planned=_planned_since(workbook, one.item, first),
            )
        )
    return sorted(found, key=lambda one: (-len(one.seconds), one.at, one.id))


def _planned_since(workbook: Workbook, item: str, since: datetime) -> tuple[str, ...]:
    """Return the sessions that planned an item at some time since a moment."""
    if not item:
        return ()
    plans = (plan for plan in workbook.current.current(Plan) if not plan.cancelled and plan.at >= since)
    return tuple(
        plan.session for plan in plans if item in {*plan.items, *(known for read in plan.read for known in read.items)}
    )


def proposal_fields(workbook: Workbook, words: str, link: str = "", item: str = "") -> dict[str, Any]:
    """Return the fields that say what is proposed: the item that it is, else a title and an address.

    Parameters
    ----------
    words, link
        As they were typed; see ``read_paper``.
    item
        The item's id, where it is known.

    Raises
    ------
    RecordError
        Someone has proposed the same paper, or no paper is named.
    """
    title, url = read_paper(words, link)
    if not item and not title:
        raise RecordError("Enter a paper first: its title, a link, an arXiv id or a DOI.")
    item = workbook.catalogue.item(item).id if item else find_item(workbook.catalogue, title, url)
    for one in proposals(workbook):
        if (one.item == item) if item or one.item else are_same(one.paper, (title, url)):
            raise RecordError(f"{one.name} has proposed {one.title} already; second that proposal instead.")
    return {"item": item, "title": "", "url": ""} if item else {"title": title, "url": url}


def to_items(workbook: Workbook, wanted: Iterable[str], *, by: str) -> tuple[str, ...]:
    """Return a shortlist as items: a proposal that is named by its id becomes the item it is about, a new one if need be.

    Raises
    ------
    RecordError
        A name is neither an item's nor a proposal's, or ``by`` may not change the catalogue.
    """
    views = {one.id: one for one in all_proposals(workbook)}
    items, found = set(workbook.catalogue.items["id"]), []
    for name in wanted:
        view = None if name in items else _proposal(views, name)
        found.append(name if view is None else view.item or to_item(workbook, view, by=by))
    return tuple(dict.fromkeys(found))


def _proposal(views: Mapping[str, ProposalView], name: str) -> ProposalView | None:
    ends = [view for key, view in views.items() if key == name or (len(name) >= 6 and key.endswith(name))]
    return ends[0] if len(ends) == 1 else None


def to_item(workbook: Workbook, view: ProposalView, *, by: str) -> str:
    """Return the id of the item of a proposal; a facilitator who needs it adds it to the catalogue.

    Raises
    ------
    RecordError
        ``by`` is no facilitator.
    """
    if view.item:
        return view.item
    if workbook.facilitators and by not in workbook.facilitators:
        raise RecordError("Only a facilitator can add a proposed paper to the catalogue.")
    if workbook.rehearsal is not None:
        raise RecordError(f"A dry run adds no paper to the catalogue, and {view.title} is not in it yet.")
    item = add_item(workbook.folder, view.title, view.url)
    workbook.reread()
    workbook.amend("proposal", by=by, of=view.id, item=item)
    return item
