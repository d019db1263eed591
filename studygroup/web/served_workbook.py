"""The workbook as the members' page enters into it: not more often than a person can."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from studygroup.errors import RecordError
from studygroup.web.limits import Allowance
from studygroup.workbook import Workbook

AT_ONCE, A_SECOND = 60, 1.0
"""How many records a member can enter in a row, and how many a second after that."""

LOOK_EVERY_S = 0.25
"""How often is looked at what others entered elsewhere: with hundreds of members each look asks for hundreds of files."""


class ServedWorkbook(Workbook):
    """A workbook that everybody's pages share; ``Workbook.lock`` keeps their threads apart."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        super().__init__(folder, clock)
        self._saves = Allowance(AT_ONCE, A_SECOND)
        self._looked_s = -LOOK_EVERY_S
        self._enters = False

    def refresh(self) -> None:
        """Have the journal looked at again, unless it just was; what is entered here shows at once."""
        now = time.monotonic()
        if self._enters or now - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = self._looked_s if self._enters else now
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
            self._enters = True
            try:
                return super().enter(kind, by=by, session=session, id=id, **fields)
            finally:
                self._enters = False
