"""A group's workbook, as people use it from Python."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studygroup.catalogue.items.columns import DTYPES
from studygroup.interface.described import docstring
from studygroup.interface.opened import OpenedWorkbook
from studygroup.workbook.workbook import Workbook

if TYPE_CHECKING:
    import pandas as pd

    from studygroup.interface.entered import Entered
    from studygroup.interface.tables import GroupTables
    from studygroup.publish.blocks import Block


class Group:
    """An open workbook; ``open`` returns it.

    Every table is a DataFrame of its own with a row number as its index, made anew from the files each time: what others enter
    is in it, and changing it changes nothing in the workbook. Columns and dtypes are the same without rows.

    Attributes
    ----------
    folder
        The workbook's folder, absolute.
    """

    def __init__(self, workbook: Workbook) -> None:
        self._opened = OpenedWorkbook(workbook)
        self.folder: Path = workbook.folder

    def __repr__(self) -> str:
        return f"Group({self.name!r} in {str(self.folder)!r})"

    @property
    def name(self) -> str:
        """The group's name, as its settings have it."""
        return self._opened.now().settings.name

    @property
    def items(self) -> pd.DataFrame:
        """Everything that could be read: the catalogue; ``Group.items.__doc__`` gets its columns from their descriptions."""
        from studygroup.interface import group_tables

        return group_tables.items(self._opened.now())

    @property
    def lists(self) -> pd.DataFrame:
        """What the imported reading lists say, entry by entry.

        Returns
        -------
        DataFrame
            One row for each entry of each list, in order of the lists' names and of the entries.

            ========  ======  ======================================================
            list      str     the list's short name
            position  int64   from 1
            number    str     as the list prints it; may be empty
            section   str     the headings above it, `` > `` between them
            title     str     as the list has it
            url       str     as the list has it; may be empty
            items     object  tuple of items' ids; empty for an entry that names none
            entry     str     ``list/entry``, as plans name it
            columns   object  dict of a table's other cells, by their heading
            ========  ======  ======================================================
        """
        from studygroup.interface import group_tables

        return group_tables.lists(self._opened.now())

    @property
    def syllabus(self) -> pd.DataFrame:
        """The list that the group works through, and where it is.

        Returns
        -------
        DataFrame
            One row for each step, in order; none where the group has not chosen a list.

            =======  ======  =====================================================================
            step     int64   from 1
            number   str     as the list prints it; may be empty
            section  str     the headings above it, `` > `` between them
            title    str     as the list has it
            items    object  tuple of items' ids; empty for a step that names none
            state    str     finished, next (the session under way or next reads it) or ahead
            session  str     the session that finished it or reads it next; empty where it is ahead
            entry    str     ``list/entry``, as plans name it
            =======  ======  =====================================================================
        """
        from studygroup.interface import group_tables

        return group_tables.syllabus(self._opened.now())

    @property
    def sessions(self) -> pd.DataFrame:
        """The sessions of which something was recorded, and those of the coming half year.

        Returns
        -------
        DataFrame
            One row for each session, in order of their start.

            ==========  ===================  ==============================================================
            session     str                  its id, the date it was first scheduled for
            title       str                  what it read or is planned to read; empty: nothing was planned
            items       object               tuple of the items' ids
            state       str                  coming, under way, held, not recorded (it is over) or cancelled
            moved       bool                 whether it was moved
            start       datetime64[ms, UTC]  when it starts
            local       datetime64[s]        the same on the group's clocks, without a zone
            zone        str                  the zone of ``local``
            length_min  int64                in minutes
            members     int64                how many members the group has on that day
            there       int64                how many of them were there
            guests      int64                how many guests were there
            ==========  ===================  ==============================================================
        """
        from studygroup.interface import group_tables

        return group_tables.sessions(self._opened.now())

    @property
    def tables(self) -> GroupTables:
        """Everything that was entered, a DataFrame for each kind: ``group.tables.ratings``. Printing it lists them."""
        from studygroup.interface.tables import GroupTables

        return GroupTables(self._opened.now)

    def search(self, text: str, limit: int = 20) -> pd.DataFrame:
        """Return the items that a text finds, best first.

        Parameters
        ----------
        text
            Words of a title, of authors' names, of a section or of what an item is about; or an id.
        limit
            How many rows at the most.

        Returns
        -------
        DataFrame
            One row for each item found, with the columns of ``items`` and ``score`` (float64, from 0 to 3). None for a text without
            words.
        """
        from studygroup.interface import group_tables

        return group_tables.search(self._opened.now(), text, limit)

    def models(self, licence: str = "", max_parameters: str = "", min_context: str = "") -> pd.DataFrame:
        """Return the models of the lists that fit, with numbers to compare beside what the lists say.

        Parameters
        ----------
        licence
            A family, or words of a licence: ``"apache"``, ``"cc by-sa"``.
        max_parameters
            The smallest size that a model comes in is at most this: ``"13B"``. A bare number means billions.
        min_context
            The longest context is at least this: ``"8k"``.

        Returns
        -------
        DataFrame
            One row for each model: ``id``, ``title``, ``released``, ``parameters``, ``context_length``, ``licence`` and ``url`` as
            in ``items``; ``parameters_from`` and ``parameters_to``, ``context_from`` and ``context_to`` (float64, NaN where
            nothing is said, inf for a context without an end); ``licence_family``.
        """
        from studygroup.interface import group_tables

        return group_tables.models(self._opened.now(), licence, max_parameters, min_context)

    def attendance_chart(self) -> Block:
        """Return a chart of how many came to each session that was held: members, guests, and how many members there were."""
        from studygroup.interface import charts

        return charts.attendance(self._opened.now())

    def finished_chart(self) -> Block:
        """Return a chart of how much of the syllabus the group had finished after each session."""
        from studygroup.interface import charts

        return charts.finished(self._opened.now())

    def progress_chart(self) -> Block:
        """Return a chart of what the group has finished of the syllabus, section by section."""
        from studygroup.interface import charts

        return charts.progress(self._opened.now())

    def record(self, type: str, *, by: str = "", session: str | date = "", **fields: Any) -> Entered:
        """Enter what a form enters, with the same checks, and return it; it is on the disk then.

        Parameters
        ----------
        type
            What it is: person, plan, close, rsvp, attendance, swap, turn, away, note, action, reading, rating, summary, question, answer,
            material, proposal, second, ballot, vote or slot.
        by
            The id or name of the member who enters it; without one, the ``member`` whose it is, whoever ``studygroup me`` noted for
            this folder, or the one facilitator.
        session
            Its id, its date; without one, the session under way or next, and for notes, actions, attendance and closing the last
            one that is still to be closed.
        fields
            As ``studygroup record TYPE --help`` lists them, with ``_`` for ``-``. Members by id or name, questions and actions also by
            number. What is not given of a thing that is there already stays as it was.

        Returns
        -------
        Entered
            With its ``id``, and ``undo()``.

        Raises
        ------
        RecordError
            Something in it is not acceptable; nothing was written.
        CatalogueError
            It names an item that is not in the catalogue.
        ScheduleError
            There is no such session.
        NotSavedError
            The disk refused.

        Examples
        --------
        ::

            group.record("rating", member="Ada", item="few-shot", rating=5)
            group.record("question", member="Ada", item="few-shot", text="Why 175 billion?")
            group.record("attendance", member="Bo", state="late", session="2026-11-27")
        """
        from studygroup.interface.entered import entered

        workbook = self._opened.now()
        with workbook.lock:
            return entered(workbook, type, by, str(session), fields)

    def agenda(self, session: str = "") -> tuple[Path, ...]:
        """Write a session's agenda and return its files: notebook, HTML page and Markdown.

        Parameters
        ----------
        session
            The session's id, its date; empty for the one under way or next.

        Raises
        ------
        ScheduleError
            There is no such session.
        CatalogueError
            The settings name a syllabus that is not there, or the catalogue cannot be read.
        TemplateError
            A cell of the template failed; an earlier agenda is still there.
        UntrustedError
            The template came with git and was not accepted here.
        NotSavedError
            A file could not be written; an earlier agenda is still there.
        """
        from studygroup.publish.pages.agenda_run import make_agenda_page

        return make_agenda_page(self._opened.now(), session or None)[0].files

    def report(self, session: str = "") -> tuple[Path, ...]:
        """Write a session's report and return its files, as ``agenda`` does; without a session, of the one under way or last."""
        from studygroup.publish.pages.report_run import make_report_page

        return make_report_page(self._opened.now(), session or None)[0].files


