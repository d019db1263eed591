"""From records to tables: what members made of works, and how they choose the next one; see ``tables``."""

from __future__ import annotations

import pandas as pd

from studygroup.journal.tables.frame import Records, current_frame
from studygroup.journal.types.records import Ballot, Material, Proposal, Rating, Reading, Summary, Vote


def reading(records: Records) -> pd.DataFrame:
    """Return how far members are with items.

    Returns
    -------
    DataFrame
        One row a member and item, in order. Columns ``member``, ``item``, ``status`` ("unread", "reading", "skimmed", "read"
        or "skipped"; str), ``at``, ``by``.
    """
    return current_frame(records, Reading)


def ratings(records: Records) -> pd.DataFrame:
    """Return what members think of items.

    Returns
    -------
    DataFrame
        One row a member and item, in order. Columns ``member``, ``item`` (str), ``rating`` (int64, 1 to 5), ``at``, ``by``.
    """
    return current_frame(records, Rating)


def summaries(records: Records) -> pd.DataFrame:
    """Return what members make of items.

    Returns
    -------
    DataFrame
        One row a member and item, in order. Columns ``member``, ``item``, ``big_idea``, ``relevance``, ``text`` (Markdown,
        not to be trusted; empty where not given; str), ``at``, ``by``.
    """
    return current_frame(records, Summary)


def materials(records: Records) -> pd.DataFrame:
    """Return the links that members added to items.

    Returns
    -------
    DataFrame
        One row a link, in order of their ids. Columns ``id``, ``item``, ``label``, ``url`` (http or https), ``role``
        ("recording", "slides" or "further_reading"; str), ``at``, ``by``.
    """
    return current_frame(records, Material)


def proposals(records: Records) -> pd.DataFrame:
    """Return what members would like the group to read.

    Returns
    -------
    DataFrame
        One row a proposal, in order of their ids. Columns ``id``, ``member``, ``item``, ``title``, ``url``, ``why`` (str),
        ``at``, ``by``.
    """
    return current_frame(records, Proposal)


def ballots(records: Records) -> pd.DataFrame:
    """Return the choices that members were given.

    Returns
    -------
    DataFrame
        One row a ballot, in order of their ids. Columns ``id``, ``session`` (str), ``shortlist`` (tuple of items), ``rule``
        ("approval", "runoff", "score" or "ranked"; str), ``quorum`` (int64, 0 for none), ``until`` (datetime64[ms, UTC]), ``at``, ``by``.
    """
    return current_frame(records, Ballot)


def votes(records: Records) -> pd.DataFrame:
    """Return what members chose.

    Returns
    -------
    DataFrame
        One row a ballot and member, in order. Columns ``ballot``, ``member`` (str), ``choice`` (tuple of items, in order;
        empty for an abstention), ``scores`` (tuple of int, 0 to 5, or empty), ``at``, ``by``.
    """
    return current_frame(records, Vote)
