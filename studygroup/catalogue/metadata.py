"""Titles, authors and years that arXiv and Crossref know about items with an arXiv id or a DOI.

Asked politely, kept in a cache, and never needed for anything else. An abstract goes into the cache only.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeVar
from urllib.parse import quote

import httpx
import msgspec
import pandas as pd

from studygroup import __version__, text
from studygroup.atomic import write_all_atomically
from studygroup.catalogue import item
from studygroup.catalogue.check_tables import EARLIEST_YEAR
from studygroup.errors import CatalogueError, NotSavedError, Problem, StudygroupError

ARXIV_URL = "https://export.arxiv.org/api/query"
"""Source: arXiv API User's Manual; it answers with an Atom feed."""

CROSSREF_URL = "https://api.crossref.org/works"
"""Source: Crossref REST API; it answers with JSON."""

USER_AGENT = f"studygroup/{__version__} (completes a reading group's catalogue)"

# Source: arXiv, "Terms of Use for arXiv APIs": one request every three seconds, one connection.
ARXIV_GAP_S = 3.0
CROSSREF_GAP_S = 1.0
IDS_A_REQUEST = 50

RETRIES = 4
FIRST_PAUSE_S = 3.0
LONGEST_PAUSE_S = 120.0
# After so many requests in a row that failed for good, a service is left alone.
_FAILURES_IN_A_ROW = 3

LARGEST_ANSWER = 8 * 2**20
ASK_AGAIN_AFTER = timedelta(days=30)

Source = Literal["arxiv", "crossref"]
Field = Literal["title", "authors", "year"]

_ATOM = "{http://www.w3.org/2005/Atom}"
_PLACEHOLDER_TITLE = re.compile(r"\s*(?:arxiv:\s*\S+\s*)?", re.IGNORECASE)
# Source: Crossref, "Face markup"; MathML comes with it.
_FACE_MARKUP = re.compile(r"</?(?:i|b|em|strong|u|ovl|sup|sub|scp|tt|font|mml:[a-z]+)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ABSTRACT_TITLE = re.compile(r"<(jats:)?title>\s*abstract\s*</(jats:)?title>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")
# Bidirectional overrides could make a title read as another one.
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069]")

Read = TypeVar("Read")


