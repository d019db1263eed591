"""The group's reading list as its facilitator looks at it: what was finished when, how many have read it, and the catalogue behind it."""

from __future__ import annotations

from collections import Counter
from datetime import date

import msgspec

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import STYLE, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.inputs import TextLine
from studygroup.forms.kit.pickers import FIELD
from studygroup.forms.kit.rows import LiveRows, RowBox
from studygroup.group.states import HAS_READ
from studygroup.journal.types.records import Reading
from studygroup.meeting.facts.syllabus import covered_steps, steps_of
from studygroup.meeting.published.list_titles import list_titles
from studygroup.text.text import comparable, to_short_day


class PaperRow(msgspec.Struct, frozen=True):
    """A row: a paper of the list with its number, when it was finished, or an empty text, and how many members have read it."""

    number: int
    title: str
    finished: str
    readers: int


class ReadingListForm(widgets.VBox):
    """The list's papers, found by words of their titles; lists are imported and edited in the catalogue's notebook."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt = context, SaveStatus()
        self.about = widgets.HTML()
        self.words = TextLine(
            description="Search", placeholder="words of a title", style=STYLE, layout=FIELD, refused=self.receipt.refuse
        )
        self.rows: LiveRows[PaperRow] = LiveRows(lambda _: _ListLine(self), lambda row: str(row.number))
        self.words.observe(lambda _: self._look(), "value")
        super().__init__([self.about, self.words, self.receipt, self.rows])
        sheet(self)
        context.on_change(self.show, *DECIDING, "reading")
        self.show()

    def show(self) -> None:
        """Show the list as it is now."""
        workbook = self.context.workbook
        with self.context.acting(self.receipt):
            steps = steps_of(workbook)
            covered = covered_steps(workbook, workbook.clock())
            here = set(workbook.roster.here_on(workbook.today()))
            read = {(one.member, one.item) for one in workbook.current.current(Reading) if one.status in HAS_READ}
            readers = Counter(item for member, item in read if member in here)
            rows = [
                PaperRow(
                    step.number,
                    step.title,
                    to_short_day(date.fromisoformat(covered[step.number][:10])) if step.number in covered else "",
                    min((readers[item] for item in step.items), default=0),
                )
                for step in steps
            ]
            words = comparable(self.words.value[:200]).split()
            self.rows.show(
                (row for row in rows if all(word in comparable(row.title) for word in words)),
                "No matches." if steps else "The group has no reading list yet: import one in notebooks/catalogue.ipynb.",
            )
            title = list_titles(workbook.catalogue.lists).get(workbook.settings.syllabus, "")
            finished = sum(bool(row.finished) for row in rows)
            counts = len(rows), finished, len(workbook.catalogue.items), len(workbook.catalogue.lists)
            self.about.value = block("list_about", title, *counts)

    def _look(self) -> None:
        self.rows.first()
        self.show()


class _ListLine(RowBox[PaperRow]):
    """One paper of the list."""

    def __init__(self, form: ReadingListForm) -> None:
        self.text = widgets.HTML(layout=form.rows.text_layout)
        super().__init__([self.text], form.rows.line_layout)

    def show_row(self, row: PaperRow) -> None:
        """Show a paper."""
        self.text.value = block("list_row", row)
