"""Members' invite links, as forms in notebooks make, show and end them."""

from __future__ import annotations

from functools import cached_property

from studygroup.errors import WebError
from studygroup.group.given_links import GivenLinks
from studygroup.web.hosts import works_only_here
from studygroup.web.visitors.invites import Invites
from studygroup.workbook.workbook import Workbook


class MemberLinks:
    """The invite links of a workbook's members; its files are opened when they are first needed."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook

    @cached_property
    def _invites(self) -> Invites:
        return Invites.of(self._workbook)

    @property
    def only_here(self) -> bool:
        """Whether links can be opened on this computer alone."""
        return works_only_here(self._workbook.settings.page_address)

    def make(self, member: str) -> str:
        """Return a new link for a member."""
        return f"{self._workbook.settings.page_address}/join#{self._invites.invite(member)}"

    def end(self, member: str) -> None:
        """End all links, devices and open pages of a member, at once."""
        self._invites.revoke(member)

    def forget(self, member: str) -> None:
        """Take a member who was forgotten out of the files."""
        self._invites.forget(member)

    def states(self) -> dict[str, GivenLinks]:
        """Return what became of the links of each member who has one."""
        return self._invites.given()


def links_of(workbook: Workbook) -> MemberLinks:
    """Return the invite links of a workbook's members."""
    return MemberLinks(workbook)


def served_links_of(workbook: Workbook) -> MemberLinks | None:
    """Return the invite links of a workbook whose page is served from this folder; else None, as no one could open them."""
    if not (workbook.folder / ".studygroup" / "web" / "key").is_file():
        return None
    links = MemberLinks(workbook)
    try:
        links.states()
    except WebError:
        return None
    return links
