"""The forms that the group's notebooks show."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from studygroup.forms.catalogue_page.catalogue import CatalogueForms
from studygroup.forms.facilitator.week import WeekForms
from studygroup.forms.group_tab.links import Links
from studygroup.forms.kit.who import OpenForms
from studygroup.forms.member_page.member import FollowingForms
from studygroup.workbook.workbook import Workbook


class InvitingWeekForms(WeekForms):
    """The facilitator's forms, with the members' invite links where the members' page is installed."""

    @staticmethod
    def links_of(workbook: Workbook) -> Links | None:
        """Return the members' invite links."""
        try:
            from studygroup.web.visitors.member_links import links_of
        except ModuleNotFoundError:
            return None
        return links_of(workbook)


class InvitingMemberForms(FollowingForms):
    """A member's forms in a notebook, with a link for one more device where the members' page is served from this folder."""

    @staticmethod
    def invite_of(workbook: Workbook, member: str) -> Callable[[], str] | None:
        """Return what makes a link for one more device."""
        try:
            from studygroup.web.visitors.member_links import served_links_of
        except ModuleNotFoundError:
            return None
        links = served_links_of(workbook)
        return partial(links.make, member) if links else None


def week(member: str = "", folder: str | os.PathLike[str] | None = None) -> OpenForms:
    """Return the facilitator's screen, for ``notebooks/week.ipynb``: a header that says what to do next, and four tabs of forms.

    What others enter appears in it. A cell that runs again gets the same forms, brought up to date. For a notebook of your own, a
    cell can show a single form: ``who``, ``people``, ``standing``, ``plan``, ``replies``, ``agenda``, ``announce``, ``attendance``,
    ``timer``, ``capture``, ``notes``, ``questions``, ``actions``, ``materials``, ``close``, ``report``, ``history``, ``site``, ``share``,
    ``list``, ``links``, ``settings``, ``ballots``, which opens and closes ballots, or ``slot``, which says when the group meets.

    Parameters
    ----------
    member
        The id or name of the member who enters; without it, whoever this notebook was told, else it asks.
    folder
        The workbook's folder; without it, the current folder or the nearest one above it that is a workbook.

    Raises
    ------
    RecordError
        ``member`` is not on the roster.
    WorkbookError
        There is no workbook.

    Examples
    --------
    The whole screen, in the one cell of a notebook::

        sg.week()

    Two forms of it, in two cells of a notebook of your own::

        week = sg.week()
        week.who

        week.attendance
    """
    return InvitingWeekForms.open(member, folder)


def member(member: str = "", folder: str | os.PathLike[str] | None = None) -> OpenForms:
    """Return a member's forms, for ``notebooks/member.ipynb``; parameters and errors as in ``week``.

    ``screen`` has all of them in three tabs, as the members' page. A cell shows one of them: ``who``, ``next``, ``reads``, ``choose``, ``summary``, ``others``, ``materials``, ``questions``, ``progress``,
    ``syllabus``, ``since`` or ``past``.

    Examples
    --------
    In a cell of a notebook::

        mine = sg.member()
        mine.who
    """
    return InvitingMemberForms.open(member, folder)


def library(folder: str | os.PathLike[str] | None = None) -> CatalogueForms:
    """Return the catalogue's screen, for ``notebooks/catalogue.ipynb``: a header that says what comes next, and five tabs of forms.

    What changes in the catalogue appears in it. A cell that runs again gets the same forms, brought up to date. For a notebook of your
    own, a cell can show a single form: ``browse``, ``models``, ``importing``, ``shipped``, which has the lists that come with the
    program, ``follow``, which says what the group reads, ``filling`` or ``exporting``.

    Parameters
    ----------
    folder
        The workbook's folder; without it, the current folder or the nearest one above it that is a workbook.

    Raises
    ------
    WorkbookError
        There is no workbook.

    Examples
    --------
    The whole screen, in the one cell of a notebook::

        sg.library()

    One form of it, in a cell of a notebook of your own::

        sg.library().browse
    """
    return CatalogueForms.open(folder)
