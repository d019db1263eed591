"""A schedule that was imported as a list, row by row: on which day, what is read, who presents, or why no one meets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

import msgspec

from studygroup.catalogue.merging.importer import Import
from studygroup.catalogue.recognise.entry import Entry, IdleRow, ReadingList
from studygroup.catalogue.recognise.vocabulary.columns import role_of
from studygroup.catalogue.recognise.vocabulary.labels import label_form
from studygroup.catalogue.recognise.vocabulary.names import is_organisation, is_person
from studygroup.catalogue.recognise.vocabulary.words import plain
from studygroup.meeting.schedules.list_days import WrittenDay, decide_days, read_day, years_in

_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
_PRESENTER_HEAD = re.compile(
    r"(?:speakers?|presented by|talks? by|who|chair|facilitators?|discussion leads?)(?:\(s\))?", re.IGNORECASE
)
_SAID = re.compile(
    r"(?:presenters?|presented by|presenting|speakers?|host(?:ed by)?|lead(?:er)?|led by|discussant|discussion led by)"
    r"\s*[:：]?\s+(?P<names>\S.*)",
    re.IGNORECASE,
)
_NO_SESSION = re.compile(
    r"\bno (?:meeting|class|session|seminar|reading|talk)\b|\b(?:holidays?|break|cancell?ed|recess|vacation|thanksgiving|"
    r"christmas|xmas|new year|easter|skipped|postponed)\b|停课|休み|放假",
    re.IGNORECASE,
)
_LONGEST_REASON = 160
_LONGEST_NOTICE = 8


class ScheduleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a schedule.

    ``reference`` is ``list/entry``, ``items`` are ids; both empty for a row without a work. ``day`` is None where ``written`` (as the
    row has it, or empty) is no day. ``presenters`` is what is written of them, ``maybe`` words that are names if the roster
    knows them. ``no_session`` says why no one meets, or is empty. ``inferred`` says that the year was not written.
    """

    list: str
    line: int
    title: str = ""
    reference: str = ""
    items: tuple[str, ...] = ()
    written: str = ""
    day: date | None = None
    inferred: bool = False
    timed: bool = False
    presenters: str = ""
    perhaps: tuple[str, ...] = ()
    no_session: str = ""


class _UndatedRow(msgspec.Struct, frozen=True):
    """A row before its day was decided."""

    row: ScheduleRow
    when: WrittenDay | None


def schedule_rows(
    result: Import, today: date, *, weekday: int | Collection[int] | None = None, day_first: bool | None = None
) -> Iterator[ScheduleRow]:
    """Yield the rows of an import's lists, in their order; see ``decide_days`` for ``weekday`` and ``day_first``.

    Raises
    ------
    ScheduleError
        It cannot be told whether dates begin with the day or with the month.
    """
    for one in result.lists:
        names = dict(zip(result.frames[one.name]["position"], result.frames[one.name]["entry"], strict=True))
        beside = _said_beside(one)
        found = [row for entry in one.entries if (row := _of_entry(result, one, entry, str(names[entry.position]), beside))]
        found += [row for idle in one.idle if (row := _of_idle(one, idle))]
        found.sort(key=lambda one: one.row.line)
        dated = [(place, row.when) for place, row in enumerate(found) if row.when]
        days = decide_days([when for _, when in dated], today, weekday=weekday, day_first=day_first)
        of_place = {place: day for (place, _), day in zip(dated, days, strict=True)}
        for place, row in enumerate(found):
            when = row.when
            yield msgspec.structs.replace(
                row.row,
                day=of_place.get(place),
                written=when.text if when else row.row.written,
                inferred=when is not None and when.year is None,
                timed=when is not None and when.timed,
            )


def _said_beside(one: ReadingList) -> dict[tuple[str, ...], str]:
    """Return the presenters whom a line of its own names (``Presenter: Ada``), by the section that it is in."""
    lines = [(entry.section, _SAID.fullmatch(entry.title)) for entry in reversed(one.entries) if not entry.url]
    return {section: found["names"] for section, found in lines if found}


def _of_entry(
    result: Import, one: ReadingList, entry: Entry, name: str, beside: Mapping[tuple[str, ...], str]
) -> _UndatedRow | None:
    """Return an entry as a row; None for one that only tells of another (a presenter's line, a link named Slides)."""
    when, rest, written = _when(entry)
    in_section = bool(entry.section) and when is not None and when.text == entry.section[-1].strip()
    if in_section and (label_form(entry.title) is not None or (not entry.url and _SAID.fullmatch(entry.title))):
        return None
    presenters, perhaps = _presenters(entry, rest)
    if in_section and not presenters:
        presenters = beside.get(entry.section, "")
    notice = rest if not entry.url and when is not None and entry.title.startswith(when.text.split()[0]) else entry.title
    says_none = not entry.url and len(notice.split()) <= _LONGEST_NOTICE and bool(_NO_SESSION.search(notice))
    row = ScheduleRow(
        list=one.name,
        line=entry.line,
        title=entry.title,
        reference="" if says_none else f"{one.name}/{name}",
        items=() if says_none else result.of_entries.get((one.name, entry.position), ()),
        written=written,
        presenters=presenters,
        perhaps=perhaps,
        no_session=notice[:_LONGEST_REASON] if says_none else "",
    )
    return _UndatedRow(row, _placed(when, entry.section, entry.line))


