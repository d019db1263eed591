"""A member's forms together: the next session, reading, summaries, questions and progress."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from functools import cached_property

from studygroup.forms.choosing.choose import ChooseForm
from studygroup.forms.choosing.times import TimesForm
from studygroup.forms.choosing.turns import AwayForm, TurnsForm
from studygroup.forms.kit import widgets
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.kit.live import Watch
from studygroup.forms.kit.who import OpenForms, open_forms
from studygroup.forms.member_page.asking import QuestionsForm
from studygroup.forms.member_page.materials import MaterialsForm
from studygroup.forms.member_page.member_screen import MemberScreen
from studygroup.forms.member_page.next_session import NextForm
from studygroup.forms.member_page.open_questions import OpenQuestionsForm
from studygroup.forms.member_page.peers import PeersForm
from studygroup.forms.member_page.reading import ProgressForm, ReadsForm, SyllabusForm
from studygroup.forms.member_page.since import PastForm, SinceForm
from studygroup.forms.member_page.summary import SummaryForm
from studygroup.forms.session.own_questions import OwnQuestionsForm
from studygroup.workbook.workbook import Workbook


class MemberForms:
    """The forms of one member on one workbook, each made when it is first asked for.

    ``screen`` has all of them in tabs.

    Parameters
    ----------
    workbook
        May be shared by many members' forms; ``Workbook.lock`` keeps their threads apart.
    member
        The id of who they are for, and who enters: decided by the host, never by what a page sends.
    invite
        Returns an invite link for one more device of theirs; None where there are no links.
    """

    next = cached_property(lambda self: NextForm(self.context, self.member))
    reads = cached_property(lambda self: ReadsForm(self.context, self.member))
    choose = cached_property(lambda self: ChooseForm(self.context, self.member))
    times = cached_property(lambda self: TimesForm(self.context, self.member))
    turns = cached_property(lambda self: TurnsForm(self.context, self.member))
    away = cached_property(lambda self: AwayForm(self.context, self.member))
    summary = cached_property(lambda self: SummaryForm(self.context, self.member))
    responses = cached_property(lambda self: OwnQuestionsForm(self.context, lambda: self.context.coming.session, self.member))
    others = cached_property(lambda self: PeersForm(self.context, self.member, self.summary.item))
    others_questions = cached_property(lambda self: OpenQuestionsForm(self.context, self.member))
    materials = cached_property(lambda self: MaterialsForm(self.context))
    questions = cached_property(lambda self: QuestionsForm(self.context, self.member))
    progress = cached_property(lambda self: ProgressForm(self.context, self.member))
    syllabus = cached_property(lambda self: SyllabusForm(self.context, self.member))
    since = cached_property(lambda self: SinceForm(self.context, self.member))
    past = cached_property(lambda self: PastForm(self.context))
    screen = cached_property(lambda self: MemberScreen(self.context, self._form, self._invite))

    def __init__(self, workbook: Workbook, member: str, invite: Callable[[], str] | None = None) -> None:
        self.workbook, self.member, self._invite = workbook, member, invite
        with workbook.lock:
            self.context = FormContext(workbook, member)
        self._watch: Watch[Hashable] | None = None

    def _form(self, name: str) -> widgets.Widget:
        """Return a form by its name; it is made when it is first asked for, while no one else uses the workbook."""
        with self.workbook.lock:
            made: widgets.Widget = getattr(self, name)
            return made

    @classmethod
    def open(cls, member: str = "", folder: str | os.PathLike[str] | None = None) -> OpenForms:
        """Return the forms in a notebook, and who sits there; a cell that is run again finds them as the journal has them now.

        Raises
        ------
        RecordError
            ``member`` is not on the roster; where no one is named, the notebook asks.
        """
        return open_forms(cls if issubclass(cls, FollowingForms) else FollowingForms, member, folder)

    def follow(self) -> None:
        """Show what others enter, and that a session begins, within two seconds, until ``stop``."""
        own = Workbook(self.workbook.folder, self.workbook.clock)
        context = FormContext(own, self.member)

        def look() -> Hashable:
            own.refresh()
            return context.moment

        self._watch = Watch(look, lambda _: self.catch_up())

    def stop(self) -> None:
        """Follow no more."""
        if self._watch:
            self._watch.stop()

    def catch_up(self) -> None:
        """Show what the journal says now, also what others entered meanwhile; what is being typed stays."""
        with self.workbook.lock:
            self.workbook.refresh()
            self.context.changed()

    def show(self) -> None:
        """Read again what others entered, and show it."""
        with self.workbook.lock:
            self.workbook.reread()
            self.context.changed()

    def page(self) -> widgets.Widget:
        """Return the screen with all forms in its tabs, as a page shows it."""
        with self.workbook.lock:
            return self.screen


class FollowingForms(MemberForms):
    """A member's forms in a notebook: what others enter appears in them."""

    def __init__(self, workbook: Workbook, member: str) -> None:
        super().__init__(workbook, member, self.invite_of(workbook, member))
        self.follow()

    @staticmethod
    def invite_of(workbook: Workbook, member: str) -> Callable[[], str] | None:
        """Return what makes an invite link for one more device; None where there is no members' page, which is on a floor above."""
        return None
