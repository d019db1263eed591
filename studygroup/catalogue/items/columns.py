"""The columns of ``catalogue.csv``: the fields of ``Item``, each described where it is.

From this follow the file's header and types, what is checked, what an import takes from lists, what an item's page shows, what
is searched and exported. ``docs/extending.md`` says how to add one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, get_type_hints

import msgspec

from studygroup.catalogue.items.item import KINDS, is_arxiv_id, is_doi, parse_links
from studygroup.errors import CatalogueError
from studygroup.text import text


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be known of a column beside its name, type and default, which are those of the field.

    Attributes
    ----------
    label
        As an item's page calls it; empty: the page does not list it.
    from_lists
        Who fills it. "fact" and "prose": an import does, with what a list's column or labelled line says, as written; prose is left
        out of an import with ``--facts``. Empty: it is found in another way, or a person fills it.
    head
        A regular expression for the head of a list's column that holds it, or the label of such a line; case is ignored.
    required
        Whether every file must have the column; one that is missing otherwise has its default.
    weight
        How much a hit of a search weighs; 0: it is not searched.
    wrong
        Returns what is wrong with a cell, or an empty text; asked once for each different cell.
    """

    label: str = ""
    from_lists: Literal["", "fact", "prose"] = ""
    head: str = ""
    required: bool = False
    weight: float = 0.0
    wrong: Callable[[str], str] | None = None


def is_id(value: str) -> bool:
    """Return whether a text can be the id of an item or the name of a list."""
    return len(value) <= text.ID_LENGTH and bool(text.ID_PATTERN.fullmatch(value)) and value not in text.RESERVED_IDS


def is_web_address(url: str) -> bool:
    """Return whether a text is an http or https address with a host."""
    return url[:4].lower() == "http" and text.is_safe_url(url)


def _wrong_id(value: str) -> str:
    allowed = f"a-z, 0-9 and single hyphens, at most {text.ID_LENGTH} characters, no reserved device name"
    return f"{value!r} is not an id; use {allowed}" if value and not is_id(value) else ""


def _wrong_title(value: str) -> str:
    return "" if value.strip() else "the item has no title; give it one"


def _wrong_kind(value: str) -> str:
    return "" if value in KINDS else f"{value!r} is not a kind{text.did_you_mean(value, KINDS)}; use {', '.join(KINDS)}"


def _wrong_url(value: str) -> str:
    if not value or is_web_address(value):
        return ""
    return f"{value!r} is not a web address; it must begin with http:// or https:// and a host"


def _wrong_arxiv(value: str) -> str:
    if not value or is_arxiv_id(value):
        return ""
    return f"{value!r} is not an arXiv id; write it like 2005.14165 or hep-th/9901001, without version"


def _wrong_doi(value: str) -> str:
    return (
        f"{value!r} is not a DOI; write it like 10.1038/nature14539, without an address" if value and not is_doi(value) else ""
    )


def _wrong_links(cell: str) -> str:
    try:
        wrong = [link.url for link in parse_links(cell) if not is_web_address(link.url)]
    except CatalogueError as error:
        return str(error)
    return (
        f"no web address: {', '.join(map(repr, wrong))}; each must begin with http:// or https:// and a host" if wrong else ""
    )


class Item(msgspec.Struct, frozen=True):
    """One row of ``catalogue.csv``: a field a column, in the file's order; what is not known is empty, an unknown year None."""

    id: Annotated[str, Column(required=True, wrong=_wrong_id)]
    title: Annotated[str, Column(required=True, weight=10.0, wrong=_wrong_title)]
    kind: Annotated[str, Column(wrong=_wrong_kind)] = "other"
    url: Annotated[str, Column(wrong=_wrong_url)] = ""
    authors: Annotated[str, Column(weight=5.0)] = ""
    year: Annotated[int | None, Column()] = None
    arxiv: Annotated[str, Column(label="arXiv", wrong=_wrong_arxiv)] = ""
    doi: Annotated[str, Column(label="DOI", wrong=_wrong_doi)] = ""
    section: Annotated[str, Column(weight=2.0)] = ""
    importance: Annotated[str, Column(from_lists="prose", head=r"\bimportance\b|^why\b|\bkey (?:idea|takeaway)s?\b")] = ""
    # An import knows its head from more than the head's words.
    about: Annotated[str, Column(from_lists="prose", weight=1.0)] = ""
    released: Annotated[str, Column(label="Released", from_lists="fact", head=r"\breleased?\b|\brelease date\b")] = ""
    parameters: Annotated[
        str, Column(label="Parameters", from_lists="fact", head=r"\bparam(?:eter)?s?\b|^(?:model )?sizes?\b|参数")
    ] = ""
    context_length: Annotated[
        str, Column(label="Context length", from_lists="fact", head=r"\bcontext\b|\bsequence length\b")
    ] = ""
    licence: Annotated[str, Column(label="Licence", from_lists="fact", head=r"\blicen[cs]es?\b")] = ""
    links: Annotated[str, Column(wrong=_wrong_links)] = ""


_HINTS = get_type_hints(Item, include_extras=True)
DESCRIBED: Mapping[str, Column] = {name: _HINTS[name].__metadata__[0] for name in Item.__struct_fields__}
"""The columns of ``catalogue.csv`` by name, in order."""

COLUMNS: tuple[str, ...] = tuple(DESCRIBED)
"""Their names."""

INTEGERS: tuple[str, ...] = tuple(name for name in COLUMNS if _HINTS[name].__origin__ == int | None)
"""Those that hold whole numbers."""

DTYPES: Mapping[str, str] = {name: "Int64" if name in INTEGERS else "str" for name in COLUMNS}
"""Their types in a table."""

DEFAULTS: Mapping[str, str] = {
    field.name: field.default for field in msgspec.structs.fields(Item) if isinstance(field.default, str) and field.default
}
"""What a missing column holds, where that is not nothing."""

FACTS: tuple[str, ...] = tuple(name for name, column in DESCRIBED.items() if column.from_lists == "fact")
PROSE: tuple[str, ...] = tuple(name for name, column in DESCRIBED.items() if column.from_lists == "prose")


def to_item(cells: Mapping[str, Any]) -> Item:
    """Return a row of the table of items, its cells by column; other columns are left out, and so is what is missing."""
    values: dict[str, Any] = {}
    for name in COLUMNS:
        cell = cells[name]
        if name in INTEGERS:
            # A missing number is NA, which compares with nothing.
            values[name] = int(cell) if hasattr(cell, "__index__") else None
        else:
            values[name] = cell if isinstance(cell, str) else ""
    return Item(**values)
