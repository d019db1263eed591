"""Serving the members' page with uvicorn: one process, and what it prints."""

from __future__ import annotations

import gc
import resource
from contextlib import suppress
from urllib.parse import urlsplit

import uvicorn

from studygroup.errors import WebError
from studygroup.web.environment import set_environment
from studygroup.web.served_workbook import ServedWorkbook
from studygroup.web.service import Service
from studygroup.workbook import Workbook

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_FILES_A_PAGE, _PAGES = 6, 1000


def default_port(address: str) -> int:
    """Return the port to listen on for a page's address: its own on this machine, else the usual one behind a proxy.

    >>> default_port("http://127.0.0.1:9000"), default_port("https://papers.example.org")
    (9000, 8321)
    """
    parts = urlsplit(address)
    return parts.port or 8321 if parts.hostname in _LOOPBACK else 8321


def run(workbook: Workbook, host: str, port: int, service: Service | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C; saves under way are finished first.

    Raises
    ------
    WebError
        The page cannot start; the message says what is missing.
    """
    settings = workbook.settings
    set_environment(
        workbook.folder / ".studygroup" / "web" / "solara",
        settings.page_address,
        settings.name,
        service.prefix if service else "",
    )
    from studygroup.web.app import make_app

    # With Python's own thresholds a search for circles stops everybody for a second at 400 pages.
    gc.set_threshold(50_000, 20, 100)
    _allow_files(_FILES_A_PAGE * _PAGES)
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(ServedWorkbook(workbook.folder, workbook.clock), port, service),
            host=host,
            port=port,
            loop="asyncio",
            http="h11",
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
        raise WebError(f"Nothing can be served on {host}:{port}; perhaps another program uses it. Choose another: --port")


def advice(workbook: Workbook, host: str, port: int) -> str:
    """Return what to know when the page starts."""
    shown = f"[{host}]" if ":" in host else host
    address = workbook.settings.page_address
    lines = [f"The members' page: http://{shown}:{port} (Ctrl-C ends it). To send somebody a link: studygroup invite NAME"]
    if host not in _LOOPBACK and not address.startswith("https:"):
        lines.append(
            "Others in the network can read what is sent without HTTPS: put Caddy or nginx in front, see docs/deploy.md."
        )
    elif address.startswith("https:"):
        lines.append(f"Members reach it as {address} when a proxy there passes it on to this port, see docs/deploy.md.")
    else:
        lines.append(
            "Only this machine reaches it. For members elsewhere set page_address in pyproject.toml to the page's https:// address, "
            "and put Caddy or nginx in front, see docs/deploy.md."
        )
    return "\n".join(lines)


def _allow_files(wanted: int) -> None:
    """Raise this process's own limit on open files, as every page takes a few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
