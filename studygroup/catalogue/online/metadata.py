"""Titles, authors and years that arXiv and Crossref know about items with an arXiv id or a DOI.

Asked politely, kept in a cache, and never needed for anything else. An abstract goes into the cache only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote

import httpx
import pandas as pd

from studygroup.catalogue.items import item
from studygroup.catalogue.online.http import FailedError, PublicService
from studygroup.catalogue.online.responses import Response, Source, dated, parse_feed, parse_work, read_answer, write_answers
from studygroup.errors import CatalogueError, NotSavedError, Problem, StudygroupError
from studygroup.text import text

ARXIV_URL = "https://export.arxiv.org/api/query"
"""Source: arXiv API User's Manual; it answers with an Atom feed."""

CROSSREF_URL = "https://api.crossref.org/works"
"""Source: Crossref REST API; it answers with JSON."""

# Source: arXiv, "Terms of Use for arXiv APIs": one request every three seconds, one connection.
ARXIV_GAP_S = 3.0
CROSSREF_GAP_S = 1.0
IDS_A_REQUEST = 50

ASK_AGAIN_AFTER = timedelta(days=30)

Field = Literal["title", "authors", "year"]

_PLACEHOLDER_TITLE = re.compile(r"\s*(?:arxiv:\s*\S+\s*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FilledCell:
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
    changes: tuple[FilledCell, ...]
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
    arxiv = PublicService("arXiv", arxiv_url, ARXIV_GAP_S, client, wait, clock)
    crossref = PublicService("Crossref", crossref_url, CROSSREF_GAP_S, client, wait, clock)
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


def lacking(items: pd.DataFrame) -> tuple[str, ...]:
    """Return the ids of the items for which ``fill`` could find something: they have an arXiv id or a DOI, and lack a title, authors or a year."""
    has_id = (items["arxiv"] != "") | (items["doi"] != "")
    may_lack = (items["authors"] == "") | items["year"].isna() | items["title"].str.contains(r"^\s*(?:arxiv:|$)", case=False)
    targets = _find_targets(items[has_id & may_lack], None, False, [])
    return tuple(target.item for target in targets if target.fields)


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
    known = set(items["id"].tolist())
    if unknown := sorted(set(only or ()) - known):
        raise CatalogueError(f"The catalogue has no item {unknown[0]!r}{text.did_you_mean(unknown[0], known)}.")
    targets = []
    columns = (items[name].tolist() for name in ("id", "kind", "title", "authors", "year", "arxiv", "doi"))
    for row, (item_id, kind, title, authors, year, arxiv_cell, doi_cell) in enumerate(zip(*columns, strict=True)):
        if kind == "model" or (only is not None and item_id not in only):
            continue
        doi = _doi(_cell(doi_cell))
        # An arXiv paper's own DOI is registered with DataCite, which Crossref does not know.
        own = item.arxiv_id(f"https://doi.org/{doi}") if doi else ""
        arxiv = _arxiv(_cell(arxiv_cell)) or own
        doi = "" if own else doi
        for column, cell, found in (("arxiv", _cell(arxiv_cell), arxiv), ("doi", _cell(doi_cell), doi or own)):
            if cell and not found:
                message = (
                    f"item {item_id}: {cell!r} is not {'an arXiv id' if column == 'arxiv' else 'a DOI'} and is not asked for"
                )
                problems.append(Problem("catalogue.csv", 0, "warning", message, column))
        fields: list[Field] = ["title"] if overwrite_titles or _PLACEHOLDER_TITLE.fullmatch(_cell(title)) else []
        fields += ["authors"] if not _cell(authors) else []
        fields += ["year"] if pd.isna(year) else []
        if arxiv or doi:
            targets.append(_Target(row, item_id, arxiv, doi, tuple(fields)))
    return targets


def _doi(cell: str) -> str:
    """Return the DOI in a cell, which may have it as an address; empty for none."""
    return cell.lower() if item.is_doi(cell) else item.doi(cell) if cell else ""


def _arxiv(cell: str) -> str:
    """Return the arXiv id in a cell, also where it has a version; empty for none."""
    is_new = "/" not in cell and item.is_arxiv_id(cell)
    return cell if is_new else item.arxiv_id(f"https://arxiv.org/abs/{cell}") if cell else ""


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
        self.answers: dict[tuple[Source, str], Response] = {}
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

    def ask_arxiv(self, service: PublicService, ids: Sequence[str]) -> None:
        """Ask for papers, many at once; those that an answer leaves out are asked for once more before they are not found.

        arXiv's API is known to leave out papers that it has, and to announce more results than it can have
        (arxiv.py, issues 43 and 82), so that no number in the answer tells one from the other.
        """
        missing = self._ask_papers(service, self._take_from_cache("arxiv", ids))
        asked = self._clock()
        for paper in self._ask_papers(service, missing):
            self._keep([Response("arxiv", paper, asked, found=False)])

    def _ask_papers(self, service: PublicService, ids: Sequence[str]) -> list[str]:
        """Return the papers that complete answers left out."""
        missing: list[str] = []
        refused: list[tuple[str, FailedError]] = []
        batches = [ids[start : start + IDS_A_REQUEST] for start in range(0, len(ids), IDS_A_REQUEST)]
        while batches and service.is_open:
            batch = batches.pop(0)
            try:
                entries = service.ask(f"{service.url}?id_list={','.join(batch)}&max_results={len(batch)}", parse_feed)
            except FailedError as failure:
                if failure.kind in {"refused", "too large"} and len(batch) > 1:
                    # One id that arXiv does not like spoils the answer for all of them.
                    batches[:0] = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
                elif failure.kind == "refused":
                    refused.append((batch[0], failure))
                    service.count_refusal()
                else:
                    self._report(service, failure, batch)
                continue
            answers = {entry.id: dated(entry, self._clock()) for entry in entries}
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

    def ask_crossref(self, service: PublicService, ids: Sequence[str]) -> None:
        """Ask for works, one by one."""
        unasked = self._take_from_cache("crossref", ids)
        while unasked and service.is_open:
            doi = unasked.pop(0)
            try:
                # Also the slash is escaped, so that no part of a DOI is taken for a step up.
                answer = service.ask(f"{service.url}/{quote(doi, safe='')}", parse_work)
            except FailedError as failure:
                if failure.kind == "missing":
                    self._keep([Response("crossref", doi, self._clock(), found=False)])
                else:
                    self._report(service, failure, [doi])
                continue
            if answer.id == doi:
                self._keep([dated(answer, self._clock())])
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

    def _keep(self, answers: Sequence[Response]) -> None:
        self.answers |= {(answer.source, answer.id): answer for answer in answers}
        if not self._cache_fails:
            try:
                write_answers(self._cache, answers)
            except NotSavedError as error:
                self._cache_fails = True
                self._say(f"The answers serve this run but are not kept for the next: {error}")
        self._progress(self.done, self.total)

    def _report(self, service: PublicService, failure: FailedError, ids: Sequence[str]) -> None:
        named = text.plain_list(ids[:3]) if len(ids) <= 3 else f"{', '.join(ids[:3])} and {len(ids) - 3} more"
        if failure.kind != "unreachable":
            self._say(f"{service.name} gave no answer for {named}: {failure}; run `studygroup fill` again later")

    def _report_unasked(self, service: PublicService, ids: Sequence[str]) -> None:
        if ids and not service.unreachable:
            self._say(f"{service.name} is left alone for now; {len(ids)} more ids were not asked for")

    def _say(self, message: str) -> None:
        problem = Problem("", 0, "warning", message)
        if problem not in self.problems:
            self.problems.append(problem)


def _value(answer: Response, field: Field) -> str:
    """Return an answer's cell for a field, empty where it does not say."""
    if field == "authors":
        return "; ".join(answer.authors)
    return answer.title if field == "title" else str(answer.year or "")


def _apply(items: pd.DataFrame, targets: Iterable[_Target], run: _Run) -> Filled:
    """Return the items with the answers' values in the fields that may be filled."""
    frame = items.copy()
    changes: list[FilledCell] = []
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
                changes.append(FilledCell(target.item, field, before, value, source))
    for field in {change.field for change in changes}:
        frame[field] = pd.Series(cells[field], index=frame.index, dtype=frame[field].dtype)
    return Filled(frame, tuple(changes), tuple(not_found), tuple(unanswered), tuple(run.problems))
