"""The workbook as the members' page enters into it: not more often than a person can."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from studygroup.errors import RecordError
from studygroup.journal.types.record import Record
from studygroup.web.limits import Allowance
from studygroup.workbook.workbook import Workbook

AT_ONCE, A_SECOND = 60, 1.0
"""How many records a member can enter in a row, and how many a second after that."""

LOOK_EVERY_S = 1.0
"""How often pages look at what others entered elsewhere, unless something else just did: each look asks for a file a member."""


class ServedWorkbook(Workbook):
    """A workbook that everyone's pages share; ``Workbook.lock`` keeps their threads apart."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        super().__init__(folder, clock)
        self._saves = Allowance(AT_ONCE, A_SECOND)
        self._looked_s = -LOOK_EVERY_S
        self._own = threading.local()

    def refresh(self) -> None:
        """Have the journal looked at again, unless it just was; what is entered here shows at once."""
        if getattr(self._own, "enters", False):
            super().refresh()
        elif time.monotonic() - self._looked_s >= LOOK_EVERY_S:
            self.look()

    def look(self) -> None:
        """Have the journal looked at again at once."""
        self._looked_s = time.monotonic()
        super().refresh()

    def enter(self, kind: str, *, by: str, session: str = "", id: str = "", **fields: Any) -> Any:
        """Enter a record as ``Workbook.enter`` does, unless this member just entered very many.

        Raises
        ------
        RecordError
            Also when there were too many; nothing was written.
        """
        if wait := self._saves.take(by):
            raise RecordError(
                f"Not saved: that was very much in a short time. Please save again in {max(5, round(wait))} seconds."
            )
        with self.lock:
            self._own.enters = True
            try:
                return super().enter(kind, by=by, session=session, id=id, **fields)
            finally:
                self._own.enters = False

    def _append(self, record: Record, again: bool) -> Record:
        """Write a record while other pages go on: a disk takes its time to say that it has it."""
        held = 0
        try:
            with suppress(RuntimeError):  # no longer held
                while True:
                    self.lock.release()
                    held += 1
            return super()._append(record, again)
        finally:
            for _ in range(held):
                self.lock.acquire()
