"""Agenda and report in the notebook: preview, make, open, copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from studygroup.forms import widgets
from studygroup.forms.desk import Desk, Receipt
from studygroup.forms.form import STYLE, clock_time, sheet
from studygroup.forms.inputs import Area


class PageForm(widgets.VBox):
    """One generated page of a session.

    Parameters
    ----------
    name
        What it is called on buttons: "agenda", "report".
    preview
        Returns the page as HTML that is safe to show.
    make
        Writes the page, calling back with how many of how many cells are done; returns the files and copies that were kept.
    """

    def __init__(
        self,
        desk: Desk,
        name: str,
        preview: Callable[[], str],
        make: Callable[[Callable[[int, int], None]], tuple[Sequence[Path], Sequence[Path]]],
    ) -> None:
        self.desk, self.name, self.receipt = desk, name, Receipt()
        self._preview, self._make_page = preview, make
        narrow = {"width": "auto"}
        self.look = widgets.Button(description=f"Preview {name}", layout=narrow)
        self.make = widgets.Button(description=f"Make {name}", button_style="primary", layout=narrow)
        self.bar = widgets.IntProgress(
            description="Running", style=STYLE, layout=widgets.Layout(display="none", width="auto", max_width="34em")
        )
        self.links, self.shown = widgets.Output(), widgets.HTML(layout=widgets.Layout(display="none"))
        self.shown.add_class("sg-page")
        self.text = CopyField("Markdown", "Copy Markdown", self.receipt.refuse)
        self.text.layout.display = "none"
        self.look.on_click(lambda _: self._look())
        self.make.on_click(lambda _: self._make())
        buttons = widgets.HBox([self.look, self.make], layout={"flex_flow": "row wrap"})
        super().__init__([buttons, self.bar, self.receipt, self.links, self.text, self.shown])
        sheet(self)

    def _look(self) -> None:
        """Show or hide what would be made now."""
        hidden = self.shown.layout.display == "none"
        with self.desk.acting(self.receipt):
            self.shown.value = self._preview() if hidden else ""
            self.shown.layout.display = None if hidden else "none"
            self.look.description = f"Hide {self.name}" if hidden else f"Preview {self.name}"

    def _make(self) -> None:
        if self.make.disabled:
            return
        self.make.disabled = True
        self.bar.value, self.bar.layout.display = 0, None
        self.receipt.tell("Running the notebook …", "busy")
        try:
            with self.desk.acting(self.receipt):
                self.desk.workbook.refresh()
                files, kept = self._make_page(self._tick)
                self._show_links(files)
                [markdown] = [file for file in files if file.suffix == ".md"]
                self.text.show(markdown.read_text(encoding="utf-8"))
                self.text.layout.display = None
                edited = "".join(f"\nSomebody had edited an earlier page; it is kept as {copy.name}." for copy in kept)
                self.receipt.tell(f"Made {clock_time(self.desk.workbook.clock())}.{edited}")
        finally:
            self.make.disabled, self.bar.layout.display = False, "none"

    def _tick(self, done: int, total: int) -> None:
        self.bar.max, self.bar.value = total, done

    def _show_links(self, files: Sequence[Path]) -> None:
        """Show links that JupyterLab opens: it takes addresses from the notebook's folder on."""
        links = " · ".join(f'<a href="{self._address(file)}" target="_blank">{file.name}</a>' for file in files)
        self.links.outputs = ({"output_type": "display_data", "data": {"text/html": f"<p>Open: {links}</p>"}, "metadata": {}},)

    def _address(self, file: Path) -> str:
        return quote(f"../{file.relative_to(self.desk.workbook.folder).as_posix()}")


class CopyField(widgets.VBox):
    """A text to copy, with a button; the text can be marked and copied by hand too."""

    def __init__(self, label: str, button: str, refused: Callable[[str], None]) -> None:
        wide = {"width": "auto", "max_width": "56em"}
        self.area = Area(description=label, rows=6, style=STYLE, layout=wide, refused=refused)
        self.copy = widgets.Button(description=button, layout={"width": "auto", "margin": "2px 2px 2px calc(8em + 10px)"})
        self.copy.add_class("sg-copy")
        told = widgets.HTML("<span class='sg-copied'></span>")
        told.add_class("sg-said")
        super().__init__([self.area, widgets.HBox([self.copy, told])], layout=widgets.Layout())
        self.add_class("sg-copies")

    def show(self, text: str) -> None:
        """Show a text."""
        self.area.value = text
