"""A reading list behind an https address: what to ask for, how far to follow, and what to refuse.

A page of a repository is turned into the file behind it, by the hosts' own patterns:

    github.com/OWNER/REPO                      README.md of the default branch
    github.com/OWNER/REPO/tree/REF/FOLDER      README.md in that folder
    …/OWNER/REPO/blob|raw/REF/PATH             that file; also Gitea's /src|raw/branch/REF/PATH and GitLab's /-/blob|raw/REF/PATH
    gist.github.com/USER/ID                    its first file

Relative links lead to the pages beside the one that a person would look at, not to raw files.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from studygroup.catalogue.reading.form import Limits, Source, is_html, make_source, too_large
from studygroup.errors import ReadingListError

if TYPE_CHECKING:
    import httpx

_READMES = ("README.md", "readme.md", "Readme.md")
_GITHUB = "github.com"
_RAW_GITHUB = "raw.githubusercontent.com"
_TEXT_TYPES = re.compile(r"text/|application/(?:[\w.+-]*(?:yaml|bibtex|csv|markdown|json)|octet-stream)|$", re.IGNORECASE)


class Download(NamedTuple):
    """What to ask for instead of an address: addresses to try in order, where relative links lead, the list's name."""

    addresses: tuple[str, ...]
    base_url: str
    name: str


def download_of(url: str) -> Download:
    """Return what is behind the address of a page.

    >>> download_of("https://github.com/ada/oaks")[0][0]
    'https://raw.githubusercontent.com/ada/oaks/HEAD/README.md'
    >>> download_of("https://github.com/ada/oaks/blob/main/lists/trees.md")
    Download(addresses=('https://raw.githubusercontent.com/ada/oaks/main/lists/trees.md',), base_url='https://github.com/ada/oaks/blob/main/lists/trees.md', name='trees')
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    names = path.split("/")[1:]
    plain = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    if host == _GITHUB and len(names) >= 2:
        return _github_download(names[0], names[1].removesuffix(".git"), names[2:], url)
    if host == _RAW_GITHUB and len(names) >= 4:
        owner, repository, *rest = names
        ref, inside = (rest[2], rest[3:]) if rest[:2] == ["refs", "heads"] else (rest[0], rest[1:])
        return Download(
            (url,), f"https://{_GITHUB}/{owner}/{repository}/blob/{ref}/{'/'.join(inside)}", _page_name(inside, repository)
        )
    if host == "huggingface.co" and names[:1] == ["collections"] and len(names) == 3:
        # What a browser shows, as JSON; its name ends in a key of 24 letters.
        return Download(
            (f"https://huggingface.co/api/{'/'.join(names)}",), _without_secrets(url), re.sub(r"-[0-9a-f]{24}$", "", names[2])
        )
    if host == "gist.github.com" and len(names) == 2:
        return Download((f"https://gist.githubusercontent.com/{names[0]}/{names[1]}/raw",), plain, names[1])
    if found := re.match(r"(.+)/-/(?:blob|raw)/([^/]+)/(.+)$", plain):
        name = _page_name(found[3].split("/"), found[1].rsplit("/", 1)[-1])
        return Download((f"{found[1]}/-/raw/{found[2]}/{found[3]}",), f"{found[1]}/-/blob/{found[2]}/{found[3]}", name)
    if found := re.match(r"(\w+://[^/]+/[^/]+/([^/]+))/(?:src|raw)/(branch|tag|commit)/([^/]+)/(.+)$", plain):
        where = f"{found[3]}/{found[4]}/{found[5]}"
        return Download((f"{found[1]}/raw/{where}",), f"{found[1]}/src/{where}", _page_name(found[5].split("/"), found[2]))
    return Download((url,), _without_secrets(url), _page_name(names, host.split(".")[0]))


def _github_download(owner: str, repository: str, rest: list[str], url: str) -> Download:
    top = f"https://{_RAW_GITHUB}/{owner}/{repository}"
    page = f"https://{_GITHUB}/{owner}/{repository}/blob"
    kind, ref, *inside = [*rest, "", ""][: max(2, len(rest))]
    if kind in {"blob", "raw"} and inside:
        where = f"{ref}/{'/'.join(inside)}"
        return Download((f"{top}/{where}",), f"{page}/{where}", _page_name(inside, repository))
    if not rest or (kind == "tree" and ref):
        folder = "/".join([ref or "HEAD", *inside])
        name = inside[-1] if inside else repository
        return Download(
            tuple(f"{top}/{folder}/{readme}" for readme in _READMES), f"{page}/{folder}/{_READMES[0]}", unquote(name)
        )
    return Download((url,), url, repository)


def _page_name(names: list[str], above: str) -> str:
    """Return a page's name without its ending; a README is called as what it is in."""
    kept = [unquote(name) for name in names if name]
    stem = re.sub(r"\.\w{1,8}$", "", kept[-1]) if kept else ""
    if stem and not re.fullmatch(r"readme|index", stem, re.IGNORECASE):
        return stem
    return kept[-2] if len(kept) > 1 else above


