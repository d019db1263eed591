"""Who may come in, as the roster says now: looked up by the gate at every step, so kept apart from the workbook's lock."""

from __future__ import annotations

import logging
import threading

from studygroup.errors import StudygroupError
from studygroup.workbook.workbook import Workbook


class MemberNames:
    """Names by member id of those who have not left.

    The gate runs where nothing may wait, and pages hold the workbook's lock while they wait for the gate: so it only ever
    looks at what ``look`` found last.
    """

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._names: dict[str, str] = {}
        self._reading = threading.Lock()

    def __contains__(self, member: str) -> bool:
        return member in self._names

    def name(self, member: str) -> str:
        """Return the name that pages show."""
        return self._names.get(member, member)

    def look(self) -> None:
        """Read the roster again. It may wait for the workbook; where that cannot be read, what was known stands."""
        with self._reading:
            try:
                with self._workbook.lock:
                    # At once, also where pages look less often: someone may have been added a moment ago.
                    Workbook.refresh(self._workbook)
                    roster, today = self._workbook.roster, self._workbook.today()
            except StudygroupError as error:
                logging.getLogger("studygroup.web").warning("The roster cannot be read: %s", type(error).__name__)
                return
            self._names = {member: roster.people[member].name for member in roster.here_on(today)}
