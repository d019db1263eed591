"""What arXiv and Crossref answer, read and kept: one file of the cache an id."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from studygroup.catalogue.items import item
from studygroup.catalogue.items.check_tables import EARLIEST_YEAR
from studygroup.catalogue.online.http import CutOffError, FailedError
from studygroup.errors import NotSavedError
from studygroup.storage.atomic import write_all_atomically
from studygroup.storage.shared_files import make_folder, read_file
from studygroup.text import text

Source = Literal["arxiv", "crossref"]

_ATOM = "{http://www.w3.org/2005/Atom}"
# Source: Crossref, "Face markup"; MathML comes with it.
_FACE_MARKUP = re.compile(r"</?(?:i|b|em|strong|u|ovl|sup|sub|scp|tt|font|mml:[a-z]+)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ABSTRACT_TITLE = re.compile(r"<(jats:)?title>\s*abstract\s*</(jats:)?title>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")
# Bidirectional overrides could make a title read as another one.
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Response(msgspec.Struct, frozen=True):
    """What a service said about one id: one file of the cache."""

    source: Source
    id: str
    asked: Annotated[datetime, msgspec.Meta(tz=True)]
    found: bool
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    abstract: str = ""


_LARGEST = 16 << 20
_UNKNOWN_TIME = datetime.fromtimestamp(0, UTC)


def dated(answer: Response, asked: datetime) -> Response:
    """Return an answer as one of the time at which it was asked for."""
    return msgspec.structs.replace(answer, asked=asked)


class _NoDoctype(ElementTree.TreeBuilder):
    """Refuses the declaration without which a document cannot define entities, before any is read."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise FailedError("its answer declares a DOCTYPE, which no Atom feed does", "failed")


def parse_feed(data: bytes) -> list[Response]:
    """Return the papers of arXiv's Atom feed, in its order; their ids are without version, and ``asked`` is unknown.

    An entry without an address or a title stands for a paper that is not there and is left out.

    Raises
    ------
    CutOffError
        It is no whole Atom feed.
    FailedError
        It declares a DOCTYPE, or says that the request was wrong.
    """
    try:
        root = ElementTree.fromstring(data, ElementTree.XMLParser(target=_NoDoctype()))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise CutOffError(f"no XML ({error})") from error
    if root.tag != f"{_ATOM}feed":
        raise CutOffError(f"no Atom feed, but {root.tag[:40]}")
    answers = []
    for entry in root.findall(f"{_ATOM}entry"):
        address = (entry.findtext(f"{_ATOM}id") or "").strip()
        if "/api/errors" in address:
            raise FailedError(f"it says {_clean(entry.findtext(f'{_ATOM}summary') or 'Error')!r}", "refused")
        paper = item.arxiv_id(address)
        title = _clean(entry.findtext(f"{_ATOM}title") or "")
        names = (author.findtext(f"{_ATOM}name") or "" for author in entry.findall(f"{_ATOM}author"))
        published = (entry.findtext(f"{_ATOM}published") or "").strip()
        if paper and title:
            answers.append(
                Response(
                    *("arxiv", paper, _UNKNOWN_TIME, True, title, _clean_names(names)),
                    year=_parse_year(published[:4]),
                    abstract=_clean(entry.findtext(f"{_ATOM}summary") or ""),
                )
            )
    return answers


class _Person(msgspec.Struct):
    given: str | None = None
    family: str | None = None
    suffix: str | None = None
    name: str | None = None


class _Date(msgspec.Struct):
    parts: list[list[int | str | None]] = msgspec.field(name="date-parts", default_factory=list)


class _Work(msgspec.Struct):
    doi: str = msgspec.field(name="DOI")
    title: list[str] | None = None
    subtitle: list[str] | None = None
    author: list[_Person] | None = None
    issued: _Date | None = None
    published: _Date | None = None
    created: _Date | None = None
    abstract: str | None = None


class _Message(msgspec.Struct):
    message: _Work


