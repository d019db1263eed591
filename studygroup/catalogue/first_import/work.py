"""A work that a line names, and the draft of an entry that is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from studygroup.catalogue.items.item import Link


@dataclass
class Work:
    """A work that a line names; ``tail`` is what followed its link, before it was read.

    ``form`` is the label of the main link if that is not the title.
    """

    title: str
    url: str
    links: list[Link] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    year: int | None = None
    kind: str = ""
    details: dict[str, str] = field(default_factory=dict)
    tail: list[str] = field(default_factory=list)
    worded: bool = False
    form: str = ""


@dataclass
class Draft:
    """A work on its way to becoming an entry."""

    work: Work
    line: int
    section: tuple[str, ...]
    group: int
    number: str = ""
    status: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    head: str = ""
    table: bool = False
