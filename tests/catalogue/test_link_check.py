"""Which links still lead somewhere: asked of real local servers that redirect, refuse, lie, hang and break off."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studygroup.catalogue.items.csv_table import empty_items
from studygroup.catalogue.online.link_check import LinkState, OfflineError, check_links, is_public
from studygroup.errors import StudygroupError
from studygroup.version import __version__
from tests.support.laws import examples
from tests.support.needs import program

T = TypeVar("T")

REDIRECTS = {301, 302, 303, 307, 308}


@dataclass
class Page:
    """What a server does with one path; ``head`` differs from what GET gets when it is given."""

    status: int = 200
    to: str = ""
    head: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    drop: str = ""
    hang: bool = False
    endless: bool = False


@dataclass
class Site:
    """A server for every host of a test: which one is asked is in the Host header."""

    pages: dict[str, Page] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, list[str]] = field(default_factory=dict)
    delay_s: float = 0
    now: float = 0
    waits: list[float] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    busy: Counter[str] = field(default_factory=Counter)
    busiest: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    port: int = 0

    async def wait(self, seconds: float) -> None:
        """Move the clock; nothing is waited for."""
        self.waits.append(round(seconds, 3))
        self.now += seconds
        await asyncio.sleep(0)

    async def lookup(self, host: str) -> list[str]:
        """Know every host but some."""
        if host in self.unknown:
            raise socket.gaierror(self.unknown[host], "Name or service not known")
        return self.addresses.get(host, ["127.0.0.1"])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the client has enough."""
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first = await reader.readexactly(1)
        if first == b"\x16":
            writer.write(b"HTTP/1.1 400 This is no TLS\r\n\r\n")
            return False
        lines = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ")
        self.heads.append({name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)})
        host = self.heads[-1]["host"].split(":")[0]
        self.requests.append((method, f"{host}{path}"))
        self.seen.append(time.monotonic())
        for counted in (host, "all"):
            self.busy[counted] += 1
            self.busiest[counted] = max(self.busiest[counted], self.busy[counted])
        await asyncio.sleep(self.delay_s)
        for counted in (host, "all"):
            self.busy[counted] -= 1
        page = self.pages.get(path, Page(404))
        if page.hang:
            await reader.read()
        if page.drop in {method, "all"}:
            return False
        status = page.head or page.status if method == "HEAD" else page.status
        location = page.to.replace("PORT", str(self.port))
        headers = {**({"Location": location} if status in REDIRECTS and location else {}), **page.headers}
        written = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {10**9 if page.endless else 0}\r\n{written}\r\n".encode())
        while page.endless and method == "GET":
            writer.write(b"x" * 65536)
            await writer.drain()
            self.sent += 65536
        return self.heads[-1].get("connection") != "close"


def in_a_thread(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine comes to, run in a thread of its own: a browser of other tests may hold this thread's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def table(*rows: dict[str, str]) -> pd.DataFrame:
    """Return items; what a row does not say is empty."""
    empty = empty_items()
    filled = [{name: None if name == "year" else "" for name in empty.columns} | row for row in rows]
    return pd.DataFrame(filled, columns=empty.columns).astype(empty.dtypes.to_dict())


def check(site: Site, items: pd.DataFrame, tls: ssl.SSLContext | None = None, **options: Any) -> list[LinkState]:
    """Return the links' states; PORT in an address is the server's."""

    async def main() -> list[LinkState]:
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=tls)
        site.port = server.sockets[0].getsockname()[1]
        here = items.assign(**{name: items[name].str.replace("PORT", str(site.port)) for name in ("url", "links")})
        before = here.copy()
        verify = options.pop("verify", True)
        async with server, httpx.AsyncClient(trust_env=False, timeout=5, verify=verify) as client:
            fixed = {"wait": site.wait, "clock": lambda: site.now, "lookup": site.lookup, "allow_private": True}
            states = await check_links(here, client=client, **{"sessions_of": {}, **fixed, **options})
        pd.testing.assert_frame_equal(before, here)
        return states

    return in_a_thread(main())


