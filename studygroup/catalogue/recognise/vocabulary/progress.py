"""Reading statuses, as lists, check-boxes and other programs write them."""

from __future__ import annotations

import re

from studygroup.catalogue.recognise.vocabulary.tables import meanings
from studygroup.catalogue.recognise.vocabulary.words import plain

_STATUS_OF = meanings("statuses")
CHECK_BOX = re.compile(r"\[([ xX✓✔])\]\s+")
"""A check-box at the beginning of an item."""

STATUS_MARK = re.compile(r"\s*(✅|✔️?|☑️?|⏳|🚧|❌|⬜|☐)\s*(?!=)")
"""A mark of progress at the beginning of an item; one that a legend explains is none."""

PROGRESS_NOTE = re.compile(r"\s*\((read|reading|skimmed|skipped)(?: \d{4}-\d\d-\d\d(?:-\d+)?)?\)\s*$")
"""What an export writes behind an entry of someone's progress."""

SESSION_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:-\d+)?")
"""A session's name, as an export links it."""


def status_of(text: str) -> str | None:
    """Return the reading status that a cell, a check-box or a shelf says, or None.

    >>> status_of("Not Read"), status_of("✅"), status_of("to-read"), status_of("maybe")
    ('unread', 'read', 'unread', None)
    """
    said = plain(text).lower().strip(" .!*_`")
    return _STATUS_OF.get(said) or _STATUS_OF.get(said.replace("-", " ").replace("_", " ").removeprefix("currently "))
