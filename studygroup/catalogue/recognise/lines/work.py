"""A work that a list names, while it is being recognised: what is known of it, and how sure it is that it is one."""

from __future__ import annotations

from dataclasses import dataclass, field

from studygroup.catalogue.items.item import Link
from studygroup.catalogue.recognise.vocabulary.dates import year_of
from studygroup.catalogue.recognise.vocabulary.labels import label_form
from studygroup.catalogue.recognise.vocabulary.venues import Cited, venue_of


@dataclass(eq=False)
class FoundWork:
    """A work that a line names.

    ``form`` is the label of the main link if that is not the title. ``line``, ``section``, ``number``, ``status`` and
    ``columns`` are those of the entry that it becomes; ``group`` numbers lists and tables, ``head`` is that of the column of
    titles. ``sure`` is what speaks for it: below 0 more speaks against it.
    """

    title: str
    url: str = ""
    links: list[Link] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    year: int | None = None
    kind: str = ""
    details: dict[str, str] = field(default_factory=dict)
    form: str = ""
    sure: float = 0.0
    line: int = 0
    section: tuple[str, ...] = ()
    group: int = 0
    number: str = ""
    status: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    head: str = ""
    in_table: bool = False

    def take(self, said: Cited) -> None:
        """Take in what a citation says and is not known yet."""
        self.authors = self.authors or said.authors
        self.year = self.year or said.year
        self.kind = self.kind or said.kind
        for key in ("venue", "organisation", "publisher", "note"):
            if value := getattr(said, key):
                self.details.setdefault(key, value)

    def add_about(self, text: str) -> None:
        """Take in what is said about it, behind what was said before."""
        self.details["about"] = f"{self.details['about']} {text}" if "about" in self.details else text

    def note_tag(self, tag: str) -> None:
        """Take in a code span beside the title: a year, a venue, else who made it."""
        venue, year = venue_of(tag)
        if tagged := year_of(tag):
            self.year = self.year or tagged
        elif venue:
            self.details.setdefault("venue", venue)
            self.year = self.year or year
        elif label_form(tag) is None and len(tag) <= 60:
            known = self.details.get("organisation")
            self.details["organisation"] = f"{known}; {tag}" if known else tag