def parse_work(data: bytes) -> Response:
    """Return the work of Crossref's answer; its DOI is in lower case, and ``asked`` is unknown.

    Raises
    ------
    CutOffError
        It is no whole JSON.
    FailedError
        It is no work.
    """
    try:
        work = msgspec.json.decode(data, type=_Message).message
    except msgspec.ValidationError as error:
        raise FailedError(f"its answer is no work: {error}", "failed") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CutOffError(f"no JSON ({error})") from error
    title = _clean_markup(next(iter(work.title or ()), ""))
    subtitle = _clean_markup(next(iter(work.subtitle or ()), ""))
    if title and subtitle and subtitle.casefold() not in title.casefold():
        title += f" {subtitle}" if title.endswith((":", "?", "!", ".", "–", "—")) else f": {subtitle}"
    names = (
        " ".join(filter(None, (person.given, person.family, person.suffix))) if person.family or person.given else person.name
        for person in work.author or ()
    )
    dates = (date.parts[0][0] for date in (work.issued, work.published, work.created) if date and date.parts and date.parts[0])
    return Response(
        *("crossref", work.doi.strip().lower(), _UNKNOWN_TIME, True, title),
        authors=_clean_names(_clean_markup(name or "") for name in names),
        year=next(filter(None, map(_parse_year, dates)), None),
        abstract=_clean(html.unescape(_MARKUP.sub(" ", _ABSTRACT_TITLE.sub("", work.abstract or "")))),
    )


def _parse_year(value: int | str | None) -> int | None:
    """Return a year in which a work can have appeared, or None."""
    written = str(value)
    return int(written) if re.fullmatch(r"[0-9]{4}", written) and int(written) >= EARLIEST_YEAR else None


def _clean(value: str) -> str:
    """Return a text on one line, without characters that no file or reader should get; ``$…$`` stays as it is."""
    shown = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in _UNSEEN.sub("", value))
    return text.normalise(" ".join(shown.split()))


def _clean_markup(value: str) -> str:
    """Return a text without Crossref's face markup; ampersands are often escaped twice there."""
    return _clean(html.unescape(html.unescape(_FACE_MARKUP.sub("", value))))


def _clean_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names as a cell can hold them; arXiv has a colon for a person where a group's name is before."""
    cleaned = (_clean(name).replace(";", ",").strip(" ,") for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if any(sign.isalnum() for sign in name)))


def answer_path(cache: Path, source: Source, answer_id: str) -> Path:
    """Return where the cache keeps an answer: readable, safe on every system, another file for another id.

    >>> answer_path(Path(), "crossref", "10.1145/3442188.3445922").name
    'crossref-10.1145-3442188.3445922-5aa8e01294dd.json'
    """
    shown = re.sub(r"[^a-z0-9.]+", "-", answer_id.lower())[:60].strip("-.")
    return cache / f"{source}-{shown}-{hashlib.sha256(answer_id.encode()).hexdigest()[:12]}.json"


def read_answer(cache: Path, source: Source, answer_id: str) -> Response | None:
    """Return the answer that the cache holds for an id; None when there is none, or the file is damaged."""
    try:
        answer = msgspec.json.decode(
            read_file(answer_path(cache, source, answer_id), cache.parent.parent, _LARGEST), type=Response
        )
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return answer if (answer.source, answer.id) == (source, answer_id) else None


def write_answers(cache: Path, answers: Iterable[Response]) -> None:
    """Write answers into the cache, each file whole or not at all.

    Raises
    ------
    NotSavedError
        The folder cannot be made, or the disk refused.
    """
    contents = {
        answer_path(cache, answer.source, answer.id): msgspec.json.format(msgspec.json.encode(answer)) + b"\n"
        for answer in answers
    }
    try:
        make_folder(cache, cache.parent.parent)
    except OSError as error:
        raise NotSavedError(f"{cache} cannot be made: {error.strerror}.") from error
    write_all_atomically(contents, cache.parent.parent)
