"""A YAML file read into entries: lists of works as mappings or texts, under sections of any depth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from studygroup.catalogue.items.item import Link, format_links
from studygroup.catalogue.reading.markdown import read_markdown
from studygroup.catalogue.reading.repair import lines_of, repair_mojibake
from studygroup.catalogue.recognise.documents.passage import read_document
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.catalogue.recognise.list_reader import ListReader
from studygroup.catalogue.recognise.records.records import Cell, addresses_in, make_entry
from studygroup.catalogue.recognise.records.yaml_nodes import DEEPEST, Node, documents_of
from studygroup.catalogue.recognise.vocabulary.columns import role_of_name
from studygroup.catalogue.recognise.vocabulary.kinds import kind_of
from studygroup.catalogue.recognise.vocabulary.tables import words
from studygroup.catalogue.recognise.vocabulary.words import has_words, plain

# How many times as many places as the file has may be visited through aliases.
_MOST_VISITS = 5

_GENERIC = frozenset(words("yaml_keys", "generic"))
# Keys whose lists describe one work.
_FIELD_ROLES = frozenset(str.split("authors tags year kind status venue organisation doi arxiv licence note about links url"))
_TITLE_ROLES = ("title", "name", "work")
# A cell with more words than this says what the work is about.
_LONGEST_CELL_WORDS = 30


def parse_yaml(data: bytes, name: str, base_url: str = "", now: datetime | None = None) -> ReadingList:
    """Return the entries of a YAML file, and everything that a person should know about it.

    Any bytes give entries or problems, never an error. A mapping with a title or an address is an entry, a text too when it
    is a Markdown link, an address or a title; other keys are sections. Nothing but texts, lists and mappings is made from the
    file, whatever tags it has. ``columns`` has every key of an entry but its title.
    """
    reader = ListReader(name, data, base_url, now)
    documents, places = documents_of(reader)
    walk = _Nodes(reader, places * _MOST_VISITS + 1000)
    for document in documents:
        walk.read_top(document)
    reader.entries = _without_meetings(reader.entries)
    if walk.left < 0:
        reader.report(1, "error", "aliases make the file many times larger than it is; what came after that was not read")
    if not reader.entries and not reader.problems and reader.text.strip():
        reader.report(0, "warning", "no work was found; one looks like “- title: …” with “url: …” on the next line")
    return reader.finish()


def _without_meetings(entries: list[Entry]) -> list[Entry]:
    """Return the works of a schedule; beside rows with a paper, one that only says who presents what is a meeting."""
    met = [one for one in entries if "presenter" in one.details]
    empty = [one for one in met if not one.url and not one.authors]
    if len(met) - len(empty) < 2:
        return entries
    kept = [one for one in entries if one not in empty]
    return [msgspec.structs.replace(one, position=place) for place, one in enumerate(kept, 1)]


# --- nodes as entries -------------------------------------------------------------------------------------------------


class _Nodes:
    """The walk through one file; ``left`` is how many more places may be visited, below 0 when it was cut off."""

    def __init__(self, reader: ListReader, left: int) -> None:
        self.reader, self.left = reader, left

    def read_top(self, node: Node) -> None:
        """Read a document; what its topmost mapping says beside its lists is about the list itself."""
        if node.kind == "map" and any(_holds_works(value, role_of_name(key.value)) for key, value in node.pairs()):
            for key, value in node.pairs():
                if key.value.casefold() in {"title", "name"} and value.kind == "text" and not self.reader.title:
                    self.reader.title = plain(value.value)
            self._read_sections(node, (), 0)
        else:
            self.read(node, (), 0)

    def read(self, node: Node, section: tuple[str, ...], depth: int) -> None:
        """Read what is in a section."""
        self.left -= 1 + len(node.children)
        # Deeper than the file itself: a list that holds itself.
        if depth > 2 * DEEPEST:
            self.left = -1
        if self.left < 0:
            return
        if node.kind == "text":
            self._read_text(node, section)
        elif node.kind == "list":
            for child in node.children:
                if row := _row_of(child):
                    self._read_entry(row, child, section)
                else:
                    self.read(child, section, depth + 1)
        else:
            self._read_map(node, section, depth)

    def _read_map(self, node: Node, section: tuple[str, ...], depth: int) -> None:
        pairs = node.pairs()
        roles = {key.value: role_of_name(key.value) for key, _ in pairs if key.kind == "text"}
        has_works = any(_holds_works(value, roles.get(key.value, "")) for key, value in pairs)
        title = next(
            (
                value.value
                for wanted in _TITLE_ROLES
                for key, value in pairs
                if roles.get(key.value) == wanted and value.kind == "text"
            ),
            "",
        )
        has_link = any(roles.get(key.value) in {"url", "doi", "arxiv"} and value.kind == "text" for key, value in pairs)
        if has_works:
            path = (*section, plain(title)) if has_words(title) else section
            if has_link:
                self._read_entry(
                    [pair for pair in pairs if not _holds_works(pair[1], roles.get(pair[0].value, ""))], node, section
                )
            self._read_sections(node, path, depth)
        elif title or has_link:
            self._read_entry(pairs, node, section)
        else:
            self._read_sections(node, section, depth)

    def _read_sections(self, node: Node, section: tuple[str, ...], depth: int) -> None:
        """Read a mapping whose keys are headings, or titles with their address behind."""
        for key, value in node.pairs():
            heading = plain(key.value) if key.kind == "text" else ""
            if value.kind == "text":
                role = role_of_name(heading)
                if addresses_in(value.value, "") and not role:
                    self._keep(
                        make_entry([Cell("title", "title", heading), Cell("url", "url", value.value)], key.line, section)
                    )
            elif role_of_name(heading) in _FIELD_ROLES and not _holds_works(value, role_of_name(heading)):
                continue
            elif _describes_one(value) and heading:
                pairs = [(Node(key.line, "text", "title"), key), *value.pairs()]
                self._read_entry(pairs, Node(key.line, "map"), section)
            else:
                path = (*section, heading) if heading and heading.casefold() not in _GENERIC else section
                self.read(value, path, depth + 1)

    def _read_entry(self, pairs: list[tuple[Node, Node]], node: Node, section: tuple[str, ...]) -> None:
        self.left -= len(pairs)
        cells, titled = [], ""
        roles = [role_of_name(key.value) for key, _ in pairs]
        chosen = next((wanted for wanted in _TITLE_ROLES if wanted in roles), "")
        for (key, value), role in zip(pairs, roles, strict=True):
            name = plain(key.value)[:200] or "column"
            if role == chosen and not titled:
                role, titled = "title", "yes"
            elif role in _TITLE_ROLES:
                role = ""
            if role == "authors":
                text = "; ".join(filter(None, (_person(child) for child in _children(value))))
            elif role == "links" and value.kind != "text":
                text = format_links(self._links(value))
            else:
                text = self._flat(value, ", " if role == "tags" else "; ")
            cells.append(Cell(name, role, text))
        entry = make_entry(cells, node.line, section)
        if entry is None and any(has_words(cell.value) for cell in cells):
            self.reader.report(node.line, "warning", "this has neither a title nor a link; it was left out")
        self._keep(entry)

    def _read_text(self, node: Node, section: tuple[str, ...]) -> None:
        """Read a text that is in a list: Markdown, an address, or a title."""
        text = plain(node.value)
        if "](" in text or (addresses_in(text, "") and " " in text):
            for entry in self._read_markdown(f"- {text[:20_000]}"):
                told = entry.kind if entry.kind != kind_of(entry.url, entry.title) else ""
                kind = told or kind_of(entry.url, entry.title, section)
                self._keep(msgspec.structs.replace(entry, section=section, kind=kind, line=node.line))
        elif addresses_in(text, ""):
            self._keep(make_entry([Cell("url", "url", text)], node.line, section))
        elif len(text.split()) > 1 and len(text) <= 300:
            self._keep(make_entry([Cell("title", "title", text)], node.line, section))
        elif has_words(text):
            self.reader.report(node.line, "note", f"“{text[:60]}” is neither an address nor a title; it was left out")

    def _read_markdown(self, text: str) -> list[Entry]:
        """Return the works of a line of Markdown; what is odd about it is told of the entry, if at all."""
        source, _ = repair_mojibake(lines_of(text))
        return read_document(read_markdown(source), self.reader.base_url, self.reader.now, lambda *said: None)[1]

    def _keep(self, entry: Entry | None) -> None:
        if entry is not None:
            self.reader.add(entry)

    def _links(self, node: Node) -> list[Link]:
        """Return the links of a key for several: addresses, Markdown, labels with addresses behind, or mappings of both."""
        if node.kind == "text":
            return addresses_in(node.value, "Link")
        if node.kind == "list":
            return [link for child in node.children[:100] for link in self._one_link(child)]
        return [
            Link(plain(key.value) or "Link", link.url)
            for key, value in node.pairs()
            for link in addresses_in(value.value, "Link")
        ]

    def _one_link(self, node: Node) -> list[Link]:
        if node.kind == "text":
            return addresses_in(node.value, "Link")
        pairs = node.pairs() if node.kind == "map" else []
        roles = {role_of_name(key.value): value.value for key, value in pairs if value.kind == "text"}
        if "url" in roles:
            label = plain(roles.get("title") or roles.get("name") or roles.get("kind") or "Link")
            return [Link(label, link.url) for link in addresses_in(roles["url"], label)]
        return [
            Link(plain(key.value) or "Link", link.url) for key, value in pairs for link in addresses_in(value.value, "Link")
        ]

    def _flat(self, node: Node, between: str, depth: int = 0) -> str:
        """Return a value as one text: a list's texts joined, a mapping as ``key: value``."""
        self.left -= 1
        if node.kind == "text":
            return node.value.strip()
        if depth > 4 or self.left < 0:
            return ""
        if node.kind == "list":
            return between.join(filter(None, (self._flat(child, between, depth + 1) for child in node.children)))
        flat = ((key.value.strip(), self._flat(value, between, depth + 1)) for key, value in node.pairs())
        return between.join(f"{key}: {value}" for key, value in flat if value)


