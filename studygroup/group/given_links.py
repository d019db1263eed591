"""The outcome of the invite links of one member."""

from __future__ import annotations

from datetime import datetime

import msgspec


class GivenLinks(msgspec.Struct, frozen=True):
    """The outcome of a member's links since theirs were last revoked.

    Attributes
    ----------
    until
        When the last one expires.
    opened
        How often their links were opened.
    waits
        Whether the last one can still be opened.
    """

    until: datetime
    opened: int
    waits: bool
