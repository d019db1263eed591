"""What arXiv and Crossref fill: against a local server that speaks both formats, and misbehaves as real ones do."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import httpx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup import __version__
from studygroup.catalogue.items.csv_table import empty_items, read_items, write_items
from studygroup.catalogue.online import http, metadata, responses
from studygroup.catalogue.online.metadata import Filled, FilledCell, NotFound, UnreachableError, read_abstract
from studygroup.catalogue.online.responses import Response, answer_path
from studygroup.errors import CatalogueError

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title type="html">ArXiv Query</title><id>http://arxiv.org/api/abc</id>
  <opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">{count}</opensearch:totalResults>
  {entries}
</feed>
"""

ENTRY = """<entry>
    <id>http://arxiv.org/abs/{id}</id><updated>2023-01-02T00:00:00Z</updated><published>{published}</published>
    <title>{title}</title><summary>{summary}</summary>{authors}
    <arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">9 pages</arxiv:comment>
  </entry>"""


def entry(paper: str, title: str, authors: tuple[str, ...] = ("Ann Lee",), year: int = 2020, summary: str = "We.") -> str:
    """Return a paper as arXiv's feed has it; ``paper`` carries its version."""
    names = "".join(f"<author><name>{escape(name)}</name></author>" for name in authors)
    published = f"{year}-05-28T17:29:03Z"
    return ENTRY.format(id=paper, title=escape(title), summary=escape(summary), authors=names, published=published)


def work(doi: str, **fields: Any) -> dict[str, Any]:
    """Return a work as Crossref has it."""
    parts = {"title": ["A Work"], "author": [{"given": "Ann", "family": "Lee"}], "issued": {"date-parts": [[2021, 3, 1]]}}
    return {"DOI": doi, **parts, **fields}


