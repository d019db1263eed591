"""Lists of other places as JSON: which fields of theirs are which of ours. Nothing is judged here that they do not say.

Sources: Hugging Face, "Managing collections" (``huggingface_hub.Collection``; ``/api/collections/SLUG`` answers with it); Semantic
Scholar, "Academic Graph API", paper and library; CSL-JSON 1.0.2, as Zotero's *CSL JSON* and *Better CSL JSON* export it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Fields = list[tuple[str, str]]
"""What an item says: the name of each field, as columns of a table may be called, and its text."""

_MOST_MISSED = 50
_HUB = "https://huggingface.co"
_HUB_KINDS = {
    "paper": ("https://arxiv.org/abs/", "paper"),
    "model": (f"{_HUB}/", "model"),
    "dataset": (f"{_HUB}/datasets/", "dataset"),
    "space": (f"{_HUB}/spaces/", "tool"),
    "collection": (f"{_HUB}/collections/", "collection"),
}


class JsonItem(NamedTuple):
    """An item of a list: the line on which it begins, its fields, and all texts in it, wherever."""

    line: int
    fields: Fields
    texts: tuple[str, ...]


class JsonList(NamedTuple):
    """A list: what it is called, its items in order, and the texts beside them."""

    title: str
    items: tuple[JsonItem, ...]
    beside: tuple[str, ...] = ()


def is_json(text: str) -> bool:
    """Return whether a text begins as JSON that holds a list: an object, or an array of objects.

    >>> is_json('{"items": []}'), is_json('[ {"title": "Gates"} ]'), is_json("[Gates](https://example.org)"), is_json("{- a -}")
    (True, True, False, False)
    """
    return bool(re.match(r"\s*(?:\{\s*(?:\"|\})|\[\s*\{\s*\")", text))


def parse_json(text: str) -> JsonList:
    """Return the list that a JSON text holds; without one that is known, a list without items.

    Raises
    ------
    ValueError
        It is no JSON; the message says where.
    """
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    held = found if isinstance(found, list) else _first_list(found)
    objects = [one for one in held if isinstance(one, dict)] if held is not None else []
    title = found.get("title") or found.get("name") if isinstance(found, dict) else ""
    places = _lines_of(text, objects)
    items = tuple(JsonItem(line, fields(one), tuple(_texts(one))) for line, one in zip(places, objects, strict=True))
    beside = {key: value for key, value in found.items() if value is not held} if isinstance(found, dict) else {}
    return JsonList(title if isinstance(title, str) else "", items, tuple(_texts(beside)))


def fields(one: Mapping[str, Any]) -> Fields:
    """Return the fields of an item of any of the known places."""
    if "title" not in one and isinstance(one.get("paper"), dict):
        # An entry of a Semantic Scholar library holds its paper.
        one = {**one["paper"], **{key: value for key, value in one.items() if key != "paper"}}
    if one.get("type") in _HUB_KINDS and isinstance(one.get("id"), str) and "/" in one["id"] + ("/" * (one["type"] == "paper")):
        return _of_hub(one)
    return _of_paper(one)


def _of_hub(one: Mapping[str, Any]) -> Fields:
    where, kind = _HUB_KINDS[one["type"]]
    note = one.get("note")
    said = note.get("text", "") if isinstance(note, dict) else note
    title = one.get("title") if kind in {"paper", "collection", "tool"} else ""
    found = [("title", title or one["id"]), ("url", where + one["id"]), ("kind", kind), ("note", said or "")]
    return [(name, value) for name, value in found if isinstance(value, str) and value.strip()]


def _of_paper(one: Mapping[str, Any]) -> Fields:
    ids: dict[str, Any] = one["externalIds"] if isinstance(one.get("externalIds"), dict) else {}
    ids = {name: _text(ids.get(name)) for name in ("ArXiv", "DOI")}
    url, links = _text(one.get("url") or one.get("URL") or one.get("link")), ""
    if "paperId" in one and (ids["ArXiv"] or ids["DOI"]):
        # Semantic Scholar's own page is no more than a link beside the paper's.
        links = f"[Semantic Scholar]({url})" if url else ""
        url = f"https://arxiv.org/abs/{ids['ArXiv']}" if ids["ArXiv"] else f"https://doi.org/{ids['DOI']}"
    found = {
        "title": _text(one.get("title")),
        "url": url,
        "links": links,
        "authors": "; ".join(_names(one.get("authors") or one.get("author") or ())),
        "year": _text(one.get("year")) or _year(one.get("issued")),
        "arxiv": _text(ids["ArXiv"] or one.get("arxiv") or one.get("arxivId")),
        "doi": _text(ids["DOI"] or one.get("DOI") or one.get("doi")),
        "venue": _text(one.get("venue") or one.get("container-title") or one.get("journal")),
        "kind": "paper" if "paperId" in one else _text(one.get("type") or one.get("kind")).replace("-", " "),
        "abstract": _text(one.get("abstract") or one.get("description") or one.get("summary")),
        "note": _text(one.get("note") or one.get("notes")),
        "section": _text(one.get("section") or one.get("folder")),
        "publisher": _text(one.get("publisher")),
    }
    return [(name, value) for name, value in found.items() if value]


def _first_list(found: Any) -> Sequence[Any] | None:
    """Return the list of objects that an answer holds, by its usual names."""
    names = ("items", "data", "papers", "entries", "results", "recommendedPapers")
    return next((found[name] for name in names if isinstance(found.get(name), list)), None) if isinstance(found, dict) else None


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("text")
    if isinstance(value, list):
        value = value[0] if value else ""
    return " ".join(str(value).split()) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _names(people: Any) -> Iterator[str]:
    if isinstance(people, str):
        yield people
    for person in people if isinstance(people, list) else ():
        if isinstance(person, str):
            yield person
        elif isinstance(person, dict):
            given, family = _text(person.get("given")), _text(person.get("family"))
            particle = _text(person.get("non-dropping-particle") or person.get("dropping-particle"))
            whole = " ".join(filter(None, [given, particle, family])) or _text(person.get("name") or person.get("literal"))
            if whole:
                yield whole


def _year(issued: Any) -> str:
    """Return the year of CSL's date: ``{"date-parts": [[2023, 1, 5]]}``."""
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    while isinstance(parts, list) and parts:
        parts = parts[0]
    return str(parts) if isinstance(parts, int | str) else ""


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a value, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and one.strip():
            yield one
        elif isinstance(one, dict):
            waiting += reversed([*one.values()])
        elif isinstance(one, list):
            waiting += reversed(one)


def _lines_of(text: str, objects: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the line on which each object's first text that tells it from others stands, one behind the other."""
    lines, at, line, missed = [], 0, 1, 0
    for one in objects:
        wanted = next((one[key] for key in ("_id", "paperId", "id", "title") if isinstance(one.get(key), str)), None)
        # What is written with other escapes is not found; each such text costs a look at all that follows.
        place = _place_of(text, wanted, at) if wanted and missed < _MOST_MISSED else -1
        missed += place < 0
        if place >= 0:
            line += text.count("\n", at, place)
            at = place + 1
        lines.append(line)
    return lines


def _place_of(text: str, wanted: str, start: int) -> int:
    forms = {json.dumps(wanted), json.dumps(wanted, ensure_ascii=False)}
    return min((place for form in forms if (place := text.find(form, start)) >= 0), default=-1)
