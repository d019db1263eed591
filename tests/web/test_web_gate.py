"""The gate of the members' page, tried against the running server with everything that was seen to break one without it."""

from __future__ import annotations

import json
import re
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from studygroup.workbook.workbook import Workbook
from tests.support.groups import served_group
from tests.support.needs import PATIENCE_S, until
from tests.support.web_server import Server, ask

STALL_S = 20
"""Well below what one hostile frame once cost everyone: 24 seconds."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_group(tmp_path_factory.mktemp("web") / "book") as started:
        yield started


@pytest.fixture(autouse=True)
def no_page_stays_open(server: Server) -> Iterator[None]:
    """Pages count, so each test closes its own."""
    yield
    server.close_pages()


@pytest.fixture(scope="module")
def bo(server: Server) -> str:
    """Bo's cookie."""
    return server.cookie("bo")


def refused(server: Server, cookie: str = "", **options: str | None) -> int:
    """Return the status with which a socket is refused."""
    with pytest.raises(InvalidStatus) as caught:
        server.page(cookie, run=False, **options)
    return caught.value.response.status_code


def lives(server: Server) -> bool:
    """Whether a page can be opened and used right now, in good time."""
    started = time.monotonic()
    page = server.page(server.cookie("zoe-obrien-li"))
    page.save()
    page.close()
    return "Saved" in page.shown() and time.monotonic() - started < STALL_S


# Who may come in

PRIVATE = [
    ("GET", "/"),
    ("GET", "/here"),
    ("POST", "/leave"),
    ("POST", f"/_solara/api/close/{uuid.UUID(int=1)}?session_id={uuid.UUID(int=2)}"),
]


@pytest.mark.parametrize(("method", "path"), PRIVATE)
@pytest.mark.parametrize("cookie", ["", "forged", "a.b"])
def test_nothing_but_joining_and_assets_is_there_without_a_cookie(server: Server, method: str, path: str, cookie: str) -> None:
    """A plain page says what to do; a forged cookie is none."""
    answer = server.get(path, cookie, method)
    assert answer.status_code == 401
    assert "Please open your invite link" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/join", "/healthz", "/own/join.js", "/own/assist.js", "/static/main-vuetify.js", "/favicon.ico"]
)
def test_joining_and_assets_need_none(server: Server, path: str) -> None:
    """And they set none either."""
    answer = server.get(path)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_a_socket_needs_a_cookie_and_its_own_origin(server: Server, bo: str) -> None:
    """A forged cookie, no Origin, a foreign one, null, another port or scheme: refused before anything is opened."""
    own = server.url
    assert refused(server) == 403
    assert refused(server, "forged") == 403
    for origin in (
        None,
        "https://evil.example",
        "null",
        own.replace("http", "https"),
        "http://127.0.0.1:1",
        own + ".evil.example",
    ):
        assert refused(server, bo, origin=origin) == 403, origin


def test_only_our_hosts_are_answered(server: Server, bo: str) -> None:
    """A name that an attacker points at this address gets nothing, on pages and sockets."""
    for host in ("evil.example", f"evil.example:{server.port}", "", "127.0.0.1.evil.example"):
        assert server.get("/", bo, host=host).status_code in {421, 400}, host
    with pytest.raises(InvalidStatus) as caught:
        connect(
            f"ws://evil.example:{server.port}/jupyter/api/kernels/{uuid.uuid4()}/channels?session_id={uuid.uuid4()}",
            additional_headers={"Cookie": f"studygroup={bo}"},
            origin=f"http://evil.example:{server.port}",
            sock=socket.create_connection(("127.0.0.1", server.port)),
        )
    assert caught.value.response.status_code == 403
    two = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n"
    assert raw(server, two).split(b" ")[1] in {b"400", b"421"}