@dataclass
class Reply:
    """One scripted answer, given in place of the real one."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut_after: int | None = None
    hang: bool = False


@dataclass
class Service:
    """A server that speaks Atom under /arxiv and JSON under /works; what ``script`` holds is answered first."""

    papers: dict[str, str] = field(default_factory=dict)
    works: dict[str, dict[str, Any]] = field(default_factory=dict)
    script: list[Reply] = field(default_factory=list)
    refuses: str = ""
    lag: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def answer(self, address: str) -> tuple[int, bytes]:
        """Return what the services would say."""
        parts = urlsplit(address)
        if parts.path == "/arxiv":
            query = parse_qs(parts.query)
            ids = query["id_list"][0].split(",")
            if self.refuses in ids:
                summary = "incorrect id format"
                error = ENTRY.format(id="", title="Error", summary=summary, authors="", published="").replace(
                    "arxiv.org/abs/", "arxiv.org/api/errors#incorrect_id_format"
                )
                return 200, FEED.format(count=1, entries=error).encode()
            # arXiv's order is its own; at most max_results are given, 10 when it is not said.
            known = [self.papers[one] for one in reversed(ids) if one in self.papers and one not in self.lag]
            self.lag -= set(ids)
            known = known[: int(query.get("max_results", ["10"])[0])]
            return 200, FEED.format(count=len(ids), entries="".join(known)).encode()
        doi = unquote(parts.path.removeprefix("/works/")).lower()
        if doi not in self.works:
            return 404, b"Resource not found."
        return 200, json.dumps({"status": "ok", "message-type": "work", "message": self.works[doi]}).encode()


@pytest.fixture
def service() -> Iterator[Service]:
    """The server, on a port of its own."""
    made = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.requests.append(self.path)
            made.agents.add(self.headers["User-Agent"])
            reply = made.script.pop(0) if made.script else Reply()
            if reply.hang:
                made.released.wait(20)
                self.close_connection = True
                return
            status, body = made.answer(self.path) if reply.body is None else (reply.status, reply.body)
            self.send_response(reply.status if reply.status != 200 else status)
            for name, value in {"Content-Length": str(len(body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: reply.cut_after])
            self.close_connection = reply.cut_after is not None

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing when a client hangs up: it is meant to."""

    server = Server(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


class Time:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = START
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        """Wait without waiting."""
        self.waits.append(round(seconds, 3))
        self.now += timedelta(seconds=seconds)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture
def times() -> Time:
    return Time()


Fill = Callable[..., Filled]


@pytest.fixture
def fill(service: Service, times: Time, tmp_path: Path) -> Iterator[Fill]:
    """Return ``metadata.fill`` against the local server."""
    with httpx.Client(timeout=1, trust_env=False) as client:

        def run(items: pd.DataFrame, **options: Any) -> Filled:
            addresses = {"arxiv_url": f"{service.url}/arxiv", "crossref_url": f"{service.url}/works"}
            given = {"client": client, "wait": times.wait, "clock": times, **addresses, **options}
            return metadata.fill(items, tmp_path / "book" / ".studygroup" / "metadata", **given)

        yield run


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return items; what a row does not say is empty."""
    empty = empty_items()
    filled = [{name: None if name == "year" else "" for name in empty.columns} | {"kind": "paper"} | row for row in rows]
    frame = pd.DataFrame(filled, columns=empty.columns)
    return frame.astype(empty.dtypes.to_dict())


def cells(filled: Filled) -> list[tuple[str, str, str, int | None]]:
    """Return id, title, authors and year of each item."""
    rows = zip(*(filled.items[name] for name in ("id", "title", "authors", "year")), strict=True)
    return [(one, title, authors, None if pd.isna(year) else int(year)) for one, title, authors, year in rows]


GPT = {"id": "gpt", "title": "Few-Shot Learners", "arxiv": "2005.14165"}
OAKS = {"id": "oaks", "title": "", "doi": "10.1000/oaks"}


def test_empty_cells_are_filled_from_both_services(service: Service, fill: Fill) -> None:
    """Titles' white space is folded, formulas stay; names of Crossref are given and family name; groups are names too."""
    title = "On $O(n^2)$\n  Attention & More"
    service.papers = {
        "2005.14165": entry("2005.14165v4", title, ("Ann  Lee", "The Team", ":", "Bo Chen")),
        "hep-th/9901001": entry("hep-th/9901001v3", "Strings", year=1999),
    }
    people = [{"given": "Zoë", "family": "O'Brien", "suffix": "Jr."}, {"name": "Oak; Group"}, {"family": "Li"}]
    service.works = {
        "10.1000/oaks": work(
            "10.1000/OAKS", title=["How <i>Oaks</i>\n Grow &amp;amp; Live"], subtitle=["A <b>Guide</b>"], author=people
        )
    }
    items = table(
        {**GPT, "title": "arXiv:2005.14165"},
        OAKS,
        {"id": "old", "title": "S", "arxiv": "hep-th/9901001"},
        {"id": "x", "title": ""},
    )
    before = items.copy()
    filled = fill(items)
    assert cells(filled) == [
        ("gpt", "On $O(n^2)$ Attention & More", "Ann Lee; The Team; Bo Chen", 2020),
        ("oaks", "How Oaks Grow & Live: A Guide", "Zoë O'Brien Jr.; Oak, Group; Li", 2021),
        ("old", "S", "Ann Lee", 1999),
        ("x", "", "", None),
    ]
    assert filled.changes[:3] == (
        FilledCell("gpt", "title", "arXiv:2005.14165", "On $O(n^2)$ Attention & More", "arxiv"),
        FilledCell("gpt", "authors", "", "Ann Lee; The Team; Bo Chen", "arxiv"),
        FilledCell("gpt", "year", "", "2020", "arxiv"),
    )
    assert (len(filled.changes), filled.not_found, filled.unanswered, filled.problems) == (8, (), (), ())
    pd.testing.assert_frame_equal(before, items)
    assert service.agents == {f"studygroup/{__version__} (completes a reading group's catalogue)"}
    assert service.requests == ["/arxiv?id_list=2005.14165,hep-th/9901001&max_results=2", "/works/10.1000%2Foaks"]


def test_what_was_written_stays(service: Service, fill: Fill) -> None:
    """Only empty cells are filled; a model is left alone; titles are replaced when that is asked for."""
    service.papers = {"2005.14165": entry("2005.14165v1", "Language Models are Few-Shot Learners")}
    items = table({**GPT, "authors": "A. Lee", "year": 2019}, {**GPT, "id": "gpt-3", "kind": "model"}, {**GPT, "id": "again"})
    assert cells(fill(items)) == [
        ("gpt", "Few-Shot Learners", "A. Lee", 2019),
        ("gpt-3", "Few-Shot Learners", "", None),
        ("again", "Few-Shot Learners", "Ann Lee", 2020),
    ]
    assert fill(items, overwrite_titles=True, only=["gpt"]).changes == (
        FilledCell("gpt", "title", "Few-Shot Learners", "Language Models are Few-Shot Learners", "arxiv"),
    )
    assert len(service.requests) == 1
    with pytest.raises(CatalogueError, match=r"The catalogue has no item 'gtp' \(did you mean 'gpt'\?\)\."):
        fill(items, only=["gtp"])


def test_filled_items_can_be_written_and_read(service: Service, fill: Fill, tmp_path: Path) -> None:
    """Also names that a spreadsheet would run, and characters that no file holds."""
    service.works = {"10.1000/oaks": work("10.1000/oaks", title=["=1+1\u0000\u202e x"], author=[{"family": "-A"}])}
    filled = fill(table(OAKS))
    assert cells(filled) == [("oaks", "=1+1 x", "-A", 2021)]
    write_items(filled.items, tmp_path / "catalogue.csv")
    pd.testing.assert_frame_equal(filled.items, read_items(tmp_path / "catalogue.csv"))


def test_abstracts_go_into_the_cache_only(service: Service, fill: Fill, tmp_path: Path) -> None:
    """Also those of items that lack nothing else."""
    service.papers = {"2005.14165": entry("2005.14165v1", "T", summary="We\n  show $x<y$.")}
    abstract = "<jats:title>Abstract</jats:title><jats:p>Oaks &amp; <jats:italic>more</jats:italic>, p &lt; 1.</jats:p>"
    service.works = {"10.1000/oaks": work("10.1000/oaks", abstract=abstract)}
    full = {"authors": "A", "year": 2000}
    filled = fill(table({**GPT, **full}, {**OAKS, **full, "title": "O"}))
    assert filled.changes == ()
    cache = tmp_path / "book" / ".studygroup" / "metadata"
    assert read_abstract(cache, arxiv="2005.14165") == "We show $x<y$."
    assert read_abstract(cache, doi="10.1000/oaks") == "Oaks & more , p < 1."
    assert read_abstract(cache, arxiv="1234.5678") == ""


def test_crossref_is_asked_where_arxiv_does_not_know(service: Service, fill: Fill) -> None:
    """An item with both ids takes what arXiv says, and what is still empty from Crossref; arXiv's own DOIs are arXiv ids."""
    service.papers = {"2005.14165": entry("2005.14165v1", "T"), "2101.00001": entry("2101.00001v1", "U", ())}
    service.works = {"10.1000/oaks": work("10.1000/oaks"), "10.1000/u": work("10.1000/u", issued={"date-parts": [[None]]})}
    items = table(
        {**GPT, "doi": "10.1000/never-asked"},
        {"id": "both", "title": "B", "arxiv": "2102.00001", "doi": "10.1000/oaks"},
        {"id": "nobody", "title": "U", "arxiv": "2101.00001", "doi": "10.1000/u"},
        {"id": "own-doi", "title": "V", "doi": "10.48550/arxiv.2005.14165"},
    )
    filled = fill(items)
    assert cells(filled) == [
        ("gpt", "Few-Shot Learners", "Ann Lee", 2020),
        ("both", "B", "Ann Lee", 2021),
        ("nobody", "U", "Ann Lee", 2020),
        ("own-doi", "V", "Ann Lee", 2020),
    ]
    assert filled.not_found == (NotFound("both", "arxiv", "2102.00001"),)
    assert [path for path in service.requests if "works" in path] == ["/works/10.1000%2Foaks", "/works/10.1000%2Fu"]


def test_a_second_run_asks_nothing(service: Service, fill: Fill, times: Time) -> None:
    """Answers are kept; "not found" is too, for 30 days."""
    service.papers = {"2005.14165": entry("2005.14165v1", "T")}
    items = table(GPT, OAKS)
    first = fill(items)
    asked = len(service.requests)
    second = fill(items)
    assert (first.changes, first.not_found) == (second.changes, second.not_found)
    assert first.not_found == (NotFound("oaks", "crossref", "10.1000/oaks"),)
    assert len(service.requests) == asked == 2
    times.now += timedelta(days=30)
    service.works = {"10.1000/oaks": work("10.1000/oaks")}
    assert fill(items).not_found == ()
    assert service.requests[2:] == ["/works/10.1000%2Foaks"]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"source":"arxiv","id":"2005.14165","asked":"2026-11-20T12:00:00","found":true}',
        b'{"source":"arxiv","id":"2005.14166","asked":"2026-11-20T12:00:00Z","found":true,"title":"Other"}',
        b'{"source":"arxiv","id":"2005.14165","asked":"2026-11-20T12:00:00Z","found":true,"year":"2020"}',
    ],
)
def test_a_damaged_answer_is_fetched_again(service: Service, fill: Fill, tmp_path: Path, damage: bytes) -> None:
    """Cut off, of another id, or holding what it should not."""
    service.papers = {"2005.14165": entry("2005.14165v1", "T")}
    path = answer_path(tmp_path / "book" / ".studygroup" / "metadata", "arxiv", "2005.14165")
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    assert len(fill(table(GPT)).changes) == 2
    assert responses.read_answer(path.parent, "arxiv", "2005.14165") == Response(
        "arxiv", "2005.14165", START, True, "T", ("Ann Lee",), 2020, "We."
    )


