"""What is to be read of a paper, and what is asked about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def guided(works: Sequence[tuple[str, str]], guides: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return which part to read of something, and the questions about it.

    Parameters
    ----------
    works
        The id and the title of each work in it; of several, the part is named by its work.
    guides
        What was said of works, by their ids: records, or rows of their table.
    """
    found = [(title, guides[item]) for item, title in works if item in guides]
    parts = [one.part if len(works) == 1 else f"{title}: {one.part}" for title, one in found if one.part]
    return "; ".join(parts), tuple(question for _, one in found for question in one.questions)