def state_of(site: Site, url: str, **options: Any) -> tuple[str, int | None, str, str]:
    """Return state, status, reason and new address of one link."""
    [found] = check(site, table({"id": "a", "url": url}), **options)
    return found.state, found.status, found.reason, found.leads_to.replace(str(site.port), "PORT")


@pytest.mark.parametrize(
    ("page", "expected", "methods"),
    [
        (Page(), ("ok", 200, "", ""), "HEAD"),
        (Page(204), ("ok", 204, "", ""), "HEAD"),
        (Page(200, head=405), ("ok", 200, "", ""), "HEAD GET"),
        (Page(200, head=501), ("ok", 200, "", ""), "HEAD GET"),
        (Page(200, head=403), ("ok", 200, "", ""), "HEAD GET"),
        (Page(200, head=404), ("ok", 200, "", ""), "HEAD GET"),
        (Page(200, drop="HEAD"), ("ok", 200, "", ""), "HEAD GET"),
        (Page(404), ("dead", 404, "Not Found", ""), "HEAD GET"),
        (Page(410), ("dead", 410, "Gone", ""), "HEAD GET"),
        (Page(403), ("cannot tell", 403, "Forbidden", ""), "HEAD GET"),
        (Page(404, head=403), ("dead", 404, "Not Found", ""), "HEAD GET"),
        (Page(403, head=404), ("cannot tell", 403, "Forbidden", ""), "HEAD GET"),
        (Page(401), ("cannot tell", 401, "Unauthorized", ""), "HEAD GET"),
        (Page(429), ("cannot tell", 429, "Too Many Requests", ""), "HEAD"),
        (Page(500), ("cannot tell", 500, "Internal Server Error", ""), "HEAD GET"),
        (Page(503), ("cannot tell", 503, "Service Unavailable", ""), "HEAD GET"),
        (Page(999), ("cannot tell", 999, "status 999", ""), "HEAD GET"),
        (Page(301), ("cannot tell", 301, "Moved Permanently", ""), "HEAD"),
        (Page(200, head=405, endless=True), ("ok", 200, "", ""), "HEAD GET"),
    ],
    ids=str,
)
def test_what_a_status_means(page: Page, expected: tuple[str, int, str, str], methods: str) -> None:
    """HEAD first; GET where HEAD is refused, dropped or says that something is wrong; no body is read."""
    site = Site({"/a": page})
    assert state_of(site, "http://a.example:PORT/a") == expected
    assert [method for method, _ in site.requests] == methods.split()
    assert site.sent < 2**24


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ({"/a": Page(301, "/b"), "/b": Page()}, ("moved", 200, "", "http://a.example:PORT/b")),
        ({"/a": Page(308, "//b.example:PORT/b#x"), "/b": Page()}, ("moved", 200, "", "http://b.example:PORT/b#x")),
        ({"/a": Page(302, "/b"), "/b": Page()}, ("ok", 200, "", "")),
        ({"/a": Page(307, "/b"), "/b": Page(301, "/c"), "/c": Page()}, ("ok", 200, "", "")),
        ({"/a": Page(301, "/b"), "/b": Page(302, "/c"), "/c": Page()}, ("moved", 200, "", "http://a.example:PORT/b")),
        ({"/a": Page(301, "/a/"), "/a/": Page()}, ("ok", 200, "", "")),
        ({"/a": Page(301, "/b")}, ("dead", 404, "Not Found", "http://a.example:PORT/b")),
        ({"/a": Page(301, "/b"), "/b": Page(403)}, ("cannot tell", 403, "Forbidden", "http://a.example:PORT/b")),
        ({"/a": Page(301, "/a")}, ("cannot tell", 301, "more than 10 redirects", "")),
        ({"/a": Page(301, "mailto:x@y.example")}, ("cannot tell", None, "it leads to no http(s) address", "")),
        ({"/a": Page(301, "http://[")}, ("cannot tell", 301, "it leads to no http(s) address", "http://[")),
        ({"/a": Page(301, "http://gone.example/")}, ("dead", None, "unknown host", "http://gone.example/")),
    ],
)
def test_where_redirects_lead(pages: dict[str, Page], expected: tuple[str, int | None, str, str]) -> None:
    """A permanent redirect to another page is a move; a temporary one, or one to the same page, is none."""
    site = Site(pages, unknown={"gone.example": socket.EAI_NONAME})
    assert state_of(site, "http://a.example:PORT/a") == expected


