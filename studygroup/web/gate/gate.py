"""The gate before the members' page: what does not belong is turned away here, whatever is behind.

Pure ASGI, as other kinds of middleware do not see sockets. Who the visitor is goes on in the scope, and to Solara in a header
that only this module sets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studygroup.web.gate.frames import Frames, RefusedFrameError
from studygroup.web.gate.sockets import OpenSocket, Sockets, end
from studygroup.web.hosts import Hosts, PathRule, place_of
from studygroup.web.limits import Allowance
from studygroup.web.scope import CLIENT, ORIGIN, SESSION, VISITOR
from studygroup.web.visitors.cookies import cookie_name, read_cookie
from studygroup.web.visitors.invites import Invites, Visitor

MEMBER_HEADER = "x-studygroup-member"
"""How the page behind learns who is there; what a browser sends under this name is dropped."""

# What passes of a browser's headers; the rest (forwarding, script names, a header of ours) goes no further.
_PASSING = frozenset(
    name.encode()
    for name in [
        "accept",
        "accept-encoding",
        "accept-language",
        "content-length",
        "content-type",
        "host",
        "if-modified-since",
        "if-none-match",
        "range",
        "user-agent",
        "origin",
        "connection",
        "upgrade",
        "sec-websocket-key",
        "sec-websocket-version",
        "sec-websocket-protocol",
    ]
)

_ALWAYS = {
    b"x-content-type-options": b"nosniff",
    # Not no-referrer: a form's POST then names no origin.
    b"referrer-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
_PLAIN_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# Solara's page holds scripts of its own and compiles templates; everything comes from here.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self' blob: {socket}; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_STATIC_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True)
class Rules:
    """What the gate goes by.

    Attributes
    ----------
    invites
        Whose cookies hold.
    is_member
        Whether an id is on the roster and has not left.
    addresses
        What is served under which Host header.
    sockets
        The open pages.
    proxies
        IP addresses whose ``X-Forwarded-For`` is believed.
    messages
        How many messages a device may send.
    answer
        Makes the plain page for a status.
    prefix
        What the path of every address begins with, as a proxy passes it on; empty or such as ``/services/members``.
    is_here
        Whether who came in before is still there, where someone else vouches for them.
    entrance
        Answers a visitor whom no cookie lets in, where there is another way in than an invite link.
    """

    invites: Invites
    is_member: Callable[[str], bool]
    addresses: Hosts
    sockets: Sockets
    proxies: frozenset[str]
    messages: Allowance
    answer: Callable[[int], ASGIApp]
    prefix: str = ""
    is_here: Callable[[Visitor], bool] = lambda visitor: True
    entrance: ASGIApp | None = None

    def who(self, headers: Iterable[tuple[bytes, bytes]], origin: str) -> Visitor | None:
        """Return who the request's cookie says is here, where it is valid and the member is on the roster."""
        header = ";".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
        visitor = self.invites.visitor(read_cookie(header, cookie_name(origin, self.prefix)))
        return visitor if visitor and self.is_member(visitor.member) and self.is_here(visitor) else None

    def over(self) -> list[OpenSocket]:
        """Return the open pages of whoever may stay no longer."""
        now = self.sockets.now()
        holding = self.invites.holding({one.visitor for one in now})
        may_stay = {one for one in holding if self.is_member(one.member) and self.is_here(one)}
        return [one for one in now if one.visitor not in may_stay]


