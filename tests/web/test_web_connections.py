"""Connections are bounded: silent, slow and ambiguous ones are closed, and a visitor comes in while hundreds of them are there."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.groups import served_group
from tests.support.needs import PATIENCE_S, until
from tests.support.web_server import Server

# Short times, by the argument that serving takes; an address may have 60 connections that wait, and there may be 150 in all.
SHORT = """
from functools import partial
from studygroup.web.page import serve
from studygroup.web.gate.connections import Bounds
serve.run = partial(serve.run, bounds=Bounds(headers_s=1.5, body_s=1.5, idle_s=1, unread_s=3, an_address=60, most=150))
"""
HOST = b"Host: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_group(tmp_path_factory.mktemp("connections") / "book", before=SHORT) as started:
        yield started


def plug(server: Server, sent: bytes = b"", address: str = "127.0.0.1") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S, source_address=(address, 0))
    if sent:
        made.sendall(sent)
    return made


def wait_until_closed(end: socket.socket, every_s: float = PATIENCE_S, byte: bytes = b"") -> None:
    """Wait until the server closes a connection, on which a byte is sent now and then."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        ready, _, _ = select.select([end], [], [], every_s)
        try:
            if ready and not end.recv(65536):
                return
            if byte:
                end.sendall(byte)
        except OSError:
            return
    raise AssertionError("still open")


def is_closed(end: socket.socket) -> bool:
    ready, _, _ = select.select([end], [], [], 0)
    try:
        return bool(ready) and not end.recv(65536)
    except OSError:
        return True


def answer(end: socket.socket) -> bytes:
    said = b""
    while b"\r\n\r\n" not in said and (more := end.recv(65536)):
        said += more
    return said


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"G",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X-Slow: ",
        b"GET /jupyter/api/kernels/x/channels HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n",
        b"POST /join HTTP/1.1\r\n" + HOST + b"Content-Length: 2000\r\n\r\n",
        b"POST /join HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n",
    ],
    ids=["nothing", "an empty line", "a letter", "a line", "half a header", "half a socket", "no body", "no chunk"],
)
def test_a_request_that_does_not_come_is_not_waited_for(server: Server, sent: bytes) -> None:
    """Whatever it began with, its connection is closed after the time that is allowed."""
    with plug(server, sent) as end:
        wait_until_closed(end)