def test_every_link_is_listed_with_its_sessions() -> None:
    """Main and other links in the catalogue's order; an address that stands twice is asked for once, without its fragment."""
    site = Site({"/a": Page(), "/old": Page(301, "/new"), "/new": Page()})
    links = "[Code](http://x.example:PORT/old#top) [Mail](mailto:a@b.example) [PDF](http://x.example:PORT/a#p2)"
    items = table(
        {"id": "one", "url": "http://x.example:PORT/a", "links": links},
        {"id": "none"},
        {"id": "two", "url": "http://x.example:PORT/gone", "links": "not [links"},
        {"id": "three", "url": "http://x.example:PORT/a"},
    )
    seen: list[tuple[int, int]] = []
    sessions = {"one": ["2026-11-20", "2026-11-27"], "two": ["2026-12-04"]}
    found = check(site, items, sessions_of=sessions, progress=lambda done, total: seen.append((done, total)))
    base, both = f"http://x.example:{site.port}", ("2026-11-20", "2026-11-27")
    assert found[:4] == [
        LinkState("one", "url", f"{base}/a", "ok", 200, sessions=both),
        LinkState("one", "Code", f"{base}/old#top", "moved", 200, "", f"{base}/new#top", both),
        LinkState("one", "Mail", "mailto:a@b.example", "cannot tell", None, "no http(s) address", "", both),
        LinkState("one", "PDF", f"{base}/a#p2", "ok", 200, sessions=both),
    ]
    assert found[4] == LinkState("two", "url", f"{base}/gone", "dead", 404, "Not Found", "", ("2026-12-04",))
    assert (found[5].link, found[5].state, found[5].reason[:23]) == ("links", "cannot tell", "the cell cannot be read")
    assert found[6] == LinkState("three", "url", f"{base}/a", "ok", 200)
    assert [path for _, path in site.requests].count("x.example/a") == 1
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_host_is_asked_gently() -> None:
    """At most two requests at once and half a second between two beginnings, while other hosts go on; 16 in all."""
    site = Site({f"/{number}": Page() for number in range(6)}, delay_s=0.05)
    rows = [{"id": f"{host}-{n}", "url": f"http://h{host}.example:PORT/{n}"} for host in range(20) for n in range(2)]
    assert {one.state for one in check(site, table(*rows))} == {"ok"}
    assert site.busiest.pop("all") == 16
    assert max(site.busiest.values()) <= 2
    rows = [{"id": str(n), "url": f"http://a.example:PORT/{n}"} for n in range(6)]
    lone = Site(site.pages, delay_s=0.05)
    assert len(check(lone, table(*rows))) == 6
    assert (lone.waits, lone.busiest["a.example"]) == ([0.5] * 5, 2)


def test_a_host_is_asked_gently_in_real_time() -> None:
    """The server sees the distance between the beginnings, also when answers come at once."""
    site = Site({f"/{number}": Page() for number in range(5)})
    rows = [{"id": str(n), "url": f"http://a.example:PORT/{n}"} for n in range(5)]
    assert len(check(site, table(*rows), gap_s=0.1, wait=asyncio.sleep, clock=time.monotonic)) == 5
    # Connecting takes its time, so that a little of the distance can be lost on the way.
    assert all(later - sooner > 0.05 for sooner, later in pairwise(site.seen))


