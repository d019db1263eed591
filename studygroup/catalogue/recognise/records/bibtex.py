"""A BibTeX file read into entries: strings and concatenations resolved, LaTeX as letters, names as they are spoken."""

from __future__ import annotations

import calendar
import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from studygroup.catalogue.items.item import Link, arxiv_id
from studygroup.catalogue.reading.segments import What
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.catalogue.recognise.list_reader import ListReader
from studygroup.catalogue.recognise.records.bibtex_text import decoded, names_of
from studygroup.catalogue.recognise.records.records import Cell, addresses_in, make_entry
from studygroup.catalogue.recognise.vocabulary.labels import link_label
from studygroup.catalogue.recognise.vocabulary.tables import meanings
from studygroup.catalogue.recognise.vocabulary.words import plain

if TYPE_CHECKING:
    from bibtexparser.model import Block
    from bibtexparser.model import Entry as BlockEntry

# What is none of these tells no kind; what is none of those says nothing but to a person.
_KINDS, _ROLES = meanings("bibtex_types"), meanings("bibtex_fields")
# Fields whose addresses stand beside the main one, as personal pages write them.
_LINK_FIELDS = ("howpublished", "pdf", "html", "code", "github", "video", "slides", "poster", "website", "blog", "demo")
_VERBATIM = frozenset({"url", "doi", "eprint", "file", "howpublished", *_LINK_FIELDS})
# Source: BibTeX's standard styles; the month is not kept, but may be joined to something that is.
_MONTHS = {name[:3].lower(): name for name in calendar.month_name[1:]}

_ARXIV_IN_JOURNAL = re.compile(r"arxiv[:\s]+((?:[a-z.-]+/)?\d[\d.]+\d)(?:v\d+)?", re.IGNORECASE)
_NO_COMMA = re.compile(
    r"(?P<value>\{(?:[^{}]|\{[^{}]*\})*\}|\"[^\"]*\")\s+(?P<key>[A-Za-z][\w-]{1,30})\s*=\s*(?P<rest>[{\"\d].*)\Z", re.DOTALL
)
_LINKED_TITLE = re.compile(r"\\href\s*\{(?P<url>[^{}]*)\}\s*\{(?P<title>.*)\}", re.DOTALL)
_TWO_COMMAS = re.compile(r"(?<![,\s]),(?:\s*,)++(?=\s*[A-Za-z][\w-]{0,40}\s*=)")
_LOST_BLOCK = re.compile(r"^[ \t]*@(?!comment)[a-z]+\b.*$", re.IGNORECASE | re.MULTILINE)


def parse_bibtex(data: bytes, name: str, base_url: str = "", now: datetime | None = None) -> ReadingList:
    """Return the entries of a BibTeX file, and everything that a person should know about it.

    Any bytes give entries or problems, never an error. A block that cannot be read is a problem with its line; the others are
    read. The section is the first of an entry's groups, else its first keyword; ``columns`` has every field but the title,
    with the entry's ``key`` and ``type``.

    Source: the biblatex manual, section 2; "Tame the BeaST" for names and strings.
    """
    reader = ListReader(name, data, base_url, now)
    # It warns of each broken block, which is told as a problem.
    log = logging.getLogger("bibtexparser")
    if not any(isinstance(handler, logging.NullHandler) for handler in log.handlers):
        log.addHandler(logging.NullHandler())
    found, strings = _read_blocks(reader)
    read = [(block, line, _fields_of(block, strings)) for block, line in found]
    for block, line in found:
        for field in block.fields:
            if _NO_COMMA.match(str(field.value)):
                reader.report(line, "warning", f"a comma is missing behind the field {field.key[:40]!r}; it was assumed")
    parents = {block.key.casefold(): fields for block, _, fields in read if block.key}
    for block, line, fields in read:
        _inherit(fields, parents)
        entry = _entry(block.entry_type, block.key, fields, line)
        if entry is None:
            reader.report(line, "warning", f"the entry {block.key[:80]!r} has neither a title nor a link; it was left out")
        else:
            reader.add(entry)
    if not reader.entries and not reader.problems and reader.text.strip():
        reader.report(0, "warning", "no BibTeX entry was found; one looks like @article{key, title = {…}}")
    return reader.finish()


