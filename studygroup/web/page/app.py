"""The members' page as an ASGI application: Solara and our own routes behind the gate."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_config_path
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import Scope
from starlette.websockets import WebSocket

from studygroup.errors import WebError
from studygroup.storage.page_count import OpenPages
from studygroup.web.gate.gate import Gate, Rules
from studygroup.web.gate.sockets import Sockets, end
from studygroup.web.hosts import Hosts
from studygroup.web.limits import Allowance
from studygroup.web.page import circles, faults, vendor
from studygroup.web.page.environment import APP
from studygroup.web.page.served_workbook import ServedWorkbook
from studygroup.web.scope import ENDED, SESSION, VISITOR
from studygroup.web.visitors.invites import Invites
from studygroup.web.visitors.join import Joining
from studygroup.web.visitors.letters import link_terms
from studygroup.web.visitors.plain import PageFrame
from studygroup.web.visitors.roster import MemberNames
from studygroup.web.visitors.service import ServicePath

if os.environ.get("SOLARA_APP") != APP:
    raise WebError("environment.set_environment comes before importing studygroup.web.page.app: Solara reads it once.")

from solara.server import jupytertools, server
from solara.server import starlette as solara_starlette

from studygroup.web.page import open_pages
from studygroup.web.page.channels import connect

if TYPE_CHECKING:
    from studygroup.web.visitors.hub import HubLogins

_OWN = Path(__file__).parents[1] / "own"
_FORMS = Path(__file__).parents[2] / "forms"
_OF_FORMS = [_FORMS / name for name in ("kit/assist.js", "kit/assist.css", "choosing/hours.js", "choosing/hours.css")]
_OWN_FILES = {path.name: path for path in [*_OWN.iterdir(), *_OF_FORMS]}

_OVERLAY = re.compile(r"<v-overlay\b.*?</v-overlay>", re.DOTALL)

_WATCH_S, _ROSTER_S, _HUB_S = 0.5, 2.0, 20.0
"""How often is looked who may stay, at the roster, and at the hub for each visitor."""


def make_app(workbook: ServedWorkbook, port: int, service: ServicePath | None = None) -> Starlette:
    """Return the application of a workbook's members' page.

    Parameters
    ----------
    workbook
        May be shared by many pages' threads.
    port
        Where the server listens.
    service
        Where a JupyterHub has it: then the hub says who is there, and there are no invite links.

    Raises
    ------
    WebError
        The browser's part is not there, or keys cannot be read.
    """
    vendor.check()
    settings = workbook.settings
    invites, roster = Invites.of(workbook), MemberNames(workbook)
    sockets = Sockets(settings.pages_per_member)
    site = PageFrame(settings.name, service.prefix, "") if service else PageFrame(settings.name, "", link_terms(settings))
    hub = _hub(invites, roster, site, settings.hub_users) if service else None
    rules = Rules(
        invites=invites,
        is_member=roster.__contains__,
        addresses=Hosts(settings.page_address),
        sockets=sockets,
        proxies=frozenset(settings.trusted_proxies),
        messages=Allowance(at_once=300, a_second=60),
        answer=site.answer,
        prefix=site.prefix,
        is_here=hub.knows if hub else lambda visitor: True,
        entrance=hub.entrance if hub else None,
    )
    open_pages.serve(
        workbook, None if service else lambda member: f"{workbook.settings.page_address}/join#{invites.invite(member)}"
    )
    _only_our_extensions()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(roster.look)
        told = OpenPages(workbook.folder, port)
        async with solara_starlette.lifespan(app):
            # After Solara, which sets up loggers of its own.
            faults.install(open_pages.present_page)
            watching = [asyncio.create_task(_watch(rules, told)), asyncio.create_task(_keep_up(roster))]
            watching.append(asyncio.create_task(open_pages.News(workbook).show()))
            watching.append(asyncio.create_task(circles.search_when_quiet(open_pages.closed)))
            watching += [asyncio.create_task(_ask_hub(hub, sockets))] if hub else []
            yield
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
        told.close()
        invites.close()

    return Starlette(
        routes=_routes(rules, roster, site, hub),
        lifespan=lifespan,
        middleware=[Middleware(Gate, rules=rules), *solara_starlette.middleware],
        exception_handlers={status: _answering(site, status) for status in (404, 500)},
    )


def _hub(invites: Invites, roster: MemberNames, site: PageFrame, users: dict[str, str]) -> HubLogins:
    try:
        from studygroup.web.visitors.hub import HubLogins
    except ModuleNotFoundError as error:
        raise WebError(f"A service of a hub needs {error.name}: pip install 'studygroup[web,hub]'") from None
    return HubLogins(invites, roster, site, users)


def _routes(rules: Rules, roster: MemberNames, site: PageFrame, hub: HubLogins | None) -> list[Route | Mount | WebSocketRoute]:
    """Return every route; the gate lists the same paths and lets nothing else through."""

    async def page(request: Request) -> Response:
        visitor = request.scope[VISITOR]
        if hub and not await hub.still_is(visitor):
            return RedirectResponse(f"{site.prefix}/", 303)  # where they are no longer known
        if not rules.sockets.has_room(visitor.member):
            return site.answer(429)
        said = {"member_name": roster.name(visitor.member), "logout": hub.logout if hub else ""}
        return HTMLResponse(await run_in_threadpool(_page, site.prefix, said))

    async def here(request: Request) -> Response:
        """Tell a page that lost its socket whether it is worth to go on trying."""
        return Response(status_code=204 if rules.sockets.has_room(request.scope[VISITOR].member) else 429)

    async def close(request: Request) -> Response:
        kernel, page_id = request.path_params["kernel"], request.query_params["session_id"]
        await run_in_threadpool(open_pages.close_page, kernel, page_id, request.scope[SESSION])
        return Response(status_code=204)

    async def kernel(request: Request) -> Response:
        """Tell a page that its kernel is there, which its script asks before it connects again."""
        return JSONResponse({"id": request.path_params["kernel"], "name": "members"})

    async def channels(socket: WebSocket) -> None:
        await run_in_threadpool(open_pages.make_room, socket.scope[SESSION])
        await connect(socket)

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def own(request: Request) -> Response:
        file = _OWN_FILES.get(request.path_params.get("name", "favicon.svg"))
        return FileResponse(file, headers={"cache-control": "no-cache"}) if file else site.answer(404)

    joining = Joining(rules.invites, roster, site, Allowance(at_once=60, a_second=1))
    return [
        Route("/", page),
        Route("/here", here),
        Route("/healthz", health),
        *(hub.routes() if hub else joining.routes()),
        Route("/own/{name}", own),
        Route("/favicon.ico", own),
        Mount("/vendor", _Vendored(directory=vendor.FOLDER)),
        Route("/_solara/api/close/{kernel}", close, methods=["POST"]),
        Route("/jupyter/api/kernels/{kernel}", kernel),
        WebSocketRoute("/jupyter/api/kernels/{kernel_id}/{name}", channels),
        Mount("/jupyter/nbextensions", solara_starlette.StaticNbFiles()),
        Mount("/static/assets", solara_starlette.StaticAssets()),
        Mount("/static", solara_starlette.StaticFilesOptionalAuth(directory=server.solara_static)),
    ]


class _Vendored(solara_starlette.StaticFilesOptionalAuth):
    """The vendor folder: its addresses hold exact versions, so that browsers need never ask again."""

    def file_response(self, full_path: Any, stat_result: os.stat_result, scope: Scope, status_code: int = 200) -> Response:
        """Return a file, to be kept for a year."""
        response: Response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def _page(prefix: str, said: dict[str, str]) -> str:
    """Return the page into which Solara puts the forms, with what our template says around them."""
    made = server.read_root("/", prefix, render_kwargs=said)
    # Outside the template's blocks: the language, and a page that can be made larger with two fingers.
    head, _, rest = (made or "").partition("<body")
    lines = head.replace("<html>", '<html lang="en">', 1).splitlines()
    viewport = '    <meta name="viewport" content="width=device-width, initial-scale=1">'
    kept = [viewport if 'name="viewport"' in line else line for line in lines if 'rel="icon"' not in line]
    # Solara's overlays for a lost connection fail in this generation of Vue; page.js says it in words.
    return _OVERLAY.sub("", "\n".join(kept) + "\n<body" + rest)


def _only_our_extensions() -> None:
    """Have Solara leave out extensions of notebooks that happen to be installed here."""
    ours = {"jupyter-vue/extension", "jupyter-vuetify/extension"}
    folders = [Path(folder) / "nbconfig" for folder in jupyter_config_path()]
    found = jupytertools.get_config(folders, "notebook").get("load_extensions", {})
    server.nbextensions_ignorelist.extend(name for name in found if name not in ours)


async def _watch(rules: Rules, told: OpenPages) -> None:
    """End the open pages of whoever may stay no longer: revoked, signed out, off the roster, or here for too long.

    And tell how many pages are open.
    """
    while True:
        await asyncio.sleep(_WATCH_S)
        try:
            told.tell(len(rules.sockets))
            if over := rules.over():
                await end(over, ENDED)
                await run_in_threadpool(open_pages.end_session, {one.session for one in over})
        except Exception:
            logging.getLogger("studygroup.web").error("Looking who may stay failed", exc_info=True)


async def _keep_up(roster: MemberNames) -> None:
    """Read the roster now and then; it may wait for the workbook, so ending pages does not wait for it."""
    while True:
        await asyncio.sleep(_ROSTER_S)
        await run_in_threadpool(roster.look)


async def _ask_hub(hub: HubLogins, sockets: Sockets) -> None:
    """Ask the hub now and then about everyone with an open page."""
    while True:
        await asyncio.sleep(_HUB_S)
        for visitor in {one.visitor for one in sockets.now()}:
            try:
                await hub.still_is(visitor)
            except Exception:
                logging.getLogger("studygroup.web").error("Asking the hub failed", exc_info=True)


def _answering(site: PageFrame, status: int) -> Callable[[Request, Exception], Response]:
    return lambda request, error: site.answer(status)
