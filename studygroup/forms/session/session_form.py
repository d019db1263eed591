"""What forms about one session have in common."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus


class SessionForm(widgets.VBox):
    """A form about one session, with a place where it is told what became of a click.

    Parameters
    ----------
    session
        Returns the id of the session.
    """

    def __init__(self, context: FormContext, session: Callable[[], str]) -> None:
        self.context, self._session, self.receipt = context, session, SaveStatus()
        super().__init__()

    def _lay_out(self, *parts: widgets.Widget) -> None:
        """Show the form's parts, one below the other."""
        self.children = parts
        sheet(self)