def raw(server: Server, sent: bytes, wait_s: float = PATIENCE_S) -> bytes:
    """Return what the server answers to some bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait_s) as plug:
        plug.sendall(sent)
        return plug.recv(65536)


def test_a_post_from_another_site_is_turned_away(server: Server, bo: str) -> None:
    """No one can be signed in or out by a foreign page."""
    for path in ("/join", "/join/who", "/leave"):
        for origin in ("https://evil.example", "null", ""):
            assert server.get(path, bo, "POST", origin=origin).status_code == 403


def test_headers_of_proxies_and_of_ours_are_not_believed(server: Server, bo: str) -> None:
    """A first request with X-Script-Name once pointed every later visitor's assets elsewhere."""
    forged = {
        "x_script_name": "//evil.example",
        "script_name": "//evil.example",
        "x_forwarded_host": "evil.example",
        "x_forwarded_proto": "https",
        "x_forwarded_prefix": "//evil.example",
        "forwarded": "host=evil.example;proto=https",
        "x_studygroup_member": "ada-lovelace",
    }
    first = server.get("/", bo, **forged)
    assert first.status_code == 200
    for answer in (first, server.get("/", bo)):
        assert "evil.example" not in answer.text
        assert "You are Bo." in answer.text
        assert "strict-transport-security" not in answer.headers
    page = server.page(bo, x_studygroup_member="ada-lovelace")
    page.set(page.find(description="Will you come?"), index=2)
    page.close()
    book = Workbook(server.folder)
    [rsvp] = [record for record in book.records if record.type == "rsvp" and record.by == "bo"]
    assert rsvp.member == "bo"


def test_the_page_is_the_groups_own(server: Server, bo: str) -> None:
    """It has the line about the connection, the way to sign out and its own style sheets, each of which is there."""
    page = server.get("/", bo).text
    assert 'id="sg-connection"' in page and 'action="/leave"' in page
    own = set(re.findall(r'(?:href|src)="(/own/[^"]+)"', page))
    assert {"/own/assist.css", "/own/page.css", "/own/page.js"} <= own
    assert {address: server.get(address, bo).status_code for address in own} == dict.fromkeys(own, 200)


def test_a_query_never_reaches_the_page(server: Server, bo: str) -> None:
    """Nor Solara's own parameters, by which a page attaches to another one's kernel."""
    plain = server.get("/", bo).text
    assert server.get(f"/?kernelid={uuid.uuid4()}&modelid=x&next=//evil.example", bo).text == plain


@pytest.mark.parametrize(
    "path",
    [
        "/resourcez",
        "/readyz",
        "/resourcez?verbose",
        "/static/solara_bootstrap.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/vendor/../app.py",
        "/vendor/%2e%2e/app.py",
        "/vendor/..%5capp.py",
        "/vendor/.vendored",
        "/own/../app.py",
        "/own/%2e%2e%2fapp.py",
        "/jupyter/nbextensions/../../../../etc/passwd",
        "/jupyter/nbextensions/anywidget/index.js",
        "/_solara/cdn/left-pad@1.0.0/index.js",
        f"/_solara/api/evict/{uuid.UUID(int=1)}",
        "/jupyter/api/kernels",
        "/jupyter/api/kernels/1",
        "/api/contents",
        "/.studygroup/web/key",
        "/pyproject.toml",
        "/sessions",
        "/%00",
        "/join/../resourcez",
    ],
)
def test_no_other_path_leads_anywhere(server: Server, bo: str, path: str) -> None:
    """Not for a member either, with GET and POST; sent as it is, without a client that tidies it."""
    for method in ("GET", "POST"):
        origin = f"Origin: {server.url}\r\n" if method == "POST" else ""
        request = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{origin}Cookie: studygroup={bo}\r\nConnection: close\r\n\r\n"
        assert raw(server, request.encode()).split(b" ")[1] in {b"404", b"400"}, path


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "HEAD2"])
def test_other_methods_are_refused(server: Server, bo: str, method: str) -> None:
    """Nothing but GET, HEAD and POST."""
    request = f"{method} / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.url}\r\nCookie: studygroup={bo}\r\n\r\n"
    assert raw(server, request.encode()).split(b" ")[1] in {b"405", b"400", b"404"}


# What is answered


def test_every_answer_carries_its_policy(server: Server, bo: str) -> None:
    """No other host in any policy, no page in a frame, no guessing of types, nothing kept by caches but assets."""
    for path in (
        "/",
        "/join",
        "/healthz",
        "/nothing",
        "/own/join.js",
        "/static/main-vuetify.js",
        "/static/sun.svg",
        "/own/favicon.svg",
    ):
        headers = server.get(path, bo).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert re.findall(r"(?:https?|wss?)://[^\s;]+", policy) in ([], [f"ws://127.0.0.1:{server.port}"])
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers
        assert ("no-store" in headers.get("cache-control", "")) == (not path.startswith(("/own", "/static"))), path
    assert "sandbox" in server.get("/static/sun.svg").headers["content-security-policy"]


