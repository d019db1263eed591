"""Reading status and rating with one click: of what the next session reads, and of the whole syllabus."""

from __future__ import annotations

import msgspec

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block, progress_block
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form import STYLE, close, row, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.inputs import TextLine
from studygroup.forms.kit.pickers import FIELD, Pick
from studygroup.forms.kit.rows import LiveRows, RowBox
from studygroup.group.states import HAS_READ, READING_STATES
from studygroup.journal.types.records import Rating, Reading
from studygroup.meeting.after.own_progress import own_progress, own_progress_in_words
from studygroup.meeting.facts.syllabus import Step, covered_steps, steps_of
from studygroup.text.text import comparable

NOT_READ = "unread"
STATUSES = [(one.word, one.name) for one in READING_STATES if one.name != NOT_READ]
"""A button for each; a second press on the chosen one says that the item is unread."""
STEPS_AT_ONCE = 10
"""How many steps of the syllabus are shown at once: each has a button for each status, and a phone is small."""
RATINGS = [(str(rating), rating) for rating in range(1, 6)]


class StatusChoice(Choice):
    """How far a member is with an item."""

    def __init__(self, context: FormContext, member: str, item: str, title: str, receipt: SaveStatus) -> None:
        self.context, self.member, self.item, self.title, self.receipt = context, member, item, title, receipt
        self._seen = ""
        super().__init__(STATUSES, f"Reading status of {title}", self._save, receipt.refuse, clear=lambda: self._save(NOT_READ))
        self.follow()

    def turn_to(self, item: str, title: str) -> None:
        """Show another item."""
        self.item, self.title, self.tooltip = item, title, f"Reading status of {title}"
        self.follow()

    def follow(self) -> None:
        """Show what the journal says."""
        held = self.context.workbook.latest(Reading, self.member, self.item)
        self._seen = held.id if held else ""
        self.show(held.status if held else None)

    def _save(self, status: str) -> None:
        what = f"{self.title}: {status}"
        about = {"member": self.member, "item": self.item}
        if self.context.save(self.receipt, "reading", seen=self._seen, what=what, status=status, **about) is None:
            self.follow()


class RatingChoice(Choice):
    """What a member thinks of an item, from 1 to 5."""

    def __init__(self, context: FormContext, member: str, item: str, title: str, receipt: SaveStatus) -> None:
        self.context, self.member, self.item, self.title, self.receipt = context, member, item, title, receipt
        self._seen = ""
        super().__init__(RATINGS, f"Rating of {title}, 1 to 5", self._save, receipt.refuse, clear=self._undo)
        self.follow()

    def follow(self) -> None:
        """Show what the journal says."""
        held = self.context.workbook.latest(Rating, self.member, self.item)
        self._seen = held.id if held else ""
        self.show(held.rating if held else None)

    def _save(self, rating: int) -> None:
        what = f"{self.title}: {rating} of 5"
        about = {"member": self.member, "item": self.item}
        if self.context.save(self.receipt, "rating", seen=self._seen, what=what, rating=rating, **about) is None:
            self.follow()

    def _undo(self) -> None:
        told, about = f"You haven’t rated {self.title} yet.", {"member": self.member, "item": self.item}
        if not self.context.clear(self.receipt, "rating", seen=self._seen, told=told, **about):
            self.follow()


