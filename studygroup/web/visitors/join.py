"""Joining: an invite link becomes a signed cookie, once its member says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from studygroup.web.limits import Allowance
from studygroup.web.scope import CLIENT, ORIGIN, VISITOR
from studygroup.web.visitors.cookies import set_cookie
from studygroup.web.visitors.invites import COOKIE_DAYS, Invites
from studygroup.web.visitors.plain import PageFrame
from studygroup.web.visitors.roster import MemberNames

_MOST_BYTES, _MOST_SECONDS = 2048, 5


@dataclass(frozen=True)
class Joining:
    """The routes of joining and leaving.

    Attributes
    ----------
    joins
        How often an address may try.
    """

    invites: Invites
    roster: MemberNames
    site: PageFrame
    joins: Allowance

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/join", self.door, methods=["GET"]),
            Route("/join", self.enter, methods=["POST"]),
            Route("/join/who", self.who, methods=["POST"]),
            Route("/leave", self.leave, methods=["POST"]),
        ]

    async def door(self, request: Request) -> Response:
        """Show the page that reads the link's token in the browser; nothing is used up by opening it."""
        advice = "Open the link that you were sent, as a whole. If it is lost, ask your facilitator for a new one."
        return self.site.page("join", heading="Welcome", advice=advice)

    async def who(self, request: Request) -> Response:
        """Say whose link it is, or that its member is here already."""
        token = await self._token(request)
        if isinstance(token, Response):
            return token
        visitor, invited = request.scope[VISITOR], self.invites.member_of(token)
        if visitor and visitor.member == invited:
            return JSONResponse({"here": True})
        invitation = self.invites.look(token)
        if invitation is None or not await self._knows(invitation.member):
            return self.site.answer(410)
        return JSONResponse({"name": self.roster.name(invitation.member)})

    async def enter(self, request: Request) -> Response:
        """Use the link, and let this device in."""
        token = await self._token(request)
        if isinstance(token, Response):
            return token
        invitation = self.invites.look(token)
        if invitation is None or not await self._knows(invitation.member):
            return self.site.answer(410)
        cookie = await run_in_threadpool(self.invites.redeem, token)
        if cookie is None:
            return self.site.answer(410)
        response = RedirectResponse("/", 303)
        set_cookie(response, request.scope[ORIGIN], self.site.prefix, cookie, COOKIE_DAYS * 86_400)
        return response

    async def leave(self, request: Request) -> Response:
        """Sign this device out; its other pages end too."""
        await run_in_threadpool(self.invites.sign_out, request.scope[VISITOR])
        response = self.site.page("message", heading="You are signed out", advice="To come back, open a new invite link.")
        set_cookie(response, request.scope[ORIGIN], self.site.prefix, "", 0)
        return response

    async def _knows(self, member: str) -> bool:
        """Whether a member is on the roster; someone added a moment ago is looked for."""
        if member not in self.roster:
            await run_in_threadpool(self.roster.look)
        return member in self.roster

    async def _token(self, request: Request) -> str | Response:
        """Return the token that a request brings, or what is answered in its place."""
        if self.joins.take(request.scope[CLIENT]):
            return self.site.answer(429)
        try:
            body = await asyncio.wait_for(_read(request), _MOST_SECONDS)
        except (TimeoutError, ClientDisconnect):
            return self.site.answer(400)
        if body is None:
            return self.site.answer(413)
        text = body.decode("latin-1")
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            text = parse_qs(text).get("token", [""])[0]
        return text


async def _read(request: Request) -> bytes | None:
    """Return a request's body, or None where it is too large."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            return None
    return body
