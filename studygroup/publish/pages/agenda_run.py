"""The agenda command: which session, and its pages."""

from __future__ import annotations

from studygroup.publish.pages.kernels import OnCell
from studygroup.publish.pages.run import Generated
from studygroup.publish.pages.session_page import make_session_page, title_of
from studygroup.workbook.workbook import Workbook


def make_agenda_page(
    workbook: Workbook, session: str | None = None, progress: bool = False, on_cell: OnCell | None = None
) -> tuple[Generated, str]:
    """Write the agenda of a session, or of the one under way or next; return what was written and the session's id.

    Raises
    ------
    ScheduleError
        There is no such session.
    CatalogueError
        The settings name a syllabus that is not there, or the catalogue cannot be read.
    TemplateError, PageError, NotSavedError
        See ``make_page``.
    """
    schedule = workbook.schedule
    found = schedule.named(session) if session else schedule.next(workbook.clock())

    def compute() -> object:
        # Only where a cell raised: a kernel computes it otherwise.
        from studygroup.meeting.before.agenda import agenda_of

        return agenda_of(workbook, found.id)

    return make_session_page(workbook, "agenda", found, title_of(workbook, found), compute, progress, on_cell), found.id
