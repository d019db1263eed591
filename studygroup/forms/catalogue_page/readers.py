"""Who has read what of the catalogue, as its forms say and filter."""

from __future__ import annotations

from collections import Counter

from studygroup.errors import RecordError, StudygroupError
from studygroup.forms.catalogue_page.item_card import CardFacts
from studygroup.group.states import HAS_READ
from studygroup.journal.types.records import Reading
from studygroup.meeting.facts.syllabus import covered_steps, steps_of
from studygroup.text.text import session_day, to_date
from studygroup.workbook.identity import who_am_i
from studygroup.workbook.workbook import Workbook


class Readers:
    """Who has read what: of members how many, whoever sits here, and the sessions."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        held = [one for one in workbook.current.current(Reading) if one.status in HAS_READ]
        self.counts = Counter(one.item for one in held)
        try:
            self.me = who_am_i(workbook)
        except RecordError:
            self.me = ""
        self.mine = {one.item for one in held if self.me and one.member == self.me}
        self._sessions: dict[str, list[str]] | None = None

    @property
    def sessions(self) -> dict[str, list[str]]:
        """The sessions that finished each item, by its id."""
        if self._sessions is None:
            self._sessions = _finished(self.workbook)
        return self._sessions

    def facts(self, item: str) -> CardFacts:
        """Return what an item's card says of it."""
        return CardFacts(tuple(map(_to_day, self.sessions.get(item, ()))), self.counts[item], item in self.mine)


def _finished(workbook: Workbook) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if len(workbook.current) == 0 or workbook.settings.syllabus not in workbook.catalogue.lists:
        return found
    try:
        done = covered_steps(workbook, workbook.clock())
    except StudygroupError:
        return found
    if done:
        for step in steps_of(workbook):
            for item in step.items if step.number in done else ():
                found.setdefault(item, []).append(done[step.number])
    return found


def _to_day(session: str) -> str:
    day = session_day(session)
    return to_date(day) if day else session
