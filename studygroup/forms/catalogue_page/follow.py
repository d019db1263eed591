"""Which list the group reads, chosen with a click; it is the setting ``syllabus``."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import SaveStatus
from studygroup.forms.kit.pickers import FIELD, Pick
from studygroup.meeting.published.list_titles import list_titles
from studygroup.storage.shared_files import exists
from studygroup.workbook.settings_change import change_setting
from studygroup.workbook.workbook import Workbook


class FollowForm(widgets.VBox):
    """The list that the group reads from session to session, and a button that changes it.

    Parameters
    ----------
    saved
        Called after it was changed.
    """

    def __init__(self, workbook: Workbook, saved: Callable[[], None] = lambda: None) -> None:
        self.workbook, self._tell_others, self.receipt = workbook, saved, SaveStatus()
        self.now = widgets.HTML()
        self.name = Pick("List", [], self.receipt.refuse)
        self.name.layout = widgets.Layout(**FIELD)
        self.read = widgets.Button(description="Read this list", button_style="primary", layout=widgets.Layout(width="auto"))
        self.read.on_click(lambda _: self._follow(str(self.name.value or "")))
        super().__init__([self.now, self.name, self.read, self.receipt])
        sheet(self)
        self.show()

    def show(self) -> None:
        """Show what the settings and the catalogue say."""
        with self.workbook.lock, self.receipt.said.errors():
            titles, now = titles_of(self.workbook), self.workbook.settings.syllabus
            self.name.offer([(title, name) for name, title in titles.items()])
            told = f"The group reads {titles[now]}." if now in titles else "The group reads no list yet."
            told += "" if titles else " Import one first."
            self.now.value = block("what_next", told)
            for field in (self.name, self.read):
                field.layout.display = None if titles else "none"

    def follow_only(self) -> None:
        """Read the only list that there is."""
        [name] = titles_of(self.workbook)
        self._follow(name)

    def _follow(self, name: str) -> None:
        before = self.workbook.settings.syllabus
        if not name or name == before:
            self.receipt.tell("The group reads this list already." if name else "Choose a list first.", "wrong")
            return
        if self._change(name):
            told = f"The group reads {titles_of(self.workbook)[name]} now. Plan its papers in week.ipynb."
            self.receipt.tell(told, undo=lambda: self._take_back(before))

    def _take_back(self, before: str) -> bool:
        done = self._change(before)
        if done:
            self.receipt.tell("Undone.")
        return done

    def _change(self, name: str) -> bool:
        with self.workbook.lock, self.receipt.said.errors():
            change_setting(self.workbook.folder, "syllabus", [name] if name else [], default=not name)
            self.workbook.reread_settings()
            self.show()
            self._tell_others()
            return True
        return False


def titles_of(workbook: Workbook) -> dict[str, str]:
    """Return the titles of a workbook's lists by their names; none without a catalogue."""
    there = exists(workbook.folder / "catalogue.csv", workbook.folder)
    return list_titles(workbook.catalogue.lists) if there else {}