def test_vendored_files_are_kept_for_a_year_and_compressed(server: Server) -> None:
    """Their addresses hold exact versions."""
    path = "/vendor/@widgetti/solara-vuetify3-app@5.2.0/dist/solara-vuetify-app8.min.js"
    answer = ask("GET", server.url + path, headers={"accept-encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.content) > 3_000_000


# Joining


def test_opening_a_link_uses_nothing_up(server: Server) -> None:
    """GET and HEAD of the page, as link previews do it, and asking whose it is; then the button, once."""
    token = server.token("bo")
    for _ in range(3):
        assert server.get("/join").status_code == server.get("/join", method="HEAD").status_code == 200
        assert server.get(f"/join?token={token}").status_code == 200
        who = ask("POST", f"{server.url}/join/who", content=token, headers={"origin": server.url})
        assert who.json() == {"name": "Bo"}
    pressed = [ask("POST", f"{server.url}/join", data={"token": token}, headers={"origin": server.url}) for _ in range(2)]
    assert [answer.status_code for answer in pressed] == [303, 410]
    cookie = pressed[0].headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    again = ask(
        "POST",
        f"{server.url}/join/who",
        content=token,
        headers={"origin": server.url, "cookie": f"studygroup={pressed[0].cookies['studygroup']}"},
    )
    assert again.json() == {"here": True}


def test_links_that_do_not_hold_are_all_answered_alike(server: Server) -> None:
    """Used, revoked, tampered with, of no one, nonsense: one plain page, which says what to do and nothing more."""
    used, revoked = server.token("bo"), server.token("bo")
    ask("POST", f"{server.url}/join", data={"token": used}, headers={"origin": server.url})
    server.revoke("bo")
    good = server.token("bo")
    answers = set()
    for token in (used, revoked, good[:-4] + "AAAA", server.token("nobody"), "", "x", "é\0"):
        for path in ("/join", "/join/who"):
            sent = {"data": {"token": token}} if path == "/join" else {"content": token.encode()}
            answer = ask("POST", server.url + path, headers={"origin": server.url}, **sent)
            assert answer.status_code == 410
            assert "set-cookie" not in answer.headers
            answers.add(answer.text)
    [page] = answers
    assert "This link no longer works" in page
    assert "Bo" not in page


def test_joining_takes_only_little_and_not_forever(server: Server) -> None:
    """A large body is refused before it is read, one that never comes ends by itself."""
    large = ask("POST", f"{server.url}/join/who", content=b"x" * 1_000_000, headers={"origin": server.url})
    assert large.status_code == 413
    start = (
        f"POST /join/who HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.url}\r\nContent-Length: 100\r\n\r\nabc"
    )
    assert raw(server, start.encode()).split(b" ")[1] == b"400"


# Frames


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x7f\xff\xff\xff", 1003),
        (b"", 1003),
        ("[" * 200_000, 1008),
        ("nonsense", 1008),
        ("x" * 300_000, 1009),
        ("x" * 10_000_000, 1009),
    ],
    ids=["huge count", "empty", "deep", "nonsense", "long", "10 MB"],
)
def test_a_hostile_frame_ends_its_own_socket_only(server: Server, bo: str, frame: bytes | str, code: int) -> None:
    """At once, and everyone else goes on."""
    bo = server.cookie("bo")
    page = server.page(bo, run=False)
    started = time.monotonic()
    with suppress(ConnectionClosed):
        page.socket.send(frame)
    assert page.closing_code() in {code, None} if len(frame) > 1_000_000 else page.closing_code() == code
    assert time.monotonic() - started < STALL_S
    assert lives(server)


@pytest.mark.parametrize("channel", ["shell", "control", "stdin", "iopub", "nonsense"])
def test_no_channel_runs_code(server: Server, channel: str) -> None:
    """execute, complete, inspect, debug and history requests are answered by nothing."""
    marker = server.folder / f"marker-{channel}"
    page = server.page(server.cookie("bo"), run=False)
    code = f"open({str(marker)!r}, 'w').close()"
    for kind in (
        "execute_request",
        "complete_request",
        "inspect_request",
        "debug_request",
        "history_request",
        "shutdown_request",
    ):
        try:
            page.send(kind, {"code": code, "cursor_pos": 1, "silent": False, "user_expressions": {"a": code}}, channel)
        except ConnectionClosed:
            break
    if channel in {"shell", "control"}:
        page.run()
        assert {message["header"]["msg_type"] for message in page.seen} <= {"status", "comm_open", "comm_msg", "comm_close"}
    else:
        assert page.closing_code() == 1008
    page.close()
    assert not marker.exists()


