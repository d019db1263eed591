"""A YAML file as nodes with their lines: texts, lists and mappings, whatever tags it has; read without recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from studygroup.catalogue.first_import import wording
from studygroup.catalogue.first_import.foreign_entry import Reader

# Deeper than any list that a person wrote; beyond it YAML readers take quadratic time.
DEEPEST = 40
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


def documents_of(reader: Reader) -> tuple[list[Node], int]:
    """Return the file's documents, as far as it can be read, and how many places they have."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    documents: list[Node] = []
    open_nodes: list[Node] = []
    anchors: dict[str, Node] = {}
    places = 0
    try:
        # Events rather than nodes: they come without recursion, and what was read before a mistake is kept.
        for event in yaml.parse(_CONTROL.sub("\ufffd", reader.text), Loader=loader):
            line = (event.start_mark.line if event.start_mark else 0) + 1
            if isinstance(event, yaml.DocumentStartEvent):
                anchors.clear()
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                open_nodes.pop()
            elif isinstance(event, yaml.NodeEvent):
                places += 1
                made = _node(event, line, anchors, reader)
                (open_nodes[-1].children if open_nodes else documents).append(made)
                if made.kind in {"list", "map"} and not isinstance(event, yaml.AliasEvent):
                    open_nodes.append(made)
                if len(open_nodes) > DEEPEST:
                    reader.report(line, "error", f"more than {DEEPEST} levels deep; what comes after this line was not read")
                    break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = wording.plain(f"{error.problem or ''} {error.context or ''}")[:200]
        # The end of the file may be marked on a line beyond its last.
        reader.report(
            min(mark.line, reader.text.count("\n")) + 1 if mark else 0,
            "error",
            f"this is no YAML ({why}); what comes after this line was not read",
        )
    except yaml.YAMLError as error:
        reader.report(0, "error", f"this is no YAML ({wording.plain(str(error))[:200]})")
    return documents, places


def _node(event: Any, line: int, anchors: dict[str, Node], reader: Reader) -> Node:
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