class ReadsForm(widgets.VBox):
    """What the next session reads, with links, the member's status and rating of each item."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member = context, member
        self.receipt, self.rows = SaveStatus(), widgets.VBox()
        self._shown: object = None
        self._choices: list[StatusChoice | RatingChoice] = []
        self._rated: list[tuple[StatusChoice, RatingChoice, widgets.Widget]] = []
        super().__init__([self.rows, self.receipt])
        sheet(self)
        context.on_change(self.show, *DECIDING, own=("reading", "rating"), member=member)
        self.show()

    def show(self) -> None:
        """Show what the session reads now and what the journal says."""
        reads = self.context.coming_reads
        works = {work.id: (work, read.title) for read in reads for work in read.works}
        guides = {read.works[0].id: read for read in reads if read.works and (read.part or read.questions)}
        bare = [read for read in reads if not read.works]
        shown = (
            tuple(works),
            tuple((item, read.part, read.questions) for item, read in guides.items()),
            tuple((read.title, read.part, read.questions) for read in bare),
        )
        if self._shown != shown:
            self._shown, self._choices, self._rated = shown, [], []
            old, made = self.rows.children, []
            for work, step_title in works.values():
                status = StatusChoice(self.context, self.member, work.id, work.title, self.receipt)
                rating = RatingChoice(self.context, self.member, work.id, work.title, self.receipt)
                self._choices += [status, rating]
                rated = widgets.HBox(
                    [widgets.Label("Rating"), rating], layout=widgets.Layout(flex_flow="row wrap", align_items="center")
                )
                self._rated.append((status, rating, rated))
                part = [widgets.HTML(block("part", guides[work.id]))] if work.id in guides else []
                made.append(row(widgets.VBox([widgets.HTML(block("work", work, step_title)), *part, status, rated])))
            made += [row(widgets.HTML(block("found", read.title, "", "") + block("part", read))) for read in bare]
            if not made:
                made = [widgets.HTML("<p>Nothing is planned for this session yet.</p>")]
            self.rows.children = made
            for widget in old:
                close(widget)
        for choice in self._choices:
            choice.follow()
        # What was not read yet is not rated.
        for status, rating, rated in self._rated:
            rated.layout.display = None if rating.value or status.value in HAS_READ else "none"


class SyllabusForm(widgets.VBox):
    """Every step of the syllabus with the member's status, found by words and by what is not read yet."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member = context, member
        self.receipt = SaveStatus()
        self.rows: LiveRows[StepRow] = LiveRows(
            lambda row: StepBox(self, len(row.titles)), lambda row: str(row.step.number), at_once=STEPS_AT_ONCE
        )
        self.words = TextLine(
            description="Search", placeholder="words of a title", style=STYLE, layout=FIELD, refused=self.receipt.refuse
        )
        self.which = Pick("Show", [("all", ""), ("not read yet", "open"), ("read", "read")], self.receipt.refuse)
        for field in (self.words, self.which):
            field.observe(lambda _: self._look(), "value")
        super().__init__([self.words, self.which, self.receipt, self.rows])
        sheet(self)
        context.on_change(self.show, *DECIDING, own=("reading",), member=member)
        self._list()

    def show(self) -> None:
        """Show what the journal says of the steps in view."""
        for box in self.rows.in_view:
            box.follow()

    def _look(self) -> None:
        self.rows.first()
        self._list()

    def _list(self) -> None:
        workbook = self.context.workbook
        words = comparable(self.words.value[:200]).split()
        with self.context.acting(self.receipt):
            steps = [step for step in steps_of(workbook) if all(word in comparable(step.title) for word in words)]
            if self.which.value:
                steps = [step for step in steps if self._is_read(step) == (self.which.value == "read")]
            covered = covered_steps(workbook, workbook.clock())
            titles = dict(zip(workbook.catalogue.items["id"], workbook.catalogue.items["title"], strict=True))
            rows = (
                StepRow(
                    step,
                    covered.get(step.number, ""),
                    tuple(step.title if len(step.items) == 1 else titles[item] for item in step.items),
                )
                for step in steps
            )
            self.rows.show(rows, "No matches." if steps_of(workbook) else "No reading list yet.")

    def _is_read(self, step: Step) -> bool:
        held = (self.context.workbook.latest(Reading, self.member, item) for item in step.items)
        return bool(step.items) and all(one is not None and one.status in HAS_READ for one in held)


class StepRow(msgspec.Struct, frozen=True):
    """A row: a step, the session that covered it or an empty text, and what its works are called."""

    step: Step
    covered: str
    titles: tuple[str, ...]


class StepBox(RowBox[StepRow]):
    """One step of the syllabus, with the member's status of each of so many works."""

    def __init__(self, form: SyllabusForm, works: int) -> None:
        self.title = widgets.HTML(layout=form.rows.text_layout)
        context, member, receipt = form.context, form.member, form.receipt
        self.choices = [StatusChoice(context, member, "", "", receipt) for _ in range(works)]
        # Of several works each has its title above.
        self.works = [widgets.HTML() for _ in range(works)] if works > 1 else []
        fields: list[widgets.Widget] = list(self.choices)
        if works > 1:
            fields = [one for pair in zip(self.works, self.choices, strict=True) for one in pair]
        if not works:
            fields = [widgets.HTML("<span class='sg-quiet'>no paper</span>")]
        beside = fields[0] if len(fields) == 1 else widgets.VBox(fields)
        super().__init__([self.title, beside], form.rows.line_layout)

    def takes(self, row: StepRow) -> bool:
        """Whether it has as many works."""
        return len(row.titles) == len(self.choices)

    def show_row(self, row: StepRow) -> None:
        """Show a step."""
        self.title.value = block("step", row.step.number, row.step.title, row.covered)
        for item, title, choice in zip(row.step.items, row.titles, self.choices, strict=True):
            choice.turn_to(item, title)
        for title, shown in zip(row.titles, self.works, strict=False):
            shown.value = block("step", 0, title, "")

    def follow(self) -> None:
        """Show what the journal says."""
        for choice in self.choices:
            choice.follow()


class ProgressForm(widgets.VBox):
    """A member's progress with the syllabus, as a picture and in words."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member = context, member
        self.picture = widgets.HTML()
        super().__init__([self.picture])
        sheet(self)
        context.on_change(self.show, *DECIDING, own=("reading",), member=member)
        self.show()

    def show(self) -> None:
        """Draw what the journal says."""
        workbook = self.context.workbook
        steps = steps_of(workbook)
        if not steps:
            self.picture.value = "<p>No reading list yet.</p>"
            return
        statuses = {}
        for item in {item for step in steps for item in step.items}:
            if held := workbook.latest(Reading, self.member, item):
                statuses[item] = held.status
        reads = {read.step.number for read in self.context.coming_reads if read.step}
        progress = own_progress(steps, statuses, [step for step in steps if step.number in reads])
        self.picture.value = progress_block(progress, own_progress_in_words(progress))
