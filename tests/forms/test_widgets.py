"""Widgets of one page share layouts and styles, and leave nothing behind."""

from __future__ import annotations

import re
from pathlib import Path

import comm
import pytest
from comm.base_comm import CommManager
from ipywidgets.widgets.widget import _instances

from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import close
from studygroup.forms.kit.inputs import TextLine


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[CommManager]:
    """Two pages of a server; the first in the list is the present one."""
    made = [CommManager(), CommManager()]
    monkeypatch.setattr(comm, "get_comm_manager", lambda: made[0])
    return made


def test_widgets_that_say_the_same_share(pages: list[CommManager]) -> None:
    """A layout that is given as a dict or not at all is one for all who say so; another one is another."""
    first, second = widgets.HTML(), widgets.VBox()
    assert first.layout is second.layout
    wide, field = widgets.Button(layout={"width": "auto"}), TextLine(layout={"width": "auto"})
    assert wide.layout is field.layout is not first.layout
    assert wide.layout.width == "auto"
    assert widgets.Button().style is wide.style
    assert widgets.Button(style={"font_weight": "bold"}).style.font_weight == "bold"


def test_pages_share_nothing(pages: list[CommManager]) -> None:
    """A browser knows the widgets of its own page only."""
    here = widgets.HTML().layout
    pages.reverse()
    there = widgets.HTML().layout
    assert here is not there
    pages.reverse()
    assert widgets.HTML().layout is here


def test_what_is_shared_stays_as_it_is(pages: list[CommManager]) -> None:
    """Neither the package nor a browser changes a layout of several widgets; one of its own can be changed."""
    shown, other = widgets.HTML(), widgets.HTML()
    with pytest.raises(AttributeError, match="belongs to several widgets"):
        shown.layout.display = "none"
    shown.layout.set_state({"display": "none"})
    assert other.layout.display is None
    own = widgets.HTML(layout=widgets.Layout(width="auto"))
    own.layout.display = "none"
    assert (own.layout.display, other.layout.display) == ("none", None)


def test_a_closed_layout_is_made_anew(pages: list[CommManager]) -> None:
    """After everything was closed, as between two pages of tests, no widget gets a layout that no browser knows."""
    before = widgets.HTML().layout
    before.close()
    assert widgets.HTML().layout is not before


def test_rows_that_are_closed_leave_nothing(pages: list[CommManager]) -> None:
    """A row's own layout goes with it; what it shares stays for the others."""
    other = [widgets.HTML(), widgets.HBox(), widgets.Button(layout={"width": "auto"})]
    before = set(_instances)
    row = widgets.HBox([widgets.HTML(layout=widgets.Layout(flex="1")), widgets.Button(layout={"width": "auto"})])
    assert len(set(_instances) - before) == 4
    close(row)
    assert set(_instances) == before
    assert all(one.layout.comm is not None for one in other)


def test_forms_make_no_other_widgets() -> None:
    """Every module of the forms takes its widgets from here, so that none makes layouts of its own by the way."""
    modules = sorted(Path(widgets.__file__).parents[1].rglob("*.py"))
    assert len(modules) > 20
    assert [path.name for path in modules if re.search(r"(import|from) ipywidgets", path.read_text())] == ["widgets.py"]
