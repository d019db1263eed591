"""The lists as the site shows them: by section, with what was read and what comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from studygroup.catalogue.items.list_notes import read_notes
from studygroup.meeting.after.report import Report
from studygroup.meeting.before.agenda import Agenda, shared_length
from studygroup.meeting.facts.syllabus import to_steps
from studygroup.meeting.published.list_titles import list_titles
from studygroup.meeting.published.site_items import ItemPage
from studygroup.workbook.workbook import Workbook


class ListRow(msgspec.Struct, frozen=True):
    """One entry of a list: the number printed there, its title, the ids of its items, how far the group is with it, where.

    ``status`` is "read", "next", "planned" or empty; ``session`` the session that read it or will.
    """

    number: str
    title: str
    items: tuple[str, ...]
    status: str = ""
    session: str = ""


class Section(msgspec.Struct, frozen=True):
    """The entries under one heading path of a list."""

    names: tuple[str, ...]
    rows: tuple[ListRow, ...]


class ListPage(msgspec.Struct, frozen=True):
    """A reading list, by its title; ``name`` is empty for the items that are in none. ``notes`` are Markdown."""

    name: str
    title: str
    syllabus: bool
    sections: tuple[Section, ...]
    notes: str = ""

    @property
    def rows(self) -> tuple[ListRow, ...]:
        """All its entries, in order."""
        return tuple(row for section in self.sections for row in section.rows)

    @property
    def read(self) -> int:
        """How many of its entries the group has read."""
        return sum(row.status == "read" for row in self.rows)


def list_pages(
    workbook: Workbook,
    items: Mapping[str, ItemPage],
    done: Mapping[int, str],
    reports: Sequence[Report],
    upcoming: Agenda | None,
) -> Iterator[ListPage]:
    """Yield the lists, the syllabus first, and at last the items that are in none."""
    syllabus, lists = workbook.settings.syllabus, workbook.catalogue.lists
    titles = list_titles(lists)
    soon = _steps_ahead(reports, upcoming)
    coming = upcoming.session if upcoming else ""
    for name in sorted(lists, key=lambda one: (one != syllabus, one)):
        rows = []
        for step in to_steps(name, workbook.catalogue.steps(name)):
            read, ahead = done.get(step.number, ""), soon.get(step.reference, "")
            if name != syllabus:
                # An entry of another list is read when all of its items are.
                read, ahead = _of_items(step.items, items)
            row = ListRow(step.printed, step.title, _known(step.items, items), _status(read, ahead, coming), read or ahead)
            rows.append((step.section, row))
        yield ListPage(name, titles[name], name == syllabus, tuple(_sections(rows)), read_notes(workbook.folder, name))
    loose = [(item, page) for item, page in items.items() if not page.places]
    if loose:
        rows = []
        for item, page in loose:
            read, ahead = _of_items((item,), items)
            section = tuple(part for part in page.section.split(" > ") if part)
            rows.append((section, ListRow("", page.opinions.work.title, (item,), _status(read, ahead, coming), read or ahead)))
        yield ListPage("", "Other papers", False, tuple(_sections(rows)))


def _status(read: str, ahead: str, coming: str) -> str:
    """Return how far the group is with an entry, by the session that read it, the one that will, and the next one."""
    if read:
        return "read"
    return "" if not ahead else "next" if ahead == coming else "planned"


def _steps_ahead(reports: Sequence[Report], upcoming: Agenda | None) -> dict[str, str]:
    """Return the session ahead that reads each step, by the step's reference."""
    found: dict[str, str] = {}
    for agenda in [*([upcoming] if upcoming else []), *(one.agenda for one in reports if one.state == "ahead")]:
        for read in agenda.reads:
            if read.step:
                found.setdefault(read.step.reference, agenda.session)
    return found


def _of_items(ids: Sequence[str], items: Mapping[str, ItemPage]) -> tuple[str, str]:
    """Return the last session that read all of some items, or empty; and the first one ahead that will read one, or empty."""
    pages = [items[item] for item in ids if item in items]
    read = max((page.read_in[-1] for page in pages), default="") if pages and all(page.read_in for page in pages) else ""
    return read, min((page.planned_in[0] for page in pages if page.planned_in), default="")


def _known(ids: Sequence[str], items: Mapping[str, ItemPage]) -> tuple[str, ...]:
    return tuple(item for item in ids if item in items)


def _sections(rows: Sequence[tuple[tuple[str, ...], ListRow]]) -> Iterator[Section]:
    """Yield rows by their headings; what is under the same headings again is one section."""
    shared = shared_length([names for names, _ in rows])
    found: dict[tuple[str, ...], list[ListRow]] = {}
    for names, row in rows:
        found.setdefault(names[shared:], []).append(row)
    for names, own in found.items():
        yield Section(names, tuple(own))