def test_an_interrupted_run_is_continued(service: Service, fill: Fill) -> None:
    """Ctrl-C after the first answers loses none of them; progress begins where it ended."""
    ids = [f"2001.{number:05}" for number in range(1, 121)]
    service.papers = {one: entry(f"{one}v1", f"T {one}") for one in ids}
    items = table(*({"id": f"p-{one[-3:]}", "title": "", "arxiv": one} for one in ids))
    seen: list[tuple[int, int]] = []

    def interrupt(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(items, progress=interrupt)
    filled = fill(items, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 120), (50, 120), (50, 120), (100, 120), (120, 120), (120, 120)]
    assert len(service.requests) == 3
    assert [title for _, title, _, _ in cells(filled)] == [f"T {one}" for one in ids]


def test_requests_keep_their_distance(service: Service, fill: Fill, times: Time) -> None:
    """One in three seconds to arXiv, fifty ids each; one a second to Crossref; the first at once."""
    ids = [f"2001.{number:05}" for number in range(1, 102)]
    service.papers = {one: entry(f"{one}v1", "T") for one in ids}
    service.works = {f"10.1000/{number}": work(f"10.1000/{number}") for number in range(3)}
    rows = [{"id": f"p-{one[-3:]}", "arxiv": one} for one in ids]
    rows += [{"id": f"w-{number}", "doi": f"10.1000/{number}"} for number in range(3)]
    assert len(fill(table(*rows)).changes) == 3 * 104
    assert times.waits == [3, 3, 1, 1]


