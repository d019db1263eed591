"""Add another device: an invite link for oneself."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus


class DeviceForm(widgets.VBox):
    """The link with which a member opens their page on one more device; nothing shows until ``opener`` is pressed.

    Parameters
    ----------
    invite
        Returns a new link.
    """

    def __init__(self, context: FormContext, invite: Callable[[], str]) -> None:
        self.context, self._invite, self.receipt = context, invite, SaveStatus()
        self.opener = widgets.Button(description="Add another device", layout={"width": "auto"})
        self.opener.add_class("sg-as-link")
        self.opener.on_click(lambda _: self._show(not self.is_open))
        self.link = widgets.HTML()
        self.close_link = widgets.Button(description="Done", layout={"width": "auto"})
        self.close_link.on_click(lambda _: self._show(False))
        super().__init__([self.link, self.receipt, self.close_link], layout=widgets.Layout(display="none"))
        sheet(self)
        self.add_class("sg-device")

    @property
    def is_open(self) -> bool:
        """Whether a link is shown."""
        return self.layout.display is None

    def _show(self, shown: bool) -> None:
        """Show a new link, or nothing: a link that was closed is not shown again."""
        self.link.value = ""
        self.receipt.clear()
        if shown:
            with self.context.acting(self.receipt):
                self.link.value = block("device_link", self._invite(), self.context.workbook.settings)
        self.layout.display = None if shown else "none"
