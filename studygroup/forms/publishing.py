"""The site in the notebook: what would be published, and a button that makes it."""

from __future__ import annotations

from studygroup.forms import widgets
from studygroup.forms.desk import Desk, Receipt
from studygroup.forms.form import STYLE, clock_time, sheet
from studygroup.forms.inputs import Area
from studygroup.publish.site import Published, make_site
from studygroup.text import plain_list


class SiteForm(widgets.VBox):
    """Two buttons: one says what would be on the site, one makes it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.receipt = desk, Receipt()
        narrow = {"width": "auto"}
        self.look = widgets.Button(description="What is published", layout=narrow)
        self.make = widgets.Button(description="Make site", button_style="primary", layout=narrow)
        self.listed = Area(
            description="Pages",
            rows=12,
            style=STYLE,
            layout=widgets.Layout(display="none", width="auto", max_width="56em"),
            refused=self.receipt.refuse,
        )
        self.look.on_click(lambda _: self._look())
        self.make.on_click(lambda _: self._make())
        buttons = widgets.HBox([self.look, self.make], layout={"flex_flow": "row wrap"})
        super().__init__([buttons, self.receipt, self.listed])
        sheet(self)

    def _look(self) -> None:
        if self.listed.layout.display is None:
            self.listed.layout.display = "none"
            return
        found = self._run(dry_run=True)
        if found:
            self.listed.value = "\n".join(f"{path}: {' '.join(title.split())}" for path, title in found.titles.items())
            self.listed.layout.display = None
            self.receipt.tell(f"{len(found.titles)} pages. People named on them: {plain_list(found.names) or 'nobody'}.")

    def _make(self) -> None:
        found = self._run(dry_run=False)
        if found:
            changes = found.changes
            left = f"\nNot made by the site, and left alone: {', '.join(changes.foreign[:5])}." if changes.foreign else ""
            self.receipt.tell(
                f"Made {clock_time(self.desk.workbook.clock())}: {len(changes.written)} files written, {len(changes.unchanged)} "
                f"unchanged, {len(changes.removed)} removed. Open {found.folder.name}/index.html in a browser.{left}"
            )

    def _run(self, *, dry_run: bool) -> Published | None:
        """Return what is or would be published; None where that failed, which was told then."""
        if self.make.disabled:
            return None
        self.make.disabled = True
        self.receipt.tell("Making the pages …", "busy")
        found: Published | None = None
        try:
            with self.desk.acting(self.receipt):
                self.desk.workbook.refresh()
                found = make_site(self.desk.workbook, dry_run=dry_run)
        finally:
            self.make.disabled = False
        return found
