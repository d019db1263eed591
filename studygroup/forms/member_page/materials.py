"""Links that belong to a work: a recording, slides, further reading."""

from __future__ import annotations

from typing import Any

from studygroup.errors import StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import STYLE, sheet
from studygroup.forms.kit.form_context import DECIDING, EntryId, FormContext, SaveStatus
from studygroup.forms.kit.inputs import TextLine
from studygroup.forms.kit.pickers import FIELD, Pick, WorkField
from studygroup.forms.kit.rows import LiveRows
from studygroup.journal.types.records import Material

ROLES = [("Further reading", "further_reading"), ("Slides", "slides"), ("Recording", "recording")]


class MaterialsForm(widgets.VBox):
    """Add a link to a work; those of the work that is named are listed below, one's own can be undone."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt = context, SaveStatus()
        self.work = WorkField("Paper", self.receipt.refuse)
        field: dict[str, Any] = {"style": STYLE, "layout": FIELD, "refused": self.receipt.refuse}
        self.label = TextLine(description="Title", placeholder="what the link shows", **field)
        self.url = TextLine(description="Address", placeholder="https://…", **field)
        self.role = Pick("Type", ROLES, self.receipt.refuse)
        self.add = widgets.Button(description="Add link", button_style="primary", icon="plus", layout={"width": "auto"})
        below = widgets.VBox([self.add])
        below.add_class("sg-below")
        self.rows: LiveRows[tuple[Material, str, str]] = LiveRows(self._row, lambda row: row[0].subject[0])
        self._id = EntryId()
        self.add.on_click(lambda _: self._add())
        self.work.observe(lambda _: self._list(), "value")
        super().__init__([self.work, self.label, self.url, self.role, below, self.receipt, self.rows])
        sheet(self)
        context.on_change(self.show, *DECIDING, "material")
        self.show()

    def show(self) -> None:
        """Offer the works, the next session's first, and list what the journal says."""
        with self.context.workbook.lock:
            here = [work.id for read in self.context.coming_reads for work in read.works]
            self.work.offer(self.context.workbook, here)
            if not self.work.value and here:
                self.work.pick(here[0])
            self._list()

    def _list(self) -> None:
        workbook = self.context.workbook
        try:
            item = self.work.item
        except StudygroupError:
            item = ""
        names = {member: person.name for member, person in workbook.people.items()}
        held = [one for one in workbook.current.current(Material) if one.item == item]
        first = {one.subject[0]: workbook.find_record(one.subject[0]).by for one in held}
        rows = [(one, names.get(first[one.subject[0]], one.by), first[one.subject[0]]) for one in held]
        self.rows.show(rows, "No links yet." if item else "")

    def _row(self, row: tuple[Material, str, str]) -> widgets.Widget:
        material, name, by = row
        label = next(label for label, role in ROLES if role == material.role)
        shown = block("material", material.label, material.url, label, name)
        mine = by == self.context.by or self.context.by in self.context.workbook.facilitators
        back = [self.rows.button("Undo", f"Undo the link {material.label[:60]}", lambda: self._take_back(material))]
        return self.rows.line(shown, *(back if mine else ()))

    def _add(self) -> None:
        with self.context.acting(self.receipt):
            item = self.work.item
            label, url, role = self.label.value.strip(), self.url.value.strip(), self.role.value
            if not (label or url) and self.receipt.tells_of_a_save:
                return
            if not item:
                self.receipt.tell("Choose a paper first.", "wrong")
                return
            made = self._id.of(item, label, url, role)
            about = {"item": item, "label": label or url, "url": url, "role": role}
            if self.context.save(self.receipt, "material", what="the link", id=made, **about) is not None:
                self._id.done()
                self.label.value = self.url.value = ""

    def _take_back(self, material: Material) -> None:
        first = self.context.workbook.find_record(material.subject[0])
        self.context.undo(self.receipt, first)