def _without_secrets(url: str) -> str:
    """Return an address without a name and password in it."""
    return re.sub(r"(?<=//)[^/?#]*@", "", url, count=1)


def read_address(
    url: str, client: httpx.Client | None = None, limits: Limits | None = None, allow_private: bool = False
) -> Source:
    """Return the list behind an https address; http only on this machine itself.

    Redirects are followed to public hosts, and to the host that was typed; with ``allow_private`` to any host.

    Raises
    ------
    ReadingListError
        No connection, a time-out, an answer other than 200, a web page, no text, too large, a scheme that is not https, or a
        redirect into a private network.
    """
    limits = limits or Limits()
    way = _Way(url, allow_private)
    way.check(url)
    target = download_of(url)
    with _opened(client, limits, way) as opened:
        for place, address in enumerate(target.addresses):
            answer = _fetch(address, opened, limits, way)
            if answer.status != 404 or place == len(target.addresses) - 1:
                break
    shown = _without_secrets(url)
    if answer.status != 200:
        raise ReadingListError(f"{shown} cannot be read: {_explained(answer.status)}.")
    if is_html(answer.data, answer.content_type):
        raise ReadingListError(
            f"{shown} answers with a web page, not with a list; give the raw address of its Markdown (on GitHub: the button Raw)."
        )
    if not _TEXT_TYPES.match(answer.content_type):
        raise ReadingListError(
            f"{shown} is {answer.content_type.partition(';')[0]}, not text; a list is Markdown, BibTeX, CSV, YAML or JSON."
        )
    file = unquote(urlsplit(address).path.rsplit("/", 1)[-1])
    return make_source(target.name, shown, answer.data, file, answer.content_type, target.base_url)


class _Answer(NamedTuple):
    """A server's last answer."""

    status: int
    content_type: str = ""
    data: bytes = b""


@contextmanager
def _opened(client: httpx.Client | None, limits: Limits, way: _Way) -> Iterator[httpx.Client]:
    """Yield the client given, or one of our own, which checks every host that it contacts."""
    if client is not None:
        yield client
        return
    import httpx

    from studygroup.catalogue.online.public_hosts import checked_client

    times = httpx.Timeout(limits.read_s, connect=limits.connect_s)
    try:
        made = checked_client([way.typed], timeout=times, allow_private=way.allow_private)
    except (httpx.InvalidURL, ValueError):
        raise ReadingListError(f"{way.shown} is no address.") from None
    with made:
        yield made


