"""A source, which is one list as bytes, and its form: told from the file's ending, the content type, or the content."""

from __future__ import annotations

import csv
import re
from typing import NamedTuple

import msgspec

from studygroup.catalogue.reading.json_exports import is_json
from studygroup.catalogue.reading.repair import decode
from studygroup.errors import ReadingListError

Form = str
"""The name of a format."""


class Format(NamedTuple):
    """A format: the function that reads it (``module:function``), the endings of its files, its media types.

    A function of ``reading`` makes a tree of a text, one of ``recognise`` entries of records. A folder is searched for files with the
    first ``searched`` endings; the others are read when someone names them.
    """

    reader: str
    endings: tuple[str, ...]
    media_types: tuple[str, ...] = ()
    searched: int = 1


# Source: IANA's registry of media types; x-bibtex and x-yaml are older than the registered names and still sent.
FORMATS: dict[Form, Format] = {
    "markdown": Format("reading.markdown:read_markdown", (".md", ".markdown", ".mkd", ".mdown"), ("text/markdown", "text/x-markdown"), 2),
    "html": Format("reading.html:read_html", (".html", ".htm"), ("text/html", "application/xhtml+xml"), 0),
    "bibtex": Format("recognise.records.bibtex:parse_bibtex", (".bib", ".bibtex"), ("application/x-bibtex", "text/x-bibtex")),
    "csv": Format("recognise.records.csv_file:parse_csv", (".csv", ".tsv"), ("text/csv", "text/tab-separated-values", "application/csv")),
    "yaml": Format("recognise.records.yaml_file:parse_yaml", (".yaml", ".yml"), ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"), 2),
    "json": Format("recognise.records.json_file:parse_json", (".json",), ("application/json", "application/vnd.citationstyles.csl+json"), 0),
}  # fmt: skip
"""The formats that can be read, each in one line."""

ENDINGS: dict[str, Form] = {ending: form for form, one in FORMATS.items() for ending in one.endings[: one.searched]}
"""The endings of the files that a folder is searched for."""

_ALL_ENDINGS = {ending: form for form, one in FORMATS.items() for ending in one.endings}
_MEDIA_TYPES = {media_type: form for form, one in FORMATS.items() for media_type in one.media_types}

# How much of a file is looked at.
_HEAD = 8192

DELIMITERS = ",;\t|"
"""What separates cells, the usual one first."""

_BEFORE_HTML = re.compile(rb"^(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<\?xml[^>]*>)*", re.DOTALL)
_YAML_COMMENT = re.compile(r"\s*#(?! ?#)|%YAML")
# What one of a table's columns is called where its rows are works.
_COLUMN_NAMES = frozenset(
    str.split(
        "title name url link links author authors creator year paper book article work kind type item doi arxiv isbn publisher venue journal "
        "titel autor autoren jahr titre auteur auteurs année lien título titulo año titolo autore anno 标题 链接 作者 タイトル 著者 название автор"
    )
)
_BIBTEX_START = re.compile(r"^[ \t]*@[a-zA-Z]+[ \t]*[{(]", re.MULTILINE)
_YAML_KEY = re.compile(r"(?:- +)*(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'|[\w][\w ./&()-]{0,80}):(?: +\S.*)?")
_MARKDOWN_LINE = re.compile(r"(?:#{1,6} |\* |\+ |\||>|```|<|!?\[[^\]]*\]\()")


class Limits(msgspec.Struct, frozen=True):
    """How much and how long to read: bytes of one source; seconds to connect, between two pieces, and in all; redirects."""

    size_bytes: int = 20_000_000
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 120.0
    redirects: int = 5


class Source(msgspec.Struct, frozen=True):
    """One reading list as bytes.

    ``name`` is what the list could be called: the file's stem, or the repository's or page's name. ``place`` is what to show
    in problems. ``base_url`` is where its relative links lead: empty but for an address.
    """

    name: str
    place: str
    data: bytes
    form: Form
    base_url: str = ""


def too_large(place: str, limits: Limits) -> ReadingListError:
    """Return the error for a source beyond the limit of bytes."""
    return ReadingListError(
        f"{place} is larger than {limits.size_bytes / 1e6:g} MB, which no reading list is; import a part of it."
    )


def make_source(name: str, place: str, data: bytes, file: str = "", content_type: str = "", base_url: str = "") -> Source:
    """Return a source whose form is told by the file's ending, else the content type, else the content.

    Raises
    ------
    ReadingListError
        The bytes are no text.
    """
    if not is_text(data):
        raise ReadingListError(
            f"{place} is no text; a reading list is Markdown, HTML, BibTeX, CSV, YAML or JSON{_way_out(data)}."
        )
    form = form_of(data, file, content_type)
    return Source(name or "list", place, data, form, base_url)


def _way_out(data: bytes) -> str:
    """Return what to do about bytes of a well-known form."""
    if data.startswith(b"PK\x03\x04"):
        return " (a spreadsheet can be saved as CSV, a text document as Markdown)"
    return " (this is a PDF)" if data.startswith(b"%PDF") else ""


def is_text(data: bytes) -> bool:
    """Return whether bytes are text in some encoding rather than a picture, an archive or a document of a word processor.

    >>> is_text("Zoë".encode("utf-16")), is_text(b"%PDF-1.7"), is_text(bytes(range(40)))
    (True, False, False)
    """
    head = data[:_HEAD]
    if head.startswith((b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")):
        return False
    if utf16_of(head):
        return True
    odd = sum(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in head)
    return b"\0" not in head and odd * 50 <= len(head)


def utf16_of(data: bytes) -> str:
    """Return ``utf-16-le`` or ``utf-16-be`` for bytes in it, with or without a byte order mark, else an empty string."""
    if data.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if data.startswith(b"\xfe\xff"):
        return "utf-16-be"
    # Latin letters have a zero byte, always in the same half.
    head = data[: _HEAD // 2 * 2]
    first, second = head[::2].count(0), head[1::2].count(0)
    if second * 3 > len(head) and not first:
        return "utf-16-le"
    return "utf-16-be" if first * 3 > len(head) and not second else ""


def text_of_bytes(data: bytes) -> tuple[str, str]:
    """Return a file's text with ``\\n`` between lines, and a note when it is not UTF-8 (else empty): as ``repair.decode``,
    and UTF-16 without its byte order mark too.
    """
    found = utf16_of(data)
    if found and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode((b"\xff\xfe" if found == "utf-16-le" else b"\xfe\xff") + data[: len(data) // 2 * 2])
    return decode(data)


def is_html(data: bytes, content_type: str = "") -> bool:
    """Return whether bytes are a web page."""
    head = _BEFORE_HTML.sub(b"", data[:_HEAD])[:20].lower()
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"text/html", "application/xhtml+xml"} or head.startswith((b"<!doctype html", b"<html", b"<head"))


def form_of(data: bytes, file: str = "", content_type: str = "") -> Form:
    """Return a list's form; what is none of the others is Markdown, as any text is.

    >>> form_of(b"", "refs.BIB"), form_of(b"", "list", "text/csv; charset=utf-8"), form_of(b"@book{a, title={B}}")
    ('bibtex', 'csv', 'bibtex')
    """
    found = _ALL_ENDINGS.get("." + file.lower().rpartition(".")[2]) if "." in file else None
    return found or _MEDIA_TYPES.get(content_type.partition(";")[0].strip().lower()) or _sniff(data)


def _sniff(data: bytes) -> Form:
    head = text_of_bytes(data[: _HEAD * 8])[0][: _HEAD * 4]
    if is_json(head):
        return "json"
    if is_html(data):
        return "html"
    if _BIBTEX_START.search(head):
        return "bibtex"
    # The last line may be cut off.
    lines = [line for line in head.split("\n")[:200] if line.strip()]
    if _looks_like_yaml(lines):
        return "yaml"
    return "csv" if _looks_like_csv(lines) else "markdown"


def _looks_like_yaml(lines: list[str]) -> bool:
    """Return whether lines are keys, values and dashes throughout; front matter before Markdown is not."""
    kept = [line for line in lines if not _YAML_COMMENT.match(line)]
    if kept and kept[0].strip() == "---":
        kept = kept[1:]
        if any(line.strip() == "---" for line in kept):
            return False
    if not kept or any(_MARKDOWN_LINE.match(line.strip()) for line in kept) or any("](" in line for line in kept):
        return False
    keys = sum(bool(_YAML_KEY.fullmatch(line.strip())) for line in kept)
    return keys * 2 > len(kept) and bool(_YAML_KEY.fullmatch(kept[0].strip()))


def _looks_like_csv(lines: list[str]) -> bool:
    """Return whether the first lines have the same number of cells, at least two, and one that a list would have."""
    if len(lines) < 2 or _MARKDOWN_LINE.match(lines[0].strip()) or lines[0].lstrip().startswith("- "):
        return False
    if len(lines[0].strip()) == len("sep=;") and lines[0].startswith("sep="):
        return True
    best = delimiter_of(lines[:50])
    widths = [len(row) for row in csv.reader(lines[:20], delimiter=best) if row]
    if not widths or widths[0] < 2 or widths.count(widths[0]) * 10 < len(widths) * 9:
        return False
    # Prose has commas too.
    heads = next(csv.reader(lines[:1], delimiter=best))
    return "://" in "".join(lines[:2]) or any(head.strip().casefold() in _COLUMN_NAMES for head in heads)


def delimiter_of(lines: list[str]) -> str:
    """Return what separates the cells of a CSV file's first lines: the mark that gives most rows the header's width.

    >>> delimiter_of(["title;link", "Oaks, Elms;https://example.org/a,b"])
    ';'
    """
    best, most = ",", 0.0
    for mark in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader((line + "\n" for line in lines), delimiter=mark) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            score = widths.count(widths[0]) / len(widths) + min(widths[0], 40) / 1000
            best, most = (mark, score) if score > most else (best, most)
    return best
