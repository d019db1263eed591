"""The report command: which session, and its pages."""

from __future__ import annotations

import msgspec

from studygroup.meeting.report import last_session, report_of
from studygroup.publish.pdf import write_pdf
from studygroup.publish.run import Generated, OnCell
from studygroup.publish.session_page import make_session_page, title_of
from studygroup.workbook import Workbook


def make_report_page(
    workbook: Workbook,
    session: str | None = None,
    progress: bool = False,
    on_cell: OnCell | None = None,
    *,
    pdf: bool = False,
) -> tuple[Generated, str]:
    """Write the report of a session, or of the one under way or last; return what was written and the session's id.

    Parameters
    ----------
    pdf
        Whether to print the page to a PDF file too.

    Raises
    ------
    ScheduleError
        There is no such session.
    CatalogueError
        The settings name a syllabus that is not there, or the catalogue cannot be read.
    TemplateError, PageError, NotSavedError
        See ``make_page`` and ``write_pdf``; without a PDF the other pages are written all the same.
    """
    found = workbook.schedule.find(session) if session else last_session(workbook)
    title = title_of(workbook, found, "report of ")

    def compute() -> object:
        return report_of(workbook, found.id)

    made = make_session_page(workbook, "report", found, title, compute, progress, on_cell)
    if pdf:
        page = next(file for file in made.files if file.suffix == ".html")
        write_pdf(page, page.with_suffix(".pdf"))
        made = msgspec.structs.replace(made, files=(*made.files, page.with_suffix(".pdf")))
    return made, found.id
