"""Reading statuses, as lists, check-boxes and other programs write them."""

from __future__ import annotations

import re

from studygroup.catalogue.recognise.vocabulary.words import plain

_STATUSES = {
    "unread": "unread|not read|to read|toread|todo|to do|no|not yet|not started|❌|✗|queued|planned|pending|⬜|☐|✘|not done|[ ]|"
    "want to read|plan to read|wishlist|tbr",
    "reading": "reading|in progress|started|current|ongoing|wip|⏳|🚧|📖|currently reading",
    "skimmed": "skimmed|skim",
    "read": "read|done|yes|finished|completed|complete|✅|✔|✔️|☑|☑️|✓|[x]",
    "skipped": "skipped|skip|dropped|did not finish|dnf|stopped reading|abandoned|gave up",
}
_STATUS_OF = {word: status for status, words in _STATUSES.items() for word in words.split("|")}
CHECK_BOX = re.compile(r"\[([ xX✓✔])\]\s+")
"""A check-box at the beginning of an item."""

STATUS_MARK = re.compile(r"\s*(✅|✔️?|☑️?|⏳|🚧|❌|⬜|☐)\s*(?!=)")
"""A mark of progress at the beginning of an item; one that a legend explains is none."""

PROGRESS_NOTE = re.compile(r"\s*\((read|reading|skimmed|skipped)(?: \d{4}-\d\d-\d\d(?:-\d+)?)?\)\s*$")
"""What an export writes behind an entry of somebody's progress."""

SESSION_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:-\d+)?")
"""A session's name, as an export links it."""


def status_of(text: str) -> str | None:
    """Return the reading status that a cell, a check-box or a shelf says, or None.

    >>> status_of("Not Read"), status_of("✅"), status_of("to-read"), status_of("maybe")
    ('unread', 'read', 'unread', None)
    """
    said = plain(text).lower().strip(" .!*_`")
    return _STATUS_OF.get(said) or _STATUS_OF.get(said.replace("-", " ").replace("_", " ").removeprefix("currently "))
