"""Agenda and report in the notebook: preview, make, open, copy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from studygroup.errors import UntrustedError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import STYLE, clock_time, sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.inputs import Area
from studygroup.forms.kit.turning import TurningButton
from studygroup.storage.shared_files import read_file
from studygroup.workbook import trust

_MOMENT_S = 0.3
"""How long a standing preview waits for more that is entered."""


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
    above
        Forms of what the page shows.
    in_view
        Whether someone is looking at the form: then its preview is always there and follows what is entered. Without it, a button
        shows the preview.
    """

    def __init__(
        self,
        context: FormContext,
        name: str,
        preview: Callable[[], str],
        make: Callable[[Callable[[int, int], None]], tuple[Sequence[Path], Sequence[Path]]],
        above: Sequence[widgets.Widget] = (),
        in_view: Callable[[], bool] | None = None,
    ) -> None:
        self.context, self.name, self.receipt = context, name, SaveStatus()
        self._preview, self._make_page = preview, make
        self._unread: list[str] = []
        self._in_view, self._waits, self._is_behind = in_view, False, True
        self.look, self.make = TurningButton(self._look), TurningButton(self._make)
        self.bar = widgets.IntProgress(
            description="Running", style=STYLE, layout=widgets.Layout(display="none", width="auto", max_width="34em")
        )
        self.links, self.shown = widgets.Output(), widgets.HTML(layout=widgets.Layout(display="none"))
        self.shown.add_class("sg-page")
        self.text = CopyField("Markdown", "Copy Markdown", self.receipt.refuse)
        self.text.layout.display = "none"
        buttons = widgets.HBox([self.make] if in_view else [self.look, self.make], layout={"flex_flow": "row wrap"})
        parts = [*above, buttons, self.bar, self.receipt, self.links, self.text]
        super().__init__([self.shown, *parts] if in_view else [*parts, self.shown])
        sheet(self)
        self._show_buttons()
        if in_view:
            self.shown.add_class("sg-standing")
            context.on_change(self._note_change)
            self.follow()

    def _show_buttons(self) -> None:
        hidden = self.shown.layout.display == "none"
        self.look.show(hidden, f"Preview {self.name}" if hidden else f"Hide {self.name}")
        unread = tuple(self._unread)
        self.make.show(unread, f"I have read it: make {self.name}" if unread else f"Make {self.name}", style="primary")

    def _look(self) -> None:
        """Show or hide what would be made now."""
        hidden = self.shown.layout.display == "none"
        with self.context.acting(self.receipt):
            self.shown.value = self._preview() if hidden else ""
            self.shown.layout.display = None if hidden else "none"
            self._show_buttons()

    def _note_change(self) -> None:
        self._is_behind = True
        self.follow()

    def follow(self) -> None:
        """Show the preview as it is now, if someone looks; in a kernel a moment later, so that what was clicked is answered first."""
        if self._waits or not self._is_behind or not (self._in_view and self._in_view()):
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._look_again()
            return
        self._waits = True
        loop.call_later(_MOMENT_S, self._look_again)

    def _look_again(self) -> None:
        self._waits = self._is_behind = False
        with self.context.acting(self.receipt):
            self.shown.value = self._preview()
            self.shown.layout.display = None

    def make_page(self) -> None:
        """Make the page, as the button does."""
        self._make()

    def _make(self) -> None:
        if self.make.button.disabled:
            return
        self.make.button.disabled = True
        self.bar.value, self.bar.layout.display = 0, None
        self.receipt.tell("Running the notebook …", "busy")
        try:
            with self.context.acting(self.receipt):
                self._ask_for_trust()
                self.context.workbook.refresh()
                files, kept = self._make_page(self._tick)
                self._show_links(files)
                [markdown] = [file for file in files if file.suffix == ".md"]
                self.text.show(read_file(markdown, self.context.workbook.folder).decode())
                self.text.layout.display = None
                edited = "".join(f"\nSomeone had edited the earlier page; it is kept as {copy.name}." for copy in kept)
                self.receipt.tell(f"Made {clock_time(self.context.workbook.clock(), self.context.workbook)}.{edited}")
                self.context.note(f"made {self.name}", clock_time(self.context.workbook.clock(), self.context.workbook))
        finally:
            self.make.button.disabled, self.bar.layout.display = False, "none"

    def _ask_for_trust(self) -> None:
        """Refuse what came with git and did not run here yet, until the button is pressed again under another name."""
        folder, unread = self.context.workbook.folder, self._unread
        self._unread = trust.unread(folder, self.name)
        if self._unread and self._unread == unread:
            trust.accept(folder, self.name)
            self._unread = []
        self._show_buttons()
        if self._unread:
            raise UntrustedError(trust.warning(self._unread))

    def _tick(self, done: int, total: int) -> None:
        self.bar.max, self.bar.value = total, done

    def _show_links(self, files: Sequence[Path]) -> None:
        """Show links that JupyterLab opens: it takes addresses from the notebook's folder on."""
        links = " · ".join(f'<a href="{self._address(file)}" target="_blank">{file.name}</a>' for file in files)
        self.links.outputs = ({"output_type": "display_data", "data": {"text/html": f"<p>Open: {links}</p>"}, "metadata": {}},)

    def _address(self, file: Path) -> str:
        return quote(f"../{file.relative_to(self.context.workbook.folder).as_posix()}")


class CopyField(widgets.VBox):
    """A text to copy, with a button; the text can be marked and copied by hand too."""

    def __init__(self, label: str, button: str, refused: Callable[[str], None]) -> None:
        wide = {"width": "auto", "max_width": "56em"}
        self.area = Area(description=label, rows=6, style=STYLE, layout=wide, refused=refused)
        self.copy = widgets.Button(description=button, layout={"width": "auto", "margin": "2px 2px 2px calc(8em + 10px)"})
        self.copy.add_class("sg-copy")
        self._told, self._texts = widgets.HTML(), 0
        self._told.add_class("sg-said")
        self.area.observe(lambda _: self._forget_copy(), "value")
        self._forget_copy()
        super().__init__([self.area, widgets.HBox([self.copy, self._told])], layout=widgets.Layout())
        self.add_class("sg-copies")

    def show(self, text: str) -> None:
        """Show a text."""
        self.area.value = text

    def _forget_copy(self) -> None:
        """Show that the text as it stands now was not copied: the page draws the line anew, as it says another number."""
        self._texts += 1
        self._told.value = f"<span class='sg-copied' data-text='{self._texts}'></span>"
