"""Addresses in a list: what is misspelt in them, when signed ones end, and what they say of the work behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from studygroup.catalogue.items.item import arxiv_id
from studygroup.catalogue.recognise.vocabulary.tables import finds_text

if TYPE_CHECKING:
    from studygroup.errors import Severity

# Anything but letters, digits and the marks with which a relative address may begin.
_JUNK_BEFORE = re.compile(r"[^\w/#.?]+(?=https?://)", re.IGNORECASE)
_DOUBLED_SCHEME = re.compile(r"https?:/{0,2}(?=https?://)", re.IGNORECASE)
_MISSPELT_SCHEME = re.compile(r"(?!https?://)h*t+p+(s?)(?::/{1,3}|;//|//)(?=[\w\[])", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# Names under which signed addresses carry the second (since 1970) at which they end.
_END_KEYS = ("expires", "x-expires", "exp")
_NO_WORK_THERE = finds_text("places", "no_work")
_NO_PAGE = ("mailto:", "javascript:", "tel:", "data:")
_SCHEME_AND_WWW = re.compile(r"^\w+://(?:www\.)?")
_FILE_ENDING = re.compile(r"\.\w{2,5}$")
_BETWEEN_PATH_WORDS = re.compile(r"[-_+ ]+")


def repair_address(url: str) -> str:
    """Return an address without what cannot belong to it: marks before ``https://``, a doubled or misspelt scheme.

    >>> repair_address("}https://example.org"), repair_address("hhttps://example.org"), repair_address("https:/example.org")
    ('https://example.org', 'https://example.org', 'https://example.org')
    >>> repair_address("notes/lora.md"), repair_address("http://example.org/~ada?x=1#y")
    ('notes/lora.md', 'http://example.org/~ada?x=1#y')
    """
    url = url.strip()
    if found := _JUNK_BEFORE.match(url):
        url = url[found.end() :]
    while found := _DOUBLED_SCHEME.match(url):
        url = url[found.end() :]
    if found := _MISSPELT_SCHEME.match(url):
        url = f"http{found[1].lower()}://{url[found.end() :]}"
    return url.replace(" ", "%20") if " " in url and url[:8].lower().startswith(("http://", "https://")) else url


def expiry(url: str) -> datetime | None:
    """Return when a signed address ends by its own words (UTC), or None.

    Source: Amazon S3, "Authenticating Requests: Using Query Parameters" (``X-Amz-Date``, ``X-Amz-Expires``), of which Google
    Cloud's ``X-Goog-`` is a copy; CloudFront and S3's older ``Expires``; Azure's ``se``; Facebook's hexadecimal ``oe``.

    >>> expiry("https://cdn.example.org/a.pdf?oh=1&oe=64BE66FF")
    datetime.datetime(2023, 7, 24, 11, 56, 47, tzinfo=datetime.timezone.utc)
    """
    if "?" not in url:
        return None
    try:
        return _end_of({key.lower(): value for key, value in parse_qsl(urlsplit(url).query)})
    except (ValueError, OverflowError, OSError):
        return None


def _end_of(query: dict[str, str]) -> datetime | None:
    if "oe" in query and "oh" in query:
        return datetime.fromtimestamp(int(query["oe"], 16), UTC)
    for vendor in ("x-amz", "x-goog"):
        if f"{vendor}-date" in query and f"{vendor}-expires" in query:
            start = datetime.strptime(query[f"{vendor}-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return start + timedelta(seconds=int(query[f"{vendor}-expires"]))
    if "se" in query and "sig" in query:
        end = datetime.fromisoformat(query["se"])
        return end if end.tzinfo else end.replace(tzinfo=UTC)
    # Without a signature beside it, a number under such a name may be anything.
    if any("sig" in key or "hmac" in key or "token" in key for key in query):
        ends = (query[key] for key in _END_KEYS if query.get(key, "").isdigit() and len(query[key]) == 10)
        return next((datetime.fromtimestamp(int(end), UTC) for end in ends), None)
    return None


def right_address(url: str, line: int, base_url: str, now: datetime, report: Callable[[int, Severity, str], None]) -> str:
    """Return an address repaired and joined to the list's base; repairs and signed links that have expired are reported."""
    right = repair_address(url)
    if right != url.strip():
        report(line, "note", f"the address {url[:80]} was repaired to {right[:80]}")
    if base_url and is_relative(right):
        right = join_base(right, base_url)
    end = expiry(right)
    if end is not None and end < now:
        report(line, "warning", f"a signed link; it expired on {end:%Y-%m-%d} by its own date: {right[:80]}")
    return right


def join_base(url: str, base_url: str) -> str:
    """Return a relative address joined to where its list stands; one that cannot be joined as it is."""
    try:
        return urljoin(base_url, url)
    except ValueError:
        return url


def is_relative(url: str) -> bool:
    """Return whether an address only says where something is as seen from its list."""
    return bool(url) and not _SCHEME.match(url) and not url.startswith(("#", "//"))


def without_scheme(url: str) -> str:
    """Return an address without ``https://`` and ``www.``."""
    return _SCHEME_AND_WWW.sub("", url)


def leads_to_no_work(url: str) -> bool:
    """Return whether an address is that of a form, a meeting, a chat, a button that shares the page, or a person."""
    return url.lower().startswith(_NO_PAGE) or bool(_NO_WORK_THERE.match(without_scheme(url)))


def title_from_address(url: str) -> str:
    """Return a title for a work that is only known by its address.

    >>> title_from_address("https://example.org/blog/weird-world-of-llms/"), title_from_address("https://arxiv.org/abs/2305.11206")
    ('Weird world of llms', 'arXiv:2305.11206')
    >>> title_from_address("https://github.com/microsoft/DeepSpeed"), title_from_address("https://example.org/")
    ('microsoft/DeepSpeed', 'example.org')
    """
    if paper := arxiv_id(url):
        return f"arXiv:{paper}"
    place = without_scheme(url.partition("?")[0].partition("#")[0]).strip("/")
    host, _, path = place.partition("/")
    last = _FILE_ENDING.sub("", unquote(path.rsplit("/", 1)[-1]))
    words = [word for word in _BETWEEN_PATH_WORDS.split(last) if word]
    if len(words) >= 3 and all(word.isalnum() for word in words):
        return (" ".join(words))[:200].capitalize() if words[0].islower() else " ".join(words)[:200]
    return (unquote(path) if host in {"github.com", "gitlab.com", "huggingface.co"} and path else place)[:200] or url[:200]
