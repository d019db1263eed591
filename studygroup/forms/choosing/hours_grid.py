"""The week in half hours as a field: what is marked in its grid is one text, a digit for each half hour."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import anywidget

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import page_assists
from studygroup.forms.kit.inputs import TextLine
from studygroup.group.slot import WEEKDAYS
from studygroup.group.usual_week import WEEK
from studygroup.text.text import to_short_day

_FOLDER = Path(__file__).parent
CANNOT, IF_NEED_BE, CAN = "012"
NOTHING = CANNOT * WEEK
_MARKS = re.compile(f"[{CANNOT}{IF_NEED_BE}{CAN}]{{{WEEK}}}")


class HoursAssist(anywidget.AnyWidget):
    """An element that shows nothing: in a notebook it makes the grids work, as the members' page does itself."""

    _esm = _FOLDER / "hours.js"
    _css = _FOLDER / "hours.css"


class _MarksLine(TextLine):
    """What is marked, which the grid's script sends."""

    @property
    def refusal(self) -> str:
        """Why something else was refused."""
        return "That is not a week in half hours; nothing was saved. Please mark your hours again."

    def fits(self, value: Any) -> bool:
        """Whether it has a digit for each half hour."""
        return isinstance(value, str) and _MARKS.fullmatch(value) is not None


class HoursGrid(widgets.VBox):
    """Half hours of a week to be marked.

    Parameters
    ----------
    first
        The first of seven days, which the columns name; None for a usual week.
    marked
        Called when a person marked something.
    """

    def __init__(self, first: date | None, marked: Callable[[], object], refused: Callable[[str], None]) -> None:
        self._first, self._marked, self._quiet = first, marked, False
        self._grid = widgets.HTML()
        self._value = _MarksLine(value=NOTHING, placeholder="half hours", refused=refused)
        self._value.add_class("sg-hours-value")
        self._value.observe(self._changed, "value")
        super().__init__([self._grid, self._value, *([] if page_assists.get() else [HoursAssist()])])
        for name in ("sg-hours-form", "sg-repeats"):
            self.add_class(name)
        self.load(NOTHING)

    @property
    def marks(self) -> str:
        """What is marked: for each half hour from Monday 0:00 on a digit, ``CANNOT``, ``IF_NEED_BE`` or ``CAN``."""
        return str(self._value.value)

    @marks.setter
    def marks(self, marks: str) -> None:
        self._value.value = marks

    @property
    def can(self) -> frozenset[int]:
        """The half hours marked "can"."""
        return frozenset(half for half, mark in enumerate(self.marks) if mark == CAN)

    @property
    def if_need_be(self) -> frozenset[int]:
        """The half hours marked "if need be"."""
        return frozenset(half for half, mark in enumerate(self.marks) if mark == IF_NEED_BE)

    def load(self, marks: str) -> None:
        """Show these marks, without having marked them."""
        self._quiet = True
        try:
            self._value.value = marks if _MARKS.fullmatch(marks) else NOTHING
        finally:
            self._quiet = False
        self._grid.value = block("hours", self._days(), self.marks)

    def _days(self) -> list[tuple[int, str]]:
        """Return each column's day of the week, and what it is called."""
        if self._first is None:
            return [(number, name.capitalize()) for number, name in enumerate(WEEKDAYS)]
        days = [self._first + timedelta(days=number) for number in range(7)]
        return [(day.weekday(), to_short_day(day)) for day in days]

    def _changed(self, _: Any) -> None:
        if not self._quiet:
            self._marked()


def to_marks(can: Collection[int], if_need_be: Collection[int]) -> str:
    """Return half hours of a week as marks."""
    return "".join(CAN if half in can else IF_NEED_BE if half in if_need_be else CANNOT for half in range(WEEK))
