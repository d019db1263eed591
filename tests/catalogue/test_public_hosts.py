"""No request goes to this machine or a private network unless a person typed that host or asked for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from studygroup.catalogue.merging.source import read_sources
from studygroup.catalogue.online.public_hosts import NotPublicError, checked_client, is_public, written_address
from studygroup.errors import ReadingListError
from tests.catalogue.test_metadata import Service, entry, service  # noqa: F401 - a fixture
from tests.commands.test_network_commands import run

LIST = b"# Trees\n\n- [How Oaks Grow](https://example.org/oaks)\n"
TIMES = httpx.Timeout(5)

PRIVATE_HOSTS = [
    *("127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "127.255.255.254"),
    *("0.0.0.0", "0", "00", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "localhost", "LOCALHOST."),
    *("a.localhost", "10.0.0.1", "10.1", "167772161", "172.16.0.1", "172.31.255.255", "192.168.1.1", "192.168.257"),
    *("169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:169.254.169.254]", "100.64.0.1"),
    *("[64:ff9b::127.0.0.1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]"),
    *("[2001:0:7f00:1:0:0:f5ff:fffe]", "[2001:4860::5efe:7f00:1]", "[fec0::1]", "224.0.0.1", "255.255.255.255", "198.18.0.1"),
    *("１２７.０.０.１", "①②⑦.1", "ⓛocalhost"),
]  # fmt: skip


class Pages:
    """Two local servers, at 127.0.0.1 and 127.0.0.2 on one port; each remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.leads_to = ""
        asked, pages = self.asked, self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append((str(self.server.server_address[0]), self.headers["Host"], self.path))
                self.send_response(302 if self.path.startswith("/away") else 200)
                if self.path.startswith("/away"):
                    self.send_header("Location", pages.leads_to)
                self.send_header("Content-Type", "text/markdown")
                self.send_header("Content-Length", "0" if self.path.startswith("/away") else str(len(LIST)))
                self.end_headers()
                if not self.path.startswith("/away"):
                    self.wfile.write(LIST)

            def log_message(self, *words: object) -> None:
                pass

        first = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = first.server_address[1]
        self.servers = [first, ThreadingHTTPServer(("127.0.0.2", self.port), Handler)]
        for one in self.servers:
            threading.Thread(target=one.serve_forever, daemon=True).start()

    def close(self) -> None:
        for one in self.servers:
            one.shutdown()
            one.server_close()