class Answer(msgspec.Struct, frozen=True):
    """What a service said about one id: one file of the cache."""

    source: Source
    id: str
    asked: Annotated[datetime, msgspec.Meta(tz=True)]
    found: bool
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    abstract: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that was filled."""

    item: str
    field: Field
    before: str
    after: str
    source: Source


@dataclass(frozen=True, slots=True)
class NotFound:
    """An id of an item that its service does not know."""

    item: str
    source: Source
    id: str


@dataclass(frozen=True, slots=True)
class Filled:
    """The items with what could be filled.

    ``items`` is a new table, as ``read_items`` gives it. ``unanswered`` are the items for which a service gave no usable
    answer, in the table's order; ``problems`` says why, and another run asks again.
    """

    items: pd.DataFrame
    changes: tuple[Change, ...]
    not_found: tuple[NotFound, ...]
    unanswered: tuple[str, ...]
    problems: tuple[Problem, ...]


class UnreachableError(StudygroupError):
    """A service could not be reached, as without a network; ``filled`` is what could be filled all the same."""

    def __init__(self, message: str, filled: Filled) -> None:
        self.filled = filled
        super().__init__(message)


def fill(
    items: pd.DataFrame,
    cache: Path,
    *,
    client: httpx.Client,
    wait: Callable[[float], None],
    clock: Callable[[], datetime],
    arxiv_url: str = ARXIV_URL,
    crossref_url: str = CROSSREF_URL,
    progress: Callable[[int, int], None] = lambda done, total: None,
    only: Collection[str] | None = None,
    overwrite_titles: bool = False,
) -> Filled:
    """Return the items with empty cells of title, authors and year filled from arXiv, else from Crossref.

    A title is empty also when it is just ``arXiv:2305.11206``. Items of kind model are left alone: their authors and year are
    not those of the paper beside them. Items that lack nothing are asked for too, so that their abstract is in the cache.

    Parameters
    ----------
    items
        As ``read_items`` returns them; not changed.
    cache
        The folder of the answers, made when missing; what is there is not asked again, "not found" for 30 days.
    client
        Its time-outs apply.
    wait, clock
        Sleeps for seconds; tells the time with its zone.
    progress
        Called with the number of ids answered so far, those of the cache included, and of all.
    only
        Ids of items; all when not given.
    overwrite_titles
        Put the services' titles in place of all others.

    Raises
    ------
    UnreachableError
        No connection; it carries what could be filled, and the cache keeps what was fetched.
    CatalogueError
        ``only`` names an item that is not there.
    """
    problems: list[Problem] = []
    targets = _find_targets(items, only, overwrite_titles, problems)
    arxiv = _Service("arXiv", arxiv_url, ARXIV_GAP_S, client, wait, clock)
    crossref = _Service("Crossref", crossref_url, CROSSREF_GAP_S, client, wait, clock)
    run = _Run(cache, clock, progress, problems)

    papers = [*dict.fromkeys(target.arxiv for target in targets if target.arxiv)]
    run.total = len(papers) + len({target.doi for target in targets if target.doi and not target.arxiv})
    run.ask_arxiv(arxiv, papers)
    works = [*dict.fromkeys(target.doi for target in targets if run.needs_crossref(target))]
    run.total = len(papers) + len(works)
    run.ask_crossref(crossref, works)

    filled = _apply(items, targets, run)
    unreachable = [service for service in (arxiv, crossref) if service.unreachable]
    if unreachable:
        names = text.plain_list(f"{service.host} ({service.unreachable})" for service in unreachable)
        raise UnreachableError(
            f"No connection to {names}: {run.done} of {run.total} answers are there and kept; "
            "run `studygroup fill` again when there is a network.",
            filled,
        )
    return filled


def read_abstract(cache: Path, arxiv: str = "", doi: str = "") -> str:
    """Return the abstract that the cache holds for an arXiv id or a DOI, on one line; empty when it holds none."""
    answers = (read_answer(cache, "arxiv", arxiv) if arxiv else None, read_answer(cache, "crossref", doi) if doi else None)
    return next((answer.abstract for answer in answers if answer and answer.abstract), "")


# ---- what is asked for


class _Target(NamedTuple):
    """An item that has an id, and the fields of it that may be filled."""

    row: int
    item: str
    arxiv: str
    doi: str
    fields: tuple[Field, ...]


def _find_targets(
    items: pd.DataFrame, only: Collection[str] | None, overwrite_titles: bool, problems: list[Problem]
) -> list[_Target]:
    known = set(items["id"])
    if unknown := sorted(set(only or ()) - known):
        raise CatalogueError(f"The catalogue has no item {unknown[0]!r}{text.did_you_mean(unknown[0], known)}.")
    targets = []
    columns = (items[name] for name in ("id", "kind", "title", "authors", "year", "arxiv", "doi"))
    for row, (item_id, kind, title, authors, year, arxiv_cell, doi_cell) in enumerate(zip(*columns, strict=True)):
        if kind == "model" or (only is not None and item_id not in only):
            continue
        doi = _cell(doi_cell).lower() if item.is_doi(_cell(doi_cell)) else item.doi(_cell(doi_cell))
        # An arXiv paper's own DOI is registered with DataCite, which Crossref does not know.
        own = item.arxiv_id(f"https://doi.org/{doi}")
        arxiv = item.arxiv_id(f"https://arxiv.org/abs/{_cell(arxiv_cell)}") or own
        doi = "" if own else doi
        for column, cell, found in (("arxiv", _cell(arxiv_cell), arxiv), ("doi", _cell(doi_cell), doi or own)):
            if cell and not found:
                message = f"item {item_id}: {cell!r} is no {'arXiv id' if column == 'arxiv' else 'DOI'} and is not asked for"
                problems.append(Problem("catalogue.csv", 0, "warning", message, column))
        fields: list[Field] = ["title"] if overwrite_titles or _PLACEHOLDER_TITLE.fullmatch(_cell(title)) else []
        fields += ["authors"] if not _cell(authors) else []
        fields += ["year"] if pd.isna(year) else []
        if arxiv or doi:
            targets.append(_Target(row, item_id, arxiv, doi, tuple(fields)))
    return targets


def _cell(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


class _Run:
    """The answers of one run: from the cache, or asked for and put there."""

    def __init__(
        self,
        cache: Path,
        clock: Callable[[], datetime],
        progress: Callable[[int, int], None],
        problems: list[Problem],
    ) -> None:
        self.answers: dict[tuple[Source, str], Answer] = {}
        self.problems = problems
        self.total = 0
        self._cache, self._clock, self._progress = cache, clock, progress
        self._cache_fails = False

    @property
    def done(self) -> int:
        return len(self.answers)

    def needs_crossref(self, target: _Target) -> bool:
        """Return whether Crossref has to be asked: arXiv is not in question, or it answered and left something out."""
        if not target.doi or not target.arxiv:
            return bool(target.doi)
        answer = self.answers.get(("arxiv", target.arxiv))
        return answer is not None and any(not _value(answer, field) for field in target.fields)

    def ask_arxiv(self, service: _Service, ids: Sequence[str]) -> None:
        """Ask for papers, many at once; those that an answer leaves out are asked for once more before they are not found.

        arXiv's API is known to leave out papers that it has, and to announce more results than it can have
        (arxiv.py, issues 43 and 82), so that no number in the answer tells one from the other.
        """
        missing = self._ask_papers(service, self._take_from_cache("arxiv", ids))
        asked = self._clock()
        for paper in self._ask_papers(service, missing):
            self._keep([Answer("arxiv", paper, asked, found=False)])

    def _ask_papers(self, service: _Service, ids: Sequence[str]) -> list[str]:
        """Return the papers that complete answers left out."""
        missing: list[str] = []
        refused: list[tuple[str, _FailedError]] = []
        batches = [ids[start : start + IDS_A_REQUEST] for start in range(0, len(ids), IDS_A_REQUEST)]
        while batches and service.is_open:
            batch = batches.pop(0)
            try:
                entries = service.ask(f"{service.url}?id_list={','.join(batch)}&max_results={len(batch)}", parse_feed)
            except _FailedError as failure:
                if failure.kind in {"refused", "too large"} and len(batch) > 1:
                    # One id that arXiv does not like spoils the answer for all of them.
                    batches[:0] = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
                elif failure.kind == "refused":
                    refused.append((batch[0], failure))
                    service.count_refusal()
                else:
                    self._report(service, failure, batch)
                continue
            answers = {entry.id: _dated(entry, self._clock()) for entry in entries}
            self._keep([answers[paper] for paper in batch if paper in answers])
            left_out = [paper for paper in batch if paper not in answers]
            if others := [paper for paper in answers if paper not in batch]:
                self._say(f"arXiv answered for {text.plain_list(others)}, which was not asked for; this was ignored")
                if left_out:
                    self._say(f"arXiv gave no answer for {text.plain_list(left_out)}; run `studygroup fill` again later")
            else:
                missing += left_out
        for paper, refusal in refused:
            # A service that refuses everything says nothing about a paper.
            if service.has_given:
                missing.append(paper)
            else:
                self._report(service, refusal, [paper])
        self._report_unasked(service, [paper for batch in batches for paper in batch])
        return missing

    def ask_crossref(self, service: _Service, ids: Sequence[str]) -> None:
        """Ask for works, one by one."""
        unasked = self._take_from_cache("crossref", ids)
        while unasked and service.is_open:
            doi = unasked.pop(0)
            try:
                # Also the slash is escaped, so that no part of a DOI is taken for a step up.
                answer = service.ask(f"{service.url}/{quote(doi, safe='')}", parse_work)
            except _FailedError as failure:
                if failure.kind == "missing":
                    self._keep([Answer("crossref", doi, self._clock(), found=False)])
                else:
                    self._report(service, failure, [doi])
                continue
            if answer.id == doi:
                self._keep([_dated(answer, self._clock())])
            else:
                self._say(f"Crossref answered for {answer.id} when it was asked for {doi}; this was ignored")
        self._report_unasked(service, unasked)

    def _take_from_cache(self, source: Source, ids: Sequence[str]) -> list[str]:
        """Take the answers that are there and not too old; return the ids that are left."""
        for one in ids:
            answer = read_answer(self._cache, source, one)
            if answer and (answer.found or timedelta() <= self._clock() - answer.asked < ASK_AGAIN_AFTER):
                self.answers[source, one] = answer
        self._progress(self.done, self.total)
        return [one for one in ids if (source, one) not in self.answers]

    def _keep(self, answers: Sequence[Answer]) -> None:
        self.answers |= {(answer.source, answer.id): answer for answer in answers}
        if not self._cache_fails:
            try:
                write_answers(self._cache, answers)
            except NotSavedError as error:
                self._cache_fails = True
                self._say(f"The answers serve this run but are not kept for the next: {error}")
        self._progress(self.done, self.total)

    def _report(self, service: _Service, failure: _FailedError, ids: Sequence[str]) -> None:
        named = text.plain_list(ids[:3]) if len(ids) <= 3 else f"{', '.join(ids[:3])} and {len(ids) - 3} more"
        if failure.kind != "unreachable":
            self._say(f"{service.name} gave no answer for {named}: {failure}; run `studygroup fill` again later")

    def _report_unasked(self, service: _Service, ids: Sequence[str]) -> None:
        if ids and not service.unreachable:
            self._say(f"{service.name} is left alone for now; {len(ids)} more ids were not asked for")

    def _say(self, message: str) -> None:
        problem = Problem("", 0, "warning", message)
        if problem not in self.problems:
            self.problems.append(problem)


def _value(answer: Answer, field: Field) -> str:
    """Return an answer's cell for a field, empty where it does not say."""
    if field == "authors":
        return "; ".join(answer.authors)
    return answer.title if field == "title" else str(answer.year or "")