def test_no_widget_can_be_made_or_reached_from_outside(server: Server) -> None:
    """A new widget of a browser's choice is not made; another page's widget is not there."""
    theirs, mine = server.page(server.cookie("zoe-obrien-li")), server.page(server.cookie("bo"))
    mine.send(
        "comm_open", {"comm_id": "f" * 32, "target_name": "jupyter.widget", "data": {"state": {"_model_name": "HTMLModel"}}}
    )
    theirs.open_tab("My reading")
    before = theirs.shown()
    target = theirs.find(description="Big idea")
    mine.set(target, value="written by another")
    mine.idle(mine.comm(target, {"method": "request_state"}))
    assert not any(message["content"].get("comm_id") in {target, "f" * 32} for message in mine.seen)
    theirs.idle(theirs.comm(target, {"method": "request_state"}))
    assert theirs.widgets[target]["value"] == ""
    assert theirs.shown() == before


def test_another_members_page_cannot_be_taken_over(server: Server) -> None:
    """Neither by its kernel's id, nor by closing it, nor by Solara's own session cookie."""
    theirs = server.page(server.cookie("zoe-obrien-li"))
    mine = server.cookie("bo")
    taken = server.page(mine, kernel=theirs.kernel, run=False)
    assert taken.closing_code() is not None
    assert taken.seen == []
    close = f"/_solara/api/close/{theirs.kernel}?session_id={theirs.page}"
    assert server.get(close, mine, "POST").status_code == 204
    assert server.get(close, f"{mine}; solara-session-id=x", "POST").status_code == 204
    theirs.save()
    assert "Saved" in theirs.shown()


def test_values_that_were_not_offered_are_not_saved(server: Server) -> None:
    """Options beyond the list, of another type, on hidden and disabled widgets: a sentence at most, and no record."""
    page = server.page(server.cookie("bo"))
    answer = page.find(description="Will you come?")
    before = len(Workbook(server.folder).records)
    for state in (
        {"index": 17},
        {"index": -1},
        {"index": "0"},
        {"index": [0]},
        {"value": "yes"},
        {"_options_labels": ["x"]},
        {"unknown": 1},
    ):
        page.set(answer, **state)
    assert "That choice is not offered here; nothing was saved." in page.shown()
    kinds = {record.type for record in Workbook(server.folder).records[before:]}
    assert kinds <= {"rsvp"}
    assert all(
        record.by == record.member == "bo" and record.answer in {"yes", "maybe", "no"}
        for record in Workbook(server.folder).records[before:]
    )


def test_a_callback_that_fails_shows_a_number_which_the_log_has(server: Server) -> None:
    """One sentence on the page; the log has the place of the error, and nothing of what was typed."""
    page = server.page(server.cookie("bo"))
    page.open_tab("My reading")
    # A field would refuse it with a sentence; the line that says what is saved expects no message at all.
    state = next(name for name, held in page.widgets.items() if "Nothing saved yet" in str(held.get("value", "")))
    page.set(state, value={"my secret text": 1})
    [number] = set(re.findall(r"F-\d{4}-\d{4}", page.shown()))
    assert "Something went wrong here" in page.shown()
    assert number in server.log


# Limits


def test_a_member_has_only_so_many_pages(server: Server) -> None:
    """The next page says what to do, its socket is refused; a page that comes back replaces itself; others are not touched."""
    cookie = server.cookie("bo")
    pages = [server.page(cookie, run=False) for _ in range(4)]
    assert refused(server, cookie) == 403
    answer = server.get("/", cookie)
    assert answer.status_code == server.get("/here", cookie).status_code == 429
    assert "close one first" in answer.text
    back = server.page(cookie, kernel=pages[0].kernel, run=False)
    assert pages[0].closing_code() == 1012
    assert lives(server)
    for page in (*pages[1:], back):
        page.close()
    until(lambda: server.get("/here", cookie).status_code == 204)


def test_many_pages_of_one_member_leave_little_behind(server: Server) -> None:
    """Opened one after the other and lost, as by a phone that never says goodbye: only the last few are kept."""
    cookie = server.cookie("bo")
    before = server.memory_mb()
    for _ in range(25):
        page = server.page(cookie)
        page.socket.socket.shutdown(socket.SHUT_RDWR)
        until(lambda: server.get("/here", cookie).status_code == 204)
    assert server.memory_mb() - before < 25
    assert lives(server)


