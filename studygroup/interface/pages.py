"""What the templates of agenda and report show, block by block."""

from __future__ import annotations

from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.agenda import agenda_of
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.publish.pages.neighbours import pages_beside
from studygroup.publish.pages.opened import opened_workbook
from studygroup.publish.pages.report_page import ReportPage


def agenda_page(session: str = "") -> AgendaPage:
    """Return the blocks of a session's agenda in the workbook around the current folder, for a template.

    A cell shows one of them: ``heading()``, ``reads()``, ``threads()``, ``order()``, ``discussion()``, ``progress()`` or
    ``upcoming()``. Nothing is written; ``Group.agenda`` writes the pages.

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
    WorkbookError
        There is no workbook.

    Examples
    --------
    In a cell of ``notebooks/templates/agenda.ipynb``, and in the next one::

        page = sg.agenda_page(session)

        page.heading()
    """
    workbook = opened_workbook()
    agenda = agenda_of(workbook, session)
    return AgendaPage(agenda, beside=pages_beside(workbook, agenda))


def report_page(session: str = "") -> ReportPage:
    """Return the blocks of a session's report, as ``agenda_page`` does; without a session, of the one under way or last.

    A cell shows one of them: ``heading()``, ``discussed()``, ``questions()``, ``results()``, ``attendance()``, ``progress()`` or
    ``upcoming()``.
    """
    workbook = opened_workbook()
    report = report_of(workbook, session)
    return ReportPage(report, beside=pages_beside(workbook, report.agenda))