def _apply(items: pd.DataFrame, targets: Iterable[_Target], run: _Run) -> Filled:
    """Return the items with the answers' values in the fields that may be filled."""
    frame = items.copy()
    changes: list[Change] = []
    not_found: list[NotFound] = []
    unanswered: list[str] = []
    cells: dict[str, list[object]] = {field: frame[field].tolist() for field in ("title", "authors", "year")}
    for target in targets:
        asked: list[tuple[Source, str]] = [("arxiv", target.arxiv)] if target.arxiv else []
        asked += [("crossref", target.doi)] if run.needs_crossref(target) else []
        answers = [run.answers[key] for key in asked if key in run.answers]
        not_found += [NotFound(target.item, answer.source, answer.id) for answer in answers if not answer.found]
        unanswered += [target.item] if len(answers) < len(asked) else []
        for field in target.fields:
            # Authors and years are only filled where there are none.
            before = _cell(cells[field][target.row])
            value, source = next(((_value(one, field), one.source) for one in answers if _value(one, field)), ("", None))
            if source and value != before:
                cells[field][target.row] = int(value) if field == "year" else value
                changes.append(Change(target.item, field, before, value, source))
    for field in {change.field for change in changes}:
        frame[field] = pd.Series(cells[field], index=frame.index, dtype=frame[field].dtype)
    return Filled(frame, tuple(changes), tuple(not_found), tuple(unanswered), tuple(run.problems))


