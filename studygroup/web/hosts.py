"""Which addresses the members' page answers to, and what each path needs."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_FILE = r"(?:[\w@-][\w@.-]*/)*[\w@-][\w@.-]*"
_STATIC = re.compile(
    rf"/vendor/{_FILE}\.(?:js|css|woff2)|/own/[\w-]+\.(?:js|css|svg)"
    rf"|/static/(?:assets/)?[\w-]+\.(?:js|css|svg|png)|/jupyter/nbextensions/jupyter-vue(?:tify)?/{_FILE}\.js"
)
_KERNEL = re.compile(rf"/jupyter/api/kernels/{_UUID}")
_SOCKET = re.compile(rf"/jupyter/api/kernels/({_UUID})/channels")
_CLOSE = re.compile(rf"/_solara/api/close/({_UUID})")
_LOOPBACK = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?")


@dataclass(frozen=True)
class PathRule:
    """What a path is: ``static``, ``open`` and ``callback`` need no cookie; ``methods`` are allowed; ``query`` is what passes of a query."""

    kind: str
    methods: frozenset[str] = frozenset({"GET", "HEAD"})
    query: str = ""
    kernel: str = ""


_POST = frozenset({"POST"})
_PLACES = {
    "/": PathRule("page"),
    "/here": PathRule("member"),
    "/leave": PathRule("member", _POST),
    "/healthz": PathRule("open"),
    "/join": PathRule("open", frozenset({"GET", "HEAD", "POST"})),
    "/join/who": PathRule("open", _POST),
    "/favicon.ico": PathRule("static"),
}
_CALLBACK = re.compile(r"(?:code|state|error)=[\w.~%+-]{0,300}")


def place_of(path: str, query: str) -> PathRule | None:
    """Return what a path is, or None where there is nothing; all that is served is listed here.

    >>> place_of("/", "kernelid=1").query, place_of("/static/main.js", "v=0a").query
    ('', 'v=0a')
    >>> [place_of(path, "") for path in ("/static/solara_bootstrap.py", "/resourcez", "/static/../x.js")]
    [None, None, None]
    """
    if path in _PLACES:
        return _PLACES[path]
    if path == "/oauth_callback":
        # Where a hub sends a browser back to; without a hub nothing is there.
        return PathRule("callback", query="&".join(part for part in query.split("&") if _CALLBACK.fullmatch(part)))
    if _STATIC.fullmatch(path) and ".." not in path:
        # A version: only of files that never change under one address.
        return PathRule("static", query=query if re.fullmatch(r"(?:v=)?[0-9a-f]{1,64}", query) else "")
    if _KERNEL.fullmatch(path):
        return PathRule("member")
    if found := _SOCKET.fullmatch(path):
        return PathRule("socket", query=_page_id(query), kernel=found[1])
    if found := _CLOSE.fullmatch(path):
        return PathRule("close", _POST, _page_id(query), found[1])
    return None


def _page_id(query: str) -> str:
    """Return a query with nothing but the page's id, or empty where that is none."""
    ids = parse_qs(query).get("session_id", [])
    return f"session_id={ids[0]}" if len(ids) == 1 and re.fullmatch(_UUID, ids[0]) else ""


def is_loopback(host: str) -> bool:
    """Return whether a host, with or without its port, is this machine's own.

    >>> is_loopback("127.0.0.1:8321"), is_loopback("papers.example.org")
    (True, False)
    """
    return _LOOPBACK.fullmatch(host.lower()) is not None


def works_only_here(address: str) -> bool:
    """Return whether an address can be opened on this computer alone, however it is written.

    >>> works_only_here("http://localhost:9000"), works_only_here("http://127.0.0.2"), works_only_here("http://[::1]:8321")
    (True, True, True)
    >>> works_only_here("https://papers.example.org"), works_only_here("http://192.168.1.7:8321")
    (False, False)
    """
    host = (urlsplit(address).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    with suppress(OSError):
        # Also 127.1 and 2130706433.
        host = socket.inet_ntoa(socket.inet_aton(host))
    try:
        found = ip_address(host)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_loopback or found.is_unspecified


def only_here_hint(address: str, folder: Path, subject: str = "This link only works") -> str:
    """Return what to do about links that only work on this computer; empty where others can open them."""
    if not works_only_here(address):
        return ""
    return (
        f"{subject} on this computer. To invite others, give the address where they reach the page{guide(folder, 'docs/deploy.md')}: "
        "studygroup set page_address https://…"
    )


def guide(folder: Path, name: str) -> str:
    """Return a guide's name in brackets where the workbook has it: a new group's folder has no guides."""
    return f" ({name})" if (folder / name).is_file() else ""


@dataclass(frozen=True)
class Hosts:
    """Where the page is reached: the address of the settings, and this machine's own."""

    address: str

    def origin(self, host: str, scheme: str) -> str | None:
        """Return the origin of a page under a Host header, or None for a host that is not ours.

        The scheme is the settings' word for their address and the connection's for this machine: no header is believed.

        >>> ours = Hosts("https://papers.example.org")
        >>> ours.origin("papers.example.org", "http"), ours.origin("127.0.0.1:8321", "http"), ours.origin("evil.example", "http")
        ('https://papers.example.org', 'http://127.0.0.1:8321', None)
        """
        own_scheme, _, own_host = self.address.partition("://")
        default = {"http": ":80", "https": ":443"}[own_scheme]
        if host.lower().removesuffix(default) == own_host.removesuffix(default):
            return f"{own_scheme}://{own_host.removesuffix(default)}"
        if is_loopback(host):
            return f"{scheme}://{host.lower()}"
        return None
