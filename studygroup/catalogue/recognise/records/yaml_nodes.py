"""A YAML file as nodes with their lines: texts, lists and mappings, whatever tags it has; read without recursion."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from studygroup.catalogue.recognise.list_reader import ListReader
from studygroup.catalogue.recognise.vocabulary.columns import role_of_name
from studygroup.catalogue.recognise.vocabulary.words import plain

# Deeper than any list that a person wrote; beyond it YAML readers take quadratic time.
DEEPEST = 40
_COMMENT = re.compile(r"(?:^|\s)#(.*\S)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


@dataclass
class Node:
    """A piece of the file: a text, a list of nodes, or pairs of nodes; with its line and its depth."""

    line: int
    kind: str
    value: str = ""
    children: list[Node] = field(default_factory=list)

    def pairs(self) -> list[tuple[Node, Node]]:
        """Return a mapping's keys with their values, those of ``<<`` behind its own."""
        own = list(zip(self.children[::2], self.children[1::2], strict=False))
        merged = [value for key, value in own if key.value == "<<" and value.kind != "text"]
        kept = [(key, value) for key, value in own if key.value != "<<"]
        for value in merged:
            for above in [value] if value.kind == "map" else value.children:
                have = {key.value for key, _ in kept}
                # Only one step: what a merged mapping merges itself is left aside.
                pairs = zip(above.children[::2], above.children[1::2], strict=False) if above.kind == "map" else ()
                kept += [(key, value) for key, value in pairs if key.value not in have and key.value != "<<"]
        return kept


def documents_of(reader: ListReader) -> tuple[list[Node], int]:
    """Return the file's documents, as far as it can be read, and how many places they have."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    documents: list[Node] = []
    open_nodes: list[Node] = []
    anchors: dict[str, Node] = {}
    places = 0
    texts: list[tuple[int, int, str]] = []
    read_to: tuple[int, int] | None = (0, 0)
    try:
        # Events rather than nodes: they come without recursion, and what was read before a mistake is kept.
        for event in yaml.parse(_CONTROL.sub("\ufffd", reader.text), Loader=loader):
            line = (event.start_mark.line if event.start_mark else 0) + 1
            read_to = (event.end_mark.line, event.end_mark.column) if event.end_mark else read_to
            if isinstance(event, yaml.DocumentStartEvent):
                anchors.clear()
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                open_nodes.pop()
            elif isinstance(event, yaml.NodeEvent):
                places += 1
                if isinstance(event, yaml.ScalarEvent):
                    texts.append((line, event.end_mark.line + 1 if event.end_mark else line, event.value))
                made = _node(event, line, anchors, reader)
                (open_nodes[-1].children if open_nodes else documents).append(made)
                if made.kind in {"list", "map"} and not isinstance(event, yaml.AliasEvent):
                    open_nodes.append(made)
                if len(open_nodes) > DEEPEST:
                    reader.report(line, "error", f"more than {DEEPEST} levels deep; what comes after this line was not read")
                    break
        else:
            read_to = None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = plain(f"{error.problem or ''} {error.context or ''}")[:200]
        # The end of the file may be marked on a line beyond its last.
        reader.report(
            min(mark.line, reader.text.count("\n")) + 1 if mark else 0,
            "error",
            f"this is no YAML ({why}); what comes after this line was not read",
        )
    except yaml.YAMLError as error:
        reader.report(0, "error", f"this is no YAML ({plain(str(error))[:200]})")
    _tell_segments(reader, texts, read_to)
    return documents, places


def _tell_segments(reader: ListReader, texts: Sequence[tuple[int, int, str]], read_to: tuple[int, int] | None) -> None:
    """Tell what is in the file: its texts (from line, to line, value), its comments, and what could not be read.

    ``read_to`` is the line, from 0, and the column where reading ended, or None for the file's end.
    """
    within: set[int] = set()
    on_line: dict[int, list[str]] = {}
    for start, end, value in texts:
        within.update(range(start + 1, end + (start == end)))
        on_line.setdefault(start, []).append(value)
    lines = reader.text.split("\n")
    unread: list[str] = []
    if read_to is not None:
        # YAML ends lines where texts do not, at U+2028 for one.
        at = min(read_to[0], len(lines) - 1)
        lines, unread = lines[: at + 1], [lines[at][read_to[1] :], *lines[at + 1 :]]
        lines[-1] = lines[-1][: read_to[1]]
    for start, end, value in texts:
        role = role_of_name(value) if len(on_line[start]) > 1 and value is on_line[start][0] else ""
        if not role:
            # A folded text: its words are on the lines below the one where it begins.
            reader.stands(
                start + (end > start and lines[start - 1 : start] != [] and value[:20] not in lines[start - 1]), "row", value
            )
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line) if "#" in line and number not in within else None
        if found and not any(found[1].strip() in value for value in on_line.get(number, ())):
            reader.stands(number, "comment", found[1])
    reader.stands(len(lines), "unread", "\n".join(unread))


def _node(event: Any, line: int, anchors: dict[str, Node], reader: ListReader) -> Node:
    import yaml

    if isinstance(event, yaml.AliasEvent):
        if str(event.anchor) not in anchors:
            reader.report(line, "warning", f"the alias *{str(event.anchor)[:40]} names nothing before it; it was left out")
        return anchors.get(str(event.anchor)) or Node(line, "text")
    if isinstance(event, yaml.ScalarEvent):
        empty = event.implicit[0] and event.value in {"~", "null", "Null", "NULL"}
        made = Node(line, "text", "" if empty else event.value)
    else:
        made = Node(line, "list" if isinstance(event, yaml.SequenceStartEvent) else "map")
    if event.anchor:
        anchors[str(event.anchor)] = made
    return made