@pytest.mark.parametrize(("header", "pause_s"), [({}, 5), ({"Retry-After": "9"}, 9), ({"Retry-After": "3600"}, 30)])
def test_a_host_that_wants_less_gets_a_pause(header: dict[str, str], pause_s: float) -> None:
    """After a 429 its next request waits as long as it says, at most half a minute."""
    site = Site({"/a": Page(429, headers=header), "/b": Page()})
    rows = [{"id": "a", "url": "http://a.example:PORT/a"}, {"id": "b", "url": "http://a.example:PORT/b"}]
    assert [one.state for one in check(site, table(*rows), per_host=1)] == ["cannot tell", "ok"]
    assert site.waits == [pause_s]


def test_hosts_that_no_one_knows() -> None:
    """An unknown host is dead, one that cannot be looked up now is not; when none is known, the machine is offline."""
    site = Site({"/": Page()}, {"gone.example": socket.EAI_NONAME, "later.example": socket.EAI_AGAIN})
    rows = [{"id": one, "url": f"http://{one}.example:PORT/"} for one in ("gone", "later", "here")]
    found = check(site, table(*rows))
    assert [(one.state, one.reason) for one in found] == [
        ("dead", "unknown host"),
        ("cannot tell", "host not looked up: later.example: Name or service not known"),
        ("ok", ""),
    ]
    with pytest.raises(OfflineError) as caught:
        check(site, table(*rows[:2], {"id": "number", "url": "http://127.0.0.1:PORT/"}))
    assert isinstance(caught.value, StudygroupError)
    assert str(caught.value) == (
        "No host name could be looked up (gone.example: Name or service not known), so this machine seems to have no network; "
        "run `studygroup links` again when there is one."
    )


def test_private_addresses_are_not_contacted() -> None:
    """Neither by number nor by name nor behind a redirect; a name that has a public address too is asked there only."""
    private = ("cannot tell", None, "a private address is not contacted", "")
    for host in ("127.0.0.1", "[::1]", "localhost", "2130706433", "intern.example"):
        site = Site({"/": Page()}, addresses={"[::1]": ["::1"]})
        assert state_of(site, f"http://{host}:PORT/", allow_private=False) == private
        assert site.requests == []


