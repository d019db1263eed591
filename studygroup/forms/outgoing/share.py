"""The Share button: what was entered goes to the group through git, what others entered comes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from studygroup.forms.kit import widgets
from studygroup.forms.kit.confirm import Confirm
from studygroup.forms.kit.form import StatusLine, clock_time, sheet
from studygroup.forms.kit.pickers import labelled
from studygroup.group.settings_merge import Side
from studygroup.workbook.settings_sharing import ClashError, SettingChoices
from studygroup.workbook.sync import sync
from studygroup.workbook.workbook import Workbook


class ShareForm(widgets.VBox):
    """One button; below it, in words, what arrived and what went, or what to do.

    Where the member and others gave a setting different values, it asks which one counts, a setting at a time, before anything
    is changed.
    """

    def __init__(self, workbook: Workbook, arrived: Callable[[], None] = lambda: None) -> None:
        self.workbook, self._arrived = workbook, arrived
        self.share = widgets.Button(
            description="Share", button_style="primary", icon="exchange", tooltip="Send and fetch through git"
        )
        self.said, self.whose = StatusLine(), Confirm()
        self.share.on_click(lambda _: self._share(SettingChoices()))
        super().__init__([self.share, self.said, self.whose])
        sheet(self)

    def send(self) -> None:
        """Share, as the button does."""
        self._share(SettingChoices())

    def _share(self, choices: SettingChoices) -> None:
        if self.share.disabled:
            return
        self.share.disabled = True
        self.whose.dismiss()
        try:
            with self.said.errors(), self._asking(choices):
                done = sync(self.workbook.folder, say=lambda line: self.said.tell(line, "busy"), choices=choices)
                self.workbook.reread()
                self._arrived()
                people = labelled((person.name, member) for member, person in self.workbook.people.items())
                told = done.with_names({member: name for name, member in people})
                self.said.tell(f"Shared {clock_time(self.workbook.clock(), self.workbook)}: {told}")
        finally:
            self.share.disabled = False

    @contextmanager
    def _asking(self, choices: SettingChoices) -> Iterator[None]:
        """Ask about the first setting on which no one decided, and share once more when it is answered."""
        try:
            yield
        except ClashError as error:
            clash = error.clashes[0]

            def take(side: Side) -> None:
                choices.answer(clash, side)
                self._share(choices)

            self.said.tell("Nothing was shared yet. Say below whose value counts.", "wrong")
            self.whose.ask(
                f"You and others changed {clash}.",
                ("Keep mine", lambda: take("mine")),
                ("Take theirs", lambda: take("theirs")),
                leave="Not now",
            )
