"""The catalogue, or one list of it, in other programs' forms: BibTeX, JSON and CSV here, Markdown from ``export_markdown``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

from studygroup.catalogue.export.bullet_layouts import parse_columns
from studygroup.catalogue.export.export_markdown import check_markdown, to_markdown
from studygroup.catalogue.items.columns import COLUMNS
from studygroup.catalogue.items.csv_table import ITEM_FORM, to_file_bytes
from studygroup.catalogue.items.item import parse_ids, parse_links
from studygroup.catalogue.recognise.vocabulary.names import is_person
from studygroup.errors import CatalogueError

if TYPE_CHECKING:
    import pandas as pd

    from studygroup.catalogue.items.table import Catalogue

__all__ = ["check_markdown", "to_bibtex", "to_csv", "to_json", "to_markdown"]

_ENTRY_TYPES = {"paper": "article", "book": "book"}

# Source: Lamport, "LaTeX: A Document Preparation System", section 2.1: ten characters are commands. BibTeX counts braces even
# behind a backslash, so that a brace needs a command without one.
_TEX = {
    **{mark: f"\\{mark}" for mark in "#$%&_"},
    **{"\\": r"\textbackslash{}", "{": r"\lbrace{}", "}": r"\rbrace{}"},
    **{"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
}
_TEX_MARK = re.compile(r"[#$%&_\\{}~^]")
# Two of these side by side become a dash or a quotation mark, or one of them upside down.
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')|(?<=[!?])(?=`)|(?<=,)(?=,)|(?<=<)(?=<)|(?<=>)(?=>)")
_ADDRESS_MARK = re.compile(r"[\\{}\s]")


def to_csv(catalogue: Catalogue, name: str | None = None) -> str:
    """Return the items as CSV with the columns of ``catalogue.csv``; of a list its items, in the list's order, each once.

    Cells that a spreadsheet would run are guarded as in ``catalogue.csv``; ``text.unguard_cell`` gives them back exactly.

    Raises
    ------
    CatalogueError
        There is no such list; or a cell holds what no text file can.
    """
    return to_file_bytes(_items(catalogue, name)[list(COLUMNS)], ITEM_FORM, "the export").decode()


def to_json(catalogue: Catalogue, name: str | None = None) -> str:
    """Return everything that the catalogue holds, or everything about one list, as one JSON object.

    - ``items``: a row of ``catalogue.csv`` each, the columns as keys; ``authors`` is a list of names, ``links`` a list of
      ``{"label", "url"}``, ``year`` a number or null; what is not known is an empty text. ``entries`` says where the item
      stands: ``{"list", "position"}`` each.
    - ``lists``: ``name`` and ``entries`` of each list, a row of ``lists/<name>.csv`` each; ``items`` is a list of ids,
      ``columns`` an object, ``position`` and ``line`` numbers.
    - ``same`` and ``different``: pairs of ids that a person decided on, in alphabetical order.

    Of one list: its items, the list itself, and the pairs that hold one of its items.

    Raises
    ------
    CatalogueError
        There is no such list.
    """
    frame = _items(catalogue, name)
    held = set(frame["id"])
    lists = sorted(catalogue.lists) if name is None else [name]
    shown = {
        "items": [_item_json(catalogue, row) for row in _rows(frame)],
        "lists": [{"name": one, "entries": [_entry_json(row) for row in _rows(_ordered(catalogue, one))]} for one in lists],
        **{
            decision: sorted(sorted(pair) for pair in pairs if name is None or pair & held)
            for decision, pairs in (("same", catalogue.same), ("different", catalogue.different))
        },
    }
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


def to_bibtex(catalogue: Catalogue, name: str | None = None) -> str:
    r"""Return the items as BibTeX, one entry an item, its key the item's id; of a list its items, in the list's order.

    Papers are ``@article``, books ``@book``, all else ``@misc``; ``keywords`` has the kind. A title is in two pairs of
    braces, so that no style changes its capitals. arXiv ids are ``eprint`` with ``archiveprefix``. ``url`` and ``doi`` are
    verbatim, as BibLaTeX reads them.

    Source: Patashnik, "BibTeXing"; arXiv, "Hypertex and BibTeX" for ``eprint``.

    Raises
    ------
    CatalogueError
        There is no such list.
    """
    return "\n".join(map(_bibtex_entry, _rows(_items(catalogue, name))))


def _items(catalogue: Catalogue, name: str | None) -> pd.DataFrame:
    """Return the table of items, or of a list's items in its order, each once."""
    if name is None:
        return catalogue.items
    ids = dict.fromkeys(item_id for cell in _ordered(catalogue, name)["items"] for item_id in parse_ids(cell))
    rows = {item_id: row for row, item_id in enumerate(catalogue.items["id"])}
    return catalogue.items.iloc[[rows[item_id] for item_id in ids if item_id in rows]]