@pytest.fixture
def pages() -> Iterator[Pages]:
    found = Pages()
    yield found
    found.close()


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
def test_a_redirect_to_a_private_host_is_refused_however_it_is_written(host: str) -> None:
    """Numbers of every base and length, addresses within addresses, names of this machine; nothing is asked there."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"Location": f"https://{host}:8888/secret".encode()})

    with httpx.Client(transport=httpx.MockTransport(answer)) as client, pytest.raises(ReadingListError) as caught:
        read_sources(["https://ada:word@example.org/a.md"], client=client)
    # httpx itself takes some of these for no address.
    assert str(caught.value).startswith(
        ("https://example.org/a.md is not read: it leads to ", "https://example.org/a.md cannot be read")
    )
    assert asked == ["example.org"]


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
def test_a_client_contacts_no_private_host(host: str) -> None:
    """The same hosts, asked for by a client whose user typed another one."""
    with checked_client(["https://example.org"], timeout=TIMES) as client, pytest.raises((NotPublicError, httpx.InvalidURL)):
        client.get(f"http://{host}:9/")


def test_public_addresses_stay_public() -> None:
    """Also those carried inside an IPv6 address; real names are no numbers."""
    for address in ("93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "::ffff:93.184.216.34", "2002:5db8:d822::1"):
        assert is_public(address), address
    assert [written_address(name) for name in ("example.org", "1.2.3.4.5", "0xg.1", "a1", "999.1.1.1", "")] == [""] * 6


def test_a_name_that_leads_to_a_private_address_is_refused_at_every_hop(pages: Pages) -> None:
    """What was typed may be private; another name that resolves to a private address gets no request."""
    where = {"typed.example": ["127.0.0.1"], "evil.example": ["127.0.0.2"], "mapped.example": ["::ffff:127.0.0.2"]}
    typed = f"http://typed.example:{pages.port}"
    for name in ("evil.example", "mapped.example"):
        pages.leads_to = f"http://{name}:{pages.port}/secret"
        with checked_client([typed], timeout=TIMES, lookup=where.__getitem__) as client:
            assert client.get(typed).content == LIST
            with pytest.raises(NotPublicError, match=name):
                client.get(f"{typed}/away", follow_redirects=True)
    assert {host for host, _, _ in pages.asked} == {"127.0.0.1"}
    pages.leads_to = f"http://evil.example:{pages.port}/open"
    with checked_client([typed], timeout=TIMES, lookup=where.__getitem__, allow_private=True) as client:
        assert client.get(f"{typed}/away", follow_redirects=True).content == LIST
    assert pages.asked[-1] == ("127.0.0.2", f"evil.example:{pages.port}", "/open")


def test_the_connection_goes_to_the_address_that_was_checked(pages: Pages) -> None:
    """A name that means another machine at every look-up is looked up once, and its own name stays in the request."""
    answers = iter([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]])
    typed = f"http://typed.example:{pages.port}"
    with checked_client([typed], timeout=TIMES, lookup=lambda _: next(answers)) as client:
        for path in ("/a", "/b"):
            assert client.get(f"{typed}{path}").content == LIST
    assert pages.asked == [("127.0.0.2", f"typed.example:{pages.port}", path) for path in ("/a", "/b")]


def test_an_address_that_does_not_answer_gives_way_to_the_next(pages: Pages) -> None:
    """As with every other client."""
    typed = f"http://typed.example:{pages.port}"
    with checked_client([typed], timeout=TIMES, lookup=lambda _: ["127.0.0.3", "127.0.0.2"]) as client:
        assert client.get(typed).content == LIST


def test_a_proxy_gets_no_private_address_either(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that only the proxy knows is left to it; what this machine knows to be private is not passed on."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{pages.port}")

    def lookup(name: str) -> list[str]:
        if name == "inside.example":
            return ["10.0.0.7"]
        raise OSError("not known here")

    with checked_client(["http://typed.example"], timeout=TIMES, lookup=lookup) as client:
        assert client.get("http://outside.example/list.md").content == LIST
        for host in ("inside.example", "169.254.169.254", "localhost", "2130706433"):
            with pytest.raises(NotPublicError):
                client.get(f"http://{host}/list.md")
    assert [path for _, _, path in pages.asked] == ["http://outside.example/list.md"]


@pytest.mark.parametrize("host", ["127.1", "localhost", "2130706433", "127.0.0.2", "0.0.0.0", "[::ffff:127.0.0.1]"])
def test_import_reads_what_was_typed_and_goes_nowhere_else(pages: Pages, folder: Path, host: str) -> None:
    """A list on this machine can be typed; its server cannot send the import to another private host without --private."""
    pages.leads_to = f"http://{host}:{pages.port}/secret"
    typed = f"http://127.0.0.1:{pages.port}"
    assert "1 entry" in run(folder, "import", f"{typed}/trees.md", "--dry-run").stdout
    said = run(folder, "import", f"{typed}/away", "--dry-run", code=1).stderr
    assert "is not read" in said
    assert "/secret" not in [path for _, _, path in pages.asked]
    if host != "[::ffff:127.0.0.1]":
        assert "1 entry" in run(folder, "import", f"{typed}/away", "--dry-run", "--private").stdout


def test_fill_follows_no_redirect_into_a_private_network(service: Service, pages: Pages, folder: Path) -> None:  # noqa: F811
    """The address of a mirror may be private when it was typed; wherever it leads must be public, or --private be given."""
    service.papers["2109.01652"] = entry("2109.01652", "Finetuned Models")
    pages.leads_to = f"{service.url}/arxiv".replace("127.0.0.1", "localhost")
    mirror = ["--arxiv-url", f"http://127.0.0.1:{pages.port}/away", "--crossref-url", f"{service.url}/works"]
    # The page that leads away drops the query, so the service answers with every paper that it has.
    said = run(folder, "fill", "--item", "tuned", "--json", *mirror)
    assert json.loads(said.stdout)["changes"] == []
    assert "localhost is this machine or in a private network" in said.stderr
    assert not service.requests
    run(folder, "fill", "--item", "tuned", "--json", "--private", *mirror)
    assert service.requests