# ---- one service, asked politely


class _FailedError(Exception):
    """A request that got no usable answer, for good in this run."""

    def __init__(self, reason: str, kind: Literal["missing", "refused", "too large", "failed", "stop", "unreachable"]) -> None:
        self.kind = kind
        super().__init__(reason)


class _CutOffError(Exception):
    """An answer that is not whole."""


class _Service:
    """One public interface, asked one request at a time with a distance between them."""

    def __init__(
        self,
        name: str,
        url: str,
        gap_s: float,
        client: httpx.Client,
        wait: Callable[[float], None],
        clock: Callable[[], datetime],
    ) -> None:
        self.name, self.url = name, url
        self.host = httpx.URL(url).host
        self.unreachable = ""
        self._gap_s, self._client, self._wait, self._clock = gap_s, client, wait, clock
        self._last: datetime | None = None
        self.has_given = False
        self._has_answered = False
        self._stopped = False
        self._failures = 0

    @property
    def is_open(self) -> bool:
        """Whether it makes sense, and is polite, to ask for more."""
        return not (self._stopped or self.unreachable or self._failures >= _FAILURES_IN_A_ROW)

    def ask(self, url: str, parse: Callable[[bytes], Read]) -> Read:
        """Return what ``parse`` makes of the answer.

        Raises
        ------
        _FailedError
            There is no usable answer, also after up to four more tries.
        """
        try:
            found = self._ask(url, parse)
        except _FailedError as failure:
            self._failures += failure.kind == "failed"
            self._stopped |= failure.kind == "stop"
            self.unreachable = str(failure) if failure.kind == "unreachable" else ""
            raise
        self._failures = 0
        self.has_given = True
        return found

    def count_refusal(self) -> None:
        """Take note that a request for a single id was refused; before any good answer this counts as a failure."""
        self._failures += not self.has_given

    def _ask(self, url: str, parse: Callable[[bytes], Read]) -> Read:
        reason, status, pause_s = "", 0, 0.0
        for attempt in range(RETRIES + 1):
            if attempt:
                self._wait(pause_s)
            pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**attempt)
            self._keep_distance()
            status, connected = 0, True
            try:
                status, headers, body = self._get(url)
                if status == httpx.codes.OK:
                    return parse(body)
            except (httpx.ConnectError, httpx.ProxyError) as error:
                reason = f"no connection: {error}"
                if not self._has_answered:
                    raise _FailedError(str(error), "unreachable") from error
            except httpx.TimeoutException as error:
                reason = "it took too long"
                connected = not isinstance(error, httpx.ConnectTimeout)
            except _CutOffError as error:
                reason = f"its answer is not whole: {error}"
            except (httpx.TooManyRedirects, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
                raise _FailedError(f"it leads nowhere: {error}", "failed") from error
            except httpx.RequestError as error:
                reason = f"its answer broke off: {error}"
            else:
                reason = f"it answered with status {status}"
                if status in {429, 503}:
                    asked_s = parse_retry_after(headers.get("Retry-After", ""), self._clock())
                    pause_s = pause_s if asked_s is None else asked_s
                elif status < 500:
                    raise _FailedError(reason, _KINDS.get(status, "failed"))
        if not (connected or self._has_answered):
            raise _FailedError(reason, "unreachable")
        # Whoever says five times that it is too much is not asked for the next one.
        raise _FailedError(f"{reason}, {RETRIES + 1} times", "stop" if status == 429 else "failed")

    def _keep_distance(self) -> None:
        if self._last is not None:
            # A clock that was put back must not make this wait for hours.
            since_s = max(0.0, (self._clock() - self._last).total_seconds())
            if since_s < self._gap_s:
                self._wait(self._gap_s - since_s)

    def _get(self, url: str) -> tuple[int, httpx.Headers, bytes]:
        """Return status, headers and, of a good answer, the body; an endless one is cut."""
        body = bytearray()
        started = self._clock()
        try:
            headers = {"User-Agent": USER_AGENT}
            with self._client.stream("GET", url, headers=headers, follow_redirects=True) as response:
                self._has_answered = True
                for piece in response.iter_bytes() if response.status_code == httpx.codes.OK else ():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        raise _FailedError(f"its answer is larger than {LARGEST_ANSWER // 2**20} MiB", "too large")
                    if (self._clock() - started).total_seconds() > LONGEST_PAUSE_S:
                        raise httpx.ReadTimeout("an answer in drops")
                return response.status_code, response.headers, bytes(body)
        finally:
            self._last = self._clock()


_KINDS: dict[int, Literal["missing", "refused", "stop"]] = {
    400: "refused",
    401: "stop",
    403: "stop",
    404: "missing",
    410: "missing",
}


def parse_retry_after(value: str, now: datetime) -> float | None:
    """Return for how many seconds, 0 to 120, a ``Retry-After`` header asks, or None when it says nothing.

    Source: RFC 9110, section 10.2.3: seconds, or a date.

    >>> now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    >>> parse_retry_after("7", now), parse_retry_after("Fri, 20 Nov 2026 12:00:09 GMT", now), parse_retry_after("3600", now)
    (7.0, 9.0, 120.0)
    """
    if re.fullmatch(r"\s*[0-9]+\s*", value):
        return min(LONGEST_PAUSE_S, float(value[:20]))
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(LONGEST_PAUSE_S, max(0.0, (until - now).total_seconds()))


# ---- what the services say

_UNKNOWN_TIME = datetime.fromtimestamp(0, UTC)


def _dated(answer: Answer, asked: datetime) -> Answer:
    """Return an answer as one of the time at which it was asked for."""
    return msgspec.structs.replace(answer, asked=asked)


class _NoDoctype(ElementTree.TreeBuilder):
    """Refuses the declaration without which a document cannot define entities, before any is read."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise _FailedError("its answer declares a DOCTYPE, which no Atom feed does", "failed")


def parse_feed(data: bytes) -> list[Answer]:
    """Return the papers of arXiv's Atom feed, in its order; their ids are without version, and ``asked`` is unknown.

    An entry without an address or a title stands for a paper that is not there and is left out.

    Raises
    ------
    _CutOffError
        It is no whole Atom feed.
    _FailedError
        It declares a DOCTYPE, or says that the request was wrong.
    """
    try:
        root = ElementTree.fromstring(data, ElementTree.XMLParser(target=_NoDoctype()))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise _CutOffError(f"no XML ({error})") from error
    if root.tag != f"{_ATOM}feed":
        raise _CutOffError(f"no Atom feed, but {root.tag[:40]}")
    answers = []
    for entry in root.findall(f"{_ATOM}entry"):
        address = (entry.findtext(f"{_ATOM}id") or "").strip()
        if "/api/errors" in address:
            raise _FailedError(f"it says {_clean(entry.findtext(f'{_ATOM}summary') or 'Error')!r}", "refused")
        paper = item.arxiv_id(address)
        title = _clean(entry.findtext(f"{_ATOM}title") or "")
        names = (author.findtext(f"{_ATOM}name") or "" for author in entry.findall(f"{_ATOM}author"))
        published = (entry.findtext(f"{_ATOM}published") or "").strip()
        if paper and title:
            answers.append(
                Answer(
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


def parse_work(data: bytes) -> Answer:
    """Return the work of Crossref's answer; its DOI is in lower case, and ``asked`` is unknown.

    Raises
    ------
    _CutOffError
        It is no whole JSON.
    _FailedError
        It is no work.
    """
    try:
        work = msgspec.json.decode(data, type=_Message).message
    except msgspec.ValidationError as error:
        raise _FailedError(f"its answer is no work: {error}", "failed") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _CutOffError(f"no JSON ({error})") from error
    title = _clean_markup(next(iter(work.title or ()), ""))
    subtitle = _clean_markup(next(iter(work.subtitle or ()), ""))
    if title and subtitle and subtitle.casefold() not in title.casefold():
        title += f" {subtitle}" if title.endswith((":", "?", "!", ".", "–", "—")) else f": {subtitle}"
    names = (
        " ".join(filter(None, (person.given, person.family, person.suffix))) if person.family or person.given else person.name
        for person in work.author or ()
    )
    dates = (date.parts[0][0] for date in (work.issued, work.published, work.created) if date and date.parts and date.parts[0])
    return Answer(
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
    """Return names as a cell can hold them; arXiv has a colon for a person where a group's name stands before."""
    cleaned = (_clean(name).replace(";", ",").strip(" ,") for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if any(sign.isalnum() for sign in name)))


# ---- the cache


def answer_path(cache: Path, source: Source, answer_id: str) -> Path:
    """Return where the cache keeps an answer: readable, safe on every system, another file for another id.

    >>> answer_path(Path(), "crossref", "10.1145/3442188.3445922").name
    'crossref-10.1145-3442188.3445922-5aa8e01294dd.json'
    """
    shown = re.sub(r"[^a-z0-9.]+", "-", answer_id.lower())[:60].strip("-.")
    return cache / f"{source}-{shown}-{hashlib.sha256(answer_id.encode()).hexdigest()[:12]}.json"


def read_answer(cache: Path, source: Source, answer_id: str) -> Answer | None:
    """Return the answer that the cache holds for an id; None when there is none, or the file is damaged."""
    try:
        answer = msgspec.json.decode(answer_path(cache, source, answer_id).read_bytes(), type=Answer)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return answer if (answer.source, answer.id) == (source, answer_id) else None


def write_answers(cache: Path, answers: Iterable[Answer]) -> None:
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
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotSavedError(f"{cache} cannot be made: {error.strerror}.") from error
    write_all_atomically(contents)
