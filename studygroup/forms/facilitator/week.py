"""The facilitator's forms together: people, plan, agenda, announcement, attendance, notes, closing, report, site, sharing, and when the group meets."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path

from studygroup.forms.choosing.ballots import BallotsForm
from studygroup.forms.choosing.finding import FindTimeForm
from studygroup.forms.choosing.rotation import RotationForm
from studygroup.forms.facilitator.actions import ActionsForm
from studygroup.forms.facilitator.attendance import AttendanceForm
from studygroup.forms.facilitator.capture import CaptureForm
from studygroup.forms.facilitator.closing import CloseForm
from studygroup.forms.facilitator.history import HistoryForm
from studygroup.forms.facilitator.ledger import LedgerForm
from studygroup.forms.facilitator.notes import NotesForm
from studygroup.forms.facilitator.overview import OverviewForm
from studygroup.forms.facilitator.people import PeopleForm
from studygroup.forms.facilitator.planning import PlanForm
from studygroup.forms.facilitator.rsvps import RsvpsForm
from studygroup.forms.facilitator.slot import SlotForm
from studygroup.forms.facilitator.timer import TimerForm
from studygroup.forms.group_tab.links import Links, LinksForm
from studygroup.forms.group_tab.reading_list import ReadingListForm
from studygroup.forms.group_tab.settings import SettingsForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.kit.live import Live, Watch
from studygroup.forms.kit.who import OpenForms, open_forms
from studygroup.forms.layout.steps import WRAP_UP
from studygroup.forms.layout.week_screen import WeekScreen
from studygroup.forms.member_page.materials import MaterialsForm
from studygroup.forms.outgoing.announcing import AnnounceForm
from studygroup.forms.outgoing.pages import PageForm
from studygroup.forms.outgoing.publishing import SiteForm
from studygroup.forms.outgoing.share import ShareForm
from studygroup.forms.outgoing.summaries import SummariesForm
from studygroup.forms.session.guide import GuideForm
from studygroup.forms.session.pace import PaceForm
from studygroup.forms.session.recall import RecallForm
from studygroup.meeting.after.report import report_of, session_to_wrap_up
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.publish.pages.agenda_run import make_agenda_page
from studygroup.publish.pages.report_page import ReportPage
from studygroup.publish.pages.report_run import make_report_page
from studygroup.storage.page_count import pages_open
from studygroup.workbook.workbook import Workbook

Made = tuple[Sequence[Path], Sequence[Path]]


class WeekForms:
    """The forms of one facilitator on one workbook, each made when it is first asked for; what others enter appears in them.

    ``screen`` has all of them in tabs.

    Parameters
    ----------
    workbook
        The group's.
    member
        The id of who enters: decided by the host. Empty where no one is on the roster yet.
    """

    people = cached_property(lambda self: PeopleForm(self.context))
    plan = cached_property(lambda self: PlanForm(self.context))
    guide = cached_property(lambda self: _guide_form(self.context, self.plan))
    capture = cached_property(lambda self: CaptureForm(self.context))
    replies = cached_property(lambda self: RsvpsForm(self.context))
    ballots = cached_property(lambda self: BallotsForm(self.context))
    find_time = cached_property(lambda self: FindTimeForm(self.context))
    rotation = cached_property(lambda self: RotationForm(self.context))
    agenda = cached_property(lambda self: _agenda_form(self.context))
    announce = cached_property(lambda self: AnnounceForm(self.context))
    attendance = cached_property(lambda self: AttendanceForm(self.context))
    timer = cached_property(lambda self: TimerForm(self.context))
    notes = cached_property(lambda self: NotesForm(self.context))
    questions = cached_property(lambda self: LedgerForm(self.context))
    actions = cached_property(lambda self: ActionsForm(self.context))
    materials = cached_property(lambda self: MaterialsForm(self.context))
    close = cached_property(lambda self: CloseForm(self.context))
    report = cached_property(lambda self: _report_form(self.context, self._wraps_up))
    history = cached_property(lambda self: HistoryForm(self.context))
    summaries = cached_property(lambda self: SummariesForm(self.context))
    site = cached_property(lambda self: SiteForm(self.context))
    share = cached_property(lambda self: ShareForm(self.workbook, self._shared))
    settings = cached_property(lambda self: SettingsForm(self.context))
    list = cached_property(lambda self: ReadingListForm(self.context))
    links = cached_property(lambda self: LinksForm(self.context, self.links_of(self.workbook)))
    slot = cached_property(lambda self: SlotForm(self.context))
    screen = cached_property(lambda self: WeekScreen(self.context, lambda name: getattr(self, name)))

    def __init__(self, workbook: Workbook, member: str) -> None:
        self.workbook = workbook
        with workbook.lock:
            self.context = FormContext(workbook, member)
        self._open_pages: int | None = None
        self._live = Live(workbook, self._arrived)
        self._pages = Watch(partial(pages_open, workbook.folder), self._tell_pages)

    @staticmethod
    def links_of(workbook: Workbook) -> Links | None:
        """Return the members' invite links; None where there is no members' page, which is on a floor above."""
        return None

    @cached_property
    def standing(self) -> OverviewForm:
        """Where the group stands, and how many members' pages are open."""
        made = OverviewForm(self.context)
        made.tell_pages(self._open_pages)
        return made

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
            if "screen" in vars(self):
                self.screen.open_moment()

    def stop(self) -> None:
        """Stop following what others enter."""
        self._live.stop()
        self._pages.stop()

    def _tell_pages(self, pages: int | None) -> None:
        self._open_pages = pages
        if "standing" in vars(self):
            self.standing.tell_pages(pages)

    def _wraps_up(self) -> bool:
        """Return whether the tab with the report shows; on a notebook of someone's own, the form always does."""
        return "screen" not in vars(self) or self.screen.tabs.open_page == WRAP_UP

    def _shared(self) -> None:
        self.context.note("shared", len(self.workbook.journal.records))

    def _arrived(self) -> None:
        with self.workbook.lock:
            self.workbook.refresh()
            self.context.changed()


