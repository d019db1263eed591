"""The site in the notebook: what would be published, and a button that makes it."""

from __future__ import annotations

from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import STYLE, clock_time, sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.inputs import Area
from studygroup.forms.kit.turning import TurningButton
from studygroup.publish.site.site import Published, make_site
from studygroup.text.text import plain_list


class SiteForm(widgets.VBox):
    """Two buttons: one says what would be on the site, one makes it."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt = context, SaveStatus()
        narrow = {"width": "auto"}
        self.look = TurningButton(self._look)
        self.make = widgets.Button(description="Make site", button_style="primary", layout=narrow)
        self.listed = Area(
            description="Pages",
            rows=12,
            style=STYLE,
            layout=widgets.Layout(display="none", width="auto", max_width="56em"),
            refused=self.receipt.refuse,
        )
        self.make.on_click(lambda _: self._make())
        buttons = widgets.HBox([self.look, self.make], layout={"flex_flow": "row wrap"})
        super().__init__([buttons, self.receipt, self.listed])
        sheet(self)
        self._list(shown=False)

    def _list(self, *, shown: bool) -> None:
        """Show or hide the list of pages."""
        self.listed.layout.display = None if shown else "none"
        self.look.show(shown, "Hide the list" if shown else "Preview what will be public")

    def _look(self) -> None:
        if self.listed.layout.display is None:
            self._list(shown=False)
            return
        found = self._run(dry_run=True)
        if found:
            self.listed.value = "\n".join(f"{path}: {' '.join(title.split())}" for path, title in found.titles.items())
            self._list(shown=True)
            self.receipt.tell(f"{len(found.titles)} pages. People named on them: {plain_list(found.names) or 'no one'}.")

    def make_pages(self) -> None:
        """Make the site, as the button does."""
        self._make()

    def _make(self) -> None:
        found = self._run(dry_run=False)
        if found:
            changes = found.changes
            left = f"\nNot made by the site, and left alone: {', '.join(changes.foreign[:5])}." if changes.foreign else ""
            self.receipt.tell(
                f"Made {clock_time(self.context.workbook.clock(), self.context.workbook)}: {len(changes.written)} files written, {len(changes.unchanged)} "
                f"unchanged, {len(changes.removed)} removed. Open {found.folder.name}/index.html in a browser.{left}"
            )
            self.context.note("site", len(self.context.workbook.journal.records))

    def _run(self, *, dry_run: bool) -> Published | None:
        """Return what is or would be published; None where that failed, which was told then."""
        if self.make.disabled:
            return None
        self.make.disabled = True
        self.receipt.tell("Making the pages …", "busy")
        found: Published | None = None
        try:
            with self.context.acting(self.receipt):
                self.context.workbook.refresh()
                found = make_site(self.context.workbook, dry_run=dry_run)
        finally:
            self.make.disabled = False
        return found