def _of_idle(one: ReadingList, idle: IdleRow) -> _UndatedRow | None:
    """Return a row without a work, if it says that no one meets; what is not decided yet (TBD) says nothing."""
    when, cell = _in_columns(idle.cells)
    others = [" ".join(text.split()) for head, text in idle.cells.items() if text.strip() and text != cell]
    said = [text for text in others if len(text.split()) <= _LONGEST_NOTICE and _NO_SESSION.search(text)]
    reason = said[0] if said else f"Struck out in the list: {max(others, key=len)}" if idle.struck and others else ""
    if when is None or not reason:
        return None
    row = ScheduleRow(list=one.name, line=idle.line, no_session=reason[:_LONGEST_REASON])
    return _UndatedRow(row, _placed(when, idle.section, idle.line))


def _placed(when: WrittenDay | None, section: tuple[str, ...], line: int) -> WrittenDay | None:
    """Return a date with its line and the years of the headings above it."""
    if when is None:
        return None
    years = next((found for head in reversed(section) if not read_day(head) and (found := years_in(head))), ())
    return msgspec.structs.replace(when, years=years, line=line)


# --- dates ------------------------------------------------------------------------------------------------------------


def _when(entry: Entry) -> tuple[WrittenDay | None, str, str]:
    """Return an entry's date, what is beside it, and what is written where a date should be.

    It is in a column or field for dates, before the title, behind it in parentheses, or in the heading.
    """
    when, cell = _in_columns({**entry.columns, **entry.details, "number": entry.number})
    if when is not None:
        return when, "", cell
    before = entry.details.get("note", "")
    if (when := read_day(before)) and when.first:
        return msgspec.structs.replace(when, text=_without(when), column="note"), when.rest, before
    behind = entry.details.get("about", "").split("\n")[0]
    if len(behind.split()) <= _LONGEST_NOTICE and (when := read_day(behind)) and when.first and _is_sure(when):
        return msgspec.structs.replace(when, text=_without(when), column="about"), when.rest, behind
    if not entry.url and (when := read_day(entry.title)) and when.first and _is_sure(when):
        return msgspec.structs.replace(when, column="title"), when.rest, entry.title
    for head in reversed(entry.section):
        if (when := read_day(head)) and when.first:
            return msgspec.structs.replace(when, column="heading"), "", head
    return None, "", cell


def _in_columns(cells: Mapping[str, str]) -> tuple[WrittenDay | None, str]:
    """Return the date of a row's column for dates, else of another that has nothing but a date; and what it says."""
    written = ""
    for head, cell in cells.items():
        text = _plain(cell)
        when = read_day(text)
        if role_of(head) == "date":
            if when is not None:
                return msgspec.structs.replace(when, column=head), text
            written = written or text
    for head, cell in cells.items():
        if role_of(head) in {"", "number"} and (when := read_day(_plain(cell))) and not when.rest and _is_sure(when):
            return msgspec.structs.replace(when, column=head), _plain(cell)
    return None, written


def _is_sure(when: WrittenDay) -> bool:
    """Return whether a text is a date also where none is expected: 3.2 may count something."""
    return when.year is not None or any(character.isalpha() for character in when.text.replace(when.rest, ""))


def _without(when: WrittenDay) -> str:
    return when.text.replace(when.rest, "").strip(" ,;:|()[]–—-") if when.rest else when.text.strip("()[] ")


# --- presenters -------------------------------------------------------------------------------------------------------


def _presenters(entry: Entry, beside_date: str) -> tuple[str, tuple[str, ...]]:
    """Return what an entry says of its presenters, and words that are presenters if the roster has them."""
    for head, cell in {**entry.columns, **entry.details}.items():
        if (role_of(head) == "presenter" or _PRESENTER_HEAD.fullmatch(head.strip(" *_`:"))) and _plain(cell):
            return _plain(cell), ()
    about = entry.details.get("about", "").strip(" ()[]")
    for text in (beside_date, about):
        if found := _SAID.fullmatch(text.strip(" ()[]–—-,;")):
            return found["names"], ()
    if beside_date and is_person(beside_date) and not is_organisation(beside_date):
        return beside_date, ()
    return "", tuple(text for text in (beside_date, about, ", ".join(entry.authors)) if text and len(text) <= 200)


def _plain(cell: str) -> str:
    """Return a cell without the marks of Markdown around its words."""
    text = re.sub(r"<br ?/?>", ", ", _LINK.sub(r"\1", cell))
    return plain(re.sub(r"\*\*|__|[*`]|~~|<[^<>]*>", "", text))