def _ordered(catalogue: Catalogue, name: str) -> pd.DataFrame:
    """Return a list's table in the order of its positions."""
    catalogue.steps(name)  # says which lists there are, if there is no such list
    return catalogue.lists[name].sort_values("position", kind="stable")


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows, whole numbers as int, missing ones as None."""
    columns = [
        [int(cell) if isinstance(cell, Integral) else cell if isinstance(cell, str) else None for cell in frame[name]]
        for name in frame.columns
    ]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


# --- JSON -------------------------------------------------------------------------------------------------------------


def _item_json(catalogue: Catalogue, row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        links = [{"label": link.label, "url": link.url} for link in parse_links(row["links"])]
    except CatalogueError:
        # Text that is no link is kept all the same.
        links = [{"label": row["links"], "url": ""}]
    places = [{"list": name, "position": position} for name, position in catalogue.entries_of(row["id"])]
    return {**{column: row[column] for column in COLUMNS}, "authors": _names(row["authors"]), "links": links, "entries": places}


def _entry_json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "items": list(parse_ids(row["items"])), "columns": parse_columns(row["columns"])}


# --- BibTeX -----------------------------------------------------------------------------------------------------------


def _bibtex_entry(row: Mapping[str, Any]) -> str:
    fields = {
        "title": f"{{{_tex(row['title'])}}}",
        "author": _bibtex_names(_names(row["authors"])),
        "year": str(row["year"] or ""),
        "eprint": row["arxiv"],
        "archiveprefix": "arXiv" if row["arxiv"] else "",
        "doi": _verbatim(row["doi"]),
        "url": _verbatim(row["url"]),
        "keywords": row["kind"],
    }
    lines = [f"  {field} = {{{value}}}," for field, value in fields.items() if value]
    return "\n".join([f"@{_ENTRY_TYPES.get(row['kind'], 'misc')}{{{row['id']},", *lines, "}", ""])


def _names(authors: str) -> list[str]:
    return [name for piece in authors.split(";") if (name := " ".join(piece.split()))]


def _bibtex_names(names: Sequence[str]) -> str:
    """Return names with ``and`` between them; a group's name, or one with a comma or *and*, is kept whole by braces."""
    shown = []
    for name in names:
        person = re.sub(r",?\s*\bet al\b\.?$", "", name)
        if person:
            whole = not is_person(person) or re.search(r",|\band\b", person, re.IGNORECASE)
            shown.append(f"{{{_tex(person)}}}" if whole else _tex(person))
        shown += ["others"] if person != name else []
    return " and ".join(shown)


def _tex(value: str) -> str:
    r"""Return plain text as TeX shows it letter by letter.

    >>> _tex("R&D: 50% of {a_b} -- 'C#'")
    "R\\&D: 50\\% of \\lbrace{}a\\_b\\rbrace{} -{}- 'C\\#'"
    """
    parted = _LIGATURE.sub("\0", " ".join(value.replace("\0", "").split()))
    return _TEX_MARK.sub(lambda found: _TEX[found[0]], parted).replace("\0", "{}")


def _verbatim(address: str) -> str:
    """Return an address without what would end a verbatim field; such characters are no part of a valid one."""
    return _ADDRESS_MARK.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), address)
