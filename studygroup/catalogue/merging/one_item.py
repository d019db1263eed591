"""One paper that someone names: the item that it is already, or a new one."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from studygroup.catalogue.items.address import address_key
from studygroup.catalogue.items.columns import Item
from studygroup.catalogue.items.item import arxiv_id, doi, is_arxiv_id, is_doi, make_item_id
from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.imported_items import items_frame, items_of
from studygroup.catalogue.merging.same_work import Candidate, group_works

_ARXIV = re.compile(r"(?:arxiv:\s*)?(\S+?)(?:v[0-9]+)?", re.IGNORECASE)
_DOI = re.compile(r"(?:doi:\s*)?(\S+)", re.IGNORECASE)


def read_paper(words: str, link: str = "") -> tuple[str, str]:
    """Return the title and the address of a paper that someone typed as a title, an address, an arXiv id or a DOI.

    A paper without a title is called by its arXiv id or its address; ``studygroup fill`` replaces the former by its title.

    >>> read_paper("2106.09685v2")
    ('arXiv:2106.09685', 'https://arxiv.org/abs/2106.09685')
    >>> read_paper("How oaks grow", "doi:10.1000/182")
    ('How oaks grow', 'https://doi.org/10.1000/182')
    >>> read_paper("https://www.example.org/oaks/")
    ('example.org/oaks', 'https://www.example.org/oaks/')
    """
    words, link = " ".join(words.split()), link.strip()
    if not link and (found := _address(words)):
        parts = urlsplit(found)
        known = arxiv_id(found)
        return f"arXiv:{known}" if known else f"{parts.netloc.removeprefix('www.')}{parts.path}".rstrip("/"), found
    return words, _address(link) or link


def _address(words: str) -> str:
    """Return the address that an address, an arXiv id or a DOI leads to, or an empty text."""
    if re.match(r"https?://", words, re.IGNORECASE) and " " not in words:
        return words
    if (found := _ARXIV.fullmatch(words)) and is_arxiv_id(found[1]):
        return f"https://arxiv.org/abs/{found[1]}"
    if (found := _DOI.fullmatch(words)) and is_doi(found[1]):
        return f"https://doi.org/{found[1]}"
    return ""


def find_item(catalogue: Catalogue, title: str, url: str) -> str:
    """Return the id of the item of the catalogue that a paper certainly is, by the rules of an import; empty for none.

    A paper that was named by its address alone is the item that has the same address, arXiv id or DOI.
    """
    known = items_of(catalogue.items).values()
    if _is_nameless(title, url):
        return next((one.id for one in known if _keys(one.url, one.arxiv, one.doi) & _keys(url)), "")
    candidates = [Candidate(one.title, one.url, one.kind, one.arxiv, one.doi, item=one.id, entry=False) for one in known]
    ids = group_works([*candidates, _candidate(title, url)], catalogue.same, catalogue.different).ids
    return ids[-1] if ids[-1] in set(catalogue.items["id"]) else ""


def are_same(first: tuple[str, str], second: tuple[str, str]) -> bool:
    """Return whether two papers, each a title and an address, are certainly one."""
    if _is_nameless(*first) or _is_nameless(*second):
        return bool(_keys(first[1]) & _keys(second[1]))
    one, other = group_works([_candidate(*first), _candidate(*second)]).ids
    return one == other


def _is_nameless(title: str, url: str) -> bool:
    """Return whether a title is only what its address says; see ``read_paper``."""
    return bool(url) and read_paper(url)[0] == title


def _keys(url: str, arxiv: str = "", named: str = "") -> set[str]:
    """Return what tells one paper from another: its arXiv id, its DOI, its address."""
    return {arxiv or arxiv_id(url), named or doi(url), address_key(url)} - {""}


def add_item(folder: Path, title: str, url: str) -> str:
    """Add a paper to the catalogue of a workbook's folder, and return its id; that of the item that it is already, if any.

    Raises
    ------
    CatalogueError
        The catalogue cannot be read, or the title is no text for it.
    NotSavedError
        The disk refused; nothing was changed.
    """
    catalogue = Catalogue.read(folder)
    if known := find_item(catalogue, title, url):
        return known
    one = _candidate(title, url)
    taken = {*catalogue.items["id"], *catalogue.aliases}
    item = Item(id=make_item_id(title, taken), title=title, kind=one.kind, url=url, arxiv=one.arxiv, doi=one.doi)
    catalogue.items = items_frame(catalogue.items, {}, [item])
    catalogue.write(folder)
    return item.id


def _candidate(title: str, url: str) -> Candidate:
    known = arxiv_id(url)
    # An arXiv paper's own DOI says no more than its id.
    named = "" if known else doi(url)
    return Candidate(title, url, "paper" if known or named else "other", known, named)
