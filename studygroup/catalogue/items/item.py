"""One item of the catalogue: its kinds, its links and the ids by which it is known; ``columns`` has the item itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import msgspec

from studygroup.errors import CatalogueError
from studygroup.text import text

LIST_COLUMNS = ("entry", "position", "number", "line", "section", "title", "url", "items", "columns")
"""The columns of ``lists/<name>.csv``, in order."""

FORMER_COLUMNS = ("list", "entry", "step", "steps", "number", "section", "title", "items")
"""The columns of ``lists/former.csv``, in order."""

TAKEN_COLUMNS = ("list", "text", "url")
"""The columns of ``lists/taken.csv``, in order."""

PAIR_COLUMNS = ("one", "other")
"""The columns of ``lists/same.csv`` and ``lists/different.csv``, in order."""

KINDS = (
    *("paper", "article", "video", "course", "tutorial", "book", "model", "framework", "tool", "dataset", "codebase"),
    *("collection", "other"),
)

ITEM_ID_LENGTH = 32

# Source: arXiv, "Understanding the arXiv identifier": yymm.number since April 2007, archive.class/yymmnumber before.
_NEW_ARXIV = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD_ARXIV = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
ARXIV_PATTERN = re.compile(rf"{_NEW_ARXIV}|{_OLD_ARXIV}", re.ASCII)

# Source: the DOI Handbook, section 2.2: a prefix 10.registrant, a slash, and a suffix of any printable characters.
DOI_PATTERN = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\x00-\x1f\x7f]+")

_ARXIV_HOSTS = frozenset({"arxiv.org", "www.arxiv.org", "export.arxiv.org", "browse.arxiv.org"})
_ARXIV_PATH = re.compile(
    rf"/+(?:abs|pdf|html|format)/+({_NEW_ARXIV}|{_OLD_ARXIV})(?:v[0-9]+)?(?:\.pdf)?/*", re.ASCII | re.IGNORECASE
)
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({_NEW_ARXIV}|{_OLD_ARXIV})(?:v[0-9]+)?", re.ASCII | re.IGNORECASE)

_DOI_HOSTS = frozenset({"doi.org", "www.doi.org", "dx.doi.org"})
# ACM, Wiley, Science, PNAS, SAGE and others write /doi/10.…, /doi/abs/10.…; Springer writes /article/10.….
_PUBLISHER_PATH = re.compile(r"/(?:doi(?:/[a-z]+)?|article|chapter|book)/(10\..+)", re.IGNORECASE)

_STOP_WORDS = frozenset(["of", "the", "a", "an", "and", "are", "is", "in", "on", "for", "to", "with", "from", "by", "as"])

_LABEL_MARK = re.compile(r"[\\\[\]]")
_ADDRESS_MARK = re.compile(r"[\\()]|^<")
_BRACKETED_MARK = re.compile(r"[\\<>]")
_PLAIN_LINKS = re.compile(r"\[[^\[\]\\]*\]\([^\s()<>\\]+\)(?: \[[^\[\]\\]*\]\([^\s()<>\\]+\))*")
_PLAIN_LINK = re.compile(r"\[([^\[\]\\]*)\]\(([^\s()<>\\]+)\)")
_ASCII_MARK = re.compile(r"[!-/:-@\[-`{-~]")


class Link(msgspec.Struct, frozen=True):
    """A link beside an item's main one."""

    label: str
    url: str


def arxiv_id(url: str) -> str:
    """Return the arXiv id that an address names, without its version; empty when it names none.

    Source: arXiv, "Understanding the arXiv identifier". An old id loses its subject class, which arXiv ignores.

    >>> arxiv_id("https://arxiv.org/pdf/2005.14165v4.pdf"), arxiv_id("http://export.arxiv.org/abs/hep-th/9901001")
    ('2005.14165', 'hep-th/9901001')
    >>> arxiv_id("https://doi.org/10.48550/arXiv.2005.14165"), arxiv_id("https://example.org/abs/2005.14165")
    ('2005.14165', '')
    """
    host, path = _host_and_path(url)
    found = _ARXIV_PATH.fullmatch(path) if host in _ARXIV_HOSTS else _ARXIV_DOI.fullmatch(doi(url))
    return re.sub(r"\.[a-z]{2}/", "/", found[1].lower()) if found else ""


def is_arxiv_id(value: str) -> bool:
    """Return whether ``value`` is an arXiv id as the catalogue keeps it: valid, without version.

    >>> is_arxiv_id("2005.14165"), is_arxiv_id("2013.14165"), is_arxiv_id("2005.14165v1")
    (True, False, False)
    """
    return bool(ARXIV_PATTERN.fullmatch(value))


def doi(url: str) -> str:
    """Return the DOI that an address names, in lower case since DOIs ignore it; empty when it names none.

    >>> doi("https://doi.org/10.1145/3442188.3445922"), doi("doi:10.1038/NATURE14539"), doi("https://example.org/")
    ('10.1145/3442188.3445922', '10.1038/nature14539', '')
    """
    written = url.strip()
    host, path = _host_and_path(written)
    if host:
        publisher = _PUBLISHER_PATH.fullmatch(path)
        found = path.lstrip("/") if host in _DOI_HOSTS else publisher[1] if publisher else ""
    else:
        found = unquote(re.sub(r"^doi:\s*", "", written, flags=re.IGNORECASE))
    found = found.rstrip(" .,;/").lower()
    # A bracket that was never opened belongs to the sentence around the address.
    while found.endswith(")") and found.count(")") > found.count("("):
        found = found[:-1].rstrip(" .,;")
    return found if is_doi(found) else ""


