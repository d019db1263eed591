"""The lists that come with the program, each with a button that shows what an import of it would come to."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import row, sheet
from studygroup.storage.shared_files import is_file
from studygroup.workbook.first_list import SHIPPED, find_first_list
from studygroup.workbook.workbook import Workbook


class ShippedForm(widgets.VBox):
    """The lists by their titles; those that the workbook has already say so.

    Parameters
    ----------
    look_at
        Called with a list's title when its button is pressed.
    """

    def __init__(self, workbook: Workbook, look_at: Callable[[str], object]) -> None:
        self.workbook = workbook
        self._buttons: dict[str, widgets.Button] = {}
        self._lines: dict[str, widgets.HTML] = {}
        for name, title in SHIPPED.items():
            layout = widgets.Layout(width="auto", flex="0 0 auto")
            button = widgets.Button(description="Add…", tooltip=f"Add… {title}", layout=layout)
            button.on_click(lambda _, title=title: look_at(title))
            self._buttons[name] = button
            self._lines[name] = widgets.HTML(layout={"flex": "1 1 12em", "min_width": "0"})
        line = {"align_items": "center", "width": "100%"}
        rows = [row(widgets.HBox([self._lines[name], button], layout=line)) for name, button in self._buttons.items()]
        super().__init__(rows)
        self.add_class("sg-shipped")
        sheet(self)
        self.show()

    def show(self) -> None:
        """Show which of them the workbook has."""
        for name, title in SHIPPED.items():
            here = is_file(self.workbook.folder / "lists" / f"{name}.csv", self.workbook.folder)
            heading, _, about = title.partition(": ")
            self._lines[name].value = block("shipped_list", heading, about, find_first_list(name).readings, here)
            self._buttons[name].layout.display = "none" if here else None
