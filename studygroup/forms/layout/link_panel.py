"""Where a new link is shown: in words, as a QR code, and with a button that copies it."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.forms.kit import widgets
from studygroup.forms.kit.inputs import Area
from studygroup.forms.layout.qr_code import qr_code


class LinkPanel(widgets.VBox):
    """A link with its QR code; nothing shows until there is one, and one that was closed is not shown again.

    Parameters
    ----------
    refused
        Called with a sentence when a page sends what the field cannot hold.
    """

    def __init__(self, refused: Callable[[str], None]) -> None:
        self.about, self.picture, self._told = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.link = Area(description="Link", rows=2, layout={"width": "auto"}, refused=refused)
        self.copy = widgets.Button(description="Copy link", layout={"width": "auto"})
        self.copy.add_class("sg-copy")
        self._told.add_class("sg-copied")
        self.done = widgets.Button(description="Done", layout={"width": "auto"})
        self.done.on_click(lambda _: self.dismiss())
        buttons = widgets.HBox([self.copy, self.done, self._told])
        super().__init__([self.about, self.link, buttons, self.picture], layout=widgets.Layout(display="none"))
        for name in ("sg-link-panel", "sg-copies"):
            self.add_class(name)

    @property
    def is_open(self) -> bool:
        """Whether a link is shown."""
        return self.layout.display is None

    def show(self, link: str, about: str) -> None:
        """Show a link with what there is to know about it, as HTML."""
        self.about.value, self.link.value = about, link
        self.picture.value = qr_code(link, "QR code of the link above")
        self.layout.display = None

    def dismiss(self) -> None:
        """Show nothing."""
        self.about.value = self.link.value = self.picture.value = ""
        self.layout.display = "none"
