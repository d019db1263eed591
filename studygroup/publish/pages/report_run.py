"""The report command: which session, and its pages."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from studygroup.group.schedule import Session
from studygroup.meeting.after.report import last_session, report_of
from studygroup.publish.pages.freshness import Freshness
from studygroup.publish.pages.kernels import Kernel, OnCell
from studygroup.publish.pages.pdf import write_pdf
from studygroup.publish.pages.run import Generated
from studygroup.publish.pages.session_page import make_session_page, title_of
from studygroup.workbook.workbook import Workbook


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
    found = workbook.schedule.named(session) if session else last_session(workbook)

    def made_from() -> str:
        return Freshness(workbook).made_from(report_of(workbook, found.id))

    return write_report(workbook, found, made_from, progress=progress, on_cell=on_cell, pdf=pdf), found.id


def write_report(
    workbook: Workbook,
    session: Session,
    made_from: Callable[[], str],
    *,
    progress: bool = False,
    on_cell: OnCell | None = None,
    pdf: bool = False,
    kernel: Kernel | None = None,
) -> Generated:
    """Write one session's report and return what was written; see ``make_report_page``.

    ``made_from`` computes what ``Freshness.made_from`` returns for it; what is wrong in the workbook is raised there too.
    """
    made = make_session_page(
        workbook,
        "report",
        session,
        title_of(workbook, session, "report of "),
        made_from,
        progress,
        on_cell,
        kernel=kernel,
        mark=lambda notebook: {"made_from": made_from()},
    )
    if not pdf:
        return made
    page = next(file for file in made.files if file.suffix == ".html")
    printed = page.with_suffix(".pdf")
    write_pdf(page, printed, workbook.folder)
    return msgspec.structs.replace(made, files=(*made.files, printed))