@pytest.mark.parametrize(
    ("sent", "byte"),
    [
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-Slow: ", b"x"),
        (b"GET / HTTP/1.1\r\n", b"x: y\r\n"),
        (b"", b"\r\n"),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n", b"\r\n"),
        (f"POST /join HTTP/1.1\r\nOrigin: http://127.0.0.1\r\n{HOST.decode()}Content-Length: 2000\r\n\r\n".encode(), b"x"),
        (b"POST /nowhere HTTP/1.1\r\n" + HOST + b"Content-Length: 2000\r\n\r\n", b"x"),
        (b"POST /nowhere HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["a header", "many headers", "empty lines", "after an answer", "a body", "a body that is not wanted", "chunks"],
)
def test_a_byte_now_and_then_does_not_buy_more_time(server: Server, sent: bytes, byte: bytes) -> None:
    """The time is for the whole, and not for each byte of it."""
    with plug(server, sent) as end:
        wait_until_closed(end, 0.2, byte)


def test_a_connection_is_used_again_and_closed_when_it_is_idle(server: Server) -> None:
    """Three requests on one connection, in pieces; then nothing."""
    with plug(server) as end:
        for _ in range(3):
            for part in (b"GET /healthz HTTP/1.1\r\n", HOST, b"\r\n"):
                end.sendall(part)
                until(lambda: has_read(server, end))
            assert answer(end).startswith(b"HTTP/1.1 200")
        wait_until_closed(end)


def test_an_answer_that_is_not_read_is_not_kept(server: Server) -> None:
    """Large files asked for again and again, and never read: the server lets go of the connection, whose other end is not told."""
    script = "/vendor/@widgetti/solara-vuetify3-app@5.2.0/dist/solara-vuetify-app8.min.js"
    with socket.socket() as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        end.connect(("127.0.0.1", server.port))
        end.sendall(f"GET {script} HTTP/1.1\r\n{HOST.decode()}\r\n".encode() * 20)
        until(lambda: is_held(server, end))
        until(lambda: not is_held(server, end))


def rows_between(server: Server, end: socket.socket) -> tuple[list[list[str]], list[list[str]]]:
    """Return the rows of the kernel's table of connections for the server's end of one, and for ours."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ports = f":{server.port:04X}", f":{end.getsockname()[1]:04X}"
    theirs, ours = ([row for row in rows if (row[1][8:], row[2][8:]) == pair] for pair in (ports, ports[::-1]))
    return theirs, ours


def is_held(server: Server, end: socket.socket) -> bool:
    """Return whether the server still has its end of a connection open: one that it let go has no inode."""
    return any(row[9] != "0" for row in rows_between(server, end)[0])


def has_read(server: Server, end: socket.socket) -> bool:
    """Return whether the server has read all that was sent to it: nothing is under way, and nothing waits for it."""
    [theirs], [ours] = rows_between(server, end)
    return ours[4].startswith("00000000:") and theirs[4].endswith(":00000000")


def test_a_visitor_comes_in_while_hundreds_are_silent(server: Server) -> None:
    """From one address and from many: the oldest silent ones make room, an open page goes on, and no memory is held."""
    page = server.page(server.cookie("bo"))
    ends = []
    try:
        for number in range(600):
            ends.append(plug(server, b"GET / HTTP/1.1\r\n" if number % 2 else b"", f"127.0.0.{2 + number % 8}"))
            if number % 100 == 99:
                assert server.get("/healthz").status_code == 200
                page.save()
                assert "Saved" in page.shown()
        # No more than are allowed stay, even before their time is over.
        until(lambda: sum(map(is_closed, ends)) >= 450)
        other = server.page(server.cookie("zoe-obrien-li"))
        other.save()
        assert "Saved" in other.shown()
    finally:
        for end in ends:
            end.close()


@pytest.mark.server
def test_one_address_cannot_take_every_connection(tmp_path: Path) -> None:
    """Its oldest silent connection makes room for its next, long before its time is over; those of another address stay."""
    patient = SHORT.replace("headers_s=1.5", "headers_s=900")
    with served_group(tmp_path / "book", before=patient) as server, ExitStack() as ends_with:
        other = ends_with.enter_context(plug(server, b"GET / HTTP/1.1\r\n", "127.0.0.99"))
        ends = [ends_with.enter_context(plug(server, address="127.0.0.98")) for _ in range(100)]
        until(lambda: all(map(is_closed, ends[:40])))
        assert not any(map(is_closed, [other, *ends[40:]]))


AMBIGUOUS = [
    b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"content-length: 0\r\nTRANSFER-ENCODING: Chunked\r\n\r\n0\r\n\r\n",
    b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nabcde",
    b"Content-Length: +5\r\n\r\nabcde",
    b"Content-Length : 5\r\n\r\nabcde",
]


@pytest.mark.parametrize("rest", AMBIGUOUS)
@pytest.mark.parametrize("first", [b"POST /join", b"GET /healthz"])
def test_a_request_whose_end_is_not_clear_is_refused(server: Server, first: bytes, rest: bytes) -> None:
    """With 400, and nothing after it on the connection is taken for a request."""
    hidden = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    origin = f"Origin: http://127.0.0.1:{server.port}\r\n".encode()
    with plug(server, first + b" HTTP/1.1\r\n" + HOST + origin + rest + hidden) as end:
        said = b""
        while more := end.recv(65536):
            said += more
        assert said.startswith(b"HTTP/1.1 400") and said.count(b"HTTP/1.1 ") == 1
        assert b"connection: close" in said.lower()


def test_chunks_in_a_version_that_has_none_are_refused(server: Server) -> None:
    """HTTP/1.0 knows no chunks."""
    with plug(server, b"POST /join HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n") as end:
        assert answer(end).startswith(b"HTTP/1.1 400")
        wait_until_closed(end)


def test_a_socket_that_is_refused_is_closed(server: Server) -> None:
    """No one stays connected by asking for a page without a cookie."""
    asking = (
        b"GET /jupyter/api/kernels/00000000-0000-0000-0000-000000000001/channels?session_id=00000000-0000-0000-0000-000000000002"
        b" HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    with plug(server, asking) as end:
        assert answer(end).startswith(b"HTTP/1.1 403")
        wait_until_closed(end)


def trust_a_proxy(root: Path) -> None:
    settings = root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("\n[[", 'trusted_proxies = ["127.0.0.3"]\n\n[[', 1))


@pytest.mark.server
def test_a_trusted_proxy_may_have_many_connections(tmp_path: Path) -> None:
    """It connects for all visitors: what bounds one address does not bound it."""
    few = SHORT.replace("an_address=60", "an_address=5").replace("headers_s=1.5", "headers_s=30")
    with served_group(tmp_path / "book", trust_a_proxy, few) as server, ExitStack() as ends_with:
        ends = {
            address: [ends_with.enter_context(plug(server, address=address)) for _ in range(20)]
            for address in ("127.0.0.3", "127.0.0.4")
        }
        until(lambda: sum(map(is_closed, ends["127.0.0.4"])) >= 15)
        assert sum(map(is_closed, ends["127.0.0.4"])) == 15
        assert not any(map(is_closed, ends["127.0.0.3"]))


@pytest.mark.server
def test_with_the_usual_times_silent_connections_go_and_visitors_come_in(tmp_path: Path) -> None:
    """Three hundred silent connections from one address, as the server is started by everyone."""
    with served_group(tmp_path / "book") as server, ExitStack() as ends_with:
        ends = [ends_with.enter_context(plug(server)) for _ in range(300)]
        page = server.page(server.cookie("bo"))
        page.save()
        assert "Saved" in page.shown()
        until(lambda: all(map(is_closed, ends)))
        page.save()
