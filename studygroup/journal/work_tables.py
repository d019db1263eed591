"""From records to tables: what members made of works, and how they choose the next one; see ``tables``."""

from __future__ import annotations

import pandas as pd

from studygroup.journal.frame import Columns, Records, held_frame
from studygroup.journal.records import Ballot, Claim, Material, Proposal, Rating, Reading, Summary, Vote

_ENTERED: Columns = {"at": "time", "by": "str"}
_WHOSE: Columns = {"member": "str", "item": "str"}
READING: Columns = {**_WHOSE, "status": "str", **_ENTERED}
RATINGS: Columns = {**_WHOSE, "rating": "int64", **_ENTERED}
SUMMARIES: Columns = {**_WHOSE, "big_idea": "str", "relevance": "str", "text": "str", **_ENTERED}
MATERIALS: Columns = {"id": "str", "item": "str", "label": "str", "url": "str", "role": "str", **_ENTERED}
CLAIMS: Columns = {
    "id": "str",
    **_WHOSE,
    "claim": "str",
    "evidence": "str",
    "doubt": "str",
    "before": "Int64",
    "after": "Int64",
    **_ENTERED,
}
PROPOSALS: Columns = {"id": "str", **_WHOSE, "why": "str", **_ENTERED}
BALLOTS: Columns = {"id": "str", "session": "str", "shortlist": "object", "rule": "str", "until": "time", **_ENTERED}
VOTES: Columns = {"ballot": "str", "member": "str", "choice": "object", **_ENTERED}


def reading(records: Records) -> pd.DataFrame:
    """Return how far members are with items.

    Returns
    -------
    DataFrame
        One row a member and item, in order. Columns ``member``, ``item``, ``status`` ("unread", "reading", "skimmed", "read"
        or "skipped"; str), ``at``, ``by``.
    """
    return held_frame(records, Reading, READING)


def ratings(records: Records) -> pd.DataFrame:
    """Return what members think of items.

    Returns
    -------
    DataFrame
        One row a member and item, in order. Columns ``member``, ``item`` (str), ``rating`` (int64, 1 to 5), ``at``, ``by``.
    """
    return held_frame(records, Rating, RATINGS)


def summaries(records: Records) -> pd.DataFrame:
    """Return what members make of items.

    Returns
    -------
    DataFrame
        One row a member and item, in order. Columns ``member``, ``item``, ``big_idea``, ``relevance``, ``text`` (Markdown,
        not to be trusted; empty where not given; str), ``at``, ``by``.
    """
    return held_frame(records, Summary, SUMMARIES)


def materials(records: Records) -> pd.DataFrame:
    """Return the links that members added to items.

    Returns
    -------
    DataFrame
        One row a link, in order of their ids. Columns ``id``, ``item``, ``label``, ``url`` (http or https), ``role``
        ("recording", "slides" or "further_reading"; str), ``at``, ``by``.
    """
    return held_frame(records, Material, MATERIALS)


def claims(records: Records) -> pd.DataFrame:
    """Return how members judge the claims of items.

    Returns
    -------
    DataFrame
        One row a claim, in order of their ids. Columns ``id``, ``member``, ``item``, ``claim``, ``evidence``, ``doubt`` (str),
        ``before``, ``after`` (Int64, confidence from 0 to 100, NA where not given), ``at``, ``by``.
    """
    return held_frame(records, Claim, CLAIMS)


def proposals(records: Records) -> pd.DataFrame:
    """Return what members would like the group to read.

    Returns
    -------
    DataFrame
        One row a proposal, in order of their ids. Columns ``id``, ``member``, ``item``, ``why`` (str), ``at``, ``by``.
    """
    return held_frame(records, Proposal, PROPOSALS)


def ballots(records: Records) -> pd.DataFrame:
    """Return the choices that members were given.

    Returns
    -------
    DataFrame
        One row a ballot, in order of their ids. Columns ``id``, ``session`` (str), ``shortlist`` (tuple of items), ``rule``
        ("approval" or "ranked"; str), ``until`` (datetime64[ms, UTC]), ``at``, ``by``.
    """
    return held_frame(records, Ballot, BALLOTS)


def votes(records: Records) -> pd.DataFrame:
    """Return what members chose.

    Returns
    -------
    DataFrame
        One row a ballot and member, in order. Columns ``ballot``, ``member`` (str), ``choice`` (tuple of items, in order;
        empty for an abstention), ``at``, ``by``.
    """
    return held_frame(records, Vote, VOTES)
