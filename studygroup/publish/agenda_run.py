"""The agenda command: which session, and its pages."""

from __future__ import annotations

from studygroup.errors import StudygroupError, TemplateError
from studygroup.publish.run import Generated, make_page
from studygroup.text import to_day
from studygroup.workbook import Workbook


def make_agenda_page(workbook: Workbook, session: str | None = None, progress: bool = False) -> tuple[Generated, str]:
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
    found = schedule.find(session) if session else schedule.next(workbook.clock())
    title = f"{workbook.settings.name}: {to_day(found.start)}"
    try:
        return make_page(workbook.folder, "agenda", found.id, title, progress), found.id
    except TemplateError:
        # What the cells read may be wrong, rather than the template: then that is what to say.
        from studygroup.meeting.agenda import agenda_of

        try:
            agenda_of(workbook, found.id)
        except StudygroupError:
            (workbook.folder / "sessions" / found.id / "agenda.failed.ipynb").unlink(missing_ok=True)
            raise
        raise
