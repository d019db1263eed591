"""A member's forms together: the next session, reading, summaries, questions and progress."""

from __future__ import annotations

import html
import os
from collections.abc import Hashable

from studygroup.forms.choosing.choose import ChooseForm
from studygroup.forms.kit import widgets
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.kit.live import Watch
from studygroup.forms.kit.who import OpenForms, open_forms
from studygroup.forms.member_page.asking import QuestionsForm
from studygroup.forms.member_page.materials import MaterialsForm
from studygroup.forms.member_page.next_session import NextForm
from studygroup.forms.member_page.peers import PeersForm
from studygroup.forms.member_page.reading import ProgressForm, ReadsForm, SyllabusForm
from studygroup.forms.member_page.summary import SummaryForm
from studygroup.workbook.workbook import Workbook


class MemberForms:
    """The forms of one member on one workbook.

    Parameters
    ----------
    workbook
        May be shared by many members' forms; ``Workbook.lock`` keeps their threads apart.
    member
        The id of who they are for, and who enters: decided by the host, never by what a page sends.
    """

    def __init__(self, workbook: Workbook, member: str) -> None:
        self.workbook, self.member = workbook, member
        with workbook.lock:
            self.context = FormContext(workbook, member)
            self.next = NextForm(self.context, member)
            self.reads = ReadsForm(self.context, member)
            self.choose = ChooseForm(self.context, member)
            self.summary = SummaryForm(self.context, member)
            self.others = PeersForm(self.context, member, self.summary.item)
            self.materials = MaterialsForm(self.context)
            self.questions = QuestionsForm(self.context, member)
            self.progress = ProgressForm(self.context, member)
            self.syllabus = SyllabusForm(self.context, member)
        self._watch: Watch[Hashable] | None = None

    @classmethod
    def open(cls, member: str = "", folder: str | os.PathLike[str] | None = None) -> OpenForms:
        """Return the forms in a notebook, and who sits there; a cell that is run again finds them as the journal has them now.

        Raises
        ------
        RecordError
            ``member`` is not on the roster; where no one is named, the notebook asks.
        """
        return open_forms(_followed, member, folder)

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
        """Return all forms under their headings, as a page shows them."""
        parts = [
            ("", self.next),
            ("What to read", self.reads),
            ("Choose what to read next", self.choose),
            ("Your summary", self.summary),
            ("Others' summaries", self.others),
            ("Links", self.materials),
            ("Your questions", self.questions),
            ("Your progress", self.progress),
            ("The syllabus", self.syllabus),
        ]
        cards = []
        for title, form in parts:
            heading = [widgets.HTML(f"<h2>{title}</h2>")] if title else []
            cards.append(widgets.VBox([*heading, form]))
            cards[-1].add_class("sg-card")
        return widgets.VBox([_NameLine(self.context), *cards])


class _NameLine(widgets.HTML):
    """Whose page it is, above all else."""

    def __init__(self, context: FormContext) -> None:
        super().__init__()
        self._context = context
        self.add_class("sg-name")
        context.on_change(self.show, "person")
        self.show()

    def show(self) -> None:
        """Show the names that group and member have now."""
        workbook = self._context.workbook
        group, name = html.escape(workbook.settings.name), html.escape(workbook.people[self._context.by].name)
        self.value = f"<span>{group}</span> <span>You are <strong>{name}</strong></span>"


def _followed(workbook: Workbook, member: str) -> MemberForms:
    forms = MemberForms(workbook, member)
    forms.follow()
    return forms
