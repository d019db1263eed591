"""The commands fill and links, as a person runs them, against local servers."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from studygroup.catalogue.items.table import Catalogue
from tests.catalogue.test_metadata import Reply, Service, entry, service  # noqa: F401 - a fixture
from tests.support.command_line import command


def run(folder: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = command(*words, cwd=folder)
    assert done.returncode == code, done.stderr
    return done


def urls(service: Service) -> list[str]:  # noqa: F811
    return ["--arxiv-url", f"{service.url}/arxiv", "--crossref-url", f"{service.url}/works"]


def authors(folder: Path, item: str) -> str:
    return Catalogue.read(folder).item(item).authors


def test_fill_writes_what_is_missing_and_asks_once(service: Service, folder: Path) -> None:  # noqa: F811
    """A dry run writes nothing, what stands stays, a second run asks no one."""
    service.papers["2109.01652"] = entry("2109.01652v5", "Finetuned Models", ("Ann Lee", "Zoë O'Brien-李"), 2021)
    service.papers["2005.14165"] = entry("2005.14165v4", "Another Title", ("No one",), 1999)
    before = (folder / "catalogue.csv").read_bytes()
    assert "tuned: authors would be Ann Lee; Zoë O'Brien-李" in run(folder, "fill", "--dry-run", *urls(service)).stdout
    assert (folder / "catalogue.csv").read_bytes() == before
    asked = len(service.requests)
    done = run(folder, "fill", *urls(service))
    assert done.stdout == "tuned: authors is Ann Lee; Zoë O'Brien-李\n"
    assert len(service.requests) == asked
    assert authors(folder, "tuned") == "Ann Lee; Zoë O'Brien-李"
    assert authors(folder, "few-shot").startswith("Ann Lee; Bo Chen")
    assert json.loads(run(folder, "fill", "--json", *urls(service)).stdout) == {
        "changes": [],
        "not_found": [],
        "unanswered": [],
    }


def test_fill_waits_when_it_is_told_to(service: Service, folder: Path) -> None:  # noqa: F811
    """A 429 with its Retry-After is kept to, and then all is filled."""
    service.papers["2109.01652"] = entry("2109.01652", "Finetuned Models")
    service.script.append(Reply(status=429, headers={"Retry-After": "1"}))
    run(folder, "fill", "--item", "tuned", *urls(service))
    assert authors(folder, "tuned") == "Ann Lee"


def test_fill_without_a_network_keeps_what_was_answered(service: Service, folder: Path) -> None:  # noqa: F811
    """One sentence, exit code 1, and the cells that could be filled are."""
    catalogue = folder / "catalogue.csv"
    catalogue.write_text(catalogue.read_text().replace("talk,A Talk", "talk,A Talk").replace(
        "https://example.org/talk,,,,", "https://example.org/talk,,,,10.1000/xyz"))  # fmt: skip
    service.papers["2109.01652"] = entry("2109.01652", "Finetuned Models")
    done = run(folder, "fill", "--arxiv-url", f"{service.url}/arxiv", "--crossref-url", "http://127.0.0.1:9/works", code=1)
    assert "No connection to 127.0.0.1" in done.stderr and "run `studygroup fill` again" in done.stderr
    assert authors(folder, "tuned") == "Ann Lee"
    assert "write an address with https:// or http://" in run(folder, "fill", "--arxiv-url", "ftp://x", code=2).stderr


@pytest.fixture
def site() -> Iterator[str]:
    """A server with pages that are there, gone, moved and forbidden."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            status = {"/ok": 200, "/gone": 404, "/moved": 301, "/forbidden": 403}[self.path]
            self.send_response(status)
            if status == 301:
                self.send_header("Location", "/ok")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_links_tells_what_is_dead_and_for_which_session(site: str, folder: Path) -> None:
    """Nothing is changed; without --private this machine is not asked."""
    catalogue = folder / "catalogue.csv"
    text = catalogue.read_text()
    for old, new in (
        ("https://arxiv.org/abs/2005.14165", f"{site}/gone"),
        ("https://arxiv.org/abs/2109.01652", f"{site}/moved"),
        ("https://example.org/talk", f"{site}/forbidden"),
        ("https://example.org/code", f"{site}/ok"),
    ):
        text = text.replace(old, new)
    catalogue.write_text(text)
    run(folder, "member", "add", "Ada", "--facilitator")
    run(folder, "record", "plan", "--session", "2999-01-04", "--start", "2999-01-04T20:00", "--step", "1")
    before = catalogue.read_bytes()
    states = {(one["item"], one["state"]): one for one in json.loads(run(folder, "links", "--private", "--json").stdout)}
    assert set(states) == {("few-shot", "dead"), ("few-shot", "ok"), ("tuned", "moved"), ("talk", "cannot tell")}
    assert states["few-shot", "dead"]["sessions"] == ["2999-01-04"]
    assert states["tuned", "moved"]["leads_to"] == f"{site}/ok"
    shown = run(folder, "links", "--private", "--dead").stdout
    assert len(shown.splitlines()) == 2 and "(sessions 2999-01-04)" in shown
    assert {one["state"] for one in json.loads(run(folder, "links", "--json").stdout)} == {"cannot tell"}
    assert catalogue.read_bytes() == before
