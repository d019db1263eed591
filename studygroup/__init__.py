"""A Jupyter workbook that runs a weekly paper-reading group: list, plan, agenda, attendance, report.

Notebooks need one import::

    import studygroup as sg

    week = sg.week()
    group = sg.open()

A name is imported when it is first used, so that ``import studygroup`` itself is light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from studygroup.version import __version__

if TYPE_CHECKING:
    from studygroup.interface.forms import library as library
    from studygroup.interface.forms import member as member
    from studygroup.interface.forms import week as week
    from studygroup.interface.group import Group as Group
    from studygroup.interface.group import open as open
    from studygroup.interface.pages import agenda_page as agenda_page
    from studygroup.interface.pages import report_page as report_page
    from studygroup.interface.shown import show as show

__all__ = ["Group", "__version__", "agenda_page", "library", "member", "open", "report_page", "show", "week"]

_MODULES = {
    "Group": "group",
    "agenda_page": "pages",
    "library": "forms",
    "member": "forms",
    "open": "group",
    "report_page": "pages",
    "show": "shown",
    "week": "forms",
}

# A type checker knows the names from above, and would accept any other one here.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Return what the interface offers under a name."""
        if name not in _MODULES:
            raise AttributeError(f"module 'studygroup' has no attribute {name!r}")
        return getattr(import_module(f"studygroup.interface.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