class Gate:
    """ASGI middleware: lets through what ``place_of`` lists, from where and from whom it may come."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on what remains of a request."""
        if scope["type"] not in {"http", "websocket"}:
            return await self._app(scope, receive, send)
        status, place = self._judge(scope)
        if place is None or status:
            return await self._turn_away(scope, receive, send, status or 404, place)
        if scope["type"] == "websocket":
            return await self._pass_socket(scope, receive, send, place)
        return await self._app(scope, receive, _with_headers(send, place, scope[ORIGIN]))

    def _judge(self, scope: Scope) -> tuple[int, PathRule | None]:
        """Return the status with which a request is turned away, or 0, and what it asks for; cleans its scope."""
        headers = [(name.lower(), value) for name, value in scope["headers"]]
        hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
        is_socket = scope["type"] == "websocket"
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        origin = self._rules.addresses.origin(hosts[0], str(scheme)) if len(hosts) == 1 else None
        scope[ORIGIN], scope[VISITOR] = origin or "", None
        if origin is None:
            return 421, None
        if not scope["path"].startswith(f"{self._rules.prefix}/"):
            return 404, None
        scope["path"] = scope["path"][len(self._rules.prefix) :]
        place = place_of(scope["path"], scope["query_string"].decode("latin-1"))
        if place is None or is_socket != (place.kind == "socket"):
            return 404, None
        method = "GET" if is_socket else scope["method"]
        if method not in place.methods:
            return 405, place
        # A browser names the page that a socket or a POST comes from; another site's is turned away.
        if (is_socket or method == "POST") and [value for name, value in headers if name == b"origin"] != [origin.encode()]:
            return 403, place
        visitor = None if place.kind == "static" else self._rules.who(headers, origin)
        if visitor is None and place.kind in {"page", "member", "close", "socket"}:
            return 401, place
        if place.kind in {"close", "socket"} and not place.query:
            return 400, place
        self._clean(scope, headers, place, visitor)
        return 0, place

    def _clean(self, scope: Scope, headers: list[tuple[bytes, bytes]], place: PathRule, visitor: Visitor | None) -> None:
        """Leave of a request what may pass, and add who it is from."""
        scope[CLIENT] = self._client(scope, headers)
        passing = [(name, value) for name, value in headers if name in _PASSING]
        if place.kind == "callback":
            passing += [(name, value) for name, value in headers if name == b"cookie"]
        if visitor:
            scope[VISITOR] = visitor
            session = scope[SESSION] = self._rules.invites.session_of(visitor)
            passing += [(b"cookie", b"solara-session-id=" + session.encode())]
            passing += [(MEMBER_HEADER.encode(), visitor.member.encode())]
        scope["headers"], scope["query_string"] = passing, place.query.encode()
        scope["root_path"] = ""

    def _client(self, scope: Scope, headers: list[tuple[bytes, bytes]]) -> str:
        """Return the browser's address; a proxy's word counts only when the settings trust that proxy."""
        client = scope["client"][0] if scope.get("client") else ""
        if client in self._rules.proxies:
            said = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
            client = said[-1].split(",")[-1].strip() if said else client
        return client

    async def _turn_away(self, scope: Scope, receive: Receive, send: Send, status: int, place: PathRule | None = None) -> None:
        if scope["type"] == "http":
            entrance = self._rules.entrance if status == 401 and place and place.kind == "page" else None
            answer = entrance or self._rules.answer(status)
            return await answer(scope, receive, _with_headers(send, PathRule("open"), scope[ORIGIN]))
        # A browser's script cannot see why: it asks at /here. The server answers 403.
        await receive()
        await send({"type": "websocket.close"})

    async def _pass_socket(self, scope: Scope, receive: Receive, send: Send, place: PathRule) -> None:
        """Pass frames both ways until someone ends it."""

        async def close(code: int) -> None:
            with suppress(RuntimeError, OSError):  # it may be closed already
                await send({"type": "websocket.close", "code": code})

        socket = OpenSocket(scope[VISITOR], scope[SESSION], place.kernel, close)
        try:
            before = self._rules.sockets.add(socket)
        except OverflowError:
            return await self._turn_away(scope, receive, send, 429)
        if before:
            await end([before], 1012)
        try:
            await self._app(scope, self._reading(socket, receive), send)
        finally:
            self._rules.sockets.remove(socket)

    def _reading(self, socket: OpenSocket, receive: Receive) -> Receive:
        """Return a receive that gives the app only frames that may pass, and not too many a second."""
        frames = Frames()

        async def checked() -> Message:
            while True:
                event: Any = await receive()
                if event["type"] != "websocket.receive":
                    return event  # type: ignore[no-any-return]
                if socket.ended:
                    continue
                # No more is read meanwhile, so that a flood waits at its sender.
                while wait := self._rules.messages.take(socket.session):
                    await asyncio.sleep(wait)
                try:
                    if frames.checked(event):
                        return event  # type: ignore[no-any-return]
                except RefusedFrameError as refused:
                    await end([socket], refused.code)

        return checked


def _with_headers(send: Send, place: PathRule, origin: str) -> Send:
    """Return a send that adds our headers to an answer, and takes away what Solara says of itself."""
    policy = {"page": _PAGE_POLICY, "static": _STATIC_POLICY}.get(place.kind, _PLAIN_POLICY)
    policy = policy.format(socket=origin.replace("http", "ws", 1)) if place.kind == "page" else policy

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {**_ALWAYS, b"content-security-policy": policy.encode()}
            if origin.startswith("https:"):
                ours[b"strict-transport-security"] = b"max-age=31536000"
            if place.kind != "static":
                ours[b"cache-control"] = b"no-store"
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in {*ours, b"server"}]
            if place.kind not in {"open", "member", "callback"}:
                kept = [(name, value) for name, value in kept if name.lower() != b"set-cookie"]
            message = {**message, "headers": [*kept, *ours.items()]}
        await send(message)

    return sending
