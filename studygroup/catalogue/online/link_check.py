"""Which of the catalogue's links still lead somewhere: asked concurrently over hosts, gently at each; nothing is changed."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import urldefrag, urljoin

import httpx
import pandas as pd

from studygroup.catalogue.items.address import address_key, is_web
from studygroup.catalogue.items.item import parse_links
from studygroup.catalogue.online.public_hosts import in_order, is_public
from studygroup.errors import CatalogueError, StudygroupError
from studygroup.version import __version__

State = Literal["ok", "moved", "dead", "cannot tell"]

USER_AGENT = f"studygroup/{__version__} (checks the links of a reading group's catalogue)"

MOST_REDIRECTS = 10
_MOST_IP_ADDRESSES = 3
_PAUSE_AFTER_429_S = 5.0
_LONGEST_PAUSE_S = 30.0

_UNKNOWN_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


@dataclass(frozen=True, slots=True)
class LinkState:
    """One link of an item and what became of it.

    ``link`` is ``url`` for the main one, else the link's label. ``status`` is the last HTTP status, None when none came;
    ``reason`` is empty for "ok" and "moved". ``leads_to`` is where a link leads now, empty when it leads to itself.
    """

    item: str
    link: str
    address: str
    state: State
    status: int | None = None
    reason: str = ""
    leads_to: str = ""
    sessions: tuple[str, ...] = ()


class OfflineError(StudygroupError):
    """No host at all is known: the machine has no network."""


async def look_up(host: str) -> list[str]:
    """Return a host's IP addresses, those of version 4 first, as not every machine can reach the others.

    Raises
    ------
    OSError
        As ``socket.getaddrinfo``.
    """
    return in_order(await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM))


async def check_links(
    items: pd.DataFrame,
    *,
    sessions_of: Mapping[str, Sequence[str]],
    client: httpx.AsyncClient,
    per_host: int = 2,
    gap_s: float = 0.5,
    in_all: int = 16,
    timeout_s: float = 20.0,
    wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
    lookup: Callable[[str], Awaitable[Sequence[str]]] = look_up,
    allow_private: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[LinkState]:
    """Return the state of every link of the items, in the order of the table; each distinct address is asked for once.

    "moved": permanent redirects lead to another page than the address says; a change of scheme, ``www`` or a trailing slash
    is none. "dead": 404, 410, or a host that no one knows. Everything that another visitor or another day could see
    otherwise (403, 429, 5xx, time-outs, TLS) is "cannot tell".

    Parameters
    ----------
    items
        As ``read_items`` returns them.
    sessions_of
        The sessions that an item matters to, by the item's id.
    client
        Speaks HTTP/1.1 and reaches hosts without a proxy: a request goes to the IP address that was looked up and found to
        be public, so that no name can lead to this machine or its network. Its cookies and headers are not sent.
    per_host, gap_s, in_all
        How many requests go to one host at once, how many seconds lie between two beginnings, how many go out in all.
    timeout_s
        For each request as a whole.
    wait, clock
        Sleeps for seconds; counts seconds.
    lookup
        Finds a host's IP addresses, or raises OSError.
    allow_private
        Contact this machine and private networks too.
    progress
        Called with the number of addresses that are done, and of all.

    Raises
    ------
    OfflineError
        Not one host's name could be looked up.
    """
    links = _find_links(items)
    asked = [*dict.fromkeys(urldefrag(link.address)[0] for link in links if is_web(link.address))]
    check = _Check(client, per_host, gap_s, in_all, timeout_s, wait, clock, lookup, allow_private)
    outcomes: dict[str, _Outcome] = {}

    async def ask(address: str) -> None:
        outcomes[address] = await check.outcome(address)
        progress(len(outcomes), len(asked))

    progress(0, len(asked))
    async with asyncio.TaskGroup() as tasks:
        for address in asked:
            tasks.create_task(ask(address))
    if check.is_offline:
        raise OfflineError(
            f"No host name could be looked up ({check.lookup_error}), so this machine seems to have no network; "
            "run `studygroup links` again when there is one."
        )
    return [_to_state(link, outcomes, tuple(sessions_of.get(link.item, ()))) for link in links]


class _Link(NamedTuple):
    item: str
    link: str
    address: str
    wrong: str = ""


class _Outcome(NamedTuple):
    state: State
    status: int | None = None
    reason: str = ""
    leads_to: str = ""


def _find_links(items: pd.DataFrame) -> list[_Link]:
    links = []
    for item_id, url, others in zip(items["id"], items["url"], items["links"], strict=True):
        if isinstance(url, str) and url:
            links.append(_Link(item_id, "url", url))
        try:
            links += [_Link(item_id, one.label, one.url) for one in parse_links(others if isinstance(others, str) else "")]
        except CatalogueError as error:
            links.append(_Link(item_id, "links", "", f"the cell cannot be read: {error}"))
    return links


def _to_state(link: _Link, outcomes: Mapping[str, _Outcome], sessions: tuple[str, ...]) -> LinkState:
    address, fragment = urldefrag(link.address) if is_web(link.address) else (link.address, "")
    found = outcomes.get(address) or _Outcome("cannot tell", reason=link.wrong or "no http(s) address")
    # Source: RFC 9110, section 10.2.2: a new address without a fragment takes over the old one's.
    leads_to = f"{found.leads_to}#{fragment}" if found.leads_to and fragment and "#" not in found.leads_to else found.leads_to
    return LinkState(link.item, link.link, link.address, found.state, found.status, found.reason, leads_to, sessions)


class _NoAnswerError(Exception):
    """An address that gave no status, and what follows from that."""

    def __init__(self, reason: str, state: State = "cannot tell", *, dropped: bool = False) -> None:
        self.state, self.dropped = state, dropped
        super().__init__(reason)


@dataclass(eq=False)
class _Host:
    """What is known about one host, and the gate before it."""

    slots: asyncio.Semaphore
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = float("-inf")
    addresses: Sequence[str] | None = None
    wrong: tuple[str, State] = ("", "cannot tell")
    lookup_error: str = ""


class _Response(NamedTuple):
    status: int
    location: str
    retry_after: str


@dataclass(eq=False)
class _Check:
    """One check: its settings and the hosts that it met."""

    client: httpx.AsyncClient
    per_host: int
    gap_s: float
    in_all: int
    timeout_s: float
    wait: Callable[[float], Awaitable[object]]
    clock: Callable[[], float]
    lookup: Callable[[str], Awaitable[Sequence[str]]]
    allow_private: bool
    hosts: dict[str, _Host] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.everywhere = asyncio.Semaphore(self.in_all)

    @property
    def lookup_error(self) -> str:
        """Why a name could not be looked up, if one could not."""
        return next((host.lookup_error for host in self.hosts.values() if host.lookup_error), "")

    @property
    def is_offline(self) -> bool:
        """Whether names were looked up and none was known; a number in place of a name proves nothing."""
        named = (host for name, host in self.hosts.items() if name not in (host.addresses or ()))
        return bool(self.lookup_error) and not any(host.addresses for host in named)

    async def outcome(self, address: str) -> _Outcome:
        """Return what became of one address; never raises for what the network does."""
        here = lasting = address
        permanent = True
        for _ in range(MOST_REDIRECTS + 1):
            leads_to = here if here != address else ""
            try:
                status, location, _after = await self._ask(here)
            except _NoAnswerError as error:
                return _Outcome(error.state, None, str(error), leads_to)
            if status not in {301, 302, 303, 307, 308} or not location:
                if 200 <= status < 300:
                    moved = permanent_key(lasting) != permanent_key(address)
                    return _Outcome("moved", status, "", lasting) if moved else _Outcome("ok", status)
                state: State = "dead" if status in {404, 410} else "cannot tell"
                return _Outcome(state, status, _phrase(status), leads_to)
            permanent = permanent and status in {301, 308}
            try:
                here = urljoin(here, location)
            except ValueError:
                here = location
            if not is_web(here):
                return _Outcome("cannot tell", status, "it leads to no http(s) address", here)
            lasting = here if permanent else lasting
        return _Outcome("cannot tell", status, f"more than {MOST_REDIRECTS} redirects", "")

    async def _ask(self, address: str) -> _Response:
        """Return the answer to HEAD, or to GET where HEAD is refused, or says what should be verified."""
        try:
            response = await self._request("HEAD", address)
        except _NoAnswerError as error:
            if not error.dropped:
                raise
        else:
            if response.status < 400 or response.status == 429:
                return response
        return await self._request("GET", address)

    async def _request(self, method: str, address: str) -> _Response:
        """Send one request when its host's turn has come."""
        try:
            url = httpx.URL(address)
            name = url.raw_host.decode("ascii").lower().rstrip(".")
        except (httpx.InvalidURL, ValueError) as error:
            raise _NoAnswerError(f"no address that can be asked for: {error}") from error
        if url.port is not None and url.port > 65535:
            raise _NoAnswerError(f"no address that can be asked for: there is no port {url.port}")
        host = self.hosts.setdefault(name, _Host(asyncio.Semaphore(self.per_host)))
        async with host.slots:
            async with host.gate:
                if host.addresses is None:
                    await self._find(name, host)
                if not host.addresses:
                    raise _NoAnswerError(*host.wrong)
                pause_s = host.free_at - self.clock()
                if pause_s > 0:
                    await self.wait(pause_s)
                await self.everywhere.acquire()
                host.free_at = self.clock() + self.gap_s
            try:
                response = await self._send(method, url, name, host.addresses)
            finally:
                self.everywhere.release()
            if response.status == 429:
                asked = response.retry_after.strip()
                pause_s = float(asked) if asked.isascii() and asked.isdigit() else _PAUSE_AFTER_429_S
                host.free_at = max(host.free_at, self.clock() + min(pause_s, _LONGEST_PAUSE_S))
            return response

    async def _find(self, name: str, host: _Host) -> None:
        """Look up a host's addresses and keep those that may be contacted."""
        host.addresses = []
        try:
            async with asyncio.timeout(self.timeout_s):
                found = await self.lookup(name)
        except (OSError, UnicodeError) as error:
            late = isinstance(error, TimeoutError)
            host.lookup_error = f"{name}: {'no answer in time' if late else getattr(error, 'strerror', None) or error}"
            unknown = isinstance(error, socket.gaierror) and error.errno in _UNKNOWN_NAME
            host.wrong = ("unknown host", "dead") if unknown else (f"host not looked up: {host.lookup_error}", "cannot tell")
            return
        host.addresses = [one for one in found if self.allow_private or is_public(one)][:_MOST_IP_ADDRESSES]
        host.wrong = ("a private address is not contacted", "cannot tell")

    async def _send(self, method: str, url: httpx.URL, name: str, addresses: Sequence[str]) -> _Response:
        """Send a request to the first of a host's addresses that takes it; only the answer's head is read.

        The name is not looked up again: between two look-ups it could come to mean another machine.
        """
        headers = {"Host": url.netloc.decode("ascii"), "User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
        # A connection is for one host: several share an IP address, and TLS is about the name.
        headers["Connection"] = "close"
        extensions: dict[str, object] = {"timeout": self.client.timeout.as_dict()}
        if name not in addresses:
            extensions["sni_hostname"] = name
        for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            pinned = url.copy_with(host=address, userinfo=b"", fragment=None)
            # Made without the client's own build_request, which adds its cookies; names share IP addresses.
            request = httpx.Request(method, pinned, headers=headers, extensions=extensions)
            try:
                async with asyncio.timeout(self.timeout_s):
                    response = await self.client.send(request, stream=True, auth=None, follow_redirects=False)
                    await response.aclose()
                return _Response(
                    response.status_code, response.headers.get("Location", ""), response.headers.get("Retry-After", "")
                )
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                if not left or not _is_worth_another_address(error):
                    raise _no_answer(error) from error
        raise _NoAnswerError("no connection")


def _is_worth_another_address(error: Exception) -> bool:
    """Return whether another IP address of the host may take the connection that this one did not."""
    return isinstance(error, httpx.ConnectTimeout) or (isinstance(error, httpx.ConnectError) and not _tls_trouble(error))


def _no_answer(error: Exception) -> _NoAnswerError:
    """Return why an error left an address without an answer."""
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return _NoAnswerError("no answer in time")
    if isinstance(error, httpx.ConnectError):
        tls = _tls_trouble(error)
        return _NoAnswerError(f"TLS: {tls}" if tls else f"no connection: {error}")
    broke_off = isinstance(error, httpx.RemoteProtocolError | httpx.ReadError)
    # httpx looks at where a redirect leads also when it is not to follow it.
    if isinstance(error, httpx.InvalidURL) or (broke_off and "location header" in str(error)):
        return _NoAnswerError("it leads to no http(s) address")
    if broke_off:
        return _NoAnswerError(f"the answer broke off: {error}", dropped=True)
    return _NoAnswerError(f"no usable answer: {error}")


def permanent_key(address: str) -> str:
    """Return what two addresses share between which a redirect is no move."""
    return address_key(address) or address


def _tls_trouble(error: BaseException | None) -> str:
    """Return what TLS complained about, somewhere behind an error; empty when it did not."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        if isinstance(error, ssl.SSLError):
            return error.reason or str(error)
        error = error.__cause__ or error.__context__
    return ""


def _phrase(status: int) -> str:
    return httpx.codes.get_reason_phrase(status) or f"status {status}"