def _row_of(node: Node) -> list[tuple[Node, Node]]:
    """Return the fields of a list in a list that is a row of texts with one address, its title before that; else none."""
    cells = node.children if node.kind == "list" else []
    places = [place for place, cell in enumerate(cells) if " " not in cell.value and addresses_in(cell.value, "")]
    if len(cells) < 3 or len(places) != 1 or not places[0] or any(cell.kind != "text" for cell in cells):
        return []
    title = places[0] - 1
    names = [
        "title" if place == title else "url" if place == places[0] else f"column {place + 1}" for place in range(len(cells))
    ]
    names = [
        "abstract" if len(cell.value.split()) > _LONGEST_CELL_WORDS else name for name, cell in zip(names, cells, strict=True)
    ]
    return [(Node(cell.line, "text", name), cell) for name, cell in zip(names, cells, strict=True)] if "title" in names else []


def _children(node: Node) -> Iterator[Node]:
    if node.kind == "list":
        yield from node.children[:1000]
    else:
        yield node


def _person(node: Node) -> str:
    """Return a name: a text, or a mapping with its parts as citation files (CSL, CFF) write it."""
    if node.kind != "map":
        return node.value.strip()
    parts = {key.value.replace("-", "").casefold(): value.value.strip() for key, value in node.pairs()}

    def part(*names: str) -> str:
        return next((parts[name] for name in names if parts.get(name)), "")

    last, first = part("family", "familynames", "last", "lastname"), part("given", "givennames", "first", "firstname")
    return f"{last}, {first}" if last and first and " " not in last else f"{first} {last}".strip() or part("name", "literal")


def _holds_works(value: Node, role: str) -> bool:
    """Return whether a key's value is a list or mapping of works rather than a field of one."""
    if value.kind == "text" or not value.children:
        return False
    if role in {"authors", "tags"}:
        return False
    maps = [child for child in value.children[:50] if child.kind == "map"]
    if value.kind == "list":
        if role == "links":
            return any(any(role_of_name(key.value) == "authors" for key, _ in one.pairs()[:50]) for one in maps)
        lists = any(child.kind == "list" for child in value.children[:50])
        texts = any("](" in child.value or len(child.value.split()) > 2 for child in value.children[:50])
        return any(one.children for one in maps) or (not role and (lists or texts))
    return not role and not _describes_one(value) and any(child.kind != "text" for child in value.children[1::2])


def _describes_one(value: Node) -> bool:
    """Return whether a mapping is one work's fields: an address or names, and no lists of works."""
    if value.kind != "map":
        return False
    roles = {role_of_name(key.value) for key, _ in value.pairs()[:50]}
    return (
        bool(roles & {"url", "doi", "arxiv", "authors"})
        and not (roles & {"title"})
        and all(child.kind == "text" or role_of_name(key.value) in _FIELD_ROLES for key, child in value.pairs()[:50])
    )
