"""Serving the members' page with uvicorn: one process, and what it prints."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import uvicorn

from studygroup.errors import WebError
from studygroup.web.gate.connections import Bounds, protocol
from studygroup.web.hosts import guide, only_here_hint
from studygroup.web.page import circles
from studygroup.web.page.environment import set_environment
from studygroup.web.page.served_workbook import ServedWorkbook
from studygroup.web.visitors.service import ServicePath
from studygroup.workbook.workbook import Workbook

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_FILES_A_PAGE, _PAGES = 6, 1000


def default_port(address: str) -> int:
    """Return the port to listen on for a page's address: its own on this machine, else the usual one behind a proxy.

    >>> default_port("http://127.0.0.1:9000"), default_port("https://papers.example.org")
    (9000, 8321)
    """
    parts = urlsplit(address)
    return parts.port or 8321 if parts.hostname in _LOOPBACK else 8321


def run(workbook: Workbook, host: str, port: int, service: ServicePath | None = None, bounds: Bounds | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C; saves under way are finished first.

    ``bounds`` says how long connections may take and how many there may be.

    Raises
    ------
    WebError
        The page cannot start; the message says what is missing.
    """
    settings = workbook.settings
    set_environment(
        workbook.folder / ".studygroup" / "web" / "solara",
        settings.page_address,
        f"{settings.name} – your page",
        service.prefix if service else "",
    )
    from studygroup.web.page.app import make_app

    circles.put_off()
    files = _allow_files(_FILES_A_PAGE * _PAGES)
    bounds = bounds or Bounds()
    # Most of the files are for pages.
    bounds = replace(bounds, most=min(bounds.most, files // 4))
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(ServedWorkbook(workbook.folder, workbook.clock), port, service),
            host=host,
            port=port,
            loop="asyncio",
            http=protocol(bounds, frozenset(settings.trusted_proxies)),
            ws="websockets-sansio",
            # The gate reads a frame that is twice as long as it lets through, to say so; nothing is unpacked.
            ws_max_size=1 << 20,
            ws_per_message_deflate=False,
            # What a proxy says is up to the gate.
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=10,
        )
    )
    server.run()
    if not server.started:
        raise WebError(f"Nothing can be served on {host}:{port}; another program may be using it. Choose another: --port")


def advice(workbook: Workbook, host: str, port: int) -> str:
    """Return what to know when the page starts."""
    shown = f"[{host}]" if ":" in host else host
    address = workbook.settings.page_address
    see = guide(workbook.folder, "docs/deploy.md")
    lines = [f"The members' page: http://{shown}:{port} (Ctrl-C ends it). To send someone a link: studygroup invite NAME"]
    if host not in _LOOPBACK and not address.startswith("https:"):
        lines.append(f"Others in the network can read what is sent without HTTPS: put Caddy or nginx in front{see}.")
    if hint := only_here_hint(address, workbook.folder, "A link only works"):
        lines.append(f"{hint} A proxy such as Caddy or nginx passes that address on to this port.")
        if urlsplit(address).port != port:
            lines.append(f"Links lead to {address}. To have them lead here: studygroup set page_address http://{shown}:{port}")
    elif address.startswith("https:"):
        lines.append(f"Members reach it as {address} when a proxy there passes it on to this port{see}.")
    return "\n".join(lines)


def _allow_files(wanted: int) -> int:
    """Raise this process's own limit on open files, as every page takes a few; return it. Windows has none on connections."""
    if sys.platform == "win32":
        return wanted
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else soft