_MEANINGS = {
    "id": "stable and unique; other tables call it ``item``",
    "title": "never empty",
    "kind": "paper, article, video, course, book, model, …",
    "url": "the main link",
    "authors": "``;`` between names",
    "year": "NA where it is not known",
    "arxiv": "without version",
    "doi": "without an address",
    "section": "headings where it first appeared, `` > `` between them",
    "importance": "why to read it, a sentence",
    "about": "what it is, a sentence",
    "links": "other links, as Markdown",
}
Group.items.__doc__ = docstring(
    "Everything that could be read: the catalogue.",
    "One row for each item, in the order of ``catalogue.csv``; what is not known is an empty text.",
    DTYPES,
    {name: _MEANINGS.get(name, "as a list has it") for name in DTYPES},
)


def open(folder: str | os.PathLike[str] | None = None) -> Group:
    """Return the group whose workbook is in a folder.

    Parameters
    ----------
    folder
        The workbook's folder; without it, the current folder or the nearest one above it that is a workbook.

    Raises
    ------
    WorkbookError
        There is no workbook.
    SettingsError
        Its settings cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> from datetime import date
    >>> import studygroup as sg
    >>> from studygroup.workbook.starter import new_workbook
    >>> with tempfile.TemporaryDirectory() as place:
    ...     club = Path(place) / "club"
    ...     _ = new_workbook(club, name="Night owls", weekday="friday", time="23:00", zone="UTC", today=date(2026, 1, 2))
    ...     sg.open(club).name
    'Night owls'
    """
    return Group(Workbook.open(folder))
