"""A member's forms together: the next session, reading, summaries, questions and progress."""

from __future__ import annotations

import os

from studygroup.forms import widgets
from studygroup.forms.asking import QuestionsForm
from studygroup.forms.desk import Desk
from studygroup.forms.kernel import kept_open, open_workbook
from studygroup.forms.materials import MaterialsForm
from studygroup.forms.next_session import NextForm
from studygroup.forms.others import OthersForm
from studygroup.forms.reading import ProgressForm, ReadsForm, SyllabusForm
from studygroup.forms.summary import SummaryForm
from studygroup.identity import who_am_i
from studygroup.workbook import Workbook


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
            self.desk = Desk(workbook, member)
            self.next = NextForm(self.desk, member)
            self.reads = ReadsForm(self.desk, member)
            self.summary = SummaryForm(self.desk, member)
            self.others = OthersForm(self.desk, member, self.summary.item)
            self.materials = MaterialsForm(self.desk)
            self.questions = QuestionsForm(self.desk, member)
            self.progress = ProgressForm(self.desk, member)
            self.syllabus = SyllabusForm(self.desk, member)

    @classmethod
    def open(cls, member: str = "", folder: str | os.PathLike[str] | None = None) -> MemberForms:
        """Return the forms in a notebook; a cell that is run again finds them as the journal has them now.

        Raises
        ------
        RecordError
            Nobody said who sits here; see ``identity.who_am_i``.
        """
        workbook = open_workbook(folder)
        return kept_open(cls, workbook, who_am_i(workbook, member))

    def show(self) -> None:
        """Read again what others entered, and show it."""
        with self.workbook.lock:
            self.workbook.reread()
            self.desk.changed()

    def page(self) -> widgets.Widget:
        """Return all forms under their headings, as a page shows them."""
        parts = [
            ("", self.next),
            ("What to read", self.reads),
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
        return widgets.VBox(cards)