def test_two_thousand_saves_in_two_seconds(server: Server) -> None:
    """Most are refused or wait at their sender; what was told as saved is there; others go on meanwhile."""
    page = server.page(server.cookie("bo"))
    answer = page.find(description="Will you come?")
    count = len([record for record in Workbook(server.folder).records if record.by == "bo"])
    end = time.monotonic() + 2
    for number in range(2_000):
        if time.monotonic() > end:
            break
        update = {"method": "update", "state": {"index": number % 2}, "buffer_paths": []}
        page.comm(answer, update)
    assert lives(server)
    page.close()
    saved = len([record for record in Workbook(server.folder).records if record.by == "bo"]) - count
    assert 1 <= saved <= 90
    assert lives(server)


def test_a_browser_that_does_not_read_stops_no_one(server: Server) -> None:
    """Its answers wait for it, up to a limit, while everyone else is served."""
    page = server.page(server.cookie("bo"))
    page.open_tab("My reading")
    # From here on this socket is no longer read.
    text = page.find(description="Notes")
    for number in range(40):
        page.comm(text, {"method": "update", "state": {"value": f"{number}" + "x" * 200_000}, "buffer_paths": []})
    assert lives(server)
    page.socket.socket.close()


def test_slow_requests_stop_no_one(server: Server) -> None:
    """Two hundred connections that never finish their headers."""
    plugs = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    for plug in plugs:
        plug.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    assert lives(server)
    for plug in plugs:
        plug.close()


# Revoking


def test_revoking_ends_open_pages_at_once(server: Server) -> None:
    """Within a second or two, on a busy machine a little later, the socket is closed, the cookie is worth nothing, and no one else notices."""
    cookie, other = server.cookie("bo"), server.cookie("zoe-obrien-li")
    page, bystander = server.page(cookie), server.page(other)
    started = time.monotonic()
    server.revoke("bo")
    assert page.closing_code() == 4401
    assert time.monotonic() - started < STALL_S
    assert server.get("/", cookie).status_code == 401
    assert refused(server, cookie) == 403
    bystander.save()
    assert "Saved" in bystander.shown()


def test_signing_out_ends_the_devices_other_pages(server: Server) -> None:
    """And a copy of its cookie is worth nothing."""
    cookie = server.cookie("bo")
    page = server.page(cookie, run=False)
    assert server.get("/leave", cookie, "POST").status_code == 200
    assert page.closing_code() == 4401
    assert server.get("/", cookie).status_code == 401


def test_whoever_leaves_the_group_is_out(server: Server) -> None:
    """Their pages end when the roster says that they left; a new member can join at once."""
    book = Workbook(server.folder)
    book.add_person("Cy", by="ada-lovelace")
    page = server.page(server.cookie("cy"))
    book.reread()
    book.change_person("cy", by="ada-lovelace", joined="2019-01-01", left="2020-01-01")
    assert page.closing_code() == 4401
    answer = ask("POST", f"{server.url}/join", data={"token": server.token("cy")}, headers={"origin": server.url})
    assert answer.status_code == 410


def test_logs_hold_no_token_no_cookie_and_no_text(server: Server) -> None:
    """Whatever was tried above."""
    token = server.token("bo")
    cookie = server.cookie("bo")
    server.get(f"/join?token={token}")
    server.get(f"/?{token}", cookie)
    page = server.page(cookie)
    page.open_tab("My reading")
    page.set(page.find(description="Big idea"), value="A most private thought")
    page.close()
    log = server.log
    assert token not in log
    assert cookie not in log
    assert "private thought" not in log
    assert "secret" not in log


def test_a_message_names_no_member(server: Server) -> None:
    """Who enters is decided by the cookie: a forged member in any message changes nothing."""
    page = server.page(server.cookie("bo"))
    control = uuid.uuid4().hex
    page.send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {"member": "ada-lovelace"}})
    page.comm(control, {"method": "run", "args": {"path": "/", "member": "ada-lovelace", "by": "ada-lovelace"}})
    page.set(page.find(description="Will you come?"), index=0, by="ada-lovelace", member="ada-lovelace")
    page.close()
    lines = [json.loads(line) for path in server.folder.rglob("ada-lovelace.jsonl") for line in path.read_text().splitlines()]
    assert {line["type"] for line in lines} <= {"person"}