def _read_blocks(reader: ListReader) -> tuple[list[tuple[BlockEntry, int]], dict[str, str]]:
    """Return a file's entries, each with its line, and its strings; what could not be read is reported."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import Entry as BlockEntry
    from bibtexparser.model import ImplicitComment, String

    strings = dict(_MONTHS)
    found: list[tuple[BlockEntry, int]] = []
    keys: dict[str, int] = {}
    text = _TWO_COMMAS.sub(lambda found: "," + "\n" * found[0].count("\n"), reader.text)
    if doubled := _TWO_COMMAS.search(reader.text) if text is not reader.text else None:
        reader.report(
            reader.text.count("\n", 0, doubled.start()) + 1,
            "note",
            "two commas stand in a row, here first; they were read as one",
        )
    for block in parse_string(text, parse_stack=[]).blocks:
        line = _line_of(block)
        inner = _told(block, line, reader)
        if isinstance(inner, String):
            strings[inner.key.lower()] = _value_of(str(inner.value), strings)
        elif isinstance(inner, BlockEntry):
            key = inner.key.casefold()
            if key and key in keys:
                said = f"the key {inner.key[:80]!r} stands on line {keys[key]} too; both entries were read"
                reader.report(line, "note", said)
            keys.setdefault(key, line)
            found.append((inner, line))
        elif isinstance(inner, ImplicitComment):
            for lost in _LOST_BLOCK.finditer(inner.comment):
                place = line + inner.comment.count("\n", 0, lost.start())
                reader.report(place, "error", f"the block {plain(lost[0])[:60]!r} could not be read: its bracket is missing")
    return found, strings


def _told(block: Block, line: int, reader: ListReader) -> Block | None:
    """Return a block, or the one within it where something was wrong, which is reported."""
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, ParsingFailedBlock
    from bibtexparser.model import Entry as BlockEntry

    repeated = isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock))
    unread = isinstance(block, ParsingFailedBlock) and not repeated
    held: What = "row" if repeated or isinstance(block, BlockEntry) else "comment"
    reader.stands(line, "unread" if unread else held, block.raw or "")
    inner: Block | None = block
    if isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
        inner = block.ignore_error_block
    if isinstance(block, DuplicateFieldKeyBlock):
        twice = ", ".join(sorted(block.duplicate_keys))
        reader.report(line, "note", f"the field {twice[:80]} stands twice in one entry; the first one was taken")
    elif unread:
        what = plain(block.raw or "")[:60]
        reader.report(line, "error", f"the block {what!r} could not be read: {plain(str(_reason(block)))[:200]}")
    return inner


def _line_of(block: Block) -> int:
    return (block.start_line or 0) + 1


def _reason(block: object) -> object:
    error = getattr(block, "error", "")
    return getattr(error, "abort_reason", "") or error


def _value_of(written: str, strings: Mapping[str, str]) -> str:
    """Return a field's value without what encloses it: pieces joined by ``#``, names of strings replaced.

    >>> _value_of('icml # " 2020"', {"icml": "Conference"}), _value_of("{A {B}}", {}), _value_of("2020", {})
    ('Conference 2020', 'A {B}', '2020')
    """
    pieces, size = [], 0
    for piece in _split_pieces(written):
        if len(piece) >= 2 and (piece[0], piece[-1]) in {("{", "}"), ('"', '"')}:
            value = piece[1:-1]
        else:
            value = strings.get(piece.lower(), piece)
        pieces.append(value)
        # A string that doubles another one, and so on, would fill the memory.
        size += len(value)
        if size > 200_000:
            break
    return "".join(pieces)[:200_000]


def _split_pieces(written: str) -> list[str]:
    """Return what stands between the ``#`` of a value, those in braces and quotes left alone."""
    if "#" not in written:
        return [written.strip()]
    pieces, start, depth, quoted = [], 0, 0, False
    for place, character in enumerate(written):
        if character == "\\" or (place and written[place - 1] == "\\"):
            continue
        if character == "{":
            depth += 1
        elif character == "}":
            depth = max(0, depth - 1)
        elif character == '"' and not depth:
            quoted = not quoted
        elif character == "#" and not depth and not quoted:
            pieces.append(written[start:place].strip())
            start = place + 1
    return [*pieces, written[start:].strip()]


