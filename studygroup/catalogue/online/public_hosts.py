"""Which hosts may be contacted: one check for every request, made after the name was resolved and kept until the connection.

What a person typed may be anywhere. Wherever else a request is sent, by a redirect above all, must be on the open Internet,
so that no list, page or service can make this machine ask itself, its network or a cloud's metadata service.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import ssl
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from urllib.request import getproxies, proxy_bypass

import httpx

_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_LOCAL_NAMES = re.compile(r"(?:.*\.)?localhost")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}")
_MOST_IP_ADDRESSES = 3

Lookup = Callable[[str], Sequence[str]]
"""Finds a host's IP addresses, or raises OSError."""


class NotPublicError(httpx.RequestError):
    """A request would have gone to this machine or to a private network; nothing was sent."""


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the open Internet, also the ones that it carries inside.

    Source: the IANA registries of special-purpose addresses, as ``ipaddress`` has them; RFC 6052 (NAT64), RFC 3056 (6to4),
    RFC 4380 (Teredo), RFC 5214 (ISATAP).

    >>> [is_public(one) for one in ("93.184.216.34", "127.0.0.1", "10.1.2.3", "::ffff:127.0.0.1", "fe80::1%1")]
    [True, False, False, False, False]
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if carried := _carried(found):
            return all(is_public(str(one)) for one in carried)
        if found.is_reserved or found.is_site_local:
            return False
    return found.is_global and not found.is_multicast


def _carried(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address leads to, none for an ordinary one."""
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if any(address in network for network in _NAT64):
        return [last]
    if address.teredo:
        return [*address.teredo]
    found = [address.sixtofour] if address.sixtofour else []
    is_isatap = (int(address) >> 32) & 0xFCFFFFFF == 0x5EFE
    return [*found, last] if is_isatap else found


def written_address(host: str) -> str:
    """Return the IP address that a host's name is, in whatever way it is written; empty for a real name.

    Source: ``inet_aton(3)``: one to four numbers, decimal, octal (``0…``) or hexadecimal (``0x…``).

    >>> [written_address(one) for one in ("127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "example.org")]
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1', '::1', '']
    """
    name = unicodedata.normalize("NFKC", host).strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(name.partition("%")[0]))
    except ValueError:
        pass
    if not _NUMERIC.fullmatch(name):
        return ""
    try:
        return str(ipaddress.IPv4Address(socket.inet_aton(name)))
    except OSError:
        return ""


def is_this_machine(host: str) -> bool:
    """Return whether a host, as it is written, is this machine itself; no name is looked up."""
    found = written_address(host)
    if not found:
        return bool(_LOCAL_NAMES.fullmatch(host_key(host)))
    address = ipaddress.ip_address(found)
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (inner or address).is_loopback or (inner or address).is_unspecified


def is_written_private(host: str) -> bool:
    """Return whether a host, as it is written, is no public one; a name that would have to be looked up is not known to be."""
    found = written_address(host)
    return not is_public(found) if found else is_this_machine(host)


def host_key(host: str) -> str:
    """Return what two spellings of one host's name share."""
    return unicodedata.normalize("NFKC", host).strip("[]").rstrip(".").lower()


def look_up(host: str) -> list[str]:
    """Return a host's IP addresses, those of version 4 first, as not every machine can reach the others.

    Raises
    ------
    OSError
        As ``socket.getaddrinfo``.
    """
    return in_order(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))


def in_order(found: Iterable[tuple[int, int, int, str, tuple[object, ...]]]) -> list[str]:
    """Return the IP addresses among the results of ``getaddrinfo``, each once, those of version 4 first."""
    return [*dict.fromkeys(str(one[4][0]) for one in sorted(found, key=lambda one: one[0] != socket.AF_INET))]


def checked_client(
    typed: Collection[str] = (),
    *,
    timeout: httpx.Timeout,
    allow_private: bool = False,
    lookup: Lookup = look_up,
) -> httpx.Client:
    """Return a client that contacts public hosts only, and those of the addresses that a person ``typed``.

    With ``allow_private`` it contacts any host. The proxies of the environment are used, but not for this machine itself.
    """
    names = {host_key(httpx.URL(url).host) for url in typed}
    transport = _CheckedTransport(names, allow_private, lookup)
    return httpx.Client(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)


class _CheckedTransport(httpx.BaseTransport):
    """Sends each request to an IP address that was looked up once and checked, so that no second look-up can change it.

    Where the environment sets a proxy, the proxy looks the name up. Then what this machine knows of the name is checked, and a
    name that it does not know is left to the proxy.
    """

    def __init__(self, typed: Collection[str], allow_private: bool, lookup: Lookup) -> None:
        self._typed, self._allow_private, self._lookup = typed, allow_private, lookup
        self._addresses: dict[str, list[str]] = {}
        # A connection is for one host: several share an IP address, and TLS is about the name.
        self._direct = httpx.HTTPTransport(verify=_trust(), limits=httpx.Limits(max_keepalive_connections=0))
        self._through: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, or refuse it."""
        name = request.url.host
        proxy = self._proxy_of(request.url)
        try:
            addresses = self._find(name)
        except (OSError, UnicodeError) as error:
            if proxy:
                return self._proxied(proxy).handle_request(request)
            raise httpx.ConnectError(str(error), request=request) from error
        if not addresses:
            raise NotPublicError(f"{name} is this machine or in a private network", request=request)
        if proxy:
            return self._proxied(proxy).handle_request(request)
        return self._send(request, name, addresses)

    def _find(self, name: str) -> list[str]:
        """Return the IP addresses at which a host may be contacted; the first answer stays valid for this client."""
        if name not in self._addresses:
            may_be_private = self._allow_private or host_key(name) in self._typed
            if not may_be_private and is_this_machine(name):
                return []
            found = [written] if (written := written_address(name)) else self._lookup(name)
            found = [one for one in found if may_be_private or is_public(one)]
            self._addresses[name] = [*found[:_MOST_IP_ADDRESSES]]
        return self._addresses[name]

    def _send(self, request: httpx.Request, name: str, addresses: Sequence[str]) -> httpx.Response:
        extensions = dict(request.extensions)
        if not written_address(name):
            extensions["sni_hostname"] = request.url.raw_host.decode("ascii")
        for place, address in enumerate(addresses):
            url = request.url.copy_with(host=address)
            pinned = httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=extensions)
            try:
                return self._direct.handle_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if place == len(addresses) - 1:
                    raise
        raise AssertionError("a host without addresses is refused before")

    def _proxy_of(self, url: httpx.URL) -> str:
        """Return the address of the proxy that the environment sets for an address; empty for none."""
        if is_this_machine(url.host) or proxy_bypass(url.host):
            return ""
        found = getproxies()
        proxy = found.get(url.scheme) or found.get("all") or ""
        return proxy if not proxy or "://" in proxy else f"http://{proxy}"

    def _proxied(self, proxy: str) -> httpx.HTTPTransport:
        if proxy not in self._through:
            self._through[proxy] = httpx.HTTPTransport(verify=_trust(), proxy=proxy)
        return self._through[proxy]

    def close(self) -> None:
        """Close every connection."""
        for transport in (self._direct, *self._through.values()):
            transport.close()


def _trust() -> ssl.SSLContext:
    """Return whose certificates are trusted, as the environment says; reading them takes longer than asking a near server."""
    return _trusting(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _trusting(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Return what httpx makes of the environment's two settings, which it looks up itself."""
    return httpx.create_ssl_context()
