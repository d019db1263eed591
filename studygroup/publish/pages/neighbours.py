"""Which other pages a session's page can lead to in the workbook's own folder, also where the group has no site."""

from __future__ import annotations

from studygroup.meeting.before.agenda import Agenda
from studygroup.storage.shared_files import is_file
from studygroup.workbook.workbook import Workbook


def pages_beside(workbook: Workbook, agenda: Agenda) -> dict[str, str]:
    """Return the addresses of the pages that are there, from one in the session's folder.

    ``agenda`` and ``report`` are the session's own, ``last`` is the report of the session before it.
    """
    here, last, sessions = agenda.session, agenda.last, workbook.folder / "sessions"
    known = {"agenda": (here, "agenda"), "report": (here, "report"), "last": (last, "report")}
    return {
        name: f"{f'../{session}/' if session != here else ''}{kind}.html"
        for name, (session, kind) in known.items()
        if session and is_file(sessions / session / f"{kind}.html", workbook.folder)
    }