def _fields_of(block: BlockEntry, strings: Mapping[str, str]) -> dict[str, str]:
    """Return an entry's fields by name in lower case, their LaTeX still in them."""
    fields: dict[str, str] = {}
    for field in block.fields:
        key, value = plain(field.key).lower(), str(field.value)
        while key and (joined := _NO_COMMA.match(value)):
            fields.setdefault(key, _value_of(joined["value"], strings))
            key, value = joined["key"].lower(), joined["rest"]
        if key:
            fields.setdefault(key, _value_of(value, strings))
    if linked := _LINKED_TITLE.fullmatch(fields.get("title", "").strip()):
        fields["title"] = linked["title"]
        fields.setdefault("url", linked["url"])
    return fields


def _inherit(fields: dict[str, str], parents: Mapping[str, Mapping[str, str]]) -> None:
    """Give an entry what the volume that it names in ``crossref`` says. Source: the BibTeX manual, section 3.2."""
    above = parents.get(fields.get("crossref", "").strip().casefold())
    if above is not None and above is not fields:
        if "title" in above:
            fields.setdefault("booktitle", above["title"])
        for key in ("year", "date", "publisher"):
            if key in above:
                fields.setdefault(key, above[key])


def _entry(kind: str, key: str, fields: Mapping[str, str], line: int) -> Entry | None:
    persons, organisations = names_of(fields.get("author", "") or fields.get("editor", ""))
    plain = dict(zip(fields, decoded(list(fields.values()), [name in _VERBATIM for name in fields]), strict=True))
    beside = [link for name in _LINK_FIELDS for link in addresses_in(plain.get(name, ""), name) if "://" in link.url]
    cells = [Cell(name, _ROLES.get(name, ""), value) for name, value in plain.items()]
    paper = _arxiv(plain)
    known = any(addresses_in(plain.get(name, ""), name) for name in ("url", "doi"))
    told = [Cell("", "kind", _KINDS.get(kind, "")), Cell("", "arxiv", paper)]
    if beside and not known and not paper:
        told.append(Cell("", "url", beside[0].url))
    entry = make_entry([*cells, *told], line)
    if entry is None:
        return None
    written = {name: value for name, value in plain.items() if name != "title" and value}
    names = "; ".join([*persons, *organisations])
    if names and "author" in written:
        written["author"] = names
    details = {**entry.details, "organisation": "; ".join(organisations)} if organisations else entry.details
    links = [*entry.links, *(Link(link_label(link.label), link.url) for link in beside if link.url != entry.url)]
    return msgspec.structs.replace(
        entry,
        authors=tuple(persons),
        details=details,
        columns={"key": key, "type": kind, **written},
        links=tuple(dict.fromkeys(links)),
    )


def _arxiv(fields: Mapping[str, str]) -> str:
    """Return an entry's arXiv id: from ``eprint``, the address, or a journal called *arXiv preprint arXiv:…*."""
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv").strip().lower()
    written = fields.get("eprint", "").strip()
    written = written[6:].strip() if written.lower().startswith("arxiv:") else written
    if archive == "arxiv" and (found := arxiv_id(f"https://arxiv.org/abs/{written}") or arxiv_id(written)):
        return found
    # DBLP and Semantic Scholar write journal = {CoRR} or {ArXiv}, volume = {abs/…}.
    if found := arxiv_id(f"https://arxiv.org/{fields.get('volume', '').strip()}"):
        return found
    for field in ("journal", "journaltitle", "howpublished", "note", "volume", "number"):
        if named := _ARXIV_IN_JOURNAL.search(fields.get(field, "")[:500]):
            return arxiv_id(f"https://arxiv.org/abs/{named[1]}")
    return ""