def test_an_answer_that_leaves_out_is_asked_again(service: Service, fill: Fill, times: Time) -> None:
    """arXiv sometimes leaves out papers that it has; what is left out twice is not found."""
    service.papers = {"2005.14165": entry("2005.14165v1", "T"), "2001.00001": entry("2001.00001v1", "U")}
    service.lag = {"2001.00001"}
    filled = fill(table(GPT, {"id": "u", "arxiv": "2001.00001"}, {"id": "none", "arxiv": "2001.00002"}))
    assert [one[0] for one in cells(filled) if one[3]] == ["gpt", "u"]
    assert filled.not_found == (NotFound("none", "arxiv", "2001.00002"),)
    assert service.requests[1:] == ["/arxiv?id_list=2001.00001,2001.00002&max_results=2"]


def test_one_id_that_is_refused_spoils_no_other(service: Service, fill: Fill) -> None:
    """The request is halved until the id stands alone."""
    service.papers = {one: entry(f"{one}v1", "T") for one in ("2005.14165", "2001.00001", "2001.00003")}
    service.refuses = "0704.00001"
    ids = ["2005.14165", "2001.00001", "0704.00001", "2001.00003"]
    filled = fill(table(*({"id": f"p-{number}", "title": "T", "arxiv": one} for number, one in enumerate(ids))))
    assert filled.not_found == (NotFound("p-2", "arxiv", "0704.00001"),)
    assert [one[3] for one in cells(filled)] == [2020, 2020, None, 2020]
    assert filled.problems == ()


