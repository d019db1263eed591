"""Fields to pick from: one of some names, a member, a work, a time zone; what is not offered is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from studygroup.errors import RecordError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import STYLE
from studygroup.forms.kit.inputs import Refusing
from studygroup.text.text import comparable, did_you_mean
from studygroup.workbook.workbook import Workbook

FIELD = {"width": "auto", "max_width": "34em"}
_LONGEST = 200


class Pick(Refusing, widgets.Dropdown):
    """One of several, picked from a list.

    Parameters
    ----------
    options
        (label, value) pairs.
    refused
        Called with a sentence when a page sends what is not offered.
    """

    def __init__(self, label: str, options: Sequence[tuple[str, Any]], refused: Callable[[str], None]) -> None:
        self._offered = tuple(options)
        super().__init__(refused=refused, description=label, options=options, style=STYLE, layout=FIELD)

    def offer(self, options: Sequence[tuple[str, Any]]) -> None:
        """Offer others; what is picked stays, if it still is offered."""
        if tuple(options) == self._offered:
            return
        picked = self._offered[self.index][1] if self.index is not None else None
        self._offered = tuple(options)
        self.options = options
        values = [value for _, value in options]
        if values:
            self.value = picked if picked in values else values[0]

    @property
    def refusal(self) -> str:
        """Why what was picked was refused."""
        return f"That is not among what is offered for {self.description}; nothing was saved. Please pick again."

    def fits(self, value: Any) -> bool:
        """Whether there is such a line in the list."""
        return value is not None and 0 <= value < len(self.options)


def member_options(workbook: Workbook, unset: str = "") -> list[tuple[str, str]]:
    """Return those on the roster today, (name, id), in order of their names; first ``unset`` with an empty id, if given.

    Two people whose names are the same to the eye have their ids beside them.
    """
    roster = workbook.roster
    here = [roster.people[member] for member in roster.here_on(workbook.today())]
    here.sort(key=lambda person: (comparable(person.name), person.member))
    return [(unset, "")] * bool(unset) + labelled((person.name, person.member) for person in here)


def labelled(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (label, id) pairs, each label once.

    >>> labelled([("Trees", "trees"), ("Trees", "trees-2")])
    [('Trees', 'trees'), ('Trees (trees-2)', 'trees-2')]
    """
    made: dict[str, str] = {}
    for label, name in pairs:
        made[label if label not in made else f"{label} ({name})"] = name
    return list(made.items())


class WorkField(Refusing, widgets.Combobox):
    """A work of the catalogue, found by typing; empty for none."""

    def __init__(self, label: str, refused: Callable[[str], None]) -> None:
        self._ids: dict[str, str] = {}
        super().__init__(
            refused=refused,
            description=label,
            placeholder="Title contains … (optional)",
            style=STYLE,
            layout=FIELD,
            ensure_option=False,
        )

    def offer(self, workbook: Workbook, first: Sequence[str] = ()) -> None:
        """Offer every work of the catalogue, some before the others."""
        items = workbook.catalogue.items
        titles = dict(zip(items["id"], items["title"], strict=True))
        pairs = labelled((titles[item], item) for item in dict.fromkeys([*first, *titles]) if item in titles)
        if list(self._ids.items()) != pairs:
            self._ids = dict(pairs)
            self.options = tuple(self._ids)

    def pick(self, item: str) -> None:
        """Show a work by its id."""
        self.value = next((label for label, known in self._ids.items() if known == item), item)

    @property
    def exact(self) -> str:
        """The id of the work of the list that was picked, or empty."""
        return self._ids.get(self.value.strip(), "")

    @property
    def item(self) -> str:
        """The id of the work that is named, or empty.

        Raises
        ------
        RecordError
            No paper is called that.
        """
        wanted = self.value.strip()[:_LONGEST]
        if not wanted or wanted in self._ids.values():
            return wanted
        called = comparable(wanted)
        found = {item for label, item in self._ids.items() if called == comparable(label)}
        found = found or {item for label, item in self._ids.items() if called in comparable(label)}
        if len(found) == 1:
            return found.pop()
        if found:
            raise RecordError(f"{len(found)} works have {wanted!r} in their titles; please pick one of the list.")
        raise RecordError(
            f"No paper is called {wanted!r}{did_you_mean(wanted, self._ids)}; pick one of the list, or leave it empty."
        )


class ZoneField(Refusing, widgets.Combobox):
    """A time zone, found by typing; empty for none."""

    def __init__(self, refused: Callable[[str], None], zone: str = "") -> None:
        super().__init__(
            refused=refused,
            value=zone,
            description="Time zone",
            placeholder="Europe/Berlin (optional)",
            options=_zones(),
            style=STYLE,
            layout=FIELD,
            ensure_option=False,
        )


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    """Return the zones that people live in, without the older second names."""
    from zoneinfo import available_timezones

    regions = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(regions)))