def _only_one(workbook: Workbook) -> str | None:
    """Return who sits here where no one said so: the one facilitator, no one (empty) of an empty roster; None if it is not clear."""
    if not workbook.people:
        return ""
    return workbook.facilitators[0] if len(workbook.facilitators) == 1 else None


def _guide_form(context: FormContext, plan: PlanForm) -> GuideForm:
    form = GuideForm(context, lambda: plan.chosen)
    plan.session.observe(lambda _: form.show(), "value")
    return form


def _agenda_form(context: FormContext) -> PageForm:
    def preview() -> str:
        page = AgendaPage(context.agenda)
        parts = (page.heading, page.reads, page.order, page.threads, page.discussion, page.progress, page.upcoming)
        return "".join(part().html for part in parts)

    def make(tick: Callable[[int, int], None]) -> Made:
        generated, _ = make_agenda_page(context.workbook, context.agenda.session, on_cell=tick)
        return generated.files, generated.kept

    return PageForm(
        context, "agenda", preview, make, [form(context, lambda: context.agenda.session) for form in (PaceForm, RecallForm)]
    )


def _report_form(context: FormContext, in_view: Callable[[], bool]) -> PageForm:
    def preview() -> str:
        page = ReportPage(report_of(context.workbook, session_to_wrap_up(context.workbook)))
        parts = (page.heading, page.results, page.discussed, page.questions, page.attendance, page.progress, page.upcoming)
        return "".join(part().html for part in parts)

    def make(tick: Callable[[int, int], None]) -> Made:
        generated, _ = make_report_page(context.workbook, session_to_wrap_up(context.workbook), on_cell=tick)
        return generated.files, generated.kept

    return PageForm(context, "report", preview, make, in_view=in_view)
