"""Coming in through a JupyterHub: the hub says who someone is, and whether they still are.

The page is a service of the hub and asks it by OAuth. A token of the hub stays in this process's memory: after a restart browsers
ask the hub again, which answers by itself where someone is still signed in there.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from jupyterhub.services.auth import HubOAuth
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from tornado.web import HTTPError

from studygroup.web.scope import ORIGIN, VISITOR
from studygroup.web.visitors.cookies import cookie_name, read_cookie, set_cookie
from studygroup.web.visitors.invites import COOKIE_DAYS, Invites, Visitor
from studygroup.web.visitors.plain import PageFrame
from studygroup.web.visitors.roster import MemberNames

_STATE, _STATE_S = "studygroup-state", 600
_MOST_LOGINS = 10_000


@dataclass
class HubLogins:
    """Who is signed in at the hub, and the routes by which they come in.

    Attributes
    ----------
    users
        Member ids by the hub's names; whose name is not in it is the member of that id, unless it names another for them.
    tokens
        The hub's token of each login.
    """

    invites: Invites
    roster: MemberNames
    site: PageFrame
    users: Mapping[str, str]
    auth: HubOAuth = field(default_factory=HubOAuth)
    tokens: dict[str, str] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/oauth_callback", self.callback, methods=["GET"])]

    @property
    def logout(self) -> str:
        """Where someone signs out of the hub, and so of this page."""
        return f"{self.auth.hub_host}{self.auth.hub_prefix}logout"

    def knows(self, visitor: Visitor) -> bool:
        """Return whether someone came in through the hub, to this process, and is not known to have left it."""
        return visitor.login in self.tokens

    async def entrance(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a visitor to the hub, which sends them back with a code; an ASGI application."""
        request = Request(scope)
        origin: str = scope[ORIGIN]
        # Pages that are opened together share one state, or only the last of them would be let in.
        held = read_cookie(request.headers.get("cookie", ""), cookie_name(origin, self.site.prefix, _STATE))
        state = held if re.fullmatch(r"[\w-]{32}", held) else secrets.token_urlsafe(24)
        asked = {
            "client_id": self.auth.oauth_client_id,
            "redirect_uri": self.auth.oauth_redirect_uri,
            "response_type": "code",
            "state": state,
        }
        response = RedirectResponse(f"{self.auth.oauth_authorization_url}?{urlencode(asked)}", 302)
        set_cookie(response, origin, self.site.prefix, state, _STATE_S, _STATE)
        await response(scope, receive, send)

    async def callback(self, request: Request) -> Response:
        """Let in whom the hub sent back."""
        origin: str = request.scope[ORIGIN]
        code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
        held = read_cookie(request.headers.get("cookie", ""), cookie_name(origin, self.site.prefix, _STATE))
        if not held or not secrets.compare_digest(held, state):
            if request.scope[VISITOR]:
                return RedirectResponse(f"{self.site.prefix}/", 303)
            return self._say(400, "That did not arrive whole", "Open the page from its start.")
        if not code:
            return self._not_let_in()
        try:
            token = await self.auth.token_for_code(code, sync=False)
            user = await self._user(token)
        except HTTPError:
            # The hub is not there, or knows nothing of this code, as when someone loads this address again.
            return self._say(
                502,
                "The hub did not say who you are",
                "Please try again in a minute. If it happens again, tell whoever looks after the hub.",
            )
        if user is None:
            return self._not_let_in()
        member = self.member_of(user["name"])
        if member not in self.roster:
            await run_in_threadpool(self.roster.look)
        if member not in self.roster:
            return self._stranger(user["name"])
        return self._welcome(origin, member, token)

    def member_of(self, user: str) -> str:
        """Return the id of the member who a user of the hub is; empty where that id is another user's."""
        return self.users.get(user, "" if user in self.users.values() else user)

    async def still_is(self, visitor: Visitor) -> bool:
        """Ask the hub whether a visitor is signed in there as that member; where it does not answer, what was known stands."""
        token = self.tokens.get(visitor.login, "")
        if not token:
            return False
        try:
            user = await self._user(token)
        except HTTPError:
            return True
        if user is not None and self.member_of(user["name"]) == visitor.member:
            return True
        self.tokens.pop(visitor.login, None)
        return False

    async def _user(self, token: str) -> dict[str, Any] | None:
        """Return the hub's user behind a token, where they may use this service."""
        user: dict[str, Any] | None = await self.auth.user_for_token(token, use_cache=False, sync=False)
        return user if user and user.get("kind") == "user" and self.auth.check_scopes(self.auth.access_scopes, user) else None

    def _welcome(self, origin: str, member: str, token: str) -> Response:
        cookie = self.invites.admit(member)
        visitor = self.invites.visitor(cookie)
        assert visitor is not None  # just made
        while len(self.tokens) >= _MOST_LOGINS:
            del self.tokens[next(iter(self.tokens))]
        self.tokens[visitor.login] = token
        response = RedirectResponse(f"{self.site.prefix}/", 303)
        set_cookie(response, origin, self.site.prefix, cookie, COOKIE_DAYS * 86_400)
        set_cookie(response, origin, self.site.prefix, "", 0, _STATE)
        return response

    def _not_let_in(self) -> Response:
        return self._say(403, "The hub did not let you in", "Sign in at the hub as someone who may use this page.")

    def _stranger(self, user: str) -> Response:
        return self._say(
            403,
            "You are not on the group's roster yet",
            f"The hub knows you as {user}. Ask your facilitator to add you; if you are on the roster under another name, hub_users "
            "in the group's settings says so.",
        )

    def _say(self, status: int, heading: str, advice: str) -> Response:
        """Return a page with a way back: to load this one again would bring a code that the hub takes only once."""
        return self.site.page("message", status, heading=heading, advice=advice, again="Open the members' page")