def test_a_redirect_into_the_own_network_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With only one of this machine's addresses counted as public, the other one stays untouched."""
    monkeypatch.setattr("studygroup.catalogue.online.link_check.is_public", lambda address: address == "127.0.0.1")
    site = Site({"/a": Page(301, "http://intern.example:PORT/b"), "/b": Page()}, addresses={"intern.example": ["127.0.0.2"]})
    expected = ("cannot tell", None, "a private address is not contacted", "http://intern.example:PORT/b")
    assert state_of(site, "http://a.example:PORT/a", allow_private=False) == expected
    assert [path for _, path in site.requests] == ["a.example/a"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *((one, True) for one in ("93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "::ffff:93.184.216.34")),
        *((one, False) for one in ("127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254")),
        *((one, False) for one in ("100.64.0.1", "224.0.0.251", "239.1.1.1", "255.255.255.255", "198.18.0.1", "")),
        *((one, False) for one in ("::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1")),
        *((one, False) for one in ("2002:7f00:1::", "a.example")),
    ],
)
def test_which_addresses_are_public(address: str, expected: bool) -> None:
    """Also those that carry another one inside."""
    assert is_public(address) is expected


def test_what_cannot_be_told() -> None:
    """Time-outs, broken answers, closed ports, TLS that is none and addresses that are none; one spoils no other."""
    site = Site({"/hang": Page(hang=True), "/drop": Page(drop="all"), "/ok": Page()})
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        urls = {
            "hang": "http://a.example:PORT/hang",
            "drop": "http://a.example:PORT/drop",
            "port": f"http://a.example:{closed.getsockname()[1]}/",
            "tls": "https://a.example:PORT/ok",
            "odd": "http://a.example:99999/",
            "label": f"http://{'a' * 64}.example:PORT/ok",
            "ok": "http://a.example:PORT/ok",
        }
        found = check(site, table(*({"id": name, "url": url} for name, url in urls.items())), timeout_s=0.3)
    assert {one.item: (one.state, one.reason.split(":")[0]) for one in found} == {
        "hang": ("cannot tell", "no answer in time"),
        "drop": ("cannot tell", "the answer broke off"),
        "port": ("cannot tell", "no connection"),
        "tls": ("cannot tell", "TLS"),
        "odd": ("cannot tell", "no address that can be asked for"),
        "label": ("ok", ""),
        "ok": ("ok", ""),
    }


def test_an_address_that_does_not_answer_gives_way_to_the_next() -> None:
    """A host with several IP addresses is alive when one of them answers."""
    site = Site({"/": Page()}, addresses={"a.example": ["127.0.0.9", "::1", "127.0.0.1"]})
    assert state_of(site, "http://a.example:PORT/") == ("ok", 200, "", "")


def test_a_request_gives_nothing_away() -> None:
    """It names the project and carries neither cookies of another host nor a password that is in a link."""
    site = Site({"/a": Page(301, "/b", headers={"Set-Cookie": "who=ada"}), "/b": Page()})
    assert state_of(site, "http://ada:secret@a.example:PORT/a")[0] == "moved"
    assert {head["user-agent"].split(" ")[0] for head in site.heads} == {f"studygroup/{__version__}"}
    assert not [head for head in site.heads if "cookie" in head or "authorization" in head]


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Return a certificate for a name, signed by itself, and its key."""
    openssl = program("openssl")
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def server_context(made: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*made)
    return context


def test_tls_is_about_the_name(tmp_path: Path) -> None:
    """Hosts that share an IP address each get their own name in the handshake; a wrong certificate cannot tell."""
    made = {name: make_certificate(tmp_path, name) for name in ("a.example", "b.example")}
    contexts = {name: server_context(one) for name, one in made.items()}
    asked: list[str] = []

    def choose(connection: ssl.SSLObject | ssl.SSLSocket, name: str, _: ssl.SSLContext) -> None:
        asked.append(name)
        connection.context = contexts.get(name, contexts["a.example"])

    served = server_context(made["a.example"])
    served.sni_callback = choose  # type: ignore[assignment]
    trusted = ssl.create_default_context()
    for certificate, _ in made.values():
        trusted.load_verify_locations(certificate)
    rows = [{"id": one, "url": f"https://{one}.example:PORT/{n}"} for n in range(2) for one in ("a", "b", "c")]
    site = Site({"/0": Page(), "/1": Page()})
    found = check(site, table(*rows), served, verify=trusted)
    assert [one.state for one in found] == ["ok", "ok", "cannot tell"] * 2
    assert found[2].reason.startswith("TLS: Hostname mismatch")
    assert sorted(asked) == sorted(["a.example", "b.example", "c.example"] * 2)


@settings(max_examples=examples(60))
@given(st.text() | st.text("a.:/[]@%#?0\\ \t\n\x00é。").map("http://".__add__), st.text("a:/[]@%#?\\é\x7f"))
def test_any_address_has_a_state(url: str, location: str) -> None:
    """Whatever is in a cell, or behind a redirect."""
    site = Site({"/a": Page(301, location.encode("ascii", "replace").decode().replace("\x7f", ""))})
    found = check(site, table({"id": "a", "url": url}, {"id": "b", "url": "http://x.example:PORT/a"}), timeout_s=1)
    assert len(found) == 1 + bool(url)


def test_nothing_to_check() -> None:
    """An empty catalogue has no links, and no network is needed to say so."""
    assert check(Site(), table({"id": "a"})) == []
    assert check(Site(), empty_items()) == []


def test_the_own_lookup_knows_this_machine() -> None:
    """Without a lookup of its own, a check asks the system."""
    from studygroup.catalogue.online.link_check import look_up

    assert "127.0.0.1" in in_a_thread(look_up("localhost"))
    assert in_a_thread(look_up("127.0.0.1")) == ["127.0.0.1"]