def test_a_service_that_refuses_everything_says_nothing_about_papers(service: Service, fill: Fill) -> None:
    """Nothing is taken to be unknown, and the asking ends soon."""
    service.script = [Reply(400)] * 100
    ids = [f"2001.{number:05}" for number in range(1, 61)]
    filled = fill(table(*({"id": f"p-{one[-3:]}", "title": "T", "arxiv": one} for one in ids)))
    assert (filled.not_found, len(filled.unanswered)) == ((), 60)
    assert len(service.requests) < 12
    assert "57 more ids were not asked for" in str(filled.problems[-1])


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("7", 7),
        ("3600", 120),
        ("9" * 400, 120),
        ("Fri, 20 Nov 2026 12:00:42 GMT", 42),
        ("Fri, 20 Nov 2020 12:00:42 GMT", 0),
        ("soon", 3),
        ("-5", 3),
    ],
)
def test_a_service_says_how_long_to_wait(service: Service, fill: Fill, times: Time, header: str, expected: float) -> None:
    """In seconds or as a date, at most two minutes; what cannot be read counts as not said."""
    service.papers = {"2005.14165": entry("2005.14165v1", "T")}
    service.script = [Reply(429, {"Retry-After": header})]
    assert len(fill(table(GPT)).changes) == 2
    # The distance of three seconds is kept in any case.
    assert sum(times.waits) == max(expected, 3)


def test_a_service_that_goes_on_refusing_is_left_alone(service: Service, fill: Fill, times: Time) -> None:
    """The pauses grow; after five refusals nothing more is asked of it, and the run ends with a report."""
    service.script = [Reply(429)] * 5
    service.works = {"10.1000/oaks": work("10.1000/oaks")}
    ids = [f"2001.{number:05}" for number in range(1, 61)]
    filled = fill(table(*({"id": f"p-{one[-3:]}", "title": "T", "arxiv": one} for one in ids), OAKS))
    assert times.waits == [3, 6, 12, 24]
    assert [str(problem) for problem in filled.problems] == [
        "warning: arXiv gave no answer for 2001.00001, 2001.00002, 2001.00003 and 47 more: "
        "it answered with status 429, 5 times; run `studygroup fill` again later",
        "warning: arXiv is left alone for now; 10 more ids were not asked for",
    ]
    assert len(filled.unanswered) == 60
    assert [change.item for change in filled.changes] == ["oaks", "oaks", "oaks"]
    assert len(fill(table({"id": "p", "arxiv": ids[0]})).not_found) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(hang=True),
        Reply(cut_after=200),
        Reply(500, body=b"oops"),
        Reply(503, body=b"busy"),
        Reply(body=b"Rate exceeded."),
        Reply(body=FEED[:150].encode()),
        Reply(body=b""),
        Reply(headers={"Content-Encoding": "gzip"}),
    ],
    ids=["time-out", "cut off", "500", "503", "no XML", "half a feed", "empty", "wrong encoding"],
)
def test_a_passing_trouble_is_overcome(service: Service, fill: Fill, times: Time, trouble: Reply) -> None:
    """Four times in a row, with growing pauses; the fifth time the item is reported and the next run asks again."""
    service.papers = {"2005.14165": entry("2005.14165v1", "T")}
    service.script = [trouble] * 5
    failed = fill(table(GPT))
    assert (failed.changes, failed.not_found, failed.unanswered) == ((), (), ("gpt",))
    assert ", 5 times; run `studygroup fill` again later" in str(failed.problems[0])
    assert times.waits == [3, 6, 12, 24]
    service.script = [trouble] * 4
    filled = fill(table(GPT))
    assert (len(filled.changes), filled.problems) == (2, ())


@pytest.mark.parametrize("trouble", [Reply(hang=True), Reply(cut_after=30), Reply(500), Reply(body=b'{"status":"ok","mess')])
def test_a_passing_trouble_of_crossref_is_overcome(service: Service, fill: Fill, trouble: Reply) -> None:
    """As with arXiv."""
    service.works = {"10.1000/oaks": work("10.1000/oaks")}
    service.script = [trouble] * 2
    filled = fill(table(OAKS))
    assert (len(filled.changes), filled.problems, len(service.requests)) == (3, (), 3)


