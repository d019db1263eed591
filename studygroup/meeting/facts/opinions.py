"""What members made of a work: how far they came, what they wrote, how they rate it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cached_property
from statistics import fmean
from types import MappingProxyType

import msgspec
import pandas as pd

from studygroup.group.states import READING as STATUSES
from studygroup.journal.tables.frame import RowsBy
from studygroup.meeting.facts.replies import ReplyView, Target
from studygroup.meeting.facts.works import Work

Replies = Mapping[Target, tuple[ReplyView, ...]]
_NONE: Replies = MappingProxyType({})

STARS = (1, 2, 3, 4, 5)
ROLES = ("recording", "slides", "further_reading")


class SummaryView(msgspec.Struct, frozen=True):
    """What one member makes of a work, in Markdown that is not to be trusted; ``by`` is a name, ``at`` the date of the last change."""

    by: str
    big_idea: str
    relevance: str
    text: str
    at: str
    replies: tuple[ReplyView, ...] = ()


class Ratings(msgspec.Struct, frozen=True):
    """How many members gave a work each rating, 1 to 5."""

    counts: tuple[int, ...] = (0,) * len(STARS)

    @property
    def number(self) -> int:
        """How many rated it."""
        return sum(self.counts)

    @property
    def mean(self) -> float:
        """The mean rating, 1 to 5; 0 of none."""
        return fmean(STARS, weights=self.counts) if self.number else 0.0

    @property
    def lowest(self) -> int:
        """The lowest rating given, 0 of none."""
        return min(self._given, default=0)

    @property
    def highest(self) -> int:
        """The highest rating given, 0 of none."""
        return max(self._given, default=0)

    @property
    def _given(self) -> list[int]:
        return [stars for stars, number in zip(STARS, self.counts, strict=True) if number]


class MaterialLink(msgspec.Struct, frozen=True):
    """A link that someone added to a work: "recording", "slides" or "further_reading", what it shows, and where it leads."""

    role: str
    label: str
    url: str


class Opinions(msgspec.Struct, frozen=True):
    """A work with what members made of it.

    ``statuses`` counts members by reading status, "unread" for those who said nothing. ``links`` are what was added to it:
    recordings, slides, further reading, in this order. ``kept_back`` counts summaries that no one else is to see yet.
    """

    work: Work
    statuses: dict[str, int]
    summaries: tuple[SummaryView, ...]
    ratings: Ratings
    links: tuple[MaterialLink, ...] = ()
    kept_back: int = 0


class OpinionTables(msgspec.Struct, frozen=True, dict=True):
    """The tables that opinions are computed from, as ``journal.tables`` returns them."""

    reading: pd.DataFrame
    summaries: pd.DataFrame
    ratings: pd.DataFrame
    materials: pd.DataFrame

    @cached_property
    def by_item(self) -> dict[str, RowsBy]:
        """The rows of each table by their item."""
        return {name: RowsBy(getattr(self, name), "item") for name in self.__struct_fields__}


def opinions_of(
    work: Work,
    said: OpinionTables,
    here: Collection[str],
    names: Mapping[str, str],
    *,
    blind: bool = False,
    replies: Replies = _NONE,
) -> Opinions:
    """Return what members made of a work.

    Parameters
    ----------
    here
        The ids of the members whose reading is counted; summaries and ratings are everyone's.
    names
        People's names by id: who writes a summary signs it.
    blind
        Whether summaries are only counted yet, as those of others would lead one's own.
    replies
        What was replied to summaries.
    """
    about = {name: table.of(work.id) for name, table in said.by_item.items()}
    status: dict[str, str] = {row.member: row.status for row in about["reading"]}
    counted = Counter(status.get(member, STATUSES[0]) for member in here)
    written = sorted(about["summaries"], key=lambda row: (row.at, row.member))
    stars = Counter(row.rating for row in about["ratings"])
    links = [MaterialLink(row.role, row.label, row.url) for row in about["materials"]]
    return Opinions(
        work=work,
        statuses={one: counted[one] for one in STATUSES},
        summaries=tuple(
            SummaryView(
                names.get(row.member, row.member),
                row.big_idea.strip(),
                row.relevance.strip(),
                row.text.strip(),
                row.at.date().isoformat(),
                replies.get(("summary", row.member, row.item), ()),
            )
            for row in ([] if blind else written)
        ),
        ratings=Ratings(tuple(int(stars[one]) for one in STARS)),
        kept_back=len(written) if blind else 0,
        links=tuple(sorted(links, key=lambda link: ROLES.index(link.role))),
    )
