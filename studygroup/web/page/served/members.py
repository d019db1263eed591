"""The page of one member, as Solara runs it for each browser tab: the plain ipywidgets of the member's forms."""

from __future__ import annotations

import logging
from typing import Any

import ipywidgets
import solara
import solara.lab
from reacton import ipywidgets as elements
from solara.server import kernel_context

from studygroup.web.gate.gate import MEMBER_HEADER
from studygroup.web.page.open_pages import notice, served
from studygroup.web.page.served.slim import slim

NEEDS_UPDATE = (
    "Some of what the group entered can’t be shown here yet: it needs a newer studygroup. Please tell your facilitator."
)


def make_page(member: str) -> ipywidgets.Widget:
    """Return the widgets of a member's page; where that fails, a sentence with a number."""
    said = notice()
    try:
        forms = served().forms(member)
        if served().workbook.journal.needs_update:
            said.tell(NEEDS_UPDATE, "wrong")
    except Exception:
        logging.getLogger("studygroup.web").error("A page could not be made", exc_info=True)
        return ipywidgets.VBox([said])
    return ipywidgets.VBox([said, forms])


@solara.component
def Page() -> Any:  # noqa: N802 - Solara's components are written so
    """Show the page of the member whom the gate let in: no word of the browser's decides who that is."""
    headers = solara.lab.headers.value or {}
    box = elements.VBox()

    def fill() -> None:
        solara.get_widget(box).children = (make_page(headers[MEMBER_HEADER][0]),)
        slim(list(kernel_context.get_current_context().widgets.values()))

    solara.use_effect(fill, [])
    return box


@solara.component
def Layout(children: list[Any]) -> Any:  # noqa: N802
    """Give the page no menus and no theme of Solara's own."""
    return solara.Div(children=children, classes=["sg-page"])