def test_three_failures_in_a_row_end_the_asking(service: Service, fill: Fill) -> None:
    """A service that is broken is not asked for hundreds of works."""
    service.script = [Reply(500)] * 100
    filled = fill(table(*({"id": f"w-{number}", "title": "T", "doi": f"10.1000/{number}"} for number in range(9))))
    assert len(service.requests) == 15
    assert "6 more ids were not asked for" in str(filled.problems[-1])
    assert len(filled.unanswered) == 9


def test_an_answer_for_another_id_is_ignored(service: Service, fill: Fill) -> None:
    """And reported; what was asked for is neither filled nor taken to be unknown."""
    service.papers = {"2005.14165": entry("2109.01652v2", "Other"), "2001.00001": entry("2001.00001v1", "T")}
    service.works = {"10.1000/oaks": work("10.1000/elms")}
    filled = fill(table(GPT, OAKS, {"id": "t", "title": "T", "arxiv": "2001.00001"}))
    assert {change.item for change in filled.changes} == {"t"}
    assert filled.not_found == ()
    assert filled.unanswered == ("gpt", "oaks")
    assert [problem.message for problem in filled.problems] == [
        "arXiv answered for 2109.01652, which was not asked for; this was ignored",
        "arXiv gave no answer for 2005.14165; run `studygroup fill` again later",
        "Crossref answered for 10.1000/elms when it was asked for 10.1000/oaks; this was ignored",
    ]


def test_entities_are_refused(service: Service, fill: Fill) -> None:
    """A document that declares a DOCTYPE is not read, in any encoding."""
    bomb = '<?xml version="1.0" encoding="{}"?><!DOCTYPE f [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>' + FEED.split("\n", 1)[1]
    bomb = bomb.replace("{count}", "1").replace("{entries}", entry("2005.14165v1", "&b;").replace("&amp;", "&"))
    for encoding in ("utf-8", "utf-16"):
        service.script = [Reply(body=bomb.format(encoding).encode(encoding))]
        filled = fill(table(GPT))
        assert "its answer declares a DOCTYPE" in str(filled.problems)
        assert filled.changes == ()


