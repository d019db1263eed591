"""The facilitator's forms together: people, plan, agenda, announcement, attendance, notes, closing, report, site, sharing, and when the group meets."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from studygroup.forms.facilitator.actions import ActionsForm
from studygroup.forms.facilitator.attendance import AttendanceForm
from studygroup.forms.facilitator.closing import CloseForm
from studygroup.forms.facilitator.history import HistoryForm
from studygroup.forms.facilitator.ledger import LedgerForm
from studygroup.forms.facilitator.notes import NotesForm
from studygroup.forms.facilitator.overview import OverviewForm
from studygroup.forms.facilitator.people import PeopleForm
from studygroup.forms.facilitator.planning import PlanForm
from studygroup.forms.facilitator.slot import SlotForm
from studygroup.forms.facilitator.timer import TimerForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.kit.live import Live, Watch
from studygroup.forms.kit.who import OpenForms, open_forms
from studygroup.forms.member_page.materials import MaterialsForm
from studygroup.forms.outgoing.announcing import AnnounceForm
from studygroup.forms.outgoing.pages import PageForm
from studygroup.forms.outgoing.publishing import SiteForm
from studygroup.forms.outgoing.share import ShareForm
from studygroup.meeting.after.report import report_of
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.publish.pages.agenda_run import make_agenda_page
from studygroup.publish.pages.report_page import ReportPage
from studygroup.publish.pages.report_run import make_report_page
from studygroup.storage.page_count import pages_open
from studygroup.workbook.workbook import Workbook

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
            self.context = context = FormContext(workbook, member)
            self.people = PeopleForm(context)
            self.standing = OverviewForm(context)
            self.plan = PlanForm(context)
            self.agenda = _agenda_form(context)
            self.announce = AnnounceForm(context)
            self.attendance = AttendanceForm(context)
            self.timer = TimerForm(context)
            self.notes = NotesForm(context)
            self.questions = LedgerForm(context)
            self.actions = ActionsForm(context)
            self.materials = MaterialsForm(context)
            self.close = CloseForm(context)
            self.report = _report_form(context)
            self.history = HistoryForm(context)
            self.site = SiteForm(context)
            self.share = ShareForm(workbook, context.changed)
            self.slot = SlotForm(context)
        self._live = Live(workbook, self._arrived)
        self._pages = Watch(partial(pages_open, workbook.folder), self.standing.tell_pages)

    @classmethod
    def open(cls, member: str = "", folder: str | os.PathLike[str] | None = None) -> OpenForms:
        """Return the forms in a notebook, and who sits there; a cell that is run again finds them as the journal has them now.

        Where no one said who sits here, it is the one facilitator; with several facilitators, the notebook asks.

        Raises
        ------
        RecordError
            ``member`` is not on the roster.
        """
        return open_forms(cls, member, folder, _only_one)

    def show(self) -> None:
        """Read everything again, and show it."""
        with self.workbook.lock:
            self.workbook.reread()
            self.context.changed()

    def stop(self) -> None:
        """Stop following what others enter."""
        self._live.stop()
        self._pages.stop()

    def _arrived(self) -> None:
        with self.workbook.lock:
            self.workbook.refresh()
            self.context.changed()


def _only_one(workbook: Workbook) -> str | None:
    """Return who sits here where no one said so: the one facilitator, no one (empty) of an empty roster; None if it is not clear."""
    if not workbook.people:
        return ""
    return workbook.facilitators[0] if len(workbook.facilitators) == 1 else None


def _agenda_form(context: FormContext) -> PageForm:
    def preview() -> str:
        page = AgendaPage(context.agenda)
        parts = (page.heading, page.reads, page.order, page.discussion, page.threads, page.progress, page.upcoming)
        return "".join(part().html for part in parts)

    def make(tick: Callable[[int, int], None]) -> Made:
        generated, _ = make_agenda_page(context.workbook, context.agenda.session, on_cell=tick)
        return generated.files, generated.kept

    return PageForm(context, "agenda", preview, make)


def _report_form(context: FormContext) -> PageForm:
    def preview() -> str:
        page = ReportPage(report_of(context.workbook, context.workbook.session_to_record()))
        parts = (page.heading, page.discussed, page.questions, page.results, page.attendance, page.progress, page.upcoming)
        return "".join(part().html for part in parts)

    def make(tick: Callable[[int, int], None]) -> Made:
        generated, _ = make_report_page(context.workbook, context.workbook.session_to_record(), on_cell=tick)
        return generated.files, generated.kept

    return PageForm(context, "report", preview, make)
