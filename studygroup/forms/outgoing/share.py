"""The Share button: what was entered goes to the group through git, what others entered comes in."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import StatusLine, clock_time, sheet
from studygroup.forms.kit.pickers import labelled
from studygroup.workbook.sync import sync
from studygroup.workbook.workbook import Workbook


class ShareForm(widgets.VBox):
    """One button; below it, in words, what arrived and what went, or what to do."""

    def __init__(self, workbook: Workbook, arrived: Callable[[], None] = lambda: None) -> None:
        self.workbook, self._arrived = workbook, arrived
        self.share = widgets.Button(
            description="Share", button_style="primary", icon="exchange", tooltip="Send and fetch through git"
        )
        self.said = StatusLine()
        self.share.on_click(lambda _: self._share())
        super().__init__([self.share, self.said])
        sheet(self)

    def _share(self) -> None:
        if self.share.disabled:
            return
        self.share.disabled = True
        try:
            with self.said.errors():
                done = sync(self.workbook.folder, say=lambda line: self.said.tell(line, "busy"))
                self.workbook.reread()
                self._arrived()
                people = labelled((person.name, member) for member, person in self.workbook.people.items())
                told = done.with_names({member: name for name, member in people})
                self.said.tell(f"Shared {clock_time(self.workbook.clock())}: {told}")
        finally:
            self.share.disabled = False