def test_an_endless_answer_is_cut(service: Service, fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too much at once is asked for in halves; too much for one id is reported."""
    monkeypatch.setattr(http, "LARGEST_ANSWER", 30_000)
    service.papers = {one: entry(f"{one}v1", "T", summary="x" * 20_000) for one in ("2001.00001", "2001.00002")}
    service.papers["2001.00003"] = entry("2001.00003v1", "T", summary="x" * 40_000)
    filled = fill(table(*({"id": one[-1], "title": "T", "arxiv": one} for one in service.papers)))
    assert {change.item for change in filled.changes} == {"1", "2"}
    assert [problem.message for problem in filled.problems] == [
        "arXiv gave no answer for 2001.00003: its answer is larger than 0 MiB; run `studygroup fill` again later"
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b'{"message":{}}',
        b'{"message":{"DOI":7}}',
        b'{"message":{"DOI":"10.1000/oaks","title":"T"}}',
        b"[" * 99_999,
    ],
)
def test_json_that_is_no_work_is_reported(service: Service, fill: Fill, body: bytes) -> None:
    """Whatever it holds."""
    service.script = [Reply(body=body)] * 5
    filled = fill(table(OAKS))
    assert (filled.changes, len(filled.problems), filled.unanswered) == ((), 1, ("oaks",))


def test_ids_that_are_none_are_not_asked_for(service: Service, fill: Fill) -> None:
    """They are reported; versions and capitals are no reason."""
    service.papers = {"2005.14165": entry("2005.14165v1", "T")}
    service.works = {"10.1000/oaks": work("10.1000/oaks")}
    rows = [
        {**GPT, "arxiv": "2005.14165v3"},
        {**OAKS, "doi": "10.1000/OAKS"},
        {"id": "bad", "arxiv": "x&id_list=1", "doi": "y"},
    ]
    filled = fill(table(*rows))
    assert {change.item for change in filled.changes} == {"gpt", "oaks"}
    assert [str(problem) for problem in filled.problems] == [
        "catalogue.csv, column arxiv: warning: item bad: 'x&id_list=1' is not an arXiv id and is not asked for",
        "catalogue.csv, column doi: warning: item bad: 'y' is not a DOI and is not asked for",
    ]


def test_a_doi_of_any_characters_is_one_part_of_the_address(service: Service, fill: Fill) -> None:
    """Dots, question marks and percent signs lead nowhere else, and file names are safe."""
    dois = [
        "10.1000/../../x",
        "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o",
        "10.1000/a?b#c%2fd",
        "10.1000/" + "ü" * 300,
    ]
    service.works = {doi: work(doi) for doi in dois}
    filled = fill(table(*({"id": f"w-{number}", "title": "T", "doi": doi} for number, doi in enumerate(dois))))
    assert len(filled.changes) == 8
    assert fill(filled.items).problems == ()
    assert len(service.requests) == 4


def test_without_a_network_one_sentence_says_so(service: Service, fill: Fill) -> None:
    """What was fetched before is kept and carried along."""
    service.papers = {"2005.14165": entry("2005.14165v1", "T")}
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/works"
        with pytest.raises(UnreachableError) as caught:
            fill(table(GPT, OAKS), crossref_url=nowhere)
    assert str(caught.value).startswith("No connection to 127.0.0.1 (")
    assert str(caught.value).endswith("1 of 2 answers are there and kept; run `studygroup fill` again when there is a network.")
    assert "\n" not in str(caught.value)
    assert [change.item for change in caught.value.filled.changes] == ["gpt", "gpt"]
    assert caught.value.filled.unanswered == ("oaks",)
    service.works = {"10.1000/oaks": work("10.1000/oaks")}
    assert len(fill(table(GPT, OAKS)).changes) == 5
    assert len(service.requests) == 2


def test_a_refusal_is_not_repeated(service: Service, fill: Fill) -> None:
    """Status 403 ends the asking at once."""
    service.script = [Reply(403)]
    filled = fill(table(OAKS, {"id": "w", "doi": "10.1000/w"}))
    assert len(service.requests) == 1
    assert filled.unanswered == ("oaks", "w")


def test_a_redirect_is_followed(service: Service, fill: Fill) -> None:
    """As from http to https."""
    service.papers = {"2005.14165": entry("2005.14165v1", "T")}
    service.script = [Reply(301, {"Location": "/arxiv?id_list=2005.14165"}, b"")]
    assert len(fill(table(GPT)).changes) == 2


def test_a_cache_that_cannot_be_written_spoils_nothing(service: Service, fill: Fill, tmp_path: Path) -> None:
    """The answers serve the run, and one problem says that they are not kept."""
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / ".studygroup").write_text("a file where the folder should be")
    service.papers = {"2005.14165": entry("2005.14165v1", "T")}
    service.works = {"10.1000/oaks": work("10.1000/oaks")}
    filled = fill(table(GPT, OAKS))
    assert len(filled.changes) == 5
    assert len(filled.problems) == 1
    assert "not kept for the next" in filled.problems[0].message


def test_nothing_to_ask_asks_nothing(service: Service, fill: Fill) -> None:
    """An empty catalogue, and one without ids."""
    for items in (empty_items(), table({"id": "talk", "title": "A Talk"})):
        pd.testing.assert_frame_equal(items, fill(items).items)
    assert service.requests == []


@given(st.binary() | st.text().map(str.encode) | st.text("<>/feed xmlns=\"'&;!DOCTYPE[]").map(str.encode))
def test_any_bytes_are_an_answer_or_none(data: bytes) -> None:
    """Nothing that a server sends makes a parser fail in another way than it says."""
    for parse in (responses.parse_feed, responses.parse_work):
        with suppress(http.CutOffError, http.FailedError):
            parse(data)


@given(st.text(), st.text())
def test_file_names_are_safe_and_distinct(one: str, other: str) -> None:
    """For any two ids."""
    names = [answer_path(Path(), "crossref", doi).name for doi in (one.encode("utf-8", "replace").decode(), other)]
    assert (names[0].lower() == names[1].lower()) == (one == other)
    assert all(len(name) < 100 and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-") for name in names)
