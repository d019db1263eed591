"""Add another device: an invite link for oneself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.layout.link_panel import LinkPanel


class DeviceForm(widgets.VBox):
    """The link with which a member opens their page on one more device; nothing shows until ``opener`` is pressed.

    Parameters
    ----------
    invite
        Returns a new link.
    """

    children: Sequence[widgets.Widget]

    def __init__(self, context: FormContext, invite: Callable[[], str]) -> None:
        self.context, self._invite, self.receipt = context, invite, SaveStatus()
        self.opener = widgets.Button(description="Add another device", layout={"width": "auto"})
        self.opener.add_class("sg-as-link")
        self.opener.on_click(lambda _: self._turn())
        super().__init__([self.receipt], layout=widgets.Layout(display="none"))
        sheet(self)
        self.add_class("sg-device")
        self.panel: LinkPanel | None = None

    @property
    def is_open(self) -> bool:
        """Whether a link is shown."""
        return self.panel is not None and self.panel.is_open

    def _turn(self) -> None:
        """Show a new link, or nothing."""
        self.receipt.clear()
        self.layout.display = None
        if self.panel is None:
            # Most pages never show one.
            self.panel = LinkPanel(self.receipt.refuse)
            self.panel.done.on_click(lambda _: self._leave())
            self.children = [self.panel, *self.children]
        if self.is_open:
            self.panel.dismiss()
            self._leave()
            return
        with self.context.acting(self.receipt):
            self.panel.show(self._invite(), block("device_link", self.context.workbook.settings))

    def _leave(self) -> None:
        self.layout.display = "none"
