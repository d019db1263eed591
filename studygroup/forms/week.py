"""The facilitator's forms together: people, plan, agenda, announcement, attendance, notes, closing, report, site, sharing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from studygroup.errors import RecordError
from studygroup.forms.actions import ActionsForm
from studygroup.forms.announcing import AnnounceForm
from studygroup.forms.attendance import AttendanceForm
from studygroup.forms.closing import CloseForm
from studygroup.forms.desk import Desk
from studygroup.forms.kernel import kept_open, open_workbook
from studygroup.forms.ledger import LedgerForm
from studygroup.forms.live import Live, LivePages
from studygroup.forms.materials import MaterialsForm
from studygroup.forms.notes import NotesForm
from studygroup.forms.pages import PageForm
from studygroup.forms.past import HistoryForm
from studygroup.forms.people import PeopleForm
from studygroup.forms.planning import PlanForm
from studygroup.forms.publishing import SiteForm
from studygroup.forms.share import ShareForm
from studygroup.forms.standing import StandingForm
from studygroup.forms.timer import TimerForm
from studygroup.identity import who_am_i
from studygroup.meeting.report import report_of
from studygroup.publish.agenda_page import AgendaPage
from studygroup.publish.agenda_run import make_agenda_page
from studygroup.publish.report_page import ReportPage
from studygroup.publish.report_run import make_report_page
from studygroup.workbook import Workbook

Made = tuple[Sequence[Path], Sequence[Path]]


class WeekForms:
    """The forms of one facilitator on one workbook; what others enter appears in them.

    Parameters
    ----------
    workbook
        The group's.
    member
        The id of who enters: decided by the host. Empty where nobody is on the roster yet.
    """

    def __init__(self, workbook: Workbook, member: str) -> None:
        self.workbook = workbook
        with workbook.lock:
            self.desk = desk = Desk(workbook, member)
            self.people = PeopleForm(desk)
            self.standing = StandingForm(desk)
            self.plan = PlanForm(desk)
            self.agenda = _agenda_form(desk)
            self.announce = AnnounceForm(desk)
            self.attendance = AttendanceForm(desk)
            self.timer = TimerForm(desk)
            self.notes = NotesForm(desk)
            self.questions = LedgerForm(desk)
            self.actions = ActionsForm(desk)
            self.materials = MaterialsForm(desk)
            self.close = CloseForm(desk)
            self.report = _report_form(desk)
            self.history = HistoryForm(desk)
            self.site = SiteForm(desk)
            self.share = ShareForm(workbook, desk.changed)
        self._live = Live(workbook, self._arrived)
        self._pages = LivePages(workbook.folder, self.standing.tell_pages)

    @classmethod
    def open(cls, member: str = "", folder: str | os.PathLike[str] | None = None) -> WeekForms:
        """Return the forms in a notebook; a cell that is run again finds them as the journal has them now.

        Raises
        ------
        RecordError
            Nobody said who sits here, and more or less than one facilitator could be meant; see ``identity.who_am_i``.
        """
        workbook = open_workbook(folder)
        return kept_open(cls, workbook, _who(workbook, member))

    def show(self) -> None:
        """Read everything again, and show it."""
        with self.workbook.lock:
            self.workbook.reread()
            self.desk.changed()

    def stop(self) -> None:
        """Stop following what others enter."""
        self._live.stop()
        self._pages.stop()

    def _arrived(self) -> None:
        with self.workbook.lock:
            self.workbook.refresh()
            self.desk.changed()


def _who(workbook: Workbook, member: str) -> str:
    """Return who sits here: as the host says, else the one facilitator; nobody while the roster is empty."""
    try:
        return who_am_i(workbook, member)
    except RecordError:
        if member or not workbook.people:
            if member:
                raise
            return ""
        if len(workbook.facilitators) == 1 and not os.environ.get("JUPYTERHUB_USER"):
            return workbook.facilitators[0]
        raise


def _agenda_form(desk: Desk) -> PageForm:
    def preview() -> str:
        page = AgendaPage(desk.agenda)
        parts = (page.heading, page.reads, page.order, page.discussion, page.threads, page.progress, page.upcoming)
        return "".join(part().html for part in parts)

    def make(tick: Callable[[int, int], None]) -> Made:
        generated, _ = make_agenda_page(desk.workbook, desk.agenda.session, on_cell=tick)
        return generated.files, generated.kept

    return PageForm(desk, "agenda", preview, make)


def _report_form(desk: Desk) -> PageForm:
    def preview() -> str:
        page = ReportPage(report_of(desk.workbook, desk.workbook.session_to_record()))
        parts = (page.heading, page.discussed, page.questions, page.results, page.attendance, page.progress, page.upcoming)
        return "".join(part().html for part in parts)

    def make(tick: Callable[[int, int], None]) -> Made:
        generated, _ = make_report_page(desk.workbook, desk.workbook.session_to_record(), on_cell=tick)
        return generated.files, generated.kept

    return PageForm(desk, "report", preview, make)
