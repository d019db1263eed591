"""A member's summary of a work in three parts, with a preview; what is typed is kept until it is saved."""

from __future__ import annotations

from studygroup.forms.kit import widgets
from studygroup.forms.kit.fields import DraftText
from studygroup.forms.kit.form import BESIDE_LABELS, clock_time, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.pickers import Pick
from studygroup.forms.member_page.asking import AskField
from studygroup.journal.types.records import Summary
from studygroup.meeting.before.meeting_times import group_zone
from studygroup.meeting.facts.syllabus import steps_of
from studygroup.text.text import to_short_day

PARTS = (
    ("big_idea", "Big idea", "The one thing to take away, in a sentence or two"),
    ("relevance", "Relevance", "What it changes, and where it does not apply"),
    ("text", "Notes", "Anything else: Markdown and math such as $x^2$"),
)


class SummaryForm(widgets.VBox):
    """Summaries of one member: choose a work, write, save; a work's open questions are saved with it, a line each."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member, self.receipt = context, member, SaveStatus()
        self.item = Pick("Paper", [], self.receipt.refuse)
        self.item.layout = {"width": "auto", "max_width": "56em"}
        self.state = widgets.HTML()
        self.state.add_class("sg-below")
        self.parts = {
            name: DraftText(context, label, self.receipt, placeholder=placeholder, rows=4 if name == "text" else 2)
            for name, label, placeholder in PARTS
        }
        self.questions = AskField(context, member, self.receipt)
        self.save = widgets.Button(
            description="Save summary",
            button_style="primary",
            icon="check",
            layout=widgets.Layout(width="auto", margin=f"2px 2px 2px {BESIDE_LABELS}", align_self="flex-start"),
        )
        self.save.on_click(lambda _: self._save())
        self._shown: tuple[tuple[str, str], ...] | None = None
        super().__init__([self.item, self.state, *self.parts.values(), self.questions, self.save, self.receipt])
        sheet(self)
        self.item.observe(lambda _: self._load(), "value")
        context.on_change(self.show, *DECIDING, "summary", "question", "answer")
        self.show()

    def show(self) -> None:
        """Offer the works of the next session first, then those of the syllabus; show what was saved elsewhere since."""
        options = self._options()
        if options != self._shown:
            # A work that went into another one stays the chosen one, under its new id.
            chosen, self._shown = self.context.workbook.aliases.get(self.item.value or "", self.item.value), options
            self.item.options = options
            values = [value for _, value in options]
            if values:
                self.item.value = chosen if chosen in values else values[0]
            self._load()
        elif held := self._held():
            for name, field in self.parts.items():
                field.follow(getattr(held, name), held.id)
            self._say_state(held)
        self.questions.show()

    def _options(self) -> tuple[tuple[str, str], ...]:
        workbook = self.context.workbook
        here = [work.id for read in self.context.coming_reads for work in read.works]
        steps = [item for step in steps_of(workbook) for item in step.items]
        mine = [one.item for one in workbook.current.current(Summary) if one.member == self.member]
        titles = dict(zip(workbook.catalogue.items["id"], workbook.catalogue.items["title"], strict=True))
        return tuple(
            (f"Next: {titles[item]}" if item in here else titles[item], item)
            for item in dict.fromkeys([*here, *steps, *mine])
            if item in titles
        )

    def _held(self) -> Summary | None:
        return self.context.workbook.latest(Summary, self.member, self.item.value) if self.item.value else None

    def _load(self) -> None:
        """Show what was written about the chosen work, drafts before what was saved."""
        item = self.item.value
        self.receipt.clear()
        for widget in (*self.parts.values(), self.questions, self.save):
            widget.layout.display = None if item else "none"
        if not item:
            self.state.value = (
                "<p>There’s nothing to write about yet: no session is planned, and the group has no reading list.</p>"
            )
            return
        held = self._held()
        drafts = [
            field.load(
                f"summary {item} {name}",
                getattr(held, name) if held else "",
                held.id if held else "",
                [f"summary {one} {name}" for one in self.context.workbook.ids_of(item)[1:]],
            )
            for name, field in self.parts.items()
        ]
        drafts.append(self.questions.load(item))
        self._say_state(held)
        if any(drafts):
            self.receipt.tell("This draft isn’t saved yet.", "busy")

    def _say_state(self, held: Summary | None) -> None:
        workbook = self.context.workbook
        when = "Nothing saved yet."
        if held:
            when = f"Saved on {to_short_day(held.at.astimezone(group_zone(workbook)))}, {clock_time(held.at, workbook)}."
        self.state.value = f"<span class='sg-quiet'>{when}</span>"

    def _save(self) -> None:
        item = self.item.value
        if not item:
            return
        texts = {name: field.text for name, field in self.parts.items()}
        held = self._held()
        if not any(text.strip() for text in texts.values()) and not held:
            if self.questions.save():
                return
            self.receipt.tell("Write something first.", "wrong")
            return
        seen = next(iter(self.parts.values())).seen
        saved = self.context.save(
            self.receipt, "summary", seen=seen, what="your summary", member=self.member, item=item, **texts
        )
        if not isinstance(saved, Summary):
            # What is there now was told; saving once more replaces it.
            held = self._held()
            for field in self.parts.values():
                field.seen = held.id if held else ""
            return
        for name, field in self.parts.items():
            field.done(getattr(saved, name), saved.id)
        self._say_state(saved)
        self.questions.save(beside="your summary and ")