def _fetch(url: str, client: httpx.Client, limits: Limits, way: _Way) -> _Answer:
    """Return a server's answer after at most so many redirects, each checked as the first address was."""
    import httpx

    from studygroup.catalogue.online.public_hosts import NotPublicError

    shown = way.shown
    until = time.monotonic() + limits.total_s
    # Sizes are counted as they come; a packed answer could grow a thousandfold in one piece.
    headers = {"Accept": "text/markdown, text/plain, */*;q=0.5", "Accept-Encoding": "identity", "User-Agent": "studygroup"}
    try:
        for _ in range(limits.redirects + 1):
            with client.stream("GET", url, headers=headers, follow_redirects=False) as response:
                if not response.has_redirect_location:
                    content_type = response.headers.get("content-type", "")
                    if response.status_code != 200:
                        return _Answer(response.status_code)
                    return _Answer(200, content_type, _body(response, shown, limits, until))
                url = urljoin(url, response.headers["location"])
                way.check(url)
    except NotPublicError:
        raise way.refusal(url) from None
    except httpx.ConnectTimeout:
        raise ReadingListError(f"{shown} cannot be reached within {limits.connect_s:g} seconds; try again later.") from None
    except httpx.TimeoutException:
        raise _too_slow(shown) from None
    except httpx.ConnectError as error:
        raise ReadingListError(
            f"{shown} cannot be reached ({error}); is this machine online, and the name spelt right?"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ReadingListError(f"{shown} cannot be read: {error or type(error).__name__}.") from None
    raise ReadingListError(f"{shown} was redirected more than {limits.redirects} times; give the address where it ends.")


def _body(response: httpx.Response, shown: str, limits: Limits, until: float) -> bytes:
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:18]) > limits.size_bytes:
        raise too_large(shown, limits)
    pieces, size = [], 0
    for piece in response.iter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > limits.size_bytes:
            raise too_large(shown, limits)
        if time.monotonic() > until:
            raise _too_slow(shown)
    return b"".join(pieces)


def _too_slow(shown: str) -> ReadingListError:
    return ReadingListError(f"{shown} answers too slowly; try again later, or download the file and import that.")


class _Way:
    """The way from the address that a person typed to wherever redirects lead, and what is refused on it."""

    def __init__(self, typed: str, allow_private: bool) -> None:
        self.typed, self.allow_private = typed, allow_private
        self.shown = _without_secrets(typed)

    def check(self, url: str) -> None:
        """Refuse an address that must not be asked for.

        Plain http is allowed to this machine itself, when that was typed. A private host is allowed when it was typed; what a
        name leads to is checked when it is contacted.

        Raises
        ------
        ReadingListError
            Not https, no host, or a redirect to a host that is not public.
        """
        from studygroup.catalogue.online.public_hosts import host_key, is_this_machine, is_written_private

        try:
            parts, typed = urlsplit(url), urlsplit(self.typed)
            host, first = parts.hostname or "", typed.hostname or ""
            _ = parts.port
        except ValueError:
            raise ReadingListError(f"{self.shown} is no address.") from None
        where = "" if url == self.typed else f" It leads to {_without_secrets(url)}."
        may_be_plain = is_this_machine(host) and (self.allow_private or is_this_machine(first))
        if parts.scheme != "https" and not (parts.scheme == "http" and may_be_plain):
            raise ReadingListError(f"{self.shown} is not read: only https:// addresses are.{where}")
        if not host or re.search(r"[\s\x00-\x20\x7f]", url):
            raise ReadingListError(f"{self.shown} is no address.{where}")
        if is_written_private(host) and host_key(host) != host_key(first) and not self.allow_private:
            raise self.refusal(url)

    def refusal(self, url: str) -> ReadingListError:
        """Return why a redirect is not followed."""
        from studygroup.catalogue.online.public_hosts import is_this_machine

        host = urlsplit(url).hostname or ""
        if is_this_machine(host):
            return ReadingListError(f"{self.shown} is not read: it leads to this machine itself.")
        return ReadingListError(
            f"{self.shown} is not read: it leads to {host}, in a private network; with --private, redirects there are followed."
        )


def _explained(status: int) -> str:
    """Return an HTTP status in words. Source: RFC 9110, section 15."""
    if status == 404 or status == 410:
        return f"there is nothing at that address ({status}); open it in a browser to see whether it moved, or is private"
    if status in {401, 403}:
        return f"the server does not show it to everyone ({status}); download the file and import that"
    if status == 429:
        return "the server asks to wait (429); try again in a few minutes"
    if status >= 500:
        return f"the server has a problem ({status}); try again later"
    return f"the server answered {status}"