def is_doi(value: str) -> bool:
    """Return whether ``value`` is a bare DOI, without any address around it."""
    return bool(DOI_PATTERN.fullmatch(value))


@lru_cache(maxsize=1024)
def _host_and_path(url: str) -> tuple[str, str]:
    """Return an http(s) address' host in lower case and its decoded path, or two empty strings."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return "", ""
    return (host, unquote(parts.path)) if parts.scheme in {"http", "https"} else ("", "")


def make_item_id(title: str, taken: Collection[str] = ()) -> str:
    """Return a readable id for a title, not in ``taken``: at most 32 characters, not ending in a word like *of*.

    >>> make_item_id("LoRA: Low-Rank Adaptation of Large Language Models")
    'lora-low-rank-adaptation'
    >>> make_item_id("LoRA: Low-Rank Adaptation of Large Language Models", {"lora-low-rank-adaptation"})
    'lora-low-rank-adaptation-2'
    """
    return text.free_id(_item_stem(title), taken, ITEM_ID_LENGTH)


@lru_cache(maxsize=65536)
def _item_stem(title: str) -> str:
    words = text.make_id(title, longest=ITEM_ID_LENGTH).split("-")
    while len(words) > 1 and words[-1] in _STOP_WORDS:
        words.pop()
    return text.make_id(" ".join(words), longest=ITEM_ID_LENGTH)


class ItemIds(text.GivenIds):
    """Ids of items that are given out for titles, each once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        super().__init__(taken, ITEM_ID_LENGTH)

    def give(self, title: str) -> str:
        """Return ``make_item_id`` of a title, and take it."""
        return super().give(_item_stem(title))


def parse_ids(cell: str) -> tuple[str, ...]:
    """Return the ids of a list's ``items`` cell, in order.

    >>> parse_ids("gpt-2; gpt-3"), parse_ids("")
    (('gpt-2', 'gpt-3'), ())
    """
    return tuple(item_id for piece in cell.split(";") if (item_id := piece.strip()))


def format_ids(ids: Iterable[str]) -> str:
    """Return ids as a list's ``items`` cell holds them; ``parse_ids`` undoes it.

    >>> format_ids(["gpt-2", "gpt-3"])
    'gpt-2;gpt-3'
    """
    return ";".join(ids)


def format_links(links: Iterable[Link]) -> str:
    r"""Return links as one line of Markdown; ``parse_links`` undoes it exactly.

    >>> format_links([Link("Code [v2]", "https://example.org/a_(b)"), Link("Try it", "https://example.org")])
    '[Code \\[v2\\]](https://example.org/a_\\(b\\)) [Try it](https://example.org)'
    """
    return " ".join(f"[{_LABEL_MARK.sub(_escaped, link.label)}]({_format_address(link.url)})" for link in links)


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _format_address(url: str) -> str:
    """Return a link's address as CommonMark writes it: in angle brackets when it holds blanks or control characters."""
    if not url or re.search(r"[\s\x00-\x20\x7f]", url):
        return f"<{_BRACKETED_MARK.sub(_escaped, url)}>"
    return _ADDRESS_MARK.sub(_escaped, url)


def parse_links(markdown: str) -> tuple[Link, ...]:
    """Return the links of a ``links`` cell, in order.

    Raises
    ------
    CatalogueError
        Anything but links and blanks between them is there.

    >>> parse_links("[Checkpoints](https://example.org/a) [Try it](https://example.org/b)")[1]
    Link(label='Try it', url='https://example.org/b')
    """
    if _PLAIN_LINKS.fullmatch(markdown):
        # Nothing is escaped, as in nearly every cell: seven times as fast.
        return tuple(Link(label, url) for label, url in _PLAIN_LINK.findall(markdown))
    links = []
    position = _skip_blanks(markdown, 0)
    while position < len(markdown):
        label, after_label = _parse_until(markdown, position, "[", "]")
        if markdown[after_label : after_label + 2] == "(<":
            url, after_url = _parse_until(markdown, after_label + 1, "<", ">", nested=False)
            if markdown[after_url : after_url + 1] != ")":
                raise _not_links(markdown, after_url)
            after_url += 1
        else:
            url, after_url = _parse_until(markdown, after_label, "(", ")")
            if re.search(r"\s", url):
                raise _not_links(markdown, after_label)
        links.append(Link(label, url))
        position = _skip_blanks(markdown, after_url)
    return tuple(links)


def _skip_blanks(markdown: str, position: int) -> int:
    while position < len(markdown) and markdown[position].isspace():
        position += 1
    return position


def _parse_until(markdown: str, start: int, opening: str, closing: str, *, nested: bool = True) -> tuple[str, int]:
    """Return what is between a bracket at ``start`` and its partner, without escapes, and the place after it."""
    if markdown[start : start + 1] != opening:
        raise _not_links(markdown, start)
    pieces: list[str] = []
    depth, position = 1, start + 1
    while position < len(markdown):
        character = markdown[position]
        if character == "\\" and _ASCII_MARK.match(markdown, position + 1):
            pieces.append(markdown[position + 1])
            position += 2
            continue
        if character == closing:
            depth -= 1
            if not depth:
                return "".join(pieces), position + 1
        elif character == opening and nested:
            depth += 1
        pieces.append(character)
        position += 1
    raise _not_links(markdown, start)


def _not_links(markdown: str, position: int) -> CatalogueError:
    found = markdown[position : position + 30] or "the cell's end"
    return CatalogueError(
        f"character {position + 1}, at {found!r}, is not a link: write [label](https://…), blanks between links, "
        "and a backslash before a bracket that belongs to the label"
    )
